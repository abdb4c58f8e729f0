"""A lead: its name, when it is looked at again, and what a decision may change of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, get_type_hints

import msgspec
import pytest
from msgspec.structs import replace

from baton.domain.lead import DeferredNotice, Held, Lead, LeadChanges, LifecycleState, Waiting
from tests.builders import NOW, handed_off, minutes, owned


def test_a_decision_may_change_every_field_but_id_and_version() -> None:
    fields = {
        name: kind for name, kind in get_type_hints(Lead).items() if name in Lead.__struct_fields__
    }
    assert get_type_hints(LeadChanges) == {
        name: kind for name, kind in fields.items() if name not in {"id", "version"}
    }


LEAD = handed_off()[0]
ENDED = replace(LEAD.clocks[0], climbed=len(LEAD.clocks[0].ladder))
NEVER: dict[str, Any] = {"clocks": (), "idle": None}
HELD = Held("sql", "", NOW, (), (), ENDED)
WAITS = Waiting("desk", "mql", NOW, 0, ENDED)


@pytest.mark.parametrize(
    ("changes", "looked_at"),
    [
        pytest.param({}, True, id="its clock of inactivity runs"),
        pytest.param(NEVER, False, id="nothing runs"),
        pytest.param(NEVER | {"idle": ENDED}, False, id="its clock of inactivity has ended"),
        pytest.param(NEVER | {"clocks": LEAD.clocks}, True, id="a clock runs"),
        pytest.param(NEVER | {"review_at": NOW}, True, id="a review is ahead"),
        pytest.param(NEVER | {"assignment": None}, True, id="nobody has it: it is not open"),
        pytest.param(NEVER | {"assignment": None, "held": HELD}, False, id="held for ever"),
        pytest.param(NEVER | {"assignment": None, "waiting": WAITS}, False, id="waits for ever"),
    ],
)
def test_an_open_lead_is_looked_at_again(changes: dict[str, Any], looked_at: bool) -> None:
    if looked_at:
        replace(LEAD, **changes)
    else:
        with pytest.raises(ValueError, match="no clock would ever wake it"):
            replace(LEAD, **changes)


@pytest.mark.parametrize(
    ("changes", "wake_at", "stale_at"),
    [
        pytest.param({"review_at": NOW}, None, NOW, id="a review"),
        pytest.param({"clocks": LEAD.clocks}, LEAD.clocks[0].ladder[0].at, None, id="a clock"),
        pytest.param({"held": replace(HELD, clock=LEAD.clocks[0])},
                     LEAD.clocks[0].ladder[0].at, None, id="what it is held for"),
        pytest.param({"waiting": replace(WAITS, clock=LEAD.clocks[1], look_at=NOW)}, NOW, None,
                     id="room to look for"),
        pytest.param({"waiting": replace(WAITS, clock=LEAD.clocks[1])},
                     LEAD.clocks[1].ladder[0].at, None, id="its wait"),
        pytest.param({"deferred": (DeferredNotice(NOW, LEAD.clocks[0].ladder[0], 1, "anna", "x",
                                                  "X", NOW),)}, NOW, None, id="a notice"),
        pytest.param({"idle": replace(ENDED, climbed=0)}, None, ENDED.ladder[0].at,
                     id="its clock of inactivity"),
        pytest.param({"assignment": replace(owned(LEAD), snoozed_until=NOW)}, NOW, None,
                     id="the end of its rest"),
        pytest.param({"assignment": replace(owned(LEAD), forget_at=NOW)}, None, NOW,
                     id="as it stops counting"),
        pytest.param({"assignment": replace(owned(LEAD), forget_at=NOW, counts=False),
                      "review_at": NOW + minutes(1)}, None, NOW + minutes(1),
                     id="it does not count"),
    ],
)  # fmt: skip
def test_when_a_lead_is_looked_at_again(
    changes: dict[str, Any], wake_at: datetime | None, stale_at: datetime | None
) -> None:
    lead = Lead(**({"id": "101"} | changes))
    assert (lead.wake_at, lead.stale_at) == (wake_at, stale_at)


def test_under_which_names_a_lead_is_stored() -> None:
    notice = DeferredNotice(NOW, LEAD.clocks[0].ladder[0], 1, "anna", "x", "X", NOW)
    lead = Lead(id="101", state=LifecycleState("mql"), deferred=(notice,))
    assert set(msgspec.to_builtins(lead)) == {"id", "standing", "untold"}


@pytest.mark.parametrize(
    ("fields", "name", "company"),
    [
        ({"firstname": "Ada", "lastname": "Lovelace", "company": "Acme"}, "Ada Lovelace", "Acme"),
        ({"firstname": "Ada"}, "Ada", ""),
        ({"lastname": "Lovelace"}, "Lovelace", ""),
        ({"firstname": " ", "lastname": "", "email": "ada@acme.example"}, "ada@acme.example", ""),
        ({"phone": "+44 20 555 0100"}, "Lead 101", ""),
        ({}, "Lead 101", ""),
    ],
)
def test_what_a_lead_is_called(fields: dict[str, str], name: str, company: str) -> None:
    lead = Lead(id="101", fields=fields)
    assert (lead.name, lead.company) == (name, company)
