"""HubSpot, contact by contact: what decisions read of it, and what is shown in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

from msgspec import Struct

from baton.domain.policy import Ownership
from baton.domain.world.effects import TaskState
from baton.domain.world.world import Account, Background, Contact, Touch


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


class SyncCrm(Protocol):
    """What the round trip needs of HubSpot. All raise Retryable and Rejected."""

    def create_contact(self, properties: dict[str, str]) -> str: ...

    def write(self, contact_id: str, name: str, value: str) -> None: ...

    def read(self, contact_id: str, names: list[str]) -> dict[str, str]:
        """Of *names* those that have a value."""
        ...

    def delete_contact(self, contact_id: str) -> None:
        """Gone already is as good."""
        ...
