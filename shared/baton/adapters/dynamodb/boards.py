"""Boards in the table: which notices share a message.

    pk             BOARD#<to>
    sk             CURRENT, the one that takes entries; closed ones under their slot
    slot       S   board:<opened at>
    openedAt   N   epoch microseconds
    version    N   rises with each entry; the board's slot (see slots.py) says which is shown
    chars      N   what the entries take of a message
    ids        L   of the entries, apart, so that a condition can ask for one
    rank       N   how grave what opened it is; nothing graver joins, as an edit rings no bell
    openings   L   when boards were opened for a limited recipient within the last hour
    until      N   epoch microseconds; it is a summary, and takes entries until then
    entries    L   id, title, lines, at, version, level; in the order in which they joined
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

from baton.adapters.aws.errors import translated
from baton.domain.world.effects import NoticeState
from baton.failures import Retryable
from baton.presentation.slack.board import ENTRIES, ROOM, Board, Entry, entry_of, subject_of, weigh

Item = dict[str, Any]

HOUR = timedelta(hours=1)
#: Of what opens a board, by its level.
RANK = {"info": 0, "warning": 1, "breach": 2}
#: Notices of a summary, those counted included; the item stays far below DynamoDB's 400 KB.
MOST = 2_000
_SOMETIMES = ("until", "openings", "previous")
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
                if _replaces(entry, there, seen, now):
                    board = self._replace(there, entry, seen)
                elif _gathers(there, now):
                    board = self._count(there, entry, now)
                else:
                    board = self._open(notice, entry, now, seen)
            elif board is None:
                board = self._open(notice, entry, now, None)
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
            # It joined at *since* at the earliest, a board that took entries then.
            closed = _number(item, "openedAt") + OPEN_FOR // _MICROSECOND
            if _number(item, "until", closed) < _micros(since - MARGIN):
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
                    # board is current when this is applied is young, or a summary, and has room,
                    # and keeps what they put on it.
                    ConditionExpression="(openedAt > :minuteAgo AND #rank >= :rank"
                    " OR #until > :now) AND NOT contains(ids, :id)"
                    " AND size(entries) < :most AND chars <= :room",
                    ExpressionAttributeNames={"#rank": "rank", "#until": "until"},
                    ExpressionAttributeValues={
                        ":entries": {"L": [_packed(entry)]},
                        ":one": {"N": "1"},
                        ":weight": {"N": str(weight)},
                        ":expires": {"N": _seconds(now + KEPT_FOR)},
                        ":ids": {"L": [{"S": entry.id}]},
                        ":minuteAgo": {"N": str(_micros(now - OPEN_FOR))},
                        ":now": {"N": str(_micros(now))},
                        ":rank": {"N": str(RANK[entry.level])},
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

    def _count(self, summary: Board, entry: Entry, now: datetime) -> Board | None:
        """*summary*, which has no room, with *entry* counted; None if it has changed."""
        try:
            with translated("boards"):
                answer = self._client.update_item(
                    TableName=self._table,
                    Key=_key(summary.to, _CURRENT),
                    UpdateExpression="SET ids = list_append(ids, :ids),"
                    " version = version + :one, expiresAt = :expires",
                    # Wins against a repetition of ourselves (the id is there), against a board
                    # opened meanwhile, on which it may have room, and against whoever was given
                    # the last place.
                    ConditionExpression="slot = :slot AND NOT contains(ids, :id)"
                    " AND size(ids) < :most",
                    ExpressionAttributeValues={
                        ":ids": {"L": [{"S": entry.id}]},
                        ":one": {"N": "1"},
                        ":expires": {"N": _seconds(now + KEPT_FOR)},
                        ":slot": {"S": summary.slot},
                        ":id": {"S": entry.id},
                        ":most": {"N": str(MOST)},
                    },
                    ReturnValues="ALL_NEW",
                )
        except ClientError:
            return None
        return _board(summary.to, answer["Attributes"])

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

    def _open(
        self, notice: NoticeState, entry: Entry, now: datetime, seen: Item | None
    ) -> Board | None:
        """A new current board with *entry* alone; None if somebody else was faster."""
        to, opened = notice.to, _micros(now)
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
            "rank": {"N": str(RANK[entry.level])},
            "expiresAt": {"N": _seconds(now + KEPT_FOR)},
        }
        if seen is not None:
            board["previous"] = seen["slot"]
        openings = _openings(seen, opened)
        if notice.an_hour:
            if len(openings) >= notice.an_hour:
                board["until"] = {"N": str(opened + HOUR // _MICROSECOND)}
            openings.append(opened)
        if openings:  # kept also by a board that does not count: those before it were sent
            board["openings"] = {"L": [{"N": str(at)} for at in openings]}
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
            "level": {"S": entry.level},
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
            level=entry["level"]["S"] if "level" in entry else "breach",
        )
        for entry in (packed["M"] for packed in item["entries"]["L"])
    )
    until = _EPOCH + _number(item, "until") * _MICROSECOND if "until" in item else None
    shown = {entry.id for entry in entries}
    beyond = tuple(one["S"] for one in item["ids"]["L"] if one["S"] not in shown)
    return Board(to, item["slot"]["S"], _number(item, "version"), entries, until, beyond)


def _replaces(entry: Entry, board: Board, seen: Item, now: datetime) -> bool:
    """Whether *entry* takes the place of its older state on *board*, whose item is *seen*, and so
    rings no bell: it is no graver than that, or it might join the board if it were new."""
    older = [one for one in board.entries if one.id == entry.id]
    if not older or RANK[entry.level] <= RANK[older[0].level]:
        return bool(older)
    # Without a rank it is from before other notices than breaches had boards.
    graver = RANK[entry.level] > _number(seen, "rank", RANK["breach"])
    young = _number(seen, "openedAt") > _micros(now - OPEN_FOR)
    return _open_until(board, now) or (young and not graver)


def _gathers(board: Board, now: datetime) -> bool:
    """Whether *board* is a summary that counts what it has no room for."""
    return _open_until(board, now) and len(board.entries) + len(board.beyond) < MOST


def _open_until(board: Board, now: datetime) -> bool:
    """Whether *board* is a summary that is not over."""
    return board.gathers_until is not None and now < board.gathers_until


def _openings(seen: Item | None, now: int) -> list[int]:
    """When boards were opened in the hour before *now*; times in epoch microseconds. More than
    that no condition needs, so the list stays as short as the limit."""
    known = seen["openings"]["L"] if seen is not None and "openings" in seen else []
    return [at for at in (int(one["N"]) for one in known) if at > now - HOUR // _MICROSECOND]


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _seconds(at: datetime) -> str:
    return str(ceil(at.timestamp()))


def _number(item: Item, name: str, otherwise: int | None = None) -> int:
    if otherwise is not None and name not in item:
        return otherwise
    return int(item[name]["N"])
