"""How a lead leaves sales: closed to a side stage for a reason, or because its contact is gone from
HubSpot.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from baton.domain.draft import emit
from baton.domain.draft.decision import OutcomeKind
from baton.domain.draft.draft import Draft
from baton.domain.handoff.assign import end_assignment
from baton.domain.lead import NO_WAY_BACK, StageFact
from baton.domain.lifecycle import gates
from baton.domain.lifecycle.transitions import refold
from baton.domain.phrase import Phrase
from baton.domain.policy import Reason, Track, Transition
from baton.domain.recycling.cool_off import cool_until
from baton.domain.recycling.tracks import Closer, closing_transition, rounds_used_up
from baton.domain.time import iso


def close(
    draft: Draft,
    reason_id: str,
    at: datetime,
    note: Phrase,
    card: emit.Ending = "rejected",
    way: Transition | None = None,
    by: Closer = "rep",
) -> None:
    """Close the lead for *reason_id*: recycle it to the reason's nurture track, or disqualify it.
    Its card ends as *card*.

    Args:
        way: The transition to take; None: the one that is for the reason.

        by: Who or what closes the lead.

    Raises:
        NeedsData: The owner's load is not known.
    """
    reason = draft.policy.reason[reason_id]
    way = way or closing_transition(draft.policy, draft.lead.state.stage, reason, by)
    if way is None:
        draft.add_reason("closed.no_way_off", draft.lead.state.stage)
    else:
        # Later than every known fact, so that this move is the lead's latest.
        moved_at = max([at, *(fact.at + timedelta(microseconds=1) for fact in draft.lead.facts)])
        refold(draft, StageFact(moved_at, way.to, via=way.id))
        draft.write_stage = "back"
    enter_side_stage(draft, reason, at, note, card)


def enter_side_stage(
    draft: Draft, reason: Reason | None, at: datetime, note: Phrase, card: emit.Ending
) -> None:
    """The consequences of leaving sales, however the stage was set: end the handoff, clear what was
    asked for, and set the nurture track.
    """
    owner = draft.lead.assignment.person if draft.lead.assignment else ""
    track_id = reason.track if reason else ""
    track = draft.policy.track.get(track_id)
    # A person can move a lead to a side stage without a reason; then the stage decides the outcome.
    recycled = bool(track_id) if reason else _is_recycled(draft)
    outcome: OutcomeKind = "recycled" if recycled else "disqualified"
    where = Phrase("track", (track_id,)) if track_id else _where(draft, outcome)
    draft.add_reason("closed.to", note, where)
    end_assignment(draft, card, note, at)
    draft.change(
        reason=reason.id if reason else "",
        track=track_id,
        cool_until=cool_until(track, at),
        admitted="",
        flagged=(),
    )
    used_up = track is not None and rounds_used_up(track, draft.lead)
    _rest(draft, NO_WAY_BACK if used_up else draft.lead.cool_until)
    if track is not None and used_up:
        _tell_of_rounds(draft, track, at)
    draft.record(outcome, owner, reason.id if reason else "")


def _where(draft: Draft, outcome: OutcomeKind) -> str:
    """Where a lead without a track went: a policy may have side stages of its own."""
    known, stage = draft.policy.lifecycle, draft.policy.stage.get(draft.lead.state.stage)
    own = stage is not None and stage.side and stage.id not in (known.recycled, known.disqualified)
    return stage.label if stage is not None and own else outcome


def _rest(draft: Draft, until: datetime | None) -> None:
    """Note with the fact of the move how long the lead rests, for the policies that ask it."""
    state = draft.lead.state
    if not draft.policy.early or until is None or state.since is None:
        return
    facts = tuple(
        replace(fact, rests_until=until)
        if fact.at == state.since and fact.stage == state.stage
        else fact
        for fact in draft.lead.facts
    )
    draft.change(facts=facts, state=replace(state, rests_until=until))


def _is_recycled(draft: Draft) -> bool:
    return draft.lead.state.stage == draft.policy.lifecycle.recycled


def leave(draft: Draft, why: Phrase) -> None:
    """The contact is gone from HubSpot: end the assignment, release the hold, stop the clocks."""
    if draft.lead.gone:
        return
    draft.because.append(why)
    end_assignment(draft, "closed", why, draft.now)
    gates.update_hold(draft, None)
    draft.change(idle=None, review_at=None, deferred=(), gone=why)
    draft.record("gone", what=" ".join((why.id.removeprefix("gone."), *map(str, why.args))))


def _tell_of_rounds(draft: Draft, track: Track, at: datetime) -> None:
    """The lead was recycled as often as its track allows: report it with its source."""
    draft.notify(
        f"notice:rounds:{iso(at)}",
        draft.policy.notifications.ops_channel,
        "info",
        Phrase("rounds", (draft.lead.name, draft.lead.state.rounds)),
        Phrase("rounds.track", (track.label, track.max_rounds or 0)),
        Phrase("rounds.asked" if draft.policy.early in ("hold", "ask") else "rounds.followed"),
        Phrase("rounds.source", (draft.lead.first_source,)),
    )
