"""What happens to contacts by the hands of others: merged, deleted and restored, linked."""

from __future__ import annotations

import threading

from .crm import Crm
from .world import Plan, Record, World, now_ms

#: How long a deleted contact stays in the bin, in ms.
IN_THE_BIN = 1_500
_BACK = "back"


class Incidents:
    """Carries out the plans in the world's state, so that a restart forgets none."""

    def __init__(self, world: World, crm: Crm) -> None:
        self._world = world
        self._crm = crm
        self._thread = threading.Thread(target=self._run, name="incidents", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._thread.join(timeout=2)

    def plan(self, what: str, contact_id: str, after_ms: int) -> None:
        """Expects the world's lock to be held."""
        plan = Plan(due=now_ms() + after_ms, what=what, contact=contact_id)
        self._world.state.plans.append(plan)
        self._world.changed()

    def _run(self) -> None:
        while True:
            with self._world.lock:
                if self._world.closing:
                    return
                for plan in [one for one in self._world.state.plans if one.due <= now_ms()]:
                    self._world.state.plans.remove(plan)
                    self._carry_out(plan)
                dues = [one.due for one in self._world.state.plans]
                wait = (min(dues) - now_ms()) / 1000 if dues else 60.0
                self._world.news.wait(timeout=max(0.01, wait))

    def _carry_out(self, plan: Plan) -> None:
        if plan.what == _BACK:
            gone = self._world.state.records["contacts"].get(plan.contact)
            if gone is not None and gone.archived:
                self._crm.restore(gone)
            return
        contact = self._crm.find("contacts", plan.contact)
        if contact is None:
            return  # deleted meanwhile
        match plan.what:
            case "merge":
                self._crm.merge(contact, self._double(contact))
            case "restore":
                self._crm.archive(contact, "CRM_UI", "userId:1")
                self.plan(_BACK, contact.id, IN_THE_BIN)
            case "associate":
                self._join_another_company(contact)

    def _double(self, contact: Record) -> Record:
        """The same person once more, as an import without an address makes them."""
        names = ("firstname", "lastname", "phone", "country")
        values = {name: value for name in names if (value := contact.value(name))}
        return self._crm.create("contacts", values, "IMPORT", "import:2")

    def _join_another_company(self, contact: Record) -> None:
        """Associated with a second company, and no longer with the first."""
        name = f"{contact.value('company') or 'Holding'} Group"
        other = self._crm.create("companies", {"name": name}, "CRM_UI", "userId:1")
        before = self._crm.linked("contacts", contact.id, "companies")
        self._crm.link("contacts", contact.id, "companies", other.id)
        for company, _ in before:
            self._crm.unlink("contacts", contact.id, "companies", company)
