"""Which names a policy declares, where it uses them, and which must differ from each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from baton.domain import hubspot_names
from baton.policy_tools.faults import Fault, Path, did_you_mean, quoted, readable
from baton.policy_tools.yaml_tree import Keys, place_of, plain

#: Stands for every item of a list; a single value counts as a list with one item.
EACH = -1
Pattern = tuple[str | int, ...]

#: Kind of name -> file and pattern that declare it.
DECLARED: dict[str, tuple[str, Pattern]] = {
    "stage": ("lifecycle", ("stages", EACH, "id")),
    "transition": ("lifecycle", ("transitions", EACH, "id")),
    "reason": ("lifecycle", ("reasons", EACH, "id")),
    "field": ("lifecycle", ("fields", EACH, "id")),
    "signal": ("scoring", ("signals", EACH, "id")),
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

#: Names that Baton itself defines.
BUILT_IN: dict[str, tuple[str, ...]] = {
    "rule": (
        "open-deal-owner",
        "existing-owner",
        "company-owner",
        "parent-company-owner",
        "domain-owner",
        "by-hand",
        "last-resort",
    ),
    "signal": ("form", "call", "email", "meeting", "deal_created", "deal_won", "deal_lost"),
}

#: A second place where names of a kind are declared.
DECLARED_TOO: dict[str, tuple[str, Pattern]] = {
    "rule": ("routing", ("handoffs", EACH, "rules", EACH, "id")),
}

USED: tuple[tuple[str, Pattern, str], ...] = (
    ("lifecycle", ("handoff",), "stage"),
    ("lifecycle", ("accepted",), "stage"),
    ("lifecycle", ("initial",), "stage"),
    ("lifecycle", ("recycled",), "stage"),
    ("lifecycle", ("disqualified",), "stage"),
    ("lifecycle", ("stages", EACH, "requires", EACH, EACH), "field"),
    ("lifecycle", ("stages", EACH, "hold", "reason"), "reason"),
    ("lifecycle", ("stages", EACH, "disqualified_by", EACH, "reason"), "reason"),
    ("lifecycle", ("transitions", EACH, "from", EACH), "stage"),
    ("lifecycle", ("transitions", EACH, "to"), "stage"),
    ("lifecycle", ("transitions", EACH, "reason"), "reason"),
    ("lifecycle", ("transitions", EACH, "reasons", EACH), "reason"),
    ("lifecycle", ("transitions", EACH, "reverses"), "transition"),
    ("lifecycle", ("reasons", EACH, "recycle_to"), "track"),
    ("scoring", ("hand_raises", EACH, "of", EACH), "signal"),
    ("scoring", ("behaviour", EACH, "rules", EACH, "of", EACH), "signal"),
    ("routing", ("rules", EACH, "pool"), "pool"),
    ("routing", ("rules", EACH, "active", "calendar"), "calendar"),
    ("routing", ("handoffs", EACH, "stage"), "stage"),
    ("routing", ("handoffs", EACH, "rules", EACH, "pool"), "pool"),
    ("routing", ("handoffs", EACH, "rules", EACH, "active", "calendar"), "calendar"),
    ("routing", ("pools", EACH, "limits", "calendar"), "calendar"),
    ("routing", ("pools", EACH, "members", EACH, "rep"), "person"),
    ("routing", ("pools", EACH, "fallback", EACH, "pool"), "pool"),
    ("routing", ("pools", EACH, "fallback", EACH, "person"), "person"),
    ("roster", ("people", EACH, "calendar"), "calendar"),
    ("roster", ("people", EACH, "manager"), "person"),
    ("roster", ("people", EACH, "backup"), "person"),
    ("roster", ("teams", EACH, "calendar"), "calendar"),
    ("roster", ("on_duty", "people", EACH), "person"),
    ("roster", ("on_duty", "calendar"), "calendar"),
    ("routing", ("territories", EACH, "calendar"), "calendar"),
    ("sla", ("tiers", EACH, "targets", EACH, "ladder"), "ladder"),
    ("sla", ("pauses", EACH, "targets", EACH), "target"),
    ("recycling", ("staleness", EACH, "stages", EACH), "stage"),
    ("recycling", ("staleness", EACH, "reason"), "reason"),
    ("recycling", ("idle", "reason"), "reason"),
    ("cases", ("cases", EACH, "shows", EACH), "transition"),
    ("cases", ("cases", EACH, "stage"), "stage"),
    ("cases", ("cases", EACH, "before"), "stage"),
    ("cases", ("cases", EACH, "owner"), "person"),
    ("cases", ("cases", EACH, "busy", EACH), "person"),
    ("cases", ("cases", EACH, "away", EACH), "person"),
    *(
        ("cases", ("cases", EACH, "account", place), "person")
        for place in ("open_deal", "company", "parent_company", "domain")
    ),
    ("cases", ("cases", EACH, "expect", "waits_for"), "pool"),
    ("cases", ("cases", EACH, "then", EACH, "reason"), "reason"),
    ("cases", ("cases", EACH, "then", EACH, "to"), "stage"),
    ("cases", ("cases", EACH, "then", EACH, "signal"), "signal"),
    ("cases", ("cases", EACH, "expect", "stage"), "stage"),
    ("cases", ("cases", EACH, "expect", "tier"), "tier"),
    ("cases", ("cases", EACH, "expect", "rule"), "rule"),
    ("cases", ("cases", EACH, "expect", "pool"), "pool"),
    ("cases", ("cases", EACH, "expect", "owner", EACH), "person"),
    ("cases", ("cases", EACH, "expect", "reason"), "reason"),
    ("cases", ("cases", EACH, "expect", "track"), "track"),
    ("cases", ("cases", EACH, "expect", "missing", EACH), "field"),
)

#: Paths of blocks whose keys are names.
USED_AS_KEYS: tuple[tuple[str, Pattern, str], ...] = (
    ("cases", ("cases", EACH, "lead"), "field"),
    ("cases", ("cases", EACH, "then", EACH, "fields"), "field"),
    ("cases", ("cases", EACH, "expect", "deadlines"), "target"),
)

#: Expectations of cases that need a scoring.yaml.
SCORED = tuple(("cases", EACH, "expect", key) for key in ("fit", "behaviour", "qualified"))

#: Lists (of things, or of lists of things) whose items must differ in a key.
UNIQUE: tuple[tuple[str, Pattern, str], ...] = (
    *((file, pattern[:-2], "id") for kind, (file, pattern) in DECLARED.items() if kind != "rule"),
    ("routing", ("handoffs",), "stage"),
    ("lifecycle", ("stages",), hubspot_names.STAGE),
    ("lifecycle", ("reasons",), "value"),
    ("lifecycle", ("fields",), "property"),
    ("scoring", ("never",), "id"),
    ("routing", ("pools", EACH, "members"), "rep"),
    ("roster", ("teams",), "id"),
    ("roster", ("people",), "hubspot_owner"),
    ("roster", ("people",), "slack_user"),
    ("roster", ("people",), "email"),
    ("roster", ("company_days",), "date"),
    ("recycling", ("tracks",), "value"),
    ("recycling", ("staleness",), "id"),
    ("notifications", ("plays",), "id"),
    ("cases", ("cases",), "id"),
)

#: Values that must be unique across lists of a file: an explanation names a rule without its group,
#: a signature names a group without its list, and a deal stage belongs to one stage.
UNIQUE_ACROSS: tuple[tuple[str, tuple[Pattern, ...]], ...] = (
    ("lifecycle", (("stages", EACH, "deal_stages", EACH),)),
    ("routing", (DECLARED["rule"][1], DECLARED_TOO["rule"][1])),
    ("scoring", (("fit", EACH, "id"), ("behaviour", EACH, "id"))),
    ("scoring", (("fit", EACH, "rules", EACH, "id"), ("behaviour", EACH, "rules", EACH, "id"))),
)

#: Words for whose hours a target counts; a calendar id is allowed, too.
HOURS_OF = ("owner", "team", "territory")

#: Pattern of names in the policy -> names that are reserved there, and why.
TAKEN: tuple[tuple[str, Pattern, tuple[str, ...], str], ...] = (
    ("scoring", ("signals", EACH, "id"), BUILT_IN["signal"], "is a built-in kind of evidence"),
    ("scoring", ("fit", EACH, "id"), ("qualified",), "is what the thresholds are signed under"),
    (
        "scoring",
        ("behaviour", EACH, "id"),
        ("qualified",),
        "is what the thresholds are signed under",
    ),
    ("roster", ("calendars", EACH, "id"), HOURS_OF, "says whose hours count for a target"),
)


def find(data: Any, pattern: Pattern, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value of *data* at *pattern*; data of another shape is skipped."""
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


