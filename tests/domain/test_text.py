"""Values are compared as people read them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.domain.conditions import Facts, holds
from baton.domain.lead import Evidence
from baton.domain.policy import Count, Test
from baton.domain.text import folded, pattern, straight
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
        pytest.param("Demo request\u200e", "Demo request", id="a mark from left to right"),
        pytest.param("\u202bDemo request\u202c", "Demo request", id="an embedding"),
        pytest.param("\u2068Demo\u2069 request", "Demo request", id="an isolate"),
        pytest.param("\u061cDemo request", "Demo request", id="an Arabic letter mark"),
        pytest.param("De\u200dmo re\u200cquest", "Demo request", id="joiners"),
        pytest.param("Demo\u2060 request\ufeff", "Demo request", id="a word joiner and a BOM"),
        pytest.param("Demo\u180e request", "Demo request", id="a Mongolian vowel separator"),
        pytest.param("Demo request\u3164", "Demo request", id="a Hangul filler"),
        pytest.param("Demo request\u0000\u0008", "Demo request", id="controls"),
        pytest.param("Call \u260e\ufe0f", "call \u260e", id="a variation selector"),
        pytest.param("Demo\u2028request", "Demo request", id="a line separator"),
        pytest.param("Mid\u2043Market", "mid-market", id="a hyphen bullet"),
        pytest.param("\u2039Pro\u203a", "'pro'", id="single angle quotes"),
        pytest.param("TÜRKİYE", "Türkiye", id="a Turkish capital with a dot"),
        pytest.param("TU\u0308RKI\u0307YE", "türkiye", id="the same, not composed"),
        pytest.param("DIYARBAKIR", "Diyarbakır", id="a Turkish letter without a dot"),
        pytest.param("Demo &amp; more", "Demo & more", id="an ampersand of HTML"),
        pytest.param("Demo &AMP; more", "Demo & more", id="the same in capitals"),
        pytest.param("Demo &amp;amp; more", "Demo & more", id="an ampersand of HTML, twice"),
        pytest.param("I&#39;m back", "I'm back", id="an apostrophe by number"),
        pytest.param("I&#x2019;m back", "I'm back", id="a curly apostrophe by number"),
        pytest.param("&Uuml;bersicht&nbsp;1", "übersicht 1", id="letters by name"),
    ],
)
def test_what_looks_the_same_is_the_same(one: str, other: str) -> None:
    assert folded(one) == folded(other)
    facts = Facts({"x": one}, (), NOW)
    assert holds({"x": Test(any_of=(other,))}, facts)
    assert holds({"x": Test(matches=(other,))}, facts)
    assert holds({"x": Test(matches=(f"*{other.strip()[2:]}",))}, facts)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("Zürich", "Zurich"), ("a-b", "a b"), ("ab", "a b"), ("R&D", "R"), ("&unknown;", "&")),
        *(("Sales&region", "Sales®ion"), ("A & B;", "A & B"), ("Ⅰ\u0307", "x")),
    ],
)
def test_what_reads_otherwise_is_another(one: str, other: str) -> None:
    assert folded(one) != folded(other)
    assert not holds({"x": Test(any_of=(other,))}, Facts({"x": one}, (), NOW))


#: Letters, marks and entities that change when they are folded.
_ODD = "&amp;#3x8İIıi\u0307\u0323\u0301\u200e\u200d\u00adﬁß＆ \u3164\ufe0f0tſ"


@given(st.text(max_size=20) | st.text(_ODD, max_size=9))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert pattern((text.replace("*", ""),)).fullmatch(folded(text.replace("*", "")))


# --- names of forms, as HubSpot writes them


def test_what_is_shown_keeps_the_marks_that_shape_it() -> None:
    """A name in Persian needs its joiner, a family of people theirs."""
    assert straight("می\u200cخواهم \u200e") == "می\u200cخواهم"
    assert folded("می\u200cخواهم") == folded("میخواهم")


PAGE = "Talk to us | Quillhaven"


@pytest.mark.parametrize(
    ("seen", "asked", "counts"),
    [
        ("Demo request", "demo request", True),
        (f"{PAGE}: Demo request", "Demo request", True),
        (f"{PAGE}: Demo\u00a0request", "Demo request", True),
        ("Quillhaven: Demo request\u200e", "Demo request", True),
        ("Quillhaven:\u200e Demo request", "Demo request", True),
        ("Quillhaven: Demo &amp; more", "Demo & more", True),
        ("Quillhaven: Demo & more", "Demo &amp; more", True),
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
