"""What a stored record of a lead means where it says nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec import Struct

from baton.domain.lead import (
    ArmedRung,
    Assignment,
    Clock,
    Evidence,
    Held,
    KnownDeal,
    Lead,
    LifecycleState,
    Question,
    StageFact,
    StageTimes,
    Value,
    Waiting,
    Write,
)
from tests.domain.defaults import defaults_of

DEFAULTS: dict[type[Struct], dict[str, Any]] = {
    ArmedRung: {"to": "owner", "time": ""},
    Assignment: {
        "accepted_at": None,
        "touched_at": None,
        "touched_in": "",
        "met_at": None,
        "handoff": "",
        "counts": True,
        "counts_in_pool": False,
        "forget_at": None,
        "snoozed_until": None,
        "snoozed_at": None,
        "returns_by": None,
        "to_start": (),
        "no_act_at": None,
        "leave_at": None,
        "tell_at": None,
        "covers": "",
        "return_at": None,
        "since": None,
        "touched_by": "",
    },
    Clock: {
        "climbed": 0,
        "stopped_at": None,
        "task": "",
        "wall": False,
        "paused_at": None,
        "paused_for": (),
        "pauses": (),
        "calendar": "",
        "ends_as": "",
        "stopped_by": "",
    },
    Evidence: {"what": ""},
    Held: {"told": 1, "asked": False},
    Lead: {
        "version": 0,
        "facts": (),
        "base": LifecycleState(),
        "state": LifecycleState(),
        "fields": {},
        "first_source": "",
        "assignment": None,
        "assigned": 0,
        "past": (),
        "round_from": 0,
        "had": (),
        "clocks": (),
        "idle": None,
        "last_activity": None,
        "track": "",
        "reason": "",
        "cool_until": None,
        "written": {},
        "writes": {},
        "yielded": {},
        "restored": {},
        "sets": {},
        "evidence": (),
        "found": {},
        "held": None,
        "admitted": "",
        "flagged": (),
        "review_at": None,
        "gone": "",
        "waiting": None,
        "deferred": (),
        "questions": (),
        "judged_by": "",
        "deals": {},
        "owner_seen": None,
        "absorbed": (),
        "merged_at": None,
    },
    LifecycleState: {
        "stage": "",
        "since": None,
        "times": {},
        "refused": (),
        "rounds": 0,
        "tolerated": (),
        "rests_until": None,
    },
    KnownDeal: {"outcome": "", "answered": False},
    Question: {"source_id": ""},
    StageFact: {"via": "", "source": "", "source_id": "", "rests_until": None, "raised": False},
    StageTimes: {"count": 1, "spent": timedelta(), "filled": False},
    Value: {"clear_first": False},
    Waiting: {"look_at": None, "tell_at": None},
    Write: {"seen": None, "clears": False},
}


@pytest.mark.parametrize("record", DEFAULTS, ids=lambda record: record.__name__)
def test_what_is_not_said_means_this(record: type[Struct]) -> None:
    assert defaults_of(record) == DEFAULTS[record]
