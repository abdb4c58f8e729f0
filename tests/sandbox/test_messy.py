"""The generator of messy accounts: deterministic, and without other faults than the planted
ones."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from unicodedata import is_normalized

import msgspec
import pytest

from baton.domain.policy import Policy
from baton.policy_tools import compile_policy, load
from infra.local import messy_contacts
from infra.local.messy import Messy, make
from infra.local.messy.loading import Unreachable, load_into, owners_of
from infra.local.messy.making import OTHER_DATE
from infra.local.messy.values import kinds
from infra.local.sandbox.config import SandboxConfig
from infra.local.sandbox.properties import parse_time
from infra.local.sandbox.server import Sandbox
from infra.local.sandbox.spellings import FREE_MAIL
from infra.local.stack.policy import cast
from tests.policy_tools.conftest import SAMPLE

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OWNERS = {"510000011": False, "510000012": False, "510000098": True, "510000099": False}
ACCOUNT = msgspec.convert({**cast(SAMPLE), "hubspot_access_token": "made-up"}, SandboxConfig)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return compile_policy(load(SAMPLE), date(2026, 11, 22))


def made(policy: Policy, seed: int = 7, count: int = 300) -> Messy:
    return make(policy, OWNERS, NOW, seed, count)


def test_the_same_seed_makes_the_same_contacts(policy: Policy) -> None:
    assert made(policy) == made(policy)
    assert made(policy) != made(policy, seed=8)


def test_as_many_contacts_as_were_asked_for(policy: Policy) -> None:
    messy = made(policy, count=350)
    assert len(messy.contacts) == 350
    assert all(count > 0 for count in messy.planted.values())


def test_values_are_untidy_a_known_number_of_times(policy: Policy) -> None:
    messy = made(policy)
    assert {kind for kind, _ in kinds(policy)} == messy.untidy.keys()
    now = [
        {name: changes[0]["value"] for name, changes in one["history"].items()}
        for one in messy.contacts
    ]

    def having(name: str, *values: str) -> int:
        return sum(one.get(name) in values for one in now)

    def like(name: str, text: str) -> int:
        return sum(text in one.get(name, "") for one in now)

    each = 6
    assert set(messy.untidy.values()) == {each}
    assert having("country", "Europe", "DACH", "Other") == each
    assert having("numemployees", "1.000", "2,500") == each
    assert like("recent_conversion_event_name", "Meetings Link: ") == each
    assert like("recent_conversion_event_name", "Facebook Lead Ads: ") == each
    assert like("recent_conversion_event_name", "What the archive") == each
    assert like("baton_product_interest", ";") == each
    assert like("email", "@eu.") == each
    assert like("lastname", "\u00a0") == each
    assert sum(not is_normalized("NFC", one["lastname"]) for one in now) == each
    assert sum("company" not in one for one in now) == 2 * each, "free mail, and no company"


def test_a_day_of_another_tool_is_midnight_utc(policy: Policy) -> None:
    days = [
        change["value"]
        for one in made(policy).contacts
        for change in one["history"].get(OTHER_DATE, [])
    ]
    assert days
    assert all(
        parse_time(day) is not None and (parse_time(day) or 1) % 86_400_000 == 0 for day in days
    )


def test_all_addresses_are_invented(policy: Policy) -> None:
    emails = [
        change["value"] for one in made(policy).contacts for change in one["history"]["email"]
    ]
    invented = (".example", "@gmail.com", "@googlemail.com")
    shared = tuple(f"@{domain}" for domain in FREE_MAIL)
    assert all(
        email.endswith(invented) or (email.startswith("free.mail.") and email.endswith(shared))
        for email in emails
    )


@pytest.mark.parametrize(
    ("owners", "count", "message"),
    [({}, 300, "nobody of the policy's roster"), (OWNERS, 100, "at least 200")],
)
def test_what_cannot_be_made_is_said(
    policy: Policy, owners: dict[str, bool], count: int, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        make(policy, owners, NOW, 7, count)


def test_messy_contacts_can_be_loaded_twice(policy: Policy) -> None:
    """The second time the date field of the other tool exists already."""
    with Sandbox(ACCOUNT) as sandbox:
        messy = make(policy, owners_of(sandbox.url), NOW, 7, 200)
        first = load_into(sandbox.url, "made-up", messy)
        second = load_into(sandbox.url, "made-up", messy)
        assert len(sandbox.app.crm.all("contacts")) == len({*first, *second}) == 400


def test_a_sandbox_that_does_not_answer_is_reported(policy: Policy) -> None:
    with pytest.raises(Unreachable, match="does not answer"):
        load_into("http://127.0.0.1:1", "made-up", made(policy))


def test_the_command_fills_the_running_sandbox(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with Sandbox(ACCOUNT) as sandbox:
        monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", "made-up")
        monkeypatch.setenv("HUBSPOT_API_URL", sandbox.hubspot_url)
        assert messy_contacts.main(["--count", "200", "--policy", str(SAMPLE)]) == 0
        assert len(sandbox.app.crm.all("contacts")) == 200
    head, _, told = capsys.readouterr().out.partition("\n")
    assert head.startswith("200 contacts and ")
    planted, _, untidy = told.partition(
        "and with so many contacts that hold a value of these kinds:"
    )
    assert json.loads(planted)["stuck"] == 4
    assert json.loads(untidy)["local_country"] == 4


def test_a_real_account_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", "made-up")
    monkeypatch.setenv("HUBSPOT_API_URL", "https://api.hubapi.com")
    assert messy_contacts.main([]) == 2
    assert "sandbox" in capsys.readouterr().err
