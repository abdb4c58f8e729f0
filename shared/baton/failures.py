"""
Failures, sorted by what to do next.

They are not in the ports that raise them, so that an entry point that needs neither policy nor
calendar does not import those just for an exception.
"""

from __future__ import annotations

from datetime import datetime, timedelta


class Retryable(Exception):
    """The outside system cannot answer now: try again, after *after* if given.

    ``unsure``: the request may have been carried out (no answer, or an answer from a gateway in
    between), so look before repeating it.
    """

    def __init__(self, why: str, after: timedelta | None = None, *, unsure: bool = False) -> None:
        super().__init__(why)
        self.after = after
        self.unsure = unsure


class Busy(Retryable):
    """Another attempt holds the same slot, until *until* at the latest."""

    def __init__(self, until: datetime) -> None:
        # No ``after``: the holder is normally done within a second, so the usual delay is enough.
        super().__init__("busy")
        self.until = until


class NewerSchema(Retryable):
    """Stored or sent by newer code, in a shape that this code would misread. Leave it and try
    again: newer code is being deployed, or this code is a rollback.
    """

    def __init__(self, what: str, found: int, known: int) -> None:
        super().__init__(
            f"{what} of schema {found} was written by a newer Baton; this one knows {known}"
        )


class Unauthorised(Retryable):
    """The outside system does not accept our token (any more). Nothing was carried out."""


class SecretUnavailable(Retryable):
    """The secret cannot be read now, or is malformed. The message has its name, not its value."""


class NotAllowed(Retryable):
    """The account's plan or the app's scopes do not cover the call; an operator must fix it."""


class Rejected(Exception):
    """It will never work unchanged; the message says why, for a person, without personal data.

    ``unsure``: another attempt may have shown it, so look before repeating it. ``code``: the
    outside system's own word for why; empty: it has none.
    """

    def __init__(self, why: str, *, unsure: bool = False, code: str = "") -> None:
        super().__init__(why)
        self.unsure = unsure
        self.code = code


class PropertiesRefused(Rejected):
    """HubSpot refuses the request for some of the properties that it writes: without them, it may
    be accepted.

    ``names``: those properties; empty: HubSpot did not say which.
    """

    def __init__(self, why: str, names: frozenset[str] = frozenset()) -> None:
        super().__init__(why)
        self.names = names


class NotAnOwner(PropertiesRefused):
    """HubSpot does not accept the given owner: deactivated or deleted there."""


class Malformed(Rejected):
    """A message that is not one of ours, or incomplete; names the field by its path."""


class Explained(Exception):
    """There is nothing left to do, and nothing for a person to fix: the contact was deleted, the
    lead has moved on. The message says which, without personal data; it is counted and logged.
    """


class Gone(Exception):
    """The object to update is gone: somebody deleted it outside."""


class Moved(Exception):
    """Something the decision read has changed since; read again and decide again."""


class AlreadyDone(Exception):
    """The event is in the history: another worker worked it in the meantime."""
