"""A merge forgets nothing: the contact that is left takes over what Baton knows of the others."""

from __future__ import annotations

import ast
import inspect
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from baton.domain.decide import decide
from baton.domain.draft.decision import Decision
from baton.domain.lead import Evidence, KnownDeal, Lead, Question
from baton.domain.lead.lead import LeadChanges
from baton.domain.lifecycle import merging
from baton.domain.world.effects import CardState, ContactState, NoticeState, TaskState
from baton.domain.world.events import Clicked, Merged, Reassigned
from baton.domain.world.world import Needs, SeenStage, SeenValue, World
from tests.builders import NOW, contact, due, hint, kinds, minutes, owned
from tests.domain.lifecycle.test_owner_by_hand import policy
from tests.routed import Desk
from tests.worded import lines, reasons, title, words

MQL = SeenStage("marketingqualifiedlead", NOW - minutes(9), "FORM")
DAY = timedelta(days=1)


def clicked(lead_id: str, action: Any, user: str, at: Any, reason: str = "") -> Clicked:
    return Clicked(
        id=f"{lead_id}:{action}", lead_id=lead_id, at=at, assignment=1, action=action, user=user,
        channel="D", reason=reason,
    )  # fmt: skip


class Two(Desk):
    """101 is Anna's, and accepted; 102 is Ben's, if it is there."""

    def __init__(self, second: bool = False) -> None:
        super().__init__(policy())
        self.arrive("101", lastname="Lovelace")
        self.send(clicked("101", "accept", "UANNA", self.now))
        if second:
            self.arrive("102", lastname="King")
            assert self.owner("102") == "ben"
        self.now += minutes(4)

    def merge(self, into: str, *gone: str, **fields: str) -> Decision:
        """HubSpot has merged *gone* into *into*, and the survivor is read."""
        known = contact(into, (MQL,), **fields)
        self.contacts[into] = replace(known, merged=gone)
        return self.send(hint("stage", self.now, id=self.name(), lead_id=into))


def cards(decision: Decision) -> dict[tuple[str, str], str]:
    return {(e.subject, e.slot): e.state for e in decision.effects if isinstance(e, CardState)}


def test_an_accepted_lead_that_is_merged_is_not_accepted_again() -> None:
    at = Two()
    before = at.leads["101"]
    decision = at.merge("201", "101")
    lead, gone = at.leads["201"], at.leads["101"]
    assert owned(lead) == owned(before), "owner, tier, acceptance: all as it was"
    assert lead.clocks == before.clocks
    assert (lead.state.stage, lead.facts, lead.past) == ("sal", before.facts, before.past)
    assert (gone.assignment, words(gone.gone)) == (None, "Merged into contact 201")
    assert (at.loads["anna"].open, at.loads["anna"].today) == (1, 1), "she carries one lead"
    assert "assigned" not in kinds(decision)
    assert cards(decision) == {("LEAD#101", "card:1"): "closed", ("LEAD#201", "card:1"): "accepted"}
    tasks = [(e.subject, e.done) for e in decision.effects if isinstance(e, TaskState)]
    assert tasks.count(("LEAD#101", True)) == 1
    assert not [e for e in decision.effects if isinstance(e, NoticeState)], "the card says it"
    assert "took over 101, merged into this contact; lead 101 goes on" in reasons(decision)
    (shown,) = (e for e in decision.effects if isinstance(e, ContactState))
    assert (shown.contact_id, words(shown.properties["hubspot_owner_id"].value)) == (
        ("201", "owner-anna")
    )
    assert all(value.since == shown.version for value in shown.properties.values())


def test_the_clocks_go_on_where_they_were() -> None:
    at = Two()
    at.merge("201", "101")
    clock = next(one for one in at.leads["201"].clocks if one.running)
    assert (clock.target, clock.started_at) == ("first_touch", NOW)
    at.now = clock.due_at
    assert [o.kind for o in at.send(due(at.leads["201"])).outcomes] == ["breached"]
    assert at.leads["101"].wake_at is None


def test_a_merge_is_no_activity() -> None:
    at = Two()
    before = at.leads["101"]
    at.now += DAY
    at.merge("201", "101")
    assert at.leads["201"].idle == before.idle
    assert at.leads["201"].last_activity == before.last_activity


@pytest.mark.parametrize("shown", ["salesacceptedlead", "marketingqualifiedlead"])
def test_hubspots_furthest_stage_is_no_backward_move(shown: str) -> None:
    at = Two()
    decision = at.merge("201", "101", lifecyclestage=shown)
    assert at.leads["201"].state.stage == "sal"
    assert "backward_refused" not in kinds(decision)
    at.now += minutes(1)
    again = at.send(hint("stage", at.now, id="again", lead_id="201"))
    assert again.outcomes == (), "nor at the next read"


def test_a_stage_further_than_the_leads_is_a_move_forward() -> None:
    at = Two()
    at.merge("201", "101", lifecyclestage="salesqualifiedlead")
    lead = at.leads["201"]
    assert (lead.state.stage, owned(lead).handoff) == ("sql", "sql")


