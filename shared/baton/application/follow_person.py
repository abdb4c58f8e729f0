"""A person goes away or comes back: store their load and trail in one write, then tell them, and
offer the queues that wait for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from baton.application.ports.people import Entry, People
from baton.application.ports.queues import Offers, Outbox
from baton.domain.phrase import Phrase
from baton.domain.policy import Person, Policy
from baton.domain.routing.availability import Availability, AvailabilityChange, apply_change
from baton.domain.world.effects import NoticeState
from baton.domain.world.events import OwnerAbsent
from baton.domain.world.world import Load
from baton.failures import AlreadyDone, Explained, Moved, Rejected, Retryable
from baton.wire.details import PersonHint, PoolHint

#: Attempts to store, because each lead given to or taken from the person changes the same load.
ATTEMPTS = 12


def follow_person(
    hint: PersonHint,
    policy: Policy,
    people: People,
    outbox: Outbox,
    wakes: Offers,
    now: datetime,
    redelivered: bool = False,
    owned_by: Callable[[str], Iterable[str]] = lambda person: (),
) -> str:
    """
    Work *hint* once in effect; returns the result for the log.

    Args:
        redelivered: This very message was received before; see ``EventWorker``.

        owned_by: The open leads of a person.

    Raises:
        Rejected: The roster has no such person, or the time is not valid.
        Explained: HubSpot's own news of an owner whom the roster does not know.
        Retryable: Not now.
    """
    person = policy.someone(hint.person)
    if person is None:
        return _unknown(hint, outbox, now)
    change = change_of(hint)
    for attempt in range(1, ATTEMPTS + 1):
        load, entry = people.load(person.id, change.id)
        if entry is not None:
            if redelivered or attempt > 1:
                _send(entry, outbox, wakes)
                _look_after_leads(person, entry, wakes, owned_by)
            return "repeated"
        settled = _applied(policy, person, change, load, now)
        if settled is None:
            return "overtaken"
        entry = Entry(change, now, policy.version, settled.because, settled.notices, settled.offers)
        try:
            people.keep(settled.load, entry)
        except (Moved, AlreadyDone):
            continue
        _send(entry, outbox, wakes)
        _look_after_leads(person, entry, wakes, owned_by)
        return "away" if change.away else "back"
    raise Retryable("another decision was stored first every time")


def change_of(hint: PersonHint) -> AvailabilityChange:
    """*hint* in the domain's terms."""
    return AvailabilityChange(
        id=hint.event_id,
        at=hint.occurred_at,
        away=hint.away,
        until=hint.until,
        back=hint.back,
        source="workspace" if hint.is_refused_by_slack else hint.source,
        by=hint.by,
        why=hint.why,
    )


def _applied(
    policy: Policy, person: Person, change: AvailabilityChange, load: Load, now: datetime
) -> Availability | None:
    try:
        return apply_change(policy, person, change, load, now)
    except ValueError as error:
        raise Rejected(f"back: {error}") from error


def _send(entry: Entry, outbox: Outbox, wakes: Offers) -> None:
    if entry.notices:
        outbox.send(entry.notices)
    if entry.offers:
        wakes.offer(
            [
                PoolHint(event_id=f"{entry.change.id}:{pool}", pool=pool, occurred_at=entry.at)
                for pool in entry.offers
            ]
        )


def _look_after_leads(
    person: Person, entry: Entry, wakes: Offers, owned_by: Callable[[str], Iterable[str]]
) -> None:
    """Have the leads of somebody who went away looked after. Those that HubSpot or Slack refuses
    are passed on by the check of the roster.
    """
    change = entry.change
    if not change.away or change.source not in {"slack", "cli"}:
        return
    absent = [
        OwnerAbsent(id=f"absent:{change.id}:{lead}", lead_id=lead, at=entry.at, person=person.id)
        for lead in owned_by(person.id)
    ]
    if absent:
        wakes.offer(absent)


def _unknown(hint: PersonHint, outbox: Outbox, now: datetime) -> str:
    """Tell a Slack user who is not in the roster. Of an owner whom HubSpot refuses and the roster
    does not know, nothing is kept; other unknown people are for an operator.
    """
    kind, _, user = hint.person.partition(":")
    if hint.is_refused_by_slack:
        return "unknown"  # Slack refused a message to somebody whom the roster has dropped
    if kind == "hubspot" and hint.source == "hubspot":
        raise Explained(f"{hint.person} is not in the roster")
    if kind != "slack":
        raise Rejected(f"{hint.person} is not in the roster")
    notice = NoticeState(
        subject=f"SLACK#{user}",
        slot=f"notice:{hint.event_id}",
        version=1,
        to=user,
        level="info",
        title=Phrase("person.unknown"),
        lines=(Phrase("person.unknown_why"),),
        at=now,
    )
    outbox.send([notice])
    return "unknown"
