"""Published policies: immutable versions, and one pointer to the active one.

    pk POLICY  sk V#000012  the version: compressed JSON, its hash, who, when, why, and what was
                            forced. Never changed.
    pk POLICY  sk ACTIVE    {version, previous}: the version that decisions use.

Reading costs one small read at most every ``MAX_AGE``; the body is fetched only when the pointer
has moved. Publishing writes version and pointer in one transaction, so the pointer never names a
missing version, and every version was active at some time.
"""

from __future__ import annotations

import hashlib
import zlib
from datetime import datetime, timedelta
from typing import Any

import msgspec
from botocore.exceptions import ClientError
from msgspec import Struct

from baton.adapters.aws.errors import translated
from baton.adapters.dynamodb.policy_shapes import read_policy
from baton.adapters.dynamodb.schema import NAME, check, found, number, value
from baton.domain.policy import Policy
from baton.failures import NewerSchema, Retryable

#: How long a process may use a pointer without reading it again.
MAX_AGE = timedelta(seconds=5)
#: DynamoDB refuses items above 400 KB; the other attributes need a little of that.
LARGEST = 390_000

_OVERTAKEN = (
    "somebody else published or rolled back at the same moment; nothing was written: "
    "look at `baton policy list` and try again"
)
_POINTER = {"pk": {"S": "POLICY"}, "sk": {"S": "ACTIVE"}}


class PolicyStoreError(Retryable):
    """The policy store cannot do what was asked. The message tells a person what to fix; work that
    needs a policy waits until then."""


class NoPolicy(PolicyStoreError):
    """Nothing is published."""


class Unreadable(PolicyStoreError):
    """The version exists, but this version of Baton cannot read its format."""


class Overtaken(PolicyStoreError):
    """Somebody else moved the pointer meanwhile; nothing was written."""


class Published(Struct, frozen=True):
    """The result of publishing. *changed* is false if this version was already active."""

    version: int
    changed: bool


class Version(Struct, frozen=True):
    """A published version, without its body."""

    version: int
    hash: str
    published_at: datetime
    by: str
    note: str
    #: The version that was active when this one was published; 0: none.
    previous: int
    active: bool
    #: Its size in the table, in bytes.
    size: int
    #: Definitions (``stage:mql``) that lacked approval when it was published.
    forced: tuple[str, ...] = ()


class _Pointer(Struct, frozen=True):
    version: int = 0
    previous: int = 0


