"""The outbox sends effects to their queues."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from baton.adapters.aws.outbox import Outbox, decode_effect, encode_effect
from baton.domain.world.effects import AnyEffect
from baton.failures import Malformed, Rejected, Retryable
from tests.fakes.consumer import (
    HUBSPOT,
    SLACK,
    URLS,
)
from tests.fakes.effects import (
    card_state,
    contact_state,
    digest_state,
    notice_state,
    reply_state,
    task_state,
)
from tests.fakes.sqs import FakeSqs

EFFECTS: list[Callable[[], AnyEffect]] = [
    contact_state,
    task_state,
    card_state,
    notice_state,
    reply_state,
    digest_state,
]


# ---------------------------------------------------------------- sending


@pytest.mark.parametrize("effect", EFFECTS, ids=[effect.__name__ for effect in EFFECTS])
def test_an_effect_survives_its_journey(effect: Callable[[], AnyEffect]) -> None:
    assert decode_effect(encode_effect(effect())) == effect()


@given(st.text())
@example("\ufffe \uffff \x00 \x7f \U0001f525")
def test_any_text_travels_in_a_body_that_sqs_takes(text: str) -> None:
    body = encode_effect(card_state(name=text))
    for character in body:
        assert character in "\t\n\r" or " " <= character <= "\ufffd" or character > "\uffff"
    decoded = decode_effect(body)
    assert decoded == card_state(name=text)


def test_effects_go_to_the_queue_of_their_system() -> None:
    sqs = FakeSqs()
    Outbox(sqs, URLS).send([effect() for effect in EFFECTS])
    assert sqs.bodies(HUBSPOT) == [encode_effect(one()) for one in (contact_state, task_state)]
    assert len(sqs.bodies(SLACK)) == 4


@pytest.mark.parametrize(("count", "calls"), [(0, 0), (1, 1), (10, 1), (11, 2), (35, 4)])
def test_ten_effects_go_in_a_call(count: int, calls: int) -> None:
    sqs = FakeSqs()
    Outbox(sqs, URLS).send([card_state(version) for version in range(1, count + 1)])
    assert len(sqs.batches) == calls
    assert len(sqs.bodies(SLACK)) == count


def test_large_effects_share_no_call_beyond_what_sqs_takes() -> None:
    sqs = FakeSqs()
    Outbox(sqs, URLS).send([card_state(n, play="x" * 100_000) for n in range(1, 6)])
    assert [len(batch) for batch in sqs.batches] == [2, 2, 1]


def test_what_a_call_did_not_take_is_sent_again_and_nothing_else() -> None:
    sqs = FakeSqs(refuse=[{"1", "3"}, {"3"}])
    Outbox(sqs, URLS).send([card_state(version) for version in range(1, 5)])
    assert sqs.batches == [["0", "1", "2", "3"], ["1", "3"], ["3"]]
    assert sorted(sqs.bodies(SLACK)) == sorted(encode_effect(card_state(v)) for v in range(1, 5))


def test_effects_that_sqs_never_accepts_are_reported() -> None:
    sqs = FakeSqs(refuse=[{"0"}] * 9)
    with pytest.raises(Retryable, match="outbox"):
        Outbox(sqs, URLS).send([card_state()])


def named(*plays: str) -> list[AnyEffect]:
    return [card_state(version, play=play) for version, play in enumerate(plays, 1)]


@pytest.mark.parametrize("kind", ["faulty", "forbidden"])
@given(plays=st.lists(st.sampled_from(["good", "the-odd"]), max_size=25))
def test_any_effects_that_sqs_refuses_cost_the_others_nothing(kind: str, plays: list[str]) -> None:
    """Refused one by one inside a 200, or as a whole call; the good are all sent once."""
    sqs = FakeSqs()
    setattr(sqs, kind, "the-odd")
    odd = "the-odd" in plays
    refused = pytest.raises(Rejected, match=r"^outbox: SQS refuses an effect: ")
    with refused if odd else nullcontext():
        Outbox(sqs, URLS).send(named(*plays))
    sent = [body for body in sqs.bodies(SLACK) if "the-odd" not in body]
    assert len(sent) == plays.count("good") == len(set(sent))


def test_a_batch_that_is_not_taken_does_not_keep_the_next_from_being_sent() -> None:
    sqs = FakeSqs(refuse=[{"0"}] * 3)
    with pytest.raises(Retryable):
        Outbox(sqs, URLS).send([contact_state(), *named(*["good"] * 12)])
    assert sqs.bodies(HUBSPOT) == []
    assert len(sqs.bodies(SLACK)) == 12


def test_what_comes_back_is_preferred_to_what_waits_for_a_person() -> None:
    """A message that comes back sends all its effects again; a parked one does not."""
    sqs = FakeSqs(faulty="the-odd", refuse=[{"0"}] * 3)
    with pytest.raises(Retryable):
        Outbox(sqs, URLS).send([contact_state(), *named("the-odd", "good")])


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("", id="empty"),
        pytest.param("[]", id="not an object"),
        pytest.param('{"kind":"slack.telegram"}', id="unknown kind"),
        pytest.param('{"kind":"slack.reply","subject":"LEAD#1"}', id="half of one"),
        pytest.param('{"kind":"slack.reply","subject":5}', id="wrong type"),
    ],
)
def test_anything_but_an_effect_is_malformed(body: str) -> None:
    with pytest.raises(Malformed):
        decode_effect(body)
