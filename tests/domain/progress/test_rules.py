"""What a lead's stage asks for and which moves follow from it, rule by rule, on a draft."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from baton.domain.draft.draft import Draft
from baton.domain.lead import (
    Evidence,
    Held,
    Lead,
    LifecycleState,
    StageFact,
    Waiting,
    Write,
)
from baton.domain.lifecycle.stage_history import state_of
from baton.domain.phrase import Phrase, Text
from baton.domain.policy import (
    Disqualifier,
    Field,
    Handoff,
    Hold,
    Pause,
    Policy,
    Test,
    Transition,
    When,
)
from baton.domain.progress.advance import advance, review_at
from baton.domain.progress.ingest import ingest, note_activity
from baton.domain.world.effects import CardState
from baton.domain.world.events import AnyEvent, DealMoved, Hinted, SignalSeen
from baton.domain.world.world import NeedsData, SeenStage, Touch
from tests.builders import NOW, POLICY, became, contact, handed_off, hint, minutes, owned, world
from tests.routed import routed
from tests.scored import SCORED

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
YES: When = {"company": Test(known=True)}
NO: When = {"company": Test(known=False)}
ANNA = handed_off()[0]


def policy(*moves: Transition, base: Policy = POLICY, **stages: dict[str, Any]) -> Policy:
    """*base* with *moves* before its own, and with *stages* changed."""
    lifecycle = base.lifecycle
    changed = tuple(replace(one, **stages.get(one.id, {})) for one in lifecycle.stages)
    fields = (*lifecycle.fields, Field("seen", "Seen", "seen", kind="date"))
    lifecycle = replace(
        lifecycle, stages=changed, transitions=(*moves, *lifecycle.transitions), fields=fields
    )
    return replace(base, lifecycle=lifecycle)


def drafted(
    rules: Policy = POLICY,
    stage: str = "lead",
    event: AnyEvent | None = None,
    known: dict[str, Any] | None = None,
    now: datetime = NOW,
    **lead: Any,
) -> Draft:
    """Nobody's lead that entered *stage* an hour ago, unless told otherwise."""
    facts = (StageFact(NOW - HOUR, stage, source="form"),)
    given: dict[str, Any] = {
        "id": "101",
        "facts": facts,
        "state": state_of(rules, facts),
        "fields": {"company": "Acme"},
    }
    its_world = world(rules, **({"contact": contact()} | (known or {})))
    return Draft(Lead(**(given | lead)), event or hint("fields", now), its_world, now)


def advanced(*args: Any, **lead: Any) -> Draft:
    made = drafted(*args, **lead)
    advance(made)
    return made


def said(draft: Draft) -> list[str]:
    return [why.id for why in draft.because]


def card_note(draft: Draft) -> Text:
    (card,) = (one for one in draft.effects.values() if isinstance(one, CardState))
    return card.note


def annas(**changes: Any) -> dict[str, Any]:
    """Fields of a lead that Anna has."""
    return {"assignment": replace(owned(ANNA), **changes), "assigned": 1, "idle": ANNA.idle}


def held(stage: str, move: str = "", due: datetime = NOW, asked: bool = False) -> Held:
    clock = replace(ANNA.clocks[0], due_at=due)
    return Held(stage, move, NOW - DAY, ("company",), (), clock, asked=asked)


# --- moves of Baton's own

FORWARD = Transition("go", ("lead",), "sql", ("automatic",), when=YES)


@pytest.mark.parametrize(
    ("move", "stage"),
    [
        pytest.param({}, "sql", id="its condition holds"),
        pytest.param({"when": NO}, "lead", id="it does not"),
        pytest.param({"when": {}}, "lead", id="it has none"),
        pytest.param({"by": ("rep",)}, "lead", id="people make it"),
        pytest.param({"source": ("mql",)}, "lead", id="it starts elsewhere"),
        pytest.param({"to": "gone"}, "lead", id="the policy has dropped the stage"),
    ],
)
def test_baton_makes_a_move_whose_condition_holds(move: dict[str, Any], stage: str) -> None:
    made = advanced(policy(replace(FORWARD, **move)))
    assert made.lead.state.stage == stage
    assert ("move.made" in said(made)) is (stage == "sql")
    assert made.write_stage == ("forward" if stage == "sql" else "")


