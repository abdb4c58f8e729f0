"""Published versions never change, and the pointer moves only if its conditions hold."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import msgspec
import pytest
from moto import mock_aws

from baton.adapters.dynamodb.policies import (
    MAX_AGE,
    NoPolicy,
    Overtaken,
    PolicyStore,
    PolicyStoreError,
    Published,
    Unreadable,
)
from baton.adapters.dynamodb.schema import SCHEMAS
from baton.domain.policy import Play
from tests.builders import empty_policy

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
TABLE = "leads"


class Counting:
    """A client that records its calls."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            self.calls.append((name, kwargs))
            return method(*args, **kwargs)

        return call

    def read(self) -> list[str]:
        """The sort keys read since the last call."""
        keys = [kwargs["Key"]["sk"]["S"] for name, kwargs in self.calls if name == "get_item"]
        self.calls.clear()
        return keys


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counting]:
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        real = boto3.client("dynamodb", region_name="eu-central-1")
        real.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
        )
        yield Counting(real)


@pytest.fixture
def store(client: Counting) -> PolicyStore:
    return PolicyStore(client, TABLE)


def publish(store: PolicyStore, company: str, note: str = "") -> Published:
    return store.publish(empty_policy(company), by="ada", at=NOW, note=note)


def test_what_is_published_is_active_under_its_number(store: PolicyStore) -> None:
    assert publish(store, "one") == Published(1, changed=True)
    active = store.active(NOW)
    assert (active.version, active.company) == ("1", "one")


def test_without_a_policy_the_error_says_what_to_do(store: PolicyStore) -> None:
    with pytest.raises(NoPolicy, match=r"in table leads: run `baton policy publish FOLDER`"):
        store.active(NOW)
    with pytest.raises(NoPolicy):
        store.rollback(by="ada", at=NOW)


def test_publishing_the_same_again_does_nothing_and_says_so(store: PolicyStore) -> None:
    publish(store, "one")
    again = store.publish(
        msgspec.structs.replace(empty_policy("one"), version="7"), by="bo", at=NOW
    )
    assert again == Published(1, changed=False)
    assert [version.version for version in store.versions()] == [1]


def test_an_older_content_published_again_is_a_new_version(store: PolicyStore) -> None:
    publish(store, "one")
    publish(store, "two")
    assert publish(store, "one") == Published(3, changed=True)


def test_versions_are_listed_newest_first_with_who_and_why(store: PolicyStore) -> None:
    publish(store, "one", note="first")
    publish(store, "two", note="more reps")
    newest, oldest = store.versions()
    assert (newest.version, newest.active, newest.previous, newest.note) == (
        2,
        True,
        1,
        "more reps",
    )
    assert (oldest.version, oldest.active, oldest.previous, oldest.by) == (1, False, 0, "ada")
    assert newest.published_at == NOW
    assert newest.hash != oldest.hash


def test_what_was_forced_is_kept_with_the_version(store: PolicyStore, client: Counting) -> None:
    publish(store, "one")
    forced = ("stage:mql", "scoring:qualified")
    store.publish(empty_policy("two"), by="ada", at=NOW, note="the fair is today", forced=forced)
    newest, oldest = store.versions()
    assert (newest.forced, newest.by, newest.note) == (forced, "ada", "the fair is today")
    assert oldest.forced == ()  # its item lacks the attribute, like older items
    item = client.get_item(TableName=TABLE, Key={"pk": {"S": "POLICY"}, "sk": {"S": "V#000001"}})
    assert "forced" not in item["Item"]


def test_what_was_compared_with_an_overtaken_version_is_not_published(store: PolicyStore) -> None:
    """Its approvals were checked against a version that is no longer active."""
    assert store.active_version() == 0
    publish(store, "one")
    seen = store.active_version()
    publish(store, "two")
    with pytest.raises(Overtaken, match="somebody else published"):
        store.publish(empty_policy("three"), by="ada", at=NOW, over=seen)
    assert store.publish(empty_policy("three"), by="ada", at=NOW, over=2).version == 3


