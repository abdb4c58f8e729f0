"""Contacts without faults: a person, a path through the stages, and what Baton would have
written."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from baton.application.audit.census import with_sales
from baton.domain.policy import Policy
from baton.domain.time import iso

#: The app id under which the sandbox records writes by Baton.
BATON_APP = "1160452"
_FIRST = (
    *("Aino", "Bruno", "Chiara", "Dmitri", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jamal"),
    *("Katja", "Liam", "Mona", "Nils", "Olga", "Pablo", "Quinn", "Rosa", "Sven", "Tara"),
)
_LAST = (
    *("Abel", "Berg", "Costa", "Dunn", "Eriksen", "Fonseca", "Grau", "Holm", "Ito", "Jansen"),
    *("Koch", "Lund", "Moreau", "Novak", "Okoye", "Petit", "Quist", "Rossi", "Sato", "Tamm"),
)
_COUNTRIES = ("Germany", "France", "Spain", "United Kingdom", "United States", "Canada")
_EMPLOYEES = (8, 40, 180, 420, 1500, 6200)
_SOURCES = ("ORGANIC_SEARCH", "PAID_SEARCH", "DIRECT_TRAFFIC", "REFERRALS", "EMAIL_MARKETING")
_FORMS = (
    *(("Talk to us | Helvia", "Demo request"), ("Prices | Helvia", "Pricing request")),
    *(("Checklists | Helvia", "Checklist download"), ("Helvia, live", "Webinar")),
)

Source = tuple[str, str]
FORM: Source = ("FORM", "a1b2c3")
BATON: Source = ("INTEGRATION", BATON_APP)
HAND: Source = ("CRM_UI", "userId:7")


@dataclass
class Draft:
    """A contact being made; *history*: (value, when, source) per property, oldest first."""

    stage: str
    history: dict[str, list[tuple[str, datetime, Source]]] = field(default_factory=dict)

    def put(self, name: str, value: str, at: datetime, source: Source = BATON) -> None:
        self.history.setdefault(name, []).append((value, at, source))

    def drop(self, *names: str) -> None:
        for name in names:
            self.history.pop(name, None)

    def value(self, name: str) -> str:
        return self.history[name][-1][0] if name in self.history else ""

    def grown(self) -> dict[str, Any]:
        """The contact as the sandbox's bulk endpoint takes it: newest value first."""
        changes = {
            name: [
                {"value": value, "at": _ms(at), "source": source, "source_id": who}
                for value, at, (source, who) in reversed(seen)
            ]
            for name, seen in self.history.items()
        }
        created = min(at for seen in self.history.values() for _, at, _ in seen)
        return {"created": _ms(created), "history": changes}


class People:
    """
    Makes contacts without faults, no two of them alike.

    Args:
        owners: HubSpot owner ids that leads may have.
    """

    def __init__(self, policy: Policy, owners: list[str], now: datetime, random: Random) -> None:
        self._policy, self._owners, self._now, self._random = policy, owners, now, random
        self._with_sales = with_sales(policy)
        self._made = 0

    def at(self, stage: str, days: int | None = None) -> Draft:
        """A contact who entered *stage* that many *days* ago; None: a random 1 to 50 days."""
        way = _way(self._policy, stage)
        days = self._random.randint(1, 50) if days is None else days
        draft = Draft(stage)
        times = [self._now - timedelta(days=days, minutes=self._random.randint(1, 600))]
        for _ in way[1:]:
            times.insert(0, times[0] - timedelta(days=self._random.randint(1, 20)))
        self._identity(draft, times[0])
        for place, (step, at) in enumerate(zip(way, times, strict=True)):
            value = self._policy.stage[step].lifecyclestage
            draft.put("lifecyclestage", value, at, FORM if place == 0 else BATON)
            draft.put(f"baton_first_entered_{step}", iso(at), at)
        self._work(draft, times[-1])
        return draft

    def _identity(self, draft: Draft, at: datetime) -> None:
        self._made += 1
        n = self._made
        first, last = self._random.choice(_FIRST), self._random.choice(_LAST)
        draft.put("firstname", first, at, FORM)
        draft.put("lastname", last, at, FORM)
        draft.put("email", f"{first}.{last}@firm{n}.example".lower(), at, FORM)
        draft.put("phone", f"+49 30 55{n:07d}", at, FORM)
        draft.put("company", f"Firm {n} GmbH", at, FORM)
        draft.put("country", self._random.choice(_COUNTRIES), at, FORM)
        draft.put("numemployees", str(self._random.choice(_EMPLOYEES)), at, FORM)
        draft.put("hs_analytics_source", self._random.choice(_SOURCES), at, FORM)
        page, form = self._random.choice(_FORMS)
        draft.put("recent_conversion_event_name", f"{page}: {form}", at, FORM)

    def _work(self, draft: Draft, at: datetime) -> None:
        stage, status = self._policy.stage[draft.stage], self._policy.lifecycle.status
        if draft.stage in self._with_sales:
            draft.put("hubspot_owner_id", self._random.choice(self._owners), at)
            kinds = [one for one in (status.new, status.working) if one]
            if kinds and not stage.lead_status:
                draft.put("hs_lead_status", self._random.choice(kinds), at)
        if stage.lead_status:
            draft.put("hs_lead_status", stage.lead_status, at)


def _way(policy: Policy, stage: str) -> list[str]:
    """The shortest path of transitions from the first stage to *stage*; only *stage* if there is
    none."""
    ways = {policy.lifecycle.initial: [policy.lifecycle.initial]}
    queue = deque(ways)
    while queue:
        here = queue.popleft()
        for move in policy.lifecycle.transitions:
            if here in move.source and move.to not in ways:
                ways[move.to] = [*ways[here], move.to]
                queue.append(move.to)
    return ways.get(stage, [stage])


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
