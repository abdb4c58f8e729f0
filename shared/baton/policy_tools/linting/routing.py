"""Pools that get no leads, waits that never happen, and exceptions for one source."""

from __future__ import annotations

from collections.abc import Iterator

from baton.policy_tools.fallbacks import not_followed, steps_of
from baton.policy_tools.linting.findings import Found, Rule
from baton.policy_tools.linting.subject import Subject
from baton.policy_tools.models import routing as models
from baton.presentation.conditions import condition
from baton.presentation.words import listed, quoted

UNREACHED_POOL = Rule(
    "unreached-pool", "warning", "Its members seem to take part, but get no leads from it."
)
ANOTHER_WAY = Rule(
    "another-way",
    "warning",
    "If leads of one source or campaign are routed differently, nobody compares them with the "
    "rest: such exceptions outlive their reason, and nobody notices that some leads are served "
    "worse.",
)
IDLE_WAIT = Rule(
    "idle-wait",
    "warning",
    "If nobody can be full or off shift, leads wait only while all are away at once.",
)

ALONE = Rule(
    "nobody-stands-in",
    "warning",
    "While they are away, such leads have nobody who is told: the channel is all that is left.",
)
NOT_FOLLOWED = Rule(
    "fallback-not-followed",
    "warning",
    "Leads go to a manager while reps of a further pool are free.",
)
IDLE_CATCH_UP = Rule(
    "idle-catch-up",
    "warning",
    "A least_loaded pool chooses by load, not by turns: who is back carries the least and gets "
    "leads first in any case.",
)

#: Words by which a field or property name shows that it is about where a lead comes from.
_ORIGIN = ("source", "campaign", "utm")


def check(subject: Subject) -> Iterator[Found]:
    yield from _unreached(subject)
    for choices in subject.choices:
        if choices.kind == "rule":
            yield from _another_way(subject, choices.place, tuple(choices.items))
    yield from _idle_waits(subject)
    yield from _alone(subject)
    yield from _not_followed(subject)
    yield from _idle_catch_up(subject)


def _unreached(subject: Subject) -> Iterator[Found]:
    routing = subject.files.routing
    rules = [*routing.rules, *(rule for one in routing.handoffs for rule in one.rules)]
    named = {rule.pool for rule in rules}
    # Only fallbacks of pools that a rule names are used, with those that they follow.
    known = {pool.id: pool for pool in routing.pools}
    reached = named | {
        step.pool
        for pool in routing.pools
        if pool.id in named
        for step in steps_of(pool, known)
        if step.pool
    }
    for index, pool in enumerate(routing.pools):
        if pool.id not in reached:
            yield UNREACHED_POOL.found(
                "routing",
                ("pools", index),
                f"no rule sends leads to {quoted(pool.id)}, and no pool that one names falls back "
                "on it",
                f"name {pool.id} in a rule or in a fallback, or remove it",
            )


def _another_way(
    subject: Subject, place: tuple[str | int, ...], rules: tuple[object, ...]
) -> Iterator[Found]:
    """Rules for one source or campaign; without that test their leads would go to another pool."""
    of_origin = {
        field.id
        for field in subject.lifecycle.fields
        if any(word in f"{field.id} {field.property}".casefold() for word in _ORIGIN)
    }
    known = [rule for rule in rules if isinstance(rule, models.Rule)]
    for index, rule in enumerate(known):
        when = rule.when.compile()
        tested = [name for name in when if name in of_origin]
        if not tested:
            continue
        rest = {name: test for name, test in when.items() if name not in of_origin}
        others = (
            later
            for later in known[index + 1 :]
            if later.active is None and subject.prover.implies([rest], [later.when.compile()])
        )
        other = next(others, None)
        if other is not None and other.pool != rule.pool:
            origin = condition({name: when[name] for name in tested})
            yield ANOTHER_WAY.found(
                "routing",
                (*place, index),
                f"sends leads whose {origin} to {quoted(rule.pool)}; all similar leads go to "
                f"{quoted(other.pool)} by {quoted(other.id)}",
                f"send them to {quoted(other.pool)} too, or let a tier of sla.yaml serve them "
                "faster",
            )


def _idle_waits(subject: Subject) -> Iterator[Found]:
    people = {person.id: person for person in subject.files.roster.people}
    for index, pool in enumerate(subject.files.routing.pools):
        waits = next((i for i, step in enumerate(pool.fallback) if step.wait is not None), None)
        if waits is None or pool.limits is not None or pool.shift != "regardless":
            continue
        members = [people[member.rep] for member in pool.members if member.rep in people]
        if all(
            p.max_open is None and p.max_per_day is None and p.max_per_week is None for p in members
        ):
            yield IDLE_WAIT.found(
                "routing",
                ("pools", index, "fallback", waits),
                f"nobody in {quoted(pool.id)} has a limit, and they take leads regardless of "
                "their hours",
                "give the members max_open, or the pool limits or shift: on_shift",
            )


def _alone(subject: Subject) -> Iterator[Found]:
    """People who are the last to get a pool's leads, and for whom nobody stands in."""
    people = {person.id: person for person in subject.files.roster.people}
    for index, pool in enumerate(subject.files.routing.pools):
        if not pool.fallback or (last := pool.fallback[-1].person) is None:
            continue
        person = people[last]
        if person.backup is None and person.manager is None:
            yield ALONE.found(
                "routing",
                ("pools", index, "fallback", len(pool.fallback) - 1),
                f"{quoted(last)} is the last to get its leads, and has neither a backup nor a "
                "manager",
                f"give {quoted(last)} a backup in the roster",
            )


def _not_followed(subject: Subject) -> Iterator[Found]:
    pools = {pool.id: pool for pool in subject.files.routing.pools}
    for index, pool in enumerate(subject.files.routing.pools):
        for step, further in not_followed(pool, pools):
            name = pool.fallback[step].pool or ""
            yield NOT_FOLLOWED.found(
                "routing",
                ("pools", index, "fallback", step),
                f"{quoted(name)} falls back on {listed(map(quoted, further))}, where leads of "
                f"{quoted(pool.id)} do not go",
                "write follow: true if they should go there, too, or follow: false",
            )


def _idle_catch_up(subject: Subject) -> Iterator[Found]:
    """A catch-up of turns in a pool that has no turns; of its queue it may still have one."""
    for index, pool in enumerate(subject.files.routing.pools):
        waits = any(step.wait is not None for step in pool.fallback)
        if pool.choose == "least_loaded" and pool.catch_up != "none" and not waits:
            yield IDLE_CATCH_UP.found(
                "routing",
                ("pools", index, "catch_up"),
                f"has no effect in {quoted(pool.id)}, which chooses the least loaded and in whose "
                "queue no lead waits",
                "remove it, or choose: weighted",
            )
