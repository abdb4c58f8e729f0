"""Make one slot show what its effect says: claim, (look,) create or update, confirm.

What happens when this dies half-way:

- after the claim, or while sending: the lease runs out, the next attempt finds the claim unsure
  and *looks* for the task or message before it would make one;
- after sending, before confirming: the same, and it finds it;
- after confirming: the repeat is told that the slot already shows it.

Two outside calls cannot be made exactly once. Setting properties is repeated and harmless. An
ephemeral reply may be shown twice; it is gone when its reader reloads.

Notices share messages: a breach, and anything to a person whose messages are counted, joins its
recipient's board, and then the board is shown, in a slot of its own, by the same rules. From the
moment it joined, others show it along with theirs; so whatever fails from then on leaves the doubt,
and the next attempt asks for the board that the notice is on before it would join another.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from baton.application.ports.crm import CrmWriter
from baton.application.ports.slack import Message, Messenger, Noticeboards
from baton.application.ports.slots import Claim, Slots, Slotted, Superseded
from baton.domain import hubspot_names
from baton.domain.world.effects import (
    AnyEffect,
    CardState,
    ContactState,
    DigestState,
    NoticeState,
    ReplyState,
    TaskState,
    lead_subject,
)
from baton.domain.world.events import Level, OwnerRefused, Undelivered
from baton.failures import Gone, NotAnOwner, Rejected, Retryable
from baton.presentation.wording import plain
from baton.wire.details import PersonHint

if TYPE_CHECKING:
    # deliver_hubspot imports this too, and renders nothing.
    from baton.domain.escalation.batching import Board

Showable = TypeVar("Showable", bound=Slotted)

#: So often one worker shows what others have put on a board while it showed the board.
ROUNDS = 3

#: What the bus takes of a name.
LONGEST = 255

#: The contact property that names its owner.
OWNER = hubspot_names.OWNER
#: Is told of the HubSpot owner id that HubSpot does not take for a contact's state.
Refused = Callable[[ContactState, str], None]
#: Shows an effect outside under a claim; answers the outside id, if the slot has one.
Show = Callable[[AnyEffect, Claim], str | None]


class Delivered(Struct, frozen=True):
    """The slot shows the effect. ``looked``: an earlier attempt was in doubt."""

    outside_id: str | None
    looked: bool = False


def deliver(
    effect: Showable,
    now: datetime,
    token: str,
    slots: Slots,
    show: Callable[[Showable, Claim], str | None],
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
    except (Retryable, Rejected) as error:
        slots.release(claim, now, unsure=error.unsure)
        raise
    slots.confirm(claim, outside_id)
    return Delivered(outside_id, looked=claim.unsure)


def in_hubspot(writer: CrmWriter, refused: Refused) -> Show:
    """
    How deliver_hubspot shows things.

    Args:
        refused: Is told of each owner whom HubSpot does not take; everything else is shown all
            the same. Told again, should this die before the slot is confirmed.
    """

    def show(effect: AnyEffect, claim: Claim) -> str | None:
        match effect:
            case ContactState():
                _show_contact(effect, claim, writer, refused)
                return None
            case TaskState():
                try:
                    return _show_task(effect, claim, writer)
                except NotAnOwner:
                    # The contact's own state tells of it; a task that is nobody's is seen at least.
                    return _show_task(replace(effect, owner=""), claim, writer)
        raise Rejected(f"{type(effect).__name__} is not for HubSpot")

    return show


def owner_news(effect: ContactState, owner: str, now: datetime) -> tuple[OwnerRefused, PersonHint]:
    """What is to be told of an owner whom HubSpot does not take: of the lead, which goes to the
    next, and of the person, who gets no more until HubSpot does. Once a lead, and once a day."""
    whom = f"hubspot:{owner}"
    lead = OwnerRefused(
        id=f"owner-refused:{effect.contact_id}:{effect.version}",
        lead_id=effect.contact_id,
        at=now,
        person=whom,
    )
    person = PersonHint(
        event_id=f"owner-refused:{owner}:{now.astimezone(UTC).date().isoformat()}",
        person=whom,
        occurred_at=now,
        away=True,
        source="hubspot",
    )
    return lead, person


def undelivered(effect: AnyEffect, error: Rejected, now: datetime) -> Undelivered | None:
    """What is to be told of a message about a lead that is refused for good; None: it is about
    none, and is for whoever looks at what is parked. The same however often it is tried."""
    _, of_lead, lead = effect.subject.partition(lead_subject(""))
    if not of_lead or not isinstance(effect, CardState | NoticeState):
        return None
    if isinstance(effect, NoticeState):
        level, which = effect.level, str(effect.version)
    else:
        # A card has one message that is edited silently: of all its edits the first to fail is
        # news, and the repeat of that identity is known to the lead.
        level = _CARD_LEVEL.get(effect.state, "info")
        which = "unseen" if effect.state == "open" else "edit"
    slot = sha256(f"{effect.slot}@{effect.to}".encode()).hexdigest()[:16]
    return Undelivered(
        id=f"undelivered:{lead}:{slot}:{which}",
        lead_id=lead,
        at=now,
        to=effect.to,
        level=level,
        reason=str(error).removeprefix("Slack: ")[:LONGEST],
        slot=effect.slot[:LONGEST],
    )


#: Where the card's reader has the lead. One that is open nobody may have seen yet.
_CARD_LEVEL: dict[str, Level] = {"open": "breach", "accepted": "warning", "touched": "warning"}


def in_slack(messenger: Messenger, boards: Noticeboards, slots: Slots, now: datetime) -> Show:
    """How deliver_slack shows things. *slots* are those that *show* itself is used with."""

    def show(effect: AnyEffect, claim: Claim) -> str | None:
        match effect:
            case NoticeState() if effect.level == "breach" or effect.an_hour:
                _Gathering(messenger, boards, slots, now).show(effect, claim)
                # No id: a slot's message is written over by its later states, and this one is not
                # the notice's alone.
                return None
            case CardState() | NoticeState() | DigestState():
                return _show_message(effect, claim, messenger)
            case ReplyState():
                messenger.reply(effect)
                return None
        raise Rejected(f"{type(effect).__name__} is not for Slack")

    return show


def _show_contact(effect: ContactState, claim: Claim, writer: CrmWriter, refused: Refused) -> None:
    # Older properties are left alone: they are shown already, and somebody may have changed them
    # in HubSpot since, which Baton then learns and answers by a new decision.
    news = {name: value for name, value in effect.properties.items() if value.since > claim.shown}
    words = {name: plain(value.value) for name, value in news.items()}
    back = {name: words[name] for name, value in news.items() if value.clear_first and words[name]}
    ahead = {name: value for name, value in words.items() if name not in back}
    # The rest goes first: if HubSpot refuses it, no stage was cleared; and a workflow that starts
    # on the stage finds the reason and the track already there.
    try:
        if ahead:
            writer.show_contact(effect.contact_id, ahead)
    except NotAnOwner:
        owner = ahead.pop(OWNER, "")
        if not owner:
            raise
        if ahead:
            writer.show_contact(effect.contact_id, ahead)
        refused(effect, owner)
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


def _show_message(effect: Message, claim: Claim, messenger: Messenger) -> str:
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


class _Gathering(Struct, frozen=True):
    """Shows a notice on its recipient's board."""

    messenger: Messenger
    boards: Noticeboards
    slots: Slots
    now: datetime

    def show(self, notice: NoticeState, claim: Claim) -> None:
        board = None
        if claim.unsure_since is not None:
            board = self.boards.holding(notice, claim.unsure_since)
            if board is None and self.messenger.find(notice, claim.unsure_since) is not None:
                return
        try:
            if board is None:
                board = self.boards.join(notice, self.now)
            self._show(board, claim)
        except Retryable as error:
            # It is on a board, or may be: the next to show that shows it.
            raise Retryable(str(error), error.after, unsure=True) from error
        except Rejected as error:
            raise Rejected(str(error), unsure=True) from error
        self._show_on(notice, board, claim)

    def _show(self, board: Board, claim: Claim) -> None:
        """Show *board*, or a newer state of it, which has all its entries.

        Raises Busy while somebody else shows an older one.
        """

        def show(board: Board, claim: Claim) -> str:
            return _show_message(board, claim, self.messenger)

        deliver(board, self.now, claim.token, self.slots, show)

    def _show_on(self, notice: NoticeState, shown: Board, claim: Claim) -> None:
        """Show what others put on the board meanwhile: they found it busy and wait.

        Nobody is left waiting for long: who joins after we have looked here finds the slot free.
        """
        for _ in range(ROUNDS):
            try:
                board = self.boards.holding(notice, self.now)
                if board is None or board.version <= shown.version:
                    return
                self._show(board, claim)
            except (Retryable, Rejected):
                return  # theirs to try again; ours is shown
            shown = board
