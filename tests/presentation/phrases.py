"""Strategies for phrases of any kind, for properties of all phrases."""

from __future__ import annotations

from hypothesis import strategies as st

from baton.domain.phrase import Arg, Phrase
from baton.presentation.phrases import PHRASES
from tests.presentation.fitting import WITHOUT_WORDS

#: Text that a person may have typed into a form.
HOSTILE = (
    "",
    " ",
    "\n",
    "<!channel> & <@U1> <https://evil.example|click>",
    "<!date^1^{date}|x>",
    "{0} {name} {due:at} {{}} {",
    "}",
    "&amp;" * 1000,
    "x" * 5000,
    "\u202egpj.exe",
    "\x00\x07\ufffe\uffff",
    "\ud800",
    "*_~`",
    "👩‍👩‍👧‍👦" * 500,
    "مرحبا‏ بالعالم " * 300,
    "​﻿⁠",
    "ㅤᅟ",
    "株式会社" * 16_384,
    "first line\nsecond\n\n" * 3000,
    "Z͑ͫ" + "̓ͪ" * 400,
)
hostile = st.sampled_from(HOSTILE) | st.text(max_size=80)
#: Epoch seconds, from the first to the last possible instant.
instants = st.integers(-62_135_596_800, 253_402_300_799)
ids = st.sampled_from([*PHRASES, *sorted(WITHOUT_WORDS)]) | hostile
args: st.SearchStrategy[Arg] = st.recursive(
    hostile
    | instants
    | st.sampled_from(["2026-03-03", "2026-03-03T08:00:00Z", "Europe/Berlin", "No/Where"])
    | st.integers()
    | st.floats(),
    lambda inner: st.builds(Phrase, ids, st.lists(inner, max_size=5).map(tuple)),
    max_leaves=8,
)
phrases = st.builds(Phrase, ids, st.lists(args, max_size=6).map(tuple))
texts = phrases | hostile

#: Arguments that can be stored: text without lone surrogates, numbers that JSON allows.
stored_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
stored_number = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
stored_args: st.SearchStrategy[Arg] = st.recursive(
    stored_text | stored_number,
    lambda inner: st.builds(Phrase, stored_text, st.lists(inner, max_size=4).map(tuple)),
    max_leaves=8,
)
storable = (
    st.builds(Phrase, stored_text, st.lists(stored_args, max_size=4).map(tuple)) | stored_text
)
