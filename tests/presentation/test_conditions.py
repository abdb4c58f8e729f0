"""Conditions of the policy in words."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from baton.domain.policy import Count, Test
from baton.policy_tools.models.when import Block
from baton.presentation import conditions


@pytest.mark.parametrize(
    ("written", "said"),
    [
        pytest.param("{}", "always", id="nothing"),
        pytest.param("{country: Germany}", "country is Germany", id="a value"),
        pytest.param("{country: [Germany, DE, AT]}", "country is Germany, DE or AT", id="values"),
        pytest.param(
            "{employees: {at_least: 100, below: 1000}}",
            "employees is at least 100 and below 1000",
            id="a range",
        ),
        pytest.param("{employees: {at_least: 0.5}}", "employees is at least 0.5", id="a fraction"),
        pytest.param(
            "{employees: {at_least: 100000000}}",
            "employees is at least 100000000",
            id="no exponent",
        ),
        pytest.param("{partner: {known: true}}", "partner is known", id="known"),
        pytest.param("{partner: {known: false}}", "partner is not known", id="not known"),
        pytest.param(
            '{email: {matches: "*@gmail.com"}}', "e-mail looks like *@gmail.com", id="a pattern"
        ),
        pytest.param(
            "{last_engagement: {within: 14d}}",
            "last engagement is at most 14 days ago",
            id="a date",
        ),
        pytest.param(
            "{product_interest: Archive, segment: smb}",
            "product interest is Archive and segment is smb",
            id="two fields",
        ),
        pytest.param(
            "{product_interest: [Archive, Search], segment: smb}",
            "product interest is Archive or Search, and segment is smb",
            id="two fields with a choice",
        ),
        pytest.param(
            "{any: [{role: CEO}, {country: DE, employees: {at_least: 10}}]}",
            "one of: role is CEO; or country is DE and employees is at least 10",
            id="any",
        ),
        pytest.param("{any: {role: CEO}}", "role is CEO", id="any of one"),
        pytest.param(
            "{all: [{role: CEO}, {country: DE}]}", "role is CEO and country is DE", id="all"
        ),
        pytest.param("{not: {role: Intern}}", "not: role is Intern", id="not"),
        pytest.param(
            "{not: [{role: Intern}, {country: [A, B]}]}",
            "none of: role is Intern; or country is A or B",
            id="none of several",
        ),
        pytest.param(
            "{country: DE, any: [{role: CEO}, {role: CFO}], not: {segment: smb}}",
            "country is DE, and (one of: role is CEO; or role is CFO), and (not: segment is smb)",
            id="operators beside a field",
        ),
        pytest.param(
            "{any: [{any: [{a: x}, {b: y}]}, {not: {c: z}}]}",
            "one of: (one of: a is x; or b is y); or (not: c is z)",
            id="nested",
        ),
        pytest.param(
            "{events: {of: pricing_page, at_least: 2, within: 14d}}",
            "at least 2 × pricing page within 14 days",
            id="evidence",
        ),
        pytest.param(
            "{events: [{of: form, what: [Demo request, Contact sales]}, {within: 30d}]}",
            'at least 1 × form "Demo request" or "Contact sales", and '
            "at least 1 × anything the person did within 30 days",
            id="evidence of two kinds",
        ),
        pytest.param('{role: "Sales, EMEA"}', 'role is "Sales, EMEA"', id="a value with a comma"),
        pytest.param('{role: "Research and IT"}', 'role is "Research and IT"', id="a joined value"),
    ],
)
def test_a_condition_is_said_as_an_admin_would(written: str, said: str) -> None:
    block = Block.model_validate(_tuples(yaml.safe_load(written)))
    assert conditions.condition(block.compile()) == said


def test_line_breaks_and_invisible_characters_do_not_get_out() -> None:
    when = {"role": Test(any_of=("a\nb\x1b[31m\u202ec",))}
    assert conditions.condition(when) == "role is a b [31m c"


def test_a_clause_follows_what_it_is_a_condition_of() -> None:
    assert conditions.clause({"role": Test(any_of=("CFO",))}) == "when role is CFO"
    assert conditions.clause({}) == "always"


def test_evidence_of_no_kind_in_particular() -> None:
    count = Count(of=("email", "call"), at_least=3)
    assert conditions.evidence(count) == "at least 3 × e-mail or call"


def _tuples(value: Any) -> Any:
    """Lists as tuples, as the loader returns them."""
    if isinstance(value, dict):
        return {key: _tuples(one) for key, one in value.items()}
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
