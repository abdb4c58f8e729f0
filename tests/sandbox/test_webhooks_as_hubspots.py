"""The rest of what HubSpot sends: associations, merges, both spellings, older signatures.

Each event that the sandbox sends is read by Baton's own door.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hubspot import HubSpot

from baton.http.hubspot_webhooks import ODD, read_webhooks
from baton.http.hubspot_workflow import read_workflow
from infra.local.sandbox.config import SUBSCRIBED_KINDS
from infra.local.sandbox.server import Sandbox
from infra.local.sandbox.signing import hubspot_v1, hubspot_v2
from infra.local.sandbox.webhook_events import STRAY

from .conftest import CONFIG, Post
from .receiver import Receiver
from .test_hubspot_objects import make

COMMON = {
    *("eventId", "subscriptionId", "portalId", "appId", "occurredAt", "subscriptionType"),
    *("attemptNumber", "changeSource", "sourceId"),
}
SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"


def of_kind(receiver: Receiver, kind: str, count: int = 1) -> list[dict[str, Any]]:
    """The events of *kind*, once there are *count*."""

    def found() -> list[dict[str, Any]]:
        return [one for one in receiver.events() if one.get("subscriptionType") == kind]

    receiver.wait(lambda: len(found()) >= count)
    return found()


def read(events: list[dict[str, Any]]) -> tuple[int, dict[str, int]]:
    """How many events Baton's door makes of them, and what it passes over."""
    body = json.dumps(events).encode()
    told = read_webhooks(body, datetime.now(UTC), str(CONFIG.portal_id))
    return len(told.events), told.ignored


def subscribe(sandbox: Sandbox, **changes: Any) -> None:
    sandbox.configure(msgspec.structs.replace(sandbox.config, **changes))


def deal_of(hubspot: HubSpot, contact: str) -> str:
    kind = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 3}
    deal = {"dealname": "Helvia", "dealstage": "contractsent", "pipeline": "default"}
    links = [{"to": {"id": contact}, "types": [kind]}]
    found = hubspot.crm.deals.basic_api.create({"properties": deal, "associations": links})
    return str(found.id)


# --- kinds of events


def test_a_contact_that_joins_or_leaves_a_deal_is_told_by_the_deal(
    hubspot: HubSpot, receiver: Receiver
) -> None:
    """As in public records of HubSpot's requests, the event has no objectId."""
    contact = make(hubspot, email="ada@example.com")
    deal = deal_of(hubspot, contact)
    hubspot.crm.associations.v4.basic_api.archive("deals", deal, "contacts", contact)
    joined, left = of_kind(receiver, "deal.associationChange", 2)
    fields = {
        *("associationType", "fromObjectId", "toObjectId"),
        *("associationRemoved", "isPrimaryAssociation"),
    }
    assert joined.keys() == COMMON | fields
    assert (joined["fromObjectId"], joined["toObjectId"]) == (int(deal), int(contact))
    assert joined["associationType"] == "DEAL_TO_CONTACT"
    assert (joined["associationRemoved"], left["associationRemoved"]) == (False, True)
    assert read([joined]) == (1, {})
    assert read([left]) == (0, {"HubspotIgnoredOther": 1})


def test_both_sides_of_an_association_are_told_to_who_subscribed(
    sandbox: Sandbox, control: Post, receiver: Receiver
) -> None:
    kinds = (*SUBSCRIBED_KINDS, "contact.associationChange", "company.associationChange")
    subscribe(sandbox, subscribed_kinds=kinds)
    firm = {"name": "Helvia", "domain": "helvia.example"}
    _, made = control("contacts", properties={"email": "a@helvia.example"}, company=firm)
    (one,) = of_kind(receiver, "contact.associationChange")
    (other,) = of_kind(receiver, "company.associationChange")
    assert one["associationType"] == "CONTACT_TO_COMPANY"
    assert other["associationType"] == "COMPANY_TO_CONTACT"
    assert one["fromObjectId"] == other["toObjectId"] == int(made["id"])
    assert one["isPrimaryAssociation"] is True
    status, _ = control(f"contacts/{made['id']}/company", company=str(one["toObjectId"]), removed=1)
    assert status == 200
    assert [e["associationRemoved"] for e in of_kind(receiver, "contact.associationChange", 2)] == [
        False,
        True,
    ]


