"""Which of the records that HubSpot has are acts: a call that failed reached nobody."""

from __future__ import annotations

from collections.abc import Iterable

from baton.domain.phrase import Phrase, phrase
from baton.domain.policy import PUBLISHED, Touches, spelled
from baton.domain.world.world import Touch

#: ``hs_email_direction`` of one that a person sent. The others are INCOMING_EMAIL (a reply),
#: FORWARDED_EMAIL and DRAFT_EMAIL (source: HubSpot's Emails guide).
SENT = "EMAIL"
#: ``hs_communication_logged_from`` of a message that somebody logged. Others are conversations of
#: the inbox, which do not say who wrote (source: HubSpot's Communications guide).
LOGGED = "CRM"


def acts(rules: Touches, touches: Iterable[Touch] | None) -> tuple[Touch, ...]:
    """Those of *touches* by which somebody reached out."""
    return tuple(one for one in touches or () if why_no_act(rules, one) is None)


def why_no_act(rules: Touches, touch: Touch) -> Phrase | None:
    """Why *touch* does not count as reaching out; None: it does."""
    if touch.what == "email" and not _is(touch.direction, SENT):
        return _no_act(touch, touch.direction)
    if touch.what == "message" and touch.direction and not _is(touch.direction, LOGGED):
        return _no_act(touch, touch.direction)
    if touch.what == "call" and touch.outcome and _is(touch.outcome, *rules.outcomes_ignored):
        return _no_act(touch, touch.outcome)
    key = _key(touch)
    if _counts(getattr(rules, key), PUBLISHED[key], touch.status, rules.unlisted == "count"):
        return None
    return _no_act(touch, touch.status)


def is_tried(touch: Touch) -> bool:
    """Whether *touch* is something that was tried, not something that came from the person."""
    return not touch.direction or _is(touch.direction, "OUTBOUND", SENT, LOGGED)


def is_meeting_to_come_or_held(rules: Touches, touch: Touch) -> bool:
    """Whether *touch* is a meeting that was booked and stands, or was held; not one that nobody
    came to."""
    held = touch.what == "meeting" and not _is(touch.status, "NO_SHOW")
    return held and not why_no_act(rules, touch)


def _key(touch: Touch) -> str:
    if touch.what == "call":
        return "calls_answered" if _is(touch.direction, "INBOUND") else "calls_made"
    return {"email": "emails_sent", "meeting": "meetings", "message": "messages"}[touch.what]


def _counts(listed: tuple[str, ...], published: tuple[str, ...], value: str, others: bool) -> bool:
    if not listed:
        return False
    return not value or _is(value, *listed) or (others and not _is(value, *published))


def _is(value: str, *named: str) -> bool:
    """Whether *value* is one of those *named*, in any spelling."""
    return spelled(value) in map(spelled, named)


def _no_act(touch: Touch, value: str) -> Phrase:
    return phrase("touch.no_act", touch.what, touch.at, value)
