"""Messages that waited so long that what they say is no longer so: not sent any more.

Only what is certain is overtaken: a message about something that has happened stays true, and what
the lead or the person does not tell is sent.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from baton.domain.lead import Lead
from baton.domain.phrase import Phrase
from baton.domain.time import iso
from baton.domain.world.effects import CardState, Effect, NoticeState, ReplyState
from baton.domain.world.world import Away, Load

#: After so long nobody waits for the answer to a click.
REPLY_WITHIN = timedelta(minutes=10)
#: States of a card that offer its reader the lead.
_OFFERS = {"open", "accepted", "touched"}
#: Titles of notices about a person -> the fact that they tell of, and whether it began.
_TOLD = {
    "away.title": ("away", True),
    "back.title": ("away", False),
    "owner_refused": ("refused", True),
    "refused.no_more": ("refused", False),
    "unreachable": ("unreachable", True),
    "unreachable.no_more": ("unreachable", False),
}


def overtaken(
    effect: Effect, lead: Lead | None, load: Load | None, sent: datetime, now: datetime
) -> bool:
    """
    Whether *effect* is out of date at *now*.

    Args:
        lead: The lead that it is about; None: not known.

        load: The load of the person that it is about; None: not known.

        sent: When it was first sent.
    """
    match effect:
        case ReplyState():
            return now - sent > REPLY_WITHIN
        case CardState():
            return (
                lead is not None and effect.state in _OFFERS and not _has(lead, effect.assignment)
            )
        case NoticeState() if lead is not None:
            return _of_lead(effect, lead, now)
        case NoticeState() if load is not None and isinstance(effect.title, Phrase):
            return _of_person(effect.title.id, load, now)
    return False


def _has(lead: Lead, number: int) -> bool:
    """Whether assignment *number* of *lead* goes on; 0: whether it is open without one."""
    if lead.assignment is None:
        return number == 0 and lead.open
    return lead.assignment.number == number


def _of_lead(notice: NoticeState, lead: Lead, now: datetime) -> bool:
    """By the notice's slot, as the module that tells of it names it."""
    match notice.slot.split(":"):
        case ["notice", "undelivered", number, *_] if number.isdigit():
            clocks = [clock for clock in lead.clocks if clock.running]
            return not _has(lead, int(number)) or (lead.assignment is not None and not clocks)
        case ["notice", number, target, kind, *_] if number.isdigit():
            return not _has(lead, int(number)) or not _still_due(lead, target, kind, now)
        case ["notice", "held", stage, *rest] if notice.level != "info":
            held = lead.held
            since = ":".join(rest).rpartition(":")[0]
            return held is None or (held.stage, iso(held.since)) != (stage, since)
        case ["notice", "wait", pool, *rest]:
            waits = lead.waiting
            return waits is None or (waits.pool, iso(waits.since)) != (pool, ":".join(rest))
        case ["notice", "idle", *rest]:
            idle = lead.idle
            return idle is None or iso(idle.due_at) != ":".join(rest) or now >= idle.due_at
    return False


def _still_due(lead: Lead, target: str, kind: str, now: datetime) -> bool:
    """Whether a warning still has its deadline ahead, and anything else behind it."""
    clock = next((clock for clock in lead.clocks if clock.target == target), None)
    if clock is None or not clock.running:
        return False
    return (now < clock.due_at) == (kind == "warned")


def _of_person(title: str, load: Load, now: datetime) -> bool:
    if title not in _TOLD:
        return False
    fact, began = _TOLD[title]
    known: Away | None = getattr(load, fact)
    return (known is not None and known.holds(now)) != began
