"""One slot, one message or task, the newest state: whatever comes twice, late, or dies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.adapters.ports import Claim, Rejected, Retryable, Slots, Superseded
from baton.adapters.slots import LEASE
from baton.core.effects import AnyEffect, ContactState, Effect, TaskState, Value
from baton.flows.deliver import Delivered, deliver, in_hubspot, in_slack
from tests.fakes.crm import FakeCrm
from tests.fakes.effects import (
    LEAD,
    NOW,
    card_state,
    contact_state,
    digest_state,
    notice_state,
    reply_state,
    task_state,
)
from tests.fakes.messenger import FakeMessenger
from tests.fakes.slots import FakeSlots


class Died(BaseException):
    """The process is gone: nothing of ours gets to catch this."""


class World:
    """Both outside systems, the slots, and a delivery with a clock that only the test moves."""

    def __init__(self) -> None:
        self.crm = FakeCrm()
        self.crm.add(LEAD, firstname="Nora", lifecyclestage="marketingqualifiedlead")
        self.slack = FakeMessenger()
        self.slots: Slots = FakeSlots()
        self.now = NOW
        self._attempts = 0

    def deliver(self, effect: AnyEffect) -> Delivered | Superseded:
        self._attempts += 1
        hubspot = isinstance(effect, ContactState | TaskState)
        show = in_hubspot(self.crm) if hubspot else in_slack(self.slack)
        return deliver(effect, self.now, f"attempt-{self._attempts}", self.slots, show)

    def deliver_until_done(self, effect: AnyEffect) -> Delivered | Superseded:
        """As the queue would: again and again, a little later each time."""
        for _ in range(10):
            try:
                return self.deliver(effect)
            except Retryable:
                self.now += timedelta(seconds=30)
        raise AssertionError("never delivered")

    def hook(self, when: str, name: str, act: Callable[[], None]) -> None:
        """Do *act* once, before or after the outside call *name*; forgets earlier hooks."""
        done: list[bool] = []

        def once(called: str) -> None:
            if called == name and not done:
                done.append(True)
                act()

        for system in (self.crm, self.slack):
            system.before = system.after = lambda called: None
            setattr(system, when, once)


def die() -> None:
    raise Died


class DyingSlots:
    """Slots whose holder dies around one of their calls."""

    def __init__(self, slots: FakeSlots, when: str, name: str) -> None:
        self._slots, self._when, self._name = slots, when, name

    def claim(self, effect: Effect, token: str, now: datetime) -> Claim | Superseded:
        answer: Claim | Superseded = self._around("claim", effect, token, now)
        return answer

    def confirm(self, claim: Claim, outside_id: str | None) -> None:
        self._around("confirm", claim, outside_id)

    def release(self, claim: Claim, now: datetime, *, unsure: bool) -> None:
        self._slots.release(claim, now, unsure=unsure)

    def _around(self, name: str, *arguments: Any) -> Any:
        if (self._when, self._name) == ("before", name):
            raise Died
        answer = getattr(self._slots, name)(*arguments)
        if (self._when, self._name) == ("after", name):
            raise Died
        return answer


MESSAGES = [
    pytest.param(card_state, id="card"),
    pytest.param(notice_state, id="notice"),
    pytest.param(digest_state, id="digest"),
]


# ---------------------------------------------------------------- the plain way


@pytest.mark.parametrize("state", MESSAGES)
def test_a_message_is_posted_once_and_then_updated_in_place(state: Callable[..., Any]) -> None:
    world = World()
    first = world.deliver(state(1))
    second = world.deliver(state(2))
    assert world.slack.calls == ["post", "update"]
    assert isinstance(first, Delivered)
    assert isinstance(second, Delivered)
    assert first.outside_id == second.outside_id
    assert list(world.slack.messages.values()) == [state(2)]


def test_a_task_is_created_once_then_updated_then_completed() -> None:
    world = World()
    world.deliver(task_state(1))
    world.deliver(task_state(2, owner="70002"))
    world.deliver(task_state(3, done=True))
    assert world.crm.calls == ["create_task", "update_task", "update_task"]
    (task,) = world.crm.tasks.values()
    assert (task.owner, task.done) == ("70002", True)


def test_a_task_that_was_done_before_it_was_made_is_never_made() -> None:
    world = World()
    world.deliver(task_state(2, done=True))
    assert world.deliver(task_state(1)) == Superseded(2)
    assert world.crm.calls == []


def test_a_reply_is_shown_once_however_often_it_is_delivered() -> None:
    world = World()
    world.deliver(reply_state())
    assert world.deliver(reply_state()) == Superseded(1)
    assert len(world.slack.replies) == 1


def test_only_properties_decided_since_are_written() -> None:
    world = World()
    world.deliver(contact_state(1, a=Value("1", 1), b=Value("1", 1)))
    world.crm.set(LEAD, a="changed by a person")
    world.deliver(contact_state(2, a=Value("1", 1), b=Value("2", 2)))
    assert world.crm.properties[LEAD]["a"] == "changed by a person"
    assert world.crm.properties[LEAD]["b"] == "2"


def test_nothing_is_written_when_nothing_was_decided() -> None:
    world = World()
    world.deliver(contact_state(1, a=Value("1", 1)))
    world.deliver(contact_state(2, a=Value("1", 1)))
    assert world.crm.calls == ["show_contact"]


def test_a_stage_goes_back_by_being_cleared_first() -> None:
    world = World()
    world.crm.set(LEAD, lifecyclestage="salesacceptedlead")
    back = Value("marketingqualifiedlead", since=1, clear_first=True)
    world.deliver(contact_state(1, lifecyclestage=back))
    assert world.crm.calls == ["clear_contact", "show_contact"]
    assert world.crm.properties[LEAD]["lifecyclestage"] == "marketingqualifiedlead"


def test_what_goes_with_a_stage_is_there_before_the_stage_goes_back() -> None:
    world = World()
    world.crm.set(LEAD, lifecyclestage="salesacceptedlead")
    refused = contact_state(
        1,
        baton_nurture_track=Value("timing", since=1),
        lifecyclestage=Value("marketingqualifiedlead", since=1, clear_first=True),
    )

    def refuse() -> None:
        raise Rejected("HubSpot 400: VALIDATION_ERROR INVALID_OPTION(baton_nurture_track)")

    world.hook("before", "show_contact", refuse)
    with pytest.raises(Rejected):
        world.deliver(refused)
    assert world.crm.properties[LEAD]["lifecyclestage"] == "salesacceptedlead"
    world.deliver(refused)
    assert world.crm.calls == ["show_contact", "show_contact", "clear_contact", "show_contact"]
    assert world.crm.properties[LEAD]["baton_nurture_track"] == "timing"
    assert world.crm.properties[LEAD]["lifecyclestage"] == "marketingqualifiedlead"


def test_a_stage_that_was_cleared_and_then_not_set_is_set_by_the_repeat() -> None:
    world = World()
    world.crm.set(LEAD, lifecyclestage="salesacceptedlead")
    world.hook("after", "clear_contact", die)
    effect = contact_state(
        1, lifecyclestage=Value("marketingqualifiedlead", since=1, clear_first=True)
    )
    with pytest.raises(Died):
        world.deliver(effect)
    assert "lifecyclestage" not in world.crm.properties[LEAD]
    world.deliver_until_done(effect)
    assert world.crm.properties[LEAD]["lifecyclestage"] == "marketingqualifiedlead"


def test_a_message_somebody_deleted_is_posted_anew() -> None:
    world = World()
    world.deliver(card_state(1))
    world.slack.messages.clear()
    world.deliver(card_state(2))
    world.deliver(card_state(3))
    assert world.slack.calls == ["post", "update", "post", "update"]
    assert list(world.slack.messages.values()) == [card_state(3)]


def test_a_task_somebody_deleted_is_made_anew_only_if_something_is_left_to_do() -> None:
    world = World()
    world.deliver(task_state(1))
    world.crm.tasks.clear()
    world.deliver(task_state(2))
    assert len(world.crm.tasks) == 1
    world.crm.tasks.clear()
    world.deliver(task_state(3, done=True))
    assert world.crm.tasks == {}


# ---------------------------------------------------------------- refusals


def test_a_refusal_that_changed_nothing_is_tried_again_at_once() -> None:
    world = World()

    def refuse() -> None:
        raise Retryable("ratelimited", timedelta(seconds=30))

    world.hook("before", "post", refuse)
    with pytest.raises(Retryable) as refused:
        world.deliver(card_state())
    assert refused.value.after == timedelta(seconds=30)
    world.deliver(card_state())
    assert world.slack.calls == ["post", "post"], "no look: nothing can have been posted"


@pytest.mark.parametrize("applied", [True, False], ids=["it had arrived", "it had not"])
def test_after_an_answer_that_never_came_it_looks_before_it_posts_again(applied: bool) -> None:
    world = World()

    def lose() -> None:
        raise Retryable("timeout", unsure=True)

    world.hook("after" if applied else "before", "post", lose)
    assert world.deliver_until_done(card_state()) == Delivered(
        outside_id=next(iter(world.slack.messages)), looked=True
    )
    assert len(world.slack.messages) == 1
    assert world.slack.calls == ["post", "find", "update" if applied else "post"]


def test_a_permanent_refusal_leaves_the_slot_free_and_unchanged() -> None:
    world = World()

    def refuse() -> None:
        raise Rejected("Slack: channel_not_found")

    world.hook("before", "post", refuse)
    with pytest.raises(Rejected):
        world.deliver(card_state())
    # The cause was mended, and the effect redriven.
    assert isinstance(world.deliver(card_state()), Delivered)
    assert world.slack.calls == ["post", "post"]


def test_an_effect_at_the_wrong_door_is_refused() -> None:
    world = World()
    with pytest.raises(Rejected, match="CardState is not for HubSpot"):
        deliver(card_state(), NOW, "a", world.slots, in_hubspot(world.crm))
    with pytest.raises(Rejected, match="TaskState is not for Slack"):
        deliver(task_state(), NOW, "b", world.slots, in_slack(world.slack))


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
        assert task.subject_line == effect.subject_line
    else:
        assert list(world.slack.messages.values()) == [effect]
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
