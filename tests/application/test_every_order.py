"""Concurrent workers of one pool, with their reads and commits in every possible order.

This is not a sample: each story is played in all interleavings of its workers' steps (reading the
lead, reading what the decision lacks, the commit, trying a queue), including the retries after a
lost race.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from typing import NamedTuple

import msgspec
import pytest
from msgspec.structs import replace

from baton.domain.decide import decide
from baton.domain.draft.decision import Decision
from baton.domain.lead import Lead
from baton.domain.policy import Fallback, Policy, Wait
from baton.domain.world.events import AnyEvent, RoomMade
from baton.domain.world.world import Needs, World
from baton.failures import AlreadyDone, Moved
from tests.builders import NOW, became, click, contact, manager, minutes, rep
from tests.fakes.store import FakeStore
from tests.routed import Desk, routed, waiting_pool

POLICY = routed(
    waiting_pool(fallback=(Fallback(wait=Wait(minutes(240))), Fallback(person="mona"))),
    people=(
        rep("anna", max_open=1),
        rep("ben", max_open=1),
        rep("carl"),
        rep("cora"),
        manager("mona"),
        manager("dora", manager=""),
    ),
)
NEWSLETTER = "Newsletter"


class Worker(NamedTuple):
    """A worker of an event, between two steps."""

    event: AnyEvent
    #: None: the lead must be read, or read again.
    world: World | None = None
    lead: Lead | None = None
    answer: Decision | Needs | None = None


class Looker(NamedTuple):
    """A worker that drains a pool's queue, as application.drain_queue does."""

    hint: str
    pool: str
    before: str = ""
    #: The worker of the first lead; None: the queue must be read.
    worker: Worker | None = None


Someone = Worker | Looker


class Story:
    def __init__(self, policy: Policy, leads: dict[str, str]) -> None:
        """*leads*: id -> the offer it asked for."""
        self.policy = policy
        self.contacts = {
            lead: contact(lead, (), recent_conversion_event_name=offer)
            for lead, offer in leads.items()
        }
        self.moments = 0

    def tell(self, store: FakeStore, events: list[AnyEvent]) -> Iterator[FakeStore]:
        """The final state of each order in which *events* can be worked; equal intermediate states
        are played once."""
        seen: set[bytes] = set()
        stack: list[tuple[FakeStore, tuple[Someone, ...]]] = [
            (store, tuple(Worker(event) for event in events))
        ]
        while stack:
            moment, at_work = stack.pop()
            self.moments += 1
            if not at_work:
                yield moment
                continue
            for index, someone in enumerate(at_work):
                after = _copy(moment)
                left = (*at_work[:index], *self._step(after, someone), *at_work[index + 1 :])
                key = _key(after, left)
                if key not in seen:
                    seen.add(key)
                    stack.append((after, left))

    def _step(self, store: FakeStore, someone: Someone) -> tuple[Someone, ...]:
        if isinstance(someone, Worker):
            return self._work(store, someone)
        if someone.worker is not None:
            rest = self._work(store, someone.worker)
            mine = next((one for one in rest if isinstance(one, Worker)), None)
            others = tuple(one for one in rest if one is not mine)
            return (someone._replace(worker=mine), *others)
        first = store.first_waiting([someone.pool])[someone.pool]
        if not first or first == someone.before:
            return ()
        room = RoomMade(id=f"{someone.hint}:{first}", lead_id=first, at=NOW, pool=someone.pool)
        return (someone._replace(before=first, worker=Worker(room)),)

    def _work(self, store: FakeStore, worker: Worker) -> tuple[Someone, ...]:
        if worker.world is None:
            lead, record = store.load(worker.event.lead_id, worker.event.id)
            known = (
                None if isinstance(worker.event, RoomMade) else self.contacts[worker.event.lead_id]
            )
            if record is not None:
                return ()
            return (self._asked(worker._replace(lead=lead), World(self.policy, contact=known)),)
        if isinstance(worker.answer, Needs):
            lacks = worker.answer
            turns, loads = store.world(lacks.pools, lacks.people)
            first = store.first_waiting(lacks.queues)
            world = worker.world
            return (
                self._asked(
                    worker,
                    replace(
                        world,
                        turns=world.turns | turns,
                        loads=world.loads | loads,
                        first=world.first | first,
                    ),
                ),
            )
        decision = worker.answer
        assert decision is not None
        if not decision.changed:
            return ()
        try:
            stored = store.commit(decision, worker.event, "v1", NOW)
        except Moved:
            return (Worker(worker.event),)
        except AlreadyDone:
            return ()
        name = f"{worker.event.lead_id}.{stored.version}"
        return tuple(Looker(f"room:{name}", pool) for pool in stored.offers)

    def _asked(self, worker: Worker, world: World) -> Worker:
        return worker._replace(world=world, answer=decide(worker.lead, worker.event, world, NOW))