def test_a_version_of_another_form_is_said_to_be_unreadable(
    store: PolicyStore, client: Counting
) -> None:
    publish(store, "one")
    client.update_item(
        TableName=TABLE,
        Key={"pk": {"S": "POLICY"}, "sk": {"S": "V#000001"}},
        UpdateExpression="SET body = :body",
        ExpressionAttributeValues={":body": {"B": zlib.compress(b'{"version": "1"}')}},
    )
    with pytest.raises(Unreadable, match="version 1 was published by a version of Baton that"):
        store.get(1)


def test_the_pointer_says_what_was_active_before(store: PolicyStore, client: Counting) -> None:
    """The health function reads the pointer, so its shape is a contract."""
    publish(store, "one")
    publish(store, "two")
    item = client.get_item(TableName=TABLE, Key={"pk": {"S": "POLICY"}, "sk": {"S": "ACTIVE"}})
    assert item["Item"]["version"] == {"N": "2"}
    assert item["Item"]["previous"] == {"N": "1"}


def test_rolling_back_goes_to_the_one_before_and_never_forward(store: PolicyStore) -> None:
    for company in ("one", "two", "three"):
        publish(store, company)
    assert store.rollback(by="ada", at=NOW) == (3, 2)
    assert store.rollback(by="ada", at=NOW) == (2, 1)
    with pytest.raises(PolicyStoreError, match="version 1 is the first"):
        store.rollback(by="ada", at=NOW)
    assert store.active(NOW).company == "one"


def test_rolling_back_to_a_named_version(store: PolicyStore) -> None:
    for company in ("one", "two", "three"):
        publish(store, company)
    assert store.rollback(1, by="ada", at=NOW) == (3, 1)
    with pytest.raises(PolicyStoreError, match="version 1 is active already"):
        store.rollback(1, by="ada", at=NOW)
    with pytest.raises(PolicyStoreError, match=r"version 9 was never published; there are 3, 2, 1"):
        store.rollback(9, by="ada", at=NOW)


def test_after_a_rollback_the_next_version_follows_the_highest(store: PolicyStore) -> None:
    for company in ("one", "two"):
        publish(store, company)
    store.rollback(by="ada", at=NOW)
    assert publish(store, "three").version == 3
    assert store.versions()[0].previous == 1


def test_within_its_age_the_policy_costs_no_read(store: PolicyStore, client: Counting) -> None:
    publish(store, "one")
    first = store.active(NOW)
    client.calls.clear()
    assert store.active(NOW + MAX_AGE - timedelta(microseconds=1)) is first
    assert client.read() == []


def test_past_its_age_only_the_pointer_is_read_while_nothing_changed(
    store: PolicyStore, client: Counting
) -> None:
    publish(store, "one")
    first = store.active(NOW)
    client.calls.clear()
    assert store.active(NOW + MAX_AGE) is first
    assert client.read() == ["ACTIVE"]
    assert store.active(NOW + MAX_AGE + timedelta(seconds=1)) is first
    assert client.read() == []


def test_a_moved_pointer_is_seen_within_five_seconds(client: Counting) -> None:
    writer, reader = PolicyStore(client, TABLE), PolicyStore(client, TABLE)
    publish(writer, "one")
    reader.active(NOW)
    publish(writer, "two")
    client.calls.clear()
    assert reader.active(NOW + timedelta(seconds=4)).company == "one"
    assert reader.active(NOW + timedelta(seconds=5)).company == "two"
    assert client.read() == ["ACTIVE", "V#000002"]


def test_a_clock_that_was_set_back_is_looked_at_anew(client: Counting) -> None:
    """Otherwise a policy cached at a future time would be used until then."""
    writer, reader = PolicyStore(client, TABLE), PolicyStore(client, TABLE)
    publish(writer, "one")
    reader.active(NOW + timedelta(days=1))
    publish(writer, "two")
    assert reader.active(NOW).company == "two"


