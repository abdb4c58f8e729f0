"""An account's rules, which 2026-09 enforces: what can be written is, and the rest is explained."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from baton.adapters.hubspot.crm import marker
from baton.application.show_contact import show_contact
from baton.domain.lead import Value
from baton.domain.world.effects import ContactState
from baton.failures import NotAnOwner, PropertiesRefused, Rejected
from infra.local.sandbox.config import ConditionalRule
from tests.fakes.effects import task_state
from tests.fakes.sandbox import CONFIG, Peer
from tests.fakes.stages import SandboxStage


def ruled(peer: Peer, **more: Any) -> SandboxStage:
    """An account that asks for a rule when a lead is unqualified, and a tier for opportunities."""
    rules = (
        ConditionalRule(when="hs_lead_status", values=("UNQUALIFIED",), needs="baton_rule"),
        ConditionalRule(when="lifecyclestage", values=("lead",), needs="baton_tier"),
    )
    peer.configure(replace(CONFIG, conditional_rules=rules, **more))
    return SandboxStage(peer)


def values(stage: SandboxStage, contact_id: str, *names: str) -> dict[str, str]:
    (contact,) = stage.crm.contacts([contact_id], list(names)).values()
    return {name: contact.properties[name] for name in names if name in contact.properties}


def state(contact_id: str, *back: str, **properties: str) -> ContactState:
    decided = {
        name: Value(value, since=1, clear_first=name in back) for name, value in properties.items()
    }
    return ContactState(
        subject="lead:7", slot="contact", version=1, contact_id=contact_id, properties=decided
    )


def show(stage: SandboxStage, effect: ContactState) -> str:
    """Why something is left to be parked."""
    owners: list[str] = []
    try:
        show_contact(effect, 0, stage.writer, lambda _effect, owner: owners.append(owner))
    except Rejected as error:
        return str(error)
    return ""


def test_what_a_rule_asks_for_is_named_with_what_to_do(peer: Peer) -> None:
    stage = ruled(peer)
    contact = stage.lead(firstname="Nora")
    with pytest.raises(PropertiesRefused) as refused:
        stage.writer.show_contact(contact, {"hs_lead_status": "UNQUALIFIED"})
    assert refused.value.names == {"hs_lead_status"}
    assert str(refused.value) == (
        "HubSpot 400: VALIDATION_ERROR MISSING_CONDITIONAL_REQUIRED_PROPERTY(baton_rule): fill it"
        " in on the record, or relax the rule in HubSpot (Settings, Properties, conditional logic"
        " of hs_lead_status)"
    )


@pytest.mark.parametrize("shape", ["message", "errors", "both"])
def test_a_refused_property_leaves_the_rest_of_the_contact_written(peer: Peer, shape: Any) -> None:
    stage = ruled(peer, refusals=shape)
    contact = stage.lead(firstname="Nora")
    why = show(
        stage,
        state(contact, hs_lead_status="UNQUALIFIED", baton_tier="hot", no_such_property="1"),
    )
    assert values(stage, contact, "baton_tier", "hs_lead_status") == {"baton_tier": "hot"}
    assert "PROPERTY_DOESNT_EXIST(no_such_property, a whole number): create it" in why
    assert "MISSING_CONDITIONAL_REQUIRED_PROPERTY(baton_rule)" in why


@pytest.mark.parametrize("shape", ["message", "errors", "both"])
def test_an_owner_who_has_left_is_known_in_each_shape(peer: Peer, shape: Any) -> None:
    stage = ruled(peer, refusals=shape)
    contact = stage.lead(firstname="Nora")
    with pytest.raises(NotAnOwner):
        stage.writer.show_contact(contact, {"hubspot_owner_id": "70009", "baton_tier": "hot"})


def test_an_owner_that_a_rule_asks_for_is_no_owner_who_has_left(peer: Peer) -> None:
    rule = ConditionalRule(when="baton_tier", values=("hot",), needs="hubspot_owner_id")
    peer.configure(replace(CONFIG, conditional_rules=(rule,)))
    stage = SandboxStage(peer)
    contact = stage.lead(firstname="Nora")
    why = show(stage, state(contact, baton_tier="hot", baton_rule="r1"))
    assert "MISSING_CONDITIONAL_REQUIRED_PROPERTY(hubspot_owner_id)" in why
    assert values(stage, contact, "baton_rule", "baton_tier") == {"baton_rule": "r1"}


def test_a_stage_that_may_not_go_back_stays(peer: Peer) -> None:
    stage = ruled(peer)
    contact = stage.lead(firstname="Nora", lifecyclestage="salesqualifiedlead")
    why = show(stage, state(contact, "lifecyclestage", lifecyclestage="lead"))
    assert "MISSING_CONDITIONAL_REQUIRED_PROPERTY(baton_tier)" in why
    assert values(stage, contact, "lifecyclestage") == {"lifecyclestage": "salesqualifiedlead"}
    assert not show(stage, state(contact, "lifecyclestage", lifecyclestage="lead", baton_tier="a"))
    assert values(stage, contact, "lifecyclestage") == {"lifecyclestage": "lead"}


def test_a_task_that_the_account_wants_more_of_says_what(peer: Peer) -> None:
    stage = ruled(peer, required_to_create={"tasks": ("hs_task_queue",)})
    contact = stage.lead(firstname="Nora")
    with pytest.raises(Rejected, match=r"MISSING_REQUIRED_PROPERTY\(hs_task_queue\): fill it in"):
        stage.writer.create_task(task_state(contact_id=contact))


@pytest.mark.parametrize("length", [100, 70_000])
def test_a_task_keeps_within_the_length_of_a_value(peer: Peer, length: int) -> None:
    """Whole lines are left out, and it is found again all the same."""
    stage = SandboxStage(peer)
    contact = stage.lead(firstname="Nora")
    lines = "\n".join(f"{n}: {'<x>' * 30}" for n in range(length // 100))
    effect = task_state(contact_id=contact, body=f"Call Nora\n{lines}")
    task = stage.writer.create_task(effect)
    (record,) = stage.http.read("tasks", [task], ["hs_task_body"])
    body = record.properties["hs_task_body"] or ""
    assert len(body) <= 65_536
    assert ("more lines<br>" in body) == (length > 65_536)
    assert body.endswith(marker(effect))
    assert stage.writer.find_task(effect) == task
