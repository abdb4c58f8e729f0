"""Phrases: compact when stored, and unchanged when read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given

from baton.domain.phrase import Phrase, Text, listing, phrase
from tests.builders import NOW
from tests.presentation.phrases import storable


def test_instants_and_lengths_of_time_are_seconds() -> None:
    said = phrase("x", NOW, timedelta(minutes=90), "text", 2, 2.5, Phrase("y"))
    assert said == Phrase("x", (1_772_524_800, 5_400, "text", 2, 2.5, Phrase("y")))
    late = datetime(2026, 3, 3, 8, 0, 0, 999_999, tzinfo=UTC)
    assert phrase("x", late, timedelta(seconds=1.9)) == Phrase("x", (1_772_524_800, 1))


def test_a_list_is_one_phrase() -> None:
    assert listing(["a", Phrase("b")]) == Phrase("list", ("a", Phrase("b")))


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("of before", b'"of before"'),
        (Phrase("x"), b'["x",[]]'),
        (Phrase("x", ("a", 1, 2.5, Phrase("y", ("b",)))), b'["x",["a",1,2.5,["y",["b"]]]]'),
    ],
)
def test_a_phrase_is_stored_compactly(text: Text, stored: bytes) -> None:
    assert msgspec.json.encode(text) == stored
    assert msgspec.json.decode(stored, type=Text) == text


def test_an_id_alone_is_read() -> None:
    assert msgspec.json.decode(b'["x"]', type=Text) == Phrase("x")


@given(storable)
def test_what_was_stored_is_read_as_it_was(text: Text) -> None:
    read = msgspec.json.decode(msgspec.json.encode(text), type=Text)
    assert read == text
    assert hash(read) == hash(text)
