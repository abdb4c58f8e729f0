"""A record is not the act: which of HubSpot's records count as reaching out, and where."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from baton.domain.draft.draft import Draft
from baton.domain.lead import Clock
from baton.domain.lifecycle.status import lead_status
from baton.domain.policy import PUBLISHED, Policy, Touches
from baton.domain.rep_actions.first_touch import look_for_touch
from baton.domain.rep_actions.reaching_out import (
    acts,
    is_meeting_to_come_or_held,
    is_tried,
    why_no_act,
)
from baton.domain.world.world import Touch
from tests.builders import NOW, POLICY, after, decided, due, handed_off, hint, kinds, minutes, owned
from tests.worded import reasons, words

DEFAULT = Touches()
SENT = "EMAIL"


def record(what: str, status: str = "", direction: str = "", outcome: str = "") -> Touch:
    return Touch(NOW + minutes(5), what, "owner-anna", status, direction, outcome)


COUNTS = [
    *(("call", status, "OUTBOUND") for status in
      ("", "COMPLETED", "NO_ANSWER", "BUSY", "IN_PROGRESS", "HOLD", "UNKNOWN")),
    *(("call", status, "") for status in ("", "COMPLETED", "NO_ANSWER")),
    *(("call", status, "INBOUND") for status in ("", "COMPLETED", "IN_PROGRESS")),
    ("call", "VOICEMAIL_DROPPED", "OUTBOUND"),
    ("email", "SENT", SENT),
    ("email", "", SENT),
    *(("meeting", outcome, "") for outcome in
      ("", "SCHEDULED", "COMPLETED", "RESCHEDULED", "NO_SHOW", "Qualified")),
    *(("message", channel, "CRM") for channel in ("SMS", "WHATS_APP", "LINKEDIN_MESSAGE", "TEAMS")),
    ("message", "SMS", ""),
    # as labels, imports and other apps spell them
    *(("call", status, direction)
      for status in ("Completed", "No answer", "no-answer", "In progress")
      for direction in ("Outbound", "OUTBOUND", "outbound ")),
    ("call", "completed", "inbound"),
    ("email", "Sent", "email"),
    ("email", "sent", "Email"),
    *(("meeting", outcome, "") for outcome in ("Scheduled", "no show", "No-Show", "NOSHOW")),
    *(("message", channel, "crm") for channel in ("WhatsApp", "LinkedIn message", "sms")),
]  # fmt: skip
COUNTS_NOT = [
    *(("call", status, "OUTBOUND") for status in
      ("FAILED", "CANCELED", "QUEUED", "RINGING", "CONNECTING", "CALLING_CRM_USER", "MISSED")),
    *(("call", status, "INBOUND") for status in ("NO_ANSWER", "MISSED", "BUSY", "CANCELED")),
    *(("email", status, SENT) for status in ("BOUNCED", "FAILED", "SCHEDULED", "SENDING")),
    *(("email", "SENT", direction) for direction in
      ("INCOMING_EMAIL", "FORWARDED_EMAIL", "DRAFT_EMAIL", "")),
    ("meeting", "CANCELED", ""),
    ("message", "SMS", "CONVERSATIONS"),
    *(("meeting", outcome, "") for outcome in
      ("Canceled", "canceled", "CANCELLED", "Cancelled", "CANCELED ", "Can\u200eceled")),
    *(("call", status, "Outbound") for status in
      ("Failed", "failed", "Cancelled", "Calling CRM user")),
    *(("call", status, "inbound") for status in ("No answer", "NO ANSWER", "missed")),
    *(("email", status, "Email") for status in ("Bounced", "bounced", "failed", "Sending")),
    *(("email", "Sent", direction) for direction in
      ("Incoming email", "draft_email", "Forwarded-Email")),
    ("message", "sms", "Conversations"),
]  # fmt: skip


@pytest.mark.parametrize("given", COUNTS, ids="-".join)
def test_what_reached_out_counts(given: tuple[str, str, str]) -> None:
    assert why_no_act(DEFAULT, record(*given)) is None


@pytest.mark.parametrize("given", COUNTS_NOT, ids="-".join)
def test_what_did_not_reach_out_does_not_count_and_says_why(given: tuple[str, str, str]) -> None:
    why = why_no_act(DEFAULT, record(*given))
    assert words(why).startswith(f"a {given[0]} of ")
    assert acts(DEFAULT, [record(*given)]) == ()


@pytest.mark.parametrize(
    ("rules", "touch", "counts"),
    [
        pytest.param(Touches(unlisted="ignore"), record("meeting", "Qualified"), False,
                     id="a value of the account's own, ignored"),
        pytest.param(Touches(unlisted="ignore"), record("meeting", "COMPLETED"), True,
                     id="HubSpot's own count still"),
        pytest.param(Touches(unlisted="ignore", meetings=("Qualified",)),
                     record("meeting", "Qualified"), True, id="a value that is listed"),
        pytest.param(Touches(messages=()), record("message", "SMS", "CRM"), False,
                     id="a kind that never counts"),
        pytest.param(Touches(messages=()), record("message", "", "CRM"), False,
                     id="nor without a value"),
        pytest.param(Touches(calls_made=("COMPLETED",)), record("call", "NO_ANSWER", "OUTBOUND"),
                     False, id="only calls that were answered"),
        pytest.param(Touches(unlisted="ignore", meetings=("Qualified",)),
                     record("meeting", "QUALIFIED"), True, id="in another spelling"),
        pytest.param(Touches(meetings=("Completed",)), record("meeting", "NO SHOW"), False,
                     id="HubSpot's own in another spelling"),
        pytest.param(Touches(outcomes_ignored=("17B4-a",)), record("call", "", "", "17b4-A"),
                     False, id="a wrong number in capitals"),
        pytest.param(Touches(outcomes_ignored=("17b4",)), record("call", "COMPLETED", "", "17b4"),
                     False, id="a wrong number"),
    ],
)  # fmt: skip
def test_the_policy_says_what_counts(rules: Touches, touch: Touch, counts: bool) -> None:
    assert (why_no_act(rules, touch) is None) == counts


@pytest.mark.parametrize(
    ("direction", "tried"),
    [("Outbound", True), ("email", True), ("crm", True), ("", True), ("inbound", False),
     ("Incoming email", False)],
)  # fmt: skip
def test_what_was_tried_is_told_from_what_came_in_in_any_spelling(
    direction: str, tried: bool
) -> None:
    assert is_tried(record("call", "", direction)) == tried


@pytest.mark.parametrize("key", PUBLISHED)
def test_by_default_only_published_values_are_listed(key: str) -> None:
    assert set(getattr(DEFAULT, key)) <= set(PUBLISHED[key])


@pytest.mark.parametrize(
    ("outcome", "stands"),
    [("", True), ("SCHEDULED", True), ("COMPLETED", True), ("RESCHEDULED", True),
     ("NO_SHOW", False), ("CANCELED", False), ("No show", False), ("no-show", False),
     ("NO SHOW", False), ("Cancelled", False), ("scheduled", True), ("Completed", True)],
)  # fmt: skip
def test_a_meeting_is_set_as_long_as_it_stands(outcome: str, stands: bool) -> None:
    assert is_meeting_to_come_or_held(DEFAULT, record("meeting", outcome)) == stands


# --- in the decisions


def looked(*touches: Touch, policy: Policy = POLICY, **assignment: Any) -> tuple[Draft, bool]:
    """Anna's lead ten minutes later, of which HubSpot has *touches*."""
    lead, world = handed_off()
    lead = replace(lead, assignment=replace(owned(lead), **assignment))
    known = replace(world, policy=policy, touches=touches)
    draft = Draft(lead, hint("activity", NOW + minutes(10)), known, NOW + minutes(10))
    return draft, look_for_touch(draft)


