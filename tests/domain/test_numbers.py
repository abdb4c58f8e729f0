"""Numbers that people typed: read where they can mean one thing only."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.domain.conditions import Facts, holds, why_not
from baton.domain.numbers import number_in
from baton.domain.policy import Test
from baton.presentation.wording import plain
from tests.builders import NOW


@pytest.mark.parametrize(
    ("value", "number"),
    [
        pytest.param("1000", 1000, id="as HubSpot writes it"),
        pytest.param("1.0E7", 10_000_000, id="as HubSpot writes large ones"),
        pytest.param("12.5", 12.5, id="a point"),
        pytest.param("12,5", 12.5, id="a comma"),
        pytest.param("0.125", 0.125, id="three decimals of less than one"),
        pytest.param("1234.567", 1234.567, id="three decimals behind four digits"),
        pytest.param("1.000", None, id="a thousand in Berlin, one in Boston"),
        pytest.param("1,000", None, id="one in Berlin, a thousand in Boston"),
        pytest.param("-12.345", None, id="the same below zero"),
        pytest.param("1.000.000", 1_000_000, id="two groups"),
        pytest.param("1,000,000", 1_000_000, id="two groups in Boston"),
        pytest.param("1.234,5", 1234.5, id="a group and decimals"),
        pytest.param("1,234.5", 1234.5, id="a group and decimals in Boston"),
        pytest.param("1 000", 1000, id="a space"),
        pytest.param("1\u202f000", 1000, id="a narrow space"),
        pytest.param("1\u00a0000,5", 1000.5, id="a fixed space"),
        pytest.param("1\u2019000", 1000, id="as in Zurich"),
        pytest.param("１２", 12, id="wide digits"),
        pytest.param(" 7 ", 7, id="space around it"),
        pytest.param("100-500", 100, id="a range"),
        pytest.param("100 \u2013 500", 100, id="a range with a dash"),
        pytest.param("1000+", 1000, id="an open range"),
        pytest.param("1,001-5,000", 1001, id="a range counts things"),
        pytest.param("10.001+", 10_001, id="an open range counts things"),
        pytest.param("1,5-2,5", None, id="a range of decimals"),
        pytest.param("1.2.3", None, id="a version"),
        pytest.param("1,00,000", None, id="groups of two"),
        pytest.param("1.234.56", None, id="the same mark for both"),
        pytest.param("1_000", None, id="as in Python"),
        pytest.param("0x10", None, id="as in C"),
        pytest.param("5.", None, id="half a number"),
        pytest.param("5-", None, id="half a range"),
        pytest.param("about 50", None, id="a guess"),
        pytest.param("\u0663\u0664", None, id="digits of another script"),
        pytest.param("inf", None, id="infinity"),
        pytest.param("nan", None, id="not a number"),
        pytest.param("10-\u0664\u0660", None, id="a range in two scripts"),
        pytest.param("1" + "0" * 5000 + "+", None, id="a range beyond every size"),
        pytest.param("9" * 400, None, id="beyond every number"),
        pytest.param("", None, id="nothing"),
        *(
            pytest.param(size, low, id=f"the size {size}")
            for size, low in (
                *(("0-1", 0), ("2-10", 2), ("11-50", 11), ("51-200", 51), ("201-500", 201)),
                *(
                    ("501-1000", 501),
                    ("1001-5000", 1001),
                    ("1.001-5.000", 1001),
                    ("501-1,000", 501),
                ),
                *(("5,001-10,000", 5001), ("5 001 - 10 000", 5001), ("10,001+", 10_001)),
                *(("1-5", 1), ("5-25", 5), ("25-50", 25), ("50-100", 50), ("100 \u2043 500", 100)),
                *(("500-1000", 500), ("1-9", 1), ("10-49", 10), ("50-249", 50), ("250+", 250)),
                *(("250-999", 250), ("11-50\u200e", 11), ("1000 +", 1000), ("1+", 1)),
            )
        ),
        *(
            pytest.param(text, None, id=text)
            for text in (
                # numbers of a phone, codes
                *("555-1234", "555-0100", "+49 123 456", "+49123456", "49-30-123", "030-12345"),
                *("0049301234567", "030 123 456", "0123", "(555) 123", "123-4567", "20095-20"),
                # years, months, days
                *("2026-11", "2026-12", "11-2026", "2025-2026", "2020-2030", "1900-2000"),
                *("2000-2100", "11-30-2026", "12-25", "2026+"),
                # ranges that fall, stand still, or end anywhere
                *("500-100", "10-10", "9-5", "17-23", "100-347", "0-0", "347+", "-5-10", "5--10"),
                # signs with groups
                *("-1,000,000", "+1 000", "-1.234,5", "-1'000"),
                # letters that look like digits
                *("²", "10²", "①", "㊿", "½", "1½", "⑽", "𝟏", "1₂", "⒈"),
            )
        ),
        pytest.param("-1000", -1000, id="below zero, as HubSpot writes it"),
        pytest.param("\u22125.5", -5.5, id="below zero with a sign of minus"),
        pytest.param("-0", 0, id="nothing, below zero"),
        pytest.param("0", 0, id="zero"),
        pytest.param("1000\u200e", 1000, id="a mark that is not seen"),
        pytest.param("１，２３４，５６７", 1_234_567, id="wide digits and marks"),
    ],
)
def test_a_number_is_read_or_it_is_none(value: str, number: float | None) -> None:
    assert number_in(value) == number


@given(st.text(max_size=12) | st.from_regex(r"[0-9.,\' +-]{1,12}", fullmatch=True))
def test_any_text_is_a_number_or_none(value: str) -> None:
    found = number_in(value)
    assert found is None or math.isfinite(found)


@given(st.integers(0, 10**12))
def test_a_whole_number_means_the_same_in_every_way_of_writing(number: int) -> None:
    grouped = f"{number:,}"
    for mark in " \u00a0'\u2019":
        assert number_in(grouped.replace(",", mark)) == number
    if number >= 10**6:
        assert number_in(grouped) == number_in(grouped.replace(",", ".")) == number


def test_a_value_that_is_no_number_is_shown_in_the_explanation() -> None:
    large = {"employees": Test(at_least=1000)}
    facts = Facts({"employees": "1.000"}, (), NOW)
    assert not holds(large, facts)
    why = why_not(large, facts)
    assert why is not None
    assert plain(why) == "employees is 1.000, not a number"
