"""Backward changes and fights: recognised, answered as the policy says, never looped."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from baton.domain.draft.decision import Decision
from baton.domain.draft.draft import Draft
from baton.domain.lead import Lead, LifecycleState, StageFact, Write
from baton.domain.lifecycle.backward import may_restore
from baton.domain.lifecycle.forward import answer_stage_changes
from baton.domain.lifecycle.stage_history import answer_to, reverse_transition, without_echoes
from baton.domain.policy import Sync
from baton.domain.time import SKEW
from baton.domain.world.effects import CardState, ContactState, NoticeState
from baton.domain.world.events import ClockDue, Deleted, Merged
from baton.domain.world.world import Contact, SeenStage, SeenValue, World
from tests.builders import NOW, after, became, click, decided, hint, kinds, minutes, owned
from tests.scored import DAY, SCORED, person, scored_world, signal, told
from tests.worded import lines, title, words

MQL = "marketingqualifiedlead"
MICROSECOND = timedelta(microseconds=1)
#: How long an echo may be under way, and how far apart two reports of one change are.
ECHO, ROUNDED = 4 * DAY, timedelta(seconds=2)


def history(*seen: tuple[str, float, str], **fields: str) -> Contact:
    """A contact with this stage history: (value, minutes from now, source)."""
    stages = tuple(SeenStage(value, NOW + minutes(at), source) for value, at, source in seen)
    return person(stages, **({"lifecyclestage": seen[-1][0]} | fields))


START = ("lead", -40_000, "FORM")


def handed_off() -> tuple[Lead, World]:
    """A lead that its score moved to MQL, assigned."""
    its_world = scored_world()
    lead: Lead | None = None
    for n in range(4):
        lead, decision = told(lead, signal("pricing_page", NOW - minutes(3 - n)), its_world)
        its_world = after(its_world, decision)
    assert lead is not None
    return lead, its_world


def moved_back(lead: Lead, its_world: World, minute: int, source: str) -> tuple[Lead, Decision]:
    """A system sets the stage back to lead, and HubSpot reports it."""
    seen = [START, (MQL, 0.1, "INTEGRATION"), ("lead", minute, source)]
    at = NOW + minutes(minute)
    its_world = replace(its_world, contact=history(*seen))
    return told(lead, became("lead", at, source=source), its_world, at)


def stage_written(decision: Decision) -> str:
    for effect in decision.effects:
        if isinstance(effect, ContactState) and "lifecyclestage" in effect.properties:
            value = effect.properties["lifecyclestage"]
            if value.since == decision.lead.version:
                return f"{value.value}{' after clearing' if value.clear_first else ''}"
    return ""


def notices(decision: Decision) -> list[NoticeState]:
    return [e for e in decision.effects if isinstance(e, NoticeState)]


@pytest.mark.parametrize(
    ("source", "written", "recorded"),
    [
        pytest.param("IMPORT", f"{MQL} after clearing", ["backward_refused", "restored"],
                     id="an import's is put right"),
        pytest.param("AUTOMATION_PLATFORM", "", ["backward_refused"], id="others' are reported"),
        pytest.param("CRM_UI", "", ["backward_refused"],
                     id="a person's is accepted only where a named way leads"),
    ],
)  # fmt: skip
def test_each_source_gets_the_answer_of_its_policy(
    source: str, written: str, recorded: list[str]
) -> None:
    lead, its_world = handed_off()
    later, decision = moved_back(lead, its_world, 5, source)
    assert later.state.stage == "mql"
    assert stage_written(decision) == written
    assert [o.kind for o in decision.outcomes] == recorded
    assert decision.outcomes[0].what == f"lead:{source}"


@pytest.mark.parametrize(
    ("shown", "written"),
    [
        pytest.param("lead", f"{MQL} after clearing", id="what the import set"),
        pytest.param(MQL, "", id="Baton's own stage: somebody was faster"),
        pytest.param("salesqualifiedlead", "", id="another stage, whose news is on its way"),
        pytest.param("evangelist", "", id="a value that the policy does not know"),
        pytest.param("", "", id="none: somebody is just setting it"),
    ],
)
def test_an_import_is_restored_while_hubspot_still_shows_its_value(
    shown: str, written: str
) -> None:
    lead, its_world = handed_off()
    seen = [START, (MQL, 0.1, "INTEGRATION"), ("lead", 5, "IMPORT")]
    its_world = replace(its_world, contact=history(*seen, lifecyclestage=shown))
    at = NOW + minutes(6)
    later, decision = told(lead, became("lead", NOW + minutes(5), source="IMPORT"), its_world, at)
    assert later.state.stage == "mql"
    assert stage_written(decision) == written
    assert ("restored" in kinds(decision)) == bool(written)
    assert ("lifecyclestage" in later.restored) == bool(written), "one put right less is left"


BACK = StageFact(NOW, "lead", source="IMPORT")


def drafted(answer: str, source: str = "IMPORT", **lead: Any) -> Draft:
    """Someone has set the lead back, in HubSpot too; the policy has one *answer* for all."""
    known, its_world = handed_off()
    policy = replace(SCORED, lifecycle=replace(SCORED.lifecycle, backward={"*": answer}))
    made = Draft(replace(known, **lead), hint("stage"), replace(its_world, policy=policy), NOW)
    refused = (replace(BACK, source=source),)
    made.change(state=replace(made.lead.state, refused=refused))
    return made


@pytest.mark.parametrize(
    ("answer", "source", "level", "said"),
    [
        pytest.param("report", "IMPORT", "info", "IMPORT set Lead; Baton does not follow.",
                     id="reported: by its source"),
        pytest.param("report", "", "info", "an unnamed source set Lead; Baton does not follow.",
                     id="reported: by a source without a name"),
        pytest.param("report", "CRM_UI", "info",
                     "Somebody in HubSpot set Lead; Baton does not follow.",
                     id="reported: by a person"),
        pytest.param("ask", "IMPORT", "warning", "IMPORT set Lead; Baton keeps MQL.", id="asked"),
        pytest.param("accept", "IMPORT", "", "", id="accepted: no named way leads there"),
        pytest.param("restore", "IMPORT", "", "", id="restored: somebody was faster"),
    ],
)  # fmt: skip
def test_revops_is_told_of_a_backward_move_by_the_answer(
    answer: str, source: str, level: str, said: str
) -> None:
    made = drafted(answer, source)
    answer_stage_changes(made, history((MQL, 0.1, "INTEGRATION")))
    told_of = [e for e in made.effects.values() if isinstance(e, NoticeState)]
    assert [(e.to, e.level) for e in told_of] == ([("#revops", level)] if level else [])
    assert [lines(e)[0] for e in told_of] == ([said] if said else [])
    assert all(title(e) == "Ada Example was moved back in HubSpot" for e in told_of)


@pytest.mark.parametrize(
    ("lead", "kept", "meant"),
    [
        pytest.param({}, "MQL", "the owner can reject the lead with a reason", id="somebody's"),
        pytest.param({"assignment": None, "clocks": ()}, "MQL",
                     "let the policy accept it as a reverse transition", id="nobody's"),
        pytest.param({"state": LifecycleState("gone", NOW)}, "gone",
                     "the owner can reject the lead with a reason",
                     id="in a stage that the policy has dropped"),
    ],
)  # fmt: skip
def test_a_question_about_a_backward_move_says_what_to_do(
    lead: dict[str, Any], kept: str, meant: str
) -> None:
    made = drafted("ask", **lead)
    answer_stage_changes(made, history(("lead", 0.1, "IMPORT")))
    (notice,) = (e for e in made.effects.values() if isinstance(e, NoticeState))
    assert lines(notice) == (
        f"IMPORT set Lead; Baton keeps {kept}.",
        f"If intended, {meant}.",
        f"If not, set the stage back to {kept} in HubSpot.",
    )


def test_without_an_answer_a_backward_move_is_reported() -> None:
    silent = replace(SCORED, lifecycle=replace(SCORED.lifecycle, backward={"import": "ask"}))
    assert answer_to(silent, "IMPORT") == "ask"
    assert answer_to(silent, "FORM") == "report"


@pytest.mark.parametrize(
    ("most", "before", "since", "why"),
    [
        pytest.param(2, (NOW - 2 * DAY, NOW - DAY), "2026-03-01T08:00:00Z",
                     "Baton has restored it 2 times in 30 days and now leaves it.", id="often"),
        pytest.param(0, (), "never", "The policy does not let Baton restore it.", id="never"),
    ],
)  # fmt: skip
def test_the_notice_of_a_fight_says_how_often_baton_restored(
    most: int, before: tuple[datetime, ...], since: str, why: str
) -> None:
    made = drafted("restore", restored={"hs_lead_status": before})
    lifecycle = replace(made.policy.lifecycle, restore_at_most=most)
    made.policy = replace(made.policy, lifecycle=lifecycle)
    assert not may_restore(made, "hs_lead_status", "IMPORT")
    (notice,) = (e for e in made.effects.values() if isinstance(e, NoticeState))
    assert (notice.slot, notice.level) == (f"notice:fight:hs_lead_status:{since}", "warning")
    assert lines(notice)[0] == why
    assert made.lead.restored == {"hs_lead_status": before}


def test_a_backward_move_is_answered_once() -> None:
    """The webhook is repeated, and so is the hint that follows our own write."""
    lead, its_world = handed_off()
    lead, _ = moved_back(lead, its_world, 5, "IMPORT")
    again, decision = moved_back(lead, its_world, 5, "IMPORT")
    assert stage_written(decision) == ""
    assert again.restored == lead.restored


def test_two_automations_fighting_end_in_a_notice_and_not_in_a_loop() -> None:
    lead, its_world = handed_off()
    written = []
    for n in range(1, 6):
        seen = [START, (MQL, 0.1, "INTEGRATION")]
        for past in range(1, n):
            seen += [("lead", past * 60, "IMPORT"), (MQL, past * 60 + 0.1, "INTEGRATION")]
        seen.append(("lead", n * 60, "IMPORT"))
        at = NOW + minutes(n * 60)
        its_world = replace(its_world, contact=history(*seen))
        lead, decision = told(lead, became("lead", at, source="IMPORT"), its_world, at)
        written.append(bool(stage_written(decision)))
        fights = [n for n in notices(decision) if "fight" in n.slot]
        assert bool(fights) == (not written[-1])
    assert written == [True, True, False, False, False]
    assert lead.state.stage == "mql"
    assert fights[0].to == "#revops"
    assert "IMPORT and Baton do not agree on lifecyclestage" in title(fights[0])


@pytest.mark.parametrize(
    ("minute", "written"),
    [
        pytest.param(30 * 24 * 60 + 4, "", id="the first is not a month ago"),
        pytest.param(30 * 24 * 60 + 5, f"{MQL} after clearing", id="it is, to the minute"),
    ],
)
def test_after_a_month_a_stage_may_be_restored_again(minute: int, written: str) -> None:
    lead, its_world = handed_off()
    for n in range(2):
        lead, _ = moved_back(lead, its_world, 5 + n, "IMPORT")
    _, decision = moved_back(lead, its_world, minute, "IMPORT")
    assert stage_written(decision) == written


# --- echoes


def fact(stage: str, minute: float, source: str = "INTEGRATION") -> StageFact:
    return StageFact(NOW + minutes(minute), stage, source=source)


KNOWN = (fact("mql", -10, "baton"),)


@pytest.mark.parametrize(
    ("seen", "news"),
    [
        pytest.param([fact("mql", 1)], 0, id="an echo"),
        pytest.param([fact("mql", 3 * 24 * 60)], 0, id="an echo held up by an outage for 3 days"),
        pytest.param([fact("mql", 6 * 24 * 60)], 1, id="6 days later it is somebody else's"),
        pytest.param([fact("mql", 1, "CRM_UI")], 1, id="what a person did is never an echo"),
        pytest.param([fact("mql", 1), fact("mql", 2)], 1, id="one write has one echo"),
        pytest.param([fact("mql", 1), fact("mql", 1.01)], 0, id="the webhook and the history"),
        pytest.param([fact("sal", 1)], 1, id="another value"),
        pytest.param([fact("mql", -30)], 1, id="from before the write"),
    ],
)
def test_echoes(seen: list[StageFact], news: int) -> None:
    found, writes = without_echoes(SCORED, seen, (Write(MQL, NOW),), KNOWN)
    assert len(found) == news
    again, same = without_echoes(SCORED, seen, writes, KNOWN)
    assert (len(again), same) == (news, writes)


@pytest.mark.parametrize(
    ("after_the_write", "news"),
    [
        pytest.param(-SKEW - MICROSECOND, 1, id="clocks do not differ by so much"),
        pytest.param(-SKEW, 0, id="clocks differ by exactly so much"),
        pytest.param(ECHO, 0, id="at the very end of four days"),
        pytest.param(ECHO + MICROSECOND, 1, id="beyond it"),
    ],
)
def test_an_echo_comes_within_its_time(after_the_write: timedelta, news: int) -> None:
    seen = StageFact(NOW + after_the_write, "mql", source="INTEGRATION")
    found, _ = without_echoes(SCORED, [seen], (Write(MQL, NOW),), KNOWN)
    assert len(found) == news


@pytest.mark.parametrize(
    ("later", "news"),
    [
        pytest.param(ROUNDED, 0, id="exactly as far apart as rounding puts them"),
        pytest.param(ROUNDED + MICROSECOND, 1, id="further apart"),
    ],
)
def test_two_reports_close_together_are_one_echo(later: timedelta, news: int) -> None:
    first = NOW + minutes(1)
    seen = [StageFact(at, "mql", source="INTEGRATION") for at in (first, first + later)]
    found, _ = without_echoes(SCORED, seen, (Write(MQL, NOW),), KNOWN)
    assert len(found) == news


def test_a_value_seen_at_the_instant_of_the_entry_is_its_echo() -> None:
    entered = (StageFact(NOW, "mql", source="baton"),)
    seen = StageFact(NOW, "mql", source="INTEGRATION")
    found, writes = without_echoes(SCORED, [seen], (Write(MQL, NOW),), entered)
    assert (found, writes) == ([], (Write(MQL, NOW, seen=NOW),))


def test_clear_and_set_comes_back_as_one_echo() -> None:
    """Restoring clears the stage and sets it: HubSpot's history shows an empty value and ours."""
    lead, its_world = handed_off()
    lead, _ = moved_back(lead, its_world, 5, "IMPORT")
    shown = history(
        START, (MQL, 0.1, "INTEGRATION"), ("lead", 5, "IMPORT"), (MQL, 5.2, "INTEGRATION")
    )
    at = NOW + minutes(6)
    event = became(MQL, NOW + minutes(5.2), source="INTEGRATION")
    echoed, decision = told(lead, event, replace(its_world, contact=shown), at)
    assert kinds(decision) == []
    assert echoed.state.times["mql"].count == 1


