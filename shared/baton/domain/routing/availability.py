"""A person goes away or comes back: what changes for them, and for the queues that wait for them.

Three facts about a person are kept apart from the policy: the availability they (in Slack) or
RevOps set, whether HubSpot accepts them as owner, and whether Slack brings them messages. For each,
the change with the latest time counts, in whatever order the changes arrive.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from baton.domain.phrase import Phrase, phrase
from baton.domain.policy import Person, Policy
from baton.domain.time import believable
from baton.domain.world.effects import NoticeState, person_subject
from baton.domain.world.world import Away, Load, Reporter


class _Refusal(Struct, frozen=True):
    """How a system's refusal of a person is kept, and told."""

    #: The field of the load that says so.
    fact: Literal["refused", "unreachable"]
    #: What the trail says of it, and what RevOps is told.
    away: Phrase
    back: Phrase
    why: Phrase


_REFUSALS: dict[Reporter, _Refusal] = {
    "hubspot": _Refusal(
        "refused",
        away=Phrase("away.refused"),
        back=Phrase("back.taken_again"),
        why=Phrase("refused.why"),
    ),
    "workspace": _Refusal(
        "unreachable",
        away=Phrase("away.unreachable"),
        back=Phrase("back.unreachable_no_more"),
        why=Phrase("unreachable.why"),
    ),
}


#: What Slack says of a member whom no message reaches.
_SAID = ("deactivated", "bot", "guest", "elsewhere", "unknown")


class AvailabilityChange(Struct, frozen=True, kw_only=True):
    """A change for *person*: away until an instant, away until further notice, or back."""

    id: str
    at: datetime
    away: bool
    until: datetime | None = None
    #: The same in the person's own time zone, for senders who do not know it: ``2026-12-01`` (that
    #: day's beginning), ``2026-12-01T13:00``, or ``13:00`` (the next).
    back: str = ""
    source: Reporter = "cli"
    #: Who made the change, if not the person.
    by: str = ""
    #: What Slack says of them: deactivated, bot, guest, elsewhere, unknown; empty: nothing more.
    why: str = ""


class Availability(Struct, frozen=True):
    """The result of a change."""

    #: The person's new load; its version is not raised yet.
    load: Load
    because: Phrase
    notices: tuple[NoticeState, ...] = ()
    #: Pools in whose queue a lead may have waited for them.
    offers: tuple[str, ...] = ()


def apply_change(
    policy: Policy, person: Person, change: AvailabilityChange, load: Load, now: datetime
) -> Availability | None:
    """
    Apply *change*. None: a later one is known already.

    Raises:
        ValueError: ``back`` is not a valid time.
    """
    at = believable(change.at, now)
    refusal = _REFUSALS.get(change.source)
    known = getattr(load, refusal.fact if refusal else "away")
    if known is not None and known.since > at:
        return None
    if not change.away:
        return _returned(policy, person, change, load, at)
    until = instant_of(change.back, policy.zone_of(person), at) if change.back else change.until
    if until is not None and until <= now:
        title, line = Phrase("away.nothing_changed"), phrase("away.past", until)
        told = _notice(policy, person, change, now, title, line)
        return Availability(load, phrase("away.until_past", until), (told,))
    away = Away(at, until, change.source)
    if refusal is not None:
        return Availability(
            _with_fact(load, refusal, away),
            refusal.away,
            (_ops_notice(policy, person, change, load, now, refusal),),
        )
    when = phrase("away.until", until) if until is not None else Phrase("away.further_notice")
    lines = [Phrase("away.no_leads")]
    if load.open:
        how = policy.attendance.leave_begins
        moved = "away.leads_handed_over" if how == "hand_over" else "away.leads_covered"
        id_ = "away.open_leads" if how == "stay" else moved
        lines.append(Phrase(id_, (load.open,)))
    if person.backup in policy.person:
        lines.append(Phrase("away.backup", (policy.person[person.backup].name,)))
    lines.append(Phrase("away.back_earlier"))
    notice = _notice(policy, person, change, now, Phrase("away.title", (change.by, when)), *lines)
    return Availability(replace(load, away=away), Phrase("away", (when, change.by)), (notice,))


