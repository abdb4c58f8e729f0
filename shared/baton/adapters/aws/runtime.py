"""What a function takes from its runtime: the environment, AWS clients, the time."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

import boto3
import msgspec
from botocore.config import Config

Settings = TypeVar("Settings", bound=msgspec.Struct)

#: For work behind a queue: with the outside system's calls, well within a lease.
PATIENT = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "max_attempts": 3})


def environment(settings: type[Settings]) -> Settings:
    """The environment as *settings*. A missing variable stops the function and is named."""
    return msgspec.convert(dict(os.environ), settings)


@cache
def client(service: str, config: Config = PATIENT) -> Any:
    """boto3's client, created once because that is slow. Opens no connection yet."""
    return boto3.client(service, config=config)


def on_lambda() -> bool:
    """Whether this runs in Lambda. There clients are created at init: the processor is faster then,
    and SnapStart keeps them."""
    return "AWS_LAMBDA_FUNCTION_NAME" in os.environ


def now() -> datetime:
    return datetime.now(UTC)
