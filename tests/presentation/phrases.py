"""Phrases of any kind, for what must hold of all of them."""

from __future__ import annotations

from hypothesis import strategies as st

from baton.domain.phrase import Arg, Phrase
from baton.presentation.phrases import PHRASES

#: What joins others, or shows instants in a zone that it names.
JOINING = ("list", "and", "or", "semicolons", "in_zone", "between")
#: What somebody may have typed into a form.
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
)
hostile = st.sampled_from(HOSTILE) | st.text(max_size=80)
#: In epoch seconds, from the first to the last that there is.
instants = st.integers(-62_135_596_800, 253_402_300_799)
ids = st.sampled_from([*PHRASES, *JOINING]) | hostile
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