@pytest.mark.parametrize(
    ("reverse", "latest", "fact"),
    [
        pytest.param(False, NOW - HOUR, StageFact(NOW, "sql", "", "baton"),
                     id="dated by the event"),
        pytest.param(False, NOW, StageFact(NOW + MICROSECOND, "sql", "", "baton"),
                     id="after what is known of the lead"),
        pytest.param(True, NOW - HOUR, StageFact(NOW, "sql", "go", ""), id="by its name"),
    ],
)  # fmt: skip
def test_a_move_is_the_leads_latest_fact(reverse: bool, latest: datetime, fact: StageFact) -> None:
    """Backward only by name; and a move's time is never before that of an earlier fact."""
    rules = policy(replace(FORWARD, reverse=reverse))
    facts = (StageFact(NOW - DAY, "lead"), StageFact(latest, "lead", source="form"))
    made = advanced(rules, facts=facts)
    assert made.lead.facts[-1] == fact
    assert made.write_stage == ("back" if reverse else "forward")


def test_a_lead_all_of_whose_facts_are_folded_moves_right_after_the_event() -> None:
    standing = drafted().lead.state
    made = advanced(policy(FORWARD), facts=(), base=standing)
    assert made.lead.facts == (StageFact(NOW + MICROSECOND, "sql", source="baton"),)


def test_a_move_that_the_history_does_not_allow_is_tried_once() -> None:
    """The move leads to an earlier stage, and is no reverse transition."""
    odd = Transition("odd", ("sql",), "mql", ("automatic",), when=YES)
    made = advanced(policy(odd), stage="sql")
    assert (made.lead.state.stage, made.write_stage) == ("sql", "")
    assert said(made).count("move.not_allowed") == 1


def test_a_move_waits_while_the_gate_of_its_own_stage_is_closed() -> None:
    made = advanced(policy(FORWARD, lead={"requires": (("country",),)}))
    assert made.lead.state.stage == "lead"
    assert made.lead.held is not None
    assert (made.lead.held.stage, made.lead.held.move) == ("lead", "")


OFF = Transition("off", ("lead",), "recycled", ("automatic",), when=YES, reverse=True)


@pytest.mark.parametrize(
    ("reason", "note"),
    [
        pytest.param("timing", Phrase("closed", ("Not now",)), id="for a reason"),
        pytest.param("", Phrase("closed.in_hubspot", ("Recycled",)), id="for none"),
    ],
)
def test_a_move_to_a_side_stage_closes_the_lead_for_its_reason(reason: str, note: Phrase) -> None:
    rules = policy(replace(OFF, reason=reason), recycled={"requires": (("country",),)})
    made = advanced(rules, **annas())
    assert (made.lead.state.stage, made.lead.held) == ("recycled", None), "nothing is asked for"
    assert made.lead.reason == reason
    assert [one.kind for one in made.outcomes] == ["stage_moved", "recycled"]
    assert [one.ended for one in made.lead.past] == ["closed"]
    assert card_note(made) == note


def test_a_reason_closes_no_lead_that_moves_on() -> None:
    made = advanced(policy(replace(FORWARD, reason="timing")))
    assert (made.lead.state.stage, made.lead.reason) == ("sql", "")


# --- moves that the owner asked for

ASKED = Transition("confirm", ("mql", "sal"), "sql", ("rep",))
WIN = Transition("win", ("sql",), "customer", ("rep",))


@pytest.mark.parametrize(
    ("asked", "accepted", "before", "stage"),
    [
        pytest.param("confirm", NOW, None, "sql", id="now"),
        pytest.param("confirm", None, None, "sal", id="before accepting"),
        pytest.param("win", NOW, None, "sal", id="from another stage"),
        pytest.param("", NOW, held("sql", "confirm", asked=True), "sql", id="before it was held"),
        pytest.param("", NOW, held("sql", "confirm"), "sal", id="it was held and nobody asked"),
        pytest.param("", NOW, None, "sal", id="nobody asked"),
    ],
)
def test_a_move_is_made_that_the_owner_asked_for(
    asked: str, accepted: datetime | None, before: Held | None, stage: str
) -> None:
    lead = annas(accepted_at=accepted) | {"held": before}
    made = drafted(
        policy(ASKED, WIN), "sal", now=NOW - 2 * HOUR if accepted is None else NOW, **lead
    )
    made.asked = asked
    advance(made)
    assert made.lead.state.stage == stage


# --- closed at once, and in time


