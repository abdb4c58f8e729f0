"""routing.yaml: territories, segments, rules, pools."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from baton.policy_tools.faults import quoted
from baton.policy_tools.free_mail import FREE_DOMAINS
from baton.policy_tools.models.types import (
    Duration,
    Entry,
    Id,
    LocalTime,
    Span,
    Text,
    fitting,
    wrap,
)
from baton.policy_tools.models.when import ALWAYS, When

Domain = Annotated[
    str,
    fitting(r"^[a-z0-9.-]+\.(\*|[a-z]{2,})$", "a domain such as gmail.com, or a family: yahoo.*"),
]


class FreeMail(Entry):
    """Changes to the list of free mail services."""

    add: Annotated[tuple[Domain, ...], Field(description="Domains that are free, too.")] = ()
    remove: Annotated[
        tuple[Domain, ...], Field(description="Domains of the list that are none, as listed there.")
    ] = ()


class Territory(Entry):
    """A part of the market by place. The first whose `when` holds is the lead's."""

    id: Annotated[Id, Field(description="Name used in `when: {territory: …}`.")]
    label: Annotated[Text, Field(description="Name people see.")]
    when: When = ALWAYS
    calendar: Annotated[
        Id | None,
        Field(description="Whose hours count for targets with calendar: territory."),
    ] = None


class Segment(Entry):
    """A part of the market by size or kind. The first whose `when` holds is the lead's."""

    id: Annotated[Id, Field(description="Name used in `when: {segment: …}`.")]
    label: Annotated[Text, Field(description="Name people see.")]
    when: When = ALWAYS


class Window(Entry):
    """When a rule counts: between two dates, and inside or outside somebody's hours."""

    start: Annotated[
        LocalTime | None, Field(alias="from", description="First day, or first moment.")
    ] = None
    end: Annotated[
        LocalTime | None, Field(alias="to", description="Last day (included), or the end.")
    ] = None
    hours: Annotated[
        Literal["inside", "outside"] | None,
        Field(description="inside or outside the calendar's hours; left out: at any hour."),
    ] = None
    calendar: Annotated[
        Id, Field(description="Calendar of roster.yaml whose zone and hours are meant.")
    ]

    @model_validator(mode="after")
    def _says_when(self) -> Self:
        if self.start is None and self.end is None and self.hours is None:
            raise ValueError("needs from, to or hours; leave active out if the rule always applies")
        if self.start is not None and self.end is not None:
            begin = (self.start.day, self.start.at or time.min)
            if (self.end.day, self.end.at or time.max) <= begin:
                raise ValueError("must end after it starts")
        return self


class Rule(Entry):
    """Sends leads to a pool. Rules are tried in order and the first whose `when` holds decides;
    the last one has no `when`, so that every lead goes somewhere."""

    id: Annotated[Id, Field(description="Name of the rule, shown in every explanation.")]
    label: Annotated[str, Field(description="Shown to the rep as the reason for getting it.")] = ""
    when: When = ALWAYS
    pool: Annotated[Id, Field(description="Pool whose members take turns.")]
    active: Annotated[
        Window | None, Field(description="When the rule counts; left out: always.")
    ] = None

    @property
    def always(self) -> bool:
        """Whether the rule matches every lead that reaches it."""
        return not self.when and self.active is None


class Member(Entry):
    """A rep in a pool."""

    rep: Annotated[Id, Field(description="Id of a rep in roster.yaml.")]
    weight: Annotated[
        int,
        Field(ge=1, le=1000, description="Share of the turns: weight 2 gets twice what 1 gets."),
    ] = 1


class Fallback(Entry):
    """Where a lead goes when nobody in the pool can take it."""

    pool: Annotated[
        Id | None,
        Field(
            description="Another pool; its members are tried, and its own fallback pools with "
            "follow: true."
        ),
    ] = None
    follow: Annotated[
        bool | None,
        Field(
            description="With pool: whether that pool's own fallback pools are tried after it; "
            "left out: they are not."
        ),
    ] = None
    person: Annotated[Id | None, Field(description="A person of roster.yaml.")] = None
    wait: Annotated[
        Span | None,
        Field(
            description="How long the lead waits in the pool's queue, in working time of the "
            "person who comes next, before the following steps are tried."
        ),
    ] = None
    warn: Annotated[
        Span | None, Field(description="With wait: after this time that person is told.")
    ] = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if sum(one is not None for one in (self.pool, self.person, self.wait)) != 1:
            raise ValueError("needs exactly one of pool, person and wait")
        if self.follow is not None and self.pool is None:
            raise ValueError("follow belongs to a pool: write {pool: …, follow: true}")
        if self.warn is not None and self.wait is None:
            raise ValueError("warn belongs to a wait: write {wait: 4h, warn: 1h}")
        if self.warn is not None and self.wait is not None and self.warn >= self.wait:
            raise ValueError("must warn before the wait is over")
        return self


