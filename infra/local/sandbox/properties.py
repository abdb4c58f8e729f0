"""The account's properties, their valid values, and HubSpot's errors about them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from .config import SandboxConfig
from .world import iso

_PEOPLE = [
    "email",
    "firstname",
    "lastname",
    "company",
    "jobtitle",
    "phone",
    "mobilephone",
    "country",
    "state",
    "city",
    "zip",
    "address",
    "industry",
    "website",
    "numemployees",
    "annualrevenue",
    "message",
    "salutation",
    "hs_persona",
    "hs_buying_role",
    "hs_role",
    "hs_seniority",
    "hs_language",
    "hs_timezone",
    "hs_email_domain",
    "associatedcompanyid",
    "hubspotscore",
    "hs_predictivecontactscore_v2",
    "hs_predictivescoringtier",
    "ip_country",
    "hs_country_region_code",
    "hs_state_code",
    "hubspot_owner_id",
    "hubspot_owner_assigneddate",
    "hubspot_team_id",
    "lifecyclestage",
    "hs_lead_status",
    "hs_analytics_source",
    "hs_analytics_source_data_1",
    "hs_analytics_source_data_2",
    "hs_latest_source",
    "first_conversion_event_name",
    "first_conversion_date",
    "recent_conversion_event_name",
    "recent_conversion_date",
    "num_conversion_events",
    "hs_first_outreach_date",
    "hs_sa_first_engagement_date",
    "notes_last_contacted",
    "notes_last_updated",
    "num_contacted_notes",
    "num_notes",
    "hs_last_sales_activity_timestamp",
    "hs_sales_email_last_replied",
    "hs_sequences_is_enrolled",
    "hs_latest_sequence_enrolled_date",
    "hs_object_id",
    "hs_merged_object_ids",
    "hs_object_source",
    "createdate",
    "lastmodifieddate",
    "hs_email_optout",
    "hs_marketable_status",
]
_COMPANIES = [
    "name",
    "domain",
    "website",
    "phone",
    "industry",
    "country",
    "state",
    "city",
    "zip",
    "address",
    "numberofemployees",
    "annualrevenue",
    "description",
    "lifecyclestage",
    "hs_lead_status",
    "hubspot_owner_id",
    "hs_parent_company_id",
    "timezone",
    "type",
    "hs_country_code",
    "createdate",
    "hs_lastmodifieddate",
    "hs_object_id",
]
_ACTIVITIES = ["hubspot_owner_id", "hubspot_team_id", "createdate"]
_KNOWN = {"contacts": frozenset(_PEOPLE), "companies": frozenset(_COMPANIES)}
_DEALS = frozenset(
    ["dealname", "dealstage", "pipeline", "amount", "closedate", "hubspot_owner_id", "createdate"]
)

#: Calculated by HubSpot; an API write is refused.
_READ_ONLY = frozenset(
    [
        "hs_object_id",
        "hs_merged_object_ids",
        "lastmodifieddate",
        "hs_lastmodifieddate",
        "notes_last_contacted",
        "notes_last_updated",
        "num_contacted_notes",
        "num_notes",
        "hs_last_sales_activity_timestamp",
        "hs_first_outreach_date",
        "hs_sa_first_engagement_date",
        "hs_email_domain",
    ]
)
_CALCULATED = re.compile(r"hs_v2_\w+|hs_lifecyclestage_\w+_date")
_DATETIMES = frozenset(
    [
        "hs_timestamp",
        "createdate",
        "lastmodifieddate",
        "hs_lastmodifieddate",
        "notes_last_contacted",
        "notes_last_updated",
        "hs_last_sales_activity_timestamp",
        "first_conversion_date",
        "recent_conversion_date",
        "hs_first_outreach_date",
        "hs_sa_first_engagement_date",
        "hs_sales_email_last_replied",
        "hs_latest_sequence_enrolled_date",
        "hubspot_owner_assigneddate",
        "hs_meeting_start_time",
        "hs_meeting_end_time",
        "closedate",
    ]
)
_OPTIONS: dict[str, tuple[str, ...]] = {
    "hs_task_status": ("NOT_STARTED", "IN_PROGRESS", "WAITING", "DEFERRED", "COMPLETED"),
    "hs_task_priority": ("NONE", "LOW", "MEDIUM", "HIGH"),
    "hs_task_type": ("TODO", "CALL", "EMAIL", "LINKED_IN", "MEETING"),
    "hs_call_direction": ("INBOUND", "OUTBOUND"),
    "hs_call_status": (
        "BUSY",
        "CALLING_CRM_USER",
        "CANCELED",
        "COMPLETED",
        "CONNECTING",
        "FAILED",
        "HOLD",
        "IN_PROGRESS",
        "MISSED",
        "NO_ANSWER",
        "QUEUED",
        "RINGING",
        "UNKNOWN",
    ),
    "hs_email_direction": ("EMAIL", "INCOMING_EMAIL", "FORWARDED_EMAIL", "DRAFT_EMAIL"),
    "hs_email_status": ("BOUNCED", "FAILED", "SCHEDULED", "SENDING", "SENT"),
    "hs_communication_channel_type": ("WHATS_APP", "LINKEDIN_MESSAGE", "SMS"),
}
#: Characters of a property's value. HubSpot's documents give the number, and no code.
LONGEST = 65_536
#: What HubSpot defines as a number. A contact's ``numemployees`` is not: HubSpot defines it as a
#: choice of ranges, and accounts that have made it a text hold anything.
_NUMBERS = frozenset({"numberofemployees"})
_RULES = {"ALPHA": re.compile(r"[^\W\d_]+"), "NUMERIC": re.compile(r"\d+")}
#: Required of a new object, beside the time of an activity: by HubSpot's Communications guide it
#: must be CRM.
_REQUIRED = {"communications": {"hs_communication_logged_from": ("CRM",)}}
#: HubSpot requires the time of an activity.
TIMED = frozenset({"tasks", "calls", "emails", "meetings", "notes", "communications"})


def is_datetime(name: str) -> bool:
    return name in _DATETIMES or bool(_CALCULATED.fullmatch(name))


def is_known(config: SandboxConfig, kind: str, name: str) -> bool:
    if name in config.custom_properties and kind in {"contacts", "companies", "deals"}:
        return True
    if kind == "contacts":
        return name in _KNOWN[kind] or bool(_CALCULATED.fullmatch(name))
    if kind == "companies":
        return name in _KNOWN[kind]
    if kind == "deals":
        return name in _DEALS or name.startswith("hs_")
    return name in _ACTIVITIES or name.startswith("hs_")


def known_names(config: SandboxConfig) -> list[str]:
    """The contact properties the account lists."""
    return sorted({*_PEOPLE, *config.custom_properties})


def is_read_only(name: str) -> bool:
    return name in _READ_ONLY


def options_of(config: SandboxConfig, name: str) -> tuple[str, ...]:
    """The values that a pick-list of the account has; none for other properties."""
    return _options(config).get(name, ())


def fault(name: str, error: str, message: str) -> dict[str, object]:
    return {
        "isValid": False,
        "message": message,
        "error": error,
        "name": name,
        "localizedErrorMessage": message,
        "portalId": None,
    }


def normalise(
    config: SandboxConfig, kind: str, properties: Mapping[str, object], *, api: bool, new: bool
) -> tuple[dict[str, str], list[dict[str, object]]]:
    """
    Turn what a client sent into stored text, and list the errors in it.

    Args:
        api: An API write: calculated properties are refused. The page and /_sandbox may set them,
            because they stand in for the systems that calculate them.
        new: The object is being created,
        so what is required must be there.
    """
    wrong: list[dict[str, object]] = []
    clean: dict[str, str] = {}
    for name, raw in properties.items():
        text = "" if raw is None else str(raw).lower() if isinstance(raw, bool) else str(raw)
        if not is_known(config, kind, name):
            wrong.append(fault(name, "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist'))
        elif api and (name in _READ_ONLY or _CALCULATED.fullmatch(name)):
            wrong.append(
                fault(
                    name,
                    "READ_ONLY_VALUE",
                    f'"{name}" is a read only property; its value cannot be set.',
                )
            )
        else:
            text, problem = _value(config, name, text)
            if problem:
                wrong.append(problem)
            clean[name] = text
    for name, values in _REQUIRED.get(kind, {}).items() if new and api else ():
        if clean.get(name) not in values:
            wrong.append(fault(name, "REQUIRED_FIELD", f"{name} must be {' or '.join(values)}"))
    return clean, wrong


def _value(config: SandboxConfig, name: str, text: str) -> tuple[str, dict[str, object] | None]:
    if not text:
        return "", None
    if len(text) > LONGEST:
        message = f"The value has {len(text)} characters; at most {LONGEST} are allowed."
        return text, fault(name, "PROPERTY_VALUE_TOO_LONG", message)
    rule = config.value_rules.get(name)
    if rule is not None and not _RULES[rule].fullmatch(text):
        only = "letters" if rule == "ALPHA" else "numbers"
        return text, fault(name, f"INVALID_{rule}", f"Enter only {only}")
    kind = config.property_types.get(name) if name in config.custom_properties else None
    kind = "number" if name in _NUMBERS else kind
    if kind == "number" and not re.fullmatch(r"-?\d+(\.\d+)?", text):
        return text, fault(name, "INVALID_INTEGER", f"{text} was not a valid number.")
    if kind == "datetime" or is_datetime(name):
        ms = parse_time(text)
        if ms is None:
            return text, fault(name, "INVALID_DATE", f"{text} was not a valid datetime.")
        return iso(ms), None
    options = options_of(config, name)
    if options and text not in options:
        message = f"{text} was not one of the allowed options: [{', '.join(options)}]"
        return text, fault(name, "INVALID_OPTION", message)
    if name == "hubspot_owner_id" and config.owners:
        owner = config.owner(text)
        if owner is None or owner.archived:
            return text, fault(name, "INVALID_OWNER_ID", f"Owner {text} does not exist")
    if name == "email" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
        return text, fault(name, "INVALID_EMAIL", f"Email address {text} is invalid")
    return (text.lower() if name == "email" else text), None


def _options(config: SandboxConfig) -> dict[str, tuple[str, ...]]:
    return {
        **_OPTIONS,
        "lifecyclestage": (*config.lifecycle_stages, *config.side_stages),
        "hs_lead_status": config.lead_statuses,
    }


def parse_time(text: str) -> int | None:
    """Read epoch milliseconds or ISO 8601, the two forms HubSpot takes; None if neither."""
    if re.fullmatch(r"\d{1,14}", text):
        return int(text)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    at = at.replace(tzinfo=at.tzinfo or UTC)
    return round(at.timestamp() * 1000)


def moves_forward(config: SandboxConfig, current: str | None, wanted: str) -> bool:
    """
    Whether the API would move the lifecycle stage.

    Clearing always works, and an empty stage may become any stage. Side stages (recycled,
    disqualified) may be entered from anywhere; they rank after all others, so leaving one means
    clearing first.
    """
    if not current or not wanted or wanted in config.side_stages:
        return True
    if current in config.side_stages:
        return False
    order = config.lifecycle_stages
    if current not in order or wanted not in order:
        return True
    return order.index(wanted) >= order.index(current)