@pytest.mark.parametrize(
    ("conditions", "reason", "stage"),
    [
        pytest.param([(YES, "timing")], "timing", "recycled", id="it holds"),
        pytest.param([(NO, "timing")], "", "lead", id="it does not"),
        pytest.param([(NO, "timing"), (YES, "competitor")], "competitor", "disqualified",
                     id="the next one does"),
        pytest.param([(YES, "gone"), (YES, "competitor")], "competitor", "disqualified",
                     id="the policy has dropped its reason: the next one"),
    ],
)  # fmt: skip
def test_a_disqualifying_condition_closes_the_lead(
    conditions: list[tuple[When, str]], reason: str, stage: str
) -> None:
    by = tuple(Disqualifier(when, why) for when, why in conditions)
    made = advanced(policy(lead={"disqualified_by": by}), **annas())
    assert (made.lead.reason, made.lead.state.stage) == (reason, stage)
    assert [one.ended for one in made.lead.past] == (["closed"] if reason else [])
    assert made.lead.admitted == "", "no gate of the stage it has left"


def test_a_disqualifying_condition_without_a_transition_is_skipped() -> None:
    """No transition leads from customer to recycled, but one leads to disqualified."""
    by = (Disqualifier(YES, "timing"), Disqualifier(YES, "competitor"))
    lost = Transition("lost", ("customer",), "disqualified", ("automatic",), reverse=True)
    made = advanced(policy(lost, customer={"disqualified_by": by}), stage="customer")
    assert (made.lead.reason, made.lead.state.stage) == ("competitor", "disqualified")
    assert Phrase("disqualify.no_way_off", ("timing",)) in made.because


CLOSES = Hold(DAY, "close", "timing")


@pytest.mark.parametrize(
    ("stage", "due", "reason"),
    [
        pytest.param("sql", NOW, "timing", id="its time is over"),
        pytest.param("sql", NOW + MICROSECOND, "", id="not yet"),
        pytest.param("customer", NOW, "", id="no way leads off"),
    ],
)
def test_a_hold_that_closes_does_so_in_time(stage: str, due: datetime, reason: str) -> None:
    stages: dict[str, Any] = {stage: {"requires": (("country",),), "hold": CLOSES}}
    made = advanced(policy(**stages), stage, held=held(stage, due=due), **annas())
    assert made.lead.reason == reason
    assert (made.lead.held is None) is bool(reason)
    assert [one.ended for one in made.lead.past] == (["closed"] if reason else [])
    assert ("gate.no_way_off" in said(made)) is (stage == "customer")


@pytest.mark.parametrize(
    "lead",
    [
        pytest.param({"disqualified_by": (Disqualifier(YES, "timing"),)}, id="at once"),
        pytest.param({"requires": (("country",),), "hold": CLOSES}, id="in time"),
    ],
)
def test_a_closed_lead_may_move_again_in_the_same_decision(lead: dict[str, Any]) -> None:
    """A move out of the side stage whose condition holds is made in the same decision."""
    back = Transition("back", ("recycled",), "customer", ("automatic",), when=YES)
    made = advanced(policy(back, lead=lead), held=held("lead"))
    assert made.lead.state.stage == "customer"
    assert made.write_stage == "back"


def test_only_an_open_lead_is_ended_when_its_contact_is_gone() -> None:
    gone: dict[str, Any] = {"contact": None, "contact_gone": True}
    assert advanced(known=gone, **annas()).lead.gone == Phrase("gone.missing")
    closed = advanced(known=gone)
    assert (closed.lead.gone, closed.outcomes) == ("", [])


# --- when time alone may change something


def within(days: int) -> When:
    return {"seen": Test(within=days * DAY)}


SEEN = {"company": "Acme", "seen": (NOW - HOUR).isoformat()}


@pytest.mark.parametrize(
    ("stages", "lead", "after"),
    [
        pytest.param({}, {}, None, id="nothing is about time"),
        pytest.param({"lead": {"disqualified_by": (Disqualifier(within(2), "timing"),)}}, {},
                     2 * DAY, id="a disqualifying condition"),
        pytest.param({"sql": {"entry": within(3)}}, {"held": held("sql")}, 3 * DAY,
                     id="what it is held for"),
        pytest.param({"sql": {"entry": within(3)}}, {}, None, id="it is not held for it"),
        pytest.param({}, {"held": held("gone")}, None, id="the policy has dropped that stage"),
        pytest.param(
            {"lead": {"disqualified_by": (Disqualifier(within(2), "timing"),)},
             "sql": {"entry": within(1)}},
            {"held": held("sql")}, DAY, id="the earliest of several",
        ),
    ],
)  # fmt: skip
def test_the_conditions_of_a_lead_are_looked_at_again_when_time_may_change_them(
    stages: dict[str, Any], lead: dict[str, Any], after: timedelta | None
) -> None:
    made = drafted(policy(**stages), fields=SEEN, **lead)
    assert review_at(made) == (None if after is None else NOW - HOUR + after)


