"""A person sets the lead status in HubSpot to a value that means something in the policy.

Reps say so what they did: "in progress" once they have reached out, "meeting set", "unqualified".
Where the policy follows it (``status.by_hand``), it is a report like a click on the card. A status
that another system sets, and one that means nothing, is a value like any other: see ``field_sync``.
"""

from __future__ import annotations

from msgspec.structs import replace

from baton.domain import hubspot_names
from baton.domain.draft.draft import Draft
from baton.domain.lifecycle.closing import close
from baton.domain.lifecycle.field_sync import side_of, sync_rule
from baton.domain.lifecycle.owner_by_hand import who_changed
from baton.domain.lifecycle.stage_history import reverse_transition
from baton.domain.lifecycle.triggers import PEOPLE
from baton.domain.phrase import Phrase
from baton.domain.policy import Reason, Stage, Transition
from baton.domain.recycling.tracks import closing_transition
from baton.domain.rep_actions.first_touch import touch_by_status
from baton.domain.time import believable, iso
from baton.domain.world.world import Contact, SeenValue

_STATUS = hubspot_names.LEAD_STATUS


def follow_status(draft: Draft, contact: Contact) -> None:
    """Answer a new lead status that a person has set, if it means something. Raises NeedsData."""
    seen = contact.changes.get(_STATUS)
    if seen is None or seen.source.casefold() not in PEOPLE or not _is_news(draft, seen):
        return
    meaning = draft.policy.meaning_of_status.get(seen.value, "")
    stage = draft.policy.stage.get(draft.lead.state.stage)
    answer = draft.policy.lifecycle.status.by_hand
    if not meaning or stage is None or stage.side or answer == "leave":
        return
    rule = sync_rule(draft, _STATUS)
    if rule is not None and rule.wins != side_of(seen.source):
        return  # it is put back
    if meaning in draft.policy.stage:
        _close(draft, contact, seen, draft.policy.stage[meaning])
    elif draft.lead.assignment is not None:
        _report(draft, seen, meaning)


def _is_news(draft: Draft, seen: SeenValue) -> bool:
    """Whether the status was set after Baton's last word about it, differs, and was not asked about
    before."""
    lead = draft.lead
    ours = lead.written.get(_STATUS)
    if (ours is not None and ours.value == seen.value) or (
        draft.start.yielded.get(_STATUS) == seen.value
    ):
        return False
    writes = lead.writes.get(_STATUS, ())
    held_by = lead.assignment
    since = writes[-1].at if writes else held_by.begun_at if held_by else lead.state.since
    return since is not None and seen.at > since


def _report(draft: Draft, seen: SeenValue, meaning: str) -> None:
    """The status says that the owner has reached out, or that a meeting is set."""
    assignment = draft.lead.assignment
    assert assignment is not None
    touched = assignment.touched_at is not None
    if touched and (meaning == "working" or assignment.met_at is not None):
        return
    if draft.policy.lifecycle.status.by_hand == "ask":
        _ask(draft, seen)
        return
    at, who = believable(seen.at, draft.now), who_changed(draft.policy, seen.source, seen.source_id)
    if not touched:
        touch_by_status(draft, assignment, at, Phrase("status.touch", (who, seen.value)), seen.user)
    if meaning == "meeting":
        now = draft.lead.assignment
        assert now is not None
        draft.change(assignment=replace(now, met_at=at))
        draft.add_reason("meeting.booked")
    _agree(draft)


def _close(draft: Draft, contact: Contact, seen: SeenValue, stage: Stage) -> None:
    """The status is that of a side stage: close the lead, for the reason that the contact names, or
    for that of the transition."""
    found = _way_off(draft, contact, seen, stage)
    if found is None or draft.policy.lifecycle.status.by_hand == "ask":
        _ask(draft, seen)
        return
    reason, way = found
    who = who_changed(draft.policy, seen.source, seen.source_id)
    note = Phrase("closed.by_status", (who, seen.value, reason.label))
    owner = draft.lead.assignment.person if draft.lead.assignment else ""
    draft.record("rejected", owner, reason.id, by=seen.user or seen.source)
    _agree(draft)
    close(draft, reason.id, believable(seen.at, draft.now), note, "closed", way)


def _way_off(
    draft: Draft, contact: Contact, seen: SeenValue, stage: Stage
) -> tuple[Reason, Transition] | None:
    policy, current = draft.policy, draft.lead.state.stage
    named = contact.properties.get(hubspot_names.REASON, "")
    for reason in policy.lifecycle.reasons:
        if named and reason.value == named and not reason.pass_on:
            way = closing_transition(policy, current, reason)
            if way is not None and way.to == stage.id:
                return reason, way
    move = reverse_transition(policy, current, stage.id, seen.source)
    if move is None or move.reason not in policy.reason:
        return None
    return policy.reason[move.reason], move


def _agree(draft: Draft) -> None:
    """Baton says the same as the person now, so there is nothing to yield to."""
    kept = {k: v for k, v in draft.lead.yielded.items() if k != _STATUS}
    draft.change(yielded=kept)


def _ask(draft: Draft, seen: SeenValue) -> None:
    who = who_changed(draft.policy, seen.source, seen.source_id)
    draft.change(yielded=draft.lead.yielded | {_STATUS: seen.value})
    draft.add_reason("status.asked", who, seen.value)
    draft.notify(
        f"notice:status:{iso(seen.at)}",
        draft.policy.notifications.ops_channel,
        "warning",
        Phrase("status.asked.title", (draft.lead.name, seen.value)),
        Phrase("status.asked.who", (who, seen.value)),
        Phrase("status.asked.if_meant"),
    )
