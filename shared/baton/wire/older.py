"""
Converts Baton's own details of news schema 1 into today's.

They had other shapes and field names. Nothing writes them any more, but they may still be in queues
and dead-letter queues (14 days), and the bus's archive can replay them (90 days). This module can
go 104 days after the last deployment of code that wrote them (decision 023); the sets in
``tests/kept`` that have them then go with it.
"""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import Struct

from .decoding import decode
from .details import Identity, Instant, ObjectId

#: Types in which only these fields had other names.
_RENAMED = {"eventId": "id", "leadId": "lead_id", "occurredAt": "at"}
_TYPES = frozenset(
    {
        "LeadHint",
        "LeadMerged",
        "LeadDeleted",
        "LeadClicked",
        "LeadReassigned",
        "LeadSnoozed",
        "LeadReapplied",
        "LeadOwnerRefused",
        "LeadUndelivered",
    }
)
#: ``LeadClock`` was one type for both kinds of clocks.
_PACES = {"fast": "LeadClockDue", "slow": "LeadWentStale"}


class _Detail(Struct, rename="camel"):
    event_id: Identity
    lead_id: ObjectId
    occurred_at: Instant


class _Clock(Struct, rename="camel"):
    event_id: Identity
    lead_id: ObjectId
    at: Instant
    pace: Literal["fast", "slow"]


def as_today(detail_type: str, detail: bytes | str) -> tuple[str, bytes | str]:
    """
    The detail type and the detail that today's code would have written; those of public event types
    and hints have not changed.

    Raises:
        Malformed: Names the wrong field, by its name in *detail*.
    """
    if detail_type == "LeadClock":
        clock = decode(detail, _Clock, "detail")
        detail_type = _PACES[clock.pace]
    elif detail_type in _TYPES:
        decode(detail, _Detail, "detail")
    else:
        return detail_type, detail
    found = decode(
        detail, dict[str, msgspec.Raw], "detail"
    )  # each value as it is, of whatever type
    return detail_type, msgspec.json.encode({_RENAMED.get(k, k): v for k, v in found.items()})
