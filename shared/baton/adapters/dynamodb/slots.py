"""What each slot shows: one small item per slot. A worker claims it for a minute.

    pk                 the effect's subject, e.g. LEAD#123
    sk                 SLOT#<slot>
    shown        N     version of the subject that the slot shows
    outsideId    S     HubSpot task id or Slack channel:ts, once known
    leaseBy      S     token of the holder
    leaseUntil   N     epoch seconds; from then on the holder counts as dead
    unsureSince  N     epoch seconds of the first attempt whose outcome nobody wrote down
    tries        N     attempts since the slot was last confirmed
    schema       N     see schema.py

``unsureSince`` is written *with* the claim, before anything is sent, and removed once the outcome
is known. If the holder dies, the item therefore still says that the outcome is unsure.

The items carry no ``expiresAt``: an effect that is redriven months later must still be recognised
as older than what is shown. They are deleted with the contact's items; those of boards (pk
BOARD#<to>) name only the recipient, and stay.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from botocore.exceptions import ClientError

from baton.adapters.aws.errors import translated
from baton.adapters.dynamodb.schema import NAME, NOT_NEWER, check, value
from baton.application.ports.slots import Claim, Slotted, Superseded
from baton.failures import Busy, Retryable

#: Longer than the function may run and than the client timeouts of one delivery together, so an
#: expired lease means that its holder is dead, not slow.
LEASE = timedelta(minutes=1)

#: After a request that may have been carried out, wait this long before looking or repeating. By
#: then a slow request has arrived and is found.
SETTLE = timedelta(seconds=5)


class DynamoSlots:
    """Slots in Baton's table. *client* is a low-level boto3 ``dynamodb`` client."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def claim(self, effect: Slotted, token: str, now: datetime) -> Claim | Superseded:
        before: dict[str, Any]
        try:
            with translated("slots"):
                before = self._client.update_item(
                    TableName=self._table,
                    Key=_key(effect.subject, effect.slot),
                    UpdateExpression="SET leaseBy = :token, leaseUntil = :until,"
                    " unsureSince = if_not_exists(unsureSince, :now), #schema = :schema"
                    " ADD tries :one",
                    # Wins against a late or repeated effect (what is shown is as new or newer),
                    # against another delivery of the same slot (its lease still runs), and against
                    # newer code.
                    ConditionExpression="(attribute_not_exists(shown) OR shown < :version)"
                    " AND (attribute_not_exists(leaseUntil) OR leaseUntil <= :now)"
                    f" AND {NOT_NEWER}",
                    ExpressionAttributeNames=NAME,
                    ExpressionAttributeValues={
                        **value("slot"),
                        ":token": {"S": token},
                        ":now": {"N": str(int(now.timestamp()))},
                        ":until": _seconds(now + LEASE),
                        ":version": {"N": str(effect.version)},
                        ":one": {"N": "1"},
                    },
                    ReturnValues="ALL_OLD",
                    # Tells which half of the condition failed without a second read.
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                ).get("Attributes", {})
        except ClientError as error:
            response: Any = error.response  # botocore's types lack the item
            seen = response.get("Item", {})
            check(seen, "slot")
            if _number(seen, "shown") >= effect.version:
                return Superseded(_number(seen, "shown"))
            raise Busy(datetime.fromtimestamp(_number(seen, "leaseUntil"), UTC)) from error
        doubt = _number(before, "unsureSince")
        return Claim(
            subject=effect.subject,
            slot=effect.slot,
            version=effect.version,
            token=token,
            shown=_number(before, "shown"),
            outside_id=before.get("outsideId", {}).get("S"),
            unsure_since=datetime.fromtimestamp(doubt, UTC) if doubt else None,
        )

    def confirm(self, claim: Claim, outside_id: str | None) -> None:
        keep = ", outsideId = :outside" if outside_id else ""
        values: dict[str, Any] = {":version": {"N": str(claim.version)}}
        if outside_id:
            values[":outside"] = {"S": outside_id}
        self._as_holder(
            claim,
            f"SET shown = :version{keep} REMOVE leaseBy, leaseUntil, unsureSince, tries",
            values,
        )

    def release(self, claim: Claim, now: datetime, *, unsure: bool) -> None:
        if unsure:
            change, values = "SET leaseUntil = :until", {":until": _seconds(now + SETTLE)}
        elif claim.unsure:
            # This attempt changed nothing, but an earlier one may have.
            change, values = "REMOVE leaseBy, leaseUntil", {}
        else:
            change, values = "REMOVE leaseBy, leaseUntil, unsureSince", {}
        self._as_holder(claim, change, values)

    def _as_holder(self, claim: Claim, change: str, values: dict[str, Any]) -> None:
        try:
            with translated("slots"):
                self._client.update_item(
                    TableName=self._table,
                    Key=_key(claim.subject, claim.slot),
                    UpdateExpression=change,
                    # Wins against ourselves, if we are late: after our lease ran out another worker
                    # may have claimed the slot, and its outcome must not be overwritten.
                    ConditionExpression="leaseBy = :token",
                    ExpressionAttributeValues={":token": {"S": claim.token}, **values},
                )
        except ClientError as error:
            raise Retryable("the claim ran out before the work was done") from error


def _key(subject: str, slot: str) -> dict[str, Any]:
    return {"pk": {"S": subject}, "sk": {"S": f"SLOT#{slot}"}}


def _seconds(at: datetime) -> dict[str, str]:
    # Rounded up, so that a lease is never shorter than it says.
    return {"N": str(ceil(at.timestamp()))}


def _number(item: dict[str, Any], name: str) -> int:
    return int(item.get(name, {}).get("N", "0"))
