"""Snoozed leads, and leads owned for long, at the exact instants where this begins and ends."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from baton.domain.phrase import Phrase
from baton.domain.policy import Counting
from baton.domain.world.events import ClockDue, Snoozed, WentStale
from tests.builders import NOW, minutes, owned
from tests.routed import Desk, routed

MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)
MONTH = 30 * DAY


def arrived(counting: Counting | None = None) -> Desk:
    desk = Desk(routed(counting=counting or Counting()))
    desk.arrive("101")
    assert (desk.owner("101"), desk.open("anna")) == ("anna", 1)
    return desk


def snoozed(until: datetime, counting: Counting | None = None) -> tuple[Desk, Phrase | None]:
    """Snooze the lead; returns the desk, and why the snooze was refused."""
    desk = arrived(counting)
    event = Snoozed(id="s", lead_id="101", at=NOW, assignment=1, until=until)
    return desk, desk.send(event).unworkable


@pytest.mark.parametrize(
    ("until", "rests"),
    [
        pytest.param(NOW, False, id="until now is no rest"),
        pytest.param(NOW + MICROSECOND, True, id="a rest however short"),
        pytest.param(NOW + MONTH, True, id="for exactly as long as it may"),
        pytest.param(NOW + MONTH + MICROSECOND, False, id="for longer"),
    ],
)
def test_how_long_a_lead_may_be_snoozed(until: datetime, rests: bool) -> None:
    desk, refused = snoozed(until)
    assert owned(desk.leads["101"]).snoozed_until == (until if rests else None)
    assert bool(refused) != rests


@pytest.mark.parametrize(
    ("now", "open_"),
    [
        pytest.param(NOW + DAY - MICROSECOND, 0, id="a wake that comes early"),
        pytest.param(NOW + DAY, 1, id="at the agreed instant"),
    ],
)
def test_a_snooze_ends_at_its_exact_instant(now: datetime, open_: int) -> None:
    desk, _ = snoozed(NOW + DAY)
    desk.now = now
    desk.send(ClockDue(id="w", lead_id="101", at=NOW + DAY))
    assert desk.open("anna") == open_
    assert (owned(desk.leads["101"]).snoozed_until is None) == bool(open_)


@pytest.mark.parametrize(
    ("now", "open_"),
    [
        pytest.param(NOW + 2 * DAY - MICROSECOND, 1, id="a sweep that comes early"),
        pytest.param(NOW + 2 * DAY, 0, id="owned for exactly so long"),
    ],
)
def test_a_snoozed_lead_stops_counting_at_the_exact_instant(now: datetime, open_: int) -> None:
    desk = arrived(Counting(forget_after=2 * DAY))
    desk.now = now
    desk.send(WentStale(id="f", lead_id="101", at=NOW + 2 * DAY))
    assert desk.open("anna") == open_
    assert owned(desk.leads["101"]).counts == bool(open_)


def test_a_snoozed_lead_is_forgotten_once() -> None:
    desk = arrived(Counting(forget_after=2 * DAY))
    desk.now = NOW + 2 * DAY
    for name in ("f", "g"):
        decision = desk.send(WentStale(id=name, lead_id="101", at=desk.now))
    assert Phrase("forgotten") not in decision.because


@pytest.mark.parametrize(
    ("counting", "open_"),
    [
        pytest.param(Counting(), 0, id="it is not"),
        pytest.param(Counting(snoozed=True), 1, id="where the policy says so it is"),
    ],
)
def test_whether_a_snoozed_lead_is_counted(counting: Counting, open_: int) -> None:
    desk, _ = snoozed(NOW + DAY, counting)
    assert desk.open("anna") == open_
    (_, decision) = desk.decisions
    assert [(one.kind, one.person) for one in decision.outcomes] == [("snoozed", "anna")]
    changes = [(one.holder, one.by, one.why) for one in decision.changes]
    assert changes == ([] if open_ else [("anna", -1, "snoozed")])


def test_a_lead_has_one_snooze_at_a_time() -> None:
    desk, _ = snoozed(NOW + DAY)
    again = Snoozed(id="t", lead_id="101", at=NOW, assignment=1, until=NOW + 2 * DAY)
    assert desk.send(again).unworkable == Phrase("snooze.already")
    assert owned(desk.leads["101"]).snoozed_until == NOW + DAY


def test_a_lead_without_an_owner_cannot_be_snoozed() -> None:
    desk = Desk()
    event = Snoozed(id="s", lead_id="101", at=NOW, assignment=0, until=NOW + DAY)
    assert desk.send(event).unworkable == Phrase("snooze.not_theirs")


def test_an_ended_snooze_leaves_nothing_behind() -> None:
    desk, _ = snoozed(NOW + DAY)
    desk.tick(NOW + DAY)
    rested = owned(desk.leads["101"])
    assert (rested.snoozed_at, rested.snoozed_until) == (None, None)


@pytest.mark.parametrize(
    ("rest", "open_"),
    [
        pytest.param(2 * DAY - MICROSECOND, 1, id="over before it is forgotten: counts again"),
        pytest.param(2 * DAY, 0, id="over as it is forgotten: counts no more"),
    ],
)
def test_a_snooze_may_end_after_the_lead_stopped_counting(rest: timedelta, open_: int) -> None:
    desk, _ = snoozed(NOW + rest, Counting(forget_after=2 * DAY))
    assert desk.open("anna") == 0
    desk.now = NOW + rest
    desk.send(ClockDue(id="w", lead_id="101", at=desk.now))
    assert desk.open("anna") == open_
    desk.tick(NOW + 2 * DAY + minutes(1))
    assert desk.open("anna") == 0
