"""The grid of the process map: which stage stands in which column, which move has which lane.

Written by hand rather than taken from a graph library: a lifecycle is a line with a few ways off
it, and what makes its map readable is that the line is straight and every label is clear of
everything else. General layouts (grandalf, networkx, Graphviz) place neither labels nor lines so.

The drawing is a grid. Working stages stand in a row, a column each; a move to the next stage is a
straight arrow between them. Every other move has a lane of its own, above the row if it leads
forward, below it if it leads back or off the way; side stages stand below the lanes, in columns,
too. Lines run up and down only within columns, so the gaps between columns hold labels and
nothing else, and no two labels of a gap are on the same lane.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from baton.policy_tools.docs.measure import Label

Role = Literal["row", "side"]

BOX_WIDTH = 118.0
PORT = 15.0  # between two lines that end at the same side of a box
GAP = 46.0  # the least between two columns
AIR = 26.0  # between a label and what stands beside it: room for the bends of lines
MARGIN = 14.0


@dataclass(frozen=True, slots=True)
class Node:
    """A stage to place."""

    id: str
    role: Role


@dataclass(frozen=True, slots=True)
class Move:
    """A transition to draw."""

    id: str
    sources: tuple[str, ...]
    to: str
    reverse: bool
    label: Label


@dataclass(slots=True)
class Stroke:
    """A move, or a part of it, on its lane; ``level`` counts lanes from the row, 1 is nearest."""

    move: Move
    sources: tuple[str, ...]
    above: bool
    level: int = 0
    gap: int = 0

    @property
    def ends(self) -> tuple[str, ...]:
        return (*self.sources, self.move.to)


@dataclass(slots=True)
class Grid:
    """The columns: which stage is in which, and how wide each and the gap after it is."""

    column: dict[str, int]
    row: dict[str, Role]
    widths: list[float] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)

    def span(self, stroke: Stroke) -> tuple[int, int]:
        columns = [self.column[end] for end in stroke.ends]
        return min(columns), max(columns)

    def left(self, column: int) -> float:
        return MARGIN + sum(self.widths[:column]) + sum(self.gaps[:column])

    def middle_of_gap(self, gap: int) -> float:
        return self.left(gap) + self.widths[gap] + self.gaps[gap] / 2


def split(way: dict[str, int], moves: Sequence[Move]) -> tuple[dict[int, Move], tuple[Stroke, ...]]:
    """Straight arrows by the gap they cross, and the others as strokes on lanes."""
    straight: dict[int, Move] = {}
    strokes: list[Stroke] = []
    for move in moves:
        above, below = [], []
        for source in move.sources:
            here, there = way.get(source), way.get(move.to)
            if here is None or there is None or there <= here:
                below.append(source)
            elif there == here + 1 and here not in straight:
                straight[here] = move
            else:
                above.append(source)
        strokes += [
            Stroke(move, tuple(sources), up)
            for sources, up in ((above, True), (below, False))
            if sources
        ]
    return straight, tuple(strokes)


def place(nodes: Sequence[Node], way: dict[str, int], strokes: Sequence[Stroke]) -> Grid:
    """Each side stage in turn stands where its lanes are shortest, but never so that a move runs
    straight down a column, where there is no gap for its label."""
    column = dict(way)
    for stage in (node.id for node in nodes if node.role == "side"):
        touching = [stroke for stroke in strokes if stage in stroke.ends]
        taken = {column[side] for side in column if side not in way}
        free = (at for at in range(len(nodes)) if at not in taken)
        costs = {at: _cost(column | {stage: at}, touching) for at in free}
        column[stage] = min(costs, key=lambda at: (costs[at], at))
    return Grid(column, {node.id: node.role for node in nodes})


def _cost(column: dict[str, int], strokes: Sequence[Stroke]) -> tuple[int, int]:
    """How many lanes have no length, and how long all are; by the ends that have a place yet."""
    spans = []
    for stroke in strokes:
        columns = [column[end] for end in stroke.ends if end in column]
        spans.append(max(columns) - min(columns))
    return sum(span == 0 for span in spans), sum(spans)


def assign_lanes(grid: Grid, strokes: Sequence[Stroke]) -> None:
    """Short lanes nearest to the row, so that few lines cross."""
    for above in (True, False):
        these = [stroke for stroke in strokes if stroke.above == above]
        these.sort(key=lambda s: (grid.span(s)[1] - grid.span(s)[0], grid.span(s)))
        for level, stroke in enumerate(these, start=1):
            stroke.level = level


#: (column, above the row?) -> the ends of strokes there, as stage and stroke, left to right. A
#: working stage and a side stage below it share them, so that their lines keep apart.
Ports = dict[tuple[int, bool], list[tuple[str, Stroke]]]


def assign_ports(grid: Grid, strokes: Sequence[Stroke]) -> Ports:
    """Lines that turn left leave on the left, the nearest lane outermost, so that few of them
    cross on their way."""
    ports: Ports = defaultdict(list)
    for stroke in strokes:
        for end in stroke.ends:
            ports[grid.column[end], stroke.above].append((end, stroke))
    for ending in ports.values():
        ending.sort(key=lambda one: _turn(grid, *one))
    return ports


def _turn(grid: Grid, stage: str, stroke: Stroke) -> tuple[int, int]:
    here, to = grid.column[stage], grid.column[stroke.move.to]
    if stage == stroke.move.to:
        others = [grid.column[source] - here for source in stroke.sources]
        side = (any(o > 0 for o in others)) - (any(o < 0 for o in others))
    else:
        side = 1 if to > here else -1
    # From a side stage the far lanes are the near ones.
    depth = stroke.level if grid.row[stage] == "row" else -stroke.level
    return side, -depth if side > 0 else depth


def set_widths(
    grid: Grid, straight: dict[int, Move], strokes: Sequence[Stroke], ports: Ports
) -> None:
    """Columns as wide as their ports need, gaps as wide as their labels need."""
    columns = 1 + max(grid.column.values())
    grid.widths = [BOX_WIDTH] * columns
    for (at, _), ending in ports.items():
        grid.widths[at] = max(grid.widths[at], PORT * (len(ending) + 1))
    grid.gaps = [GAP] * columns
    for gap, move in straight.items():
        grid.gaps[gap] = max(GAP, move.label.width + AIR)
    # The widest labels choose first; each goes where it widens the drawing least.
    for stroke in sorted(strokes, key=lambda s: (-s.move.label.width, s.move.id)):
        first, last = grid.span(stroke)
        wanted, middle = stroke.move.label.width + AIR, (first + last - 1) / 2
        stroke.gap = min(
            range(first, max(last, first + 1)),
            key=lambda gap: (max(0, wanted - grid.gaps[gap]), abs(gap - middle), gap),
        )
        grid.gaps[stroke.gap] = max(grid.gaps[stroke.gap], wanted)