@pytest.mark.parametrize(
    ("late", "rounded"),
    [
        pytest.param(timedelta(), minutes(0), id="on the mark"),
        pytest.param(MICROSECOND, minutes(5), id="just after it"),
        pytest.param(minutes(5) - MICROSECOND, minutes(5), id="just before the next"),
    ],
)
def test_a_review_is_rounded_up_to_five_minutes(late: timedelta, rounded: timedelta) -> None:
    rules = policy(lead={"disqualified_by": (Disqualifier(within(1), "timing"),)})
    made = drafted(rules, fields={"seen": (NOW - HOUR + late).isoformat()})
    assert review_at(made) == NOW - HOUR + DAY + rounded


@pytest.mark.parametrize(("stage", "reviewed"), [("sal", True), ("sql", False)])
def test_the_score_is_looked_at_again_up_to_the_accepted_stage(stage: str, reviewed: bool) -> None:
    evidence = (Evidence(NOW - HOUR, "pricing_page"),)
    made = drafted(SCORED, stage, evidence=evidence)
    assert (review_at(made) is not None) is reviewed


# --- what a stage asks for, of an owned lead


@pytest.mark.parametrize(
    ("stage", "since", "accepted"),
    [
        pytest.param("mql", NOW, False, id="at the handoff"),
        pytest.param("sal", NOW + minutes(1), True, id="accepted after it was assigned"),
        pytest.param("sal", NOW, True, id="as it was assigned"),
        pytest.param("sal", NOW - MICROSECOND, False, id="set before it was assigned"),
    ],
)
def test_the_accepted_stage_in_hubspot_is_an_acceptance(
    stage: str, since: datetime, accepted: bool
) -> None:
    facts = (StageFact(since, stage, source="crm_ui"),)
    state = state_of(POLICY, facts)
    made = advanced(stage=stage, now=NOW + HOUR, facts=facts, state=state, **annas())
    assert owned(made.lead).accepted_at == (since if accepted else None)
    found = [(one.kind, one.what) for one in made.outcomes]
    assert found == ([("accepted", "hubspot")] if accepted else [])


@pytest.mark.parametrize(
    ("asked", "note"),
    [
        ("", Phrase("closed.moved_on", ("SQL",))),
        ("confirm", Phrase("closed.qualified", ("Anna", "SQL"))),
    ],
)
def test_a_handoff_ends_beyond_its_last_stage(asked: str, note: Phrase) -> None:
    made = drafted(stage="sql", **annas(accepted_at=NOW))
    made.asked = asked
    advance(made)
    assert made.lead.assignment is None
    assert ("qualified", "sql") in [(one.kind, one.what) for one in made.outcomes]
    assert card_note(made) == note


LAST = Handoff("sql", "To a closer", POLICY.rules)


@pytest.mark.parametrize(
    ("stages", "handoff", "stage", "touched", "ends"),
    [
        pytest.param({"customer": {"side": True}}, "sql", "sql", NOW, True, id="touched"),
        pytest.param({"customer": {"side": True}}, "sql", "sql", None, False, id="not touched"),
        pytest.param({}, "sql", "sql", NOW, False, id="a later stage ends it"),
        pytest.param({"sql": {"side": True}, "customer": {"side": True}}, "", "sal", NOW, False,
                     id="the first handoff"),
    ],
)  # fmt: skip
def test_the_first_touch_ends_a_later_handoff_that_no_stage_ends(
    stages: dict[str, Any], handoff: str, stage: str, touched: datetime | None, ends: bool
) -> None:
    rules = replace(policy(**stages), handoffs=(LAST,))
    lead = annas(handoff=handoff, accepted_at=NOW, touched_at=touched)
    made = advanced(rules, stage, **lead)
    assert (made.lead.assignment is None) is ends


# --- a later handoff

CLOSERS = routed().handoffs[0]