# --- accepted: a reverse transition


def accepted_lead() -> tuple[Lead, World]:
    lead, its_world = handed_off()
    user = SCORED.person[owned(lead).person].slack_user
    at = NOW + minutes(1)
    lead, decision = told(lead, click("accept", at, user), its_world, at)
    return lead, after(its_world, decision)


def test_a_person_who_moves_a_lead_to_a_side_stage_is_followed() -> None:
    lead, its_world = accepted_lead()
    at = NOW + minutes(60)
    found = history(START, (MQL, 0.1, "INTEGRATION"), ("recycled", 60, "CRM_UI"))
    event = became("recycled", at, source="CRM_UI")
    done, decision = told(lead, event, replace(its_world, contact=found), at)
    assert (done.state.stage, done.assignment) == ("recycled", None)
    assert (done.reason, done.track) == ("timing", "timing")
    assert done.state.rounds == 1
    assert kinds(decision) == ["stage_moved", "recycled"]
    (card,) = [e for e in decision.effects if isinstance(e, CardState)]
    assert words(card.note) == "Moved to Recycled in HubSpot"
    assert stage_written(decision) == "", "HubSpot has it already"


def test_an_import_that_moves_a_lead_to_a_side_stage_is_restored() -> None:
    lead, its_world = accepted_lead()
    at = NOW + minutes(60)
    found = history(START, (MQL, 0.1, "INTEGRATION"), ("recycled", 60, "IMPORT"))
    event = became("recycled", at, source="IMPORT")
    kept, decision = told(lead, event, replace(its_world, contact=found), at)
    assert (kept.state.stage, owned(kept).number) == ("sal", 1)
    assert stage_written(decision) == "salesacceptedlead after clearing"


