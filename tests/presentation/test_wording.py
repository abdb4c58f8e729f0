"""Wording of phrases: defined for any arguments, in their order, and without additions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from baton.domain.numbers import places_beside
from baton.domain.phrase import Arg, Phrase, Text, listing, phrase
from baton.domain.policy import shortened
from baton.presentation import words
from baton.presentation.phrases import PHRASES
from baton.presentation.wording import line, place, plain
from tests.builders import NOW
from tests.presentation.fitting import placed
from tests.presentation.phrases import hostile, texts

BERLIN = "Europe/Berlin"
LAST = datetime.max.replace(tzinfo=UTC)
zones = st.sampled_from([BERLIN, "America/New_York", "Asia/Kathmandu", "", "No/Where", "\x00"])


@settings(max_examples=200)
@given(texts, zones, st.booleans())
@example(phrase("digest.due", datetime.min.replace(tzinfo=UTC)), "America/New_York", False)
@example(phrase("between", LAST, LAST, "Asia/Kathmandu"), "", True)
@example(Phrase("closed.idle", (Phrase("who"), 1)), "", False)
@example(Phrase("story.sum", (float("nan"), "", "")), "", False)
def test_any_phrase_has_words(text: Text, zone: str, seconds: bool) -> None:
    assert isinstance(plain(text, zone, seconds=seconds), str)
    pieces = line(text)
    assert all(isinstance(piece, str | datetime) for piece in pieces)
    assert "" not in pieces
    for one, other in pairwise(pieces):
        assert not (isinstance(one, str) and isinstance(other, str)), "neighbours are one text"


@settings(max_examples=200)
@given(st.sampled_from(sorted(PHRASES)), st.lists(st.floats() | st.integers() | texts, max_size=6))
def test_every_phrase_is_told_with_arguments_of_any_kind_and_number(
    id_: str, args: list[Arg]
) -> None:
    assert isinstance(plain(Phrase(id_, tuple(args))), str)


# --- arguments


@pytest.mark.parametrize("id_", [id_ for id_, words in PHRASES.items() if isinstance(words, str)])
def test_braces_and_markup_in_arguments_stay_as_they_are(id_: str) -> None:
    template = PHRASES[id_]
    assert isinstance(template, str)
    told = [f"{{{n}}} <b> & {{{{name:at}}}} }}" for n in range(6)]
    words = plain(Phrase(id_, tuple(told)))
    as_they_are = [place for place, kind in placed(template) if not kind]
    assert all(told[place] in words for place in as_they_are)


@given(hostile, hostile)
def test_text_that_somebody_typed_is_shown_unchanged(name: str, company: str) -> None:
    assert plain(Phrase("who", (name, company))) == (f"{name} ({company})" if company else name)
    assert plain(listing((name, company))) == f"{name}, {company}"


@given(st.text(max_size=40), hostile, hostile)
def test_a_task_is_in_the_policys_words(task: str, name: str, company: str) -> None:
    parts = [part.split("{company}") for part in task.split("{name}")]
    expected = name.join(company.join(part) for part in parts)
    assert plain(Phrase("task.subject", (task, name, company))) == expected


@pytest.mark.parametrize(
    ("task", "said"),
    [
        ("Call {name}", "Call Ada"),
        ("{company}: {name}, {company}", "Acme: Ada, Acme"),
        ("Call {who}, {0} and {}", "Call {who}, {0} and {}"),
        ("{{name}}", "{Ada}"),
        ("{name", "{name"),
    ],
)
def test_a_task_names_the_lead(task: str, said: str) -> None:
    assert plain(Phrase("task.subject", (task, "Ada", "Acme"))) == said


@pytest.mark.parametrize(
    ("task", "name", "company", "said"),
    [
        ("Accept: {name} ({company})", "Ada", "Acme", "Accept: Ada (Acme)"),
        ("Accept: {name} ({company})", "Ada", "", "Accept: Ada"),
        ("({company}) {name}", "Ada", "", "Ada"),
        ("Accept ({name}): {company}", "", "Acme", "Accept: Acme"),
        ("Accept ({name}, {company})", "Ada", "", "Accept (Ada)"),
        ("Accept ({name}, {company})", "", "Acme", "Accept (Acme)"),
        ("{name}, {company}", "Ada", "", "Ada"),
        ("{name}, {company}", "", "Acme", "Acme"),
        ("{company}: {name}", "Ada", "", "Ada"),
        ("Call {name} – {company}", "Ada", "", "Call Ada"),
        ("{company} | {name} | hot", "Ada", "", "Ada | hot"),
        ("Call {name}, {company}, today", "Ada", "", "Call Ada, today"),
        ("Pre-{company} call, {name}", "Ada", "", "Pre- call, Ada"),
        ("{name}, {company}", "", "", ""),
        ("Call {name} ()", "Ada", "", "Call Ada ()"),
    ],
)
def test_a_task_has_no_brackets_around_nothing_and_no_comma_before_it(
    task: str, name: str, company: str, said: str
) -> None:
    assert plain(Phrase("task.subject", (task, name, company))) == said


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("lead", "mql", "stage: lead -> mql"),
        ("", "mql", "stage: none -> mql"),
        ("lead", "", "stage: lead -> none"),
    ],
)
def test_a_stage_that_is_not_known_is_none(before: str, after: str, said: str) -> None:
    assert plain(Phrase("stage.moved", (before, after))) == said


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("please", "Rita gave it to Ben: please."),
        ("please.", "Rita gave it to Ben: please."),
        ("please!", "Rita gave it to Ben: please!"),
        ("can you?", "Rita gave it to Ben: can you?"),
        ("see below …", "Rita gave it to Ben: see below …"),
        ("", "Rita gave it to Ben."),
    ],
)
def test_a_sentence_has_one_full_stop(note: str, said: str) -> None:
    assert plain(Phrase("sentence", (Phrase("reassigned.to", ("Rita", "Ben", note)),))) == said


def test_what_follows_the_full_stop_stays() -> None:
    refused = Phrase("undelivered.why", ("channel_not_found.",))
    assert plain(refused).startswith("Slack says: channel_not_found. Please")


def test_braces_in_a_task_subject_are_not_filled_in_twice() -> None:
    said = plain(Phrase("task.subject", ("Call {name}", "{company}", "Acme")))
    assert said == "Call {company}"


@pytest.mark.parametrize(
    ("template", "args", "said"),
    [
        ("{b} then {a}", ("1", "2"), "1 then 2"),
        ("{b} then {a} then {b}", ("1", "2"), "1 then 2 then 1"),
        ("{1} then {0}", ("1", "2"), "2 then 1"),
        ("{a} {b}", ("1",), "1 "),
        ("{a}", ("1", "2"), "1"),
        ("{{a}} {a}", ("1",), "{a} 1"),
        ("{a:at}", (1_772_524_800,), "Tue 3 Mar, 09:00 CET"),
        ("{a:at}", ("soon",), "soon"),
        ("{a:day}", (1_772_524_800,), "Tue 3 Mar 2026"),
        ("{a:day}", ("soon",), "soon"),
        ("{a:date}", ("2026-03-03",), "Tue 3 Mar"),
        ("{a:date}", ("soon",), "soon"),
        ("{a:span}", (129_600,), "1 day 12 h"),
        ("{a:hours}", (129_600,), "36 h"),
        ("{a:about}", (129_601,), "1 day 12 h"),
        ("{a:span}", ("soon",), "soon"),
        ("{a:quoted}", ("x",), '"x"'),
        ("{a:rounded0}", (12.6,), "13"),
        ("{a:rounded1}", (12.64,), "12.6"),
        ("{a:rounded0}", ("x",), "x"),
        ("{a:rounded0}", (-0.4,), "0"),
        ("{a:signed}", (5,), "+5"),
        ("{a:signed}", (-0.4,), "+0"),
        ("{a}", (-0.0,), "0"),
        ("{a:signed}", (-5.4,), "-5"),
        ("{a:spelled}", ("on_duty",), "on duty"),
        ("{a:place}", ("company.industry",), "company industry"),
        ("{a:place}", ("history",), "an earlier value"),
        ("{a:round/rounds}", (1,), "1 round"),
        ("{a:round/rounds}", (0,), "0 rounds"),
        ("{a:round/rounds}", (2,), "2 rounds"),
        ("{a:round/rounds}", (Phrase("who", ("Ada", "")),), "Ada rounds"),
        ("{a:no_such_kind}", ("x",), "x"),
        ("{a}", (30.0,), "30"),
        ("{a}", (12.5,), "12.5"),
        ("{a:at}", (Phrase("who", ("Ada", "")),), "Ada"),
        ("{a}", (Phrase("who", ("Ada", "Acme")),), "Ada (Acme)"),
    ],
)
def test_how_a_template_takes_its_arguments(
    template: str, args: tuple[Arg, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PHRASES, "made.up", template)
    assert plain(Phrase("made.up", args), BERLIN) == said


@pytest.mark.parametrize(
    ("value", "needed", "fit", "behaviour"),
    [
        (12.6, 30.0, "12.6", "13"),
        (29.4, 30.0, "29.4", "29"),
        (29.7, 30.0, "29.7", "29.7"),
        (29.97, 30.0, "29.97", "29.97"),
        (29.9999, 30.0, "29.9999", "29.9999"),
        (29.9999999, 30.0, "29.9999999", "29.9999999"),
        (30.0, 30.0, "30", "30"),
        (12.5, 13, "12.5", "12"),
        (12.5, 12.5, "12.5", "12.5"),
        (30.4, 30.3, "30.4", "30.4"),
        (-0.2, 0, "-0.2", "-0.2"),
    ],
)
def test_a_score_below_what_it_needs_is_not_rounded_up_to_it(
    value: float, needed: float, fit: str, behaviour: str
) -> None:
    args = (value, needed)
    needs = f"{needed:g}"
    assert plain(Phrase("wanting.fit", args)) == f"fit is {fit}, needs {needs}"
    assert plain(Phrase("wanting.behaviour", args)) == f"behaviour is {behaviour}, needs {needs}"
    assert plain(Phrase("why_now.fit", args + args)) == (
        f"Fit {behaviour} (needs {needs}), behaviour {behaviour} (needs {needs})"
    )


@given(st.floats(-1000, 1000), st.floats(0, 1000))
def test_a_rounded_score_stays_on_its_side(value: float, needed: float) -> None:
    shown = float(words.number(value, places_beside(value, needed)))
    assert abs(shown - value) <= 0.5
    if abs(value - needed) > 1e-8:
        assert (shown < needed) == (value < needed)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (Phrase("pool.without", ("emea", 1, "on_leave")), "pool emea: 1 is away"),
        (Phrase("pool.without", ("emea", 2, "on_leave")), "pool emea: 2 are away"),
        (Phrase("pool.without", ("emea", 1, "of_later")), "pool emea: 1 cannot take it"),
        (Phrase("obstacle.full", ("Ada", 1, 1)), "Ada is full (1 of 1 open lead)"),
        (Phrase("obstacle.full", ("Ada", 2, 2)), "Ada is full (2 of 2 open leads)"),
        (Phrase("story.more", (1,)), "… 1 line more …"),
    ],
)
def test_one_thing_is_in_the_singular(text: Phrase, said: str) -> None:
    assert plain(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            Phrase("test.any_of", ("product_interest", "Search", shortened(("Archive", "Vault")))),
            "product interest is Search, not Archive or Vault",
            id="a name of the policy, and a list",
        ),
        pytest.param(
            Phrase("test.matches", ("email", "a@b.c", shortened(("*@gmail.com",)))),
            "e-mail is a@b.c, not like *@gmail.com",
            id="a built-in name",
        ),
        pytest.param(
            Phrase("test.any_of", ("role", "C, D", shortened(("A", "B and C")))),
            'role is "C, D", not A or "B and C"',
            id="values that could be read as several",
        ),
        pytest.param(
            Phrase("test.any_of", ("role", "E", shortened(("A", "B", "C", "D")))),
            "role is E, not A, B, C or 1 other",
            id="a long list",
        ),
        pytest.param(
            Phrase("test.any_of", ("last_form", "", shortened(("A",)))),
            "last form is missing, not A",
            id="no value",
        ),
        pytest.param(Phrase("test.so", ("role", 12.5)), "role is 12.5", id="a number"),
        pytest.param(
            Phrase("count", (Phrase("kinds", ("email", "pricing_page")), shortened(("A", "B")))),
            "e-mail or pricing page (A or B)",
            id="evidence",
        ),
    ],
)
def test_a_failed_condition_is_worded_as_in_the_documents(text: Phrase, said: str) -> None:
    assert plain(text) == said


# --- phrases without a template


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (listing(("a", "b", "c")), "a, b, c"),
        (Phrase("and", ("a", "b", "c")), "a, b and c"),
        (Phrase("or", ("a", "b", "c")), "a, b or c"),
        (Phrase("semicolons", ("a", "b", "c")), "a; b; c"),
        (listing(()), ""),
        (Phrase("and", ("a",)), "a"),
        (listing((Phrase("or", ("a", "b")), 1, 2.5)), "a or b, 1, 2.5"),
        (phrase("in_zone", NOW, BERLIN), "Tue 3 Mar, 09:00 CET"),
        (phrase("in_zone", NOW, "Asia/Kathmandu"), "Tue 3 Mar, 13:45 +0545"),
        (phrase("between", NOW, NOW + timedelta(hours=8), BERLIN), "Tue 3 Mar, 09:00 – 17:00"),
    ],
)
def test_phrases_that_join_others_or_name_a_zone(text: Phrase, said: str) -> None:
    assert plain(text) == said
    assert plain(text, "America/New_York") == said, "whoever reads it"


def test_instants_are_apart_until_a_reader_is_known() -> None:
    told = phrase("with.since", "Ada", NOW)
    assert line(told) == ("Ada has had it since ", NOW, ".")
    assert plain(told, BERLIN) == "Ada has had it since Tue 3 Mar, 09:00 CET."
    assert plain(told) == "Ada has had it since Tue 3 Mar, 08:00 UTC."


def test_notices_show_no_seconds_and_audits_do() -> None:
    told = phrase("with.since", "Ada", datetime(2026, 3, 3, 8, 0, 7, tzinfo=UTC))
    assert "08:00 UTC" in plain(told)
    assert "08:00:07 UTC" in plain(told, seconds=True)


# --- unknown phrases and arguments


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (Phrase("of.later"), "of.later"),
        (Phrase("of.later", ("a", 1, 2.5)), "of.later a 1 2.5"),
        (Phrase("of.later", (Phrase("and", ("a", "b")),)), "of.later a and b"),
        (phrase("of.later", NOW), "of.later 1772524800"),
        (Phrase("{0} <b>", ("x",)), "{0} <b> x"),
    ],
)
def test_a_phrase_that_is_not_known_is_told_as_it_is(text: Phrase, said: str) -> None:
    assert plain(text, BERLIN) == said


@given(hostile)
def test_words_of_before_phrases_are_told_as_they_are(text: str) -> None:
    assert plain(text) == text
    assert line(text) == ((text,) if text else ())


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("history", "an earlier value"),
        ("company.industry", "company industry"),
        ("contact.old.name", "contact old.name"),
        ("company industry", "company industry"),
        ("", ""),
    ],
)
def test_where_a_value_was_found(where: str, said: str) -> None:
    assert place(where) == said
