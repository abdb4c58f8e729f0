"""Make one slot show what its effect says: claim, (look,) create or update, confirm.

What happens when this dies half-way:

- after the claim, or while sending: the lease runs out, the next attempt finds the claim unsure
  and *looks* for the task or message before it would make one;
- after sending, before confirming: the same, and it finds it;
- after confirming: the repeat is told that the slot already shows it.

Two outside calls cannot be made exactly once. Setting properties is repeated and harmless. An
ephemeral reply may be shown twice; it is gone when its reader reloads.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from baton.adapters.ports import (
    Claim,
    CrmWriter,
    Gone,
    Messenger,
    Rejected,
    Retryable,
    Slots,
    Superseded,
)
from baton.core.effects import (
    AnyEffect,
    CardState,
    ContactState,
    DigestState,
    NoticeState,
    ReplyState,
    TaskState,
)

#: Shows an effect outside under a claim; answers the outside id, if the slot has one.
Show = Callable[[AnyEffect, Claim], str | None]


class Delivered(Struct, frozen=True):
    """The slot shows the effect. ``looked``: an earlier attempt was in doubt."""

    outside_id: str | None
    looked: bool = False


def deliver(
    effect: AnyEffect, now: datetime, token: str, slots: Slots, show: Show
) -> Delivered | Superseded:
    """
    Show *effect* unless its slot already shows something as new.

    Args:
        token: Unique to this attempt; names the holder of the claim.

    Raises:
        Retryable: Not now (Busy: somebody else is at it); the effect must come back.
        Rejected: The outside system will never take it; the slot stays as it was.
    """
    claim = slots.claim(effect, token, now)
    if isinstance(claim, Superseded):
        return claim
    try:
        outside_id = show(effect, claim)
    except Retryable as error:
        slots.release(claim, now, unsure=error.unsure)
        raise
    except Rejected:
        slots.release(claim, now, unsure=False)
        raise
    slots.confirm(claim, outside_id)
    return Delivered(outside_id, looked=claim.unsure)


def in_hubspot(writer: CrmWriter) -> Show:
    """How deliver_hubspot shows things."""

    def show(effect: AnyEffect, claim: Claim) -> str | None:
        match effect:
            case ContactState():
                _show_contact(effect, claim, writer)
                return None
            case TaskState():
                return _show_task(effect, claim, writer)
        raise Rejected(f"{type(effect).__name__} is not for HubSpot")

    return show


def in_slack(messenger: Messenger) -> Show:
    """How deliver_slack shows things."""

    def show(effect: AnyEffect, claim: Claim) -> str | None:
        match effect:
            case CardState() | NoticeState() | DigestState():
                return _show_message(effect, claim, messenger)
            case ReplyState():
                messenger.reply(effect)
                return None
        raise Rejected(f"{type(effect).__name__} is not for Slack")

    return show


def _show_contact(effect: ContactState, claim: Claim, writer: CrmWriter) -> None:
    # Older properties are left alone: they are shown already, and somebody may have changed them
    # in HubSpot since, which Baton then learns and answers by a new decision.
    news = {name: value for name, value in effect.properties.items() if value.since > claim.shown}
    back = {name: value.value for name, value in news.items() if value.clear_first and value.value}
    ahead = {name: value.value for name, value in news.items() if name not in back}
    # The rest goes first: if HubSpot refuses it, no stage was cleared; and a workflow that starts
    # on the stage finds the reason and the track already there.
    if ahead:
        writer.show_contact(effect.contact_id, ahead)
    if back:
        writer.clear_contact(effect.contact_id, list(back))
        writer.show_contact(effect.contact_id, back)


def _show_task(effect: TaskState, claim: Claim, writer: CrmWriter) -> str | None:
    task_id = claim.outside_id
    if task_id is None and claim.unsure:
        task_id = writer.find_task(effect)
    if task_id is not None:
        try:
            writer.update_task(task_id, effect)
        except Gone:
            if not effect.done:
                return writer.create_task(effect)
        return task_id
    # A task that was never made needs no ticking off.
    return None if effect.done else writer.create_task(effect)


def _show_message(
    effect: CardState | NoticeState | DigestState, claim: Claim, messenger: Messenger
) -> str:
    message = claim.outside_id
    if message is None and claim.unsure_since is not None:
        message = messenger.find(effect, claim.unsure_since)
    if message is None:
        return messenger.post(effect)
    try:
        messenger.update(message, effect)
    except Gone:
        return messenger.post(effect)
    return message
