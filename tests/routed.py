"""A policy whose pools have limits and queues and which has later handoffs, and a small world for
many leads."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from baton.adapters.dynamodb.leads import place_key
from baton.application.ports.leads import Place
from baton.domain.decide import decide
from baton.domain.draft.decision import Decision
from baton.domain.lead import Lead
from baton.domain.policy import Fallback, Handoff, Member, Policy, Pool, Reason, Rule, Wait
from baton.domain.world.events import AnyEvent, ClockDue, RoomMade, WentStale
from baton.domain.world.world import Account, Away, Contact, Load, Needs, Touch, Turns, World
from tests.builders import NOW, POLICY, became, contact, manager, minutes, rep


def waiting_pool(**changes: Any) -> Pool:
    """A pool of Anna and Ben with two open leads each; a lead that finds nobody waits four hours,
    then Mona gets it."""
    given: dict[str, Any] = {
        "id": "desk",
        "label": "Desk",
        "members": (Member("anna"), Member("ben")),
        "fallback": (Fallback(wait=Wait(minutes(240), minutes(60))), Fallback(person="mona")),
    }
    return Pool(**(given | changes))


def routed(*pools: Pool, people: tuple[Any, ...] = (), **changes: Any) -> Policy:
    """POLICY with these pools (every lead goes to the first), and with closers who take over at
    SQL."""
    pools = pools or (waiting_pool(),)
    closers = Pool(
        "closers", "Closers", (Member("carl"), Member("cora")), (Fallback(person="mona"),)
    )
    given: dict[str, Any] = {
        "pools": (*pools, closers),
        # No targets, so that nothing is pulled back while a test waits.
        "tiers": tuple(replace(tier, targets=()) for tier in POLICY.tiers),
        "rules": (Rule("all", {}, pools[0].id, "All"),),
        "people": people
        or (
            rep("anna", max_open=2),
            rep("ben", max_open=2),
            rep("carl"),
            rep("cora"),
            manager("mona"),
            manager("dora", manager=""),
        ),
        "handoffs": (Handoff("sql", "To a closer", (Rule("close", {}, "closers", "Closing"),)),),
        "lifecycle": replace(
            POLICY.lifecycle,
            reasons=(
                *POLICY.lifecycle.reasons,
                Reason("language", "Not my language", "LANGUAGE", pass_on=True),
            ),
        ),
    }
    return replace(POLICY, **(given | changes))


class Desk:
    """A world in memory that applies every decision at once, and drains queues as the flows do."""

    def __init__(self, policy: Policy | None = None) -> None:
        self.policy = policy or routed()
        self.now = NOW
        self.leads: dict[str, Lead] = {}
        self.loads: dict[str, Load] = {}
        self.turns: dict[str, Turns] = {}
        self.contacts: dict[str, Contact] = {}
        self.account: Account | None = None
        self.touches: tuple[Touch, ...] = ()
        self.decisions: list[Decision] = []
        self.events = 0

    def send(self, event: AnyEvent) -> Decision:
        """Work *event*, and then the queues that may have room now."""
        decision = self._decide(event)
        self.decisions.append(decision)
        if not decision.changed:
            return decision
        self.leads[event.lead_id] = decision.lead
        self.leads |= {one.id: one for one in decision.ended}
        for load in decision.loads:
            self.loads[load.person] = replace(load, version=load.version + 1)
        for turns in decision.turns:
            self.turns[turns.pool] = replace(turns, version=turns.version + 1)
        for pool in decision.offers:
            self.drain(pool)
        return decision

    def drain(self, pool: str) -> None:
        before = ""
        while (places := self.queue(pool)) and places[0].lead != before:
            before = places[0].lead
            self.send(RoomMade(id=self.name(), lead_id=before, at=self.now, pool=pool))

    def arrive(self, lead_id: str, **fields: str) -> Decision:
        """A lead becomes an MQL now."""
        known = contact(lead_id, (), **fields)
        self.contacts[lead_id] = known
        return self.send(became(at=self.now, id=self.name(), lead_id=lead_id))

    def moved(self, lead_id: str, stage: str) -> Decision:
        """HubSpot says that the lead reached *stage* now."""
        return self.send(became(stage, at=self.now, id=self.name(), lead_id=lead_id))

    def tick(self, to: datetime) -> None:
        """Let time pass; every clock is worked at its instant."""
        worked: Counter[tuple[datetime, str]] = Counter()
        while True:
            due = [
                (at, lead.id, kind)
                for lead in self.leads.values()
                for at, kind in ((lead.wake_at, ClockDue), (lead.stale_at, WentStale))
                if at is not None and at <= to
            ]
            if not due:
                break
            at, lead_id, kind = min(due, key=lambda one: one[:2])
            worked[at, lead_id] += 1
            assert worked[at, lead_id] < 20, f"what lead {lead_id} wants at {at} is never done"
            self.now = max(self.now, at)
            self.send(kind(id=self.name(), lead_id=lead_id, at=at))
        self.now = to

    def away(self, person: str, until: datetime | None = None, *, back: bool = False) -> None:
        load = self.loads.get(person, Load(person))
        away = None if back else Away(self.now, until, "slack")
        self.loads[person] = replace(load, away=away, version=load.version + 1)
        for pool in self.policy.waited_for.get(person, ()):
            self.drain(pool)

    # What is there.

    def owner(self, lead_id: str) -> str:
        assignment = self.leads[lead_id].assignment
        return assignment.person if assignment else ""

    def queue(self, pool: str) -> list[Place]:
        waiting = [(lead, lead.waiting) for lead in self.leads.values() if lead.waiting]
        found = sorted(
            (place_key(lead.id, place)["sk"]["S"], lead.id, place)
            for lead, place in waiting
            if place.pool == pool
        )
        return [Place(i, p.pool, p.since, p.heat, p.clock.due_at) for _, i, p in found]

    def waits(self, pool: str = "desk") -> list[str]:
        return [place.lead for place in self.queue(pool)]

    def open(self, person: str) -> int:
        return self.loads[person].open if person in self.loads else 0

    def name(self) -> str:
        self.events += 1
        return f"e{self.events}"

    def _decide(self, event: AnyEvent) -> Decision:
        known = self.contacts.get(event.lead_id)
        reads = not isinstance(event, ClockDue | RoomMade)
        world = World(policy=self.policy, contact=known if reads else None)
        for _ in range(10):
            answer = decide(self.leads.get(event.lead_id), event, world, self.now)
            if isinstance(answer, Decision):
                return answer
            world = self._learn(world, answer, known)
        raise AssertionError("it never knows enough")

    def _learn(self, world: World, lacks: Needs, known: Contact | None) -> World:
        turns = {pool: self.turns.get(pool, Turns(pool)) for pool in lacks.pools}
        loads = {person: self.loads.get(person, Load(person)) for person in lacks.people}
        first = {p: next(iter(self.waits(p)), "") for p in lacks.queues}
        world = replace(
            world,
            turns=world.turns | turns,
            loads=world.loads | loads,
            first=world.first | first,
        )
        if lacks.merged:
            world = replace(world, merged={one: self.leads.get(one) for one in lacks.merged})
        if lacks.touches:
            world = replace(world, touches=self.touches)
        if lacks.account:
            world = replace(world, account=self.account or Account())
        if lacks.contact:
            world = replace(world, contact=known, contact_gone=known is None)
        return world
