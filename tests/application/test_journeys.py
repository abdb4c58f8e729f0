"""Whole journeys in memory: repeated, reordered, raced, and killed at every step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from itertools import permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.domain.decide import decide
from baton.domain.draft.decision import Decision
from baton.domain.lead import Lead
from baton.domain.world.effects import CardState, NoticeState
from baton.domain.world.events import AnyEvent, StageChanged
from baton.domain.world.world import Needs, SeenStage, World
from baton.wire.details import PersonHint
from tests.builders import (
    NOW,
    POLICY,
    became,
    click,
    contact,
    decided,
    due,
    hint,
    minutes,
    owned,
    world,
)
from tests.fakes.system import System
from tests.worded import title

pytestmark = pytest.mark.slow

CONTACT = {
    "firstname": "Ada",
    "lastname": "Example",
    "company": "Acme",
    "country": "Germany",
    "numemployees": "5000",
    "recent_conversion_event_name": "Demo request",
    "lifecyclestage": "marketingqualifiedlead",
    "createdate": "2026-03-01T10:00:00Z",
}


def new_system() -> System:
    system = System()
    system.crm.now = NOW - minutes(2)
    system.crm.add("101", None, **CONTACT)
    return system


def accepted_and_touched(system: System) -> None:
    system.put(became())
    system.run()
    system.now = NOW + minutes(3)
    system.put(click("accept", system.now))
    system.run()
    system.now = NOW + minutes(6)
    system.crm.touch("101", system.now, "call", "owner-anna")
    system.put(hint("activity", system.now))
    system.run()


def pulled_back(system: System) -> None:
    system.put(became())
    system.run()
    for _ in range(5):
        wake = due(system.store.lead["101"])
        system.now = wake.at
        system.put(wake)
        system.run()


def rejected(system: System) -> None:
    system.put(became())
    system.run()
    system.now = NOW + minutes(3)
    system.put(click("reject", system.now, reason="timing"))
    system.run()


def owner_gone(system: System) -> None:
    """HubSpot does not accept Anna: the lead goes to the next rep, and Anna gets no more leads."""
    system.crm.gone_owners = {"owner-anna"}
    system.put(became())
    system.run()


def away(system: System) -> None:
    said = PersonHint(event_id="w1", person="slack:UANNA", occurred_at=NOW, away=True)
    system.put(said)
    system.run()
    system.put(became())
    system.run()


def not_in_slack(system: System) -> None:
    """Slack knows neither Anna nor her manager; the lead is accepted and touched anyway."""
    system.messenger.nobody = frozenset({"UANNA", "UMONA"})
    accepted_and_touched(system)


def nobody_in_slack(system: System) -> None:
    notifications = POLICY.notifications
    system.messenger.nobody = frozenset(
        {"UANNA", "UMONA", notifications.channel, notifications.ops_channel}
    )
    system.put(became())
    system.run()


Journey = Callable[[System], None]
JOURNEYS: list[Journey] = [
    accepted_and_touched,
    pulled_back,
    rejected,
    owner_gone,
    away,
    not_in_slack,
    nobody_in_slack,
]


def test_a_lead_whose_owner_hubspot_does_not_take_ends_with_the_next() -> None:
    system = new_system()
    owner_gone(system)
    assert owned(system.store.lead["101"]).person == "ben"
    assert system.crm.properties["101"]["hubspot_owner_id"] == "owner-ben"
    anna = system.store.loads["anna"]
    assert anna.refused is not None
    assert (anna.refused.holds(NOW), anna.open) == (True, 0)
    told = [title(state) for state in system.messenger.states() if isinstance(state, NoticeState)]
    name = POLICY.person["anna"].name
    assert f"HubSpot does not accept {name} as owner" in told
    assert [entry.change.source for entry in system.people.trail("anna")] == ["hubspot"]


def test_what_slack_refuses_comes_to_the_next_who_is_there_and_is_parked() -> None:
    system = new_system()
    not_in_slack(system)
    told = [state for state in system.messenger.states() if isinstance(state, NoticeState)]
    assert {(state.to, title(state)) for state in told} == {
        (POLICY.notifications.channel, "Mona could not be told about Ada Example (Acme) in Slack")
    }
    # The card that cannot be delivered, one of its two edits, and the notice to the manager about
    # each.
    assert (
        undelivered_of(system)
        == [
            ("anna", "card:1", "mona"),
            ("mona", "notice:undelivered:1:UANNA", POLICY.notifications.channel),
        ]
        * 2
    )
    assert [what[0] for what in parked(system)].count("card:1") == 3


def test_undelivered_messages_end_parked_when_slack_knows_nobody() -> None:
    system = new_system()
    nobody_in_slack(system)
    assert system.messenger.messages == {}
    assert undelivered_of(system)[-1][2] == ""
    assert len(undelivered_of(system)) == len(parked(system)) == 4


def undelivered_of(system: System) -> list[tuple[str, str, str]]:
    """Each undelivered message: its recipient, its slot, and who was told instead."""
    return [
        (one.person, one.message, one.instead)
        for record in system.store.history("101")
        for one in record.outcomes
        if one.kind == "undelivered"
    ]


def parked(system: System) -> set[tuple[str, int, str]]:
    """Each parked message once: when it is sent again, the slot recognises the repeat."""
    return {(body.slot, body.version, why) for body, why in system.parked}


def test_who_is_away_gets_no_lead() -> None:
    system = new_system()
    away(system)
    assert owned(system.store.lead["101"]).person == "ben"


def test_a_journey_ends_as_a_person_would_expect() -> None:
    system = new_system()
    accepted_and_touched(system)
    shown = system.crm.properties["101"]
    assert shown["hubspot_owner_id"] == "owner-anna"
    assert shown["lifecyclestage"] == "salesacceptedlead"
    assert shown["hs_lead_status"] == "IN_PROGRESS"
    assert [task.done for task in system.crm.tasks.values()] == [True, True]
    (card,) = system.messenger.messages.values()
    assert isinstance(card, CardState)
    assert card.state == "touched"


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.__name__)
def test_a_death_at_any_moment_loses_nothing_and_shows_nothing_twice(journey: Journey) -> None:
    """The worker dies before and after each of its calls, in turn.

    The only call that cannot be made exactly once is creating a task or message when the worker
    dies before it stores the id. The repeat looks first, by the task's marker or the message's
    metadata, and finds it.
    """
    calm = new_system()
    journey(calm)
    moments = calm.moments
    assert moments > 40
    for n in range(1, moments + 1):
        system = new_system()
        system.die_at = n
        journey(system)
        assert system.outside() == calm.outside(), f"died at moment {n}"
        assert system.store.lead == calm.store.lead, f"died at moment {n}"
        assert system.store.loads == calm.store.loads
        assert parked(system) == parked(calm)


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.__name__)
def test_repeating_every_event_changes_nothing(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    calm, system = new_system(), new_system()
    journey(calm)
    put = system.put
    monkeypatch.setattr(system, "put", lambda *events: put(*events, *events))
    journey(system)
    assert system.outside() == calm.outside()
    assert system.store.lead == calm.store.lead


def test_an_outage_of_both_systems_delays_and_loses_nothing() -> None:
    calm, system = new_system(), new_system()
    accepted_and_touched(calm)

    from baton.failures import Retryable

    down = {"n": 40}

    def refuse(name: str) -> None:
        if down["n"] > 0:
            down["n"] -= 1
            raise Retryable("down")

    system.crm.before = system.messenger.before = refuse
    accepted_and_touched(system)
    assert down["n"] == 0
    assert system.outside() == calm.outside()


def test_an_event_that_cannot_be_worked_is_parked_or_explained_with_its_reason() -> None:
    system = new_system()
    system.put(became(lead_id="404"))
    system.run()
    assert not system.parked
    assert [reason for _, reason in system.explained] == ["HubSpot has no such contact"]


# Orders. Clicks name the assignment they answer, so they follow it; everything else may come in
# any order, any number of times.

SEEN: list[AnyEvent] = [
    became("lead", NOW - minutes(50), source="FORM"),
    became("marketingqualifiedlead", NOW - minutes(30)),
    became("marketingqualifiedlead", NOW - minutes(10), source="INTEGRATION"),
    became("lead", NOW - minutes(5), source="CRM_UI"),
    hint("created", NOW - minutes(51)),
    hint("activity", NOW - minutes(4)),
]


def play(events: Iterable[AnyEvent], start: World) -> tuple[Lead, list[tuple[str, Decision]]]:
    """Decide *events* in this order at one fixed time; an unchanged lead is not replaced."""
    lead: Lead | None = None
    decisions: list[tuple[str, Decision]] = []
    for event in events:
        answer = decide(lead, event, start, NOW)
        assert isinstance(answer, Decision)
        if answer.changed and not any(event.id == d for d, _ in decisions):
            decisions.append((event.id, answer))
            lead = answer.lead
    assert lead is not None, "nothing came of any event"
    return lead, decisions


@pytest.mark.parametrize("stages", ["hubspot knows them", "only the events know"])
def test_stage_and_timestamps_are_the_same_in_every_order(stages: str) -> None:
    seen = (
        tuple(
            SeenStage(e.stage, e.at, e.source)
            for e in SEEN
            if isinstance(e, StageChanged) and e.source != "INTEGRATION"
        )
        if stages == "hubspot knows them"
        else ()
    )
    blank = {} if seen else {"lifecyclestage": "", "createdate": "2026-03-03T07:09:00Z"}
    start = world(contact=contact(stages=seen, **blank))
    expected, _ = play(SEEN, start)
    for order in permutations(SEEN):
        lead, _ = play(order, start)
        assert lead.state.stage == expected.state.stage == "mql"
        assert lead.state.times == expected.state.times
        assert owned(lead).person == owned(expected).person


moves = st.lists(
    st.builds(
        lambda stage, minute, source: became(stage, NOW - minutes(minute), source=source),
        st.sampled_from(["lead", "marketingqualifiedlead", "salesqualifiedlead", "customer"]),
        st.integers(0, 30),
        st.sampled_from(["IMPORT", "CRM_UI", "AUTOMATION_PLATFORM"]),
    ),
    min_size=1,
    max_size=7,
    unique_by=lambda event: event.id,
)


@given(moves, st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_any_set_of_stage_changes_in_any_order_and_repetition(
    events: list[StageChanged], random: Random
) -> None:
    start = world(contact=contact(stages=(), lifecyclestage="", createdate=""))
    expected, _ = play(events, start)
    shuffled = [*events, *random.choices(events, k=3)]
    random.shuffle(shuffled)
    lead, _ = play(shuffled, start)
    assert lead.state.stage == expected.state.stage
    assert lead.state.times == expected.state.times


@given(moves, st.data())
@settings(max_examples=100)
def test_a_repetition_changes_neither_owner_nor_clocks_nor_effects(
    events: list[StageChanged], data: st.DataObject
) -> None:
    """The history recognises a repeated event. Even one under another id, in the same world, would
    change nothing."""
    start = world(contact=contact(stages=(), lifecyclestage="", createdate=""))
    lead, _ = play(events, start)
    again = replace(data.draw(st.sampled_from(events)), id="slipped-through")
    answer = decide(lead, again, start, NOW)
    assert isinstance(answer, Decision)
    assert answer.lead.assignment == lead.assignment
    assert answer.lead.clocks == lead.clocks
    assert answer.loads == ()
    assert [e for e in answer.effects if e.slot != "contact"] == []


# Races: 64 leads at the same moment, every interleaving of read and commit that chance offers.


@given(st.randoms(use_true_random=False))
@settings(max_examples=15)
def test_leads_routed_at_the_same_moment_never_exceed_a_capacity(random: Random) -> None:
    """Workers read, decide and commit interleaved at random; room for 40, the rest to a manager."""
    from baton.failures import Moved
    from tests.fakes.store import FakeStore

    store = FakeStore()
    waiting: list[tuple[str, Decision | None]] = [(str(n), None) for n in range(64)]
    attempts = 0
    while waiting:
        index = random.randrange(min(len(waiting), 8))  # eight workers at once
        lead_id, decision = waiting.pop(index)
        event = became(id=f"e-{lead_id}", lead_id=lead_id)
        if decision is None:  # this worker reads and decides; another may commit before it
            turns, loads = store.world([p.id for p in POLICY.pools], [p.id for p in POLICY.people])
            state = world(contact=contact(lead_id), loads=loads, turns=turns)
            decision = decided(None, event, state, NOW)
            waiting.insert(index, (lead_id, decision))
            continue
        attempts += 1
        try:
            store.commit(decision, event, "v1", NOW)
        except Moved:
            waiting.append((lead_id, None))
    owners = [owned(lead).person for lead in store.lead.values()]
    assert len(owners) == 64, "nobody is nowhere"
    held = {person: owners.count(person) for person in set(owners)}
    assert held == {"anna": 10, "ben": 10, "cleo": 10, "dan": 10, "mona": 24}
    assert {p: load.open for p, load in store.loads.items() if load.open} == held


def test_missing_data_is_read_and_never_guessed() -> None:
    bare = replace(world(contact=contact()), loads={}, turns={})
    assert isinstance(decide(None, became(), bare, NOW), Needs)


def test_a_wake_that_came_early_is_sent_again_with_the_rest() -> None:
    from baton.application.work_event import Contacts, EventWorker
    from tests.fakes.store import FakeOutbox, FakeWakes

    system = new_system()
    system.put(became())
    system.run()
    lead, wakes = system.store.lead["101"], FakeWakes()
    work_event = EventWorker(system.store, FakeOutbox(), wakes, lambda attempt: None)
    result = work_event(due(lead), POLICY, Contacts(system.crm, []), NOW + timedelta(seconds=5))
    assert result.name == "nothing_to_do"
    assert wakes.sent == [due(lead)]