@pytest.mark.parametrize(
    ("ownership", "known", "owner", "why"),
    [
        pytest.param(("contact",), {}, "cora", "owner.able", id="whoever owns the contact"),
        pytest.param((), {"contact": None}, "carl", "", id="by its rules: nothing is read"),
        pytest.param(("contact",), {"contact": contact()}, "carl", "owner.none",
                     id="nobody owns the contact"),
        pytest.param(("contact",), {"contact": None, "crm_down": True}, "carl", "owner.none",
                     id="HubSpot cannot be read"),
    ],
)  # fmt: skip
def test_who_takes_over_at_a_later_handoff(
    ownership: Any, known: dict[str, Any], owner: str, why: str
) -> None:
    rules = replace(routed(), handoffs=(replace(CLOSERS, ownership=ownership),))
    there = {"contact": contact(hubspot_owner_id="owner-cora")} | known
    made = advanced(rules, "sql", known=there, **annas(accepted_at=NOW))
    assert owned(made.lead).person == owner
    assert [one for one in said(made) if one.startswith("owner.")] == ([why] if why else [])


def test_the_owner_is_read_before_a_handoff_that_asks_for_them() -> None:
    rules = replace(routed(), handoffs=(replace(CLOSERS, ownership=("contact",)),))
    with pytest.raises(NeedsData) as asked:
        advanced(rules, "sql", known={"contact": None}, **annas(accepted_at=NOW))
    assert asked.value.lacks.contact


# --- a lead that nobody has


@pytest.mark.parametrize(("assigned", "watched"), [(1, True), (0, False)])
def test_the_clock_of_inactivity_begins_after_the_handoff_of_an_assigned_lead(
    assigned: int, watched: bool
) -> None:
    made = advanced(policy(FORWARD), assigned=assigned)
    assert made.lead.state.stage == "sql"
    assert (made.lead.idle.started_at if made.lead.idle else None) == (NOW if watched else None)


def test_a_lead_that_stays_beyond_the_handoff_keeps_its_clock_of_inactivity() -> None:
    assert ANNA.idle is not None
    before = replace(ANNA.idle, started_at=NOW - DAY)
    assert advanced(stage="sql", assigned=1, idle=before).lead.idle == before


@pytest.mark.parametrize("down", [True, False])
def test_a_handoff_waits_while_hubspot_cannot_be_read(down: bool) -> None:
    made = advanced(stage="mql", known={"crm_down": down})
    assert (made.lead.assignment is None) is down
    assert ("handoff.waits" in said(made)) is down


def test_a_reported_stage_without_a_handoff_has_no_gate_for_a_new_lead() -> None:
    rules = policy(sql={"requires": (("country",),)})
    made = drafted(rules, "sql", became("salesqualifiedlead", NOW))
    made.start = Lead(id="101")
    advance(made)
    assert (made.lead.held, made.lead.admitted) == (None, "")


@pytest.mark.parametrize(
    ("before", "event", "lead", "owner"),
    [
        pytest.param("sql", hint("fields"), {}, "", id="it stood there"),
        pytest.param("", hint("fields"), {}, "", id="it was there before Baton knew it"),
        pytest.param("", became("salesqualifiedlead", NOW), {}, "carl", id="it is said to enter"),
        pytest.param("lead", hint("fields"), {}, "carl", id="it has entered"),
        pytest.param("sql", hint("fields"), {"held": held("sql")}, "carl", id="it was held there"),
        pytest.param("sql", hint("fields"), {"held": held("mql")}, "", id="it was held elsewhere"),
        pytest.param("lead", hint("fields"), {"fields": {}}, "", id="its gate is closed"),
    ],
)
def test_a_later_handoff_of_a_lead_that_nobody_has_begins_as_it_enters(
    before: str, event: AnyEvent, lead: dict[str, Any], owner: str
) -> None:
    rules = policy(base=routed(), sql={"requires": (("company",),)})
    made = drafted(rules, "sql", event, **lead)
    made.start = replace(made.lead, state=replace(made.lead.state, stage=before))
    advance(made)
    assert (made.lead.assignment.person if made.lead.assignment else "") == owner
    assert (made.lead.held is not None) is (lead.get("fields") == {})


# --- a lead that waits for a pool


def waiting(pool: str = "desk") -> Waiting:
    return Waiting(pool, "mql", NOW - HOUR, 0, ANNA.clocks[0])


