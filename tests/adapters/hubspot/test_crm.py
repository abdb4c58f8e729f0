"""Contract tests of HubSpot's adapter (against the sandbox, through HubSpot's client) and the
fake."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from baton.application.deliver import in_hubspot
from baton.application.ports.slots import Claim
from baton.domain.world.effects import AnyEffect
from baton.domain.world.world import Background
from baton.failures import Explained, Gone, Rejected
from tests.fakes.effects import contact_state, task_state
from tests.fakes.stages import NOBODY, FakeStage, SandboxStage, Stage


@pytest.fixture(params=["fake", "sandbox"])
def stage(request: pytest.FixtureRequest) -> Stage:
    if request.param == "fake":
        return FakeStage()
    return SandboxStage(request.getfixturevalue("peer"))


# ---------------------------------------------------------------- reading


def test_contacts_are_read_with_the_properties_asked_for(stage: Stage) -> None:
    contact_id = stage.lead(firstname="Nora", country="Switzerland", jobtitle="COO")
    found = stage.crm.contacts([contact_id], ["firstname", "jobtitle", "phone"])
    properties = found[contact_id].properties
    assert properties["firstname"] == "Nora"
    assert properties["jobtitle"] == "COO"
    assert "phone" not in properties, "an empty property is left out"
    assert "country" not in properties, "nobody asked for it"


def test_contacts_that_do_not_exist_are_left_out(stage: Stage) -> None:
    contact_id = stage.lead(firstname="Nora")
    assert set(stage.crm.contacts([contact_id, NOBODY], ["firstname"])) == {contact_id}


def test_a_merged_contact_is_the_answer_for_both_of_its_ids(stage: Stage) -> None:
    """Also within a batch, and after a second merge."""
    one, two, three, alone = (stage.lead(firstname=name) for name in ("A", "B", "C", "D"))
    first = stage.merge(one, two)
    found = stage.crm.contacts([one, alone, two, NOBODY], ["firstname"])
    assert {asked: contact.id for asked, contact in found.items()} == {
        one: first,
        two: first,
        alone: alone,
    }
    second = stage.merge(first, three)
    for asked in ([one], [one, alone], [second, two, three], [one, two, first, three, second]):
        found = stage.crm.contacts(asked, ["firstname"])
        assert {key: contact.id for key, contact in found.items()} == {
            key: alone if key == alone else second for key in asked
        }


def test_a_contact_exists_under_its_own_id_until_it_is_deleted_or_merged_away(
    stage: Stage,
) -> None:
    one, two, three = (stage.lead(firstname=name) for name in ("A", "B", "C"))
    assert all(stage.writer.exists(contact) for contact in (one, two, three))
    merged = stage.merge(one, two)
    stage.delete(three)
    found = {contact: stage.writer.exists(contact) for contact in (one, two, three, merged, NOBODY)}
    assert found == {one: False, two: False, three: False, merged: True, NOBODY: False}


@pytest.mark.parametrize("way", ["deleted", "never there"])
@pytest.mark.parametrize("effect", [contact_state, task_state])
def test_nothing_can_be_shown_at_a_contact_that_is_gone_and_nobody_can_mend_that(
    stage: Stage, way: str, effect: Callable[..., AnyEffect]
) -> None:
    contact_id = stage.lead(firstname="A") if way == "deleted" else NOBODY
    if way == "deleted":
        stage.delete(contact_id)
    show = in_hubspot(stage.writer, lambda effect, owner: None)
    shown = effect(contact_id=contact_id)
    claim = Claim(shown.subject, shown.slot, shown.version, "t")
    with pytest.raises(Explained, match="the contact is gone from HubSpot"):
        show(shown, claim)


def test_no_ids_are_no_contacts(stage: Stage) -> None:
    assert stage.crm.contacts([], ["firstname"]) == {}


def test_a_contact_brings_its_stages_oldest_first(stage: Stage) -> None:
    contact_id = stage.lead(firstname="Nora", lifecyclestage="lead")
    stage.set(contact_id, lifecyclestage="marketingqualifiedlead")
    (contact,) = stage.crm.contacts([contact_id], []).values()
    assert [seen.value for seen in contact.stages] == ["lead", "marketingqualifiedlead"]
    assert contact.stages[0].at <= contact.stages[1].at
    assert contact.stages[1].source == "CRM_UI"
    assert all(seen.at.tzinfo is not None for seen in contact.stages)


def test_a_cleared_stage_is_in_the_history_and_no_property(stage: Stage) -> None:
    contact_id = stage.lead(firstname="Nora", lifecyclestage="lead")
    stage.writer.clear_contact(contact_id, ["lifecyclestage"])
    (contact,) = stage.crm.contacts([contact_id], []).values()
    assert [seen.value for seen in contact.stages] == ["lead", ""]
    assert "lifecyclestage" not in contact.properties


@pytest.mark.parametrize("what", ["call", "email", "meeting", "message"])
def test_what_a_rep_logged_is_a_touch(stage: Stage, what: str) -> None:
    contact_id = stage.lead(firstname="Nora")
    before = datetime.now(UTC) - timedelta(seconds=2)
    stage.engage(contact_id, what, "70001")
    (touch,) = stage.crm.touches(contact_id)
    assert (touch.what, touch.owner) == (what, "70001")
    assert before <= touch.at <= datetime.now(UTC) + timedelta(seconds=2)


def test_touches_come_oldest_first(stage: Stage) -> None:
    contact_id = stage.lead(firstname="Nora")
    for what in ("meeting", "call", "email"):
        stage.engage(contact_id, what, "70001")
    touches = stage.crm.touches(contact_id)
    assert len(touches) == 3
    assert list(touches) == sorted(touches, key=lambda touch: touch.at)


@pytest.mark.parametrize("known", [True, False], ids=["a known contact", "an unknown contact"])
def test_without_activities_there_are_no_touches(stage: Stage, known: bool) -> None:
    assert stage.crm.touches(stage.lead(firstname="Nora") if known else NOBODY) == ()


def test_a_watched_property_brings_its_last_change(stage: Stage) -> None:
    contact_id = stage.lead(firstname="Nora", hs_lead_status="NEW")
    before = stage.crm.contacts([contact_id], [], ["hs_lead_status"])[contact_id]
    stage.set(contact_id, hs_lead_status="OPEN")
    stage.set(contact_id, hs_lead_status="OPEN")
    (contact,) = stage.crm.contacts([contact_id], [], ["hs_lead_status", "phone"]).values()
    assert set(contact.changes) == {"hs_lead_status"}, "phone never had a value"
    change = contact.changes["hs_lead_status"]
    assert (change.value, change.source) == ("OPEN", "CRM_UI")
    assert change.at >= before.changes["hs_lead_status"].at
    assert contact.properties["hs_lead_status"] == "OPEN"
    assert stage.crm.contacts([contact_id], [])[contact_id].changes == {}, "nobody asked"


def test_a_watched_property_that_was_emptied_says_so(stage: Stage) -> None:
    contact_id = stage.lead(firstname="Nora", hubspot_owner_id="70001")
    stage.writer.clear_contact(contact_id, ["hubspot_owner_id"])
    (contact,) = stage.crm.contacts([contact_id], [], ["hubspot_owner_id"]).values()
    change = contact.changes["hubspot_owner_id"]
    assert (change.value, change.source) == ("", "INTEGRATION")
    assert "hubspot_owner_id" not in contact.properties


def test_a_background_has_past_values_other_properties_and_the_company(stage: Stage) -> None:
    contact_id = stage.lead(firstname="Nora", phone="+41 1", mobilephone="+41 2", city="Bern")
    stage.set(contact_id, phone="+41 3")
    stage.set(contact_id, phone="")
    stage.company(contact_id, primary=False, name="Helvia Robotics", industry="MACHINERY")
    found = stage.crm.background(
        contact_id, ["phone", "jobtitle"], ["mobilephone", "zip"], ["industry", "domain"]
    )
    assert found.history == {"phone": "+41 3"}
    assert found.contact == {"mobilephone": "+41 2"}
    assert found.company == {"industry": "MACHINERY"}


def test_the_primary_company_comes_before_the_others(stage: Stage) -> None:
    contact_id = stage.lead(firstname="Nora")
    stage.company(contact_id, primary=False, name="Helvia Holding")
    stage.company(contact_id, primary=True, name="Helvia Robotics")
    assert stage.crm.background(contact_id, [], [], ["name"]).company == {"name": "Helvia Robotics"}


def test_an_empty_request_finds_nothing(stage: Stage) -> None:
    contact_id = stage.lead(firstname="Nora", phone="+41 1")
    assert stage.crm.background(contact_id, [], [], []) == Background()


@pytest.mark.parametrize("known", [True, False], ids=["a known contact", "an unknown contact"])
def test_without_a_company_there_is_none_in_the_background(stage: Stage, known: bool) -> None:
    contact_id = stage.lead(firstname="Nora") if known else NOBODY
    found = stage.crm.background(contact_id, ["phone"], ["city"], ["name"])
    assert found == Background()


def test_a_deal_says_where_it_stands_and_whose_it_is(stage: Stage) -> None:
    nora, omar = stage.lead(firstname="Nora"), stage.lead(firstname="Omar")
    before = datetime.now(UTC) - timedelta(seconds=2)
    deal_id = stage.deal(nora, omar, dealname="Helvia", dealstage="appointmentscheduled")
    deal = stage.crm.deal(deal_id)
    assert deal is not None
    assert (deal.id, deal.stage, deal.pipeline) == (deal_id, "appointmentscheduled", "default")
    assert deal.outcome == ""
    assert deal.contacts == (nora, omar)
    assert deal.entered_at is not None
    assert before <= deal.entered_at <= datetime.now(UTC) + timedelta(seconds=2)


@pytest.mark.parametrize(
    ("to", "outcome"), [("contractsent", ""), ("closedwon", "won"), ("closedlost", "lost")]
)
def test_a_deal_is_in_its_stage_since_it_entered_it(stage: Stage, to: str, outcome: str) -> None:
    deal_id = stage.deal(dealname="Helvia", dealstage="appointmentscheduled")
    first = stage.crm.deal(deal_id)
    stage.move_deal(deal_id, dealstage=to)
    moved = stage.crm.deal(deal_id)
    stage.move_deal(deal_id, dealname="Helvia Robotics", dealstage=to)
    assert first is not None
    assert moved is not None
    assert moved == stage.crm.deal(deal_id), "writing the stage again is no move"
    assert (moved.stage, moved.outcome, moved.contacts) == (to, outcome, ())
    assert first.entered_at is not None
    assert moved.entered_at is not None
    assert moved.entered_at > first.entered_at


def test_a_deal_that_does_not_exist_is_none(stage: Stage) -> None:
    assert stage.crm.deal(NOBODY) is None


# ---------------------------------------------------------------- writing


def test_properties_are_shown(stage: Stage) -> None:
    contact_id = stage.lead(firstname="Nora")
    stage.writer.show_contact(contact_id, {"baton_tier": "hot", "hubspot_owner_id": "70001"})
    (contact,) = stage.crm.contacts([contact_id], ["baton_tier", "hubspot_owner_id"]).values()
    assert contact.properties["baton_tier"] == "hot"
    assert contact.properties["hubspot_owner_id"] == "70001"


def test_a_stage_does_not_go_back_by_itself(stage: Stage) -> None:
    contact_id = stage.lead(firstname="Nora", lifecyclestage="salesqualifiedlead")
    stage.writer.show_contact(contact_id, {"lifecyclestage": "lead"})
    (contact,) = stage.crm.contacts([contact_id], []).values()
    assert contact.properties["lifecyclestage"] == "salesqualifiedlead"


def test_a_cleared_stage_can_be_set_back(stage: Stage) -> None:
    contact_id = stage.lead(firstname="Nora", lifecyclestage="salesqualifiedlead")
    stage.writer.clear_contact(contact_id, ["lifecyclestage"])
    stage.writer.show_contact(contact_id, {"lifecyclestage": "lead"})
    (contact,) = stage.crm.contacts([contact_id], []).values()
    assert contact.properties["lifecyclestage"] == "lead"


def test_a_contact_that_is_gone_is_refused_for_good(stage: Stage) -> None:
    with pytest.raises(Rejected, match=r"404.*OBJECT_NOT_FOUND"):
        stage.writer.show_contact(NOBODY, {"baton_tier": "hot"})


def test_a_task_is_created_and_found_again_by_its_slot(stage: Stage) -> None:
    contact_id = stage.lead(firstname="Nora")
    task = task_state(contact_id=contact_id)
    assert stage.writer.find_task(task) is None
    task_id = stage.writer.create_task(task)
    assert stage.writer.find_task(task) == task_id
    assert stage.tasks(contact_id) == [("70001", False)]


def test_a_task_is_not_taken_for_one_of_another_slot(stage: Stage) -> None:
    contact_id = stage.lead(firstname="Nora")
    stage.writer.create_task(task_state(contact_id=contact_id, slot="task:11:accept"))
    stage.writer.create_task(task_state(contact_id=contact_id, slot="task:1:accept_again"))
    for slot in ("task:1:accept", "task:1", "task:11:accep"):
        assert stage.writer.find_task(task_state(contact_id=contact_id, slot=slot)) is None


def test_a_task_is_updated_and_completed(stage: Stage) -> None:
    contact_id = stage.lead(firstname="Nora")
    task = task_state(contact_id=contact_id)
    task_id = stage.writer.create_task(task)
    stage.writer.update_task(task_id, task_state(contact_id=contact_id, owner="70002"))
    assert stage.tasks(contact_id) == [("70002", False)]
    stage.writer.update_task(task_id, task_state(contact_id=contact_id, done=True))
    assert stage.tasks(contact_id) == [("70002", True)]


def test_an_updated_task_is_still_found(stage: Stage) -> None:
    contact_id = stage.lead(firstname="Nora")
    task_id = stage.writer.create_task(task_state(contact_id=contact_id))
    stage.writer.update_task(task_id, task_state(contact_id=contact_id, body="New text"))
    assert stage.writer.find_task(task_state(contact_id=contact_id)) == task_id


def test_a_deleted_task_is_gone(stage: Stage) -> None:
    contact_id = stage.lead(firstname="Nora")
    task_id = stage.writer.create_task(task_state(contact_id=contact_id))
    stage.delete_tasks()
    with pytest.raises(Gone):
        stage.writer.update_task(task_id, task_state(contact_id=contact_id))
