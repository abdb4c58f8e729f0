"""A whole account read and written through HubSpot's client, against the sandbox."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from baton.adapters.hubspot.census import HubspotCensus
from baton.adapters.hubspot.errors import MissingScopes
from baton.adapters.hubspot.pace import Pace
from baton.application.audit.census import STAGE, STATUS
from baton.application.ports.census import Deal, Row
from baton.failures import NotAllowed, Rejected
from infra.local.sandbox.config import Owner
from infra.local.sandbox.server import Sandbox
from tests.fakes.answers import serving
from tests.fakes.sandbox import ANNA, CONFIG, KIM, FixedToken, Peer

AT = 1_772_539_200_000


@pytest.fixture
def census(peer: Peer) -> HubspotCensus:
    return census_of(peer.hubspot_url)


def census_of(url: str) -> HubspotCensus:
    return HubspotCensus(FixedToken(CONFIG.hubspot_access_token), url, Pace(10_000))


def grown(links: dict[str, list[str]] | None = None, **values: Any) -> dict[str, Any]:
    """An object whose properties had these values, oldest first, a second apart."""
    history = {
        name: [
            {"value": value, "at": AT + 1000 * n, "source": "IMPORT", "source_id": f"import:{n}"}
            for n, value in reversed(list(enumerate([seen] if isinstance(seen, str) else seen)))
        ]
        for name, seen in values.items()
    }
    return {"created": AT, "history": history, "links": links or {}}


def put(peer: Peer, kind: str, *objects: dict[str, Any]) -> list[str]:
    ids: list[str] = peer.do("bulk", kind=kind, objects=list(objects))["ids"]
    return ids


def rows(census: HubspotCensus, *history: str) -> list[Row]:
    pages = census.contacts([STAGE, STATUS], history)
    return [row for page in pages for row in page.rows]


def test_a_contact_that_cannot_be_read_leaves_the_others_listed() -> None:
    one, two = '{"id":"1","properties":{"hs_lead_status":5}}', '{"id":"2","properties":null}'

    def answer(path: str, asked: Any) -> tuple[int, bytes]:
        return 200, f'{{"results":[{one},{two}]}}'.encode()

    with serving(answer) as url:
        (page,) = census_of(url).contacts([STATUS], [STATUS])
        statuses = census_of(url).statuses(["1", "2"])
    assert page.rows == (Row("1", {STATUS: "5"}, {}),)
    assert "cannot be read" in page.odd[0]
    assert statuses == {"1": "5"}


def test_contacts_come_with_their_history_oldest_first(peer: Peer, census: HubspotCensus) -> None:
    (contact,) = put(peer, "contacts", grown(lifecyclestage=["lead", "", "customer"]))
    (row,) = rows(census, STAGE)
    assert row.id == contact
    assert row.value(STAGE) == "customer"
    assert STATUS not in row.properties
    assert [one.value for one in row.history[STAGE]] == ["lead", "", "customer"]
    first = row.history[STAGE][0]
    assert (first.source, first.source_id) == ("IMPORT", "import:0")
    assert first.at.timestamp() * 1000 == AT


def test_everybody_is_read_once_in_pages_of_a_hundred(peer: Peer, census: HubspotCensus) -> None:
    ids = put(peer, "contacts", *(grown(lifecyclestage="lead") for _ in range(230)))
    before = len(peer.calls("hubspot"))
    assert [row.id for row in rows(census, STAGE)] == ids
    calls = peer.calls("hubspot")[before:]
    assert calls.count("/crm/objects/2026-09/contacts") == 3
    assert calls.count("/crm/objects/2026-09/contacts/batch/read") == 5, "fifty at a time"


def test_reading_goes_on_after_a_contact(peer: Peer, census: HubspotCensus) -> None:
    ids = put(peer, "contacts", *(grown(lifecyclestage="lead") for _ in range(120)))
    first = next(census.contacts([STAGE], ()))
    assert first.after == ids[99]
    (rest,) = census.contacts([STAGE], (), first.after)
    assert [row.id for row in rest.rows] == ids[100:]
    assert rest.after == ""


def test_deals_stand_as_their_pipeline_says(peer: Peer, census: HubspotCensus) -> None:
    one, two = put(peer, "contacts", grown(lifecyclestage="lead"), grown(lifecyclestage="lead"))
    stages = ("contractsent", "closedwon", "closedlost")
    links: list[dict[str, list[str]]] = [{"contacts": [one, two]}, {"contacts": [one]}, {}]
    ids = put(
        peer,
        "deals",
        *(
            grown(some, dealstage=stage, pipeline="default")
            for stage, some in zip(stages, links, strict=True)
        ),
    )
    assert list(census.deals()) == [
        Deal(ids[0], "open", (one, two)),
        Deal(ids[1], "won", (one,)),
        Deal(ids[2], "lost", ()),
    ]


def test_workflows_are_told_by_what_they_write(peer: Peer, census: HubspotCensus) -> None:
    sets = {"actionTypeId": "0-5", "fields": {"property_name": STAGE}}
    flows = [
        {"name": "On", "isEnabled": True, "actions": [sets]},
        {"name": "Off", "actions": [sets]},
        {"name": "Code", "actions": [{"type": "CUSTOM_CODE"}]},
        *({"name": f"Harmless {n}"} for n in range(110)),
    ]
    peer.do("workflows", workflows=flows)
    found = census.workflows()
    assert [(one.name, one.on, one.writes) for one in found.writing] == [
        ("On", True, (STAGE,)),
        ("Off", False, (STAGE,)),
    ]
    assert [one.name for one in found.opaque] == ["Code"]
    assert found.read == 113


def test_the_account_says_who_it_is(census: HubspotCensus) -> None:
    assert census.portal() == str(CONFIG.portal_id)


def test_owners_who_have_left_are_known_apart() -> None:
    left = Owner(id="70009", email="left@example.com", archived=True)
    with Sandbox(msgspec.structs.replace(CONFIG, owners=(ANNA, KIM, left))) as sandbox:
        owners = census_of(sandbox.hubspot_url).owners()
    assert owners.active == {ANNA.id: "Anna", KIM.id: "Kim"}
    assert owners.archived == {left.id: left.id}
    assert owners.name("1") == "1"


def test_statuses_are_read_and_written_by_the_hundred(peer: Peer, census: HubspotCensus) -> None:
    one, two = put(peer, "contacts", grown(hs_lead_status="OPEN"), grown(lifecyclestage="lead"))
    assert census.statuses([one, two, "1"]) == {one: "OPEN", two: ""}
    assert census.set_statuses({one: "NEW", two: "NEW", "1": "NEW"}) == {one, two}
    assert census.statuses([one, two]) == {one: "NEW", two: "NEW"}


def test_a_value_that_is_no_option_is_rejected(peer: Peer, census: HubspotCensus) -> None:
    (one,) = put(peer, "contacts", grown(hs_lead_status="OPEN"))
    with pytest.raises(Rejected, match="INVALID_OPTION"):
        census.set_statuses({one: "NO SUCH"})


def test_a_missing_scope_is_told_apart() -> None:
    config = msgspec.structs.replace(CONFIG, missing_scopes=("automation",))
    with Sandbox(config) as sandbox, pytest.raises(MissingScopes) as caught:
        census_of(sandbox.hubspot_url).workflows()
    assert caught.value.scopes == ("automation",)
    assert isinstance(caught.value, NotAllowed)
