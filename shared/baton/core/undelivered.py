"""Slack cannot reach whom it was to tell of a lead: the next one is told."""

from __future__ import annotations

from collections.abc import Iterator

from baton.core import handoff, show
from baton.core.decision import Draft
from baton.core.events import Undelivered
from baton.core.respect import backup_of


def pass_on(draft: Draft, event: Undelivered) -> str:
    """Tell the next way after the one that failed: owner, backup, manager, channel, RevOps.

    Stateless: who is next follows from who was not reached, and what is said from the lead as it
    is now. A message about a lead that is nobody's any more, or no more theirs, or that was for
    information only, is recorded and not passed on. Returns why it cannot be worked: nobody is
    left to tell.
    """
    person = draft.policy.person_by_slack.get(event.to)
    who = person.name if person else event.to
    draft.say(f"could not be delivered to {who}: {event.reason}")
    ways = list(dict.fromkeys(_ways(draft)))
    had_it = person is not None and any(spell.person == person.id for spell in draft.lead.past)
    if not draft.lead.open or event.level == "info" or (had_it and event.to not in ways):
        draft.record("undelivered", person.id if person else "", event.reason)
        draft.say("nothing is left to tell of it")
        return ""
    to = _after(event.to, ways, draft.policy.notifications.channel)
    if to is None:
        return f"could not be delivered to {who} ({event.reason}), and nobody is left to tell"
    instead = draft.policy.person_by_slack.get(to)
    draft.record(
        "undelivered",
        person.id if person else "",
        event.reason,
        instead=instead.id if instead else to,
    )
    draft.say(f"told {to} instead")
    number = draft.lead.assignment.number if draft.lead.assignment else 0
    name, company = show.name_of(draft.lead), show.company_of(draft.lead)
    draft.notify(
        # One for each that was not reached: what more cannot be delivered to them brings it up to
        # date.
        f"notice:undelivered:{number}:{event.to}",
        to,
        event.level,
        f"{who} cannot be reached in Slack about {name}{f' ({company})' if company else ''}",
        *_lines(draft, to),
        f"Slack says: {event.reason}. Please see to the lead, and to the Slack user in the roster.",
    )
    return ""


def _ways(draft: Draft) -> Iterator[str]:
    """The Slack users and channels that may be told, nearest to the lead first."""
    owner = draft.owner
    people = (owner, backup_of(draft.policy, owner), handoff.manager_of(draft, owner))
    yield from (one.slack_user for one in people if one is not None)
    yield draft.policy.notifications.channel
    yield draft.policy.notifications.ops_channel


def _after(to: str, ways: list[str], channel: str) -> str | None:
    """Who comes after *to*; after whoever is not among the *ways* (a director, say), *channel*."""
    if to in ways:
        rest = ways[ways.index(to) + 1 :]
        return rest[0] if rest else None
    return channel


def _lines(draft: Draft, to: str) -> Iterator[str]:
    reader = draft.policy.person_by_slack.get(to)
    owner = draft.owner
    if owner is not None:
        yield f"It is with {owner.name}."
    zone = show.zone_of(draft.policy, reader or owner)
    for clock in draft.lead.clocks:
        if clock.running:
            yield f"{clock.label} is due at {show.in_zone(clock.due_at, zone)}."
