"""Which failures of AWS are worth another try."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from baton.failures import Retryable


@contextmanager
def translated(what: str) -> Iterator[None]:
    """
    Turn AWS's temporary errors in calls to *what* into Retryable.

    A failed condition is an answer, not an error: it passes through as its ClientError. Everything
    else is retried, even what an operator has to fix (a permission, a missing table), because
    nothing may be lost until then.
    """
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code == "ConditionalCheckFailedException":
            raise
        raise Retryable(f"{what}: {code or 'unknown error'}") from error
    except BotoCoreError as error:
        raise Retryable(f"{what}: {type(error).__name__}") from error
