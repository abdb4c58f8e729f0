"""A policy with all features of a lifecycle: scores, gates, own moves, sync."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from baton.domain.decide import decide
from baton.domain.draft.decision import Decision
from baton.domain.lead import Lead
from baton.domain.policy import (
    BehaviourGroup,
    BehaviourRule,
    Count,
    Field,
    FitGroup,
    FitRule,
    Hold,
    Never,
    Scoring,
    Signal,
    Stage,
    Status,
    Sync,
    Test,
    Transition,
)
from baton.domain.world.events import SignalSeen, WentStale
from baton.domain.world.world import Background, Contact, Needs, SeenStage, World
from tests.builders import NOW, POLICY, after, click, contact, minutes, owned, world

DAY = timedelta(days=1)
QUALIFIED = {"qualified": Test(any_of=("true",))}

SCORING = Scoring(
    authority="baton",
    fit_at_least=40,
    behaviour_at_least=30,
    recency=30 * DAY,
    fit=(
        FitGroup(
            "size",
            "Size",
            (
                FitRule("large", "1000 or more", 40, {"employees": Test(at_least=1000)}),
                FitRule("medium", "100 or more", 20, {"employees": Test(at_least=100)}),
            ),
            cap=40,
        ),
        FitGroup(
            "against",
            "Against it",
            (FitRule("free-mail", "Free mail", -15, {"email": Test(matches=("*@gmail.com",))}),),
        ),
    ),
    behaviour=(
        BehaviourGroup(
            "intent",
            "Intent",
            (
                BehaviourRule(
                    "pricing",
                    "Looked at pricing",
                    10,
                    ("pricing_page",),
                    half_life=10 * DAY,
                    window=60 * DAY,
                ),
                BehaviourRule("trial", "Started a trial", 20, ("trial",), window=20 * DAY),
            ),
            cap=50,
        ),
        BehaviourGroup(
            "content",
            "Content",
            (BehaviourRule("forms", "Filled in a form", 5, ("form",), window=90 * DAY, at_most=2),),
        ),
    ),
    hand_raises=(Count(of=("form",), what=("Demo request",), within=14 * DAY),),
    never=(Never("student", "A student", {"role": Test(matches=("*student*",))}),),
    signals=(Signal("pricing_page", "Looked at pricing"), Signal("trial", "Started a trial")),
)

FIELDS = (
    *(f for f in POLICY.lifecycle.fields if f.id != "company"),
    Field("company", "Company", "company", look_up=("history", "company.name")),
    Field("role", "Role", "jobtitle"),
    Field("email", "E-mail", "email", kind="email"),
    Field("phone", "Phone", "phone", kind="phone"),
    Field("industry", "Industry", "industry", look_up=("history", "company.industry")),
    Field("budget", "Budget", "baton_budget"),
)

STAGES = (
    Stage("lead", "Lead", 1, "lead"),
    Stage(
        "mql",
        "MQL",
        2,
        "marketingqualifiedlead",
        entry=QUALIFIED,
        requires=(("company",), ("industry",), ("email", "phone")),
        hold=Hold(2 * DAY, "flag"),
    ),
    Stage("sal", "SAL", 3, "salesacceptedlead"),
    Stage(
        "sql",
        "SQL",
        4,
        "salesqualifiedlead",
        requires=(("budget",),),
        hold=Hold(DAY, "wait"),
        deal_stages=("qualified",),
    ),
    Stage("customer", "Customer", 5, "customer", deal_stages=("closedwon",)),
    Stage("recycled", "Recycled", 0, "recycled", lead_status="BAD_TIMING", side=True),
    Stage("disqualified", "Disqualified", 0, "disqualified", "UNQUALIFIED", side=True),
)

TRANSITIONS = (
    Transition("qualify", ("lead",), "mql", ("automatic",), when=QUALIFIED),
    Transition("accept", ("mql",), "sal", ("rep",)),
    Transition("confirm", ("sal",), "sql", ("rep", "automatic")),
    Transition("win", ("sql",), "customer", ("automatic",)),
    Transition("recycle", ("mql", "sal", "sql"), "recycled", ("rep", "time"), reverse=True,
               reason="timing"),
    Transition("disqualify", ("lead", "mql", "sal", "sql"), "disqualified", ("rep", "automatic"),
               reverse=True, reason="competitor"),
    Transition("step_back", ("sql",), "sal", ("rep",), reverse=True, reverses="confirm"),
    Transition("requalify", ("recycled",), "mql", ("automatic",), when=QUALIFIED),
)  # fmt: skip

SCORED = replace(
    POLICY,
    lifecycle=replace(
        POLICY.lifecycle,
        stages=STAGES,
        transitions=TRANSITIONS,
        fields=FIELDS,
        status=Status(new="NEW", working="IN_PROGRESS", meeting="CONNECTED"),
        backward={"import": "restore", "crm_ui": "accept", "*": "report"},
        restore_at_most=2,
        skipped="fill",
        sync=(
            Sync("hs_lead_status", "crm", {"stage": Test(any_of=("sql",))}),
            Sync("hs_lead_status", "baton"),
            Sync("hubspot_owner_id", "crm"),
        ),
    ),
    scoring=SCORING,
)

#: A contact that has all fields that a handoff requires, and no evidence yet.
COMPLETE = {
    "email": "ada@acme.example",
    "industry": "Logistics",
    "jobtitle": "Head of Operations",
    "lifecyclestage": "lead",
    "recent_conversion_event_name": "",
    "recent_conversion_date": "",
}


def person(stages: tuple[SeenStage, ...] | None = None, **fields: str) -> Contact:
    """A complete contact that has been a lead for a month, unless told otherwise."""
    if stages is None:
        stages = (SeenStage("lead", NOW - 30 * DAY, "FORM"),)
    return contact("101", stages, **(COMPLETE | fields))


def scored_world(found: Contact | None = None, **fields: Any) -> World:
    given: dict[str, Any] = {"background": Background()}
    return world(SCORED, found or person(), **(given | fields))


def signal(name: str, at: datetime = NOW, what: str = "", identity: str = "") -> SignalSeen:
    return SignalSeen(
        id=identity or f"web:{name}:{at.isoformat()}", lead_id="101", at=at, signal=name, what=what
    )


def review(lead: Lead) -> WentStale:
    assert lead.stale_at is not None, "nothing will look at it again"
    return WentStale(id=f"stale:{lead.stale_at.isoformat()}", lead_id="101", at=lead.stale_at)


def told(
    lead: Lead | None, event: Any, its_world: World, now: datetime = NOW
) -> tuple[Lead, Decision]:
    """The lead after the event, and the decision."""
    answer = decide(lead, event, its_world, now)
    assert not isinstance(answer, Needs), f"the world lacks {answer}"
    return answer.lead, answer


def interested(its_world: World, looks: int = 4) -> tuple[Lead, Decision]:
    """A lead with *looks* views of the pricing page, and the decision about the last one."""
    lead: Lead | None = None
    decision = None
    for n in range(looks):
        at = NOW - minutes(looks - 1 - n)
        lead, decision = told(lead, signal("pricing_page", at), its_world)
    assert lead is not None
    assert decision is not None
    return lead, decision


def accepted() -> tuple[Lead, World]:
    """An interested lead that was handed off, and accepted a minute later."""
    its_world = scored_world()
    lead, decision = interested(its_world)
    its_world = after(its_world, decision)
    user = SCORED.person[owned(lead).person].slack_user
    lead, decision = told(
        lead, click("accept", NOW + minutes(1), user), its_world, NOW + minutes(1)
    )
    return lead, after(its_world, decision)


def stage_in_hubspot(stages: dict[str, int], **fields: str) -> Contact:
    """A contact with this stage history, in minutes from NOW; a person set the last stage."""
    seen = [SeenStage("lead", NOW - 30 * DAY, "FORM")]
    seen += [SeenStage(stage, NOW + minutes(at), "CRM_UI") for stage, at in stages.items()]
    return person(tuple(seen), **({"lifecyclestage": [*stages][-1]} | fields))
