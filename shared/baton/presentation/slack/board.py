"""A board as one message: see ``baton.domain.escalation.batching`` for what is on it.

A board with one entry looks exactly like the single notice. With more, each entry looks like a
notice of its own as long as Slack's blocks suffice. A summary says that it is one, and counts the
notices that it has no room for.
"""

from __future__ import annotations

from collections.abc import Iterable

from baton.domain.escalation.batching import LINES, Board, Entry
from baton.domain.phrase import Text
from baton.domain.world.effects import NoticeState
from baton.presentation.slack import blocks
from baton.presentation.slack.blocks import Block, Rendered
from baton.presentation.slack.notice import LINE, SPOKEN, render_notice, shown, titled
from baton.presentation.slack.text import dated, escape, spoken
from baton.presentation.words import instant

#: Up to this many entries have their time in a separate block, as a notice has.
_APART = 24
#: Most entries shown, however many a board has.
_SHOWN = 45
#: Characters for the time of an entry and the signs around its title.
_FRAME = 100
#: The line that explains a summary.
_MANY = "You have had many messages within an hour, so this one gathers the rest"


def weight_of(notice: NoticeState) -> int:
    """Characters that *notice* takes of a board's message, an upper estimate."""
    return weigh((notice.title, *notice.lines[:LINES]), notice.zone)


def weigh(texts: Iterable[Text], zone: str = "UTC") -> int:
    """As ``weight_of``, for a notice given as its title and lines."""
    return _FRAME + sum(len(told) + 1 for told in shown(tuple(texts), zone))


def render_board(board: Board) -> Rendered:
    if len(board.entries) == 1 and board.gathers_until is None:
        return render_notice(board.notices()[0])
    entries = board.entries[:_SHOWN]
    parts = [block for entry in entries for block in _blocks(entry, len(entries) <= _APART)]
    left = len(board.entries) - len(entries) + len(board.beyond)
    if left:
        parts.append(blocks.context(f"… and {left} more"))
    if board.gathers_until is not None:
        until = dated(board.gathers_until, _zone(board))
        parts.insert(0, blocks.context(f"{_MANY} until {until}"))
    return Rendered(text=_spoken(board, entries), blocks=parts)


def _blocks(entry: Entry, apart: bool) -> list[Block]:
    when = dated(entry.at, entry.zone)
    told = [titled(entry.level, entry.title, entry.zone)]
    room = blocks.SECTION_TEXT - len(told[0]) - len(when) - 2
    for line in shown(entry.lines, entry.zone):
        told.append(line)
        room -= len(line) + 1
        if room < 0:
            told.pop()
            break
    if apart:
        return [blocks.section("\n".join(told)), blocks.context(when)]
    return [blocks.section("\n".join([*told, when]))]


def _spoken(board: Board, entries: tuple[Entry, ...]) -> str:
    """Every entry with all its lines if they fit; else with its title, cut to fit."""
    breaches = all(entry.level == "breach" for entry in board.entries)
    count = len(board.entries) + len(board.beyond)
    head = f"{count} {'breaches' if breaches and not board.beyond else 'messages'}. "
    if board.gathers_until is not None:
        head += f"{_MANY} until {escape(instant(board.gathers_until, _zone(board)))}. "
    # From each entry's share, subtract what surrounds a title: sign, time, full stop.
    share = (blocks.TOP_TEXT - len(head)) // max(len(entries), 1)
    whole = [_entry_text(entry, 400, entry.lines) for entry in entries]
    titles = [_entry_text(entry, max(share - 40, 20), ()) for entry in entries]
    text = head + " ".join(whole)
    return text if len(text) <= blocks.TOP_TEXT else head + " ".join(titles)


def _zone(board: Board) -> str:
    return board.entries[-1].zone


def _entry_text(entry: Entry, limit: int, lines: tuple[Text, ...]) -> str:
    parts = [
        SPOKEN[entry.level] + spoken(entry.title, limit, zone=entry.zone),
        *(spoken(line, LINE, "", entry.zone).rstrip(".") for line in lines),
        escape(instant(entry.at, entry.zone)),
    ]
    return ". ".join(filter(None, parts)) + "."
