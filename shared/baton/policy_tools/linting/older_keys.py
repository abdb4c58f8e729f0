"""Keys in the way they were written before, which are still read."""

from __future__ import annotations

from collections.abc import Iterator

from baton.policy_tools.linting.findings import Found, Rule
from baton.policy_tools.linting.subject import Subject

OLDER_KEY = Rule(
    "older-key",
    "warning",
    "It is read as before, but the pages, the documents and the schema speak of the new key.",
)


def check(subject: Subject) -> Iterator[Found]:
    if subject.files.notifications.respect is not None:
        yield OLDER_KEY.found(
            "notifications",
            ("respect",),
            "respect is now quiet_hours and messages_an_hour",
            "write respect.outside_hours as quiet_hours and respect.an_hour as messages_an_hour,"
            " and remove respect",
        )
