"""YAML as a tree that remembers its lines.

A small, strict reading of YAML, because a policy is signed by people who do not know its traps:
``NO`` is Norway and not false, ``13:30`` is a time and not 810, a key given twice is a fault
instead of the last one winning, and nothing is expanded (no anchors, no tags), so a file has no
hidden content.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

import yaml

from baton.policy_tools.faults import Fault, Path, Place, PolicyError, quoted, readable

#: Deeper than any policy; bounds recursion on hostile files.
MAX_DEPTH = 40
MAX_BYTES = 2_000_000

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # C is faster, but optional
_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?([0-9]{1,30}\.[0-9]{0,30}|\.[0-9]{1,30})([eE][-+]?[0-9]{1,3})?")
_TAB = re.compile(r" *\t")

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Leaf:
    value: Scalar
    place: Place


@dataclass(frozen=True, slots=True)
class Many:
    items: tuple[Tree, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Keys:
    items: dict[str, Tree]
    #: The place of each key.
    places: dict[str, Place]
    place: Place


Tree = Leaf | Many | Keys


def parse(text: str, file: str) -> Keys:
    """
    Read one YAML document whose top is a mapping.

    Args:
        file: Its name as it should appear in faults.

    Raises:
        PolicyError: Not YAML, not a mapping, a key twice, or YAML that is not allowed here.
    """
    try:
        tree = _Reader(text, file).document()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        why = " ".join(part for part in (error.context, error.problem) if part)
        lines = text.splitlines()[max(line - 1, 0) : line]
        hint = "; indent with spaces, not with tabs" if any(map(_TAB.match, lines)) else ""
        raise PolicyError([Fault(Place(file, line), "", f"not valid YAML: {why}{hint}")]) from None
    except yaml.YAMLError as error:
        raise PolicyError([Fault(Place(file), "", f"not valid YAML: {error}")]) from None
    if isinstance(tree, Keys):
        return tree
    raise PolicyError(
        [Fault(tree.place, "", f"must be keys with values, not {quoted(plain(tree))}")]
    )


class _Reader:
    """Builds the tree from parser events; collects faults and reads on if it can."""

    def __init__(self, text: str, file: str) -> None:
        self._file = file
        self._faults: list[Fault] = []
        self._events: Iterator[Any] = iter(yaml.parse(text, Loader=_LOADER))

    def document(self) -> Tree:
        tree: Tree | None = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if tree is not None:
                    self._refuse(event, (), "one file holds one document; remove the second ---")
                tree = self._node(next(self._events), ())
        if self._faults:
            raise PolicyError(self._faults)
        # An empty file has no document at all.
        return Keys({}, {}, Place(self._file)) if tree is None else tree

    def _node(self, event: Any, path: Path) -> Tree:
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            self._refuse(event, path, "anchors (&) and aliases (*) are not supported: write it out")
        if event.tag is not None:
            self._refuse(event, path, f"the tag {event.tag} is not supported: remove it")
        if len(path) > MAX_DEPTH:
            self._refuse(event, path[:3], "is nested too deeply to be a policy")
        if isinstance(event, yaml.ScalarEvent):
            return Leaf(_scalar(event), self._place(event))
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(event, path)
        return self._mapping(event, path)

    def _sequence(self, start: Any, path: Path) -> Many:
        items: list[Tree] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, (*path, len(items))))
        return Many(tuple(items), self._place(start))

    def _mapping(self, start: Any, path: Path) -> Keys:
        items: dict[str, Tree] = {}
        places: dict[str, Place] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                self._refuse(event, path, "a key must be a plain word")
            if event.anchor is not None or event.tag is not None:
                self._refuse(event, path, "a key must be a plain word, without anchor or tag")
            key = event.value
            place = self._place(event)
            value = self._node(next(self._events), (*path, key))
            if key in items:
                first = places[key].line
                message = f"is there twice, first in line {first}: keep one"
                self._faults.append(Fault(place, readable((*path, key)), message))
                continue
            items[key], places[key] = value, place
        return Keys(items, places, self._place(start))

    def _place(self, event: Any) -> Place:
        return Place(self._file, event.start_mark.line + 1)

    def _refuse(self, event: Any, path: Path, message: str) -> NoReturn:
        raise PolicyError([*self._faults, Fault(self._place(event), readable(path), message)])


def _scalar(event: Any) -> Scalar:
    """Read a plain scalar by the YAML 1.2 core rules, without octal, hex and infinities."""
    text: str = event.value
    if not event.implicit[0]:  # quoted or a block: always text
        return text
    if text in {"", "~", "null"}:
        return None
    if text in {"true", "false"}:
        return text == "true"
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    return text


def plain(tree: Tree) -> Any:
    """The tree as dicts, tuples and scalars."""
    if isinstance(tree, Leaf):
        return tree.value
    if isinstance(tree, Many):
        return tuple(plain(item) for item in tree.items)
    return {key: plain(value) for key, value in tree.items.items()}


def place_of(tree: Tree, path: Path) -> tuple[Place, Path]:
    """
    The place of *path*, and the part of it that exists.

    A missing key has the place of its parent.
    """
    place = tree.place
    for depth, part in enumerate(path):
        if isinstance(tree, Keys) and isinstance(part, str) and part in tree.items:
            place = tree.places[part]
            tree = tree.items[part]
        elif isinstance(tree, Many) and isinstance(part, int) and part < len(tree.items):
            tree = tree.items[part]
            place = tree.place
        else:
            return place, path[:depth]
    return place, path
