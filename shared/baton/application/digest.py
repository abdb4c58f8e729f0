"""A manager's morning digest: what their team missed, what happened since, and what is at risk
today.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from baton.domain.draft.decision import Outcome
from baton.domain.lead import Clock, Lead
from baton.domain.phrase import Phrase, phrase
from baton.domain.policy import Person, Policy
from baton.domain.presence import away_since
from baton.domain.world.effects import DigestLine, DigestState
from baton.domain.world.world import Load

#: Most lines per section; Slack allows 50 blocks a message, and nobody reads more.
LINES = 15
#: Days back in which a digest that was never sent is still due, today included.
DAYS_BACK = 8
#: Where no digest was ever sent, yesterday's is not sent later than this.
FIRST = timedelta(hours=6)
#: Breaches older than this are no longer listed as open, unless they are new to the reader: by then
#: the ladder has ended and the clock of inactivity has the lead.
LOOK_BACK = timedelta(days=7)
#: The longest time that one digest covers: a long leave.
LONGEST = timedelta(days=28)
#: A digest that covers more than this (more than a weekend) says since when.
USUAL = timedelta(days=3, hours=12)


class Happened(Struct, frozen=True):
    """An outcome and the lead it happened to."""

    lead: str
    outcome: Outcome


def team_of(policy: Policy, manager: Person) -> frozenset[str]:
    """Everybody below *manager*, and the manager, who may own leads as the last resort."""
    team = {manager.id}
    grown = True
    while grown:
        below = {p.id for p in policy.people if p.manager in team} - team
        team |= below
        grown = bool(below)
    return frozenset(team)


def local_date(policy: Policy, manager: Person, now: datetime) -> str:
    return now.astimezone(ZoneInfo(policy.zone_of(manager))).date().isoformat()


def due_day(
    policy: Policy, reader: Person, now: datetime, load: Load | None = None, first: bool = False
) -> str | None:
    """The local date of the latest digest for *reader* that is due by *now*: it is due from its
    instant until it is sent, or the next one is due. None: there is none.

    Days on which the reader does not work have none, nor days whose instant found them away.

    Args:
        first: None was sent yet; then only today's is due, or yesterday's for a few hours.
    """
    digest = policy.notifications.digest
    zone, at = ZoneInfo(policy.zone_of(reader)), time.fromisoformat(digest.at)
    today = now.astimezone(zone).date()
    for back in range(DAYS_BACK):
        day = today - timedelta(days=back)
        instant = datetime.combine(day, at, zone).astimezone(UTC)
        if instant > now:
            continue
        if first and back and now - instant > FIRST:
            return None
        away = away_since(reader, load, instant)
        if away is not None and away <= instant:
            continue
        if digest.every_day or _works_on(policy, reader, day, zone):
            return day.isoformat()
    return None


def _works_on(policy: Policy, reader: Person, day: date, zone: ZoneInfo) -> bool:
    start, end = (
        datetime.combine(one, time(), zone).astimezone(UTC)
        for one in (day, day + timedelta(days=1))
    )
    return bool(policy.calendar_of(reader).spans(start, end))


class Cover(Struct, frozen=True):
    """The time that a digest is about."""

    #: Later breaches are new.
    since: datetime
    #: Later breaches are listed while they are open.
    open_since: datetime
    #: Why the digest says since when (``digest.since.…``); empty: it does not, as the last one was
    #: sent lately.
    said: Literal["", "first", "last", "bound"] = ""


def cover(last: datetime | None, now: datetime) -> Cover:
    """What a digest covers, if the last one was sent at *last*: all since then, or, if that is too
    long ago, as much as fits, which it says. Without a last one, the last day.
    """
    recent = now - LOOK_BACK
    if last is None:
        return Cover(now - timedelta(days=1), recent, "first")
    if now - last > LONGEST:
        return Cover(now - LONGEST, now - LONGEST, "bound")
    return Cover(last, min(last, recent), "last" if now - last > USUAL else "")


def build(
    policy: Policy,
    manager: Person,
    day: str,
    covered: Cover,
    happened: Sequence[Happened],
    leads: dict[str, Lead],
    now: datetime,
    slot: str = "",
    reader: Person | None = None,
) -> DigestState:
    """The digest of *day* of the team of *manager*.

    Args:
        slot: The slot of its message; by default the day's.
        happened: Outcomes since what it covers, in order of time, of any team.
        leads: Every lead with a breach that it covers, or that is due today.
        reader: Who gets it in place of *manager*, who is absent; None: *manager*.
    """
    team = team_of(policy, manager)
    to = reader or manager
    zone = policy.zone_of(to)
    remarks: list[Phrase] = []
    if reader is not None:
        remarks.append(Phrase("digest.in_place", (manager.name,)))
    if covered.said:
        remarks.append(phrase(f"digest.since.{covered.said}", manager.name, covered.since))
    breaches = [
        (index, h)
        for index, h in enumerate(happened)
        if h.outcome.kind == "breached" and h.outcome.person in team and h.lead in leads
    ]
    new = [
        _line(policy, leads[h.lead], h.outcome, _late(h, happened[i + 1 :]))
        for i, h in breaches
        if h.outcome.at > covered.since
    ]
    open_ = [
        _line(policy, leads[h.lead], h.outcome, _open(leads[h.lead], h.outcome, now))
        for _, h in breaches
        if h.outcome.at > covered.open_since and _still_open(leads[h.lead], h.outcome)
    ]
    return DigestState(
        subject=f"MANAGER#{manager.id}",
        slot=slot or f"digest:{day}",
        version=1,
        to=to.slack_user,
        manager=to.name,
        day=day,
        new_breaches=(*_bounded(new), *(DigestLine("", "", "", one) for one in remarks)),
        open_breaches=_bounded(open_),
        at_risk=_bounded(_at_risk(policy, team, leads.values(), zone, now)),
        zone=zone,
    )


def _at_risk(
    policy: Policy, team: frozenset[str], leads: Iterable[Lead], zone: str, now: datetime
) -> list[DigestLine]:
    """Running clocks that fall due before the manager's day ends, soonest first."""
    local = now.astimezone(ZoneInfo(zone))
    midnight = datetime.combine(local.date() + timedelta(days=1), time(), ZoneInfo(zone))
    found: list[tuple[datetime, DigestLine]] = []
    for lead in leads:
        if lead.assignment is None or lead.assignment.person not in team:
            continue
        for clock in lead.clocks:
            runs = clock.running and clock.paused_at is None
            if runs and now < clock.due_at < midnight.astimezone(UTC):
                owner = _name(policy, lead.assignment.person)
                due = phrase("digest.due", clock.due_at)
                line = DigestLine(_who(lead), owner, clock.label, due)
                found.append((clock.due_at, line))
    return [line for _, line in sorted(found, key=lambda pair: pair[0])]


