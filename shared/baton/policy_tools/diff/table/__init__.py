"""The words for each path of a policy, and the subject of its sentences.

A path that is not listed gets a general sentence: the field, its new and its old value.
"""

from __future__ import annotations

from baton.policy_tools.diff.phrases import Row, Value, condition
from baton.policy_tools.diff.showing import in_quotes
from baton.policy_tools.diff.table import leads, people, promises

#: Path -> how its differences are worded.
TABLE: dict[str, Row] = leads.ROWS | people.ROWS | promises.ROWS

#: Field name -> how its differences are worded, for paths that have no row of their own.
NAMED: dict[str, Row] = {
    "label": Value("is now called", show=in_quotes),
    "when": condition,
}

#: Path -> subject of the sentences about it and about paths below it, except in lists.
SUBJECTS = {
    "by_hand": "Baton",
    "company": "The company",
    "countries": "The table of countries",
    "counting": "The count of open leads",
    "free_domains": "The list of free e-mail domains",
    "idle": "A lead to which no staleness rule applies",
    "lifecycle": "The lifecycle",
    "notifications": "Baton",
    "ownership": "Before any rule, Baton",
    "rota": "On duty",
    "scoring": "Scoring",
    "scoring.behaviour_at_least": "Qualified",
    "scoring.fit_at_least": "Qualified",
    "scoring.recency": "Qualified",
    "snooze_at_most": "A lead",
    "team_calendars": "The roster",
    "touches": "Baton",
    "attendance": "A lead whose owner is not there",
    "zone": "A date",
}

#: Path -> name in ``Policy.definitions`` of the definition that a difference there changes.
DEFINITIONS = dict.fromkeys(
    ("scoring", "scoring.behaviour_at_least", "scoring.fit_at_least", "scoring.recency"),
    "scoring:qualified",
)

_FIELDS = {
    "lifecycle": "lifecycle countries",
    "scoring": "scoring",
    "routing": "territories segments rules pools ownership handoffs counting free_domains by_hand",
    "roster": "company people calendars team_calendars rota zone",
    "sla": "tiers pauses snooze_at_most touches attendance",
    "recycling": "tracks staleness idle early",
    "notifications": "notifications",
}
#: Field of a policy -> file that it is written in.
FILE_OF = {field: file for file, fields in _FIELDS.items() for field in fields.split()}
