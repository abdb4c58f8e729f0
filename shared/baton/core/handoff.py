"""Handing a lead to an owner, and taking it from one."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from baton.core import clocks, show
from baton.core.conditions import first_match, why_not
from baton.core.decision import Draft
from baton.core.lead import Assignment, Spell
from baton.core.policy import Person, Staleness
from baton.core.routing import local_day, release, route, take
from baton.core.world import World

#: Past owners remembered by name; a lead that went through more has other troubles.
PAST_KEPT = 20


def hand_off(draft: Draft, existing_owner: str) -> None:
    """Hand the lead to sales: a new round, in which nobody has let it go yet."""
    draft.change(round_from=draft.lead.assigned)
    assign(draft, existing_owner)


def assign(draft: Draft, existing_owner: str = "") -> None:
    """Find the lead an owner, start the clocks, and show it. Raises routing.Missing."""
    policy, lead = draft.policy, draft.lead
    facts = draft.facts
    excluded = frozenset(s.person for s in lead.past if s.number > lead.round_from)
    choice = route(policy, facts, existing_owner, excluded, _as_drafted(draft), draft.now)
    person = choice.person
    draft.say(*choice.because)
    if lead.held is not None and lead.held.asked:
        # What the last owner asked for is not the next one's wish.
        draft.change(held=replace(lead.held, asked=False))
    # Said anew even where it is the same as before: whoever won meanwhile has no say in it.
    draft.rewrite |= lead.yielded.keys()
    draft.relied |= {load.person: load for load in choice.relied}
    draft.turns |= {turns.pool: turns for turns in choice.turns}
    draft.loads[person.id] = take(choice.load, local_day(policy, person, draft.now))

    tier = first_match(policy.tiers, facts)
    calendar = policy.calendar_of(person)
    armed = tuple(
        clocks.arm(target, draft.now, calendar) for target in (tier.targets if tier else ())
    )
    for clock in armed:
        draft.say(
            f"{clock.label} due {show.in_zone(clock.due_at, show.zone_of(policy, person))}"
            f" ({tier.label if tier else ''}, in {person.name}'s calendar)"
        )
    draft.change(
        assignment=Assignment(
            number=lead.assigned + 1,
            person=person.id,
            rule=choice.rule,
            pool=choice.pool,
            tier=tier.id if tier else "",
            at=draft.now,
            why=choice.why,
        ),
        assigned=lead.assigned + 1,
        clocks=armed,
        # Not from an earlier activity: nobody who just got a lead has been idle with it.
        idle=clocks.arm_idle(staleness_of(draft), draft.now),
        track="",
        reason="",
        cool_until=None,
        yielded={},
    )
    draft.record("assigned", person.id, choice.rule)
    show.card(draft, "open")
    show.tasks(draft)


def end_assignment(draft: Draft, card: show.CardShows, note: str, note_at: datetime) -> None:
    """The owner no longer has the lead: their load falls, their clocks stop, their tasks close,
    and their card says how it ended.

    The past is kept, so that routing does not bring the lead back to who let it go.
    Raises routing.Missing when the owner's load is not known.
    """
    assignment = draft.lead.assignment
    if assignment is None:
        return
    # Also of somebody who left the roster: they may come back, and not with leads they lost.
    draft.loads[assignment.person] = release(draft.load(assignment.person))
    stopped = tuple(
        clock.stop(draft.now) if clock.running else clock for clock in draft.lead.clocks
    )
    draft.change(clocks=stopped)
    show.card(draft, card, note, note_at)
    show.tasks(draft)
    spell = Spell(
        person=assignment.person,
        number=assignment.number,
        since=assignment.at,
        until=draft.now,
        ended=card,
    )
    draft.change(assignment=None, clocks=(), idle=None, past=(*draft.lead.past, spell)[-PAST_KEPT:])


def staleness_of(draft: Draft) -> Staleness | None:
    """The first staleness rule that speaks of the lead as it stands."""
    stage = draft.lead.standing.stage
    return next(
        (
            rule
            for rule in draft.policy.staleness
            if stage in rule.stages and not why_not(rule.when, draft.facts)
        ),
        None,
    )


def manager_of(draft: Draft, person: Person | None) -> Person | None:
    return draft.policy.person.get(person.manager) if person else None


def _as_drafted(draft: Draft) -> World:
    """The world with what this draft has already changed, so that a pull-back's release and the
    next owner's take add up."""
    return replace(draft.world, loads=draft.world.loads | draft.loads)