class Limits(Entry):
    """What a pool may carry, all its members together, by leads that they got from it."""

    open: Annotated[int | None, Field(ge=1, description="Open leads.")] = None
    per_day: Annotated[int | None, Field(ge=1, description="Leads a day.")] = None
    per_week: Annotated[int | None, Field(ge=1, description="Leads a week.")] = None
    calendar: Annotated[
        Id | None,
        Field(description="Calendar by whose zone and week_starts a day and a week begin."),
    ] = None

    @model_validator(mode="after")
    def _says_whose_day(self) -> Self:
        if self.open is None and self.per_day is None and self.per_week is None:
            raise ValueError(
                "needs open, per_day or per_week; leave limits out if the pool has none"
            )
        by_date = self.per_day is not None or self.per_week is not None
        if by_date and self.calendar is None:
            raise ValueError("needs a calendar: a day begins at another instant in every zone")
        return self


class NextShift(Entry):
    """Members whose next shift begins soon also take leads."""

    next_within: Annotated[Span, Field(description="How soon.")]


def _shift(value: Any) -> Any:
    if isinstance(value, dict) or value in ("regardless", "on_shift"):
        return value
    raise ValueError(f"must be regardless, on_shift, or {{next_within: 30m}}, not {quoted(value)}")


class Capped(Entry):
    """Extra leads a day beyond the share, until the turns missed on leave are made up."""

    per_day: Annotated[int, Field(ge=1, description="Extra leads a day.")]


def _catch_up(value: Any) -> Any:
    if isinstance(value, dict) or value in ("none", "full"):
        return value
    raise ValueError(f"must be none, full, or {{per_day: 2}}, not {quoted(value)}")


#: Where an owner may be found before any rule.
Source = Literal["open_deal", "contact", "company", "parent_company", "domain"]


def _sources(value: Any) -> Any:
    wrapped = wrap(str)(value)
    if isinstance(wrapped, tuple) and len(set(map(str, wrapped))) != len(wrapped):
        raise ValueError("names a place twice")
    return wrapped


Ownership = Annotated[
    tuple[Source, ...],
    BeforeValidator(_sources, json_schema_input_type=tuple[Source, ...] | Source),
]


class Handoff(Entry):
    """A lead that enters a later stage is handed to somebody else: SQL to an AE, a customer to
    customer success."""

    stage: Annotated[Id, Field(description="The stage; a later one than lifecycle.yaml's handoff.")]
    label: Annotated[Text, Field(description="Name people see.")]
    ownership: Annotated[
        Ownership,
        Field(description="Sources whose owner comes before every rule, in this order; []: none."),
    ] = ()
    rules: Annotated[
        tuple[Rule, ...], Field(min_length=1, description="Rules, the first match wins.")
    ]


class Capacity(Entry):
    """Which leads count as open ones of a person, and of a pool."""

    forget_after: Annotated[
        Span | None,
        Field(
            description="A lead owned for longer than this does not count as open; left out: "
            "it always counts"
        ),
    ] = None
    count_snoozed: Annotated[
        bool,
        Field(
            description="Snoozed leads count, too, so that each has its place when its snooze ends."
        ),
    ] = False
    wait_for_room: Annotated[
        Duration,
        Field(
            description="A snooze ends while its owner is at max_open, or the pool at its limit: "
            "the lead stays snoozed for up to this long, in the owner's working time, and then "
            "goes to the next rep; 0m: at once."
        ),
    ] = timedelta(hours=4)


