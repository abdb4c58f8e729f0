"""Domain and presentation are pure, and a calendar is light: checked by parsing the code."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import baton.domain
import baton.presentation

#: The rooms of the domain, and the texts for people: both must be computed from values alone.
PURE = sorted(
    path
    for package in (baton.domain, baton.presentation)
    for path in Path(package.__path__[0]).rglob("*.py")
)

#: Everything pure code may import: no I/O, no clock, no randomness, no SDK.
ALLOWED = {
    "__future__",
    "bisect",
    "collections",
    "collections.abc",
    "datetime",
    "enum",
    "difflib",
    "functools",
    "itertools",
    "hashlib",
    "zlib",
    "heapq",
    "html",
    "json",
    "math",
    "msgspec",
    "msgspec.structs",
    "operator",
    "re",
    "string",
    "threading",
    "types",
    "typing",
    "unicodedata",
    "zoneinfo",
}
#: Calls that would let the clock or the outside in through an allowed module.
FORBIDDEN_CALLS = {"now", "utcnow", "today", "time", "open", "print", "input", "getenv"}


def _name_of(path: Path) -> str:
    return "/".join(path.parts[path.parts.index("baton") + 1 :])


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "pure code uses absolute imports"
            assert node.module is not None, "only a relative import names no module"
            yield node.module


def calls(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            target = node.func
            if isinstance(target, ast.Attribute):
                owner = target.value
                # datetime.time(...) makes a value; datetime.now() asks the clock.
                if not (isinstance(owner, ast.Attribute) and target.attr == "time"):
                    yield target.attr, node.lineno
            elif isinstance(target, ast.Name) and target.id in {"open", "print", "input"}:
                yield target.id, node.lineno


@pytest.mark.parametrize("path", PURE, ids=_name_of)
def test_pure_code_imports_nothing_that_reaches_outside(path: Path) -> None:
    found = set(imports(ast.parse(path.read_text())))
    strange = {
        name
        for name in found
        if name not in ALLOWED and not name.startswith(("baton.domain", "baton.presentation"))
    }
    assert not strange


@pytest.mark.parametrize("path", PURE, ids=_name_of)
def test_pure_code_asks_neither_the_clock_nor_the_system(path: Path) -> None:
    found = [(name, line) for name, line in calls(ast.parse(path.read_text()))]
    assert not [f"{path.name}:{line} {name}()" for name, line in found if name in FORBIDDEN_CALLS]


def test_a_calendar_is_light() -> None:
    """All code that handles instants imports it; limits on its import time are in the
    benchmarks."""
    code = (
        "import sys, baton.domain.calendar.work_calendar;"
        "print({'typing', 're', 'msgspec'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
