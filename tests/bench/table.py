"""The table of the template, on moto or an emulator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from moto import mock_aws

from tests.bench.meter import Meter
from tests.bench.units import indexes_of
from tests.template.reading import properties

NAME = "bench"
_CREATED_WITH = (
    "AttributeDefinitions",
    "KeySchema",
    "GlobalSecondaryIndexes",
    "BillingMode",
)


def create(client: Any) -> None:
    table = properties("Leads")
    client.create_table(TableName=NAME, **{name: table[name] for name in _CREATED_WITH})


def metered(client: Any, plain: Any) -> Meter:
    return Meter(client, plain, NAME, indexes_of(properties("Leads")))


def client(**more: Any) -> Any:
    make: Any = boto3.client
    return make(
        "dynamodb",
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        **more,
    )


@contextmanager
def in_memory() -> Iterator[tuple[Any, Meter]]:
    """An empty table on moto: a metered client of it, and its meter."""
    with mock_aws():
        plain, counted = client(), client()
        create(plain)
        yield counted, metered(counted, plain)
