"""Names of HubSpot's properties, each defined once."""

from __future__ import annotations

from typing import Final

# --- of a contact
STAGE: Final = "lifecyclestage"
LEAD_STATUS: Final = "hs_lead_status"
#: The same name for contacts, companies, deals and tasks.
OWNER: Final = "hubspot_owner_id"
CREATED: Final = "createdate"
#: Ids of the contacts that were merged into this one, with ``;`` between them.
MERGED: Final = "hs_merged_object_ids"
LAST_MODIFIED: Final = "lastmodifieddate"
LAST_SALES_ACTIVITY: Final = "hs_last_sales_activity_timestamp"
#: The first and the latest form that the person filled in, and when.
FIRST_FORM: Final = "first_conversion_event_name"
FIRST_FORM_AT: Final = "first_conversion_date"
RECENT_FORM: Final = "recent_conversion_event_name"
RECENT_FORM_AT: Final = "recent_conversion_date"

# --- of a company, a deal
PARENT_COMPANY: Final = "hs_parent_company_id"
DEAL_CLOSED: Final = "hs_is_closed"
DEAL_WON: Final = "hs_is_closed_won"

# --- of tasks, calls, e-mails, meetings
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
