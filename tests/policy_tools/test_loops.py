"""Automatic moves in a circle: found unless their conditions exclude each other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from baton.policy_tools.linting import lint
from baton.policy_tools.loading import load

Edited = Callable[..., Path]
ASIDE = "to: other, by: [rep], reverse: true, reason: no_lead}"
UP = "{id: take_up, from: other, to: lead, by: [automatic, rep]}"


@pytest.mark.parametrize(
    ("aside", "up", "is_found"),
    [
        pytest.param("{country: Germany}", "{country: Germany}", True, id="the same"),
        pytest.param("{country: Germany}", "{employees: {at_least: 5}}", True, id="apart"),
        pytest.param("{country: Germany}", "{country: France}", False, id="another value"),
        pytest.param("{country: Germany}", "{not: {country: Germany}}", False, id="its opposite"),
        pytest.param("{country: Germany}", "{country: {known: false}}", False, id="none"),
        pytest.param("{employees: {below: 5}}", "{employees: {at_least: 5}}", False, id="numbers"),
        pytest.param(
            "{events: {of: form, within: 5d}}",
            "{not: {events: {of: form, within: 9d}}}",
            False,
            id="evidence",
        ),
        pytest.param(
            "{events: {of: form, within: 9d}}",
            "{not: {events: {of: form, within: 5d}}}",
            True,
            id="evidence between",
        ),
        pytest.param("{stage: lead}", "{stage: other}", True, id="the stage differs anyhow"),
        pytest.param("{stage: mql}", "{country: France}", False, id="never in that circle"),
        pytest.param(
            "{days_in_stage: {at_least: 3}}", "{country: France}", False, id="days go by first"
        ),
    ],
)
def test_a_circle_is_found_unless_its_conditions_exclude_each_other(
    aside: str, up: str, is_found: bool, edited: Edited
) -> None:
    folder = edited(
        (
            "lifecycle",
            ASIDE,
            ASIDE.replace("[rep]", "[rep, automatic]").replace("}", f", when: {aside}}}"),
        ),
        ("lifecycle", UP, UP.replace("}", f", when: {up}}}")),
    )
    found = [one.rule for one in lint(load(folder)) if one.rule == "moves-in-circles"]
    assert found == (["moves-in-circles"] if is_found else [])


def test_a_disqualifier_and_a_way_back_are_a_circle(edited: Edited) -> None:
    folder = edited(
        (
            "lifecycle",
            "    purpose: Gave us a name",
            "    disqualified_by: [{when: {country: Germany}, reason: bad_fit}]\n"
            "    purpose: Gave us a name",
        ),
        (
            "lifecycle",
            "{id: reopen, from: disqualified, to: lead, by: [rep]}",
            "{id: reopen, from: disqualified, to: lead, by: [rep, automatic],"
            " when: {employees: 7}}",
        ),
    )
    (found,) = [one for one in lint(load(folder)) if one.rule == "moves-in-circles"]
    assert "disqualified → lead → disqualified" in found.message
