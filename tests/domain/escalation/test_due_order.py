"""The nearest deadline comes first, and ready work never waits for a clock."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from baton.domain.escalation.due_order import due_at
from baton.domain.world.events import AnyEvent, ClockDue, Hinted, WentStale
from tests.builders import NOW

_SECONDS = st.integers(-3600, 3600).map(lambda n: NOW + timedelta(seconds=n))
_CLOCKS = st.builds(
    lambda kind, at: kind(id="e", lead_id="1", at=at),
    st.sampled_from([ClockDue, WentStale]),
    _SECONDS,
)
_HINTS = st.builds(lambda at: Hinted(id="e", lead_id="1", at=at, about="stage"), _SECONDS)


@given(st.lists(_CLOCKS | _HINTS, max_size=12))
def test_the_nearest_deadline_comes_first(events: list[AnyEvent]) -> None:
    order = sorted(events, key=due_at)
    clocks = [event.at for event in order if isinstance(event, ClockDue | WentStale)]
    assert clocks == sorted(clocks)
    hints = [event for event in events if isinstance(event, Hinted)]
    assert order[: len(hints)] == hints, "before every clock, in the order of receipt"


def test_notices_are_due_whether_their_instant_is_past_or_future() -> None:
    old, new = (
        Hinted(id="e", lead_id="1", at=at, about="owner")
        for at in (NOW, NOW.max.replace(tzinfo=NOW.tzinfo))
    )
    assert due_at(old) == due_at(new)
