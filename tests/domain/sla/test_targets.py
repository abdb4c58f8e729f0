"""Targets: what starts their clocks, what keeps them, the calendar they count by, and who is
told."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.domain.draft.draft import Draft
from baton.domain.escalation.rota import on_duty
from baton.domain.phrase import Phrase
from baton.domain.policy import (
    Pause,
    Policy,
    Recipient,
    Rota,
    Rung,
    Territory,
    Test,
    Tier,
    TimeOff,
)
from baton.domain.sla.targets import evaluate_clocks, start_clocks
from baton.domain.world.effects import CardState, ContactState, ReplyState, TaskState
from baton.domain.world.events import ClockDue, Reapplied
from tests.builders import NOW, POLICY, handed_off, hint, kinds, minutes, office, owned, rep, world
from tests.domain.sla.promises import BREACH, HOUR, WAITING, Office, Resting, policy, target
from tests.routed import routed
from tests.worded import reasons, words

# --- what starts a clock


def test_a_target_starts_with_the_act_it_names() -> None:
    desk = Office(target("first_touch", starts_on="accept", stops_on="touch"))
    assert desk.clock("first_touch") is None
    decision = desk.press("accept", 30)
    assert desk.due("first_touch") == 90
    assert any(line.startswith("First_Touch due") for line in reasons(decision))


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        pytest.param({}, "in Anna's calendar", id="the owner's hours"),
        pytest.param({"time": "wall"}, "every hour counts", id="by the wall"),
        pytest.param({"calendar": "berlin"}, "in berlin hours", id="another calendar's hours"),
    ],
)
def test_a_clock_that_starts_says_how_it_counts(changes: dict[str, Any], counts: str) -> None:
    cold = Tier("cold", "Cold", {"offer": Test(any_of=("Nothing",))}, ())
    desk = Office(tiers=(cold, Tier("rest", "The rest", {}, (target("call", **changes),))))
    said = reasons(desk.decisions[0])
    assert f"Call due Tue 3 Mar, 09:00 UTC (The rest, {counts})" in said


def test_a_target_starts_once_when_its_condition_holds() -> None:
    desk = Office(target("enrich", starts_when={"phone": Test(known=False)}))
    assert desk.due("enrich") == 60
    desk = Office(target("call", starts_when={"phone": Test(known=True)}))
    assert desk.clock("call") is None
    desk.set(20, phone="1")
    assert desk.due("call") == 80
    desk.set(30)
    desk.set(40, phone="1")
    assert desk.due("call") == 80, "it was armed once in this assignment"


def test_time_in_a_stage() -> None:
    in_sal = {"stage": Test(any_of=("sal",))}
    desk = Office(target("sal", starts_when=in_sal, stops_on="", stops_when={"not": _not(in_sal)}))
    assert desk.clock("sal") is None
    desk.press("accept", 10)
    clock = desk.clock("sal")
    assert clock is not None
    assert clock.running
    assert clock.due_at == NOW + minutes(70)


def test_a_new_target_does_not_apply_to_leads_already_assigned() -> None:
    desk = Office(target("accept", stops_on="accept"))
    desk.policy = policy(target("accept", stops_on="accept"), target("more"))
    desk.set(10, phone="1")
    assert desk.clock("more") is None
    desk.send(Reapplied(id="reapply", lead_id="101", at=desk.now))
    assert desk.due("more") == 60, "from when the lead was given"


def test_a_target_that_starts_stopped_or_paused_does_not_run() -> None:
    pause = Pause("waiting", "Waiting", {"waiting_on": Test(any_of=("lead",))}, ("touch",))
    touch = target("touch", starts_on="accept", stops_on="touch", ladder=(BREACH,))
    known = target("known", starts_on="accept", stops_when={"phone": Test(known=True)})
    desk = Office(
        touch, replace(known, ladder=(BREACH,)), pauses=(replace(pause, targets=("touch",)),)
    )
    desk.set(5, phone="1", waiting_on="lead")
    desk.press("accept", 10)
    still, kept = desk.clock("touch"), desk.clock("known")
    assert still is not None
    assert still.paused_at == NOW + minutes(10)
    assert kept is not None
    assert kept.stopped_by == "condition"
    desk.tick(NOW + minutes(200))
    assert desk.told() == []


def test_a_condition_that_holds_stops_the_next_owners_clock_too() -> None:
    pull = Rung("pull_back", after=minutes(10))
    accept = target("accept", stops_on="accept", ladder=(BREACH, pull))
    enrich = target("enrich", within=minutes(120), stops_when={"phone": Test(known=True)})
    desk = Office(accept, enrich)
    desk.set(5, phone="1")
    desk.tick(NOW + minutes(71))
    assert desk.owner("101") != "anna"
    clock = desk.clock("enrich")
    assert clock is not None
    assert clock.stopped_by == "condition"


# --- what keeps it


def test_a_condition_stops_a_target_while_it_holds() -> None:
    desk = Office(target("enrich", stops_on="", stops_when={"phone": Test(known=True)}))
    assert kinds(desk.set(20, phone="1")) == ["kept"]
    clock = desk.clock("enrich")
    assert clock is not None
    assert clock.stopped_at == NOW + minutes(20)
    desk.tick(NOW + minutes(100))
    assert desk.told() == []
    assert kinds(desk.set(110)) == ["resumed"]
    assert desk.due("enrich") == 150
    desk.tick(NOW + minutes(150))
    assert [at for at, _ in desk.told()] == [120, 150], "half the time, then all of it"


def test_a_first_touch_reported_by_mistake_is_undone() -> None:
    desk = Office(
        target("first_touch", stops_on="touch"),
        target("next", starts_on="touch"),
    )
    desk.press("accept", 10)
    desk.press("touch", 20)
    assert desk.due("next") == 80
    decision = desk.press("untouch", 50)
    assert kinds(decision) == ["taken_back"]
    card = next(one for one in decision.effects if isinstance(one, CardState))
    assert (card.state, card.undo) == ("accepted", False)
    assert owned(desk.leads["101"]).touched_at is None
    assert desk.due("first_touch") == 90, "40 minutes were left"
    assert desk.clock("next") is None
    (shown,) = (one for one in decision.effects if isinstance(one, ContactState))
    assert shown.properties["baton_next_due"].value == ""
    desk.press("touch", 60)
    assert desk.due("next") == 120


def test_a_touch_seen_in_hubspot_cannot_be_undone() -> None:
    desk = Office(target("first_touch", stops_on="touch"))
    decision = desk.press("untouch", 10)
    reply = next(one for one in decision.effects if isinstance(one, ReplyState))
    assert reply.lines == (Phrase("click.no_touch", ("Ada Example",)),)
    assert desk.due("first_touch") == 60


@given(st.lists(st.tuples(st.sampled_from(["touch", "untouch"]), st.integers(1, 40)), max_size=8))
def test_undoing_a_touch_again_and_again_loses_no_time(acts: list[tuple[str, int]]) -> None:
    desk = Office(target("first_touch", stops_on="touch", within=minutes(1000), time="wall"))
    at, stopped, rested = 0, 0, 0
    touched = False
    for action, after in acts:
        at += after
        rested += after if touched else 0
        desk.press(action, at)
        touched = action == "touch"
        stopped = at if touched else stopped
    clock = desk.clock("first_touch")
    assert clock is not None
    assert clock.running is not touched
    assert desk.due("first_touch") == 1000 + rested - _last_rest(acts)
    assert [rung.at - clock.due_at for rung in clock.ladder] == [minutes(-500), minutes(0)]


def _last_rest(acts: list[tuple[str, int]]) -> int:
    """The last stop, if it was not undone: it adds no time yet."""
    last = 0
    touched = False
    for action, after in acts:
        last = last + after if touched and action == "touch" else 0
        touched = action == "touch"
    return last


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["touch", "untouch", "known", "unknown", "wait", "go", "tick"]),
            st.integers(1, 90),
        ),
        max_size=12,
    )
)
@example([("known", 10), ("touch", 10), ("unknown", 10), ("tick", 90)])
def test_whatever_stops_a_clock_it_runs_for_its_whole_target(
    acts: list[tuple[str, int]],
) -> None:
    """Pauses, a keeping condition, and touches that are taken back, in any order, and repeated."""
    pause = Pause("waiting", "Waiting", {"waiting_on": Test(any_of=("lead",))})
    given = target(
        "call",
        stops_on="touch",
        stops_when={"phone": Test(known=True)},
        within=minutes(60),
        time="wall",
        ladder=(BREACH,),
    )
    desk = Office(given, pauses=(pause,))
    fields: dict[str, str] = {}
    at, ran, touched = 0, 0, False
    for action, after in (*acts, ("untouch", 1), ("unknown", 1), ("go", 1), ("tick", 1000)):
        runs = not (touched or fields)
        ran += after if runs else 0
        at += after
        desk.tick(NOW + minutes(at))
        assert any("breached" in kinds(one) for one in desk.decisions) == (ran >= 60)
        if action in {"touch", "untouch"}:
            desk.press(action, at)
            touched = action == "touch"
        elif action != "tick":
            fields |= {"phone": "1"} if action == "known" else {}
            fields |= {"waiting_on": "lead"} if action == "wait" else {}
            fields.pop({"unknown": "phone", "go": "waiting_on"}.get(action, ""), None)
            desk.set(at, 0, **fields)
    (breach,) = (one for d in desk.decisions for one in d.outcomes if one.kind == "breached")
    clock = desk.clock("call")
    assert clock is not None
    stood = sum((until - since for since, until in clock.pauses if until <= breach.at), timedelta())
    assert breach.at - NOW - stood == minutes(60)


# --- snoozes


CALL = target("call", stops_on="touch", stops_when={"phone": Test(known=True)}, time="wall")


def test_a_paused_clock_can_be_snoozed_and_resumes_after_both() -> None:
    """Paused from 10 to 30, and snoozed from 20 to 80."""
    desk = Resting(CALL, pauses=(WAITING,))
    desk.set(10, waiting_on="lead")
    desk.snooze(20, 80)
    desk.set(30)
    assert desk.due("call") == 60 + 70
    desk.tick(NOW + minutes(129))
    assert [at for at, _ in desk.told()] == [100], "the warning, and no breach"


def test_undoing_a_touch_does_not_end_a_snooze() -> None:
    desk = Resting(CALL)
    desk.snooze(10, 100)
    desk.press("touch", 20)
    desk.press("untouch", 30)
    assert desk.due("call") == 60 + 90
    desk = Resting(CALL)
    desk.press("touch", 10)
    desk.snooze(20, 100)
    desk.press("untouch", 30)
    assert desk.due("call") == 60 + 90, "what was touched when the rest began, rests too"


def test_a_target_that_starts_during_a_snooze_counts_after_it() -> None:
    desk = Resting(target("next", starts_on="accept", time="wall"), target("accept"))
    desk.snooze(10, 100)
    desk.press("accept", 20)
    assert desk.due("next") == 160
    clock = desk.clock("next")
    assert clock is not None
    assert [rung.at for rung in clock.ladder] == [NOW + minutes(130), NOW + minutes(160)]


def test_reapplying_a_policy_respects_a_snooze() -> None:
    desk = Resting(CALL)
    desk.snooze(10, 100)
    desk.policy = policy(replace(CALL, within=minutes(50)), target("more", time="wall"))
    desk.send(Reapplied(id="reapply", lead_id="101", at=desk.now))
    assert desk.due("call") == 50 + 90
    assert desk.due("more") == 60 + 90


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["touch", "untouch", "known", "unknown", "wait", "go", "snooze", "reapply"]
            ),
            st.integers(1, 90),
            st.integers(0, 60),
        ),
        max_size=10,
    )
)
@example([("wait", 10, 0), ("known", 30, 25), ("unknown", 10, 0)])
@example([("wait", 10, 0), ("snooze", 10, 60), ("go", 10, 0)])
@example([("touch", 10, 0), ("snooze", 10, 60), ("untouch", 10, 0)])
def test_a_deadline_moves_by_its_pauses_only(
    acts: list[tuple[str, int, int]],
) -> None:
    """Pauses, keeping conditions, touches taken back and snoozes overlap in any way, and some are
    known only later: each minute is added once."""
    desk = Resting(replace(CALL, within=minutes(5_000), ladder=(BREACH,)), pauses=(WAITING,))
    fields: dict[str, str] = {}
    still: set[int] = set()
    since: dict[str, int] = {}
    at, rests_until = 0, 0
    ends = [(ending, 1, 0) for ending in ("untouch", "unknown", "go")]
    for action, after, number in (*acts, *ends):
        at += after
        desk.tick(NOW + minutes(at))
        stopped = "touch" in since or "known" in since
        if action == "snooze":
            desk.snooze(at, at + number + 1)
            if at >= rests_until:
                rests_until = at + number + 1
                still |= set(range(at, rests_until))
        elif action == "reapply":
            desk.send(Reapplied(id=desk.name(), lead_id="101", at=NOW + minutes(at)))
        elif action in {"touch", "untouch"}:
            desk.press(action, at)
        else:
            fields |= {"phone": "1"} if action == "known" else {}
            fields |= {"waiting_on": "lead"} if action == "wait" else {}
            fields.pop({"unknown": "phone", "go": "waiting_on"}.get(action, ""), None)
            late = 0 if stopped or action in {"unknown", "go"} else min(number, at)
            desk.set(at, late=late, **fields)
            if action in {"known", "wait"}:
                since.setdefault(action, at - late)
        if action == "touch":
            since.setdefault("touch", at)
        ended = {"untouch": "touch", "unknown": "known", "go": "wait"}.get(action, "")
        if ended in since:
            still |= set(range(since.pop(ended), at))
    assert desk.due("call") == 5_000 + len(still)
    clock = desk.clock("call")
    assert clock is not None
    assert sum((b - a for a, b in clock.pauses), timedelta()) == minutes(len(still))


# --- taken back


def test_undoing_a_touch_closes_the_task_of_a_dropped_target() -> None:
    later = target("next", starts_on="touch", task="Call again")
    touch = target("touch", stops_on="touch")
    desk = Office(touch, later)
    desk.press("touch", 20)
    desk.policy = policy(touch, later, target("more", starts_on="touch"))
    decision = desk.press("untouch", 30)
    (task,) = (one for one in decision.effects if isinstance(one, TaskState))
    assert (task.slot, task.done) == ("task:1:next", True)
    desk.press("touch", 40)
    assert desk.clock("next") is not None
    assert desk.clock("more") is None, "it was not promised when the lead was given"


def test_the_card_keeps_its_note_when_a_clock_begins_with_the_act() -> None:
    desk = Office(target("accept", stops_on="accept"), target("touch", starts_on="accept"))
    decision = desk.press("accept", 10)
    (card,) = (one for one in decision.effects if isinstance(one, CardState))
    assert words(card.note) == "Anna accepted"
    assert len(card.deadlines) == 2


# --- the calendar


def test_the_hours_of_the_owner_the_team_the_territory_or_a_calendar() -> None:
    names = ("", "team", "territory", "late")
    targets = [target(f"t{n}", calendar=name, within=HOUR) for n, name in enumerate(names)]
    late = office("Europe/Berlin", tue=[("14:00", "20:00")])
    early = office("Europe/Berlin", tue=[("09:30", "17:00")])
    calendars = POLICY.calendars | {"late": late, "early": early}
    everywhere = (Territory("all", "Everywhere", {}, calendar="early"),)
    people = tuple(replace(one, team="inside") for one in routed().people)
    desk = Office(
        *targets,
        calendars=calendars,
        territories=everywhere,
        people=people,
        team_calendars={"inside": "late"},
    )
    assert [desk.due(one.id) for one in targets] == [60, 360, 90, 360]
    clock = desk.clock("t1")
    assert clock is not None
    assert clock.calendar == "late"


# --- rungs


@pytest.mark.parametrize(
    ("rung", "at"),
    [
        (Rung("escalate", "channel", after=minutes(600)), 60 + 600 + 16 * 60),
        (Rung("escalate", "channel", after=minutes(600), time="wall"), 660),
        (Rung("warn", "channel", before=minutes(10), time="wall"), 50),
    ],
)
def test_a_rung_may_count_in_its_own_calendar(rung: Rung, at: float) -> None:
    desk = Office(target("accept", ladder=(BREACH, rung)))
    desk.tick(NOW + minutes(60 + 48 * 60))
    assert at in [when for when, to in desk.told() if to == POLICY.notifications.channel]


def test_an_escalation_repeats_as_often_as_it_says() -> None:
    again = Rung("escalate", "channel", after=minutes(10), every=minutes(20), again=2)
    desk = Office(target("accept", ladder=(BREACH, again), ends_as="Lost sight of"))
    desk.tick(NOW + minutes(300))
    assert [at for at, to in desk.told() if to != "UANNA"] == [70, 90, 110]
    clock = desk.clock("accept")
    assert clock is not None
    assert clock.at_the_end
    assert clock.ends_as == "Lost sight of"


def test_a_rung_in_its_own_calendar_keeps_its_distance_through_a_pause() -> None:
    """The clock is paused from 17 minutes before closing time until the next morning."""
    own = Rung("escalate", "channel", after=minutes(30), time="wall")
    desk = Office(
        target("accept", within=minutes(475), stops_on="touch", ladder=(BREACH, own)),
    )
    desk.press("touch", 463)
    desk.press("untouch", 24 * 60 + 10)
    clock = desk.clock("accept")
    assert clock is not None
    assert clock.due_at == NOW + minutes(24 * 60 + 22)
    assert clock.ladder[1].at - clock.due_at == minutes(30)


@pytest.mark.parametrize(
    ("to", "backup", "reached"),
    [
        ("owner", "ben", "UANNA"),
        ("backup", "ben", "UBEN"),
        ("backup", "", "UMONA"),
        ("on_duty", "", "UBEN"),
        ("manager", "", "UMONA"),
        ("director", "", "UDORA"),
        ("channel", "", POLICY.notifications.channel),
    ],
)
def test_the_recipients_of_an_escalation(to: Recipient, backup: str, reached: str) -> None:
    people = tuple(
        replace(one, backup=backup) if one.id == "anna" else one for one in routed().people
    )
    rota = Rota(("ben", "anna"), date(2026, 3, 2), 7, "berlin")
    desk = Office(
        target("accept", ladder=(Rung("breach", to, after=timedelta()),)), people=people, rota=rota
    )
    assert desk.owner("101") == "anna"
    desk.tick(NOW + minutes(60))
    assert [who for _, who in desk.told()] == [reached]


@pytest.mark.parametrize(
    ("days", "turn", "person"),
    [(0, 7, "ben"), (6, 7, "ben"), (7, 7, "anna"), (-1, 7, "anna"), (1, 1, "anna"), (14, 7, "ben")],
)
def test_the_rota_goes_round(days: int, turn: int, person: str) -> None:
    rota = Rota(("ben", "anna"), date(2026, 3, 3), turn, "berlin")
    found = on_duty(draft_at(policy(rota=rota), NOW + timedelta(days=days)))
    assert found is not None
    assert found.id == person


def test_somebody_who_is_away_is_skipped_in_the_rota() -> None:
    off = (TimeOff(NOW - minutes(1), NOW + minutes(60)),)
    rota = Rota(("ben", "anna"), date(2026, 3, 3), 7, "berlin")
    people = (rep("ben", time_off=off), rep("anna"))
    found = on_duty(draft_at(policy(rota=rota, people=people)))
    assert found is not None
    assert found.id == "anna"
    nobody = tuple(replace(one, active=False) for one in people)
    assert on_duty(draft_at(policy(rota=rota, people=nobody))) is None
    assert on_duty(draft_at(policy())) is None


def draft_at(policy: Policy, now: datetime = NOW) -> Draft:
    lead, _ = handed_off()
    return Draft(lead, ClockDue(id="wake", lead_id=lead.id, at=now), world(policy), now)


def _not(block: dict[str, Test]) -> Test:
    return Test(blocks=(block,))


# --- clocks that are evaluated


def owned_draft(policy: Policy, **changes: Any) -> Draft:
    """Anna's lead, with its assignment and clocks changed."""
    lead, its_world = handed_off()
    assignment = replace(owned(lead), **changes)
    return Draft(
        replace(lead, assignment=assignment), hint("fields"), replace(its_world, policy=policy), NOW
    )


def test_a_target_that_the_policy_has_dropped_does_not_keep_others_from_starting() -> None:
    made = owned_draft(POLICY)
    targets = [clock.target for clock in made.lead.clocks]
    made = owned_draft(POLICY, to_start=("dropped", *targets))
    made.change(clocks=())
    start_clocks(made)
    assert [clock.target for clock in made.lead.clocks] == targets
    assert owned(made.lead).to_start == ()


def test_another_reason_for_a_pause_is_no_news_for_the_card() -> None:
    pauses = (Pause("a", "A", {}), Pause("b", "B", {}))
    made = owned_draft(replace(POLICY, pauses=pauses))
    paused = tuple(replace(one, paused_at=NOW, paused_for=("a",)) for one in made.lead.clocks)
    made.change(clocks=paused)
    evaluate_clocks(made)
    assert {clock.paused_for for clock in made.lead.clocks} == {("a", "b")}
    assert (made.card, made.tasks) == (None, False)
