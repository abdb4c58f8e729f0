"""A deal's news finds the leads it is about.

HubSpot says that a deal moved, not whose it is. So the deal is read, and every contact of it gets
an event of its own, worked like any other, before the news is acknowledged. Whoever dies in
between leaves the message; when it comes back, the events that were worked are found in their
leads' histories, by an identity made of the news and the contact.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from baton.application.advance import Contacts
from baton.application.ports.crm import Crm, Deal
from baton.domain.world.events import DealMoved
from baton.failures import Rejected, Retryable
from baton.wire.details import DealHint

#: Who creates a deal often says whose it is only after: so long a deal without contacts is looked
#: at again. With the last wait still shorter than what the events queue's alarm calls late.
PATIENCE = timedelta(minutes=2)
LOOK_AGAIN = timedelta(seconds=15)


def follow_deal(
    hint: DealHint, crm: Crm, now: datetime, advance: Callable[[DealMoved, Contacts], None]
) -> int:
    """
    Work what *hint* means for each contact of its deal; how many those are.

    What counts is where the deal is now: a hint that comes late, or again, then tells of a newer
    stage, which its own hint tells, too. That is one entry at one instant, told twice.

    Args:
        advance: Works one event; one contact's failure does not keep the others from theirs.

    Raises:
        Retryable: HubSpot, or one of the contacts, must be tried again; or the deal is new and
            nobody's yet.
        Rejected: One of the contacts cannot be worked, and none is left to try again.
    """
    deal = crm.deal(hint.deal_id)
    if deal is None or not deal.stage:
        return 0
    if not deal.contacts and now - hint.occurred_at < PATIENCE:
        raise Retryable("the deal has no contact yet", after=LOOK_AGAIN)
    contacts = Contacts(crm, deal.contacts)
    failures: list[Retryable | Rejected] = []
    for contact_id in deal.contacts:
        try:
            advance(moved(hint, deal, contact_id), contacts)
        except (Retryable, Rejected) as error:
            failures.append(error)
    # A message that comes back tries everybody again; one that is parked waits for a person.
    if failures:
        raise min(failures, key=lambda one: isinstance(one, Rejected))
    return len(deal.contacts)


def moved(hint: DealHint, deal: Deal, contact_id: str) -> DealMoved:
    """What *hint* means for one contact: the deal is in its stage since it entered it, or since
    the contact joined it. An old deal does not rewrite the past of who joins it today."""
    at = deal.entered_at or hint.occurred_at
    return DealMoved(
        id=f"{hint.event_id}:{contact_id}",
        lead_id=contact_id,
        at=max(at, hint.occurred_at) if hint.joined else at,
        deal=deal.id,
        stage=deal.stage,
        outcome=deal.outcome,
        created=hint.created,
    )
