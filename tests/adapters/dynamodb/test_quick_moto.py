"""Moto gives the same answers with and without the shortcuts of tests/fakes/quick_moto.py."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core.serialize import BaseJSONSerializer

from tests.adapters.dynamodb.test_slots import TABLE, dynamo
from tests.fakes import quick_moto

ITEM: dict[str, Any] = {
    "pk": {"S": "LEAD#1"},
    "sk": {"S": "LEAD"},
    "empty": {"S": ""},
    "number": {"N": "1.50"},
    "binary": {"B": b"\x00\xff"},
    "yes": {"BOOL": True},
    "no": {"BOOL": False},
    "nothing": {"NULL": True},
    "strings": {"SS": ["a", "b"]},
    "numbers": {"NS": ["1", "2"]},
    "binaries": {"BS": [b"\x01", b"\x02"]},
    "list": {"L": [{"S": "a"}, {"L": []}, {"M": {}}, {"N": "1"}]},
    "map": {"M": {"S": {"S": "a"}, "within": {"M": {"list": {"L": [{"B": b"\x03"}]}}}}},
}


def answers() -> list[Any]:
    """The answers of DynamoDB with ITEM, for each operation that returns items."""
    key = {name: ITEM[name] for name in ("pk", "sk")}
    with mock_aws():
        client = dynamo()
        client.put_item(TableName=TABLE, Item=ITEM)
        return [
            client.get_item(TableName=TABLE, Key=key)["Item"],
            client.get_item(TableName=TABLE, Key={**key, "sk": {"S": "none"}}).get("Item"),
            client.scan(TableName=TABLE)["Items"],
            client.batch_get_item(RequestItems={TABLE: {"Keys": [key]}})["Responses"],
            client.delete_item(TableName=TABLE, Key=key, ReturnValues="ALL_OLD")["Attributes"],
        ]


def test_items_come_back_as_moto_gives_them(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = answers()
    assert quick[0] == ITEM
    monkeypatch.setattr(BaseJSONSerializer, "_serialize_type_structure", quick_moto.by_all_members)
    assert answers() == quick


def test_clients_of_one_process_share_the_descriptions_of_services() -> None:
    loaders = [boto3.Session()._session.get_component("data_loader") for _ in range(2)]
    assert loaders[0] is loaders[1]
