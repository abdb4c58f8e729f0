"""One exam for HubSpot's adapter (against the sandbox, through HubSpot's client) and its fake."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from baton.adapters.ports import Gone, Rejected
from tests.fakes.effects import task_state
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


def test_a_cleared_stage_is_no_stage(stage: Stage) -> None:
    contact_id = stage.lead(firstname="Nora", lifecyclestage="lead")
    stage.writer.clear_contact(contact_id, ["lifecyclestage"])
    (contact,) = stage.crm.contacts([contact_id], []).values()
    assert [seen.value for seen in contact.stages] == ["lead"]
    assert "lifecyclestage" not in contact.properties


@pytest.mark.parametrize("what", ["call", "email", "meeting"])
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
def test_nobody_touched_is_no_touches(stage: Stage, known: bool) -> None:
    assert stage.crm.touches(stage.lead(firstname="Nora") if known else NOBODY) == ()


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
