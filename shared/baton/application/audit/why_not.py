"""Why a lead did not go to a person, and the smallest change that would have given it to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from baton.domain.conditions import Facts, unmet
from baton.domain.draft.decision import Considered
from baton.domain.phrase import Phrase
from baton.domain.policy import Handoff, Person, Policy, Rule
from baton.domain.routing.obstacles import Obstacle
from baton.domain.routing.turns import GAVE_BACK
from baton.domain.routing.windows import out_of_window
from baton.presentation.wording import plain
from baton.presentation.words import instant, listed

#: Most rules to explain that lead to the person; the one closest to matching comes first.
RULES = 3

_ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")

_LETTERS = frozenset(Obstacle)


class Decided(NamedTuple):
    """A stored decision about a lead's owner."""

    #: The policy and the handoff of the decision.
    policy: Policy
    handoff: Handoff
    #: The lead's facts.
    facts: Facts
    #: The members it considered.
    considered: tuple[Considered, ...]
    #: Person id of who got the lead, by which rule; empty: it waits.
    got: str
    rule: str
    at: datetime

    @property
    def winner(self) -> str:
        person = self.policy.person.get(self.got)
        return person.name if person else self.got or "nobody yet"


class Answer(Struct, frozen=True):
    """The answer, each part as sentences."""

    why: str
    #: The change that would have assigned the lead to them.
    change: str


def why_not(decided: Decided, person: Person) -> Answer:
    """Why *person* did not get the lead."""
    if person.id == decided.got:
        return Answer(f"{person.name} got it.", "")
    for one in decided.considered:
        if GAVE_BACK in one.codes:
            continue  # the last owner's turn was given back: nobody was chosen there
        answer = _in_pool(decided, person, one)
        if answer is not None:
            return answer
    return _elsewhere(decided, person)


def _in_pool(decided: Decided, person: Person, considered: Considered) -> Answer | None:
    """The answer if their pool was considered; None: they are not in it."""
    policy, name = decided.policy, decided.winner
    pool = policy.pool.get(considered.pool)
    reps = [member.rep for member in pool.members] if pool else []
    if pool is None or person.id not in reps:
        return None
    if considered.codes == Obstacle.POOL_FULL:
        return Answer(
            f"{pool.label} was at its own limit, so none of its members was considered.",
            f"A higher limit of {pool.label}, or one lead fewer in it.",
        )
    if considered.codes == Obstacle.OTHERS_WAIT:
        return Answer(
            f"Other leads already wait for {pool.label}, and no lead overtakes another.",
            f"Room in {pool.label} for the leads that were already waiting.",
        )
    code = considered.codes[reps.index(person.id)]
    if code in _LETTERS:
        obstacle = Obstacle(code)
        return Answer(
            f"{plain(Phrase(f'obstacle.{obstacle.name.lower()}', (person.name,)))}.",
            _change(policy, person, obstacle, pool.label, decided.at),
        )
    if code == "+" and pool.choose == "least_loaded":
        return Answer(
            f"{person.name} could have taken it, but carried more than {name}, relative to "
            "their limits.",
            f"Fewer open leads, or a higher max_open, than {name}, relative to the limit.",
        )
    place = int(code) if code.isdigit() else 0
    where = f"the {_ORDINALS[place]}" if place < len(_ORDINALS) and place else "a later one"
    ahead = f"{place - 1} more" if place else "Ten or more"
    leads = "lead" if place == 2 else "leads"
    return Answer(
        f"{person.name} could have taken it, but it was {name}'s turn in {pool.label};"
        f" {person.name} was {where} in the order of turns.",
        f"{ahead} {leads} to {pool.label} with everybody there free, and it is their turn.",
    )


