"""How long a lead may be without anybody who is there and knows of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from baton.domain.policy import Attendance, Member
from baton.policy_tools.unattended import FROM, UNTIL, bounds
from tests.builders import POLICY, manager, minutes, office, rep
from tests.routed import routed, waiting_pool

HOUR = timedelta(hours=1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CALENDARS = {
    "days": office("UTC"),
    "nights": office("UTC", **{day: [("17:00", "24:00")] for day in ("mon", "tue", "wed", "thu")}),
    "always": office("UTC", **{day: [("00:00", "24:00")] for day in WEEKDAYS}),
    "never": replace(office("UTC"), week=((),) * 7),
}


@pytest.mark.parametrize(
    ("anna", "mona", "gap"),
    [
        pytest.param("days", "days", 64 * HOUR, id="a weekend: Friday 17:00 to Monday 09:00"),
        pytest.param("days", "always", 0 * HOUR, id="the manager is always there"),
        pytest.param("nights", "nights", 89 * HOUR, id="Friday to Monday 17:00"),
        pytest.param("never", "days", 64 * HOUR, id="only the manager works"),
        pytest.param("never", "never", UNTIL - FROM, id="nobody works"),
    ],
)
def test_the_longest_time_without_anybody(anna: str, mona: str, gap: timedelta) -> None:
    base = routed(
        waiting_pool(members=(Member("anna"),)),
        people=(
            rep("anna", calendar=anna, manager="mona"),
            rep("carl", calendar="always"),
            rep("cora"),
            manager("mona", calendar=mona, manager=""),
        ),
        calendars=POLICY.calendars | CALENDARS,
        attendance=Attendance(told_within=minutes(15), at_most=70 * HOUR),
    )
    hot, *others = base.tiers
    policy = replace(base, tiers=(replace(hot, told_within=minutes(2)), *others))
    found = {(one.pool.id, one.tier.id): one for one in bounds(policy)}
    mine = found["desk", hot.id]
    assert (mine.gap, mine.within, mine.channel) == (gap, gap + minutes(2), gap > 70 * HOUR)
    if others:
        assert found["desk", others[0].id].within == gap + minutes(15)
