"""Values as people, forms, imports and ads write them, each kind a known number of times."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from baton.domain.policy import Policy
from infra.local.messy.people import FORM, HAND, Draft
from infra.local.sandbox import spellings

#: A property in which people tick boxes, where the policy has it.
TICKED = "baton_product_interest"
_CONVERSION = "recent_conversion_event_name"
_TITLE = "What the archive of a mid-sized insurer looks like after ten years without a plan for it"
_COUNTRIES = tuple(spellings.LOCAL_COUNTRIES)

#: Changes a contact to hold a value of its kind; the number is the how-manieth of that kind.
Change = Callable[[Draft, int, datetime], None]


def _put(name: str, value: Callable[[Draft, int], str]) -> Change:
    def change(draft: Draft, number: int, at: datetime) -> None:
        draft.put(name, value(draft, number), at, FORM)

    return change


def _accented(draft: Draft, number: int, at: datetime) -> None:
    for name, value in (("firstname", "Zoë"), ("lastname", f"Müller-Öz {number}")):
        draft.put(name, spellings.decomposed(value), at, FORM)


def _pasted(draft: Draft, number: int, at: datetime) -> None:
    draft.put("lastname", spellings.with_no_break_spaces(f"van der Berg {number}"), at, HAND)


def _capitals(draft: Draft, number: int, at: datetime) -> None:
    for name in ("firstname", "lastname"):
        draft.put(name, draft.value(name).upper(), at, HAND)


def _free_mail(draft: Draft, number: int, at: datetime) -> None:
    """Without a company, as HubSpot knows none for such an address."""
    draft.put("email", spellings.at_free_mail(f"free.mail.{number}@", number), at, FORM)
    draft.put("lastname", f"Frei-{number}", at, FORM)
    draft.drop("company")


def _no_company(draft: Draft, number: int, at: datetime) -> None:
    draft.drop("company")


#: Kind -> how a contact gets a value of it.
KINDS: dict[str, Change] = {
    "form_behind_page": _put(
        _CONVERSION, lambda _, n: spellings.form_name("Demo request", f"Talk to us {n} | Helvia")
    ),
    "form_behind_cut_title": _put(
        _CONVERSION, lambda _, n: spellings.form_name("Contact sales", _TITLE)
    ),
    "form_alone": _put(_CONVERSION, lambda _, n: "Pricing request"),
    "booking": _put(_CONVERSION, lambda _, n: spellings.booking(f"team/first-call-{n % 3}")),
    "lead_ad": _put(_CONVERSION, lambda _, n: spellings.lead_ad("Demo request")),
    "local_country": _put(
        "country",
        lambda _, n: spellings.local_country(_COUNTRIES[n % len(_COUNTRIES)], n) or "Deutschland",
    ),
    "unknown_country": _put("country", lambda _, n: ("Europe", "DACH", "Other")[n % 3]),
    "employees_range": _put("numemployees", lambda _, n: ("1001-5000", "100-500", "1000+")[n % 3]),
    "employees_ambiguous": _put("numemployees", lambda _, n: ("1.000", "2,500")[n % 2]),
    "employees_text": _put("numemployees", lambda _, n: ("a few", "n/a", "ca. fifty")[n % 3]),
    "phone_spelling": _put(
        "phone", lambda draft, n: spellings.phone_spelled(draft.value("phone"), n) or ""
    ),
    "decomposed_name": _accented,
    "no_break_space": _pasted,
    "capitals": _capitals,
    "free_mail": _free_mail,
    "sub_domain": _put("email", lambda draft, _: spellings.at_sub_domain(draft.value("email"))),
    "no_company": _no_company,
    "offline_source": _put("hs_analytics_source", lambda _, n: "OFFLINE"),
    "legacy_score": _put("hubspotscore", lambda _, n: str(n % 90)),
    "score_of_today": _put("hs_predictivecontactscore_v2", lambda _, n: f"0.{n % 90 + 10}"),
}
TICKED_BOXES = "ticked_boxes"
#: Kinds of which the audit finds that nobody can read them -> property, and the kind of field that
#: it must be in the policy.
UNREADABLE = {
    "unknown_country": ("country", "country"),
    "employees_ambiguous": ("numemployees", "number"),
    "employees_text": ("numemployees", "number"),
}


def kinds(policy: Policy) -> Iterator[tuple[str, Change]]:
    """The kinds that an account under *policy* has properties for."""
    yield from KINDS.items()
    if any(field.property == TICKED for field in policy.lifecycle.fields):
        yield TICKED_BOXES, _put(TICKED, lambda _, n: ("Archive;Scanning", "Scanning;Other")[n % 2])


def unreadable(policy: Policy, made: Mapping[str, int]) -> int:
    """How many of the values *made* the audit finds unreadable."""
    read = {(field.property, field.kind) for field in policy.lifecycle.fields}
    return sum(made.get(kind, 0) for kind, field in UNREADABLE.items() if field in read)
