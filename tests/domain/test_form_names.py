"""Forms by their own names, as HubSpot writes them behind the titles of pages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.domain.conditions import Facts, holds
from baton.domain.form_names import KEPT, own_names, said
from baton.domain.lead import Evidence
from baton.domain.phrase import Phrase
from baton.domain.policy import Test
from baton.domain.scoring.evidence_history import add_evidence
from baton.presentation.wording import plain
from tests.builders import NOW, POLICY
from tests.scored import SCORED

KNOWN = ("Demo request", "Sales: part 2", "Webinar*", "*star*", "ada-king/intro")
PAGE = "Talk to us | Quillhaven"
LONG = "Everything that a records manager should know of retention periods, in Europe and beyond"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(f"{PAGE}: Demo request", f'Demo request, on "{PAGE}"', id="a known form"),
        pytest.param(f"{PAGE}: demo\u00a0REQUEST", f'demo REQUEST, on "{PAGE}"',
                     id="as it is typed"),
        pytest.param("Demo request", "Demo request", id="a form without a page"),
        pytest.param(f"{PAGE}: Newsletter", f"{PAGE}: Newsletter", id="an unknown form, whole"),
        pytest.param("Part 1: Sales: part 2", 'Sales: part 2, on "Part 1"',
                     id="a colon in the form"),
        pytest.param("Tips: tricks: Demo request", 'Demo request, on "Tips: tricks"',
                     id="a colon in the title"),
        pytest.param("Live: Webinar (EN)", 'Webinar (EN), on "Live"', id="a pattern"),
        pytest.param("Rock: Big stars", "Rock: Big stars",
                     id="a pattern that does not say where the form begins"),
        pytest.param("Meetings Link: ada-king/intro", 'ada-king/intro, on "Meetings Link"',
                     id="a booking that the policy asks for"),
        pytest.param("Meetings Link: ada-king/demo", "Meetings Link: ada-king/demo",
                     id="any other booking"),
        pytest.param("Facebook Lead Ads: Demo request", 'Demo request, on "Facebook Lead Ads"',
                     id="a lead ad"),
        pytest.param(f"{LONG[:80]}: Demo request", f'Demo request, on "{LONG[:80]}…"',
                     id="a title that HubSpot has cut"),
        pytest.param(LONG[:80], f"{LONG[:80]}…", id="cut before the form's name begins"),
        pytest.param(LONG, LONG, id="long, and not cut"),
        pytest.param("", "", id="nothing"),
    ],
)  # fmt: skip
def test_a_form_is_told_by_its_own_name(text: str, expected: str) -> None:
    assert plain(said(text, KNOWN)) == expected


def test_evidence_keeps_the_end_of_a_long_name() -> None:
    """So the beginning of the title is what was cut."""
    (piece,) = add_evidence((), [Evidence(NOW, "form", f"{LONG[:80]}: Demo request")])
    told = plain(said(piece.what, KNOWN, end=True))
    assert told.startswith('Demo request, on "…')
    (piece,) = add_evidence((), [Evidence(NOW, "form", f"{LONG}: Newsletter")])
    assert plain(said(piece.what, KNOWN, end=True)).startswith("…")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Demo Request", ("demo request",)),
        (f"{PAGE}: Demo request", (f"{PAGE}: Demo request".lower(), "demo request")),
        ("A: B: C", ("a: b: c", "b: c", "c")),
        ("12:30 call", ("12:30 call",)),
    ],
)
def test_a_form_answers_to_each_of_its_names(text: str, expected: tuple[str, ...]) -> None:
    assert own_names(text) == expected


pages = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=120)


@given(pages, st.sampled_from(["Demo request", "Webinar 7"]))
def test_whatever_the_page_is_called_the_form_comes_first(page: str, form: str) -> None:
    told = said(f"{page}: {form}", KNOWN)
    name = told.args[0] if isinstance(told, Phrase) else told
    assert str(name).endswith(form)
    assert len(plain(told)) <= len(page) + len(form) + KEPT


def test_the_policy_knows_the_forms_that_it_asks_for() -> None:
    """In conditions on the field that holds a form, and in those on evidence."""
    unscored = replace(POLICY, tiers=(), notifications=replace(POLICY.notifications, plays=()))
    assert unscored.form_names == frozenset()
    assert POLICY.form_names == {"Demo request"}
    assert replace(SCORED, tiers=(), notifications=unscored.notifications).form_names == {
        "Demo request"
    }


@pytest.mark.parametrize(
    ("offer", "test", "expected"),
    [
        pytest.param(f"{PAGE}: Demo request", Test(any_of=("demo request",)), True, id="its name"),
        pytest.param(f"{PAGE}: Demo request", Test(any_of=(f"{PAGE}: Demo request",)), True,
                     id="the whole"),
        pytest.param(f"{PAGE}: No demo request", Test(any_of=("Demo request",)), False,
                     id="another form"),
        pytest.param("Demo request", Test(any_of=("Demo request",)), True, id="without a page"),
        pytest.param("Meetings Link: a/b", Test(matches=("Meetings Link: *",)), True,
                     id="any booking"),
        pytest.param(f"{PAGE}: Demo request (EN)", Test(matches=("Demo request*",)), True,
                     id="a pattern of its name"),
        pytest.param("Tips; tricks: Webinar", Test(any_of=("tips", "tricks")), False,
                     id="a semicolon parts nothing"),
    ],
)  # fmt: skip
def test_a_field_that_holds_a_form_is_compared_by_its_own_name(
    offer: str, test: Test, expected: bool
) -> None:
    """The builders' policy says no kind for it, as policies of before."""
    facts = Facts({"offer": offer}, (), NOW, POLICY.readings({"offer": offer}))
    assert holds({"offer": test}, facts) is expected


def test_another_property_may_hold_colons() -> None:
    assert POLICY.readings({"company": "Helvia: Germany"})["company"] is None
