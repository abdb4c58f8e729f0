"""The phrases that the code says, found by parsing it: each with its id and its number of
arguments."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple, get_args

import baton
from baton.application import digest
from baton.domain import conditions
from baton.domain.policy import Ownership, Recipient
from baton.domain.routing.obstacles import Obstacle

ROOT = Path(baton.__path__[0])

#: Obstacles of a pool as a whole, for which there are separate phrases.
_NOT_OF_PEOPLE = {Obstacle.POOL_FULL, Obstacle.OTHERS_WAIT}
#: Prefix of an id that is put together -> its possible endings.
FAMILIES: Mapping[str, Iterable[str]] = {
    "account.": get_args(Ownership),
    "answered.": digest._ENDINGS,
    "digest.since.": ("first", "last", "bound"),
    "obstacle.": [one.name.lower() for one in set(Obstacle) - _NOT_OF_PEOPLE],
    "test.": set(get_args(conditions._Fault)) - {""},
    "to.": get_args(Recipient),
}
#: Functions that pass on the id that they are given.
_HANDS_ON = {"phrase", "add_reason"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Said(NamedTuple):
    """A place in the code where a phrase is said."""

    id: str
    #: Possible numbers of arguments; None: any number.
    counts: frozenset[int] | None
    #: Its id is put together, so other phrases get the same arguments.
    one_of_many: bool
    where: str


@cache
def all_said() -> tuple[Said, ...]:
    return tuple(said for path in sorted(ROOT.rglob("*.py")) for said in _in_module(path))


def _in_module(path: Path) -> Iterator[Said]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "baton.domain.phrase"
        for alias in node.names
    }
    if path.relative_to(ROOT).parts[:1] == ("domain",):
        names |= {"add_reason"}
    if path.name == "phrase.py":
        names |= {"Phrase", "phrase"}
    for function, call in _calls(tree, None):
        name = _name(call.func)
        if name not in names & {"Phrase", "phrase", "add_reason"} or not call.args:
            continue
        where = f"{path.relative_to(ROOT)}:{call.lineno}"
        if function is not None and function.name in _HANDS_ON and name != "add_reason":
            continue
        first, arguments = call.args[0], call.args[1:]
        if _is_anothers(first):
            continue
        count = _in_tuple if name == "Phrase" else _number
        for id_ in _ids(first, function, where):
            together = isinstance(first, ast.JoinedStr)
            yield Said(id_, count(arguments, function), together, where)


def _is_anothers(node: ast.expr) -> bool:
    """Whether it is the id of an existing phrase, which is copied."""
    return any(isinstance(part, ast.Attribute) and part.attr == "id" for part in ast.walk(node))


def _calls(node: ast.AST, function: Function | None) -> Iterator[tuple[Function | None, ast.Call]]:
    """Every call below *node*, with the function around it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield function, child
        inside = child if isinstance(child, Function) else function
        yield from _calls(child, inside)


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _ids(node: ast.expr, function: Function | None, where: str) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from _ids(one, function, where)
            yield from _ids(other, function, where)
        case ast.JoinedStr(values=[ast.Constant(value=str(family)), ast.FormattedValue()]):
            yield from (f"{family}{one}" for one in sorted(FAMILIES[family]))
        case ast.Name(id=name):
            found = list(_assigned(name, function))
            assert found, f"{where}: nobody can tell which phrase {name} is"
            for value in found:
                yield from _ids(value, function, where)
        case _:
            raise AssertionError(f"{where}: nobody can tell which phrase this is")


def _assigned(name: str, function: Function | None) -> Iterator[ast.expr]:
    for node in ast.walk(function) if function is not None else ():
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name) and target.id == name:
                    yield node.value


def _in_tuple(arguments: list[ast.expr], function: Function | None) -> frozenset[int] | None:
    """The number of arguments in ``Phrase(id, (…))``."""
    if not arguments:
        return frozenset({0})
    return _length(arguments[0], function)


def _length(node: ast.expr, function: Function | None) -> frozenset[int] | None:
    """How many elements *node* may have."""
    match node:
        case ast.Tuple(elts=elements):
            return _number(elements, function)
        case ast.IfExp(body=one, orelse=other):
            some, more = _length(one, function), _length(other, function)
            return some | more if some is not None and more is not None else None
        case ast.GeneratorExp(generators=[ast.comprehension(iter=ast.Tuple() as each, ifs=[])]):
            return _length(each, function)
        case ast.Name(id=name):
            found = [_length(value, function) for value in _assigned(name, function)]
            return found[0] if len(found) == 1 else None
    return None


def _number(elements: list[ast.expr], function: Function | None) -> frozenset[int] | None:
    counts = frozenset({0})
    for element in elements:
        more: frozenset[int] | None = frozenset({1})
        if isinstance(element, ast.Starred):
            more = _length(element.value, function)
        if more is None:
            return None
        counts = frozenset(some + one for some in counts for one in more)
    return counts
