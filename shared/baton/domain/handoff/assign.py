"""Assigning a lead to an owner, and ending an assignment."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from baton.domain.conditions import first_match
from baton.domain.draft import emit
from baton.domain.draft.draft import Draft, Given
from baton.domain.handoff.attendance import watch_owner, watch_queue
from baton.domain.lead import BY_HAND, Assignment, Clock, DeferredNotice, PastAssignment
from baton.domain.phrase import Phrase
from baton.domain.policy import Handoff, Idle, Person, Policy, Stage, Staleness
from baton.domain.recycling.idle import arm_idle, idle_rule
from baton.domain.routing import queue
from baton.domain.routing.capacity import release, resume, take
from baton.domain.routing.catching_up import take_waited, waited_for
from baton.domain.routing.route import route
from baton.domain.routing.search import Choice, Queued, Wanted
from baton.domain.sla import targets

#: Past assignments kept per lead, to be shown. Whom routing excludes is kept apart (``Lead.had``),
#: so that a large pool does not begin again with its first members.
PAST_KEPT = 20


def hand_off(draft: Draft, handoff: Handoff, existing_owner: str) -> None:
    """Hand the lead over by *handoff*. A new round begins, so no owner is excluded yet. Raises
    NeedsData.
    """
    if draft.lead.round_from != draft.lead.assigned:
        draft.change(round_from=draft.lead.assigned, had=())
    given, draft.given = draft.given, None
    if given is None:
        assign(draft, handoff, existing_owner, by_ownership=True)
        return
    draft.add_reason("by_hand", given.who, given.person.name)
    draft.record("reassigned", "", given.person.id, by=given.by)
    give_by_hand(draft, given, handoff)


def handoff_named(policy: Policy, stage: str) -> Handoff:
    """The handoff on entering *stage*; the first if *stage* is empty or was dropped."""
    return policy.handoff.get(stage) or policy.handoff[policy.lifecycle.handoff]


def last_stage(policy: Policy, handoff: str) -> Stage:
    """The last stage that belongs to the handoff on entering *handoff* (empty: the first)."""
    return policy.stage.get(handoff) or policy.stage[policy.lifecycle.accepted]


def handoff_of(draft: Draft) -> Handoff:
    """The handoff that the lead's assignment belongs to."""
    assignment = draft.lead.assignment
    return handoff_named(draft.policy, assignment.handoff if assignment else "")


def past_owners(draft: Draft) -> frozenset[str]:
    """The past owners of this round, whom routing excludes: nobody gets the lead twice in a round,
    which ends at the last resort.
    """
    lead = draft.lead
    # Leads stored before ``had`` was kept know the owners of their round by ``past`` alone.
    before = (past.person for past in lead.past if past.number > lead.round_from)
    return frozenset((*lead.had, *before))


def assign(
    draft: Draft,
    handoff: Handoff,
    existing_owner: str = "",
    by_ownership: bool = False,
    wait_timed_out: bool = False,
) -> None:
    """Find the lead an owner or a place in a queue, and show the result.

    Args:
        existing_owner: HubSpot owner id of the contact's owner; may be empty.
        by_ownership: The owner of the account comes before the rules.
        wait_timed_out: Its wait in a queue has timed out.

    Raises:
        NeedsData: Data that the answer depends on was not read.
    """
    waiting = draft.lead.waiting
    wanted = Wanted(
        lead=draft.lead.id,
        handoff=handoff,
        facts=draft.facts,
        existing_owner=existing_owner,
        by_ownership=by_ownership,
        excluded=past_owners(draft),
        waits_in=waiting.pool if waiting else "",
        waits_since=waiting.since if waiting and not wait_timed_out else None,
        wait_timed_out=wait_timed_out,
    )
    answer = route(draft.policy, wanted, draft.world_as_drafted(), draft.now)
    if isinstance(answer, Queued):
        before = draft.lead.waiting
        queue.join(draft, answer, handoff.stage)
        if draft.lead.waiting is not before:
            watch_queue(draft, answer.responsible)
    else:
        give(draft, answer, handoff)


def find_next_owner(draft: Draft, handoff: Handoff, without: str) -> Person | None:
    """Who would get the lead if person *without* were excluded, too. Changes nothing. Raises
    NeedsData.
    """
    wanted = Wanted(
        lead=draft.lead.id,
        handoff=handoff,
        facts=draft.facts,
        excluded=past_owners(draft) | {without},
        wait_timed_out=True,
    )
    answer = route(draft.policy, wanted, draft.world_as_drafted(), draft.now)
    return None if isinstance(answer, Queued) else answer.person


