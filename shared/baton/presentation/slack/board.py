"""A board as one message: see ``baton.domain.escalation.batching`` for what is on it.

A board with one entry looks exactly like the single notice. With more, each entry looks like a
notice of its own as long as Slack's blocks suffice. A summary says that it is one, and counts the
notices that it has no room for.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from baton.domain.escalation.batching import LINES, Board, Entry
from baton.domain.phrase import Text
from baton.domain.world.effects import NoticeState
from baton.presentation.cutting import units
from baton.presentation.slack import blocks, budget
from baton.presentation.slack.blocks import Block, Rendered
from baton.presentation.slack.notice import LINE, SPOKEN, TITLE, first, render_notice, shown, titled
from baton.presentation.slack.text import dated, escape, spoken
from baton.presentation.words import instant

#: How close entries stand: each with its time in a block of its own, as a notice has it; each in
#: one block; several in one block, a line between them.
_APART, _EACH, _CLOSE = 2, 1, 0
#: Most entries shown, however many a board has.
_SHOWN = 45
#: Characters for the time of an entry, the signs around its title, and the line after it.
_FRAME = 110
#: The line that explains a summary.
_MANY = "You have had many messages within an hour, so this one gathers the rest"


class Room(Struct, frozen=True):
    """How much of each part a board shows: how many, and how many characters of each."""

    form: int = _APART
    entries: int = _SHOWN
    lines: int = LINES
    line: int = LINE
    title: int = TITLE


#: What goes first: the space between entries; the end of long lines; lines, from the end; the end
#: of titles; then entries from the end, which are counted.
_ROOMS = budget.levels(
    Room(),
    ("form", (_EACH, _CLOSE)),
    ("line", budget.shrinking(LINE, 150)),
    ("lines", budget.counting_down(LINES - 1, 0)),
    ("title", budget.shrinking(TITLE, 200)),
    ("entries", budget.counting_down(_SHOWN - 1, 1)),
)
_SPOKEN_ROOMS = budget.levels(
    Room(title=400),
    ("line", budget.shrinking(LINE, 150)),
    ("lines", budget.counting_down(LINES - 1, 0)),
    ("title", (*budget.shrinking(400, 120), *range(115, 35, -5))),
    ("entries", budget.counting_down(_SHOWN - 1, 1)),
)


def weight_of(notice: NoticeState) -> int:
    """Characters that *notice* takes of a board's message as it is sent, an upper estimate."""
    return weigh((notice.title, *notice.lines[:LINES]), notice.zone)


def weigh(texts: Iterable[Text], zone: str = "UTC") -> int:
    """As ``weight_of``, for a notice given as its title and lines."""
    told = shown(tuple(texts), zone)
    return _FRAME + sum(map(budget.json_length, told))


def render_board(board: Board) -> Rendered:
    if len(board.entries) == 1 and board.gathers_until is None:
        return render_notice(board.notices()[0])
    return Rendered(
        text=budget.text_within(_SPOKEN_ROOMS, lambda room: _spoken(board, room)),
        blocks=budget.blocks_within(_ROOMS, lambda room: _blocks(board, room)),
    )


def _blocks(board: Board, room: Room) -> list[Block]:
    told = [_lines(entry, room) for entry in board.entries[: room.entries]]
    if room.form == _CLOSE:
        parts = blocks.sections(("\n".join(lines) for lines in told), between="\n\n")
    elif room.form == _EACH:
        parts = [blocks.section("\n".join(lines)) for lines in told]
    else:
        parts = [
            part
            for *lines, when in told
            for part in (blocks.section("\n".join(lines)), blocks.context(when))
        ]
    if left := _left(board, room):
        parts.append(blocks.context(f"… and {left} more"))
    if board.gathers_until is not None:
        until = dated(board.gathers_until, _zone(board))
        parts.insert(0, blocks.context(f"{_MANY} until {until}"))
    return parts


def _lines(entry: Entry, room: Room) -> list[str]:
    """*entry* as it is shown: its title, its lines as far as they fit into a section, its time."""
    title = titled(entry.level, entry.title, entry.zone, room.title)
    when = dated(entry.at, entry.zone)
    left = blocks.SECTION_TEXT - units(f"{title}\n\n{when}")
    lines = shown(entry.lines, entry.zone, room.line) if room.lines else []
    for most in range(min(room.lines, len(lines)), 0, -1):
        told = first(lines, most)
        if units("\n".join(told)) <= left:
            return [title, *told, when]
    return [title, "…", when] if entry.lines else [title, when]


def _left(board: Board, room: Room) -> int:
    """Notices that are only counted."""
    return max(len(board.entries) - room.entries, 0) + len(board.beyond)


def _spoken(board: Board, room: Room) -> str:
    entries = board.entries[: room.entries]
    breaches = all(entry.level == "breach" for entry in board.entries)
    count = len(board.entries) + len(board.beyond)
    head = f"{count} {'breaches' if breaches and not board.beyond else 'messages'}. "
    if board.gathers_until is not None:
        head += f"{_MANY} until {escape(instant(board.gathers_until, _zone(board)))}. "
    rest = [f"And {left} more."] if (left := _left(board, room)) else []
    return head + " ".join([*(_entry_text(entry, room) for entry in entries), *rest])


def _zone(board: Board) -> str:
    return board.entries[-1].zone


def _entry_text(entry: Entry, room: Room) -> str:
    lines = (spoken(line, room.line, "", entry.zone).rstrip(".") for line in entry.lines)
    parts = [
        SPOKEN[entry.level] + spoken(entry.title, room.title, zone=entry.zone),
        *(first([line for line in lines if line], room.lines) if room.lines else ()),
        escape(instant(entry.at, entry.zone)),
    ]
    return ". ".join(parts) + "."
