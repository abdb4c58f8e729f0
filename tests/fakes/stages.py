"""HubSpot as tests set it up: the fake, or the adapter with the sandbox."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal, Protocol

from msgspec.structs import replace

from baton.adapters.hubspot.crm import HubspotCrm, HubspotWriter
from baton.adapters.hubspot.http import HubspotHttp
from baton.application.ports.crm import Crm, CrmWriter, Deal
from tests.fakes.crm import FakeCrm
from tests.fakes.sandbox import CONFIG, FixedToken, Peer

NOBODY = "999999"
_OUTCOMES: dict[str, Literal["won", "lost"]] = {"closedwon": "won", "closedlost": "lost"}


class Stage(Protocol):
    """A HubSpot with methods to set it up."""

    crm: Crm
    writer: CrmWriter

    def lead(self, **properties: str) -> str: ...

    def set(self, contact_id: str, **properties: str) -> None: ...

    def merge(self, primary: str, other: str) -> str:
        """Merge two contacts; the id of the new one. No webhook is sent."""
        ...

    def delete(self, contact_id: str) -> None: ...

    def engage(self, contact_id: str, what: str, owner: str) -> None: ...

    def company(self, contact_id: str, primary: bool, **properties: str) -> str:
        """Associate the contact with a new company; a primary one replaces the earlier primary
        one."""
        ...

    def firm(self, **properties: str) -> str:
        """A company that nobody is associated with."""
        ...

    def deal(self, *contact_ids: str, **properties: str) -> str: ...

    def move_deal(self, deal_id: str, **properties: str) -> None: ...

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
        contact_id = str(500 + len(self._fake.properties) + len(self._fake.merged))
        self._fake.add(contact_id, None, **properties)
        return contact_id

    def set(self, contact_id: str, **properties: str) -> None:
        self._fake.now += timedelta(seconds=1)
        self._fake.set(contact_id, None, "CRM_UI", **properties)

    def merge(self, primary: str, other: str) -> str:
        return self._fake.merge(primary, other)

    def delete(self, contact_id: str) -> None:
        del self._fake.properties[contact_id], self._fake.stages[contact_id]

    def engage(self, contact_id: str, what: str, owner: str) -> None:
        self._fake.touch(contact_id, datetime.now(UTC), what, owner)

    def company(self, contact_id: str, primary: bool, **properties: str) -> str:
        company_id = self.firm(**properties)
        if primary or contact_id not in self._fake.companies:
            self._fake.companies[contact_id] = self._fake.firms[company_id]
        return company_id

    def firm(self, **properties: str) -> str:
        company_id = str(300 + len(self._fake.firms))
        self._fake.firms[company_id] = {"hs_object_id": company_id, **properties}
        return company_id

    def deal(self, *contact_ids: str, **properties: str) -> str:
        deal_id = str(800 + len(self._fake.deals))
        self._fake.deals[deal_id] = Deal(
            id=deal_id,
            stage=properties["dealstage"],
            pipeline="default",
            outcome=_OUTCOMES.get(properties["dealstage"], ""),
            entered_at=datetime.now(UTC),
            contacts=contact_ids,
        )
        self._fake.deal_owners[deal_id] = properties.get("hubspot_owner_id", "")
        return deal_id

    def move_deal(self, deal_id: str, **properties: str) -> None:
        stage = properties.get("dealstage")
        deal = self._fake.deals[deal_id]
        if stage is not None and stage != deal.stage:
            outcome = _OUTCOMES.get(stage, "")
            deal = replace(deal, stage=stage, outcome=outcome, entered_at=datetime.now(UTC))
            self._fake.deals[deal_id] = deal

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

    def merge(self, primary: str, other: str) -> str:
        return str(self._peer.do(f"contacts/{primary}/merge", other=other, told=False)["id"])

    def delete(self, contact_id: str) -> None:
        self.http.archive("contacts", contact_id)

    def engage(self, contact_id: str, what: str, owner: str) -> None:
        self._peer.do(f"contacts/{contact_id}/engagements", type=what, owner_id=owner)

    def company(self, contact_id: str, primary: bool, **properties: str) -> str:
        company_id = self.firm(**properties)
        self._peer.associate("contacts", contact_id, "companies", company_id, 279)
        if primary:
            self._peer.associate("contacts", contact_id, "companies", company_id, 1)
        return company_id

    def firm(self, **properties: str) -> str:
        return self.http.create("companies", properties, [])

    def deal(self, *contact_ids: str, **properties: str) -> str:
        types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 3}]
        links = [{"to": {"id": one}, "types": types} for one in contact_ids]
        return self.http.create("deals", {"pipeline": "default", **properties}, links)

    def move_deal(self, deal_id: str, **properties: str) -> None:
        self.http.update("deals", deal_id, properties)

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
