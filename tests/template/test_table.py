"""The table: keys, sparse indexes, expiry and retention."""

from __future__ import annotations

import pytest

from tests.template.reading import properties, template

INDEXES = {
    "wakes": ("wakeShard", "wakeAt", {"ProjectionType": "KEYS_ONLY"}),
    "stale": ("staleShard", "staleAt", {"ProjectionType": "KEYS_ONLY"}),
    "owners": ("owner", "ownedSince", {"ProjectionType": "KEYS_ONLY"}),
    "days": ("day", "dayAt", {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["report"]}),
}


def keys(schema: list[dict[str, str]]) -> dict[str, str]:
    return {key["KeyType"]: key["AttributeName"] for key in schema}


def test_items_are_found_by_pk_and_sk() -> None:
    assert keys(properties("Leads")["KeySchema"]) == {"HASH": "pk", "RANGE": "sk"}


def test_there_are_exactly_these_indexes() -> None:
    found = {index["IndexName"] for index in properties("Leads")["GlobalSecondaryIndexes"]}
    assert found == set(INDEXES)


@pytest.mark.parametrize("name", sorted(INDEXES))
def test_an_index_has_its_shard_its_time_and_as_little_else_as_possible(name: str) -> None:
    shard, at, projection = INDEXES[name]
    [index] = [i for i in properties("Leads")["GlobalSecondaryIndexes"] if i["IndexName"] == name]
    assert keys(index["KeySchema"]) == {"HASH": shard, "RANGE": at}
    assert index["Projection"] == projection


def test_every_key_is_text_and_nothing_else_is_declared() -> None:
    declared = {
        attribute["AttributeName"]: attribute["AttributeType"]
        for attribute in properties("Leads")["AttributeDefinitions"]
    }
    used = {"pk", "sk", *(name for shard, at, _ in INDEXES.values() for name in (shard, at))}
    assert declared == dict.fromkeys(used, "S")


def test_what_expires_says_so_in_expires_at() -> None:
    ttl = properties("Leads")["TimeToLiveSpecification"]
    assert ttl == {"AttributeName": "expiresAt", "Enabled": True}


def test_the_table_can_be_brought_back_and_is_encrypted() -> None:
    table = properties("Leads")
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["SSESpecification"] == {"SSEEnabled": True}
    assert table["BillingMode"] == "PAY_PER_REQUEST"


def test_the_table_outlives_its_stack() -> None:
    table = template()["Resources"]["Leads"]
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Retain", "Retain")
