"""Every kind of item in the table: how to recognise it, and how to read its text.

The one place to which a new kind is added.
"""

from __future__ import annotations

import base64
import re
import zlib
from types import ModuleType
from typing import Any, NamedTuple, get_args

import msgspec
from msgspec import Struct

from baton.adapters.dynamodb import boards, slots
from baton.adapters.dynamodb import schema as stored
from baton.adapters.dynamodb.policy_shapes import read_policy
from baton.adapters.dynamodb.table import decode
from baton.application.ports.leads import Place, Record, Reported
from baton.application.ports.people import Entry
from baton.domain.lead import Lead
from baton.domain.policy import Policy
from baton.domain.world.effects import AnyEffect
from baton.domain.world.world import Load, Turns
from baton.wire import schema as sent
from baton.wire.vocabulary import SHAPES
from tests.kept.shapes import possible, words

Item = dict[str, Any]


class Kind(NamedTuple):
    #: What the keys begin with.
    pk: str
    sk: str
    #: The type of ``body``; None: the item has only attributes.
    shape: type[Struct] | None = None


LEAD = Kind("LEAD#", "LEAD", Lead)
RECORD = Kind("LEAD#", "EVENT#", Record)
LOAD = Kind("PERSON#", "LOAD", Load)
ENTRY = Kind("PERSON#", "EVENT#", Entry)
TURNS = Kind("POOL#", "TURNS", Turns)
PLACE = Kind("POOL#", "WAIT#", Place)
CHECKPOINT = Kind("SWEEP", "")
VERSION = Kind("POLICY", "V#", Policy)
POINTER = Kind("POLICY", "ACTIVE")
BOARD = Kind("BOARD#", "CURRENT")
CLOSED_BOARD = Kind("BOARD#", "board:")
SLOT = Kind("", "SLOT#")

KINDS = (
    SLOT,  # first, because slots have the partition keys of other kinds
    LEAD,
    RECORD,
    LOAD,
    ENTRY,
    TURNS,
    PLACE,
    CHECKPOINT,
    VERSION,
    POINTER,
    BOARD,
    CLOSED_BOARD,
)


def kind_of(item: Item) -> Kind:
    """
    Raises:
        LookupError: No known kind has such a key.
    """
    pk, sk = item["pk"]["S"], item["sk"]["S"]
    for kind in KINDS:
        if pk.startswith(kind.pk) and sk.startswith(kind.sk):
            return kind
    raise LookupError(f"{pk} {sk}: no kind in {__name__} has such a key")


def text_of(item: Item) -> bytes:
    """The JSON in *item*'s body."""
    body = item["body"]
    return body["S"].encode() if "S" in body else zlib.decompress(bytes(body["B"]))


def read(item: Item) -> Any:
    """*item*'s body and report, decoded by today's code; None: it has neither."""
    found: list[Any] = []
    shape = kind_of(item).shape
    if shape is Policy:
        found.append(read_policy(text_of(item), stored.found(item)))
    elif shape is Turns:
        found.append(decode(item, Turns, "turns"))
    elif shape is not None:
        found.append(msgspec.json.decode(text_of(item), type=shape))
    if "report" in item:
        found.append(msgspec.json.decode(item["report"]["S"], type=Reported))
    return found


def to_file(item: Item) -> Item:
    """An item in a form that JSON allows: bytes as Base64."""
    return {
        name: {"B": base64.b64encode(bytes(value["B"])).decode()} if "B" in value else value
        for name, value in item.items()
    }


def from_file(item: Item) -> Item:
    return {
        name: {"B": base64.b64decode(value["B"])} if "B" in value else value
        for name, value in item.items()
    }


#: In a docstring: ``shown        N     version of …``, the type in DynamoDB's letters.
ATTRIBUTE = re.compile(r"^ {4}(\w+) +[NSLMB] {2,}", re.MULTILINE)


def attributes(module: ModuleType) -> set[str]:
    """The attributes that the docstring of an adapter lists."""
    return {*ATTRIBUTE.findall(module.__doc__ or "")}


def schemas() -> list[dict[str, Any]]:
    """The number of each kind, and the parts of it that older code would not know.

    If a record is written back as a whole, older code loses each field that it does not know. If it
    is only read, an unknown word is an error.
    """
    whole = {"lead": (Lead,), "load": (Load,), "turns": (Turns,)}
    once = {
        "record": (Record,),
        "place": (Place,),
        "person_record": (Entry,),
        "policy": (Policy,),
        "effect": get_args(AnyEffect),
        "news": tuple(SHAPES.values()),
        "report": (Reported,),
    }
    numbers = {str(kind): n for kind, n in [*stored.SCHEMAS.items(), *sent.SCHEMAS.items()]}
    shapes = {name: possible(*kinds) for name, kinds in whole.items()}
    shapes |= {name: words(*kinds) for name, kinds in once.items()}
    shapes |= {name: attributes(module) for name, module in (("slot", slots), ("board", boards))}
    return [
        {"kind": name, "number": numbers[name], "shape": sorted(shape)}
        for name, shape in sorted(shapes.items())
    ]
