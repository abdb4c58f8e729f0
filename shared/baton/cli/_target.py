"""Which stack a command talks to, by the flags, the environment or ``make run``."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from baton.cli import CommandError

#: Written by ``make run``.
LOCAL = Path(".local/stack.json")
#: The default name of the deployed stack, as in samconfig.toml.
STACK = "baton"
#: Makes boto3's client for a service.
Clients = Callable[[str], Any]
NOT_RUNNING = "is it running? `make run` starts the one on this machine"
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Target(Struct, frozen=True):
    """A table, and how to reach it. Empty endpoint and region: from AWS's own settings."""

    table: str
    endpoint: str = ""
    region: str = ""
    #: Known only for the local stack.
    outputs: dict[str, str] = {}

    def client(self, service: str) -> Any:
        """
        boto3's client for *service*.

        An endpoint on this machine is an emulator, which takes any credentials. If there are none,
        made-up ones are used, and no other source is asked.
        """
        import boto3
        from botocore.config import Config

        made_up: dict[str, str] = {}
        if self._is_local() and not os.environ.get("AWS_ACCESS_KEY_ID"):
            made_up = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
        connect: Any = boto3.client  # its stubs know only literal service names
        with one_line_errors(self.table):
            return connect(
                service,
                endpoint_url=self.endpoint or None,
                region_name=self.region or None,
                config=Config(connect_timeout=5, read_timeout=20, retries={"max_attempts": 3}),
                **made_up,
            )

    def _is_local(self) -> bool:
        return urlsplit(self.endpoint).hostname in _LOOPBACK


def find(table: str | None) -> Target:
    """
    The stack to talk to.

    Args:
        table: From the flag; else TABLE_NAME of the environment; else the running local stack's.

    Raises:
        CommandError: None of these names a table.
    """
    endpoint = os.environ.get("AWS_ENDPOINT_URL_DYNAMODB") or os.environ.get("AWS_ENDPOINT_URL", "")
    named = table or os.environ.get("TABLE_NAME", "")
    if named:
        region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or ""
        if endpoint and urlsplit(endpoint).hostname in _LOOPBACK:
            region = region or "us-east-1"  # boto3 needs a region, although an emulator ignores it
        return Target(named, endpoint, region)
    try:
        stack = json.loads(LOCAL.read_text(encoding="utf-8"))
        return Target(
            str(stack["table"]),
            str(stack["aws_endpoint"]),
            str(stack["region"]),
            dict(stack.get("outputs", {})),
        )
    except FileNotFoundError:
        raise CommandError(
            "no table: give --table, set TABLE_NAME, or start the local stack with `make run`"
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{LOCAL} cannot be used ({error!r}): run `make run` again") from None


def outputs_of(stack: str, clients: Clients) -> dict[str, str]:
    """The outputs of the CloudFormation stack; empty: there is no such stack."""
    from botocore.exceptions import ClientError

    try:
        found = clients("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            return {}
        raise
    return {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}


@contextmanager
def one_line_errors(table: str) -> Iterator[None]:
    """Turns errors of AWS and the network into one line that says what to do."""
    from botocore import exceptions

    from baton.failures import Retryable

    lost = (
        exceptions.EndpointConnectionError,
        exceptions.ConnectTimeoutError,
        exceptions.ReadTimeoutError,
        exceptions.ConnectionClosedError,
    )
    try:
        yield
    except Retryable as error:
        if not isinstance(error.__cause__, lost):
            raise
        raise CommandError(f"cannot reach the stack ({error}); {NOT_RUNNING}") from None
    except (exceptions.NoCredentialsError, exceptions.PartialCredentialsError):
        raise CommandError("no AWS credentials: set AWS_PROFILE, or run `aws configure`") from None
    except exceptions.NoRegionError:
        raise CommandError("no AWS region: set AWS_REGION") from None
    except exceptions.ProfileNotFound as error:
        raise CommandError(f"{error}") from None
    except lost as error:
        raise CommandError(f"cannot reach the stack: {error}; {NOT_RUNNING}") from None
    except exceptions.ClientError as error:
        fault = error.response.get("Error", {})
        if fault.get("Code") == "ResourceNotFoundException":
            raise CommandError(f"there is no table {table} in this account and region") from None
        raise CommandError(f"AWS refused: {fault.get('Code')}: {fault.get('Message')}") from None
