"""Scoring: the tables of points, what it takes, and an example computed from them."""

from __future__ import annotations

from collections.abc import Iterator

from baton.policy_tools import saying
from baton.policy_tools.docs.example import Example, example
from baton.policy_tools.docs.markdown import bullets, code, joined, table, text
from baton.policy_tools.docs.source import Source, said
from baton.policy_tools.models.scoring import BehaviourRule, ScoringFile

AUTHORITY = {
    "baton": "This score is the one authority for {stage}: it moves leads there, and no other"
    " system does.",
    "hubspot": "HubSpot's stage says who is {stage}. The score is worked out all the same and"
    " shown beside it.",
}


def scoring(source: Source) -> str:
    file = source.files.scoring
    if file is None:
        return joined(
            "# Scoring",
            "Leads are not scored: HubSpot's lifecycle stage says who is"
            f" {text(source.handoff.label)}.",
        )
    return joined(
        "# Scoring",
        AUTHORITY[file.authority].format(stage=text(source.handoff.label)),
        "## What it takes to qualify",
        source.standing("scoring:qualified") + ".",
        "A lead qualifies if all three hold:",
        bullets(
            (
                f"fit is at least {saying.number(file.qualified.fit)} points,",
                f"behaviour is at least {saying.number(file.qualified.behaviour)} points,",
                f"its newest evidence is at most {saying.span(file.qualified.recency)} old.",
            )
        ),
        *_hand_raises(file),
        *_never(file),
        "## Points for who the lead is",
        "Every rule that holds counts; a group gives at most its cap.",
        *_fit(source, file),
        "## Points for what the person did",
        "Each piece of evidence counts. After its half-life it is worth half, after its window"
        " nothing; only the newest count, as many as the table says.",
        *_behaviour(source, file),
        *_signals(file),
        "## An example",
        *_example(file, example(file)),
    )


def _hand_raises(file: ScoringFile) -> Iterator[str]:
    if file.hand_raises:
        yield "Or if the person asked for a call, whatever the score:"
        yield bullets(text(saying.evidence(one.compile())) for one in file.hand_raises)


def _never(file: ScoringFile) -> Iterator[str]:
    if file.never:
        yield "Never, whatever they do:"
        yield table(
            ("Who", "Id", "If"),
            ((text(one.label), code(one.id), said(one.when)) for one in file.never),
        )


def _fit(source: Source, file: ScoringFile) -> Iterator[str]:
    for group in file.fit:
        yield _group(source, group.id, group.label, group.cap)
        yield table(
            ("Rule", "Id", "Points", "If"),
            (
                (text(one.label), code(one.id), saying.number(one.points), said(one.when))
                for one in group.rules
            ),
        )


def _behaviour(source: Source, file: ScoringFile) -> Iterator[str]:
    for group in file.behaviour:
        yield _group(source, group.id, group.label, group.cap)
        yield table(
            ("What they did", "Id", "Points", "Evidence", "Half-life", "Window", "Counts"),
            (
                (
                    text(one.label),
                    code(one.id),
                    saying.number(one.points),
                    _evidence(one),
                    saying.span(one.half_life) if one.half_life else "does not age",
                    saying.span(one.window) if one.window else "for ever",
                    f"the newest {one.at_most}" if one.at_most else "every one",
                )
                for one in group.rules
            ),
        )


def _group(source: Source, group: str, label: str, cap: float | None) -> str:
    most = f"at most {saying.number(cap)} points" if cap is not None else "no cap"
    return joined(
        f"### {text(label)}", f"{code(group)}, {most}. {source.standing(f'scoring:{group}')}."
    )


def _evidence(rule: BehaviourRule) -> str:
    about = f": {saying.either(map(text, rule.what))}" if rule.what else ""
    return f"{saying.either(text(saying.name(kind)) for kind in rule.of)}{about}"


def _signals(file: ScoringFile) -> Iterator[str]:
    if file.signals:
        yield "### Signals"
        yield "What other systems may report of a person, as `LeadSignal` events:"
        yield table(
            ("Signal", "What it means"), ((code(one.id), text(one.label)) for one in file.signals)
        )


def _example(file: ScoringFile, one: Example) -> Iterator[str]:
    yield (
        "A made-up lead of whom the best rule of each fit group holds, and who did one thing of"
        " each kind that counts for them: of each group, the first a half-life ago, the next"
        " today, in turn."
    )
    yield table(
        ("Points for", "Because", "Worth", "Group so far"),
        (
            (text(line.group), text(line.because), _tenths(line.points), _tenths(line.total))
            for line in one.lines
        ),
    )
    fit, behaviour = file.qualified.fit, file.qualified.behaviour
    yield bullets(
        (
            f"Fit: {_tenths(one.fit)} of {saying.number(fit)} needed.",
            f"Behaviour: {_tenths(one.behaviour)} of {saying.number(behaviour)} needed.",
            f"Newest evidence: {f'{saying.span(one.newest)} old' if one.newest else 'of today'}, of"
            f" at most {saying.span(file.qualified.recency)}."
            if one.newest is not None
            else "No evidence.",
        )
    )
    yield f"So the lead {'qualifies' if one.qualifies else 'does not qualify'}."


def _tenths(points: float) -> str:
    return saying.number(round(points, 1))
