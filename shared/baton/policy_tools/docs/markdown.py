"""Markdown whose text from the policy stays text, and the lines of a template put in order.

A value that a template shows is escaped, unless it is ``Markup``: what ``code``, a macro or a
block of a template has made is Markdown already.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from jinja2 import Undefined
from markupsafe import Markup

from baton.policy_tools import saying

_SIGNS = re.compile(r"([\\`*_{}\[\]<>|&~$])")
#: What would make a heading, a list or a rule of a line that begins with it.
_OPENING = re.compile(r"^([#+=:-]|\d+(?=[.)]))")
_PLAIN = re.compile(r"[A-Za-z0-9_.,:;/@#*%+ -]+")
#: Lines of a template that do not continue the line above them.
_BEGINS = re.compile(r"[|#]|- |1\. |!\[")

#: A cell without anything in it; an escaped bar is no bar.
_EMPTY = re.compile(r"(?:(?<=^\|)|(?<=[^\\]\|)) (?=\|)")
_NONE = "–"


def text(value: str) -> Markup:
    """*value* as text on one line, whatever is in it."""
    said = _SIGNS.sub(r"\\\1", saying.flat(value))
    opening = _OPENING.match(said)
    if opening is not None:
        end = opening.end()
        said = f"{said[:end]}\\{said[end:]}" if said[0].isdigit() else f"\\{said}"
    return Markup(said)  # noqa: S704 escaped above


def code(value: str) -> Markup:
    """*value* as code, such as an id; as text where code could not hold it."""
    said = saying.flat(value)
    return Markup(f"`{said}`") if _PLAIN.fullmatch(said) else text(said)  # noqa: S704 has no backtick


def escaped(value: object) -> Markup:
    """A value as a template shows it. Other types have no one way to be shown: a filter says it."""
    match value:
        case Markup():
            return value.strip()
        case str():
            return text(value)
        case int() | float() if not isinstance(value, bool):
            return Markup(saying.number(value))  # noqa: S704 digits
        case date():
            return Markup(value.isoformat())  # noqa: S704 digits
        case Undefined():
            str(value)  # raises, and names what is missing
    raise TypeError(f"a template cannot show {value!r}")


def joined(values: Iterable[object], separator: str = "", last: str | None = None) -> Markup:
    """The values, escaped, one after the other; *last* stands before the last of several."""
    known = [escaped(value) for value in values]
    end = Markup(separator if last is None else last)  # noqa: S704 written in a template
    if len(known) < 2:
        return Markup("").join(known)
    return Markup(separator).join(known[:-1]) + end + known[-1]  # noqa: S704 as above


def inline(block: Markup, separator: str = "; ", last: str | None = None) -> Markup:
    """A block's list items as a part of a sentence, and the end of its line."""
    items = (Markup(line.removeprefix("- ")) for line in _lines(block) if line)  # noqa: S704 Markdown
    line = joined(items, separator, last)
    return line + "\n" if line else line


def laid_out(rendered: str) -> str:
    """
    A rendered template as Markdown: a line for each paragraph, list item and row of a table.

    Templates break lines where they like. A line continues the one above it unless it begins a
    heading, a list item (each step of a numbered list as ``1.``) or a row, or comes after an empty
    line. A row goes on until a line ends with its last bar; an empty cell shows a dash.
    """
    lines: list[str] = []
    step = 0
    for line in _lines(rendered):
        if line.startswith("1. "):
            step += 1
            lines.append(f"{step}. {line[3:]}")
            continue
        step = 0
        if line.startswith("|"):
            line = _EMPTY.sub(f" {_NONE} ", line)
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines).strip()


def _lines(rendered: str) -> Iterator[str]:
    """The lines of a block, each with those that continue it."""
    line, in_row = "", False
    for given in rendered.split("\n"):
        piece = " ".join(given.split())
        if line and piece and (in_row or not _BEGINS.match(piece)):
            line = f"{line} {piece}"
        elif piece or not in_row:
            yield from [line] if line else []
            yield from [] if piece else [""]
            line = piece
        # An empty value leaves a space behind the bar before it.
        in_row = line.startswith("|") and not f" {given}".endswith(" |")
    if line:
        yield line
