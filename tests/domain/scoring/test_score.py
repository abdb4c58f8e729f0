"""Fit, behaviour, recency, raised hands; points that decay, and when decay changes the result."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.domain.conditions import Facts
from baton.domain.lead import Evidence
from baton.domain.policy import (
    BehaviourGroup,
    BehaviourRule,
    Count,
    FitGroup,
    FitRule,
    Policy,
    Test,
    When,
)
from baton.domain.scoring.evidence_history import add_evidence
from baton.domain.scoring.evidence_kept import KEPT, KEPT_OF_KIND
from baton.domain.scoring.score import Score, next_crossing, score, worth
from baton.domain.time import SKEW
from tests.builders import NOW, POLICY, minutes
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
    assert len(one_by_one) <= KEPT + 4 * KEPT_OF_KIND


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


# --- at the very edge

MICROSECOND = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("at", "recent", "wants"),
    [
        pytest.param(NOW - 30 * DAY, False, "has done nothing within the last 30 days",
                     id="as long ago as is too long"),
        pytest.param(NOW - 30 * DAY + MICROSECOND, True, "", id="just not so long ago"),
        pytest.param(NOW + SKEW, True, "", id="as far ahead as clocks may be"),
        pytest.param(NOW + SKEW + MICROSECOND, False, "has done nothing yet", id="still to come"),
    ],
)  # fmt: skip
def test_what_is_recent(at: datetime, recent: bool, wants: str) -> None:
    easy = replace(SCORING, fit_at_least=0, behaviour_at_least=0)
    older = (Evidence(NOW - 40 * DAY, "trial"),) if wants != "has done nothing yet" else ()
    found = score(easy, Facts({}, (*older, Evidence(at, "trial")), NOW), ())
    assert (found.recent, found.qualified) == (recent, recent)
    assert all_words(found.wanting) == ((wants,) if wants else ())


def test_a_lead_with_a_raised_hand_lacks_nothing() -> None:
    found = scored(seen(1, "form", "Demo request"))
    assert (found.hand_raise, found.wanting) == ("Demo request", ())
    call = replace(SCORING, hand_raises=(Count(of=("asked_for_call",), at_least=2),))
    pieces = (seen(2, "asked_for_call"), seen(1, "asked_for_call"))
    assert score(call, Facts({}, (), NOW), pieces).hand_raise == "asked_for_call"
    assert score(call, Facts({}, (), NOW), pieces[:1]).hand_raise == "", "once is not enough"


def test_the_last_piece_names_the_hand_that_was_raised() -> None:
    anything = replace(SCORING, hand_raises=(Count(within=14 * DAY),))
    facts = Facts({}, (), NOW)
    pieces = (seen(3, "form", "Newsletter"), seen(2, "form", "Demo"), seen(1, "web_chat"))
    for count, name in enumerate(("Newsletter", "Demo", "web_chat"), 1):
        assert score(anything, facts, pieces[:count]).hand_raise == name


@pytest.mark.parametrize("less", [0, 0.001])
def test_as_much_as_is_asked_for_is_enough(less: float) -> None:
    asked = only(replace(PLAIN, points=10 - less)).scoring or SCORING
    fit = FitGroup("f", "Fit", (FitRule("r", "R", 40 - less, {}),))
    found = score(replace(asked, fit=(fit,)), Facts({}, (seen(1, "look"),), NOW), ())
    assert [why.id for why in found.wanting] == ["wanting.fit", "wanting.behaviour"] * bool(less)


def only(rule: BehaviourRule, cap: float | None = None, **changes: Any) -> Policy:
    """A policy in which what people did counts by *rule* alone; 10 points are asked for."""
    given: dict[str, Any] = {
        "behaviour": (BehaviourGroup("g", "G", (rule,), cap),),
        "behaviour_at_least": 10,
        "hand_raises": (),
    }
    return replace(SCORED, scoring=replace(SCORING, **(given | changes)))


PLAIN = BehaviourRule("look", "Looked", 20, ("look",))


@pytest.mark.parametrize(
    ("ages", "changes", "after"),
    [
        pytest.param([5], {}, 25, id="as the newest evidence is too old"),
        pytest.param([20, 5], {}, 25, id="the newest of several"),
        pytest.param([31], {}, None, id="it was too old already"),
        pytest.param([30], {}, None, id="it is too old just now"),
        pytest.param([5], {"hand_raises": (Count(("look",), within=7 * DAY),)}, 2,
                     id="as a raised hand ends"),
        pytest.param([5], {"hand_raises": (Count(("look",)),)}, 25, id="a hand that stays raised"),
        pytest.param([5], {"hand_raises": (Count(("other",), within=7 * DAY),)}, 25,
                     id="what is no raised hand"),
        pytest.param([5, 9], {"hand_raises": (Count(("look",), within=7 * DAY),)}, 2,
                     id="the hand that is raised still"),
    ],
)  # fmt: skip
def test_a_lead_is_reviewed_when_evidence_loses_its_points(
    ages: list[float], changes: dict[str, Any], after: float | None
) -> None:
    pieces = add_evidence((), [seen(age, "look") for age in ages])
    expected = None if after is None else NOW + after * DAY
    assert next_crossing(only(PLAIN, **changes), pieces, NOW) == expected


@pytest.mark.parametrize(
    ("rule", "ages", "after"),
    [
        pytest.param(replace(PLAIN, window=20 * DAY), [5], 15, id="its window ends"),
        pytest.param(replace(PLAIN, points=10, window=20 * DAY), [5, 6], 15,
                     id="of two, as the second goes"),
        pytest.param(replace(PLAIN, points=10, window=20 * DAY, at_most=1), [5, 6], 15,
                     id="only the newest counts"),
        pytest.param(replace(PLAIN, half_life=10 * DAY), [0], 10, id="half of it is left"),
        pytest.param(replace(PLAIN, half_life=10 * DAY, window=5 * DAY), [0], 5,
                     id="its window ends before that"),
    ],
)  # fmt: skip
def test_a_lead_is_reviewed_when_its_score_falls_below_the_threshold(
    rule: BehaviourRule, ages: list[float], after: float
) -> None:
    pieces = add_evidence((), [seen(age, "look") for age in ages])
    at = next_crossing(only(rule), pieces, NOW)
    assert at is not None
    assert timedelta() <= at - (NOW + after * DAY) <= timedelta(seconds=1)


AGAINST = replace(PLAIN, id="against", points=-15, of=("against",), window=10 * DAY)
SOME: When = {"behaviour": Test(at_least=5)}


@pytest.mark.parametrize(
    ("rules", "pieces", "cap", "at"),
    [
        pytest.param([replace(PLAIN, window=20 * DAY)], [(5, "look")], None, 15, id="it ends"),
        pytest.param([replace(PLAIN, window=20 * DAY)], [(5, "look"), (4, "look")], None, 16,
                     id="the first that ends leaves enough"),
        pytest.param([PLAIN, AGAINST], [(5, "look"), (0, "against")], None, 10,
                     id="what counts against it ends"),
        pytest.param([replace(PLAIN, window=20 * DAY), AGAINST], [(5, "look"), (0, "against")],
                     None, 10, id="and soon after that, what counts for it"),
        pytest.param([replace(PLAIN, points=8, window=20 * DAY)],
                     [(25, "look"), (22, "look"), (5, "look")], None, 15,
                     id="not what has ended already"),
        pytest.param([replace(PLAIN, window=20 * DAY)], [(5, "look")], 4, 25,
                     id="it never was enough, for its cap: as the evidence lapses"),
    ],
)  # fmt: skip
def test_a_lead_is_reviewed_at_the_instant_at_which_a_window_ends(
    rules: list[BehaviourRule], pieces: list[tuple[float, str]], cap: float | None, at: float
) -> None:
    group = BehaviourGroup("g", "G", tuple(rules), cap)
    policy = only(PLAIN, behaviour=(group,))
    some = replace(policy.tiers[0], when=SOME)
    evidence = add_evidence((), [seen(age, kind) for age, kind in pieces])
    assert next_crossing(replace(policy, tiers=(some,)), evidence, NOW) == NOW + at * DAY


def test_a_window_that_ended_a_moment_ago_does_not_hide_the_next() -> None:
    rule = replace(PLAIN, points=6, window=20 * DAY)
    ended, ends = timedelta(seconds=-0.2), timedelta(seconds=0.5)
    pieces = tuple(Evidence(NOW - 20 * DAY + late, "look") for late in (ended, ends))
    policy = only(rule)
    policy = replace(policy, tiers=(replace(policy.tiers[0], when=SOME),))
    assert next_crossing(policy, pieces, NOW) == NOW + ends


def test_what_ends_beyond_four_hundred_days_is_not_looked_for() -> None:
    for days, found in ((399, True), (400, False)):
        rule = replace(PLAIN, window=(days + 1) * DAY)
        at = next_crossing(only(rule, recency=DAY), (seen(1, "look"),), NOW)
        assert at == (NOW + days * DAY if found else None)


def test_a_crossing_is_found_to_the_second() -> None:
    for days in range(1, 30):
        rule = replace(PLAIN, half_life=days * DAY)
        at = next_crossing(only(rule), (seen(0, "look"),), NOW)
        assert at is not None
        assert timedelta() <= at - (NOW + days * DAY) <= timedelta(seconds=1), days


def test_without_scoring_nothing_is_looked_at() -> None:
    assert next_crossing(POLICY, (seen(1),), NOW) is None


@pytest.mark.parametrize(
    ("late", "found"), [(-minutes(1), True), (minutes(1), False)], ids=["just before", "after"]
)
def test_decay_is_looked_for_within_four_hundred_days(late: timedelta, found: bool) -> None:
    slow = replace(PLAIN, half_life=401 * DAY + late)
    at = next_crossing(only(slow, recency=DAY), (seen(1, "look"),), NOW)
    assert (at is not None) is found


@pytest.mark.parametrize(
    ("rule", "age", "points"),
    [
        pytest.param(PLAIN, 900, 20, id="it does not decay"),
        pytest.param(replace(PLAIN, window=DAY), 1, 0, id="at the end of its window"),
        pytest.param(replace(PLAIN, window=DAY), 0.5, 20, id="within it"),
        pytest.param(replace(PLAIN, half_life=DAY), 2, 5, id="two half-lives"),
        pytest.param(replace(PLAIN, half_life=DAY), 0, 20, id="just now"),
        pytest.param(replace(PLAIN, half_life=DAY), -1, 20, id="still to come: not more than all"),
    ],
)
def test_what_a_piece_is_worth_at_its_age(rule: BehaviourRule, age: float, points: float) -> None:
    assert worth(rule, age * DAY) == points


def test_only_the_newest_pieces_of_evidence_count_for_a_rule() -> None:
    rule = replace(PLAIN, window=10 * DAY, at_most=2)
    pieces = (seen(9, "look"), seen(2, "look"), Evidence(NOW + SKEW, "look"),
              Evidence(NOW + SKEW + MICROSECOND, "look"))  # fmt: skip
    found = score(only(rule).scoring or SCORING, Facts({}, pieces, NOW), ())
    assert [point.at for point in found.points] == [NOW + SKEW, NOW - 2 * DAY]
    assert found.behaviour == 40
    over = score(only(rule).scoring or SCORING, Facts({}, (seen(10, "look"),), NOW), ())
    assert over.points == ()


@pytest.mark.parametrize(
    ("ages", "cap", "behaviour"),
    [([2, 1], None, 40), ([2, 1], 39, 39), ([2, 1], 41, 40), ([], 0.5, 0)],
)
def test_a_group_gives_at_most_its_cap(
    ages: list[float], cap: float | None, behaviour: float
) -> None:
    pieces = tuple(seen(age, "look") for age in ages)
    found = score(only(PLAIN, cap).scoring or SCORING, Facts({}, pieces, NOW), ())
    assert found.behaviour == behaviour