def test_the_other_contacts_past_is_not_this_leads() -> None:
    """Its history in HubSpot has the stages of both."""
    at = Two()
    stages = (MQL, SeenStage("lead", at.now - minutes(1), "CRM_UI"))
    known = contact("201", stages, lifecyclestage="salesacceptedlead")
    at.contacts["201"] = replace(known, merged=("101",))
    decision = at.send(hint("stage", at.now, id="m", lead_id="201"))
    assert at.leads["201"].state.stage == "sal"
    assert "backward_refused" not in kinds(decision)


def test_a_stage_that_is_set_after_the_merge_counts() -> None:
    at = Two()
    at.merge("201", "101")
    at.now += minutes(3)
    later = SeenStage("salesqualifiedlead", at.now, "CRM_UI")
    at.contacts["201"] = replace(at.contacts["201"], stages=(MQL, later))
    at.contacts["201"].properties["lifecyclestage"] = "salesqualifiedlead"
    at.send(hint("stage", at.now, id="later", lead_id="201"))
    assert at.leads["201"].state.stage == "sql"


def test_a_recycled_leads_track_rest_and_rounds_go_over() -> None:
    at = Two()
    at.send(clicked("101", "reject", "UANNA", at.now, "timing"))
    before = at.leads["101"]
    assert (before.track, before.state.rounds) == ("timing", 1)
    at.now += DAY
    decision = at.merge("201", "101")
    lead = at.leads["201"]
    assert (lead.track, lead.reason, lead.cool_until) == ("timing", "timing", before.cool_until)
    assert (lead.state.stage, lead.state.rounds) == ("recycled", 1)
    assert (lead.assignment, at.loads["anna"].open) == (None, 0)
    (shown,) = (e for e in decision.effects if isinstance(e, ContactState))
    assert shown.properties["lifecyclestage"].value == "recycled", "HubSpot showed MQL"


def test_the_rounds_of_all_of_them_count() -> None:
    """So that a merge gives nobody their rounds anew."""
    at = Two(second=True)
    at.send(clicked("102", "reject", "UBEN", at.now, "timing"))
    at.merge("201", "101", "102")
    lead = at.leads["201"]
    assert (at.owner("201"), lead.state.stage, lead.state.rounds) == ("anna", "sal", 1)


def test_evidence_of_all_of_them_is_kept() -> None:
    at = Two(second=True)
    early, late = Evidence(NOW - DAY, "form", "Pricing"), Evidence(NOW - minutes(1), "visit", "a")
    at.leads["101"] = replace(at.leads["101"], evidence=(early,))
    at.leads["102"] = replace(at.leads["102"], evidence=(late,))
    at.merge("201", "101", "102")
    assert {early, late} <= {*at.leads["201"].evidence}


@pytest.mark.parametrize(
    ("shown", "keeps", "loses"),
    [("owner-anna", "anna", "ben"), ("owner-ben", "ben", "anna"), ("", "anna", "ben")],
)
def test_of_two_owners_the_one_that_hubspot_kept_goes_on_else_who_is_further(
    shown: str, keeps: str, loses: str
) -> None:
    at = Two(second=True)
    decision = at.merge("201", "101", "102", hubspot_owner_id=shown)
    assert at.owner("201") == keeps
    assert (at.loads[keeps].open, at.loads[loses].open) == (1, 0)
    (told,) = (e for e in decision.effects if isinstance(e, NoticeState))
    assert (told.to, title(told)) == (f"U{loses.upper()}", "Ada Example is no longer yours")
    assert lines(told) == (
        "Two contacts were merged in HubSpot.",
        f"It is with {keeps.title()} now.",
    )
    new = [e for e in decision.effects if isinstance(e, CardState) and e.subject == "LEAD#201"]
    assert [(e.to, words(e.note)) for e in new] == [
        (f"U{keeps.upper()}", "Two contacts were merged in HubSpot; the lead goes on here")
    ]


def test_a_lead_merged_into_one_that_baton_knows() -> None:
    """HubSpot may keep the id of the preferred contact: 102 goes on as Anna's accepted lead, with
    a number of assignment that 102 has not used."""
    at = Two(second=True)
    decision = at.merge("102", "101", hubspot_owner_id="owner-anna")
    lead = at.leads["102"]
    assert (owned(lead).person, owned(lead).number) == ("anna", 2)
    assert owned(lead).accepted_at == NOW
    assert [(one.person, one.number) for one in lead.past] == [("ben", 1)]
    assert cards(decision) == {
        ("LEAD#102", "card:1"): "closed",
        ("LEAD#101", "card:1"): "closed",
        ("LEAD#102", "card:2"): "accepted",
    }
    assert (at.loads["anna"].open, at.loads["ben"].open) == (1, 0)


def test_the_survivor_that_goes_on_itself_keeps_its_card() -> None:
    at = Two(second=True)
    decision = at.merge("102", "101", hubspot_owner_id="owner-ben")
    lead = at.leads["102"]
    assert (owned(lead).person, owned(lead).number) == ("ben", 1)
    assert cards(decision)[("LEAD#102", "card:1")] == "open"
    assert at.loads["anna"].open == 0


