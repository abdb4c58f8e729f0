"""What a load, an effect, an event or the world means where it says nothing."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import Struct

from baton.domain.world.effects import (
    CardState,
    Deadline,
    DigestState,
    NoticeState,
    ReplyState,
    TaskState,
)
from baton.domain.world.events import (
    Clicked,
    DealMoved,
    Reassigned,
    SignalSeen,
    Snoozed,
    StageChanged,
    Undelivered,
)
from baton.domain.world.world import (
    Account,
    Background,
    Contact,
    Load,
    Needs,
    SeenStage,
    SeenValue,
    Turns,
    World,
)
from tests.domain.defaults import defaults_of

DEFAULTS: dict[type[Struct], dict[str, Any]] = {
    Load: {
        "open": 0,
        "day": "",
        "today": 0,
        "version": 0,
        "week": "",
        "this_week": 0,
        "away": None,
        "refused": None,
        "unreachable": None,
        "drained_at": None,
        "drained": 0,
    },
    Turns: {
        "credit": {},
        "leave": {},
        "paid_on": {},
        "version": 0,
        "waiting": 0,
        "load": Load(""),
        "steady": "",
        "served": {},
    },
    CardState: {
        "note": "",
        "note_at": None,
        "missing": (),
        "undo": False,
        "phones": (),
        "unread": (),
    },
    Deadline: {"done_at": None, "paused": ()},
    DigestState: {"zone": "UTC"},
    NoticeState: {"an_hour": 0, "zone": "UTC"},
    ReplyState: {"lines": (), "text": "", "zone": "UTC"},
    TaskState: {"done": False, "zone": "UTC"},
    Clicked: {"reason": ""},
    DealMoved: {"outcome": "", "created": False},
    Reassigned: {"to": "", "by": "", "note": ""},
    SignalSeen: {"source": "", "what": ""},
    Snoozed: {"by": ""},
    StageChanged: {"source": "", "source_id": ""},
    Undelivered: {"slot": "", "fix": ""},
    SeenStage: {"source": "", "source_id": ""},
    SeenValue: {"source": "", "source_id": ""},
    Contact: {"stages": (), "changes": {}, "owners": (), "merged": ()},
    Background: {"history": {}, "contact": {}, "company": {}, "denied": ""},
    Account: {
        "owners": {},
        "denied": "",
        "looked": ("open_deal", "contact", "company", "parent_company", "domain"),
    },
    World: {
        "contact": None,
        "contact_gone": False,
        "touches": None,
        "background": None,
        "crm_down": False,
        "loads": {},
        "turns": {},
        "account": None,
        "first": {},
        "touches_denied": "",
        "merged": {},
    },
    Needs: {
        "contact": False,
        "touches": False,
        "background": False,
        "pools": (),
        "people": (),
        "account": (),
        "queues": (),
        "merged": (),
    },
}


@pytest.mark.parametrize("record", DEFAULTS, ids=lambda record: record.__name__)
def test_what_is_not_said_means_this(record: type[Struct]) -> None:
    assert defaults_of(record) == DEFAULTS[record]
