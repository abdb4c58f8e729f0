"""
How failures sort by what to do next.

Apart from the ports that raise them, so that a door in, which knows neither policy nor calendar,
does not import these for the sake of an exception.
"""

from __future__ import annotations

from datetime import datetime, timedelta


class Retryable(Exception):
    """The outside system cannot just now: try again, not before *after* if it said so.

    ``unsure``: the request may have been carried out all the same (no answer, or an answer from
    a gateway in between), so look before repeating it.
    """

    def __init__(self, why: str, after: timedelta | None = None, *, unsure: bool = False) -> None:
        super().__init__(why)
        self.after = after
        self.unsure = unsure


class Busy(Retryable):
    """Somebody else is at work on the same slot, until *until* at the latest."""

    def __init__(self, until: datetime) -> None:
        # No ``after``: the holder is normally done within a second, so the usual delay will do.
        super().__init__("busy")
        self.until = until


class NewerSchema(Retryable):
    """It was stored or sent by newer code, in a shape that this code would misread: left as it is,
    to be tried again, as newer code is being deployed or an older one was put back."""

    def __init__(self, what: str, found: int, known: int) -> None:
        super().__init__(
            f"{what} of schema {found} was written by a newer Baton; this one knows {known}"
        )


class Unauthorised(Retryable):
    """The outside system does not know our token (any more). Nothing was carried out."""


class SecretUnavailable(Retryable):
    """The secret cannot be read just now, or is not what it should be. Names it, and holds none."""


class NotAllowed(Retryable):
    """The account's plan, or what the app was granted, does not cover the call: an operator's to
    mend."""


class Rejected(Exception):
    """It will never work as it is; the message says why, for a person. Holds no personal data.

    ``unsure``: it may be shown all the same, by somebody else, so look before repeating it.
    """

    def __init__(self, why: str, *, unsure: bool = False) -> None:
        super().__init__(why)
        self.unsure = unsure


class NotAnOwner(Rejected):
    """HubSpot does not take whom it was given as owner: deactivated, or deleted there."""


class Malformed(Rejected):
    """A message that is not one of ours, or not whole; names the field by its path."""


class Gone(Exception):
    """What was to be updated is no longer there: somebody deleted it outside."""


class Moved(Exception):
    """Something the decision read has changed since; read again and decide again."""


class AlreadyDone(Exception):
    """The event is in the history: somebody else worked it in the meantime."""
