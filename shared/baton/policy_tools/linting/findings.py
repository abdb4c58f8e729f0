"""A lint rule, and a finding before its line is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from baton.policy_tools.faults import Finding, Path, Severity, readable
from baton.policy_tools.yaml_tree import Keys, Many, Tree, place_of


@dataclass(frozen=True, slots=True)
class Rule:
    """A lint rule. *why* says what happens if the finding is not fixed."""

    id: str
    severity: Severity
    why: str

    def found(self, file: str, path: Path, message: str, fix: str) -> Found:
        return Found(self, file, path, message, fix)


@dataclass(frozen=True, slots=True)
class Found:
    """A rule's finding at a path of the models."""

    rule: Rule
    file: str
    path: Path
    message: str
    fix: str


def placed(found: Found, trees: Mapping[str, Keys]) -> Finding:
    """The finding at its line."""
    tree, path = trees[found.file], _as_written(trees[found.file], found.path)
    rule = found.rule
    return Finding(
        place=place_of(tree, path)[0],
        key=readable(path),
        message=found.message,
        severity=rule.severity,
        rule=rule.id,
        why=rule.why,
        fix=found.fix,
    )


def _as_written(tree: Tree, path: Path) -> Path:
    """*path* without the index 0 of one-item lists that are written without the list."""
    kept: Path = ()
    node: Tree | None = tree
    for part in path:
        if isinstance(part, int) and not isinstance(node, Many):
            continue
        kept = (*kept, part)
        if isinstance(node, Many) and isinstance(part, int):
            node = node.items[part]
        else:
            node = node.items.get(str(part)) if isinstance(node, Keys) else None
    return kept
