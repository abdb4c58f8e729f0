"""A manager's morning: new breaches, open breaches, and deadlines at risk today."""

from __future__ import annotations

from baton.domain.phrase import Text
from baton.domain.world.effects import DigestLine, DigestState
from baton.presentation.slack import blocks
from baton.presentation.slack.blocks import Block, Rendered
from baton.presentation.slack.text import one_line, spoken
from baton.presentation.words import day_named, noun

#: Most lines shown per list; the rest is counted.
LINES = 15

_LISTS = (
    ("✖ ", "New breaches"),
    ("⚠ ", "Still open"),
    ("", "At risk today"),
)
#: Spaces that neither Slack nor a browser folds into one.
_INDENT = "\u2003"


def render_digest(digest: DigestState) -> Rendered:
    lists = (digest.new_breaches, digest.open_breaches, digest.at_risk)
    shown = [
        blocks.header(f"Your team on {day_named(digest.day)}"),
        blocks.section(_summary(digest)),
    ]
    for (mark, title), lines in zip(_LISTS, lists, strict=True):
        if lines:
            shown += [blocks.divider(), *_list(mark, title, lines, digest.zone)]
    return Rendered(text=_spoken(digest), blocks=shown)


def _list(mark: str, title: str, lines: tuple[DigestLine, ...], zone: str) -> list[Block]:
    written = [f"{mark}*{title}* ({_count(lines)})"]
    leads, more = _cut(lines)
    for line in leads:
        detail = one_line(line.detail, 400, "", zone)
        lead, owner = one_line(line.lead, 150), one_line(line.owner, 100, otherwise="nobody")
        written.append(f"• *{lead}* · {owner} · {one_line(line.what, 200)}")
        if detail:
            written.append(f"{_INDENT}{detail}")
    written += [f"… and {more} more"] if more else []
    return blocks.sections(written)


def _cut(lines: tuple[DigestLine, ...]) -> tuple[list[DigestLine], int]:
    """The lines of leads that are shown, and how many leads there are beyond them."""
    leads = [line for line in lines if line.lead][:LINES]
    return leads, _count(lines) - len(leads)


def _count(lines: tuple[DigestLine, ...]) -> int:
    """How many leads a list is about. A line without a lead says how many more there are."""
    return sum(1 if line.lead else _said_more(line.detail) for line in lines)


def _said_more(detail: Text) -> int:
    if isinstance(detail, str):  # stored before there were phrases: "and 5 more"
        return next((int(word) for word in detail.split() if word.isdecimal()), 0)
    first = detail.args[0] if detail.args else 0
    return int(first) if isinstance(first, int | float) else 0


def _summary(digest: DigestState) -> str:
    hello = f"Good morning, {one_line(digest.manager, 100)}." if digest.manager.strip() else ""
    if not (digest.new_breaches or digest.open_breaches or digest.at_risk):
        return f"{hello} ✔ No breaches, and nothing at risk today.".strip()
    new = _count(digest.new_breaches)
    counts = (
        f"*{new}* new {noun(new, 'breach', 'breaches')}, "
        f"*{_count(digest.open_breaches)}* still open, "
        f"*{_count(digest.at_risk)}* at risk today."
    )
    return f"{hello} {counts}".strip()


def _spoken(digest: DigestState) -> str:
    on = one_line(day_named(digest.day), 60)
    parts = [f"Your team on {on}. {_summary(digest).replace('*', '')}"]
    room = blocks.TOP_TEXT - len(parts[0])
    for title, lines in (
        ("New breach", digest.new_breaches),
        ("Still open", digest.open_breaches),
        ("At risk", digest.at_risk),
    ):
        leads, more = _cut(lines)
        rest = [f"{title}: {more} more."] if more else []
        for told in [*(_line_text(title, line, digest.zone) for line in leads), *rest]:
            room -= len(told) + 1
            if room < 0:
                return " ".join(parts)
            parts.append(told)
    return " ".join(parts)


def _line_text(title: str, line: DigestLine, zone: str) -> str:
    detail = spoken(line.detail, 120, "", zone)
    lead, owner = one_line(line.lead, 80), one_line(line.owner, 60, "nobody")
    return f"{title}: {lead}, {owner}, {one_line(line.what, 80)}, {detail}".rstrip(", ") + "."
