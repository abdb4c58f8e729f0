"""A simulated HubSpot with made-up leads: what decisions read there and write to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from baton.application.ports.crm import Deal, Denied, ignore
from baton.domain import hubspot_names
from baton.domain.policy import Ownership, Policy
from baton.domain.world.effects import AnyEffect, ContactState
from baton.domain.world.world import Account, Background, Contact, SeenStage, SeenValue, Touch
from baton.presentation.wording import plain
from baton.simulation.arriving import Arrival


class SimulatedCrm:
    """Contacts with their stages and touches; every answer is complete and immediate."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._stage = policy.stage[policy.lifecycle.handoff].lifecyclestage
        self._properties: dict[str, dict[str, str]] = {}
        self._stages: dict[str, list[SeenStage]] = {}
        self._touches: dict[str, list[Touch]] = {}
        self._accounts: dict[str, dict[Ownership, str]] = {}
        self.now: datetime

    def add(self, lead: str, arrival: Arrival, at: datetime) -> str:
        """Add the contact of *arrival*, which enters the handoff stage *at* that instant; returns
        HubSpot's name of the stage."""
        properties = {
            self._policy.field[name].property: value
            for name, value in arrival.fields.items()
            if value
        }
        if arrival.owner:
            properties[hubspot_names.OWNER] = self._policy.person[arrival.owner].hubspot_owner
        properties[hubspot_names.STAGE] = self._stage
        properties[hubspot_names.CREATED] = at.isoformat()
        self._properties[lead] = properties
        self._stages[lead] = [SeenStage(self._stage, at, "FORM")]
        if arrival.account:
            self._accounts[lead] = arrival.account
        return self._stage

    def touch(self, lead: str, owner: str, at: datetime) -> None:
        self._touches.setdefault(lead, []).append(Touch(at=at, what="call", owner=owner))

    def show(self, effects: Sequence[AnyEffect]) -> None:
        """Take over what Baton writes to contacts, at once."""
        for effect in effects:
            if not isinstance(effect, ContactState):
                continue
            properties = self._properties[effect.contact_id]
            for name, decided in effect.properties.items():
                if decided.since != effect.version:
                    continue  # shown before
                value = plain(decided.value)
                if name == hubspot_names.STAGE and properties.get(name) != value and value:
                    seen = SeenStage(value, self.now, "INTEGRATION")
                    self._stages[effect.contact_id].append(seen)
                properties[name] = value

    # --- ports.crm.Crm

    def contacts(
        self, ids: list[str], properties: list[str], watched: Sequence[str] = ()
    ) -> dict[str, Contact]:
        return {
            lead: Contact(
                id=lead,
                properties={n: v for n in properties if (v := self._properties[lead].get(n))},
                stages=tuple(self._stages[lead]),
                changes={
                    name: SeenValue(value, self.now, "INTEGRATION")
                    for name in watched
                    if (value := self._properties[lead].get(name))
                },
            )
            for lead in ids
            if lead in self._properties
        }

    def touches(self, contact_id: str, denied: Denied = ignore) -> tuple[Touch, ...]:
        return tuple(self._touches.get(contact_id, ()))

    def background(
        self, contact_id: str, history: list[str], contact: list[str], company: list[str]
    ) -> Background:
        return Background()

    def account(self, contact_id: str, sources: Sequence[Ownership], domain: str) -> Account:
        owners = {
            source: (self._policy.person[person].hubspot_owner, contact_id)
            for source, person in self._accounts.get(contact_id, {}).items()
        }
        return Account(owners, looked=tuple(sources))

    def deal(self, deal_id: str) -> Deal | None:
        return None
