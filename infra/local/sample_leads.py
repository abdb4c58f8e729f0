"""The leads of the sample day, and what people do with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Act:
    """What a person does: *after* so many seconds with the card in *state*."""

    do: str
    state: str = "open"
    after: float = 2.0
    reason: str = ""
    #: Only once the lead has had this many owners.
    owners: int = 1


@dataclass
class Scene:
    """A lead, what people do with it, and the outcome it must reach (*until*)."""

    name: str
    properties: dict[str, str]
    company: dict[str, str]
    offer: str
    acts: list[Act] = field(default_factory=list)
    until: str = "assigned"
    source: str = "FORM"
    #: Filled in during the sample day.
    lead_id: str = ""
    outcomes_shown: int = 0
    due_since: float = 0.0


def scenes() -> list[Scene]:
    def lead(
        name: str, company: str, employees: int, country: str, offer: str, **more: Any
    ) -> Scene:
        first, last = name.split()
        domain = company.lower().replace(" ", "-") + ".example"
        properties = {
            "firstname": first,
            "lastname": last,
            "email": f"{first}.{last}@{domain}".lower(),
            "country": country,
            "numemployees": str(employees),
            "lifecyclestage": "marketingqualifiedlead",
            "hs_analytics_source": "PAID_SEARCH",
            **more.pop("properties", {}),
        }
        firm = {"name": company, "domain": domain, "country": country}
        return Scene(name, properties, firm, offer, **more)

    accept, call = Act("accept"), Act("call", state="accepted")
    return [
        lead(
            "Ada Lindqvist",
            "Nordhafen Logistics",
            5200,
            "Germany",
            "Demo request",
            properties={"jobtitle": "VP Operations", "hs_predictivecontactscore_v2": "86"},
            acts=[accept, call],
            until="touched",
        ),
        lead(
            "Marisol Vega",
            "Cascade Robotics",
            3100,
            "United States",
            "Pricing request",
            properties={"jobtitle": "CIO"},
            acts=[Act("accept", owners=2), Act("touch", state="accepted", owners=2)],
            until="touched",
        ),
        lead(
            "Piet Jansen",
            "Waterlijn",
            420,
            "Netherlands",
            "Webinar",
            acts=[accept, Act("touch", state="accepted")],
            until="touched",
        ),
        lead(
            "Claire Beaumont",
            "Maple Health",
            260,
            "Canada",
            "Free trial",
            acts=[Act("reject", reason="timing")],
            until="recycled",
        ),
        lead(
            "Oscar Nilsen",
            "Fjordbakeri",
            18,
            "Norway",
            "Contact sales",
            acts=[Act("reject", reason="bad_fit")],
            until="disqualified",
        ),
        lead(
            "Tess Okada",
            "Pixel Pantry",
            9,
            "USA",
            "Checklist download",
            acts=[accept],
            until="accepted",
        ),
        lead(
            "Ruth Adeyemi",
            "Lagos Freight",
            700,
            "Nigeria",
            "Contact sales",
            properties={"baton_partner": "Altura Consulting"},
            acts=[accept],
            until="accepted",
        ),
        lead(
            "Sam Whitlock",
            "Harbour Insurance",
            350,
            "United Kingdom",
            "Contact sales",
            properties={"baton_partner": "Altura Consulting"},
            acts=[Act("accept", after=4.0)],
            until="accepted",
        ),
        lead(
            "Noor Rahman",
            "Delta Pharma",
            2300,
            "France",
            "Contact sales",
            properties={"baton_product_interest": "Archive"},
            acts=[accept],
            until="accepted",
        ),
        lead(
            "Mei Tanaka", "Kita Systems", 150, "Japan", "Webinar", acts=[accept], until="accepted"
        ),
    ]
