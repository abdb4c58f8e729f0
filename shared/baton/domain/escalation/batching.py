"""Which notices share a message: those of a minute for one recipient, and what is too many an hour.

A notice joins its recipient's current board while that is young, has room, and was opened by
something as severe. Else it opens a new board. A board that is opened beyond the recipient's
messages an hour is a summary: for an hour it takes everything, and counts what it has no room for.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

from msgspec import Struct

from baton.domain.phrase import Text
from baton.domain.time import EARLIEST
from baton.domain.world.effects import NoticeState
from baton.domain.world.events import Level

#: A board takes entries for so long after it was opened.
OPEN_FOR = timedelta(minutes=1)
#: How long a summary gathers, and over how long the messages of a recipient are counted.
HOUR = timedelta(hours=1)
#: How severe a notice is, by its level.
RANK: dict[Level, int] = {"info": 0, "warning": 1, "breach": 2}
#: Entries a board takes. With a block or two around them they stay below Slack's 50 blocks.
ENTRIES = 40
#: Characters of its entries, by their weight. Slack refuses a message whose blocks hold
#: too much text (``msg_blocks_too_long``) without documenting the limit; people measured 9,600
#: taken and 11,300 refused.
ROOM = 9_000
#: Notices of a summary, those counted included; the item stays far below DynamoDB's 400 KB.
MOST = 2_000
#: Lines of a notice that are shown; one that has more to say is a report.
LINES = 20

#: What a notice does to the board that is its recipient's now: it is on it already, joins it, takes
#: the place of its older state there, is counted by it, or opens a new one.
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
    #: Characters that it takes of a message.
    weight: int
    level: Level = "breach"
    #: IANA zone of its reader.
    zone: str = "UTC"

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
    opened_at: datetime = EARLIEST
    #: Of the notice that opened it; nothing more severe joins, as an edit notifies nobody.
    severity: Level = "breach"
    #: When boards were opened for a limited recipient within the hour before, and this one.
    openings: tuple[datetime, ...] = ()

    @property
    def subject(self) -> str:
        return subject_of(self.to)

    @property
    def marks(self) -> tuple[str, ...]:
        return tuple(entry.mark for entry in self.entries)

    @property
    def weight(self) -> int:
        """Characters that its entries take of a message."""
        return sum(entry.weight for entry in self.entries)

    def gathers(self, now: datetime) -> bool:
        """Whether it is a summary that is not over."""
        return self.gathers_until is not None and now < self.gathers_until

    def notices(self) -> tuple[NoticeState, ...]:
        """The entries as the notices they came as."""
        return tuple(_notice(self.to, entry) for entry in self.entries)

    def holds(self, notice: NoticeState) -> bool:
        """Whether *notice* is on it as it is, or as something newer."""
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
        # An edit notifies nobody: only what is no more severe, or might join if it were new.
        silent = RANK[entry.level] <= RANK[older.level] or takes(board, entry.level, now)
        return "replace" if silent else "open"
    if takes(board, entry.level, now) and has_room(board, entry):
        return "join"
    counted = board.gathers(now) and len(board.entries) + len(board.beyond) < MOST
    return "count" if counted else "open"


def takes(board: Board, level: Level, now: datetime) -> bool:
    """Whether *board* takes a notice of *level* at *now*, room apart. A minute after it was opened
    it does not any more."""
    young = now < board.opened_at + OPEN_FOR and RANK[level] <= RANK[board.severity]
    return young or board.gathers(now)


def has_room(board: Board, entry: Entry) -> bool:
    return len(board.entries) < ENTRIES and board.weight + entry.weight <= ROOM


def opened(notice: NoticeState, entry: Entry, current: Board | None, now: datetime) -> Board:
    """The board that *notice*, as *entry*, opens after *current*: a summary, if its recipient had
    as many as they may get in the hour before. An opening an hour ago to the microsecond does not
    count."""
    at = now
    if current is not None:
        # Two boards that are opened at the same instant would share a slot.
        at = max(now, current.opened_at + timedelta(microseconds=1))
    # Kept also by a board that does not count: those before it were sent.
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
    """The mark by which a board's message says that it shows *notice*."""
    return _mark(id_of(notice), notice.version)


def entry_of(notice: NoticeState, weight: int) -> Entry:
    """*notice* as an entry that takes *weight* characters of a message: all of it that is shown."""
    return Entry(
        id_of(notice),
        notice.title,
        notice.lines[:LINES],
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


def _mark(id_: str, version: int) -> str:
    return sha256(f"{id_}@{version}".encode("utf-8", "replace")).hexdigest()[:16]
