"""Which notices share a message: those of one minute for one recipient, and those over an hourly
limit.

A notice joins its recipient's current board while that board is young, has room, and was opened by
a notice at least as severe. Otherwise it opens a new board. A board opened beyond the recipient's
hourly limit is a summary: for an hour it takes every notice, and only counts those it has no room
for.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from baton.domain.phrase import Phrase, Text
from baton.domain.time import EARLIEST
from baton.domain.world.effects import NoticeState
from baton.domain.world.events import Level

#: How long after its opening a board takes entries.
OPEN_FOR = timedelta(minutes=1)
#: How long a summary takes notices; also the period over which a recipient's messages are counted.
HOUR = timedelta(hours=1)
#: How severe a notice is, by its level.
RANK: dict[Level, int] = {"info": 0, "warning": 1, "breach": 2}
#: Entries a board takes. With a block or two around them they stay below Slack's 50 blocks.
ENTRIES = 40
#: Limit on the total weight of a board's entries: what a message may hold in all, less the blocks
#: around them, the line that explains a summary and the one that counts the rest. Boards filled by
#: an older Baton may weigh more; then lines are left out of the message.
ROOM = 8_200
#: Most notices of a summary, including those only counted; keeps the item far below DynamoDB's 400
#: KB.
MOST = 2_000
#: Characters kept of each text in an entry; longer lines are cut when they are shown.
_LONGEST = 700
_SPACES = re.compile(r"\s+")
#: Lines of a notice that are shown; a longer text belongs in a report.
LINES = 20

#: What a notice does to its recipient's current board: it is already on it, joins it, replaces its
#: older state there, is only counted by it, or opens a new board.
Step = Literal["there", "join", "replace", "count", "open"]


class Entry(Struct, frozen=True):
    """One notice on a board."""

    #: ``<subject>/<slot>`` of its notice.
    id: str
    title: Text
    lines: tuple[Text, ...]
    at: datetime
    #: Of the notice.
    version: int
    #: Characters that it takes of a message, as it is sent.
    weight: int
    level: Level = "breach"
    #: IANA zone of its reader.
    zone: str = "UTC"

    @property
    def mark(self) -> str:
        """A short name for this state of the notice, for Slack's metadata."""
        return _mark(self.id, self.version)


class Board(Struct, frozen=True):
    """What one message to *to* should show. A board has its own slot, and a state like any effect.

    Entries are only ever added, or replaced by newer states of themselves, and each time the
    version rises: showing a version shows every entry that was on the board by then.
    """

    to: str
    #: ``board:<opened at>``.
    slot: str
    version: int
    #: In the order in which they joined.
    entries: tuple[Entry, ...]
    #: Set on a summary (notices beyond the reader's hourly limit): until when it takes notices.
    gathers_until: datetime | None = None
    #: Ids of notices for which a summary has no room: they are counted.
    beyond: tuple[str, ...] = ()
    opened_at: datetime = EARLIEST
    #: Severity of the first notice. A more severe one opens a new board, because Slack does not
    #: notify on edits.
    severity: Level = "breach"
    #: For a recipient with a limit: when their boards of the past hour were opened, this one
    #: included.
    openings: tuple[datetime, ...] = ()

    @property
    def subject(self) -> str:
        return subject_of(self.to)

    @property
    def marks(self) -> tuple[str, ...]:
        return tuple(entry.mark for entry in self.entries)

    @property
    def weight(self) -> int:
        """Characters that its entries take of a message, as it is sent."""
        return sum(entry.weight for entry in self.entries)

    def gathers(self, now: datetime) -> bool:
        """Whether it is a summary that still takes notices."""
        return self.gathers_until is not None and now < self.gathers_until

    def notices(self) -> tuple[NoticeState, ...]:
        """The entries, turned back into notices."""
        return tuple(_notice(self.to, entry) for entry in self.entries)

    def holds(self, notice: NoticeState) -> bool:
        """Whether the board has *notice* in this state or a newer one."""
        id_ = id_of(notice)
        return id_ in self.beyond or any(
            one.id == id_ and one.version >= notice.version for one in self.entries
        )


