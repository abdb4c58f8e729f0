"""Notices of one minute for one recipient, or all that are too many for an hour, as one message.

A board with one entry is the notice it would have been without a board, to the letter. With more,
each entry reads like a notice of its own as long as Slack has blocks for that. A summary says that
it is one, and counts those for which it has no room.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from msgspec import Struct

from baton.domain.world.effects import NoticeState
from baton.domain.world.events import Level
from baton.presentation.slack import blocks
from baton.presentation.slack.blocks import Block, Rendered
from baton.presentation.slack.notice import LINES, MARK, SPOKEN, ZONE, render_notice
from baton.presentation.slack.text import dated, escape, one_line, spelled

#: Entries a board takes. With a block or two around them they stay below Slack's 50 blocks.
ENTRIES = 40
#: Characters of its entries, as ``weigh`` counts them. Slack refuses a message whose blocks hold
#: too much text (``msg_blocks_too_long``) without documenting the limit; people measured 9,600
#: taken and 11,300 refused.
ROOM = 9_000
#: Up to so many entries have their time in a block of its own, as a notice has.
_APART = 24
#: Entries shown, whatever a board holds.
_SHOWN = 45
#: What the time of an entry, and the signs around its title, take.
_FRAME = 100
#: Why a summary is one.
_MANY = "You have had many messages within an hour, so this one gathers the rest"
#: Longer titles and lines are cut when they are shown; so much is kept of them.
_TITLE, _LINE = 500, 600


class Entry(Struct, frozen=True):
    """One notice on a board."""

    #: ``<subject>/<slot>`` of its notice.
    id: str
    title: str
    lines: tuple[str, ...]
    at: datetime
    #: Of the notice.
    version: int
    level: Level = "breach"

    @property
    def mark(self) -> str:
        """Names this state of the notice in a few characters, for Slack's metadata."""
        return _mark(self.id, self.version)


class Board(Struct, frozen=True):
    """What one message to *to* should show; a slot of its own, and a state of it like any effect.

    Entries are only ever added, or replaced by newer states of themselves, and each time the
    version rises: whoever shows a version shows every entry that was there by then.
    """

    to: str
    #: ``board:<opened at>``.
    slot: str
    version: int
    #: In the order in which they joined.
    entries: tuple[Entry, ...]
    #: It is the summary of what its reader gets beyond the messages of an hour, until then.
    gathers_until: datetime | None = None
    #: Ids of notices for which a summary has no room: they are counted.
    beyond: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        return subject_of(self.to)

    @property
    def marks(self) -> tuple[str, ...]:
        return tuple(entry.mark for entry in self.entries)

    def notices(self) -> tuple[NoticeState, ...]:
        """The entries as the notices they came as."""
        return tuple(_notice(self.to, entry) for entry in self.entries)

    def holds(self, notice: NoticeState) -> bool:
        """Whether *notice* is on it as it is, or as something newer."""
        id_ = id_of(notice)
        return id_ in self.beyond or any(
            one.id == id_ and one.version >= notice.version for one in self.entries
        )


def subject_of(to: str) -> str:
    return f"BOARD#{to}"


def id_of(notice: NoticeState) -> str:
    return f"{notice.subject}/{notice.slot}"


def mark_of(notice: NoticeState) -> str:
    """The mark by which a board's message says that it shows *notice*."""
    return _mark(id_of(notice), notice.version)


def entry_of(notice: NoticeState) -> Entry:
    """*notice* as an entry: all of it that can be shown."""
    lines = tuple(_kept(line, _LINE) for line in notice.lines[:LINES] if line.strip())
    title = _kept(notice.title, _TITLE)
    return Entry(id_of(notice), title, lines, notice.at, notice.version, notice.level)


def weigh(entry: Entry) -> int:
    """Characters that the entry takes of a message, rather more than less."""
    return _FRAME + sum(len(escape(text)) + 1 for text in (entry.title, *entry.lines))


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


def _notice(to: str, entry: Entry) -> NoticeState:
    subject, _, slot = entry.id.partition("/")
    return NoticeState(
        subject=subject,
        slot=slot,
        version=entry.version,
        to=to,
        level=entry.level,
        title=entry.title,
        lines=entry.lines,
        at=entry.at,
    )


def _kept(text: str, limit: int) -> str:
    """One line that a store takes, still as it came in all that matters to rendering."""
    return " ".join(text.split()).encode("utf-8", "replace").decode("utf-8")[:limit]


def _mark(id_: str, version: int) -> str:
    return sha256(f"{id_}@{version}".encode("utf-8", "replace")).hexdigest()[:16]
