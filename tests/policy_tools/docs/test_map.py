"""The process map: nothing overlaps, whatever the lifecycle looks like."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baton.policy_tools.docs.drawing import process_map
from baton.policy_tools.docs.grid import Move, Node
from baton.policy_tools.docs.layout import JOINT, Layout, Rect, lay_out
from baton.policy_tools.docs.measure import NOTE_SIZE, Label, width, wrap
from baton.policy_tools.loading import load
from tests.policy_tools.conftest import SAMPLE

SVG = "{http://www.w3.org/2000/svg}"
IDS = [f"stage_{number}" for number in range(9)]
SIDES = [f"side_{number}" for number in range(4)]


@st.composite
def lifecycles(draw: st.DrawFn) -> tuple[list[Node], list[Move]]:
    """Lifecycles with two to nine working stages, up to four side stages, and moves of every
    kind."""
    way = IDS[: draw(st.integers(2, 9))]
    side = SIDES[: draw(st.integers(0, 4))]
    stages = [*way, *side]
    moves = []
    for number in range(draw(st.integers(1, 14))):
        to = draw(st.sampled_from(stages))
        sources = draw(
            st.lists(
                st.sampled_from([one for one in stages if one != to]),
                min_size=1,
                max_size=4,
                unique=True,
            )
        )
        name = draw(st.text("abmwW_", min_size=1, max_size=40))
        label = Label(name, draw(st.sampled_from(["rep", "automatic, rep, time"])))
        moves.append(Move(f"{number}", tuple(sources), to, draw(st.booleans()), label))
    nodes = [Node(one, "row") for one in way] + [Node(one, "side") for one in side]
    return nodes, moves


@given(lifecycles())
@settings(max_examples=150, deadline=None)
def test_nothing_covers_a_label(lifecycle: tuple[list[Node], list[Move]]) -> None:
    nodes, moves = lifecycle
    layout = lay_out(nodes, moves)
    labels = [placed.rect for placed in layout.labels]
    boxes = list(layout.boxes.values())
    assert {placed.label for placed in layout.labels} == {move.label for move in moves}
    assert not [pair for pair in combinations([*labels, *boxes], 2) if pair[0].overlaps(pair[1])]
    upright = list(_upright(layout))
    assert not [label for label in labels for line in upright if label.overlaps(line)]
    crowded = [pair for pair in combinations(upright, 2) if _side_by_side(*pair)]
    assert not crowded
    page = Rect(0, 0, layout.width, layout.height)
    assert all(_inside(page, one) for one in [*labels, *boxes])


@given(lifecycles())
@settings(max_examples=100, deadline=None)
def test_every_move_ends_in_an_arrow_at_its_stage(
    lifecycle: tuple[list[Node], list[Move]],
) -> None:
    nodes, moves = lifecycle
    layout = lay_out(nodes, moves)
    ends = [line.points[-1] for line in layout.lines if line.arrow]
    assert len(ends) == len(layout.labels) >= len(moves)
    goals = {move.to for move in moves}
    for stage, box in layout.boxes.items():
        touched = any(_on_edge(box, end) for end in ends)
        assert touched == (stage in goals)


def test_the_sample_is_well_formed_and_shows_everything() -> None:
    lifecycle = load(SAMPLE).lifecycle
    root = ElementTree.fromstring(process_map(lifecycle))
    shown = [text.text for text in root.iter(f"{SVG}text")]
    assert [stage.label for stage in lifecycle.stages] == [
        one for one in shown if one in {stage.label for stage in lifecycle.stages}
    ]
    for move in lifecycle.transitions:
        assert move.id in shown
        assert ", ".join(move.by) in shown


def test_the_legend_fits_the_map_of_a_short_lifecycle() -> None:
    whole = load(SAMPLE).lifecycle
    short = whole.model_copy(update={"stages": whole.stages[:2], "transitions": []})
    root = ElementTree.fromstring(process_map(short))
    keys = [text for text in root.iter(f"{SVG}text") if text.get("class") == "key"]
    starts = [float(key.get("x", "nan")) for key in keys]
    ends = [
        start + width(key.text or "", NOTE_SIZE) for start, key in zip(starts, keys, strict=True)
    ]
    assert [key.text for key in keys][:2] == ["forward", "back, or to a side stage"]
    assert all(end < start for end, start in zip(ends, starts[1:], strict=False))
    assert ends[-1] <= float(root.get("width", "nan"))


def test_the_process_map_can_be_read_out() -> None:
    root = ElementTree.fromstring(process_map(load(SAMPLE).lifecycle))
    assert root.get("role") == "img"
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert desc is not None
    assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert "discovery_cancelled from SAL to Recycled, by rep, time" in (desc.text or "")


def test_labels_are_text_whatever_they_hold(edited: Callable[..., Path]) -> None:
    folder = edited(("lifecycle", "label: MQL", r'label: "<script>]]>&\n\"x\" -->"'))
    root = ElementTree.fromstring(process_map(load(folder).lifecycle))
    assert not list(root.iter(f"{SVG}script"))
    titles = [title.text for title in root.iter(f"{SVG}title")]
    assert '<script>]]>& "x" --> (mql)' in titles


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("MQL", ("MQL",)),
        ("Sales accepted lead", ("Sales", "accepted lead")),
        ("Marketing qualified lead of the first kind", ("Marketing", "qualified lea…")),
        ("Donaudampfschifffahrtsgesellschaft", ("Donaudampf…",)),
        ("", ()),
    ],
)
def test_a_long_label_is_wrapped_and_cut(text: str, lines: tuple[str, ...]) -> None:
    assert wrap(text, 13, 100, 2) == lines
    assert all(width(line, 13, bold=True) <= 100 for line in lines)


def _upright(layout: Layout) -> Iterator[Rect]:
    """Every vertical segment of the lines."""
    for line in layout.lines:
        for (x, top), (other, bottom) in pairwise(line.points):
            if x == other and top != bottom:
                yield Rect(x - 1, min(top, bottom), 2, abs(bottom - top))


def _side_by_side(one: Rect, other: Rect) -> bool:
    """Whether two lines overlap, except where one joins the other."""
    shared = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return abs(one.x - other.x) < 5 and shared > JOINT


def _inside(page: Rect, one: Rect) -> bool:
    return (
        one.x >= page.x
        and one.y >= page.y
        and one.x + one.width <= page.width
        and one.y + one.height <= page.height
    )


def _on_edge(box: Rect, point: tuple[float, float]) -> bool:
    x, y = point
    across = box.x <= x <= box.x + box.width and y in {box.y, box.y + box.height}
    return across or (box.y <= y <= box.y + box.height and abs(x - box.x) < 0.01)
