"""Breaches of one minute for one recipient share a message; everything else is unchanged."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baton.adapters.dynamodb.slots import LEASE
from baton.application.deliver import Delivered
from baton.application.ports.slack import Message
from baton.application.ports.slots import Superseded
from baton.domain.escalation.batching import ENTRIES, OPEN_FOR, ROOM, Board
from baton.domain.world.effects import NoticeState
from baton.failures import Rejected, Retryable
from baton.presentation.slack import render
from baton.presentation.slack.board import weight_of
from tests.fakes.boards import FakeBoards
from tests.fakes.delivery import World
from tests.fakes.effects import NOW, notice_state

SECOND = timedelta(seconds=1)


def breach(number: int, version: int = 1, **changes: Any) -> NoticeState:
    told = {"subject": f"LEAD#{number}", "to": "U0MARIA", "title": f"Lead {number} was due"}
    return notice_state(version, **told | changes)


def only(world: World) -> Board:
    (message,) = world.slack.messages.values()
    assert isinstance(message, Board)
    return message


def shown(world: World) -> list[list[int]]:
    """The numbers of the breaches in each message."""
    return [
        [int(entry.id.split("/")[0].removeprefix("LEAD#")) for entry in message.entries]
        for message in world.slack.messages.values()
        if isinstance(message, Board)
    ]


def test_the_first_breach_is_posted_at_once_and_reads_like_any_notice() -> None:
    world = World()
    assert isinstance(world.deliver(breach(1)), Delivered)
    assert world.slack.calls == ["post"]
    assert render(only(world)) == render(breach(1))


@pytest.mark.parametrize("to", ["U0MARIA", "C0LEADS", "#leads"])
def test_further_breaches_within_a_minute_update_the_message(to: str) -> None:
    world = World()
    for number in (1, 2, 3):
        world.deliver(breach(number, to=to))
        world.now += 20 * SECOND
    assert world.slack.calls == ["post", "update", "update"]
    assert world.slack.states() == [breach(number, to=to) for number in (1, 2, 3)]
    assert len(world.slack.messages) == 1


def test_after_a_minute_a_breach_is_a_message_that_is_noticed() -> None:
    world = World()
    world.deliver(breach(1))
    world.now += OPEN_FOR
    world.deliver(breach(2))
    assert shown(world) == [[1], [2]]


def test_each_recipient_has_a_message() -> None:
    world = World()
    for to in ("U0MARIA", "U0KIM", "C0LEADS", "U0MARIA"):
        world.deliver(breach(len(world.slack.calls), to=to))
    assert sorted(map(len, shown(world))) == [1, 1, 2]


@pytest.mark.parametrize("level", ["info", "warning"])
def test_other_notices_stay_single(level: Literal["info", "warning"]) -> None:
    world = World()
    for number in (1, 2):
        world.deliver(breach(number, level=level))
    world.deliver(breach(3))
    world.deliver(breach(1, 2, level=level))
    assert world.slack.calls == ["post", "post", "post", "update"]
    assert len(world.slack.messages) == 3


@given(st.permutations(range(30)), st.lists(st.integers(0, 29), max_size=10))
@settings(max_examples=30)
def test_thirty_breaches_in_any_order_and_repetition_are_one_message(
    order: list[int], again: list[int]
) -> None:
    world = World()
    for number in order:
        world.deliver(breach(number))
        world.now += SECOND
        if number in again:
            assert world.deliver(breach(number)) == Superseded(1)
    world.now += 5 * OPEN_FOR
    for number in again:
        assert world.deliver(breach(number)) == Superseded(1)
    assert shown(world) == [order]
    assert only(world).version == 30


def test_more_than_a_message_holds_go_on_in_the_next() -> None:
    world = World()
    full = min(ENTRIES, ROOM // weight_of(breach(10)))
    for number in range(10, 10 + full + 5):
        world.deliver(breach(number))
    assert [len(numbers) for numbers in shown(world)] == [full, 5]


# ---------------------------------------------------------------- two workers at the same time


def test_a_breach_that_joins_while_another_is_posted_is_shown_with_it() -> None:
    world = World()
    busy: list[Retryable] = []

    def meanwhile() -> None:
        for number in (2, 3):
            with pytest.raises(Retryable) as refused:
                world.deliver(breach(number))
            busy.append(refused.value)

    world.hook("before", "post", meanwhile)
    world.deliver(breach(1))
    assert [error.unsure for error in busy] == [True, True], "they may be shown all the same"
    assert world.slack.calls == ["post", "update"]
    assert shown(world) == [[1, 2, 3]]
    for number in (2, 3):
        world.deliver_until_done(breach(number))
    assert world.slack.calls == ["post", "update"], "their own attempts find nothing to do"


def test_a_failure_to_show_others_does_not_fail_the_delivery() -> None:
    world = World()

    def meanwhile() -> None:
        with pytest.raises(Retryable):
            world.deliver(breach(2))
        world.hook("before", "update", refuse)

    def refuse() -> None:
        raise Retryable("Slack: ratelimited")

    world.hook("before", "post", meanwhile)
    assert isinstance(world.deliver(breach(1)), Delivered)
    assert shown(world) == [[1]]
    world.deliver_until_done(breach(2))
    assert shown(world) == [[1, 2]]


def test_a_breach_whose_board_was_leased_and_then_closed_is_shown_once() -> None:
    world = World()

    def meanwhile() -> None:
        with pytest.raises(Retryable):
            world.deliver(breach(2))

    world.hook("before", "post", meanwhile)
    world.deliver(breach(1))
    world.now += 2 * OPEN_FOR
    world.deliver(breach(3))
    world.deliver(breach(2))
    assert shown(world) == [[1, 2], [3]]


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize("error", [Retryable("Slack: ratelimited"), Rejected("is_archived")])
@pytest.mark.parametrize("others", [True, False], ids=["others go on", "nobody else"])
def test_a_refused_breach_is_shown_once_when_it_comes_back(error: Exception, others: bool) -> None:
    """This also holds if its board has closed, and deliveries of other notices on it have shown
    it."""
    world = World()

    def refuse() -> None:
        raise error

    for number in (1, 2):
        world.hook("before", "post", refuse)
        with pytest.raises(type(error)):
            world.deliver(breach(number))
    world.now += 2 * OPEN_FOR
    if others:
        world.deliver(breach(3))
        world.deliver(breach(2))
    world.now += 2 * OPEN_FOR
    for number in (1, 2, 3):
        world.deliver(breach(number))
    assert shown(world) == ([[3], [1, 2]] if others else [[1, 2], [3]])


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", ["post", "update"])
def test_after_an_unsure_post_nothing_is_shown_twice(call: str, when: str) -> None:
    world = World()

    def lose() -> None:
        raise Retryable("timeout", unsure=True)

    if call == "update":
        world.deliver(breach(1))
    world.hook(when, call, lose)
    with pytest.raises(Retryable):
        world.deliver(breach(2))
    world.now += 10 * SECOND
    for number in (3, 2, 1):
        world.deliver(breach(number))
    (numbers,) = shown(world)
    assert sorted(numbers) == [1, 2, 3]


def test_a_board_that_is_forgotten_is_still_recognised_in_slack() -> None:
    """More boards were opened since than are searched, or it is more than a day old."""
    world = World()

    def lose() -> None:
        raise Retryable("timeout", unsure=True)

    world.deliver(breach(1))
    world.hook("after", "update", lose)
    with pytest.raises(Retryable):
        world.deliver(breach(2))
    world.boards = FakeBoards()
    world.now += timedelta(days=2)
    world.slack.calls.clear()
    assert isinstance(world.deliver(breach(2)), Delivered)
    assert world.slack.calls == ["find"]
    assert shown(world) == [[1, 2]]


def test_a_message_somebody_deleted_is_posted_anew_with_all_it_held() -> None:
    world = World()
    world.deliver(breach(1))
    world.slack.messages.clear()
    world.deliver(breach(2))
    assert shown(world) == [[1, 2]]


# ---------------------------------------------------------------- later states of one notice


def test_a_newer_state_takes_its_own_place_and_no_others() -> None:
    world = World()
    for number in (1, 2, 3):
        world.deliver(breach(number))
    world.now += 3 * LEASE
    world.deliver(breach(2, 5, title="Lead 2 is due still"))
    assert world.deliver(breach(2, 4)) == Superseded(5)
    assert [entry.title for entry in only(world).entries] == [
        "Lead 1 was due",
        "Lead 2 is due still",
        "Lead 3 was due",
    ]


def test_a_newer_state_whose_board_has_closed_is_news() -> None:
    world = World()
    for number in (1, 2):
        world.deliver(breach(number))
    world.now += OPEN_FOR
    world.deliver(breach(3))
    world.deliver(breach(2, 2))
    assert shown(world) == [[1, 2], [3, 2]]


def test_a_later_state_that_is_no_breach_leaves_the_board_alone() -> None:
    world = World()
    for number in (1, 2):
        world.deliver(breach(number))
    calmed = breach(2, 2, level="info", title="Lead 2 is well")
    world.deliver(calmed)
    assert shown(world) == [[1, 2]]
    messages: list[Message] = list(world.slack.messages.values())
    assert messages[1:] == [calmed]


def test_the_slot_of_a_breach_names_no_message_to_write_over() -> None:
    world = World()
    delivered = world.deliver(breach(1))
    assert delivered == Delivered(outside_id=None)
    claim = world.slots.claim(breach(1, 2), "other", NOW)
    assert not isinstance(claim, Superseded)
    assert claim.outside_id is None
