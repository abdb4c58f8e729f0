"""Date properties of an account that seem to hold stage dates of another system."""

from __future__ import annotations

import re
from collections.abc import Mapping

from baton.domain import hubspot_names
from baton.domain.policy import Policy

_WORDS = frozenset({"lifecycle", "stage", "became", "handoff", "handover"})
#: Properties of Baton and of HubSpot itself.
_PREFIXES = (hubspot_names.OWN_PREFIX, hubspot_names.HUBSPOT_PREFIX)
#: Most properties returned, because the audit reads the history of each for every contact.
MOST = 20


def stage_dates(policy: Policy, custom: Mapping[str, str]) -> tuple[str, ...]:
    """
    The names that mention a stage, at most `MOST`, sorted.

    Args:
        custom: Name -> label of the date properties that people or apps made in the account.
    """
    words = _WORDS | {
        word
        for stage in policy.lifecycle.stages
        for text in (stage.id, stage.label, stage.lifecyclestage)
        for word in _split(text)
    }
    found = [
        name
        for name, label in custom.items()
        if not name.startswith(_PREFIXES) and words & {*_split(name), *_split(label)}
    ]
    return tuple(sorted(found)[:MOST])


def _split(text: str) -> list[str]:
    return [word for word in re.split(r"[^a-z0-9]+", text.casefold()) if word]
