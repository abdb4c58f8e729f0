"""Reads the few attributes that /health needs, one small read each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from baton.application.ports.health import HealthReadings
from baton.failures import Retryable


class TableClient(Protocol):
    def get_item(
        self,
        *,
        TableName: str,  # noqa: N803 boto3's names
        Key: Mapping[str, Any],  # noqa: N803
        ProjectionExpression: str,  # noqa: N803
    ) -> Mapping[str, Any]: ...


def read_health(client: TableClient, table: str) -> HealthReadings:
    """
    Read the active policy's version and when the sweep last ran.

    Only while no sweep has ever run, a third read gets when the policy was published.

    Raises:
        Retryable: DynamoDB refused or did not answer.
    """

    def attribute(pk: str, sk: str, name: str) -> Any:
        found = client.get_item(
            TableName=table, Key={"pk": {"S": pk}, "sk": {"S": sk}}, ProjectionExpression=name
        )
        typed = found.get("Item", {}).get(name, {})
        return next(iter(typed.values()), None)

    try:
        version = attribute("POLICY", "ACTIVE", "version")
        swept = attribute("SWEEP", "WAKES", "sweptAt")
        published = None
        if version is not None and swept is None:
            published = attribute("POLICY", f"V#{int(version):06d}", "publishedAt")
    except ClientError as error:
        raise Retryable(f"{table}: {error.response['Error']['Code']}") from error
    except BotoCoreError as error:
        raise Retryable(f"{table}: {type(error).__name__}") from error
    return HealthReadings(
        policy=None if version is None else int(version),
        swept_at=_instant(swept),
        published_at=_instant(published),
    )


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
