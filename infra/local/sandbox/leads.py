"""Believable leads and what people log about them."""

from __future__ import annotations

from typing import Any

from .config import SandboxConfig
from .crm import Crm
from .hubspot_errors import invalid
from .properties import normalise
from .spellings import booking, form_name
from .world import Record, iso, now_ms

PRESETS: list[dict[str, Any]] = [
    {
        "key": "enterprise-emea-demo",
        "label": "Enterprise EMEA · demo request",
        "source": "FORM",
        "form": "Request a demo",
        "page": "See it on your own documents | Quillhaven",
        "stage": "marketingqualifiedlead",
        "properties": {
            "firstname": "Ingrid",
            "lastname": "Sørensen",
            "email": "ingrid.sorensen@nordwind.example",
            "jobtitle": "VP Operations",
            "phone": "+45 5550 0142",
            "country": "Denmark",
            "industry": "Logistics",
            "hs_analytics_source": "PAID_SEARCH",
            "message": "We lose leads between two teams and want to see it on our own data.",
        },
        "company": {
            "name": "Nordwind Logistics",
            "domain": "nordwind.example",
            "industry": "Logistics",
            "country": "Denmark",
            "numberofemployees": "2400",
        },
    },
    {
        "key": "smb-amer-content",
        "label": "SMB AMER · content download",
        "source": "FORM",
        "form": "Guide: handing leads over",
        "page": "Guides and checklists | Quillhaven",
        "stage": "lead",
        "properties": {
            "firstname": "Marcus",
            "lastname": "Bell",
            "email": "marcus.bell@brightfork.example",
            "jobtitle": "Marketing Manager",
            "country": "United States",
            "state": "Ohio",
            "industry": "Restaurants",
            "hs_analytics_source": "ORGANIC_SEARCH",
        },
        "company": {
            "name": "Brightfork Kitchens",
            "domain": "brightfork.example",
            "industry": "Restaurants",
            "country": "United States",
            "numberofemployees": "38",
        },
    },
    {
        "key": "mid-emea-pricing",
        "label": "Mid-market EMEA · pricing question",
        "source": "FORM",
        "form": "Contact sales",
        "page": "Tarifs et licences | Quillhaven",
        "stage": "marketingqualifiedlead",
        "properties": {
            "firstname": "Amélie",
            "lastname": "Fournier",
            "email": "amelie.fournier@atelier-lumiere.example",
            "jobtitle": "Head of Sales",
            "phone": "+33 1 5550 0188",
            "country": "France",
            "industry": "Retail",
            "hs_analytics_source": "REFERRALS",
            "message": "What does it cost for 25 people?",
        },
        "company": {
            "name": "Atelier Lumière",
            "domain": "atelier-lumiere.example",
            "industry": "Retail",
            "country": "France",
            "numberofemployees": "310",
        },
    },
    {
        "key": "enterprise-amer-event",
        "label": "Enterprise AMER · event badge",
        "source": "IMPORT",
        "form": "",
        "stage": "marketingqualifiedlead",
        "properties": {
            "firstname": "Denise",
            "lastname": "Okafor",
            "email": "denise.okafor@greatlakes-steel.example",
            "jobtitle": "Chief Revenue Officer",
            "country": "United States",
            "state": "Michigan",
            "industry": "Manufacturing",
            "hs_analytics_source": "OFFLINE",
        },
        "company": {
            "name": "Great Lakes Steel",
            "domain": "greatlakes-steel.example",
            "industry": "Manufacturing",
            "country": "United States",
            "numberofemployees": "5200",
        },
    },
    {
        "key": "smb-emea-trial",
        "label": "SMB EMEA · free trial",
        "source": "FORM",
        "form": "Start a trial",
        "page": "30 Tage kostenlos testen | Quillhaven",
        "stage": "marketingqualifiedlead",
        "properties": {
            "firstname": "Jonas",
            "lastname": "Keller",
            "email": "jonas.keller@radwerk.example",
            "jobtitle": "Founder",
            "country": "Germany",
            "industry": "E-commerce",
            "hs_analytics_source": "DIRECT_TRAFFIC",
        },
        "company": {
            "name": "Radwerk",
            "domain": "radwerk.example",
            "industry": "E-commerce",
            "country": "Germany",
            "numberofemployees": "12",
        },
    },
    {
        "key": "mid-emea-booking",
        "label": "Mid-market EMEA · booked a meeting",
        "source": "FORM",
        "form": "",
        "meeting": "quillhaven/first-call",
        "stage": "marketingqualifiedlead",
        "properties": {
            "firstname": "Lucía",
            "lastname": "Ibáñez Roca",
            "email": "lucia.ibanez@puerto-frio.example",
            "jobtitle": "Directora de operaciones",
            "phone": "+34 91 5550 0117",
            "country": "Spain",
            "industry": "Food and beverages",
            "hs_analytics_source": "EMAIL_MARKETING",
        },
        "company": {
            "name": "Puerto Frío",
            "domain": "puerto-frio.example",
            "industry": "Food and beverages",
            "country": "Spain",
            "numberofemployees": "260",
        },
    },
]


