"""HubSpot's property names are spelt in one module, so that one change reaches every use."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import baton
from baton.domain import hubspot_names
from baton.domain.lifecycle.hubspot_properties import property_names
from tests.scored import SCORED

ROOT = Path(baton.__path__[0])
HOME = "domain/hubspot_names.py"

NAMES = {
    value
    for constant, value in vars(hubspot_names).items()
    if constant.isupper() and isinstance(value, str)
}
PREFIXES = (hubspot_names.OWN_PREFIX, hubspot_names.HUBSPOT_PREFIX)

_FIELD = "the id of a field of the policy, which says to which property it is mapped"
_FIELD_KIND = "a kind of field of the policy"
_EVIDENCE = "a kind of evidence"
_OWNERSHIP = "a source of ownership, as the policy says it"
#: (file, text) -> what it is there, if not a property of HubSpot's.
ALLOWED = {
    ("adapters/hubspot/account.py", "domain"): _OWNERSHIP,
    ("adapters/hubspot/crm.py", "email"): _EVIDENCE,
    ("adapters/slack/messenger.py", "baton_slot"): "the type of a Slack message's metadata",
    ("application/audit/duplicates.py", "email"): "why contacts are probably one person",
    ("application/audit/duplicates.py", "phone"): "the same",
    ("application/audit/unreadable.py", "email"): _FIELD_KIND,
    ("application/hubspot_fields.py", "domain"): _OWNERSHIP,
    ("application/round_trip.py", "phone"): _FIELD_KIND,
    ("cli/_audit_view.py", "email"): _FIELD_KIND,
    ("domain/draft/why_now.py", "phone"): _FIELD_KIND,
    ("domain/lead/evidence.py", "email"): _EVIDENCE,
    ("domain/lead/lead.py", "email"): _FIELD,
    ("domain/lead/lead.py", "firstname"): _FIELD,
    ("domain/lead/lead.py", "lastname"): _FIELD,
    ("domain/lifecycle/gates.py", "email"): _FIELD_KIND,
    ("domain/lifecycle/gates.py", "phone"): _FIELD_KIND,
    ("domain/values.py", "phone"): _FIELD_KIND,
    ("domain/lifecycle/stage_history.py", "email"): "a source of changes, as HubSpot names them",
    ("domain/rep_actions/first_touch.py", "email"): _EVIDENCE,
    ("domain/rep_actions/reaching_out.py", "email"): _EVIDENCE,
    ("domain/scoring/evidence_history.py", "email"): _EVIDENCE,
    ("http/hubspot_workflow.py", "hs_execution_state"): "an output of a workflow's custom action",
    ("domain/policy/policy.py", "email"): _FIELD_KIND,
    ("domain/policy/policy.py", "phone"): _FIELD_KIND,
    ("domain/values.py", "email"): _FIELD_KIND,
    ("policy_tools/kinds.py", "email"): _FIELD_KIND,
    ("policy_tools/names.py", "domain"): _OWNERSHIP,
    ("policy_tools/names.py", "email"): "a kind of evidence, and a key of the roster",
    ("policy_tools/typed.py", "email"): _FIELD_KIND,
    ("policy_tools/typed.py", "phone"): _FIELD_KIND,
    ("presentation/conditions.py", "email"): "a name of the policy, put into words",
    ("simulation/arriving.py", "email"): _FIELD_KIND,
    ("simulation/arriving.py", "phone"): _FIELD_KIND,
}


def spelt(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """
    (line, text) of every string that is or begins a property's name.

    Texts of several words are for people, docstrings among them. The words of a ``Literal`` cannot
    be said by a constant, but mypy compares them with the constants that are passed for them.
    """
    passed_over: set[int] = set()
    for node in ast.walk(tree):
        if id(node) in passed_over:
            continue
        if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("Literal"):
            passed_over.update(map(id, ast.walk(node)))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if text in NAMES or (text.startswith(PREFIXES) and " " not in text):
                yield node.lineno, text


FILES = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.py"))
SPELT = {
    file: list(spelt(ast.parse((ROOT / file).read_text(encoding="utf-8"))))
    for file in FILES
    if file != HOME
}


def test_property_names_are_spelt_in_one_module() -> None:
    found = [
        f"{file}:{line} {text}"
        for file, texts in SPELT.items()
        for line, text in texts
        if (file, text) not in ALLOWED
    ]
    assert found == []


def test_every_exception_is_needed() -> None:
    assert ALLOWED.keys() <= {(file, text) for file, texts in SPELT.items() for _, text in texts}


def test_batons_own_properties_are_those_that_are_set_up() -> None:
    """The webhooks recognise Baton's writes by these lists."""
    stages = [stage.id for stage in SCORED.lifecycle.stages]
    targets = {target.id for tier in SCORED.tiers for target in tier.targets}
    assert set(property_names(SCORED)) == {
        *hubspot_names.FIXED,
        *map(hubspot_names.due, targets),
        *(name(stage) for name in hubspot_names.PER_STAGE for stage in stages),
    }
    own = {name for name in NAMES if name.startswith(hubspot_names.OWN_PREFIX)}
    assert own - {hubspot_names.OWN_PREFIX} == set(hubspot_names.FIXED)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        pytest.param('x = "lifecyclestage"', ["lifecyclestage"], id="a name"),
        pytest.param('x = "baton_mood"', ["baton_mood"], id="a name that nobody knows"),
        pytest.param('x = f"baton_{stage}"', ["baton_"], id="a name that is put together"),
        pytest.param('x = r"baton_(?:tier|rule)"', ["baton_(?:tier|rule)"], id="a pattern"),
        pytest.param('"""hs_lead_status of a lead."""', [], id="a docstring"),
        pytest.param('x = "hs_lead_status written with the stage"', [], id="a text for people"),
        pytest.param('x: Literal["email", "phone"]', [], id="the words of a type"),
        pytest.param("x = lead.lifecyclestage", [], id="an attribute"),
    ],
)
def test_spelt_names_are_found(code: str, found: list[str]) -> None:
    assert [text for _, text in spelt(ast.parse(code))] == found


def test_no_name_is_listed_twice() -> None:
    assert len(set(hubspot_names.FIXED)) == len(hubspot_names.FIXED)
