"""Boards in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from msgspec.structs import replace

from baton.adapters.dynamodb.boards import HOUR, MARGIN, MOST, OPEN_FOR, RANK, STEPS
from baton.domain.world.effects import NoticeState
from baton.presentation.slack.board import ENTRIES, ROOM, Board, entry_of, weigh


@dataclass
class _Opened:
    board: Board
    at: datetime
    rank: int
    limited: bool

    def takes(self, notice: NoticeState, now: datetime) -> bool:
        return self.may_take(notice, now) and self.has_room(notice)

    def may_take(self, notice: NoticeState, now: datetime) -> bool:
        young = now < self.at + OPEN_FOR and RANK[notice.level] <= self.rank
        return young or self.gathers(now)

    def gathers(self, now: datetime) -> bool:
        until = self.board.gathers_until
        return until is not None and now < until

    def counts(self, now: datetime) -> bool:
        return self.gathers(now) and len(self.board.entries) + len(self.board.beyond) < MOST

    def has_room(self, notice: NoticeState) -> bool:
        chars = sum(map(weigh, self.board.entries)) + weigh(entry_of(notice))
        return len(self.board.entries) < ENTRIES and chars <= ROOM


@dataclass
class FakeBoards:
    """Behaves as Boards does; see tests/adapters/dynamodb/test_boards.py."""

    #: Recipient -> boards in the order in which they were opened; the last one is current.
    opened: dict[str, list[_Opened]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def join(self, notice: NoticeState, now: datetime) -> Board:
        entry = entry_of(notice)
        with self._lock:
            boards = self.opened.setdefault(notice.to, [])
            if boards:
                current = boards[-1]
                board = current.board
                if board.holds(notice):
                    return board
                ids = [one.id for one in board.entries]
                entries = list(board.entries)
                if entry.id in ids:
                    older = entries[ids.index(entry.id)]
                    graver = RANK[entry.level] > RANK[older.level]
                    if not graver or current.may_take(notice, now):
                        entries[ids.index(entry.id)] = entry
                elif current.takes(notice, now):
                    entries.append(entry)
                elif current.counts(now):
                    beyond = (*board.beyond, entry.id)
                    current.board = replace(board, version=board.version + 1, beyond=beyond)
                    return current.board
                if tuple(entries) != board.entries:
                    version = board.version + 1
                    current.board = replace(board, version=version, entries=tuple(entries))
                    return current.board
                now = max(now, current.at + timedelta(microseconds=1))
            slot = f"board:{now:%Y-%m-%dT%H:%M:%S.%fZ}"
            limited = bool(notice.an_hour)
            lately = [one for one in boards if one.limited and one.at > now - HOUR]
            until = now + HOUR if limited and len(lately) >= notice.an_hour else None
            board = Board(notice.to, slot, 1, (entry,), until)
            boards.append(_Opened(board, now, RANK[notice.level], limited))
            return boards[-1].board

    def holding(self, notice: NoticeState, since: datetime) -> Board | None:
        for opened in self.opened.get(notice.to, [])[: -STEPS - 1 : -1]:
            if opened.board.holds(notice):
                return opened.board
            if opened.at < since - OPEN_FOR - MARGIN:
                return None
        return None
