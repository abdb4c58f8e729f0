"""How long a wish lasts: for conditions, a field that holds the latest form has a value only while
the form is young enough.

HubSpot shows the latest form for ever, so a demo request of two months ago would make a lead hot
that comes back for another reason. The form lasts as long as it is a raised hand by the policy
(``hand_raises`` with ``within``); any other form lasts ``LASTS``. The first form is about where a
lead came from, and does not age.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from baton.domain.conditions import is_of
from baton.domain.lead import Evidence, Lead
from baton.domain.policy import Policy
from baton.domain.scoring.evidence_history import FORM, LONGEST

#: How long a form lasts that is no raised hand.
LASTS = timedelta(days=30)


def lasting_fields(policy: Policy, lead: Lead, now: datetime) -> Mapping[str, str]:
    """The lead's fields without the forms that are too old to count in conditions."""
    old = {name for name, _, _ in too_old(policy, lead, now)}
    if not old:
        return lead.fields
    return {name: value for name, value in lead.fields.items() if name not in old}


def too_old(policy: Policy, lead: Lead, now: datetime) -> Iterator[tuple[str, datetime, timedelta]]:
    """(field, when the form was sent, how long it lasted) of the forms that do not count any more.
    A form of which nobody knows when it was sent counts.
    """
    for name in policy.latest_forms:
        value = lead.fields.get(name)
        sent = _sent(lead, value) if value else None
        if sent is None:
            continue
        lasts = _lasts(policy, sent)
        if lasts is not None and sent.at <= now - lasts:
            yield name, sent.at, lasts


def _sent(lead: Lead, form: str) -> Evidence | None:
    """The latest time that the person sent *form*."""
    for piece in reversed(lead.evidence):
        if piece.kind == FORM and _is(piece.what.strip(), form):
            return piece
    return None


def _is(what: str, form: str) -> bool:
    """Whether *what*, which may be the end of a long name, is *form*."""
    return what == form or (bool(what) and len(form) > LONGEST and form.endswith(what))


def _lasts(policy: Policy, sent: Evidence) -> timedelta | None:
    """How long the form lasts: as long as the longest raised hand that it is; None: for ever."""
    raised = policy.scoring.hand_raises if policy.scoring else ()
    spans = [count.within for count in raised if is_of(sent, count)]
    if not spans:
        return LASTS
    known = [span for span in spans if span is not None]
    return max(known) if len(known) == len(spans) else None