def test_a_backward_transition_is_allowed_for_the_sources_it_names() -> None:
    assert reverse_transition(SCORED, "sql", "sal", "CRM_UI") is not None
    assert reverse_transition(SCORED, "sql", "sal", "AUTOMATION_PLATFORM") is None
    assert reverse_transition(SCORED, "sql", "mql", "CRM_UI") is None
    assert reverse_transition(SCORED, "mql", "sal", "CRM_UI") is None, "a way forward is none"


# --- who wins a property


def status(value: str, minute: float, source: str) -> dict[str, SeenValue]:
    return {"hs_lead_status": SeenValue(value, NOW + minutes(minute), source)}


def seen_in_hubspot(
    lead: Lead, its_world: World, changes: dict[str, SeenValue], at: datetime
) -> tuple[Lead, Decision]:
    found = replace(person(), changes=changes)
    return told(lead, hint("status", at), replace(its_world, contact=found), at)


def test_where_baton_wins_its_value_is_written_again() -> None:
    lead, its_world = accepted_lead()
    at = NOW + minutes(20)
    later, decision = seen_in_hubspot(lead, its_world, status("BAD", 19, "CRM_UI"), at)
    assert kinds(decision) == ["drifted", "restored"]
    (effect,) = [e for e in decision.effects if isinstance(e, ContactState)]
    assert effect.properties["hs_lead_status"].value == "NEW"
    assert effect.properties["hs_lead_status"].since == later.version
    _, quiet = seen_in_hubspot(later, its_world, status("BAD", 19, "CRM_UI"), at)
    assert kinds(quiet) == [], "the write is on its way"


