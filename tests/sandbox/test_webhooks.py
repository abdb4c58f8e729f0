"""HubSpot's webhooks: exact shape, signature, batches, repeats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hubspot import HubSpot
from hubspot.utils.signature import Signature

from infra.local.sandbox.server import Sandbox
from infra.local.sandbox.signing import hubspot_v3

from .conftest import CONFIG, REP, Post
from .receiver import Receiver
from .test_hubspot_objects import make, write


def changes(receiver: Receiver, name: str) -> list[dict[str, Any]]:
    return [event for event in receiver.events() if event.get("propertyName") == name]


def test_the_documented_v3_example_is_reproduced() -> None:
    signature = hubspot_v3(
        "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy",
        "POST",
        "https://www.example.com/webhook_uri",
        b"{'example_field':'example_value'}",
        1693657560000,
    )
    assert signature == "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="


def test_a_webhook_carries_a_signature_that_hubspots_own_client_accepts(
    hubspot: HubSpot, receiver: Receiver
) -> None:
    make(hubspot, email="ada@example.com")
    receiver.wait_for_events(("lifecyclestage", "lead"))
    request = receiver.requests[0]
    sent = {
        "signature": request.headers["x-hubspot-signature-v3"],
        "client_secret": CONFIG.hubspot_client_secret,
        "request_body": request.body.decode(),
        "http_uri": f"{CONFIG.public_url}/hubspot/webhooks",
        "signature_version": "v3",
        "timestamp": request.headers["x-hubspot-request-timestamp"],
    }
    assert Signature.is_valid(**sent)
    assert not Signature.is_valid(**{**sent, "request_body": sent["request_body"] + " "})


def test_a_creation_and_a_change_have_the_documented_fields(
    hubspot: HubSpot, receiver: Receiver
) -> None:
    contact = make(hubspot, email="ada@example.com", hs_lead_status="NEW")
    events = receiver.wait_for_events(("hs_lead_status", "NEW"))
    creation = next(one for one in events if one["subscriptionType"] == "contact.creation")
    change = changes(receiver, "hs_lead_status")[0]
    common = {
        "eventId",
        "subscriptionId",
        "portalId",
        "appId",
        "occurredAt",
        "subscriptionType",
        "attemptNumber",
        "objectId",
        "changeSource",
        "sourceId",
    }
    assert creation.keys() == common | {"changeFlag"}
    assert change.keys() == common | {"propertyName", "propertyValue"}
    assert (change["objectId"], change["portalId"]) == (int(contact), CONFIG.portal_id)
    assert (change["changeSource"], change["attemptNumber"]) == ("INTEGRATION", 0)
    assert creation["changeFlag"] == "NEW"
    assert len({one["eventId"] for one in events}) == len(events)


def test_a_deal_is_told_when_it_is_created_and_when_it_moves(
    hubspot: HubSpot, receiver: Receiver
) -> None:
    """Neither names the contacts of the deal, as in HubSpot."""
    deals = hubspot.crm.deals.basic_api
    deal = {"dealname": "Helvia", "dealstage": "contractsent", "pipeline": "default"}
    made = deals.create({"properties": deal}).id
    deals.update(made, {"properties": {"dealstage": "closedwon", "amount": "12"}})
    events = receiver.wait_for_events(("dealstage", "closedwon"))
    kinds = [one["subscriptionType"] for one in events if one["objectId"] == int(made)]
    assert kinds == ["deal.creation", "deal.propertyChange", "deal.propertyChange"]
    assert changes(receiver, "amount") == []


@pytest.mark.parametrize("source", ["CRM_UI", "IMPORT"])
def test_people_and_imports_can_move_a_stage_back(
    hubspot: HubSpot, receiver: Receiver, control: Post, source: str
) -> None:
    contact = make(hubspot, lifecyclestage="opportunity")
    status, _ = control(f"contacts/{contact}", properties={"lifecyclestage": "lead"}, source=source)
    assert status == 200
    receiver.wait_for_events(("lifecyclestage", "lead"))
    assert changes(receiver, "lifecyclestage")[-1]["changeSource"] == source


def test_clearing_a_stage_and_setting_it_is_two_events(
    hubspot: HubSpot, receiver: Receiver
) -> None:
    contact = make(hubspot, lifecyclestage="opportunity")
    write(hubspot, contact, lifecyclestage="")
    write(hubspot, contact, lifecyclestage="lead")
    receiver.wait_for_events(("lifecyclestage", ""), ("lifecyclestage", "lead"))
    values = [one["propertyValue"] for one in changes(receiver, "lifecyclestage")]
    assert sorted(values) == ["", "lead", "opportunity"]


def test_what_nobody_subscribed_to_and_what_changed_nothing_is_not_sent(
    hubspot: HubSpot, receiver: Receiver
) -> None:
    contact = make(hubspot, hs_lead_status="NEW")
    write(hubspot, contact, city="Bern", hs_lead_status="NEW")
    write(hubspot, contact, hubspot_owner_id=REP)
    receiver.wait_for_events(("hubspot_owner_id", REP))
    assert changes(receiver, "city") == []
    assert len(changes(receiver, "hs_lead_status")) == 1


def test_a_form_a_deletion_and_a_click_say_where_they_come_from(
    receiver: Receiver, control: Post
) -> None:
    _, made = control("contacts", properties={"email": "ada@example.com"}, source="FORM")
    control(f"contacts/{made['id']}/delete")
    receiver.wait(lambda: any("deletion" in e["subscriptionType"] for e in receiver.events()))
    by_type = {event["subscriptionType"]: event for event in receiver.events()}
    assert by_type["contact.creation"]["changeSource"] == "FORM"
    assert by_type["contact.deletion"]["changeSource"] == "CRM_UI"
    assert by_type["contact.deletion"]["changeFlag"] == "DELETED"


def test_a_crowd_is_sent_in_batches_of_at_most_a_hundred(control: Post, receiver: Receiver) -> None:
    for n in range(120):
        control("contacts", properties={"email": f"p{n}@example.com"}, source="IMPORT")
    receiver.wait(lambda: len(receiver.events()) >= 240)
    sizes = [len(one.events()) for one in receiver.requests]
    assert max(sizes) <= 100
    assert len(sizes) < 240, "events travel together"


def test_a_refused_batch_comes_again_with_a_higher_attempt_number(
    hubspot: HubSpot, receiver: Receiver
) -> None:
    receiver.answers = [(503, b""), (500, b"")]
    make(hubspot, lifecyclestage="lead")
    receiver.wait(lambda: len(receiver.requests) >= 3)
    attempts = [{e["attemptNumber"] for e in one.events()} for one in receiver.requests]
    assert attempts[:3] == [{0}, {1}, {2}]
    ids = [{e["eventId"] for e in one.events()} for one in receiver.requests[:3]]
    assert ids[0] == ids[1] == ids[2]


def test_repeats_end(hubspot: HubSpot, receiver: Receiver, sandbox: Sandbox) -> None:
    receiver.answers = [(500, b"")] * 20
    make(hubspot)
    receiver.wait(lambda: len(receiver.requests) >= 3)
    sandbox.configure(msgspec.structs.replace(sandbox.config, webhook_retry_seconds=()))
    receiver.answers = []
    write(hubspot, make(hubspot), hubspot_owner_id=REP)
    receiver.wait_for_events(("hubspot_owner_id", REP))
    assert max(e["attemptNumber"] for e in receiver.events()) == 2


def test_events_that_were_not_taken_survive_a_restart(receiver: Receiver, tmp_path: Path) -> None:
    closed = "http://127.0.0.1:9"  # discard port: nobody answers
    config = msgspec.structs.replace(CONFIG, baton_api=closed)
    with Sandbox(config, state_dir=tmp_path) as sandbox, sandbox.world.lock:
        sandbox.app.crm.create("contacts", {"hs_lead_status": "NEW"}, "FORM")
    config = msgspec.structs.replace(CONFIG, baton_api=receiver.url)
    with Sandbox(config, state_dir=tmp_path):
        receiver.wait_for_events(("hs_lead_status", "NEW"))
