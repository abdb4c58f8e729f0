"""A manager's morning digest: what their team missed, what happened since, and what is at risk
today.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from baton.domain.draft.decision import Outcome
from baton.domain.lead import Clock, Lead
from baton.domain.phrase import Phrase, phrase
from baton.domain.policy import Person, Policy
from baton.domain.world.effects import DigestLine, DigestState

#: Most lines per section; Slack allows 50 blocks a message, and nobody reads more.
LINES = 15


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


def due_day(policy: Policy, manager: Person, now: datetime) -> str | None:
    """The local date whose digest is due at *now*; None before its time or on a day off."""
    digest = policy.notifications.digest
    zone = ZoneInfo(policy.zone_of(manager))
    local = now.astimezone(zone)
    if local.time() < time.fromisoformat(digest.at):
        return None
    midnight = datetime.combine(local.date(), time(), zone)
    if not digest.every_day:
        day = policy.calendar_of(manager).spans(
            midnight.astimezone(UTC), (midnight + timedelta(days=1)).astimezone(UTC)
        )
        if not day:
            return None
    return local.date().isoformat()


def build(
    policy: Policy,
    manager: Person,
    day: str,
    since: datetime,
    happened: Sequence[Happened],
    leads: dict[str, Lead],
    now: datetime,
    slot: str = "",
) -> DigestState:
    """The digest of *day* for *manager*.

    Args:
        slot: The slot of its message; by default the day's.
        since: When the last digest was sent; later breaches are new.
        happened: Outcomes of the last days in order of time, of any team.
        leads: Every lead that occurs in *happened* or is due today.
    """
    team = team_of(policy, manager)
    zone = policy.zone_of(manager)
    breaches = [
        (index, h)
        for index, h in enumerate(happened)
        if h.outcome.kind == "breached" and h.outcome.person in team and h.lead in leads
    ]
    new = [
        _line(policy, leads[h.lead], h.outcome, _late(h, happened[i + 1 :]))
        for i, h in breaches
        if h.outcome.at > since
    ]
    open_ = [
        _line(policy, leads[h.lead], h.outcome, _open(leads[h.lead], h.outcome, now))
        for _, h in breaches
        if _still_open(leads[h.lead], h.outcome)
    ]
    return DigestState(
        subject=f"MANAGER#{manager.id}",
        slot=slot or f"digest:{day}",
        version=1,
        to=manager.slack_user,
        manager=manager.name,
        day=day,
        new_breaches=_bounded(new),
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
