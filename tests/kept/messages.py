"""Which messages of a rig are kept: one or a few of each kind, chosen by their bodies."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import msgspec

from baton.adapters.aws.dead_letters import SqsParkingLot
from baton.adapters.aws.outbox import decode_effect, encode_effect
from baton.domain.world.effects import CardState, DigestState, NoticeState, TaskState
from baton.failures import Malformed
from baton.wire.vocabulary import SHAPES, decode_message, encode_message
from tests.kept import outside
from tests.kept.doors import HubspotApi, SlackApi, elements
from tests.kept.picking import picked
from tests.kept.rig import EVENTS, HUBSPOT, SLACK, UNDELIVERED, UNWORKED, WAKES, Rig
from tests.kept.shapes import shown


def effects(rig: Rig) -> list[str]:
    return picked(rig.sqs.sent_to(HUBSPOT, SLACK), shown_by_effect, len)


def news(rig: Rig) -> list[str]:
    """All news that travelled, as queue messages of our own."""
    found = []
    for body in rig.sqs.sent_to(EVENTS, WAKES):
        try:
            found.append(encode_message(decode_message(body)))
        except Malformed:
            continue  # parked messages are kept separately
    return picked(found, shown_by_news, len)


def shown_by_news(body: str) -> set[str]:
    """What a message shows as it travels and as it is worked; Baton's own events travel
    unchanged."""
    message, news = json.loads(body), decode_message(body)
    shape = SHAPES.get(message["detail-type"], type(news))
    if isinstance(news, shape):
        return shown(news)
    return shown(msgspec.convert(message["detail"], shape)) | shown(news)


def shown_by_effect(body: str) -> set[str]:
    return shown(decode_effect(body))


def bus(rig: Rig) -> list[Any]:
    """Entries put on the bus, and the resulting messages: from a rule, and replayed from the
    archive."""
    pairs = [
        {"put": dict(put), "comes": comes}
        for put, comes in zip(rig.events.stored, rig.envelopes, strict=True)
    ]
    kept = picked(
        pairs, lambda pair: {pair["comes"]["detail-type"], pair["comes"]["source"]}, _size
    )
    again = [{**one, "comes": one["comes"] | {"replay-name": "a-day"}} for one in kept[:1]]
    return [*kept, *again]


def parked(rig: Rig) -> list[Any]:
    """Messages sent to each dead-letter queue, and as SQS returns them; finally, a redriven message
    as its function receives it."""
    found: list[Any] = []
    for url in (UNWORKED, UNDELIVERED):
        sent = [one for one in rig.sqs.sent if one[0] == url]
        received = rig.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0
        )["Messages"]
        for (_, body, attributes), message in zip(sent, received, strict=True):
            put = {"MessageBody": body, "MessageAttributes": attributes}
            found.append({"queue": url.rsplit("/", 1)[1], "put": put, "received": message})
    lot = SqsParkingLot(rig.sqs, UNDELIVERED, {}, SLACK)
    for one in lot.take(1):
        lot.send_again(one)
    again = rig.sqs.poll(SLACK, 1) or {"Records": []}
    home = SLACK.rsplit("/", 1)[1]
    return [*found, *({"queue": home, "record": record} for record in again["Records"])]


def left_outside(rig: Rig, bodies: list[str]) -> list[Any]:
    """One effect of each kind that Baton looks for or uses outside, with the message or task that
    shows it. A board represents its latest notice."""
    slack, hubspot = SlackApi(), HubspotApi()
    found: list[Any] = []
    with slack.messenger() as messenger:
        for body in bodies:
            effect = decode_effect(body)
            if isinstance(effect, CardState | DigestState | NoticeState):
                messenger.post(effect)
                found.append({"effect": body, "message": slack.messages[-1]})
        for number in outside.ON_BOARD:
            notice = outside.breach(number)
            board = rig.boards.find_board(notice, rig.now - timedelta(days=1))
            if board is not None and len(board.entries) > 1:
                messenger.post(board)
                found.append({"effect": encode_effect(notice), "message": slack.messages[-1]})
    for body in bodies:
        task = decode_effect(body)
        if isinstance(task, TaskState):
            hubspot.writer().create_task(task)
            found.append({"effect": body, "task": hubspot.tasks[-1]})
    return picked(found, _shown_outside, _size)


def _shown_outside(one: dict[str, Any]) -> set[str]:
    message = one.get("message", {"metadata": {"event_payload": {}}})
    kind = type(decode_effect(one["effect"])).__name__
    used = {element["action_id"] for _, element in elements(message)}
    return {kind} | used | {f"mark: {name}" for name in message["metadata"]["event_payload"]}


def _size(one: Any) -> int:
    return len(json.dumps(one))
