"""The schema number of each shape that travels: in queues, on the bus, in an index of the table.

As with stored items (see ``baton.adapters.dynamodb.schema``): the number is raised when code that
does not know the new shape would misread it, and code that meets a higher one refuses the message,
which then comes back until newer code works it. A new kind of message needs a new number, too:
older code would park what it does not know. Nothing is written while the number is 1, and no number
counts as 1: other systems' events have none.
"""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import Struct

from baton.failures import NewerSchema

Kind = Literal["effect", "news", "report"]

#: The numbers that this code writes, and the highest that it reads.
SCHEMAS: dict[Kind, int] = {
    "effect": 2,  # texts are phrases, rendered at delivery
    "news": 3,  # an owner is absent; own events travel as they are; public event types have none
    "report": 2,  # an owner who is not there
}


#: Prefixed, as other systems may have a field named ``schema``.
FIELD = "batonSchema"


class _Numbered(Struct, rename={"schema": FIELD}):
    schema: int = 1


def numbered(body: str, kind: Kind) -> str:
    """*body*, a JSON object, with its number."""
    number = SCHEMAS[kind]
    return body if number == 1 else f'{{"{FIELD}":{number},{body[1:]}'


def refuse_newer(body: bytes | str, kind: Kind) -> int:
    """The number that *body* was written with. Raises NewerSchema if that is newer than *kind* is
    known here."""
    try:
        found = msgspec.json.decode(body, type=_Numbered).schema
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return 1  # errors are reported by its own decoding
    if found > SCHEMAS[kind]:
        raise NewerSchema(f"{kind}", found, SCHEMAS[kind])
    return found
