"""The daily check of which people in the roster HubSpot accepts as owners."""

from __future__ import annotations

from datetime import UTC, datetime

from baton.application.ports.census import Owners
from baton.application.ports.people import Loads
from baton.domain.policy import Policy
from baton.wire.details import PersonHint


class Unbelievable(Exception):
    """HubSpot's list lacks so many owners that the list itself is probably wrong."""


def check_roster(policy: Policy, people: Loads, owners: Owners, now: datetime) -> list[PersonHint]:
    """
    Return hints about active people in the roster whom HubSpot newly refuses, or accepts again.

    Raises:
        Unbelievable: More than half of them are missing. Nobody is marked as refused; an operator
            must look at the failure.
    """
    active = [person for person in policy.people if person.active]
    missing = {person.id for person in active if person.hubspot_owner not in owners.active}
    if len(missing) * 2 > len(active):
        raise Unbelievable(
            f"HubSpot lists {len(active) - len(missing)} of {len(active)} people of the roster"
        )
    loads = people.loads([person.id for person in active])
    day = now.astimezone(UTC).date().isoformat()
    hints = []
    for person in active:
        refused = loads[person.id].refused
        known = refused is not None and refused.holds(now)
        if known != (person.id in missing):
            change = "taken" if known else "refused"
            hints.append(
                PersonHint(
                    event_id=f"owner-{change}:{person.hubspot_owner}:{day}",
                    person=person.id,
                    occurred_at=now,
                    away=not known,
                    source="hubspot",
                )
            )
    return hints
