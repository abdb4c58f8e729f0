"""What is kept of a lead's evidence: no amount of one kind pushes out what a rule asks for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.domain.conditions import Facts, holds
from baton.domain.lead import Evidence
from baton.domain.policy import BehaviourGroup, BehaviourRule, Count, Policy, Signal, Test
from baton.domain.scoring.evidence_history import add_evidence
from baton.domain.scoring.evidence_kept import KEPT, KEPT_OF_KIND, MOST
from baton.domain.scoring.score import score
from tests.builders import NOW, minutes
from tests.scored import DAY, SCORED, SCORING

#: What the sample policy has of these: a demo request by name, a bounded and an unbounded rule for
#: the same kind, one kind that counts against the lead.
RULES = (
    BehaviourRule("pricing", "Pricing", 12, ("page",), ("Prices",), 14 * DAY, 60 * DAY, 4),
    BehaviourRule("reads", "Reads", 1, ("page",), half_life=7 * DAY),
    BehaviourRule("asked", "Asked", 40, ("form",), ("Demo request",), 30 * DAY, 90 * DAY, 1),
    BehaviourRule("any", "Any form", 8, ("form",), (), 30 * DAY, 90 * DAY, 2),
    BehaviourRule("away", "Unsubscribed", -40, ("unsubscribed",), window=180 * DAY, at_most=1),
)
NEVER_AGAIN = {"not": Test(blocks=({"events": Test(counts=(Count(("unsubscribed",)),))},))}
TWICE = {"events": Test(counts=(Count(("webinar",), within=90 * DAY, at_least=2),))}
POLICY: Policy = replace(
    SCORED,
    scoring=replace(
        SCORING,
        behaviour=(BehaviourGroup("all", "All", RULES),),
        signals=(Signal("page", "Page"), Signal("unsubscribed", "Unsubscribed")),
    ),
    tiers=tuple(replace(one, when=NEVER_AGAIN | TWICE) for one in SCORED.tiers),
)


def at(days_ago: float, kind: str, what: str = "") -> Evidence:
    return Evidence(NOW - days_ago * DAY, kind, what)


def views(count: int, what: str = "") -> list[Evidence]:
    return [Evidence(NOW - minutes(n), "page", what) for n in range(count)]


def behaviour(pieces: tuple[Evidence, ...]) -> float:
    assert POLICY.scoring is not None
    return score(POLICY.scoring, Facts({}, pieces, NOW), pieces).behaviour


def kept(*seen: Evidence) -> tuple[Evidence, ...]:
    """What is kept of pieces that come one by one."""
    found: tuple[Evidence, ...] = ()
    for piece in sorted(seen, key=lambda one: one.at):
        found = add_evidence(found, [piece], POLICY.claims)
    return found


@pytest.mark.parametrize(
    "needed",
    [
        pytest.param(at(3, "form", "Demo request"), id="a demo request"),
        pytest.param(at(80, "form", "Pricing page: Demo request"), id="a demo request on a page"),
        pytest.param(at(3, "page", "Prices"), id="the prices, among pages"),
        pytest.param(at(179, "unsubscribed"), id="what counts against it"),
        pytest.param(at(3, "deal_lost", "Deal 1"), id="a kind that no rule asks for, yet"),
    ],
)
@pytest.mark.parametrize("count", [KEPT - 1, KEPT, 5 * KEPT])
def test_views_of_a_page_push_out_nothing_that_is_needed(needed: Evidence, count: int) -> None:
    assert needed in kept(needed, *views(count))


def test_forty_views_do_not_lower_the_score() -> None:
    asked = at(3, "form", "Demo request")
    assert behaviour(kept(asked, *views(40))) > behaviour(kept(asked))


def test_who_unsubscribed_stays_ruled_out() -> None:
    left = (at(100, "unsubscribed"), at(50, "webinar"), at(60, "webinar"))
    pieces = kept(*left, *views(300))
    assert not holds(NEVER_AGAIN, Facts({}, pieces, NOW))
    assert behaviour(pieces) == pytest.approx(behaviour(kept(*views(300))) - 40)
    assert holds(TWICE, Facts({}, pieces, NOW)), "as many as a condition counts"


def test_a_count_is_kept_wherever_it_is_asked() -> None:
    count = Count(("webinar",), at_least=7)
    when = {"any": Test(blocks=({"events": Test(counts=(count,))},))}
    asked = [
        replace(SCORED, segments=(replace(SCORED.segments[0], when=when),)),
        replace(SCORED, rules=(replace(SCORED.rules[0], when=when),)),
        replace(SCORED, staleness=tuple(replace(one, when=when) for one in SCORED.staleness)),
        replace(SCORED, scoring=replace(SCORING, hand_raises=(count,))),
        replace(SCORED, scoring=replace(SCORING, never=(replace(SCORING.never[0], when=when),))),
    ]
    for policy in asked:
        assert (count, 7) in policy.claims


def test_it_is_bounded() -> None:
    assert len(kept(*views(1000))) == KEPT
    many = tuple(Evidence(NOW - minutes(n), f"kind-{n}") for n in range(2 * MOST))
    assert len(add_evidence((), many)) == MOST
    claimed = sum(claim.most for claim in POLICY.claims)
    pieces = [at(n, kind) for n in range(200) for kind in ("page", "form", "unsubscribed")]
    assert len(kept(*pieces)) <= KEPT + 3 * KEPT_OF_KIND + claimed


def test_what_is_not_kept_is_no_news() -> None:
    """HubSpot shows the first form at every event."""
    known = kept(*(at(n, "form", "News") for n in range(60)))
    assert add_evidence(known, [at(99, "form", "News")], POLICY.claims) is known


a_piece = st.builds(
    lambda days, kind, what: Evidence(NOW - timedelta(hours=days), kind, what),
    st.integers(0, 24 * 200),
    st.sampled_from(["page", "form", "unsubscribed", "webinar", "email"]),
    st.sampled_from(["", "Prices", "Demo request"]),
)
histories = st.lists(a_piece, max_size=150)
interest = a_piece.filter(lambda piece: piece.kind in {"page", "form"})


@given(histories, interest)
def test_more_activity_never_lowers_behaviour(found: list[Evidence], more: Evidence) -> None:
    before = add_evidence((), found, POLICY.claims)
    after = add_evidence(before, [more], POLICY.claims)
    assert behaviour(after) >= behaviour(before) - 1e-9


@given(histories)
def test_what_is_forgotten_counts_nowhere(found: list[Evidence]) -> None:
    """The score and each condition are as if all had been kept."""
    everything = tuple(sorted({*found}, key=lambda one: (one.at, one.kind, one.what)))
    pieces = add_evidence((), found, POLICY.claims)
    assert behaviour(pieces) == pytest.approx(behaviour(everything))
    for when in (NEVER_AGAIN, TWICE):
        assert holds(when, Facts({}, pieces, NOW)) == holds(when, Facts({}, everything, NOW))


@given(histories, st.randoms())
def test_the_order_in_which_evidence_comes_does_not_matter(
    found: list[Evidence], random: object
) -> None:
    shuffled = [*found]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one_by_one: tuple[Evidence, ...] = ()
    for piece in shuffled:
        one_by_one = add_evidence(one_by_one, [piece], POLICY.claims)
    assert one_by_one == add_evidence((), found, POLICY.claims)
