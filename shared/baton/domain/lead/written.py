"""Values that Baton decided for HubSpot."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from baton.domain.phrase import Text


class Value(Struct, frozen=True, gc=False, array_like=True):
    """A property value and the lead version at which Baton last decided it. A phrase is rendered
    when it is delivered.
    """

    value: Text
    since: int
    #: HubSpot only moves lifecyclestage forward, so going back means clearing it first.
    clear_first: bool = False


class Write(Struct, frozen=True, gc=False, array_like=True):
    """A value that Baton wrote to a HubSpot property, to recognise its echo."""

    value: str
    at: datetime
    #: When it was seen in HubSpot: later sightings of the same value are somebody else's.
    seen: datetime | None = None
    #: HubSpot's value is cleared before this one is set, which is a change of its own.
    clears: bool = False
