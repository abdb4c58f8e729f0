"""What starts a clock and what stops it, for good or reversibly; and targets that the policy has
dropped meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest
from msgspec.structs import replace

from baton.domain.draft.draft import Draft
from baton.domain.lead import Clock
from baton.domain.policy import Field, Test
from baton.domain.sla.targets import postpone_rung, stopped_by_act
from baton.domain.world.effects import CardState, TaskState
from tests.builders import NOW, due, handed_off, minutes, owned, world
from tests.domain.sla.promises import CALLED, HOUR, WAITING, Office, Resting, policy, target

CALL = target("call", stops_on="touch", stops_when=CALLED, time="wall", task="Call {name}")


# --- stopped by an act


def a_draft() -> Draft:
    lead, known = handed_off()
    return Draft(lead, due(lead), known, NOW + minutes(30))


def running() -> Clock:
    clock = Office(CALL).clock("call")
    assert clock is not None
    return clock


@pytest.mark.parametrize(
    ("before", "taken_back", "stopped_at", "stopped_by", "rungs"),
    [
        pytest.param("runs", False, 30, "", 0, id="it runs: for good, without its rungs"),
        pytest.param("runs", True, 30, "touch", 2, id="it runs, and may be taken back"),
        pytest.param("condition", False, 10, "", 0, id="kept by its condition: for good, too"),
        pytest.param("condition", True, 10, "touch", 2, id="kept so: now by the touch"),
        pytest.param("touch", False, 10, "", 0, id="reported before, and seen now"),
        pytest.param("stopped", False, 10, "", 0, id="for good: as it is"),
        pytest.param("stopped", True, 10, "", 0, id="for good: it cannot be taken back any more"),
    ],
)
def test_an_act_stops_its_target(
    before: Literal["runs", "condition", "touch", "stopped"],
    taken_back: bool,
    stopped_at: float,
    stopped_by: str,
    rungs: int,
) -> None:
    clock, at = running(), NOW + minutes(10)
    if before == "stopped":
        clock = clock.stop(at)
    elif before != "runs":
        clock = clock.suspend(at, before)
    after = stopped_by_act(a_draft(), clock, NOW + minutes(30), taken_back)
    assert after.stopped_at == NOW + minutes(stopped_at)
    assert (after.stopped_by, len(after.ladder)) == (stopped_by, rungs)


@pytest.mark.parametrize(("act", "stopped_by"), [("accept", ""), ("touch", "touch")])
def test_only_a_reported_touch_can_be_taken_back(act: Any, stopped_by: str) -> None:
    desk = Office(target("it", stops_on=act))
    desk.press(act, 10)
    clock = desk.clock("it")
    assert clock is not None
    assert (clock.stopped_at, clock.stopped_by) == (NOW + minutes(10), stopped_by)


def test_a_postponed_rung_stays_on_its_clock() -> None:
    desk = Office(CALL, target("other"))
    lead = desk.leads["101"]
    draft = Draft(lead, due(lead), world(desk.policy), NOW + minutes(30))
    call, other = lead.clocks
    rung = replace(call.ladder[0], at=NOW + minutes(31))
    postpone_rung(draft, call, rung)
    assert draft.lead.clocks == (
        replace(call, ladder=(call.ladder[0], rung, call.ladder[1])),
        other,
    )


# --- begun


def test_a_target_that_starts_with_an_act_waits_for_it() -> None:
    desk = Office(target("next", starts_on="accept", starts_when=CALLED))
    desk.set(10, phone="1")
    assert desk.clock("next") is None
    desk.press("accept", 20)
    assert desk.due("next") == 80


def test_a_target_dropped_from_the_policy_does_not_start() -> None:
    desk = Office(CALL, target("next", starts_when=CALLED))
    desk.policy = policy(CALL)
    desk.set(10, phone="1")
    assert [clock.target for clock in desk.leads["101"].clocks] == ["call"]
    assert owned(desk.leads["101"]).to_start == ()


def test_without_an_owner_no_target_starts() -> None:
    desk = Office(CALL, target("next", starts_when=CALLED))
    people = tuple(one for one in desk.policy.people if one.id != desk.owner("101"))
    desk.policy = replace(desk.policy, people=people)
    desk.set(10, phone="1")
    assert desk.clock("next") is None
    assert owned(desk.leads["101"]).to_start == ("next",)


def test_a_target_that_starts_is_shown_with_its_task() -> None:
    desk = Office(target("next", starts_when=CALLED, task="Call {name}", time="wall"))
    decision = desk.set(10, phone="1")
    (task,) = (one for one in decision.effects if isinstance(one, TaskState))
    assert task.due_at == NOW + minutes(10) + HOUR
    assert [one for one in decision.effects if isinstance(one, CardState)]


def test_an_undone_touch_leaves_dropped_targets_alone() -> None:
    desk = Office(CALL, target("other", time="wall"))
    desk.press("touch", 10)
    desk.policy = policy(CALL)
    desk.press("untouch", 20)
    assert [clock.target for clock in desk.leads["101"].clocks] == ["call", "other"]
    assert owned(desk.leads["101"]).to_start == ()


# --- a snooze while a clock is paused or stopped already


@pytest.mark.parametrize(
    ("act", "since"),
    [
        pytest.param("nothing", 20, id="it runs: from the rest on"),
        pytest.param("pause", 10, id="it is paused: since then"),
        pytest.param("touch", 10, id="it is stopped, and may go on: since then"),
    ],
)
def test_a_snoozed_clock_keeps_its_remaining_time(act: str, since: float) -> None:
    desk = Resting(CALL, pauses=(WAITING,))
    if act == "pause":
        desk.set(10, waiting_on="lead")
    if act == "touch":
        desk.press("touch", 10)
    desk.snooze(20, 80)
    assert desk.due("call") == 60 + (80 - since)


def test_a_snooze_without_a_start_counts_from_the_clocks_start() -> None:
    """As in leads stored before the beginning of a snooze was stored."""
    desk = Resting(target("next", starts_on="accept", time="wall"))
    desk.snooze(10, 100)
    lead = desk.leads["101"]
    desk.leads["101"] = replace(lead, assignment=replace(owned(lead), snoozed_at=None))
    desk.press("accept", 20)
    assert desk.due("next") == 160


# --- conditions that time alone may change

LATELY = {"createdate": Test(within=timedelta(days=3))}


@pytest.mark.parametrize(
    "changes",
    [
        {"starts_when": LATELY},
        {"stops_when": LATELY},
        {"pauses": (replace(WAITING, when=LATELY),)},
    ],
    ids=["starts", "stops", "pauses"],
)
def test_a_condition_on_a_date_is_reviewed_when_the_date_has_passed(changes: Any) -> None:
    """The contact was created on the first of March at ten."""
    pauses = changes.pop("pauses", ())
    fields = (*policy().lifecycle.fields, Field("createdate", "Created", "createdate"))
    lifecycle = replace(policy().lifecycle, fields=fields)
    desk = Office(target("call", time="wall", **changes), pauses=pauses, lifecycle=lifecycle)
    at = desk.leads["101"].review_at
    assert at is not None
    over = datetime(2026, 3, 4, 10, tzinfo=UTC)
    assert over <= at <= over + timedelta(hours=1)
