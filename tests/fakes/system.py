"""All of Baton in memory: entry points, queues, one writer, two deliverers, and fake outside
systems.

A worker can die at any call; its message then comes back. The tests that use this assert what must
hold.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from baton.application.deliver import deliver, in_hubspot, in_slack, owner_news, undelivered
from baton.application.drain_queue import drain
from baton.application.follow_deal import follow_deal
from baton.application.follow_person import follow_person
from baton.application.work_event import Contacts, EventWorker
from baton.domain.policy import Policy
from baton.domain.world.effects import AnyEffect, ContactState, system_of
from baton.domain.world.events import AnyEvent
from baton.failures import Explained, Rejected, Retryable
from baton.wire.details import DealHint, PersonHint, PoolHint
from baton.wire.vocabulary import News
from tests.builders import NOW, POLICY
from tests.fakes.boards import FakeBoards
from tests.fakes.crm import FakeCrm
from tests.fakes.messenger import FakeMessenger
from tests.fakes.roster import FakeRoster
from tests.fakes.slots import FakeSlots
from tests.fakes.store import FakeStore


class Death(BaseException):
    """The worker died, and lost what it had not stored."""


class Mortal:
    """Passes calls on, and counts the moments just before and just after each; dies at a given
    moment."""

    def __init__(self, inner: Any, tick: Callable[[str], None]) -> None:
        self._inner, self._tick = inner, tick

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found):
            return found

        def call(*args: Any, **kwargs: Any) -> Any:
            self._tick(f"before {name}")
            answer = found(*args, **kwargs)
            self._tick(f"after {name}")
            return answer

        return call


@dataclass
class Message:
    body: Any
    receives: int = 0


class System:
    def __init__(self, policy: Policy = POLICY) -> None:
        self.policy = policy
        self.now = NOW
        self.store, self.crm = FakeStore(), FakeCrm()
        self.people = FakeRoster(self.store)
        self.messenger, self.slots, self.boards = FakeMessenger(), FakeSlots(), FakeBoards()
        self.events: deque[Message] = deque()
        self.effects: deque[Message] = deque()
        self.parked: list[tuple[Any, str]] = []
        self.explained: list[tuple[Any, str]] = []
        self.moments = 0
        self.die_at: int | None = None
        #: Time for leases passes for deliverers only; decisions keep the time of the story.
        self.waited = timedelta()
        self._tokens = count()

    # The outside world acts.

    def put(self, *events: News) -> None:
        self.events.extend(Message(event) for event in events)

    # Baton works.

    def run(self) -> None:
        """Work until every queue is empty."""
        for _ in range(1_000):
            if not (self.events or self.effects):
                return
            for queue, work in ((self.events, self._work_event), (self.effects, self._deliver)):
                if queue:
                    self._receive(queue, work)
        raise AssertionError("the queues never empty")

    def _receive(self, queue: deque[Message], work: Callable[[Message], None]) -> None:
        message = queue.popleft()
        message.receives += 1
        try:
            work(message)
        except Death:
            queue.append(message)  # nobody acknowledged it
            self.waited += timedelta(minutes=2)  # it stays hidden longer than a lease
        except Retryable:
            queue.append(message)
            self.waited += timedelta(minutes=2)
        except Rejected as error:
            self.parked.append((message.body, str(error)))
        except Explained as error:
            self.explained.append((message.body, str(error)))

    def _work_event(self, message: Message) -> None:
        event = message.body
        work_event = EventWorker(
            store=self._mortal(self.store),
            outbox=self._mortal(_Queue(self.effects)),
            wakes=self._mortal(_OnlyOffers(self.events)),
            pause=lambda attempt: None,
        )
        crm = self._mortal(self.crm)

        def work(event: AnyEvent, contacts: Contacts) -> None:
            work_event(event, self.policy, contacts, self.now, redelivered=message.receives > 1)

        match event:
            case DealHint():
                follow_deal(event, crm, self.now, work)
            case PersonHint():
                follow_person(
                    event,
                    self.policy,
                    self._mortal(self.people),
                    self._mortal(_Queue(self.effects)),
                    self._mortal(_OnlyOffers(self.events)),
                    self.now,
                    message.receives > 1,
                )
            case PoolHint():
                store = self._mortal(self.store)
                drain(event, store, self.now, lambda room: work(room, Contacts(crm, [])))
            case _:
                work(event, Contacts(crm, [event.lead_id]))

    def _deliver(self, message: Message) -> None:
        effect: AnyEffect = message.body
        now, slots = self.now + self.waited, self._mortal(self.slots)
        if system_of(effect) == "hubspot":
            show = in_hubspot(self._mortal(self.crm), self._refused)
        else:
            show = in_slack(self._mortal(self.messenger), self._mortal(self.boards), slots, now)
        try:
            deliver(effect, now, f"attempt-{next(self._tokens)}", slots, show)
        except Rejected as error:
            if (news := undelivered(effect, error, self.now)) is not None:
                self._tick("before put")
                self.put(news)
                self._tick("after put")
            raise

    def _refused(self, effect: ContactState, owner: str) -> None:
        self._tick("before put")
        self.put(*owner_news(effect, owner, self.now))
        self._tick("after put")

    def _mortal(self, inner: Any) -> Any:
        return Mortal(inner, self._tick)

    def _tick(self, moment: str) -> None:
        self.moments += 1
        if self.moments == self.die_at:
            raise Death(moment)

    # What a person sees.

    def outside(self) -> dict[str, Any]:
        """HubSpot's properties and tasks, and Slack's messages: everything that must be equal."""
        return {
            "properties": self.crm.properties,
            "tasks": sorted(
                (task.marker, task.owner, task.due_at, task.done)
                for task in self.crm.tasks.values()
            ),
            "messages": sorted(
                (m.slot, m.version, m.to, getattr(m, "state", ""), getattr(m, "title", ""))
                for m in self.messenger.states()
            ),
        }


class _Queue:
    def __init__(self, queue: deque[Message]) -> None:
        self._queue = queue

    def send(self, effects: Any) -> None:
        self._queue.extend(Message(effect) for effect in effects)


class _OnlyOffers:
    """Sends offers but no wakes, because tests say when a clock is due; the same for offers to be
    made later."""

    def __init__(self, queue: deque[Message]) -> None:
        self._queue = queue

    def send(self, events: Any, within: timedelta | None = None) -> None:
        return None

    def offer(self, hints: Any, after: timedelta = timedelta(0)) -> None:
        if not after:
            self._queue.extend(Message(hint) for hint in hints)
