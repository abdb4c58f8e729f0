"""An overlay changes what it names and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from baton.policy_tools import PolicyError, check, compile_policy, load
from baton.policy_tools.overlay import lay
from baton.policy_tools.yaml_tree import parse, plain
from tests.policy_tools.conftest import FAST, SAMPLE

TODAY = datetime(2026, 11, 22, tzinfo=UTC).date()


@pytest.mark.parametrize(
    ("base", "over", "result"),
    [
        pytest.param("a: 1\nb: 2", "b: 3", {"a": 1, "b": 3}, id="a value is replaced"),
        pytest.param(
            "a: {b: {c: 1, d: 2}}", "a: {b: {d: 3}}", {"a": {"b": {"c": 1, "d": 3}}}, id="deeply"
        ),
        pytest.param("a: [1, 2]", "a: [3]", {"a": (3,)}, id="a list is replaced"),
        pytest.param(
            "a: [{id: x, v: 1}, {id: y, v: 2}]",
            "a: [{id: y, v: 3}, {id: z, v: 4}]",
            {"a": ({"id": "x", "v": 1}, {"id": "y", "v": 3}, {"id": "z", "v": 4})},
            id="things with an id merge by id",
        ),
        pytest.param("a: [{id: x}]", "a: []", {"a": ()}, id="an empty list empties"),
        pytest.param("a: [{id: x}]", "a: [{v: 1}]", {"a": ({"v": 1},)}, id="no ids: replaced"),
        pytest.param("a: 1\nb: {c: 1}", "b: null", {"a": 1}, id="null goes back to the default"),
        pytest.param("a: {b: 1}", "a: always", {"a": "always"}, id="another kind replaces"),
        pytest.param("a: 1", "b: 2", {"a": 1, "b": 2}, id="a new key is added"),
    ],
)
def test_an_overlay_is_laid(base: str, over: str, result: object) -> None:
    assert plain(lay(parse(over, "over.yaml"), parse(base, "base.yaml"))) == result


def test_a_fault_names_the_file_it_is_in(tmp_path: Path) -> None:
    (tmp_path / "sla.yaml").write_text("tiers:\n  - id: hot\n    targets: soon\n", encoding="utf-8")
    (tmp_path / "roster.yaml").write_text(
        "people:\n  - id: anna\n    calendar: munich\n", encoding="utf-8"
    )
    with pytest.raises(PolicyError) as caught:
        load(SAMPLE, tmp_path)
    found = [str(fault) for fault in caught.value.faults]
    assert found[0].startswith(f'{tmp_path}/roster.yaml:3 people[3].calendar: "munich" is not')
    assert found[1].startswith(f"{tmp_path}/sla.yaml:3 tiers[1].targets: must be a list")
    assert len(found) == 2


def test_a_misspelt_file_of_an_overlay_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "slaa.yaml").write_text("tiers: []\n", encoding="utf-8")
    with pytest.raises(PolicyError, match=r'not a file of a policy; did you mean "sla\.yaml"'):
        load(SAMPLE, tmp_path)


def test_the_cases_of_the_policy_are_not_tried_on_an_overlay(tmp_path: Path) -> None:
    """The cases expect the targets of the policy; the overlay has others."""
    assert check(SAMPLE, tmp_path).results == ()
    names = [result.case for result in check(SAMPLE, FAST).results]
    assert "pulled-back-within-the-minute" in names
    assert "emea-enterprise-demo" not in names


def test_the_fast_overlay_is_always_open_and_counts_in_seconds() -> None:
    policy = compile_policy(load(SAMPLE, FAST), TODAY)
    christmas = datetime(2026, 12, 25, 3, tzinfo=UTC)
    for person in policy.people:
        calendar = policy.calendar_of(person)
        assert calendar.add(christmas, timedelta(seconds=20)) == christmas + timedelta(seconds=20)
        assert person.time_off == ()
    assert {p.id: p.max_open for p in policy.people if p.max_open is not None} == {
        "lea": 1,
        "priya": 1000,
        "sofia": 1000,
    }
    for tier in policy.tiers:
        for target in tier.targets:
            last = max(rung.after or timedelta() for rung in target.ladder)
            assert target.within + last <= timedelta(minutes=2)
    hot = policy.tiers[1].targets
    assert [target.within.seconds for target in hot] == [20, 45, 75]
    assert {rung.kind for rung in hot[0].ladder} == {"warn", "breach", "escalate", "pull_back"}
    assert all(rule.after <= timedelta(minutes=6) for rule in policy.staleness)
    assert policy.notifications.digest.every_day


def test_an_overlay_keeps_everything_it_does_not_name() -> None:
    plainly, fast = compile_policy(load(SAMPLE), TODAY), compile_policy(load(SAMPLE, FAST), TODAY)
    assert fast.rules == plainly.rules
    assert fast.pools == plainly.pools
    assert fast.lifecycle == plainly.lifecycle
    assert [tier.when for tier in fast.tiers] == [tier.when for tier in plainly.tiers]
    assert [p.slack_user for p in fast.people] == [p.slack_user for p in plainly.people]


def test_the_overlay_names_only_what_the_sample_has(edited: Callable[..., Path]) -> None:
    """An id that the policy no longer has would become a new, incomplete item."""
    folder = edited(("roster", "- id: berlin", "- id: munich"))
    with pytest.raises(PolicyError, match=r"fast_policy/roster\.yaml:\d+ calendars\[4\]\.zone"):
        load(folder, FAST)
