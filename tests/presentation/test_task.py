"""A HubSpot task in words, within HubSpot's limit for a text."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.domain.phrase import Phrase, Text
from baton.presentation.task import LINES, SUBJECT, task_lines, task_subject
from tests.fakes.effects import task_state
from tests.presentation import phrases

#: HubSpot's limit for a text.
LIMIT = 65_536


@given(st.lists(phrases.texts, max_size=40).map(tuple) | phrases.hostile, phrases.texts)
def test_any_task_has_a_text_that_hubspot_takes(body: str | tuple[Text, ...], line: Text) -> None:
    task = task_state(body=body, subject_line=line)
    written = "<br>".join(task_lines(task))
    assert len(written) < LIMIT - 1000
    assert html.escape(html.unescape(written.replace("<br>", "\n")), quote=False).count("<") == 0
    assert len(task_subject(task)) <= SUBJECT
    assert "\n" not in task_subject(task)


def test_a_book_in_a_form_costs_no_other_line() -> None:
    lines = task_lines(task_state(body=("first", "<&>" * 20_000, "last")))
    assert lines[0] == "first"
    assert lines[1].startswith("&lt;&amp;&gt;")
    assert lines[1].endswith(("&lt;…", "&amp;…", "&gt;…"))
    assert lines[2] == "last"


def test_lines_that_are_left_out_are_counted() -> None:
    lines = task_lines(task_state(body=tuple(f"line {n}" for n in range(LINES + 3))))
    assert lines[-2:] == [f"line {LINES - 1}", "… and 3 more lines"]


@pytest.mark.parametrize(
    ("name", "company", "said"),
    [
        ("Nora Lindqvist", "Helvia", "Accept Nora Lindqvist, Helvia"),
        ("Nora Lindqvist", "", "Accept Nora Lindqvist"),
        ("x" * 300, "Helvia", "Accept " + "x" * 242 + "…"),
    ],
)
def test_a_subject(name: str, company: str, said: str) -> None:
    words = Phrase("task.subject", ("Accept {name}, {company}", name, company))
    assert task_subject(task_state(subject_line=words)) == said
