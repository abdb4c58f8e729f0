"""New leads and edits with values in other spellings, one or all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from . import spellings
from .config import SandboxConfig

#: A property in which people tick boxes, of the sample policy.
TICKED = "baton_product_interest"


class Lead(NamedTuple):
    """The account, and what is sent to create a contact: see ``create_lead``."""

    config: SandboxConfig
    body: dict[str, Any]

    def value(self, name: str) -> str:
        return str((self.body.get("properties") or {}).get(name) or "")

    def having(self, **properties: str | None) -> dict[str, Any] | None:
        """The body with *properties*; None where one of them has no other spelling."""
        if any(value is None for value in properties.values()):
            return None
        return self.body | {"properties": {**(self.body.get("properties") or {}), **properties}}


#: Gives the body with another spelling; None: it has no such value.
Spelling = Callable[[Lead, int], dict[str, Any] | None]


def _country(lead: Lead, turn: int) -> dict[str, Any] | None:
    return lead.having(country=spellings.local_country(lead.value("country"), turn))


def _employees(lead: Lead, turn: int) -> dict[str, Any] | None:
    return lead.having(numemployees=spellings.range_of(lead.value("numemployees"), turn))


def _capitals(lead: Lead, _turn: int) -> dict[str, Any] | None:
    return lead.having(
        firstname=lead.value("firstname").upper() or None,
        lastname=lead.value("lastname").upper() or None,
    )


def _phone(lead: Lead, turn: int) -> dict[str, Any] | None:
    return lead.having(phone=spellings.phone_spelled(lead.value("phone"), turn))


def _ticked(lead: Lead, _turn: int) -> dict[str, Any] | None:
    if TICKED not in lead.config.custom_properties:
        return None
    first = lead.value(TICKED) or "Archive"
    return lead.having(**{TICKED: f"{first};Scanning;Other"})


def _pasted(lead: Lead, _turn: int) -> dict[str, Any] | None:
    form = str(lead.body.get("form") or "")
    return lead.body | {"form": spellings.with_no_break_spaces(form)} if " " in form else None


def _decomposed(lead: Lead, _turn: int) -> dict[str, Any] | None:
    names = {name: lead.value(name) for name in ("firstname", "lastname", "country")}
    found = {name: spellings.decomposed(value) for name, value in names.items()}
    return lead.having(**found) if found != names else None


def _sub_domain(lead: Lead, _turn: int) -> dict[str, Any] | None:
    email = lead.value("email")
    return lead.having(email=spellings.at_sub_domain(email)) if email else None


def _free_mail(lead: Lead, turn: int) -> dict[str, Any] | None:
    """With an address of free mail, HubSpot knows no company."""
    if not lead.value("email"):
        return None
    body = lead.having(email=spellings.at_free_mail(lead.value("email"), turn))
    return {name: value for name, value in (body or {}).items() if name != "company"}


def _lead_ad(lead: Lead, _turn: int) -> dict[str, Any] | None:
    if not lead.body.get("form"):
        return None
    body = lead.having(hs_analytics_source="PAID_SOCIAL") or {}
    return body | {"form": spellings.lead_ad(str(lead.body["form"])), "page": ""}


def _scores(lead: Lead, turn: int) -> dict[str, Any] | None:
    """Today's property, and the one that HubSpot no longer fills."""
    return lead.having(hs_predictivecontactscore_v2="0.59", hubspotscore=str(20 + turn % 60))


def _unread_employees(lead: Lead, turn: int) -> dict[str, Any] | None:
    return lead.having(numemployees=("1.000", "a few", "1k-ish", "n/a")[turn % 4])


def _unread_country(lead: Lead, turn: int) -> dict[str, Any] | None:
    return lead.having(country=("Europe", "DACH", "-")[turn % 3])


def _no_company(lead: Lead, turn: int) -> dict[str, Any] | None:
    if not lead.body.get("company"):
        return None
    return {name: value for name, value in lead.body.items() if name != "company"}


#: Those that may all meet in one lead, and those of which a lead has one.
_TOGETHER: tuple[Spelling, ...] = (
    *(_country, _employees, _ticked, _capitals, _phone, _pasted, _decomposed, _scores),
)
_APART: tuple[Spelling, ...] = (_sub_domain, _free_mail, _lead_ad)
#: What nobody can read for certain; of these, too, a lead has one.
_UNREADABLE: tuple[Spelling, ...] = (_unread_employees, _unread_country, _no_company)


def spelled(lead: Lead, turn: int, *, every: bool) -> dict[str, Any]:
    """
    The lead with other spellings.

    Args:
        every: All that it has values for, and some that nobody can read; else one, the *turn*-th.
    """
    if every:
        body = lead.body
        apart = (_APART[turn % len(_APART)], _UNREADABLE[turn % len(_UNREADABLE)])
        for spelling in (*_TOGETHER, *apart):
            body = spelling(Lead(lead.config, body), turn) or body
        return body
    readable = _TOGETHER + _APART
    for step in range(len(readable)):
        found = readable[(turn + step) % len(readable)](lead, turn)
        if found is not None:
            return found
    return lead.body


#: What somebody changes in passing who edits a contact.
_EDITED: tuple[Spelling, ...] = (_phone, _country, _capitals, _employees)


def respelled(config: SandboxConfig, values: Mapping[str, object], turn: int) -> dict[str, object]:
    """The next of a contact's *values* that has another spelling, in it; empty: none has."""
    lead = Lead(config, {"properties": dict(values)})
    for step in range(len(_EDITED)):
        found = _EDITED[(turn + step) % len(_EDITED)](lead, turn)
        if found is not None:
            new: dict[str, object] = found["properties"]
            return {name: value for name, value in new.items() if value != values.get(name)}
    return {}
