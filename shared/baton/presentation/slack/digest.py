"""A manager's morning: new breaches, open breaches, and deadlines at risk today."""

from __future__ import annotations

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
    written = [f"{mark}*{title}* ({len(lines)})"]
    for line in lines[:LINES]:
        detail = one_line(line.detail, 400, "", zone)
        if not line.lead:
            written.append(detail)  # how many more there are
            continue
        lead, owner = one_line(line.lead, 150), one_line(line.owner, 100, otherwise="nobody")
        written.append(f"• *{lead}* · {owner} · {one_line(line.what, 200)}")
        if detail:
            written.append(f"{_INDENT}{detail}")
    if len(lines) > LINES:
        written.append(f"… and {len(lines) - LINES} more")
    return blocks.sections(written)


def _summary(digest: DigestState) -> str:
    hello = f"Good morning, {one_line(digest.manager, 100)}." if digest.manager.strip() else ""
    if not (digest.new_breaches or digest.open_breaches or digest.at_risk):
        return f"{hello} ✔ No breaches, and nothing at risk today.".strip()
    new = noun(len(digest.new_breaches), "breach", "breaches")
    counts = (
        f"*{len(digest.new_breaches)}* new {new}, "
        f"*{len(digest.open_breaches)}* still open, "
        f"*{len(digest.at_risk)}* at risk today."
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
        for line in lines[:LINES]:
            told = _line_text(title, line, digest.zone)
            room -= len(told) + 1
            if room < 0:
                return " ".join(parts)
            parts.append(told)
    return " ".join(parts)


def _line_text(title: str, line: DigestLine, zone: str) -> str:
    detail = spoken(line.detail, 120, "", zone)
    if not line.lead:
        return f"{title}: {detail}."
    lead, owner = one_line(line.lead, 80), one_line(line.owner, 60, "nobody")
    return f"{title}: {lead}, {owner}, {one_line(line.what, 80)}, {detail}".rstrip(", ") + "."
