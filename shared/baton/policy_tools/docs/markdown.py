"""Markdown with whatever the policy files hold in it, so that it stays what it was: text.

``text`` and ``code`` escape; everything else here joins what they have escaped. What these return
means the same in a paragraph and in a cell of a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from baton.policy_tools.saying import flat

_SIGNS = re.compile(r"([\\`*_{}\[\]<>|&~$])")
#: What would make a heading, a list or a rule of a line that begins with it.
_OPENING = re.compile(r"^([#+=:-]|\d+(?=[.)]))")
_PLAIN = re.compile(r"[A-Za-z0-9_.,:;/@#*%+ -]+")

NONE = "–"


def text(value: str) -> str:
    """*value* as text on one line, whatever is in it."""
    said = _SIGNS.sub(r"\\\1", flat(value))
    opening = _OPENING.match(said)
    if opening is None:
        return said
    end = opening.end()
    return f"{said[:end]}\\{said[end:]}" if said[0].isdigit() else f"\\{said}"


def code(value: str) -> str:
    """*value* as code, such as an id; as text where code could not hold it."""
    said = flat(value)
    return f"`{said}`" if _PLAIN.fullmatch(said) else text(said)


def codes(values: Iterable[str], otherwise: str = NONE) -> str:
    return ", ".join(map(code, values)) or otherwise


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown; an empty cell shows a dash."""
    lines = [_row(headings), _row(["---"] * len(headings))]
    lines.extend(_row([cell or NONE for cell in row]) for row in rows)
    return "\n".join(lines)


def bullets(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def steps(items: Iterable[str]) -> str:
    return "\n".join(f"{number}. {item}" for number, item in enumerate(items, start=1))


def joined(*blocks: str) -> str:
    """Paragraphs, tables and lists one below the other; empty ones are left out."""
    return "\n\n".join(block for block in blocks if block)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