def _copy(store: FakeStore) -> FakeStore:
    twin = copy(store)
    for name in ("lead", "records", "loads", "turns"):
        setattr(twin, name, dict(getattr(store, name)))
    twin.queues = {pool: dict(places) for pool, places in store.queues.items()}
    return twin


def _key(store: FakeStore, at_work: tuple[Someone, ...]) -> bytes:
    """A key of everything that the rest of a story depends on."""
    leads = sorted(store.lead.items())
    held = (leads, sorted(store.loads.items()), sorted(store.turns.items()), sorted(store.records))
    known = [
        (one.event, one.lead, one.world and (one.world.loads, one.world.turns, one.world.first))
        if isinstance(one, Worker)
        else (one.hint, one.before, one.worker and (one.worker.event, one.worker.lead))
        for one in at_work
    ]
    worlds = [
        (w.loads, w.turns, w.first)
        for one in at_work
        if isinstance(one, Looker) and one.worker and (w := one.worker.world)
    ]
    return msgspec.json.encode((held, known, worlds))


def begun(*leads: tuple[str, str]) -> FakeStore:
    """A store in which these leads have arrived, one after the other."""
    desk = Desk(POLICY)
    for lead, offer in leads:
        desk.arrive(lead, recent_conversion_event_name=offer)
    store = FakeStore()
    store.lead, store.loads, store.turns = desk.leads, desk.loads, desk.turns
    for held in desk.leads.values():
        store.set_up(held)
    return store


def arrives(lead: str) -> AnyEvent:
    return became(at=NOW, id=f"in-{lead}", lead_id=lead)


def lets_go(lead: str, user: str) -> AnyEvent:
    event = click("reject", NOW, user, 1, "competitor")
    return replace(event, lead_id=lead, id=f"out-{lead}")


HOT = "Demo request"


def owners(store: FakeStore) -> dict[str, str]:
    return {
        lead.id: lead.assignment.person if lead.assignment else "waits"
        for lead in store.lead.values()
        if lead.assignment or lead.waiting
    }


def exact(store: FakeStore) -> None:
    carried = [lead.assignment.person for lead in store.lead.values() if lead.assignment]
    assert all(carried.count(name) <= 1 for name in ("anna", "ben")), "a capacity was exceeded"
    assert {n: load.open for n, load in store.loads.items() if load.open} == {
        name: carried.count(name) for name in carried
    }
    assert store.turns["desk"].waiting == len(store.queue("desk"))


Ends = Callable[[FakeStore], bool]


@pytest.mark.parametrize(
    ("there", "events", "ends"),
    [
        pytest.param(
            [],
            [arrives("1"), arrives("2"), arrives("3")],
            lambda store: sorted(owners(store).values()) == ["anna", "ben", "waits"],
            id="three leads, two reps with room for one each",
        ),
        pytest.param(
            [("1", HOT), ("2", HOT)],
            [arrives("3"), lets_go("1", "UANNA")],
            lambda store: owners(store) == {"2": "ben", "3": "anna"},
            id="one joins the queue while somebody makes room",
        ),
        pytest.param(
            [("1", HOT), ("2", HOT), ("3", NEWSLETTER)],
            [arrives("4"), lets_go("1", "UANNA")],
            lambda store: sorted(owners(store).values()) == ["anna", "ben", "waits"],
            id="a hot one comes while a cold one is about to leave the queue",
        ),
        pytest.param(
            [("1", HOT), ("2", HOT), ("3", HOT), ("4", NEWSLETTER)],
            [lets_go("1", "UANNA"), lets_go("2", "UBEN")],
            lambda store: (
                sorted(owners(store).items())
                in (
                    [("3", "anna"), ("4", "ben")],
                    [("3", "ben"), ("4", "anna")],
                )
            ),
            id="two make room for two",
        ),
        pytest.param(
            [("1", HOT), ("2", HOT), ("3", NEWSLETTER), ("4", HOT)],
            [lets_go("1", "UANNA"), arrives("5")],
            lambda store: owners(store) == {"2": "ben", "3": "waits", "4": "anna", "5": "waits"},
            id="the hottest gets the room, whoever comes",
        ),
    ],
)
def test_the_result_is_the_same_in_every_order_of_events(
    there: list[tuple[str, str]], events: list[AnyEvent], ends: Ends
) -> None:
    leads = dict.fromkeys("12345", HOT) | dict(there)
    story = Story(POLICY, leads)
    for end in story.tell(begun(*there), events):
        exact(end)
        assert ends(end), owners(end)
    assert story.moments > 100, "hardly any order was told"
