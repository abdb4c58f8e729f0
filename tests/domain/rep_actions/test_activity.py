"""Activity: what HubSpot has logged, and the clock of inactivity that begins again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from baton.domain.draft.draft import Draft
from baton.domain.rep_actions.activity import look_for_activity, record_activity
from baton.domain.world.world import Touch
from tests.builders import NOW, handed_off, hint, minutes

LEAD, WORLD = handed_off()
LATER = NOW + timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)
NOBODYS: dict[str, Any] = {"assignment": None, "clocks": ()}


def drafted(*touches: datetime, **lead: Any) -> Draft:
    logged = tuple(Touch(at, "call", "owner-ben") for at in touches)
    event = hint("activity", LATER)
    known = replace(LEAD, **({"last_activity": None} | lead))
    return Draft(known, event, replace(WORLD, touches=logged), LATER)


def idle_since(draft: Draft) -> datetime | None:
    return draft.lead.idle.started_at if draft.lead.idle else None


@pytest.mark.parametrize(
    ("touches", "lead", "seen"),
    [
        pytest.param([NOW + MICROSECOND], {}, True, id="since the clock began"),
        pytest.param([NOW], {}, False, id="as it began"),
        pytest.param([NOW - minutes(9), NOW + minutes(9)], {}, True, id="the latest counts"),
        pytest.param([], {}, False, id="nothing is logged"),
        pytest.param([NOW + minutes(9)], {"idle": None}, False, id="no clock is running"),
    ],
)
def test_what_hubspot_has_logged_since_the_clock_began_is_activity(
    touches: list[datetime], lead: dict[str, Any], seen: bool
) -> None:
    made = drafted(*touches, **lead)
    assert look_for_activity(made) is seen
    assert made.lead.last_activity == (touches[-1] if seen else None)


@pytest.mark.parametrize(
    ("at", "lead", "last", "since"),
    [
        pytest.param(LATER, {}, LATER, LATER, id="now"),
        pytest.param(LATER + minutes(1), {}, LATER, LATER, id="not later than now"),
        pytest.param(NOW - minutes(9), {}, NOW - minutes(9), NOW,
                     id="before the owner got it: the clock began then"),
        pytest.param(NOW + minutes(5), {"last_activity": NOW + minutes(9)}, NOW + minutes(9),
                     NOW + minutes(9), id="before the last one"),
        pytest.param(LATER, {"idle": None}, LATER, LATER, id="no clock was running"),
        pytest.param(LATER, NOBODYS, LATER, LATER, id="nobody's, with a clock"),
        pytest.param(LATER, {"idle": None, **NOBODYS}, LATER, None, id="nobody's, without one"),
    ],
)  # fmt: skip
def test_the_clock_of_inactivity_begins_again_with_the_last_activity(
    at: datetime, lead: dict[str, Any], last: datetime, since: datetime | None
) -> None:
    made = drafted(**lead)
    record_activity(made, at)
    assert (made.lead.last_activity, idle_since(made)) == (last, since)


def test_a_clock_that_begins_at_the_same_instant_keeps_what_it_has_climbed() -> None:
    assert LEAD.idle is not None
    warned = replace(LEAD.idle, climbed=1)
    made = drafted(idle=warned)
    record_activity(made, NOW)
    assert made.lead.idle == warned
