"""Stored data still has the same meaning: the contents of sets compared with expected values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from baton.adapters.aws.outbox import decode_effect
from baton.domain.lead import Clock, KnownDeal, Lead, LifecycleState, PastAssignment
from baton.domain.world.effects import ContactState, TaskState
from baton.domain.world.world import Away, Load
from baton.presentation.slack import render
from tests.builders import owned
from tests.fakes.effects import notice_state
from tests.kept.reading import QUESTIONS, Kept, since_questions
from tests.kept.rig import Rig
from tests.worded import all_words, words


def at(time: str, day: str = "2026-03-03") -> datetime:
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=UTC)


def clock(lead: Lead, target: str) -> Clock:
    return next(one for one in lead.clocks if one.target == target)


# --- leads


def test_a_ladder_with_some_rungs_done(rig: Rig) -> None:
    lead = rig.lead("101")
    assert (owned(lead).person, owned(lead).number, owned(lead).tier) == ("ben", 1, "hot")
    assert (lead.state.stage, lead.state.since) == ("mql", at("08:00"))
    accept = clock(lead, "accept")
    assert (accept.due_at, accept.climbed, accept.running) == (at("08:15"), 2, True)
    rungs = [(rung.kind, rung.to, rung.at) for rung in accept.ladder]
    assert rungs == [
        ("warn", "owner", at("08:07:30")),
        ("breach", "owner", at("08:15")),
        ("escalate", "manager", at("08:25")),
        ("pull_back", "owner", at("08:35")),
    ]
    assert lead.wake_at == at("08:25")
    assert lead.fields["company"] == "Acme"
    assert lead.written["hubspot_owner_id"].value == "owner-ben"


def test_an_accepted_and_touched_lead(rig: Rig) -> None:
    lead = rig.lead("102")
    assert owned(lead).accepted_at == at("08:16")
    assert clock(lead, "accept").stopped_at == at("08:16")
    assert clock(lead, "first_touch").due_at == at("09:45"), "by the policy it was applied to"
    lead = rig.lead("103")
    assert (owned(lead).touched_at, owned(lead).touched_in) == (at("08:21"), "slack")
    touch = clock(lead, "first_touch")
    assert (touch.stopped_at, touch.stopped_by) == (at("08:21"), "touch")
    assert touch.pauses == ((at("08:19"), at("08:20")),)


def test_snoozed_leads_and_paused_clocks(rig: Rig) -> None:
    lead = rig.lead("105")
    assert owned(lead).snoozed_until == at("08:23", "2026-03-04") == lead.wake_at
    assert not owned(lead).counts
    lead = rig.lead("106")
    touch = clock(lead, "first_touch")
    assert (touch.paused_at, touch.paused_for) == (at("08:26"), ("waiting", "legal"))
    assert lead.wake_at is None
    lead = rig.lead("107")
    reply = clock(lead, "reply")
    assert (reply.stopped_by, reply.calendar, reply.ends_as) == ("condition", "berlin", "overdue")
    assert owned(lead).to_start == ("first_touch",)


def test_held_leads(rig: Rig) -> None:
    held = rig.lead("108").held
    assert held is not None
    assert (held.stage, held.missing) == ("mql", ("industry", "email/phone"))
    assert held.clock.due_at == at("08:28", "2026-03-05")
    asked = rig.lead("109").held
    assert asked is not None
    assert (asked.stage, asked.move, asked.asked) == ("sql", "confirm", True)
    told = rig.lead("123").held
    assert told is not None
    assert (told.told, all_words(told.unmet)) == (2, ("qualified is false, not true",))
    assert rig.lead("127").flagged == ("industry",)


def test_leads_in_the_queue(rig: Rig) -> None:
    waiting = rig.lead("112").waiting
    assert waiting is not None
    assert (waiting.pool, waiting.handoff, waiting.heat) == ("desk", "mql", 0)
    assert (waiting.clock.due_at, waiting.clock.climbed) == (at("12:33"), 1)
    assert waiting.look_at == at("10:33")
    assert [place.lead for place in rig.leads.queue("desk")] == ["112", "113"]
    assert rig.leads.first_waiting(["desk"]) == {"desk": "112"}
    assert rig.leads.queue("desk")[1].until == at("12:34")


def test_closed_leads(rig: Rig) -> None:
    lead = rig.lead("114")
    assert (lead.state.stage, lead.reason, lead.track) == ("recycled", "timing", "timing")
    assert lead.cool_until == at("09:34", "2026-05-02")
    assert lead.past == (PastAssignment("ben", 1, at("09:33"), at("09:34"), "rejected"),)
    assert words(rig.lead("116").gone) == "Deleted in HubSpot"
    assert rig.lead("128").reason == "no_response"


def test_former_and_present_owners(rig: Rig) -> None:
    lead = rig.lead("118")
    assert [held_by.person for held_by in lead.past] == ["anna", "ben"]
    assert (owned(lead).person, owned(lead).number, owned(lead).rule) == ("cleo", 3, "by-hand")
    lead = rig.lead("120")
    assert (owned(lead).person, owned(lead).handoff, lead.round_from) == ("cora", "sql", 1)
    assert owned(rig.lead("121")).counts_in_pool


def test_restored_and_yielded_properties(kept: Kept, rig: Rig) -> None:
    lead = rig.lead("122")
    if kept.name < QUESTIONS:
        assert lead.yielded == {"hubspot_owner_id": "owner-pia"}
    else:
        # A person who sets another owner of the roster in HubSpot reassigns the lead.
        assert (owned(lead).person, owned(lead).rule, lead.yielded) == ("pia", "by-hand", {})
    assert lead.restored == {"hs_lead_status": (at("09:44"),), "lifecyclestage": (at("09:46"),)}
    (back,) = lead.writes["lifecyclestage"]
    assert (back.value, back.at, back.seen) == ("marketingqualifiedlead", at("09:46"), None)
    assert lead.written["lifecyclestage"].clear_first


def test_folded_facts_are_in_the_base(rig: Rig) -> None:
    lead = rig.lead("123")
    assert (lead.base.stage, lead.base.rounds, len(lead.base.refused)) == ("mql", 1, 8)
    assert lead.base.times["lead"].spent == timedelta(days=28)
    assert lead.base.times["mql"].filled
    assert lead.base.times["mql"].count == 2
    assert len(lead.facts) == 32
    assert lead.base != LifecycleState() != lead.state


def test_evidence_of_signals_and_deals(rig: Rig) -> None:
    lead = rig.lead("124")
    assert [(sign.kind, sign.what) for sign in lead.evidence] == [
        ("pricing_page", "analytics"),
        ("trial", "analytics"),
        ("deal_created", "Q-1"),
        ("deal_lost", "Q-1"),
        ("deal_won", "Q-1"),
        ("pricing_page", "analytics"),
    ]


def test_deferred_notices(rig: Rig) -> None:
    first, second = rig.lead("125").deferred
    assert (first.rung.kind, first.rung.to, second.rung.to) == ("breach", "owner", "manager")
    assert first.at == second.at == at("08:00", "2026-03-04")
    assert (first.person, first.target, first.due_at) == ("anna", "call", at("21:46"))
    (left,) = rig.lead("126").deferred
    assert (left.number, left.rung.to) == (1, "manager"), "of the owner who has it no more"


@since_questions
def test_owners_who_are_not_there(rig: Rig) -> None:
    waits = owned(rig.lead("134"))
    assert (waits.person, waits.snoozed_at, waits.counts) == ("uma", at("10:19"), False)
    assert (waits.snoozed_until, waits.returns_by) == (at("10:34"), at("13:19"))
    assert waits.leave_at == datetime(2026, 4, 1, tzinfo=UTC)
    covering = owned(rig.lead("135"))
    assert (covering.person, covering.rule, covering.covers) == ("vera", "cover", "uma")
    assert covering.return_at is not None
    assert [(one.person, one.ended) for one in rig.lead("135").past] == [("uma", "taken_back")]
    _, loads = rig.leads.world([], ["uma"])
    assert (loads["uma"].drained, loads["uma"].drained_at) == (1, at("09:52"))


@since_questions
def test_first_touches_by_others(rig: Rig) -> None:
    called = owned(rig.lead("136"))
    assert (called.person, called.touched_in, called.touched_by) == ("vera", "hubspot", "wim")
    said = owned(rig.lead("138"))
    assert (said.person, said.touched_in, said.handoff) == ("carl", "status", "sql")
    assert rig.lead("137").reason == "spam"
    assert rig.lead("139").yielded == {"hubspot_owner_id": "owner-queue"}
    turns, _ = rig.leads.world(["closers"], [])
    assert turns["closers"].served == {"carl": 1}


@since_questions
def test_a_merged_lead_goes_on(rig: Rig) -> None:
    lead, merged = rig.lead("140"), rig.lead("141")
    assert (lead.absorbed, lead.state.stage) == (("141",), "sal")
    assert (owned(lead).person, owned(lead).number) == ("vera", 2)
    assert owned(lead).accepted_at is not None
    assert words(merged.gone) == "Merged into contact 140"
    assert merged.assignment is None


@since_questions
def test_questions_about_what_others_did(rig: Rig) -> None:
    asked = {
        lead_id: (one.kind, one.kept, one.to, one.source)
        for lead_id in ("142", "143", "145", "146", "148")
        for one in rig.lead(lead_id).questions
    }
    assert asked == {
        "142": ("forward", "mql", "sql", "IMPORT"),
        "143": ("hold", "mql", "sql", "FORMS"),
        "145": ("backward", "sal", "lead", "IMPORT"),
        "146": ("rest", "recycled", "mql", "AUTOMATION_PLATFORM"),
        "148": ("loop", "lead", "recycled", "baton"),
    }
    assert rig.lead("142").questions[0].source_id == "58113"
    (followed,) = rig.lead("144").state.tolerated
    assert (followed.stage, followed.source) == ("sql", "API")
    assert rig.lead("146").state.rests_until == at("10:30", "2026-05-02")
    assert rig.lead("147").facts[-1].raised
    assert rig.lead("149").deals == {"Q-2": KnownDeal(at("10:32"), "lost", answered=True)}


# --- people, pools, policies


def test_loads_and_turns(kept: Kept, rig: Rig) -> None:
    turns, loads = rig.leads.world(
        ["desk", "partners", "enterprise"], ["anna", "ben", "dan", "kim"]
    )
    # Since then Anna's 122 went to Pia, whom a person set as its owner.
    carried, version = (8, 20) if kept.name < QUESTIONS else (7, 21)
    assert loads["anna"] == Load("anna", carried, "2026-03-03", 13, version, "2026-W10", 13)
    assert loads["ben"].away == Away(at("09:42"), at("23:00", "2026-03-04"), "slack")
    assert loads["dan"].refused == Away(at("09:37"), None, "hubspot")
    assert loads["kim"].away is not None
    assert not loads["kim"].away.holds(at("09:43")), "she is back"
    assert turns["desk"].waiting == 2
    assert turns["partners"].load.open == 1
    enterprise = turns["enterprise"]
    assert (enterprise.credit["ben"], enterprise.leave["ben"]) == (0.5, 2.0)
    assert enterprise.paid_on["ben"] == "2025-11-26"
    assert [entry.change.by for entry in rig.people.trail("kim")] == ["RevOps", ""]


def test_policies(kept: Kept, rig: Rig) -> None:
    active = rig.policies.active(rig.now)
    assert (active.version, active.company, len(active.lifecycle.stages)) == ("2", "Example", 7)
    assert active.tiers[0].targets[0].within == timedelta(minutes=15)
    third = rig.policies.get(3)
    assert third.tiers[0].targets[1].within == timedelta(minutes=90)
    *later, tried, _, _ = rig.policies.versions()
    assert (tried.version, tried.active, tried.forced) == (3, False, ("stage:mql",))
    assert (tried.note, tried.published_at) == ("tried", at("09:40"))
    # A journey for each answer to triggers needed two more policies.
    assert [one.version for one in later] == ([] if kept.name < QUESTIONS else [5, 4])


@since_questions
def test_policies_that_ask_triggers(rig: Rig) -> None:
    strict, asking = rig.policies.get(4), rig.policies.get(5)
    assert (strict.early, asking.early, rig.policies.get(2).early) == ("hold", "ask", "")
    assert strict.lifecycle.forward["import"] == "ask"
    assert strict.transition["win"].otherwise == "hold"
    assert (strict.attendance.leave_begins, strict.attendance.told_within) == (
        "cover",
        timedelta(minutes=10),
    )
    assert strict.tier["hot"].told_within == timedelta(minutes=5)
    assert strict.by_hand.unknown == "put_back"
    assert strict.calendars["berlin"].week_starts == 6
    assert (strict.touches.by, asking.touches.by) == ("team", "roster")


def test_records_of_the_history(rig: Rig) -> None:
    kinds = [[one.kind for one in record.outcomes] for record in rig.leads.history("101")]
    assert kinds == [["stage_moved", "assigned"], ["warned"], ["breached"]]
    (breached,) = rig.leads.history("101")[2].outcomes
    assert (breached.person, breached.what, breached.due_at) == ("ben", "accept", at("08:15"))
    first = rig.leads.history("101")[0]
    assert (first.policy, first.considered[0].pool) == ("2", "enterprise")
    assert [(change.holder, change.by) for change in first.changes] == [("ben", 1)]
    reported = rig.leads.reported("2026-03-03")
    assert [one.lead for one in reported].count("101") == 3


# --- effects


def test_slots_know_what_they_show_and_where(kept: Kept) -> None:
    held = kept.item("LEAD#501", "SLOT#card:1")
    assert (held["shown"]["N"], held["outsideId"]["S"]) == ("3", "D0ANNA:1772442000.000100")
    assert held["leaseBy"]["S"] == "b"
    assert "shown" not in kept.item("LEAD#501", "SLOT#card:2"), "in doubt"


def test_a_summary_says_what_it_has_no_room_for(rig: Rig) -> None:
    counted = notice_state(subject="LEAD#515", slot="notice:1:accept:warn:U0MONA", to="U0MONA")
    one = rig.boards.find_board(counted, at("22:00"))
    assert one is not None
    titles = [words(entry.title) for entry in one.entries]
    assert titles == [f"Lead {n} is due soon" for n in (3, 4)]
    slot = "notice:1:accept:warn:U0MONA"
    assert one.beyond == (f"LEAD#515/{slot}", f"LEAD#516/{slot}")
    assert one.gathers_until == at("23:01")
    assert "… and 2 more" in str(render(one).blocks)


def test_every_message_can_still_be_shown(kept: Kept) -> None:
    for body in kept.effects:
        effect = decode_effect(body)
        if not isinstance(effect, ContactState | TaskState):
            assert render(effect).text, effect.slot


def test_calendars_mean_the_same_hours_however_they_were_stored(kept: Kept, rig: Rig) -> None:
    """Nine to five in Berlin: stored as text in the first set, as times since midnight in later
    sets."""
    for version in rig.policies.versions():
        calendar = rig.policies.get(version.version).calendar["berlin"]
        monday = datetime(2026, 3, 2, tzinfo=UTC)
        assert calendar.next_open(monday) == monday + timedelta(hours=8)
        assert calendar.between(monday, monday + timedelta(days=7)) == timedelta(hours=40)
