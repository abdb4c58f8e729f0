"""What is different about who gets which lead (routing.yaml)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.domain.policy import CatchUp, Fallback, Handoff, Limits, Member, Policy, Shift, Window
from baton.policy_tools.diff.compare import Change, Things, fields, instead, optional, sentence
from baton.policy_tools.diff.conditions import say_changed, say_when
from baton.policy_tools.diff.words import joined, said, spaced, span

FILE = "routing"


def differences(old: Policy, new: Policy) -> Iterator[Change]:
    yield from _parts("Territory").compare(old.territories, new.territories)
    yield from _parts("Segment").compare(old.segments, new.segments)
    if old.ownership != new.ownership:
        told = f"Before any rule come now {_places(new.ownership)} instead of"
        yield Change(FILE, f"{told} {_places(old.ownership)}.")
    yield from _RULES.compare(old.rules, new.rules)
    yield from _HANDOFFS.compare(old.handoffs, new.handoffs)
    before = {handoff.stage: handoff for handoff in old.handoffs}
    for handoff in new.handoffs:
        if handoff.stage in before:
            yield from _RULES.compare(before[handoff.stage].rules, handoff.rules)
    yield from _POOLS.compare(old.pools, new.pools)
    for told in fields(old.counting, new.counting, _COUNTING):
        yield Change(FILE, sentence(f"Counting open leads {told}"))
    if old.free_domains != new.free_domains:
        come = [name for name in new.free_domains if name not in old.free_domains]
        gone = [name for name in old.free_domains if name not in new.free_domains]
        if come:
            yield Change(FILE, f"{joined(come)} now says nothing about a company.")
        if gone:
            yield Change(FILE, f"{joined(gone)} now says which company a contact belongs to.")
        if not come and not gone:
            yield Change(FILE, "The free domains come in another order.")


def _places(places: tuple[str, ...]) -> str:
    return joined((f"the owner of the {spaced(one)}" for one in places), "then") or "nobody"


_COUNTING = {
    "forget_after": optional("leaves out leads owned for", "leaves out no old leads"),
    "snoozed": lambda _before, after: [
        "now includes those at rest" if after else "no longer includes those at rest"
    ],
}


def _window(window: Window | None) -> str:
    if window is None:
        return "always"
    parts = [f"from {said(window.start)}"] if window.start else []
    parts += [f"until {said(window.end)}"] if window.end else []
    parts += [f"{window.hours} the hours of {window.calendar}"] if window.hours else []
    return joined(parts)


def _parts(kind: str) -> Things:
    return Things(
        FILE,
        name=lambda one: f"{kind} {one.label}",
        changed=lambda old, new: fields(
            old,
            new,
            {
                "when": say_changed,
                "label": instead("is now called"),
                "calendar": optional("now has the hours of", "now has no hours of its own"),
            },
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
            "window": instead("now counts", _window),
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


def _step(step: Fallback) -> str:
    if step.wait is None:
        return f"pool {step.pool}" if step.pool else step.person
    warned = f", with a warning after {span(step.wait.warn_after)}" if step.wait.warn_after else ""
    return f"a wait of {span(step.wait.within)}{warned}"


def _limits(limits: Limits) -> str:
    parts = (
        (limits.open, "open leads"),
        (limits.per_day, "leads a day"),
        (limits.per_week, "leads a week"),
    )
    return joined(f"{most} {what}" for most, what in parts if most is not None) or "any number"


def _shift(shift: Shift) -> str:
    return {
        "regardless": "regardless of their hours",
        "on_shift": "on shift only",
        "next_on_shift": f"on shift and {span(shift.within)} before it",
    }[shift.takes]


def _catch_up(catch_up: CatchUp) -> str:
    capped = f"{catch_up.per_day} extra leads a day"
    return {"none": "nothing", "full": "every turn", "capped": capped}[catch_up.kind]


def _fallback(before: tuple[Fallback, ...], after: tuple[Fallback, ...]) -> list[str]:
    def worded(steps: tuple[Fallback, ...]) -> str:
        return joined(map(_step, steps), "then")

    return [f"now falls back to {worded(after)} instead of {worded(before)}"]


_POOLS = Things(
    FILE,
    name=lambda one: f"Pool {one.id}",
    changed=lambda old, new: fields(
        old,
        new,
        {
            "label": instead("is now called"),
            "members": _members,
            "fallback": _fallback,
            "choose": instead("now chooses by", spaced),
            "limits": instead("can now carry", _limits),
            "calendar": optional("now begins its day by calendar", "now begins its day by none"),
            "shift": instead("now has its members take leads", _shift),
            "catch_up": instead("now makes up for leave with", _catch_up),
        },
    ),
    summary=lambda one: joined(member.rep for member in one.members),
)


def _handoff(old: Handoff, new: Handoff) -> Iterator[str]:
    """The rules are told one by one."""
    told = {"label": instead("is now called"), "ownership": instead("now asks first", _places)}
    return fields(old, new, told, skip=("rules",))


_HANDOFFS = Things(
    FILE,
    name=lambda one: f"Handoff at {one.stage}",
    changed=_handoff,
    summary=lambda one: joined(f"pool {rule.pool}" for rule in one.rules),
    key=lambda one: str(one.stage),
)
