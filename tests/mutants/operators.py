"""Mutants of a module: small changes of its code, each of which some test should notice.

It skips code that is not about the rules: annotations, docstrings, assertions, raised exceptions,
and texts (f-strings, phrases, strings of several words).

A change is left out if another change is harder to notice: tests that notice a dropped operand of
`a and b` also notice `a or b`, and tests that notice a condition fixed to true and to false also
notice its negation.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
_REVERSED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any"}
#: Arguments that are only checks, like assertions (``strict``); and ``**`` (None), which stands for
#: several.
_CHECKS = {"strict", None}
#: Calls that only make texts.
_TEXTS = {"add_reason", "phrase", "Phrase", "listing"}
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Key:
    """Identifies a mutant even when lines have moved. *before* and *after* are source text."""

    #: File below the domain: `sla/clocks.py`.
    file: str
    #: `Clock.stop`; empty: code that runs when the module is imported.
    function: str
    before: str
    after: str
    #: Number of the same change within the function, from 0.
    nth: int = 0


@dataclass(frozen=True)
class Mutant:
    key: Key
    #: First and last line of the changed code, and of its statement.
    lines: tuple[int, int]
    statement: tuple[int, int]
    edit: _Edit


@dataclass(frozen=True)
class _Place:
    """The place of the code being examined."""

    function: str
    #: The qualified name of the surrounding function or class.
    scope: str
    statement: ast.stmt | None
    #: The node that shows a changed constant in context.
    around: ast.AST
    #: Whether the negation is covered by other changes.
    condition: bool = False


@dataclass(frozen=True)
class _Edit:
    """Replace a node of the tree by *new*."""

    parent: ast.AST
    field: str
    index: int | None
    new: ast.AST

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node

    @property
    def old(self) -> ast.AST:
        value = getattr(self.parent, self.field)
        node: ast.AST = value if self.index is None else value[self.index]
        return node


class Module:
    """A module's tree and its mutants."""

    def __init__(self, source: str, file: str) -> None:
        self.tree = ast.parse(source)
        self.mutants: list[Mutant] = []
        seen: Counter[Key] = Counter()
        for place, shown, edit in _edits(self.tree):
            old = edit.old
            before = ast.unparse(shown)
            edit.put(edit.new)
            after = ast.unparse(edit.new if shown is old else shown)
            edit.put(old)
            first = Key(file, place.function, before, after)
            key = Key(file, place.function, before, after, seen[first])
            seen[first] += 1
            statement = place.statement or edit.parent
            at = old if hasattr(old, "lineno") else shown if hasattr(shown, "lineno") else statement
            self.mutants.append(Mutant(key, _lines(at), _lines(statement), edit))

    def compiled(self, mutant: Mutant, filename: str) -> CodeType:
        """The module compiled with this change."""
        edit = mutant.edit
        old = edit.old
        if hasattr(old, "lineno"):
            ast.copy_location(edit.new, old)
        edit.put(edit.new)
        ast.fix_missing_locations(self.tree)
        try:
            code: CodeType = compile(self.tree, filename, "exec", dont_inherit=True)
        finally:
            edit.put(old)
        return code


def _lines(node: ast.AST) -> tuple[int, int]:
    first: int = getattr(node, "lineno", 1)
    return first, getattr(node, "end_lineno", first)


# --- walking


def _edits(tree: ast.Module) -> Iterator[tuple[_Place, ast.AST, _Edit]]:
    """The changes of a node, each with the node whose text shows it."""
    yield from _below(tree, _Place("", "", None, tree))


def _below(node: ast.AST, place: _Place) -> Iterator[tuple[_Place, ast.AST, _Edit]]:
    for field, value in ast.iter_fields(node):
        if _left_alone(node, field):
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST):
                inside = _inside(node, field, child, place)
                for new in _replaced(child, node, inside):
                    yield inside, _shown(child, inside), _Edit(node, field, index, new)
                if not _is_text(child):
                    yield from _below(child, inside)


def _left_alone(node: ast.AST, field: str) -> bool:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return field in {"returns", "decorator_list"}
        case ast.ClassDef():
            return field != "body"
        case ast.arg() | ast.AnnAssign():
            return field == "annotation"
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name == "__all__"
        case _:
            return field in {"ctx", "op", "ops"} or isinstance(node, ast.Import | ast.ImportFrom)


def _inside(node: ast.AST, field: str, child: ast.AST, place: _Place) -> _Place:
    function, scope, statement = place.function, place.scope, place.statement
    if isinstance(node, _Function | ast.ClassDef) and field == "body":
        scope = f"{scope}.{node.name}".lstrip(".")
        function = function or (scope if isinstance(node, _Function) else "")
    if isinstance(child, ast.stmt):
        return _Place(function, scope, child, child)
    condition = (
        (isinstance(node, ast.If | ast.IfExp | ast.While) and field == "test")
        or (isinstance(node, ast.comprehension) and field == "ifs")
        or isinstance(node, ast.BoolOp)
        or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) and place.condition)
    )
    around = place.around if isinstance(child, ast.Constant) else child
    return _Place(function, scope, statement, around, condition)


