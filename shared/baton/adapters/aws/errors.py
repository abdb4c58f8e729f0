"""Which failures of AWS are worth another try."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from baton.failures import Retryable


def code_of(error: ClientError) -> str:
    """AWS's code of *error*, without the prefix that SQS's older protocol puts before it."""
    return str(error.response.get("Error", {}).get("Code", "")).rpartition(".")[2]


@contextmanager
def translated(what: str, passing: Collection[str] = ()) -> Iterator[None]:
    """
    Turn AWS's temporary errors in calls to *what* into Retryable.

    A failed condition is an answer, not an error: it passes through as its ClientError, as do the
    codes of *passing*. Everything else is retried, even what an operator has to fix (a permission,
    a missing table), because nothing may be lost until then.
    """
    try:
        yield
    except ClientError as error:
        code = code_of(error)
        if code == "ConditionalCheckFailedException" or code in passing:
            raise
        raise Retryable(f"{what}: {code or 'unknown error'}") from error
    except BotoCoreError as error:
        raise Retryable(f"{what}: {type(error).__name__}") from error
