"""A message that waited on the dead-letter queue is sent only if what it says is still so."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from baton.domain.escalation.overtaken import REPLY_WITHIN, overtaken
from baton.domain.lead import Lead
from baton.domain.phrase import Phrase
from baton.domain.time import iso
from baton.domain.world.effects import AnyEffect, NoticeState
from baton.domain.world.world import Away, Load
from tests.builders import NOW, decided, due, handed_off, minutes, owned
from tests.fakes.effects import card_state, digest_state, notice_state, reply_state

LEAD, _ = handed_off()
ACCEPT = LEAD.clocks[0]
LATE = ACCEPT.due_at + minutes(5)
MOVED = replace(LEAD, assignment=replace(owned(LEAD), number=2))
FREE = replace(LEAD, assignment=None, clocks=())
STOPPED = replace(LEAD, clocks=tuple(replace(one, stopped_at=NOW) for one in LEAD.clocks))


def of_lead(slot: str, **changes: Any) -> NoticeState:
    return notice_state(subject="LEAD#101", slot=f"notice:{slot}", **changes)


WARNING = of_lead(f"1:{ACCEPT.target}:warned:{iso(NOW)}:owner", level="warning")
BREACH = of_lead(f"1:{ACCEPT.target}:breached:{iso(NOW)}:manager")
REFUSED = of_lead("undelivered:1:U0ANNA")
CARD = card_state(subject="LEAD#101", lead_id="101")


@pytest.mark.parametrize(
    ("effect", "lead", "now", "expected"),
    [
        pytest.param(BREACH, LEAD, LATE, False, id="nobody acted since the breach"),
        pytest.param(BREACH, MOVED, LATE, True, id="the lead went to somebody else"),
        pytest.param(BREACH, FREE, LATE, True, id="nobody has the lead"),
        pytest.param(BREACH, STOPPED, LATE, True, id="the clock stopped"),
        pytest.param(BREACH, LEAD, NOW, True, id="the deadline moved and is ahead"),
        pytest.param(BREACH, None, LATE, False, id="the lead is not known"),
        pytest.param(WARNING, LEAD, NOW, False, id="the deadline of a warning is ahead"),
        pytest.param(WARNING, LEAD, LATE, True, id="the deadline of a warning has passed"),
        pytest.param(of_lead("1:gone:breached:x:owner"), LEAD, LATE, True, id="no such target"),
        pytest.param(REFUSED, LEAD, LATE, False, id="somebody still has to take care"),
        pytest.param(REFUSED, MOVED, LATE, True, id="others were told about who has it now"),
        pytest.param(REFUSED, STOPPED, LATE, True, id="nothing is due any more"),
        pytest.param(of_lead("undelivered:0:C0"), FREE, LATE, True, id="the lead is closed"),
        pytest.param(CARD, LEAD, LATE, False, id="card of the owner"),
        pytest.param(CARD, MOVED, LATE, True, id="card of somebody who lost the lead"),
        pytest.param(replace(CARD, state="touched"), FREE, LATE, True, id="card of a closed lead"),
        pytest.param(
            replace(CARD, state="taken_back"), MOVED, LATE, False, id="what ends a card is shown"
        ),
        pytest.param(CARD, None, LATE, False, id="card of a lead that is not known"),
        pytest.param(of_lead("moved:2:anna"), MOVED, LATE, False, id="what happened stays true"),
        pytest.param(of_lead("backward:x"), FREE, LATE, False, id="another notice"),
        pytest.param(of_lead("held:mql:x:1"), LEAD, LATE, True, id="held no more"),
        pytest.param(of_lead("held:mql:x:1", level="info"), LEAD, LATE, False, id="was released"),
        pytest.param(of_lead("wait:desk:x"), LEAD, LATE, True, id="waits no more"),
        pytest.param(of_lead("idle:x"), LEAD, LATE, True, id="idle no more"),
        pytest.param(digest_state(), None, LATE, False, id="a digest says its day"),
    ],
)
def test_what_is_overtaken(
    effect: AnyEffect, lead: Lead | None, now: datetime, expected: bool
) -> None:
    assert overtaken(effect, lead, None, now, now) is expected


@pytest.mark.parametrize(
    ("title", "fact"),
    [
        ("unreachable", "unreachable"),
        ("owner_refused", "refused"),
        ("away.title", "away"),
    ],
)
def test_a_notice_about_a_person_needs_a_load_that_says_the_same(title: str, fact: str) -> None:
    """ "Slack brings Jonas no messages" came after he was reached again."""
    began = replace(notice_state(subject="PERSON#jonas"), title=Phrase(title, ("Jonas",)))
    ends = {"unreachable": "unreachable.no_more", "owner_refused": "refused.no_more"}
    ended = replace(began, title=Phrase(ends.get(title, "back.title"), ("Jonas",)))
    away: Any = {fact: Away(NOW, None, "workspace")}
    back: Any = {fact: Away(NOW, NOW, "workspace")}
    loads = [Load("jonas", **away), Load("jonas", **back), Load("jonas")]
    assert [overtaken(began, None, load, NOW, NOW) for load in loads] == [False, True, True]
    assert [overtaken(ended, None, load, NOW, NOW) for load in loads] == [True, False, False]
    assert not overtaken(began, None, None, NOW, NOW)


def test_the_notices_of_a_ladder_are_known_by_the_slots_that_it_gives_them() -> None:
    lead, its_world = handed_off()
    warned = decided(lead, due(lead), its_world, NOW + minutes(8))
    first = decided(warned.lead, due(warned.lead), its_world, NOW + minutes(16))
    breached = decided(first.lead, due(first.lead), its_world, NOW + minutes(26))
    warning, breach, escalation = (
        one
        for decision in (warned, first, breached)
        for one in decision.effects
        if isinstance(one, NoticeState)
    )
    for at, stale in ((8, (False, True, True)), (27, (True, False, False))):
        now = NOW + minutes(at)
        found = [
            overtaken(one, breached.lead, None, now, now) for one in (warning, breach, escalation)
        ]
        assert tuple(found) == stale
        lost = replace(breached.lead, assignment=replace(owned(lead), number=2))
        assert all(overtaken(one, lost, None, now, now) for one in (warning, breach, escalation))


def test_nobody_waits_for_the_answer_to_an_old_click() -> None:
    for ago, expected in ((timedelta(0), False), (REPLY_WITHIN + minutes(1), True)):
        assert overtaken(reply_state(), LEAD, None, NOW - ago, NOW) is expected


def test_notices_of_a_hold_a_wait_and_idleness_are_sent_while_these_last() -> None:
    idle = replace(ACCEPT, due_at=LATE)
    assert LEAD.idle is not None
    last = replace(LEAD, idle=idle)
    notice = of_lead(f"idle:{iso(LATE)}")
    assert not overtaken(notice, last, None, NOW, NOW)
    assert overtaken(notice, last, None, NOW, LATE)
