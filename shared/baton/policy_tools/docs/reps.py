"""The reps' guide: one printed page."""

from __future__ import annotations

from collections.abc import Iterator

from baton.policy_tools import saying
from baton.policy_tools.docs.aftercare import OWNER_BY_HAND
from baton.policy_tools.docs.ladders import an_hour, length, rest
from baton.policy_tools.docs.markdown import bullets, code, joined, table, text
from baton.policy_tools.docs.source import Source
from baton.policy_tools.models.lifecycle import Trigger
from baton.policy_tools.models.sla import SlaFile, Target, Tier


def guide(source: Source) -> str:
    return joined(
        "# Guide for reps",
        f"A lead that reaches **{text(source.handoff.label)}** comes to you in Slack, as a card:"
        " who it is, why now, why you, by when, and a suggested play.",
        "## By when",
        _promises(source),
        "Time runs in your own working hours, holidays and lunch left out. Each clock stops by its"
        " own act: accepting does not stop the first-touch clock. Qualifying or rejecting"
        " stops all.",
        "## What you do",
        bullets(_acts(source)),
        "## Reasons you can give",
        _reasons(source),
        "## Where a lead stands",
        _stages(source),
        "## What happens by itself",
        bullets(_by_itself(source)),
        f"Something looks wrong? Ask in {code(source.files.notifications.ops_channel)}; RevOps can"
        " see why every lead went where it went.",
    )


def _promises(source: Source) -> str:
    tiers = source.files.sla.tiers
    labels = dict.fromkeys(target.label for tier in tiers for target in tier.targets)
    return table(
        (
            "A lead is",
            "If it asked for" if _by_offer(source.files.sla) else "When",
            *map(text, labels),
            "You lose it",
        ),
        (
            (
                f"**{text(tier.label)}**",
                _when(tier),
                *(_within(tier, label) for label in labels),
                _pulled_back(source, tier),
            )
            for tier in tiers
        ),
    )


def _by_offer(sla: SlaFile) -> bool:
    """Whether the tiers tell apart by nothing but what the lead asked for."""
    return all(set(tier.when.compile()) <= {"offer"} for tier in sla.tiers)


def _when(tier: Tier) -> str:
    if not tier.when:
        return "anything else"
    offer = tier.when.tests.get("offer")
    if offer is not None and offer.any_of and len(tier.when.compile()) == 1:
        return saying.either(map(text, offer.any_of))
    return text(saying.condition(tier.when.compile()))


def _within(tier: Tier, label: str) -> str:
    return ", ".join(_time(target) for target in tier.targets if target.label == label)


def _time(target: Target) -> str:
    clock = "" if target.time == "working" else " by the clock"
    return f"{length(target.within, target.time)}{clock}"


def _pulled_back(source: Source, tier: Tier) -> str:
    known = {ladder.id: ladder for ladder in source.files.sla.ladders}
    found = [
        f"{length(rung.at.after, rung.time or target.time)} after {text(target.label)} was due"
        if rung.at.after
        else f"when {text(target.label)} is due"
        for target in tier.targets
        for rung in known[target.ladder].rungs
        if rung.do == "pull_back"
    ]
    return "; ".join(found) or "not by the clock"


def _acts(source: Source) -> Iterator[str]:
    accepted, qualified = text(source.accepted.label), text(source.qualified.label)
    yield f"**Accept**: the lead is yours and becomes {accepted}. Not for you? Reject it now."
    yield (
        "**First touch**: call, write or meet, and log it in HubSpot as yourself; that is seen by"
        " itself. If it is not logged there, press *Log first touch*."
    )
    needs = "; ".join(map(source.required, source.qualified.requires))
    asks = f" It asks for: {needs}." if needs and source.qualified is not source.accepted else ""
    yield (
        f"**Qualified**, once you have accepted: the lead becomes {qualified} and all its clocks"
        f" stop.{asks}{_lacking(source)}"
    )
    yield "**Reject**, with a reason: the lead leaves your list. Two clicks, no essay."


def _lacking(source: Source) -> str:
    """What the click on Qualified does while the stage lacks something."""
    stage = source.qualified
    if not stage.requires and not stage.entry:
        return ""
    if stage.if_missing == "flag" and not stage.entry:
        return " What is missing is flagged, and the lead goes on."
    then = stage.hold.then if stage.hold else "wait"
    end = {
        "wait": "until then you are told again",
        "flag": "else it goes on flagged after a time",
        "close": "else it is closed after a time",
    }[then]
    return (
        " If something is missing, you get the list and the lead waits; filled in, it goes on by"
        f" itself, {end}."
    )


def _reasons(source: Source) -> str:
    """One line a consequence: reps choose by what becomes of the lead."""
    groups: dict[str, list[str]] = {}
    for reason in source.files.lifecycle.reasons:
        if reason.offered:
            groups.setdefault(source.consequence(reason), []).append(text(reason.label))
    return table(
        ("Reason", "What becomes of the lead"),
        (("; ".join(labels), consequence) for consequence, labels in groups.items()),
    )


def _stages(source: Source) -> str:
    return table(
        ("Stage", "What it means", "Moved by"),
        (
            (
                f"**{text(stage.label)}**",
                text(stage.purpose),
                _mover({by for move in source.moves_to(stage.id) for by in move.by}),
            )
            for stage in source.files.lifecycle.stages
        ),
    )


def _mover(by: set[Trigger]) -> str:
    return saying.either(["you"] * ("rep" in by) + ["automation"] * bool(by - {"rep"}))


def _by_itself(source: Source) -> Iterator[str]:
    status = source.files.lifecycle.status
    values = (
        (status.new, "when you get it"),
        (status.working, "at the first touch"),
        (status.meeting, "once a meeting is booked"),
    )
    said = ", ".join(f"{code(value)} {when}" for value, when in values if value)
    if said:
        yield f"The lead status: {said}. You need not set it."
    yield "The HubSpot tasks: they come with the lead and close with its clocks."
    yield (
        "Reminders to you, then to your manager, then further up, if a clock runs out. Being away"
        " counts: no new leads come while you are. Say it in Slack: `/baton away until 2026-12-01`"
        " (or `15:30`, or `3 days`), and `/baton back`."
    )
    yield an_hour(source)
    yield OWNER_BY_HAND
    yield rest(source)
    yield from _quiet(source)


def _quiet(source: Source) -> Iterator[str]:
    """When a lead is closed that nothing happens with."""
    recycling, left = source.files.recycling, source.files.left_to_idle
    after = saying.span(recycling.idle.after)
    if not recycling.staleness:
        yield f"A lead without activity for {after} is closed."
        return
    yield (
        "A quiet lead goes back to marketing; you are warned before. Any logged call, e-mail or"
        " meeting starts its time anew."
    )
    if left:
        yield (
            f"Where nothing else is agreed, a lead in {source.labels(left)} is closed after"
            f" {after} without activity, and you are not warned."
        )
