"""The policy of the kept journeys: small, but with every feature of a policy."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from msgspec.structs import replace

from baton.domain.policy import (
    CatchUp,
    Count,
    Counting,
    Definition,
    Disqualifier,
    Fallback,
    Field,
    Handoff,
    Hold,
    Idle,
    Limits,
    Member,
    MessageLimits,
    Pause,
    Play,
    Policy,
    Pool,
    Reason,
    Rota,
    Rule,
    Rung,
    Shift,
    Stage,
    Target,
    Territory,
    Test,
    Tier,
    TimeOff,
    Touches,
    Transition,
    Wait,
    Window,
)
from tests.builders import LADDER, POLICY, manager, minutes, office, rep
from tests.scored import DAY, FIELDS, SCORED, SCORING, STAGES, TRANSITIONS

BREACH = Rung("breach", after=timedelta())
#: Notices at night are deferred to the morning.
BY_NIGHT = (
    BREACH,
    Rung("escalate", "manager", after=minutes(5), time="wall"),
    Rung("pull_back", after=minutes(9)),
    Rung("escalate", "director", after=minutes(60), time="working"),
)
REMINDING = (
    Rung("warn", "backup", before=minutes(30)),
    BREACH,
    Rung("escalate", "on_duty", after=minutes(30)),
    Rung("escalate", "channel", after=minutes(60), every=minutes(60), again=2),
)


def _is(*values: str) -> Test:
    return Test(any_of=values)


def _stage(stage: Stage) -> Stage:
    if stage.id == "lead":
        student = Disqualifier({"role": Test(matches=("*student*",))}, "competitor")
        return replace(stage, purpose="Somebody we know", disqualified_by=(student,))
    if stage.id == "mql":
        patient = Hold(2 * DAY, "flag", reason="timing")
        return replace(stage, hold=patient, exit={"company": Test(known=True)})
    if stage.id == "customer":
        return replace(stage, if_missing="flag")
    return stage


def _move(move: Transition) -> Transition:
    if move.id == "accept":
        return replace(move, sets={"sales_owned": "yes"}, tell="manager")
    return move


LIFECYCLE = replace(
    SCORED.lifecycle,
    stages=tuple(map(_stage, STAGES)),
    transitions=tuple(map(_move, TRANSITIONS)),
    reasons=(
        *POLICY.lifecycle.reasons,
        Reason("language", "Not my language", "LANGUAGE", pass_on=True),
        Reason("spam", "Nobody is there", "SPAM", credit=True),
    ),
    fields=(
        # Fields that are not on the card keep the stored cards small.
        *(replace(one, packet=one.id in ("company", "role", "phone")) for one in FIELDS),
        Field(
            "waiting_on",
            "Waiting on",
            "waiting_on",
            packet=False,
            kind="choice",
            values=("lead", "us"),
        ),
        Field("with_legal", "With legal", "with_legal", packet=False),
        Field("replied", "Replied", "replied", packet=False, kind="flag"),
        Field("asked_on", "Asked on", "recent_conversion_date", packet=False, kind="date"),
        Field("topics", "Topics", "topics", packet=False, kind="list"),
        Field("land", "Country", "hs_country_region_code", kind="country"),
        Field("met_at", "Met", "met_at", packet=False, kind="datetime"),
    ),
    old_statuses={"OPEN": "NEW"},
    sign_off=("mona",),
)

TIERS = (
    Tier(
        "hot",
        "Hot",
        {"offer": _is("Demo request")},
        (
            Target("accept", "Accept", minutes(15), "accept", LADDER),
            Target("first_touch", "First touch", minutes(60), "touch", LADDER, task="Call {name}"),
        ),
    ),
    Tier(
        "night",
        "Around the clock",
        {"offer": _is("Night call")},
        (
            Target("call", "Call", minutes(720), "touch", BY_NIGHT, time="wall"),
            Target("outcome", "Outcome", minutes(2400), "disposition", (BREACH,)),
        ),
    ),
    Tier(
        "warm",
        "Warm",
        {},
        (
            Target(
                "accept",
                "Accept",
                minutes(240),
                "accept",
                LADDER,
                task="Accept {name}",
                calendar="team",
            ),
            Target("first_touch", "First touch", minutes(480), "touch", LADDER, starts_on="accept"),
            Target(
                "reply",
                "Reply",
                minutes(420),
                "",
                REMINDING,
                calendar="territory",
                starts_when={"product": Test(known=True)},
                stops_when={"replied": _is("yes")},
                ends_as="overdue",
            ),
        ),
    ),
)

POOLS = (
    Pool(
        "enterprise",
        "Enterprise EMEA",
        (Member("anna"), Member("ben")),
        (Fallback(pool="everyone"), Fallback(person="mona")),
        choose="round_robin",
        catch_up=CatchUp("capped", 2),
    ),
    Pool(
        "everyone",
        "Everyone",
        (Member("cleo"), Member("dan", weight=2)),
        (Fallback(person="mona"),),
    ),
    Pool(
        "partners",
        "Partner desk",
        (Member("pia"),),
        (Fallback(person="mona"),),
        limits=Limits(open=5, per_day=9, per_week=30),
        calendar="berlin",
        shift=Shift("next_on_shift", minutes(20)),
    ),
    # Kim carries one lead; a lead that finds her busy waits four hours, then Mona gets it.
    Pool(
        "desk",
        "Desk",
        (Member("kim"), Member("lee")),
        (Fallback(wait=Wait(minutes(240), minutes(60))), Fallback(person="mona")),
    ),
    Pool(
        "closers",
        "Closers",
        (Member("carl"), Member("cora")),
        (Fallback(person="mona"),),
        choose="least_loaded",
    ),
    # Uma carries one lead; a lead waits for her while she is away.
    Pool(
        "lab",
        "Lab",
        (Member("uma"),),
        (Fallback(wait=Wait(minutes(240), minutes(60))), Fallback(person="mona")),
        queue_each=minutes(45),
    ),
    Pool("studio", "Studio", (Member("vera"), Member("wim")), (Fallback(person="mona"),)),
)

IN_OFFICE = Window(
    start=datetime(2026, 1, 1, tzinfo=UTC),
    end=datetime(2027, 1, 1, tzinfo=UTC),
    calendar="berlin",
    hours="inside",
)

RULES = (
    Rule("desk", {"product": _is("Desk")}, "desk", "Desk product"),
    Rule("partners", {"source": _is("PARTNER")}, "partners", "Partner leads", window=IN_OFFICE),
    Rule("lab", {"product": _is("Lab")}, "lab", "Lab product"),
    Rule("studio", {"product": _is("Studio")}, "studio", "Studio product"),
    Rule(
        "emea-enterprise",
        {"territory": _is("emea"), "segment": _is("enterprise")},
        "enterprise",
        "EMEA enterprise",
    ),
    Rule("everything-else", {}, "everyone", "Everything else"),
)

EASTER = TimeOff(datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 4, 8, tzinfo=UTC))
PEOPLE = (
    rep("anna", max_open=40, max_per_day=60, max_per_week=200, team="emea", backup="ben"),
    rep("ben", max_open=40, team="emea"),
    rep("cleo"),
    rep("dan", time_off=(EASTER,)),
    rep("pia"),
    rep("kim", max_open=1),
    rep("lee", active=False),
    rep("carl"),
    rep("cora", hubspot_user="9001"),
    rep("uma", max_open=1, backup="vera", time_off=(EASTER,)),
    rep("vera", max_open=40, backup="wim"),
    rep("wim", max_open=40),
    manager("mona"),
    manager("dora", manager=""),
)

#: Any form of the last two weeks is a raised hand, so that a lead can be handed off at once.
SIZE, AGAINST = SCORING.fit
HAND_RAISED = replace(
    SCORING,
    hand_raises=(Count(of=("form",), within=14 * DAY),),
    fit=(replace(SIZE, rules=SIZE.rules[:1]), AGAINST),
)

#: Conditions of every form, for which nothing else is needed.
SEEN_TWICE = Test(counts=(Count(of=("form",), what=("Webinar",), within=5 * DAY, at_least=2),))
PLAYS = (
    *POLICY.notifications.plays,
    Play({"any": Test(blocks=({"events": SEEN_TWICE}, {"fit": Test(below=5)}))}, "Newsletter B"),
    Play({"asked_on": Test(within=2 * DAY)}, "Call today"),
    Play({"land": Test(any_of=("Germany",), means=("de",))}, "Call in German"),
)

RICH: Policy = replace(
    SCORED,
    lifecycle=LIFECYCLE,
    territories=(
        Territory("emea", "EMEA", {"country": _is("Germany", "France")}, calendar="berlin"),
        Territory("world", "Everything else", {}),
    ),
    rules=RULES,
    pools=POOLS,
    people=PEOPLE,
    calendars=POLICY.calendars
    | {
        "night": replace(
            office("Europe/Berlin"),
            holidays=((date(2026, 12, 25), "Christmas Day"),),
            overrides=((date(2026, 12, 24), ((timedelta(hours=9), timedelta(hours=12)),)),),
        )
    },
    tiers=TIERS,
    scoring=HAND_RAISED,
    notifications=replace(
        POLICY.notifications,
        plays=PLAYS,
        digest=replace(POLICY.notifications.digest, every_day=True),
        message_limits=MessageLimits("through", "wait", "wait"),
        channel_name="#lead-sla",
        ops_channel_name="#revops",
    ),
    definitions={"stage:mql": Definition("MQL", "0" * 16, ("mona",), "2026-03-01", ("dora",))},
    ownership=("contact",),
    idle=Idle(60 * DAY, "timing"),
    snooze_at_most=14 * DAY,
    handoffs=(
        Handoff("sql", "To a closer", (Rule("close", {}, "closers", "Closing"),), ("open_deal",)),
    ),
    counting=Counting(30 * DAY, snoozed=False, wait_for_room=minutes(180)),
    pauses=(
        Pause("waiting", "Waiting on the lead", {"waiting_on": _is("lead")}),
        Pause("legal", "With legal", {"with_legal": _is("yes")}, ("first_touch",)),
    ),
    free_domains=("gmail.com", "yahoo.*"),
    countries={"DE": "de deutschland germany"},
    zone="Europe/Berlin",
    team_calendars={"emea": "night"},
    touches=Touches(
        calls_made=("COMPLETED", "NO_ANSWER"),
        calls_answered=("COMPLETED",),
        emails_sent=("SENT", "SENDING"),
        meetings=("COMPLETED", "SCHEDULED"),
        messages=("SMS",),
        unlisted="ignore",
        outcomes_ignored=("17b47fee-58de-441e-a44c-c6300d46f273",),
    ),
    rota=Rota(("anna", "ben"), date(2026, 3, 2), 7, "berlin"),
)
