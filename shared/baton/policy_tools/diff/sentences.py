"""Turns differences into sentences: a subject and a predicate, both from the table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from msgspec import Struct

from baton.policy_tools.diff.phrases import Phrase, Thing, Value, plain
from baton.policy_tools.diff.table import DEFINITIONS, FILE_OF, NAMED, SUBJECTS, TABLE
from baton.policy_tools.diff.walking import Difference, Matched
from baton.presentation.words import spelled


class Change(Struct, frozen=True):
    """One difference between two policies."""

    #: File of the policy it belongs to, without .yaml.
    file: str
    #: A sentence.
    text: str
    #: Name in ``Policy.definitions`` of the definition that it changes; empty: none.
    definition: str = ""


def sentences(found: Iterable[Difference]) -> Iterator[Change]:
    """The sentences for *found*. Differences of the same path and record must be adjacent."""
    for _, same in groupby(found, key=lambda one: (one.path, one.inside)):
        group = [*same]
        row = _row(group[0])
        if isinstance(row, Thing):
            for one in group:
                itself = Matched(one.path, one.key, one.before, one.after)
                yield _change(one, (*one.inside, itself), row.predicate(one))
        else:
            for predicate in [*row(group)] or plain(group):
                yield _change(group[0], group[0].inside, predicate)


def _row(difference: Difference) -> Phrase | Thing:
    """The table's row for the path, or a general one."""
    known = TABLE.get(difference.path) or NAMED.get(_last(difference.path))
    if difference.kind == "changed" and not difference.key and isinstance(difference.after, tuple):
        return known if isinstance(known, Value) else plain  # a list that is compared as a whole
    if known is not None:
        return known
    value = difference.before if difference.after is None else difference.after
    is_thing = difference.key and difference.kind != "changed" and isinstance(value, Struct)
    return _thing(difference.path) if is_thing else plain


def _thing(path: str) -> Thing:
    """A general row for a list that the table does not name."""
    return Thing(f"{spelled(_last(path)).capitalize()} {{key}}")


def _last(path: str) -> str:
    return path.rpartition(".")[2]


def _change(difference: Difference, inside: Sequence[Matched], predicate: str) -> Change:
    text = f"{_subject(difference.path, inside)} {predicate}"
    field = difference.path.partition(".")[0]
    return Change(
        file=FILE_OF.get(field, field),
        text=text if text.endswith('."') else f"{text}.",
        definition=_definition(difference.path, inside),
    )


def _subject(path: str, inside: Sequence[Matched]) -> str:
    """The subject: the innermost record that has a name, else the subject listed for the path."""
    for depth in range(len(inside) - 1, -1, -1):
        row = TABLE.get(inside[depth].path) or _thing(inside[depth].path)
        if isinstance(row, Thing):
            return row.called(inside[depth], inside[:depth])
    parts = path.split(".")
    starts = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((SUBJECTS[start] for start in starts if start in SUBJECTS), "The policy")


def _definition(path: str, inside: Sequence[Matched]) -> str:
    """The name of the innermost definition around the difference; empty: there is none."""
    for one in reversed(inside):
        row = TABLE.get(one.path)
        if isinstance(row, Thing) and row.definition:
            return row.definition.format(one=one.record)
    return DEFINITIONS.get(path, "")
