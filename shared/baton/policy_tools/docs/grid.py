"""The grid of the process map: the column of each stage, and the lane of each move.

No graph library does this: a lifecycle is a line with a few side branches, and its map is readable
if the line is straight and no label overlaps anything. General layouts (grandalf, networkx,
Graphviz) guarantee neither.

The drawing is a grid. Working stages form a row, one column each; a move to the next stage is a
straight arrow between them. Every other move has its own lane, above the row if it leads forward,
below it if it leads back or to a side stage. Side stages are below the lanes, also one column each.
Vertical lines are only within columns. So the gaps between columns hold only labels and the lines
on lanes, and no two labels of a gap are on the same lane.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from baton.policy_tools.docs.measure import Label

Role = Literal["row", "side"]

BOX_WIDTH = 118.0
PORT = 15.0  # distance between two lines that end at the same side of a box
GAP = 46.0  # smallest distance between two columns
AIR = 26.0  # distance between a label and the columns beside it, for the bends of lines
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
    """A move, or some sources of a move, on its lane. ``level`` counts lanes from the row: 1 is
    nearest."""

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
    """The columns: the column of each stage, the width of each column and of the gap after it."""

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
    """Split the moves: straight arrows by the gap they cross, and strokes on lanes for all
    others."""
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
    """Place each side stage, one after the other, in the column where its lanes are shortest. Avoid
    a column where a move would run straight down, because it would have no gap for its label."""
    column = dict(way)
    for stage in (node.id for node in nodes if node.role == "side"):
        touching = [stroke for stroke in strokes if stage in stroke.ends]
        taken = {column[side] for side in column if side not in way}
        free = (at for at in range(len(nodes)) if at not in taken)
        costs = {at: _cost(column | {stage: at}, touching) for at in free}
        column[stage] = min(costs, key=lambda at: (costs[at], at))
    return Grid(column, {node.id: node.role for node in nodes})


def _cost(column: dict[str, int], strokes: Sequence[Stroke]) -> tuple[int, int]:
    """The number of lanes without length, and the length of all lanes, counting only ends already
    placed."""
    spans = []
    for stroke in strokes:
        columns = [column[end] for end in stroke.ends if end in column]
        spans.append(max(columns) - min(columns))
    return sum(span == 0 for span in spans), sum(spans)


def assign_lanes(grid: Grid, strokes: Sequence[Stroke]) -> None:
    """Give the shortest strokes the lanes nearest to the row, so that few lines cross."""
    for above in (True, False):
        these = [stroke for stroke in strokes if stroke.above == above]
        these.sort(key=lambda s: (grid.span(s)[1] - grid.span(s)[0], grid.span(s)))
        for level, stroke in enumerate(these, start=1):
            stroke.level = level


#: (column, above the row?) -> the ends of strokes there, as (stage, stroke), left to right. A
#: working stage and the side stage below it share one list, so that their lines do not overlap.
Ports = dict[tuple[int, bool], list[tuple[str, Stroke]]]


def assign_ports(grid: Grid, strokes: Sequence[Stroke]) -> Ports:
    """Order the ends of lines in each column: lines that turn left are on the left, with the
    nearest lane outermost, so that few lines cross."""
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
    # A side stage is below the lanes, so the lanes far from the row are near to it.
    depth = stroke.level if grid.row[stage] == "row" else -stroke.level
    return side, -depth if side > 0 else depth


def set_widths(
    grid: Grid, straight: dict[int, Move], strokes: Sequence[Stroke], ports: Ports
) -> None:
    """Make columns wide enough for their ports, and gaps wide enough for their labels."""
    columns = 1 + max(grid.column.values())
    grid.widths = [BOX_WIDTH] * columns
    for (at, _), ending in ports.items():
        grid.widths[at] = max(grid.widths[at], PORT * (len(ending) + 1))
    grid.gaps = [GAP] * columns
    for gap, move in straight.items():
        grid.gaps[gap] = max(GAP, move.label.width + AIR)
    # Place the widest labels first, each in the gap where it widens the drawing least.
    for stroke in sorted(strokes, key=lambda s: (-s.move.label.width, s.move.id)):
        first, last = grid.span(stroke)
        wanted, middle = stroke.move.label.width + AIR, (first + last - 1) / 2
        stroke.gap = min(
            range(first, max(last, first + 1)),
            key=lambda gap: (max(0, wanted - grid.gaps[gap]), abs(gap - middle), gap),
        )
        grid.gaps[stroke.gap] = max(grid.gaps[stroke.gap], wanted)
