"""What is different about scores (scoring.yaml)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from baton.domain.policy import BehaviourRule, Count, FitRule, Policy, Scoring
from baton.policy_tools.diff.compare import Change, Phrase, Things, fields, instead, items, optional
from baton.policy_tools.diff.conditions import say_changed, say_count, say_when
from baton.policy_tools.diff.words import number, span

FILE = "scoring"
_QUALIFIED = "scoring:qualified"
#: Compared one by one.
_LISTS = ("fit", "behaviour", "never", "signals")


def differences(old: Policy, new: Policy) -> Iterator[Change]:
    before, after = old.scoring, new.scoring
    if before is None and after is None:
        return
    if before is None or after is None:
        told = "Leads are now scored." if after else "Leads are no longer scored."
        yield Change(FILE, told, _QUALIFIED)
        return
    yield from _settings(before, after)
    yield from _groups("Fit", before.fit, after.fit)
    yield from _groups("Behaviour", before.behaviour, after.behaviour)
    yield from _NEVER.compare(before.never, after.never)
    yield from _SIGNALS.compare(before.signals, after.signals)


def _settings(before: Scoring, after: Scoring) -> Iterator[Change]:
    signed = ("fit_at_least", "behaviour_at_least", "recency")
    for told in fields(before, after, _SCORING, skip=[*_LISTS, *signed]):
        yield Change(FILE, f"Scoring {told}.")
    rest = [name for name in before.__struct_fields__ if name not in signed]
    for told in fields(before, after, _SCORING, skip=rest):
        yield Change(FILE, f"Qualified {told}.", _QUALIFIED)


def _counts(before: tuple[Count, ...], after: tuple[Count, ...]) -> list[str]:
    phrase = items(
        lambda word: f"now takes it as a raised hand when {word}",
        lambda word: f"no longer takes it as a raised hand when {word}",
        "names what is a raised hand in another order",
    )
    return [*phrase([*map(say_count, before)], [*map(say_count, after)])]


_SCORING: dict[str, Phrase] = {
    "authority": instead("is now decided by"),
    "fit_at_least": lambda before, after: [
        f"needs {number(after)} fit points instead of {number(before)}"
    ],
    "behaviour_at_least": lambda before, after: [
        f"needs {number(after)} behaviour points instead of {number(before)}"
    ],
    "recency": lambda before, after: [
        f"needs evidence that is at most {span(after)} old instead of {span(before)}"
    ],
    "hand_raises": _counts,
}


def _groups(kind: str, before: Sequence[Any], after: Sequence[Any]) -> Iterator[Change]:
    groups = Things(
        FILE,
        name=lambda one: f"{kind} group {one.label}",
        changed=lambda old, new: fields(old, new, _GROUP, skip=["rules"]),
        summary=lambda one: f"rules {', '.join(rule.id for rule in one.rules)}",
        definition=lambda one: f"scoring:{one.id}",
    )
    yield from groups.compare(before, after)
    was = {group.id: group for group in before}
    for group in after:
        if group.id in was:
            rules = _rules(kind, group.label, group.id)
            yield from rules.compare(was[group.id].rules, group.rules)


def _rules(kind: str, label: str, group: str) -> Things:
    return Things(
        FILE,
        name=lambda one: f'{kind} rule "{one.label}" ({label})',
        changed=lambda old, new: fields(old, new, _RULE),
        summary=_rule,
        definition=lambda _one: f"scoring:{group}",
    )


def _rule(rule: FitRule | BehaviourRule) -> str:
    points = f"{number(rule.points)} points"
    if isinstance(rule, FitRule):
        return f"{points} when {say_when(rule.when)}"
    return f"{points} for {' or '.join(rule.of)}"


_GROUP: dict[str, Phrase] = {
    "label": instead("is now called"),
    "cap": optional("now gives at most", "now gives any number of points", "points"),
}
_RULE: dict[str, Phrase] = {
    "label": instead("is now called"),
    "points": lambda before, after: [
        f"now gives {number(after)} points instead of {number(before)}"
    ],
    "when": say_changed,
    "of": instead("now counts"),
    "what": optional("now counts only what is about", "now counts whatever it is about"),
    "half_life": optional("is now worth half after", "now never loses worth by halves"),
    "window": optional("is now worth nothing after", "now never expires"),
    "at_most": optional("now counts the newest", "now counts all"),
}
_NEVER = Things(
    FILE,
    name=lambda one: f'Never qualified "{one.label}"',
    changed=lambda old, new: fields(
        old, new, {"when": say_changed, "label": instead("is now called")}
    ),
    summary=lambda one: f"when {say_when(one.when)}",
)
_SIGNALS = Things(
    FILE,
    name=lambda one: f"Signal {one.id}",
    changed=lambda old, new: fields(old, new, {"label": instead("is now called")}),
)