def test_a_waiting_lead_keeps_its_place_and_its_clock() -> None:
    at = Two()
    at.loads |= {name: replace(at.loads.get(name) or at.loads["anna"], person=name, open=2)
                 for name in ("ben",)}  # fmt: skip
    at.send(Reassigned(id="r", lead_id="101", at=at.now, to="", by="Kim"))
    waiting = at.leads["101"].waiting
    assert waiting is not None
    at.now += minutes(1)
    decision = at.merge("201", "101")
    assert at.leads["201"].waiting == waiting
    assert at.waits() == ["201"]
    assert decision.places_left == (("101", waiting),)
    assert at.turns["desk"].waiting == 1


def test_it_is_taken_over_once() -> None:
    at = Two()
    at.merge("201", "101")
    first = at.leads["201"]
    assert not at.send(hint("fields", at.now, id="again", lead_id="201")).changed
    assert at.leads["201"] == first
    late = at.send(Merged(id="m", lead_id="101", at=at.now, into="201"))
    assert not late.changed


def test_no_owner_of_before_the_merge_is_a_hand() -> None:
    at = Two()
    past = SeenValue("owner-ben", at.now - minutes(1), "CRM_UI", "userId:1")
    known = contact("201", (MQL,), hubspot_owner_id="owner-ben")
    at.contacts["201"] = replace(known, merged=("101",), owners=(past,))
    at.send(hint("stage", at.now, id="m", lead_id="201"))
    assert at.owner("201") == "anna"
    at.now += minutes(1)
    assert at.send(hint("owner", at.now, id="o", lead_id="201")).outcomes == ()


def test_contacts_that_baton_never_knew_are_nothing_to_take_over() -> None:
    desk = Desk(policy())
    desk.contacts["201"] = replace(contact("201", (MQL,)), merged=("8", "9"))
    desk.send(hint("stage", desk.now, id="m", lead_id="201"))
    lead = desk.leads["201"]
    assert (desk.owner("201"), lead.absorbed, lead.merged_at) == ("anna", ("8", "9"), None)


def test_the_merged_leads_are_asked_for() -> None:
    at = Two()
    known = replace(contact("201", (MQL,)), merged=("101",))
    world = World(policy=at.policy, contact=known)
    answer = decide(None, hint("stage", NOW, lead_id="201"), world, NOW)
    assert answer == Needs(merged=("101",))


def test_what_it_ends_is_a_version_on() -> None:
    """So that the commit wins only if nobody has worked the merged lead meanwhile."""
    at = Two()
    before: Lead = at.leads["101"]
    (ended,) = at.merge("201", "101").ended
    assert (ended.id, ended.version) == ("101", before.version + 1)


def test_a_deal_of_any_of_them_is_a_deal_of_the_lead() -> None:
    """HubSpot associates the deals of all of them with the contact that is left."""
    at = Two(second=True)
    mine, open_ = KnownDeal(NOW, "lost", answered=True), KnownDeal(NOW + minutes(1))
    at.leads["101"] = replace(at.leads["101"], deals={"1": mine, "2": KnownDeal(NOW, "lost")})
    at.leads["102"] = replace(at.leads["102"], deals={"1": KnownDeal(NOW, "lost"), "2": open_})
    at.merge("201", "101", "102")
    assert at.leads["201"].deals == {"1": mine, "2": open_}


def test_who_had_it_and_what_was_asked_about_it_go_over() -> None:
    at = Two()
    asked = Question("backward", kept="sal", to="mql", source="person", at=at.now)
    before = replace(at.leads["101"], had=("ben", "anna"), questions=(asked,))
    at.leads["101"] = before
    at.merge("201", "101")
    lead = at.leads["201"]
    assert (lead.had, lead.questions) == (before.had, before.questions)


def test_what_was_followed_stays_followed_under_later_triggers() -> None:
    at = Two()
    at.leads["101"] = replace(at.leads["101"], judged_by="earlier triggers")
    at.merge("201", "101")
    lead, before = at.leads["201"], at.leads["101"]
    assert lead.base.stage == before.state.stage, "folded for good before it is judged again"


def test_rounds_count_also_when_the_triggers_have_changed() -> None:
    at = Two(second=True)
    at.send(clicked("102", "reject", "UBEN", at.now, "timing"))
    at.leads["101"] = replace(at.leads["101"], judged_by="earlier triggers")
    at.merge("201", "101", "102")
    assert at.leads["201"].state.rounds == 1


#: What the survivor has of its own.
NOT_CARRIED_OVER = {
    "fields", "first_source", "gone", "owner_seen", "absorbed", "merged_at",
}  # fmt: skip


def test_each_field_of_a_lead_is_carried_over_or_named_here() -> None:
    """So that a field that a lead gets later is not forgotten in a merge."""
    functions = [
        one for one in ast.walk(ast.parse(inspect.getsource(merging)))
        if isinstance(one, ast.FunctionDef) and one.name == "_continue_as"
    ]  # fmt: skip
    carried = {one.arg for one in ast.walk(functions[0]) if isinstance(one, ast.keyword)}
    assert LeadChanges.__annotations__.keys() - carried == NOT_CARRIED_OVER
