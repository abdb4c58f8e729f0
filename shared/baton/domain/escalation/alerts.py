"""Telling people of what a ladder has come to: whom, when, and in which words."""

from __future__ import annotations

from typing import Literal

from msgspec.structs import replace

from baton.domain.draft import emit
from baton.domain.draft.decision import OutcomeKind
from baton.domain.draft.draft import Draft
from baton.domain.escalation.quiet_hours import Telling, backup_of, telling
from baton.domain.escalation.rota import on_duty
from baton.domain.handoff.assign import manager_of
from baton.domain.lead import ArmedRung, Clock, Untold
from baton.domain.policy import Person, Recipient, Severity
from baton.domain.sla import targets
from baton.domain.time import iso


def called(to: Recipient) -> str:
    """A rung's recipient in a sentence."""
    return "whoever is on duty" if to == "on_duty" else f"the {to}"


def tell(draft: Draft, clock: Clock, rung: ArmedRung) -> None:
    """Record what happened at its time, and tell whoever the rung names, in their hours."""
    owner = draft.owner
    draft.record(_SAID[rung.kind][0], owner.id if owner else "", clock.target, clock.due_at)
    _tell_of(draft, _of(draft, clock, rung), clock)


def warn(draft: Draft, clock: Clock, rung: ArmedRung) -> None:
    """Warn whoever the rung names. Nothing has happened yet, so a warning that waits for them stays
    on the ladder, and one that the deadline would overtake is none."""
    if draft.now >= clock.due_at:
        draft.say(f"{clock.target}: warning overtaken by the deadline")
        return
    who = _reader(draft, rung, draft.owner)
    at = telling(draft.policy, who, "warning", rung.at, draft.now).at
    if at is None:
        tell(draft, clock, rung)
    elif at >= clock.due_at:
        draft.say(f"{clock.target}: not warned, {rung.to} is at work only after the deadline")
    else:
        draft.say(f"{clock.target}: {rung.to} is warned when at work")
        targets.take_later(draft, clock, replace(rung, at=at))


def tell_untold(draft: Draft) -> None:
    """Tell what was kept for its recipient's hours, unless acting on the lead has settled it, or
    the promise is another one now."""
    due = [untold for untold in draft.lead.untold if untold.at <= draft.now]
    if not due:
        return
    draft.change(untold=tuple(one for one in draft.lead.untold if one not in due))
    for untold in due:
        assignment = draft.lead.assignment
        if assignment is None or assignment.number != untold.number:
            _tell_of(draft, untold, None)
            continue
        clock = next((one for one in draft.lead.clocks if one.target == untold.target), None)
        if clock is None or not clock.running or clock.due_at > draft.now:
            draft.say(f"{untold.target}: {untold.rung.to} need not be told any more")
        else:
            _tell_of(draft, untold, clock)


def _of(draft: Draft, clock: Clock, rung: ArmedRung) -> Untold:
    assignment = draft.lead.assignment
    assert assignment is not None
    return Untold(
        at=draft.now,
        rung=rung,
        number=assignment.number,
        person=assignment.person,
        target=clock.target,
        label=clock.label,
        due_at=clock.due_at,
    )


def _tell_of(draft: Draft, what: Untold, clock: Clock | None) -> None:
    """Tell the recipient now, or keep it for when they are at work. *clock*: it runs on; None: its
    owner has lost the lead."""
    rung, owner = what.rung, draft.policy.person.get(what.person)
    kind, severity = _SAID[rung.kind]
    told = telling(draft.policy, _reader(draft, rung, owner), severity, rung.at, draft.now)
    if told.at is not None:
        draft.say(f"{what.target}: {kind}, {rung.to} is told when at work")
        draft.change(untold=(*draft.lead.untold, replace(what, at=told.at)))
        return
    reader = told.reader
    zone = emit.zone_of(draft.policy, reader or owner)
    title, level = _title(draft, what, emit.in_zone(what.due_at, zone))
    draft.say(f"{what.target}: {kind}, told {rung.to}")
    draft.notify(
        f"notice:{what.number}:{what.target}:{kind}:{iso(rung.at)}:{rung.to}",
        reader.slack_user if reader else draft.policy.notifications.channel,
        level,
        title,
        *in_stead(told),
        *(_next_step(draft, clock, reader or owner) if clock else _with_whom(draft)),
    )


def in_stead(told: Telling) -> tuple[str, ...]:
    stead = told.instead_of
    return (f"You are told for {stead.name}, who is not at work.",) if stead else ()


def _with_whom(draft: Draft) -> tuple[str, ...]:
    if draft.owner is not None:
        return (f"It is with {draft.owner.name} now.",)
    return ("It waits for somebody who can take it.",) if draft.lead.waiting else ()


_SAID: dict[str, tuple[OutcomeKind, Severity]] = {
    "warn": ("warned", "warning"),
    "breach": ("breached", "breach"),
    "escalate": ("escalated", "escalation"),
}


def _title(draft: Draft, what: Untold, at: str) -> tuple[str, Literal["warning", "breach"]]:
    name, company = emit.name_of(draft.lead), emit.company_of(draft.lead)
    who = f"{name} ({company})" if company else name
    if what.rung.kind == "warn":
        return f"{what.label} for {who} is due at {at}", "warning"
    if what.rung.kind == "breach":
        return f"{what.label} for {who} was due at {at}", "breach"
    owner = draft.policy.person.get(what.person)
    return (
        f"{owner.name if owner else 'Its owner'} has missed {what.label} for {who}, due at {at}",
        "breach",
    )


def _next_step(draft: Draft, clock: Clock, reader: Person | None) -> tuple[str, ...]:
    """What happens if nobody acts: the next rung that changes something."""
    ahead = next((rung for rung in clock.ladder[clock.climbed :] if rung.kind != "warn"), None)
    if ahead is None:
        return ()
    if ahead.kind == "breach":
        return ("From then on it counts as a breach.",)
    then = (
        "the lead goes to the next rep"
        if ahead.kind == "pull_back"
        else f"{called(ahead.to)} is told"
    )
    zone = emit.zone_of(draft.policy, reader)
    return (f"Next: {then} at {emit.in_zone(ahead.at, zone)}.",)


def _reader(draft: Draft, rung: ArmedRung, owner: Person | None) -> Person | None:
    """Whom the rung addresses; None: the channel, also where there is no such person. Without a
    backup, or anybody on duty, it is the manager."""
    if rung.to == "channel":
        return None
    if rung.to == "owner":
        return owner
    manager = manager_of(draft, owner)
    if rung.to == "backup":
        return backup_of(draft.policy, owner) or manager
    if rung.to == "on_duty":
        return on_duty(draft.policy, draft.now) or manager
    return manager if rung.to == "manager" else manager_of(draft, manager)