def test_the_second_of_two_concurrent_publishers_is_overtaken(
    client: Counting,
) -> None:
    writer = PolicyStore(client, TABLE)
    publish(writer, "one")

    class Slow(Counting):
        """A client that lets somebody else publish between its read and its write."""

        def transact_write_items(self, **kwargs: Any) -> Any:
            publish(writer, "theirs")
            return self._client.transact_write_items(**kwargs)

    late = PolicyStore(Slow(client._client), TABLE)
    with pytest.raises(Overtaken, match="somebody else published or rolled back"):
        publish(late, "mine")
    assert [version.version for version in writer.versions()] == [2, 1]
    assert writer.active(NOW).company == "theirs"


def test_a_rollback_at_the_same_moment_is_not_undone(client: Counting) -> None:
    writer = PolicyStore(client, TABLE)
    publish(writer, "one")
    publish(writer, "two")

    class Slow(Counting):
        def transact_write_items(self, **kwargs: Any) -> Any:
            writer.rollback(by="bo", at=NOW)
            return self._client.transact_write_items(**kwargs)

    with pytest.raises(Overtaken):
        publish(PolicyStore(Slow(client._client), TABLE), "mine")
    assert writer.active(NOW).company == "one"
    assert [version.version for version in writer.versions()] == [2, 1]


def test_a_stored_version_can_be_read_for_replay(store: PolicyStore) -> None:
    publish(store, "one")
    publish(store, "two")
    assert store.get(1).company == "one"
    with pytest.raises(PolicyStoreError, match="version 5 is not published in table leads"):
        store.get(5)


def test_a_version_from_a_newer_baton_is_not_guessed_at(
    store: PolicyStore, client: Counting
) -> None:
    publish(store, "one")
    client.update_item(
        TableName=TABLE,
        Key={"pk": {"S": "POLICY"}, "sk": {"S": "V#000001"}},
        UpdateExpression="SET #schema = :newer",
        ExpressionAttributeNames={"#schema": "schema"},
        ExpressionAttributeValues={":newer": {"N": str(SCHEMAS["policy"] + 1)}},
    )
    with pytest.raises(PolicyStoreError, match="published by a newer Baton"):
        store.active(NOW)


def test_a_policy_too_large_for_an_item_is_refused_before_anything_is_written(
    store: PolicyStore,
) -> None:
    noise = random.Random(1)  # does not compress
    plays = tuple(Play({}, noise.randbytes(400).hex()) for _ in range(1200))
    policy = empty_policy("big")
    notifications = msgspec.structs.replace(policy.notifications, plays=plays)
    with pytest.raises(PolicyStoreError, match=r"takes [\d,]+ bytes .* holds 390,000"):
        store.publish(
            msgspec.structs.replace(policy, notifications=notifications), by="ada", at=NOW
        )
    assert store.versions() == []


def test_a_large_policy_that_fits_is_read_back_whole(store: PolicyStore) -> None:
    noise = random.Random(1)
    plays = tuple(Play({}, noise.randbytes(400).hex()) for _ in range(800))
    policy = empty_policy("big")
    notifications = msgspec.structs.replace(policy.notifications, plays=plays)
    policy = msgspec.structs.replace(policy, notifications=notifications)
    store.publish(policy, by="ada", at=NOW)
    assert store.active(NOW) == msgspec.structs.replace(policy, version="1")
    assert store.versions()[0].size > 300_000


def test_the_adapter_imports_nothing_that_a_handler_should_not() -> None:
    code = (
        "import sys, baton.adapters.dynamodb.policies;"
        "heavy = {'pydantic', 'yaml', 'holidays', 'rich', 'baton.policy_tools'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    shared = Path(__file__).resolve().parents[3] / "shared"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(shared)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
