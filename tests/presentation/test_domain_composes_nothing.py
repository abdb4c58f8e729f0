"""The domain only says phrases: its code has no text of several words, and composes none.

Texts for programmers are skipped: docstrings, and messages of exceptions and assertions.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import baton.domain

ROOT = Path(baton.domain.__path__[0])

#: Files with names that HubSpot shows, but no sentences.
NAMES = {"lifecycle/hubspot_properties.py": "labels of Baton's own properties, set up once"}
#: (file, text) -> why it is not a phrase.
ALLOWED = {
    ("calendar/work_calendar.py", "has … of working time"): "what NeverOpen says",
    ("calendar/work_calendar.py", ": it has no weekly hours"): "the same",
    ("calendar/work_calendar.py", "this … calendar never … … ……"): "the same",
    ("draft/why_now.py", "…: …"): "compared with what was told already, and not told itself",
    ("handoff/snooze.py", "owned for long"): "a reason as counted changes of a load are stored",
    ("handoff/snooze.py", "snooze over"): "the same",
    ("numbers.py", "[0-9]{1,12}|[0-9]{1,3}(?:[.,' ][0-9]{3}){1,3}"): "a pattern",
    (
        "numbers.py",
        r"(?P<groups>\d{1,3}(?:(?P<mark>[.,' ])\d{3})(?:(?P=mark)\d{3})*)"
        r"(?:(?P<point>[.,])(?P<part>\d+))?",
    ): "a pattern",
    ("values.py", "… …"): "two parts of a name in their other order, looked up",
    ("lead/lead.py", "Lead …"): "what a lead without a name is called, also in commands",
}

_TWO_WORDS = re.compile(r"[\w…][^\s]* +[^\s]*[\w…]")
_HOLDS_BODY = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, text) of every string that is not for programmers; … stands for inserted values."""
    passed_over: set[int] = set()
    for node in ast.walk(tree):
        if id(node) in passed_over:
            continue
        if isinstance(node, ast.Raise | ast.Assert) or _is_exception(node):
            passed_over.update(map(id, ast.walk(node)))
        elif isinstance(node, _HOLDS_BODY):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr):
                passed_over.add(id(first.value))
        elif isinstance(node, ast.JoinedStr):
            # The code in braces is checked separately.
            passed_over.update(id(part) for part in node.values if isinstance(part, ast.Constant))
            parts = (part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
            yield node.lineno, "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def _is_exception(node: ast.AST) -> bool:
    return isinstance(node, ast.ClassDef) and any(
        ast.unparse(base).endswith(("Error", "Exception")) for base in node.bases
    )


def composed(path: Path) -> list[tuple[int, str]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [(line, text) for line, text in texts(tree) if _TWO_WORDS.search(text)]


FILES = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.py"))


@pytest.mark.parametrize("file", sorted({*FILES} - NAMES.keys()))
def test_no_sentence_stands_in_the_domain(file: str) -> None:
    found = [(line, text) for line, text in composed(ROOT / file) if (file, text) not in ALLOWED]
    assert found == []


def test_every_exception_is_needed() -> None:
    there = {(file, text) for file in FILES for _, text in composed(ROOT / file)}
    assert ALLOWED.keys() - there == set()
    assert NAMES.keys() <= {file for file, _ in there}


@pytest.mark.parametrize(
    ("code", "found"),
    [
        pytest.param('"""A docstring of words."""', [], id="a docstring"),
        pytest.param('x = "two words"', ["two words"], id="a text"),
        pytest.param('x = "one_word"', [], id="a word"),
        pytest.param('x = f"{name} accepted"', ["… accepted"], id="a text with something put in"),
        pytest.param('x = f"{a}:{b}"', [], id="an id that is put together"),
        pytest.param("x = f\"{f('two words')}\"", ["two words"], id="a text within"),
        pytest.param('raise ValueError(f"no {name} here")', [], id="what an exception says"),
        pytest.param('assert x, "no such thing"', [], id="what an assertion says"),
        pytest.param(
            'class Never(ValueError):\n def f(self): return "two words"', [], id="an exception"
        ),
    ],
)
def test_texts_of_several_words_are_found(code: str, found: list[str]) -> None:
    assert [text for _, text in texts(ast.parse(code)) if _TWO_WORDS.search(text)] == found
