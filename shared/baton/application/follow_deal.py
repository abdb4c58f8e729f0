"""Turns a deal hint into events for the leads of the deal.

HubSpot says that a deal moved, but not which contacts it has. So the deal is read, and each of its
contacts gets its own event, worked like any other, before the hint is acknowledged. After a crash
in between, the message comes back, and the events already worked are found in their leads'
histories, by an id made of the hint and the contact.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from baton.application.ports.crm import Crm, Deal
from baton.application.work_event import Contacts
from baton.domain.world.events import DealMoved
from baton.failures import Explained, Rejected, Retryable
from baton.wire.details import DealHint

#: People often add contacts only after creating a deal: a deal without contacts is retried for this
#: long. Including the last wait it stays below the age at which the events queue's alarm goes off.
PATIENCE = timedelta(minutes=2)
LOOK_AGAIN = timedelta(seconds=15)


def follow_deal(
    hint: DealHint, crm: Crm, now: datetime, work_event: Callable[[DealMoved, Contacts], None]
) -> int:
    """
    Work *hint* for each contact of its deal; returns how many contacts.

    The deal's present stage counts, so a late or repeated hint reports a newer stage, which that
    stage's own hint reports, too. Both reports give the same stage fact.

    Args:
        work_event: Works one event; a failure for one contact does not stop the others.

    Raises:
        Retryable: HubSpot or one of the contacts must be tried again, or the deal is new and has no
            contacts yet.
        Rejected: One of the contacts cannot be worked, and none is left to try again.
        Explained: The same, and nobody can fix it.
    """
    deal = crm.deal(hint.deal_id)
    if deal is None or not deal.stage:
        return 0
    if not (deal.contacts or deal.odd) and now - hint.occurred_at < PATIENCE:
        raise Retryable("the deal has no contact yet", after=LOOK_AGAIN)
    contacts = Contacts(crm, deal.contacts)
    failures: list[Retryable | Rejected | Explained] = [Rejected(deal.odd)] if deal.odd else []
    for contact_id in deal.contacts:
        try:
            work_event(deal_event(hint, deal, contact_id), contacts)
        except (Retryable, Rejected, Explained) as error:
            failures.append(error)
    # Retryable first: a message that comes back tries all contacts again, while a parked one waits
    # for a person. Explained last: it does neither.
    for kind in (Retryable, Rejected, Explained):
        for failure in failures:
            if isinstance(failure, kind):
                raise failure
    return len(deal.contacts)


def deal_event(hint: DealHint, deal: Deal, contact_id: str) -> DealMoved:
    """The event for one contact. The deal counts as in its stage from when it entered that stage
    or, if later, from when the contact joined the deal. An old deal must not rewrite the past of a
    new contact.
    """
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
