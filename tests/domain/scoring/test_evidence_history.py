"""What a person did, as it is kept: once, in order of time, and not for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest

from baton.domain.lead import Evidence
from baton.domain.scoring.evidence_history import (
    LONGEST,
    add_evidence,
    forms_of,
    touches_as_evidence,
)
from baton.domain.world.world import Contact, Touch
from tests.builders import NOW, minutes

AT = NOW.isoformat()


def looks(count: int) -> tuple[Evidence, ...]:
    return tuple(Evidence(NOW + minutes(n), "page") for n in range(count))


def test_the_newest_forty_pieces_are_kept() -> None:
    assert add_evidence((), looks(40)) == looks(40)
    assert add_evidence(looks(40), looks(41)) == looks(41)[1:]


def test_a_piece_is_kept_in_eighty_characters() -> None:
    long = Evidence(NOW, "form", "x" * 81)
    (kept,) = add_evidence((), [long])
    assert kept.what == "x" * 80
    assert add_evidence((kept,), [long]) == (kept,), "the same piece again"


def test_pieces_stand_in_order_of_time() -> None:
    late, early = Evidence(NOW, "a"), Evidence(NOW - timedelta(days=1), "b")
    assert add_evidence((late,), [early]) == (early, late)


@pytest.mark.parametrize(
    ("properties", "forms"),
    [
        pytest.param({}, [], id="none"),
        pytest.param({"first_conversion_event_name": "A", "first_conversion_date": AT}, ["A"],
                     id="the first"),
        pytest.param({"recent_conversion_event_name": "B", "recent_conversion_date": AT}, ["B"],
                     id="the latest"),
        pytest.param({"recent_conversion_date": AT}, [], id="without a name"),
        pytest.param({"recent_conversion_event_name": "B"}, [], id="without a date"),
    ],
)  # fmt: skip
def test_the_forms_that_a_contact_shows(properties: dict[str, str], forms: list[str]) -> None:
    found = list(forms_of(Contact("1", properties)))
    assert found == [Evidence(NOW, "form", form) for form in forms]


def test_what_is_logged_is_evidence_of_its_kind() -> None:
    logged = [Touch(NOW, "call", "owner-anna"), Touch(NOW, "meeting", "")]
    assert list(touches_as_evidence(logged)) == [Evidence(NOW, "call"), Evidence(NOW, "meeting")]


def test_of_a_long_form_its_own_name_is_kept() -> None:
    """HubSpot writes the page's title before it."""
    page = "x" * 100
    (kept,) = add_evidence((), [Evidence(NOW, "form", f"{page}: Demo request")])
    assert len(kept.what) == LONGEST
    assert kept.what.endswith("xxx: Demo request")


def test_a_form_that_was_kept_without_its_name_is_the_same_form() -> None:
    form = Evidence(NOW, "form", f"{'x' * 100}: Demo request")
    before = Evidence(NOW, "form", form.what[:LONGEST])
    other = Evidence(NOW, "pricing_page", "Prices")
    known = (*add_evidence((), [other]), before)
    again = add_evidence(known, [form])
    assert [piece.kind for piece in again] == ["form", "pricing_page"]
    assert again[0].what.endswith(": Demo request")
    assert add_evidence(again, [form]) == again
