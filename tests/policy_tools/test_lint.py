"""Each lint rule finds its fault, at its line, and nothing else; the sample is clean."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from baton.policy_tools import PolicyError, check, linting, load
from baton.policy_tools.linting import lint
from baton.policy_tools.linting.findings import Rule
from tests.policy_tools.conftest import FAST, SAMPLE, Edit, line_of

Edited = Callable[..., Path]


class Row(NamedTuple):
    """A seeded fault of lint_faults.yaml."""

    rule: str
    severity: str
    file: str
    key: str
    line: str
    edits: list[dict[str, str]]
    says: str = ""
    last: bool = False


#: The sample with Baton as the authority for MQL.
BATON_DECIDES: tuple[Edit, ...] = (
    ("scoring", "authority: hubspot", "authority: baton"),
    (
        "lifecycle",
        "to: mql, by: [automatic, rep]}\n  - {id: accept",
        "to: mql, by: [automatic, rep], when: {qualified: true}}\n  - {id: accept",
    ),
    (
        "lifecycle",
        "    requires: [company, role",
        "    entry: {qualified: true}\n    requires: [company, role",
    ),
)


def _rows() -> dict[str, Row]:
    text = (Path(__file__).parent / "lint_faults.yaml").read_text(encoding="utf-8")
    return {name: Row(**row) for name, row in yaml.safe_load(text).items()}


ROWS = _rows()


def edits_of(name: str) -> list[Edit]:
    return [(edit["file"], edit["find"], edit["put"]) for edit in ROWS[name].edits]


@pytest.mark.parametrize("name", ROWS)
def test_a_seeded_fault_is_the_one_thing_that_is_found(name: str, edited: Edited) -> None:
    row = ROWS[name]
    folder = edited(*edits_of(name))
    found = lint(load(folder))
    assert [(one.rule, one.severity, one.key) for one in found] == [
        (row.rule, row.severity, row.key)
    ], "\n".join(map(str, found))
    (finding,) = found
    assert finding.place.file == f"{folder}/{row.file}.yaml"
    assert finding.place.line == line_of(folder, row.file, row.line, last=row.last)
    assert row.says in finding.message
    assert finding.why
    assert finding.fix


def test_every_rule_has_a_seeded_fault() -> None:
    modules = pkgutil.iter_modules(linting.__path__, f"{linting.__name__}.")
    rules = {
        rule.id
        for module in modules
        for rule in vars(importlib.import_module(module.name)).values()
        if isinstance(rule, Rule)
    }
    assert rules == {row.rule for row in ROWS.values()}


@pytest.mark.parametrize("overlay", [None, FAST])
def test_the_sample_is_clean(overlay: Path | None) -> None:
    assert lint(load(SAMPLE, overlay)) == []


def test_a_reason_that_idle_names_is_used(edited: Edited) -> None:
    """This also holds if a staleness rule covers every lead, as in the sample."""
    idle = ("recycling", "reason: no_response", "reason: bad_data")
    assert lint(load(edited(*edits_of("a reason nobody can use"), idle))) == []


def test_baton_may_be_the_authority(edited: Edited) -> None:
    assert lint(load(edited(*BATON_DECIDES))) == []


def test_a_policy_without_scores_is_linted_too(edited: Edited) -> None:
    folder = edited()
    (folder / "scoring.yaml").unlink()
    assert lint(load(folder)) == []


def test_an_error_refuses_the_policy_and_shows_the_warnings_too(edited: Edited) -> None:
    folder = edited(*edits_of("a fit nobody has"), *edits_of("a signal nobody counts"))
    with pytest.raises(PolicyError) as caught:
        check(folder)
    assert [fault.rule for fault in caught.value.faults] == ["threshold-out-of-reach"]
    assert [one.rule for one in caught.value.warnings] == ["unused-signal"]


def test_a_warning_does_not_refuse_the_policy(edited: Edited) -> None:
    checked = check(edited(*edits_of("a signal nobody counts")))
    assert [one.rule for one in checked.warnings] == ["unused-signal"]
    assert checked.results
