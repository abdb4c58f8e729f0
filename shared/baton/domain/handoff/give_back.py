"""A rejection that gives the rep's turn back: the reason says that the lead was none (``credit``).

The turn is undone in the pool that it was taken from: the rep is owed it again, at the expense of
all members by weight, as when it was taken. Leads that came by account, by hand or as the last
resort took no turn.
"""

from __future__ import annotations

from baton.domain.draft.decision import Considered
from baton.domain.draft.draft import Draft
from baton.domain.policy import Reason
from baton.domain.routing.turns import GAVE_BACK, give_back


def give_turn_back(draft: Draft, reason: Reason) -> None:
    """Give the owner's turn back, if *reason* says so; the ledger is told. Raises NeedsData."""
    assignment = draft.lead.assignment
    pool = draft.policy.pool.get(assignment.pool) if assignment and reason.credit else None
    if assignment is None or pool is None:
        return
    reps = draft.policy.seats[pool.id].place
    place = reps.get(assignment.person)
    if place is None:
        return  # they have left the pool since
    turns = draft.turns_of(pool.id)
    draft.turns[pool.id] = give_back(turns, assignment.person, pool.members, pool.choose)
    marks = ["+"] * len(pool.members)
    marks[place] = GAVE_BACK
    draft.considered.append(Considered(pool.id, "".join(marks)))
    draft.add_reason("turn.given_back", draft.owner_name, pool.id)
