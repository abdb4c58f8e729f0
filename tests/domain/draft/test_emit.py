"""Texts about a lead are shown in the time zone of their reader, the owner."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from baton.domain.draft.draft import Draft
from baton.domain.draft.emit import (
    request_card,
    request_tasks,
    show_ended,
    show_requested,
    show_task_done,
)
from baton.domain.phrase import Phrase, phrase
from baton.domain.policy import Field, Policy
from baton.domain.world.effects import CardState, Deadline, TaskState
from baton.presentation.slack import render
from tests.builders import (
    NOW,
    POLICY,
    became,
    contact,
    decided,
    handed_off,
    hint,
    minutes,
    office,
    owned,
    rep,
    world,
)
from tests.worded import all_words, body

ZONES = {"berlin": "Europe/Berlin", "york": "America/New_York", "kathmandu": "Asia/Kathmandu"}


def where_anna_is(calendar: str) -> Policy:
    """Anna is elsewhere; her manager and everybody else are in Berlin."""
    people = (rep("anna", calendar=calendar), *(p for p in POLICY.people if p.id != "anna"))
    asked_on = Field("asked_on", "Asked on", "recent_conversion_date")
    return replace(
        POLICY,
        calendars={name: office(zone) for name, zone in ZONES.items()},
        people=people,
        lifecycle=replace(POLICY.lifecycle, fields=(*POLICY.lifecycle.fields, asked_on)),
    )


@pytest.mark.parametrize(
    ("calendar", "seen_at", "since", "due"),
    [
        ("berlin", "Tue 3 Mar, 09:00 CET", "Tue 3 Mar, 08:58 CET", "Tue 3 Mar, 09:15 CET"),
        ("york", "Tue 3 Mar, 03:00 EST", "Tue 3 Mar, 02:58 EST", "Tue 3 Mar, 09:15 EST"),
        (
            "kathmandu",
            "Tue 3 Mar, 13:45 +0545",
            "Tue 3 Mar, 13:43 +0545",
            "Tue 3 Mar, 14:00 +0545",
        ),
    ],
)
def test_card_and_task_are_in_the_owners_zone(
    calendar: str, seen_at: str, since: str, due: str
) -> None:
    found = contact(recent_conversion_date=NOW.isoformat())
    decision = decided(None, became(), world(where_anna_is(calendar), found))
    assert owned(decision.lead).person == "anna"
    (card,) = (e for e in decision.effects if isinstance(e, CardState))
    assert card.zone == ZONES[calendar]
    assert dict(card.packet)["Asked on"] == NOW.isoformat()
    assert f"Asked on: {seen_at}" in render(card).text
    assert f"MQL since {since}" in all_words(card.why_now, card.zone)
    task = next(e for e in decision.effects if isinstance(e, TaskState))
    assert task.zone == ZONES[calendar]
    assert body(task).startswith(f"Due {due}. ")
    assert f"MQL since {since}" in body(task)


# --- what is noted, and what is shown of it

ANNA, WORLD = handed_off()
NOTE, LATER = Phrase("accepted", ("Anna",)), NOW + minutes(1)
GONE = replace(POLICY, people=tuple(one for one in POLICY.people if one.id != "anna"))


def drafted(policy: Policy = POLICY, **lead: Any) -> Draft:
    """Anna has the lead."""
    return Draft(replace(ANNA, **lead), hint("fields"), replace(WORLD, policy=policy), NOW)


def shown(draft: Draft) -> list[str]:
    draft.effects.clear()
    show_requested(draft)
    return sorted(draft.effects)


TASKS = ["task:1:accept", "task:1:first_touch"]


def test_what_is_noted_is_shown_once() -> None:
    made = drafted()
    assert shown(made) == []
    request_card(made)
    assert (shown(made), shown(made)) == (["card:1"], [])
    request_tasks(made)
    assert (shown(made), shown(made)) == (TASKS, [])


@pytest.mark.parametrize("notes", [(None, NOTE), (NOTE, None), (Phrase("x"), NOTE)])
def test_a_card_has_the_latest_note(notes: tuple[Phrase | None, ...]) -> None:
    made = drafted()
    for note in notes:
        request_card(made, note, LATER if note else None)
    show_requested(made)
    (card,) = made.effects.values()
    assert isinstance(card, CardState)
    assert (card.note, card.note_at) == (NOTE, LATER)


def test_an_owner_who_left_the_roster_gets_no_card_and_no_task() -> None:
    made = drafted(GONE)
    request_card(made)
    request_tasks(made)
    assert shown(made) == []
    show_ended(made, "closed", NOTE, LATER)
    show_task_done(made, ANNA.clocks[0])
    assert made.effects == {}


def test_an_ended_assignment_is_shown_at_once() -> None:
    made = drafted()
    request_card(made)
    request_tasks(made)
    stopped = replace(ANNA.clocks[0], stopped_at=NOW)
    made.change(clocks=(stopped, *ANNA.clocks[1:]))
    show_ended(made, "rejected", NOTE, LATER)
    card, *others = made.effects.values()
    assert isinstance(card, CardState)
    assert (card.state, card.note, card.note_at) == ("rejected", NOTE, LATER)
    assert [(one.slot, one.done) for one in others if isinstance(one, TaskState)] == [
        ("task:1:accept", True),
        ("task:1:first_touch", False),
    ]
    assert shown(made) == []


def test_the_task_of_a_clock_that_is_dropped_is_done() -> None:
    made = drafted()
    show_task_done(made, ANNA.clocks[0])
    (task,) = made.effects.values()
    assert isinstance(task, TaskState)
    assert (task.slot, task.done) == ("task:1:accept", True)


@pytest.mark.parametrize(
    ("acts", "state", "undo"),
    [
        ({}, "open", False),
        ({"accepted_at": NOW}, "accepted", False),
        ({"touched_at": NOW, "touched_in": "slack"}, "open", True),
        ({"accepted_at": NOW, "touched_at": NOW, "touched_in": "hubspot"}, "touched", False),
    ],
    ids=["nothing done", "accepted", "touched before accepting", "both"],
)
def test_a_card_shows_what_the_owner_has_done(acts: Any, state: str, undo: bool) -> None:
    made = drafted(assignment=replace(owned(ANNA), **acts))
    request_card(made)
    show_requested(made)
    (card,) = made.effects.values()
    assert isinstance(card, CardState)
    assert (card.state, card.undo) == (state, undo)
    assert (card.tier, card.note, card.note_at) == ("Hot", "", None)


def test_a_card_and_a_task_say_all_that_there_is() -> None:
    fields = {"company": "Acme", "offer": "Demo request"}
    dropped = replace(owned(ANNA), tier="gone")
    paused = replace(ANNA.clocks[0], paused_at=NOW, paused_for=("gone",))
    stopped = replace(ANNA.clocks[1], stopped_at=LATER)
    given: dict[str, Any] = {"flagged": ("country",), "clocks": (paused, stopped)}
    made = drafted(assignment=dropped, fields=fields, **given)
    request_card(made)
    request_tasks(made)
    show_requested(made)
    card, task, _ = made.effects.values()
    why_now = (
        Phrase("why_now.offer", ("Demo request",)),
        phrase("why_now.stage", "MQL", ANNA.state.since or NOW, 1),
    )
    assert card == CardState(
        subject="LEAD#101",
        slot="card:1",
        version=ANNA.version + 1,
        lead_id="101",
        to="UANNA",
        assignment=1,
        state="open",
        name="Lead 101",
        company="Acme",
        tier="",
        packet=(("Company", "Acme"), ("Asked for", "Demo request")),
        why_now=why_now,
        why_you=owned(ANNA).why,
        play="Demo sequence A",
        deadlines=(
            Deadline("Accept", paused.due_at, None, ("gone",)),
            Deadline("First touch", stopped.due_at, LATER, ()),
        ),
        zone="Europe/Berlin",
        reasons=(("timing", "Not now"), ("competitor", "Competitor")),
        missing=("Country",),
    )
    assert task == TaskState(
        subject="LEAD#101",
        slot="task:1:accept",
        version=ANNA.version + 1,
        contact_id="101",
        owner="owner-anna",
        subject_line=Phrase("task.subject", ("Accept {name}", "Lead 101", "Acme")),
        body=(
            phrase("task.due", paused.due_at, owned(ANNA).why),
            *why_now,
            "Demo sequence A",
        ),
        due_at=paused.due_at,
        zone="Europe/Berlin",
    )


def test_a_clock_without_a_task_shows_none() -> None:
    made = drafted(clocks=(replace(ANNA.clocks[0], task=""),), fields={})
    request_tasks(made)
    assert shown(made) == []


def test_where_no_play_fits_none_is_said() -> None:
    made = drafted(fields={})
    request_card(made)
    request_tasks(made)
    show_requested(made)
    card, task, *_ = made.effects.values()
    assert isinstance(card, CardState)
    assert isinstance(task, TaskState)
    assert (card.play, len(task.body)) == ("", 2)
