"""Any two records are compared to their full depth."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import Struct

from baton.domain.policy import Test
from baton.policy_tools.diff.walking import Walk


class Box(Struct, frozen=True):
    id: str
    size: int = 1
    tags: tuple[str, ...] = ()


class Lock(Struct, frozen=True):
    kind: str = "key"
    turns: int = 1


class Shelf(Struct, frozen=True):
    boxes: tuple[Box, ...] = ()
    lock: Lock | None = None
    notes: dict[str, str] = {}
    when: dict[str, Test] = {}
    pairs: tuple[tuple[str, int], ...] = ()


A, B, C = Box("a"), Box("b"), Box("c")


def walked(old: Shelf, new: Shelf, **how: Any) -> list[tuple[str, str, Any, Any]]:
    return [(d.path, d.kind, d.before, d.after) for d in Walk(**how).records(old, new)]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        pytest.param(Shelf(), Shelf(), [], id="the same"),
        pytest.param(
            Shelf((A, B)), Shelf((A, B, C)), [("boxes", "added", None, C)], id="a new record"
        ),
        pytest.param(
            Shelf((A, B)), Shelf((A,)), [("boxes", "removed", B, None)], id="a removed record"
        ),
        pytest.param(
            Shelf((A, B, C)), Shelf((B, C, A)), [("boxes", "moved", A, A)], id="a moved record"
        ),
        pytest.param(
            Shelf((A, B, C)),
            Shelf((B, Box("c", 2), A)),
            [("boxes.size", "changed", 1, 2), ("boxes", "moved", A, A)],
            id="one moved, another changed",
        ),
        pytest.param(
            Shelf((A,)), Shelf((A, A)), [("boxes", "added", None, A)], id="twice the same id"
        ),
        pytest.param(
            Shelf((Box("a", tags=("x", "y")),)),
            Shelf((Box("a", tags=("y", "z")),)),
            [("boxes.tags", "added", None, "z"), ("boxes.tags", "removed", "x", None)],
            id="values of a list",
        ),
        pytest.param(
            Shelf((Box("a", tags=("x",)),)),
            Shelf((Box("a", tags=("x", "x")),)),
            [("boxes.tags", "added", None, "x")],
            id="a value once more",
        ),
        pytest.param(
            Shelf(lock=Lock()),
            Shelf(lock=Lock(turns=2)),
            [("lock.turns", "changed", 1, 2)],
            id="a record in a record",
        ),
        pytest.param(
            Shelf(),
            Shelf(lock=Lock()),
            [("lock", "changed", None, Lock())],
            id="a record where there was none",
        ),
        pytest.param(
            Shelf(notes={"a": "1", "b": "2"}),
            Shelf(notes={"b": "3", "c": "4"}),
            [
                ("notes", "changed", "2", "3"),
                ("notes", "added", None, "4"),
                ("notes", "removed", "1", None),
            ],
            id="entries",
        ),
        pytest.param(
            Shelf(when={"a": Test(known=True)}),
            Shelf(),
            [("when", "changed", {"a": Test(known=True)}, {})],
            id="a condition is not taken apart",
        ),
    ],
)
def test_each_difference_is_found_once(
    old: Shelf, new: Shelf, found: list[tuple[str, str, Any, Any]]
) -> None:
    assert walked(old, new) == found


def test_a_path_compared_as_a_whole_has_one_difference() -> None:
    old, new = Shelf(lock=Lock()), Shelf(lock=Lock("code", 3))
    assert walked(old, new, whole={"lock"}) == [("lock", "changed", old.lock, new.lock)]


def test_records_without_an_id_are_matched_by_their_key() -> None:
    old, new = Shelf(pairs=(("a", 1),)), Shelf(pairs=(("a", 2),))
    assert walked(old, new, keys={"pairs": lambda pair: str(pair[0])}) == [
        ("pairs", "changed", ("a", 1), ("a", 2))
    ]


def test_a_view_that_hides_a_difference_does_not_lose_it() -> None:
    old, new = Shelf(pairs=(("a", 1),)), Shelf(pairs=(("a", 1), ("a", 1)))
    assert walked(old, new, views={"pairs": dict}) == [("pairs", "changed", old.pairs, new.pairs)]


def test_a_difference_names_its_record_and_the_item_after_it() -> None:
    [grown] = Walk().records(Shelf((A, B)), Shelf((A, Box("b", 2))))
    assert [(one.path, one.key, one.old, one.new) for one in grown.inside] == [
        ("boxes", "b", B, Box("b", 2))
    ]
    [added] = Walk().records(Shelf((A, B)), Shelf((A, C, B)))
    assert (added.key, added.following) == ("c", B)
