"""Sync, property by property: what counts as drift, and what Baton does about it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from baton.domain.draft.draft import Draft
from baton.domain.lead import Value, Write
from baton.domain.lifecycle.field_sync import follow_others
from baton.domain.phrase import Phrase
from baton.domain.policy import Policy, Sync, Test
from baton.domain.world.world import SeenValue
from tests.builders import NOW, POLICY, contact, handed_off, hint, minutes, world

MICROSECOND = timedelta(microseconds=1)
ECHO = timedelta(days=4)
LEAD = handed_off()[0]
AFTER = NOW + minutes(5)
STATUS, TIER, RULE = "hs_lead_status", "baton_tier", "baton_rule"


def syncing(*rules: Sync) -> Policy:
    return replace(POLICY, lifecycle=replace(POLICY.lifecycle, sync=rules))


def followed(policy: Policy, changes: dict[str, SeenValue], **lead: Any) -> Draft:
    """HubSpot shows these values ten minutes after Baton last wrote each property."""
    now = NOW + minutes(10)
    words = {name: (Write("x", NOW),) for name in (STATUS, TIER, RULE, "lifecyclestage")}
    known = replace(LEAD, **({"writes": words} | lead))
    seen = replace(contact(), changes=changes)
    made = Draft(known, hint("fields", now), world(policy, seen), now)
    follow_others(made, seen)
    return made


def theirs(value: str = "theirs", source: str = "CRM_UI") -> SeenValue:
    return SeenValue(value, AFTER, source)


def outcomes(draft: Draft) -> list[tuple[str, str]]:
    return [(one.kind, one.what) for one in draft.outcomes]


@pytest.mark.parametrize(
    ("wins", "source", "yields"),
    [
        pytest.param("crm", "CRM_UI", True, id="a person, and the CRM wins"),
        pytest.param("crm", "SALESFORCE", True, id="another CRM"),
        pytest.param("crm", "FORM", False, id="a form is marketing"),
        pytest.param("marketing", "FORM", True, id="and marketing wins"),
        pytest.param("marketing", "CRM_UI", False, id="where a person does not"),
        pytest.param("baton", "CRM_UI", False, id="Baton wins over people"),
        pytest.param("baton", "FORM", False, id="and over marketing"),
    ],
)
def test_drift_is_yielded_to_or_restored_as_the_policy_says(
    wins: Any, source: str, yields: bool
) -> None:
    made = followed(syncing(Sync(STATUS, wins)), {STATUS: theirs(source=source)})
    drifted = ("drifted", f"{STATUS}:{source}")
    if yields:
        assert outcomes(made) == [drifted]
        assert (made.lead.yielded, made.rewrite) == ({STATUS: "theirs"}, set())
    else:
        assert outcomes(made) == [drifted, ("restored", f"{STATUS}:{source}")]
        assert (made.lead.yielded, made.rewrite) == ({}, {STATUS})


def test_after_the_last_restore_baton_yields() -> None:
    most = replace(syncing(Sync(STATUS, "baton")).lifecycle, restore_at_most=0)
    made = followed(replace(POLICY, lifecycle=most), {STATUS: theirs()})
    assert (made.lead.yielded, made.rewrite) == ({STATUS: "theirs"}, set())


@pytest.mark.parametrize(
    ("rules", "lead", "value"),
    [
        pytest.param((), {}, theirs(), id="the policy does not mind"),
        pytest.param((Sync(TIER, "crm"),), {}, theirs(), id="it speaks of another property"),
        pytest.param(
            (Sync(STATUS, "crm", {"offer": Test(known=False)}),), {}, theirs(), id="not now"
        ),
        pytest.param((Sync(STATUS, "crm"),), {}, theirs("NEW"), id="it is what Baton says"),
        pytest.param(
            (Sync(STATUS, "crm"),), {"yielded": {STATUS: "theirs"}}, theirs(), id="it is known"
        ),
        pytest.param((Sync(STATUS, "crm"),), {"written": {}}, theirs(), id="Baton never said it"),
        pytest.param((Sync(STATUS, "crm"),), {"writes": {}}, theirs(), id="nor lately"),
        pytest.param(
            (Sync(STATUS, "crm"),),
            {"written": {STATUS: Value(Phrase("x"), 1)}},
            theirs(),
            id="nothing says in which words",
        ),
    ],
)
def test_values_that_are_not_drift(
    rules: tuple[Sync, ...], lead: dict[str, Any], value: SeenValue
) -> None:
    made = followed(syncing(*rules), {STATUS: value}, **lead)
    assert (made.outcomes, made.rewrite) == ([], set())
    assert made.lead.yielded == lead.get("yielded", {})


def test_neither_the_stage_nor_unmanaged_properties_can_drift() -> None:
    names = ("lifecyclestage", "baton_held_for_long", "baton_other")
    written = {name: Value("before", 1) for name in names}
    words = {name: (Write("before", NOW),) for name in names}
    rules = tuple(Sync(name, "crm") for name in names)
    made = followed(
        syncing(*rules),
        dict.fromkeys(names, theirs()),
        written=written,
        writes=words,
        sets={"lifecyclestage": "before"},
    )
    assert (made.outcomes, made.lead.yielded) == ([], {})


def test_each_property_drifts_by_itself() -> None:
    """A property that is skipped does not stop the others from being checked."""
    rules = (Sync(STATUS, "crm"), Sync(TIER, "crm"))
    changes = {
        "a_first": theirs(),
        "a_phrase": theirs(),
        "a_value_no_more": theirs(),
        "baton_rule": theirs("emea-enterprise"),
        "baton_segment": SeenValue("theirs", NOW, "CRM_UI"),
        TIER: theirs(),
        STATUS: theirs(),
    }
    phrase, before = Value(Phrase("x"), 1), Value("before", 1)
    written = LEAD.written | {"a_phrase": phrase, "a_value_no_more": before}
    writes = {name: (Write("x", NOW),) for name in (STATUS, TIER, RULE, "a_value_no_more")}
    made = followed(syncing(*rules), changes, written=written, writes=writes)
    assert made.lead.yielded == {STATUS: "theirs", TIER: "theirs"}


@pytest.mark.parametrize("at", [AFTER, NOW - minutes(1)], ids=["after Baton's write", "before"])
def test_agreement_ends_the_yielding_of_that_property_alone(at: datetime) -> None:
    yielded = {STATUS: "theirs", TIER: "theirs"}
    seen = SeenValue("NEW", at, "CRM_UI")
    made = followed(syncing(Sync(STATUS, "crm")), {STATUS: seen}, yielded=yielded)
    assert made.lead.yielded == {TIER: "theirs"}
    assert made.outcomes == []


@pytest.mark.parametrize(
    ("value", "after", "source", "drifts"),
    [
        pytest.param("theirs", timedelta(), "API", False, id="at Baton's last word: before it"),
        pytest.param("theirs", MICROSECOND, "API", True, id="after it"),
        pytest.param("was", MICROSECOND, "API", False, id="an earlier word, late"),
        pytest.param("was", ECHO, "API", False, id="as late as may be"),
        pytest.param("was", ECHO + MICROSECOND, "API", True, id="later"),
        pytest.param("was", MICROSECOND, "CRM_UI", True, id="but a person's is no word of ours"),
        pytest.param("was", MICROSECOND, "FORM", True, id="nor a form's"),
    ],
)
def test_an_earlier_value_of_batons_may_come_late(
    value: str, after: timedelta, source: str, drifts: bool
) -> None:
    words = {STATUS: (Write("was", NOW - minutes(9)), Write("NEW", NOW))}
    seen = SeenValue(value, NOW + after, source)
    made = followed(syncing(Sync(STATUS, "crm")), {STATUS: seen}, writes=words)
    assert bool(made.outcomes) is drifts
