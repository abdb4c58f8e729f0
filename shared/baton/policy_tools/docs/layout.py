"""The coordinates of the process map: boxes, lines and labels, from the order that ``grid``
gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from baton.policy_tools.docs.grid import (
    MARGIN,
    Grid,
    Move,
    Node,
    Ports,
    Stroke,
    assign_lanes,
    assign_ports,
    place,
    set_widths,
    split,
)
from baton.policy_tools.docs.measure import LABEL_HEIGHT, Label

Point = tuple[float, float]

BOX_HEIGHT = 58.0
LANE = 42.0  # distance between two lanes; a label is lower than this
JOINT = 10.0  # length for which a line overlaps the line it joins


@dataclass(frozen=True, slots=True)
class Rect:
    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: Rect) -> bool:
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


@dataclass(frozen=True, slots=True)
class Line:
    """A polyline with right angles; *arrow*: it ends with an arrowhead, at the target of the
    move."""

    points: tuple[Point, ...]
    reverse: bool
    arrow: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """A label centred on its line: the name above it, who makes the move below it."""

    label: Label
    x: float
    y: float

    @property
    def rect(self) -> Rect:
        width = self.label.width
        return Rect(self.x - width / 2, self.y - LABEL_HEIGHT / 2, width, LABEL_HEIGHT)


@dataclass(frozen=True, slots=True)
class Layout:
    width: float
    height: float
    boxes: dict[str, Rect]
    lines: tuple[Line, ...]
    labels: tuple[Placed, ...]


def lay_out(nodes: Sequence[Node], moves: Sequence[Move]) -> Layout:
    """Place *nodes* (working stages in order, side stages in any) and *moves* between them."""
    way = {node.id: place for place, node in enumerate(n for n in nodes if n.role == "row")}
    straight, strokes = split(way, moves)
    grid = place(nodes, way, strokes)
    assign_lanes(grid, strokes)
    ports = assign_ports(grid, strokes)
    set_widths(grid, straight, strokes, ports)
    return _Drawing(grid, straight, strokes, ports).layout()


class _Drawing:
    """Computes coordinates once columns and lanes are known."""

    def __init__(
        self, grid: Grid, straight: dict[int, Move], strokes: Sequence[Stroke], ports: Ports
    ) -> None:
        self.grid, self.straight, self.strokes, self.ports = grid, straight, strokes, ports
        self.lanes_above = sum(stroke.above for stroke in strokes)
        self.lanes_below = len(strokes) - self.lanes_above
        labels = LABEL_HEIGHT / 2 if self.lanes_above else 0  # half of it is above the top lane
        self.top = MARGIN + labels + LANE * self.lanes_above
        self.bottom = self.top + BOX_HEIGHT

    def layout(self) -> Layout:
        grid = self.grid
        boxes = {stage: self._box(stage) for stage in grid.column}
        labels = [
            Placed(move.label, grid.middle_of_gap(gap), self.top + BOX_HEIGHT / 2)
            for gap, move in self.straight.items()
        ]
        labels += [
            Placed(stroke.move.label, grid.middle_of_gap(stroke.gap), self._lane(stroke))
            for stroke in self.strokes
        ]
        # Without a label in it, the last gap is not drawn.
        right = max(
            max(box.x + box.width for box in boxes.values()),
            max((one.rect.x + one.rect.width for one in labels), default=0),
        )
        lowest = max(
            max(box.y + box.height for box in boxes.values()),
            max((one.rect.y + one.rect.height for one in labels), default=0),
        )
        return Layout(
            width=right + MARGIN,
            height=lowest + MARGIN,
            boxes=boxes,
            lines=(*self._straight_lines(), *self._stroke_lines()),
            labels=tuple(labels),
        )

    def _box(self, stage: str) -> Rect:
        column = self.grid.column[stage]
        below = self.bottom + LANE * (self.lanes_below + 1)
        y = self.top if self.grid.row[stage] == "row" else below
        return Rect(self.grid.left(column), y, self.grid.widths[column], BOX_HEIGHT)

    def _lane(self, stroke: Stroke) -> float:
        return (
            self.top - LANE * stroke.level if stroke.above else (self.bottom + LANE * stroke.level)
        )

    def _port(self, stage: str, stroke: Stroke) -> Point:
        box, ending = self._box(stage), self.ports[self.grid.column[stage], stroke.above]
        x = box.x + box.width * (ending.index((stage, stroke)) + 1) / (len(ending) + 1)
        at_top = stroke.above or self.grid.row[stage] == "side"
        return x, box.y if at_top else box.y + box.height

    def _straight_lines(self) -> Iterator[Line]:
        y = self.top + BOX_HEIGHT / 2
        for gap, move in self.straight.items():
            start = self.grid.left(gap) + self.grid.widths[gap]
            yield Line(((start, y), (start + self.grid.gaps[gap], y)), move.reverse, arrow=True)

    def _stroke_lines(self) -> Iterator[Line]:
        """One line runs from the farthest source to the target; lines from other sources end where
        they join it, because dashed lines drawn over each other look solid."""
        for stroke in self.strokes:
            end, y = self._port(stroke.move.to, stroke), self._lane(stroke)
            starts = sorted(self._port(source, stroke) for source in stroke.sources)
            left = [start for start in starts if start[0] <= end[0]]
            right = [start for start in reversed(starts) if start[0] > end[0]]
            whole = (left or right)[0]
            down = JOINT if end[1] > y else -JOINT
            for side, toward in ((left, JOINT), (right, -JOINT)):
                for number, (x, at) in enumerate(side):
                    if (x, at) == whole:
                        points: tuple[Point, ...] = ((x, at), (x, y), (end[0], y), end)
                    elif number == 0:
                        points = ((x, at), (x, y), (end[0], y), (end[0], y + down))
                    else:
                        points = ((x, at), (x, y), (x + toward, y))
                    yield Line(points, stroke.move.reverse, arrow=(x, at) == whole)
