"""The hourly limit on messages to a person: a summary has the remaining notices, and none is
lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baton.adapters.dynamodb.slots import LEASE, SETTLE
from baton.application.deliver import deliver, in_slack
from baton.domain.escalation.batching import HOUR, OPEN_FOR, RANK, Board
from baton.domain.world.effects import NoticeState
from baton.domain.world.events import Level
from baton.failures import Retryable
from tests.fakes.boards import FakeBoards
from tests.fakes.delivery import Died, World
from tests.fakes.effects import NOW, card_state, digest_state, notice_state
from tests.fakes.messenger import FakeMessenger
from tests.fakes.slots import FakeSlots
from tests.fakes.system import Mortal
from tests.fakes.turns import HIDDEN, Turns

SECOND = timedelta(seconds=1)
ANNA = "U0ANNA"
LIMIT = 3


def told(number: int, level: Level = "warning", **changes: Any) -> NoticeState:
    given: dict[str, Any] = {
        "subject": f"LEAD#{number}",
        "to": ANNA,
        "title": f"Lead {number}",
        "level": level,
        "an_hour": LIMIT,
    }
    return notice_state(**given | changes)


def told_often(world: World, count: int) -> None:
    """Deliver *count* notices, more than a minute apart, so that they do not share a message by
    that rule."""
    for number in range(count):
        world.deliver(told(number))
        world.now += 2 * OPEN_FOR


# ---------------------------------------------------------------- cases


@pytest.mark.parametrize(
    ("count", "calls"),
    [
        (LIMIT, ["post"] * LIMIT),
        (LIMIT + 1, ["post"] * (LIMIT + 1)),
        (LIMIT + 3, ["post"] * (LIMIT + 1) + ["update"] * 2),
    ],
    ids=["as many as may be", "one more is the summary", "the rest is in it"],
)
def test_beyond_the_hourly_limit_notices_update_the_summary(count: int, calls: list[str]) -> None:
    world = World()
    told_often(world, count)
    assert world.slack.calls == calls
    assert [state.title for state in world.slack.states() if isinstance(state, NoticeState)] == [
        f"Lead {number}" for number in range(count)
    ]


def test_the_hourly_limit_is_free_again_in_another_hour() -> None:
    world = World()
    told_often(world, LIMIT + 1)
    world.now += HOUR
    world.deliver(told(9))
    assert [one.gathers_until is None for one in _boards(world.slack)] == [
        *[True] * LIMIT,
        False,
        True,
    ]


def test_each_person_has_an_hourly_limit_of_their_own() -> None:
    world = World()
    told_often(world, LIMIT + 1)
    world.deliver(told(9, to="U0BEN"))
    assert _boards(world.slack)[-1].gathers_until is None


@pytest.mark.parametrize(
    "effect",
    [
        card_state(to=ANNA),
        digest_state(to=ANNA),
        told(9, an_hour=0, level="info"),
    ],
    ids=["a card", "a digest", "a notice that is written over"],
)
@pytest.mark.parametrize("before", [0, LIMIT + 1], ids=["first", "after the limit"])
def test_unlimited_messages_go_at_once_and_are_not_counted(effect: Any, before: int) -> None:
    world = World()
    told_often(world, before)
    calls = len(world.slack.calls)
    world.deliver(effect)
    assert world.slack.calls[calls:] == ["post"]
    assert list(world.slack.messages.values())[-1] == effect
    if not before:
        told_often(world, LIMIT)
        assert all(one.gathers_until is None for one in _boards(world.slack))


def test_a_warning_that_became_a_breach_is_a_message_of_its_own() -> None:
    world = World()
    world.deliver(told(1))
    world.now += HOUR
    world.deliver(told(1, "breach", version=2))
    assert world.slack.calls == ["post", "post"]


def test_a_newer_state_of_what_a_summary_counted_is_not_shown_twice() -> None:
    world = World()
    told_often(world, LIMIT)
    long = ("x" * 600,) * 20
    world.deliver(told(50, lines=long))
    world.deliver(told(51, lines=long))
    world.deliver(told(51, version=2, lines=("short",)))
    assert _seen(world.slack)["LEAD#51/notice:1:accept:breach"] == 1


# ---------------------------------------------------------------- any order, any death


class Anna:
    """A recipient, and the workers that deliver notices to her."""

    def __init__(self) -> None:
        self.slack, self.slots, self.boards = FakeMessenger(), FakeSlots(), FakeBoards()
        self.attempts = 0

    def attempt(self, notice: NoticeState, now: datetime, around: Callable[[Any], Any]) -> None:
        self.attempts += 1
        slots = around(self.slots)
        show = in_slack(around(self.slack), around(self.boards), slots, now)
        deliver(notice, now, f"attempt-{self.attempts}", slots, show)

    def bring(self, notice: NoticeState, now: datetime, die_at: int = 0) -> bool:
        """Deliver a notice once; return whether it is finished. The worker dies at moment *die_at*,
        counted from 1."""
        moments: list[str] = []

        def tick(moment: str) -> None:
            moments.append(moment)
            if len(moments) == die_at:
                raise Died

        try:
            self.attempt(notice, now, lambda inner: Mortal(inner, tick))
        except (Died, Retryable):
            return False
        return True

    def check(self, notices: dict[int, NoticeState]) -> None:
        """Assert what must hold for *notices*, all of which have been delivered."""
        assert _seen(self.slack) == Counter(
            f"{one.subject}/{one.slot}" for one in notices.values()
        ), "each is seen, and once"
        opened = self.boards.opened.get(ANNA, [])
        for first in opened:
            hour = [
                one for one in opened if first.opened_at <= one.opened_at < first.opened_at + HOUR
            ]
            assert sum(one.gathers_until is None for one in hour) <= LIMIT
            assert len(hour) <= LIMIT + 1
        for each in opened:
            if each.gathers_until is None:
                ranks = [RANK[entry.level] for entry in each.entries]
                assert max(ranks) <= ranks[0], "what opened it was as grave"


def _boards(slack: FakeMessenger) -> list[Board]:
    return [message for message in slack.messages.values() if isinstance(message, Board)]


def _seen(slack: FakeMessenger) -> Counter[str]:
    """How often each notice is shown or counted."""
    return Counter(
        id_ for board in _boards(slack) for id_ in (*(e.id for e in board.entries), *board.beyond)
    )


@given(
    st.lists(
        st.tuples(
            st.integers(0, 14),  # number of the notice; the same number again is a repetition
            st.sampled_from([0, 1, 20, 61, 600, 2400]),  # seconds since the notice before
            st.integers(0, 16),  # when its worker dies; 0 or too large: never
        ),
        max_size=40,
    ),
    st.lists(st.sampled_from(["info", "warning", "breach"]), min_size=15, max_size=15),
)
@settings(max_examples=150, deadline=None)
def test_in_any_order_with_any_repetition_and_deaths(
    steps: list[tuple[int, int, int]], levels: list[Level]
) -> None:
    anna, now = Anna(), NOW
    came: dict[int, NoticeState] = {}
    for number, seconds, die_at in steps:
        now += seconds * SECOND
        came[number] = told(number, levels[number])
        anna.bring(came[number], now, die_at)
    _bring_to_the_end(anna, came, now)
    anna.check(came)


def _bring_to_the_end(anna: Anna, notices: dict[int, NoticeState], now: datetime) -> None:
    """Deliver again until nothing is left, as the queue does."""
    waiting = list(notices.values())
    for _ in range(10):
        now += LEASE + SECOND
        waiting = [one for one in waiting if not anna.bring(one, now)]
    assert not waiting


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("deaths", [0.0, 0.02], ids=["all live", "some die"])
@pytest.mark.parametrize("minutes", [0, 4, 100], ids=["at once", "in minutes", "in hours"])
def test_six_workers_at_the_same_time(seed: int, deaths: float, minutes: int) -> None:
    random = Random(seed)
    anna, turns = Anna(), Turns(NOW, random, deaths)
    levels: list[Level] = ["info", "warning", "breach"]
    notices = {number: told(number, random.choice(levels)) for number in range(50)}
    queue = [(NOW + random.random() * minutes * OPEN_FOR, number) for number in notices]

    def work() -> None:
        while queue:
            queue.sort()
            ready, number = queue.pop(0)
            if ready > turns.now:
                turns.wait(ready)
            try:
                anna.attempt(notices[number], turns.now, turns.around)
            except Died:
                queue.append((turns.now + HIDDEN, number))
            except Retryable:
                queue.append((turns.now + SETTLE + SECOND, number))

    turns.run([work] * 6)
    anna.check(notices)