SLA = "baton_sla_status"


def where_the_crm_wins_the_sla_status() -> tuple[Lead, World]:
    lead, its_world = accepted_lead()
    lifecycle = replace(SCORED.lifecycle, sync=(Sync(SLA, "crm"),))
    lead = replace(lead, writes=lead.writes | {SLA: (Write("on_track", NOW),)})
    return lead, replace(its_world, policy=replace(SCORED, lifecycle=lifecycle))


def test_where_the_crm_wins_baton_yields() -> None:
    lead, its_world = where_the_crm_wins_the_sla_status()
    found = {SLA: SeenValue("fine", NOW + minutes(19), "CRM_UI", "userId:7")}
    at = NOW + minutes(20)
    later, decision = seen_in_hubspot(lead, its_world, found, at)
    assert kinds(decision) == ["drifted"]
    assert decision.outcomes[0].by == "userId:7"
    assert later.yielded == {SLA: "fine"}
    user = SCORED.person[owned(lead).person].slack_user
    at += minutes(5)
    done, decision = told(later, click("reject", at, user, reason="timing"), its_world, at)
    (effect,) = [e for e in decision.effects if isinstance(e, ContactState)]
    assert effect.properties[SLA].since <= lead.version
    assert done.written["baton_reason"].value == "TIMING"


