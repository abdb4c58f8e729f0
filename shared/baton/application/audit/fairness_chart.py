"""The fairness ledger as a bar chart: one SVG for light mode, dark mode and print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from baton.application.audit.fairness import PoolLedger, Row, residual_of
from baton.domain.policy import Policy
from baton.presentation.words import counted

_NAMES, _BARS, _FIGURES = 170.0, 420.0, 190.0
_ROW, _HEAD, _PAD = 30.0, 44.0, 18.0
_BAR = 9.0

_STYLE = """
.fair { --paper: #fff; --ink: #1c2430; --soft: #5b6675; --owed: #c3cfe0; --got: #33598f;
  font: 13px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
@media screen and (prefers-color-scheme: dark) {
  .fair { --paper: #14181f; --ink: #e8ecf2; --soft: #a5b0bf; --owed: #4d648a; --got: #8ab4f0; } }
.fair .paper { fill: var(--paper); } .fair text { fill: var(--ink); }
.fair .soft { fill: var(--soft); } .fair .head { font-weight: 600; font-size: 15px; }
.fair .owed { fill: var(--owed); } .fair .got { fill: var(--got); }
""".strip()


def chart(title: str, pools: Sequence[PoolLedger], policy: Policy) -> str:
    """One document for all *pools*; bars are scaled to the longest of their pool."""
    height = _PAD * 2 + 30 + sum(_HEAD + _ROW * len(pool.rows) for pool in pools)
    width = _NAMES + _BARS + _FIGURES
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="fair" role="img" width="{width:.0f}"'
        f' height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}">',
        f"<title>{escape(title)}</title>",
        f"<style>{_STYLE}</style>",
        f'<rect class="paper" width="{width:.0f}" height="{height:.0f}"/>',
        f'<text class="head" x="{_PAD}" y="{_PAD + 12}">{escape(title)}</text>',
        *_key(width),
    ]
    top = _PAD + 30
    for pool in pools:
        lines += _pool(pool, policy, top)
        top += _HEAD + _ROW * len(pool.rows)
    return "\n".join([*lines, "</svg>"]) + "\n"


def _key(width: float) -> Iterator[str]:
    for place, (name, label) in enumerate([("owed", "owed"), ("got", "received")]):
        x = width - 190 + place * 85
        yield f'<rect class="{name}" x="{x:.0f}" y="{_PAD + 3}" width="12" height="{_BAR}"/>'
        yield f'<text class="soft" x="{x + 18:.0f}" y="{_PAD + 12}">{label}</text>'


def _pool(pool: PoolLedger, policy: Policy, top: float) -> Iterator[str]:
    nobody = f", {pool.nobody} found nobody" if pool.nobody else ""
    label = escape(f"{pool.label}: {counted(pool.turns, 'lead')} by turn{nobody}")
    yield f'<text class="soft" x="{_PAD}" y="{top + 28:.0f}">{label}</text>'
    most = max((max(row.owed, row.received) for row in pool.rows), default=0) or 1
    for number, row in enumerate(pool.rows):
        yield from _row(row, policy, top + _HEAD + _ROW * number, most)


def _row(row: Row, policy: Policy, y: float, most: float) -> Iterator[str]:
    person = policy.person.get(row.rep)
    name = escape(person.name if person else row.rep)
    excused = sum(row.excused.values())
    figures = f"{row.owed:.1f} / {row.received} ({residual_of(row, 1)})"
    if row.given_back:
        figures += f", {row.given_back} given back"
    if excused:
        figures += f", {excused:.1f} excused"
    yield f'<text x="{_PAD}" y="{y + 13:.0f}">{name}</text>'
    for line, (kind, value) in enumerate([("owed", row.owed), ("got", float(row.received))]):
        length = (_BARS - _PAD) * value / most
        yield (
            f'<rect class="{kind}" x="{_NAMES}" y="{y + line * (_BAR + 1):.0f}"'
            f' width="{length:.1f}" height="{_BAR}" rx="2"/>'
        )
    yield f'<text class="soft" x="{_NAMES + _BARS:.0f}" y="{y + 13:.0f}">{figures}</text>'
