"""The clock of inactivity: an owner who works a lead keeps it, any other loses it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from baton.domain.calendar.calendar_rules import WEEKDAYS
from baton.domain.decide import decide
from baton.domain.draft.decision import Decision
from baton.domain.lead import Lead, PastAssignment
from baton.domain.policy import Idle, MessageLimits, Staleness, WhenOutside
from baton.domain.world.effects import CardState, NoticeState
from baton.domain.world.events import AnyEvent, SignalSeen, Snoozed, WentStale
from baton.domain.world.world import Needs, SeenStage, Touch, World
from tests.builders import (
    NOW,
    POLICY,
    after,
    became,
    click,
    contact,
    decided,
    handed_off,
    hint,
    kinds,
    minutes,
    office,
    owned,
    world,
)
from tests.worded import lines

DAY = timedelta(days=1)


def stale(lead: Lead) -> WentStale:
    at = lead.stale_at
    assert at is not None
    return WentStale(id=f"stale:{at.isoformat()}", lead_id=lead.id, at=at)


def touched_on_day_0() -> tuple[Lead, World]:
    lead, its_world = handed_off()
    decision = decided(lead, click("touch", NOW + minutes(3)), its_world, NOW + minutes(3))
    return decision.lead, after(its_world, decision)


def test_a_lead_its_owner_calls_every_week_is_not_closed_for_inactivity() -> None:
    lead, its_world = touched_on_day_0()
    calls: tuple[Touch, ...] = ()
    for week in range(13):
        now = NOW + minutes(6) + 7 * week * DAY
        calls = (*calls, Touch(now, "call", "owner-anna"))
        its_world = replace(its_world, touches=calls)
        lead = decided(lead, hint("activity", now), its_world, now).lead
    assert lead.last_activity is not None
    assert lead.last_activity >= NOW + 84 * DAY


def test_engagements_are_read_again_before_an_idle_lead_is_closed() -> None:
    lead, its_world = touched_on_day_0()
    now = NOW + 97 * DAY
    answer = decide(lead, stale(lead), replace(its_world, touches=None), now)
    assert answer == Needs(touches=True)
    called = replace(its_world, touches=(Touch(now - DAY, "call", "owner-ben"),))
    decision = decided(lead, stale(lead), called, now)
    assert "recycled" not in kinds(decision)
    assert decision.lead.stale_at == now - DAY + 85 * DAY


def test_while_hubspot_is_down_closing_waits_and_the_warning_does_not() -> None:
    lead, its_world = touched_on_day_0()
    dark = replace(its_world, touches=None, crm_down=True)
    warned = decided(lead, stale(lead), dark, NOW + 86 * DAY)
    assert kinds(warned) == ["warned"]
    now = NOW + 91 * DAY
    waiting = decided(warned.lead, stale(warned.lead), dark, now)
    assert kinds(waiting) == []
    assert waiting.lead.stale_at == now + minutes(1)
    closed = decided(waiting.lead, stale(waiting.lead), its_world, now + minutes(1))
    assert kinds(closed) == ["stage_moved", "recycled"]


def test_inactivity_counts_from_the_handoff() -> None:
    """A workflow may enrol contacts that have been MQL for a hundred days."""
    old = NOW - 100 * DAY
    known = contact(stages=(SeenStage("marketingqualifiedlead", old, "X"),))
    lead = decided(None, became(at=old), world(contact=known)).lead
    assert owned(lead).at == NOW
    assert lead.stale_at == NOW + 85 * DAY


def test_no_lead_is_closed_for_inactivity_without_a_warning() -> None:
    """The sweep did not run for a week: warning and end are due together."""
    lead, its_world = touched_on_day_0()
    now = NOW + 97 * DAY
    decision = decided(lead, stale(lead), its_world, now)
    assert kinds(decision) == ["warned"]
    assert [type(e) for e in decision.effects if e.slot.startswith("notice")] == [NoticeState]
    assert decision.lead.stale_at == now + 5 * DAY, "the warning keeps its time"
    later = decided(decision.lead, stale(decision.lead), its_world, now + 5 * DAY)
    assert kinds(later) == ["stage_moved", "recycled"]
    (card,) = (e for e in later.effects if isinstance(e, CardState))
    assert card.state == "closed", "nobody rejected it"


NIGHT = NOW + 85 * DAY + timedelta(hours=14)


def warned_at(now: datetime, way: WhenOutside) -> Decision:
    lead, its_world = touched_on_day_0()
    people = tuple(
        replace(one, backup="ben") if one.id == "anna" else replace(one, calendar="always")
        for one in POLICY.people
    )
    always = office("Europe/Berlin", **{day: [("00:00", "24:00")] for day in WEEKDAYS})
    policy = replace(
        POLICY,
        people=people,
        calendars=POLICY.calendars | {"always": always},
        notifications=replace(POLICY.notifications, message_limits=MessageLimits(warning=way)),
    )
    return decided(lead, stale(lead), replace(its_world, policy=policy), now)


def test_a_postponed_inactivity_warning_postpones_the_close() -> None:
    waits = warned_at(NIGHT, "wait")
    assert kinds(waits) == []
    idle = waits.lead.idle
    assert idle is not None
    opens, closes = (rung.at for rung in idle.ladder)
    assert opens == datetime(2026, 5, 28, 7, tzinfo=UTC)
    assert closes - opens == NOW + 90 * DAY - NIGHT + minutes(3)
    assert idle.due_at == closes


def test_the_backup_is_warned_of_a_lead_about_to_be_closed() -> None:
    told = warned_at(NIGHT, "backup")
    (notice,) = (e for e in told.effects if isinstance(e, NoticeState))
    assert notice.to == "UBEN"
    assert lines(notice)[0] == "You get this in place of Anna, who is not at work."


def test_late_news_of_an_earlier_activity_does_not_rewind_the_clock() -> None:
    lead, its_world = touched_on_day_0()
    warned = decided(lead, stale(lead), its_world, NOW + 86 * DAY).lead
    old = SignalSeen(id="old", lead_id="101", at=NOW - 5 * DAY, signal="page")
    known = replace(its_world, contact=contact())
    same = decided(warned, old, known, NOW + 87 * DAY).lead
    assert same.idle == warned.idle


def test_an_event_dated_1970_hides_no_lead() -> None:
    event = became(at=datetime(1970, 1, 1, tzinfo=UTC))
    lead = decided(None, event, world(contact=contact(stages=()))).lead
    assert lead.stale_at == NOW + 85 * DAY


# --- idle: leads without a matching staleness rule

IDLE = Idle(30 * DAY, "timing")
OF_SQL = Staleness(("sql",), {}, 10 * DAY, DAY, "competitor")


def assigned_with(**policy: Any) -> tuple[Lead, World]:
    """A lead just assigned under POLICY with these changes, and its world."""
    start = world(replace(POLICY, **policy), contact())
    decision = decided(None, became(), start)
    assert owned(decision.lead).at == NOW
    return decision.lead, after(start, decision)


@pytest.mark.parametrize(
    ("policy", "days", "reason", "warned"),
    [
        pytest.param({"staleness": ()}, 90, "no_response", False, id="nothing is said"),
        pytest.param({"staleness": (), "idle": IDLE}, 30, "timing", False, id="no rule"),
        pytest.param({"staleness": (OF_SQL,), "idle": IDLE}, 30, "timing", False, id="not of MQL"),
        pytest.param({"idle": IDLE}, 90, "no_response", True, id="a rule wins"),
        pytest.param(
            {"staleness": (), "idle": Idle(reason="gone")}, 90, "timing", False, id="the first"
        ),
    ],
)
def test_the_idle_rule_closes_leads_without_a_staleness_rule(
    policy: dict[str, Any], days: int, reason: str, warned: bool
) -> None:
    lead, its_world = assigned_with(**policy)
    happened = []
    while lead.assignment is not None:
        now = lead.stale_at
        assert now is not None
        decision = decided(lead, stale(lead), its_world, now)
        happened += kinds(decision)
        lead, its_world = decision.lead, after(its_world, decision)
    assert now == NOW + days * DAY
    assert happened == ["warned"] * warned + ["stage_moved", "recycled"]
    assert (lead.reason, lead.state.stage) == (reason, "recycled")


LATER = NOW + minutes(30)


@pytest.mark.parametrize(
    ("event", "since"),
    [
        pytest.param(None, NOW, id="assigned"),
        pytest.param(click("touch", LATER), LATER, id="touched"),
        pytest.param(
            Snoozed(id="s", lead_id="101", at=LATER, assignment=1, until=NOW + 7 * DAY),
            NOW + 7 * DAY,
            id="snoozed",
        ),
    ],
)
def test_inactivity_counts_from_the_last_activity_or_the_end_of_a_snooze(
    event: AnyEvent | None, since: datetime
) -> None:
    lead, its_world = assigned_with(staleness=(), idle=IDLE)
    if event is not None:
        lead = decided(lead, event, its_world, LATER).lead
    assert lead.stale_at == since + 30 * DAY


@pytest.mark.parametrize(
    ("forget_at", "said"),
    [
        pytest.param(LATER, "forgotten", id="it is counted as open no more"),
        pytest.param(None, "idle.not_yet", id="nothing happens"),
    ],
)
def test_a_lead_that_is_not_idle_yet_has_that_as_its_reason(
    forget_at: datetime | None, said: str
) -> None:
    lead, its_world = touched_on_day_0()
    lead = replace(lead, assignment=replace(owned(lead), forget_at=forget_at))
    event = WentStale(id="stale", lead_id="101", at=LATER)
    assert [one.id for one in decided(lead, event, its_world, LATER).because] == [said]


# --- the clock: warnings and delays


def ladder(lead: Lead) -> list[tuple[str, datetime]]:
    assert lead.idle is not None
    return [(rung.kind, rung.at) for rung in lead.idle.ladder]


def test_a_late_warning_moves_the_close_and_the_deadline_with_it() -> None:
    lead, its_world = touched_on_day_0()
    now = NOW + 97 * DAY
    warned = decided(lead, stale(lead), its_world, now).lead
    assert ladder(warned) == [("warn", NOW + minutes(3) + 85 * DAY), ("close", now + 5 * DAY)]
    assert warned.idle is not None
    assert (warned.idle.due_at, warned.idle.climbed) == (now + 5 * DAY, 1)


def test_a_close_that_waits_for_hubspot_is_due_at_the_next_attempt() -> None:
    lead, its_world = touched_on_day_0()
    dark = replace(its_world, touches=None, crm_down=True)
    lead = decided(lead, stale(lead), dark, NOW + 86 * DAY).lead
    now = NOW + 91 * DAY
    waiting = decided(lead, stale(lead), dark, now).lead
    assert ladder(waiting)[-1] == ("close", now + minutes(1))
    assert waiting.idle is not None
    assert (waiting.idle.due_at, waiting.idle.climbed) == (now + minutes(1), 1)


def test_a_postponed_warning_is_sent_when_its_readers_hours_begin() -> None:
    waits = warned_at(NIGHT, "wait").lead
    assert [kind for kind, _ in ladder(waits)] == ["warn", "close"]
    assert waits.idle is not None
    assert waits.idle.climbed == 0
    assert waits.stale_at == waits.idle.ladder[0].at


@pytest.mark.parametrize(
    ("people", "person", "to"),
    [
        pytest.param(("anna", "ben"), "anna", "UANNA", id="its owner"),
        pytest.param(("ben",), "", POLICY.notifications.channel, id="who is gone: the channel"),
    ],
)
def test_who_is_warned_of_a_lead_about_to_be_closed(
    people: tuple[str, ...], person: str, to: str
) -> None:
    lead, its_world = touched_on_day_0()
    known = tuple(one for one in POLICY.people if one.id in people)
    policy = replace(POLICY, people=known)
    now = NOW + 86 * DAY
    decision = decided(lead, stale(lead), replace(its_world, policy=policy), now)
    (outcome,) = decision.outcomes
    assert decision.lead.idle is not None
    assert (outcome.kind, outcome.person, outcome.what, outcome.due_at) == (
        "warned",
        person,
        "idle",
        decision.lead.idle.due_at,
    )
    assert [e.to for e in decision.effects if isinstance(e, NoticeState)] == [to]


def test_after_the_handoff_has_ended_the_last_owner_is_warned() -> None:
    lead, its_world = touched_on_day_0()
    past = tuple(
        PastAssignment(person, number, NOW, NOW + number * DAY, "qualified")
        for number, person in enumerate(("ben", "cleo"), 1)
    )
    standing = replace(lead.state, stage="sql")
    lead = replace(lead, assignment=None, clocks=(), past=past, state=standing, base=standing)
    decision = decided(lead, stale(lead), its_world, NOW + 86 * DAY)
    assert ("warned", "cleo") in [(one.kind, one.person) for one in decision.outcomes]
    assert [e.to for e in decision.effects if isinstance(e, NoticeState)] == ["UCLEO"]
    nobody = replace(lead, past=())
    decision = decided(nobody, stale(nobody), its_world, NOW + 86 * DAY)
    assert ("warned", "") in [(one.kind, one.person) for one in decision.outcomes]
