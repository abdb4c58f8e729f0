"""Who changed the contact's owner in HubSpot: Baton itself, or somebody else.

HubSpot's history is read, not the webhooks: it has each change with its instant, in whatever order
and however late the news of them came.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from baton.domain import hubspot_names
from baton.domain.draft.draft import Draft
from baton.domain.lead import BY_HAND, Assignment, Lead, Write
from baton.domain.lifecycle.stage_history import ECHO, NOT_OURS, WRITES_KEPT
from baton.domain.time import EARLIEST, SKEW
from baton.domain.world.world import Contact, SeenValue

#: Changes that a merge makes: of two owners HubSpot keeps one, which nobody chose for this lead.
_MERGES = frozenset({"merge_objects", "merge_contacts"})


class News(NamedTuple):
    """What others did to the owner since Baton last looked, oldest first; and Baton's own writes,
    marked as seen.
    """

    changes: tuple[SeenValue, ...]
    writes: tuple[Write, ...]


def news_of_owner(lead: Lead, contact: Contact) -> News:
    """The changes of the owner that Baton neither made nor knows. Of a lead that nobody has, and
    that does not wait, none are.

    Each write of Baton's has one echo: the first sighting of its value that may be Baton's, after
    it was decided. Once a write is seen, no echo of an earlier one comes.
    """
    writes = list(lead.writes.get(hubspot_names.OWNER, ()))
    assignment, since = lead.assignment, lead.owner_seen
    overtaken = _overtaken_before(assignment) if assignment is not None else EARLIEST
    known = since or (assignment.begun_at if assignment is not None else _waits_since(lead))
    found: list[SeenValue] = []
    for seen in contact.owners:
        if seen.at <= known or _is_echo(seen, writes):
            continue
        forgotten = len(writes) >= WRITES_KEPT and seen.at < writes[0].at - SKEW
        # A change by what is never Baton is no echo of a write that is not remembered any more.
        others = seen.source.casefold() in NOT_OURS
        if seen.at < overtaken or (forgotten and not others):
            continue
        if seen.source.casefold() not in _MERGES:
            found.append(seen)
    return News(tuple(found), tuple(writes))


def note_owner_seen(draft: Draft, contact: Contact) -> None:
    """Note that the contact's owner is known up to its latest change."""
    seen = contact.owners[-1].at if contact.owners else EARLIEST
    if draft.lead.owner_seen == seen:
        return
    # As the decision began: what it writes itself has no echo yet.
    writes = news_of_owner(draft.start, contact).writes
    name = hubspot_names.OWNER
    kept = draft.lead.writes | {name: writes} if writes else draft.lead.writes
    draft.change(owner_seen=seen, writes=kept)


def _overtaken_before(assignment: Assignment) -> datetime:
    """Changes from before this instant were overtaken by the assignment: a later one by hand, or
    one that Baton made without knowing of them, once its owner has acted on the lead.
    """
    if assignment.rule == BY_HAND:
        return assignment.begun_at
    acted = assignment.accepted_at is not None or assignment.touched_at is not None
    # Within a minute, clocks of two machines decide nothing.
    return assignment.begun_at - SKEW if acted else EARLIEST


def _waits_since(lead: Lead) -> datetime:
    return lead.waiting.since if lead.waiting is not None else EARLIEST


def _is_echo(seen: SeenValue, writes: list[Write]) -> bool:
    """Whether *seen* shows one of Baton's *writes*; it and those before are then marked as seen."""
    if seen.source.casefold() in NOT_OURS:
        return False
    for index, write in enumerate(writes):
        if write.value != seen.value or write.seen not in (None, seen.at):
            continue
        if write.at - SKEW <= seen.at <= write.at + ECHO:
            for earlier in range(index + 1):
                if writes[earlier].seen is None:
                    writes[earlier] = replace(writes[earlier], seen=seen.at)
            return True
    return False