def _late(breach: Happened, after: Sequence[Happened]) -> Phrase:
    """What happened after the missed deadline, and how late."""
    outcome = breach.outcome
    next_: Outcome | None = None
    for h in after:
        if h.lead != breach.lead:
            continue
        if next_ is None and h.outcome.kind in _ENDINGS and _answers(h.outcome, outcome):
            next_ = h.outcome
        elif next_ is not None and _undoes(h.outcome, next_):
            next_ = None
    due = outcome.due_at or outcome.at
    if next_ is None:
        return phrase("digest.nothing_since", due)
    return phrase("digest.answered", due, Phrase(f"answered.{next_.kind}"), _late_by(next_.at, due))


_ENDINGS = frozenset(
    ("accepted", "touched", "kept", "pulled_back", "recycled", "disqualified", "qualified")
)


def _answers(next_: Outcome, breach: Outcome) -> bool:
    """Whether *next_* is what followed the missed deadline of *breach*."""
    if next_.kind == "accepted":
        return breach.what == "accept" or next_.assignment != breach.assignment
    if next_.kind == "touched":
        return breach.what != "accept"
    return next_.kind != "kept" or next_.what == breach.what


def _undoes(later: Outcome, ending: Outcome) -> bool:
    """Whether *ending* was undone: a touch taken back by the owner, or a condition that ceased to
    hold.
    """
    if later.assignment != ending.assignment:
        return False
    if ending.kind == "touched":
        return later.kind == "taken_back"
    return (ending.kind, later.kind, ending.what) == ("kept", "resumed", later.what)


def _open(lead: Lead, breach: Outcome, now: datetime) -> Phrase:
    """How late it is; once the ladder has ended, also what the policy then calls the lead."""
    clock = _clock(lead, breach)
    end = clock.ends_as if clock is not None and clock.at_the_end else ""
    return phrase("digest.open", _late_by(now, breach.due_at or breach.at), end)


def _still_open(lead: Lead, breach: Outcome) -> bool:
    clock = _clock(lead, breach)
    return clock is not None and clock.running


def _clock(lead: Lead, breach: Outcome) -> Clock | None:
    if lead.assignment is None or lead.assignment.number != breach.assignment:
        return None
    return next((clock for clock in lead.clocks if clock.target == breach.what), None)


def _line(policy: Policy, lead: Lead, breach: Outcome, detail: Phrase) -> DigestLine:
    label = next(
        (t.label for tier in policy.tiers for t in tier.targets if t.id == breach.what), breach.what
    )
    return DigestLine(_who(lead), _name(policy, breach.person), label, detail)


def _bounded(lines: list[DigestLine]) -> tuple[DigestLine, ...]:
    if len(lines) <= LINES:
        return tuple(lines)
    return (*lines[:LINES], DigestLine("", "", "", Phrase("digest.more", (len(lines) - LINES,))))


def _who(lead: Lead) -> str:
    company = lead.company
    return f"{lead.name} ({company})" if company else lead.name


def _name(policy: Policy, person: str) -> str:
    found = policy.person.get(person)
    return found.name if found else person


def _late_by(at: datetime, due: datetime) -> timedelta:
    return max(timedelta(), at - due)
