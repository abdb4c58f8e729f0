"""Leads whose owner is not there: by when somebody who is must be told of them.

A promise to a lead ends: of those who answer for it (the owner, who stands in for them, their pool;
for a waiting lead who is responsible for the queue, and their stand-ins) somebody who is there has
it or is told of it within the policy's ``told_within`` of the next instant at which any of them
works. If that is further ahead than ``at_most``, the channel is told at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec.structs import replace

from baton.domain.draft.draft import Draft
from baton.domain.phrase import Phrase, phrase
from baton.domain.policy import Person, Pool
from baton.domain.presence import is_there, leave_after, stand_ins, there_from
from baton.domain.time import iso
from baton.domain.world.world import Load


def watch_owner(draft: Draft) -> None:
    """Note when the new owner's leave begins and, unless they are there, by when somebody who is
    there must be told.
    """
    assignment, owner = draft.lead.assignment, draft.owner
    if assignment is None or owner is None:
        return
    leave_at = leave_after(owner, draft.now)
    tell_at = None
    if not is_there(draft.policy, owner, draft.load(owner.id), draft.now):
        tell_at = _told_by(draft, owner, answering_for(draft))
    if (leave_at, tell_at) != (assignment.leave_at, assignment.tell_at):
        draft.change(assignment=replace(assignment, leave_at=leave_at, tell_at=tell_at))


def watch_queue(draft: Draft, responsible: Person | None) -> None:
    """Note by when somebody who is there must be told that the lead waits."""
    waiting = draft.lead.waiting
    if waiting is None or responsible is None:
        return
    line = (responsible, *stand_ins(draft.policy, responsible))
    tell_at = _told_by(draft, None, line)
    # The wait's own warning comes first where the policy wants one so soon.
    rung = waiting.clock.next_rung
    if tell_at is not None and (rung is None or tell_at < rung.at):
        draft.change(waiting=replace(waiting, tell_at=tell_at))


def answering_for(draft: Draft) -> tuple[Person, ...]:
    """Who answers for the owned lead, nearest first: the owner, who stands in for them, and the
    members of the pool that it came from.
    """
    policy, owner, assignment = draft.policy, draft.owner, draft.lead.assignment
    if owner is None or assignment is None:
        return ()
    pool = policy.pool.get(assignment.pool)
    line = (owner, *stand_ins(policy, owner), *_members(draft, pool))
    return tuple({person.id: person for person in line}.values())


#: How often it is looked whether somebody is back who has not said when.
LOOK_EACH = timedelta(hours=1)


def back_at(draft: Draft, person: Person) -> datetime:
    """When to look whether *person*, who is absent, is back. Raises NeedsData."""
    load, now = draft.load(person.id), draft.now
    back = there_from(draft.policy, person, load, now)
    return back if back is not None and back > now else now + LOOK_EACH


def is_known(draft: Draft, person: Person) -> bool:
    """Whether the load of *person*, which may say that they are away, has been read."""
    return _known(draft, person) is not None


def first_there(draft: Draft, line: Iterable[Person]) -> datetime | None:
    """When the first of *line* is there, as far as is known; None: nobody will be."""
    policy, now = draft.policy, draft.now
    instants = (there_from(policy, person, _known(draft, person), now) for person in line)
    return min((at for at in instants if at is not None), default=None)


def _told_by(draft: Draft, owner: Person | None, line: tuple[Person, ...]) -> datetime | None:
    """By when somebody must be told; None: nobody need be, as the *owner* is there by then, or
    nobody of *line* is known to come. If that is far ahead, the channel is told now.
    """
    attendance, now = draft.policy.attendance, draft.now
    first = first_there(draft, line)
    if first is None or first - now > attendance.at_most:
        tell_channel(draft, first)
    if first is None:
        return None
    told_by = first + _told_within(draft)
    own = first_there(draft, (owner,)) if owner is not None else None
    return None if own is not None and own <= told_by else told_by


def _told_within(draft: Draft) -> timedelta:
    policy, assignment = draft.policy, draft.lead.assignment
    tier = policy.tier.get(assignment.tier) if assignment is not None else None
    own = tier.told_within if tier is not None else None
    return policy.attendance.told_within if own is None else own


def tell(draft: Draft, reader: Person) -> None:
    """Tell *reader*, who is there, of the lead whose owner is not."""
    draft.add_reason("unattended.told", reader.name)
    draft.record("unattended", _person_of(draft), instead=reader.id)
    _notify(draft, reader.id, reader.slack_user, None)


def tell_channel(draft: Draft, first: datetime | None) -> None:
    """Tell the channel that nobody is there before *first*; None: it is not known who will be."""
    channel = draft.policy.notifications.channel
    draft.add_reason("unattended.told", draft.policy.notifications.called(channel))
    draft.record("unattended", _person_of(draft), instead=channel)
    next_there = Phrase("unattended.unknown")
    if first is not None:
        next_there = phrase("unattended.first", first)
    _notify(draft, "channel", channel, next_there)


def _person_of(draft: Draft) -> str:
    assignment = draft.lead.assignment
    return assignment.person if assignment is not None else ""


def _notify(draft: Draft, who: str, to: str, line: Phrase | None) -> None:
    waiting, owner, assignment = draft.lead.waiting, draft.owner, draft.lead.assignment
    policy = draft.policy
    if assignment is not None:
        back = None
        if owner is not None:
            back = there_from(policy, owner, _known(draft, owner), draft.now)
        title = Phrase("unattended.owned", (draft.lead_label, draft.owner_name))
        lines = [phrase("unattended.owner_back", back)] if back is not None and line is None else []
        lines += [
            phrase("clock.due", clock.label, clock.due_at)
            for clock in draft.lead.clocks
            if clock.running
        ]
        slot = f"notice:unattended:{assignment.number}:{who}"
    else:
        assert waiting is not None
        pool = policy.pool.get(waiting.pool)
        title = Phrase("waits", (draft.lead_label, pool.label if pool else waiting.pool))
        lines = [
            phrase("waits.since", waiting.since),
            phrase("waits.to_next", waiting.clock.due_at),
        ]
        slot = f"notice:unattended:{waiting.pool}:{iso(waiting.since)}:{who}"
    told = (line,) if line is not None else ()
    draft.notify(slot, to, "warning", title, *told, *lines)


def _known(draft: Draft, person: Person) -> Load | None:
    return draft.loads.get(person.id) or draft.world.loads.get(person.id)


def _members(draft: Draft, pool: Pool | None) -> tuple[Person, ...]:
    if pool is None:
        return ()
    people = draft.policy.person
    return tuple(people[member.rep] for member in pool.members if member.rep in people)
