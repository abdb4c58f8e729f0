"""Clocks that came due: warnings, breaches, escalations, pull-back, and the end of patience."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from msgspec.structs import replace

from baton.core import handoff, resting, show
from baton.core.acts import seen_active, touch_seen
from baton.core.clocks import climb
from baton.core.closing import close
from baton.core.decision import Draft, OutcomeKind
from baton.core.duty import on_duty
from baton.core.lead import ArmedRung, Clock, Held, Untold
from baton.core.policy import Person, Severity
from baton.core.properties import iso
from baton.core.reassigning import tell_former
from baton.core.respect import Telling, backup_of, telling
from baton.core.routing import reach
from baton.core.stages import take_in
from baton.core.waiting import climb_wait
from baton.core.world import Lacks, Missing

#: How long a pull-back waits for a HubSpot that does not answer, before it asks again.
ASK_AGAIN = timedelta(minutes=1)

#: The reason for closing an idle lead when the policy names none.
IDLE_REASON = "no_response"


_TOLD = {"on_duty": "whoever is on duty"}


def climb_ladders(draft: Draft) -> None:
    """Take every rung that is due, in order of time. Early, late or repeated, it does no harm:
    rungs already climbed and clocks already stopped give nothing.

    Raises routing.Missing when a pull-back needs loads or HubSpot's engagements.
    """
    climb_wait(draft)
    resting.wake(draft)
    _tell_untold(draft)
    held = draft.lead.held
    if held is not None and held.clock.due_at <= draft.now:
        _complete_or_not(draft, held)
    due: list[tuple[ArmedRung, int]] = []
    climbed: list[Clock] = []
    for index, clock in enumerate(draft.lead.clocks):
        after, rungs = climb(clock, draft.now)
        climbed.append(after)
        due.extend((rung, index) for rung in rungs)
    if not due:
        if draft.lead == draft.start:
            draft.say("no clock is due")
        return
    draft.change(clocks=tuple(climbed))
    number = draft.lead.assigned
    for rung, index in sorted(due, key=lambda pair: pair[0].at):
        if draft.lead.assigned != number or draft.lead.assignment is None:
            draft.say("the lead moved on; its old ladder ends")
            break
        clock = draft.lead.clocks[index]
        if clock.running:
            _take(draft, clock, rung)


def _complete_or_not(draft: Draft, held: Held) -> None:
    """The time of a lead that is held is over. The contact is read first, as it may be complete;
    what becomes of the wait is for ``follow``. While HubSpot cannot be read, the wait alone goes
    on for a minute.

    Raises routing.Missing when the contact is not known.
    """
    if draft.world.crm_down:
        again = ArmedRung(at=draft.now + ASK_AGAIN, kind="release")
        clock = replace(held.clock, due_at=again.at, ladder=(again,))
        draft.change(held=replace(held, clock=clock))
        draft.say(f"gate {held.stage}: the wait goes on, HubSpot cannot be read")
    elif draft.world.contact is not None:
        take_in(draft, draft.world.contact)
    elif not draft.world.contact_gone:
        raise Missing(Lacks(contact=True))


def close_if_idle(draft: Draft) -> None:
    """The clock of inactivity: warn the owner, then recycle or disqualify as the policy says.

    Nobody loses a lead unwarned, and none that HubSpot knows to be worked: its engagements are read
    again first. Raises routing.Missing when they, or the owner's load, are not known.
    """
    forgotten = resting.forget(draft)
    idle = draft.lead.idle
    if idle is None:
        draft.say("no clock of inactivity is running")
        return
    after, due = climb(idle, draft.now)
    if not due:
        if not forgotten:
            draft.say("not idle yet")
        return
    if draft.world.touches is None and not draft.world.crm_down:
        raise Missing(Lacks(touches=True))
    if seen_active(draft):
        draft.say("not idle: HubSpot knows of activity")
    elif due[0].kind == "warn":
        late = due[-1].kind == "close"
        # Both at once (a sweep that did not run for long): the warning keeps its time.
        notice = due[-1].at - due[0].at
        _warn_of_closing(draft, _closing_at(after, draft.now + notice) if late else after)
    elif draft.world.crm_down:
        draft.change(idle=_closing_at(after, draft.now + ASK_AGAIN))
        draft.say("closing waits, HubSpot cannot be read")
    else:
        _close_idle(draft, idle)


def _closing_at(idle: Clock, at: datetime) -> Clock:
    close = ArmedRung(at=at, kind="close")
    return replace(idle, due_at=at, ladder=(*idle.ladder[:1], close), climbed=1)


def _close_idle(draft: Draft, idle: Clock) -> None:
    rule = handoff.staleness_of(draft)
    reason = rule.reason if rule else IDLE_REASON
    if reason not in draft.policy.reason:
        reason = next(iter(draft.policy.reason))
    label = draft.policy.reason[reason].label
    days = (idle.due_at - idle.started_at).days
    close(draft, reason, draft.now, f"No activity for {days} days: {label}", "closed")


def _warn_of_closing(draft: Draft, idle: Clock) -> None:
    owner = draft.owner or _last_owner(draft)
    told = telling(draft.policy, owner, "warning", draft.now, draft.now)
    if told.at is not None:
        # The close moves along: however long the warning waits, there is as much time to act.
        close_at = told.at + (idle.due_at - draft.now)
        later = (ArmedRung(at=told.at, kind="warn"), ArmedRung(at=close_at, kind="close"))
        draft.change(idle=replace(idle, due_at=close_at, ladder=later, climbed=0))
        draft.say("idle: warned once the owner is at work")
        return
    draft.change(idle=idle)
    reader = told.reader
    draft.record("warned", owner.id if owner else "", "idle", idle.due_at)
    when = _when(draft, reader, idle)
    draft.say(f"idle: warned; without activity it is closed at {when}")
    draft.notify(
        f"notice:idle:{iso(idle.due_at)}",
        reader.slack_user if reader else draft.policy.notifications.channel,
        "warning",
        f"{show.name_of(draft.lead)} has gone quiet",
        *_in_stead(told),
        f"Without activity the lead goes back to marketing on {when}.",
    )


def _last_owner(draft: Draft) -> Person | None:
    """Who had a lead that has moved on past the handoff."""
    past = draft.lead.past
    return draft.policy.person.get(past[-1].person) if past else None


def _take(draft: Draft, clock: Clock, rung: ArmedRung) -> None:
    if rung.kind == "warn":
        _warn(draft, clock, rung)
    elif rung.kind in {"breach", "escalate"}:
        _tell(draft, clock, rung)
    elif rung.kind == "pull_back":
        _pull_back(draft, clock)


def _tell(draft: Draft, clock: Clock, rung: ArmedRung) -> None:
    """Record what happened at its time, and tell whoever the rung names, in their hours."""
    owner = draft.owner
    draft.record(_SAID[rung.kind][0], owner.id if owner else "", clock.target, clock.due_at)
    _tell_of(draft, _of(draft, clock, rung), clock)


def _warn(draft: Draft, clock: Clock, rung: ArmedRung) -> None:
    """Warn whoever the rung names. Nothing has happened yet, so a warning that waits for them stays
    on the ladder, and one that the deadline would overtake is none."""
    if draft.now >= clock.due_at:
        draft.say(f"{clock.target}: warning overtaken by the deadline")
        return
    who = _reader(draft, rung, draft.owner)
    at = telling(draft.policy, who, "warning", rung.at, draft.now).at
    if at is None:
        _tell(draft, clock, rung)
    elif at >= clock.due_at:
        draft.say(f"{clock.target}: not warned, {rung.to} is at work only after the deadline")
    else:
        draft.say(f"{clock.target}: {rung.to} is warned when at work")
        _insert(draft, clock, replace(rung, at=at))


def _tell_untold(draft: Draft) -> None:
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
    title, level = _title(draft, what, show.in_zone(what.due_at, _zone(draft, reader or owner)))
    draft.say(f"{what.target}: {kind}, told {rung.to}")
    draft.notify(
        f"notice:{what.number}:{what.target}:{kind}:{iso(rung.at)}:{rung.to}",
        reader.slack_user if reader else draft.policy.notifications.channel,
        level,
        title,
        *_in_stead(told),
        *(_next_step(draft, clock, reader or owner) if clock else _with_whom(draft)),
    )


def _in_stead(told: Telling) -> tuple[str, ...]:
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
    name, company = show.name_of(draft.lead), show.company_of(draft.lead)
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


def _insert(draft: Draft, clock: Clock, rung: ArmedRung) -> None:
    ahead = sorted((*clock.ladder[clock.climbed :], rung), key=lambda one: one.at)
    later = replace(clock, ladder=(*clock.ladder[: clock.climbed], *ahead))
    draft.change(clocks=tuple(later if c == clock else c for c in draft.lead.clocks))


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
        else f"{_TOLD.get(ahead.to, f'the {ahead.to}')} is told"
    )
    return (f"Next: {then} at {show.in_zone(ahead.at, _zone(draft, reader))}.",)


def _pull_back(draft: Draft, clock: Clock) -> None:
    """Take the lead from an owner who let the clock run out, and give it to the next rep.

    HubSpot is looked at once more first: who has called the person keeps the lead.
    """
    owner, assignment = draft.owner, draft.lead.assignment
    assert assignment is not None
    if draft.world.crm_down:
        _postpone(draft, clock)
        return
    if draft.world.touches is None:
        raise Missing(Lacks(touches=True))
    if touch_seen(draft):
        draft.say(f"{clock.target}: not pulled back, the owner has been in touch")
        return
    if owner is not None and owner.role == "manager":
        draft.say(f"{clock.target}: not pulled back, {owner.name} is the last resort")
        return
    if owner is not None and owner.id not in draft.world.loads:
        # What giving back and giving anew depend on, in one question.
        chain = reach(draft.policy, handoff.part_of(draft), draft.facts, draft.now)
        raise Missing(replace(chain, people=(owner.id, *chain.people)))
    name = owner.name if owner else "The owner"
    draft.say(f"{clock.target}: pulled back from {name}")
    draft.record("pulled_back", owner.id if owner else "", clock.target, clock.due_at)
    part, why = handoff.part_of(draft), f"{clock.label} ran out; the lead went to the next rep"
    handoff.end_assignment(draft, "taken_back", why, draft.now)
    handoff.assign(draft, part)
    tell_former(draft, owner, f"{clock.label} ran out")


def _postpone(draft: Draft, clock: Clock) -> None:
    """HubSpot cannot say whether the owner has been in touch: ask again in a minute. Taking a lead
    from someone who is on the phone with it is worse than taking it later."""
    _insert(draft, clock, ArmedRung(at=draft.now + ASK_AGAIN, kind="pull_back"))
    draft.say(f"{clock.target}: pull-back waits, HubSpot cannot be read")


def _reader(draft: Draft, rung: ArmedRung, owner: Person | None) -> Person | None:
    """Whom the rung addresses; None: the channel, also where there is no such person. Without a
    backup, or anybody on duty, it is the manager."""
    if rung.to == "channel":
        return None
    if rung.to == "owner":
        return owner
    manager = handoff.manager_of(draft, owner)
    if rung.to == "backup":
        return backup_of(draft.policy, owner) or manager
    if rung.to == "on_duty":
        return on_duty(draft.policy, draft.now) or manager
    return manager if rung.to == "manager" else handoff.manager_of(draft, manager)


def _when(draft: Draft, owner: Person | None, clock: Clock) -> str:
    return show.in_zone(clock.due_at, _zone(draft, owner))


def _zone(draft: Draft, person: Person | None) -> str:
    return show.zone_of(draft.policy, person) if person else "UTC"
