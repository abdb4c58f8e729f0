"""Clocks at exact instants: a rung that is due now, a snooze that begins or ends together with
something else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from baton.domain.lead import ArmedRung, Clock
from baton.domain.policy import Field, Pause, Target, Test
from baton.domain.sla.clocks import climb, stand_still
from baton.domain.world.events import Hinted
from tests.builders import NOW, POLICY, contact, minutes
from tests.routed import Desk, routed

MICROSECOND = timedelta(microseconds=1)
DUE = NOW + minutes(60)
WARN = ArmedRung(NOW + minutes(30), "warn")
BREACH = ArmedRung(DUE, "breach")
ESCALATE = ArmedRung(DUE + minutes(10), "escalate", "manager", "wall")


def running(**changes: Any) -> Clock:
    """A clock of one hour of wall time: a warning after half of it, an escalation ten minutes after
    it."""
    given: dict[str, Any] = {
        "target": "call",
        "label": "Call",
        "stops_on": "touch",
        "started_at": NOW,
        "due_at": DUE,
        "ladder": (WARN, BREACH, ESCALATE),
        "wall": True,
    }
    return Clock(**(given | changes))


# --- climbing


@pytest.mark.parametrize(
    ("now", "climbed"),
    [
        pytest.param(WARN.at - MICROSECOND, (), id="a microsecond before the rung"),
        pytest.param(WARN.at, (WARN,), id="at the rung"),
        pytest.param(DUE - MICROSECOND, (WARN,), id="a microsecond before the deadline"),
        pytest.param(DUE, (WARN, BREACH), id="at the deadline"),
    ],
)
def test_a_rung_is_due_at_its_exact_instant(now: datetime, climbed: tuple[ArmedRung, ...]) -> None:
    clock, due = climb(running(), now)
    assert due == climbed
    assert clock.climbed == len(climbed)
    assert climb(clock, now) == (clock, ()), "and is climbed once"


@pytest.mark.parametrize(
    "clock",
    [
        pytest.param(running(stopped_at=DUE), id="stopped at its deadline"),
        pytest.param(running(paused_at=DUE), id="paused since its deadline"),
    ],
)
def test_a_clock_paused_at_its_deadline_fires_nothing(clock: Clock) -> None:
    assert climb(clock, DUE) == (clock, ())


# --- pauses


def instants(clock: Clock) -> list[datetime]:
    return [clock.due_at, *(rung.at for rung in clock.ladder)]


def test_a_pause_of_no_length_changes_no_clock() -> None:
    """This includes a warning that was deferred to its recipient's opening: in working time that is
    the instant of closing."""
    at, opens = NOW + minutes(20), NOW + timedelta(days=1)
    put_off = running(wall=False, due_at=opens + minutes(60), ladder=(replace(WARN, at=opens),))
    hours = POLICY.calendar_of(POLICY.person["anna"])
    for clock in (running(), running(pauses=((NOW, at),)), put_off):
        assert stand_still(clock, at, at, hours) == clock
        assert stand_still(clock, at, at + MICROSECOND, hours) != clock


@pytest.mark.parametrize(
    ("since", "moved"),
    [
        pytest.param(NOW, [5, 5, 5, 5], id="from its start: all of it"),
        pytest.param(WARN.at - MICROSECOND, [5, 5, 5, 5], id="just before the warning: all"),
        pytest.param(WARN.at, [5, 0, 5, 5], id="at the warning, which was due: the rest"),
        pytest.param(DUE - MICROSECOND, [5, 0, 5, 5], id="just before the deadline: the rest"),
        pytest.param(DUE, [0, 0, 0, 5], id="at the deadline, which has passed: what comes after"),
        pytest.param(ESCALATE.at, [0, 0, 0, 0], id="at the last rung: nothing"),
    ],
)
def test_a_rung_due_when_the_pause_begins_keeps_its_instant(
    since: datetime, moved: list[int]
) -> None:
    after = stand_still(running(), since, since + minutes(5), None)
    assert instants(after) == [
        at + minutes(by) for at, by in zip(instants(running()), moved, strict=True)
    ]
    assert after.pauses == ((since, since + minutes(5)),)


def test_adjacent_pauses_merge_and_count_once() -> None:
    first = stand_still(running(), NOW, NOW + minutes(5), None)
    met = stand_still(first, NOW + minutes(5), NOW + minutes(10), None)
    assert met.pauses == ((NOW, NOW + minutes(10)),)
    assert met.due_at == DUE + minutes(10)
    assert stand_still(met, NOW, NOW + minutes(10), None) == met


# --- a pause that began before the clock did

PAUSE = Pause("waiting", "Waiting on the lead", {"waiting_on": Test(any_of=("lead",))})


@pytest.mark.parametrize(
    "known_since",
    [
        pytest.param(NOW - minutes(3), id="before the clock started"),
        pytest.param(NOW, id="exactly as it started"),
    ],
)
def test_a_pause_begins_at_the_start_of_the_clock_at_the_earliest(known_since: datetime) -> None:
    """HubSpot reports after the handoff that the property was set before it."""
    lifecycle = POLICY.lifecycle
    fields = (*lifecycle.fields, Field("waiting_on", "Waiting on", "waiting_on"))
    call = Target("call", "Call", minutes(60), "touch", (), time="wall")
    base = routed(lifecycle=replace(lifecycle, fields=fields), pauses=(PAUSE,))
    desk = Desk(replace(base, tiers=tuple(replace(one, targets=(call,)) for one in base.tiers)))
    desk.arrive("101")

    def set_to(value: str, minute: float, since: datetime) -> Clock:
        desk.now = NOW + minutes(minute)
        desk.contacts["101"] = contact("101", (), waiting_on=value)
        desk.send(Hinted(id=desk.name(), lead_id="101", at=since, about="fields"))
        (clock,) = desk.leads["101"].clocks
        return clock

    assert set_to("lead", 1, known_since).paused_at == NOW
    on = set_to("", 21, NOW + minutes(21))
    assert on.due_at == DUE + minutes(21)
    assert on.pauses == ((NOW, NOW + minutes(21)),)