def _change(policy: Policy, person: Person, obstacle: Obstacle, pool: str, at: datetime) -> str:
    zone = policy.zone_of(person)
    match obstacle:
        case Obstacle.INACTIVE:
            return "`active: true` in roster.yaml."
        case Obstacle.LET_GO:
            return "A new round: when the lead is handed off again, everybody may get it."
        case Obstacle.ON_LEAVE:
            off = next((off for off in person.time_off if off.start <= at < off.end), None)
            until = f" until {instant(off.end, zone)}" if off else ""
            return f"Without the time off{until} in roster.yaml."
        case Obstacle.SAID_AWAY:
            return f"`/baton back` in Slack, or `baton roster back {person.id}`."
        case Obstacle.REFUSED:
            return "An active user in HubSpot: after the next check they get leads again."
        case Obstacle.UNREACHABLE:
            return (
                "A full member of the Slack workspace: after the next check they get leads again."
            )
        case Obstacle.OFF_SHIFT:
            opens = instant(policy.calendar_of(person).next_open(at), zone)
            return f"From {opens}, when their hours begin; or another `shift` of {pool}."
        case Obstacle.CATCHING_UP:
            return f"A little later; or another `catch_up` or `queue_each` of {pool}."
        case Obstacle.FULL:
            return "One open lead fewer, or a `max_open` higher by one."
        case Obstacle.FULL_TODAY:
            return "One lead fewer that day, or a `max_per_day` higher by one."
        case Obstacle.FULL_THIS_WEEK:
            return "One lead fewer that week, or a `max_per_week` higher by one."
    return "Room there."


def _elsewhere(decided: Decided, person: Person) -> Answer:
    """The answer if none of their pools was considered."""
    policy, handoff, rule, name = decided.policy, decided.handoff, decided.rule, decided.winner
    if rule.endswith("-owner"):
        whose = rule.removesuffix("-owner").replace("-", " ").replace("existing", "contact")
        return Answer(
            f"{name} owns the {whose}, and that comes before every rule.",
            f"{person.name} as owner of the {whose} in HubSpot.",
        )
    if rule == "by-hand":
        return Answer(f"Somebody gave it to {name} by hand.", "`baton reassign` gives it to them.")
    theirs = [one for one in handoff.rules if _leads_to(policy, one, person)]
    if not theirs:
        reached = decided.considered[0].pool if decided.considered else ""
        pool = policy.pool.get(reached)
        label = pool.label if pool else "a pool of this handoff"
        return Answer(
            f"No rule for {handoff.label} leads to a pool with {person.name}.",
            f"{person.name} as a member of {label}.",
        )
    return _by_rules(decided, person, theirs)


def _by_rules(decided: Decided, person: Person, theirs: list[Rule]) -> Answer:
    policy, handoff, rule = decided.policy, decided.handoff, decided.rule
    order = [one.id for one in handoff.rules]
    lacks = sorted(
        ((list(_lacking(decided, one)), one) for one in theirs),
        key=lambda pair: (len(pair[0]), order.index(pair[1].id)),
    )
    missing, nearest = lacks[0]
    if nearest.id == rule:
        pool = policy.pool[nearest.pool].label
        return Answer(
            f"Rule {rule} reaches {person.name} only if nobody in {pool} can take a lead.",
            f"{person.name} as a member of {pool}.",
        )
    if not missing:
        return Answer(
            f"Rule {nearest.id} leads to {person.name} and matches, but rule {rule} stands before"
            " it and matches, too.",
            f"Rule {nearest.id} before rule {rule} in routing.yaml.",
        )
    told = "; ".join(f"rule {one.id}: {listed(faults)}" for faults, one in lacks[:RULES] if faults)
    earlier = rule in order and order.index(rule) < order.index(nearest.id)
    before = f"; and rule {nearest.id} before rule {rule}" if earlier else ""
    return Answer(
        f"The rules that lead to {person.name} did not match: {told}.",
        f"What rule {nearest.id} lacks: {'; '.join(missing)}{before}.",
    )


def _lacking(decided: Decided, rule: Rule) -> Iterator[str]:
    closed = out_of_window(decided.policy, rule, decided.at)
    if closed is not None:
        yield plain(closed)
    yield from map(plain, unmet(rule.when, decided.facts))


def _leads_to(policy: Policy, rule: Rule, person: Person) -> bool:
    chain = policy.chain[rule.pool]
    return person.id in chain.people
