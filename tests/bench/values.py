"""What it costs per event to read a contact's values by the kinds of their fields.

The sample policy: 22 fields, among them a list, a country, numbers, an instant, an address. The
floor is what cannot be left out: taking the same fields from the contact as they are.
"""

from __future__ import annotations

import time
from datetime import date

from msgspec.structs import replace

from baton.domain.policy import Policy
from baton.domain.scoring.facts import fields_of
from baton.domain.world.world import Contact
from baton.policy_tools import compile_policy, load
from tests.bench.figure import Aim, Figure, percentile
from tests.policy_tools.conftest import SAMPLE

AIM = Aim(20, of="measured")
#: How many leads come in turn: the readings of some are not there any more, as in a busy process.
LEADS = 30_000


def run(rounds: int = 30_000) -> list[Figure]:
    policy = compile_policy(load(SAMPLE), date(2026, 11, 30))
    took: dict[str, list[float]] = {"known values": [], "new values": [], "floor": []}
    known = _contact(0)
    for number in range(rounds):
        fresh = _contact(number % LEADS)
        for name, contact in (("known values", known), ("new values", fresh)):
            begun = time.perf_counter_ns()
            fields = fields_of(contact, policy.lifecycle)
            read = time.perf_counter_ns()
            _read(policy, fields)
            took[name].append((time.perf_counter_ns() - read) / 1000)
            if name == "known values":
                took["floor"].append((read - begun) / 1000)
    return [
        Figure(
            bench="values",
            name=f"{name}, {label}",
            measured=percentile(took[name], share),
            unit="µs",
            floor=percentile(took["floor"], share),
            aim=AIM if share == 0.5 else None,
        )
        for name in ("known values", "new values")
        for label, share in (("median", 0.5), ("p99", 0.99))
    ]


def _read(policy: Policy, fields: dict[str, str]) -> None:
    policy.readings(fields)
    policy.is_free_mail(fields.get(policy.email_field, ""))


def _contact(number: int) -> Contact:
    properties = {
        "firstname": f"Ada{number}",
        "lastname": "King",
        "company": f"Firm {number}",
        "jobtitle": "VP Operations",
        "email": f"ada.king{number}@firm{number}.example",
        "phone": f"+49 30 {number:06}",
        "country": ("Österreich", "Germany", "U.S.A.", "France", "Côte d’Ivoire")[number % 5],
        "industry": "Logistics",
        "numemployees": str(number % 5_000),
        "baton_product_interest": "Archive;Scanning" if number % 2 else "Archive migration",
        "recent_conversion_event_name": "Talk to us | Quillhaven: Demo request",
        "hs_analytics_source": "PAID_SEARCH",
        "hs_last_sales_activity_timestamp": f"2026-11-{number % 28 + 1:02}T08:00:00Z",
        "hs_predictivecontactscore_v2": "86",
        "hs_buying_role": "DECISION_MAKER;BUDGET_HOLDER",
    }
    return replace(Contact(str(number), {}), properties=properties)
