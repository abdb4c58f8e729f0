"""Sends each manager's digest once a day, in their local morning."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from baton.application.digest import Happened, build, due_day, local_date
from baton.application.ports.leads import Odd, Reports
from baton.application.ports.log import Note
from baton.application.ports.queues import Outbox
from baton.domain.policy import Person, Policy

#: Breaches older than this are no longer listed as open: by then the ladder has ended and the
#: clock of inactivity has the lead.
LOOK_BACK = timedelta(days=7)
#: Clocks due within a day may fall into the manager's day.
LOOK_AHEAD = timedelta(days=1)


def send_digests(
    policy: Policy, store: Reports, outbox: Outbox, now: datetime, note: Note, asked: bool = False
) -> list[str]:
    """Send every digest that is due and not yet sent; returns their managers.

    A run that dies after sending is repeated by the next; the digest's slot recognises it. A lead
    or a report that cannot be read is left out and noted. A digest that cannot be sent does not
    keep the others from being sent; the run then fails, and the next one tries it again.

    Args:
        asked: Send every manager's digest now, covering the last day; the morning's digest is still
            sent.
    """
    managers = [p for p in policy.people if p.role == "manager" and p.active]
    due: list[tuple[Person, str, datetime | None]]
    if asked:
        due = [(manager, local_date(policy, manager, now), None) for manager in managers]
    else:
        due = list(_due(policy, store, managers, now))
    if not due:
        return []

    def odd(item: str, why: str) -> None:
        note("digests.left_out", item=item, why=why)

    happened = _happened(store, now, odd)
    leads = store.leads(_lead_ids(store, happened, now), odd)
    failures: list[Exception] = []
    for manager, day, last in due:
        since = last or now - timedelta(days=1)
        slot = f"digest:{now.isoformat(timespec='seconds')}" if asked else ""
        try:
            outbox.send([build(policy, manager, day, since, happened, leads, now, slot)])
            if not asked:
                store.save_checkpoint(
                    f"DIGEST#{manager.id}", {"day": day, "at": now.isoformat()}, order="day"
                )
        except Exception as error:
            note("digests.not_sent", manager=manager.id, why=type(error).__name__)
            failures.append(error)
    if failures:
        raise failures[0]
    return [manager.id for manager, _, _ in due]


def _due(
    policy: Policy, store: Reports, managers: list[Person], now: datetime
) -> Iterator[tuple[Person, str, datetime | None]]:
    """(manager, day, when their last digest was) of those whose digest is due and not yet sent."""
    for manager in managers:
        day = due_day(policy, manager, now)
        if day is None:
            continue
        last = store.checkpoint(f"DIGEST#{manager.id}")
        if last.get("day", "") < day:
            yield manager, day, datetime.fromisoformat(last["at"]) if last else None


def _happened(store: Reports, now: datetime, odd: Odd) -> list[Happened]:
    first = (now - LOOK_BACK).astimezone(UTC).date()
    days = [first + timedelta(days=n) for n in range(LOOK_BACK.days + 1)]
    return [
        Happened(reported.lead, outcome)
        for day in days
        for reported in store.reported(day.isoformat(), odd)
        for outcome in reported.outcomes
    ]


def _lead_ids(store: Reports, happened: list[Happened], now: datetime) -> list[str]:
    """Leads with a recent breach, and leads with a clock due soon."""
    ids = [h.lead for h in happened if h.outcome.kind == "breached"]
    ids += [lead for lead, _ in store.due("wakes", now - LOOK_BACK, now + LOOK_AHEAD)]
    return list(dict.fromkeys(ids))
