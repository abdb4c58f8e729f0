"""HubSpot, contact by contact: what decisions read, and what is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

from msgspec import Struct

from baton.domain.policy import Ownership
from baton.domain.world.effects import TaskState
from baton.domain.world.world import Account, Background, Contact, Touch

#: Told what cannot be read, and why.
Denied: TypeAlias = Callable[[str], None]


def ignore(_why: str) -> None:
    """Of who has no use for it."""


class Deal(Struct, frozen=True):
    """A deal as HubSpot has it now."""

    id: str
    #: Internal names of the stage and of the pipeline that it is a stage of.
    stage: str
    pipeline: str
    #: HubSpot's kind of the stage: won, lost, or neither.
    outcome: Literal["", "won", "lost"]
    #: Since when it is in the stage; None: its history does not say.
    entered_at: datetime | None
    #: Ids of the contacts it is associated with.
    contacts: tuple[str, ...]
    #: Why some of its contacts are not known. Empty: all are.
    odd: str = ""


class Crm(Protocol):
    """What advance_lead reads of HubSpot.

    All raise Retryable (HubSpot did not answer, or asked to wait) and Rejected (it will never
    accept the request).
    """

    def contacts(
        self, ids: list[str], properties: list[str], watched: Sequence[str] = ()
    ) -> dict[str, Contact]:
        """The contacts that exist, by id, with the history of their stage and the last change of
        each *watched* property. One request per 50, which is HubSpot's limit for reads with
        history.
        """
        ...

    def touches(self, contact_id: str, denied: Denied = ignore) -> tuple[Touch, ...]:
        """Calls, e-mails, meetings and messages logged on the contact, with who did them, whatever
        became of them; oldest first. A contact that does not exist has none.

        Args:
            denied: Told of kinds of records that HubSpot does not let us read, or of which it
                gives some that cannot be read; the others are there. If it lets us read none, that
                is raised.
        """
        ...

    def background(
        self, contact_id: str, history: list[str], contact: list[str], company: list[str]
    ) -> Background:
        """Values that may replace missing ones: the last values of the *history* properties, the
        contact's values of *contact*, and its primary company's values of *company*. One request
        each for the contact, its association to a company, and the company; none for an empty list.
        A contact that does not exist has no background.
        """
        ...

    def account(self, contact_id: str, sources: Sequence[Ownership], domain: str) -> Account:
        """The owners of the contact's deals and companies, looked for in *sources* in order until
        an owner is found: at most two requests for deals, two for the company, one for its parent,
        one for the company with the e-mail *domain* (empty: not looked for). ``contact`` is not
        looked for: the contact was read. A source that HubSpot does not let us read is noted in
        ``denied``, and the next one is tried.
        """
        ...

    def deal(self, deal_id: str) -> Deal | None:
        """None: there is no such deal (any more). Two requests."""
        ...


class CrmWriter(Protocol):
    """What deliver_hubspot writes. Every method is one outside call unless it says otherwise.

    All raise Retryable (not now, or outcome unknown) and Rejected (it will never be accepted):
    PropertiesRefused if only some properties are refused, NotAnOwner if the owner is.
    """

    def exists(self, contact_id: str) -> bool:
        """Whether HubSpot has the contact, under this very id: not deleted, not merged away."""
        ...

    def show_contact(self, contact_id: str, properties: dict[str, str]) -> None: ...

    def clear_contact(self, contact_id: str, properties: list[str]) -> None:
        """Empty the properties, so that lifecyclestage may go back."""
        ...

    def restore_contact(self, contact_id: str, properties: list[str]) -> None:
        """Give the properties, which were emptied, the last value that each had. Two calls."""
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
        """The values of those of *names* that have one."""
        ...

    def delete_contact(self, contact_id: str) -> None:
        """Deleting a contact that is gone succeeds."""
        ...
