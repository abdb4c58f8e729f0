"""Rungs of one clock that a late machine finds due at once: each is recorded, and one message says
what was missed, to who is there now.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from baton.domain.escalation.recipients import Addressee
from baton.domain.lead import ArmedRung, Clock
from baton.domain.phrase import Phrase, listing, phrase
from baton.domain.policy import Policy

#: A rung found due later than this was missed; until then it is on time, and so are others due
#: with it by the policy.
LATE = timedelta(minutes=5)
_TELLS = frozenset(("breach", "escalate"))


def missed_rungs(
    due: Sequence[tuple[ArmedRung, int]], now: datetime
) -> dict[int, tuple[ArmedRung, ...]]:
    """By the index of their clock, the rungs of *due* that share one message: all that tell of a
    missed deadline, if they are several and the first of them is late.
    """
    found: dict[int, list[ArmedRung]] = {}
    for rung, index in due:
        if rung.kind in _TELLS:
            found.setdefault(index, []).append(rung)
    return {
        index: tuple(rungs)
        for index, rungs in found.items()
        if len(rungs) > 1 and now - min(rung.at for rung in rungs) > LATE
    }


def superseded(
    rung: ArmedRung,
    index: int,
    clock: Clock,
    due: Iterable[tuple[ArmedRung, int]],
    now: datetime,
) -> bool:
    """Whether a later warning of the same *clock*, the one at *index*, is due to the same recipient
    as well.
    """
    return (
        rung.kind == "warn"
        and now < clock.due_at
        and any(
            (one.kind, one.to, its) == ("warn", rung.to, index) and one.at > rung.at
            for one, its in due
        )
    )


def there_now(policy: Policy, to: Addressee, now: datetime) -> bool:
    """Whether the one addressed, or their stand-in, is a person at work."""
    return to.reader is not None and policy.calendar_of(to.reader).is_open(now)


def missed_line(rungs: Iterable[ArmedRung]) -> Phrase:
    """The line that says which steps one message is for."""
    steps = [phrase("missed.step", Phrase(f"to.{rung.to}"), rung.at) for rung in rungs]
    return Phrase("missed.at_once", (listing(steps),))
