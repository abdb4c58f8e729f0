"""Questions that are asked of RevOps every week, answered from the policy."""

from __future__ import annotations

from collections.abc import Iterator

from baton.policy_tools import saying
from baton.policy_tools.docs.aftercare import ANSWERS, OWNER_BY_HAND, answer_by_hand, rest, ways_out
from baton.policy_tools.docs.markdown import bullets, code, joined, text
from baton.policy_tools.docs.source import Source, said
from baton.policy_tools.docs.stages import hold


def faq(source: Source) -> str:
    return joined(
        "# Questions and answers",
        *_recycled(source),
        *_partner(source),
        *_disputed(source),
        *_disappeared(source),
        *_held(source),
        *_not_mine(source),
        *_touch(source),
        *_moved_back(source),
    )


def _recycled(source: Source) -> Iterator[str]:
    lifecycle = source.files.lifecycle
    yield "## What becomes of a recycled lead?"
    yield "It rests in the nurture track of its reason:"
    yield bullets(
        f"{text(track.label)}: {saying.span(track.cool_off)}, at most"
        f" {track.max_rounds} {'round' if track.max_rounds == 1 else 'rounds'};"
        f" the owner {'stays' if track.keep_owner else 'is taken off'}"
        for track in source.files.recycling.tracks
    )
    yield from rest(source)
    for stage in (lifecycle.recycled, lifecycle.disqualified):
        yield f"Out of {source.label(stage)} leads: {ways_out(source, stage) or 'nothing'}."


def _partner(source: Source) -> Iterator[str]:
    # However deep the condition, and whatever the field is called: partner, referring_partner.
    rules = [rule for rule in source.files.routing.rules if "partner" in said(rule.when).lower()]
    pools = {pool.id: pool for pool in source.files.routing.pools}
    yield "## Who gets a lead that a partner sent?"
    yield "Whoever owns the contact already, if they can take it. Otherwise:"
    yield bullets(
        [
            f"if {said(rule.when)}: {text(pools[rule.pool].label)} (rule {code(rule.id)})"
            for rule in rules
        ]
        or ["it is routed as every other lead; no rule speaks of partners."]
    )
    yield (
        "The first source of a lead is kept in `baton_first_source`, whatever is written over"
        " HubSpot's own later."
    )


def _disputed(source: Source) -> Iterator[str]:
    yield f"## This is no {text(source.handoff.label)}. What now?"
    yield (
        "Reject it with the reason that says why: the reason is counted, and marketing sees it. Do"
        " not leave it lying, its clocks run. If the same dispute comes up again, the definition is"
        " at fault: it is changed on the sign-off sheet, by those who signed it."
    )
    yield "## Two of us claim the same lead. Whose is it?"
    yield (
        "Whoever got the card: there is one owner at a time, found by one set of rules for every"
        f" source. {OWNER_BY_HAND}"
    )
    yield (
        f"Ask in {code(source.files.notifications.ops_channel)} for the reasons; `baton explain`"
        " lists them for every lead, with the time of each step."
    )


def _disappeared(source: Source) -> Iterator[str]:
    yield "## My lead disappeared. Where is it?"
    yield "Its card in Slack says how it ended. One of these has happened:"
    yield bullets(_ends(source))


