"""A manager's morning: new breaches, open breaches, and deadlines at risk today."""

from __future__ import annotations

from msgspec import Struct

from baton.domain.phrase import Phrase, Text
from baton.domain.world.effects import DigestLine, DigestState
from baton.presentation.slack import blocks, budget
from baton.presentation.slack.blocks import Block, Rendered
from baton.presentation.slack.text import one_line, spoken
from baton.presentation.words import counted, day_named, noun

#: Most lines shown per list; the rest is counted.
LINES = 15


class Room(Struct, frozen=True):
    """How much of each part a digest shows: how many, and how many characters of each."""

    lines: int = LINES
    detail: int = 400
    what: int = 200
    lead: int = 150
    owner: int = 100


#: What goes first: the end of long details and names, then lines from the end of each list, which
#: are counted, then the details. The counts always stay.
_ROOMS = budget.levels(
    Room(),
    ("detail", budget.shrinking(400, 150)),
    ("what", (100,)),
    ("lead", (100,)),
    ("owner", (60,)),
    ("lines", budget.counting_down(LINES - 1, 8)),
    ("detail", (100, 0)),
    ("lead", (60,)),
    ("lines", budget.counting_down(7, 0)),
)
_SPOKEN_ROOMS = budget.levels(
    Room(detail=120, what=80, lead=80, owner=60),
    ("detail", (90, 70)),
    ("lead", (60, 45)),
    ("owner", (40,)),
    ("detail", (0,)),
    ("lines", budget.counting_down(LINES - 1, 0)),
)

_LISTS = (
    ("✖ ", "New breaches"),
    ("⚠ ", "Still open"),
    ("", "At risk today"),
)
#: Spaces that neither Slack nor a browser folds into one.
_INDENT = "\u2003"


def render_digest(digest: DigestState) -> Rendered:
    return Rendered(
        text=budget.text_within(_SPOKEN_ROOMS, lambda room: _spoken(digest, room)),
        blocks=budget.blocks_within(_ROOMS, lambda room: _blocks(digest, room)),
    )


def _blocks(digest: DigestState, room: Room) -> list[Block]:
    lists = (digest.new_breaches, digest.open_breaches, digest.at_risk)
    shown = [
        blocks.header(f"Your team on {day_named(digest.day)}"),
        blocks.section(_summary(digest)),
        *blocks.sections(_remarks(digest)),
    ]
    for (mark, title), lines in zip(_LISTS, lists, strict=True):
        if _count(lines):
            written = [f"{mark}*{title}* ({_count(lines)})", *_list(lines, room, digest.zone)]
            shown += [blocks.divider(), *blocks.sections(written)]
    return shown


def _list(lines: tuple[DigestLine, ...], room: Room, zone: str) -> list[str]:
    written = []
    leads, more = _cut(lines, room)
    for line in leads:
        lead, owner = one_line(line.lead, room.lead), one_line(line.owner, room.owner, "nobody")
        written.append(f"• *{lead}* · {owner} · {one_line(line.what, room.what)}")
        detail = one_line(line.detail, room.detail, "", zone) if room.detail else ""
        if detail:
            written.append(f"{_INDENT}{detail}")
    return [*written, f"… and {_more(more, room)}"] if more else written


def _more(count: int, room: Room) -> str:
    return counted(count, "more lead" if room.lines else "lead")


def _cut(lines: tuple[DigestLine, ...], room: Room) -> tuple[list[DigestLine], int]:
    """The lines of leads that are shown, and how many leads there are beyond them."""
    leads = [line for line in lines if line.lead][: room.lines]
    return leads, _count(lines) - len(leads)


def _count(lines: tuple[DigestLine, ...]) -> int:
    """How many leads a list is about. A line without a lead says how many more there are."""
    about = [line for line in lines if not _is_remark(line)]
    return sum(1 if line.lead else _said_more(line.detail) for line in about)


def _is_remark(line: DigestLine) -> bool:
    """Whether the line is about no lead, nor about how many more there are."""
    return not line.lead and isinstance(line.detail, Phrase) and line.detail.id != "digest.more"


def _remarks(digest: DigestState) -> list[str]:
    """In place of whom it is read, and since when breaches are new."""
    remarks = [line for line in digest.new_breaches if _is_remark(line)]
    return [one_line(line.detail, 250, "", digest.zone) for line in remarks]


def _said_more(detail: Text) -> int:
    if isinstance(detail, str):  # stored before there were phrases: "and 5 more"
        return next((int(word) for word in detail.split() if word.isdecimal()), 0)
    first = detail.args[0] if detail.args else 0
    return int(first) if isinstance(first, int | float) else 0


def _summary(digest: DigestState) -> str:
    hello = f"Good morning, {one_line(digest.manager, 100)}." if digest.manager.strip() else ""
    new = _count(digest.new_breaches)
    if not (new or _count(digest.open_breaches) or _count(digest.at_risk)):
        return f"{hello} ✔ No breaches, and nothing at risk today.".strip()
    counts = (
        f"*{new}* new {noun(new, 'breach', 'breaches')}, "
        f"*{_count(digest.open_breaches)}* still open, "
        f"*{_count(digest.at_risk)}* at risk today."
    )
    return f"{hello} {counts}".strip()


def _spoken(digest: DigestState, room: Room) -> str:
    on = one_line(day_named(digest.day), 60)
    parts = [f"Your team on {on}. {_summary(digest).replace('*', '')}", *_said(digest)]
    for title, lines in (
        ("New breach", digest.new_breaches),
        ("Still open", digest.open_breaches),
        ("At risk", digest.at_risk),
    ):
        leads, more = _cut(lines, room)
        parts += [_line_text(title, line, room, digest.zone) for line in leads]
        parts += [f"{title}: {_more(more, room)}."] if more else []
    return " ".join(parts)


def _said(digest: DigestState) -> list[str]:
    """The remarks as plain text."""
    remarks = [line for line in digest.new_breaches if _is_remark(line)]
    return [spoken(line.detail, 250, "", digest.zone) for line in remarks]


def _line_text(title: str, line: DigestLine, room: Room, zone: str) -> str:
    detail = spoken(line.detail, room.detail, "", zone) if room.detail else ""
    lead, owner = one_line(line.lead, room.lead), one_line(line.owner, room.owner, "nobody")
    what = one_line(line.what, room.what)
    return f"{title}: {lead}, {owner}, {what}, {detail}".rstrip(", ") + "."
