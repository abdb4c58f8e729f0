"""The newest set has an example of everything that today's code stores or sends.

A failure here needs a new set (see README.md), and before that a journey that shows what is
missing.
"""

from __future__ import annotations

import json
import re
from inspect import getmodule
from itertools import pairwise
from typing import get_args

from baton.adapters.aws.outbox import decode_effect
from baton.adapters.dynamodb import boards, slots
from baton.adapters.dynamodb.boards import Boards
from baton.adapters.dynamodb.leads import LeadStore
from baton.adapters.dynamodb.policies import PolicyStore
from baton.adapters.dynamodb.roster import RosterStore
from baton.adapters.dynamodb.slots import DynamoSlots
from baton.application.ports.leads import Place, Record, Reported
from baton.application.ports.people import Entry
from baton.domain.lead import Lead
from baton.domain.policy import Policy
from baton.domain.world.effects import AnyEffect
from baton.domain.world.events import AnyEvent, Event, RoomMade
from baton.domain.world.world import Load, Turns
from baton.wire.details import Hint
from baton.wire.vocabulary import SHAPES, decode_message
from tests.kept.kinds import (
    BOARD,
    CLOSED_BOARD,
    KINDS,
    RECORD,
    SLOT,
    attributes,
    kind_of,
    read,
    schemas,
)
from tests.kept.messages import shown_by_news
from tests.kept.reading import SETS, Kept
from tests.kept.shapes import possible, shown, words

#: In a docstring: ``LEAD#<id>``, ``EVENT#``, ``TURNS``; whole words of capitals, or with a #.
KEY = re.compile(r"\b(?:[A-Z]{4,}|[A-Z]+(?=#))\b")
#: Fields that only older code has written.
ONLY_READ = {"ReplyState.text"}
#: News that older code parks as a type it does not know; parked is what becomes of them anyway.
PARKED_ANYWAY = {"OddWebhook"}
#: Words in capitals in those docstrings that are not keys.
NO_KEYS = {"JSON"}


def table_in(adapter: type) -> str:
    """The docstring of *adapter*'s module, which lists the keys and attributes in the table."""
    module = getmodule(adapter)
    return (module.__doc__ if module else None) or ""


def newest() -> Kept:
    assert SETS, "there is no set: python -m tests.kept.write"
    return SETS[-1]


def missing(wanted: set[str], what: str) -> str:
    """The message of a failure; empty: nothing is missing."""
    if not wanted:
        return ""
    return (
        f"{newest().name} has no {what}: {', '.join(sorted(wanted))}."
        " Let a journey in tests/kept show it, and write a new set (tests/kept/README.md)."
    )


def fail_if(message: str) -> None:
    assert not message, message


def test_every_kind_of_item_is_in_it() -> None:
    found = {kind_of(item) for item in newest().items}
    names = {" ".join(filter(None, (kind.pk, kind.sk))) for kind in KINDS if kind not in found}
    fail_if(missing(names, "item"))


def test_every_key_that_a_docstring_names_is_in_it() -> None:
    adapters = (Boards, DynamoSlots, LeadStore, PolicyStore, RosterStore)
    named = {key for adapter in adapters for key in KEY.findall(table_in(adapter))} - NO_KEYS
    assert {"LEAD", "EVENT", "WAIT", "SLOT", "BOARD", "CURRENT", "ACTIVE", "V", "SWEEP"} <= named
    keys = {item[name]["S"].partition("#")[0] for item in newest().items for name in ("pk", "sk")}
    fail_if(missing(named - keys, "item with a key"))


def test_every_attribute_that_a_docstring_names_is_in_it() -> None:
    for module, kinds in ((slots, (SLOT,)), (boards, (BOARD, CLOSED_BOARD))):
        named = attributes(module)
        assert len(named) > 5, "the docstring has a table of them"
        found = {name for item in newest().of(*kinds) for name in item}
        fail_if(missing(named - found, f"item of {module.__name__} with"))


