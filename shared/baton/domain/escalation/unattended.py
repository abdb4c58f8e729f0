"""An owner is not there: their leave begins or ends, or somebody who is there must be told."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from baton.domain.draft.draft import Draft
from baton.domain.handoff import attendance
from baton.domain.handoff.assign import assign, end_assignment, find_next_owner, give, handoff_of
from baton.domain.handoff.reassign import notify_former_owner
from baton.domain.handoff.waiting import responsible_for
from baton.domain.lead import BY_HAND
from baton.domain.phrase import Phrase
from baton.domain.policy import Person
from baton.domain.presence import absence, away_since, backups_of, is_there, stand_ins
from baton.domain.routing.search import Choice
from baton.domain.world.events import OwnerAbsent
from baton.domain.world.world import Needs, NeedsData


def look_after_absence(draft: Draft) -> None:
    """Do what is due because the lead's owner, or who is responsible for its queue, is not there.
    Raises NeedsData.
    """
    _tell_of_wait(draft)
    assignment, now = draft.lead.assignment, draft.now
    if assignment is None:
        return
    leave_at, tell_at, return_at = assignment.leave_at, assignment.tell_at, assignment.return_at
    if return_at is not None and return_at <= now:
        _return_to_owner(draft)
    elif leave_at is not None and leave_at <= now:
        _begin_leave(draft)
    elif tell_at is not None and tell_at <= now:
        _tell_of_absent_owner(draft)


def begin_leave(draft: Draft, event: OwnerAbsent) -> None:
    """The owner is reported absent, at an instant that the lead did not know. Raises NeedsData."""
    assignment = draft.lead.assignment
    if assignment is None or assignment.person != event.person:
        draft.add_reason("unattended.not_theirs")
        return
    _begin_leave(draft)


def _begin_leave(draft: Draft) -> None:
    """Hand the lead over by the policy, if its owner is absent and has not worked on it."""
    owner, assignment = draft.owner, draft.lead.assignment
    assert assignment is not None
    if owner is None or _has_been_worked_on(draft):
        _watch_no_more(draft)
        return
    absent = absence(owner, draft.load(owner.id), draft.now)
    if absent is None:
        attendance.watch_owner(draft)  # the leave was moved or cancelled
        return
    since = away_since(owner, draft.load(owner.id), draft.now)
    if assignment.rule == BY_HAND and since is not None and since <= assignment.at:
        # Somebody gave it to them knowing, or not minding, that they are away.
        draft.add_reason("unattended.by_hand", owner.name)
        attendance.watch_owner(draft)
        return
    why = Phrase("unattended.leave", (Phrase(f"obstacle.{absent}", (owner.name,)),))
    how = draft.policy.attendance.leave_begins
    if how != "stay":
        backup = _present_backup(draft, owner) if how == "cover" else None
        if backup is not None or _somebody_else(draft, owner):
            _hand_over(draft, owner, backup, why)
            return
    draft.because.append(Phrase("unattended.stays", (why,)))
    attendance.watch_owner(draft)


def _hand_over(draft: Draft, owner: Person, backup: Person | None, why: Phrase) -> None:
    """Give the lead to the *backup*, until the owner is back, or to whom routing finds."""
    handoff = handoff_of(draft)
    draft.because.append(why)
    draft.record("reassigned", owner.id, backup.id if backup else "")
    end_assignment(draft, "taken_back", why, draft.now)
    if backup is None:
        assign(draft, handoff)
    else:
        why_you = Phrase("why.covers", (owner.name,))
        give(draft, Choice(backup, "cover", "", why_you, ()), handoff)
        covering = draft.lead.assignment
        assert covering is not None
        back = attendance.back_at(draft, owner)
        draft.change(assignment=replace(covering, covers=owner.id, return_at=back))
    notify_former_owner(draft, owner, why)


def _return_to_owner(draft: Draft) -> None:
    """The leave of the person whom the owner covers is over: a lead not worked on goes back."""
    assignment, covering = draft.lead.assignment, draft.owner
    assert assignment is not None
    owner = draft.policy.person.get(assignment.covers)
    if owner is None or _has_been_worked_on(draft):
        draft.change(assignment=replace(assignment, covers="", return_at=None))
        return
    if absence(owner, draft.load(owner.id), draft.now) is not None:
        back = attendance.back_at(draft, owner)
        draft.change(assignment=replace(assignment, return_at=back))
        return
    handoff, why = handoff_of(draft), Phrase("unattended.returns", (owner.name,))
    draft.because.append(why)
    draft.record("reassigned", assignment.person, owner.id)
    end_assignment(draft, "taken_back", why, draft.now)
    give(draft, Choice(owner, "cover-over", "", Phrase("why.cover_over"), ()), handoff)
    notify_former_owner(draft, covering, why)


def _tell_of_absent_owner(draft: Draft) -> None:
    assignment, owner = draft.lead.assignment, draft.owner
    assert assignment is not None
    if owner is None or _has_been_worked_on(draft):
        _watch_no_more(draft)
        return
    line = attendance.answering_for(draft)
    there = _first_there(draft, line)
    if there is None:
        attendance.watch_owner(draft)
        return
    if there.id == owner.id:
        draft.add_reason("unattended.back", owner.name)
    else:
        attendance.tell(draft, there)
    draft.change(assignment=replace(assignment, tell_at=None))


def _tell_of_wait(draft: Draft) -> None:
    """Tell who is responsible for the queue, or who stands in for them, that the lead waits."""
    waiting = draft.lead.waiting
    if waiting is None or waiting.tell_at is None or waiting.tell_at > draft.now:
        return
    responsible = responsible_for(draft, waiting)
    line = (responsible, *stand_ins(draft.policy, responsible)) if responsible else ()
    there = _first_there(draft, line)
    draft.change(waiting=replace(waiting, tell_at=None))
    if there is not None:
        attendance.tell(draft, there)
    elif responsible is not None:
        attendance.watch_queue(draft, responsible)


def _first_there(draft: Draft, line: Sequence[Person]) -> Person | None:
    """The first of *line* who is there now. Raises NeedsData."""
    unknown = tuple(p.id for p in line if not attendance.is_known(draft, p))
    if unknown:
        raise NeedsData(Needs(people=unknown))
    now = draft.now
    return next((p for p in line if is_there(draft.policy, p, draft.load(p.id), now)), None)


def _present_backup(draft: Draft, owner: Person) -> Person | None:
    """The nearest of those who back *owner* up who is not absent. Raises NeedsData."""
    backups = tuple(backups_of(draft.policy, owner))
    return next((b for b in backups if absence(b, draft.load(b.id), draft.now) is None), None)


def _somebody_else(draft: Draft, owner: Person) -> bool:
    """Whether routing finds somebody else who is not absent. Raises NeedsData."""
    other = find_next_owner(draft, handoff_of(draft), without=owner.id)
    return other is not None and (
        other.id != owner.id and absence(other, draft.load(other.id), draft.now) is None
    )


def _has_been_worked_on(draft: Draft) -> bool:
    """Whether the owner has accepted the lead or been in touch; then it stays with them."""
    assignment = draft.lead.assignment
    return assignment is not None and bool(assignment.accepted_at or assignment.touched_at)


def _watch_no_more(draft: Draft) -> None:
    assignment = draft.lead.assignment
    assert assignment is not None
    draft.change(assignment=replace(assignment, leave_at=None, tell_at=None))
    draft.add_reason("unattended.worked_on")
