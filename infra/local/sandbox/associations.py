"""Names and numbers of HubSpot's object types and of the associations between them."""

from __future__ import annotations

_OBJECT_TYPES = {
    "0-1": "contacts",
    "0-2": "companies",
    "0-3": "deals",
    "0-18": "communications",
    "0-27": "tasks",
    "0-46": "notes",
    "0-47": "meetings",
    "0-48": "calls",
    "0-49": "emails",
    "company": "companies",
}
OBJECT_TYPE_IDS = {
    plural: number for number, plural in _OBJECT_TYPES.items() if number.startswith("0-")
}

#: Default (unlabelled) association from the first type to the second.
TYPE_IDS: dict[tuple[str, str], int] = {
    ("contacts", "companies"): 279,
    ("companies", "contacts"): 280,
    ("deals", "contacts"): 3,
    ("contacts", "deals"): 4,
    ("deals", "companies"): 341,
    ("companies", "deals"): 342,
    ("tasks", "contacts"): 204,
    ("contacts", "tasks"): 203,
    ("tasks", "companies"): 192,
    ("companies", "tasks"): 191,
    ("tasks", "deals"): 216,
    ("deals", "tasks"): 215,
    ("calls", "contacts"): 194,
    ("contacts", "calls"): 193,
    ("calls", "companies"): 182,
    ("companies", "calls"): 181,
    ("emails", "contacts"): 198,
    ("contacts", "emails"): 197,
    ("emails", "companies"): 186,
    ("companies", "emails"): 185,
    ("meetings", "contacts"): 200,
    ("contacts", "meetings"): 199,
    ("meetings", "companies"): 188,
    ("companies", "meetings"): 187,
    ("communications", "contacts"): 81,
    ("contacts", "communications"): 82,
    ("communications", "companies"): 87,
    ("companies", "communications"): 88,
    ("notes", "contacts"): 202,
    ("contacts", "notes"): 201,
    ("notes", "companies"): 190,
    ("companies", "notes"): 189,
}


def plural(name: str) -> str:
    """The plural name of an object type, from any of HubSpot's spellings (contact, contacts,
    0-1)."""
    name = name.lower()
    if name in _OBJECT_TYPES:
        return _OBJECT_TYPES[name]
    return name if name.endswith("s") else name + "s"


def singular(kind: str) -> str:
    return "company" if kind == "companies" else kind.removesuffix("s")


def kinds_of(type_id: int) -> tuple[str, str] | None:
    """The pair of object types an association type id joins; None for an unknown id."""
    return next((pair for pair, number in TYPE_IDS.items() if number == type_id), None)
