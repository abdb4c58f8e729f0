"""The creation rule: a contact that never had a stage gets the policy's first one."""

from __future__ import annotations

from baton.domain import hubspot_names
from baton.domain.draft.draft import Draft
from baton.domain.lead import StageFact
from baton.domain.time import believable, read_instant
from baton.domain.world.events import Hinted
from baton.domain.world.world import Contact


def first_stage(draft: Draft, contact: Contact) -> StageFact | None:
    """The policy's first stage, as of the contact's creation; None: it has, or had, a stage, or its
    creation date is unknown.
    """
    if contact.properties.get(hubspot_names.STAGE) or any(seen.value for seen in contact.stages):
        return None
    event = draft.event
    created = read_instant(contact.properties.get(hubspot_names.CREATED, ""))
    if created is None:
        if not (isinstance(event, Hinted) and event.about == "created"):
            return None
        created = event.at
    initial = draft.policy.lifecycle.initial
    draft.add_reason("stage.created", initial)
    return StageFact(at=believable(created, draft.now), stage=initial, source="baton")
