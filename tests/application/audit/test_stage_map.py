"""The actual stage map compared with the policy."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from baton.application.audit.stage_map import Move, StageMap, kind_of
from baton.application.ports.census import Change
from baton.domain.policy import Policy
from baton.policy_tools import compile_policy, load
from tests.policy_tools.conftest import SAMPLE

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
STAGES = {"mql": "marketingqualifiedlead", "sal": "salesacceptedlead", "sql": "salesqualifiedlead"}


@pytest.fixture(scope="module")
def policy() -> Policy:
    return compile_policy(load(SAMPLE), date(2026, 11, 22))


def way(*stages: str, source: str = "CRM_UI") -> list[Change]:
    """A history with one new stage per day."""
    return [
        Change(STAGES.get(stage, stage), START + timedelta(days=n), source)
        for n, stage in enumerate(stages)
    ]


def moves(policy: Policy, *ways: list[Change]) -> list[Move]:
    seen = StageMap(policy)
    for n, history in enumerate(ways):
        seen.take(str(n), history)
    return seen.moves()


@pytest.mark.parametrize(
    ("source", "to", "kind"),
    [
        ("", "mql", "start"),
        ("lead", "mql", "designed"),
        ("sal", "recycled", "designed"),
        ("recycled", "mql", "designed"),
        ("sql", "mql", "backward"),
        ("customer", "lead", "backward"),
        ("lead", "sql", "undesigned"),
        ("opportunity", "disqualified", "undesigned"),
        ("disqualified", "sql", "undesigned"),
        ("lead", "evangelist", "undesigned"),
    ],
)
def test_a_move_is_designed_or_what_it_is_instead(
    policy: Policy, source: str, to: str, kind: str
) -> None:
    assert kind_of(policy, source, to) == kind


def test_moves_are_counted_with_the_median_of_their_days(policy: Policy) -> None:
    slow = [*way("lead"), Change(STAGES["mql"], START + timedelta(days=9), "IMPORT")]
    start, qualify = moves(policy, way("lead", "mql"), way("lead", "mql"), slow)
    assert (start.source, start.to, start.count, start.median_days) == ("", "lead", 3, None)
    assert (qualify.count, qualify.median_days) == (3, 1.0)
    assert qualify.by == {"CRM_UI": 2, "IMPORT": 1}
    assert qualify.transitions == ("qualify",)


def test_clearing_a_stage_is_no_move_and_neither_is_setting_it_again(policy: Policy) -> None:
    found = moves(policy, way("lead", "mql", "", "mql", "sal"))
    assert [(one.source, one.to) for one in found] == [
        ("", "lead"),
        ("lead", "mql"),
        ("mql", "sal"),
    ]


def test_a_stage_that_is_cleared_to_go_back_has_gone_back(policy: Policy) -> None:
    *_, back = moves(policy, way("lead", "mql", "sal", "sql", "", "mql", source="INTEGRATION"))
    assert (back.source, back.to, back.kind) == ("sql", "mql", "backward")
    assert (back.by, back.contacts) == ({"INTEGRATION": 1}, ("0",))


def test_transitions_that_nobody_took_are_told(policy: Policy) -> None:
    seen = StageMap(policy)
    seen.take("1", way("lead", "mql", "recycled"))
    never = seen.never()
    assert "reopen" in never
    assert not {"qualify", "recycle"} & set(never)
