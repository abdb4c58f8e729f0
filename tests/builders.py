"""A small policy, leads and events, which tests vary."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from baton.domain.calendar.calendar_rules import WEEKDAYS
from baton.domain.decide import decide
from baton.domain.draft.decision import Decision
from baton.domain.lead import Assignment, Lead
from baton.domain.policy import (
    Calendar,
    Digest,
    Fallback,
    Field,
    Lifecycle,
    Member,
    Notifications,
    Person,
    Play,
    Policy,
    Pool,
    Reason,
    Rule,
    Rung,
    Segment,
    Stage,
    Staleness,
    Status,
    Target,
    Territory,
    Test,
    Tier,
    Track,
    Transition,
)
from baton.domain.world.events import AnyEvent, Clicked, ClockDue, Hinted, StageChanged
from baton.domain.world.world import Contact, Load, Needs, SeenStage, Touch, Turns, World

#: A Tuesday in a week without holidays or clock changes; 09:00 in Berlin.
NOW = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)

WORKDAYS = ("mon", "tue", "wed", "thu", "fri")


def minutes(n: float) -> timedelta:
    return timedelta(minutes=n)


#: When the lead became an MQL, unless a test says otherwise.
BECAME_MQL = NOW - minutes(2)


def office(zone: str, **days: list[tuple[str, str]]) -> Calendar:
    """A calendar, nine to five on workdays; with *days* (``tue=[("14:00", "20:00")]``) open only on
    those."""
    week = days or {day: [("09:00", "17:00")] for day in WORKDAYS}
    return Calendar(zone, tuple(tuple(map(_shift, week.get(day, []))) for day in WEEKDAYS))


def _shift(times: tuple[str, str]) -> tuple[timedelta, timedelta]:
    since, until = (timedelta(hours=int(t[:2]), minutes=int(t[3:])) for t in times)
    return since, until


def rep(name: str, **fields: Any) -> Person:
    given: dict[str, Any] = {
        "id": name,
        "name": name.title(),
        "role": "rep",
        "hubspot_owner": f"owner-{name}",
        "slack_user": f"U{name.upper()}",
        "calendar": "berlin",
        "manager": "mona",
        "max_open": 10,
    }
    return Person(**(given | fields))


def manager(name: str, **fields: Any) -> Person:
    return rep(name, **({"role": "manager", "max_open": None, "manager": "dora"} | fields))


WORKING = ("lead", "mql", "sal", "sql")

LIFECYCLE = Lifecycle(
    stages=(
        Stage("lead", "Lead", 1, "lead"),
        Stage("mql", "MQL", 2, "marketingqualifiedlead"),
        Stage("sal", "SAL", 3, "salesacceptedlead"),
        Stage("sql", "SQL", 4, "salesqualifiedlead"),
        Stage("customer", "Customer", 5, "customer"),
        Stage("recycled", "Recycled", 0, "recycled", lead_status="BAD_TIMING", side=True),
        Stage("disqualified", "Disqualified", 0, "disqualified", "UNQUALIFIED", side=True),
    ),
    transitions=(
        Transition("qualify", ("lead", "recycled"), "mql", ("automatic", "rep")),
        Transition("accept", ("mql",), "sal", ("rep",)),
        Transition("recycle", WORKING, "recycled", ("rep", "time"), reverse=True),
        Transition("disqualify", WORKING, "disqualified", ("rep",), reverse=True),
    ),
    reasons=(
        Reason("timing", "Not now", "TIMING", track="timing"),
        Reason("competitor", "Competitor", "COMPETITOR"),
        Reason("no_response", "No response", "NO_RESPONSE", track="wake-up", offered=False),
    ),
    fields=(
        Field("firstname", "First name", "firstname", packet=False),
        Field("lastname", "Last name", "lastname", packet=False),
        Field("company", "Company", "company"),
        Field("country", "Country", "country"),
        Field("employees", "Employees", "numemployees"),
        Field("source", "Source", "hs_analytics_source"),
        Field("offer", "Asked for", "recent_conversion_event_name"),
        Field("product", "Product interest", "product_interest"),
    ),
    handoff="mql",
    accepted="sal",
    initial="lead",
    status=Status(new="NEW", working="IN_PROGRESS"),
    backward={"import": "restore", "crm_ui": "ask", "*": "report"},
)

LADDER = (
    Rung("warn", share=0.5),
    Rung("breach", after=timedelta()),
    Rung("escalate", to="manager", after=minutes(10)),
    Rung("pull_back", after=minutes(20)),
)

POLICY = Policy(
    version="v1",
    company="Example",
    lifecycle=LIFECYCLE,
    territories=(
        Territory("emea", "EMEA", {"country": Test(any_of=("Germany", "France"))}),
        Territory("world", "Everything else", {}),
    ),
    segments=(
        Segment("enterprise", "Enterprise", {"employees": Test(at_least=1000)}),
        Segment("smb", "SMB", {}),
    ),
    rules=(
        Rule("partners", {"source": Test(any_of=("PARTNER",))}, "partners", "Partner leads"),
        Rule(
            "emea-enterprise",
            {"territory": Test(any_of=("emea",)), "segment": Test(any_of=("enterprise",))},
            "enterprise",
            "EMEA enterprise",
        ),
        Rule("everything-else", {}, "everyone", "Everything else"),
    ),
    pools=(
        Pool("partners", "Partner desk", (Member("pia"),), (Fallback(person="mona"),)),
        Pool(
            "enterprise",
            "Enterprise EMEA",
            (Member("anna"), Member("ben")),
            (Fallback(pool="everyone"), Fallback(person="mona")),
        ),
        Pool(
            "everyone",
            "Everyone",
            (Member("cleo"), Member("dan", weight=2)),
            (Fallback(person="mona"),),
        ),
    ),
    people=(
        rep("anna"),
        rep("ben"),
        rep("cleo"),
        rep("dan"),
        rep("pia"),
        manager("mona"),
        manager("dora", manager=""),
    ),
    calendars={"berlin": office("Europe/Berlin")},
    tiers=(
        Tier(
            "hot",
            "Hot",
            {"offer": Test(any_of=("Demo request",))},
            (
                Target("accept", "Accept", minutes(15), "accept", LADDER, task="Accept {name}"),
                Target(
                    "first_touch", "First touch", minutes(60), "touch", LADDER, task="Call {name}"
                ),
            ),
        ),
        Tier(
            "warm",
            "Warm",
            {},
            (
                Target("accept", "Accept", minutes(240), "accept", LADDER),
                Target("first_touch", "First touch", minutes(480), "touch", LADDER),
            ),
        ),
    ),
    tracks=(
        Track("timing", "Later", "timing", timedelta(days=60), 3),
        Track("wake-up", "Wake-up", "wake_up", timedelta(days=30), 2),
    ),
    staleness=(Staleness(WORKING, {}, timedelta(days=90), timedelta(days=5), "no_response"),),
    notifications=Notifications(
        channel="#lead-sla",
        ops_channel="#revops",
        digest=Digest("08:30"),
        plays=(Play({"offer": Test(any_of=("Demo request",))}, "Demo sequence A"),),
    ),
)

PROPERTIES = {
    "firstname": "Ada",
    "lastname": "Example",
    "company": "Acme",
    "country": "Germany",
    "numemployees": "5000",
    "hs_analytics_source": "PAID_SEARCH",
    "recent_conversion_event_name": "Demo request",
    "lifecyclestage": "marketingqualifiedlead",
    "createdate": "2026-03-01T10:00:00.000Z",
}


def empty_policy(company: str) -> Policy:
    """The smallest valid policy, for tests that store it and do not decide by it."""
    return Policy(
        version="draft",
        company=company,
        lifecycle=Lifecycle(
            stages=(),
            transitions=(),
            reasons=(),
            fields=(),
            handoff="mql",
            accepted="sal",
            initial="lead",
        ),
        territories=(),
        segments=(),
        rules=(),
        pools=(),
        people=(),
        calendars={},
        tiers=(),
        tracks=(),
        staleness=(),
        notifications=Notifications("#a", "#b", Digest("08:30")),
    )


def contact(
    lead_id: str = "101", stages: tuple[SeenStage, ...] | None = None, **fields: str
) -> Contact:
    """A contact that became an MQL two minutes ago, unless told otherwise."""
    properties = {k: v for k, v in (PROPERTIES | fields).items() if v}
    if stages is None:
        stages = (SeenStage("marketingqualifiedlead", BECAME_MQL, "AUTOMATION_PLATFORM"),)
    return Contact(lead_id, properties, stages)


def became(
    stage: str = "marketingqualifiedlead", at: datetime = BECAME_MQL, **fields: Any
) -> StageChanged:
    given = {
        "id": f"hs:{stage}:{at.isoformat()}",
        "lead_id": "101",
        "source": "AUTOMATION_PLATFORM",
    }
    return StageChanged(**(given | fields), stage=stage, at=at)


def hint(about: Any, at: datetime = NOW, **fields: Any) -> Hinted:
    given = {"id": f"hint:{about}:{at.isoformat()}", "lead_id": "101"}
    return Hinted(**(given | fields), about=about, at=at)


def click(
    action: Any, at: datetime, user: str = "UANNA", assignment: int = 1, reason: str = ""
) -> Clicked:
    return Clicked(
        id=f"sl:{user}:{action}:{at.isoformat()}",
        lead_id="101",
        at=at,
        assignment=assignment,
        action=action,
        user=user,
        channel="D1",
        reason=reason,
    )


def due(lead: Lead) -> ClockDue:
    at = lead.wake_at
    assert at is not None, "no clock is running"
    return ClockDue(id=f"wake:{at.isoformat()}", lead_id=lead.id, at=at)


def owned(lead: Lead) -> Assignment:
    """The assignment of *lead*, which must have one."""
    assert lead.assignment is not None, f"nobody has lead {lead.id}"
    return lead.assignment


def world(
    policy: Policy = POLICY,
    contact: Contact | None = None,
    loads: dict[str, Load] | None = None,
    turns: dict[str, Turns] | None = None,
    touches: tuple[Touch, ...] | None = (),
    **fields: Any,
) -> World:
    """A world with the loads of everybody; they are empty unless *loads* gives them."""
    known = {person.id: Load(person.id) for person in policy.people} | (loads or {})
    seats = {pool.id: Turns(pool.id) for pool in policy.pools} | (turns or {})
    return World(
        policy=policy, contact=contact, loads=known, turns=seats, touches=touches, **fields
    )


def decided(lead: Lead | None, event: AnyEvent, world: World, now: datetime = NOW) -> Decision:
    """The decision; asserts that the world lacks nothing."""
    answer = decide(lead, event, world, now)
    assert not isinstance(answer, Needs), f"the world lacks {answer}"
    return answer


def after(world: World, decision: Decision) -> World:
    """The world once *decision* is stored."""
    loads = {load.person: replace(load, version=load.version + 1) for load in decision.loads}
    turns = {turn.pool: replace(turn, version=turn.version + 1) for turn in decision.turns}
    return replace(world, loads=world.loads | loads, turns=world.turns | turns)


def handed_off(now: datetime = NOW, **fields: str) -> tuple[Lead, World]:
    """A lead just assigned (to Anna, unless *fields* route it elsewhere), and its world."""
    start = world(contact=contact("101", None, **fields))
    decision = decided(None, became(), start, now)
    assert decision.lead.assignment is not None
    return decision.lead, after(start, decision)


def kinds(decision: Decision) -> list[str]:
    return [outcome.kind for outcome in decision.outcomes]


def unnoted(msg: object, **fields: object) -> None:
    """A log that nobody reads."""
