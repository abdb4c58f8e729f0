"""Workers die at every step, in every order: there is one message or task, with the newest
state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.adapters.dynamodb.slots import LEASE
from baton.application.ports.slots import Superseded
from baton.domain.lead import Value
from baton.domain.world.effects import AnyEffect, ContactState, TaskState
from baton.failures import Retryable
from tests.fakes.delivery import Died, DyingSlots, World, die
from tests.fakes.effects import (
    LEAD,
    card_state,
    contact_state,
    digest_state,
    notice_state,
    task_state,
)
from tests.fakes.slots import FakeSlots
from tests.worded import subject

# ---------------------------------------------------------------- dying

OUTSIDE_CALLS = [
    pytest.param(card_state, "post", id="card"),
    pytest.param(notice_state, "post", id="notice"),
    pytest.param(digest_state, "post", id="digest"),
    pytest.param(task_state, "create_task", id="task"),
    pytest.param(contact_state, "show_contact", id="contact"),
]


def newest_is_shown_once(world: World, effect: AnyEffect) -> None:
    if isinstance(effect, ContactState):
        assert world.crm.properties[LEAD]["baton_tier"] == effect.properties["baton_tier"].value
    elif isinstance(effect, TaskState):
        (task,) = world.crm.tasks.values()
        assert task.subject_line == subject(effect)
    else:
        assert world.slack.states() == [effect]
    assert isinstance(world.deliver(effect), Superseded)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("state", "call"), OUTSIDE_CALLS)
def test_dying_around_the_outside_call_shows_once(
    state: Callable[..., Any], call: str, when: str
) -> None:
    world = World()
    world.hook(when, call, die)
    with pytest.raises(Died):
        world.deliver(state(1))
    world.deliver_until_done(state(1))
    newest_is_shown_once(world, state(1))


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", ["claim", "confirm"])
@pytest.mark.parametrize(("state", "call"), OUTSIDE_CALLS)
def test_dying_around_the_slot_shows_once(
    state: Callable[..., Any], call: str, step: str, when: str
) -> None:
    world = World()
    slots = FakeSlots()
    world.slots = DyingSlots(slots, when, step)
    with pytest.raises(Died):
        world.deliver(state(1))
    world.slots = slots
    world.deliver_until_done(state(1))
    newest_is_shown_once(world, state(1))


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("state", "call"), OUTSIDE_CALLS)
def test_dying_and_then_being_overtaken_shows_the_newer_state_once(
    state: Callable[..., Any], call: str, when: str
) -> None:
    world = World()
    world.hook(when, call, die)
    with pytest.raises(Died):
        world.deliver(state(1))
    world.deliver_until_done(state(2))
    assert isinstance(world.deliver_until_done(state(1)), Superseded)
    newest_is_shown_once(world, state(2))


@pytest.mark.parametrize("when", ["before", "after"])
def test_dying_while_looking_looks_again(when: str) -> None:
    world = World()
    world.hook("after", "post", die)
    with pytest.raises(Died):
        world.deliver(card_state())
    world.now += 2 * LEASE
    world.hook(when, "find", die)
    with pytest.raises(Died):
        world.deliver(card_state())
    world.deliver_until_done(card_state())
    newest_is_shown_once(world, card_state())


@pytest.mark.parametrize("when", ["before", "after"])
def test_dying_around_an_update_shows_the_update(when: str) -> None:
    world = World()
    world.deliver(card_state(1))
    world.hook(when, "update", die)
    with pytest.raises(Died):
        world.deliver(card_state(2, state="accepted"))
    world.deliver_until_done(card_state(2, state="accepted"))
    newest_is_shown_once(world, card_state(2, state="accepted"))


def test_while_somebody_is_at_work_the_others_wait() -> None:
    world = World()
    at_work: list[Exception] = []

    def meanwhile() -> None:
        try:
            world.deliver(card_state(2))
        except Retryable as error:
            at_work.append(error)

    world.hook("before", "post", meanwhile)
    world.deliver(card_state(1))
    assert len(at_work) == 1
    world.deliver(card_state(2))
    newest_is_shown_once(world, card_state(2))


# ---------------------------------------------------------------- any order, any repetition

orders = st.integers(1, 6).flatmap(
    lambda newest: st.lists(st.integers(1, newest), max_size=8).flatmap(
        lambda extra: st.permutations([*range(1, newest + 1), *extra])
    )
)


@given(orders)
def test_any_order_and_repetition_of_cards_ends_with_the_newest_once(order: list[int]) -> None:
    world = World()
    for version in order:
        world.deliver(card_state(version))
    assert list(world.slack.messages.values()) == [card_state(max(order))]


@given(orders, st.integers(1, 6))
def test_any_order_of_task_states_ends_with_the_newest_once(order: list[int], end: int) -> None:
    """From version *end* on the task is done."""
    world = World()
    for version in order:
        done = version >= end
        world.deliver(task_state(version, subject_line=f"v{version}", done=done))
    tasks = list(world.crm.tasks.values())
    if max(order) >= end:
        assert all(task.done for task in tasks)
        assert len(tasks) <= 1
    else:
        assert [task.subject_line for task in tasks] == [f"v{max(order)}"]


@given(
    orders,
    st.lists(st.dictionaries(st.sampled_from("abcd"), st.text(min_size=1)), min_size=6, max_size=6),
)
def test_contact_states_add_up_in_any_order(
    order: list[int], decided: list[dict[str, str]]
) -> None:
    """Each version decides some properties; each state carries all that were decided so far."""
    states: dict[int, ContactState] = {}
    known: dict[str, Value] = {}
    for version in range(1, 7):
        news = {name: Value(value, version) for name, value in decided[version - 1].items()}
        known = known | news
        states[version] = replace(contact_state(version), properties=known)
    world = World()
    for version in order:
        world.deliver(states[version])
    shown = world.crm.properties[LEAD]
    wanted = states[max(order)].properties
    assert {name: shown.get(name) for name in wanted} == {n: v.value for n, v in wanted.items()}


@given(orders, st.data())
def test_deaths_anywhere_in_any_order_show_the_newest_once(
    order: list[int], data: st.DataObject
) -> None:
    world = World()
    steps = st.sampled_from(["post", "update", "find", "none"])
    for version in order:
        world.hook(data.draw(st.sampled_from(["before", "after"])), data.draw(steps), die)
        try:
            world.deliver_until_done(card_state(version))
        except Died:
            world.now += 2 * LEASE
            world.deliver_until_done(card_state(version))
    newest_is_shown_once(world, card_state(max(order)))
