"""Scores: thresholds that nobody or everybody reaches, and evidence without effect."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from baton.domain.conditions import is_of
from baton.domain.lead import Evidence
from baton.domain.time import EARLIEST
from baton.policy_tools.linting import points
from baton.policy_tools.linting.findings import Found, Rule
from baton.policy_tools.linting.subject import Subject
from baton.policy_tools.models.scoring import BehaviourRule, ScoringFile
from baton.policy_tools.models.when import Count
from baton.presentation.words import counted, quoted

OUT_OF_REACH = Rule(
    "threshold-out-of-reach", "error", "No lead ever qualifies by the score, however good it is."
)
IN_ALL_REACH = Rule(
    "threshold-for-all", "warning", "A threshold that every lead reaches distinguishes nothing."
)
ONE_FORM = Rule(
    "one-form-is-mql",
    "warning",
    "A lead with enough fit becomes an MQL by one download, and reps stop trusting MQLs.",
)
UNUSED_SIGNAL = Rule(
    "unused-signal", "warning", "Somebody builds and pays for a signal that changes nothing."
)
NEVER_AGES = Rule(
    "never-ages", "warning", "What a person did years ago then counts as if it were done today."
)
IDLE_RECENCY = Rule(
    "idle-recency", "warning", "Interest then counts as recent although it no longer gives points."
)


def check(subject: Subject) -> Iterator[Found]:
    file = subject.files.scoring
    if file is None:
        return
    wanted = file.qualified
    yield from _threshold("fit", wanted.fit, points.of_fit(file))
    yield from _threshold("behaviour", wanted.behaviour, points.of_behaviour(file))
    yield from _one_form(file)
    yield from _unused_signals(subject, file)
    yield from _ageing(file)


def _threshold(name: str, wanted: float, possible: points.Range) -> Iterator[Found]:
    if wanted > possible.most:
        yield OUT_OF_REACH.found(
            "scoring",
            ("qualified", name),
            f"requires {counted(wanted, 'point')}, but all {name} rules and caps together give "
            f"at most {possible.most:g}",
            f"ask for {possible.most:g} or less, or raise points or caps under {name}",
        )
    elif wanted <= max(possible.least, 0):
        yield IN_ALL_REACH.found(
            "scoring",
            ("qualified", name),
            f"requires {counted(wanted, 'point')}, which even a lead without any data has",
            "require more than that",
        )


def _one_form(file: ScoringFile) -> Iterator[Found]:
    """Form fills that reach the threshold alone, although they are not a raised hand."""
    wanted = file.qualified.behaviour
    rules = [rule for group in file.behaviour for rule in group.rules if "form" in rule.of]
    named = [(rule, one) for rule in rules for one in rule.what or ("",)]
    if wanted <= 0:
        return
    for number, group in enumerate(file.behaviour):
        for index, rule in enumerate(group.rules):
            for form in dict.fromkeys(one for by, one in named if by is rule):
                gained = _by_one_form(file, form)
                if gained < wanted or any(_raises(hand, form) for hand in file.hand_raises):
                    continue
                what = f"one form {quoted(form)}" if form else "any one form"
                yield ONE_FORM.found(
                    "scoring",
                    ("behaviour", number, "rules", index, "points"),
                    f"{what} gives {gained:g} of the {wanted:g} required behaviour points",
                    "give it less, raise qualified.behaviour, or say in hand_raises that it asks "
                    "for a call",
                )
                break  # one finding per rule is enough


def _by_one_form(file: ScoringFile, form: str) -> float:
    """The behaviour points of one fresh form fill."""
    total = 0.0
    for group in file.behaviour:
        gained = sum(rule.points for rule in group.rules if _counts_form(rule, form))
        total += gained if group.cap is None else min(gained, group.cap)
    return total


def _counts_form(rule: BehaviourRule | Count, form: str) -> bool:
    return is_of(Evidence(EARLIEST, "form", form), rule)


def _raises(hand: Count, form: str) -> bool:
    return hand.at_least == 1 and _counts_form(hand, form)


def _unused_signals(subject: Subject, file: ScoringFile) -> Iterator[Found]:
    asked = [*file.hand_raises, *(c for one in subject.conditions for c in one.block.counts())]
    used = {kind for count in asked for kind in count.of}
    used |= {kind for group in file.behaviour for rule in group.rules for kind in rule.of}
    for index, signal in enumerate(file.signals):
        if signal.id not in used:
            yield UNUSED_SIGNAL.found(
                "scoring",
                ("signals", index),
                f"no rule, raised hand or condition counts {quoted(signal.id)}",
                "give it points under behaviour, count it in a condition (events), or remove it",
            )


def _ageing(file: ScoringFile) -> Iterator[Found]:
    gaining = [rule for group in file.behaviour for rule in group.rules if rule.points > 0]
    for number, group in enumerate(file.behaviour):
        for index, rule in enumerate(group.rules):
            if rule.points > 0 and rule.half_life is None and rule.window is None:
                yield NEVER_AGES.found(
                    "scoring",
                    ("behaviour", number, "rules", index),
                    f"the points of {quoted(rule.id)} never age",
                    "give it a half_life, such as 30d, or a window, such as 90d",
                )
    windows = [rule.window for rule in gaining if rule.window is not None]
    recency = file.qualified.recency
    if windows and len(windows) == len(gaining) and recency > max(windows):
        longest = _days(max(windows))
        yield IDLE_RECENCY.found(
            "scoring",
            ("qualified", "recency"),
            f"is {_days(recency)}, and after {longest} all evidence has lost its points",
            f"say {longest} or less, or lengthen a window",
        )


def _days(span: timedelta) -> str:
    return f"{span / timedelta(days=1):g}d"
