"""Reads older stored shapes as today's. Remove each once no table holds it: turns are rewritten
whenever their pool hands out a lead."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from baton.domain.world.world import Load, Turns


class _Seat(Struct):
    owed: float = 0.0
    had: int = 0
    leave: float = 0.0
    paid_on: str = ""


class _Turns(Struct):
    pool: str
    seats: dict[str, _Seat] = {}
    version: int = 0
    waiting: int = 0
    load: Load = Load("")


def turns(body: str) -> Turns:
    """Turns of schema 1, which counted what a member was owed and what they had."""
    old = msgspec.json.decode(body, type=_Turns)
    return Turns(
        pool=old.pool,
        credit={rep: round(seat.owed - seat.had, 12) for rep, seat in old.seats.items()},
        leave={rep: seat.leave for rep, seat in old.seats.items() if seat.leave},
        paid_on={rep: seat.paid_on for rep, seat in old.seats.items() if seat.paid_on},
        version=old.version,
        waiting=old.waiting,
        load=old.load,
    )
