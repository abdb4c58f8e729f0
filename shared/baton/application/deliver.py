"""Shows one effect in its slot: claim, (look,) create or update, confirm.

What happens after a crash:

- after the claim, or while sending: the lease runs out; the next attempt finds the claim unsure and
  *looks* for the task or message before it creates one;
- after sending, before confirming: the same, and the look finds it;
- after confirming: the repeated message finds that the slot already shows it.

Two kinds of calls cannot be made exactly once. Setting properties again is harmless. An ephemeral
reply may be shown twice; it disappears when its reader reloads.

Notices share messages: a breach, and any notice to a person with an hourly limit, joins its
recipient's board, and the board is then shown in its own slot by the same rules. Once a notice has
joined, deliveries of other notices on the board show it too. So any failure from then on is unsure,
and the next attempt looks for the board that the notice is on before it joins another.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from baton.application.ports.crm import CrmWriter
from baton.application.ports.slack import MemberFault, Message, Messenger, Noticeboards
from baton.application.ports.slots import Claim, Slots, Slotted, Superseded
from baton.application.show_contact import Refused, show_contact
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
from baton.failures import Explained, Gone, NotAnOwner, PropertiesRefused, Rejected, Retryable
from baton.wire.details import PersonHint

if TYPE_CHECKING:
    # deliver_hubspot imports this module too, and must not load the rendering code.
    from baton.domain.escalation.batching import Board

Showable = TypeVar("Showable", bound=Slotted)

#: How often one worker shows the board again for entries that others added meanwhile.
ROUNDS = 3

#: Slots of notices that somebody could not be told (domain/escalation/undelivered.py).
ABOUT_UNDELIVERED = "notice:undelivered:"

#: Longest text that the bus accepts in a field.
LONGEST = 255

#: Shows an effect outside under a claim; returns the outside id, if the slot has one.
Show = Callable[[AnyEffect, Claim], str | None]


class Delivered(Struct, frozen=True):
    """The slot shows the effect. ``looked``: an earlier attempt was unsure."""

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
    Show *effect* unless its slot already shows the same or a newer version.

    Args:
        token: Unique to this attempt; names the holder of the claim.

    Raises:
        Retryable: Try again later (Busy: somebody else holds the slot).
        Rejected: The outside system will never take it; the slot stays as it was.
        Explained: There is nowhere to show it any more; the slot stays as it was.
    """
    claim = slots.claim(effect, token, now)
    if isinstance(claim, Superseded):
        return claim
    try:
        outside_id = show(effect, claim)
    except (Retryable, Rejected) as error:
        slots.release(claim, now, unsure=error.unsure)
        raise
    except Explained:
        # Not confirmed: if the contact is restored, the next version shows all that this one had.
        slots.release(claim, now, unsure=False)
        raise
    slots.confirm(claim, outside_id)
    return Delivered(outside_id, looked=claim.unsure)


def in_hubspot(writer: CrmWriter, refused: Refused) -> Show:
    """
    How deliver_hubspot shows effects.

    A refusal is looked into once: nothing can be shown at a contact that was deleted or merged
    away, and nobody can fix that. HubSpot does not document how it refuses each call there (404,
    or a 400 for an association), so it is asked for the contact.

    Args:
        refused: Called for each owner that HubSpot refuses; the rest of the effect is shown anyway.
            Called again if the process dies before the slot is confirmed.
    """

    def show(effect: AnyEffect, claim: Claim) -> str | None:
        try:
            return show_at_contact(effect, claim)
        except Rejected as error:
            if isinstance(effect, ContactState | TaskState) and not writer.exists(
                effect.contact_id
            ):
                raise Explained("the contact is gone from HubSpot") from error
            raise

    def refused_at_contact(effect: ContactState, owner: str) -> None:
        """A refusal that names nothing may be of the contact: then nobody is to blame."""
        if not writer.exists(effect.contact_id):
            raise Explained("the contact is gone from HubSpot")
        refused(effect, owner)

    def show_at_contact(effect: AnyEffect, claim: Claim) -> str | None:
        match effect:
            case ContactState():
                show_contact(effect, claim.shown, writer, refused_at_contact)
                return None
            case TaskState():
                try:
                    return _show_task(effect, claim, writer)
                except PropertiesRefused as error:
                    # The contact's effect reports the owner; a task without an owner is at least
                    # visible. Where HubSpot does not say what it refuses, it may be the owner.
                    if not effect.owner or not (isinstance(error, NotAnOwner) or not error.names):
                        raise
                    return _show_task(replace(effect, owner=""), claim, writer)
        raise Rejected(f"{type(effect).__name__} is not for HubSpot")

    return show


