"""The check of which people in the roster HubSpot accepts as owners, and whom Slack reaches.

Slack accepts messages to a deactivated user without a word (source: slackapi/python-slack-sdk,
issue 1156), so silence is no delivery: only ``users.info`` says that somebody is gone. The two
systems are asked apart: what one cannot say now keeps nothing from the other, and each is believed
only as far as it does not take away everybody at once. Whoever is refused gets no leads, and those
they have are passed on.

A system that says of somebody that they left is believed, of everybody, too: in a small roster one
of one, or two of three, may well have left. What it merely does not know may be a fault of ours (a
token of another account or workspace, ids of another one in the roster): of more than half of the
people, that is not believed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from baton.application.ports.census import Owners
from baton.application.ports.people import Loads
from baton.application.ports.slack import Members
from baton.domain.policy import Person, Policy
from baton.domain.presence import away_since
from baton.domain.world.events import OwnerAbsent, OwnerRefused
from baton.domain.world.world import Load
from baton.failures import Rejected, Retryable
from baton.wire.details import PersonHint

#: Most people that Slack is asked about in one run. Its tier for ``users.info`` allows a hundred
#: calls a minute, and a run takes less than one. The others' turns are in the next runs.
MOST = 90

System = Literal["HubSpot", "Slack"]


class Answers(Struct, frozen=True):
    """What a system says: the people asked about, and of those it refuses why, if it says so."""

    asked: tuple[str, ...]
    refused: Mapping[str, str]
    #: Those of the refused whom the system does not know, or as somebody else's.
    strangers: frozenset[str] = frozenset()
    #: Why it was not asked about everybody; empty: it was.
    stopped: str = ""


class Checked(Struct, frozen=True):
    """The news to send, and why a system could not be asked, or was not believed."""

    hints: tuple[PersonHint, ...]
    passed_on: tuple[OwnerRefused, ...]
    #: About the open leads of people who are on leave, or away by their own word.
    absent: tuple[OwnerAbsent, ...] = ()
    faults: tuple[str, ...] = ()


def check_roster(
    policy: Policy,
    people: Loads,
    owners: Callable[[], Owners],
    members: Members,
    open_leads: Callable[[str], Iterable[str]],
    now: datetime,
    time_left: Callable[[], bool] = lambda: True,
) -> Checked:
    """
    Return news about active people in the roster whom a system newly refuses, or accepts again, and
    about the open leads of those who are refused.

    Args:
        open_leads: The leads that a person has.

        time_left: Whether there is time to ask about one more person.
    """
    active = [person for person in policy.people if person.active]
    loads = people.loads([person.id for person in active])
    hints: list[PersonHint] = []
    passed_on: list[OwnerRefused] = []
    faults: list[str] = []
    ways: dict[System, Callable[[], Answers]] = {
        "HubSpot": lambda: _ask_hubspot(active, owners),
        "Slack": lambda: _ask_slack(active, members, now, time_left),
    }
    for system, ask in ways.items():
        try:
            answers = ask()
        except (Retryable, Rejected) as error:
            faults.append(f"{system}: {str(error).removeprefix(f'{system}: ')}")
            continue
        if len(answers.strangers) * 2 > len(answers.asked):
            faults.append(f"{system}: {_disbelieved(answers)}")
            answers = _without_strangers(answers)
        if answers.stopped:
            faults.append(f"{system}: {answers.stopped}")
        hints += _news(system, active, loads, answers, now)
        for person in active:
            if person.id in answers.refused:
                passed_on += _leads_of(system, person, open_leads(person.id), now)
    absent = tuple(_absent(active, loads, open_leads, now))
    return Checked(tuple(hints), tuple(passed_on), absent, tuple(faults))


def _ask_hubspot(active: list[Person], owners: Callable[[], Owners]) -> Answers:
    found = owners()
    refused = {one.id: "" for one in active if one.hubspot_owner not in found.active}
    left = {one.id for one in active if one.hubspot_owner in found.archived}
    return Answers(tuple(one.id for one in active), refused, frozenset(refused.keys() - left))


def _ask_slack(
    active: list[Person], members: Members, now: datetime, time_left: Callable[[], bool]
) -> Answers:
    """What Slack says of this run's share of *active*. If it stops answering, what it said so far
    counts."""
    asked: list[str] = []
    refused: dict[str, str] = {}
    strangers: set[str] = set()

    def said(stopped: str) -> Answers:
        return Answers(tuple(asked), refused, frozenset(strangers), stopped)

    odd = ""
    for person in _share(active, now):
        if not time_left():
            return said(_after("no time left", asked))
        try:
            fault = members.fault(person.slack_user)
        except Retryable as error:
            if not asked:
                raise
            return said(_after(str(error).removeprefix("Slack: "), asked))
        except Rejected as error:
            odd = str(error).removeprefix("Slack: ")  # of this person; the others' answers count
            continue
        asked.append(person.id)
        if fault:
            refused[person.id] = fault
        if fault in ("unknown", "elsewhere"):
            strangers.add(person.id)
    return said(odd)


def _after(why: str, asked: list[str]) -> str:
    return f"{why}, after {len(asked)} people"


def _share(active: list[Person], now: datetime) -> list[Person]:
    """The people of this run: all, or in a large roster every hour and every day other ones."""
    shares = -(-len(active) // MOST)
    turn = now.astimezone(UTC)
    return active[(turn.toordinal() + turn.hour) % shares :: shares] if shares > 1 else active


def _disbelieved(answers: Answers) -> str:
    known = len(answers.asked) - len(answers.strangers)
    return (
        f"knows {known} of {len(answers.asked)} people of the roster:"
        " is the token of another account, or are their ids?"
    )


def _without_strangers(answers: Answers) -> Answers:
    asked = tuple(one for one in answers.asked if one not in answers.strangers)
    refused = {one: why for one, why in answers.refused.items() if one in asked}
    return replace(answers, asked=asked, refused=refused)


def _news(
    system: System, active: list[Person], loads: dict[str, Load], answers: Answers, now: datetime
) -> Iterator[PersonHint]:
    for person in active:
        if person.id not in answers.asked:
            continue
        load = loads[person.id]
        fact = load.refused if system == "HubSpot" else load.unreachable
        known = fact is not None and fact.holds(now)
        if known == (person.id in answers.refused):
            continue
        change = "taken" if known else "refused"
        yield PersonHint(
            event_id=f"owner-{change}:{_name(system, person)}:{_hour(now)}",
            person=_name(system, person),
            occurred_at=now,
            away=not known,
            source="hubspot",
            why=answers.refused.get(person.id, ""),
        )


def _leads_of(
    system: System, person: Person, leads: Iterable[str], now: datetime
) -> Iterator[OwnerRefused]:
    """Also of people who were refused before: a run may have died, or nobody could take the lead.
    Their decision changes nothing if nobody can now."""
    for lead in leads:
        yield OwnerRefused(
            id=f"owner-refused:{lead}:{_name(system, person)}:{_hour(now)}",
            lead_id=lead,
            at=now,
            person=_name(system, person),
        )


def _absent(
    active: list[Person],
    loads: dict[str, Load],
    open_leads: Callable[[str], Iterable[str]],
    now: datetime,
) -> Iterator[OwnerAbsent]:
    """Leads of people who are away, whose leave may have been published since they got them. One
    event for each lead and absence, however often the roster is checked."""
    for person in active:
        since = away_since(person, loads[person.id], now)
        if since is None:
            continue
        for lead in open_leads(person.id):
            yield OwnerAbsent(
                id=f"owner-absent:{lead}:{person.id}:{since.astimezone(UTC):%Y-%m-%dT%H:%M:%S}",
                lead_id=lead,
                at=now,
                person=person.id,
            )


def _name(system: System, person: Person) -> str:
    """The person by the system's own id, as events name them."""
    theirs = person.hubspot_owner if system == "HubSpot" else person.slack_user
    return f"{system.casefold()}:{theirs}"


def _hour(now: datetime) -> str:
    return f"{now.astimezone(UTC):%Y-%m-%dT%H}"
