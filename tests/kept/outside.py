"""Items other than leads, and messages: slots, boards, checkpoints, parked messages.

The journeys make slots and boards already; these functions add states that are short-lived, or need
many messages.
"""

from __future__ import annotations

from datetime import timedelta
from inspect import getmodule
from typing import Any
from unittest.mock import patch

from baton.adapters.aws.dead_letters import SqsParkingLot
from baton.adapters.aws.outbox import encode_effect
from baton.adapters.dynamodb.index_audit import OpenLeads
from baton.application.ports.slots import Claim
from baton.application.send_digests import send_digests
from baton.application.sweep import sweep_fast, sweep_slow
from baton.application.watchdog import watch
from baton.domain.escalation.batching import OPEN_FOR
from baton.domain.world.effects import NoticeState
from tests.adapters.dynamodb.test_leads import TABLE
from tests.builders import unnoted
from tests.fakes.effects import card_state, notice_state, reply_state, task_state
from tests.kept.rig import BASE, SLACK, UNDELIVERED, UNWORKED, WAKES, Rig

#: A lead that is in none of the journeys.
LEAD = "501"
CHANNEL, CROWDED, NEARLY = "C0LEADS", "U0MONA", "U0CLEO"
#: The leads whose breaches are on the channel's young board.
ON_BOARD = (3, 4)


def slots(rig: Rig) -> None:
    """card:1 is shown, and a worker has claimed it for a newer state. card:2 is unsure: it may have
    been sent. task:1 was tried twice, and never shown."""
    shown, held = card_state(3), card_state(4)
    rig.slots.confirm(_claimed(rig, shown, "a"), "D0ANNA:1772442000.000100")
    _claimed(rig, held, "b")
    doubtful = card_state(1, slot="card:2", assignment=2)
    rig.slots.release(_claimed(rig, doubtful, "c"), rig.now, unsure=True)
    failed = task_state(2)
    for token in ("d", "e"):
        rig.slots.release(_claimed(rig, failed, token), rig.now, unsure=False)


def _claimed(rig: Rig, effect: Any, token: str) -> Claim:
    claim = rig.slots.claim(effect, token, rig.now)
    assert isinstance(claim, Claim)
    return claim


def boards(rig: Rig) -> None:
    """The channel's board is young and has two notices; the one before is closed. Mona may get two
    messages an hour: her third board is a summary, which counts notices without room. Cleo has
    reached her limit of two."""
    for number in (1, 2):
        _show(rig, breach(number))
    rig.now += OPEN_FOR
    for number in ON_BOARD:
        _show(rig, breach(number))
    long = tuple("x" * 540 for _ in range(7))
    for number in range(1, 7):
        _show(rig, limited(number, CROWDED, *(long if number > 2 else ())))
        if number <= 2:
            _show(rig, limited(number, NEARLY))
        rig.now += OPEN_FOR


def breach(number: int) -> NoticeState:
    return notice_state(subject=f"LEAD#50{number}", title=f"Lead {number} was due")


def limited(number: int, to: str, *lines: str) -> NoticeState:
    """A notice to a person with a limit of two messages an hour."""
    return notice_state(
        subject=f"LEAD#51{number}",
        slot=f"notice:1:accept:warn:{to}",
        to=to,
        level="warning" if number % 2 else "info",
        title=f"Lead {number} is due soon",
        lines=lines or ("Owner: Cleo",),
        an_hour=2,
    )


def _show(rig: Rig, notice: NoticeState) -> None:
    rig.sqs.send_message(QueueUrl=SLACK, MessageBody=encode_effect(notice))
    rig.run()


def parked(rig: Rig) -> None:
    """In addition to the refused message of 121: news that cannot be worked, a message that SQS
    itself moved after too many receives, and one that was redriven."""
    rig.sqs.send_message(QueueUrl=WAKES, MessageBody='{"detail-type":"LeadHint","detail":{}}')
    rig.run()
    rig.sqs.send_message(QueueUrl=UNDELIVERED, MessageBody=encode_effect(reply_state(9)))
    lot = SqsParkingLot(rig.sqs, UNWORKED, {}, f"{BASE}/baton-events")
    (first,) = lot.take(1)
    lot.send_again(first)
    lot.leave(first)


def schedules(rig: Rig) -> None:
    """The next morning: digests, and the checkpoint of each sweep. The watchdog's pass through the
    open leads is not complete."""
    rig.now = rig.now.replace(hour=7, minute=40) + timedelta(days=1)
    policy = rig.policies.active(rig.now)
    send_digests(policy, rig.leads, rig.outbox, rig.now, unnoted)
    rig.run()
    sweep_fast(rig.leads, rig.wakes, rig.now)
    sweep_slow(rig.leads, rig.wakes, rig.now)
    with patch.object(getmodule(OpenLeads), "PAGE", 3):
        open_leads = OpenLeads(rig.client, TABLE)
        watch(rig.leads, open_leads, rig.wakes, rig.now, lambda flaw: None, pages=1)


PARTS = (slots, boards, parked, schedules)
