"""Conditions that, as written, hold for other leads than their author probably meant."""

from __future__ import annotations

from collections.abc import Iterator

from baton.policy_tools.faults import Path
from baton.policy_tools.linting.findings import Found, Rule
from baton.policy_tools.linting.subject import Condition, Subject
from baton.policy_tools.models.when import Block, Test
from baton.presentation.words import quoted

ONE_CHOICE = Rule(
    "any-of-one",
    "warning",
    "It reads as if one of several were enough, but everything in it must hold.",
)
NO_STAR = Rule(
    "pattern-without-star",
    "warning",
    "A pattern must match the whole text, so this one matches hardly any lead.",
)
NO_PATTERN = Rule(
    "regular-expression",
    "warning",
    "Patterns are not regular expressions: only the star is special, and hardly any text "
    "contains these characters.",
)

LISTED_NUMBERS = Rule(
    "list-of-numbers",
    "warning",
    "It holds only for exactly these numbers, and hardly any lead has one of them.",
)


def check(subject: Subject) -> Iterator[Found]:
    kinds = subject.kinds
    for condition in subject.conditions:
        for path, block in _blocks(condition.path, condition.block):
            if len(block.some) == 1:
                yield _one_choice(condition, (*path, "any"), block.some[0])
            for name, test in block.tests.items():
                here = (*path, name, "matches")
                yield from _matches(condition, here, test, kinds.get(name, "text"))
                if test.any_of and kinds.get(name) == "number":
                    yield LISTED_NUMBERS.found(
                        condition.file,
                        (*path, name),
                        f"{name} is a number, and is compared with single numbers",
                        "write at_least and below, such as {at_least: 100, below: 1000}",
                    )


def _blocks(path: Path, block: Block) -> Iterator[tuple[Path, Block]]:
    """The block and all blocks nested in it."""
    yield path, block
    for key, inner in (("all", block.every), ("any", block.some), ("not", block.none)):
        for index, one in enumerate(inner):
            yield from _blocks((*path, key, index), one)


def _one_choice(condition: Condition, path: Path, block: Block) -> Found:
    names = [*block.compile()]
    if len(names) == 1:
        fix = f"write {names[0]} without any, or add what else will do: any: [{{…}}, {{…}}]"
    else:
        fix = f"write any: [{', '.join(f'{{{name}: …}}' for name in names)}]; or leave any out"
    return ONE_CHOICE.found(
        condition.file, path, "has only one block, and all of it must hold", fix
    )


def _matches(condition: Condition, path: Path, test: Test, kind: str) -> Iterator[Found]:
    odd = [one for one in test.matches if _is_regular_expression(one, kind)]
    for one in odd:
        bare = one.lstrip("^").rstrip("$").replace(".*", "*")
        yield NO_PATTERN.found(
            condition.file,
            (*path, test.matches.index(one)),
            f"{quoted(one)} is written as a regular expression",
            f"write {quoted(bare)}, with a star for any text",
        )
    if kind == "text" and test.matches and not odd and not any("*" in one for one in test.matches):
        first = test.matches[0]
        yield NO_STAR.found(
            condition.file,
            path,
            f"{quoted(first)} matches only the whole text: *{first}*?",
            f'write "*{first}*", or, if the whole text is meant, give the value without matches',
        )


def _is_regular_expression(pattern: str, kind: str) -> bool:
    """Whether the pattern looks like a regular expression. ``.*`` in an address such as ``*@gmx.*``
    does not."""
    inside = kind == "text" and ".*" in pattern
    return inside or pattern.startswith(("^", ".*")) or pattern.endswith("$")