def owner_news(effect: ContactState, owner: str, now: datetime) -> tuple[OwnerRefused, PersonHint]:
    """Events about an owner that HubSpot refuses: one for the lead, which goes to the next rep, and
    one a day for the person, who gets no leads until HubSpot accepts them again.
    """
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
    """The event about a message of a lead that Slack refused for good; None: the message is not
    about a lead, and is only parked. Repeated attempts give the same event.
    """
    _, of_lead, lead = effect.subject.partition(lead_subject(""))
    if not of_lead or not isinstance(effect, CardState | NoticeState):
        return None
    if isinstance(effect, NoticeState):
        level, which = effect.level, str(effect.version)
    else:
        # A card's edits notify nobody, so only the first failing edit is reported: all edits share
        # one event id, and the lead's history knows repeats.
        level = _CARD_LEVEL.get(effect.state, "info")
        which = "unseen" if effect.state == "open" else "edit"
    slot = sha256(f"{effect.slot}@{effect.to}".encode()).hexdigest()[:16]
    return Undelivered(
        id=f"undelivered:{lead}:{slot}:{which}",
        lead_id=lead,
        at=now,
        to=effect.to,
        level=level,
        reason=(error.code or str(error))[:LONGEST],
        slot=effect.slot[:LONGEST],
        fix=str(error).partition(f"{error.code}: ")[2][:LONGEST] if error.code else "",
    )


#: Slack's errors that are about the user, not the message, and what they say of them (source: its
#: lists of errors of ``chat.postMessage`` and ``conversations.open``).
_ABOUT_USER: dict[str, MemberFault] = {
    "cannot_dm_bot": "bot",
    "user_disabled": "deactivated",
    "user_not_found": "unknown",
    "user_not_visible": "unknown",
    "users_not_found": "unknown",
}


def unreachable(effect: AnyEffect, error: Rejected, now: datetime) -> PersonHint | None:
    """The event about a person to whom Slack refuses messages: they get no leads until the roster
    check says otherwise. None: the refusal is not about a person. The same within an hour, so that
    a hundred refused messages are one piece of news."""
    to = getattr(effect, "to", "")
    if not to.startswith(("U", "W")) or error.code not in _ABOUT_USER:
        return None
    return PersonHint(
        event_id=f"unreachable:{to}:{now.astimezone(UTC):%Y-%m-%dT%H}",
        person=f"slack:{to}",
        occurred_at=now,
        away=True,
        source="hubspot",
        why=_ABOUT_USER[error.code],
    )


class _ToldOf(Struct, frozen=True):
    """A slot that says on which day a notice to somebody was parked last; the version is the
    day."""

    subject: str
    slot: str
    version: int


def is_parked_already(effect: AnyEffect, now: datetime, token: str, slots: Slots) -> bool:
    """
    Whether *effect*, which Slack refused, tells that somebody else could not be told, and one such
    notice to this recipient is parked today (UTC) already. The message that it tells of is parked
    itself, so more of them would only hide the others.

    Args:
        token: Unique to this attempt.

    Raises:
        Retryable: The store does not answer, or another attempt looks right now.
    """
    if not isinstance(effect, NoticeState) or not effect.slot.startswith(ABOUT_UNDELIVERED):
        return False
    day = now.astimezone(UTC).date().toordinal()
    claim = slots.claim(_ToldOf(f"BOARD#{effect.to}", "undelivered", day), token, now)
    if isinstance(claim, Superseded):
        return True
    # If the worker dies before parking, it is not parked: what it tells of still is.
    slots.confirm(claim, None)
    return False


#: States in which the card's reader has the lead. An open card may not have been seen yet.
_CARD_LEVEL: dict[str, Level] = {"open": "breach", "accepted": "warning", "touched": "warning"}


def in_slack(messenger: Messenger, boards: Noticeboards, slots: Slots, now: datetime) -> Show:
    """How deliver_slack shows effects. *slots* must be the store that *show* is used with."""

    def show(effect: AnyEffect, claim: Claim) -> str | None:
        match effect:
            case NoticeState() if effect.level == "breach" or effect.an_hour:
                _Gathering(messenger, boards, slots, now).show(effect, claim)
                # Return no id: later states would overwrite the message, and a board is shared.
                return None
            case CardState() | NoticeState() | DigestState():
                return _show_message(effect, claim, messenger)
            case ReplyState():
                messenger.reply(effect)
                return None
        raise Rejected(f"{type(effect).__name__} is not for Slack")

    return show


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
    # A task that was never created need not be completed.
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
            board = self.boards.find_board(notice, claim.unsure_since)
            if board is None and self.messenger.find(notice, claim.unsure_since) is not None:
                return
        try:
            if board is None:
                board = self.boards.join(notice, self.now)
            self._show(board, claim)
        except Retryable as error:
            # The notice may be on a board by now, and then any delivery of that board shows it.
            raise Retryable(str(error), error.after, unsure=True) from error
        except Rejected as error:
            raise Rejected(str(error), unsure=True, code=error.code) from error
        self._show_on(notice, board, claim)

    def _show(self, board: Board, claim: Claim) -> None:
        """Show *board*, or leave a newer state of it, which has all its entries.

        Raises Busy while somebody else shows an older one.
        """

        def show(board: Board, claim: Claim) -> str:
            return _show_message(board, claim, self.messenger)

        deliver(board, self.now, claim.token, self.slots, show)

    def _show_on(self, notice: NoticeState, shown: Board, claim: Claim) -> None:
        """Show entries that others added to the board meanwhile: they found it busy and wait.

        Nobody waits for long: a notice that joins after this look finds the slot free.
        """
        for _ in range(ROUNDS):
            try:
                board = self.boards.find_board(notice, self.now)
                if board is None or board.version <= shown.version:
                    return
                self._show(board, claim)
            except (Retryable, Rejected):
                return  # those others will retry; our notice is shown
            shown = board
