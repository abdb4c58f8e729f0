"""What HubSpot's history of ``lifecyclestage`` reports, as stage facts."""

from __future__ import annotations

from datetime import datetime, timedelta

from baton.domain import hubspot_names
from baton.domain.lead import StageFact
from baton.domain.policy import Policy
from baton.domain.time import believable
from baton.domain.world.world import Contact, SeenStage

#: A stage that was cleared is left alone this long: whoever moves a lead back through HubSpot's API
#: or by a workflow clears the stage first and sets it a moment later.
SETTLED = timedelta(seconds=30)


def reported_facts(policy: Policy, contact: Contact, now: datetime) -> list[StageFact]:
    """The entries and clearings in the contact's history; of values that the policy does not know
    only the present one. A clearing before the first entry cleared nothing, and one that was just
    made is no fact yet: see ``just_cleared``.
    """
    known = policy.stage_of_value
    facts: list[StageFact] = []
    had_one = False
    last = len(contact.stages) - 1
    unsettled = just_cleared(contact, now) is not None
    for index, seen in enumerate(contact.stages):
        at = believable(seen.at, now)
        if seen.value in known:
            facts.append(StageFact(at, known[seen.value].id, "", seen.source, seen.source_id))
        elif seen.value and index == last and is_shown(contact, seen):
            facts.append(StageFact(at, seen.value, "", seen.source, seen.source_id))
        elif not seen.value and had_one and not (index == last and unsettled):
            facts.append(StageFact(at, "", "", seen.source, seen.source_id))
        had_one = had_one or bool(seen.value)
    return facts


def is_shown(contact: Contact, seen: SeenStage) -> bool:
    """Whether *seen*, the last entry of the history, is what the contact shows; between two writes
    HubSpot's values and its history can differ."""
    return contact.properties.get(hubspot_names.STAGE, "") == seen.value


def standing_clearing(contact: Contact, now: datetime) -> StageFact | None:
    """The clearing of the stage that the contact lacks now; None: it has one, or never had."""
    last = contact.stages[-1] if contact.stages else None
    if last is None or last.value or not is_shown(contact, last):
        return None
    return StageFact(believable(last.at, now), "", "", last.source, last.source_id)


def just_cleared(contact: Contact, now: datetime) -> StageFact | None:
    """The clearing that may be the first half of a move back; None: there is none, or it has stood
    for a while. The contact is to be read again ``SETTLED`` after it."""
    cleared = standing_clearing(contact, now)
    return cleared if cleared is not None and now < cleared.at + SETTLED else None