@pytest.mark.parametrize(
    ("stage", "stays"),
    [
        pytest.param("lead", False, id="back before the handoff"),
        pytest.param("mql", True, id="at the handoff"),
        pytest.param("sal", True, id="at its last stage"),
        pytest.param("sql", False, id="beyond it"),
    ],
)
def test_a_lead_keeps_its_place_while_its_stage_belongs_to_the_handoff(
    stage: str, stays: bool
) -> None:
    made = advanced(replace(routed(), handoffs=()), stage, waiting=waiting())
    assert (made.lead.waiting is not None) is stays
    assert ("queue.left" in said(made)) is not stays


@pytest.mark.parametrize(
    ("fields", "before", "again"),
    [
        pytest.param({"company": "New"}, waiting(), True, id="another rule may match"),
        pytest.param({"company": "Acme"}, waiting(), False, id="nothing has changed"),
        pytest.param({"company": "New"}, None, False, id="it has only just begun to wait"),
    ],
)
def test_a_lead_that_waits_is_routed_again_when_its_fields_change(
    fields: dict[str, str], before: Waiting | None, again: bool
) -> None:
    made = drafted(routed(), "mql", waiting=waiting())
    made.start = replace(made.start, waiting=before)
    made.change(fields=fields)
    advance(made)
    assert (made.lead.assignment is not None) is again


# --- in a side stage


@pytest.mark.parametrize(
    ("before", "lead", "ends"),
    [
        pytest.param("lead", {}, True, id="moved there now"),
        pytest.param("", {}, False, id="first seen there"),
        pytest.param("recycled", {}, False, id="it stood there"),
        pytest.param("lead", {"reason": "timing"}, False, id="Baton moved it there"),
        pytest.param("recycled", annas(), True, id="somebody has it still"),
        pytest.param("recycled", {"waiting": waiting("everyone")}, True, id="it waits still"),
    ],
)
def test_a_lead_that_is_moved_to_a_side_stage_is_closed(
    before: str, lead: dict[str, Any], ends: bool
) -> None:
    made = drafted(stage="recycled", **lead)
    made.start = replace(made.lead, state=replace(made.lead.state, stage=before))
    advance(made)
    assert ("recycled" in [one.kind for one in made.outcomes]) is ends
    assert (made.lead.assignment, made.lead.waiting) == (None, None)
    assert all(one.ended == "closed" for one in made.lead.past)


@pytest.mark.parametrize(
    ("ways", "reason"),
    [
        pytest.param([("a", ("lead",), ""), ("b", ("lead",), "timing")], "timing",
                     id="the first way with a reason"),
        pytest.param([("a", ("sql",), "timing"), ("b", ("lead",), "no_response")], "no_response",
                     id="from where it stood"),
        pytest.param([("a", ("sql",), "timing")], "", id="none"),
    ],
)  # fmt: skip
def test_a_move_to_a_side_stage_in_hubspot_has_the_transitions_reason(
    ways: list[tuple[str, tuple[str, ...], str]], reason: str
) -> None:
    moves = [
        Transition(name, source, "recycled", ("rep",), reverse=True, reason=why)
        for name, source, why in ways
    ]
    rules = policy(*moves)
    made = drafted(rules)
    facts = (*made.lead.facts, StageFact(NOW, "recycled", via="recycle"))
    made.change(facts=facts, state=state_of(rules, facts))
    advance(made)
    assert (made.lead.state.stage, made.lead.reason) == ("recycled", reason)


# --- what is taken in


def ingested(*args: Any, **lead: Any) -> Draft:
    made = drafted(*args, **lead)
    assert ingest(made) is None
    return made


@pytest.mark.parametrize(
    ("event", "lead", "parked"),
    [
        pytest.param(became(), {}, True, id="a stage of a contact that is nowhere"),
        pytest.param(hint("fields"), {}, False, id="another event"),
        pytest.param(became(), annas(), False, id="it is known, and is closed now"),
    ],
)
def test_a_stage_of_a_contact_that_is_gone_cannot_be_worked(
    event: AnyEvent, lead: dict[str, Any], parked: bool
) -> None:
    made = drafted(event=event, known={"contact": None, "contact_gone": True}, **lead)
    assert ingest(made) == (Phrase("unworkable.contact") if parked else None)


def test_a_contact_that_is_there_again_is_not_gone() -> None:
    assert ingested(gone=Phrase("gone.missing")).lead.gone == ""


