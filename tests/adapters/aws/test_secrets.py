"""Secrets are read on demand and rarely, survive an outage, and follow a rotation."""

from __future__ import annotations

import json
import traceback

import boto3
import pytest
from moto import mock_aws

from baton.adapters.aws.secrets import FIRST_AGAIN, JUST_NOW, MAX_AGE, MIN_AGE, Secrets
from baton.failures import Retryable, SecretUnavailable
from tests.fakes.aws import FakeSecrets

NAME = "baton/slack"
OLD = {"signing_secret": "old", "bot_token": "t"}
NEW = {"signing_secret": "new", "bot_token": "t"}


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client() -> FakeSecrets:
    return FakeSecrets([(NAME, OLD)])


@pytest.fixture
def secrets(client: FakeSecrets, clock: Clock) -> Secrets:
    return Secrets(client, clock)


def test_a_secret_is_read_once_when_it_is_needed(
    client: FakeSecrets, secrets: Secrets, clock: Clock
) -> None:
    assert client.reads == 0
    for _ in range(3):
        assert secrets.get(NAME) == OLD
        clock.now += MAX_AGE / 4
    assert client.reads == 1


def test_an_old_secret_is_read_again(client: FakeSecrets, secrets: Secrets, clock: Clock) -> None:
    secrets.get(NAME)
    client.values[NAME] = NEW
    clock.now += MAX_AGE
    assert secrets.get(NAME) == NEW


def test_during_an_outage_the_cached_secret_is_used(
    client: FakeSecrets, secrets: Secrets, clock: Clock
) -> None:
    secrets.get(NAME)
    client.down = True
    clock.now += MAX_AGE
    for _ in range(10):
        assert secrets.get(NAME) == OLD
    assert client.reads == 2
    client.down = False
    client.values[NAME] = NEW
    clock.now += MIN_AGE
    assert secrets.get(NAME) == NEW


def test_without_a_cached_secret_an_outage_is_retried_each_second(
    client: FakeSecrets, secrets: Secrets, clock: Clock
) -> None:
    client.down = True
    with pytest.raises(SecretUnavailable, match=r"^baton/slack: InternalServiceError$"):
        secrets.get(NAME)
    with pytest.raises(SecretUnavailable, match=r"^baton/slack: could not be read a moment ago$"):
        secrets.reread(NAME)
    assert client.reads == 1
    client.down = False
    clock.now += FIRST_AGAIN
    assert secrets.get(NAME) == OLD
    assert issubclass(SecretUnavailable, Retryable)


def test_a_rotated_secret_is_found_when_asked_for(
    client: FakeSecrets, secrets: Secrets, clock: Clock
) -> None:
    secrets.get(NAME)
    client.values[NAME] = NEW
    clock.now += MIN_AGE
    assert secrets.refreshed(NAME) == NEW
    assert secrets.get(NAME) == NEW


def test_a_secret_is_read_again_at_most_once_a_minute(
    client: FakeSecrets, secrets: Secrets, clock: Clock
) -> None:
    secrets.get(NAME)
    for _ in range(60):
        clock.now += 1
        assert secrets.refreshed(NAME) is None
    assert client.reads == 2
    client.down = True
    for _ in range(60):
        clock.now += 1
        assert secrets.refreshed(NAME) is None
    assert client.reads == 3


def test_what_was_read_just_now_is_what_is_stored_now(
    client: FakeSecrets, secrets: Secrets, clock: Clock
) -> None:
    secrets.get(NAME)
    assert secrets.reread(NAME) == (OLD, 0)
    clock.now += JUST_NOW
    assert secrets.reread(NAME) == (OLD, MIN_AGE - JUST_NOW)
    assert client.reads == 1
    clock.now += MIN_AGE - JUST_NOW
    client.values[NAME] = NEW
    assert secrets.reread(NAME) == (NEW, 0)


def test_after_a_failed_reread_the_next_is_held_back(
    client: FakeSecrets, secrets: Secrets, clock: Clock
) -> None:
    secrets.get(NAME)
    clock.now += MIN_AGE
    client.down = True
    assert secrets.reread(NAME) == (OLD, MIN_AGE)
    clock.now += 1
    assert secrets.reread(NAME) == (OLD, MIN_AGE - 1)
    assert client.reads == 2


@pytest.mark.parametrize(
    "text", ["", "s3cr3t-value", "[]", '"s3cr3t-value"', '{"signing_secret": ["s3cr3t-value"]}']
)
def test_a_secret_of_the_wrong_form_is_named_but_never_shown(
    client: FakeSecrets, secrets: Secrets, text: str
) -> None:
    client.values[NAME] = text
    with pytest.raises(SecretUnavailable, match=r"^baton/slack: expected a JSON object") as refused:
        secrets.get(NAME)
    assert "s3cr3t" not in "".join(traceback.format_exception(refused.value))


def test_a_real_client_reads_the_secret() -> None:
    with mock_aws():
        aws = boto3.client("secretsmanager", region_name="eu-central-1")
        aws.create_secret(Name=NAME, SecretString=json.dumps(OLD))
        secrets = Secrets(aws)
        assert secrets.get(NAME) == OLD
        with pytest.raises(SecretUnavailable, match=r"^baton/other: ResourceNotFoundException$"):
            secrets.get("baton/other")
