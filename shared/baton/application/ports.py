"""The doors out, in the core's words. What they raise stands in ``baton.failures``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from msgspec import Struct

from baton.domain.policy import Ownership
from baton.domain.world.effects import CardState, DigestState, NoticeState, ReplyState, TaskState
from baton.domain.world.world import Account, Background, Contact, Touch

if TYPE_CHECKING:
    # Most who import this render nothing, and need not load what does.
    from baton.presentation.slack.board import Board


class Token(Protocol):
    """An access token that may be rotated at any time."""

    def __call__(self) -> str:
        """The token as known. Raises Retryable if none is."""
        ...

    def renewed(self) -> str | None:
        """The token read anew because the known one was refused; None if that brings nothing."""
        ...


class Deal(Struct, frozen=True):
    """A deal as HubSpot has it now."""

    id: str
    #: Internal names of the stage and of the pipeline that it is a stage of.
    stage: str
    pipeline: str
    #: What HubSpot says of the stage: won, lost, or neither.
    outcome: Literal["", "won", "lost"]
    #: Since when it is in the stage; None: its history does not say.
    entered_at: datetime | None
    #: Ids of the contacts it is associated with.
    contacts: tuple[str, ...]


class Crm(Protocol):
    """What advance_lead reads of HubSpot.

    All raise Retryable (HubSpot did not answer, or asked to wait) and Rejected (never as it is).
    """

    def contacts(
        self, ids: list[str], properties: list[str], watched: Sequence[str] = ()
    ) -> dict[str, Contact]:
        """The contacts that exist, by id, with the history of their stage, and of *watched*
        properties the last change. One request per 50, which is HubSpot's limit for reads with
        history.
        """
        ...

    def touches(self, contact_id: str) -> tuple[Touch, ...]:
        """Calls, sent e-mails and meetings logged on the contact, with who did them; oldest
        first. A contact that does not exist has none.
        """
        ...

    def background(
        self, contact_id: str, history: list[str], contact: list[str], company: list[str]
    ) -> Background:
        """Where missing values may be found: of *history* the last value of each, of *contact*
        what the contact has, of *company* what its primary company has. A request each for the
        contact, for whose company it is, and for the company; none for what nobody asks. A
        contact that does not exist has no background.
        """
        ...

    def account(self, contact_id: str, sources: Sequence[Ownership], domain: str) -> Account:
        """Who owns what the contact belongs to, looked for in *sources* in their order until an
        owner is found: at most two requests for deals, two for the company, one for its parent,
        one for the company with the e-mail *domain* (empty: not looked for). ``contact`` is not
        looked for: the contact was read. What HubSpot does not let us see is ``denied``, and the
        next place is looked at.
        """
        ...

    def deal(self, deal_id: str) -> Deal | None:
        """None: there is no such deal (any more). Two requests."""
        ...


class CrmWriter(Protocol):
    """What deliver_hubspot shows. Every method is one outside call unless it says otherwise.

    All raise Retryable (now not, or not known) and Rejected (never as it is); what names an owner
    also NotAnOwner.
    """

    def show_contact(self, contact_id: str, properties: dict[str, str]) -> None: ...

    def clear_contact(self, contact_id: str, properties: list[str]) -> None:
        """Empty the properties, so that lifecyclestage may go back."""
        ...

    def find_task(self, effect: TaskState) -> str | None:
        """The id of the task an earlier attempt created, recognised by its marker.

        Two calls, and one more for each further 100 tasks of the contact.
        """
        ...

    def create_task(self, effect: TaskState) -> str: ...

    def update_task(self, task_id: str, effect: TaskState) -> None:
        """Raises Gone if the task was deleted."""
        ...


#: Slack states that stay as a message, as against a reply that is shown once.
Message: TypeAlias = "CardState | NoticeState | Board | DigestState"


class Messenger(Protocol):
    """What deliver_slack shows. An outside id is ``<channel>:<ts>``.

    All raise Retryable (now not, or not known) and Rejected (never as it is).
    """

    def find(self, effect: Message, since: datetime) -> str | None:
        """The message an earlier attempt posted, recognised by its metadata; nothing older than
        *since* (less a margin for clocks that differ) is looked at.

        For a notice this may be a message that it shares with others: a board.
        """
        ...

    def post(self, effect: Message) -> str: ...

    def update(self, outside_id: str, effect: Message) -> None:
        """Raises Gone if the message was deleted."""
        ...

    def reply(self, effect: ReplyState) -> None:
        """Answer the one who clicked; gone when they reload, so a repeat does no harm."""
        ...


class Noticeboards(Protocol):
    """Where the notices of one minute for one recipient gather, and those that are too many.

    All raise Retryable if the store does not answer; then it is not known whether they joined.
    """

    def join(self, notice: NoticeState, now: datetime) -> Board:
        """The recipient's board, with *notice* on it; a new one if there is none younger than a
        minute with room that something as grave has opened. A new one beyond the notice's
        ``an_hour`` is a summary: for an hour it takes everything, and counts what it has no room
        for. Joining twice is joining once, as long as no newer board was opened in
        between: who is not sure asks ``holding`` first."""
        ...

    def holding(self, notice: NoticeState, since: datetime) -> Board | None:
        """The board that *notice* has joined since *since*, as it is now."""
        ...


class Slotted(Protocol):
    """Something to show in a slot: an effect, or a board."""

    @property
    def subject(self) -> str: ...

    @property
    def slot(self) -> str: ...

    @property
    def version(self) -> int: ...


class Claim(Struct, frozen=True):
    """The right to work on a slot, for a minute."""

    subject: str
    slot: str
    #: Version of the effect that the claim is for.
    version: int
    #: Names the holder; a write on behalf of somebody else's claim does nothing.
    token: str
    #: Version the slot showed when it was claimed; 0: nothing yet.
    shown: int = 0
    #: Id of the task or message that the slot is outside, once known.
    outside_id: str | None = None
    #: An earlier attempt since then may have sent without living to say so: look first.
    unsure_since: datetime | None = None

    @property
    def unsure(self) -> bool:
        return self.unsure_since is not None


class Superseded(Struct, frozen=True):
    """The slot already shows this version or a newer one: there is nothing to do."""

    shown: int


class Slots(Protocol):
    """What is shown where. All raise Retryable if the store does not answer."""

    def claim(self, effect: Slotted, token: str, now: datetime) -> Claim | Superseded:
        """Raises Busy while somebody else holds the slot."""
        ...

    def confirm(self, claim: Claim, outside_id: str | None) -> None:
        """The slot shows the claimed version now."""
        ...

    def release(self, claim: Claim, now: datetime, *, unsure: bool) -> None:
        """Give the claim back after a failure. ``unsure``: it may have been applied."""
        ...
