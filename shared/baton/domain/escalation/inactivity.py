"""The clock of inactivity: its owner is warned, then the lead is recycled or disqualified."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from baton.domain.draft.draft import Draft
from baton.domain.escalation.pull_back import RETRY_AFTER
from baton.domain.escalation.quiet_hours import delivery_to, stand_in_line
from baton.domain.escalation.recipients import unless_absent
from baton.domain.handoff import snooze
from baton.domain.lead import ArmedRung, Clock
from baton.domain.lifecycle.closing import close
from baton.domain.phrase import Phrase, phrase, seconds
from baton.domain.policy import Person
from baton.domain.recycling.idle import closing_reason, idle_rule
from baton.domain.rep_actions.activity import look_for_activity
from baton.domain.rep_actions.first_touch import name_denied
from baton.domain.sla.clocks import climb
from baton.domain.time import iso
from baton.domain.world.world import Needs, NeedsData


def close_if_idle(draft: Draft) -> None:
    """The clock of inactivity: warn the owner, then recycle or disqualify as the policy says.

    A lead is closed only after a warning, and only if HubSpot shows no activity: its engagements
    are read again first. Raises NeedsData when they, or the owner's load, are not known.
    """
    forgotten = snooze.stop_counting_if_owned_long(draft)
    idle = draft.lead.idle
    if idle is None:
        draft.add_reason("idle.not_running")
        return
    after, due = climb(idle, draft.now)
    if not due:
        if not forgotten:
            draft.add_reason("idle.not_yet")
        return
    if draft.world.touches is None and not draft.world.crm_down:
        raise NeedsData(Needs(touches=True))
    name_denied(draft)
    if look_for_activity(draft):
        draft.add_reason("idle.active")
    elif due[0].kind == "warn":
        late = due[-1].kind == "close"
        # If the sweep did not run for long, both are due: the warning still comes first, and leaves
        # the owner the full time to act.
        notice = due[-1].at - due[0].at
        _warn_of_closing(draft, _closing_at(after, draft.now + notice) if late else after)
    elif draft.world.crm_down:
        draft.change(idle=_closing_at(after, draft.now + RETRY_AFTER))
        draft.add_reason("idle.waits")
    else:
        _close_idle(draft, idle)


def _closing_at(idle: Clock, at: datetime) -> Clock:
    close = ArmedRung(at=at, kind="close")
    return replace(idle, due_at=at, ladder=(*idle.ladder[:1], close), climbed=1)


def _close_idle(draft: Draft, idle: Clock) -> None:
    reason = closing_reason(draft.policy, idle_rule(draft.policy, draft.lead, draft.facts))
    days = (idle.due_at - idle.started_at).days
    note = Phrase("closed.idle", (days, reason.label))
    close(draft, reason.id, draft.now, note, "closed", by="time")


def _warn_of_closing(draft: Draft, idle: Clock) -> None:
    owner = draft.owner or _last_owner(draft)
    delivery = delivery_to(draft, unless_absent(draft, owner), "warning", draft.now)
    if delivery.at is not None:
        # Move the close by as long as the warning waits, so the owner has the same time to act.
        close_at = delivery.at + (idle.due_at - draft.now)
        later = (ArmedRung(at=delivery.at, kind="warn"), ArmedRung(at=close_at, kind="close"))
        draft.change(idle=replace(idle, due_at=close_at, ladder=later, climbed=0))
        draft.add_reason("idle.warned_later")
        return
    draft.change(idle=idle)
    reader = delivery.reader
    draft.record("warned", owner.id if owner else "", "idle", idle.due_at)
    draft.add_reason("idle.warned", seconds(idle.due_at))
    draft.notify(
        f"notice:idle:{iso(idle.due_at)}",
        reader.slack_user if reader else draft.policy.notifications.channel,
        "warning",
        Phrase("idle.title", (draft.lead.name,)),
        *stand_in_line(delivery.instead_of),
        phrase("idle.then", idle.due_at),
    )


def _last_owner(draft: Draft) -> Person | None:
    """The last owner of a lead that has moved past the handoff."""
    past = draft.lead.past
    return draft.policy.person.get(past[-1].person) if past else None
