"""How the policy reads a field, compared with how the account defines its property."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from baton.adapters.hubspot.schema import Known, Option
from baton.cli._hubspot_kinds import advice
from baton.domain.policy import Field, Policy
from baton.domain.values import FieldKind
from baton.policy_tools import compile_policy, load
from tests.policy_tools.conftest import SAMPLE

FLAGS = [Option("true", "Yes"), Option("false", "No")]


@pytest.fixture(scope="module")
def policy() -> Policy:
    return compile_policy(load(SAMPLE), date(2026, 11, 22))


@pytest.mark.parametrize(
    ("kind", "known", "said"),
    [
        ("text", Known("x", "enumeration", "checkbox"), "write kind: list"),
        ("choice", Known("x", "enumeration", "checkbox"), "holds several ticked values"),
        ("list", Known("x", "enumeration", "checkbox"), ""),
        ("list", Known("x", "string", "text"), ""),
        ("datetime", Known("x", "date", "date"), "holds a day, and lifecycle.yaml reads datetime"),
        ("date", Known("x", "datetime", "date"), "write kind: datetime"),
        ("date", Known("x", "date", "date"), ""),
        ("datetime", Known("x", "datetime", "date"), ""),
        ("choice", Known("x", "bool", "booleancheckbox", options=FLAGS), "write kind: flag"),
        ("flag", Known("x", "bool", "booleancheckbox", options=FLAGS), ""),
        ("number", Known("x", "string", "text"), ""),
        ("country", Known("x", "enumeration", "select"), ""),
    ],
)
def test_a_kind_that_does_not_fit_is_told(
    policy: Policy, kind: FieldKind, known: Known, said: str
) -> None:
    found = advice(policy, Field("x", "X", "x", kind=kind), known)
    assert said in found
    assert bool(said) == bool(found)


def test_a_label_where_leads_have_the_internal_value_is_told(policy: Policy) -> None:
    options = [Option("1001", "Archive"), Option("scanning", "Scanning")]
    known = Known("baton_product_interest", "enumeration", "checkbox", options=options)
    found = advice(policy, policy.field["product_interest"], known)
    assert found == 'leads have the internal values: write 1001 instead of "Archive"'


def test_a_label_that_differs_in_case_and_spaces_alone_is_none(policy: Policy) -> None:
    options = [Option("ARCHIVE", "Archive"), Option("ARCHIVE_MIGRATION", "Archive migration")]
    known = Known("baton_product_interest", "enumeration", "checkbox", options=options)
    assert advice(policy, policy.field["product_interest"], known) == ""


def test_a_score_that_hubspot_no_longer_works_out_is_told(policy: Policy) -> None:
    field = replace(policy.field["score"], property="hubspotscore")
    assert "HubSpot no longer works it out" in advice(policy, field, Known("x", "number"))
    assert advice(policy, policy.field["score"], Known("x", "number")) == ""