def test_where_the_crm_wins_marketing_does_not() -> None:
    lead, its_world = where_the_crm_wins_the_sla_status()
    found = {SLA: SeenValue("fine", NOW + minutes(19), "AUTOMATION_PLATFORM")}
    _, decision = seen_in_hubspot(lead, its_world, found, NOW + minutes(20))
    assert kinds(decision) == ["drifted", "restored"]


def test_the_winner_is_decided_by_the_stage() -> None:
    """hs_lead_status: the CRM wins from SQL on, Baton before."""
    lead, its_world = accepted_lead()
    sql = replace(lead, state=replace(lead.state, stage="sql"))
    found = replace(person(lifecyclestage="salesqualifiedlead"), changes=status("X", 19, "CRM_UI"))
    found = replace(found, stages=(*found.stages, SeenStage("salesqualifiedlead", NOW, "CRM_UI")))
    at = NOW + minutes(20)
    later, _ = told(sql, hint("status", at), replace(its_world, contact=found), at)
    assert later.yielded == {"hs_lead_status": "X"}


def test_an_older_value_is_not_drift() -> None:
    """HubSpot still shows what was there before Baton's write arrived."""
    lead, its_world = accepted_lead()
    _, decision = seen_in_hubspot(lead, its_world, status("OLD", -60, "CRM_UI"), NOW + minutes(20))
    assert kinds(decision) == []


