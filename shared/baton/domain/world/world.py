"""What a decision may look at besides the lead and the event."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from msgspec import Struct

from baton.domain.lead import Lead
from baton.domain.policy import Ownership, Policy
from baton.domain.world.events import Told

#: Who reports that somebody is away; ``workspace``: Slack itself, which brings them no messages.
Reporter = Told | Literal["workspace"]


#: What HubSpot's id of a person begins with, where it says who made a change.
USER = "userId:"


class SeenStage(Struct, frozen=True):
    """One value of ``lifecyclestage`` in the contact's property history; empty: it was cleared."""

    value: str
    at: datetime
    source: str = ""
    #: Which one of that kind: an integration's, a workflow's, an import's, a user's id.
    source_id: str = ""


class SeenValue(Struct, frozen=True):
    """A value of a property, when it was set, and by whom."""

    value: str
    at: datetime
    source: str = ""
    #: Who in particular, as HubSpot has it: ``userId:9586504`` is a person.
    source_id: str = ""

    @property
    def user(self) -> str:
        """The person who set it, as HubSpot has them; empty: it names none."""
        return self.source_id if self.source_id.startswith(USER) else ""


class Contact(Struct, frozen=True):
    """A HubSpot contact as read: its properties by HubSpot's names, empty ones left out."""

    id: str
    properties: dict[str, str]
    #: Oldest first, with each time that the stage was cleared.
    stages: tuple[SeenStage, ...] = ()
    #: Property -> its last change, for those that others may write as well as Baton; includes being
    #: emptied.
    changes: dict[str, SeenValue] = {}
    #: Each change of the owner, oldest first; includes being emptied.
    owners: tuple[SeenValue, ...] = ()
    #: Ids of the contacts that were merged into it.
    merged: tuple[str, ...] = ()


class Background(Struct, frozen=True):
    """Where a missing field may be found: read only when one is needed."""

    #: Contact property -> the last value it had before it was emptied.
    history: dict[str, str] = {}
    #: Contact properties that are not fields of the policy.
    contact: dict[str, str] = {}
    #: Properties of the associated company; empty: there is none.
    company: dict[str, str] = {}
    #: Why HubSpot refused the read; empty: it did not.
    denied: str = ""


class Touch(Struct, frozen=True):
    """A record in HubSpot of something that was tried or done with the person. The policy says
    whether it counts: see ``rep_actions.reaching_out``.
    """

    at: datetime
    #: call, email, meeting, message
    what: str
    #: HubSpot owner id of who did it.
    owner: str
    #: Status of the call or e-mail, outcome of the meeting, channel of the message, as HubSpot has
    #: it; empty: it says none.
    status: str = ""
    #: Direction of the call or e-mail; where a message was logged from.
    direction: str = ""
    #: Outcome of the call (HubSpot calls it disposition), by its id.
    outcome: str = ""


class Account(Struct, frozen=True):
    """Who owns what the contact belongs to, as HubSpot has it."""

    #: Where it was found -> (HubSpot owner id, what it is: a deal's or company's id). What nobody
    #: owns is left out.
    owners: dict[Ownership, tuple[str, str]] = {}
    #: What could not be read, and why: a scope that was not granted, for example.
    denied: str = ""
    #: The sources that were read.
    looked: tuple[Ownership, ...] = get_args(Ownership)

    def merged_with(self, found: Account) -> Account:
        """This account plus what was *found* in more sources."""
        return Account(
            self.owners | found.owners,
            "; ".join(filter(None, (self.denied, found.denied))),
            (*self.looked, *found.looked),
        )


class Away(Struct, frozen=True, gc=False, array_like=True):
    """The latest availability change of a person, which adds to the roster."""

    since: datetime
    #: None: until further notice. The same as *since*: they are back.
    until: datetime | None
    source: Reporter

    def holds(self, now: datetime) -> bool:
        """Whether they are away at *now*."""
        return self.until is None or now < self.until


class Load(Struct, frozen=True, gc=False, omit_defaults=True):
    """How much a person or a pool carries. ``today`` counts assignments on local date ``day``,
    ``this_week`` those in the local week ``week``: 2026-W48, or 2026-11-22, its first date, if it
    does not begin on a Monday."""

    person: str
    open: int = 0
    day: str = ""
    today: int = 0
    version: int = 0
    week: str = ""
    this_week: int = 0
    #: The latest availability change, whether HubSpot refuses them as owner, and whether Slack
    #: brings them no messages; None: no change yet.
    away: Away | None = None
    refused: Away | None = None
    unreachable: Away | None = None
    #: When they last got a lead that had waited while they were away, and how many on that day.
    drained_at: datetime | None = None
    drained: int = 0

    def refused_at_all(self, now: datetime) -> bool:
        """Whether HubSpot or Slack refuses them at *now*."""
        return any(one is not None and one.holds(now) for one in (self.refused, self.unreachable))

    def on(self, day: str) -> int:
        """Assignments on *day*; a count of an earlier day is over."""
        return self.today if self.day == day else 0

    def in_week(self, week: str) -> int:
        """Assignments in *week*; a count of an earlier one is over."""
        return self.this_week if self.week == week else 0


class Turns(Struct, frozen=True, gc=False, omit_defaults=True):
    """The turns of one pool, who waits for it, and what it carries where that is limited."""

    pool: str
    #: Member -> turns owed minus turns had; new members have no entry.
    credit: dict[str, float] = {}
    #: Member -> turns owed for leave and not paid back yet, if the pool pays back per day; and the
    #: local date of the last payment.
    leave: dict[str, float] = {}
    paid_on: dict[str, str] = {}
    version: int = 0
    #: Leads in its queue.
    waiting: int = 0
    load: Load = Load("")
    #: Names the members who have been free, with their weights, since all credits were zero; empty:
    #: they have changed.
    steady: str = ""
    #: In a least-loaded pool: member -> the number of the turn at which they were served last.
    served: dict[str, int] = {}


class World(Struct, frozen=True):
    """Everything that a decision may look at besides the lead and the event. What is missing is
    unknown; ``decide`` returns the needs.
    """

    policy: Policy
    #: None: not read. A contact that HubSpot does not have is ``contact_gone``.
    contact: Contact | None = None
    contact_gone: bool = False
    #: None: not read.
    touches: tuple[Touch, ...] | None = None
    #: None: not read.
    background: Background | None = None
    #: HubSpot was asked for touches or the contact, and did not answer.
    crm_down: bool = False
    loads: dict[str, Load] = {}
    turns: dict[str, Turns] = {}
    #: None: not read.
    account: Account | None = None
    #: Pool -> the lead that is first in its queue, read after the pool's turns; empty: none.
    first: dict[str, str] = {}
    #: Which records of touches could not be read, and why: a scope that was not granted.
    touches_denied: str = ""
    #: Contact that was merged into this one -> Baton's lead of it; None: it has none. What is
    #: missing was not read.
    merged: dict[str, Lead | None] = {}


class Needs(Struct, frozen=True):
    """What ``decide`` needs to know before it can answer."""

    contact: bool = False
    touches: bool = False
    background: bool = False
    pools: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    #: Sources of account owners to read, in order.
    account: tuple[Ownership, ...] = ()
    #: Pools whose first waiting lead must be known.
    queues: tuple[str, ...] = ()
    #: Leads of contacts that were merged into this one.
    merged: tuple[str, ...] = ()


class NeedsData(Exception):
    """The decision needs data that has not been read."""

    def __init__(self, lacks: Needs) -> None:
        super().__init__(lacks)
        self.lacks = lacks
