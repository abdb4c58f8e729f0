"""The claims of the prover about conditions are true: compared with all possible leads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from fnmatch import fnmatchcase
from itertools import product
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baton.domain.policy import Count, Test, When
from baton.policy_tools.linting import prover as proving
from baton.policy_tools.linting.prover import Prover
from baton.policy_tools.linting.values import Values

DAY = timedelta(days=1)

#: Field -> its possible values; empty: no value. A date is its age in days.
DOMAIN = {
    "word": ("", "a", "B", "c", "ab"),
    "number": ("", "0", "5", "7", "10", "12", "20", "many"),
    "date": ("", "0", "10", "30", "90"),
}
#: What a person did: a kind, what it was about, and its age in days.
Evidence = tuple[str, str, int]
SIGNS: tuple[tuple[Evidence, ...], ...] = (
    (),
    (("form", "a", 1),),
    (("call", "b", 20),),
    (("form", "b", 60), ("call", "a", 60)),
    (("form", "b", 1), ("form", "a", 20)),
)
Lead = tuple[dict[str, str], tuple[Evidence, ...]]
LEADS: tuple[Lead, ...] = tuple(
    (dict(zip(DOMAIN, values, strict=True)), signs)
    for values in product(*DOMAIN.values())
    for signs in SIGNS
)


# --- the meaning of a condition, implemented as simply as possible


def evaluate(when: When, lead: Lead) -> bool | None:
    """Yes, no or not known."""
    return every(of_test(name, test, lead) for name, test in when.items())


def every(answers: Iterator[bool | None]) -> bool | None:
    found = list(answers)
    return False if False in found else None if None in found else True


def negated(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def of_test(name: str, test: Test, lead: Lead) -> bool | None:
    if test.counts:
        return all(counted(count, lead[1]) >= count.at_least for count in test.counts)
    answers = [evaluate(block, lead) for block in test.blocks]
    if answers and name == "all":
        return every(iter(answers))
    if answers and name == "any":
        return negated(every(map(negated, answers)))
    if answers:
        return every(map(negated, answers))
    return of_field(test, lead[0][name])


def of_field(test: Test, value: str) -> bool | None:
    if test.known is not None and bool(value) != test.known:
        return False
    if test.known is False:
        return True
    asked = (test.any_of, test.matches, test.within)
    if not value:
        numbers = test.at_least is not None or test.below is not None
        return None if numbers or any(asked) else True
    number = float(value) if value.isdigit() else None
    return all(
        (
            not test.any_of or value.lower() in [one.lower() for one in test.any_of],
            not test.matches or any(fnmatchcase(value.lower(), one) for one in test.matches),
            test.at_least is None or (number is not None and number >= test.at_least),
            test.below is None or (number is not None and number < test.below),
            test.within is None or (number is not None and number * DAY < test.within),
        )
    )


def counted(count: Count, signs: tuple[Evidence, ...]) -> int:
    return sum(
        (not count.of or kind in count.of)
        and (not count.what or what in count.what)
        and (count.within is None or age * DAY < count.within)
        for kind, what, age in signs
    )


# --- conditions of all kinds


def field(**tests: object) -> Test:
    return Test(**tests)  # type: ignore[arg-type]  # every key is one of Test's


def blocks(*whens: When) -> Test:
    return Test(blocks=whens)


some_words = st.lists(st.sampled_from("abcd"), min_size=1, max_size=3).map(tuple)
some_patterns = st.lists(
    st.sampled_from(["*", "a*", "*b", "a", "ab", "*a*"]), min_size=1, max_size=2
).map(tuple)
bounds = st.sampled_from([None, 0.0, 5.0, 10.0, 15.0])
spans = st.sampled_from([5 * DAY, 15 * DAY, 40 * DAY])
counts = st.builds(
    Count,
    of=st.sampled_from([(), ("form",), ("call",), ("form", "call")]),
    what=st.sampled_from([(), ("a",), ("a", "b")]),
    within=st.none() | spans,
    at_least=st.integers(1, 2),
)
known = st.builds(Test, known=st.booleans())
also_known = st.sampled_from([None, True])
fields = st.fixed_dictionaries(
    {},
    optional={
        "word": known
        | st.builds(Test, any_of=some_words, known=also_known)
        | st.builds(Test, matches=some_patterns)
        | st.builds(Test, any_of=some_words, matches=some_patterns),
        "number": known
        | st.builds(Test, at_least=bounds, below=st.sampled_from([10.0, 20.0]))
        | st.builds(Test, at_least=st.sampled_from([0.0, 5.0, 20.0]))
        | st.builds(Test, any_of=st.sampled_from([("5",), ("5", "20"), ("many",)])),
        "date": known | st.builds(Test, within=spans),
        "events": st.builds(Test, counts=st.lists(counts, min_size=1, max_size=2).map(tuple)),
    },
)


def nested(inner: st.SearchStrategy[When]) -> st.SearchStrategy[When]:
    blocks = st.lists(inner, min_size=1, max_size=2).map(lambda found: Test(blocks=tuple(found)))
    operators = st.fixed_dictionaries({}, optional=dict.fromkeys(("all", "any", "not"), blocks))
    return st.tuples(fields, operators).map(lambda pair: pair[0] | pair[1])


conditions = st.recursive(fields, nested, max_leaves=5)


@settings(max_examples=60, deadline=None)
@given(conditions, conditions)
def test_what_is_called_impossible_holds_of_no_lead(one: When, other: When) -> None:
    if Prover().conflict(one, other) is not None:
        assert not [lead for lead in LEADS if evaluate(one, lead) and evaluate(other, lead)]


@settings(max_examples=60, deadline=None)
@given(conditions, conditions)
def test_what_is_called_implied_holds_wherever_it_must(strong: When, weak: When) -> None:
    if Prover().implies([strong], [weak]):
        assert all(evaluate(weak, lead) for lead in LEADS if evaluate(strong, lead))


@settings(max_examples=60, deadline=None)
@given(conditions, st.lists(conditions, min_size=2, max_size=3))
def test_what_is_called_covered_is_covered_wherever_it_must(strong: When, weak: list[When]) -> None:
    prover = Prover({"word": Values(words=frozenset({"a", "b", "c", "ab"}))})
    places = prover.covering([strong], [[one] for one in weak])
    for lead in LEADS if places is not None else ():
        if evaluate(strong, lead):
            assert any(evaluate(weak[place], lead) for place in places or ())


@settings(max_examples=60, deadline=None)
@given(conditions)
def test_a_condition_that_some_lead_meets_implies_itself(when: When) -> None:
    """Provided that the prover examines every alternative: above ``MOST`` it may give up."""
    if any(evaluate(when, lead) for lead in LEADS):
        with mock.patch.object(proving, "MOST", 100_000):
            assert Prover().implies([when], [when])


# --- one field, exhaustively: every pair of tests and negations


def with_negations(plain: list[When]) -> list[When]:
    negated: list[When] = [{"not": blocks(one)} for one in plain]
    return [*plain, *negated, *({"not": blocks(one)} for one in negated)]


def literals(name: str) -> list[When]:
    """Every kind of test on the field, plain, negated, and negated again."""
    several: list[dict[str, object]] = [{"known": True}, {"known": False}]
    if name == "number":
        marks = (None, 0.0, 5.0, 10.0, 15.0)
        several += [
            {"at_least": low, "below": high}
            for low, high in product(marks, marks)
            if (low, high) != (None, None) and (low is None or high is None or low < high)
        ]
        several += [{"any_of": ("5",)}, {"any_of": ("5", "20")}, {"any_of": ("many",)}]
        several += [{"any_of": ("5", "20"), "at_least": 10.0}, {"at_least": 5.0, "known": True}]
    elif name == "date":
        several += [{"within": days * DAY} for days in (5, 15, 40)]
    else:
        several += [{"any_of": one} for one in (("a",), ("A", "b"), ("a", "b", "c", "ab"))]
        several += [{"matches": one} for one in (("*",), ("a*",), ("a*", "b"), ("*b",), ("ab",))]
        several += [{"any_of": ("ab", "c"), "matches": ("a*",)}, {"any_of": ("a",), "known": True}]
    plain: list[When] = [{name: field(**tests)} for tests in several]
    return with_negations(plain)


def events() -> list[When]:
    kinds = [(), ("form",), ("form", "call")]
    found = product(kinds, [(), ("a",)], [None, 5 * DAY, 40 * DAY], [1, 2])
    plain: list[When] = [{"events": Test(counts=(Count(*one),))} for one in found]
    plain.append({"events": Test(counts=(Count(("form",)), Count(("call",))))})
    return with_negations(plain)


@pytest.mark.parametrize("name", [*DOMAIN, "events"])
def test_every_pair_of_tests_on_one_field_is_judged_rightly(name: str) -> None:
    some = events() if name == "events" else literals(name)
    bare = dict.fromkeys(DOMAIN, "")
    leads: list[Lead] = [({**bare, name: value}, ()) for value in DOMAIN.get(name, ())]
    leads += [(bare, signs) for signs in SIGNS]
    prover = Prover()
    for one, other in product(some, some):
        both = [lead for lead in leads if evaluate(one, lead) and evaluate(other, lead)]
        if prover.conflict(one, other) is not None:
            assert not both, (one, other)
        if prover.implies([one], [other]):
            assert all(evaluate(other, lead) for lead in leads if evaluate(one, lead)), (one, other)


# --- proofs that people would expect


@pytest.mark.parametrize(
    ("conditions", "at_odds"),
    [
        pytest.param(
            [{"n": field(at_least=10)}, {"n": field(below=5)}], ("n",), id="ranges that do not meet"
        ),
        pytest.param(
            [{"w": field(any_of=("a",))}, {"w": field(any_of=("b",))}], ("w",), id="other words"
        ),
        pytest.param(
            [{"w": field(known=False)}, {"w": field(matches=("*",))}], ("w",), id="missing and like"
        ),
        pytest.param(
            [{"n": field(any_of=("5",))}, {"n": field(at_least=10)}], ("n",), id="word below range"
        ),
        pytest.param(
            [{"w": field(any_of=("a",))}, {"not": blocks({"w": field(any_of=("A", "b"))})}],
            ("w",),
            id="ruled out",
        ),
        pytest.param(
            [
                {"any": blocks({"w": field(any_of=("a",))}, {"n": field(below=5)})},
                {"w": field(any_of=("b",)), "n": field(at_least=5)},
            ],
            ("w", "n"),
            id="each alternative",
        ),
        pytest.param(
            [{"d": field(within=DAY)}, {"not": blocks({"d": field(within=2 * DAY)})}],
            ("d",),
            id="lately and not lately",
        ),
        pytest.param(
            [
                {"events": Test(counts=(Count(of=("form",), at_least=2),))},
                {"not": blocks({"events": Test(counts=(Count(of=("form", "call")),))})},
            ],
            ("events",),
            id="seen and not seen",
        ),
        pytest.param(
            [
                {"w": field(matches=("*@gmail.com",))},
                {"not": blocks({"w": field(matches=("*@*",))})},
            ],
            ("w",),
            id="patterns",
        ),
        pytest.param([{"stage": field(any_of=("c",))}], ("stage",), id="a value it cannot have"),
    ],
)
def test_what_can_never_hold_is_seen(conditions: list[When], at_odds: tuple[str, ...]) -> None:
    prover = Prover({"stage": Values(words=frozenset({"a", "b"}))})
    assert prover.conflict(*conditions) == at_odds


@pytest.mark.parametrize(
    ("strong", "weak"),
    [
        pytest.param({"w": field(any_of=("a",))}, {}, id="no condition"),
        pytest.param(
            {"w": field(any_of=("a",))}, {"w": field(any_of=("A", "b"))}, id="fewer words"
        ),
        pytest.param({"n": field(at_least=10)}, {"n": field(at_least=5)}, id="tighter range"),
        pytest.param({"n": field(below=10)}, {"n": field(known=True)}, id="known"),
        pytest.param({"n": field(any_of=("7",))}, {"n": field(at_least=5)}, id="word in range"),
        pytest.param({"d": field(within=DAY)}, {"d": field(within=2 * DAY)}, id="more lately"),
        pytest.param(
            {"w": field(matches=("*@gmail.com",))}, {"w": field(matches=("*@gmail.*",))}, id="like"
        ),
        pytest.param(
            {"w": field(any_of=("x@gmail.com",))}, {"w": field(matches=("*@gmail.com",))}, id="fits"
        ),
        pytest.param(
            {"any": blocks({"w": field(any_of=("a",))}, {"w": field(any_of=("b",))})},
            {"w": field(any_of=("b", "a"))},
            id="each alternative",
        ),
        pytest.param(
            {"not": blocks({"w": field(any_of=("a", "b"))})},
            {"not": blocks({"w": field(any_of=("a",))})},
            id="more ruled out",
        ),
        pytest.param({}, {"stage": field(any_of=("a", "b"))}, id="all it can be"),
    ],
)
def test_what_is_implied_is_seen(strong: When, weak: When) -> None:
    prover = Prover({"stage": Values(missing=False, words=frozenset({"a", "b"}))})
    assert prover.implies([strong], [weak])


def test_several_may_cover_together_what_none_does_alone() -> None:
    prover = Prover({"stage": Values(words=frozenset({"a", "b", "c"}))})
    parts: list[list[When]] = [
        [{"stage": field(any_of=("c", "a"))}],
        [{"n": field(at_least=5)}],
        [{"stage": field(any_of=("b",))}],
    ]
    assert prover.covering([{"stage": field(known=True)}], parts) == (0, 2)
    assert prover.covering([{}], parts) is None  # the lead may have no stage
    assert prover.covering([{}], [*parts, [{"stage": field(known=False)}]]) == (0, 2, 3)


def test_a_field_without_value_passes_no_negation() -> None:
    """The negated test fails only because there is no value, which is not an answer."""
    ruled_out: When = {"not": blocks({"w": field(any_of=("a",))})}
    assert Prover().conflict(ruled_out, {"w": field(known=False)}) == ("w",)


def test_nothing_is_proved_of_a_condition_with_too_many_alternatives() -> None:
    wide: When = {
        "all": blocks(
            *({"any": blocks(*({f"f{n}": field(any_of=(c,))} for c in "abcdef"))} for n in range(6))
        )
    }
    assert Prover().conflict(wide, {"f0": field(known=False)}) is None
    assert not Prover().implies([wide], [{"f0": field(known=True)}])
