"""HubSpots in which a test can set scenes: the fake, and the adapter before the sandbox."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol

from baton.adapters.hubspot import HubspotCrm, HubspotWriter
from baton.adapters.hubspot_http import HubspotHttp
from baton.adapters.ports import Crm, CrmWriter
from tests.fakes.crm import FakeCrm
from tests.fakes.sandbox import CONFIG, FixedToken, Peer

NOBODY = "999999"


class Stage(Protocol):
    """A HubSpot with a way to set scenes in it."""

    crm: Crm
    writer: CrmWriter

    def lead(self, **properties: str) -> str: ...

    def set(self, contact_id: str, **properties: str) -> None: ...

    def engage(self, contact_id: str, what: str, owner: str) -> None: ...

    def tasks(self, contact_id: str) -> list[tuple[str, bool]]:
        """(owner, done) of the contact's tasks, oldest first."""
        ...

    def delete_tasks(self) -> None: ...


class FakeStage:
    def __init__(self) -> None:
        self._fake = FakeCrm()
        self.crm: Crm = self._fake
        self.writer: CrmWriter = self._fake

    def lead(self, **properties: str) -> str:
        contact_id = str(500 + len(self._fake.properties))
        self._fake.add(contact_id, None, **properties)
        return contact_id

    def set(self, contact_id: str, **properties: str) -> None:
        self._fake.now += timedelta(seconds=1)
        self._fake.set(contact_id, None, "CRM_UI", **properties)

    def engage(self, contact_id: str, what: str, owner: str) -> None:
        self._fake.touch(contact_id, datetime.now(UTC), what, owner)

    def tasks(self, contact_id: str) -> list[tuple[str, bool]]:
        return [
            (task.owner, task.done)
            for task in self._fake.tasks.values()
            if task.contact_id == contact_id
        ]

    def delete_tasks(self) -> None:
        self._fake.tasks.clear()


class SandboxStage:
    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self.http = HubspotHttp(FixedToken(CONFIG.hubspot_access_token), peer.hubspot_url)
        self.crm: Crm = HubspotCrm(self.http)
        self.writer: CrmWriter = HubspotWriter(self.http)

    def lead(self, **properties: str) -> str:
        return str(self._peer.do("contacts", properties=properties, source="FORM")["id"])

    def set(self, contact_id: str, **properties: str) -> None:
        self._peer.do(f"contacts/{contact_id}", properties=properties, source="CRM_UI")

    def engage(self, contact_id: str, what: str, owner: str) -> None:
        self._peer.do(f"contacts/{contact_id}/engagements", type=what, owner_id=owner)

    def tasks(self, contact_id: str) -> list[tuple[str, bool]]:
        ids = sorted(self.http.linked("contacts", contact_id, "tasks"), key=int)
        records = self.http.read("tasks", ids, ["hubspot_owner_id", "hs_task_status"])
        return [
            (
                task.properties["hubspot_owner_id"] or "",
                task.properties["hs_task_status"] == "COMPLETED",
            )
            for task in records
        ]

    def delete_tasks(self) -> None:
        self._peer.do("reset")
