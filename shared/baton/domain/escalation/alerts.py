"""Notices of warnings, breaches and escalations: to whom, when, and with which text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from baton.domain.draft.decision import OutcomeKind
from baton.domain.draft.draft import Draft
from baton.domain.escalation.missed import missed_line, there_now
from baton.domain.escalation.pull_back import keeps_it
from baton.domain.escalation.quiet_hours import delivery_to, stand_in_line
from baton.domain.escalation.recipients import recipient
from baton.domain.lead import ArmedRung, Clock, DeferredNotice
from baton.domain.phrase import Phrase, phrase
from baton.domain.policy import Person, Severity
from baton.domain.sla import targets
from baton.domain.time import iso

#: By a rung's kind: the outcome it records, and the severity of its notice.
_BY_KIND: dict[str, tuple[OutcomeKind, Severity]] = {
    "warn": ("warned", "warning"),
    "breach": ("breached", "breach"),
    "escalate": ("escalated", "escalation"),
}


def notify_of_rung(draft: Draft, clock: Clock, rung: ArmedRung) -> None:
    """Record the outcome at the rung's time, and tell its recipient in their working hours."""
    _notify(draft, record_rung(draft, clock, rung), clock)


def record_rung(draft: Draft, clock: Clock, rung: ArmedRung) -> DeferredNotice:
    """Record the outcome of the rung; returns the notice that tells of it, untold."""
    owner = draft.owner
    draft.record(_BY_KIND[rung.kind][0], owner.id if owner else "", clock.target, clock.due_at)
    return _notice(draft, clock, rung)


def notify_of_missed(draft: Draft, missed: Sequence[DeferredNotice]) -> None:
    """Tell of several rungs of one clock at once: the last of them whose recipient is a person at
    work, else as the last of all.
    """
    last = missed[-1]
    clock = _clock_of(draft, last)
    if clock is not None and not clock.running:
        draft.add_reason("rung.not_told", last.target, last.rung.to)
        return
    owner = draft.policy.person.get(last.person)
    told = next(
        (
            one
            for one in reversed(missed)
            if there_now(draft.policy, recipient(draft, one.rung, owner), draft.now)
        ),
        last,
    )
    _notify(draft, told, clock, missed_line(one.rung for one in missed))


def _clock_of(draft: Draft, what: DeferredNotice) -> Clock | None:
    """The clock that the notice is about; None: its owner has lost the lead."""
    assignment = draft.lead.assignment
    if assignment is None or assignment.number != what.number:
        return None
    return next((one for one in draft.lead.clocks if one.target == what.target), None)


def warn(draft: Draft, clock: Clock, rung: ArmedRung) -> None:
    """Warn the rung's recipient. Nothing is missed yet, so a warning that waits for their working
    hours stays on the ladder, and one that would arrive after the deadline is dropped.
    """
    if draft.now >= clock.due_at:
        draft.add_reason("warn.overtaken", clock.target)
        return
    who = recipient(draft, rung, draft.owner)
    at = delivery_to(draft, who, "warning", rung.at).at
    if at is None:
        notify_of_rung(draft, clock, rung)
    elif at >= clock.due_at:
        draft.add_reason("warn.too_late", clock.target, rung.to)
    else:
        draft.add_reason("warn.later", clock.target, rung.to)
        targets.postpone_rung(draft, clock, replace(rung, at=at))


def notify_deferred(draft: Draft) -> None:
    """Send the deferred notices that are due, except those whose lead was acted on since, or whose
    target has changed.
    """
    due = [deferred for deferred in draft.lead.deferred if deferred.at <= draft.now]
    if not due:
        return
    draft.change(deferred=tuple(one for one in draft.lead.deferred if one not in due))
    for deferred in due:
        assignment = draft.lead.assignment
        if assignment is None or assignment.number != deferred.number:
            _notify(draft, deferred, None)
            continue
        clock = next((one for one in draft.lead.clocks if one.target == deferred.target), None)
        if clock is None or not clock.running or clock.due_at > draft.now:
            draft.add_reason("rung.not_told", deferred.target, deferred.rung.to)
        else:
            _notify(draft, deferred, clock)


def _notice(draft: Draft, clock: Clock, rung: ArmedRung) -> DeferredNotice:
    assignment = draft.lead.assignment
    assert assignment is not None
    return DeferredNotice(
        at=draft.now,
        rung=rung,
        number=assignment.number,
        person=assignment.person,
        target=clock.target,
        label=clock.label,
        due_at=clock.due_at,
    )


def _notify(draft: Draft, what: DeferredNotice, clock: Clock | None, *also: Phrase) -> None:
    """Tell the recipient now, or defer the notice until they are at work.

    Args:
        clock: None: its owner has lost the lead.
        also: Further lines, if they are told now.
    """
    rung, owner = what.rung, draft.policy.person.get(what.person)
    kind, severity = _BY_KIND[rung.kind]
    delivery = delivery_to(draft, recipient(draft, rung, owner), severity, rung.at)
    if delivery.at is not None:
        draft.add_reason("rung.told_later", what.target, kind, rung.to)
        draft.change(deferred=(*draft.lead.deferred, replace(what, at=delivery.at)))
        return
    reader = delivery.reader
    draft.add_reason("rung.told", what.target, kind, rung.to)
    draft.notify(
        f"notice:{what.number}:{what.target}:{kind}:{iso(rung.at)}:{rung.to}",
        reader.slack_user if reader else draft.policy.notifications.channel,
        "warning" if rung.kind == "warn" else "breach",
        _title(draft, what, owner),
        *stand_in_line(delivery.instead_of),
        *also,
        *(_next_step(draft, clock) if clock else _current_owner(draft)),
    )


def _title(draft: Draft, what: DeferredNotice, owner: Person | None) -> Phrase:
    """*owner*: the person whose clock it was; None: no longer in the roster."""
    if what.rung.kind == "escalate":
        name = owner.name if owner else ""
        return phrase("notice.escalated", name, what.label, draft.lead_label, what.due_at)
    id_ = "notice.warned" if what.rung.kind == "warn" else "notice.breached"
    return phrase(id_, what.label, draft.lead_label, what.due_at)


def _next_step(draft: Draft, clock: Clock) -> Iterator[Phrase]:
    """What happens if nobody acts: the next rung that changes something."""
    rungs = [rung for rung in clock.ladder[clock.climbed :] if rung.kind != "warn"]
    stays = keeps_it(draft.owner)
    ahead = next((rung for rung in rungs if not (stays and rung.kind == "pull_back")), None)
    if ahead is None:
        if rungs and draft.owner is not None:
            yield Phrase("next.stays", (draft.owner.name,))
        return
    if ahead.kind == "breach":
        yield Phrase("next.breach")
    elif ahead.kind == "pull_back":
        yield phrase("next.pull_back", ahead.at)
    else:
        yield phrase("next.told", Phrase(f"to.{ahead.to}"), ahead.at)


def _current_owner(draft: Draft) -> Iterator[Phrase]:
    """Who has the lead now that its old owner has lost it."""
    if draft.owner is not None:
        yield Phrase("now_with", (draft.owner.name,))
    elif draft.lead.waiting:
        yield Phrase("now_with.waiting")
