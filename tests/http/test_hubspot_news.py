"""Fields, merges, deletions and deals: what HubSpot reports besides stages and owners."""

from __future__ import annotations

import json
from typing import Any

import pytest

from baton.domain.lifecycle.hubspot_properties import property_names
from baton.domain.world.events import Deleted, Hinted, Merged
from baton.http.hubspot_webhooks import OWN
from baton.wire.details import DealHint, OddWebhook
from baton.wire.vocabulary import decode_message, encode_message
from tests.builders import POLICY
from tests.http.requests import body_of, load
from tests.http.test_hubspot_webhooks import (
    CREATION,
    DEAL,
    GONE,
    MERGE,
    STATUS,
    at,
    changed,
    identity,
    translate,
)


def on_file(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(body_of(load(f"receive_hubspot.{name}.json")))
    return found


# ---------------------------------------------------------------- fields


def test_what_a_person_filled_in_is_a_hint_and_what_baton_wrote_is_none() -> None:
    found = translate(*on_file("fields"))
    assert found.events == (
        Hinted(
            id="hs:4455667:contact.propertyChange:90210011:3816279356:1795322403000:baton_pain",
            lead_id="90210011",
            at=at(1795322403000),
            about="fields",
        ),
    )
    assert found.ignored == {"HubspotIgnoredOwnProperty": 1}


def test_the_door_knows_every_property_that_baton_writes_and_no_field() -> None:
    """The function knows only patterns of names; the policy decides which exist. tests/setup checks
    those of the sample."""
    assert [name for name in property_names(POLICY) if not OWN.fullmatch(name)] == []
    fields = [field.property for field in POLICY.lifecycle.fields]
    assert [name for name in fields if OWN.fullmatch(name)] == []


@pytest.mark.parametrize("name", ["p" * 255, "a b", "größe"], ids=["long", "a space", "no ASCII"])
def test_any_property_name_gives_an_identity_that_travels(name: str) -> None:
    (event,) = translate(changed(STATUS, propertyName=name)).events
    assert decode_message(encode_message(event)) == event
    (other,) = translate(STATUS).events
    assert identity(other) != identity(event)


# ---------------------------------------------------------------- merges and deletions


def test_each_merged_contact_and_the_remaining_one_get_an_event() -> None:
    """In the event files, the first merge made a new contact, the second kept the primary one."""
    first, second = on_file("merge")
    assert translate(first, second).events == (
        Merged(
            id="hs:4455667:contact.merge:90210012:3816279350:1795322404000",
            lead_id="90210012",
            at=at(1795322404000),
            into="90210099",
        ),
        Merged(
            id="hs:4455667:contact.merge:90210011:3816279350:1795322404000",
            lead_id="90210011",
            at=at(1795322404000),
            into="90210099",
        ),
        Hinted(
            id="hs:4455667:contact.merge:90210099:3816279350:1795322404000",
            lead_id="90210099",
            at=at(1795322404000),
            about="stage",
        ),
        *(
            Merged(
                id=f"hs:4455667:contact.merge:{gone}:3816279351:1795322404500",
                lead_id=gone,
                at=at(1795322404500),
                into="90210020",
            )
            for gone in ("90210021", "90210022")
        ),
        Hinted(
            id="hs:4455667:contact.merge:90210020:3816279351:1795322404500",
            lead_id="90210020",
            at=at(1795322404500),
            about="stage",
        ),
    )


def test_nobody_is_merged_into_themselves_or_twice() -> None:
    first, _ = on_file("merge")
    odd = changed(first, mergedObjectIds=[90210012, 90210012, 90210099])
    assert translate(odd).events == translate(first).events


def test_a_deleted_contact_is_told_however_it_was_deleted() -> None:
    found = translate(*on_file("deletion"))
    assert found.events == (
        Deleted(
            id="hs:4455667:contact.deletion:90210012:3816279352:1795322404000",
            lead_id="90210012",
            at=at(1795322404000),
        ),
        Deleted(
            id="hs:4455667:contact.privacyDeletion:90210013:3816279353:1795322404100",
            lead_id="90210013",
            at=at(1795322404100),
        ),
    )


# ---------------------------------------------------------------- deals


def test_a_deal_is_a_hint_that_names_the_deal() -> None:
    assert translate(*on_file("deal")).events == (
        DealHint(
            event_id="hs:4455667:deal.creation:77001122:3816279354:1795322403000",
            deal_id="77001122",
            occurred_at=at(1795322403000),
            created=True,
        ),
        DealHint(
            event_id="hs:4455667:deal.propertyChange:77001122:3816279355:1795322404000:dealstage",
            deal_id="77001122",
            occurred_at=at(1795322404000),
        ),
    )


def test_a_contact_that_joins_a_deal_is_a_hint_and_what_else_is_linked_is_none() -> None:
    found = translate(*on_file("deal_contact"))
    assert found.events == (
        DealHint(
            event_id="hs:4455667:deal.associationChange:77001122:3816279358:1795322404000:90210011",
            deal_id="77001122",
            occurred_at=at(1795322404000),
            joined=True,
        ),
    )
    assert found.ignored == {"HubspotIgnoredOther": 2}


@pytest.mark.parametrize(
    ("name", "kind"), [("merge", "0-1"), ("deletion", "0-1"), ("deal", "0-3"), ("fields", "0-1")]
)
def test_the_newer_names_mean_the_same(name: str, kind: str) -> None:
    events = on_file(name)
    newer = [
        changed(
            event,
            subscriptionType="object." + event["subscriptionType"].partition(".")[2],
            objectTypeId=kind,
        )
        for event in events
    ]
    assert translate(*newer) == translate(*events)


def test_both_spellings_and_both_names_of_the_kind_are_read() -> None:
    """An association names the types of both objects, and neither the type nor the id of one."""
    found = translate(*on_file("spellings"))
    hints = [one.about for one in found.events if isinstance(one, Hinted)]
    deals = [one for one in found.events if isinstance(one, DealHint)]
    assert sorted(hints) == ["created", "fields", "fields", "stage"]
    assert [(one.deal_id, one.joined) for one in deals] == [("77001122", True)]
    assert len(hints) + len(deals) == len(found.events)
    assert found.ignored == {"HubspotIgnoredOther": 1}, "the company"


@pytest.mark.parametrize(
    ("changes", "joined"),
    [
        pytest.param({}, True, id="as HubSpot sends it"),
        pytest.param({"associationType": GONE}, True, id="the types say it"),
        pytest.param({"toObjectTypeId": "0-2"}, False, id="a company"),
        pytest.param({"toObjectTypeId": GONE}, True, id="its own type says it"),
        pytest.param({"fromObjectTypeId": "0-1", "toObjectTypeId": "0-3"}, False,
                     id="the side of the contact"),
        pytest.param({"associationRemoved": True}, False, id="it leaves"),
    ],
)  # fmt: skip
def test_an_association_in_the_newer_spelling(changes: dict[str, Any], joined: bool) -> None:
    link = changed(on_file("spellings")[2], **changes)
    found = translate(link)
    assert [one.joined for one in found.events if isinstance(one, DealHint)] == [True] * joined
    assert not any(isinstance(one, OddWebhook) for one in found.events)


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (changed(MERGE, primaryObjectId=GONE), "primaryObjectId: required"),
        (changed(MERGE, mergedObjectIds=GONE), "mergedObjectIds: required"),
        (changed(MERGE, mergedObjectIds=["7"]), "mergedObjectIds[0]: expected int, got str"),
        (changed(MERGE, newObjectId="7"), "newObjectId: expected int | null, got str"),
        (changed(DEAL, objectId=GONE), "objectId: required"),
        (
            changed(on_file("deal_contact")[0], fromObjectId=GONE),
            "fromObjectId: required",
        ),
        (changed(DEAL, propertyName=GONE), "propertyName: required"),
        (changed(CREATION, subscriptionType="contact.deletion", objectId=0), "objectId: expected"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_malformed_merge_deletion_or_deal_is_named(event: dict[str, Any], why: str) -> None:
    other = changed(STATUS, objectId=1)
    found = translate(other, event)
    (odd,) = [one for one in found.events if isinstance(one, OddWebhook)]
    assert odd.why.startswith(f"$[1].{why}")
    assert set(translate(other).events) <= set(found.events)


def test_an_association_without_its_type_has_the_deal_read() -> None:
    """One that other products have reported, and that cost its batch."""
    link = changed(on_file("deal_contact")[0], associationType=GONE)
    odd, read = translate(link).events
    assert isinstance(odd, OddWebhook)
    assert odd.why == "$[0].associationType: required"
    assert isinstance(read, DealHint)
    assert (read.deal_id, read.joined) == (str(link["fromObjectId"]), True)


def test_a_contact_out_of_the_bin_is_read() -> None:
    restored = changed(CREATION, subscriptionType="contact.restore")
    (event,) = translate(restored).events
    assert isinstance(event, Hinted)
    assert (event.lead_id, event.about) == (str(CREATION["objectId"]), "stage")
    assert identity(event) != identity(translate(CREATION).events[0])