def test_every_kind_of_event_is_in_a_history() -> None:
    worked = {type(read(item)[0].event) for item in newest().of(RECORD)}
    fail_if(missing(_names({*get_args(AnyEvent)} - worked), "record of"))


def test_every_kind_of_news_is_in_it() -> None:
    came = [decode_message(body) for body in newest().news]
    wanted = {*get_args(AnyEvent), *get_args(Hint)} - {RoomMade}  # what a hint means for one lead
    fail_if(missing(_names(wanted - {type(news) for news in came}), "news"))
    types = {json.loads(body)["detail-type"] for body in newest().news}
    fail_if(missing({*SHAPES} - types, "message of type"))


def test_everything_that_goes_over_the_bus_is_in_it() -> None:
    put = {pair["put"]["DetailType"] for pair in newest().bus}
    straight = {"LeadClockDue", "LeadWentStale", "PoolHint"}  # to a queue, never on the bus
    fail_if(missing({*SHAPES} - straight - put, "entry of type"))
    assert any("replay-name" in pair["comes"] for pair in newest().bus), "from the archive"


def test_every_kind_of_effect_is_in_it() -> None:
    systems = {kind for union in get_args(AnyEffect) for kind in get_args(union) or (union,)}
    sent = {type(decode_effect(body)) for body in newest().effects}
    fail_if(missing(_names(systems - sent), "effect"))


def test_everything_that_can_be_parked_is_in_it() -> None:
    queues = {one["queue"] for one in newest().parked if "received" in one}
    assert queues == {"baton-unworked-events", "baton-undelivered-slack"}
    notes = {
        name for one in newest().parked for name in one.get("put", {}).get("MessageAttributes", {})
    }
    assert notes == {"reason", "queue", "firstSeen", "receives"}
    assert any(not one["put"]["MessageAttributes"] for one in newest().parked if "put" in one)
    assert any("record" in one for one in newest().parked), "one that is sent again"


def test_every_field_and_every_word_is_in_it() -> None:
    """A field is covered if some value differs from its default; a word, if some value has it."""
    kept = newest()
    found = {one for item in kept.items for one in shown(read(item))}
    found |= {one for body in kept.effects for one in shown(decode_effect(body))}
    found |= {one for body in kept.news for one in shown_by_news(body)}
    stored = (Lead, Record, Reported, Place, Entry, Load, Turns, Policy)
    wanted = possible(*stored, AnyEffect, AnyEvent, *SHAPES.values())
    fail_if(missing(wanted - found - ONLY_READ, "field or word"))


def test_a_shape_that_older_code_does_not_know_has_a_higher_number() -> None:
    """Two versions run during a rolling deployment, and after a rollback."""
    sets = [one.schemas for one in SETS if one.schemas]
    today = {one["kind"]: (one["number"], set(one["shape"])) for one in schemas()}
    for before, after in pairwise([*sets, today]):
        for kind, (number, shape) in before.items():
            new = {one for one in after[kind][1] - shape if not _parked_anyway(one)}
            assert not new or after[kind][0] > number, (
                f"{kind} has {', '.join(sorted(new))}, which code of schema {number} does not know:"
                " raise its number in SCHEMAS, and write a new set (tests/kept/README.md)"
            )


def test_what_travels_without_a_number_is_known_to_code_of_the_first_schema() -> None:
    """Public event types and hints have no number; a change that older code would misread needs
    one."""
    number, first = next(one.schemas["news"] for one in SETS if one.schemas)
    assert number == 1
    without = [shape for shape in SHAPES.values() if not issubclass(shape, Event)]
    assert {one for one in words(*without) if not _parked_anyway(one)} <= first


def _parked_anyway(word: str) -> bool:
    return word.partition(".")[0] in PARKED_ANYWAY


def _names(kinds: set[type]) -> set[str]:
    return {kind.__name__ for kind in kinds}
