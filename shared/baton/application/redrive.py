"""Send parked messages again: back to their queue first, off the dead-letter queue second.

A crash between the two repeats a message, which does no harm (events are known by their identity,
effects by their slots); the other order could lose one. What is out of date by now, and what is to
be dropped, only goes off the dead-letter queue.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from baton.application.ports.dead_letters import Parked, ParkingLot
from baton.domain.escalation.overtaken import overtaken
from baton.domain.lead import Lead
from baton.domain.world.effects import AnyEffect, lead_subject, person_subject
from baton.domain.world.world import Load
from baton.failures import Malformed, Rejected, Retryable

#: Failures in a row after which it is not the messages that are at fault.
GIVE_UP_AFTER = 3

#: What became of a message; in a dry run, what would.
Done: TypeAlias = Literal["sent again", "left", "out of date", "dropped"]
#: Which of some messages are out of date, by id. Raises Retryable.
OutOfDate: TypeAlias = Callable[[Sequence[Parked]], AbstractSet[str]]


class Redriven(Struct, frozen=True):
    moved: int = 0
    #: Messages seen and left where they were.
    left: int = 0
    #: Why some of those could not be sent, one by one.
    failed: tuple[str, ...] = ()
    #: Messages that only went off the dead-letter queue; in a dry run, those that would.
    out_of_date: int = 0
    dropped: int = 0

    def __add__(self, other: Redriven) -> Redriven:
        return Redriven(
            self.moved + other.moved,
            self.left + other.left,
            self.failed + other.failed,
            self.out_of_date + other.out_of_date,
            self.dropped + other.dropped,
        )

    @property
    def seen(self) -> int:
        return self.moved + self.left + self.out_of_date + self.dropped


def none_of_them(_: Sequence[Parked]) -> AbstractSet[str]:
    return frozenset()


def redrive(
    lot: ParkingLot,
    started: datetime,
    report: Callable[[Parked, Done], None],
    *,
    limit: int,
    dry_run: bool,
    out_of_date: OutOfDate = none_of_them,
    chosen: Callable[[Parked], bool] = lambda _: True,
    drop: bool = False,
) -> Redriven:
    """
    Move up to *limit* messages back.

    Args:
        started: Now. Messages parked later are left: they may be those just sent again.

        report: Called with each chosen message, and what became of it.

        dry_run: Only report; every message stays.

        out_of_date: Those of some messages that are removed instead of being sent.

        chosen: Whether a message is meant at all; others stay, and are not reported.

        drop: Remove the chosen messages instead of sending them.

    Raises:
        Retryable: Several in a row could not be sent. One alone stays, and the others are sent.
    """
    kept: list[Parked] = []
    count: dict[Done, int] = {"sent again": 0, "left": 0, "out of date": 0, "dropped": 0}
    failed: list[str] = []
    in_a_row = 0
    removed: Done = "dropped" if drop else "out of date"

    def done(parked: Parked, what: Done) -> None:
        count[what] += 1
        report(parked, what)

    try:
        while sum(count.values()) < limit:
            # A message that is taken is hidden until it is left or removed.
            taken = lot.take(limit - sum(count.values()))
            if not taken:
                break
            kept += [one for one in taken if not chosen(one)]
            some = [one for one in taken if chosen(one)]
            old = [one for one in some if one.parked_at <= started]
            stale = out_of_date(old) if old and not drop else frozenset()
            for parked in some:
                remove = drop or parked.id in stale
                if parked.parked_at > started:
                    kept.append(parked)
                    done(parked, "left")
                elif dry_run:
                    kept.append(parked)
                    done(parked, removed if remove else "left")
                elif remove:
                    lot.remove(parked)
                    done(parked, removed)
                else:
                    try:
                        lot.send_again(parked)
                    except Retryable as error:
                        kept.append(parked)
                        done(parked, "left")
                        failed.append(str(error))
                        in_a_row += 1
                        if in_a_row == GIVE_UP_AFTER:
                            raise
                        continue
                    in_a_row = 0
                    lot.remove(parked)
                    done(parked, "sent again")
    finally:
        # Only at the end: a message made visible again would be taken again.
        for parked in kept:
            lot.leave(parked)
    return Redriven(
        moved=count["sent again"],
        left=count["left"],
        failed=tuple(failed),
        out_of_date=count["out of date"],
        dropped=count["dropped"],
    )


def effects_out_of_date(
    decode: Callable[[str], AnyEffect],
    leads: Callable[[Sequence[str]], dict[str, Lead]],
    loads: Callable[[list[str]], dict[str, Load]],
    now: datetime,
) -> OutOfDate:
    """
    Which parked effects are overtaken. One that cannot be read is none of them.

    Args:
        leads: Those of some leads that are known. Raises Retryable.

        loads: Loads of people. Raises Retryable.
    """

    def found(some: Sequence[Parked]) -> AbstractSet[str]:
        effects: dict[str, AnyEffect] = {}
        for parked in some:
            try:
                effects[parked.id] = decode(parked.body)
            except (Malformed, Rejected, Retryable):
                continue
        subjects = {one.subject for one in effects.values()}
        of_leads = leads(_ids(subjects, lead_subject("")))
        of_people = loads(_ids(subjects, person_subject("")))

        def is_stale(parked: Parked, effect: AnyEffect) -> bool:
            lead = of_leads.get(effect.subject.removeprefix(lead_subject("")))
            load = of_people.get(effect.subject.removeprefix(person_subject("")))
            if load is not None and not load.version:
                load = None  # never stored
            return overtaken(effect, lead, load, parked.first_seen, now)

        return {
            parked.id
            for parked in some
            if parked.id in effects and is_stale(parked, effects[parked.id])
        }

    return found


def _ids(subjects: AbstractSet[str], kind: str) -> list[str]:
    return sorted(one.removeprefix(kind) for one in subjects if one.startswith(kind))
