"""The first touch: since when an activity in HubSpot counts as the owner's."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from baton.domain.draft.draft import CardNote, Draft
from baton.domain.lead import Clock
from baton.domain.phrase import Phrase
from baton.domain.policy import Policy
from baton.domain.rep_actions.first_touch import look_for_touch, report_touch, take_back_touch
from baton.domain.sla.targets import start_clocks
from baton.domain.world.world import Touch
from tests.builders import NOW, POLICY, click, decided, due, handed_off, hint, kinds, minutes, owned
from tests.worded import words

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("logged_at", "counts"),
    [
        pytest.param(NOW - SECOND - timedelta(microseconds=1), False, id="before they had it"),
        pytest.param(NOW - SECOND, True, id="a second before: HubSpot drops parts of seconds"),
        pytest.param(NOW, True, id="at the very instant they got it"),
    ],
)
def test_a_touch_counts_from_a_second_before_the_assignment(
    logged_at: datetime, counts: bool
) -> None:
    lead, its_world = handed_off()
    assert owned(lead).at == NOW
    called = replace(its_world, touches=(Touch(logged_at, "call", "owner-anna"),))
    at = NOW + minutes(1)
    decision = decided(lead, hint("activity", at), called, at)
    assert owned(decision.lead).touched_at == (logged_at if counts else None)
    assert ("touched" in kinds(decision)) == counts


# --- reported, seen, taken back


LATER = NOW + minutes(60)
CALL = Touch(NOW + minutes(10), "call", "owner-anna")
MET = Touch(NOW + minutes(20), "meeting", "owner-anna")
GONE = replace(POLICY, people=tuple(one for one in POLICY.people if one.id != "anna"))


def drafted(*touches: Touch, policy: Policy = POLICY, **acts: Any) -> Draft:
    """Anna's lead an hour later, of which HubSpot has logged *touches*."""
    lead, its_world = handed_off()
    lead = replace(lead, assignment=replace(owned(lead), **acts))
    its_world = replace(its_world, policy=policy, touches=touches)
    return Draft(lead, hint("activity", LATER), its_world, LATER)


def first_touch(draft: Draft) -> Clock:
    return next(clock for clock in draft.lead.clocks if clock.target == "first_touch")


@pytest.mark.parametrize(
    ("touches", "first", "met"),
    [
        pytest.param((CALL,), CALL.at, None, id="a call"),
        pytest.param((MET, CALL), CALL.at, MET.at, id="the first of several, and a meeting"),
        pytest.param((replace(MET, at=MET.at + minutes(5)), MET), MET.at, MET.at,
                     id="the first meeting"),
        pytest.param((replace(CALL, at=NOW, owner="owner-ben"), CALL), CALL.at, None,
                     id="not somebody else's"),
        pytest.param((replace(CALL, at=NOW - minutes(1)), CALL), CALL.at, None,
                     id="not from before they had it"),
    ],
)  # fmt: skip
def test_what_hubspot_has_logged_of_the_owner_is_the_first_touch(
    touches: tuple[Touch, ...], first: datetime, met: datetime | None
) -> None:
    made = drafted(*touches)
    assert look_for_touch(made)
    acts = owned(made.lead)
    assert (acts.touched_at, acts.touched_in, acts.met_at) == (first, "hubspot", met)
    clock = first_touch(made)
    provisional = "touch" if first == MET.at else ""  # a meeting may still be cancelled
    assert (clock.stopped_at, clock.stopped_by) == (first, provisional)
    assert [(one.kind, one.person, one.what) for one in made.outcomes] == [
        ("touched", "anna", "hubspot")
    ]
    what = "call" if first == CALL.at else "meeting"
    note = Phrase("touch.seen", ("Anna", what))
    assert made.card == CardNote(note, first)
    assert made.tasks
    booked = [Phrase("meeting.booked")] if met else []
    assert made.because == [*booked, Phrase("touch", (note, "hubspot"))]


