"""Names of HubSpot's properties, each defined once."""

from __future__ import annotations

from typing import Final

#: What most names of HubSpot's newer properties begin with.
HUBSPOT_PREFIX: Final = "hs_"

# --- of a contact
STAGE: Final = "lifecyclestage"
#: Of any object; HubSpot shows it as Record ID.
OBJECT_ID: Final = "hs_object_id"
LEAD_STATUS: Final = "hs_lead_status"
#: The same name for contacts, companies, deals and tasks.
OWNER: Final = "hubspot_owner_id"
CREATED: Final = "createdate"
#: Ids of the contacts that were merged into this one, with ``;`` between them.
MERGED: Final = "hs_merged_object_ids"
LAST_MODIFIED: Final = "lastmodifieddate"
LAST_SALES_ACTIVITY: Final = "hs_last_sales_activity_timestamp"
LAST_CONTACTED: Final = "notes_last_contacted"
#: The first and the latest form that the person filled in, and when.
FIRST_FORM: Final = "first_conversion_event_name"
FIRST_FORM_AT: Final = "first_conversion_date"
RECENT_FORM: Final = "recent_conversion_event_name"
RECENT_FORM_AT: Final = "recent_conversion_date"
FORMS: Final = (FIRST_FORM, RECENT_FORM)
#: Some of these are also ids of the policy's fields (see ``Lead.name``), which are other names:
#: the policy says which property a field is.
EMAIL: Final = "email"
PHONE: Final = "phone"
MOBILE_PHONE: Final = "mobilephone"
FIRST_NAME: Final = "firstname"
LAST_NAME: Final = "lastname"
WEBSITE: Final = "website"
#: A country, as people or as HubSpot write it.
COUNTRIES: Final = ("country", "hs_country_region_code", "ip_country", "ip_country_code")
#: Properties of ticked boxes.
TICKED: Final = ("hs_buying_role", "hs_additional_emails")
#: A score that HubSpot no longer works out: that of before the lead scoring tool stopped in August
#: 2025 (public guides; HubSpot's developer documents, "Lead Scoring API", know scores that an
#: account makes itself, each with a property of its own).
LEGACY_SCORE: Final = "hubspotscore"

# --- of a company, a deal
COMPANY_DOMAIN: Final = "domain"
PARENT_COMPANY: Final = "hs_parent_company_id"
DEAL_STAGE: Final = "dealstage"
DEAL_PIPELINE: Final = "pipeline"
DEAL_CLOSED: Final = "hs_is_closed"
DEAL_WON: Final = "hs_is_closed_won"

# --- of tasks, calls, e-mails, meetings, messages
#: When a task is due, or an engagement happened.
TIMESTAMP: Final = "hs_timestamp"
OBJECT_CREATED: Final = "hs_createdate"
TASK_SUBJECT: Final = "hs_task_subject"
TASK_BODY: Final = "hs_task_body"
TASK_STATUS: Final = "hs_task_status"
TASK_PRIORITY: Final = "hs_task_priority"
TASK_TYPE: Final = "hs_task_type"
TASK_REMINDERS: Final = "hs_task_reminders"
EMAIL_DIRECTION: Final = "hs_email_direction"
EMAIL_STATUS: Final = "hs_email_status"
CALL_STATUS: Final = "hs_call_status"
CALL_DIRECTION: Final = "hs_call_direction"
CALL_OUTCOME: Final = "hs_call_disposition"
MEETING_OUTCOME: Final = "hs_meeting_outcome"
MESSAGE_CHANNEL: Final = "hs_communication_channel_type"
MESSAGE_LOGGED_FROM: Final = "hs_communication_logged_from"

# --- Baton's own, of a contact
#: What the names of all of them begin with.
OWN_PREFIX: Final = "baton_"
TERRITORY: Final = "baton_territory"
SEGMENT: Final = "baton_segment"
TIER: Final = "baton_tier"
RULE: Final = "baton_rule"
ASSIGNED_AT: Final = "baton_assigned_at"
ACCEPTED_AT: Final = "baton_accepted_at"
FIRST_TOUCH_AT: Final = "baton_first_touch_at"
FIRST_TOUCH_SEEN_IN: Final = "baton_first_touch_seen_in"
SLA_STATUS: Final = "baton_sla_status"
NURTURE_TRACK: Final = "baton_nurture_track"
REASON: Final = "baton_reason"
COOL_OFF_UNTIL: Final = "baton_cool_off_until"
FIRST_SOURCE: Final = "baton_first_source"
HELD_FOR: Final = "baton_held_for"
WAITING_FOR: Final = "baton_waiting_for"
MISSING: Final = "baton_missing"
FIT: Final = "baton_fit"
BEHAVIOUR: Final = "baton_behaviour"
QUALIFIED: Final = "baton_qualified"
SCORE_WHY: Final = "baton_score_why"
#: Those that are not named after a stage or a target of the policy.
FIXED: Final = (
    TERRITORY,
    SEGMENT,
    TIER,
    RULE,
    ASSIGNED_AT,
    ACCEPTED_AT,
    FIRST_TOUCH_AT,
    FIRST_TOUCH_SEEN_IN,
    SLA_STATUS,
    NURTURE_TRACK,
    REASON,
    COOL_OFF_UNTIL,
    FIRST_SOURCE,
    HELD_FOR,
    WAITING_FOR,
    MISSING,
    FIT,
    BEHAVIOUR,
    QUALIFIED,
    SCORE_WHY,
)


def due(target: str) -> str:
    """The deadline of the target's clock."""
    return f"baton_{target}_due"


def first_entered(stage: str) -> str:
    return f"baton_first_entered_{stage}"


def last_entered(stage: str) -> str:
    return f"baton_last_entered_{stage}"


def times_entered(stage: str) -> str:
    return f"baton_times_entered_{stage}"


def seconds_in(stage: str) -> str:
    """The time spent in the stage."""
    return f"baton_seconds_in_{stage}"


#: All that are named after a stage.
PER_STAGE: Final = (first_entered, last_entered, times_entered, seconds_in)
