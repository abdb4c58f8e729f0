"""Values that the policy cannot read, or that none of its rules names."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from baton.application.audit.unreadable import TOLD, Unread, Unreadable
from baton.application.ports.census import Row
from baton.domain.policy import Policy
from baton.policy_tools import compile_policy, load
from tests.policy_tools.conftest import SAMPLE


@pytest.fixture(scope="module")
def policy() -> Policy:
    return compile_policy(load(SAMPLE), date(2026, 11, 22))


def found(policy: Policy, *rows: dict[str, str]) -> dict[tuple[str, str], Unreadable]:
    unread = Unread(policy)
    for number, properties in enumerate(rows):
        unread.take(Row(str(number), properties))
    return {(one.field, one.lack): one for one in unread.found()}


def test_a_country_that_is_none_is_counted_and_told(policy: Policy) -> None:
    odd = [{"country": "Middle Earth"}] * 2 + [{"country": "middle  earth"}, {"country": "Mordor"}]
    one = found(policy, *odd, {"country": "Österreich"}, {})["country", "country"]
    assert one == Unreadable(
        "country", "country", "country", 4, {"Middle Earth": 3}, 1, tuple("0123")
    )


def test_a_country_that_falls_to_everything_else_is_told_apart(policy: Policy) -> None:
    several = found(policy, *[{"country": "日本"}] * 3, {"country": "Japan"}, {"country": "Spain"})
    assert several.keys() == {("country", "rule")}
    assert several["country", "rule"].contacts == 4
    assert several["country", "rule"].values == {"日本": 3}


@pytest.mark.parametrize(
    ("name", "value", "lack"),
    [
        ("numemployees", "many", "number"),
        ("numemployees", "1.000", "number"),
        ("hs_last_sales_activity_timestamp", "soon", "date"),
        ("email", "no address", "email"),
        ("baton_waiting_on", "nobody", "choice"),
    ],
)
def test_what_a_value_lacks(policy: Policy, name: str, value: str, lack: str) -> None:
    ((_, kind),) = found(policy, {name: value})
    assert kind == lack


@pytest.mark.parametrize(
    "properties",
    [
        {"numemployees": "1000"},
        {"numemployees": "100-500"},
        {"hs_last_sales_activity_timestamp": "2026-11-30T08:00:00Z"},
        {"email": "Ada <ada@acme.example>"},
        {"baton_waiting_on": "LEAD"},
        {"country": "u.k."},
        {"baton_product_interest": "Archive;Scanning"},
        {"jobtitle": "anything; at all"},
        {},
    ],
)
def test_what_can_be_read_is_not_counted(policy: Policy, properties: dict[str, str]) -> None:
    assert found(policy, properties) == {}


@pytest.mark.parametrize("value", ["ada@acme", "Room 5", "+49 30", "５"])
def test_a_value_that_may_tell_of_a_person_is_only_counted(policy: Policy, value: str) -> None:
    one = found(policy, *[{"country": value}] * 5)["country", "country"]
    assert (one.contacts, one.values) == (5, {})


def test_a_value_of_fewer_than_three_contacts_is_only_counted(policy: Policy) -> None:
    one = found(policy, *[{"country": "Mordor"}] * 2)["country", "country"]
    assert (one.contacts, one.values) == (2, {})


def changed(policy: Policy, name: str, **fields: Any) -> Policy:
    new = tuple(
        replace(one, **fields) if one.id == name else one for one in policy.lifecycle.fields
    )
    return replace(policy, lifecycle=replace(policy.lifecycle, fields=new))


def test_of_a_list_each_box_must_be_listed(policy: Policy) -> None:
    listed = changed(policy, "product_interest", values=("Archive", "Scanning"))
    assert found(listed, {"baton_product_interest": "Archive;SCANNING"}) == {}
    one = found(listed, *[{"baton_product_interest": "Archive;Fax"}] * 3)
    assert one["product_interest", "choice"].values == {"Fax": 3}


def test_told_values_and_other_values_add_up_to_all_contacts(policy: Policy) -> None:
    """Values that are not told: of two contacts, with a digit, beyond those that are told."""
    letters = [f"Land {a}{b}" for a in "abcde" for b in "vwxyz"]
    odd = [*(3 * letters), *["Mordor"] * 2, "Room 5"]
    one = found(policy, *({"country": value} for value in odd))["country", "country"]
    assert len(one.values) == TOLD
    assert sum(one.values.values()) + one.others == one.contacts == len(odd)
    assert one.examples == tuple("01234")


def test_a_contact_with_several_boxes_is_among_the_others_only_if_none_is_told(
    policy: Policy,
) -> None:
    listed = changed(policy, "product_interest", values=("Archive", "Scanning"))
    odd = [*["Fax"] * 2, "Fax;Telex", "Telex", "Telex", "Archive;Wire"]
    one = found(listed, *({"baton_product_interest": value} for value in odd))
    counted = one["product_interest", "choice"]
    assert (counted.values, counted.others, counted.contacts) == ({"Fax": 3, "Telex": 3}, 1, 6)
