"""Evidence of what a person did: a form filled in, a page visited, a meeting booked.

Evidence is a set ordered by time. The same piece reported twice counts once, whatever its sources,
and the order of reports does not matter. Which of it is kept: ``evidence_kept``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from baton.domain import hubspot_names
from baton.domain.lead import Evidence
from baton.domain.policy import Claim
from baton.domain.scoring.evidence_kept import kept_of
from baton.domain.time import read_instant
from baton.domain.world.world import Contact, Touch

#: Built-in kinds; others are the policy's signals.
FORM = "form"
BUILT_IN = (FORM, "call", "email", "meeting", "message", "deal_created", "deal_won", "deal_lost")

#: HubSpot's contact properties for the first and the latest form: name, and when.
FORMS = (
    (hubspot_names.FIRST_FORM, hubspot_names.FIRST_FORM_AT),
    (hubspot_names.RECENT_FORM, hubspot_names.RECENT_FORM_AT),
)
#: Characters kept of the name of a form, page, … that a piece is about.
LONGEST = 80


def add_evidence(
    known: tuple[Evidence, ...], seen: Iterable[Evidence], claims: tuple[Claim, ...] = ()
) -> tuple[Evidence, ...]:
    """*known* plus the new pieces of *seen*, oldest first, as far as they are kept for *claims*
    (``Policy.claims``). The same object if nothing changes.
    """
    pieces = [*seen]
    if not pieces:
        return known
    cut = {Evidence(piece.at, piece.kind, _short(piece)) for piece in pieces}
    # Earlier code kept the beginning of a long form, without its name.
    before = {Evidence(piece.at, FORM, piece.what[:LONGEST]) for piece in pieces if _is_long(piece)}
    both = {*known} - before | cut
    if both == {*known}:
        return known
    kept = kept_of(sorted(both, key=lambda s: (s.at, s.kind, s.what)), claims)
    return known if kept == known else kept


def _is_long(piece: Evidence) -> bool:
    return piece.kind == FORM and len(piece.what) > LONGEST


def _short(piece: Evidence) -> str:
    """What the piece is about; of a long form the end, where HubSpot writes the form's name."""
    return piece.what[-LONGEST:] if piece.kind == FORM else piece.what[:LONGEST]


def forms_of(contact: Contact) -> Iterator[Evidence]:
    """The first and the latest form that the person filled in."""
    for name, date in FORMS:
        form = contact.properties.get(name, "")
        at = read_instant(contact.properties.get(date, ""))
        if form and at is not None:
            yield Evidence(at, FORM, form)


def touches_as_evidence(touches: Iterable[Touch]) -> Iterator[Evidence]:
    """Calls, e-mails, meetings and messages that reached out to the person."""
    return (Evidence(touch.at, touch.what) for touch in touches)
