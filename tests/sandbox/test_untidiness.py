"""The switch that makes the sandbox as untidy as real accounts are."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from baton.domain.text import folded
from baton.http.hubspot_webhooks import ODD, read_webhooks
from infra.local.sandbox import incidents, spellings
from infra.local.sandbox.config import SandboxConfig
from infra.local.sandbox.leads import PRESETS
from infra.local.sandbox.server import Sandbox
from infra.local.sandbox.untidiness import LEVELS, Untidiness
from infra.local.sandbox.untidy_leads import Lead, respelled, spelled
from infra.local.sandbox.webhook_events import created
from infra.local.sandbox.world import Record, World

from .conftest import CONFIG, Post, call
from .receiver import Receiver

ACCOUNT = SandboxConfig(custom_properties=("baton_product_interest",))
PERSON: dict[str, Any] = {
    "properties": {
        "firstname": "Zoë",
        "lastname": "Ünal",
        "email": "zoe@helvia.example",
        "phone": "+49 30 5550 0142",
        "country": "Germany",
        "numemployees": "2400",
    },
    "company": {"name": "Helvia", "domain": "helvia.example"},
    "form": "Demo request",
    "page": "Talk to us",
}


def level(control: Post, key: str) -> None:
    status, _ = control("untidiness", level=key)
    assert status == 200


def lead(control: Post, number: int = 0) -> str:
    email = f"zoe{number}@helvia.example"
    body = PERSON | {"properties": PERSON["properties"] | {"email": email}}
    status, made = control("contacts", **body)
    assert status == 201, made
    return str(made["id"])


def untidiness(key: str) -> Untidiness:
    world = World(lambda: ACCOUNT, None)
    made = Untidiness(world)
    with world.lock:
        made.choose(key)
    return made


# --- spellings


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (spellings.form_name("Demo", "Talk to us"), "Talk to us: Demo"),
        (spellings.form_name("Demo", "x" * 90), "x" * 80 + ": Demo"),
        (spellings.form_name("Demo"), "Demo"),
        (spellings.booking("ada/intro"), "Meetings Link: ada/intro"),
        (spellings.lead_ad("Demo"), "Facebook Lead Ads: Demo"),
        (spellings.local_country("Austria", 0), "Österreich"),
        (spellings.local_country("Atlantis", 0), None),
        (spellings.range_of("2400", 0), "1000+"),
        (spellings.range_of("2400", 1), "1001-5000"),
        (spellings.range_of("3", 0), "5-25"),
        (spellings.range_of("many", 0), None),
        (spellings.at_sub_domain("a@b.example"), "a@eu.b.example"),
        (spellings.at_free_mail("a@b.example", 1), "a@gmx.at"),
    ],
)
def test_values_as_accounts_have_them(written: str | None, expected: str | None) -> None:
    assert written == expected


@pytest.mark.parametrize("turn", range(4))
def test_a_phone_number_keeps_its_digits(turn: int) -> None:
    found = spellings.phone_spelled("+49 30 5550 0142", turn)
    assert found
    assert "3055500142" in "".join(filter(str.isdigit, found))


def test_one_value_of_a_lead_is_spelled_otherwise_the_next_in_turn() -> None:
    told = [spelled(Lead(ACCOUNT, PERSON), turn, every=False) for turn in range(40)]
    assert all(one != PERSON for one in told)
    changed = {
        name
        for one in told
        for name, value in one["properties"].items()
        if PERSON["properties"].get(name) != value
    }
    assert changed == {
        *("country", "numemployees", "baton_product_interest", "firstname", "lastname", "phone"),
        *("email", "hs_analytics_source", "hs_predictivecontactscore_v2", "hubspotscore"),
    }
    assert spelled(Lead(ACCOUNT, PERSON), 3, every=False) == told[3], "nothing is left to chance"


def test_what_is_spelled_otherwise_still_reads_the_same_where_it_should() -> None:
    told = [spelled(Lead(ACCOUNT, PERSON), turn, every=False) for turn in range(40)]
    forms = {folded(one["form"]) for one in told}
    assert forms == {"demo request", "facebook lead ads: demo request"}
    names = {folded(one["properties"]["lastname"]) for one in told}
    assert names == {"ünal"}
    assert any(unicodedata.is_normalized("NFD", one["properties"]["lastname"]) for one in told)


def test_at_its_worst_every_value_is_spelled_otherwise_and_some_cannot_be_read() -> None:
    told = [spelled(Lead(ACCOUNT, PERSON), turn, every=True) for turn in range(12)]
    for one in told:
        same = {n for n, v in one["properties"].items() if PERSON["properties"].get(n) == v}
        assert same <= {"email"}
    assert any("company" not in one for one in told)
    assert {one["properties"]["numemployees"] for one in told} & {"1.000", "a few", "n/a"}
    assert {one["properties"]["country"] for one in told} & {"Europe", "DACH", "-"}


def test_a_lead_without_values_gets_no_more_than_a_score() -> None:
    found = spelled(Lead(SandboxConfig(), {"properties": {}}), 3, every=False)
    assert found["properties"].keys() == {"hs_predictivecontactscore_v2", "hubspotscore"}
    assert respelled(SandboxConfig(), {}, 1) == {}


# --- how webhooks arrive


def test_the_levels_say_what_they_do() -> None:
    assert [one.key for one in LEVELS] == ["tidy", "real", "worse"]
    assert all(one.meaning.endswith(".") for one in LEVELS)


def test_as_in_real_accounts_a_few_requests_are_repeated_and_shuffled() -> None:
    made = untidiness("real")
    events = [{"eventId": n} for n in range(30)]
    orders = [made.ordered(events) for _ in range(9)]
    assert sum(one != events for one in orders) == 3
    assert all(sorted(one, key=lambda e: e["eventId"]) == events for one in orders)
    assert made.spellings(ACCOUNT) == (False,)
    assert sum(made.delay_ms(n) > 0 for n in range(100)) == 10


def test_tidy_is_in_order_and_once() -> None:
    made = untidiness("tidy")
    events = [{"eventId": n} for n in range(30)]
    assert [made.ordered(events) for _ in range(9)] == [events] * 9
    assert {made.delay_ms(n) for n in range(100)} == {0}
    assert {made.naming(n) for n in range(9)} == {"subscriptionType"}
    assert {made.incident() for _ in range(9)} == {None}
    assert made.scatter(3) == 1.0


def test_at_its_worst_kinds_come_under_both_names_and_uninvited() -> None:
    made = untidiness("worse")
    assert {made.naming(n) for n in range(9)} == {"subscriptionType", "eventType", "both"}
    assert made.spellings(ACCOUNT) == (False, True)
    company = Record(type="companies", id="1", created=1, updated=1)
    assert made.is_stray(created(company, "CRM_UI", "", 1))
    assert not untidiness("real").is_stray(created(company, "CRM_UI", "", 1))


def test_each_incident_has_its_turn() -> None:
    made = untidiness("worse")
    told = [made.incident() for _ in range(6)]
    assert [one for one in told if one] == ["restore", "associate", "merge"]
    assert untidiness("real").incident() is None


# --- in the sandbox


def test_an_unknown_level_is_refused(control: Post) -> None:
    status, told = control("untidiness", level="wild")
    assert status == 400
    assert "tidy, real, worse" in told["problem"]


def test_the_switch_survives_a_restart(tmp_path: Path) -> None:
    for key in ("tidy", "worse"):
        with Sandbox(CONFIG, state_dir=tmp_path) as sandbox:
            _, state = call(sandbox, "GET", "/_sandbox/state")
            assert state["untidiness"]["level"] == key
            call(sandbox, "POST", "/_sandbox/untidiness", {"level": "worse"})


@pytest.mark.parametrize("key", ["real", "worse"])
def test_every_preset_makes_a_lead_that_hubspot_takes(control: Post, key: str) -> None:
    level(control, key)
    for turn in range(4):
        for preset in PRESETS:
            body = {name: preset[name] for name in preset if name not in {"key", "label", "stage"}}
            status, told = control("contacts", **body)
            assert status == 201, (turn, told)


def test_an_edit_brings_another_spelling_along(sandbox: Sandbox, control: Post) -> None:
    contact = lead(control)
    level(control, "real")
    before = _values(sandbox, contact)
    for _ in range(4):
        status, _ = control(f"contacts/{contact}", properties={"jobtitle": "CEO"})
        assert status == 200
    after = _values(sandbox, contact)
    changed = {name for name in after if before.get(name) != after[name]}
    assert changed - {"jobtitle", "lastmodifieddate"} >= {"phone"}
    assert after["jobtitle"] == "CEO", "what was meant is what is written"


def test_leads_are_merged_restored_and_moved(
    sandbox: Sandbox, control: Post, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incidents, "IN_THE_BIN", 20)
    monkeypatch.setattr(
        "infra.local.sandbox.untidiness._BY_KEY",
        {one.key: msgspec.structs.replace(one, after_ms=20) for one in LEVELS},
    )
    level(control, "worse")
    made = [lead(control, n) for n in range(6)]
    wanted = {"merge", "restore", "deletion", "associationChange"}

    def happened() -> set[str]:
        kinds = (e.get("subscriptionType") or e.get("eventType") for e in receiver.events())
        return {str(kind).partition(".")[2] for kind in kinds}

    receiver.wait(lambda: wanted <= happened())
    alive = {record.id for record in sandbox.app.crm.all("contacts")}
    assert len(alive & set(made)) == 5, "one of them has another id"
    assert sandbox.app.crm.find("contacts", made[5]), "and is found under its old one"


def test_whatever_comes_at_its_worst_can_be_read(control: Post, receiver: Receiver) -> None:
    level(control, "worse")
    contacts = [lead(control, n) for n in range(8)]
    control(f"contacts/{contacts[0]}/delete")
    receiver.wait(lambda: any(e["attemptNumber"] for e in receiver.events()))
    receiver.wait(lambda: len({e["eventId"] for e in receiver.events()}) > 100)
    bodies = [one.body for one in receiver.requests]
    told = [read_webhooks(body, datetime.now(UTC), str(CONFIG.portal_id)) for body in bodies]
    assert all(ODD not in one.ignored for one in told)
    assert {one.lead_id for found in told for one in found.events if hasattr(one, "lead_id")} >= {
        *contacts
    }


def _values(sandbox: Sandbox, contact: str) -> dict[str, str]:
    _, state = call(sandbox, "GET", "/_sandbox/state")
    found: dict[str, str] = next(c for c in state["contacts"] if c["id"] == contact)["properties"]
    return found
