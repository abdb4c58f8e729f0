"""The values written to HubSpot: when a lead entered each stage, how often, and for how long."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from baton.domain.draft.decision import Decision
from baton.domain.draft.draft import Draft
from baton.domain.lead import Held, Lead, Value, Waiting, Write
from baton.domain.lifecycle.hubspot_properties import properties
from baton.domain.lifecycle.hubspot_values import show_contact, values_of
from baton.domain.phrase import Phrase, Text
from baton.domain.policy import Policy, Sync
from baton.domain.scoring.facts import describe
from baton.domain.scoring.score import Point, Score
from baton.domain.time import iso
from baton.domain.world.effects import ContactState
from baton.domain.world.world import SeenStage, World
from tests.builders import (
    BECAME_MQL,
    NOW,
    POLICY,
    after,
    became,
    click,
    contact,
    decided,
    handed_off,
    hint,
    minutes,
    owned,
    world,
)
from tests.scored import SCORED
from tests.worded import words

DAY = timedelta(days=1)
MQL, SQL = "marketingqualifiedlead", "salesqualifiedlead"
ACCEPTED, REJECTED = NOW + minutes(3), NOW + minutes(10)
BACK, QUALIFIED = NOW + 70 * DAY, NOW + 70 * DAY + minutes(30)


def shown(decision: Decision) -> dict[str, str]:
    """All properties in HubSpot once this decision is delivered."""
    states = [e for e in decision.effects if isinstance(e, ContactState)]
    assert states, "HubSpot is told nothing"
    return {name: words(value.value) for name, value in states[-1].properties.items()}


def of_stage(properties: dict[str, str], stage: str) -> tuple[str | None, ...]:
    """(first entry, last entry, number of entries, seconds in the stage)."""
    names = ("first_entered", "last_entered", "times_entered", "seconds_in")
    return tuple(properties.get(f"baton_{name}_{stage}") for name in names)


def recycled() -> tuple[Decision, World]:
    """A lead that was MQL for five minutes and SAL for seven, then rejected."""
    lead, its_world = handed_off()
    accepted = decided(lead, click("accept", ACCEPTED), its_world, ACCEPTED)
    its_world = after(its_world, accepted)
    rejected = click("reject", REJECTED, reason="timing")
    decision = decided(accepted.lead, rejected, its_world, REJECTED)
    return decision, after(its_world, decision)


def entered_again(lead: Lead, its_world: World, value: str, at: datetime) -> tuple[Decision, World]:
    its_world = replace(its_world, contact=contact(stages=()))
    decision = decided(lead, became(value, at), its_world, at)
    return decision, after(its_world, decision)


def test_at_the_first_entry_first_and_last_timestamp_are_equal() -> None:
    decision, _ = recycled()
    told = shown(decision)
    assert of_stage(told, "mql") == (iso(BECAME_MQL), iso(BECAME_MQL), "1", "300")
    assert of_stage(told, "sal") == (iso(ACCEPTED), iso(ACCEPTED), "1", "420")
    assert of_stage(told, "recycled") == (iso(REJECTED), iso(REJECTED), "1", None), "still there"
    assert of_stage(told, "sql") == (None, None, None, None), "never there"


def test_on_reentry_the_first_timestamp_stays_and_the_last_moves() -> None:
    decision, its_world = recycled()
    decision, its_world = entered_again(decision.lead, its_world, MQL, BACK)
    told = shown(decision)
    assert of_stage(told, "mql") == (iso(BECAME_MQL), iso(BACK), "2", "300"), "not the time off"
    off = str(int((BACK - REJECTED).total_seconds()))
    assert of_stage(told, "recycled") == (iso(REJECTED), iso(REJECTED), "1", off)
    assert of_stage(told, "sal") == (iso(ACCEPTED), iso(ACCEPTED), "1", "420")

    decision, _ = entered_again(decision.lead, its_world, SQL, QUALIFIED)
    told = shown(decision)
    assert of_stage(told, "mql") == (iso(BECAME_MQL), iso(BACK), "2", str(300 + 30 * 60))
    assert of_stage(told, "sql") == (iso(QUALIFIED), iso(QUALIFIED), "1", None)


def test_late_news_of_an_earlier_entry_moves_only_the_first_timestamp() -> None:
    """HubSpot reports late that the lead was an MQL a day before: that is the first entry."""
    lead, its_world = handed_off()
    earlier = BECAME_MQL - DAY
    stages = (SeenStage(MQL, earlier), SeenStage(MQL, BECAME_MQL))
    its_world = replace(its_world, contact=contact(stages=stages))
    decision = decided(lead, hint("stage", NOW + minutes(1)), its_world, NOW + minutes(1))
    assert of_stage(shown(decision), "mql") == (iso(earlier), iso(earlier), "1", None)


def test_parts_of_a_second_are_left_out() -> None:
    lead, its_world = handed_off()
    at = BECAME_MQL + timedelta(seconds=200, milliseconds=999)
    decision = decided(lead, click("accept", at), its_world, NOW + minutes(5))
    assert of_stage(shown(decision), "mql")[-1] == "200"
    assert of_stage(shown(decision), "sal")[0] == iso(at.replace(microsecond=0))


# --- the lead status


def with_status(stage_id: str, status: str) -> Policy:
    stages = tuple(
        replace(stage, lead_status=status) if stage.id == stage_id else stage
        for stage in POLICY.lifecycle.stages
    )
    return replace(POLICY, lifecycle=replace(POLICY.lifecycle, stages=stages))


@pytest.mark.parametrize(
    ("policy", "status"),
    [
        pytest.param(with_status("lead", "NEW"), "NEW", id="that of the first stage"),
        pytest.param(POLICY, None, id="none, where the policy gives it none"),
    ],
)
def test_the_lead_status_of_a_contact_that_is_new(policy: Policy, status: str | None) -> None:
    its_world = world(policy, contact(stages=(), lifecyclestage=""))
    decision = decided(None, hint("created"), its_world)
    assert (decision.lead.state.stage, decision.lead.assignment) == ("lead", None)
    assert shown(decision).get("hs_lead_status") == status


def test_a_later_owner_sets_the_handoffs_lead_status() -> None:
    """While they have the lead, that status is shown, whatever the status of the stage is."""
    its_world = world(with_status("mql", "OPEN"), contact())
    assert shown(decided(None, became(), its_world))["hs_lead_status"] == "NEW"


# --- single values

ANNA = handed_off()[0]
WORLD = world(contact=contact())


def wanted(lead: Lead, score: Score | None = None, policy: Policy = POLICY) -> dict[str, Text]:
    facts, _ = describe(policy, lead, NOW)
    return values_of(policy, lead, facts, score)


def emptied(lead: Lead, *names: str) -> Lead:
    """*lead* with earlier values for these properties in HubSpot."""
    return replace(lead, written={name: Value("before", 1) for name in names})


OF_A_CLOSED_LEAD = ("baton_reason", "baton_nurture_track", "baton_cool_off_until")
OF_WAITS = ("baton_held_for", "baton_missing", "baton_waiting_for")


@pytest.mark.parametrize("name", [*OF_A_CLOSED_LEAD, *OF_WAITS])
def test_a_property_that_no_longer_applies_is_emptied_if_it_was_set(name: str) -> None:
    assert name not in wanted(ANNA)
    assert wanted(emptied(ANNA, name))[name] == ""


def test_a_closed_lead_shows_reason_track_and_cool_off() -> None:
    values = wanted(replace(ANNA, reason="timing", track="wake-up", cool_until=NOW))
    assert [values[name] for name in OF_A_CLOSED_LEAD] == ["TIMING", "wake_up", iso(NOW)]


def test_a_held_lead_shows_its_missing_fields() -> None:
    clock = ANNA.clocks[0]
    held = Held("sql", "", NOW, ("company",), (Phrase("x"),), clock)
    values = wanted(replace(ANNA, held=held, flagged=("country",)))
    assert values["baton_held_for"] == Phrase("semicolons", ("Company", Phrase("x")))
    assert values["baton_missing"] == Phrase("list", ("Country",))


@pytest.mark.parametrize(("pool", "label"), [("partners", "Partner desk"), ("gone", "gone")])
def test_a_lead_in_the_queue_shows_no_owner(pool: str, label: str) -> None:
    waiting = Waiting(pool, "mql", NOW, 0, ANNA.clocks[0])
    waits = replace(ANNA, assignment=None, clocks=(), waiting=waiting, written={})
    values = wanted(waits)
    assert values["baton_waiting_for"] == label
    assert values["baton_sla_status"] == "waiting"
    assert "hubspot_owner_id" not in values, "it had none"
    assert wanted(emptied(waits, "hubspot_owner_id"))["hubspot_owner_id"] == ""


SCORE = Score(40.4, 12.6, "", "", True, True, (), ())
POINTS = tuple(Point("g", f"p{n}", f"Rule {n}", 10.6 - n) for n in range(6))


def test_a_score_is_told_rounded_with_the_rules_of_most_weight() -> None:
    values = wanted(ANNA, replace(SCORE, points=POINTS))
    assert (values["baton_fit"], values["baton_behaviour"]) == ("40", "13")
    assert values["baton_qualified"] == "yes"
    named = tuple(Phrase("points", (f"Rule {n}", 11 - n)) for n in range(5))
    assert values["baton_score_why"] == Phrase("semicolons", named)
    assert wanted(ANNA, replace(SCORE, points=POINTS, qualified=False))["baton_qualified"] == "no"


def test_a_score_of_nothing_is_told_where_there_was_one() -> None:
    assert "baton_fit" not in wanted(ANNA, SCORE)
    before = wanted(emptied(ANNA, "baton_fit", "baton_score_why"), SCORE)
    assert (before["baton_fit"], before["baton_score_why"]) == ("40", "")
    assert "baton_fit" not in wanted(ANNA, None)


def test_stage_dates_are_left_out_where_they_are_not_asked_for() -> None:
    name = "baton_first_entered_mql"
    assert wanted(ANNA)[name] == iso(BECAME_MQL)
    facts, _ = describe(POLICY, ANNA, NOW)
    assert name not in values_of(POLICY, ANNA, facts, None, stages=False)


def test_a_lead_status_that_the_policy_does_not_set_is_left_alone() -> None:
    nobodys = replace(ANNA, assignment=None, clocks=())
    assert "hs_lead_status" not in wanted(emptied(nobodys, "hs_lead_status"))


@pytest.mark.parametrize("policy", [POLICY, SCORED], ids=["without scoring", "with scoring"])
def test_what_baton_may_write_has_a_property(policy: Policy) -> None:
    kinds = {one.name: one.kind for one in properties(policy)}
    assert kinds["baton_accept_due"] == kinds["baton_first_entered_mql"] == "datetime"
    assert kinds.get("baton_fit") == (None if policy is POLICY else "number")
    assert wanted(ANNA).keys() - {"hubspot_owner_id", "hs_lead_status"} <= kinds.keys()


@pytest.mark.parametrize(
    ("changes", "owner"),
    [
        pytest.param({"reason": "competitor"}, "", id="without a track: nobody's"),
        pytest.param({"reason": "timing", "track": "timing"}, "", id="to a track: nobody's"),
        pytest.param({"reason": "timing", "track": "kept"}, None, id="to one that keeps the owner"),
        pytest.param({}, None, id="no reason is known"),
    ],
)
def test_the_owner_property_of_a_lead_that_has_left(
    changes: dict[str, Any], owner: str | None
) -> None:
    kept = replace(POLICY.tracks[0], id="kept", keep_owner=True)
    policy = replace(POLICY, tracks=(*POLICY.tracks, kept))
    left = replace(ANNA, assignment=None, clocks=(), **changes)
    names = ("hubspot_owner_id", "baton_sla_status")
    values = wanted(emptied(left, *names), policy=policy)
    assert values.get("hubspot_owner_id") == owner
    assert values.get("baton_sla_status") == ("" if changes else None)


# --- the effect


def watching(name: str) -> Policy:
    """Others write property *name*, too."""
    return replace(POLICY, lifecycle=replace(POLICY.lifecycle, sync=(Sync(name, "crm"),)))


def showing(lead: Lead, world: World = WORLD, **draft: Any) -> Draft:
    made = Draft(lead, hint("fields"), world, NOW)
    for name, value in draft.items():
        setattr(made, name, value)
    show_contact(made)
    return made


def test_unchanged_values_are_not_written_again() -> None:
    first = showing(replace(ANNA, written={}))
    (state,) = first.effects.values()
    assert isinstance(state, ContactState)
    assert (state.slot, state.contact_id, state.version) == ("contact", "101", first.version)
    assert state.properties == first.lead.written
    assert {value.since for value in first.lead.written.values()} == {first.version}
    again = showing(first.lead)
    assert (again.lead, again.effects) == (first.lead, {})


def test_unchanged_values_keep_the_version_that_decided_them() -> None:
    before = ANNA
    made = showing(replace(before, version=7, fields={}, reason="timing"))
    changed = {name for name, value in made.lead.written.items() if value.since == 8}
    assert "baton_reason" in changed
    assert made.lead.written["baton_tier"].since == before.written["baton_tier"].since


def test_restored_values_are_written_again_and_yielded_ones_are_not() -> None:
    before = replace(ANNA, version=7)
    made = showing(before, rewrite={"baton_tier"})
    assert [n for n, value in made.lead.written.items() if value.since == 8] == ["baton_tier"]
    other = replace(before, yielded={"baton_tier": "theirs"}, reason="timing")
    made = showing(other, rewrite={"baton_tier", "baton_rule"})
    changed = {name for name, value in made.lead.written.items() if value.since == 8}
    assert changed == {"baton_rule", "baton_reason"}


def test_a_stage_date_is_written_again_where_a_move_sets_it() -> None:
    made = showing(replace(ANNA, version=7), rewrite={"baton_first_entered_mql"})
    assert [n for n, value in made.lead.written.items() if value.since == 8] == [
        "baton_first_entered_mql"
    ]


def test_nothing_is_written_to_a_deleted_contact() -> None:
    made = showing(replace(ANNA, written={}, gone=Phrase("gone.deleted")))
    assert (made.lead.written, made.effects) == ({}, {})


@pytest.mark.parametrize(
    ("write_stage", "before", "expected"),
    [
        pytest.param("", None, None, id="HubSpot has it from elsewhere"),
        pytest.param("forward", None, (MQL, False), id="forward"),
        pytest.param("back", None, (MQL, True), id="back: cleared first"),
        pytest.param("forward", Value("x", 1), (MQL, False), id="forward after forward"),
        pytest.param(
            "forward", Value("x", 1, True), (MQL, True), id="a backward move not shown yet"
        ),
    ],
)
def test_the_stage_is_written_only_where_baton_moved_it(
    write_stage: str, before: Value | None, expected: tuple[str, bool] | None
) -> None:
    lead = replace(ANNA, written={"lifecyclestage": before} if before else {})
    value = showing(lead, write_stage=write_stage).lead.written.get("lifecyclestage")
    assert ((value.value, value.clear_first) if value else None) == expected


@pytest.mark.parametrize("moved", [True, False])
def test_a_stage_moved_in_hubspot_is_not_written_back(moved: bool) -> None:
    lead = replace(ANNA, written={"lifecyclestage": Value("lead", 1)})
    start = replace(lead, state=replace(lead.state, stage="lead")) if moved else lead
    written = showing(lead, start=start).lead.written
    assert ("lifecyclestage" in written) is not moved


def test_dropping_an_obsolete_stage_alone_writes_nothing() -> None:
    start = replace(ANNA, state=replace(ANNA.state, stage="lead"))
    known = showing(ANNA, start=start).lead
    stale = replace(known, version=7, written=known.written | {"lifecyclestage": Value("lead", 1)})
    made = showing(stale, start=start)
    assert (made.lead.written, made.effects) == (known.written, {})


def test_a_stage_not_in_the_policy_is_not_written() -> None:
    lead = replace(ANNA, state=replace(ANNA.state, stage="gone"), written={})
    assert "lifecyclestage" not in showing(lead, write_stage="forward").lead.written


def test_the_last_written_values_are_kept_until_their_echo() -> None:
    """They are needed to recognise their echoes; a value that HubSpot has already causes no
    echo."""
    words_ = tuple(Write(str(n), NOW - minutes(9 - n)) for n in range(3))
    lead = replace(ANNA, written={}, writes={"lifecyclestage": words_})
    standing = replace(lead.state, stage="sal")
    made = showing(replace(lead, state=standing), write_stage="forward")
    stage = Write("salesacceptedlead", NOW)
    assert made.lead.writes["lifecyclestage"] == (*words_[1:], stage)
    shown_already = showing(lead, write_stage="forward")
    assert shown_already.lead.writes["lifecyclestage"] == words_


@pytest.mark.parametrize(
    ("before", "lead", "remembered"),
    [
        pytest.param(Value("OLD", 1), {"reason": "timing"}, ("TIMING",), id="written now"),
        pytest.param(Value("TIMING", 1), {"reason": "timing"}, (), id="written before"),
        pytest.param(Value("OLD", 1), {}, (), id="emptied, as the contact is already"),
    ],
)
def test_a_write_to_a_watched_property_is_remembered(
    before: Value, lead: dict[str, Any], remembered: tuple[str, ...]
) -> None:
    policy = watching("baton_reason")
    known = replace(ANNA, version=7, written={"baton_reason": before}, writes={}, **lead)
    writes = showing(known, world=world(policy, contact())).lead.writes
    assert tuple(one.value for one in writes.get("baton_reason", ())) == remembered


def test_a_write_without_a_text_is_not_remembered() -> None:
    held = Held("sql", "", NOW, ("company",), (), ANNA.clocks[0])
    made = showing(replace(ANNA, held=held), world=world(watching("baton_held_for"), contact()))
    assert made.lead.written["baton_held_for"].since == made.version
    assert "baton_held_for" not in made.lead.writes


def test_an_owned_lead_shows_owner_and_deadlines() -> None:
    assignment = replace(
        owned(ANNA),
        accepted_at=NOW + minutes(1),
        touched_at=NOW + minutes(2),
        touched_in="slack",
        to_start=("later",),
    )
    fields = ANNA.fields | {"country": "Germany", "employees": "5000"}
    lead = emptied(replace(ANNA, assignment=assignment, fields=fields), "baton_later_due")
    values = wanted(lead)
    assert {
        name: values[name]
        for name in (
            "hubspot_owner_id",
            "baton_territory",
            "baton_segment",
            "baton_tier",
            "baton_rule",
            "baton_assigned_at",
            "baton_accepted_at",
            "baton_first_touch_at",
            "baton_first_touch_seen_in",
            "baton_sla_status",
            "baton_accept_due",
            "baton_later_due",
        )
    } == {
        "hubspot_owner_id": "owner-anna",
        "baton_territory": "emea",
        "baton_segment": "enterprise",
        "baton_tier": "hot",
        "baton_rule": "emea-enterprise",
        "baton_assigned_at": iso(NOW),
        "baton_accepted_at": iso(NOW + minutes(1)),
        "baton_first_touch_at": iso(NOW + minutes(2)),
        "baton_first_touch_seen_in": "slack",
        "baton_sla_status": "on_track",
        "baton_accept_due": iso(NOW + minutes(15)),
        "baton_later_due": "",
    }


@pytest.mark.parametrize(
    "name",
    ["baton_accepted_at", "baton_first_touch_at", "baton_first_touch_seen_in"],
)
def test_a_new_owner_empties_the_last_owners_timestamps(name: str) -> None:
    assert name not in wanted(replace(ANNA, written={}))
    assert wanted(emptied(ANNA, name))[name] == ""


def test_an_owner_who_left_the_roster_is_emptied() -> None:
    people = tuple(one for one in POLICY.people if one.id != "anna")
    values = wanted(emptied(ANNA, "hubspot_owner_id"), policy=replace(POLICY, people=people))
    assert values["hubspot_owner_id"] == ""
