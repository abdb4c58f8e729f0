"""Conditions that nest, count and look back; and how each treats unknown values."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.domain.conditions import Facts, holds, next_change, unmet, why_not
from baton.domain.lead import Evidence
from baton.domain.phrase import Phrase
from baton.domain.policy import Count, Test, When
from baton.domain.time import SKEW
from tests.builders import NOW
from tests.worded import all_words, words

DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)


def facts(*evidence: Evidence, **values: str) -> Facts:
    return Facts(values, tuple(sorted(evidence, key=lambda s: s.at)), NOW)


def looked(days_ago: float, what: str = "", kind: str = "pricing_page") -> Evidence:
    return Evidence(NOW - days_ago * DAY, kind, what)


GERMAN: When = {"country": Test(any_of=("Germany",))}
LARGE: When = {"employees": Test(at_least=1000)}
ONE_OF: When = {"any": Test(blocks=(GERMAN, LARGE))}
NEITHER: When = {"not": Test(blocks=(GERMAN, LARGE))}
MAIL: When = {"email": Test(matches=("*@gmail.com", "*@gmx.*"))}
TWICE: When = {"events": Test(counts=(Count(("pricing_page",), within=14 * DAY, at_least=2),))}


@pytest.mark.parametrize(
    ("when", "known", "fault"),
    [
        pytest.param(ONE_OF, facts(country="Germany"), "", id="any: the first"),
        pytest.param(ONE_OF, facts(employees="1000"), "", id="any: the second, first not known"),
        pytest.param(
            ONE_OF,
            facts(country="Spain", employees="9"),
            "none of these: country is Spain, not Germany; nor: employees is 9, below 1000",
            id="any: none",
        ),
        pytest.param(
            {"all": Test(blocks=(GERMAN, LARGE))},
            facts(country="Germany", employees="9"),
            "employees is 9, below 1000",
            id="all: one fails",
        ),
        pytest.param(NEITHER, facts(country="Spain", employees="9"), "", id="not: none holds"),
        pytest.param(
            NEITHER,
            facts(country="Germany", employees="9"),
            "ruled out: country is Germany",
            id="not: one holds",
        ),
        pytest.param(
            NEITHER,
            facts(country="Spain"),
            "employees is missing, not a number",
            id="not: what is not known does not count as not holding",
        ),
        pytest.param(
            {"not": Test(blocks=(NEITHER,))},
            facts(country="Spain"),
            "employees is missing, not a number",
            id="not not: still not known",
        ),
        pytest.param(
            {"not": Test(blocks=({"industry": Test(known=True)},))},
            facts(),
            "",
            id="known is always known",
        ),
        pytest.param(
            LARGE | {"industry": Test(known=True)},
            facts(employees="1000"),
            "industry is missing",
            id="the first that fails, and not the first",
        ),
        pytest.param(
            {"any": Test(blocks=(LARGE | {"industry": Test(known=True)},))},
            facts(employees="1000"),
            "none of these: industry is missing",
            id="any: a block holds where each of its tests does",
        ),
        pytest.param(
            {"all": Test(blocks=({"industry": Test(known=False)} | LARGE | GERMAN,))},
            facts(),
            "employees is missing, not a number",
            id="all: of a block the first that is not known",
        ),
        pytest.param(NEITHER, facts(), "country is missing, not Germany",
                     id="not: the first that is not known"),
        pytest.param({"not": Test(blocks=({"any": Test(blocks=(GERMAN, LARGE))},))},
                     facts(country="Spain", employees="9"), "", id="not any: none holds"),
        pytest.param({"not": Test(blocks=({"any": Test(blocks=(GERMAN, LARGE))},))},
                     facts(country="Spain"),
                     "none of these: country is Spain, not Germany; nor: employees is missing, not "
                     "a number", id="not any: one is not known"),
        pytest.param({"not": Test(blocks=({"any": Test(blocks=(LARGE, GERMAN))},))},
                     facts(country="Germany", employees="9"), "ruled out: country is Germany",
                     id="not any: the one that holds"),
        pytest.param({"not": Test(blocks=({"not": Test(blocks=(GERMAN,))} | LARGE,))},
                     facts(country="Spain", employees="1000"), "ruled out: employees is 1000",
                     id="not a block with a not: what else holds"),
        pytest.param({"not": Test(blocks=(TWICE,))}, facts(looked(1), looked(2)),
                     "ruled out: pricing page within 14 days", id="not events"),
        pytest.param({"country": Test(known=True, any_of=("Germany",))}, facts(country="Spain"),
                     "country is Spain, not Germany", id="known, and one of some"),
        pytest.param({"employees": Test(at_least=0)}, facts(employees="-1"),
                     "employees is -1, below 0", id="at least nothing"),
        pytest.param({"employees": Test(below=0)}, facts(employees="0"),
                     "employees is 0, not below 0", id="below nothing"),
        pytest.param({"events": Test(counts=(Count(),))}, facts(looked(1)), "", id="any activity"),
        pytest.param({"events": Test(counts=(Count(("form",), ("Demo request",)),))}, facts(),
                     "form (Demo request): not seen", id="events: about something"),
        pytest.param(MAIL, facts(email="Ada@GMail.com"), "", id="matches without case"),
        pytest.param(MAIL, facts(email="a@gmx.de"), "", id="matches the second pattern"),
        pytest.param(
            MAIL,
            facts(email="a@gmail.com.example"),
            "e-mail is a@gmail.com.example, not like *@gmail.com or *@gmx.*",
            id="matches the whole text",
        ),
        pytest.param(
            {"role": Test(matches=("V.P*",))},
            facts(role="VaP Sales"),
            "role is VaP Sales, not like V.P*",
            id="a dot is a dot",
        ),
        pytest.param(
            {"seen": Test(within=14 * DAY)},
            facts(seen=(NOW - 13 * DAY).isoformat()),
            "",
            id="within",
        ),
        pytest.param(
            {"seen": Test(within=14 * DAY)},
            facts(seen="2026-02-01"),
            "seen is 2026-02-01, not within the last 14 days",
            id="within: too old",
        ),
        pytest.param(
            {"seen": Test(within=14 * DAY)},
            facts(seen=str(int((NOW + DAY).timestamp() * 1000))),
            f"seen is {int((NOW + DAY).timestamp() * 1000)}, not within the last 14 days",
            id="within: still to come",
        ),
        pytest.param(
            {"seen": Test(within=DAY)}, facts(seen="soon"), "seen is soon, not a date", id="no date"
        ),
        pytest.param(TWICE, facts(looked(1), looked(2)), "", id="events: twice"),
        pytest.param(
            TWICE,
            facts(looked(1), looked(14)),
            "pricing page within 14 days: 1 of 2 times",
            id="events: exactly 14 days ago is too long ago",
        ),
        pytest.param(
            TWICE, facts(looked(-1), looked(1)), "pricing page within 14 days: 1 of 2 times",
            id="events: not those to come",
        ),
        pytest.param(
            {"events": Test(counts=(Count(("form",), ("Demo request",)),))},
            facts(looked(400, "demo REQUEST", "form")),
            "",
            id="events: by name, ever",
        ),
        pytest.param(
            {"events": Test(counts=(Count(),))}, facts(), "anything the person did: not seen",
            id="nothing yet",
        ),
        pytest.param(
            {"not": Test(blocks=(TWICE,))}, facts(), "", id="no events is known to be none"
        ),
    ],
)  # fmt: skip
def test_why_not_agrees_with_holds(when: When, known: Facts, fault: str) -> None:
    assert words(why_not(when, known)) == fault
    assert (why_not(when, known) is None) == holds(when, known)


def test_all_that_fails_is_listed() -> None:
    when = GERMAN | LARGE | {"industry": Test(known=True)}
    assert all_words(unmet(when, facts(employees="9"))) == (
        "country is missing, not Germany",
        "employees is 9, below 1000",
        "industry is missing",
    )


# --- exact limits


def seen(at: datetime) -> Facts:
    return Facts({"seen": at.isoformat()}, (Evidence(at, "form"),), NOW)


WITHIN = {"events": Test(counts=(Count(("form",), within=14 * DAY),))}
EVER = {"events": Test(counts=(Count(("form",)),))}
LATELY = {"seen": Test(within=14 * DAY)}


@pytest.mark.parametrize(
    ("when", "at", "counts"),
    [
        pytest.param(WITHIN, NOW - 14 * DAY, False, id="events: exactly so long ago is over"),
        pytest.param(WITHIN, NOW - 14 * DAY + MICROSECOND, True, id="events: just not over"),
        pytest.param(WITHIN, NOW + SKEW, True, id="events: as far ahead as clocks may be"),
        pytest.param(WITHIN, NOW + SKEW + MICROSECOND, False, id="events: still to come"),
        pytest.param(EVER, NOW + SKEW, True, id="events, ever: as far ahead as clocks may be"),
        pytest.param(EVER, NOW + SKEW + MICROSECOND, False, id="events, ever: still to come"),
        pytest.param(LATELY, NOW - 14 * DAY, False, id="date: exactly so long ago is over"),
        pytest.param(LATELY, NOW - 14 * DAY + MICROSECOND, True, id="date: just not over"),
        pytest.param(LATELY, NOW, True, id="date: now"),
        pytest.param(LATELY, NOW + MICROSECOND, False, id="date: still to come"),
    ],
)
def test_what_is_within_a_time(when: When, at: datetime, counts: bool) -> None:
    assert holds(when, seen(at)) == counts


@pytest.mark.parametrize(
    ("test", "value", "fits"),
    [
        pytest.param(Test(at_least=10), "10", True, id="at least: exactly"),
        pytest.param(Test(at_least=10), "9.99", False, id="at least: less"),
        pytest.param(Test(below=10), "10", False, id="below: exactly"),
        pytest.param(Test(below=10), "9.99", True, id="below: less"),
    ],
)
def test_which_bounds_are_included(test: Test, value: str, fits: bool) -> None:
    assert holds({"employees": test}, facts(employees=value)) == fits


def test_a_change_at_this_instant_is_not_the_next_one() -> None:
    """The answer has changed already; otherwise the lead would be reviewed at once, for ever."""
    known = Facts({}, (Evidence(NOW - 14 * DAY, "form"), Evidence(NOW - DAY, "form")), NOW)
    assert next_change(WITHIN, known) == NOW + 13 * DAY


# --- three answers, by brute force


names = ("a", "b")
leaves = st.builds(lambda name, value: {name: Test(any_of=(value,))},
                   st.sampled_from(names), st.sampled_from(("0", "1")))  # fmt: skip
blocks = st.recursive(
    st.one_of(
        leaves,
        st.builds(lambda n, known: {n: Test(known=known)}, st.sampled_from(names), st.booleans()),
    ),
    lambda inner: st.builds(
        lambda op, parts: {op: Test(blocks=tuple(parts))},
        st.sampled_from(("all", "any", "not")),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=6,
)


def reference(when: When, values: dict[str, str]) -> bool | None:
    """Kleene's logic, implemented independently."""
    answers: list[bool | None] = []
    for name, test in when.items():
        if test.blocks:
            inner = [reference(block, values) for block in test.blocks]
            if name == "all":
                answers.append(False if False in inner else None if None in inner else True)
            elif name == "any":
                answers.append(True if True in inner else None if None in inner else False)
            else:
                answers.append(False if True in inner else None if None in inner else True)
        elif test.known is not None:
            answers.append((name in values) == test.known)
        else:
            answers.append(values[name] in test.any_of if name in values else None)
    return False if False in answers else None if None in answers else True


