"""The process map as SVG: the layout with colours, in light, in the dark and on paper.

Not a template: nearly all of it is coordinates, worked out where they are written.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from baton.policy_tools.docs.grid import Move, Node
from baton.policy_tools.docs.layout import Layout, Line, Placed, Rect, lay_out
from baton.policy_tools.docs.measure import NAME_SIZE, NOTE_SIZE, Label, width, wrap
from baton.policy_tools.models.lifecycle import LifecycleFile, Stage, Transition
from baton.presentation.words import flat, listed

BEND = 9.0
HEAD = 7.0
LEGEND = 34.0
#: The legend: the class of the line that is explained, if any, and the words.
_KEYS = (
    ("line", "forward"),
    ("line back", "back, or to a side stage"),
    ("", "below each name: who or what may make the move"),
)
_LEFT, _DASH, _GAP = 14.0, 42.0, 28.0
_LABEL_SIZE = 13.5

# Colours as variables of the drawing itself, so that it is the same alone and inside a page.
_STYLE = """
.baton-map { --paper: #ffffff; --ink: #1c2430; --soft: #5b6675; --line: #33598f; --back: #a3531f;
  --box: #eef3fa; --edge: #8fa6c6; --side: #f6efe8; --side-edge: #c9ab90; --now: #d9e6f8;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
@media screen and (prefers-color-scheme: dark) {
  .baton-map { --paper: #14181f; --ink: #e8ecf2; --soft: #a5b0bf; --line: #8ab4f0; --back: #eba578;
    --box: #1f2937; --edge: #4d648a; --side: #2b2420; --side-edge: #7d604a; --now: #2a3d5c; } }
.baton-map .paper { fill: var(--paper); }
.baton-map .box { fill: var(--box); stroke: var(--edge); stroke-width: 1.2; }
.baton-map .side { fill: var(--side); stroke: var(--side-edge); }
.baton-map .ours { fill: var(--now); stroke-width: 2; }
.baton-map .line { fill: none; stroke: var(--line); stroke-width: 1.6; }
.baton-map .back { stroke: var(--back); stroke-dasharray: 6 4; }
.baton-map .head { fill: var(--line); }
.baton-map .head.away { fill: var(--back); }
.baton-map text { fill: var(--ink); text-anchor: middle; }
.baton-map .name { font-weight: 600; }
.baton-map .note { fill: var(--soft); }
.baton-map .key { text-anchor: start; fill: var(--soft); }
""".strip()


def process_map(lifecycle: LifecycleFile) -> str:
    """The lifecycle as one SVG document."""
    nodes = [Node(stage.id, "side" if stage.side else "row") for stage in lifecycle.stages]
    moves = [
        Move(move.id, move.source, move.to, move.reverse, Label(move.id, trigger(move)))
        for move in lifecycle.transitions
    ]
    return "\n".join(_document(lifecycle, lay_out(nodes, moves))) + "\n"


def trigger(move: Transition) -> str:
    """``automatic, rep``: who or what may make the move."""
    return listed(move.by, ", ")


def _document(lifecycle: LifecycleFile, layout: Layout) -> Iterator[str]:
    across, height = max(layout.width, _legend_width()), layout.height + LEGEND
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="baton-map" role="img"'
        f' aria-labelledby="map-title map-desc" viewBox="0 0 {across:.0f} {height:.0f}"'
        f' width="{across:.0f}" height="{height:.0f}">'
    )
    yield '<title id="map-title">Process map of the lead lifecycle</title>'
    yield f'<desc id="map-desc">{escape(described(lifecycle))}</desc>'
    yield f"<style>{_STYLE}</style>"
    yield f'<rect class="paper" width="{across:.0f}" height="{height:.0f}"/>'
    for line in layout.lines:
        yield from _line(line)
    for stage in lifecycle.stages:
        yield from _box(lifecycle, stage, layout.boxes[stage.id])
    for placed in layout.labels:
        yield from _label(placed)
    yield from _legend(layout.height + LEGEND / 2 - 4)
    yield "</svg>"


def described(lifecycle: LifecycleFile) -> str:
    """The map in words, for those who do not see it."""
    way = listed(flat(stage.label) for stage in lifecycle.stages if not stage.side)
    off = listed(flat(stage.label) for stage in lifecycle.stages if stage.side)
    label = {stage.id: flat(stage.label) for stage in lifecycle.stages}
    moves = "; ".join(
        f"{move.id} from {listed((label[source] for source in move.source), ' or ')}"
        f" to {label[move.to]}, by {trigger(move)}"
        for move in lifecycle.transitions
    )
    side = f" Off the way: {off}." if off else ""
    return f"Working stages in order: {way}.{side} Moves: {moves}."


def _box(lifecycle: LifecycleFile, stage: Stage, box: Rect) -> Iterator[str]:
    ours = stage.id in {lifecycle.handoff, lifecycle.accepted}
    kind = "box side" if stage.side else "box ours" if ours else "box"
    label = flat(stage.label)
    yield f"<g><title>{escape(f'{label} ({stage.id})')}</title>"
    yield (
        f'<rect class="{kind}" x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}"'
        f' height="{box.height:.1f}" rx="8"/>'
    )
    lines = wrap(label, _LABEL_SIZE, box.width - 12, 2)
    middle, y = box.x + box.width / 2, box.y + box.height / 2 - 8.5 * len(lines) + 9
    for line in lines:
        yield _text("name", middle, y, _LABEL_SIZE, line)
        y += 16
    role = {lifecycle.handoff: " · handoff", lifecycle.accepted: " · accepted"}
    note = stage.id + role.get(stage.id, "")
    yield _text("note", middle, y, NOTE_SIZE, "".join(wrap(note, NOTE_SIZE, box.width - 8, 1)))
    yield "</g>"


def _label(placed: Placed) -> Iterator[str]:
    yield _text("name", placed.x, placed.y - 6, NAME_SIZE, placed.label.name)
    yield _text("note", placed.x, placed.y + 14, NOTE_SIZE, placed.label.note)


def _text(kind: str, x: float, y: float, size: float, text: str) -> str:
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" font-size="{size:g}">{escape(text)}</text>'
    )


def _line(line: Line) -> Iterator[str]:
    back = " back" if line.reverse else ""
    yield f'<path class="line{back}" d="{_path(line)}"/>'
    if line.arrow:
        away = " away" if line.reverse else ""
        yield f'<path class="head{away}" d="{_head(line)}"/>'


def _path(line: Line) -> str:
    """Straight pieces with rounded corners; an arrow's stops inside its head."""
    points = [*line.points]
    if line.arrow:
        points[-1] = _toward(points[-1], points[-2], HEAD - 1)
    said = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        bend = min(BEND, _distance(before, corner) / 2, _distance(corner, after) / 2)
        start, end = _toward(corner, before, bend), _toward(corner, after, bend)
        said += f" L{start[0]:.1f} {start[1]:.1f}"
        said += f" Q{corner[0]:.1f} {corner[1]:.1f} {end[0]:.1f} {end[1]:.1f}"
    return f"{said} L{points[-1][0]:.1f} {points[-1][1]:.1f}"


def _head(line: Line) -> str:
    (x, y), before = line.points[-1], line.points[-2]
    base = _toward((x, y), before, HEAD)
    across_x, across_y = (0.0, HEAD / 2 + 0.5) if before[1] == y else (HEAD / 2 + 0.5, 0.0)
    return (
        f"M{x:.1f} {y:.1f} L{base[0] + across_x:.1f} {base[1] + across_y:.1f}"
        f" L{base[0] - across_x:.1f} {base[1] - across_y:.1f} Z"
    )


_Point = tuple[float, float]


def _distance(one: _Point, other: _Point) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])  # pieces run along an axis


def _toward(one: _Point, other: _Point, distance: float) -> _Point:
    whole = _distance(one, other) or 1.0
    return (
        one[0] + (other[0] - one[0]) * distance / whole,
        one[1] + (other[1] - one[1]) * distance / whole,
    )


def _legend(y: float) -> Iterator[str]:
    x = _LEFT
    for kind, words in _KEYS:
        if kind:
            yield f'<path class="{kind}" d="M{x:.0f} {y:.0f} h34"/>'
            x += _DASH
        yield _text("key", x, y + 4, NOTE_SIZE, words)
        x += width(words, NOTE_SIZE) + _GAP


def _legend_width() -> float:
    return _LEFT + sum(
        (_DASH if kind else 0) + width(words, NOTE_SIZE) + _GAP for kind, words in _KEYS
    )