def by(whose: Any) -> Policy:
    """Ben is Anna's backup; Cleo is in her team, Dan in another."""
    teams = {"anna": "north", "cleo": "north", "ben": "south", "dan": "south"}
    people = tuple(replace(one, team=teams.get(one.id, "")) for one in POLICY.people)
    people = tuple(replace(o, backup="ben") if o.id == "anna" else o for o in people)
    return replace(POLICY, people=people, touches=replace(POLICY.touches, by=whose))


@pytest.mark.parametrize(
    ("whose", "counted"),
    [
        ("owner", {"anna"}),
        ("backup", {"anna", "ben"}),
        ("team", {"anna", "ben", "cleo"}),
        ("roster", {"anna", "ben", "cleo", "dan", "mona"}),
    ],
)
@pytest.mark.parametrize("who", ["anna", "ben", "cleo", "dan", "mona", "stranger"])
def test_a_touch_counts_of_whom_the_policy_says(whose: str, counted: set[str], who: str) -> None:
    made = drafted(replace(CALL, owner=f"owner-{who}"), policy=by(whose))
    assert look_for_touch(made) == (who in counted)
    assert (first_touch(made).stopped_at == CALL.at) == (who in counted)


def test_without_a_word_of_the_policy_the_backups_touch_counts() -> None:
    assert POLICY.touches.by == "backup"


def test_a_touch_for_the_owner_is_shown_as_such() -> None:
    made = drafted(replace(CALL, owner="owner-ben"), policy=by("backup"))
    look_for_touch(made)
    acts = owned(made.lead)
    assert (acts.touched_in, acts.touched_by) == ("hubspot", "ben")
    assert made.card is not None
    assert words(made.card.note) == "Ben: call, for Anna"
    assert [(o.kind, o.person, o.by) for o in made.outcomes] == [("touched", "anna", "ben")]


def test_the_owners_own_touch_is_theirs_though_their_backup_called_later() -> None:
    later = replace(CALL, at=CALL.at + minutes(1), owner="owner-ben")
    made = drafted(later, CALL, policy=by("backup"))
    look_for_touch(made)
    assert (owned(made.lead).touched_at, owned(made.lead).touched_by) == (CALL.at, "")


def test_the_backups_record_does_not_confirm_what_the_owner_reported() -> None:
    """Self-reported touches are shown apart until a record of the owner's is seen."""
    reported = {"touched_at": NOW + minutes(5), "touched_in": "slack"}
    made = drafted(replace(CALL, owner="owner-ben"), policy=by("backup"), **reported)
    assert look_for_touch(made)
    assert owned(made.lead).touched_in == "slack"


def test_a_backups_e_mail_that_bounces_is_taken_back() -> None:
    mail = Touch(CALL.at, "email", "owner-ben", "SENT", "EMAIL")
    made = drafted(mail, policy=by("backup"))
    look_for_touch(made)
    at = LATER + minutes(1)
    bounced = replace(made.world, touches=(replace(mail, status="BOUNCED"),))
    again = Draft(made.lead, hint("activity", at), bounced, at)
    assert not look_for_touch(again)
    acts = owned(again.lead)
    assert (acts.touched_at, acts.touched_by) == (None, "")
    assert first_touch(again).running


def test_the_example_of_b4_the_backup_calls_and_nothing_is_pulled_back() -> None:
    lead, its_world = handed_off()
    call = Touch(NOW + minutes(10), "call", "owner-ben", "COMPLETED", "OUTBOUND")
    its_world = replace(its_world, policy=by("backup"), touches=(call,))
    lead = decided(lead, click("accept", NOW + minutes(1)), its_world, NOW + minutes(1)).lead
    while lead.wake_at is not None and lead.wake_at < NOW + minutes(200):
        at = lead.wake_at
        decision = decided(lead, due(lead), its_world, at)
        assert "pulled_back" not in kinds(decision)
        lead = decision.lead
    assert owned(lead).person == "anna"


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(drafted(), id="nothing is logged"),
        pytest.param(drafted(replace(CALL, owner="owner-ben")), id="only somebody else's"),
        pytest.param(drafted(CALL, policy=GONE), id="the owner has left the roster"),
    ],
)
def test_where_the_owner_has_logged_nothing_there_is_no_touch(made: Draft) -> None:
    assert not look_for_touch(made)
    assert made.lead == made.start


