"""Boards in the table. ``baton.domain.escalation.batching`` decides which notices share one.

    pk             BOARD#<to>
    sk             CURRENT, the one that takes entries; closed ones under their slot
    slot       S   board:<opened at>
    openedAt   N   epoch microseconds
    version    N   rises with each entry; the board's slot (see slots.py) has the shown one
    chars      N   what the entries take of a message
    ids        L   of the entries, separately, so that a condition can test for one
    rank       N   severity of the first notice
    openings   L   when boards were opened for a limited recipient within the last hour
    until      N   epoch microseconds; it is a summary, and takes entries until then
    entries    L   id, said (title and lines), weight, at, version, level, zone; in the order in
                   which they joined
    previous   S   slot of the board before
    expiresAt  N   epoch seconds; a day after the last entry
    schema     N   see schema.py

A closed board is kept because some of its entries may not be shown yet. When a delivery failed or
its worker died, the next attempt finds the board here, going back from board to board, and shows
it. It need not guess from Slack whether another delivery has shown the notice, or will.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

import msgspec
from botocore.exceptions import ClientError

from baton.adapters.aws.errors import translated
from baton.adapters.dynamodb.schema import NAME, NOT_NEWER, check, number, value
from baton.domain.escalation import batching
from baton.domain.escalation.batching import (
    ENTRIES,
    OPEN_FOR,
    RANK,
    ROOM,
    Board,
    Entry,
    entry_of,
    subject_of,
)
from baton.domain.phrase import Text
from baton.domain.world.effects import NoticeState
from baton.domain.world.events import Level
from baton.failures import Retryable
from baton.presentation.slack.board import weigh, weight_of

Item = dict[str, Any]

_SOMETIMES = ("until", "openings", "previous")
#: How long a board is kept after its last entry, for deliveries that are tried again.
KEPT_FOR = timedelta(days=1)
#: Most that the clocks of two workers may differ.
MARGIN = timedelta(minutes=1)
#: How many of the latest boards are searched for a notice; in the usual outage a recipient gets
#: fewer. For older boards Slack is searched (``Messenger.find``).
STEPS = 20
#: Tries to join. Another worker can only win at opening a board or replacing an entry; then
#: there is a young board to join, so a third try is rare.
TRIES = 6

_CURRENT = "CURRENT"
#: Title and lines.
_SAID = msgspec.json.Encoder()
_READ = msgspec.json.Decoder(tuple[Text, tuple[Text, ...]])
#: Level by its rank as it is stored.
_LEVEL: Mapping[str, Level] = {"0": "info", "1": "warning", "2": "breach"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Boards:
    """Boards in Baton's table. *client* is a low-level boto3 ``dynamodb`` client."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def join(self, notice: NoticeState, now: datetime) -> Board:
        entry = entry_of(notice, weight_of(notice))
        for _ in range(TRIES):
            board, seen = self._append(notice.to, entry, now)
            if board is None:
                board = self._place_elsewhere(notice, entry, seen, now)
            if board is not None:
                return board
        raise Retryable("boards: another worker was faster each time")

    def _place_elsewhere(
        self, notice: NoticeState, entry: Entry, seen: Item | None, now: datetime
    ) -> Board | None:
        """Place *entry*, which could not join the current board; *seen* is that board's item. None
        if it has changed meanwhile."""
        current = _board(notice.to, seen) if seen is not None else None
        step = batching.step(current, entry, now)
        if current is None or step == "open":
            return self._open(batching.open_board(notice, entry, current, now), seen, now)
        if step == "there":
            return current
        if step == "replace":
            return self._replace(current, entry)
        if step == "count":
            return self._count(current, entry, now)
        # The notice may join, but the board has changed meanwhile. A board that was stored without
        # a rank takes no entries, because the condition needs a rank: open a new one.
        if seen is not None and "rank" not in seen:
            return self._open(batching.open_board(notice, entry, current, now), seen, now)
        return None

    def find_board(self, notice: NoticeState, since: datetime) -> Board | None:
        sk = _CURRENT
        for _ in range(STEPS):
            item = self._get(notice.to, sk)
            if item is None:
                return None
            board = _board(notice.to, item)
            if board.holds(notice):
                return board
            # The notice joined at *since* or later, so a board that closed before cannot have it.
            if (board.gathers_until or board.opened_at + OPEN_FOR) < since - MARGIN:
                return None
            if "previous" not in item:
                return None
            sk = item["previous"]["S"]
        return None

    def _append(self, to: str, entry: Entry, now: datetime) -> tuple[Board | None, Item | None]:
        """The current board with *entry* added; or None, and the current item if there is one.

        The usual case, so one request: the condition is ``batching.takes`` and ``has_room``,
        written for DynamoDB.
        """
        try:
            with translated("boards"):
                answer = self._client.update_item(
                    TableName=self._table,
                    Key=_key(to, _CURRENT),
                    UpdateExpression="SET entries = list_append(entries, :entries),"
                    " ids = list_append(ids, :ids), version = version + :one,"
                    " chars = chars + :weight, expiresAt = :expires, #schema = :schema",
                    # Wins against our own repeat, even if its answer was lost (the id is there),
                    # and against others who append or open at the same moment: the entry is added
                    # to whichever board is current then, if that board is young, or a summary, and
                    # has room; its other entries stay. A board of newer code is left to newer code.
                    ConditionExpression="(openedAt > :minuteAgo AND #rank >= :rank"
                    " OR #until > :now) AND NOT contains(ids, :id)"
                    f" AND size(entries) < :most AND chars <= :room AND {NOT_NEWER}",
                    ExpressionAttributeNames={"#rank": "rank", "#until": "until", **NAME},
                    ExpressionAttributeValues={
                        **value("board"),
                        ":entries": {"L": [_packed(entry)]},
                        ":one": {"N": "1"},
                        ":weight": {"N": str(entry.weight)},
                        ":expires": {"N": _seconds(now + KEPT_FOR)},
                        ":ids": {"L": [{"S": entry.id}]},
                        ":minuteAgo": {"N": str(_micros(now - OPEN_FOR))},
                        ":now": {"N": str(_micros(now))},
                        ":rank": {"N": str(RANK[entry.level])},
                        ":id": {"S": entry.id},
                        ":most": {"N": str(ENTRIES)},
                        ":room": {"N": str(ROOM - entry.weight)},
                    },
                    ReturnValues="ALL_NEW",
                    # Tells why it failed without a second read.
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ClientError as error:
            response: Any = error.response  # botocore's types lack the item
            return None, response.get("Item") or None
        return _board(to, answer["Attributes"]), None

    def _count(self, summary: Board, entry: Entry, now: datetime) -> Board | None:
        """*summary*, which has no room, with *entry* counted; None if it has changed."""
        try:
            with translated("boards"):
                answer = self._client.update_item(
                    TableName=self._table,
                    Key=_key(summary.to, _CURRENT),
                    UpdateExpression="SET ids = list_append(ids, :ids),"
                    " version = version + :one, expiresAt = :expires, #schema = :schema",
                    # Wins against our own repeat (the id is there), against a board opened
                    # meanwhile (which may have room), against another entry that took the last
                    # place, and against newer code that wrote the board.
                    ConditionExpression="slot = :slot AND NOT contains(ids, :id)"
                    f" AND size(ids) < :most AND {NOT_NEWER}",
                    ExpressionAttributeNames=NAME,
                    ExpressionAttributeValues={
                        **value("board"),
                        ":ids": {"L": [{"S": entry.id}]},
                        ":one": {"N": "1"},
                        ":expires": {"N": _seconds(now + KEPT_FOR)},
                        ":slot": {"S": summary.slot},
                        ":id": {"S": entry.id},
                        ":most": {"N": str(batching.MOST)},
                    },
                    ReturnValues="ALL_NEW",
                )
        except ClientError:
            return None
        return _board(summary.to, answer["Attributes"])

    def _replace(self, board: Board, entry: Entry) -> Board | None:
        """The current board with a newer state of one of its entries; None if it has changed."""
        [index] = [n for n, one in enumerate(board.entries) if one.id == entry.id]
        chars = board.weight - board.entries[index].weight + entry.weight
        try:
            with translated("boards"):
                answer = self._client.update_item(
                    TableName=self._table,
                    Key=_key(board.to, _CURRENT),
                    UpdateExpression=f"SET entries[{index}] = :entry, chars = :chars,"
                    " version = version + :one, #schema = :schema",
                    # Wins against a board opened meanwhile, in which another entry has this index,
                    # and against an entry added meanwhile, whose characters would not be counted.
                    ConditionExpression="slot = :slot AND version = :seen",
                    ExpressionAttributeNames=NAME,
                    ExpressionAttributeValues={
                        **value("board"),
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

    def _open(self, board: Board, seen: Item | None, now: datetime) -> Board | None:
        """Make *board* the current one; None if another worker was faster."""
        # Wins against a worker that opens the first board at the same moment: we join it.
        condition, values = "attribute_not_exists(pk)", {}
        if seen is not None:
            self._keep(seen)
            # Wins against another worker that opened a board meanwhile (we join it), and against
            # one whose clock is behind ours and that joined the old board: its entry is missing
            # from the copy we kept.
            condition = "slot = :was AND version = :seen"
            values = {":was": seen["slot"], ":seen": seen["version"]}
        item: Item = {
            "schema": number("board"),
            "slot": {"S": board.slot},
            "openedAt": {"N": str(_micros(board.opened_at))},
            "version": {"N": str(board.version)},
            "chars": {"N": str(board.weight)},
            "ids": {"L": [{"S": entry.id} for entry in board.entries]},
            "entries": {"L": [_packed(entry) for entry in board.entries]},
            "rank": {"N": str(RANK[board.severity])},
            "expiresAt": {"N": _seconds(now + KEPT_FOR)},
        }
        if seen is not None:
            item["previous"] = seen["slot"]
        if board.gathers_until is not None:
            item["until"] = {"N": str(_micros(board.gathers_until))}
        if board.openings:
            item["openings"] = {"L": [{"N": str(_micros(at))} for at in board.openings]}
        written = self._set(_key(board.to, _CURRENT), item, condition, values)
        return board if written else None

    def _keep(self, closing: Item) -> None:
        """Store a board under its own slot, before its successor replaces it, so that it can be
        found at every moment. Harmless if it was not needed."""
        key = {"pk": closing["pk"], "sk": closing["slot"]}
        board = {name: value for name, value in closing.items() if name not in key}
        # Wins against a worker that closes it with more entries than we saw.
        self._set(key, board, "attribute_not_exists(pk) OR version < :version", {})

    def _set(self, key: Item, attributes: Item, condition: str, values: Item) -> bool:
        """Write a whole board; False if *condition* does not hold. An update rather than a put,
        which only the writer of leads is allowed."""
        change = ", ".join(f"#{name} = :{name}" for name in attributes)
        names = {f"#{name}": name for name in attributes}
        named = {f":{name}": value for name, value in attributes.items()}
        # Remove the attributes that only the previous board had: the item is replaced as a whole.
        gone = [name for name in _SOMETIMES if name not in attributes]
        drop = f" REMOVE {', '.join(f'#{name}' for name in gone)}" if gone else ""
        names |= {f"#{name}": name for name in gone}
        try:
            with translated("boards"):
                self._client.update_item(
                    TableName=self._table,
                    Key=key,
                    UpdateExpression=f"SET {change}{drop}",
                    ConditionExpression=condition,
                    ExpressionAttributeNames=names,
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


def _packed(entry: Entry) -> Item:
    return {
        "M": {
            "id": {"S": entry.id},
            "said": {"S": _SAID.encode((entry.title, entry.lines)).decode()},
            "weight": {"N": str(entry.weight)},
            "zone": {"S": entry.zone},
            "at": {"S": entry.at.isoformat()},
            "version": {"N": str(entry.version)},
            "level": {"S": entry.level},
        }
    }


def _board(to: str, item: Item) -> Board:
    check(item, "board")
    entries = tuple(_entry(packed["M"]) for packed in item["entries"]["L"])
    shown = {entry.id for entry in entries}
    return Board(
        to=to,
        slot=item["slot"]["S"],
        version=_number(item, "version"),
        entries=entries,
        gathers_until=_at(item["until"]) if "until" in item else None,
        beyond=tuple(one["S"] for one in item["ids"]["L"] if one["S"] not in shown),
        opened_at=_at(item["openedAt"]),
        # A board without a rank was stored when only breaches had boards.
        severity=_LEVEL[item["rank"]["N"]] if "rank" in item else "breach",
        openings=tuple(map(_at, item["openings"]["L"])) if "openings" in item else (),
    )


def _entry(packed: Item) -> Entry:
    if "said" in packed:
        title, lines = _READ.decode(packed["said"]["S"])
    else:  # from before phrases
        title, lines = packed["title"]["S"], tuple(line["S"] for line in packed["lines"]["L"])
    weight = _number(packed, "weight") if "weight" in packed else weigh((title, *lines))
    return Entry(
        id=packed["id"]["S"],
        title=title,
        lines=lines,
        at=datetime.fromisoformat(packed["at"]["S"]),
        version=_number(packed, "version"),
        weight=weight,
        level=packed["level"]["S"] if "level" in packed else "breach",
        zone=packed["zone"]["S"] if "zone" in packed else "UTC",
    )


def _at(micros: Item) -> datetime:
    return _EPOCH + int(micros["N"]) * _MICROSECOND


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _seconds(at: datetime) -> str:
    return str(ceil(at.timestamp()))


def _number(item: Item, name: str) -> int:
    return int(item[name]["N"])
