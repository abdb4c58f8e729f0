"""The number of each stored shape, so that older and newer code can share a table.

A rolling deployment, and a rollback, have both at work. The number of a kind of item is raised when
its shape changes in a way that code which does not know it would misread or damage: a field with
another meaning, one that must not be lost, another key. What merely adds a field with a default
needs no new number. Code that meets a higher number than it knows refuses the item, and the work
comes back, until newer code has it.

Items of before there were numbers have none, which counts as 1.
"""

from __future__ import annotations

from typing import Any, Literal

from baton.failures import NewerSchema

Kind = Literal[
    "lead",
    "record",
    "load",
    "turns",
    "place",
    "person_record",
    "slot",
    "board",
    "checkpoint",
    "policy",
    "policy_pointer",
]

#: What this code writes, and the highest that it reads.
SCHEMAS: dict[Kind, int] = {
    "lead": 2,  # why, what is lacking, and why it is gone are phrases
    "record": 2,  # reasons and effects carry phrases
    "load": 1,
    "turns": 2,  # one credit a member
    "place": 1,
    "person_record": 2,  # as records
    "slot": 1,
    "board": 2,  # entries carry phrases
    "checkpoint": 1,
    "policy": 2,  # calendars are read and checked when they are published
    "policy_pointer": 1,
}

#: A condition for whoever writes what they have not read: the item is not of a newer schema.
NOT_NEWER = "(attribute_not_exists(#schema) OR #schema <= :schema)"
#: ``schema`` is a reserved word of DynamoDB.
NAME = {"#schema": "schema"}


def number(kind: Kind) -> dict[str, Any]:
    """The number as an attribute value. A checkpoint's attributes are all text: of fixed width, so
    that it compares like a number."""
    return {"S": f"{SCHEMAS[kind]:04}"} if kind == "checkpoint" else {"N": str(SCHEMAS[kind])}


def value(kind: Kind) -> dict[str, Any]:
    """What ``NOT_NEWER`` compares with."""
    return {":schema": number(kind)}


def stamped(item: dict[str, Any], kind: Kind) -> dict[str, Any]:
    """*item* with the number that this code writes."""
    return item | {"schema": number(kind)}


def found(item: dict[str, Any]) -> int:
    """The number of *item*; what has none is of before there were numbers."""
    return int(next(iter(item.get("schema", {"N": "1"}).values())))


def check(item: dict[str, Any], kind: Kind) -> None:
    """Raises NewerSchema if *item* was written by code that knows a newer shape of its *kind*."""
    number = found(item)
    if number > SCHEMAS[kind]:
        raise NewerSchema(kind.replace("_", " "), number, SCHEMAS[kind])