def create_lead(config: SandboxConfig, crm: Crm, body: dict[str, Any]) -> Record:
    """
    Create a contact as a form, an import or a person does.

    *body*: ``properties``; ``source`` (FORM by default); ``company`` (properties; one company is
    kept per domain and linked); ``form`` (name of the form that was filled in) with ``page`` (the
    title of the page it is on), or ``meeting`` (the link of a meeting that was booked).

    Raises:
        Refused: 400 naming each wrong property.
    """
    source = str(body.get("source") or "FORM")
    properties = dict(body.get("properties") or {})
    if converted := _conversion(body):
        now = iso(now_ms())
        for which in ("first", "recent"):
            properties.setdefault(f"{which}_conversion_event_name", converted)
            properties.setdefault(f"{which}_conversion_date", now)
    company = dict(body.get("company") or {})
    if company.get("name"):
        properties.setdefault("company", company["name"])
    clean, wrong = normalise(config, "contacts", properties, api=False, new=True)
    firm, firm_wrong = normalise(config, "companies", company, api=False, new=True)
    if wrong or firm_wrong:
        raise invalid([*wrong, *firm_wrong])
    if clean.get("email") and crm.find("contacts", clean["email"], "email"):
        clean["email"] = _next_free(crm, clean["email"])
    record_company = _company(crm, firm) if firm else None
    if record_company:
        clean.setdefault("associatedcompanyid", record_company.id)
    contact = crm.create("contacts", clean, source, str(body.get("source_id") or source.lower()))
    if record_company:
        crm.link("contacts", contact.id, "companies", record_company.id)
    return contact


def log_engagement(
    config: SandboxConfig, crm: Crm, contact: Record, kind: str, body: dict[str, Any]
) -> Record:
    """Log a call, e-mail, meeting or message with *contact*, by ``owner_id`` (or the contact's
    owner); ``properties`` say what became of it."""
    owner = str(body.get("owner_id") or contact.value("hubspot_owner_id") or "")
    properties: dict[str, object] = {"hs_timestamp": body.get("at") or str(now_ms())}
    if owner:
        properties["hubspot_owner_id"] = owner
    if kind == "calls":
        properties |= {"hs_call_title": "Call", "hs_call_direction": "OUTBOUND"}
        properties |= {"hs_call_status": "COMPLETED", "hs_call_duration": "184000"}
    elif kind == "emails":
        direction = "INCOMING_EMAIL" if body.get("incoming") else "EMAIL"
        properties |= {"hs_email_direction": direction, "hs_email_status": "SENT"}
        properties["hs_email_subject"] = body.get("subject") or "Following up on your request"
    elif kind == "communications":
        properties["hs_communication_channel_type"] = "SMS"
        properties["hs_communication_logged_from"] = "CRM"
    else:
        properties |= {"hs_meeting_title": "Intro call", "hs_meeting_outcome": "SCHEDULED"}
    properties |= body.get("properties") or {}
    clean, wrong = normalise(config, kind, properties, api=False, new=True)
    if wrong:
        raise invalid(wrong)
    engagement = crm.create(kind, clean, "CRM_UI", f"userId:{owner or 1}")
    crm.link(kind, engagement.id, "contacts", contact.id)
    return engagement


def _conversion(body: dict[str, Any]) -> str:
    """What the person did, as HubSpot names it."""
    if body.get("meeting"):
        return booking(str(body["meeting"]))
    return form_name(str(body["form"]), str(body.get("page") or "")) if body.get("form") else ""


def _company(crm: Crm, properties: dict[str, str]) -> Record:
    domain = properties.get("domain", "")
    known = crm.find("companies", domain, "domain") if domain else None
    return known or crm.create("companies", properties, "FORM")


def _next_free(crm: Crm, email: str) -> str:
    """If the same person is created again on the page, a numbered e-mail address makes them a new
    contact."""
    name, _, domain = email.partition("@")
    n = 2
    while crm.find("contacts", f"{name}+{n}@{domain}", "email"):
        n += 1
    return f"{name}+{n}@{domain}"
