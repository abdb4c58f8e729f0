"""Texts are cut between characters as people read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.presentation.cutting import blank, shortened, units
from baton.presentation.slack.text import clean, escape, fit, fit_lines, plain

#: Each is one character to its reader.
CHARACTERS = (
    "a",
    "&",
    "<",
    "e\u0301",
    "s\u0323\u0307",
    "ß",
    "👋",
    "👋🏽",
    "❤\ufe0f",
    "1\ufe0f\u20e3",
    "👩‍👩‍👧‍👦",
    "🏳️‍🌈",
    "🇩🇪",
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "각",
    "\u1100\u1161\u11a8",
    "क्षि",
    "กำ",
    "ﾊﾟ",
    "م\u064e",
)
characters = st.lists(st.sampled_from(CHARACTERS), max_size=40)


@given(characters, st.integers(1, 60))
def test_a_cut_is_between_characters(whole: list[str], limit: int) -> None:
    text = "".join(whole)
    told = shortened(text, limit)
    assert units(told) <= limit
    if told == text:
        return
    kept = told.removesuffix("…")
    assert kept in {"".join(whole[:count]).rstrip() for count in range(len(whole) + 1)}


@given(characters, st.integers(1, 60))
def test_as_much_as_fits_is_kept(whole: list[str], limit: int) -> None:
    told = shortened("".join(whole), limit)
    if told.endswith("…"):
        kept = next(n for n in range(len(whole), -1, -1) if "".join(whole[:n]) + "…" == told)
        assert units(told) + units(whole[kept]) > limit


@given(characters, st.integers(7, 60))
def test_escapes_are_counted_and_never_torn(whole: list[str], limit: int) -> None:
    told = fit("".join(whole), limit, "")
    assert units(told) <= limit
    kept = told.removesuffix("…")
    assert kept in {escape("".join(whole[:count])) for count in range(len(whole) + 1)}


@pytest.mark.parametrize(
    ("text", "limit", "told"),
    [
        pytest.param("short", 5, "short", id="exactly fits"),
        pytest.param("longer", 5, "long…", id="one too long"),
        pytest.param("two words", 5, "two…", id="no space before the sign"),
        pytest.param("👋👋", 3, "👋…", id="an emoji counts as two"),
        pytest.param("👩‍👩‍👧‍👦", 5, "…", id="nothing whole fits"),
        pytest.param("a" + "\u0301" * 100, 60, "a" + "\u0301" * 58 + "…", id="a chain is cut"),
        pytest.param("anything", 0, "", id="no room at all"),
    ],
)
def test_shortened(text: str, limit: int, told: str) -> None:
    assert shortened(text, limit) == told


@pytest.mark.parametrize(
    "text",
    ["", " ", "\u200b", "\u200d\u200c", "\u200e\u200f", "\u3164", "\u2800\n", "\ufeff\u00a0"],
)
def test_what_cannot_be_seen_is_no_text(text: str) -> None:
    assert blank(text)
    assert clean(text) == ""
    assert plain(text, 50, "A lead without a name") == "A lead without a name"


@pytest.mark.parametrize("text", ["x", "\u0301", "Ömer", "👋", "می\u200cخواهم"])
def test_what_can_be_seen_stays(text: str) -> None:
    assert clean(text) == text


def test_widthless_characters_do_not_make_names_differ() -> None:
    assert clean("No\u200bra\ufeff") == "Nora"


def test_lines_are_limited_and_empty_ones_go_first() -> None:
    assert fit_lines("a\n\n\u200b\nb\r\nc\n", 50, 3) == "a\nb\nc"
    assert fit_lines("a\nb\nc\nd", 50, 3) == "a\nb\nc…"
    assert fit_lines("x\n" * 5000, 1000, 8) == "x\n" * 7 + "x…"
