"""Names of forms and bookings, as HubSpot writes them.

HubSpot's properties of the first and the latest conversion hold ``<page title>: <form name>`` for a
form, ``Meetings Link: <person>/<link>`` for a booking and ``Facebook Lead Ads: <form>`` for an ad.
A form that was sent without the title of a page stands alone. (HubSpot's developer documents show
``Contact Us: excedalogic form``; the others are from contacts in public code.) Titles and names of
forms may hold a colon themselves, so only a form that is known can be told from its page.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from baton.domain.phrase import Phrase, Text
from baton.domain.text import folded, pattern, straight

#: Between the page and the form.
_PAGE = ": "
#: Characters that evidence keeps of a name; HubSpot cuts the title of a page to as many.
KEPT = 80


def own_names(text: str) -> tuple[str, ...]:
    """What the form may be called, folded: the whole, and each part of it behind a colon."""
    return tuple(folded(part) for _, part in _divisions(text))


@lru_cache(maxsize=5_000)  # a card says its offer each time that it is shown
def said(text: str, known: frozenset[str], *, end: bool = False) -> Text:
    """
    The name for people: the form's own with the page as an aside, if the form is one of *known*;
    else the whole. An ellipsis shows where it was cut.

    Args:
        known: Names and patterns by which the policy asks for forms.

        end: A long *text* is the end of a longer one, as evidence keeps it.
    """
    long = len(text) >= KEPT
    for page, form in _divisions(text):
        if not _is_known(form, known):
            continue
        if not page:
            return form
        if end and long:
            return Phrase("form", (form, Phrase("form.end", (page,))))
        return Phrase("form", (form, Phrase("form.cut", (page,)) if len(page) >= KEPT else page))
    if end and long:
        return Phrase("form.end", (straight(text),))
    return Phrase("form.cut", (straight(text),)) if len(text) == KEPT else straight(text)


def _divisions(text: str) -> Iterator[tuple[str, str]]:
    """(page, form) by each colon; first the whole as a form. Earlier colons first, so that a known
    name with a colon in it is found whole.
    """
    plain = straight(text)
    yield "", plain
    at = plain.find(_PAGE)
    while at >= 0:
        yield plain[:at], plain[at + len(_PAGE) :]
        at = plain.find(_PAGE, at + len(_PAGE))


def _is_known(form: str, known: frozenset[str]) -> bool:
    """Whether the policy names *form*. A pattern that begins with a star does not say where the
    name of the form begins.
    """
    name = folded(form)
    return any(
        pattern((one,)).fullmatch(name) is not None if "*" in one else folded(one) == name
        for one in known
        if not one.startswith("*")
    )