class Names:
    """The files as written, and the names in them.

    Args:
        trees: The files that could be read.
        absent: Optional files that the policy does without. Any other file that is not in *trees*
            could not be read, which is reported already; names that it would declare are not
            checked.
    """

    def __init__(self, trees: Mapping[str, Keys], absent: frozenset[str]) -> None:
        self._trees = trees
        self.data = {file: plain(tree) for file, tree in trees.items()}
        self.absent = absent
        self._known: dict[str, dict[str, None] | None] = {}

    def at(self, file: str, pattern: Pattern) -> Iterator[tuple[Path, Any]]:
        return find(self.data.get(file), pattern)

    def of(self, kind: str) -> list[str] | None:
        """Every name of the kind; None: the file that declares them could not be read."""
        known = self._of(kind)
        return None if known is None else list(known)

    def _of(self, kind: str) -> dict[str, None] | None:
        """As ``of``, but cached: a large policy asks at every reference."""
        if kind not in self._known:
            self._known[kind] = self._found(kind)
        return self._known[kind]

    def _found(self, kind: str) -> dict[str, None] | None:
        file, pattern = DECLARED[kind]
        if file not in self.data and file not in self.absent:
            return None
        names = [value for _, value in self.at(file, pattern) if isinstance(value, str)]
        if kind in DECLARED_TOO:
            names += [v for _, v in self.at(*DECLARED_TOO[kind]) if isinstance(v, str)]
        return dict.fromkeys([*names, *BUILT_IN.get(kind, ())])

    def unknown(self, file: str, path: Path, value: object, kind: str) -> Iterator[Fault]:
        """A fault if *value* is not a name of the kind."""
        known = self._of(kind)
        if known is None or not isinstance(value, str) or value in known:
            return
        declared = DECLARED[kind][0]
        where = f"a {kind} of this file" if declared == file else f"in {declared}.yaml"
        yield self.fault(
            file, path, f"{quoted(value)} is not {where}{did_you_mean(value, list(known))}"
        )

    def line(self, file: str, path: Path) -> int:
        return place_of(self._trees[file], path)[0].line

    def fault(self, file: str, path: Path, message: str) -> Fault:
        return Fault(place_of(self._trees[file], path)[0], readable(path), message)