def instant_of(text: str, zone: str, now: datetime) -> datetime:
    """
    The instant that *text* means in *zone*: a date (its beginning), a date with a time, or a
    time (the next after *now*). A time skipped by the clock change is moved past the gap; of one
    that occurs twice, the first counts.

    Raises:
        ValueError: *text* is none of these.
    """
    here = ZoneInfo(zone)
    if "-" in text:
        return datetime.fromisoformat(text).replace(tzinfo=here).astimezone(UTC)
    of_day = time.fromisoformat(text)
    today = now.astimezone(here).date()
    first, second = (_at_time(today + timedelta(days=n), of_day, here) for n in (0, 1))
    return first if first > now else second


def _at_time(day: date, of_day: time, here: ZoneInfo) -> datetime:
    return datetime.combine(day, of_day, here).astimezone(UTC)  # whatever zone it names


def _returned(
    policy: Policy, person: Person, change: AvailabilityChange, load: Load, at: datetime
) -> Availability:
    back = Away(at, at, change.source)
    offers = policy.waited_for.get(person.id, ())
    refusal = _REFUSALS.get(change.source)
    if refusal is not None:
        notice = _ops_notice(policy, person, change, load, at, refusal)
        after = _with_fact(load, refusal, back)
        return Availability(
            after, refusal.back, (notice,), () if after.refused_at_all(at) else offers
        )
    still = _still_kept(person, load, at)
    title, line = Phrase("back.title", (change.by,)), still or Phrase("back.leads")
    notice = _notice(policy, person, change, at, title, line)
    because = Phrase("back", (change.by,))
    return Availability(replace(load, away=back), because, (notice,), () if still else offers)


def _still_kept(person: Person, load: Load, at: datetime) -> Phrase | None:
    """Why somebody who is back still gets no leads; None: they get leads."""
    if not person.active:
        return Phrase("back.inactive")
    if load.refused is not None and load.refused.holds(at):
        return Phrase("back.refused")
    if load.unreachable is not None and load.unreachable.holds(at):
        return Phrase("back.unreachable")
    off = next((off for off in person.time_off if off.start <= at < off.end), None)
    return phrase("back.time_off", off.end) if off is not None else None


def _with_fact(load: Load, refusal: _Refusal, away: Away) -> Load:
    if refusal.fact == "refused":
        return replace(load, refused=away)
    return replace(load, unreachable=away)


def _notice(
    policy: Policy,
    person: Person,
    change: AvailabilityChange,
    now: datetime,
    title: Phrase,
    *lines: Phrase,
) -> NoticeState:
    return NoticeState(
        subject=person_subject(person.id),
        slot=f"notice:{change.id}",
        version=1,  # one slot per change
        to=person.slack_user,
        level="info",
        title=title,
        lines=lines,
        at=now,
        zone=policy.zone_of(person),
    )


def _ops_notice(
    policy: Policy,
    person: Person,
    change: AvailabilityChange,
    load: Load,
    now: datetime,
    refusal: _Refusal,
) -> NoticeState:
    level: Literal["info", "warning"] = "warning" if change.away else "info"
    if change.away:
        id_ = "owner_refused" if refusal.fact == "refused" else "unreachable"
        why = Phrase("unreachable.said", (change.why,)) if change.why in _SAID else refusal.why
        title, lines = Phrase(id_, (person.name,)), [why]
        if load.open:
            lines.append(Phrase("refused.open_leads", (load.open,)))
    else:
        id_ = "refused.no_more" if refusal.fact == "refused" else "unreachable.no_more"
        title = Phrase(id_, (person.name,))
        lines = [Phrase("refused.leads_again")]
    to = policy.notifications.ops_channel
    notice = _notice(policy, person, change, now, title, *lines)
    return replace(notice, to=to, level=level)
