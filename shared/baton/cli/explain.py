"""`baton explain LEAD`: why this owner and this deadline, and what has happened."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from baton.adapters.dynamodb.leads import LeadStore
from baton.adapters.dynamodb.policies import PolicyStore, PolicyStoreError
from baton.application.ports.leads import Record
from baton.cli import CommandError
from baton.cli._explain_lifecycle import asked_long_ago, moved_back, scored, waiting
from baton.cli._explain_owner import owner, why_not_rep
from baton.cli._target import find, one_line_errors
from baton.domain.calendar.work_calendar import WorkCalendar
from baton.domain.draft.decision import Outcome
from baton.domain.draft.why_now import unread
from baton.domain.lead import Clock, Lead
from baton.domain.lifecycle.backward import source_phrase
from baton.domain.lifecycle.owner_by_hand import who_changed
from baton.domain.phrase import Phrase
from baton.domain.policy import Person, Policy
from baton.domain.sla.clocks import calendar_of
from baton.domain.sla.explain import story
from baton.domain.world.effects import NoticeState
from baton.failures import Retryable
from baton.presentation.wording import plain
from baton.presentation.words import (
    counted,
    exact,
    listed,
    name_on_a_line,
    quoted,
    span,
    spelled,
    utc,
)

#: Most working intervals shown for one deadline; if there are more, only the first and the last are
#: shown.
INTERVALS = 6


def add_parser(subparsers: Any) -> None:
    """Register the command; its ``run`` takes the arguments and returns the exit code."""
    parser = subparsers.add_parser(
        "explain",
        help="why this owner, why this deadline",
        description="Shows where a lead stands, the rule that found its owner and every one that"
        " did not, the working time behind each deadline, and the lead's history.",
    )
    parser.add_argument("lead", help="HubSpot contact id")
    parser.add_argument(
        "--rep",
        metavar="PERSON",
        help="why this rep did not get it, and what would have changed that",
    )
    parser.add_argument(
        "--clock", metavar="TARGET", help="one deadline in full: accept, first_touch, …"
    )
    parser.add_argument("--table", help="DynamoDB table; else TABLE_NAME, else the local stack's")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    target = find(arguments.table)
    client = target.client("dynamodb")
    store = LeadStore(client, target.table)
    try:
        with one_line_errors(target.table):
            lead, _ = store.load(arguments.lead, "-")
            if lead is None:
                raise CommandError(f"lead {arguments.lead} is not known in table {target.table}")
            now = datetime.now(UTC)
            policies = PolicyStore(client, target.table)
            policy = policies.active(now)
            history = store.history(arguments.lead)
    except (PolicyStoreError, Retryable) as error:
        raise CommandError(str(error)) from error
    # Names and reasons come from outside, so they must not be read as markup.
    console = Console(markup=False, emoji=False, highlight=False)
    if arguments.clock:
        for line in explain_clock(lead, policy, arguments.clock):
            console.print(line)
        return 0
    if arguments.rep:
        for line in why_not_rep(lead, policy, policies, history, arguments.rep):
            console.print(line)
        return 0
    parts = (
        where_it_stands(lead, policy, now),
        unread_values(lead, policy),
        scored(lead, policy, now),
        asked_long_ago(lead, policy, now),
        waiting(lead, policy),
        moved_back(lead, policy),
        owner(lead, policy, history),
        deadlines(lead, policy),
    )
    for part in parts:
        for line in part:
            console.print(line)
    console.print(_story(history, policy))
    return 0


def where_it_stands(lead: Lead, policy: Policy, now: datetime) -> list[str]:
    """Who the lead is and where it stands."""
    stage = policy.stage.get(lead.state.stage)
    label = stage.label if stage else lead.state.stage or "no stage"
    since = f" since {utc(lead.state.since)}" if lead.state.since else ""
    lines = [f"{name_on_a_line(lead.name)} (lead {lead.id}): {label}{since}"]
    for stage_id, times in lead.state.times.items():
        again = (
            f", {counted(times.count, 'time')}, last {utc(times.last)}" if times.count > 1 else ""
        )
        spent = times.spent
        if stage_id == lead.state.stage and lead.state.since is not None:
            spent += now - lead.state.since
        skipped = ", skipped" if times.filled else f", {span(spent, exact=False)} in it"
        lines.append(f"  {stage_id}: first entered {utc(times.first)}{again}{skipped}")
    if lead.gone:
        lines.append(f"  {plain(lead.gone)}")
    if lead.track:
        lines.append(f"  recycled to track {lead.track} for {lead.reason}")
    elif lead.reason:
        lines.append(f"  {_closed(lead.state.stage, policy)} for {lead.reason}")
    return lines


def _closed(stage_id: str, policy: Policy) -> str:
    """What became of a lead that is closed in a stage: not every side stage means disqualified."""
    stage = policy.stage.get(stage_id)
    if stage is None or not stage.side or stage_id == policy.lifecycle.disqualified:
        return "disqualified"
    return f"closed as {stage.label}"


def unread_values(lead: Lead, policy: Policy) -> list[str]:
    """The values of the lead that no rule can count, because they are not what their field says."""
    return [f"  {plain(one)}." for one in unread(policy, lead.fields, policy.lifecycle.fields)]


def deadlines(lead: Lead, policy: Policy) -> list[str]:
    """Each clock with the working time that was counted for it and its ladder."""
    if lead.assignment is None:
        return []
    person = policy.person.get(lead.assignment.person)
    lines = ["Deadlines:"]
    for clock in lead.clocks:
        lines += _deadline(clock, person, policy)
    zone = policy.zone_of(person)
    lines += [
        f"  {deferred.label}: {plain(Phrase(f'to.{deferred.rung.to}'))} is told once at work,"
        f" at {exact(deferred.at, zone)}."
        for deferred in lead.deferred
    ]
    if lead.idle is not None:
        lines.append(f"  Without activity it is closed at {utc(lead.idle.due_at)}.")
    return lines


def explain_clock(lead: Lead, policy: Policy, target: str) -> list[str]:
    """Every interval of one deadline. Raises CommandError."""
    clock = next((clock for clock in lead.clocks if clock.target == target), None)
    if clock is None:
        known = listed(clock.target for clock in lead.clocks) or "none runs"
        raise CommandError(f"lead {lead.id} has no clock {target}: {known}")
    owner = policy.person.get(lead.assignment.person) if lead.assignment else None
    lines = [f"{clock.label}:", *(f"  {plain(line)}" for line in story(policy, owner, clock))]
    if clock.paused_at is not None:
        lines.append(f"  It has been paused since {utc(clock.paused_at)}.")
    if clock.stopped_at is not None:
        lines.append(f"  It was stopped at {utc(clock.stopped_at)}.")
    return lines


def _deadline(clock: Clock, person: Person | None, policy: Policy) -> list[str]:
    zone = policy.zone_of(person)
    state = "running"
    if clock.stopped_at is not None:
        state = f"stopped {exact(clock.stopped_at, zone)}"
    elif clock.paused_at is not None:
        state = f"paused since {exact(clock.paused_at, zone)}"
    lines = [f"  {clock.label}: due {exact(clock.due_at, zone)}, {state}"]
    if person is not None:
        lines += [
            f"    {line}" for line in _counted(clock, calendar_of(policy, person, clock), zone)
        ]
    for index, rung in enumerate(clock.ladder):
        climbed = "done" if index < clock.climbed else "to come"
        if climbed == "done" or clock.running:
            what, to = spelled(rung.kind), plain(Phrase(f"to.{rung.to}"))
            lines.append(f"    {exact(rung.at, zone)}  {what}, {to} ({climbed})")
    return lines


def _counted(clock: Clock, calendar: WorkCalendar | None, zone: str) -> list[str]:
    """The working intervals between start and deadline, and their sum."""
    if clock.wall or calendar is None:
        return ["every hour counts"]
    spans = calendar.spans(clock.started_at, clock.due_at, clock.pauses)
    shown = spans if len(spans) <= INTERVALS else [*spans[: INTERVALS - 1], spans[-1]]
    lines = [f"counted {exact(start, zone)} – {exact(end, zone)}" for start, end in shown]
    if len(shown) < len(spans):
        lines.insert(-1, f"… and {counted(len(spans) - len(shown), 'interval')} more")
    total = calendar.between(clock.started_at, clock.due_at, clock.pauses)
    return [*lines, f"sum {span(total, days=False)} of working time ({zone})"]


def _story(history: list[Record], policy: Policy) -> Table:
    table = Table("When", "Event", "Result", "Policy", title="History")
    titles: dict[str, str] = {}
    for record in history:
        what = "\n".join(_outcome_text(outcome, policy, titles) for outcome in record.outcomes)
        event = _EVENTS.get(type(record.event).__name__, "event")
        why = (plain(one, seconds=True) for one in record.because)
        table.add_row(utc(record.at), event, what or "; ".join(why), record.policy)
        notices = (one for one in record.effects if isinstance(one, NoticeState))
        titles |= {one.slot: plain(one.title, one.zone) for one in notices}
    return table


_EVENTS = {
    "StageChanged": "stage change",
    "SignalSeen": "signal",
    "DealMoved": "deal",
    "Merged": "merge",
    "Deleted": "deletion",
    "Hinted": "news from HubSpot",
    "Clicked": "Slack",
    "ClockDue": "clock",
    "WentStale": "slow clock",
    "Reassigned": "reassigned",
    "Snoozed": "snoozed",
    "Reapplied": "policy reapplied",
    "OwnerRefused": "refused owner",
    "Undelivered": "not delivered in Slack",
    "RoomMade": "room for a queue",
}


#: Outcomes that name a change and its source.
_CHANGED = {"backward_refused", "restored", "drifted"}


def _outcome_text(outcome: Outcome, policy: Policy, titles: dict[str, str]) -> str:
    if outcome.kind == "undelivered":
        return _undelivered(outcome, policy, titles)
    name, colon, source = outcome.what.partition(":")
    if outcome.kind == "disqualified" and (stage := _set_aside(outcome.what, policy)):
        return ": ".join(filter(None, (f"{stage} {name}", _name(outcome.person, policy))))
    changed = outcome.kind in _CHANGED and colon  # earlier code stored the words
    what = f"{spelled(outcome.kind)} {name if changed else outcome.what}".strip()
    if who := _doer(outcome, policy, source if changed else ""):
        what = f"{what} by {who}"
    return ": ".join(filter(None, (what, _name(outcome.person, policy))))


def _doer(outcome: Outcome, policy: Policy, source: str) -> str:
    """Who did it, as people know them; empty: nobody is named."""
    if outcome.by in policy.person:
        return policy.person[outcome.by].name
    if outcome.by:
        return plain(who_changed(policy, source or outcome.by, outcome.by))
    return plain(source_phrase(source)) if outcome.kind in _CHANGED and ":" in outcome.what else ""


def _set_aside(reason: str, policy: Policy) -> str:
    """What is said of a lead closed for *reason*, if only moves to another side stage than that of
    disqualified leads name it."""
    goals = {move.to for move in policy.lifecycle.transitions if move.reason == reason}
    offered = reason in policy.reason and policy.reason[reason].offered
    return _closed(goals.pop(), policy) if len(goals) == 1 and not offered else ""


def _undelivered(outcome: Outcome, policy: Policy, titles: dict[str, str]) -> str:
    """Recipient, message, reason, and who was told instead. *titles*: of the notices so far, by
    slot."""
    to = f" to {_name(outcome.person, policy)}" if outcome.person else ""
    message = outcome.message or "a message"
    if message.startswith("card:"):
        message = "the card"
    elif message in titles:
        message = quoted(titles[message])
    if outcome.instead:
        then = f"told instead: {_name(outcome.instead, policy)}"
    else:
        then = "nobody told instead" + (", it is parked" if outcome.message else "")
    return f"undelivered{to}: {message} ({outcome.what}); {then}"


def _name(of: str, policy: Policy) -> str:
    person = policy.person.get(of)
    return person.name if person else policy.notifications.called(of)
