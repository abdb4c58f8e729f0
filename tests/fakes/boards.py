"""Boards in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from msgspec.structs import replace

from baton.adapters.dynamodb.boards import MARGIN, STEPS
from baton.domain.escalation.batching import OPEN_FOR, Board, entry_of, open_board, step
from baton.domain.world.effects import NoticeState
from baton.presentation.slack.board import weight_of


@dataclass
class FakeBoards:
    """Behaves as Boards does; see tests/adapters/dynamodb/test_boards.py."""

    #: Recipient -> boards in the order in which they were opened; the last one is current.
    opened: dict[str, list[Board]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def join(self, notice: NoticeState, now: datetime) -> Board:
        entry = entry_of(notice, weight_of(notice))
        with self._lock:
            boards = self.opened.setdefault(notice.to, [])
            current = boards[-1] if boards else None
            what = step(current, entry, now)
            if current is None or what == "open":
                boards.append(open_board(notice, entry, current, now))
            elif what != "there":
                if what == "count":
                    changed = replace(current, beyond=(*current.beyond, entry.id))
                elif what == "join":
                    changed = replace(current, entries=(*current.entries, entry))
                else:
                    entries = (entry if one.id == entry.id else one for one in current.entries)
                    changed = replace(current, entries=tuple(entries))
                boards[-1] = replace(changed, version=current.version + 1)
            return boards[-1]

    def find_board(self, notice: NoticeState, since: datetime) -> Board | None:
        for board in self.opened.get(notice.to, [])[: -STEPS - 1 : -1]:
            if board.holds(notice):
                return board
            if board.opened_at < since - OPEN_FOR - MARGIN:
                return None
        return None
