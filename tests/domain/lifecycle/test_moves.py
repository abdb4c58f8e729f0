"""Making a move: the properties it sets and whom it tells; how a lead begins and leaves, and the
consequences of leaving."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from baton.domain.draft.decision import Decision
from baton.domain.draft.draft import Draft
from baton.domain.lead import (
    ArmedRung,
    DeferredNotice,
    Lead,
    LifecycleState,
    StageFact,
    StageTimes,
    Value,
)
from baton.domain.lifecycle.closing import close, enter_side_stage, leave
from baton.domain.lifecycle.creation import first_stage
from baton.domain.lifecycle.stage_history import KEPT, state_of
from baton.domain.lifecycle.transitions import refold, stage_after
from baton.domain.phrase import Phrase
from baton.domain.policy import Policy, Transition
from baton.domain.time import SKEW
from baton.domain.world.effects import NoticeState
from baton.domain.world.events import Deleted
from baton.domain.world.world import SeenStage
from tests.builders import (
    NOW,
    POLICY,
    contact,
    decided,
    handed_off,
    hint,
    kinds,
    minutes,
    owned,
    world,
)

MICROSECOND = timedelta(microseconds=1)
OPS, CHANNEL = POLICY.notifications.ops_channel, POLICY.notifications.channel
WHY = Phrase("why")


def with_move(move: str, **changes: Any) -> Policy:
    moves = tuple(
        replace(one, **changes) if one.id == move else one for one in POLICY.lifecycle.transitions
    )
    return replace(POLICY, lifecycle=replace(POLICY.lifecycle, transitions=moves))


def drafted(policy: Policy = POLICY, **lead: Any) -> Draft:
    """A draft of a lead that Anna has had for five minutes."""
    known, its_world = handed_off()
    now = NOW + minutes(5)
    event = Deleted(id="e", lead_id=known.id, at=now)
    return Draft(replace(known, **lead), event, replace(its_world, policy=policy), now)


def standing_at(stage: str) -> LifecycleState:
    return LifecycleState(stage, NOW, {stage: StageTimes(NOW, NOW)})


def told(draft: Draft | Decision) -> list[tuple[str, str]]:
    effects = draft.effects.values() if isinstance(draft, Draft) else draft.effects
    return [(one.to, one.level) for one in effects if isinstance(one, NoticeState)]


# --- consequences of a move


@pytest.mark.parametrize(
    ("tell", "gone", "to"),
    [
        ("", (), []),
        ("owner", (), [("UANNA", "info")]),
        ("owner", ("anna",), [(OPS, "info")]),
        ("manager", (), [("UMONA", "info")]),
        ("manager", ("mona",), [(CHANNEL, "info")]),
        ("channel", (), [(CHANNEL, "info")]),
        ("ops", (), [(OPS, "info")]),
    ],
)
def test_a_move_notifies_whom_the_policy_names(
    tell: Any, gone: tuple[str, ...], to: list[tuple[str, str]]
) -> None:
    policy = with_move("accept", tell=tell)
    people = tuple(one for one in policy.people if one.id not in gone)
    made = drafted(replace(policy, people=people))
    refold(made, StageFact(NOW + minutes(4), "sal", source="crm_ui"))
    assert made.lead.state.stage == "sal"
    assert told(made) == to
    slots = [slot for slot in made.effects if slot.startswith("notice:move:")]
    assert slots == ["notice:move:accept:2026-03-03T08:04:00Z"] * len(to)


def test_a_move_sets_what_the_policy_says_beside_what_was_set_before() -> None:
    """The property is written each time, whatever its value has become since."""
    policy = with_move("accept", sets={"owner_note": "hers", "step": "2"})
    made = drafted(policy, sets={"step": "1", "kept": "yes"})
    refold(made, StageFact(NOW + minutes(4), "sal", source="crm_ui"))
    assert made.lead.sets == {"step": "2", "kept": "yes", "owner_note": "hers"}
    assert made.rewrite == {"owner_note", "step"}


def test_the_first_of_two_matching_transitions_counts() -> None:
    policy = with_move("accept", sets={"which": "accept"})
    second = Transition("again", ("mql",), "sal", ("rep",), sets={"which": "again"})
    other = Transition("other", ("lead",), "sal", ("rep",), sets={"which": "other"})
    away = Transition("away", ("mql",), "sql", ("rep",), sets={"which": "away"})
    moves = (other, away, *policy.lifecycle.transitions, second)
    policy = replace(policy, lifecycle=replace(policy.lifecycle, transitions=moves))
    made = drafted(policy)
    refold(made, StageFact(NOW + minutes(4), "sal", source="crm_ui"))
    assert made.lead.sets == {"which": "accept"}
    assert [(one.kind, one.what) for one in made.outcomes] == [("stage_moved", "sal")]


def test_facts_folded_into_the_base_still_count() -> None:
    fight = tuple(StageFact(NOW + minutes(n), ("mql", "lead")[n % 2]) for n in range(KEPT))
    made = drafted(facts=fight, base=LifecycleState(), state=state_of(POLICY, fight))
    refold(made, StageFact(NOW + minutes(KEPT), "sal"))
    assert made.lead.base.since == NOW
    assert len(made.lead.facts) == KEPT // 2
    assert state_of(POLICY, made.lead.facts, made.lead.base) == made.lead.state


def test_a_fact_that_moves_no_stage_triggers_nothing() -> None:
    made = drafted(with_move("qualify", sets={"x": "1"}, tell="ops"))
    refold(made, StageFact(NOW + minutes(4), "mql", source="crm_ui"))
    assert (made.lead.sets, made.outcomes, told(made)) == ({}, [], [])


@pytest.mark.parametrize(
    ("stage", "after"),
    [("lead", "mql"), ("sql", "customer"), ("customer", None), ("recycled", "lead")],
)
def test_the_next_stage_is_the_next_in_the_main_sequence(stage: str, after: str | None) -> None:
    found = stage_after(POLICY, stage)
    assert (found.id if found else None) == after


def test_a_side_stage_has_no_next_stage() -> None:
    stages = tuple(
        replace(one, rank=9) if one.id == "recycled" else one for one in POLICY.lifecycle.stages
    )
    policy = replace(POLICY, lifecycle=replace(POLICY.lifecycle, stages=stages))
    assert stage_after(policy, "customer") is None


@pytest.mark.parametrize(
    ("to", "reason"), [("disqualified", "timing"), ("mql", "")], ids=["still a side stage", "back"]
)
def test_only_leaving_a_side_stage_reopens_a_lead(to: str, reason: str) -> None:
    drop = Transition("drop", ("recycled",), "disqualified", ("rep",), reverse=True)
    moves = (*POLICY.lifecycle.transitions, drop)
    policy = replace(POLICY, lifecycle=replace(POLICY.lifecycle, transitions=moves))
    made = drafted(policy)
    close(made, "timing", NOW + minutes(4), WHY)
    via = "drop" if to == "disqualified" else ""
    refold(made, StageFact(NOW + minutes(5), to, via=via, source="crm_ui"))
    assert (made.lead.state.stage, made.lead.reason) == (to, reason)
    assert (made.lead.cool_until is None) is (to == "mql")


# --- how a lead begins

CREATED = datetime.fromisoformat("2026-03-01T10:00:00+00:00")


@pytest.mark.parametrize(
    ("fields", "stages", "about", "at"),
    [
        pytest.param({}, (), "fields", CREATED, id="as of its creation"),
        pytest.param({"createdate": ""}, (), "created", NOW, id="as it is said to be created"),
        pytest.param({"createdate": ""}, (), "fields", None, id="nobody says when"),
        pytest.param({"lifecyclestage": "lead"}, (), "created", None, id="it has a stage"),
        pytest.param({}, (SeenStage("lead", NOW, "X"),), "created", None, id="it had one"),
        pytest.param(
            {"createdate": (NOW + timedelta(days=9)).isoformat()},
            (),
            "fields",
            NOW + SKEW,
            id="not in the future",
        ),
    ],
)
def test_a_contact_without_a_stage_gets_the_first_one(
    fields: dict[str, str], stages: tuple[SeenStage, ...], about: Any, at: datetime | None
) -> None:
    made = Draft(Lead(id="101"), hint(about), world(), NOW)
    found = first_stage(made, contact("101", stages, **({"lifecyclestage": ""} | fields)))
    assert found == (StageFact(at, "lead", source="baton") if at is not None else None)


def test_a_creation_is_dated_by_the_contact_where_it_says_so() -> None:
    made = Draft(Lead(id="101"), hint("created"), world(), NOW)
    found = first_stage(made, contact("101", (), lifecyclestage=""))
    assert found is not None
    assert found.at == CREATED


# --- leaving sales


def test_a_closing_lead_takes_the_named_transition_or_else_the_first() -> None:
    gone = Transition("gone", ("mql",), "disqualified", ("time",), reverse=True)
    for way, stage, via in ((gone, "disqualified", "gone"), (None, "recycled", "recycle")):
        policy = replace(
            POLICY,
            lifecycle=replace(POLICY.lifecycle, transitions=(*POLICY.lifecycle.transitions, gone)),
        )
        made = drafted(policy)
        close(made, "timing", NOW + minutes(4), WHY, way=way)
        assert made.lead.state.stage == stage
        assert (made.lead.facts[-1].via, made.lead.facts[-1].at) == (via, NOW + minutes(4))
        assert made.write_stage == "back"


@pytest.mark.parametrize(
    ("latest", "at"),
    [
        pytest.param(NOW + minutes(4) - MICROSECOND, NOW + minutes(4), id="later: as it is dated"),
        pytest.param(NOW + minutes(4), NOW + minutes(4) + MICROSECOND, id="at once: just after"),
        pytest.param(NOW + minutes(5), NOW + minutes(5) + MICROSECOND, id="earlier: just after"),
        pytest.param(None, NOW + minutes(4), id="nothing else is known"),
    ],
)
def test_closing_is_the_leads_latest_move(latest: datetime | None, at: datetime) -> None:
    facts = (StageFact(latest, "mql", source="x"),) if latest else ()
    made = drafted(facts=facts)
    close(made, "timing", NOW + minutes(4), WHY)
    assert made.lead.facts[-1].at == at


def test_without_a_transition_to_a_side_stage_the_handoff_ends_all_the_same() -> None:
    made = drafted(state=standing_at("customer"))
    close(made, "timing", NOW + minutes(4), WHY)
    assert (made.lead.state.stage, made.write_stage) == ("customer", "")
    assert (made.lead.assignment, made.lead.reason) == (None, "timing")


@pytest.mark.parametrize(
    ("reason", "stage", "outcome", "track"),
    [
        pytest.param("timing", "recycled", "recycled", "timing", id="to a track"),
        pytest.param("competitor", "disqualified", "disqualified", "", id="to none"),
        pytest.param("competitor", "recycled", "disqualified", "", id="as the reason says"),
        pytest.param(None, "recycled", "recycled", "", id="for no reason: as the stage says"),
        pytest.param(None, "disqualified", "disqualified", "", id="the same"),
    ],
)
@pytest.mark.parametrize("is_owned", [True, False], ids=["", "nobody's"])
def test_what_closing_a_lead_ends(
    reason: str | None, stage: str, outcome: str, track: str, is_owned: bool
) -> None:
    made = drafted(admitted="mql", flagged=("company",), state=standing_at(stage))
    if not is_owned:
        made.change(assignment=None, clocks=())
    at = NOW + minutes(4)
    enter_side_stage(made, POLICY.reason[reason] if reason else None, at, WHY, "closed")
    lead = made.lead
    assert (lead.assignment, lead.clocks) == (None, ())
    assert (lead.reason, lead.track) == (reason or "", track)
    assert lead.cool_until == (at + POLICY.track["timing"].cool_off if track else None)
    assert (lead.admitted, lead.flagged) == ("", ())
    last = made.outcomes[-1]
    assert (last.kind, last.person, last.what) == (
        outcome,
        "anna" if is_owned else "",
        reason or "",
    )


# --- a contact that is gone


def test_a_deleted_contact_ends_assignment_and_clocks() -> None:
    waiting = DeferredNotice(NOW, ArmedRung(NOW, "breach"), 1, "anna", "accept", "Accept", NOW)
    made = drafted(review_at=NOW + minutes(9), deferred=(waiting,))
    assert made.lead.idle is not None
    leave(made, Phrase("gone.deleted"))
    lead = made.lead
    assert (lead.assignment, lead.clocks, lead.idle) == (None, (), None)
    assert (lead.review_at, lead.deferred, lead.wake_at, lead.stale_at) == (None, (), None, None)
    assert lead.gone == Phrase("gone.deleted")
    assert [(one.kind, one.what) for one in made.outcomes] == [("gone", "deleted")]
    assert made.because == [Phrase("gone.deleted")]
    leave(made, Phrase("gone.merged"))
    assert len(made.outcomes) == 1, "it is gone once"
    assert made.lead.gone == Phrase("gone.deleted")


def test_a_deleted_contact_without_an_owner_ends_its_clock_of_inactivity() -> None:
    made = drafted(assignment=None, clocks=())
    assert made.lead.idle is not None
    leave(made, Phrase("gone.deleted"))
    assert made.lead.idle is None


def test_the_properties_of_a_deleted_contact_stay_unchanged() -> None:
    lead, its_world = handed_off()
    event = Deleted(id="d", lead_id="101", at=NOW + minutes(1))
    decision = decided(lead, event, its_world, NOW + minutes(1))
    assert "gone" in kinds(decision)
    assert decision.lead.written == lead.written
    assert all(isinstance(value, Value) for value in lead.written.values())
    assert owned(lead).person == "anna"
