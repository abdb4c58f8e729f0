"""A second kept policy, besides that of the journeys."""

from __future__ import annotations

from msgspec.structs import replace

from baton.domain.policy import (
    BehaviourGroup,
    BehaviourRule,
    CatchUp,
    Counting,
    Hold,
    MessageLimits,
    Policy,
    Shift,
    Sync,
    Target,
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
    )


def _after_touch(target: Target) -> Target:
    return replace(target, starts_on="touch") if target.id == "reply" else target
