"""What a decision is given: loads by day, who is away, whose account it is; and what it names."""

from __future__ import annotations

from datetime import timedelta

import pytest

from baton.domain.world.effects import lead_subject, person_subject, system_of
from baton.domain.world.wakes import fast_wake, slow_wake
from baton.domain.world.world import Account, Away, Load
from tests.builders import NOW
from tests.fakes.effects import card_state, contact_state, task_state

MICROSECOND = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("until", "holds"),
    [(None, True), (NOW, False), (NOW + MICROSECOND, True)],
    ids=["until further notice", "until now", "for a moment more"],
)
def test_until_when_somebody_is_away(until: object, holds: bool) -> None:
    assert Away(NOW, until, "slack").holds(NOW) is holds  # type: ignore[arg-type]


def test_a_count_of_another_day_or_week_is_over() -> None:
    load = Load("anna", day="2026-03-03", today=2, week="2026-W10", this_week=5)
    assert (load.on("2026-03-03"), load.on("2026-03-04")) == (2, 0)
    assert (load.in_week("2026-W10"), load.in_week("2026-W11")) == (5, 0)


def test_an_account_adds_what_is_found_further() -> None:
    first = Account({"company": ("1", "7")}, "no scope", ("company",))
    then = Account({"domain": ("2", "8")}, "", ("domain",))
    both = Account({"company": ("1", "7"), "domain": ("2", "8")}, "no scope", ("company", "domain"))
    assert first.merged_with(then) == both
    denied = Account({}, "no deals", ("open_deal",))
    assert first.merged_with(denied).denied == "no scope; no deals"


def test_the_same_instant_is_the_same_wake() -> None:
    at = NOW + MICROSECOND
    assert fast_wake("101", at) == fast_wake("101", at)
    assert fast_wake("101", at).id == "wake:2026-03-03T08:00:00.000001Z"
    assert slow_wake("101", NOW).id == "stale:2026-03-03T08:00:00Z"
    assert (slow_wake("101", NOW).lead_id, slow_wake("101", NOW).at) == ("101", NOW)


def test_which_system_shows_an_effect() -> None:
    shown = [system_of(one) for one in (contact_state(), task_state(), card_state())]
    assert shown == ["hubspot", "hubspot", "slack"]
    assert (lead_subject("101"), person_subject("anna")) == ("LEAD#101", "PERSON#anna")
