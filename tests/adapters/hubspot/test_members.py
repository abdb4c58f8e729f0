"""A batch's answer with odd members: the good ones are used, the odd one is told."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import DecodeError, Raw

from baton.adapters.hubspot.crm import HubspotCrm, HubspotWriter, marker
from baton.adapters.hubspot.http import Record
from baton.adapters.hubspot.members import decoded, members
from baton.application.follow_deal import follow_deal
from baton.application.work_event import Contacts
from baton.domain.world.world import Contact
from baton.failures import Rejected, Retryable
from baton.wire.details import DealHint
from tests.builders import NOW, POLICY
from tests.fakes.answers import Answer, answering
from tests.fakes.effects import task_state

SECRET = "nora.lindqvist@helvia.example"


def contact(contact_id: str, more: str = "") -> str:
    """*more*: other properties, as JSON."""
    stage = f'"lifecyclestage":"lead"{"," if more else ""}{more}'
    return f'{{"id":"{contact_id}","properties":{{{stage}}}}}'


def batch(*found: str, errors: str = "[]") -> bytes:
    return f'{{"status":"COMPLETE","results":[{",".join(found)}],"errors":{errors}}}'.encode()


def account(odd: str) -> Answer:
    """Contact 2 is *odd*."""
    stored = {"1": contact("1"), "2": odd, "3": contact("3")}

    def answer(path: str, asked: Any) -> tuple[int, bytes]:
        return 200, batch(*(stored[one["id"]] for one in asked["inputs"]))

    return answer


def read(odd: str) -> dict[str, Contact | Exception | None]:
    found: dict[str, Contact | Exception | None] = {}
    with answering(account(odd)) as http:
        contacts = Contacts(HubspotCrm(http), ["1", "2", "3"])
        for one in "123":
            try:
                found[one] = contacts.get(one, POLICY)
            except (Rejected, Retryable) as error:
                found[one] = error
    return found


@pytest.mark.parametrize(
    ("odd", "name", "value"),
    [
        pytest.param(r'"firstname":"Nora\ud83d"', "firstname", "Nora�", id="half a pair"),
        pytest.param('"firstname":"No\x01ra"', "firstname", "No\x01ra", id="a control character"),
        pytest.param('"numemployees":50', "numemployees", "50", id="a number"),
        pytest.param('"numemployees":2.5', "numemployees", "2.5", id="a fraction"),
        pytest.param('"numemployees":' + "9" * 30, "numemployees", "9" * 30, id="a huge one"),
        pytest.param('"hs_email_optout":true', "hs_email_optout", "true", id="a truth value"),
    ],
)
def test_an_odd_value_is_read_as_its_text(odd: str, name: str, value: str) -> None:
    found = read(contact("2", odd))
    two = found["2"]
    assert isinstance(two, Contact)
    assert two.properties[name] == value
    assert [one for one in found.values() if not isinstance(one, Contact)] == []


@pytest.mark.parametrize(
    "odd",
    [
        '{"lifecyclestage":null}',
        '{"lifecyclestage":[{"value":"lead","timestamp":null}]}',
        '{"lifecyclestage":[{"value":5,"timestamp":"2026-03-02T09:00:00Z"}]}',
    ],
)
def test_a_history_without_dates_is_read(odd: str) -> None:
    two = read(f'{{"id":2,"properties":{{}},"propertiesWithHistory":{odd}}}')["2"]
    assert isinstance(two, Contact)
    assert len(two.stages) == odd.count("2026")


@pytest.mark.parametrize(
    ("odd", "says"),
    [
        pytest.param(contact("2", '"x":[]'), "its x cannot be read", id="a list"),
        pytest.param(contact("2", f'"{SECRET}":{{}}'), "a member", id="a name that is none"),
        pytest.param('{"id":"2","properties":null}', "`$.properties`", id="null properties"),
        pytest.param('{"id":"2"}', "`properties`", id="no properties"),
        pytest.param('{"properties":{}}', "`id`", id="no id"),
        pytest.param("null", "a member of a batch", id="null"),
        pytest.param(f'"{SECRET}"', "a member of a batch", id="a text"),
    ],
)
def test_a_member_that_cannot_be_read_is_refused_alone(odd: str, says: str) -> None:
    """It is not taken for one that was deleted, or whose properties were emptied."""
    found = read(odd)
    assert isinstance(found["1"], Contact)
    assert isinstance(found["3"], Contact)
    two = found["2"]
    assert isinstance(two, Rejected)
    assert says in str(two)
    assert "HubSpot's support" in str(two)
    assert SECRET not in str(two)


def test_an_error_that_is_none_is_about_one_member() -> None:
    def answer(path: str, asked: Any) -> tuple[int, bytes]:
        ids = [one["id"] for one in asked["inputs"]]
        good = [contact(one) for one in ids if one != "2"]
        return 207, batch(*good, errors="[null]" if "2" in ids else "[]")

    with answering(answer) as http:
        contacts = Contacts(HubspotCrm(http), ["1", "2", "3"])
        assert contacts.get("1", POLICY) is not None
        assert contacts.get("3", POLICY) is not None
        with pytest.raises(Rejected):
            contacts.get("2", POLICY)


def deal_and_links(links: str) -> Answer:
    def answer(path: str, asked: Any) -> tuple[int, bytes]:
        if "associations" in path:
            return 200, batch(f'{{"from":{{"id":"9"}},"to":[{links}]}}')
        return 200, batch('{"id":"9","properties":{"dealstage":"new","pipeline":"default"}}')

    return answer


def test_an_association_that_cannot_be_read_keeps_no_other_contact_from_hearing() -> None:
    worked: list[str] = []
    hint = DealHint(event_id="1", deal_id="9", occurred_at=NOW)
    with (
        answering(deal_and_links('{"toObjectId":1},null,{"toObjectId":3}')) as http,
        pytest.raises(Rejected, match="cannot be read"),
    ):
        follow_deal(hint, HubspotCrm(http), NOW, lambda event, _: worked.append(event.lead_id))
    assert worked == ["1", "3"]


@pytest.mark.parametrize("ours", [True, False])
def test_a_task_is_found_beside_one_that_cannot_be_read(ours: bool) -> None:
    """Where it is not found, the odd one may be it, and no second one is made."""
    task = task_state()
    body = marker(task) if ours else "another"
    tasks = [
        '{"id":"5","properties":null}',
        f'{{"id":"6","properties":{{"hs_task_body":"{body}"}}}}',
    ]

    def answer(path: str, asked: Any) -> tuple[int, bytes]:
        if "associations" in path:
            return 200, batch('{"from":{"id":"1"},"to":[{"toObjectId":5},{"toObjectId":6}]}')
        return 200, batch(*tasks)

    with answering(answer) as http:
        if ours:
            assert HubspotWriter(http).find_task(task) == "6"
        else:
            with pytest.raises(Rejected, match="cannot be read"):
                HubspotWriter(http).find_task(task)


@pytest.mark.parametrize("more", ['"properties":null', r'"properties":{"x":"\ud83d"}', '"x":1'])
def test_a_write_that_was_carried_out_is_not_repeated(more: str) -> None:
    with answering(lambda _path, _body: (200, f'{{"id":7,{more}}}'.encode())) as http:
        http.update("contacts", "7", {"firstname": "Nora"})
        assert http.create("tasks", {}, []) == "7"


@pytest.mark.parametrize("page", [b"<html>", b'{"results":[', b'{"results":null}', b"[" * 100_000])
def test_an_answer_that_is_not_hubspots_is_tried_again(page: bytes) -> None:
    with answering(lambda _path, _body: (200, page)) as http, pytest.raises(Retryable):
        list(http.read("contacts", ["1"], []))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(st.lists(json_values, max_size=4), st.integers(0, 4))
@settings(max_examples=200)
def test_any_garbage_beside_good_members_loses_none_of_them(garbage: list[Any], at: int) -> None:
    raws = [Raw(json.dumps(one).encode()) for one in garbage]
    raws.insert(min(at, len(raws)), Raw(contact("1", r'"x":"\ud800"').encode()))
    told: list[str] = []
    found = [one for one in members(raws, Record, told.append) if one.properties.get("x") == "�"]
    assert [one.id for one in found] == ["1"]


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_are_no_json(data: bytes) -> None:
    with suppress(DecodeError):
        decoded(data, object)
