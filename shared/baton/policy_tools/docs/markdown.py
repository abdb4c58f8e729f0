"""Markdown in which text from the policy stays text; also joins the lines of a rendered template.

A value in a template is escaped unless it is ``Markup``: the results of ``code``, macros and blocks
are Markdown already.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from jinja2 import Undefined
from markupsafe import Markup

from baton.presentation import words

_SIGNS = re.compile(r"([\\`*_{}\[\]<>|&~$])")
#: Signs at the beginning of a line that would make it a heading, a list or a rule.
_OPENING = re.compile(r"^([#+=:-]|\d+(?=[.)]))")
_PLAIN = re.compile(r"[A-Za-z0-9_.,:;/@#*%+ -]+")
#: Lines of a template that do not continue the line above them.
_BEGINS = re.compile(r"[|#]|- |1\. |!\[")

#: An empty cell; an escaped bar is not a cell border.
_EMPTY = re.compile(r"(?:(?<=^\|)|(?<=[^\\]\|)) (?=\|)")
_NONE = "–"


def text(value: str) -> Markup:
    """*value* as plain text on one line, with all Markdown signs escaped."""
    said = _SIGNS.sub(r"\\\1", words.flat(value))
    opening = _OPENING.match(said)
    if opening is not None:
        end = opening.end()
        said = f"{said[:end]}\\{said[end:]}" if said[0].isdigit() else f"\\{said}"
    return Markup(said)  # noqa: S704 escaped above


def code(value: str) -> Markup:
    """*value*, such as an id, as code; as text if it has characters that code cannot contain."""
    said = words.flat(value)
    return Markup(f"`{said}`") if _PLAIN.fullmatch(said) else text(said)  # noqa: S704 has no backtick


def escaped(value: object) -> Markup:
    """A value as a template shows it. Raises TypeError for a value that needs a filter first."""
    match value:
        case Markup():
            return value.strip()
        case str():
            return text(value)
        case int() | float() if not isinstance(value, bool):
            return Markup(words.number(value))  # noqa: S704 digits
        case date():
            return Markup(words.day(value, year=True))  # noqa: S704 letters and digits
        case Undefined():
            str(value)  # raises, and names what is missing
    raise TypeError(f"a template cannot show {value!r}")


def joined(values: Iterable[object], separator: str = "", last: str | None = None) -> Markup:
    """The values, escaped and joined; *last*: the separator before the last one."""
    known = map(escaped, values)
    # The separators are written in a template.
    return Markup(words.listed(known, separator if last is None else last, separator))  # noqa: S704


def inline(block: Markup, separator: str = "; ", last: str | None = None) -> Markup:
    """A block's list items joined into one line, for use inside a sentence."""
    items = (Markup(line.removeprefix("- ")) for line in _lines(block) if line)  # noqa: S704 Markdown
    line = joined(items, separator, last)
    return line + "\n" if line else line


def laid_out(rendered: str) -> str:
    """
    A rendered template as Markdown: a line for each paragraph, list item and row of a table.

    A template may break lines anywhere. A line continues the one above it unless it begins a
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
    """The lines of a block, each joined with its continuation lines."""
    line, in_row = "", False
    for given in rendered.split("\n"):
        piece = " ".join(given.split())
        if line and piece and (in_row or not _BEGINS.match(piece)):
            line = f"{line} {piece}"
        elif piece or not in_row:
            yield from [line] if line else []
            yield from [] if piece else [""]
            line = piece
        # After an empty value the line ends with a bar and a space: the row goes on.
        in_row = line.startswith("|") and not f" {given}".endswith(" |")
    if line:
        yield line
