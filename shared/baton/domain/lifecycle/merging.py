"""Contacts were merged in HubSpot: the one that is left takes over what Baton knows of the others.

One lead goes on as it is: its stage, owner, clocks, acceptance, track, cool-off and past. Of the
others come evidence and rounds; their assignments end, and their owners are told. All of it is one
decision, which also ends the merged leads, so nobody works a lead twice, and none is lost between.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from baton.domain import hubspot_names
from baton.domain.draft import emit
from baton.domain.draft.draft import Draft
from baton.domain.handoff.assign import PAST_KEPT, end_assignment
from baton.domain.handoff.reassign import notify_former_owner
from baton.domain.lead import Lead, PastAssignment, StageFact, Value
from baton.domain.lifecycle.closing import leave
from baton.domain.lifecycle.deals import add_deals
from baton.domain.lifecycle.transitions import refold
from baton.domain.phrase import Phrase
from baton.domain.policy import Person
from baton.domain.scoring.evidence_history import add_evidence
from baton.domain.scoring.facts import fields_of
from baton.domain.time import EARLIEST
from baton.domain.world.world import Contact, Needs, NeedsData


def take_over(draft: Draft, contact: Contact) -> Contact:
    """Take over the leads that were merged into this one since it was last read. Returns the
    contact as the rest of the decision sees it: what its history says from before the merge was the
    history of several leads, and what counts of it is known.

    Raises NeedsData when the merged leads, or loads, are not known.
    """
    ids = [one for one in contact.merged if one not in draft.lead.absorbed]
    if ids:
        known = draft.world.merged
        lacking = tuple(one for one in ids if one not in known)
        if lacking:
            raise NeedsData(Needs(merged=lacking))
        others = [lead for one in ids if (lead := known[one]) is not None and not lead.gone]
        draft.change(absorbed=(*draft.lead.absorbed, *ids))
        if others:
            _merge(draft, contact, others)
    since = draft.lead.merged_at
    if since is None:
        return contact
    return replace(contact, stages=tuple(one for one in contact.stages if one.at > since))


def _merge(draft: Draft, contact: Contact, others: list[Lead]) -> None:
    here = draft.start
    keeper = max([here, *others] if here.version else others, key=lambda one: _claim(contact, one))
    former = [draft.policy.person.get(one.assignment.person) for one in (here, *others)
              if one is not keeper and one.assignment is not None]  # fmt: skip
    if keeper is not here:
        end_assignment(draft, "closed", Phrase("merged.other"), draft.now)
    for one in others:
        _end(draft, one, keeper)
    lost = [one for one in (here, *others) if one is not keeper]
    if keeper is not here:
        _continue_as(draft, keeper)
    _add(draft, contact, lost)
    draft.change(fields=fields_of(contact, draft.policy.lifecycle))  # what it is called from now on
    draft.add_reason("merged", ", ".join(one.id for one in others), keeper.id)
    _follow_furthest_stage(draft, contact)
    if draft.lead.assignment is not None:
        emit.request_card(draft, Phrase("merged.goes_on"), draft.now)
        emit.request_tasks(draft)
    _tell(draft, former)


def _claim(contact: Contact, lead: Lead) -> tuple[bool | int | float, ...]:
    """How good a claim *lead* has to go on: one that somebody has before one that waits, is held or
    was closed for a reason. Of two with owners the one whose owner HubSpot kept, as whoever merged
    them chose; then the one that is further, then the one who had it first.
    """
    assignment = lead.assignment
    if assignment is not None:
        shown = lead.written.get(hubspot_names.OWNER)
        kept = shown is not None and shown.value == contact.properties.get(hubspot_names.OWNER, "")
        acted = (assignment.accepted_at is not None) + (assignment.touched_at is not None)
        return (True, kept, acted, -assignment.at.timestamp())
    return (False, lead.waiting is not None, lead.held is not None, bool(lead.reason),
            len(lead.state.times))  # fmt: skip


def _end(draft: Draft, other: Lead, keeper: Lead) -> None:
    """End *other*, which is in this decision's hands: its card and tasks show it. Where it is the
    one that goes on, its owner and its pool carry it as before, under another id.
    """
    closing = Draft(other, draft.event, draft.world_as_drafted(), draft.now)
    if other is keeper:
        if other.waiting is not None:
            # Its place changes with its id, so whoever relied on the queue must look again.
            draft.turns[other.waiting.pool] = draft.turns_of(other.waiting.pool)
            closing.change(waiting=None)
        if other.assignment is not None:
            closing.change(assignment=replace(other.assignment, counts=False))
    leave(closing, Phrase("gone.merged", (draft.lead.id,)))
    draft.effects |= {f"{one.subject}/{one.slot}": one for one in closing.effects.values()}
    draft.loads |= closing.loads
    draft.turns |= closing.turns
    draft.changes += closing.changes
    draft.offers |= closing.offers
    draft.outcomes += closing.outcomes
    if other.waiting is not None:
        draft.places_left.append((other.id, other.waiting))
    draft.ended.append(replace(closing.lead, version=closing.version))


def _continue_as(draft: Draft, keeper: Lead) -> None:
    """The lead goes on as *keeper*, with numbers of assignments that were not used here."""
    here, by = draft.lead, draft.lead.assigned

    def renumbered(past: PastAssignment) -> PastAssignment:
        return replace(past, number=past.number + by)

    assignment = keeper.assignment
    if assignment is not None:
        assignment = replace(assignment, number=assignment.number + by)
    # Where the contact of the merged id had its values is nowhere now: all are written again.
    written = {name: Value(one.value, draft.version) for name, one in keeper.written.items()}
    written.pop(hubspot_names.STAGE, None)
    draft.rewrite |= written.keys()
    draft.change(
        facts=keeper.facts,
        base=keeper.base,
        state=keeper.state,
        assignment=assignment,
        assigned=keeper.assigned + by,
        past=(*here.past, *map(renumbered, keeper.past))[-PAST_KEPT:],
        round_from=keeper.round_from + by,
        had=keeper.had,
        clocks=keeper.clocks,
        idle=keeper.idle,
        last_activity=_latest(here.last_activity, keeper.last_activity),
        track=keeper.track,
        reason=keeper.reason,
        cool_until=keeper.cool_until,
        written=here.written | written,
        writes={},
        yielded={},
        restored={},
        sets=keeper.sets,
        found=keeper.found,
        held=keeper.held,
        admitted=keeper.admitted,
        flagged=keeper.flagged,
        review_at=keeper.review_at,
        waiting=keeper.waiting,
        deferred=tuple(replace(one, number=one.number + by) for one in keeper.deferred),
        questions=keeper.questions,
        judged_by=keeper.judged_by,
        deals=keeper.deals,
        evidence=add_evidence(here.evidence, keeper.evidence, draft.policy.claims),
    )


def _add(draft: Draft, contact: Contact, lost: list[Lead]) -> None:
    """What counts of the leads that do not go on: what the person did, and how often they came."""
    evidence = draft.lead.evidence
    for one in lost:
        evidence = add_evidence(evidence, one.evidence, draft.policy.claims)
    rounds = sum(one.state.rounds for one in lost)
    first = min(
        (one for one in (draft.lead, *lost) if one.first_source),
        key=_begun,
        default=draft.lead,
    )
    draft.change(
        evidence=evidence,
        first_source=first.first_source,
        # Also in the state, which becomes the base when the policy's triggers have changed.
        base=replace(draft.lead.base, rounds=draft.lead.base.rounds + rounds),
        state=replace(draft.lead.state, rounds=draft.lead.state.rounds + rounds),
        merged_at=draft.now,
        owner_seen=contact.owners[-1].at if contact.owners else EARLIEST,
    )
    add_deals(draft, lost)
    refold(draft)


def _begun(lead: Lead) -> datetime:
    """When *lead* was first seen in a stage."""
    return min((times.first for times in lead.state.times.values()), default=lead.last_activity
               or datetime.max.replace(tzinfo=EARLIEST.tzinfo))  # fmt: skip


def _follow_furthest_stage(draft: Draft, contact: Contact) -> None:
    """HubSpot gives the merged contact the furthest stage of all. Ahead of the lead's, it is a move
    forward; behind it, or beside a lead that was closed, HubSpot is told the lead's.
    """
    policy = draft.policy
    shown = policy.stage_of_value.get(contact.properties.get(hubspot_names.STAGE, ""))
    stage = policy.stage.get(draft.lead.state.stage)
    if stage is None or shown is None or shown.id == stage.id:
        return
    if not stage.side and not shown.side and shown.rank > stage.rank:
        latest = draft.lead.facts[-1].at if draft.lead.facts else draft.now
        at = max(draft.now, latest + timedelta(microseconds=1))
        refold(draft, StageFact(at, shown.id, source="merge"))
    else:
        ahead = not stage.side and not shown.side
        draft.write_stage = "forward" if ahead else "back"


def _tell(draft: Draft, former: list[Person | None]) -> None:
    """Tell those who had one of the leads, and have none now."""
    for person in former:
        notify_former_owner(draft, person, Phrase("merged.why"))


def _latest(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((at for at in (one, other) if at is not None), default=None)
