"""A HubSpot in memory: both what advance_lead reads and what deliver_hubspot writes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from baton.adapters.hubspot.registrable import hosts_of
from baton.application.ports.crm import Deal, Denied, ignore
from baton.domain.policy import Ownership
from baton.domain.world.effects import TaskState
from baton.domain.world.world import Account, Background, Contact, SeenStage, SeenValue, Touch
from baton.failures import Gone, NotAnOwner, Rejected
from tests.worded import subject

#: The order in which HubSpot lets lifecyclestage move; stages not named here can always be set.
STAGES = (
    "subscriber",
    "lead",
    "marketingqualifiedlead",
    "salesacceptedlead",
    "salesqualifiedlead",
    "opportunity",
    "customer",
)


@dataclass
class FakeTask:
    contact_id: str
    owner: str
    subject_line: str
    due_at: datetime
    done: bool
    marker: tuple[str, str]


@dataclass
class FakeCrm:
    """Crm and CrmWriter on one set of contacts.

    ``calls`` names every outside call in order. ``before`` and ``after`` are called around each
    with its name; their exceptions propagate, so that tests can refuse, delay or die anywhere.
    """

    properties: dict[str, dict[str, str]] = field(default_factory=dict)
    stages: dict[str, list[SeenStage]] = field(default_factory=dict)
    #: (contact, property) -> its changes, oldest first.
    changed: dict[tuple[str, str], list[SeenValue]] = field(default_factory=dict)
    touched: dict[str, list[Touch]] = field(default_factory=dict)
    #: Contact -> the properties of its primary company.
    companies: dict[str, dict[str, str]] = field(default_factory=dict)
    #: Company -> its properties: parents, and those that only share a domain.
    firms: dict[str, dict[str, str]] = field(default_factory=dict)
    #: Contact that was merged away -> the one it was merged into.
    merged: dict[str, str] = field(default_factory=dict)
    deals: dict[str, Deal] = field(default_factory=dict)
    #: Deal -> its HubSpot owner id.
    deal_owners: dict[str, str] = field(default_factory=dict)
    tasks: dict[str, FakeTask] = field(default_factory=dict)
    #: HubSpot owner ids of people who were deactivated.
    gone_owners: set[str] = field(default_factory=set)
    #: Why some records of touches cannot be read.
    denied: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    before: Callable[[str], None] = lambda name: None
    after: Callable[[str], None] = lambda name: None
    now: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    # Methods by which tests set up HubSpot.

    def add(self, contact_id: str, at: datetime | None = None, **properties: str) -> None:
        self.properties[contact_id] = {}
        self.stages[contact_id] = []
        self.set(contact_id, at, **properties)

    def set(
        self,
        contact_id: str,
        at: datetime | None = None,
        source: str = "CRM_UI",
        by: str = "",
        **properties: str,
    ) -> None:
        """Change properties as a person in HubSpot would, forward or back."""
        for name, value in properties.items():
            if self.properties[contact_id].get(name, "") != value:
                seen = SeenValue(value, at or self.now, source, by)
                self.changed.setdefault((contact_id, name), []).append(seen)
            if value:
                self.properties[contact_id][name] = value
            else:
                self.properties[contact_id].pop(name, None)
            if name == "lifecyclestage" and (value or self.stages[contact_id]):
                self.stages[contact_id].append(SeenStage(value, at or self.now, source))

    def merge(self, primary: str, other: str) -> str:
        """Merge two contacts into a new one, whose id is returned; both old ids lead to it."""
        new = f"7{len(self.merged):03}"
        self.properties[new] = self.properties.pop(other) | self.properties.pop(primary)
        self.stages[new] = [*self.stages.pop(other, []), *self.stages.pop(primary, [])]
        self.merged |= {old: new for old, into in self.merged.items() if into in (primary, other)}
        self.merged |= {primary: new, other: new}
        return new

    def touch(self, contact_id: str, at: datetime, what: str, owner: str) -> None:
        self.touched.setdefault(contact_id, []).append(Touch(at=at, what=what, owner=owner))

    # Crm

    def contacts(
        self, ids: list[str], properties: list[str], watched: Sequence[str] = ()
    ) -> dict[str, Contact]:
        wanted = {*properties, *watched, "lifecyclestage"}
        with _Call(self, "contacts"):
            return {
                asked: Contact(
                    id=contact_id,
                    properties={
                        name: value
                        for name, value in self.properties[contact_id].items()
                        if name in wanted
                    },
                    stages=tuple(sorted(self.stages[contact_id], key=lambda seen: seen.at)),
                    changes={
                        name: self.changed[contact_id, name][-1]
                        for name in watched
                        if (contact_id, name) in self.changed
                    },
                    merged=tuple(old for old, new in self.merged.items() if new == contact_id),
                    owners=tuple(
                        sorted(
                            self.changed.get((contact_id, "hubspot_owner_id"), ()),
                            key=lambda seen: seen.at,
                        )
                    ),
                )
                for asked in ids
                if (contact_id := self.merged.get(asked, asked)) in self.properties
            }

    def touches(self, contact_id: str, denied: Denied = ignore) -> tuple[Touch, ...]:
        with _Call(self, "touches"):
            for why in self.denied:
                denied(why)
            return tuple(sorted(self.touched.get(contact_id, []), key=lambda touch: touch.at))

    def background(
        self, contact_id: str, history: list[str], contact: list[str], company: list[str]
    ) -> Background:
        with _Call(self, "background"):
            had = {
                name: [one.value for one in self.changed.get((contact_id, name), []) if one.value]
                for name in history
            }
            return Background(
                history={name: values[-1] for name, values in had.items() if values},
                contact=_chosen(self.properties.get(contact_id, {}), contact),
                company=_chosen(self.companies.get(contact_id, {}), company),
            )

    def account(self, contact_id: str, sources: Sequence[Ownership], domain: str) -> Account:
        with _Call(self, "account"):
            looked: list[Ownership] = []
            for source in sources:
                looked.append(source)
                for company_id, owner in self._owners(contact_id, source, domain):
                    if owner:
                        return Account({source: (owner, company_id)}, looked=tuple(looked))
            return Account(looked=tuple(looked))

    def _owners(
        self, contact_id: str, source: Ownership, domain: str
    ) -> list[tuple[str, str | None]]:
        """(object, its owner), in order of precedence."""
        company = self.companies.get(contact_id, {})
        match source:
            case "open_deal":
                deals = [
                    deal
                    for deal in self.deals.values()
                    if contact_id in deal.contacts and not deal.outcome
                ]
                return [(deal.id, self.deal_owners.get(deal.id)) for deal in reversed(deals)]
            case "company":
                return [(company.get("hs_object_id", ""), company.get("hubspot_owner_id"))]
            case "parent_company":
                parent = company.get("hs_parent_company_id", "")
                return [(parent, self.firms.get(parent, {}).get("hubspot_owner_id"))]
            case "domain":
                return [
                    (firm_id, firm.get("hubspot_owner_id"))
                    for host in hosts_of(domain)
                    for firm_id, firm in self.firms.items()
                    if firm.get("domain") == host
                ]
        return []

    def deal(self, deal_id: str) -> Deal | None:
        with _Call(self, "deal"):
            return self.deals.get(deal_id)

    # CrmWriter

    def exists(self, contact_id: str) -> bool:
        with _Call(self, "exists"):
            return contact_id in self.properties

    def show_contact(self, contact_id: str, properties: dict[str, str]) -> None:
        with _Call(self, "show_contact"):
            self._known(contact_id)
            self._taken(properties.get("hubspot_owner_id", ""))
            allowed = dict(properties)
            if not self._may_move(contact_id, properties.get("lifecyclestage", "")):
                del allowed["lifecyclestage"]  # silently ignored, as in HubSpot
            self.set(contact_id, None, "INTEGRATION", **allowed)

    def clear_contact(self, contact_id: str, properties: list[str]) -> None:
        with _Call(self, "clear_contact"):
            self._known(contact_id)
            self.set(contact_id, None, "INTEGRATION", **dict.fromkeys(properties, ""))

    def restore_contact(self, contact_id: str, properties: list[str]) -> None:
        with _Call(self, "restore_contact"):
            for name in properties:
                had = [one.value for one in self.changed.get((contact_id, name), []) if one.value]
                self.set(contact_id, None, "INTEGRATION", **{name: had[-1] if had else ""})

    def find_task(self, effect: TaskState) -> str | None:
        with _Call(self, "find_task"):
            marker = (effect.subject, effect.slot)
            found = [
                task_id
                for task_id, task in self.tasks.items()
                if task.contact_id == effect.contact_id and task.marker == marker
            ]
            return found[0] if found else None

    def create_task(self, effect: TaskState) -> str:
        with _Call(self, "create_task"):
            self._known(effect.contact_id)
            self._taken(effect.owner)
            task_id = str(len(self.tasks) + 1)
            self.tasks[task_id] = FakeTask(
                contact_id=effect.contact_id,
                owner=effect.owner,
                subject_line=subject(effect),
                due_at=effect.due_at,
                done=effect.done,
                marker=(effect.subject, effect.slot),
            )
            return task_id

    def update_task(self, task_id: str, effect: TaskState) -> None:
        with _Call(self, "update_task"):
            task = self.tasks.get(task_id)
            if task is None:
                raise Gone(task_id)
            if effect.done:
                task.done = True
                return
            self._taken(effect.owner)
            task.owner, task.due_at = effect.owner, effect.due_at
            task.subject_line = subject(effect)

    def _known(self, contact_id: str) -> None:
        if contact_id not in self.properties:
            raise Rejected("HubSpot 404: OBJECT_NOT_FOUND")

    def _taken(self, owner: str) -> None:
        if owner in self.gone_owners:
            raise NotAnOwner("HubSpot 400: INVALID_OWNER_ID(hubspot_owner_id)")

    def _may_move(self, contact_id: str, stage: str) -> bool:
        present = self.properties[contact_id].get("lifecyclestage", "")
        if stage not in STAGES or present not in STAGES:
            return True
        return STAGES.index(stage) >= STAGES.index(present)


def _chosen(values: dict[str, str], names: list[str]) -> dict[str, str]:
    return {name: values[name] for name in names if values.get(name)}


class _Call:
    """Brackets an outside call with the test's hooks."""

    def __init__(self, crm: FakeCrm, name: str) -> None:
        self._crm, self._name = crm, name

    def __enter__(self) -> None:
        self._crm.calls.append(self._name)
        self._crm.before(self._name)

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._crm.after(self._name)
