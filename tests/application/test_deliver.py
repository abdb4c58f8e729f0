"""A slot has one message or task with the newest state, even if effects come twice or late or
workers die."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from baton.application.deliver import (
    Delivered,
    deliver,
    in_hubspot,
    in_slack,
    undelivered,
    unreachable,
)
from baton.application.ports.slots import Superseded
from baton.domain.lead import Value
from baton.domain.world.effects import AnyEffect, CardState, ContactState, NoticeState
from baton.failures import PropertiesRefused, Rejected, Retryable
from tests.fakes.delivery import Died, World, die
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

MESSAGES = [
    pytest.param(card_state, id="card"),
    pytest.param(notice_state, id="notice"),
    pytest.param(digest_state, id="digest"),
]

DISABLED = Rejected("Slack: user_disabled", code="user_disabled")


# ---------------------------------------------------------------- without failures


@pytest.mark.parametrize("state", MESSAGES)
def test_a_message_is_posted_once_and_then_updated_in_place(state: Callable[..., Any]) -> None:
    world = World()
    first = world.deliver(state(1))
    second = world.deliver(state(2))
    assert world.slack.calls == ["post", "update"]
    assert isinstance(first, Delivered)
    assert isinstance(second, Delivered)
    assert first.outside_id == second.outside_id
    assert world.slack.states() == [state(2)]


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


def test_a_task_refused_without_a_name_is_shown_without_its_owner(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()

    def taken(owner: str) -> None:
        if owner:
            raise PropertiesRefused("HubSpot 400: VALIDATION_ERROR")

    monkeypatch.setattr(world.crm, "_taken", taken)
    world.deliver(task_state(1, owner="70001"))
    (task,) = world.crm.tasks.values()
    assert task.owner == ""


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


def test_other_properties_are_written_before_a_stage_is_cleared() -> None:
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
    calls = [call for call in world.crm.calls if call != "exists"]
    assert calls == ["show_contact", "show_contact", "clear_contact", "show_contact"]
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


def test_a_failure_that_changed_nothing_is_retried_at_once() -> None:
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
def test_an_unsure_post_is_looked_up_before_it_is_posted_again(applied: bool) -> None:
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
        raise Rejected("Slack: channel_not_found", code="channel_not_found")

    world.hook("before", "post", refuse)
    with pytest.raises(Rejected):
        world.deliver(card_state())
    # The cause was fixed, and the effect redriven.
    assert isinstance(world.deliver(card_state()), Delivered)
    assert world.slack.calls == ["post", "post"]


@pytest.mark.parametrize(
    ("effect", "level"),
    [
        (card_state(), "breach"),
        (card_state(state="accepted"), "warning"),
        (card_state(state="taken_back"), "info"),
        (notice_state(), "breach"),
        (notice_state(level="info"), "info"),
    ],
)
def test_an_undelivered_message_becomes_an_event_of_its_lead(
    effect: CardState | NoticeState, level: str
) -> None:
    news = undelivered(effect, DISABLED, NOW)
    assert news is not None
    assert f"LEAD#{news.lead_id}" == effect.subject
    assert (news.level, news.reason) == (level, "user_disabled")
    assert (news.to, news.slot) == (effect.to, effect.slot)
    later = NOW + timedelta(1)
    assert undelivered(effect, DISABLED, later) == replace(news, at=later)


def test_an_undelivered_card_is_one_event_and_its_change_another() -> None:
    def identity(effect: AnyEffect) -> str:
        news = undelivered(effect, DISABLED, NOW)
        assert news is not None
        return news.id

    unseen = {identity(card_state(version)) for version in (1, 2)}
    edits = {
        identity(card_state(version, state=state))
        for version, state in enumerate(("accepted", "touched", "accepted", "closed"), 3)
    }
    assert (len(unseen), len(edits)) == (1, 1)
    assert unseen != edits
    others = {
        identity(card_state(3, state="accepted", slot="card:2")),
        identity(card_state(3, state="accepted", to="U0BEN")),
        identity(card_state(3, state="accepted", subject="LEAD#502", lead_id="502")),
    }
    assert len(others | edits) == 4
    # A notice has news in every state: a warning may have become a breach.
    assert identity(notice_state(1)) != identity(notice_state(2))


@pytest.mark.parametrize(
    ("to", "code", "about_user"),
    [
        ("UANNA", "user_disabled", True),
        ("WANNA", "user_not_found", True),
        ("WANNA", "user_not_visible", True),
        ("UANNA", "cannot_dm_bot", True),
        ("UANNA", "msg_too_long", False),
        ("UANNA", "channel_not_found", False),
        ("#revops", "user_disabled", False),
        ("C0REVOPS", "user_not_found", False),
    ],
)
def test_a_person_to_whom_slack_refuses_messages_gets_no_more_leads(
    to: str, code: str, about_user: bool
) -> None:
    for effect in (card_state(to=to), notice_state(to=to)):
        error = Rejected(f"Slack: {code}", code=code)
        hint = unreachable(effect, error, NOW)
        assert (hint is not None) == about_user
        if hint is not None:
            assert (hint.person, hint.away) == (f"slack:{to}", True)
            assert hint.is_refused_by_slack
            said = {"user_disabled": "deactivated", "cannot_dm_bot": "bot"}
            assert hint.why == said.get(code, "unknown")
            again = unreachable(effect, error, NOW + timedelta(minutes=5))
            assert again is not None
            assert again.event_id == hint.event_id, "once an hour"


def test_what_is_not_for_slack_makes_nobody_unreachable() -> None:
    assert unreachable(contact_state(), DISABLED, NOW) is None


def test_an_undelivered_message_about_no_lead_is_no_event() -> None:
    error = DISABLED
    assert undelivered(notice_state(subject="PERSON#anna"), error, NOW) is None
    assert undelivered(contact_state(), error, NOW) is None


def test_a_refused_breach_may_be_on_its_board_all_the_same() -> None:
    world = World()

    def refuse() -> None:
        raise DISABLED

    world.hook("before", "post", refuse)
    with pytest.raises(Rejected) as caught:
        world.deliver(notice_state())
    assert caught.value.unsure


def test_a_refused_owner_is_reported_and_the_other_properties_are_shown() -> None:
    world = World()
    world.crm.gone_owners = {"70001"}
    world.deliver(contact_state(hubspot_owner_id=Value("70001", 1), baton_tier=Value("hot", 1)))
    assert world.refused == ["70001"]
    assert world.crm.properties[LEAD]["baton_tier"] == "hot"
    assert "hubspot_owner_id" not in world.crm.properties[LEAD]
    world.deliver(task_state(owner="70001"))
    (task,) = world.crm.tasks.values()
    assert task.owner == "", "somebody sees it on the contact"
    assert world.refused == ["70001"], "told once"


def test_a_refusal_is_reported_again_when_the_worker_died_first() -> None:
    world = World()
    world.crm.gone_owners = {"70001"}
    effect = contact_state(hubspot_owner_id=Value("70001", 1))
    show = in_hubspot(world.crm, dies)
    with pytest.raises(Retryable):
        deliver(effect, NOW, "a", world.slots, show)
    world.deliver(effect)
    assert world.refused == ["70001"]


def nobody(effect: ContactState, owner: str) -> None:
    raise AssertionError("every owner is taken")


def dies(effect: ContactState, owner: str) -> None:
    raise Retryable("the bus")


def test_an_effect_of_the_other_system_is_refused() -> None:
    world = World()
    with pytest.raises(Rejected, match="CardState is not for HubSpot"):
        deliver(card_state(), NOW, "a", world.slots, in_hubspot(world.crm, nobody))
    show = in_slack(world.slack, world.boards, world.slots, NOW)
    with pytest.raises(Rejected, match="TaskState is not for Slack"):
        deliver(task_state(), NOW, "b", world.slots, show)
