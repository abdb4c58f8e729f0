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
            "rename respect.outside_hours to quiet_hours, and respect.an_hour to messages_an_hour,"
            " both without respect around them",
        )
