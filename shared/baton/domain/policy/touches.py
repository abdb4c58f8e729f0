"""Which records in HubSpot say that somebody reached out to the person.

HubSpot logs what was tried as well as what was done. The published values are from its guides
"Calls", "Emails", "Meetings" and "Communications" (developer documentation, 2026-03); HOLD, MISSED
and UNKNOWN are statuses that the calling extensions of other apps may set. Imports and other apps
write them as labels and in other spellings (``No show``, ``CANCELLED``), so they are compared as
``spelled``.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from msgspec import Struct

from baton.domain.text import folded

#: Key of the policy -> the values that HubSpot publishes for it.
PUBLISHED: dict[str, tuple[str, ...]] = {
    "calls_made": (
        "BUSY",
        "CALLING_CRM_USER",
        "CANCELED",
        "COMPLETED",
        "CONNECTING",
        "FAILED",
        "HOLD",
        "IN_PROGRESS",
        "MISSED",
        "NO_ANSWER",
        "QUEUED",
        "RINGING",
        "UNKNOWN",
    ),
    "emails_sent": ("BOUNCED", "FAILED", "SCHEDULED", "SENDING", "SENT"),
    "meetings": ("CANCELED", "COMPLETED", "NO_SHOW", "RESCHEDULED", "SCHEDULED"),
    "messages": ("LINKEDIN_MESSAGE", "SMS", "WHATS_APP"),
}
PUBLISHED["calls_answered"] = PUBLISHED["calls_made"]


#: British spellings.
_BRITISH = {"cancelled": "canceled"}


@lru_cache(maxsize=1_000)  # bounded: an account may have any values
def spelled(value: str) -> str:
    """*value* in the form in which it is compared: ``NO_SHOW``, ``No show`` and ``no-show`` are
    one, as are ``CANCELED`` and ``Cancelled``.
    """
    plain = folded(value).replace("_", "").replace("-", "").replace(" ", "")
    return _BRITISH.get(plain, plain)


class Touches(Struct, frozen=True, omit_defaults=True):
    """Of each kind of record the values with which it counts as reaching out. A record without a
    value counts, unless its kind lists none at all.
    """

    #: ``hs_call_status`` of a call to the person, and of one from them.
    calls_made: tuple[str, ...] = (
        "COMPLETED",
        "NO_ANSWER",
        "BUSY",
        "IN_PROGRESS",
        "HOLD",
        "UNKNOWN",
    )
    calls_answered: tuple[str, ...] = ("COMPLETED", "IN_PROGRESS", "HOLD")
    #: ``hs_email_status`` of an e-mail to the person; one from them is none of ours.
    emails_sent: tuple[str, ...] = ("SENT",)
    #: ``hs_meeting_outcome``.
    meetings: tuple[str, ...] = ("SCHEDULED", "COMPLETED", "RESCHEDULED", "NO_SHOW")
    #: ``hs_communication_channel_type``.
    messages: tuple[str, ...] = ("SMS", "WHATS_APP", "LINKEDIN_MESSAGE")
    #: A value that HubSpot does not publish: the account's own, or a new one.
    unlisted: Literal["count", "ignore"] = "count"
    #: ``hs_call_disposition``: outcomes (HubSpot's ids) with which no call counts.
    outcomes_ignored: tuple[str, ...] = ()
    #: Whose acts count as the owner's first touch besides their own: nobody's, their backup's,
    #: also those of their team, or of anybody in the roster.
    by: Literal["owner", "backup", "team", "roster"] = "backup"