@pytest.mark.parametrize(
    ("value", "seen_at", "drifts"),
    [
        pytest.param("OLD", NOW, False, id="set at the very instant of Baton's last word"),
        pytest.param("OLD", NOW + MICROSECOND, True, id="set right after it"),
        pytest.param("WAS", NOW + ECHO, False, id="an earlier word, late to the very end"),
        pytest.param("WAS", NOW + ECHO + MICROSECOND, True, id="later than any word comes"),
    ],
)
def test_drift_is_a_value_newer_than_batons_last_write(
    value: str, seen_at: datetime, drifts: bool
) -> None:
    lead, its_world = accepted_lead()
    words = (Write("WAS", NOW - minutes(1)), Write("NEW", NOW))
    lead = replace(lead, writes=lead.writes | {"hs_lead_status": words})
    found = {"hs_lead_status": SeenValue(value, seen_at, "INTEGRATION")}
    _, decision = seen_in_hubspot(lead, its_world, found, max(seen_at, NOW + minutes(20)))
    assert ("drifted" in kinds(decision)) == drifts


def test_agreement_ends_the_yielding() -> None:
    lead, its_world = accepted_lead()
    lead = replace(lead, yielded={"hs_lead_status": "X"})
    later, _ = seen_in_hubspot(lead, its_world, status("NEW", 5, "CRM_UI"), NOW + minutes(20))
    assert later.yielded == {}


# --- edge cases


def test_re_entering_mql_after_recycling_keeps_both_timestamps_right() -> None:
    lead, its_world = accepted_lead()
    user = SCORED.person[owned(lead).person].slack_user
    first = lead.state.times["mql"].first
    at = NOW + minutes(30)
    lead, decision = told(lead, click("reject", at, user, reason="timing"), its_world, at)
    its_world = after(its_world, decision)
    found = history(START, (MQL, 0.1, "INTEGRATION"), ("recycled", 30.1, "INTEGRATION"))
    its_world = replace(its_world, contact=found)
    back = NOW + 61 * DAY
    for n in range(4):
        lead, decision = told(lead, signal("pricing_page", back + minutes(n)), its_world,
                              back + minutes(n))  # fmt: skip
    mql = lead.state.times["mql"]
    assert (mql.first, mql.last, mql.count) == (first, back + minutes(3), 2)
    assert mql.spent == minutes(1)
    assert lead.state.times["recycled"].spent == back + minutes(3) - at
    (effect,) = [e for e in decision.effects if isinstance(e, ContactState)]
    assert effect.properties["baton_times_entered_mql"].value == "2"


def test_a_merge_of_two_contacts_with_different_stages() -> None:
    """HubSpot keeps the later stage: the merged lead frees its owner, the other continues."""
    lead, its_world = accepted_lead()
    holder = owned(lead).person
    gone, decision = told(
        lead, Merged(id="m", lead_id="101", at=NOW + minutes(9), into="202"), its_world,
        NOW + minutes(9),
    )  # fmt: skip
    assert (gone.assignment, gone.wake_at, gone.stale_at) == (None, None, None)
    assert [load.person for load in decision.loads] == [holder]
    (card,) = [e for e in decision.effects if isinstance(e, CardState)]
    assert (card.state, words(card.note)) == ("closed", "Merged into contact 202")
    assert not any(isinstance(e, ContactState) for e in decision.effects)
    # The history of the surviving contact has both stage histories, in any order.
    both = Contact(
        "202",
        person().properties | {"lifecyclestage": "salesqualifiedlead", "baton_budget": "1"},
        (
            SeenStage("lead", NOW - 30 * DAY, "FORM"),
            SeenStage(MQL, NOW, "INTEGRATION"),
            SeenStage("salesqualifiedlead", NOW - DAY, "CRM_UI"),
        ),
    )
    survivor = decided(
        None, hint("stage", NOW + minutes(9), lead_id="202"), replace(its_world, contact=both),
        NOW + minutes(9),
    ).lead  # fmt: skip
    assert survivor.state.stage == "sql"
    assert survivor.assignment is None


def test_merged_twice_is_merged_once() -> None:
    lead, its_world = accepted_lead()
    event = Merged(id="m", lead_id="101", at=NOW, into="202")
    gone, decision = told(lead, event, its_world)
    _, again = told(gone, replace(event, id="m2"), after(its_world, decision))
    assert not again.changed


def test_a_contact_deleted_in_between() -> None:
    """The owner is freed whether an event reports the deletion, or Baton notices it when it reads
    the contact."""
    lead, its_world = accepted_lead()
    at = NOW + minutes(9)
    for event in (Deleted(id="x", lead_id="101", at=at), hint("stage", at)):
        unread = replace(its_world, contact=None, contact_gone=True)
        gone, decision = told(lead, event, unread, at)
        assert gone.assignment is None
        assert gone.gone
        assert kinds(decision) == ["gone"]
    told_of = told(lead, Deleted(id="x", lead_id="101", at=at), its_world, at)[0]
    assert (told_of.fields, told_of.evidence) == ({}, ())


