"""Boards in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from msgspec.structs import replace

from baton.adapters.boards import MARGIN, OPEN_FOR, STEPS
from baton.core.effects import NoticeState
from baton.messages.board import ENTRIES, ROOM, Board, entry_of, weigh


@dataclass
class _Opened:
    board: Board
    at: datetime

    def takes(self, notice: NoticeState, now: datetime) -> bool:
        full = len(self.board.entries) >= ENTRIES
        chars = sum(map(weigh, self.board.entries)) + weigh(entry_of(notice))
        return now < self.at + OPEN_FOR and not full and chars <= ROOM


@dataclass
class FakeBoards:
    """Behaves as Boards does; see tests/adapters/test_boards.py."""

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
                    entries[ids.index(entry.id)] = entry
                elif current.takes(notice, now):
                    entries.append(entry)
                if tuple(entries) != board.entries:
                    version = board.version + 1
                    current.board = replace(board, version=version, entries=tuple(entries))
                    return current.board
                now = max(now, current.at + timedelta(microseconds=1))
            slot = f"board:{now:%Y-%m-%dT%H:%M:%S.%fZ}"
            boards.append(_Opened(Board(notice.to, slot, 1, (entry,)), now))
            return boards[-1].board

    def holding(self, notice: NoticeState, since: datetime) -> Board | None:
        for opened in self.opened.get(notice.to, [])[: -STEPS - 1 : -1]:
            if opened.board.holds(notice):
                return opened.board
            if opened.at < since - OPEN_FOR - MARGIN:
                return None
        return None