SIGNAL = SignalSeen(id="s", lead_id="101", at=NOW - minutes(1), signal="page")


@pytest.mark.parametrize(
    ("event", "moved", "active"),
    [
        pytest.param(hint("fields"), False, None, id="nothing"),
        pytest.param(hint("fields"), True, NOW, id="it moved"),
        pytest.param(SIGNAL, False, NOW - minutes(1), id="the person did something"),
    ],
)
def test_moves_and_signals_are_activity(
    event: Hinted | SignalSeen, moved: bool, active: datetime | None
) -> None:
    made = drafted(event=event, idle=ANNA.idle)
    if moved:
        made.change(state=replace(made.lead.state, stage="mql"))
    note_activity(made)
    assert made.lead.last_activity == active


def deal(stage: str = "qualified", **fields: Any) -> DealMoved:
    return DealMoved(id="d", lead_id="101", at=NOW, deal="7", stage=stage, **fields)


@pytest.mark.parametrize(
    ("event", "kinds"),
    [
        pytest.param(deal(), [], id="it moved"),
        pytest.param(deal(created=True), ["deal_created"], id="it was created"),
        pytest.param(deal(outcome="won"), ["deal_won"], id="it was won"),
    ],
)
def test_a_deal_is_evidence_where_it_is_created_or_ends(event: DealMoved, kinds: list[str]) -> None:
    found = ingested(SCORED, event=event).lead.evidence
    assert [(one.kind, one.what, one.at) for one in found] == [(kind, "7", NOW) for kind in kinds]


@pytest.mark.parametrize(
    ("stage", "moves"),
    [
        pytest.param("sal", True, id="forward"),
        pytest.param("sql", False, id="it is there"),
        pytest.param("customer", False, id="it is further"),
        pytest.param("recycled", True, id="a side stage, whose rank does not count"),
    ],
)
def test_a_deals_stage_is_a_fact_of_a_lead_that_is_not_so_far(stage: str, moves: bool) -> None:
    made = ingested(policy(base=SCORED, recycled={"rank": 9}), stage, deal())
    facts = [fact.stage for fact in made.lead.facts if fact.source == "deal"]
    assert facts == (["sql"] if moves else [])


@pytest.mark.parametrize(
    ("stages", "lead", "facts"),
    [
        pytest.param((), {"facts": ()}, [(NOW, "mql")], id="it has none: as of the event"),
        pytest.param((SeenStage("lead", NOW - DAY, "FORM"),), {"facts": ()},
                     [(NOW - DAY, "lead")], id="its history says when"),
        pytest.param((), {}, [(NOW - HOUR, "lead")], id="it is known"),
    ],
)  # fmt: skip
def test_a_stage_without_a_history_is_dated_by_the_event(
    stages: tuple[SeenStage, ...], lead: dict[str, Any], facts: list[tuple[datetime, str]]
) -> None:
    made = ingested(known={"contact": contact("101", stages)}, **lead)
    assert [(fact.at, fact.stage) for fact in made.lead.facts] == facts


def test_a_write_that_hubspot_shows_is_marked_as_seen() -> None:
    write = Write("marketingqualifiedlead", NOW - minutes(2))
    facts = (StageFact(NOW - minutes(2), "mql", source="baton"),)
    shown = contact("101", (SeenStage("marketingqualifiedlead", NOW - minutes(1), "INTEGRATION"),))
    given: dict[str, Any] = {"known": {"contact": shown}, "facts": facts}
    writes = {"lifecyclestage": (write,), "other": (write,)}
    made = ingested(stage="mql", writes=writes, **given)
    seen = replace(write, seen=NOW - minutes(1))
    assert made.lead.writes == {"lifecyclestage": (seen,), "other": (write,)}
    assert made.lead.facts == facts
    assert ingested(stage="mql", **given | {"facts": ()}).lead.writes == {}


@pytest.mark.parametrize(
    ("shown", "moved", "written"),
    [
        pytest.param("marketingqualifiedlead", "sql", "forward", id="HubSpot is behind"),
        pytest.param("", "sql", "forward", id="it shows none"),
        pytest.param("salesqualifiedlead", "sql", "", id="it shows the same"),
        pytest.param("customer", "sql", "", id="it is ahead"),
        pytest.param("recycled", "sql", "back", id="it is in a side stage"),
        pytest.param("evangelist", "sql", "", id="it shows what the policy does not know"),
        pytest.param("marketingqualifiedlead", "lead", "", id="nothing moved"),
    ],
)
def test_hubspot_catches_up_with_what_other_systems_say(
    shown: str, moved: str, written: str
) -> None:
    seen = (SeenStage("lead", NOW - HOUR, "FORM"),)
    its_contact = contact("101", seen, lifecyclestage=shown)
    event = became({"sql": "salesqualifiedlead"}.get(moved, moved), NOW, source="deal")
    made = ingested(event=event, known={"contact": its_contact})
    assert (made.lead.state.stage, made.write_stage) == (moved, written)


