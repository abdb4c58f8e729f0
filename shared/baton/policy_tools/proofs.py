"""Checks of the whole policy: every lead gets an owner or a queue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from baton.policy_tools import calendars, statuses
from baton.policy_tools.fallbacks import steps_of
from baton.policy_tools.faults import Path, did_you_mean, quoted
from baton.policy_tools.models.lifecycle import LifecycleFile
from baton.policy_tools.models.recycling import RecyclingFile
from baton.policy_tools.models.roster import Person, RosterFile
from baton.policy_tools.models.routing import Pool, RoutingFile, Rule
from baton.policy_tools.models.sla import Ladder, SlaFile, Target

#: A decision reads the loads of all people it may consider, a hundred at a time, and stores the
#: result for each.
MOST_PEOPLE = 500

#: Most working stages; above ``MANY_STAGES`` the linter warns.
MOST_STAGES = 9
MANY_STAGES = 7

Finding = tuple[str, Path, str]


def check(files: Mapping[str, Any]) -> Iterator[Finding]:
    """Findings as (file, path, message); checks that need a missing file are skipped."""
    lifecycle: LifecycleFile | None = files.get("lifecycle")
    routing: RoutingFile | None = files.get("routing")
    roster: RosterFile | None = files.get("roster")
    sla: SlaFile | None = files.get("sla")
    recycling: RecyclingFile | None = files.get("recycling")
    if lifecycle:
        yield from _stages(lifecycle)
        yield from _transitions(lifecycle)
        for where, message in statuses.check(lifecycle):
            yield "lifecycle", where, message
    if routing:
        yield from _rules(routing.rules, ("rules",))
        for index, handoff in enumerate(routing.handoffs):
            yield from _rules(handoff.rules, ("handoffs", index, "rules"))
        yield from _free_mail(routing)
    if routing and lifecycle:
        yield from _handoffs(routing, lifecycle)
    if routing and roster:
        yield from _pools(routing, roster)
    if roster:
        yield from _managers(roster)
        for index, calendar in enumerate(roster.calendars):
            for where, message in calendars.check(roster, calendar):
                yield "roster", ("calendars", index, *where), message
    if sla:
        yield from _always_matches("sla", ("tiers",), [bool(tier.when) for tier in sla.tiers])
        yield from _ladders(sla)
    if recycling and lifecycle:
        yield from _staleness(recycling, lifecycle)
    if lifecycle:
        yield from _closing(lifecycle, recycling)


def _rules(rules: tuple[Rule, ...], place: Path) -> Iterator[Finding]:
    last = len(rules) - 1
    if rules[last].active is not None:
        yield (
            "routing",
            (*place, last, "active"),
            "the last one must always be active, so that every lead is routed: add one without",
        )
    yield from _always_matches(
        "routing",
        place,
        [bool(rule.when) or rule.active is not None for rule in rules[:-1]]
        + [bool(rules[last].when)],
    )


def _free_mail(routing: RoutingFile) -> Iterator[Finding]:
    for index, domain in enumerate(routing.free_mail.remove):
        if domain not in routing.free_domains:
            hint = did_you_mean(domain, routing.free_domains)
            message = f"{quoted(domain)} is not in the list, so nothing is removed{hint}"
            yield "routing", ("free_mail", "remove", index), message


def _handoffs(routing: RoutingFile, lifecycle: LifecycleFile) -> Iterator[Finding]:
    """Later handoffs must be at working stages after the accepted stage, where the first handoff
    ends."""
    rank = {stage.id: index for index, stage in enumerate(lifecycle.stages)}
    side = {stage.id for stage in lifecycle.stages if stage.side}
    for index, handoff in enumerate(routing.handoffs):
        here: Path = ("handoffs", index, "stage")
        if handoff.stage in side:
            yield "routing", here, f"{quoted(handoff.stage)} is a side stage: name a working stage"
        elif rank.get(handoff.stage, len(rank)) <= rank.get(lifecycle.accepted, -1):
            yield (
                "routing",
                here,
                f"{quoted(handoff.stage)} must come after {quoted(lifecycle.accepted)}, where "
                "the first handoff ends",
            )


def _always_matches(file: str, name: Path, conditional: list[bool]) -> Iterator[Finding]:
    """Only the last item of the list must match everything."""
    last = len(conditional) - 1
    for index, has_when in enumerate(conditional):
        if index == last and has_when:
            yield (
                file,
                (*name, index, "when"),
                (
                    "the last one must match every lead, so that each gets a result: remove "
                    "its when, or add one without a when"
                ),
            )
        if index < last and not has_when:
            yield (
                file,
                (*name, index),
                (
                    f"matches every lead, so the {last - index} after it are never reached: "
                    "give it a when, or move it to the end"
                ),
            )


def _stages(lifecycle: LifecycleFile) -> Iterator[Finding]:
    side = {stage.id: stage.side for stage in lifecycle.stages}
    rank = {stage.id: index for index, stage in enumerate(lifecycle.stages)}
    values = {stage.lifecyclestage: stage.id for stage in lifecycle.stages}
    for name, wanted in (
        ("handoff", False),
        ("accepted", False),
        ("initial", False),
        ("recycled", True),
        ("disqualified", True),
    ):
        stage = getattr(lifecycle, name)
        if stage in side and side[stage] != wanted:
            right = "a side stage (side: true)" if wanted else "a working stage"
            yield "lifecycle", (name,), f"{quoted(stage)} must be {right}"
    working = [index for index, stage in enumerate(lifecycle.stages) if not stage.side]
    if len(working) > MOST_STAGES:
        yield (
            "lifecycle",
            ("stages", working[MOST_STAGES]),
            f"is working stage number {MOST_STAGES + 1} of {len(working)}: five to seven work "
            "in practice, ten do not; make it a status",
        )
    if lifecycle.recycled == lifecycle.disqualified:
        yield "lifecycle", ("disqualified",), "must be another stage than recycled"
    if rank.get(lifecycle.accepted, 1) <= rank.get(lifecycle.handoff, 0):
        yield "lifecycle", ("accepted",), "must come after the handoff stage in the list of stages"
    for index, stage in enumerate(lifecycle.stages):
        other = values.get(stage.id, stage.id)
        if other != stage.id:
            yield (
                "lifecycle",
                ("stages", index, "id"),
                (
                    f"{quoted(stage.id)} is also the HubSpot value of stage {quoted(other)}: "
                    "choose another id"
                ),
            )
    if "*" not in lifecycle.backward:
        yield "lifecycle", ("backward",), 'must say what to do with every other source: add "*"'
    folded = [source.lower() for source in lifecycle.backward]
    for index, source in enumerate(lifecycle.backward):
        if source.lower() in folded[:index]:
            yield "lifecycle", ("backward", source), "appears twice; case is ignored"
    if not any(reason.offered for reason in lifecycle.reasons):
        yield "lifecycle", ("reasons",), "reps must be offered at least one, or they cannot reject"


def _transitions(lifecycle: LifecycleFile) -> Iterator[Finding]:
    stages = {stage.id: stage for stage in lifecycle.stages}
    rank = {stage.id: index for index, stage in enumerate(lifecycle.stages)}
    #: A move for some reasons, and one for any, may lead the same way.
    taken: dict[tuple[str, str, str], str] = {}
    for index, move in enumerate(lifecycle.transitions):
        here: Path = ("transitions", index)
        for source in move.source:
            before = {
                taken.setdefault((source, move.to, reason), move.id)
                for reason in move.reasons or ("",)
            }
            if move.id not in before:
                first = min(before)
                yield (
                    "lifecycle",
                    here,
                    (
                        f"is never taken from {quoted(source)} to {quoted(move.to)}: "
                        f"{quoted(first)} comes first"
                    ),
                )
            if source not in stages or move.to not in stages:
                continue
            if source == move.to:
                yield "lifecycle", (*here, "to"), f"leads from {quoted(source)} to itself"
                continue
            to_side_stage = stages[move.to].side
            back = rank[move.to] < rank[source] and not stages[source].side
            if (to_side_stage or back) and not move.reverse:
                yield (
                    "lifecycle",
                    here,
                    (
                        f"leads {'to a side stage' if to_side_stage else 'back'} from "
                        f"{quoted(source)} to {quoted(move.to)}: set reverse: true"
                    ),
                )
    for source in (lifecycle.handoff, lifecycle.accepted):
        for goal in (lifecycle.recycled, lifecycle.disqualified):
            if not any(source in m.source and m.to == goal for m in lifecycle.transitions):
                yield (
                    "lifecycle",
                    ("transitions",),
                    (
                        f"no transition leads from {quoted(source)} to {quoted(goal)}, where "
                        "rejected leads go: add one"
                    ),
                )


def _pools(routing: RoutingFile, roster: RosterFile) -> Iterator[Finding]:
    people = {person.id: person for person in roster.people}
    pools = {pool.id: pool for pool in routing.pools}
    for index, pool in enumerate(routing.pools):
        here: Path = ("pools", index)
        for number, member in enumerate(pool.members):
            person = people.get(member.rep)
            if person is not None and person.role != "rep":
                yield (
                    "routing",
                    (*here, "members", number, "rep"),
                    (f"{quoted(member.rep)} is a manager; managers come last, in fallback"),
                )
        seen = {pool.id}
        for number, step in enumerate(pool.fallback):
            at = (*here, "fallback", number)
            last = number == len(pool.fallback) - 1
            if step.pool is not None:
                if step.pool in seen:
                    yield (
                        "routing",
                        (*at, "pool"),
                        (f"is a loop: {quoted(step.pool)} was tried before"),
                    )
                seen.add(step.pool)
                if last:
                    yield "routing", at, "must end in a person: add {person: …} with a manager"
                continue
            if step.wait is not None:
                if any(one.wait is not None for one in pool.fallback[:number]):
                    yield "routing", (*at, "wait"), "comes after another wait: one is enough"
                if last:
                    message = (
                        "must end in a person, who gets the leads that waited: add {person: …}"
                    )
                    yield "routing", at, message
                continue
            person = people.get(step.person or "")
            if person is not None and person.role != "manager":
                yield (
                    "routing",
                    (*at, "person"),
                    (f"{quoted(person.id)} is a rep, whose capacity can run out: name a manager"),
                )
            elif person is not None and not person.active:
                yield "routing", (*at, "person"), f"{quoted(person.id)} is not active"
            if not last:
                yield "routing", at, "can always take the lead, so nothing after it is reached"
        yield from _choosing(pool, here, people)
        count = len(_reached(pool, pools))
        if count > MOST_PEOPLE:
            yield (
                "routing",
                here,
                (
                    f"with its fallbacks it names {count} people, and one decision considers "
                    f"{MOST_PEOPLE} at most: split it by territory or segment"
                ),
            )


def _choosing(pool: Pool, here: Path, people: Mapping[str, Person]) -> Iterator[Finding]:
    if pool.choose == "weighted":
        return
    for number, member in enumerate(pool.members):
        at: Path = (*here, "members", number)
        if member.weight != 1:
            yield (
                "routing",
                (*at, "weight"),
                f"does not count where the pool chooses {pool.choose}: remove it, or write"
                " choose: weighted",
            )
        person = people.get(member.rep)
        if pool.choose == "least_loaded" and person is not None and person.max_open is None:
            yield (
                "routing",
                (*at, "rep"),
                f"{quoted(member.rep)} has no max_open in roster.yaml, which least_loaded "
                "needs: give them one",
            )


def _reached(pool: Pool, pools: Mapping[str, Pool]) -> set[str]:
    """Everybody whom a decision about *pool* may consider."""
    steps = steps_of(pool, pools)
    chain = [pool, *(pools[s.pool] for s in steps if s.pool and s.pool in pools)]
    people = {member.rep for one in chain for member in one.members}
    return people | {step.person for step in pool.fallback if step.person}


def _managers(roster: RosterFile) -> Iterator[Finding]:
    people = {person.id: person for person in roster.people}
    yield from _backups(roster, people)
    for index, person in enumerate(roster.people):
        manager = people.get(person.manager or "")
        if manager is None:
            continue
        here: Path = ("people", index, "manager")
        if manager.role != "manager":
            yield "roster", here, f"{quoted(manager.id)} is not a manager (role: manager)"
        above, seen = manager, {person.id}
        while above.id not in seen and above.manager in people:
            seen.add(above.id)
            above = people[above.manager]
        if above.id == person.id:
            yield "roster", here, "is a loop: the manager reports to this person"


def _backups(roster: RosterFile, people: Mapping[str, Person]) -> Iterator[Finding]:
    for index, person in enumerate(roster.people):
        seen, stand_in = {person.id}, people.get(person.backup or "")
        while stand_in is not None and stand_in.id not in seen:
            seen.add(stand_in.id)
            stand_in = people.get(stand_in.backup or "")
        if stand_in is not None and stand_in.id == person.id:
            here: Path = ("people", index, "backup")
            yield "roster", here, "is a loop: in the end they are their own backup"


def _ladders(sla: SlaFile) -> Iterator[Finding]:
    ladders = {ladder.id: ladder for ladder in sla.ladders}
    for tier_index, tier in enumerate(sla.tiers):
        for index, target in enumerate(tier.targets):
            ladder = ladders.get(target.ladder)
            if ladder is not None:
                for message in _fits(target, ladder):
                    yield "sla", ("tiers", tier_index, "targets", index, "ladder"), message


def _fits(target: Target, ladder: Ladder) -> Iterator[str]:
    distances = [rung.at.distance(target.within) for rung in ladder.rungs]
    for number, (rung, distance) in enumerate(zip(ladder.rungs, distances, strict=True)):
        if distance <= -target.within:
            yield (
                f"rung {number + 1} of {quoted(ladder.id)} ({rung.do}) would come before the start"
            )
        if number and distance < distances[number - 1]:
            yield (
                f"rung {number + 1} of {quoted(ladder.id)} ({rung.do}) would come before "
                f"rung {number}: put them in rising order"
            )


def _closing(lifecycle: LifecycleFile, recycling: RecyclingFile | None) -> Iterator[Finding]:
    """A reason that passes a lead on must not be used where a lead is closed."""
    passing = {reason.id for reason in lifecycle.reasons if reason.pass_on}
    used: list[tuple[str, Path, str | None]] = []
    for index, stage in enumerate(lifecycle.stages):
        here: Path = ("stages", index)
        if stage.hold is not None:
            used.append(("lifecycle", (*here, "hold", "reason"), stage.hold.reason))
        for number, one in enumerate(stage.disqualified_by):
            used.append(("lifecycle", (*here, "disqualified_by", number, "reason"), one.reason))
    for index, move in enumerate(lifecycle.transitions):
        used.append(("lifecycle", ("transitions", index, "reason"), move.reason))
    for index, rule in enumerate(recycling.staleness if recycling else ()):
        used.append(("recycling", ("staleness", index, "reason"), rule.reason))
    if recycling is not None:
        used.append(("recycling", ("idle", "reason"), recycling.idle.reason))
    for file, path, reason in used:
        if reason in passing:
            message = f"{quoted(reason)} passes a lead on to the next rep; name one that closes it"
            yield file, path, message


def _staleness(recycling: RecyclingFile, lifecycle: LifecycleFile) -> Iterator[Finding]:
    side = {stage.id for stage in lifecycle.stages if stage.side}
    for index, rule in enumerate(recycling.staleness):
        for stage in rule.stages:
            if stage in side:
                yield (
                    "recycling",
                    ("staleness", index, "stages"),
                    (f"{quoted(stage)} is a side stage; leads there are closed already"),
                )
