"""Boards in the table: which breaches share a message.

    pk             BOARD#<to>
    sk             CURRENT, the one that takes entries; closed ones under their slot
    slot       S   board:<opened at>
    openedAt   N   epoch microseconds
    version    N   rises with each entry; the board's slot (see slots.py) says which is shown
    chars      N   what the entries take of a message
    ids        L   of the entries, apart, so that a condition can ask for one
    entries    L   id, title, lines, at, version; in the order in which they joined
    previous   S   slot of the board before
    expiresAt  N   epoch seconds; a day after the last entry

A closed board is kept because those on it may still be on their way: an attempt that failed, or
whose worker died, finds its board again here, by going back from board to board, and shows it. So
nobody has to guess from what Slack shows at the moment whether a notice was, or will be, shown by
another.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from botocore.exceptions import ClientError

from baton.adapters.aws import translated
from baton.adapters.ports import Retryable
from baton.core.effects import NoticeState
from baton.messages.board import (
    ENTRIES,
    ROOM,
    Board,
    Entry,
    entry_of,
    subject_of,
    weigh,
)

Item = dict[str, Any]

#: A board takes entries for so long after it was opened.
OPEN_FOR = timedelta(minutes=1)
#: Kept so long after the last entry, for those who come back.
KEPT_FOR = timedelta(days=1)
#: Clocks of two workers may differ by so much.
MARGIN = timedelta(minutes=1)
#: So many boards are looked through for one that a notice joined; in the usual outage a recipient
#: gets fewer. Beyond them only Slack knows (``Messenger.find``).
STEPS = 20
#: Tries to join. Only opening a board, or replacing an entry, can be lost to others, and then there
#: is a young board to join, so the third try is already rare.
TRIES = 6

_CURRENT = "CURRENT"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Boards:
    """Boards in Baton's table. *client* is a low-level boto3 ``dynamodb`` client."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def join(self, notice: NoticeState, now: datetime) -> Board:
        entry = entry_of(notice)
        for _ in range(TRIES):
            board, seen = self._append(notice.to, entry, now)
            if board is None and seen is not None:
                there = _board(notice.to, seen)
                if there.holds(notice):
                    return there
                if any(one.id == entry.id for one in there.entries):
                    board = self._replace(there, entry, seen)
                else:
                    board = self._open(notice.to, entry, now, seen)
            elif board is None:
                board = self._open(notice.to, entry, now, None)
            if board is not None:
                return board
        raise Retryable("boards: others were always faster")

    def holding(self, notice: NoticeState, since: datetime) -> Board | None:
        sk = _CURRENT
        for _ in range(STEPS):
            item = self._get(notice.to, sk)
            if item is None:
                return None
            board = _board(notice.to, item)
            if board.holds(notice):
                return board
            # It joined at *since* at the earliest, a board that was less than a minute old.
            if _number(item, "openedAt") < _micros(since - OPEN_FOR - MARGIN):
                return None
            if "previous" not in item:
                return None
            sk = item["previous"]["S"]
        return None

    def _append(self, to: str, entry: Entry, now: datetime) -> tuple[Board | None, Item | None]:
        """The current board with *entry* added; or None, and the current item if there is one."""
        weight = weigh(entry)
        try:
            with translated("boards"):
                answer = self._client.update_item(
                    TableName=self._table,
                    Key=_key(to, _CURRENT),
                    UpdateExpression="SET entries = list_append(entries, :entries),"
                    " ids = list_append(ids, :ids), version = version + :one,"
                    " chars = chars + :weight, expiresAt = :expires",
                    # Wins against a repetition of ourselves, also one whose answer was lost (the
                    # id is there), and against all who append or open at the same moment: whatever
                    # board is current when this is applied is young and has room, and keeps what
                    # they put on it.
                    ConditionExpression="openedAt > :minuteAgo AND NOT contains(ids, :id)"
                    " AND size(entries) < :most AND chars <= :room",
                    ExpressionAttributeValues={
                        ":entries": {"L": [_packed(entry)]},
                        ":one": {"N": "1"},
                        ":weight": {"N": str(weight)},
                        ":expires": {"N": _seconds(now + KEPT_FOR)},
                        ":ids": {"L": [{"S": entry.id}]},
                        ":minuteAgo": {"N": str(_micros(now - OPEN_FOR))},
                        ":id": {"S": entry.id},
                        ":most": {"N": str(ENTRIES)},
                        ":room": {"N": str(ROOM - weight)},
                    },
                    ReturnValues="ALL_NEW",
                    # Says why, without a second read.
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ClientError as error:
            response: Any = error.response  # the item in it is not in botocore's types
            return None, response.get("Item") or None
        return _board(to, answer["Attributes"]), None

    def _replace(self, board: Board, entry: Entry, seen: Item) -> Board | None:
        """The current board with a newer state of one of its entries; None if it has changed."""
        [index] = [n for n, one in enumerate(board.entries) if one.id == entry.id]
        chars = _number(seen, "chars") - weigh(board.entries[index]) + weigh(entry)
        try:
            with translated("boards"):
                answer = self._client.update_item(
                    TableName=self._table,
                    Key=_key(board.to, _CURRENT),
                    UpdateExpression=f"SET entries[{index}] = :entry, chars = :chars,"
                    " version = version + :one",
                    # Wins against a board opened meanwhile, where the index is another's entry,
                    # and against an entry added meanwhile, whose characters would be forgotten.
                    ConditionExpression="slot = :slot AND version = :seen",
                    ExpressionAttributeValues={
                        ":entry": _packed(entry),
                        ":chars": {"N": str(chars)},
                        ":one": {"N": "1"},
                        ":slot": {"S": board.slot},
                        ":seen": {"N": str(board.version)},
                    },
                    ReturnValues="ALL_NEW",
                )
        except ClientError:
            return None
        return _board(board.to, answer["Attributes"])

    def _open(self, to: str, entry: Entry, now: datetime, seen: Item | None) -> Board | None:
        """A new current board with *entry* alone; None if somebody else was faster."""
        opened = _micros(now)
        # Wins against another who opens the first board at the same moment: we join theirs.
        condition, values = "attribute_not_exists(pk)", {}
        if seen is not None:
            self._keep(seen)
            # Two boards that are opened at the same instant would share a slot.
            opened = max(opened, _number(seen, "openedAt") + 1)
            # Wins against another who opened a new board meanwhile (we join theirs), and against
            # one who still joined the old one, by a clock that is behind ours: what they added is
            # not in what we kept.
            condition = "slot = :was AND version = :seen"
            values = {":was": seen["slot"], ":seen": seen["version"]}
        board: Item = {
            "slot": {"S": _slot(opened)},
            "openedAt": {"N": str(opened)},
            "version": {"N": "1"},
            "chars": {"N": str(weigh(entry))},
            "ids": {"L": [{"S": entry.id}]},
            "entries": {"L": [_packed(entry)]},
            "expiresAt": {"N": _seconds(now + KEPT_FOR)},
        }
        if seen is not None:
            board["previous"] = seen["slot"]
        written = self._set(_key(to, _CURRENT), board, condition, values)
        return _board(to, board) if written else None

    def _keep(self, closing: Item) -> None:
        """Keep a board under its own slot. Done before its successor takes its place, so that there
        is no moment at which it cannot be found; done in vain, it does no harm."""
        key = {"pk": closing["pk"], "sk": closing["slot"]}
        board = {name: value for name, value in closing.items() if name not in key}
        # Wins against somebody who closes it with more entries than we saw.
        self._set(key, board, "attribute_not_exists(pk) OR version < :version", {})

    def _set(self, key: Item, attributes: Item, condition: str, values: Item) -> bool:
        """Write a whole board; False if *condition* does not hold. An update rather than a put,
        which only the writer of leads is allowed."""
        change = ", ".join(f"{name} = :{name}" for name in attributes)
        named = {f":{name}": value for name, value in attributes.items()}
        try:
            with translated("boards"):
                self._client.update_item(
                    TableName=self._table,
                    Key=key,
                    UpdateExpression=f"SET {change}",
                    ConditionExpression=condition,
                    ExpressionAttributeValues=named | values,
                )
        except ClientError:
            return False
        return True

    def _get(self, to: str, sk: str) -> Item | None:
        with translated("boards"):
            answer = self._client.get_item(
                TableName=self._table, Key=_key(to, sk), ConsistentRead=True
            )
        found: Item | None = answer.get("Item")
        return found


def _key(to: str, sk: str) -> Item:
    return {"pk": {"S": subject_of(to)}, "sk": {"S": sk}}


def _slot(opened: int) -> str:
    at = _EPOCH + opened * _MICROSECOND
    return f"board:{at:%Y-%m-%dT%H:%M:%S.%fZ}"


def _packed(entry: Entry) -> Item:
    return {
        "M": {
            "id": {"S": entry.id},
            "title": {"S": entry.title},
            "lines": {"L": [{"S": line} for line in entry.lines]},
            "at": {"S": entry.at.isoformat()},
            "version": {"N": str(entry.version)},
        }
    }


def _board(to: str, item: Item) -> Board:
    entries = tuple(
        Entry(
            id=entry["id"]["S"],
            title=entry["title"]["S"],
            lines=tuple(line["S"] for line in entry["lines"]["L"]),
            at=datetime.fromisoformat(entry["at"]["S"]),
            version=_number(entry, "version"),
        )
        for entry in (packed["M"] for packed in item["entries"]["L"])
    )
    return Board(to, item["slot"]["S"], _number(item, "version"), entries)


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _seconds(at: datetime) -> str:
    return str(ceil(at.timestamp()))


def _number(item: Item, name: str) -> int:
    return int(item[name]["N"])
