"""What a decision may look at besides the lead and the event."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from baton.core.policy import Policy


class SeenStage(Struct, frozen=True):
    """One value of ``lifecyclestage`` in the contact's property history."""

    value: str
    at: datetime
    source: str = ""


class SeenValue(Struct, frozen=True):
    """The present value of a property, since when it stands there, and who wrote it."""

    value: str
    at: datetime
    source: str = ""


class Contact(Struct, frozen=True):
    """A HubSpot contact as read: its properties by HubSpot's names, empty ones left out."""

    id: str
    properties: dict[str, str]
    #: Oldest first; cleared values are left out.
    stages: tuple[SeenStage, ...] = ()
    #: Property -> its last change, for those that others may write as well as Baton; also where
    #: it was emptied.
    changes: dict[str, SeenValue] = {}


class Background(Struct, frozen=True):
    """Where a missing field may be found: read only when one is needed."""

    #: Contact property -> the last value it had before it was emptied.
    history: dict[str, str] = {}
    #: Properties of the contact that are no fields of the policy.
    contact: dict[str, str] = {}
    #: Properties of the associated company; empty: there is none.
    company: dict[str, str] = {}
    #: Why HubSpot does not let us look; empty: it does.
    denied: str = ""


class Touch(Struct, frozen=True):
    """Something a rep did with the person, as HubSpot knows it."""

    at: datetime
    #: call, email, meeting
    what: str
    #: HubSpot owner id of who did it.
    owner: str


class Load(Struct, frozen=True):
    """How much a person carries. ``today`` counts assignments on local date ``day``."""

    person: str
    open: int = 0
    day: str = ""
    today: int = 0
    version: int = 0

    def on(self, day: str) -> int:
        """Assignments on *day*; a count of an earlier day is over."""
        return self.today if self.day == day else 0


class Seat(Struct, frozen=True):
    """A member's standing in a pool: turns owed by now, and turns had."""

    owed: float = 0.0
    had: int = 0


class Turns(Struct, frozen=True):
    """The turns of one pool."""

    pool: str
    seats: dict[str, Seat] = {}
    version: int = 0


class World(Struct, frozen=True):
    """Everything but the lead. What is not given is unknown; ``decide`` says what it lacks."""

    policy: Policy
    #: None: not read. A contact that HubSpot does not have is ``contact_gone``.
    contact: Contact | None = None
    contact_gone: bool = False
    #: None: not read.
    touches: tuple[Touch, ...] | None = None
    #: None: not read.
    background: Background | None = None
    #: HubSpot was asked, for touches or the contact, and did not answer.
    crm_down: bool = False
    loads: dict[str, Load] = {}
    turns: dict[str, Turns] = {}


class Lacks(Struct, frozen=True):
    """What ``decide`` needs to know before it can answer."""

    contact: bool = False
    touches: bool = False
    background: bool = False
    pools: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
