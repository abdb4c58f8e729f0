"""Telling people of what a ladder has come to: whom, when, and in which words."""

from __future__ import annotations

from msgspec.structs import replace

from baton.domain.draft.decision import OutcomeKind
from baton.domain.draft.draft import Draft
from baton.domain.escalation.quiet_hours import telling
from baton.domain.escalation.recipients import recipient
from baton.domain.lead import ArmedRung, Clock, Untold
from baton.domain.policy import Severity
from baton.domain.sla import targets
from baton.domain.time import iso
from baton.presentation import notices
from baton.presentation.words import in_zone

#: What a rung came to, by its kind: the outcome recorded, and how severe its notice is.
_SAID: dict[str, tuple[OutcomeKind, Severity]] = {
    "warn": ("warned", "warning"),
    "breach": ("breached", "breach"),
    "escalate": ("escalated", "escalation"),
}


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
    who = recipient(draft, rung, draft.owner)
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
    told = telling(draft.policy, recipient(draft, rung, owner), severity, rung.at, draft.now)
    if told.at is not None:
        draft.say(f"{what.target}: {kind}, {rung.to} is told when at work")
        draft.change(untold=(*draft.lead.untold, replace(what, at=told.at)))
        return
    reader = told.reader
    zone = draft.policy.zone_of(reader or owner)
    title = notices.title(what, draft.lead, owner, in_zone(what.due_at, zone))
    draft.say(f"{what.target}: {kind}, told {rung.to}")
    draft.notify(
        f"notice:{what.number}:{what.target}:{kind}:{iso(rung.at)}:{rung.to}",
        reader.slack_user if reader else draft.policy.notifications.channel,
        "warning" if rung.kind == "warn" else "breach",
        title,
        *notices.told_instead_of(told.instead_of),
        *(notices.next_step(clock, zone) if clock else notices.now_with(draft.lead, draft.owner)),
    )
