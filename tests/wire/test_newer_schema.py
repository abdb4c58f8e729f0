"""A message of a newer schema is refused and retried; a message without a number counts as 1."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from baton.adapters.aws.outbox import decode_effect, encode_effect
from baton.domain.world.events import Hinted
from baton.failures import Malformed, NewerSchema
from baton.wire import schema
from baton.wire.schema import SCHEMAS, Kind, numbered, refuse_newer
from baton.wire.vocabulary import decode_message, encode_message, from_detail, to_detail
from tests.builders import NOW, became
from tests.fakes.effects import notice_state

NEWS = Hinted(id="hs:1", lead_id="42", at=NOW, about="stage")
#: The numbers of today's code, which is the older code here.
KNOWN = dict(SCHEMAS)
NEWER_EFFECT, NEWER_NEWS = KNOWN["effect"] + 1, KNOWN["news"] + 1


def newer(monkeypatch: pytest.MonkeyPatch, kind: Kind) -> pytest.MonkeyPatch:
    monkeypatch.setitem(schema.SCHEMAS, kind, KNOWN[kind] + 1)
    return monkeypatch


def test_every_kind_of_message_has_a_number() -> None:
    assert SCHEMAS.keys() == set(get_args(Kind))


def test_an_effect_of_newer_code_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        body = encode_effect(notice_state())
        newer(patched, "effect")
        assert decode_effect(body) == notice_state(), "newer code reads what older code sent"
        body = encode_effect(notice_state())
        assert decode_effect(body) == notice_state()
    with pytest.raises(NewerSchema, match=f"effect of schema {NEWER_EFFECT}"):
        decode_effect(body)


def test_an_effect_that_older_code_does_not_know_comes_back_too() -> None:
    """If it were parked, it would wait for a person, although newer code can show it."""
    with pytest.raises(NewerSchema):
        decode_effect(f'{{"batonSchema":{NEWER_EFFECT},"kind":"slack.poll","question":"?"}}')
    with pytest.raises(Malformed):
        decode_effect('{"kind":"slack.poll","question":"?"}')


def test_news_of_newer_code_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        old = encode_message(NEWS)
        newer(patched, "news")
        assert decode_message(old) == NEWS
        body, (name, detail) = encode_message(NEWS), to_detail(NEWS)
        assert decode_message(body) == NEWS
        assert json.loads(detail)["batonSchema"] == NEWER_NEWS
    with pytest.raises(NewerSchema, match=f"news of schema {NEWER_NEWS}"):
        decode_message(body)
    with pytest.raises(NewerSchema):
        from_detail(name, detail)


def test_news_that_older_code_does_not_know_comes_back_too() -> None:
    detail = f'{{"batonSchema":{NEWER_NEWS},"eventId":"e1"}}'
    body = f'{{"detail-type":"LeadPromoted","detail":{detail}}}'
    with pytest.raises(NewerSchema):
        decode_message(body)


@pytest.mark.parametrize(
    "detail", ['{"batonSchema":"two"}', '{"batonSchema":null}', "[]", "3", '{"a":']
)
def test_what_is_no_number_is_for_its_own_decoding_to_refuse(detail: str) -> None:
    refuse_newer(detail, "news")
    with pytest.raises(Malformed):
        decode_message(f'{{"detail-type":"LeadSignal","detail":{detail}}}')


@pytest.mark.parametrize("number", [1, 2, 17])
def test_a_number_is_written_from_two_on(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Messages from before there were numbers, and events of other systems, have none."""
    monkeypatch.setitem(schema.SCHEMAS, "report", number)
    found = json.loads(numbered('{"lead":"1"}', "report"))
    assert found == {"lead": "1"} | ({"batonSchema": number} if number > 1 else {})


def test_a_schema_of_another_systems_own_is_none_of_ours() -> None:
    """Fields that Baton does not know are ignored, whatever their name."""
    event = became()
    name, detail = to_detail(event)
    assert from_detail(name, json.dumps(json.loads(detail) | {"schema": 99})) == event
