"""Values that Baton decided for HubSpot."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from baton.domain.phrase import Text


class Value(Struct, frozen=True, gc=False, array_like=True):
    """A property value and the lead version at which Baton last decided it. A phrase is put into
    words when it is written."""

    value: Text
    since: int
    #: HubSpot only moves lifecyclestage forward: going back means clearing it first.
    clear_first: bool = False


class Write(Struct, frozen=True, gc=False, array_like=True):
    """A value that Baton decided for a HubSpot property, to know it again when it comes back."""

    value: str
    at: datetime
    #: When it was seen in HubSpot: from then on the same value is somebody else's.
    seen: datetime | None = None
