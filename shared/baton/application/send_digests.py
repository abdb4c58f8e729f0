"""Sends each team's digest once a day, in its reader's local morning: to the manager or, while they
are absent, to the nearest stand-in.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from msgspec import Struct

from baton.application.digest import (
    LOOK_BACK,
    Cover,
    Happened,
    build,
    cover,
    due_day,
    local_date,
    team_of,
)
from baton.application.ports.leads import Odd, Reports
from baton.application.ports.log import Note
from baton.application.ports.queues import Outbox
from baton.domain.lead import Lead
from baton.domain.policy import Person, Policy
from baton.domain.presence import absence, present, stand_ins
from baton.domain.world.effects import DigestState
from baton.domain.world.world import Load

#: Clocks due within a day may fall into the manager's day.
LOOK_AHEAD = timedelta(days=1)


class Due(Struct, frozen=True):
    """A digest to be sent: of the team of *manager*, to *reader*."""

    manager: Person
    reader: Person
    day: str
    covered: Cover
    slot: str
    #: Where that it was sent is stored; empty: nowhere, it was asked for.
    checkpoint: str


def send_digests(
    policy: Policy, store: Reports, outbox: Outbox, now: datetime, note: Note, asked: bool = False
) -> list[str]:
    """Send every digest that is due and not yet sent; returns their managers.

    A run that dies after sending is repeated by the next; the digest's slot recognises it. A lead
    or a report that cannot be read is left out and noted. A digest that cannot be sent does not
    keep the others from being sent; the run then fails, and the next one tries it again.

    Args:
        asked: Send every team's digest now, covering the last day; the morning's digest is still
            sent.
    """
    failures: list[Exception] = []
    due: list[Due] = []
    find: Callable[[Policy, Reports, Person, datetime], Due | None] = _asked if asked else _due
    for manager in _managers(policy):
        try:
            found = find(policy, store, manager, now)
        except Exception as error:
            note("digests.not_sent", manager=manager.id, why=type(error).__name__)
            failures.append(error)
        else:
            due += [found] if found else []
    sent = _send(policy, store, outbox, now, note, due, failures) if due else []
    if failures:
        raise failures[0]
    return sent


def _send(
    policy: Policy,
    store: Reports,
    outbox: Outbox,
    now: datetime,
    note: Note,
    due: list[Due],
    failures: list[Exception],
) -> list[str]:
    def odd(item: str, why: str) -> None:
        note("digests.left_out", item=item, why=why)

    happened = _happened(store, min(_first_day(one.covered) for one in due), now, odd)
    leads = store.leads(_lead_ids(policy, store, happened, due, now), odd)
    sent: list[str] = []
    for one in due:
        try:
            outbox.send([_built(policy, one, happened, leads, now)])
            if one.checkpoint:
                values = {"day": one.day, "at": now.isoformat()}
                store.save_checkpoint(one.checkpoint, values, order="day")
        except Exception as error:
            note("digests.not_sent", manager=one.manager.id, why=type(error).__name__)
            failures.append(error)
        else:
            sent.append(one.manager.id)
    return sent


def _managers(policy: Policy) -> list[Person]:
    """Whose teams have digests: also those of managers who have left, while the team is there."""
    active = {person.id for person in policy.people if person.active}
    return [
        person
        for person in policy.people
        if person.role == "manager" and (person.active or team_of(policy, person) & active)
    ]


def _due(policy: Policy, store: Reports, manager: Person, now: datetime) -> Due | None:
    """The digest of the team of *manager*, if it is due to whoever reads it now, and not yet sent
    to anybody. Nobody gets one while everybody who could read it is absent; the next one covers it.
    """
    line = (manager, *stand_ins(policy, manager))
    own_name, instead_name = f"DIGEST#{manager.id}", f"DIGEST#{manager.id}#INSTEAD"
    own = store.checkpoint(own_name)
    instead = store.checkpoint(instead_name)
    sent = max(own.get("day", ""), instead.get("day", ""))
    if not any((due_day(policy, one, now) or "") > sent for one in line):
        return None  # the usual case: it was sent, and nobody's load is read
    reader = _reader(policy, store, manager, line, now)
    if reader is None:
        return None
    day = due_day(policy, reader[0], now, reader[1], first=not sent)
    if day is None or day <= sent:
        return None
    is_own = reader[0].id == manager.id
    # What somebody else has read, the manager has not.
    ends = [one["at"] for one in ((own,) if is_own else (own, instead)) if one]
    last = max((datetime.fromisoformat(end) for end in ends), default=None)
    if is_own and last is None and instead:
        last = datetime.min.replace(tzinfo=UTC)  # all that is kept is new to them
    slot = f"digest:{day}" if is_own else f"digest:{day}:{reader[0].id}"
    return Due(
        manager, reader[0], day, cover(last, now), slot, own_name if is_own else instead_name
    )


def _asked(policy: Policy, store: Reports, manager: Person, now: datetime) -> Due:
    line = (manager, *stand_ins(policy, manager))
    reader = _reader(policy, store, manager, line, now)
    to = reader[0] if reader else manager
    slot = f"digest:{now.isoformat(timespec='seconds')}"
    return Due(manager, to, local_date(policy, to, now), cover(None, now), slot, "")


def _reader(
    policy: Policy, store: Reports, manager: Person, line: tuple[Person, ...], now: datetime
) -> tuple[Person, Load] | None:
    """*manager* or, while they are absent, the nearest stand-in who is not; None: all are."""
    _, loads = store.world((), [one.id for one in line])
    reader = present(policy, manager, loads, now)
    if reader is None or absence(reader, loads[reader.id], now) is not None:
        return None
    return reader, loads[reader.id]


def _built(
    policy: Policy, one: Due, happened: list[Happened], leads: dict[str, Lead], now: datetime
) -> DigestState:
    reader = one.reader if one.reader.id != one.manager.id else None
    return build(policy, one.manager, one.day, one.covered, happened, leads, now, one.slot, reader)


def _first_day(covered: Cover) -> date:
    return min(covered.since, covered.open_since).astimezone(UTC).date()


def _happened(store: Reports, first: date, now: datetime, odd: Odd) -> list[Happened]:
    days = (now.astimezone(UTC).date() - first).days + 1
    return [
        Happened(reported.lead, outcome)
        for day in (first + timedelta(days=n) for n in range(days))
        for reported in store.reported(day.isoformat(), odd)
        for outcome in reported.outcomes
    ]


def _lead_ids(
    policy: Policy, store: Reports, happened: list[Happened], due: list[Due], now: datetime
) -> list[str]:
    """Leads with a breach that a digest covers, and leads with a clock due soon."""
    covered = [
        (team_of(policy, one.manager), min(one.covered.since, one.covered.open_since))
        for one in due
    ]
    ids = [
        h.lead
        for h in happened
        if h.outcome.kind == "breached"
        and any(h.outcome.person in team and h.outcome.at > since for team, since in covered)
    ]
    ids += [lead for lead, _ in store.due("wakes", now - LOOK_BACK, now + LOOK_AHEAD)]
    return list(dict.fromkeys(ids))
