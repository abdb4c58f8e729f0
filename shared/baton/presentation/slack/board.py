"""A board as one message: see ``baton.domain.escalation.batching`` for what is on it.

A board with one entry is the notice it would have been without a board, to the letter. With more,
each entry reads like a notice of its own as long as Slack has blocks for that. A summary says that
it is one, and counts those for which it has no room.
"""

from __future__ import annotations

from baton.domain.escalation.batching import Board, Entry
from baton.presentation.slack import blocks
from baton.presentation.slack.blocks import Block, Rendered
from baton.presentation.slack.notice import MARK, SPOKEN, ZONE, render_notice
from baton.presentation.slack.text import dated, escape, one_line, spelled

#: Up to so many entries have their time in a block of its own, as a notice has.
_APART = 24
#: Entries shown, whatever a board holds.
_SHOWN = 45
#: Why a summary is one.
_MANY = "You have had many messages within an hour, so this one gathers the rest"


def render_board(board: Board) -> Rendered:
    if len(board.entries) == 1 and board.gathers_until is None:
        return render_notice(board.notices()[0])
    entries = board.entries[:_SHOWN]
    shown = [block for entry in entries for block in _blocks(entry, len(entries) <= _APART)]
    left = len(board.entries) - len(entries) + len(board.beyond)
    if left:
        shown.append(blocks.context(f"… and {left} more"))
    if board.gathers_until is not None:
        until = dated(board.gathers_until, ZONE)
        shown.insert(0, blocks.context(f"{_MANY} until {until}"))
    return Rendered(text=_spoken(board, entries), blocks=shown)


def _blocks(entry: Entry, apart: bool) -> list[Block]:
    when = dated(entry.at, ZONE)
    told = [f"{MARK[entry.level]}*{one_line(entry.title, 400)}*"]
    room = blocks.SECTION_TEXT - len(told[0]) - len(when) - 2
    for line in entry.lines:
        told.append(one_line(line, 500))
        room -= len(told[-1]) + 1
        if room < 0:
            told.pop()
            break
    if apart:
        return [blocks.section("\n".join(told)), blocks.context(when)]
    return [blocks.section("\n".join([*told, when]))]


def _spoken(board: Board, entries: tuple[Entry, ...]) -> str:
    """Every entry, with all its lines if they fit; else by its title, as much of it as fits."""
    breaches = all(entry.level == "breach" for entry in board.entries)
    count = len(board.entries) + len(board.beyond)
    head = f"{count} {'breaches' if breaches and not board.beyond else 'messages'}. "
    if board.gathers_until is not None:
        head += f"{_MANY} until {escape(spelled(board.gathers_until, ZONE))}. "
    # Of each share, what stands around a title: its sign, its time, a full stop.
    share = (blocks.TOP_TEXT - len(head)) // max(len(entries), 1)
    whole = [_told(entry, 400, entry.lines) for entry in entries]
    titles = [_told(entry, max(share - 40, 20), ()) for entry in entries]
    text = head + " ".join(whole)
    return text if len(text) <= blocks.TOP_TEXT else head + " ".join(titles)


def _told(entry: Entry, limit: int, lines: tuple[str, ...]) -> str:
    parts = [
        SPOKEN[entry.level] + one_line(entry.title, limit),
        *(one_line(line, 500).rstrip(".") for line in lines),
        escape(spelled(entry.at, ZONE)),
    ]
    return ". ".join(parts) + "."
