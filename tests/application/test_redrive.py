"""Parked messages are sent back: each at least once, none lost, wherever the redrive is
interrupted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from baton.adapters.aws.outbox import decode_effect, encode_effect
from baton.application.ports.dead_letters import Parked
from baton.application.redrive import (
    GIVE_UP_AFTER,
    Done,
    Redriven,
    effects_out_of_date,
    redrive,
)
from baton.domain.phrase import Phrase
from baton.domain.world.world import Load
from baton.failures import Retryable
from tests.builders import handed_off
from tests.fakes.effects import card_state, notice_state

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def parked(name: str, at: datetime = NOW - timedelta(hours=1)) -> Parked:
    return Parked(
        id=name,
        body=f"body of {name}",
        reason="Slack: is_archived",
        parked_at=at,
        first_seen=at,
        receives=1,
        queue="slack",
        receipt=name,
    )


class Broke(Exception):
    pass


@dataclass
class Lot:
    """A dead-letter queue whose home queue works, in memory."""

    waiting: list[Parked]
    sent: list[str] = field(default_factory=list)
    hidden: dict[str, Parked] = field(default_factory=dict)
    breaks_at: str = ""
    refused: set[str] = field(default_factory=set)

    def take(self, at_most: int) -> list[Parked]:
        some, self.waiting = self.waiting[: min(at_most, 10)], self.waiting[min(at_most, 10) :]
        self.hidden |= {one.id: one for one in some}
        return some

    def send_again(self, parked: Parked) -> None:
        self._may_break("send", parked)
        if parked.id in self.refused:
            raise Retryable("queue: InvalidMessageContents")
        self.sent.append(parked.body)

    def remove(self, parked: Parked) -> None:
        self._may_break("remove", parked)
        del self.hidden[parked.id]

    def leave(self, parked: Parked) -> None:
        self.waiting.append(self.hidden.pop(parked.id))

    def everything(self) -> set[str]:
        held = [*self.waiting, *self.hidden.values()]
        return {one.body for one in held} | set(self.sent)

    def _may_break(self, step: str, parked: Parked) -> None:
        if self.breaks_at == f"{step} {parked.id}":
            raise Broke


def run(
    lot: Lot, *, limit: int = 1000, dry_run: bool = False, **how: Any
) -> tuple[Redriven, list[Done]]:
    told: list[Done] = []
    done = redrive(
        lot, NOW, lambda parked, done: told.append(done), limit=limit, dry_run=dry_run, **how
    )
    return done, told


def test_redrive_sends_everything_parked_again() -> None:
    lot = Lot([parked(f"m{n}") for n in range(25)])
    done, told = run(lot)
    assert done == Redriven(moved=25)
    assert told == ["sent again"] * 25
    assert len(lot.sent) == 25
    assert lot.waiting == []


def test_a_dry_run_of_redrive_moves_nothing_and_hides_nothing() -> None:
    lot = Lot([parked(f"m{n}") for n in range(25)])
    done, told = run(lot, dry_run=True)
    assert done == Redriven(left=25)
    assert told == ["left"] * 25
    assert (len(lot.waiting), lot.sent, lot.hidden) == (25, [], {})


@pytest.mark.parametrize("dry_run", [True, False])
def test_redrive_stops_at_its_limit(dry_run: bool) -> None:
    lot = Lot([parked(f"m{n}") for n in range(25)])
    done, told = run(lot, limit=12, dry_run=dry_run)
    assert done.moved + done.left == len(told) == 12


def test_redrive_leaves_what_is_parked_again_meanwhile() -> None:
    lot = Lot([parked("old"), parked("new", NOW + timedelta(seconds=1))])
    done, _ = run(lot)
    assert done == Redriven(moved=1, left=1)
    assert [one.id for one in lot.waiting] == ["new"]


def test_a_message_that_cannot_be_sent_stays_and_does_not_keep_the_others() -> None:
    lot = Lot([parked(f"m{n}") for n in range(25)], refused={"m0", "m7", "m8", "m24"})
    done, told = run(lot)
    assert (done.moved, done.left) == (21, 4)
    assert done.failed == ("queue: InvalidMessageContents",) * 4
    assert told.count("left") == 4
    assert {one.id for one in lot.waiting} == lot.refused


def test_redrive_gives_up_when_nothing_can_be_sent() -> None:
    lot = Lot([parked(f"m{n}") for n in range(25)], refused={f"m{n}" for n in range(25)})
    with pytest.raises(Retryable):
        run(lot)
    assert len(lot.waiting) == 25 - 10 + GIVE_UP_AFTER
    assert len(lot.everything()) == 25


@pytest.mark.parametrize("step", ["send", "remove"])
def test_a_redrive_broken_off_anywhere_loses_nothing(step: str) -> None:
    lot = Lot([parked("a"), parked("b"), parked("c", NOW + timedelta(1))], breaks_at=f"{step} b")
    everything = lot.everything()
    with pytest.raises(Broke):
        run(lot)
    assert lot.everything() == everything


ODD = {"m1", "m12", "m24"}


@pytest.mark.parametrize("dry_run", [True, False])
def test_what_is_out_of_date_is_not_sent_and_taken_off(dry_run: bool) -> None:
    lot = Lot([parked(f"m{n}") for n in range(25)])
    done, told = run(lot, dry_run=dry_run, out_of_date=lambda some: ODD & {p.id for p in some})
    assert (done.out_of_date, done.seen, told.count("out of date")) == (3, 25, 3)
    assert len(lot.sent) == (0 if dry_run else 22)
    assert len(lot.waiting) == (25 if dry_run else 0)


@pytest.mark.parametrize("dry_run", [True, False])
def test_only_what_is_chosen_is_dropped(dry_run: bool) -> None:
    """It is neither sent nor looked at; all others stay, and are seen by others again."""
    lot = Lot([parked(f"m{n}") for n in range(25)] + [parked("new", NOW + timedelta(1))])
    done, told = run(lot, dry_run=dry_run, chosen=lambda one: one.id in {*ODD, "new"}, drop=True)
    assert (done.dropped, done.left, lot.sent, lot.hidden) == (3, 1, [], {})
    assert sorted(told) == ["dropped"] * 3 + ["left"]
    assert len(lot.waiting) == (26 if dry_run else 23)


def test_only_what_is_chosen_is_sent_and_counts_for_the_limit() -> None:
    lot = Lot([parked(f"m{n}") for n in range(25)])
    done, _ = run(lot, limit=2, chosen=lambda one: one.id in ODD)
    assert (done.moved, done.left) == (2, 0)
    assert len(lot.waiting) == 23


def test_effects_are_out_of_date_by_their_lead_and_person() -> None:
    lead, _ = handed_off()
    card = card_state(subject="LEAD#101", lead_id="101")
    lost, kept = replace(card, assignment=7), card
    notice = replace(notice_state(subject="PERSON#anna"), title=Phrase("unreachable", ("Anna",)))
    bodies = [encode_effect(one) for one in (lost, kept, notice)] + ["nonsense"]
    some = [replace(parked(str(n)), body=body) for n, body in enumerate(bodies)]

    def judged(load: Load) -> set[str]:
        judge = effects_out_of_date(
            decode_effect, lambda ids: {"101": lead}, lambda ids: {"anna": load}, NOW
        )
        return set(judge(some))

    assert judged(Load("anna", version=3)) == {"0", "2"}
    assert judged(Load("anna")) == {"0"}, "never stored"
