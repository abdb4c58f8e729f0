"""Contact properties through HubSpot's client, against the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from baton.adapters.hubspot.errors import MissingScopes
from baton.adapters.hubspot.schema import GROUP, READ_SCOPE, WRITE_SCOPE, HubspotSchema
from baton.domain.lifecycle.hubspot_properties import Property
from baton.failures import Rejected, Retryable, Unauthorised
from infra.local.sandbox.server import Sandbox
from tests.fakes.sandbox import CONFIG, FixedToken, Peer

DUE = Property("baton_accept_due", "Baton: Accept due", "datetime")
COUNT = Property("baton_times_entered_mql", "Baton: Times entered MQL", "number")
TEXT = Property("baton_reason", "Baton: Reason", "string")


@pytest.fixture
def schema(peer: Peer) -> HubspotSchema:
    return HubspotSchema(FixedToken(CONFIG.hubspot_access_token), peer.hubspot_url)


@pytest.fixture
def grouped(schema: HubspotSchema) -> HubspotSchema:
    schema.create_group()
    return schema


def test_the_account_says_what_it_has(schema: HubspotSchema) -> None:
    known = schema.properties()
    assert known["email"].type == "string"
    assert {option.value for option in known["hs_lead_status"].options} == {*CONFIG.lead_statuses}
    assert "baton_accept_due" not in known
    assert "contactinformation" in schema.groups()


def test_properties_are_made_with_their_types_and_labels(grouped: HubspotSchema) -> None:
    assert grouped.create([DUE, COUNT, TEXT]) == {}
    known = grouped.properties()
    for one in (DUE, COUNT, TEXT):
        assert (known[one.name].type, known[one.name].label) == (one.kind, one.label)
    assert GROUP in grouped.groups()


def test_creating_no_properties_makes_no_call(grouped: HubspotSchema, peer: Peer) -> None:
    before = len(peer.calls("hubspot"))
    assert grouped.create([]) == {}
    assert len(peer.calls("hubspot")) == before


def test_a_hundred_go_in_one_call(grouped: HubspotSchema, peer: Peer) -> None:
    wanted = [Property(f"baton_{n}", f"Number {n}", "number") for n in range(101)]
    assert grouped.create(wanted) == {}
    assert peer.calls("hubspot").count("/crm/properties/2026-09/contacts/batch/create") == 2
    assert {one.name for one in wanted} <= set(grouped.properties())


def test_what_exists_is_named_and_the_rest_is_made(grouped: HubspotSchema) -> None:
    grouped.create([DUE])
    refused = grouped.create([DUE, TEXT])
    assert list(refused) == [DUE.name]
    assert "409" in refused[DUE.name]
    assert TEXT.name in grouped.properties()


def test_a_refused_property_does_not_stop_the_others_of_its_batch(grouped: HubspotSchema) -> None:
    wrong = Property("Baton Due", "Wrong", "datetime")
    refused = grouped.create([DUE, wrong, TEXT])
    assert list(refused) == ["Baton Due"]
    assert "VALIDATION_ERROR" in refused["Baton Due"]
    assert {DUE.name, TEXT.name} <= set(grouped.properties())


def test_a_group_that_exists_is_refused(grouped: HubspotSchema) -> None:
    with pytest.raises(Rejected, match="409: OBJECT_ALREADY_EXISTS"):
        grouped.create_group()


@pytest.fixture
def poor() -> Iterator[HubspotSchema]:
    """The adapter of an app that has neither scope."""
    config = msgspec.structs.replace(CONFIG, missing_scopes=(READ_SCOPE, WRITE_SCOPE))
    with Sandbox(config) as sandbox:
        yield HubspotSchema(FixedToken(CONFIG.hubspot_access_token), sandbox.hubspot_url)


CALLS: list[Any] = [
    pytest.param(lambda schema: schema.properties(), READ_SCOPE, id="properties"),
    pytest.param(lambda schema: schema.groups(), READ_SCOPE, id="groups"),
    pytest.param(lambda schema: schema.create_group(), WRITE_SCOPE, id="create group"),
    pytest.param(lambda schema: schema.create([DUE]), WRITE_SCOPE, id="create"),
]


@pytest.mark.parametrize(("call", "scope"), CALLS)
def test_a_missing_scope_is_named(poor: HubspotSchema, call: Any, scope: str) -> None:
    with pytest.raises(MissingScopes, match=scope) as refused:
        call(poor)
    assert refused.value.scopes == (scope,)


@pytest.mark.parametrize(("call", "scope"), CALLS)
@pytest.mark.parametrize("mode", ["429", "500", "down"])
def test_outages_and_rate_limits_can_be_retried(
    schema: HubspotSchema, peer: Peer, call: Any, scope: str, mode: str
) -> None:
    peer.fault("hubspot", mode)
    with pytest.raises(Retryable):
        call(schema)


def test_a_wrong_token_is_told_from_a_missing_scope(peer: Peer) -> None:
    with pytest.raises(Unauthorised):
        HubspotSchema(FixedToken("wrong"), peer.hubspot_url).properties()


def test_a_rotated_token_is_read_again_at_once(peer: Peer) -> None:
    token = FixedToken("old", CONFIG.hubspot_access_token)
    assert "email" in HubspotSchema(token, peer.hubspot_url).properties()
