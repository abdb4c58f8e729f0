"""Which failures of AWS are worth another try."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from baton.failures import Retryable


@contextmanager
def translated(what: str) -> Iterator[None]:
    """
    Turn AWS's passing troubles in calls to *what* into Retryable.

    A failed condition is an answer, not a trouble: it passes through as the ClientError it is.
    Everything else is repeated, also what an operator has to mend (a permission, a missing
    table), because nothing may be lost while they do.
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