def test_side_stages_and_unknown_stages_are_not_caught_up_in_hubspot() -> None:
    shown = contact("101", (), lifecyclestage="", createdate="")
    off = became("recycled", NOW, source="CRM_UI")
    made = ingested(SCORED, "mql", off, known={"contact": shown})
    assert (made.lead.state.stage, made.write_stage) == ("recycled", "")
    dropped = {"facts": (), "state": LifecycleState("gone", NOW)}
    assert ingested(known={"contact": shown}, **dropped).write_stage == ""


def test_a_stage_that_is_put_right_is_cleared_first_whatever_else_moves() -> None:
    shown = contact("101", (SeenStage("lead", NOW - HOUR, "FORM"),), lifecyclestage="lead")
    made = drafted(event=became("salesqualifiedlead", NOW), known={"contact": shown})
    made.write_stage = "back"
    ingest(made)
    assert (made.lead.state.stage, made.write_stage) == ("sql", "back")


@pytest.mark.parametrize(
    ("shown", "fields", "value", "found"),
    [
        pytest.param("", {"company": "Old"}, "Old", {"company": "history"}, id="it lacks it still"),
        pytest.param("New", {"company": "Old"}, "New", {}, id="it has it now"),
        pytest.param("", {}, None, {"company": "history"}, id="there is no value"),
    ],
)
def test_a_value_found_elsewhere_stays_until_the_contact_has_one(
    shown: str, fields: dict[str, str], value: str | None, found: dict[str, str]
) -> None:
    known = {"contact": contact(company=shown)}
    made = ingested(known=known, fields=fields, found={"company": "history"})
    assert (made.lead.fields.get("company"), made.lead.found) == (value, found)


@pytest.mark.parametrize(
    ("about", "lead", "touched"),
    [
        pytest.param("activity", annas(), True, id="of the owner's"),
        pytest.param("fields", annas(), False, id="other news"),
        pytest.param("activity", {}, False, id="nobody has it"),
    ],
)
def test_a_touch_is_looked_for_where_there_was_activity(
    about: str, lead: dict[str, Any], touched: bool
) -> None:
    later = NOW + minutes(9)
    known = {"touches": (Touch(later, "call", "owner-anna"),)}
    made = ingested(stage="mql", event=hint(about, later), now=later, known=known, **lead)
    assert ("touched" in [one.kind for one in made.outcomes]) is touched
    assert [one.kind for one in made.lead.evidence] == (["call"] if touched else [])


@pytest.mark.parametrize(
    "when",
    [
        pytest.param({"days_in_stage": Test(at_least=3)}, id="a test"),
        pytest.param({"any": Test(blocks=({"days_in_stage": Test(at_least=3)},))}, id="nested"),
        pytest.param(
            {"not": Test(blocks=({"all": Test(blocks=({"days_in_stage": Test(below=3)},))},))},
            id="nested twice",
        ),
        pytest.param({"any": Test(blocks=({"all": Test(blocks=(within(3),))},))}, id="a date"),
    ],
)
def test_a_condition_on_time_is_reviewed_however_deep_it_stands(when: When) -> None:
    rules = policy(lead={"disqualified_by": (Disqualifier(when, "timing"),)})
    made = drafted(rules, fields={"seen": NOW.isoformat()})
    since = made.lead.state.since
    assert since is not None
    start = NOW if "seen" in repr(when) else since
    assert review_at(made) == start + 3 * DAY


@pytest.mark.parametrize("tier", ["hot", "", "dropped"])
def test_pauses_are_reviewed_for_an_owned_lead_of_any_tier(tier: str) -> None:
    """Also of a tier that the policy has dropped since."""
    rules = replace(policy(), pauses=(Pause("seen", "Seen", within(2)),))
    made = drafted(rules, fields=SEEN, **annas(tier=tier))
    assert review_at(made) == NOW - HOUR + 2 * DAY
