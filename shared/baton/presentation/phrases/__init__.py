"""The words of every phrase that the domain says, by id; see ``baton.presentation.wording``.

A template, or a function that chooses one by the arguments.
"""

from __future__ import annotations

from baton.presentation.phrases import conditions, lifecycle, people, routing, sla
from baton.presentation.phrases.choosing import Words

PHRASES: dict[str, Words] = {
    **conditions.PHRASES,
    **lifecycle.PHRASES,
    **people.PHRASES,
    **routing.PHRASES,
    **sla.PHRASES,
}

__all__ = ["PHRASES"]
