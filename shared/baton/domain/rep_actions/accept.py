"""The owner accepts the lead."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from baton.domain.draft import emit
from baton.domain.draft.draft import Draft
from baton.domain.lead import StageFact
from baton.domain.lifecycle.transitions import refold
from baton.domain.phrase import Phrase
from baton.domain.sla.targets import stop_clocks


def accept(draft: Draft, at: datetime, where: str) -> None:
    """The owner accepts the lead: it becomes sales accepted, and the accept clock stops."""
    assignment = draft.lead.assignment
    assert assignment is not None
    who = draft.owner_name
    draft.change(assignment=replace(assignment, accepted_at=at))
    stop_clocks(draft, "accept", at)
    draft.add_reason("accepted.seen", who, where)
    draft.record("accepted", assignment.person, where)
    # A later handoff has no separate stage for accepted leads.
    if where == "slack" and not assignment.handoff:
        accepted = draft.policy.lifecycle.accepted
        refold(draft, StageFact(at=at, stage=accepted, source="baton"))
        if draft.lead.state.stage == accepted:
            draft.write_stage = "forward"
    emit.request_card(draft, Phrase("accepted", (who,)), at)
    emit.request_tasks(draft)
