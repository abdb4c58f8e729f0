"""The leads of the sample day, and what people do with them.

Their values are as HubSpot has them: forms behind the titles of pages, local names of countries,
ranges, ticked boxes, a booking and an ad.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from infra.local.sandbox.spellings import lead_ad

#: Longer than HubSpot keeps of a title.
_LONG_TITLE = "Eleven questions that an auditor asks about your retention periods, and the answers"


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
    #: What the person did: ``form`` and ``page``, or ``meeting``.
    offer: dict[str, str]
    acts: list[Act] = field(default_factory=list)
    until: str = "assigned"
    source: str = "FORM"
    #: Filled in during the sample day.
    lead_id: str = ""
    outcomes_shown: int = 0
    due_since: float = 0.0


def scenes() -> list[Scene]:
    def lead(
        name: str, company: str, employees: str, country: str, offer: dict[str, str], **more: Any
    ) -> Scene:
        first, last = name.split()
        domain = company.lower().replace(" ", "-") + ".example"
        properties = {
            "firstname": first,
            "lastname": last,
            "email": f"{first}.{last}@{domain}".lower(),
            "country": country,
            "numemployees": employees,
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
            "5001-10000",
            "Deutschland",
            form("Demo request", "See it on your own documents | Quillhaven"),
            properties={"jobtitle": "VP Operations", "hs_predictivecontactscore_v2": "86"},
            acts=[accept, call],
            until="touched",
        ),
        lead(
            "Marisol Vega",
            "Cascade Robotics",
            "3100",
            "United States",
            form("Pricing request", "Plans and prices | Quillhaven"),
            properties={"jobtitle": "CIO"},
            acts=[Act("accept", owners=2), Act("touch", state="accepted", owners=2)],
            until="touched",
        ),
        lead(
            "Piet Jansen",
            "Waterlijn",
            "100-500",
            "Nederland",
            form("Webinar", "Live: moving an archive in a weekend | Quillhaven"),
            acts=[accept, Act("touch", state="accepted")],
            until="touched",
        ),
        lead(
            "Claire Beaumont",
            "Maple Health",
            "260",
            "CANADA",
            form("Free trial", "Try it for 30 days | Quillhaven"),
            acts=[Act("reject", reason="timing")],
            until="recycled",
        ),
        lead(
            "Oscar Nilsen",
            "Fjordbakeri",
            "18",
            "Norge",
            form("Contact sales", "Talk to us | Quillhaven"),
            acts=[Act("reject", reason="bad_fit")],
            until="disqualified",
        ),
        lead(
            "Tess Okada",
            "Pixel Pantry",
            "9",
            "USA",
            form("Checklist download", _LONG_TITLE),
            acts=[accept],
            until="accepted",
        ),
        lead(
            "Ruth Adeyemi",
            "Lagos Freight",
            "700",
            "Nigeria",
            form(lead_ad("Contact sales")),
            properties={
                "baton_partner": "Altura Consulting",
                "hs_analytics_source": "PAID_SOCIAL",
            },
            acts=[accept],
            until="accepted",
        ),
        lead(
            "Sam Whitlock",
            "Harbour Insurance",
            "350",
            "Great Britain",
            form("Contact sales", "Talk to us | Quillhaven"),
            properties={"baton_partner": "Altura Consulting"},
            acts=[Act("accept", after=4.0)],
            until="accepted",
        ),
        lead(
            "Noor Rahman",
            "Delta Pharma",
            "1001-5000",
            "France",
            form("Contact sales", "Archives | Quillhaven"),
            properties={"baton_product_interest": "Archive;Scanning"},
            acts=[accept],
            until="accepted",
        ),
        lead(
            "Mei Tanaka",
            "Kita Systems",
            "150",
            "日本",
            {"meeting": "quillhaven/first-call"},
            acts=[accept],
            until="accepted",
        ),
    ]


def form(name: str, page: str = "") -> dict[str, str]:
    return {"form": name, "page": page}