FAILED = record("call", "FAILED", "OUTBOUND")


def clock(draft: Draft, target: str = "first_touch") -> Clock:
    return next(one for one in draft.lead.clocks if one.target == target)


def test_a_call_that_failed_is_no_first_touch_and_the_history_says_why() -> None:
    lead, world = handed_off()
    at = NOW + minutes(6)
    decision = decided(lead, hint("activity", at), replace(world, touches=(FAILED,)), at)
    assert owned(decision.lead).touched_at is None
    assert decision.lead.clocks == lead.clocks
    assert "touched" not in kinds(decision)
    assert "does not count as reaching out (FAILED)" in " ".join(reasons(decision))
    assert "a call of Tue 3 Mar" in " ".join(reasons(decision)), "an instant, no number"
    again = decided(decision.lead, hint("activity", at, id="again"),
                    replace(after(world, decision), touches=(FAILED,)), at)  # fmt: skip
    assert not again.changed, "said once"


def test_a_call_that_was_queued_counts_once_it_is_completed() -> None:
    queued, touched = looked(record("call", "QUEUED", "OUTBOUND"))
    assert not touched
    known = replace(queued.world, touches=(record("call", "COMPLETED", "OUTBOUND"),))
    later = Draft(queued.lead, queued.event, known, queued.now)
    assert look_for_touch(later)
    assert owned(later.lead).touched_at == FAILED.at