def test_a_merge_names_all_contacts_and_how_much_moved(
    control: Post, receiver: Receiver, sandbox: Sandbox
) -> None:
    _, first = control("contacts", properties={"firstname": "Ada", "email": "a@example.com"})
    _, other = control("contacts", properties={"firstname": "Ada", "phone": "1", "city": "Bern"})
    control(f"contacts/{first['id']}/engagements", type="call")
    _, merged = control(f"contacts/{first['id']}/merge", other=other["id"])
    (event,) = of_kind(receiver, "contact.merge")
    assert event["primaryObjectId"] == int(first["id"])
    assert event["mergedObjectIds"] == [int(other["id"])]
    assert event["newObjectId"] == event["objectId"] == int(merged["id"])
    assert event["numberOfPropertiesMoved"] == 2, "phone and city"
    assert read([event]) == (3, {}), "two contacts are gone; the new one is read"
    calls = sandbox.app.crm.linked("contacts", merged["id"], "calls")
    assert len(calls) == 1, "what was logged with one of them is logged with the new one"


def test_a_deletion_for_privacy_is_told_twice(control: Post, receiver: Receiver) -> None:
    _, made = control("contacts", properties={"email": "ada@example.com"})
    control(f"contacts/{made['id']}/delete", for_privacy=True)
    events = [
        *of_kind(receiver, "contact.privacyDeletion"),
        *of_kind(receiver, "contact.deletion"),
    ]
    assert {one["objectId"] for one in events} == {int(made["id"])}
    assert read(events) == (2, {})


def test_a_contact_out_of_the_bin_is_told(control: Post, receiver: Receiver) -> None:
    _, made = control("contacts", properties={"email": "ada@example.com"})
    control(f"contacts/{made['id']}/delete")
    control(f"contacts/{made['id']}/restore")
    assert read(of_kind(receiver, "contact.restore")) == (1, {})


# --- the newer spelling


def test_the_newer_spelling_names_the_type_of_the_object(
    sandbox: Sandbox, hubspot: HubSpot, control: Post, receiver: Receiver
) -> None:
    subscribe(sandbox, webhook_spelling="object")
    contact = make(hubspot, email="ada@example.com", hs_lead_status="NEW")
    deal_of(hubspot, contact)
    (created, of_the_deal) = of_kind(receiver, "object.creation", 2)
    change = of_kind(receiver, "object.propertyChange")[0]
    (link,) = of_kind(receiver, "object.associationChange")
    assert (created["objectTypeId"], of_the_deal["objectTypeId"]) == ("0-1", "0-3")
    assert change["isSensitive"] is False
    assert (link["fromObjectTypeId"], link["toObjectTypeId"]) == ("0-3", "0-1")
    assert (link["associationTypeId"], link["associationCategory"]) == (3, "HUBSPOT_DEFINED")
    assert "objectTypeId" not in link
    control(f"contacts/{contact}/delete", for_privacy=True)
    assert of_kind(receiver, "contact.privacyDeletion"), "this one has no other spelling"


def test_the_newer_spelling_of_an_association_is_read(
    sandbox: Sandbox, hubspot: HubSpot, receiver: Receiver
) -> None:
    subscribe(sandbox, webhook_spelling="object")
    deal_of(hubspot, make(hubspot, email="ada@example.com"))
    (link,) = of_kind(receiver, "object.associationChange")
    assert read([link]) == (1, {})
    assert read([link | {"associationRemoved": True}]) == (0, {"HubspotIgnoredOther": 1})
    of_a_company = {"toObjectTypeId": "0-2", "associationType": "DEAL_TO_COMPANY"}
    assert read([link | of_a_company]) == (0, {"HubspotIgnoredOther": 1})
    del link["associationType"]
    assert read([link]) == (1, {}), "the types of the objects say the same"


