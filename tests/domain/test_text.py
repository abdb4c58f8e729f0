"""Values are compared as people read them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.domain.conditions import Facts, holds
from baton.domain.lead import Evidence
from baton.domain.policy import Count, Test
from baton.domain.text import folded, pattern
from tests.builders import NOW


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("O\u0308sterreich", "Österreich", id="composed or not"),
        pytest.param("Demo\u00a0request", "demo request", id="a fixed space"),
        pytest.param("  Demo \t request ", "demo request", id="any number of spaces"),
        pytest.param("I\u2019m back", "I'm back", id="a curly apostrophe"),
        pytest.param("\u201cPro\u201d", '"pro"', id="curly quotes"),
        pytest.param("Mid\u2011Market", "mid-market", id="a fixed hyphen"),
        pytest.param("2024 \u2013 2026", "2024 - 2026", id="a dash"),
        pytest.param("Straße", "STRASSE", id="a sharp s"),
        pytest.param("ＡＣＭＥ", "acme", id="wide letters"),
        pytest.param("ac\u00adme", "acme", id="a soft hyphen"),
        pytest.param("a\u200bcme", "acme", id="a space of no width"),
    ],
)
def test_what_looks_the_same_is_the_same(one: str, other: str) -> None:
    assert folded(one) == folded(other)
    facts = Facts({"x": one}, (), NOW)
    assert holds({"x": Test(any_of=(other,))}, facts)
    assert holds({"x": Test(matches=(other,))}, facts)
    assert holds({"x": Test(matches=(f"*{other.strip()[2:]}",))}, facts)


@pytest.mark.parametrize(("one", "other"), [("Zürich", "Zurich"), ("a-b", "a b"), ("ab", "a b")])
def test_what_reads_otherwise_is_another(one: str, other: str) -> None:
    assert folded(one) != folded(other)
    assert not holds({"x": Test(any_of=(other,))}, Facts({"x": one}, (), NOW))


@given(st.text(max_size=20))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert pattern((text.replace("*", ""),)).fullmatch(folded(text.replace("*", "")))


# --- names of forms, as HubSpot writes them


PAGE = "Talk to us | Quillhaven"


@pytest.mark.parametrize(
    ("seen", "asked", "counts"),
    [
        ("Demo request", "demo request", True),
        (f"{PAGE}: Demo request", "Demo request", True),
        (f"{PAGE}: Demo\u00a0request", "Demo request", True),
        ("Webinar: Sales: Part 2", "Sales: Part 2", True),
        ("Meetings Link: ada-king/intro", "ada-king/intro", True),
        (f"{PAGE}: Demo request", "request", False),
        (f"{PAGE}: No demo request", "Demo request", False),
        (f"{PAGE}: Demo request", "Talk to us*", True),
        (f"{PAGE}: Demo request (EN)", "*: Demo request*", True),
        (f"{PAGE}: Demo request (EN)", "Demo request*", True),
        (f"{PAGE}: No demo request", "Demo request*", False),
        ("Newsletter", "*demo*", False),
    ],
)
def test_a_form_is_known_by_its_own_name(seen: str, asked: str, counts: bool) -> None:
    piece = Evidence(NOW - timedelta(hours=1), "form", seen)
    asks = {"events": Test(counts=(Count(of=("form",), what=(asked,)),))}
    assert holds(asks, Facts({}, (piece,), NOW)) is counts
