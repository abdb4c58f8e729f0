"""What is different about who gets which lead (routing.yaml)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.core.policy import Fallback, Member, Policy
from baton.policy.difference.compare import Change, Things, fields, instead, optional
from baton.policy.difference.conditions import say_changed, say_when
from baton.policy.difference.words import joined

FILE = "routing"


def differences(old: Policy, new: Policy) -> Iterator[Change]:
    yield from _parts("Territory").compare(old.territories, new.territories)
    yield from _parts("Segment").compare(old.segments, new.segments)
    yield from _RULES.compare(old.rules, new.rules)
    yield from _POOLS.compare(old.pools, new.pools)


def _parts(kind: str) -> Things:
    return Things(
        FILE,
        name=lambda one: f"{kind} {one.label}",
        changed=lambda old, new: fields(
            old, new, {"when": say_changed, "label": instead("is now called")}
        ),
        summary=lambda one: say_when(one.when) if one.when else "every lead that is left",
        tried=True,
    )


_RULES = Things(
    FILE,
    name=lambda one: f"Rule {one.id}",
    changed=lambda old, new: fields(
        old,
        new,
        {
            "when": say_changed,
            "pool": instead("now sends leads to pool"),
            "label": optional("is now called", "now has no label"),
        },
    ),
    summary=lambda one: (
        f"leads go to pool {one.pool}" + (f" when {say_when(one.when)}" if one.when else "")
    ),
    tried=True,
)


def _members(before: tuple[Member, ...], after: tuple[Member, ...]) -> list[str]:
    was = {member.rep: member.weight for member in before}
    now = {member.rep: member.weight for member in after}
    told = [f"now has {rep} among its members" for rep in now if rep not in was]
    told += [f"no longer has {rep} among its members" for rep in was if rep not in now]
    told += [
        f"now gives {rep} weight {weight} instead of {was[rep]}"
        for rep, weight in now.items()
        if was.get(rep, weight) != weight
    ]
    return told or ["now has its members in another order"]


def _fallback(before: tuple[Fallback, ...], after: tuple[Fallback, ...]) -> list[str]:
    def worded(steps: tuple[Fallback, ...]) -> str:
        return joined([f"pool {step.pool}" if step.pool else step.person for step in steps], "then")

    return [f"now falls back to {worded(after)} instead of {worded(before)}"]


_POOLS = Things(
    FILE,
    name=lambda one: f"Pool {one.id}",
    changed=lambda old, new: fields(
        old,
        new,
        {"label": instead("is now called"), "members": _members, "fallback": _fallback},
    ),
    summary=lambda one: joined(member.rep for member in one.members),
)
