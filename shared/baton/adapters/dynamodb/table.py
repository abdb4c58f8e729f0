"""The one table: how items are encoded, versioned, read together and written all or none.

``leads`` (leads, pools) and ``roster`` (people) list the keys. State is stored as one JSON
attribute; only what DynamoDB must compare or index is a separate attribute.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct

from baton.adapters.aws.errors import translated
from baton.adapters.dynamodb import older_shapes
from baton.adapters.dynamodb.schema import NAME, NOT_NEWER, Kind, check, found, stamped, value
from baton.application.ports.leads import Odd
from baton.domain.world.world import Load, Turns
from baton.failures import NewerSchema, Rejected, Retryable

Item = dict[str, Any]

#: History holds personal data, so DynamoDB deletes it after this time: longer than any report
#: looks back, and longer than any queue keeps a message.
HISTORY_KEPT = timedelta(days=400)
#: BatchGetItem's limit.
GET_AT_ONCE = 100


#: What reading an item raises that newer code wrote, or that is damaged.
UNREADABLE = (NewerSchema, msgspec.MsgspecError, KeyError, TypeError, ValueError)


class Cancelled(Exception):
    """A transaction stored nothing: a condition did not hold, or another transaction was changing
    one of its items."""

    def __init__(self, codes: list[str]) -> None:
        super().__init__(codes)
        self._codes = codes

    def failed_at(self, index: int) -> bool:
        """Whether the condition of the write at *index* failed."""
        return self._codes[index] == "ConditionalCheckFailed"


def load_key(person: str) -> Item:
    return {"pk": {"S": f"PERSON#{person}"}, "sk": {"S": "LOAD"}}


def encode(value: Struct) -> str:
    return msgspec.json.encode(value).decode()


def decode(item: Item, shape: type[Struct], kind: Kind) -> Any:
    """The *shape* in the item's body. Raises NewerSchema."""
    check(item, kind)
    if shape is Turns and found(item) == 1:
        return older_shapes.turns(item["body"]["S"])
    return msgspec.json.decode(item["body"]["S"], type=shape)


def readable(
    items: Iterable[Item], shape: type[Struct], kind: Kind, odd: Odd | None
) -> Iterator[Any]:
    """The *shape* in each of *items*. *odd* is told of each that cannot be read, which is then left
    out; None: such an item raises what ``decode`` raises."""
    for item in items:
        try:
            yield decode(item, shape, kind)
        except UNREADABLE as error:
            if odd is None:
                raise
            odd(item["pk"]["S"], type(error).__name__)


def expires(now: datetime) -> Item:
    """The attribute by which DynamoDB deletes a record of the history."""
    return {"expiresAt": {"N": str(int((now + HISTORY_KEPT).timestamp()))}}


def next_version(key: Item, held: Load | Turns) -> Item:
    """*held* as an item, with its version raised by one."""
    after = msgspec.structs.replace(held, version=held.version + 1)
    item = key | {"version": {"N": str(after.version)}, "body": {"S": encode(after)}}
    return stamped(item, "turns" if isinstance(held, Turns) else "load")


class Table:
    """Reads and writes of the table called *name*."""

    def __init__(self, client: Any, name: str) -> None:
        self.client = client
        self.name = name

    def get(self, keys: list[Item]) -> list[Item]:
        """The items that exist, in one consistent request per 100."""
        found: list[Item] = []
        for start in range(0, len(keys), GET_AT_ONCE):
            asked: Any = {
                self.name: {"Keys": keys[start : start + GET_AT_ONCE], "ConsistentRead": True}
            }
            for _ in range(5):
                with translated("table"):
                    answer = self.client.batch_get_item(RequestItems=asked)
                found += answer["Responses"].get(self.name, [])
                asked = answer.get("UnprocessedKeys") or {}
                if not asked:
                    break
            else:
                raise Retryable("table: read throttled")
        return found

    def history(self, pk: str, shape: type[Struct], kind: Kind) -> list[Any]:
        """The history under *pk*, each record as a *shape*, in no particular order."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.name,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :event)",
            ExpressionAttributeValues={":pk": {"S": pk}, ":event": {"S": "EVENT#"}},
            ConsistentRead=True,
        )
        with translated("table"):
            return [decode(item, shape, kind) for page in pages for item in page["Items"]]

    def create(self, item: Item) -> Item:
        """A write on the condition that the item does not exist."""
        return {"Put": self._where(item, 0)}

    def overwrite(self, item: Item, version: int) -> Item:
        """A write on the condition that the item still has *version*; 0: that it does not exist."""
        return {"Put": self._where(item, version)}

    def check_unchanged(self, key: Item, version: int) -> Item:
        """A check without a write: the transaction holds only if the item still has *version*."""
        check = self._where({}, version)
        del check["Item"]
        return {"ConditionCheck": check | {"Key": key}}

    def put(self, item: Item, kind: Kind) -> Item:
        """A write that replaces the item, unless newer code wrote it."""
        return {"Put": {"Item": stamped(item, kind)} | self._unless_newer(kind)}

    def delete(self, key: Item, kind: Kind) -> Item:
        """A deletion, unless newer code wrote the item."""
        return {"Delete": {"Key": key} | self._unless_newer(kind)}

    def _unless_newer(self, kind: Kind) -> Item:
        return {
            "TableName": self.name,
            # Wins against newer code, whose item this code could not have read.
            "ConditionExpression": NOT_NEWER,
            "ExpressionAttributeNames": NAME,
            "ExpressionAttributeValues": value(kind),
        }

    def _where(self, item: Item, version: int) -> Item:
        where: Item = {"TableName": self.name, "Item": item}
        if not version:
            return where | {"ConditionExpression": "attribute_not_exists(pk)"}
        return where | {
            "ConditionExpression": "version = :seen",
            "ExpressionAttributeValues": {":seen": {"N": str(version)}},
        }

    def write(self, writes: list[Item]) -> None:
        """Store all of *writes*, or nothing.

        Raises:
            Cancelled: a condition did not hold.
            Retryable: DynamoDB is not available or did not answer; the writes may be stored.
            Rejected: DynamoDB will never take it.
        """
        try:
            self.client.transact_write_items(TransactItems=writes)
        except self.client.exceptions.TransactionCanceledException as error:
            codes = [reason.get("Code") or "" for reason in error.response["CancellationReasons"]]
            if "ValidationError" in codes and "ConditionalCheckFailed" not in codes:
                raise Rejected("table: the item cannot be stored as it is") from error
            if "ConditionalCheckFailed" in codes or "TransactionConflict" in codes:
                raise Cancelled(codes) from error
            raise Retryable(f"table: {', '.join(sorted({c for c in codes if c}))}") from error
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "ValidationException":  # too large, or otherwise invalid
                raise Rejected("table: the item cannot be stored as it is") from error
            # Also "in progress": the SDK repeated our own transaction, and it may yet succeed.
            raise Retryable(f"table: {code}") from error
        except BotoCoreError as error:  # no answer: the writes may be stored
            raise Retryable(f"table: {type(error).__name__}") from error
