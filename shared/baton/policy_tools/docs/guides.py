"""The guides for marketing and for leadership."""

from __future__ import annotations

from collections.abc import Iterator

from baton.policy_tools import saying
from baton.policy_tools.docs.ladders import counted_in, length
from baton.policy_tools.docs.markdown import bullets, code, joined, table, text
from baton.policy_tools.docs.source import Source
from baton.policy_tools.docs.stages import closing_conditions


def marketing(source: Source) -> str:
    stage = text(source.handoff.label)
    return joined(
        "# Guide for marketing",
        f"## What makes a lead {stage}",
        text(source.handoff.purpose),
        bullets(_qualifies(source)),
        "## What sales needs to know of the lead",
        _needed(source),
        "## What comes back, and to which track",
        table(
            ("Track", "Value your workflow enrols by", "Reasons", "At rest for", "Rounds"),
            (
                (
                    text(track.label),
                    code(track.value),
                    ", ".join(
                        text(reason.label)
                        for reason in source.files.lifecycle.reasons
                        if reason.recycle_to == track.id
                    ),
                    saying.span(track.cool_off),
                    str(track.max_rounds),
                )
                for track in source.files.recycling.tracks
            ),
        ),
        "Enrol by `baton_nurture_track`, leave when it is emptied, and match the content to the"
        " reason: who had no budget needs something else than who did not answer.",
        "## What to leave alone",
        bullets(_alone(source)),
        "## What to watch",
        bullets(
            (
                f"How many become {stage}, by source, and how many of them sales accepts: a report"
                f" of HubSpot's on {code(f'baton_first_entered_{source.handoff.id}')},"
                f" {code(f'baton_first_entered_{source.accepted.id}')} and `baton_first_source`.",
                "The reasons for which they come back, each a note on the targeting: contacts by"
                " `baton_reason`.",
                f"How many come back to {stage} from a track: the moves that `baton audit` lists;"
                f" which, by {code(f'baton_times_entered_{source.handoff.id}')} above 1.",
            )
        ),
    )


def _qualifies(source: Source) -> Iterator[str]:
    file, stage = source.files.scoring, text(source.handoff.label)
    if file is None:
        yield f"HubSpot's lifecycle stage says so; Baton follows once it becomes {stage}."
    else:
        yield (
            f"Fit of at least {saying.number(file.qualified.fit)} points, behaviour of at least"
            f" {saying.number(file.qualified.behaviour)}, and evidence at most"
            f" {saying.span(file.qualified.recency)} old. The tables are under Scoring."
        )
        for one in file.hand_raises:
            yield f"Or a hand raised: {text(saying.evidence(one.compile()))}."
        if file.never:
            yield f"Never qualifies: {'; '.join(text(one.label) for one in file.never)}."
        if file.authority == "hubspot":
            yield "HubSpot's stage decides: your workflow sets it; the score is shown beside it."
        else:
            yield f"The score decides; no workflow should set {stage}."
    for at in source.files.lifecycle.stages:
        for closing in closing_conditions(source, at):
            yield f"Closed at once, in {text(at.label)}: {closing}."


def _needed(source: Source) -> str:
    fields = "; ".join(map(source.required, source.handoff.requires))
    if not fields:
        return "Nothing is required. The more is known, the better the first call."
    late = (
        "If one is missing the lead goes on all the same, and the card says what to ask."
        if source.handoff.if_missing == "flag"
        else "If one is missing the lead is held until it is there: see Stage definitions."
    )
    return f"{fields}. What is missing is looked up first where the policy says. {late}"


def _alone(source: Source) -> Iterator[str]:
    yield "`baton_…` properties: Baton writes them, your workflows only read them."
    yield (
        "Lifecycle stages backward, by workflow or import: a change back is not followed, and may"
        " be set right again."
    )
    marketing_wins = [one for one in source.files.lifecycle.sync if one.wins == "marketing"]
    for one in marketing_wins:
        yield f"But: of {code(one.property)}, what a form, a workflow or an import sets stays."


def leadership(source: Source) -> str:
    tiers = source.files.sla.tiers
    wanting = [one for one in source.definitions.values() if one.wanting]
    count = len(source.definitions)
    agreed = (
        f"All {count} definitions are confirmed."
        if not wanting
        else f"{count - len(wanting)} of {count} definitions are confirmed; the sign-off sheet says"
        " whose approval the others want."
    )
    return joined(
        "# Guide for leadership",
        f"## What {source.company} has agreed on",
        agreed,
        table(
            ("Stage", "What it means", "Standing"),
            (
                (text(s.label), text(s.purpose), source.standing(f"stage:{s.id}"))
                for s in source.files.lifecycle.stages
            ),
        ),
        "## What leads are promised",
        table(
            ("Tier", "Promise", "Within", "Counted in"),
            (
                (
                    text(tier.label),
                    text(target.label),
                    length(target.within, target.time),
                    counted_in(target),
                )
                for tier in tiers
                for target in tier.targets
            ),
        ),
        "## How to read the figures",
        table(
            ("Figure", "What it tells", "What to ask when it moves", "Where it can be seen"),
            _figures(source),
        ),
        "Baton has no dashboard of its own: reports are made in HubSpot on the properties named"
        " here; RevOps runs `baton audit` and, for one lead, `baton explain`.",
        f"Managers get a digest at {source.files.notifications.digest.at} in their own time zone:"
        " what their team missed, what came of it, and what is at risk today.",
        "## When to step in",
        bullets(
            (
                "Marketing and sales disagree on a definition: bring both to the sign-off sheet,"
                " not to a dashboard.",
                "A rate falls below the limits of the maintenance schedule two months running.",
                "A new product, segment or market: it needs rules and people before it has leads.",
            )
        ),
    )


def _figures(source: Source) -> Iterator[tuple[str, str, str, str]]:
    for here, there in zip(source.working, source.working[1:], strict=False):
        yield (
            f"{text(here.label)} to {text(there.label)}",
            f"how many of those that entered {text(here.label)} went on",
            _question(source, here.id),
            f"HubSpot: contacts with {code(f'baton_first_entered_{here.id}')} that have"
            f" {code(f'baton_first_entered_{there.id}')}, too",
        )
    yield (
        "Time in a stage",
        "where leads wait",
        "who has them, and for what?",
        "HubSpot: `baton_seconds_in_…` of the stage; the medians that `baton audit` lists",
    )
    yield (
        "Promises kept",
        "who misses what, by tier",
        "are the limits of reps too high?",
        "the managers' digest; HubSpot, of the leads in work: `baton_sla_status` by `baton_tier`",
    )
    yield (
        "Reasons",
        "why leads leave",
        "which of them could be known before the handoff?",
        "HubSpot: contacts by `baton_reason`",
    )


def _question(source: Source, stage: str) -> str:
    if stage == source.handoff.id:
        return "did the definition drift, or the targeting?"
    if stage == source.accepted.id:
        return "are leads accepted that should be rejected?"
    before = [one.id for one in source.working].index(stage) < source.working.index(source.handoff)
    return "which sources bring them?" if before else "what do the lost ones have in common?"