def step(board: Board | None, entry: Entry, now: datetime) -> Step:
    """What *entry* does to *board*, the current one of its recipient; None: there is none."""
    if board is None:
        return "open"
    if entry.id in board.beyond:
        return "there"
    older = next((one for one in board.entries if one.id == entry.id), None)
    if older is not None and older.version >= entry.version:
        return "there"
    if older is not None:
        # Slack does not notify on edits, so replace in place only if the notice is no more severe
        # than before, or could join the board as a new one.
        silent = RANK[entry.level] <= RANK[older.level] or takes(board, entry.level, now)
        return "replace" if silent else "open"
    if takes(board, entry.level, now) and has_room(board, entry):
        return "join"
    counted = board.gathers(now) and len(board.entries) + len(board.beyond) < MOST
    return "count" if counted else "open"


def takes(board: Board, level: Level, now: datetime) -> bool:
    """Whether *board* takes a notice of *level* at *now*, not counting room. From one minute after
    its opening it does not.
    """
    young = now < board.opened_at + OPEN_FOR and RANK[level] <= RANK[board.severity]
    return young or board.gathers(now)


def has_room(board: Board, entry: Entry) -> bool:
    return len(board.entries) < ENTRIES and board.weight + entry.weight <= ROOM


def open_board(notice: NoticeState, entry: Entry, current: Board | None, now: datetime) -> Board:
    """The board that *notice*, as *entry*, opens after *current*: a summary if the recipient has
    reached their limit in the hour before. An opening exactly one hour ago does not count.
    """
    at = now
    if current is not None:
        # Two boards that are opened at the same instant would share a slot.
        at = max(now, current.opened_at + timedelta(microseconds=1))
    # Keep the openings even on a board that does not count itself: the earlier messages were sent.
    lately = tuple(one for one in (current.openings if current else ()) if one > at - HOUR)
    too_many = bool(notice.an_hour) and len(lately) >= notice.an_hour
    return Board(
        to=notice.to,
        slot=f"board:{at:%Y-%m-%dT%H:%M:%S.%fZ}",
        version=1,
        entries=(entry,),
        gathers_until=at + HOUR if too_many else None,
        opened_at=at,
        severity=notice.level,
        openings=(*lately, at) if notice.an_hour else lately,
    )


def subject_of(to: str) -> str:
    return f"BOARD#{to}"


def id_of(notice: NoticeState) -> str:
    return f"{notice.subject}/{notice.slot}"


def mark_of(notice: NoticeState) -> str:
    """The mark in a board message's metadata that says it shows *notice*."""
    return _mark(id_of(notice), notice.version)


def entry_of(notice: NoticeState, weight: int) -> Entry:
    """*notice* as an entry of *weight* characters, with everything of it that is shown."""
    lines = tuple(_kept(line) for line in notice.lines[:LINES])
    return Entry(
        id_of(notice),
        _kept(notice.title),
        lines,
        notice.at,
        notice.version,
        weight,
        notice.level,
        notice.zone,
    )


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
        zone=entry.zone,
    )


def _kept(text: Text) -> Text:
    """*text* as it is stored: each part cut to the length that is shown of a line."""
    if isinstance(text, str):
        one_line = _SPACES.sub(" ", text.encode("utf-8", "replace").decode("utf-8"))
        return one_line[:_LONGEST]
    parts = (_kept(one) if isinstance(one, str | Phrase) else one for one in text.args)
    return replace(text, id=str(_kept(text.id)), args=tuple(parts))


def _mark(id_: str, version: int) -> str:
    return sha256(f"{id_}@{version}".encode("utf-8", "replace")).hexdigest()[:16]
