"""More kept policies, besides that of the journeys."""

from __future__ import annotations

from msgspec.structs import replace

from baton.domain.policy import (
    Attendance,
    BehaviourGroup,
    BehaviourRule,
    ByHand,
    CatchUp,
    Count,
    Counting,
    ForwardAnswer,
    Hold,
    MessageLimits,
    Policy,
    Shift,
    Sync,
    Target,
    Test,
    Transition,
)
from tests.builders import minutes
from tests.kept.rich_policy import HAND_RAISED, IN_OFFICE, POOLS, RICH, RULES, TIERS
from tests.scored import DAY

BRIEFINGS = BehaviourGroup(
    "briefings",
    "Briefings",
    (BehaviourRule("briefing", "Wanted a briefing", 5, ("form",), ("Briefing",), window=90 * DAY),),
)


def other() -> Policy:
    """RICH with the alternative value in each field that takes words, and more time for the first
    touch."""
    lifecycle = RICH.lifecycle
    lead, mql, *stages = lifecycle.stages
    qualify, accept, confirm, *moves = lifecycle.transitions
    hot, *tiers = TIERS
    accept_in, touch_in = hot.targets
    enterprise, everyone, partners, *pools = POOLS
    desk, partner, *rules = RULES
    return replace(
        RICH,
        lifecycle=replace(
            lifecycle,
            stages=(lead, replace(mql, hold=Hold(DAY, "close", "timing")), *stages),
            transitions=(
                replace(qualify, tell="owner"),
                replace(accept, tell="channel"),
                replace(confirm, tell="ops"),
                *moves,
            ),
            fields=tuple(
                replace(one, kind="number") if one.id == "employees" else one
                for one in lifecycle.fields
            ),
            recycled="parked",
            disqualified="lost",
            skipped="blank",
            backward={"import": "ask", "*": "accept"},
            sync=(Sync("hs_lead_status", "marketing"), *lifecycle.sync),
            status=replace(lifecycle.status, by_hand="ask"),
        ),
        tiers=(
            replace(hot, targets=(accept_in, replace(touch_in, within=minutes(90)))),
            *(replace(tier, targets=tuple(map(_after_touch, tier.targets))) for tier in tiers),
        ),
        pools=(
            replace(enterprise, catch_up=CatchUp("full")),
            replace(everyone, shift=Shift("on_shift")),
            partners,
            *pools,
        ),
        rules=(desk, replace(partner, window=replace(IN_OFFICE, hours="outside")), *rules),
        notifications=replace(
            RICH.notifications,
            message_limits=MessageLimits("backup", "through", "backup", an_hour=5),
        ),
        ownership=("open_deal", "contact", "company", "parent_company", "domain"),
        handoffs=tuple(
            replace(one, ownership=("contact", "company", "parent_company", "domain"))
            for one in RICH.handoffs
        ),
        counting=Counting(30 * DAY, snoozed=True),
        tracks=tuple(replace(track, keep_owner=True) for track in RICH.tracks),
        scoring=replace(HAND_RAISED, authority="hubspot", behaviour=(BRIEFINGS,)),
        touches=replace(RICH.touches, by="owner"),
        attendance=Attendance(leave_begins="stay"),
        early="follow",
        by_hand=ByHand(owner="ask", cleared="ask"),
    )


#: Another answer for each transition that others may try to make.
OTHERWISE: dict[str, ForwardAnswer] = {
    "qualify": "restore",
    "confirm": "report",
    "win": "hold",
    "requalify": "follow",
}
_LOOP = {"topics": Test(any_of=("Loop",))}


def strict() -> Policy:
    """RICH that asks triggers: each answer to a move that no transition allows. A lost deal moves a
    lead; two transitions lead in a circle."""
    lifecycle, berlin = RICH.lifecycle, RICH.calendars["berlin"]
    hot, *tiers = RICH.tiers
    lost = Test(counts=(Count(of=("deal_lost",)),))
    moves = (replace(move, otherwise=OTHERWISE.get(move.id, "")) for move in lifecycle.transitions)
    return replace(
        RICH,
        lifecycle=replace(
            lifecycle,
            transitions=(
                *moves,
                Transition(
                    "lose",
                    ("mql", "sal", "sql"),
                    "recycled",
                    ("automatic",),
                    reverse=True,
                    when={"events": lost},
                    reason="timing",
                    reasons=("timing",),
                ),
                Transition(
                    "put_away",
                    ("lead",),
                    "recycled",
                    ("automatic",),
                    reverse=True,
                    when=_LOOP,
                    reason="no_response",
                ),
                Transition(
                    "take_out", ("recycled",), "lead", ("automatic",), when=_LOOP, otherwise="ask"
                ),
            ),
            status=replace(lifecycle.status, by_hand="leave"),
            backward={"import": "ask", "*": "report"},
            forward={
                "import": "ask",
                "forms": "hold",
                "api": "follow",
                "salesforce": "restore",
                "*": "report",
            },
            moves_at_most=3,
        ),
        tiers=(replace(hot, told_within=minutes(5)), *tiers),
        calendars=RICH.calendars | {"berlin": replace(berlin, week_starts=6)},
        scoring=replace(
            HAND_RAISED,
            hand_raises=(Count(of=("form",), what=("Demo request",), within=14 * DAY),),
            never_then="hold",
        ),
        touches=replace(RICH.touches, by="team"),
        attendance=Attendance(minutes(10), minutes(720), "cover"),
        early="hold",
        by_hand=ByHand("put_back", "put_back", "put_back"),
    )


def asking() -> Policy:
    """The strict policy that asks about early moves, and counts everybody's touches."""
    policy = strict()
    return replace(policy, early="ask", touches=replace(policy.touches, by="roster"))


def _after_touch(target: Target) -> Target:
    return replace(target, starts_on="touch") if target.id == "reply" else target
