"""Names that must exist, and names that must not exist twice.

This looks at the data as written, not at the models, so that a typo in one place does not hide
the faults of another: everything is found in one run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from baton.policy.faults import Fault, Path, did_you_mean, quoted, readable
from baton.policy.yaml_tree import Keys, place_of, plain

#: Stands for every item of a list; a single value counts as a list of one.
EACH = -1
Pattern = tuple[str | int, ...]

#: Kind of name -> file and pattern that declare it.
DECLARED: dict[str, tuple[str, Pattern]] = {
    "stage": ("lifecycle", ("stages", EACH, "id")),
    "transition": ("lifecycle", ("transitions", EACH, "id")),
    "reason": ("lifecycle", ("reasons", EACH, "id")),
    "field": ("lifecycle", ("fields", EACH, "id")),
    "territory": ("routing", ("territories", EACH, "id")),
    "segment": ("routing", ("segments", EACH, "id")),
    "rule": ("routing", ("rules", EACH, "id")),
    "pool": ("routing", ("pools", EACH, "id")),
    "calendar": ("roster", ("calendars", EACH, "id")),
    "person": ("roster", ("people", EACH, "id")),
    "tier": ("sla", ("tiers", EACH, "id")),
    "target": ("sla", ("tiers", EACH, "targets", EACH, "id")),
    "ladder": ("sla", ("ladders", EACH, "id")),
    "track": ("recycling", ("tracks", EACH, "id")),
}

#: Names Baton itself uses where the policy has none.
BUILT_IN = {"rule": ("existing-owner", "last-resort")}

USED: tuple[tuple[str, Pattern, str], ...] = (
    ("lifecycle", ("handoff",), "stage"),
    ("lifecycle", ("accepted",), "stage"),
    ("lifecycle", ("initial",), "stage"),
    ("lifecycle", ("recycled",), "stage"),
    ("lifecycle", ("disqualified",), "stage"),
    ("lifecycle", ("transitions", EACH, "from", EACH), "stage"),
    ("lifecycle", ("transitions", EACH, "to"), "stage"),
    ("lifecycle", ("reasons", EACH, "recycle_to"), "track"),
    ("routing", ("rules", EACH, "pool"), "pool"),
    ("routing", ("pools", EACH, "members", EACH, "rep"), "person"),
    ("routing", ("pools", EACH, "fallback", EACH, "pool"), "pool"),
    ("routing", ("pools", EACH, "fallback", EACH, "person"), "person"),
    ("roster", ("people", EACH, "calendar"), "calendar"),
    ("roster", ("people", EACH, "manager"), "person"),
    ("sla", ("tiers", EACH, "targets", EACH, "ladder"), "ladder"),
    ("recycling", ("staleness", EACH, "stages", EACH), "stage"),
    ("recycling", ("staleness", EACH, "reason"), "reason"),
    ("cases", ("cases", EACH, "shows", EACH), "transition"),
    ("cases", ("cases", EACH, "stage"), "stage"),
    ("cases", ("cases", EACH, "before"), "stage"),
    ("cases", ("cases", EACH, "owner"), "person"),
    ("cases", ("cases", EACH, "busy", EACH), "person"),
    ("cases", ("cases", EACH, "then", EACH, "reason"), "reason"),
    ("cases", ("cases", EACH, "then", EACH, "to"), "stage"),
    ("cases", ("cases", EACH, "expect", "stage"), "stage"),
    ("cases", ("cases", EACH, "expect", "tier"), "tier"),
    ("cases", ("cases", EACH, "expect", "rule"), "rule"),
    ("cases", ("cases", EACH, "expect", "pool"), "pool"),
    ("cases", ("cases", EACH, "expect", "owner", EACH), "person"),
    ("cases", ("cases", EACH, "expect", "reason"), "reason"),
    ("cases", ("cases", EACH, "expect", "track"), "track"),
)

#: Where the keys of a block are names.
USED_AS_KEYS: tuple[tuple[str, Pattern, str], ...] = (
    ("cases", ("cases", EACH, "lead"), "field"),
    ("cases", ("cases", EACH, "expect", "deadlines"), "target"),
)

#: What follows from the fields, in the order in which it is worked out (baton.core.facts).
DERIVED = ("stage", "territory", "segment", "tier")

#: Conditions, and how many of DERIVED are known where they are tested.
CONDITIONS: tuple[tuple[str, Pattern, int], ...] = (
    ("routing", ("territories", EACH, "when"), 1),
    ("routing", ("segments", EACH, "when"), 2),
    ("sla", ("tiers", EACH, "when"), 3),
    ("routing", ("rules", EACH, "when"), 4),
    ("recycling", ("staleness", EACH, "when"), 4),
    ("notifications", ("plays", EACH, "when"), 4),
)

#: Lists (of things, or of lists of things) whose items must differ in a key.
UNIQUE: tuple[tuple[str, Pattern, str], ...] = (
    *((file, pattern[:-2], "id") for kind, (file, pattern) in DECLARED.items()),
    ("lifecycle", ("stages",), "lifecyclestage"),
    ("lifecycle", ("reasons",), "value"),
    ("lifecycle", ("fields",), "property"),
    ("routing", ("pools", EACH, "members"), "rep"),
    ("roster", ("people",), "hubspot_owner"),
    ("roster", ("people",), "slack_user"),
    ("roster", ("people",), "email"),
    ("roster", ("company_days",), "date"),
    ("recycling", ("tracks",), "value"),
    ("recycling", ("staleness",), "id"),
    ("notifications", ("plays",), "id"),
    ("cases", ("cases",), "id"),
)


def find(data: Any, pattern: Pattern, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value of *data* at *pattern*, whatever shape the rest is in."""
    if not pattern:
        yield path, data
    elif pattern[0] == EACH:
        if isinstance(data, tuple):
            for index, item in enumerate(data):
                yield from find(item, pattern[1:], (*path, index))
        elif isinstance(data, str):
            yield from find(data, pattern[1:], path)
    elif isinstance(data, dict) and pattern[0] in data:
        yield from find(data[pattern[0]], pattern[1:], (*path, pattern[0]))