@given(blocks)
def test_conditions_agree_with_three_valued_logic(when: When) -> None:
    for a, b in product(("0", "1", ""), repeat=2):
        values = {name: value for name, value in zip(names, (a, b), strict=True) if value}
        expected = reference(when, values) is True
        assert (why_not(when, Facts(values, (), NOW)) is None) == expected


# --- changes by time alone


def test_the_next_change_is_when_evidence_drops_out() -> None:
    known = facts(looked(1), looked(3), looked(20))
    assert next_change(TWICE, known) == NOW + 11 * DAY
    assert next_change({"not": Test(blocks=(TWICE,))}, known) == NOW + 11 * DAY
    assert next_change(GERMAN, known) is None


@pytest.mark.parametrize(
    ("when", "known", "at"),
    [
        pytest.param(WITHIN, facts(looked(1)), None, id="evidence of another kind"),
        pytest.param(EVER, facts(looked(1, kind="form")), None, id="evidence that stays"),
        pytest.param(LATELY, seen(NOW + DAY), NOW + DAY, id="a date as it comes"),
        pytest.param(LATELY, seen(NOW - DAY), NOW + 13 * DAY, id="a date as it is too old"),
        pytest.param(LATELY, facts(seen="soon"), None, id="no date"),
        pytest.param(LATELY, facts(), None, id="no value"),
    ],
)
def test_what_time_alone_changes(when: When, known: Facts, at: datetime | None) -> None:
    assert next_change(when, known) == at