def _ends(source: Source) -> Iterator[str]:
    ladders = {ladder.id: ladder for ladder in source.files.sla.ladders}
    pulled = [
        f"{text(tier.label)} ({text(target.label)})"
        for tier in source.files.sla.tiers
        for target in tier.targets
        if any(rung.do == "pull_back" for rung in ladders[target.ladder].rungs)
    ]
    if pulled:
        yield f"A clock ran out and it went to the next rep: {', '.join(pulled)}."
    quiet = [
        f"{source.labels(rule.stages)}{f' if {said(rule.when)}' if rule.when else ''}:"
        f" {saying.span(rule.after)}"
        for rule in source.files.recycling.staleness
    ]
    idle = saying.span(source.files.recycling.idle.after)
    if quiet:
        other = f"; any other, without a warning: {idle}" if source.files.left_to_idle else ""
        yield (
            "Nothing happened with it for too long and it was closed, after a warning"
            f" ({'; '.join(quiet)}{other})."
        )
    else:
        yield f"Nothing happened with it for {idle} and it was closed."
    yield (
        f"It moved past {text(source.accepted.label)}: the handoff is done, the lead is not gone."
        " Where a rule for quiet leads names its stage, you are still warned before it is closed."
    )
    closers = [stage for stage in source.files.lifecycle.stages if stage.disqualified_by]
    if closers:
        labels = ", ".join(text(stage.label) for stage in closers)
        yield f"A condition closed it at once (in {labels}: see Stage definitions)."
    yield "It was rejected, by you or by the clock of a hold, and went where the reason leads."


def _held(source: Source) -> Iterator[str]:
    stages = [
        stage
        for stage in source.files.lifecycle.stages
        if stage.entry or stage.exit or (stage.requires and stage.if_missing == "hold")
    ]
    yield "## Why is my lead held?"
    if not stages:
        yield "No lead is held: no stage holds one back for what it lacks."
        return
    yield (
        "Something is missing that a stage asks for, so it is not handed on, or not let into that"
        " stage. The message says what. Fill it in on the contact in HubSpot, and it goes on by"
        " itself; there is no need to press *Qualified* again."
    )
    yield bullets(f"{text(stage.label)}: {hold(source, stage.hold)}." for stage in stages)
    flagged = [
        text(stage.label)
        for stage in source.files.lifecycle.stages
        if stage.requires and stage.if_missing == "flag"
    ]
    if flagged:
        yield (
            f"For {saying.both(flagged)} a lead goes on although a required field is empty; its"
            " card lists what to ask for."
        )


def _not_mine(source: Source) -> Iterator[str]:
    yield "## Why did I not get this lead?"
    yield bullets(
        (
            "Somebody owned the contact, its company or an open deal already and could take it.",
            "An earlier rule fits it, so it went to another pool.",
            "It was somebody else's turn: turns follow the weights in the pool, not the clock.",
            "You were away, inactive, off shift, or at your limit of open leads, of leads a day"
            " or a week.",
            "Others waited for the pool before it; none is overtaken.",
            "You had let it go in this round: rejected it, or a clock ran out.",
        )
    )
    yield (
        "`baton explain LEAD --rep YOU` names which of these it was, and the smallest change that"
        " would have made it yours."
    )


def _touch(source: Source) -> Iterator[str]:
    yield "## I called, but the first touch is still open. Why?"
    yield (
        "A touch counts if HubSpot has a call, e-mail or meeting of yours, logged after you got the"
        " lead. A colleague's does not count, nor does a call that is logged nowhere: log it, or"
        " press *Log first touch* on the card."
    )
    clocks = {
        text(target.label)
        for tier in source.files.sla.tiers
        for target in tier.targets
        if target.stops_on == "touch"
    }
    if clocks:
        yield f"It stops: {', '.join(sorted(clocks))}. Accepting has a clock of its own."


def _moved_back(source: Source) -> Iterator[str]:
    answer = answer_by_hand(source)
    yield "## I set a stage back in HubSpot. What happens?"
    yield f"By hand, the answer is {code(answer)}: {ANSWERS[answer]}."
    named = [
        move
        for move in source.files.lifecycle.transitions
        if source.stages[move.to].side and move.reason and "rep" in move.by
    ]
    if named:
        yield "Followed when you make them by hand in any case, for the reason they name:"
        yield bullets(
            f"{code(move.id)} from {source.labels(move.source)} to {source.label(move.to)}:"
            f" {text(source.reasons[move.reason or ''].label)}"
            for move in named
        )
    yield "To give a lead back, reject it with a reason instead: then everybody knows why."