class PolicyStore:
    """
    The policies of one table.

    Args:
        client: boto3's DynamoDB client.
    """

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table
        self._held: Policy | None = None
        self._held_version = 0
        self._seen_at: datetime | None = None

    def active(self, now: datetime) -> Policy:
        """
        The policy to decide by: the same object until the pointer moves.

        Raises:
            NoPolicy: No policy was ever published.
            Unreadable: The policy was published by a newer Baton than this one, or a much older
                one.
            Retryable: DynamoDB is not available at the moment.
        """
        held, seen = self._held, self._seen_at
        if held is not None and seen is not None and seen <= now < seen + MAX_AGE:
            return held
        with translated("policy"):
            # Eventually consistent, at half the price: a second more hardly matters beside MAX_AGE.
            pointer = self._pointer(consistent=False)
            if not pointer.version:
                pointer = self._pointer(consistent=True)
            if held is None or pointer.version != self._held_version:
                held = self.get(pointer.version) if pointer.version else self._none()
        self._held, self._held_version, self._seen_at = held, pointer.version, now
        return held

    def get(self, version: int) -> Policy:
        """
        The policy of a version, to replay the decisions made by it.

        Raises:
            PolicyStoreError: There is no such version.
            Unreadable: This Baton is too old to read it, or too new.
        """
        item = self._item(_version_key(version), consistent=True)
        if item is None:
            raise PolicyStoreError(f"version {version} is not published in table {self._table}")
        try:
            check(item, "policy")
        except NewerSchema as error:
            raise Unreadable(
                f"version {version} was published by a newer Baton: update the functions first"
            ) from error
        try:
            return read_policy(zlib.decompress(item["body"]["B"]), found(item))
        except msgspec.ValidationError as error:
            raise Unreadable(
                f"version {version} was published by a version of Baton that stored policies"
                f" differently ({error}): publish its files again"
            ) from error

    def active_version(self) -> int:
        """The number of the active version, as of now; 0: none was ever published."""
        return self._pointer(consistent=True).version

    def publish(
        self,
        policy: Policy,
        *,
        by: str,
        at: datetime,
        note: str = "",
        forced: tuple[str, ...] = (),
        over: int | None = None,
    ) -> Published:
        """
        Make *policy* active under the next version number. Does nothing if it is unchanged.

        Args:
            forced: Definitions that lack approval; kept with the version.
            over: The active version that *policy* was compared with; None: not compared.

        Raises:
            Overtaken: Somebody else published or rolled back at the same moment, or since *over*
                was looked at.
            PolicyStoreError: The policy is too large for a DynamoDB item.
        """
        pointer = self._pointer(consistent=True)
        if over is not None and over != pointer.version:
            raise Overtaken(_OVERTAKEN)
        digest = _hash(policy)
        if pointer.version and self._hash_of(pointer.version) == digest:
            return Published(pointer.version, changed=False)
        version = self._latest() + 1
        body = _pack(msgspec.structs.replace(policy, version=str(version)))
        if len(body) > LARGEST:
            raise PolicyStoreError(
                f"the policy takes {len(body):,} bytes compressed and a DynamoDB item holds "
                f"{LARGEST:,}: shorten it, for example by splitting country lists into territories"
            )
        item = {
            **_version_key(version),
            "body": {"B": body},
            "hash": {"S": digest},
            "schema": number("policy"),
            "publishedAt": {"S": at.isoformat()},
            "by": {"S": by},
            "note": {"S": note},
            "previous": {"N": str(pointer.version)},
        }
        if forced:
            item["forced"] = {"L": [{"S": name} for name in forced]}
        put = {
            "TableName": self._table,
            "Item": item,
            # Wins against another publisher that takes the same number: versions never change.
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        self._move(pointer, _Pointer(version, pointer.version), by, at, note, {"Put": put})
        return Published(version, changed=True)

    def rollback(
        self, to: int | None = None, *, by: str, at: datetime, note: str = ""
    ) -> tuple[int, int]:
        """
        Make an earlier version active again; returns (from, to).

        Args:
            to: None: what was active before the present version was published. Rolling back twice
                goes back two versions, never forward to the one that was left.

        Raises:
            NoPolicy: No policy was ever published.
            Overtaken: Somebody else published or rolled back at the same moment.
            PolicyStoreError: There is no such version, or nothing to go back to.
        """
        pointer = self._pointer(consistent=True)
        if not pointer.version:
            self._none()
        target = pointer.previous if to is None else to
        if not target:
            raise PolicyStoreError(f"version {pointer.version} is the first: nothing to go back to")
        if target == pointer.version:
            raise PolicyStoreError(f"version {target} is active already")
        item = self._item(_version_key(target), consistent=True, names=["previous"])
        if item is None:
            known = ", ".join(str(version.version) for version in self.versions())
            raise PolicyStoreError(f"version {target} was never published; there are {known}")
        check = {
            "TableName": self._table,
            "Key": _version_key(target),
            # Wins against a deletion by hand: the pointer never names a missing version.
            "ConditionExpression": "attribute_exists(pk)",
        }
        after = _Pointer(target, int(item["previous"]["N"]))
        self._move(pointer, after, by, at, note, {"ConditionCheck": check})
        return pointer.version, target

    def versions(self) -> list[Version]:
        """All versions, newest first."""
        active = self._pointer(consistent=True).version
        found: list[Version] = []
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :v)",
            ExpressionAttributeValues={":pk": {"S": "POLICY"}, ":v": {"S": "V#"}},
            ScanIndexForward=False,
            ConsistentRead=True,
        )
        for page in pages:
            found.extend(_version(item, active) for item in page["Items"])
        return found

    def _move(
        self, seen: _Pointer, to: _Pointer, by: str, at: datetime, note: str, other: dict[str, Any]
    ) -> None:
        """Point at *to*, together with *other*, if the pointer is still as *seen*."""
        values = {
            ":to": {"N": str(to.version)},
            ":previous": {"N": str(to.previous)},
            ":by": {"S": by},
            ":at": {"S": at.isoformat()},
            ":note": {"S": note},
            **value("policy_pointer"),
        }
        condition = "attribute_not_exists(pk)"
        if seen.version:
            condition = "version = :seen"
            values[":seen"] = {"N": str(seen.version)}
        update = {
            "TableName": self._table,
            "Key": _POINTER,
            "UpdateExpression": (
                "SET version = :to, previous = :previous, #by = :by, movedAt = :at, note = :note,"
                " #schema = :schema"
            ),
            "ExpressionAttributeNames": {"#by": "by", **NAME},
            "ExpressionAttributeValues": values,
            # Wins against a publish or rollback since our read: never undo one we did not see.
            "ConditionExpression": condition,
        }
        try:
            self._client.transact_write_items(TransactItems=[other, {"Update": update}])
        except ClientError as error:
            if error.response["Error"]["Code"] != "TransactionCanceledException":
                raise
            raise Overtaken(_OVERTAKEN) from error

    def _pointer(self, *, consistent: bool) -> _Pointer:
        item = self._item(_POINTER, consistent=consistent)
        if item is None:
            return _Pointer()
        check(item, "policy_pointer")
        return _Pointer(int(item["version"]["N"]), int(item["previous"]["N"]))

    def _latest(self) -> int:
        page = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :v)",
            ExpressionAttributeValues={":pk": {"S": "POLICY"}, ":v": {"S": "V#"}},
            ProjectionExpression="sk",
            ScanIndexForward=False,
            ConsistentRead=True,
            Limit=1,
        )
        return max((_number(item) for item in page["Items"]), default=0)

    def _hash_of(self, version: int) -> str:
        item = self._item(_version_key(version), consistent=True, names=["hash"])
        return str(item["hash"]["S"]) if item else ""

    def _item(
        self, key: dict[str, Any], *, consistent: bool, names: list[str] | None = None
    ) -> dict[str, Any] | None:
        only: dict[str, Any] = {}
        if names:
            aliases = {f"#{name}": name for name in names}
            only = {
                "ProjectionExpression": ", ".join(aliases),
                "ExpressionAttributeNames": aliases,
            }
        answer = self._client.get_item(
            TableName=self._table, Key=key, ConsistentRead=consistent, **only
        )
        item: dict[str, Any] | None = answer.get("Item")
        return item

    def _none(self) -> Policy:
        raise NoPolicy(
            f"no policy is published in table {self._table}: run `baton policy publish FOLDER`"
        )


def _hash(policy: Policy) -> str:
    """A hash of the content; the version number does not count."""
    return hashlib.sha256(
        msgspec.json.encode(msgspec.structs.replace(policy, version=""))
    ).hexdigest()


def _pack(policy: Policy) -> bytes:
    return zlib.compress(msgspec.json.encode(policy), 9)


def _version_key(version: int) -> dict[str, Any]:
    return {"pk": {"S": "POLICY"}, "sk": {"S": f"V#{version:06}"}}


def _number(item: dict[str, Any]) -> int:
    return int(item["sk"]["S"].removeprefix("V#"))


def _version(item: dict[str, Any], active: int) -> Version:
    number = _number(item)
    return Version(
        version=number,
        hash=item["hash"]["S"],
        published_at=datetime.fromisoformat(item["publishedAt"]["S"]),
        by=item["by"]["S"],
        note=item["note"]["S"],
        previous=int(item["previous"]["N"]),
        active=number == active,
        size=len(item["body"]["B"]),
        # Versions published before signatures were checked have none.
        forced=tuple(name["S"] for name in item.get("forced", {"L": []})["L"]),
    )
