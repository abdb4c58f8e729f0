"""Boards in the table. Which notices share one is for ``baton.domain.escalation.batching``.

    pk             BOARD#<to>
    sk             CURRENT, the one that takes entries; closed ones under their slot
    slot       S   board:<opened at>
    openedAt   N   epoch microseconds
    version    N   rises with each entry; the board's slot (see slots.py) says which is shown
    chars      N   what the entries take of a message
    ids        L   of the entries, apart, so that a condition can ask for one
    rank       N   how severe what opened it is
    openings   L   when boards were opened for a limited recipient within the last hour
    until      N   epoch microseconds; it is a summary, and takes entries until then
    entries    L   id, said (title and lines), weight, at, version, level, zone; in the order in
                   which they joined
    previous   S   slot of the board before
    expiresAt  N   epoch seconds; a day after the last entry
    schema     N   see schema.py

A closed board is kept because those on it may still be on their way: an attempt that failed, or
whose worker died, finds its board again here, by going back from board to board, and shows it. So
nobody has to guess from what Slack shows at the moment whether a notice was, or will be, shown by
another.
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
                board = self._otherwise(notice, entry, seen, now)
            if board is not None:
                return board
        raise Retryable("boards: others were always faster")

    def _otherwise(
        self, notice: NoticeState, entry: Entry, seen: Item | None, now: datetime
    ) -> Board | None:
        """What *entry* does that did not join the current board, whose item is *seen*; None if
        that has changed meanwhile."""
        current = _board(notice.to, seen) if seen is not None else None
        step = batching.step(current, entry, now)
        if current is None or step == "open":
            return self._open(batching.opened(notice, entry, current, now), seen, now)
        if step == "there":
            return current
        if step == "replace":
            return self._replace(current, entry)
        if step == "count":
            return self._count(current, entry, now)
        # It may join, and could not: the board has changed meanwhile. One of before boards had a
        # rank takes nobody, as the condition asks for it.
        if seen is not None and "rank" not in seen:
            return self._open(batching.opened(notice, entry, current, now), seen, now)
        return None

    def holding(self, notice: NoticeState, since: datetime) -> Board | None:
        sk = _CURRENT
        for _ in range(STEPS):
            item = self._get(notice.to, sk)
            if item is None:
                return None
            board = _board(notice.to, item)
            if board.holds(notice):
                return board
            # It joined at *since* at the earliest, a board that took entries then.
            if (board.gathers_until or board.opened_at + OPEN_FOR) < since - MARGIN:
                return None
            if "previous" not in item:
                return None
            sk = item["previous"]["S"]
        return None

    def _append(self, to: str, entry: Entry, now: datetime) -> tuple[Board | None, Item | None]:
        """The current board with *entry* added; or None, and the current item if there is one.

        The usual way, so in one request: the condition is ``batching.takes`` and ``has_room`` in
        DynamoDB's words.
        """
        try:
            with translated("boards"):
                answer = self._client.update_item(
                    TableName=self._table,
                    Key=_key(to, _CURRENT),
                    UpdateExpression="SET entries = list_append(entries, :entries),"
                    " ids = list_append(ids, :ids), version = version + :one,"
                    " chars = chars + :weight, expiresAt = :expires, #schema = :schema",
                    # Wins against a repetition of ourselves, also one whose answer was lost (the
                    # id is there), and against all who append or open at the same moment: whatever
                    # board is current when this is applied is young, or a summary, and has room,
                    # and keeps what they put on it. Newer code's board is left to newer code.
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
                    # Says why, without a second read.
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ClientError as error:
            response: Any = error.response  # the item in it is not in botocore's types
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
                    # Wins against a repetition of ourselves (the id is there), against a board
                    # opened meanwhile, on which it may have room, against whoever was given the
                    # last place, and against newer code that has the board now.
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
                    # Wins against a board opened meanwhile, where the index is another's entry,
                    # and against an entry added meanwhile, whose characters would be forgotten.
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
        """Make *board* the current one; None if somebody else was faster."""
        # Wins against another who opens the first board at the same moment: we join theirs.
        condition, values = "attribute_not_exists(pk)", {}
        if seen is not None:
            self._keep(seen)
            # Wins against another who opened a new board meanwhile (we join theirs), and against
            # one who still joined the old one, by a clock that is behind ours: what they added is
            # not in what we kept.
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
        """Keep a board under its own slot. Done before its successor takes its place, so that there
        is no moment at which it cannot be found; done in vain, it does no harm."""
        key = {"pk": closing["pk"], "sk": closing["slot"]}
        board = {name: value for name, value in closing.items() if name not in key}
        # Wins against somebody who closes it with more entries than we saw.
        self._set(key, board, "attribute_not_exists(pk) OR version < :version", {})

    def _set(self, key: Item, attributes: Item, condition: str, values: Item) -> bool:
        """Write a whole board; False if *condition* does not hold. An update rather than a put,
        which only the writer of leads is allowed."""
        change = ", ".join(f"#{name} = :{name}" for name in attributes)
        names = {f"#{name}": name for name in attributes}
        named = {f":{name}": value for name, value in attributes.items()}
        # What the board before had and this one has not: it is written over as a whole.
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
        # Without a rank it is from before other notices than breaches had boards.
        severity=_LEVEL[item["rank"]["N"]] if "rank" in item else "breach",
        openings=tuple(map(_at, item["openings"]["L"])) if "openings" in item else (),
    )


def _entry(packed: Item) -> Entry:
    if "said" in packed:
        title, lines = _READ.decode(packed["said"]["S"])
    else:  # of before phrases
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