class Pool(Entry):
    """Reps who take turns, and who comes after them."""

    id: Annotated[Id, Field(description="Name used by rules and fallbacks.")]
    label: Annotated[Text, Field(description="Name people see.")]
    members: Annotated[
        tuple[Member, ...],
        Field(min_length=1, description="The reps; ties go to the first in this order."),
    ]
    fallback: Annotated[
        tuple[Fallback, ...],
        Field(
            min_length=1,
            description="Tried in order when nobody in the pool can take the lead; the last is a "
            "manager, who always can.",
        ),
    ]
    choose: Annotated[
        Literal["round_robin", "weighted", "least_loaded"],
        Field(
            description="round_robin: strictly in turn; weighted: in turn, by weight; least_loaded:"
            " the rep who uses the smallest part of their max_open; ties in turn."
        ),
    ] = "weighted"
    limits: Annotated[Limits | None, Field(description="What all members together may carry.")] = (
        None
    )
    shift: Annotated[
        Literal["regardless", "on_shift"] | NextShift,
        BeforeValidator(_shift),
        Field(
            description="Who takes leads outside their hours: everybody (regardless), nobody "
            "(on_shift), or those who come soon ({next_within: 30m})."
        ),
    ] = "regardless"
    catch_up: Annotated[
        Literal["none", "full"] | Capped,
        BeforeValidator(_catch_up),
        Field(
            description="What members are owed for the turns of their leave: none, full, or "
            "{per_day: 2}, that many extra leads a day until they are level. It governs the pool's "
            "queue, too: of the leads that waited meanwhile, somebody who is back gets all at once "
            "(full), so many a day, or one in queue_each (none)."
        ),
    ] = "none"
    queue_each: Annotated[
        Duration,
        Field(
            description="With catch_up: none, how often somebody who is back from leave gets a "
            "lead that waited meanwhile; 0m: all at once."
        ),
    ] = timedelta(minutes=30)


class ByHand(Entry):
    """What it means if somebody else (a person, a workflow, another system) changes the owner of a
    lead in HubSpot. Whose changes stay at all, lifecycle.yaml's `sync` says for hubspot_owner_id.
    """

    owner: Annotated[
        Literal["follow", "ask", "put_back"],
        Field(
            description="To somebody in the roster. follow: a reassignment, also beyond a limit: "
            "clocks, card, tasks and load go over, and both are told; ask: it stays in HubSpot, "
            "Baton's owner and clocks stay, and RevOps is asked; put_back: Baton's owner is "
            "written again."
        ),
    ] = "follow"
    cleared: Annotated[
        Literal["route", "ask", "put_back"] | None,
        Field(
            description="Emptied, and still empty after 30 seconds. route: routing finds the next "
            "owner, without those who had the lead. Left out: route where owner is follow, else "
            "as owner."
        ),
    ] = None
    unknown: Annotated[
        Literal["ask", "put_back"] | None,
        Field(
            description="To a queue or team, to somebody who is not in the roster, or to somebody "
            "inactive. Left out: put_back where owner is put_back, else ask."
        ),
    ] = None

    @property
    def when_cleared(self) -> Literal["route", "ask", "put_back"]:
        return self.cleared or ("route" if self.owner == "follow" else self.owner)

    @property
    def when_unknown(self) -> Literal["ask", "put_back"]:
        return self.unknown or ("put_back" if self.owner == "put_back" else "ask")


class RoutingFile(Entry):
    """Who gets which lead."""

    ownership: Annotated[
        Ownership,
        Field(
            description="Sources whose owner comes before every rule, in this order: "
            "open_deal, contact, company, parent_company, domain (the company of "
            "the e-mail domain)."
        ),
    ] = ("contact",)
    free_domains: Annotated[
        tuple[Domain, ...],
        Field(
            description="E-mail domains that say nothing about a company: the whole list, "
            "instead of Baton's. In yahoo.* the star is the ending of a country, com or net: "
            "yahoo.de, yahoo.co.uk, yahoo.com; never one that is sold to anybody, such as io or tv."
        ),
    ] = FREE_DOMAINS
    free_mail: Annotated[
        FreeMail, Field(description="What is different in the list of free e-mail domains.")
    ] = FreeMail()

    territories: Annotated[
        tuple[Territory, ...], Field(description="Places, the first match wins.")
    ] = ()
    segments: Annotated[tuple[Segment, ...], Field(description="Sizes, the first match wins.")] = ()
    rules: Annotated[
        tuple[Rule, ...], Field(min_length=1, description="Rules, the first match wins.")
    ]
    pools: Annotated[tuple[Pool, ...], Field(min_length=1, description="The pools.")]
    handoffs: Annotated[
        tuple[Handoff, ...], Field(description="Handoffs at later stages, each with its rules.")
    ] = ()
    capacity: Annotated[Capacity, Field(description="Which leads count against limits.")] = (
        Capacity()
    )
    by_hand: Annotated[
        ByHand, Field(description="What a change of the owner in HubSpot by somebody else means.")
    ] = ByHand()

    @property
    def free(self) -> tuple[str, ...]:
        """Every e-mail domain that says nothing about a company."""
        kept = (one for one in self.free_domains if one not in self.free_mail.remove)
        return tuple(dict.fromkeys((*kept, *self.free_mail.add)))
