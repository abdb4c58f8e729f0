"""Whether somebody is there, since when they will be, and who acts for them meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from baton.domain.policy import Policy, TimeOff
from baton.domain.presence import (
    Absence,
    absence,
    backups_of,
    is_there,
    leave_after,
    present,
    stand_ins,
    there_from,
)
from baton.domain.world.world import Away, Load, NeedsData
from tests.builders import NOW, POLICY, manager, minutes, office, rep

DAY = timedelta(days=1)
ANNA = POLICY.person["anna"]
#: Anna's evening, and her next opening.
EVENING, MORNING = NOW + timedelta(hours=10), NOW + DAY


def away(until: datetime | None = None) -> Away:
    return Away(NOW - minutes(5), until, "slack")


@pytest.mark.parametrize(
    ("changes", "facts", "expected"),
    [
        pytest.param({}, {}, None, id="none"),
        pytest.param({"active": False}, {}, Absence.INACTIVE, id="deactivated"),
        pytest.param({"time_off": (TimeOff(NOW, NOW + DAY),)}, {}, Absence.ON_LEAVE, id="leave"),
        pytest.param({"time_off": (TimeOff(NOW - DAY, NOW),)}, {}, None, id="its end: back"),
        pytest.param({}, {"refused": away()}, Absence.REFUSED, id="refused"),
        pytest.param({}, {"unreachable": away()}, Absence.UNREACHABLE, id="not reached"),
        pytest.param({}, {"away": away()}, Absence.SAID_AWAY, id="their own word"),
        pytest.param({}, {"away": away(NOW)}, None, id="back by their own word"),
    ],
)
def test_an_absence(changes: Any, facts: Any, expected: Absence | None) -> None:
    assert absence(replace(ANNA, **changes), Load("anna", **facts), NOW) == expected


def test_without_a_load_only_the_roster_says_who_is_absent() -> None:
    assert absence(ANNA, None, NOW) is None
    assert absence(replace(ANNA, active=False), None, NOW) is Absence.INACTIVE


@pytest.mark.parametrize(
    ("at", "facts", "there", "first"),
    [
        pytest.param(NOW, {}, True, NOW, id="at work"),
        pytest.param(EVENING, {}, False, MORNING, id="in the evening"),
        pytest.param(NOW, {"away": away(NOW + minutes(60))}, False, NOW + minutes(60), id="away"),
        pytest.param(NOW, {"away": away(EVENING)}, False, MORNING, id="away until the evening"),
        pytest.param(NOW, {"away": away()}, False, None, id="until further notice"),
        pytest.param(NOW, {"refused": away()}, False, None, id="refused"),
    ],
)
def test_since_when_somebody_is_there(
    at: datetime, facts: Any, there: bool, first: datetime | None
) -> None:
    load = Load("anna", **facts)
    assert is_there(POLICY, ANNA, load, at) is there
    assert there_from(POLICY, ANNA, load, at) == first


def test_who_never_works_is_never_there() -> None:
    closed = replace(
        POLICY, calendars=POLICY.calendars | {"never": replace(office("UTC"), week=((),) * 7)}
    )
    assert there_from(closed, replace(ANNA, calendar="never"), None, NOW) is None
    assert there_from(POLICY, replace(ANNA, active=False), None, NOW) is None


def test_the_next_leave() -> None:
    soon, later = TimeOff(NOW + DAY, NOW + 2 * DAY), TimeOff(NOW + 9 * DAY, NOW + 10 * DAY)
    assert leave_after(replace(ANNA, time_off=(later, soon)), NOW) == NOW + DAY
    assert leave_after(replace(ANNA, time_off=(later, soon)), NOW + DAY) == NOW + 9 * DAY
    assert leave_after(ANNA, NOW) is None


def roster() -> Policy:
    people = (
        rep("anna", backup="ben", manager="mona"),
        rep("ben", backup="cleo"),
        rep("cleo", backup="anna"),
        manager("mona", backup="max", manager="dora"),
        manager("max", manager="dora"),
        manager("dora", manager=""),
    )
    return replace(POLICY, people=people)


def test_stand_ins_are_backups_then_the_line_upward() -> None:
    policy = roster()
    assert [p.id for p in backups_of(policy, policy.person["anna"])] == ["ben", "cleo"]
    line = stand_ins(policy, policy.person["anna"])
    assert [p.id for p in line] == ["ben", "cleo", "mona", "max", "dora"]
    assert stand_ins(policy, policy.person["dora"]) == ()


def test_managers_who_are_each_others_end_the_line() -> None:
    people = (
        rep("anna", manager="mona"),
        manager("mona", manager="max"),
        manager("max", manager="mona"),
    )
    policy = replace(POLICY, people=people)
    assert [p.id for p in stand_ins(policy, policy.person["anna"])] == ["mona", "max"]


@pytest.mark.parametrize(
    ("gone", "expected"),
    [
        ((), "anna"),
        (("anna",), "ben"),
        (("anna", "ben", "cleo"), "mona"),
        (("anna", "ben", "cleo", "mona", "max"), "dora"),
        (("anna", "ben", "cleo", "mona", "max", "dora"), "anna"),
    ],
)
def test_the_nearest_who_is_not_absent(gone: tuple[str, ...], expected: str) -> None:
    policy = roster()
    loads = {p.id: Load(p.id, away=away() if p.id in gone else None) for p in policy.people}
    found = present(policy, policy.person["anna"], loads, NOW)
    assert found is not None
    assert found.id == expected
    assert present(policy, None, loads, NOW) is None


def test_the_loads_of_the_whole_line_are_asked_for_at_once() -> None:
    policy = roster()
    with pytest.raises(NeedsData) as question:
        present(policy, policy.person["anna"], {"ben": Load("ben")}, NOW)
    assert question.value.lacks.people == ("anna", "cleo", "mona", "max", "dora")
