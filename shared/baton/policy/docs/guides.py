"""The guides for marketing, for leadership and for whoever administers the policy."""

from __future__ import annotations

from collections.abc import Iterator

from baton.policy import saying
from baton.policy.docs.ladders import length
from baton.policy.docs.markdown import bullets, code, joined, steps, table, text
from baton.policy.docs.source import Source

#: File -> what it says, in the order they are best read.
FILES = (
    ("lifecycle.yaml", "stages, moves, reasons, fields, who wins, who signs"),
    ("scoring.yaml", "points, thresholds, hand-raises, who never qualifies (may be left out)"),
    ("routing.yaml", "territories, segments, rules, pools"),
    ("roster.yaml", "people, calendars, limits, time off"),
    ("sla.yaml", "tiers, promises, ladders"),
    ("recycling.yaml", "nurture tracks, quiet leads"),
    ("notifications.yaml", "channels, the managers' digest, plays"),
    ("cases.yaml", "examples that must come out right before anything is published"),
)


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
                f"How many become {stage}, by source, and how many of them sales accepts.",
                "The reasons for which they come back: each is a note on the targeting.",
                f"How many come back to {stage} from a track, and what becomes of them.",
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
                    length(target.within, target),
                    "the owner's working time" if target.time == "working" else "every hour",
                )
                for tier in tiers
                for target in tier.targets
            ),
        ),
        "## How to read the figures",
        table(("Figure", "What it tells", "What to ask when it moves"), _figures(source)),
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


def _figures(source: Source) -> Iterator[tuple[str, str, str]]:
    for here, there in zip(source.working, source.working[1:], strict=False):
        yield (
            f"{text(here.label)} to {text(there.label)}",
            f"how many of those that entered {text(here.label)} went on",
            _question(source, here.id),
        )
    yield "Time in a stage", "where leads wait", "who has them, and for what?"
    yield "Promises kept", "how many were met in time, by tier", "are the limits of reps too high?"
    yield "Reasons", "why leads leave", "which of them could be known before the handoff?"


def _question(source: Source, stage: str) -> str:
    if stage == source.handoff.id:
        return "did the definition drift, or the targeting?"
    if stage == source.accepted.id:
        return "are leads accepted that should be rejected?"
    before = [one.id for one in source.working].index(stage) < source.working.index(source.handoff)
    return "which sources bring them?" if before else "what do the lost ones have in common?"


def admins(source: Source) -> str:
    return joined(
        "# Guide for admins",
        "The policy is a folder of files. What they say is what runs; these documents are written"
        " from them.",
        table(("File", "What it says"), ((code(name), what) for name, what in FILES)),
        "## To change something",
        steps(
            (
                "Edit the file. If it is a definition that people signed, take its `confirmed`"
                " away or renew it: a changed one with an old approval is not published.",
                "Add or change the case in `cases.yaml` that shows it.",
                "`baton policy check`: every fault, with file and line; then the cases.",
                "`baton policy docs`: these documents, for whoever has to agree.",
                "`baton policy publish`: an immutable version, which counts within 5 seconds."
                " Leads that have an owner keep the promise they were given.",
                "`baton policy rollback`: the version before, again.",
            )
        ),
        "## To find out why",
        bullets(
            (
                "`baton explain LEAD` with HubSpot's contact id: the rule that matched, why earlier"
                " ones did not, who was passed over and why, the hours counted, the history.",
                f"{code(source.files.notifications.ops_channel)} is told of unknown stages, refused"
                " writes, backward changes to decide on, and held leads without an owner.",
                "`baton redrive` lists what could not be worked or delivered, and sends it again.",
            )
        ),
        "## To add a stage",
        steps(
            (
                "Make it in HubSpot, and note its internal value: `baton hubspot setup` says what"
                " HubSpot lacks.",
                "Add it in its place in the list of stages, with moves to and from it and a case"
                " for each move.",
                "Let it be signed, publish, and run `baton hubspot setup --apply` for its"
                " timestamps.",
            )
        ),
        "## Fields",
        table(
            ("Field", "Id", "HubSpot property", "Kind", "Values", "On the card"),
            (
                (
                    text(one.label),
                    code(one.id),
                    code(one.property),
                    one.kind,
                    ", ".join(map(text, one.values)),
                    "yes" if one.packet else "no",
                )
                for one in source.files.lifecycle.fields
            ),
        ),
    )