def give(draft: Draft, choice: Choice, handoff: Handoff) -> None:
    """Assign the lead to the chosen person: update the loads, start the clocks, show the card."""
    policy, lead, person = draft.policy, draft.lead, choice.person
    draft.because += choice.because
    draft.considered += choice.considered
    if lead.held is not None and lead.held.asked:
        # The move was requested by the last owner, not by the new one.
        draft.change(held=replace(lead.held, asked=False))
    # Rewrite properties that another system had won, even if unchanged: a new assignment ends that.
    draft.rewrite |= lead.yielded.keys()
    draft.relied_on |= {load.person: load for load in choice.relied_on}
    draft.turns |= {turns.pool: turns for turns in choice.turns}
    carried = take(draft.load(person.id), policy.calendars[person.calendar], draft.now)
    if lead.waiting is not None and waited_for(person, carried, lead.waiting.since, draft.now):
        carried = take_waited(carried, policy.zone_of(person), draft.now)
    queue.leave(draft)
    draft.change_load(carried, 1, "assigned")
    if choice.counts_in_pool:
        draft.change_pool(choice.pool, draft.turns_of(choice.pool).load, 1, "assigned")

    tier = first_match(policy.tiers, draft.facts)
    forget_after = policy.counting.forget_after
    draft.change(
        assignment=Assignment(
            number=lead.assigned + 1,
            person=person.id,
            rule=choice.rule,
            pool=choice.pool,
            tier=tier.id if tier else "",
            at=draft.now,
            why=choice.why,
            handoff="" if handoff.stage == policy.lifecycle.handoff else handoff.stage,
            counts_in_pool=choice.counts_in_pool,
            forget_at=draft.now + forget_after if forget_after else None,
            to_start=tuple([target.id for target in tier.targets]) if tier else (),
        ),
        assigned=lead.assigned + 1,
        clocks=(),
        # Start inactivity now, not at an earlier activity: the new owner has not been idle yet.
        idle=idle_clock(draft, draft.now),
        track="",
        reason="",
        cool_until=None,
        yielded={},
    )
    draft.record("assigned", person.id, choice.rule)
    targets.evaluate_clocks(draft)
    watch_owner(draft)
    emit.request_card(draft)


def give_by_hand(draft: Draft, given: Given, handoff: Handoff) -> None:
    """Assign the lead to the person who was set as its owner in HubSpot. They have it since then;
    their clocks start now, as they get the card. Raises NeedsData.
    """
    why = Phrase("why.by_hand", (given.who,))
    give(draft, Choice(given.person, BY_HAND, "", why, ()), handoff)
    assignment = draft.lead.assignment
    assert assignment is not None
    draft.change(assignment=replace(assignment, since=min(given.at, assignment.at)))


def end_assignment(draft: Draft, card: emit.Ending, note: Phrase, note_at: datetime) -> None:
    """End the assignment or the wait in a queue: the owner's load falls, their clocks stop, their
    tasks close, and their card says how it ended.

    It is kept in ``past``, so that routing does not bring the lead back to that owner. Raises
    NeedsData when the owner's load, or the turns of its pool, are not known.
    """
    queue.leave(draft)
    if draft.lead.assignment is None:
        return
    stop_counting(draft, card)
    assignment = draft.lead.assignment
    draft.change(clocks=tuple(clock.stop(draft.now) for clock in draft.lead.clocks))
    emit.show_ended(draft, card, note, note_at)
    past = PastAssignment(
        person=assignment.person,
        number=assignment.number,
        since=assignment.at,
        until=draft.now,
        ended=card,
    )
    draft.change(
        assignment=None,
        clocks=(),
        idle=None,
        past=(*draft.lead.past, past)[-PAST_KEPT:],
        had=tuple(dict.fromkeys((*draft.lead.had, assignment.person))),
        deferred=tuple(
            one
            for one in draft.lead.deferred
            if one.number != assignment.number or _outlives_pull_back(one, card)
        ),
    )


def _outlives_pull_back(deferred: DeferredNotice, ended: emit.Ending) -> bool:
    """Whether the deferred notice is still sent after a pull-back: only one to somebody above the
    owner, about what the owner missed.
    """
    return ended == "taken_back" and deferred.rung.to not in {"owner", "backup"}


def stop_counting(draft: Draft, why: str) -> None:
    """Stop counting the lead as open for its owner and its pool. Raises NeedsData."""
    assignment = draft.lead.assignment
    if assignment is None or not assignment.counts:
        return
    # Also for somebody who left the roster: if they return, the lead must not count for them.
    draft.change_load(release(draft.load(assignment.person)), -1, why)
    if assignment.counts_in_pool:
        draft.change_pool(assignment.pool, release(draft.turns_of(assignment.pool).load), -1, why)
    draft.change(assignment=replace(assignment, counts=False))


def resume_counting(draft: Draft, why: str) -> None:
    """Count the lead as open again. The caller has seen that there is room. Raises NeedsData."""
    assignment = draft.lead.assignment
    if assignment is None or assignment.counts:
        return
    draft.change_load(resume(draft.load(assignment.person)), 1, why)
    if assignment.counts_in_pool:
        draft.change_pool(assignment.pool, resume(draft.turns_of(assignment.pool).load), 1, why)
    draft.change(assignment=replace(assignment, counts=True))


def idle_clock(draft: Draft, since: datetime) -> Clock:
    """The lead's clock of inactivity, started at *since*."""
    return arm_idle(_idle_rule(draft), since)


def idle_due(draft: Draft, since: datetime) -> datetime:
    """When the clock of inactivity that starts at *since* would be due."""
    return since + _idle_rule(draft).after


def _idle_rule(draft: Draft) -> Staleness | Idle:
    return idle_rule(draft.policy, draft.lead, draft.facts) or draft.policy.idle


def manager_of(draft: Draft, person: Person | None) -> Person | None:
    return draft.policy.person.get(person.manager) if person else None