def test_a_hold_of_a_deleted_contact_ends() -> None:
    lead: Lead | None = None
    for n in range(4):
        lead, _ = told(lead, signal("pricing_page", NOW - minutes(n)),
                       scored_world(person(industry="")))  # fmt: skip
    assert lead is not None
    assert lead.held is not None
    gone, _ = told(lead, Deleted(id="x", lead_id="101", at=NOW), scored_world())
    assert (gone.held, gone.wake_at, gone.stale_at) == (None, None, None)


@pytest.mark.parametrize("forgotten", ["lead", "mql"])
def test_a_hold_whose_stage_is_not_in_the_policy_any_more(forgotten: str) -> None:
    """Whether the lead is in that stage or held before it, its hold times out."""
    lead: Lead | None = None
    its_world = scored_world(person(industry=""))
    for n in range(4):
        lead, _ = told(lead, signal("pricing_page", NOW - minutes(n)), its_world)
    assert lead is not None
    stages = tuple(s for s in SCORED.lifecycle.stages if s.id != forgotten)
    without = replace(SCORED.lifecycle, stages=stages, initial="sal", handoff="sal")
    its_world = replace(its_world, policy=replace(SCORED, lifecycle=without))
    at = NOW + 2 * DAY
    assert lead.wake_at == at
    later, _ = told(lead, ClockDue(id="w", lead_id="101", at=at), its_world, at)
    assert later.held is None


# --- skipping


def test_stages_that_are_skipped_are_filled_in() -> None:
    found = history(START, ("salesqualifiedlead", 0, "CRM_UI"))
    lead = decided(None, became("salesqualifiedlead", NOW), scored_world(found)).lead
    times = lead.state.times
    assert [*times] == ["lead", "mql", "sal", "sql"]
    assert times["mql"].filled
    assert (times["mql"].first, times["mql"].spent) == (NOW, timedelta())
    assert not times["sql"].filled


def test_stages_that_are_skipped_can_be_left_blank() -> None:
    policy = replace(SCORED, lifecycle=replace(SCORED.lifecycle, skipped="blank"))
    found = history(START, ("salesqualifiedlead", 0, "CRM_UI"))
    its_world = replace(scored_world(found), policy=policy)
    lead = decided(None, became("salesqualifiedlead", NOW), its_world).lead
    assert [*lead.state.times] == ["lead", "sql"]


# --- which sighting is an echo

SAL = "salesacceptedlead"


def sighting(stage: str, after: timedelta = timedelta(), source: str = "integration") -> StageFact:
    return StageFact(NOW + after, stage, source=source)


@pytest.mark.parametrize(
    ("known", "echo"),
    [
        pytest.param((sighting("sal"),), True, id="it is known to have entered"),
        pytest.param((sighting("mql"), sighting("sal"), sighting("sql")), True, id="among others"),
        pytest.param((sighting("sal", 2 * MICROSECOND),), False, id="it enters only later"),
        pytest.param((sighting("mql"),), False, id="it entered another stage"),
        pytest.param((), False, id="nothing is known"),
    ],
)
def test_an_echo_needs_a_known_entry(known: tuple[StageFact, ...], echo: bool) -> None:
    seen = sighting("sal", MICROSECOND)
    news, writes = without_echoes(SCORED, [seen], (Write(SAL, NOW),), known)
    assert news == ([] if echo else [seen])
    assert writes == (Write(SAL, NOW, seen.at if echo else None),)


def test_after_the_echo_of_a_write_no_earlier_echo_is_expected() -> None:
    first, second, third = (Write(value, NOW) for value in (MQL, SAL, "salesqualifiedlead"))
    shown = replace(first, seen=NOW - minutes(1))
    known = (sighting("mql"), sighting("sal"))
    at = timedelta(minutes=1)
    _, writes = without_echoes(SCORED, [sighting("sal", at)], (shown, first, second, third), known)
    assert [one.seen for one in writes] == [NOW - minutes(1), NOW + at, NOW + at, None]
