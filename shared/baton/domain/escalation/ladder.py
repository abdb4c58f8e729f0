"""Clocks that came due: warnings, breaches, escalations, pull-back, and the end of patience."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from baton.domain.draft import emit
from baton.domain.draft.draft import Draft
from baton.domain.escalation import alerts
from baton.domain.escalation.quiet_hours import telling
from baton.domain.handoff import snooze
from baton.domain.handoff.assign import assign, end_assignment, part_of, staleness_of
from baton.domain.handoff.reassign import tell_former
from baton.domain.handoff.waiting import climb_wait
from baton.domain.lead import ArmedRung, Clock, Held
from baton.domain.lifecycle.closing import close
from baton.domain.lifecycle.hubspot_properties import iso
from baton.domain.policy import Person
from baton.domain.progress.ingest import take_in
from baton.domain.rep_actions.acts import seen_active, touch_seen
from baton.domain.routing.route import reach
from baton.domain.sla import targets
from baton.domain.sla.clocks import climb
from baton.domain.world.world import Lacks, Missing

#: How long a pull-back waits for a HubSpot that does not answer, before it asks again.
ASK_AGAIN = timedelta(minutes=1)


def climb_ladders(draft: Draft) -> None:
    """Take every rung that is due, in order of time. Early, late or repeated, it does no harm:
    rungs already climbed and clocks already stopped give nothing.

    Raises routing.Missing when a pull-back needs loads or HubSpot's engagements.
    """
    climb_wait(draft)
    snooze.wake(draft)
    alerts.tell_untold(draft)
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
    forgotten = snooze.forget(draft)
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
    reason = (staleness_of(draft) or draft.policy.idle).reason
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
    when = emit.in_zone(idle.due_at, emit.zone_of(draft.policy, reader))
    draft.say(f"idle: warned; without activity it is closed at {when}")
    draft.notify(
        f"notice:idle:{iso(idle.due_at)}",
        reader.slack_user if reader else draft.policy.notifications.channel,
        "warning",
        f"{emit.name_of(draft.lead)} has gone quiet",
        *alerts.in_stead(told),
        f"Without activity the lead goes back to marketing on {when}.",
    )


def _last_owner(draft: Draft) -> Person | None:
    """Who had a lead that has moved on past the handoff."""
    past = draft.lead.past
    return draft.policy.person.get(past[-1].person) if past else None


def _take(draft: Draft, clock: Clock, rung: ArmedRung) -> None:
    if rung.kind == "warn":
        alerts.warn(draft, clock, rung)
    elif rung.kind in {"breach", "escalate"}:
        alerts.tell(draft, clock, rung)
    elif rung.kind == "pull_back":
        _pull_back(draft, clock)


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
        chain = reach(draft.policy, part_of(draft), draft.facts, draft.now)
        raise Missing(replace(chain, people=(owner.id, *chain.people)))
    name = owner.name if owner else "The owner"
    draft.say(f"{clock.target}: pulled back from {name}")
    draft.record("pulled_back", owner.id if owner else "", clock.target, clock.due_at)
    part, why = part_of(draft), f"{clock.label} ran out; the lead went to the next rep"
    end_assignment(draft, "taken_back", why, draft.now)
    assign(draft, part)
    tell_former(draft, owner, f"{clock.label} ran out")


def _postpone(draft: Draft, clock: Clock) -> None:
    """HubSpot cannot say whether the owner has been in touch: ask again in a minute. Taking a lead
    from someone who is on the phone with it is worse than taking it later."""
    targets.take_later(draft, clock, ArmedRung(at=draft.now + ASK_AGAIN, kind="pull_back"))
    draft.say(f"{clock.target}: pull-back waits, HubSpot cannot be read")
