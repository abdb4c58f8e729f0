"""Slack refused a message about a lead for good: tell the next recipient instead."""

from __future__ import annotations

from collections.abc import Iterator

from baton.domain.draft.draft import Draft
from baton.domain.escalation.recipients import backup_of
from baton.domain.handoff.assign import manager_of
from baton.domain.phrase import Phrase, phrase
from baton.domain.policy import Person
from baton.domain.world.events import Undelivered


def notify_next_recipient(draft: Draft, event: Undelivered) -> None:
    """Tell the recipient after the one that failed, in the order owner, backup, manager, channel,
    RevOps.

    Stateless: the next recipient follows from the one that failed, and the text from the lead as it
    is now. It ends with RevOps, because only later recipients are tried. The delivering function
    parks the message itself.
    """
    person = draft.policy.person_by_slack.get(event.to)
    draft.add_reason("undelivered", _called(draft, event.to), event.reason)
    to = _next(draft, event, person)
    instead = draft.policy.person_by_slack.get(to)
    draft.record(
        "undelivered",
        person.id if person else event.to,
        event.reason,
        instead=instead.id if instead else to,
        message=event.slot,
    )
    if to:
        draft.add_reason("undelivered.instead", draft.policy.notifications.called(to))
        _notify(draft, event, to)


def _called(draft: Draft, to: str) -> str:
    """The name of the person or channel that *to* is."""
    person = draft.policy.person_by_slack.get(to)
    return person.name if person else draft.policy.notifications.called(to)


def _next(draft: Draft, event: Undelivered, person: Person | None) -> str:
    """Whom to tell instead; empty: nobody. Not passed on: information only, and messages about a
    lead that has no owner or another owner by now.
    """
    ways = list(dict.fromkeys(_ways(draft)))
    before = {*draft.lead.had, *(held_by.person for held_by in draft.lead.past)}
    had_it = person is not None and person.id in before
    if not draft.lead.open or event.level == "info" or (had_it and event.to not in ways):
        draft.add_reason("undelivered.nothing_left")
        return ""
    # A recipient outside this order (a director, for example) is followed by the channel.
    to = draft.policy.notifications.channel
    if event.to in ways:
        to = next(iter(ways[ways.index(event.to) + 1 :]), "")
    if not to:
        draft.add_reason("undelivered.nobody_left")
    return to


def _ways(draft: Draft) -> Iterator[str]:
    """The Slack users and channels that may be told, nearest to the lead first."""
    owner = draft.owner
    people = (owner, backup_of(draft.policy, owner), manager_of(draft, owner))
    yield from (one.slack_user for one in people if one is not None)
    yield draft.policy.notifications.channel
    yield draft.policy.notifications.ops_channel


def _notify(draft: Draft, event: Undelivered, to: str) -> None:
    number = draft.lead.assignment.number if draft.lead.assignment else 0
    draft.notify(
        # One slot per recipient that failed: further failures to reach them update the same
        # message.
        f"notice:undelivered:{number}:{event.to}",
        to,
        event.level,
        Phrase("undelivered.title", (_called(draft, event.to), draft.lead_label)),
        *_lines(draft),
        Phrase("undelivered.why", (event.reason, event.fix)),
    )


def _lines(draft: Draft) -> Iterator[Phrase]:
    """Who has the lead, since when, and what is due when."""
    owner, assignment = draft.owner, draft.lead.assignment
    if owner is not None and assignment is not None:
        id_ = "with.since" if assignment.accepted_at else "with.since_not_accepted"
        yield phrase(id_, owner.name, assignment.at)
    for clock in draft.lead.clocks:
        if clock.running:
            yield phrase("clock.due", clock.label, clock.due_at)