def test_time_alone_changes_no_score() -> None:
    """Its decay is looked at elsewhere."""
    known = facts(behaviour="25.0")
    known.exact["behaviour"] = 25.0
    assert next_change({"behaviour": Test(at_least=30)}, known) is None


def test_a_text_that_is_no_number_or_date_is_said_as_it_is() -> None:
    many = why_not(LARGE, facts(employees="many"))
    assert many == Phrase("test.number", ("employees", "many", ""))


def test_days_in_stage_are_reviewed_when_they_are_over() -> None:
    when: When = {"days_in_stage": Test(at_least=30)}
    known = facts(days_in_stage="12.5")
    known.exact["days_in_stage"] = 12.5
    assert next_change(when, known) == NOW + 17.5 * DAY


def test_a_number_is_compared_exactly_and_shown_rounded() -> None:
    known = facts(behaviour="25.0")
    known.exact["behaviour"] = 24.999
    fault = why_not({"behaviour": Test(at_least=25)}, known)
    assert words(fault) == "behaviour is 24.999, below 25", "never as if it were reached"


@given(st.lists(st.integers(0, 40), max_size=6), st.integers(1, 3), st.integers(0, 60))
def test_nothing_changes_before_the_next_change(ages: list[int], times: int, step: int) -> None:
    """Until the next change the answer is the same as now."""
    when: When = {"events": Test(counts=(Count(("pricing_page",), (), 14 * DAY, times),))}
    known = facts(*(looked(age) for age in ages))
    at = next_change(when, known)
    later = NOW + step * DAY
    if at is None or later < at:
        assert bool(why_not(when, known)) == bool(
            why_not(when, Facts(known.values, known.evidence, later))
        )