def test_where_nothing_was_read_there_is_no_touch() -> None:
    made = drafted()
    made.world = replace(made.world, touches=None)
    assert not look_for_touch(made)


def test_a_lead_without_an_owner_has_no_first_touch() -> None:
    made = drafted(CALL)
    made.change(assignment=None, clocks=())
    assert not look_for_touch(made)


def test_a_touch_that_was_reported_is_counted_once() -> None:
    made = drafted(CALL)
    report_touch(made, owned(made.lead), NOW + minutes(5))
    look_for_touch(made)
    acts = owned(made.lead)
    assert (acts.touched_at, acts.touched_in) == (NOW + minutes(5), "hubspot")
    assert (first_touch(made).stopped_at, first_touch(made).stopped_by) == (NOW + minutes(5), "")
    assert [(one.kind, one.what) for one in made.outcomes] == [("touched", "slack")]
    assert made.because[-1] == Phrase("touch.confirmed", ("call",))
    before = made.lead
    look_for_touch(made)
    assert made.lead is before, "it is known already"


def test_a_meeting_may_be_booked_after_the_first_touch() -> None:
    made = drafted(CALL, MET, touched_at=CALL.at, touched_in="hubspot")
    assert look_for_touch(made)
    assert owned(made.lead).met_at == MET.at
    assert made.because == [Phrase("meeting.booked")]


def test_a_meeting_is_booked_once() -> None:
    made = drafted(MET, met_at=NOW + minutes(15), touched_at=NOW, touched_in="hubspot")
    assert look_for_touch(made)
    assert (made.lead, made.because) == (made.start, [])


def test_a_reported_touch_may_be_taken_back() -> None:
    made = drafted()
    kept, touch = made.lead.clocks
    kept = kept.stop(NOW + minutes(1))
    made.change(clocks=(kept, touch))
    reported = NOW + minutes(5)
    report_touch(made, owned(made.lead), reported)
    assert (first_touch(made).stopped_at, first_touch(made).stopped_by) == (reported, "touch")
    assert made.card == CardNote(Phrase("touch.reported", ("Anna",)), reported)
    made.tasks = False
    take_back_touch(made, owned(made.lead), LATER)
    acts = owned(made.lead)
    assert (acts.touched_at, acts.touched_in) == (None, "")
    clock = first_touch(made)
    assert (clock.running, clock.due_at) == (True, NOW + minutes(60 + 55))
    assert made.lead.clocks[0] == kept, "what else was kept stays so"
    assert made.card == CardNote(Phrase("touch.undone", ("Anna",)), LATER)
    assert [(one.kind, one.person, one.what) for one in made.outcomes] == [
        ("touched", "anna", "slack"),
        ("taken_back", "anna", "touch"),
    ]
    assert made.because[-1] == Phrase("touch.taken_back")
    assert made.tasks


def test_a_target_started_by_a_touch_waits_again_when_the_touch_is_taken_back() -> None:
    follow_up = replace(POLICY.tiers[0].targets[1], id="more", starts_on="touch", stops_on="")
    tiers = (replace(POLICY.tiers[0], targets=(*POLICY.tiers[0].targets, follow_up)),)
    made = drafted(policy=replace(POLICY, tiers=tiers), to_start=("more",))
    report_touch(made, owned(made.lead), NOW + minutes(5))
    start_clocks(made)
    assert [clock.target for clock in made.lead.clocks] == ["accept", "first_touch", "more"]
    take_back_touch(made, owned(made.lead), LATER)
    assert [clock.target for clock in made.lead.clocks] == ["accept", "first_touch"]
    assert owned(made.lead).to_start == ("more",)
