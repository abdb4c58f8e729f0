"""Reapplying the current policy to running clocks: which are armed again, and which stay
unchanged."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from baton.domain.draft.decision import Decision
from baton.domain.policy import Test, Tier
from baton.domain.world.effects import CardState, TaskState
from tests.builders import NOW, kinds, minutes, owned
from tests.domain.sla.promises import CALLED, HOUR, WAITING, Office, policy, target

CALL = target("call", stops_on="touch", time="wall", task="Call {name}")


def refused(decision: Decision) -> bool:
    return bool(decision.unworkable) and not decision.changed


HOT = Tier("hot", "Hot", {"offer": Test(any_of=("Demo request",))}, (CALL,))
WARM = Tier("warm", "Warm", {"offer": Test(known=True)}, (replace(CALL, within=2 * HOUR),))


# --- the tier


@pytest.mark.parametrize(
    ("changed", "tier", "within"),
    [
        pytest.param((HOT, WARM), "warm", 2 * HOUR, id="as it was given, though it is hot now"),
        pytest.param((WARM, HOT), "warm", 2 * HOUR, id="wherever it stands"),
        pytest.param((HOT,), "hot", HOUR, id="that is gone: the one that fits now"),
    ],
)
def test_a_lead_keeps_the_tier_of_its_assignment(
    changed: tuple[Tier, ...], tier: str, within: timedelta
) -> None:
    desk = Office(tiers=(WARM,))
    assert owned(desk.leads["101"]).tier == "warm"
    desk.reapply(10, policy(tiers=changed))
    assert owned(desk.leads["101"]).tier == tier
    assert desk.due("call") == within / minutes(1)


def test_without_a_matching_tier_no_target_is_added() -> None:
    desk = Office(CALL)
    before = desk.leads["101"]
    gone = replace(HOT, id="cold", when={"offer": Test(any_of=("Nothing",))})
    assert refused(desk.reapply(10, policy(tiers=(gone,))))
    assert desk.leads["101"] == before


def test_without_an_owner_no_target_is_added() -> None:
    desk = Office(CALL)
    people = tuple(one for one in desk.policy.people if one.id != desk.owner("101"))
    changed = policy(replace(CALL, within=2 * HOUR), people=people)
    assert refused(desk.reapply(10, changed))
    assert desk.due("call") == 60


# --- clocks that are armed again


@pytest.mark.parametrize("other", [(), (CALL,)], ids=["alone", "beside one that is not kept"])
@pytest.mark.parametrize(
    ("pressed", "stops_on", "promised"),
    [
        pytest.param("accept", "accept", False, id="accepted already"),
        pytest.param("touch", "touch", False, id="touched already"),
        pytest.param("accept", "touch", True, id="accepted, and to be touched"),
        pytest.param("touch", "accept", True, id="touched, and to be accepted"),
        pytest.param("touch", "disposition", True, id="touched, and not closed"),
    ],
)
def test_a_stopped_target_is_not_added_again(
    pressed: str, stops_on: str, promised: bool, other: tuple[object, ...]
) -> None:
    desk = Office(CALL)
    desk.press(pressed, 5)
    more = target("more", stops_on=stops_on)
    desk.reapply(10, policy(*[one for one in (CALL,) if other], more))
    assert (desk.clock("more") is not None) == promised


def test_past_rungs_of_a_new_target_notify_nobody() -> None:
    """The new target counts from the assignment, so its warning was due ten minutes ago."""
    desk = Office()
    desk.reapply(40, policy(target("more", time="wall")))
    clock = desk.clock("more")
    assert clock is not None
    assert (clock.due_at, clock.climbed) == (NOW + HOUR, 1)
    desk.tick(NOW + minutes(59))
    assert desk.told() == []
    desk.tick(NOW + minutes(60))
    assert [at for at, _ in desk.told()] == [60]


@pytest.mark.parametrize(
    ("after", "climbed"),
    [(29.99, 0), (30, 1), (59.99, 1), (60, 2)],
    ids=["just before the warning", "at it", "just before the deadline", "at it: it has passed"],
)
def test_a_rung_due_at_this_instant_counts_as_past(after: float, climbed: int) -> None:
    desk = Office(replace(CALL, within=10 * HOUR))
    desk.reapply(after, policy(CALL))
    clock = desk.clock("call")
    assert clock is not None
    assert clock.climbed == climbed


# --- clocks that stay


def test_a_paused_clock_stays_paused_for_the_same_reason() -> None:
    desk = Office(CALL, pauses=(WAITING,))
    desk.set(10, waiting_on="lead")
    desk.reapply(20, policy(replace(CALL, within=2 * HOUR), pauses=(WAITING,)))
    clock = desk.clock("call")
    assert clock is not None
    assert (clock.paused_at, clock.paused_for) == (NOW + minutes(10), ("waiting",))
    assert desk.due("call") == 120


def test_a_clock_stopped_by_its_condition_is_unchanged() -> None:
    """Its rungs stay, too, because the condition may stop holding."""
    kept = replace(CALL, stops_when=CALLED)
    desk = Office(kept)
    desk.set(10, phone="1")
    before = desk.clock("call")
    desk.reapply(50, policy(replace(kept, within=2 * HOUR)))
    assert desk.clock("call") == before


def test_only_moved_clocks_are_shown() -> None:
    desk = Office(CALL)
    moved = desk.reapply(10, policy(replace(CALL, within=2 * HOUR)))
    assert kinds(moved) == ["reapplied"]
    assert "reapply.moved" in {one.id for one in moved.because}
    assert [one for one in moved.effects if isinstance(one, CardState)]
    (task,) = (one for one in moved.effects if isinstance(one, TaskState))
    assert task.due_at == NOW + 2 * HOUR
    more = desk.reapply(15, policy(replace(CALL, within=2 * HOUR), target("more")))
    assert "reapply.moved" not in {one.id for one in more.because}
    again = desk.reapply(20, desk.policy)
    assert (again.changed, again.unworkable, again.effects) == (False, None, ())
