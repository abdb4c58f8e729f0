"""When two contacts are probably one person."""

from __future__ import annotations

import pytest

from baton.adapters.hubspot.registrable import registrable
from baton.application.audit.census import OWNER
from baton.application.audit.duplicates import Duplicates, normal_email, normal_phone
from baton.application.ports.census import Row
from baton.policy_tools.free_mail import FREE_DOMAINS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Ada@Firm.Example", "ada@firm.example", id="case"),
        pytest.param(" ada@firm.example ", "ada@firm.example", id="space"),
        pytest.param("ada+news@firm.example", "ada@firm.example", id="tag"),
        pytest.param("a.d.a@gmail.com", "ada@gmail.com", id="Gmail ignores dots"),
        pytest.param("a.da+x@GoogleMail.com", "ada@gmail.com", id="Gmail's other domain"),
        pytest.param("a.da@firm.example", "a.da@firm.example", id="others count dots"),
        pytest.param("nobody", "", id="no address"),
        pytest.param("+tag@firm.example", "", id="a tag alone"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_an_address_is_compared_as_its_provider_does(text: str, expected: str) -> None:
    assert normal_email(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("+49 30 5550 0142 7", "555001427", id="with country"),
        pytest.param("(030) 5550-01427", "555001427", id="without"),
        pytest.param("5550", "", id="an extension"),
        pytest.param("000 000 000", "", id="a placeholder"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_number_is_its_last_nine_digits(text: str, expected: str) -> None:
    assert normal_phone(text) == expected


def groups(*people: dict[str, str]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """(why, ids) of each group among contacts 1, 2, 3, …"""
    duplicates = Duplicates(FREE_DOMAINS, registrable)
    for n, properties in enumerate(people, start=1):
        duplicates.take(Row(str(n), properties))
    return [(one.why, tuple(i for i, _ in one.members)) for one in duplicates.groups()]


ADA = {"firstname": "Ada", "lastname": "Mäki"}


@pytest.mark.parametrize(
    ("one", "two", "why"),
    [
        pytest.param({"email": "a@x.io"}, {"email": "A+1@x.io"}, ("email",), id="address"),
        pytest.param(
            {"phone": "+49 30 12345678"}, {"mobilephone": "030 12345678"}, ("phone",), id="number"
        ),
        pytest.param(
            {**ADA, "email": "ada@x.io"},
            {"firstname": "ADA", "lastname": "Maki", "email": "info@x.io"},
            ("name at domain",),
            id="name at a firm, however it is spelt",
        ),
        pytest.param(
            {**ADA, "website": "https://www.x.io/team"},
            {**ADA, "email": "a@x.io"},
            ("name at domain",),
            id="name at a firm's site",
        ),
        pytest.param(
            {**ADA, "email": "ada@gmail.com"},
            {**ADA, "email": "a2@gmail.com"},
            None,
            id="namesakes",
        ),
        pytest.param(
            {"firstname": "Info", "email": "a@x.io"},
            {"firstname": "Info", "email": "b@x.io"},
            None,
            id="one word is no name",
        ),
        pytest.param({}, {}, None, id="nothing known"),
    ],
)
def test_what_makes_two_contacts_one(
    one: dict[str, str], two: dict[str, str], why: tuple[str, ...] | None
) -> None:
    assert groups(one, two) == ([(why, ("1", "2"))] if why else [])


def test_a_contact_that_matches_two_others_joins_them_in_one_group() -> None:
    first, second = {"email": "a@x.io"}, {"phone": "030 12345678"}
    assert groups(first, second, {}, first | second) == [(("email", "phone"), ("1", "2", "4"))]


def test_each_member_comes_with_its_owner() -> None:
    duplicates = Duplicates(FREE_DOMAINS, registrable)
    duplicates.take(Row("1", {"email": "a@x.io", OWNER: "77"}))
    duplicates.take(Row("2", {"email": "a@x.io"}))
    (group,) = duplicates.groups()
    assert group.members == (("1", "77"), ("2", ""))