def test_under_both_spellings_each_event_comes_twice(
    sandbox: Sandbox, hubspot: HubSpot, receiver: Receiver
) -> None:
    subscribe(sandbox, webhook_spelling="both")
    make(hubspot, email="ada@example.com")
    (old,) = of_kind(receiver, "contact.creation")
    (new,) = of_kind(receiver, "object.creation")
    assert old["objectId"] == new["objectId"]
    assert old["subscriptionId"] != new["subscriptionId"]
    assert old["eventId"] != new["eventId"]


# --- signatures


def test_the_documented_examples_of_the_older_signatures_are_reproduced() -> None:
    """HubSpot's pages "v1 request validation" and "v2 request validation"."""
    body = (
        b'[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,'
        b'"subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,'
        b'"changeSource":"CRM","changeFlag":"NEW","appId":54321}]'
    )
    v1 = "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de"
    v2 = "eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e"
    assert hubspot_v1(SECRET, body) == v1
    assert hubspot_v2(SECRET, "GET", "https://www.example.com/webhook_uri", b"") == v2


def test_a_webhook_has_v1_beside_v3(hubspot: HubSpot, receiver: Receiver) -> None:
    make(hubspot)
    receiver.wait(lambda: bool(receiver.requests))
    request = receiver.requests[0]
    signed = hashlib.sha256(CONFIG.hubspot_client_secret.encode() + request.body).hexdigest()
    assert request.headers["x-hubspot-signature"] == signed
    assert request.headers["x-hubspot-signature-version"] == "v1"
    assert "x-hubspot-signature-v3" in request.headers


# --- workflows


@pytest.mark.parametrize(("shape", "v3"), [("contact", False), ("object", False), ("action", True)])
def test_a_workflow_sends_the_contact_signed_in_v2(
    control: Post, receiver: Receiver, shape: str, v3: bool
) -> None:
    _, made = control("contacts", properties={"lifecyclestage": "marketingqualifiedlead"})
    status, sent = control(f"contacts/{made['id']}/workflow", **{"as": shape})
    assert (status, sent["status"], sent["attempts"]) == (200, 200, 1)
    (request,) = [one for one in receiver.requests if one.path == "/hubspot/workflow"]
    url = f"{CONFIG.public_url}/hubspot/workflow"
    signature = hubspot_v2(CONFIG.hubspot_client_secret, "POST", url, request.body)
    assert request.headers["x-hubspot-signature"] == signature
    assert request.headers["x-hubspot-signature-version"] == "v2"
    assert ("x-hubspot-signature-v3" in request.headers) is v3
    found = read_workflow(request.body, datetime.now(UTC), str(CONFIG.portal_id))
    (event,) = found.translated.events
    assert getattr(event, "lead_id") == made["id"]  # noqa: B009 the union of all events has none


@pytest.mark.parametrize(("refused", "attempts"), [(503, 2), (429, 2), (400, 1), (401, 1)])
def test_a_workflow_tries_again_unless_the_refusal_is_final(
    control: Post, receiver: Receiver, refused: int, attempts: int
) -> None:
    _, made = control("contacts", properties={"email": "ada@example.com"})
    receiver.wait(lambda: len(receiver.requests) > 0)
    receiver.answers = [(refused, b"")]
    _, sent = control(f"contacts/{made['id']}/workflow", **{"as": "action"})
    assert sent["attempts"] == attempts


# --- what Baton makes of it


def test_nothing_that_the_sandbox_can_send_is_odd(
    sandbox: Sandbox, hubspot: HubSpot, control: Post, receiver: Receiver
) -> None:
    subscribe(sandbox, subscribed_kinds=(*SUBSCRIBED_KINDS, *STRAY), webhook_spelling="both")
    firm = {"name": "Helvia", "domain": "helvia.example"}
    _, first = control("contacts", properties={"email": "a@helvia.example"}, company=firm)
    other = make(hubspot, email="b@example.com")
    deal_of(hubspot, other)
    control(f"contacts/{first['id']}/merge", other=other)
    _, third = control("contacts", properties={"email": "c@example.com"})
    control(f"contacts/{third['id']}/delete")
    control(f"contacts/{third['id']}/restore")
    control(f"contacts/{third['id']}/delete", for_privacy=True)
    of_kind(receiver, "contact.privacyDeletion")
    told, ignored = read(receiver.events())
    assert told
    assert ODD not in ignored