def test_a_pull_back_is_not_stopped_by_a_call_that_failed_and_says_so() -> None:
    lead, world = handed_off()
    late = replace(world, touches=(FAILED,))
    for _ in range(6):
        event = due(lead)
        decision = decided(lead, event, late, event.at)
        lead, late = decision.lead, after(late, decision)
        if "pulled_back" in kinds(decision):
            break
    assert "pulled_back" in kinds(decision)
    assert "does not count as reaching out (FAILED)" in " ".join(reasons(decision))


def test_a_call_that_failed_is_no_evidence_and_no_activity() -> None:
    lead, world = handed_off()
    at = NOW + minutes(6)
    for touch, counts in ((FAILED, False), (record("message", "SMS", "CRM"), True)):
        decision = decided(lead, hint("activity", at), replace(world, touches=(touch,)), at)
        found = [one.kind for one in decision.lead.evidence]
        assert (touch.what in found) == counts
        moved = decision.lead.last_activity != lead.last_activity
        assert moved == counts


@pytest.mark.parametrize(
    ("first", "later"),
    [
        pytest.param(record("email", "SENT", SENT), record("email", "BOUNCED", SENT),
                     id="an e-mail that bounces"),
        pytest.param(record("meeting", "SCHEDULED"), record("meeting", "CANCELED"),
                     id="a meeting that is cancelled"),
    ],
)  # fmt: skip
def test_what_came_to_nothing_is_taken_back_and_the_clock_goes_on(
    first: Touch, later: Touch
) -> None:
    seen, touched = looked(first)
    assert touched
    assert not clock(seen).running
    read = Draft(seen.lead, seen.event, replace(seen.world, touches=(later,)), NOW + minutes(20))
    assert not look_for_touch(read)
    assert owned(read.lead).touched_at is None
    assert owned(read.lead).touched_in == ""
    assert clock(read).running
    left = clock(looked()[0]).due_at - first.at
    assert clock(read).due_at - read.now >= left - timedelta(seconds=1), "with the time it had left"
    assert "taken_back" in [one.kind for one in read.outcomes]


def test_a_record_that_is_deleted_takes_nothing_back() -> None:
    seen, _ = looked(record("email", "SENT", SENT))
    read = Draft(seen.lead, seen.event, replace(seen.world, touches=()), NOW + minutes(20))
    assert not look_for_touch(read)
    assert read.lead == seen.lead


def test_another_act_keeps_the_first_touch_of_one_that_bounced() -> None:
    seen, _ = looked(record("email", "SENT", SENT))
    called = replace(record("call", "COMPLETED", "OUTBOUND"), at=NOW + minutes(15))
    both = (record("email", "BOUNCED", SENT), called)
    read = Draft(seen.lead, seen.event, replace(seen.world, touches=both), NOW + minutes(20))
    assert look_for_touch(read)
    assert owned(read.lead).touched_at is not None


MEETING_SET = replace(
    POLICY,
    lifecycle=replace(
        POLICY.lifecycle, status=replace(POLICY.lifecycle.status, meeting="MEETING_SET")
    ),
)


def test_the_status_follows_the_meeting_as_it_stands() -> None:
    call = record("call", "COMPLETED", "OUTBOUND")
    seen, _ = looked(call, record("meeting", "SCHEDULED"), policy=MEETING_SET)
    assert lead_status(MEETING_SET, seen.lead) == "MEETING_SET"
    known = replace(seen.world, touches=(call, record("meeting", "CANCELED")))
    read = Draft(seen.lead, seen.event, known, NOW + minutes(20))
    look_for_touch(read)
    assert lead_status(MEETING_SET, read.lead) == "IN_PROGRESS"
    booked = replace(record("meeting", "SCHEDULED"), at=NOW + minutes(25))
    second = Draft(read.lead, seen.event, replace(known, touches=(call, booked)), NOW + minutes(30))
    look_for_touch(second)
    assert lead_status(MEETING_SET, second.lead) == "MEETING_SET"


@pytest.mark.parametrize("outcome", ["CANCELED", "NO_SHOW"])
def test_a_meeting_that_never_was_sets_no_status(outcome: str) -> None:
    seen, _ = looked(record("meeting", outcome), policy=MEETING_SET)
    assert owned(seen.lead).met_at is None
    assert lead_status(MEETING_SET, seen.lead) != "MEETING_SET"
