"""Messages and tasks left in Slack and HubSpot are recognised: when people use them, and when Baton
looks for them."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from msgspec.structs import replace

from baton.adapters.aws.outbox import decode_effect
from baton.domain.world.effects import CardState, TaskState
from baton.domain.world.events import Clicked
from baton.http.slack import ACTIONS, read_interaction
from tests.builders import NOW
from tests.fakes.effects import notice_state
from tests.kept.doors import HubspotApi, SlackApi, elements
from tests.kept.reading import Kept


def test_every_element_of_a_kept_card_can_be_used(kept: Kept) -> None:
    used = set()
    for one in kept.outside:
        effect = decode_effect(one["effect"])
        for block, element in elements(one.get("message", {})):
            assert isinstance(effect, CardState)
            (click,) = read_interaction(pressed(block, element)).events
            assert isinstance(click, Clicked)
            assert (click.lead_id, click.assignment) == (effect.lead_id, effect.assignment)
            assert click.action == ACTIONS[element["action_id"]]
            assert click.reason in ("", *dict(effect.reasons))
            assert bool(click.reason) == (click.action == "reject")
            used.add(click.action)
    assert used == {"accept", "reject", "touch", "untouch", "qualify", "explain"}


def test_a_kept_message_is_found_again_for_its_effect(kept: Kept) -> None:
    messages = [one["message"] for one in kept.outside if "message" in one]
    with SlackApi(messages).messenger() as messenger:
        for one in kept.outside:
            effect: Any = decode_effect(one["effect"])
            if "message" in one:
                assert messenger.find(effect, NOW) is not None, effect.slot
                another = replace(effect, slot="another", version=99)
                assert messenger.find(another, NOW) is None, effect.slot


def test_a_kept_boards_message_is_found_for_each_of_its_notices(kept: Kept) -> None:
    (board,) = [one["message"] for one in kept.outside if "holds" in _mark(one)]
    with SlackApi([board]).messenger() as messenger:
        for number, found in ((3, True), (4, True), (5, False)):
            notice = notice_state(subject=f"LEAD#50{number}")
            assert bool(messenger.find(notice, NOW)) is found


def test_a_kept_task_is_found_again_by_its_marker(kept: Kept) -> None:
    (kept_task,) = [one for one in kept.outside if "task" in one]
    task = decode_effect(kept_task["effect"])
    assert isinstance(task, TaskState)
    writer = HubspotApi([kept_task["task"]]).writer()
    assert writer.find_task(task) == "1"
    assert writer.find_task(replace(task, slot=f"{task.slot}2")) is None


def pressed(block: str, element: dict[str, Any]) -> bytes:
    """The request that Slack makes when somebody uses *element* of *block*."""
    used = {
        "action_id": element["action_id"],
        "block_id": block,
        "action_ts": "1772442000.000100",
        "selected_option": element.get("options", [None])[0],
    }
    payload = {
        "type": "block_actions",
        "user": {"id": "UANNA"},
        "team": {"id": "T1"},
        "channel": {"id": "DANNA"},
        "actions": [used],
    }
    return urlencode({"payload": json.dumps(payload)}).encode()


def _mark(one: dict[str, Any]) -> dict[str, Any]:
    payload: dict[str, Any] = one.get("message", {}).get("metadata", {}).get("event_payload", {})
    return payload
