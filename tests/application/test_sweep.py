"""The sweep finds each due clock once, whatever the schedule does."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.application.sweep import HORIZON, OVERDUE, sweep_fast, sweep_slow
from baton.application.work_event import OWN_WAKE, Contacts, EventWorker
from baton.domain.world.events import ClockDue, WentStale
from baton.failures import Retryable
from tests.builders import (
    NOW,
    POLICY,
    PROPERTIES,
    became,
    contact,
    decided,
    due,
    minutes,
    world,
)
from tests.fakes.crm import FakeCrm
from tests.fakes.store import FakeOutbox, FakeStore, FakeWakes

MINUTE = timedelta(minutes=1)


def stored(*created: tuple[str, timedelta]) -> FakeStore:
    """A store of open hot leads, each handed off at its own time after NOW."""
    store = FakeStore()
    for lead_id, later in created:
        event = became(lead_id=lead_id)
        decision = decided(None, event, world(contact=contact(lead_id)), NOW + later)
        store.lead[lead_id] = decision.lead
    return store


def test_what_is_due_within_the_horizon_is_woken_at_its_instant() -> None:
    store, wakes = stored(("1", minutes(0)), ("2", minutes(10))), FakeWakes()
    swept = sweep_fast(store, wakes, NOW)
    # Both have a warning at half of 15 minutes; the one 17.5 minutes away is left to a later run.
    assert [(w.lead_id, w.at) for w in wakes.sent] == [("1", NOW + minutes(7.5))]
    assert (swept.sent, swept.overdue, swept.gap) == (1, 0, None)

    swept = sweep_fast(store, wakes, NOW + 5 * MINUTE)
    assert (swept.sent, swept.overdue, swept.gap) == (0, 0, 5 * MINUTE)
    sweep_fast(store, wakes, NOW + 6 * MINUTE)
    assert [(w.lead_id, w.at) for w in wakes.sent[1:]] == [("2", NOW + minutes(17.5))]


def test_the_first_run_ever_finds_what_is_long_overdue() -> None:
    store, wakes = stored(("1", minutes(0))), FakeWakes()
    sweep_fast(store, wakes, NOW + minutes(9))
    assert [type(w) for w in wakes.sent] == [ClockDue]
    assert wakes.sent[0].at == NOW + minutes(7.5)


@given(st.lists(st.integers(0, 240), min_size=1, max_size=20), st.data())
@settings(max_examples=25)
def test_every_clock_is_woken_in_time_whatever_the_schedule_does(
    starts: list[int], data: st.DataObject
) -> None:
    """Leads handed off at any time, runs late, doubled or left out for up to eleven minutes: each
    clock gets a wake before it is due, from its own commit or from a sweep."""
    leads = [(str(n), minutes(start)) for n, start in enumerate(starts)]
    store, wakes = FakeStore(), FakeWakes()
    runs, at = [], 0.0
    while at < 300:
        at += data.draw(st.sampled_from([0.0, 1.0, 1.0, 1.0, 2.5, 11.0]))
        runs.append(at)
        if len(runs) > 400:
            break
    woken: dict[str, float] = {}
    for run in runs:
        now = NOW + minutes(run)
        for lead_id, later in leads:
            if lead_id not in store.lead and later <= minutes(run):
                event = became(lead_id=lead_id)
                decision = decided(None, event, world(contact=contact(lead_id)), NOW + later)
                store.lead[lead_id] = decision.lead
                if due(decision.lead).at <= NOW + later + OWN_WAKE:
                    woken[lead_id] = later / MINUTE
        wakes.sent.clear()
        sweep_fast(store, wakes, now)
        for wake in wakes.sent:
            woken.setdefault(wake.lead_id, run)
    for lead_id, lead in store.lead.items():
        assert NOW + minutes(woken[lead_id]) <= due(lead).at


def test_a_run_repeats_only_what_is_overdue() -> None:
    store, wakes = stored(("1", minutes(10))), FakeWakes()
    for minute in range(12, 17):
        sweep_fast(store, wakes, NOW + minute * MINUTE)
    assert len(wakes.sent) == 1, "the first run armed it, the others had nothing to add"
    sweep_fast(store, wakes, NOW + minutes(17.5) + OVERDUE)
    assert len(wakes.sent) == 2


def test_the_next_run_makes_up_for_one_that_died() -> None:
    store, wakes = stored(("1", minutes(10))), FakeWakes()
    sweep_fast(store, wakes, NOW)
    before = dict(store.checkpoints)
    wakes.down = True
    with pytest.raises(Retryable):
        sweep_fast(store, wakes, NOW + minutes(6))
    assert store.checkpoints == before
    wakes.down = False
    sweep_fast(store, wakes, NOW + minutes(7))
    assert [wake.lead_id for wake in wakes.sent] == ["1"]


def test_the_horizon_leaves_room_for_a_late_run_and_a_lagging_index() -> None:
    assert HORIZON + MINUTE < OWN_WAKE < timedelta(minutes=15)


def test_stale_leads_are_sent_once_their_clock_is_due() -> None:
    store, wakes = stored(("1", minutes(0))), FakeWakes()
    stale_at = store.lead["1"].stale_at
    assert stale_at is not None
    assert sweep_slow(store, wakes, stale_at - MINUTE).sent == 0
    assert sweep_slow(store, wakes, stale_at).sent == 1
    assert wakes.sent == [
        WentStale(id=f"stale:{stale_at.isoformat()[:19]}Z", lead_id="1", at=stale_at)
    ]


def test_an_unworkable_lead_is_not_woken_each_minute_for_ever() -> None:
    """Every run would park a clock that cannot be worked again: 1,440 times a day."""
    store, wakes = stored(("1", minutes(0))), FakeWakes()
    for minute in range(9, 9 + 24 * 60):
        sweep_fast(store, wakes, NOW + minute * MINUTE)
    assert 100 <= len(wakes.sent) <= 110, "ten at once, then every quarter of an hour"


def test_an_instant_armed_twice_is_woken_twice() -> None:
    """After the idle warning a late event arms the very same instant again: the history of the
    first wake must not hide the second."""
    crm = FakeCrm()
    crm.now = NOW - minutes(2)
    crm.add("101", None, **PROPERTIES)
    store, wakes = FakeStore(), FakeWakes()
    work_event = EventWorker(store, FakeOutbox(), wakes, lambda attempt: None)

    def sweep(now: datetime) -> None:
        wakes.sent.clear()
        sweep_slow(store, wakes, now)
        for wake in list(wakes.sent):
            work_event(wake, POLICY, Contacts(crm, ["101"]), now)

    work_event(became(), POLICY, Contacts(crm, ["101"]), NOW)
    warned_at = due_stale(store)
    sweep(warned_at)
    lead = store.lead["101"]
    assert lead.idle is not None
    # As if the clock had been armed again with the same rungs.
    store.lead["101"] = replace(lead, idle=replace(lead.idle, climbed=0))
    sweep(warned_at)
    assert store.lead["101"].idle == lead.idle
    sweep(warned_at + timedelta(days=5))
    assert store.lead["101"].assignment is None


def due_stale(store: FakeStore) -> datetime:
    at = store.lead["101"].stale_at
    assert at is not None
    return at
