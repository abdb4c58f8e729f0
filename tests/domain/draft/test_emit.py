"""Texts about a lead are shown in the time zone of their reader, the owner."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from baton.domain.policy import Field, Policy
from baton.domain.world.effects import CardState, TaskState
from baton.presentation.slack import render
from tests.builders import NOW, POLICY, became, contact, decided, office, owned, rep, world
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
