"""A message of a newer schema is refused, to be tried again; one without a number counts as 1."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from baton.adapters.aws.queues import decode_effect, encode_effect
from baton.failures import Malformed, NewerSchema
from baton.wire import schema
from baton.wire.schema import SCHEMAS, Kind, numbered, refuse_newer
from baton.wire.vocabulary import decode_message, encode_message, from_detail, to_detail
from tests.builders import became
from tests.fakes.effects import notice_state

NEWS = became()


def newer(monkeypatch: pytest.MonkeyPatch, kind: Kind) -> pytest.MonkeyPatch:
    monkeypatch.setitem(schema.SCHEMAS, kind, 2)
    return monkeypatch


def test_every_kind_of_message_has_a_number() -> None:
    assert SCHEMAS.keys() == set(get_args(Kind))


def test_an_effect_of_newer_code_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        body = encode_effect(notice_state())
        assert "schema" not in json.loads(body), "1 needs no number"
        newer(patched, "effect")
        assert decode_effect(body) == notice_state(), "newer code reads what older code sent"
        body = encode_effect(notice_state())
        assert decode_effect(body) == notice_state()
    with pytest.raises(NewerSchema, match="effect of schema 2"):
        decode_effect(body)


def test_an_effect_that_older_code_does_not_know_comes_back_too() -> None:
    """Parked, it would wait for a person, though newer code can show it."""
    with pytest.raises(NewerSchema):
        decode_effect('{"schema":2,"kind":"slack.poll","question":"?"}')
    with pytest.raises(Malformed):
        decode_effect('{"kind":"slack.poll","question":"?"}')


def test_news_of_newer_code_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        old = encode_message(NEWS)
        newer(patched, "news")
        assert decode_message(old) == NEWS
        body, (name, detail) = encode_message(NEWS), to_detail(NEWS)
        assert decode_message(body) == NEWS
        assert detail["schema"] == 2
    with pytest.raises(NewerSchema, match="news of schema 2"):
        decode_message(body)
    with pytest.raises(NewerSchema):
        from_detail(name, detail)


def test_news_that_older_code_does_not_know_comes_back_too() -> None:
    body = '{"detail-type":"LeadPromoted","detail":{"schema":2,"eventId":"e1"}}'
    with pytest.raises(NewerSchema):
        decode_message(body)


@pytest.mark.parametrize("detail", ['{"schema":"two"}', '{"schema":null}', "[]", "3", '{"a":'])
def test_what_is_no_number_is_for_its_own_decoding_to_refuse(detail: str) -> None:
    refuse_newer(detail, "news")
    with pytest.raises(Malformed):
        decode_message(f'{{"detail-type":"LeadSignal","detail":{detail}}}')


def test_a_report_carries_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    assert numbered('{"lead":"1"}', "report") == '{"lead":"1"}'
    newer(monkeypatch, "report")
    assert json.loads(numbered('{"lead":"1"}', "report")) == {"schema": 2, "lead": "1"}
