"""The schema number of each stored shape, so that older and newer code can share a table.

During a rolling deployment or a rollback both run at once. Raise the number of a kind of item when
older code would misread or damage the new shape: a field with another meaning, a field that must
not be lost, another key. A new field with a default needs no new number. Code that meets a higher
number than it knows refuses the item; the work is retried until newer code takes it.

Items older than the numbers have none, which counts as 1.
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
    "lead": 4,  # what is asked, deals, merged contacts, absences and rounds are remembered
    "record": 4,  # as leads; outcomes say by whom; members may be catching up, turns given back
    "load": 3,  # what was given of a queue since the person is back
    "turns": 4,  # as loads; since when the same members are free
    "place": 1,
    "person_record": 4,  # a change says why Slack refuses somebody
    "slot": 1,
    "board": 2,  # entries carry phrases
    "checkpoint": 1,
    "policy": 4,  # triggers, absences, changes by hand, rounds and limits
    "policy_pointer": 1,
}

#: Condition of a write to an item that was not read first: the item has no newer schema.
NOT_NEWER = "(attribute_not_exists(#schema) OR #schema <= :schema)"
#: ``schema`` is a reserved word of DynamoDB.
NAME = {"#schema": "schema"}


def number(kind: Kind) -> dict[str, Any]:
    """The number as an attribute value. A checkpoint has only text attributes, so there it is text
    of fixed width, which compares like a number."""
    return {"S": f"{SCHEMAS[kind]:04}"} if kind == "checkpoint" else {"N": str(SCHEMAS[kind])}


def value(kind: Kind) -> dict[str, Any]:
    """The value that ``NOT_NEWER`` compares with."""
    return {":schema": number(kind)}


def stamped(item: dict[str, Any], kind: Kind) -> dict[str, Any]:
    """*item* with the number that this code writes."""
    return item | {"schema": number(kind)}


def found(item: dict[str, Any]) -> int:
    """The schema number of *item*; 1 if it is older than the numbers."""
    return int(next(iter(item.get("schema", {"N": "1"}).values())))


def check(item: dict[str, Any], kind: Kind) -> None:
    """Raises NewerSchema if *item* was written by code that knows a newer shape of its *kind*."""
    number = found(item)
    if number > SCHEMAS[kind]:
        raise NewerSchema(kind.replace("_", " "), number, SCHEMAS[kind])
