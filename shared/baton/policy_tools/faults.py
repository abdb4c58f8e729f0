"""Faults of a policy: what is wrong, where, and how to fix it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from typing import Literal

from baton.presentation import words

#: Most known names listed if no name is similar.
MOST = 12

#: Where something stands inside a file: keys and list positions from the top.
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a file, counted from 1; 0 means the file as a whole."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """
    One thing to fix. *key* is readable (``pools[0].members[1].rep``), empty for a file.

    An error refuses the policy, a warning does not. *rule* is the name of the lint rule. *why* says
    why the finding matters and *fix* how to fix it, if the message does not.
    """

    place: Place
    key: str
    message: str
    severity: Severity = "error"
    rule: str = ""
    why: str = ""
    fix: str = ""

    def __str__(self) -> str:
        where = f"{self.place} {self.key}" if self.key else str(self.place)
        return words.printable(f"{where}: {self.message}")


#: A finding that refuses the policy.
Fault = Finding


@dataclass(frozen=True, slots=True)
class FailedCase:
    """A case whose result differs from its expectation."""

    case: str
    faults: tuple[Fault, ...]
    #: The reasons of every decision on the way.
    because: tuple[str, ...]


class PolicyError(Exception):
    """The policy cannot be used. *faults*: all faults by file and line, including those of the
    cases in *failed*. *warnings*: findings that do not stop publishing."""

    def __init__(
        self,
        faults: Iterable[Fault],
        warnings: Iterable[Finding] = (),
        failed: Iterable[FailedCase] = (),
    ) -> None:
        self.faults = tuple(sorted(set(faults)))
        self.warnings = tuple(sorted(set(warnings)))
        self.failed = tuple(failed)
        super().__init__("\n".join(map(str, self.faults)))


def readable(path: Path) -> str:
    """``("pools", 0, "members")`` -> ``pools[0].members``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """``; did you mean "anna"?`` or, if no name is similar, ``; known are: …``."""
    lower = {name.lower(): name for name in reversed(known)}
    meant = word.lower()[:60]
    near = get_close_matches(meant, lower, n=5, cutoff=0.6)
    if near:
        best = max(near, key=lambda name: _likeness(name, meant))
        return f"; did you mean {words.quoted(lower[best])}?"
    told = words.listed(known, ", ", most=MOST)
    return f"; known are: {told}" if told else "; there are none yet"


def _likeness(name: str, meant: str) -> float:
    """Prefers names with the same beginning, where typos are rare: for ana, anna before dana."""
    return SequenceMatcher(None, name, meant).ratio() + (0.05 if name[:1] == meant[:1] else 0)


def quoted(value: object, limit: int = 40) -> str:
    """The value as written in the file; long ones are cut."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a block of keys"
    if isinstance(value, list | tuple):
        return "a list"
    text = str(value)
    text = text if len(text) <= limit else text[: limit - 1] + "…"
    return words.quoted(text) if isinstance(value, str) else text
