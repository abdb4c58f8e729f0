"""Fit, behaviour, recency, raised hands; points that decay, and when decay changes the result."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.domain.conditions import Facts
from baton.domain.lead import Evidence
from baton.domain.scoring.evidence_history import KEPT, add_evidence
from baton.domain.scoring.score import Score, next_crossing, score
from tests.builders import NOW, minutes
from tests.scored import DAY, SCORED, SCORING
from tests.worded import all_words

LARGE = {"employees": "5000"}


def seen(days_ago: float, kind: str = "pricing_page", what: str = "") -> Evidence:
    return Evidence(NOW - days_ago * DAY, kind, what)


def scored(*evidence: Evidence, **values: str) -> Score:
    pieces = add_evidence((), evidence)
    return score(SCORING, Facts(values, pieces, NOW), pieces)


@pytest.mark.parametrize(
    ("evidence", "values", "fit", "behaviour", "qualified"),
    [
        pytest.param([], {}, 0, 0, False, id="nothing known, nothing done"),
        pytest.param([seen(0)] * 3, LARGE, 40, 10, False, id="the same thing three times is one"),
        pytest.param(
            [seen(0), seen(0.01), seen(0.02), seen(0.03)], LARGE, 40, 39.95, True, id="both"
        ),
        pytest.param([seen(10), seen(0, "trial")], LARGE, 40, 25, False, id="half after 10 days"),
        pytest.param([seen(60)], LARGE, 40, 0, False, id="nothing at the end of the window"),
        pytest.param([seen(n / 100) for n in range(9)], LARGE, 40, 50, True, id="the cap"),
        pytest.param([seen(0, "trial"), seen(1, "trial")], {"employees": "500"}, 20, 40, False,
                     id="interest without fit"),
        pytest.param([seen(n, "form", "Newsletter") for n in range(9)], LARGE, 40, 10, False,
                     id="at most two forms count"),
        pytest.param([seen(1, "form", "Demo request")], {}, 0, 5, True, id="a hand raised"),
        pytest.param([seen(15, "form", "Demo request")], {}, 0, 5, False, id="raised long ago"),
        pytest.param([seen(1, "form", "Demo request")], {"role": "PhD student"}, 0, 5, False,
                     id="a hand raised passes the score, but not the disqualifiers"),
        pytest.param([seen(0)], {"employees": "5000", "email": "a@gmail.com"}, 25, 10, False,
                     id="a negative rule"),
    ],
)  # fmt: skip
def test_scores(
    evidence: list[Evidence], values: dict[str, str], fit: float, behaviour: float, qualified: bool
) -> None:
    found = scored(*evidence, **values)
    assert (found.fit, found.qualified) == (fit, qualified)
    assert found.behaviour == pytest.approx(behaviour, abs=0.1)


def test_old_interest_is_not_recent_interest() -> None:
    """31 days after three trials and without later evidence: enough points, but not recent."""
    long = replace(SCORING, behaviour_at_least=1, recency=30 * DAY)
    found = score(long, Facts(LARGE, (seen(31),), NOW), ())
    assert found.behaviour > 1
    assert all_words(found.wanting) == ("has done nothing within the last 30 days",)


def test_a_score_explains_itself() -> None:
    found = scored(seen(10, what="/pricing"), seen(2, "form", "Newsletter"), employees="5000")
    assert [(p.rule, round(p.points, 1), p.what) for p in found.points] == [
        ("large", 40, ""),
        ("medium", 20, ""),
        ("pricing", 5.0, "/pricing"),
        ("forms", 5, "Newsletter"),
    ]
    assert found.points[2].at == NOW - 10 * DAY
    assert all_words(found.wanting) == ("behaviour is 10, needs 30",)


def test_a_disqualifying_condition_is_named() -> None:
    assert all_words(scored(role="Student of law").wanting) == ("never: A student",)


pieces = st.lists(
    st.builds(
        lambda minute, kind, what: Evidence(NOW - minutes(minute), kind, what),
        st.integers(0, 100_000),
        st.sampled_from(["pricing_page", "trial", "form", "other"]),
        st.sampled_from(["", "Demo request", "Newsletter"]),
    ),
    max_size=60,
)


@given(pieces, st.randoms())
def test_the_order_and_the_repetition_of_evidence_do_not_matter(
    found: list[Evidence], random: object
) -> None:
    shuffled = [*found, *found]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one_by_one: tuple[Evidence, ...] = ()
    for piece in shuffled:
        one_by_one = add_evidence(one_by_one, [piece])
    assert one_by_one == add_evidence((), found)
    assert len(one_by_one) <= KEPT


@given(pieces)
def test_points_and_total_agree(found: list[Evidence]) -> None:
    """The explanation adds up to the score, where no cap cuts it."""
    uncapped = replace(
        SCORING,
        fit=tuple(replace(group, cap=None) for group in SCORING.fit),
        behaviour=tuple(replace(group, cap=None) for group in SCORING.behaviour),
    )
    told = score(uncapped, Facts(LARGE, add_evidence((), found), NOW), ())
    assert sum(point.points for point in told.points) == pytest.approx(told.fit + told.behaviour)
    assert told.qualified == (not told.wanting and not told.never)


# --- decay as a clock


def behaviour(evidence: tuple[Evidence, ...], at: datetime) -> float:
    return score(SCORING, Facts({}, evidence, at), ()).behaviour


def test_the_score_clock_is_due_when_it_falls_below_the_threshold() -> None:
    """Four views of the pricing page give 40 points; halved every 10 days they are 30 after 4.15
    days."""
    evidence = add_evidence((), [seen(n / 10_000) for n in range(4)])
    at = next_crossing(SCORED, evidence, NOW)
    assert at is not None
    assert at - NOW == pytest.approx(4.15 * DAY, abs=minutes(15))
    assert behaviour(evidence, at) < 30 <= behaviour(evidence, at - timedelta(seconds=2))


def test_without_evidence_nothing_decays() -> None:
    assert next_crossing(SCORED, (), NOW) is None


@given(pieces)
def test_between_now_and_the_crossing_the_score_is_on_the_same_side(found: list[Evidence]) -> None:
    evidence = add_evidence((), found)
    at = next_crossing(SCORED, evidence, NOW)
    # A crossing is found to the second.
    end = max(NOW, (at if at is not None else NOW + 90 * DAY) - timedelta(seconds=1))
    side = behaviour(evidence, NOW) >= 30
    for part in range(8):
        between = NOW + (end - NOW) * part / 8
        assert (behaviour(evidence, between) >= 30) == side
