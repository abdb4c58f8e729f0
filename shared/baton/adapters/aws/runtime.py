"""What a function takes from the machine it runs on: its environment, AWS clients, the time."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

import boto3
import msgspec
from botocore.config import Config

Settings = TypeVar("Settings", bound=msgspec.Struct)

#: For work behind a queue: together with the outside system's own calls well inside a lease.
PATIENT = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "max_attempts": 3})


def environment(settings: type[Settings]) -> Settings:
    """The environment as *settings*; one that lacks a variable stops the function and names it."""
    return msgspec.convert(dict(os.environ), settings)


@cache
def client(service: str, config: Config = PATIENT) -> Any:
    """boto3's client, made once: clients are dear to make. No connection is opened yet."""
    return boto3.client(service, config=config)


def on_lambda() -> bool:
    """Whether this is the real thing, where init is the time to make clients: the processor is
    faster there, and SnapStart keeps what was made."""
    return "AWS_LAMBDA_FUNCTION_NAME" in os.environ


def now() -> datetime:
    return datetime.now(UTC)
