"""Differences between channels: told by the names that people know, though policies keep ids."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from baton.domain.policy import Notifications, Policy
from baton.policy_tools.channels import KEYS

#: Paths that are told beside those of the channels themselves.
NAMES = frozenset(f"notifications.{key}_name" for key in KEYS)


def by_name(old: Policy, new: Policy) -> tuple[Policy, Policy]:
    """Both policies with the names of their channels, for comparison; where ``channels`` tells the
    difference, the names are the same."""
    before, after = old.notifications, new.notifications
    for key in KEYS:
        was, now = _called(before, key), _called(after, key)
        before = replace(before, **{key: was})
        after = replace(after, **{key: was if _told(old, new, key) else now})
    return replace(old, notifications=before), replace(new, notifications=after)


def channels(old: Policy, new: Policy) -> Iterator[str]:
    """A sentence for each channel that is the same by its name, or by its id, but not by both."""
    for key in KEYS:
        if told := _told(old, new, key):
            yield told


def _told(old: Policy, new: Policy, key: str) -> str:
    before, after = old.notifications, new.notifications
    was, now = _called(before, key), _called(after, key)
    id_was, id_now = getattr(before, key), getattr(after, key)
    if id_was == id_now and was != now:
        return f"The channel {was} is now called {now}."
    if id_was != id_now and was == now:
        if id_was == was:
            return f"The channel {now} is now known by its id, {id_now}."
        if id_now == now:
            return f"The channel {now} is now known by its name only, no longer by {id_was}."
        return f"{now} is now another channel, {id_now} instead of {id_was}."
    return ""


def _called(notifications: Notifications, key: str) -> str:
    return notifications.called(getattr(notifications, key))