def check(trees: Mapping[str, Keys]) -> Iterator[Fault]:
    """Unknown and repeated names in the files that could be read at all."""
    yield from _Check(trees).run()


@dataclass(slots=True)
class _Names:
    known: list[str]
    file: str


class _Check:
    def __init__(self, trees: Mapping[str, Keys]) -> None:
        self.trees = trees
        self.data = {file: plain(tree) for file, tree in trees.items()}

    def run(self) -> Iterator[Fault]:
        for file, pattern, kind in USED:
            for path, value in self._at(file, pattern):
                yield from self._known(file, path, value, kind)
        for file, pattern, kind in USED_AS_KEYS:
            for path, value in self._at(file, pattern):
                for key in value if isinstance(value, dict) else ():
                    yield from self._known(file, (*path, key), key, kind)
        for file, pattern, count in CONDITIONS:
            for path, value in self._at(file, pattern):
                if isinstance(value, dict):
                    yield from self._condition(file, path, value, DERIVED[:count])
        for path, value in self._at("lifecycle", ("fields", EACH, "id")):
            if value in DERIVED:
                yield self._fault(
                    "lifecycle",
                    path,
                    f"{quoted(value)} is worked out by Baton: give the field another name",
                )
        for file, pattern, key in dict.fromkeys(UNIQUE):
            for path, value in self._at(file, pattern):
                yield from self._unique(file, path, value, key)

    def _at(self, file: str, pattern: Pattern) -> Iterator[tuple[Path, Any]]:
        return find(self.data.get(file), pattern)

    def _names(self, kind: str) -> _Names | None:
        """None: the file that declares them could not be read, which is a fault of its own."""
        file, pattern = DECLARED[kind]
        if file not in self.data:
            return None
        names = [value for _, value in self._at(file, pattern) if isinstance(value, str)]
        return _Names(list(dict.fromkeys([*names, *BUILT_IN.get(kind, ())])), file)

    def _known(self, file: str, path: Path, value: object, kind: str) -> Iterator[Fault]:
        names = self._names(kind)
        if names is None or not isinstance(value, str) or value in names.known:
            return
        where = f"a {kind} of this file" if names.file == file else f"in {names.file}.yaml"
        hint = did_you_mean(value, names.known)
        yield self._fault(file, path, f"{quoted(value)} is not {where}{hint}")

    def _condition(
        self, file: str, path: Path, when: dict[str, Any], derived: tuple[str, ...]
    ) -> Iterator[Fault]:
        fields = self._names("field")
        for name, test in when.items():
            here = (*path, name)
            if name in derived:
                for at, value in _values(test, here):
                    yield from self._known(file, at, value, name)
            elif name in DERIVED:
                yield self._fault(
                    file,
                    here,
                    f"{name} is not known yet where this is tested; "
                    f"use a field or {', '.join(derived)}",
                )
            elif fields is not None and name not in fields.known:
                hint = did_you_mean(name, [*fields.known, *derived])
                yield self._fault(
                    file, here, f"{quoted(name)} is not a field of lifecycle.yaml{hint}"
                )

    def _unique(self, file: str, path: Path, items: object, key: str) -> Iterator[Fault]:
        first: dict[str, Path] = {}
        for index, item in enumerate(items if isinstance(items, tuple) else ()):
            value = item.get(key) if isinstance(item, dict) else None
            if not isinstance(value, str):
                continue
            here = (*path, index, key)
            if value in first:
                line = place_of(self.trees[file], first[value])[0].line
                message = f"{quoted(value)} is there twice, first in line {line}: they must differ"
                yield self._fault(file, here, message)
            else:
                first[value] = here

    def _fault(self, file: str, path: Path, message: str) -> Fault:
        return Fault(place_of(self.trees[file], path)[0], readable(path), message)


def _values(test: object, path: Path) -> Iterator[tuple[Path, object]]:
    """The values a test names, in its short forms and its long one."""
    if isinstance(test, dict):
        yield from find(test, ("any_of", EACH), path)
    else:
        yield from find(test, (EACH,), path)