def _is_text(node: ast.AST) -> bool:
    match node:
        case ast.JoinedStr() | ast.Assert() | ast.Raise():
            return True
        case ast.Expr(value=ast.Constant()) | ast.keyword(arg="strict"):
            return True
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name in _TEXTS
        case ast.Subscript(value=ast.Name(id=name)):
            return name == "Literal"
        case _:
            return False


def _shown(node: ast.AST, place: _Place) -> ast.AST:
    return place.around if isinstance(node, ast.Constant) else node


# --- the changes of a node


def _replaced(node: ast.AST, parent: ast.AST, place: _Place) -> Iterator[ast.AST]:
    if isinstance(node, ast.expr):
        is_test = place.condition and not isinstance(parent, ast.BoolOp | ast.UnaryOp)
        if is_test:
            yield from _decided(node)
        yield from _expression(node, place)
    elif isinstance(node, ast.stmt):
        yield from _statement(node, place)
    elif isinstance(node, ast.match_case) and node.guard is not None:
        yield ast.match_case(node.pattern, None, node.body)


def _decided(test: ast.expr) -> Iterator[ast.expr]:
    """The condition replaced by true, and by false."""
    joined = test.op if isinstance(test, ast.BoolOp) else None
    if isinstance(test, ast.Constant):
        return
    if not isinstance(joined, ast.And):
        yield ast.Constant(True)
    if not isinstance(joined, ast.Or):
        yield ast.Constant(False)


def _expression(node: ast.expr, place: _Place) -> Iterator[ast.expr]:
    match node:
        case ast.Compare(left=left, ops=ops, comparators=others):
            for place_of, op in enumerate(ops):
                other = _COMPARED.get(type(op))
                if other is None and not place.condition:
                    other = _REVERSED.get(type(op))
                if other is not None:
                    changed = [*ops[:place_of], other(), *ops[place_of + 1 :]]
                    yield ast.Compare(left, changed, others)
        case ast.BoolOp(op=op, values=values):
            for dropped in values:
                kept = [value for value in values if value is not dropped]
                yield ast.BoolOp(op, kept) if len(kept) > 1 else kept[0]
        case ast.UnaryOp(op=ast.Not(), operand=operand) if not place.condition:
            yield operand
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            if not isinstance(operand, ast.Constant):
                yield operand
        case ast.BinOp(left=left, op=op, right=right):
            if type(op) in _COUNTED and not any(map(_is_string, (left, right))):
                yield ast.BinOp(left, _COUNTED[type(op)](), right)
        case ast.Call(func=func, args=args, keywords=keywords):
            if _is_text(node):
                return
            if isinstance(func, ast.Name) and func.id in _CALLED:
                yield ast.Call(ast.Name(_CALLED[func.id], ast.Load()), args, keywords)
            for dropped_word in keywords:
                if dropped_word.arg not in _CHECKS:
                    rest = [word for word in keywords if word is not dropped_word]
                    yield ast.Call(func, args, rest)
        case ast.Constant(value=value):
            yield from (ast.Constant(other) for other in _constants(value, place))
        case _:
            pass


def _is_string(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _constants(value: object, place: _Place) -> Iterator[bool | int | float | str]:
    match value:
        case bool():
            yield not value
        case int():
            yield value + 1
            if value:
                yield value - 1
        case float():
            yield value + 1
        case "":
            yield "x"
        # A word that code compares. Constants that are named once are skipped, because tests use
        # the name, too.
        case str() if value.isidentifier() and place.function:
            yield f"{value}x"
        case _:
            pass


def _statement(node: ast.stmt, place: _Place) -> Iterator[ast.stmt]:
    match node:
        case ast.Expr(value=ast.Call() as call) if not _is_text(call):
            yield ast.Pass()
        case ast.Expr(value=ast.Yield() | ast.YieldFrom()) | ast.Delete() | ast.Raise():
            yield ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield ast.Pass()
        case ast.AugAssign(target=target, op=op, value=value):
            yield ast.Pass()
            if type(op) in _COUNTED and not _is_string(value):
                yield ast.AugAssign(target, _COUNTED[type(op)](), value)
        case ast.Return(value=value) if value is None:
            yield ast.Pass()
        case ast.Return(value=value) if not isinstance(value, ast.Constant):
            yield ast.Return(ast.Constant(None))
        case ast.Continue():
            yield ast.Pass()
            yield ast.Break()
        case ast.Break():
            yield ast.Continue()
        case ast.Match(subject=subject, cases=cases) if len(cases) > 1:
            for dropped in cases:
                yield ast.Match(subject, [case for case in cases if case is not dropped])
        case _:
            pass
