"""Texts that were stored before there were phrases are read, and shown unchanged."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from baton.adapters.hubspot.crm import _task
from baton.application.ports.leads import Record
from baton.application.ports.people import Entry
from baton.domain.lead import Lead
from baton.domain.world.effects import (
    AnyEffect,
    CardState,
    ContactState,
    DigestState,
    NoticeState,
    ReplyState,
    TaskState,
)
from baton.presentation.slack import render
from tests.presentation.checking import texts
from tests.worded import all_words, body, lines, subject, title, words

AT = "2026-03-02T09:00:00Z"
OF_A_LEAD = {"subject": "LEAD#501", "version": 4}
CARD: dict[str, Any] = OF_A_LEAD | {
    "kind": "slack.card",
    "slot": "card:1",
    "lead_id": "501",
    "to": "U0ANNA",
    "assignment": 1,
    "state": "accepted",
    "name": "Nora Lindqvist",
    "company": "Helvia Robotics",
    "tier": "Hot",
    "packet": [["Role", "Head of Operations"], ["Asked on", "Mon 02 Mar 10:00:00 CET"]],
    "why_now": ["Fit 40 of 40, behaviour 40 of 30", "MQL since Mon 02 Mar 10:00:00 CET"],
    "why_you": "Enterprise EMEA: next in EMEA desk",
    "play": "Call {name} & ask",
    "deadlines": [
        {"label": "Accept", "due_at": AT, "done_at": AT, "paused": ""},
        {"label": "First touch", "due_at": AT, "done_at": None, "paused": "Waiting, With legal"},
    ],
    "zone": "Europe/Berlin",
    "reasons": [["timing", "Not now"]],
    "note": "Anna Keller accepted",
    "note_at": AT,
    "missing": ["Industry", "E-mail or Phone"],
    "undo": False,
}
TASK = OF_A_LEAD | {
    "kind": "hubspot.task",
    "slot": "task:1:accept",
    "contact_id": "501",
    "owner": "70001",
    "subject_line": "Accept Nora {Lindqvist}",
    "body": "Due Mon 02 Mar 10:15:00 CET. EMEA desk.\nAsked for: Demo <1 h>\nCall",
    "due_at": AT,
    "done": False,
}
NOTICE: dict[str, Any] = OF_A_LEAD | {
    "kind": "slack.notice",
    "slot": "notice:1",
    "to": "#lead-sla",
    "level": "breach",
    "title": "Accept for Nora (Helvia) was due at Mon 02 Mar 10:15:00 CET",
    "lines": ["Next: the lead goes to the next rep at Mon 02 Mar 10:35:00 CET."],
    "at": AT,
    "an_hour": 0,
}
REPLY = OF_A_LEAD | {
    "kind": "slack.reply",
    "slot": "reply:1",
    "channel": "D0ANNA",
    "user": "U0ANNA",
    "text": "Accept:\nFrom Mon 2 Mar 09:00 CET to Mon 2 Mar 09:15 CET",
}
DIGEST = {
    "subject": "MANAGER#maria",
    "version": 1,
    "kind": "slack.digest",
    "slot": "digest:2026-03-02",
    "to": "U0MARIA",
    "manager": "Maria Ortiz",
    "day": "2026-03-02",
    "new_breaches": [
        {"lead": "Nora", "owner": "Anna", "what": "Accept", "detail": "due Mon 02 Mar; accepted"}
    ],
    "open_breaches": [{"lead": "and 5 more", "owner": "", "what": "", "detail": ""}],
    "at_risk": [],
}
CONTACT = OF_A_LEAD | {
    "kind": "hubspot.contact",
    "slot": "contact",
    "contact_id": "501",
    "properties": {"baton_held_for": ["Industry; fit is 10 of 30", 4, False]},
}


def effect(stored: dict[str, Any]) -> AnyEffect:
    """The effect as read from a queue or a record."""
    found: AnyEffect = msgspec.json.decode(json.dumps(stored), type=AnyEffect)
    assert json.loads(msgspec.json.encode(found)).items() >= stored.items(), "nothing is lost"
    return found


def shown(state: Any) -> str:
    message = render(state)
    return "\n".join([message.text, *(text["text"] for text in texts(message.blocks))])


def test_a_card() -> None:
    card = effect(CARD)
    assert isinstance(card, CardState)
    assert all_words(card.why_now) == tuple(CARD["why_now"])
    told = shown(card)
    for wanted in (
        "• MQL since Mon 02 Mar 10:00:00 CET",
        "Mon 02 Mar 10:00:00 CET",
        "Why you: Enterprise EMEA: next in EMEA desk",
        "Call {name} &amp; ask",
        "⏸ First touch: paused (Waiting, With legal)",
        "✔ Anna Keller accepted · <!date",
        "Came without: Industry, E-mail or Phone. Please ask the person.",
    ):
        assert wanted in told


def test_a_task() -> None:
    task = effect(TASK)
    assert isinstance(task, TaskState)
    assert (subject(task), body(task)) == (TASK["subject_line"], TASK["body"])
    sent = _task(task)
    assert sent["hs_task_subject"] == "Accept Nora {Lindqvist}"
    assert sent["hs_task_body"].startswith(
        "Due Mon 02 Mar 10:15:00 CET. EMEA desk.<br>Asked for: Demo &lt;1 h&gt;<br>Call<br>"
    )


def test_a_notice() -> None:
    notice = effect(NOTICE)
    assert isinstance(notice, NoticeState)
    assert (title(notice), list(lines(notice))) == (NOTICE["title"], NOTICE["lines"])
    told = shown(notice)
    assert f"✖ *{NOTICE['title']}*" in told
    assert NOTICE["lines"][0] in told


def test_a_reply() -> None:
    reply = effect(REPLY)
    assert isinstance(reply, ReplyState)
    assert render(reply).text == REPLY["text"]


def test_a_digest() -> None:
    digest = effect(DIGEST)
    assert isinstance(digest, DigestState)
    told = shown(digest)
    assert "• *Nora* · Anna · Accept\n\u2003due Mon 02 Mar; accepted" in told
    assert "and 5 more" in told


def test_a_property_of_hubspot() -> None:
    contact = effect(CONTACT)
    assert isinstance(contact, ContactState)
    assert words(contact.properties["baton_held_for"].value) == "Industry; fit is 10 of 30"


LEAD = {
    "id": "501",
    "gone": "Merged into contact 7",
    "found": {"industry": "company industry", "company": "an earlier value"},
    "past": [],
    "written": {"baton_score_why": ["Large +20; Pricing +10", 3, False]},
}
OWNED = {
    "id": "501",
    "assigned": 1,
    "assignment": {
        "number": 1,
        "person": "anna",
        "rule": "r",
        "pool": "p",
        "tier": "hot",
        "at": AT,
        "why": "EMEA enterprise: next in Enterprise EMEA",
    },
    "held": {
        "stage": "sql",
        "move": "",
        "since": AT,
        "missing": ["budget"],
        "unmet": ["behaviour is 10.0, below 30"],
        "clock": {
            "target": "hold",
            "label": "Complete for SQL",
            "stops_on": "complete",
            "started_at": AT,
            "due_at": AT,
            "ladder": [[AT, "release"]],
        },
    },
}


def test_a_lead() -> None:
    gone = msgspec.json.decode(json.dumps(LEAD), type=Lead)
    assert words(gone.gone) == "Merged into contact 7"
    assert words(gone.written["baton_score_why"].value) == "Large +20; Pricing +10"
    assert gone.found == LEAD["found"]
    lead = msgspec.json.decode(json.dumps(OWNED), type=Lead)
    assert lead.assignment is not None
    assert lead.held is not None
    assert words(lead.assignment.why) == "EMEA enterprise: next in Enterprise EMEA"
    assert all_words(lead.held.unmet) == ("behaviour is 10.0, below 30",)


@pytest.mark.parametrize("because", [["rule all: yes", "Accept due Mon 02 Mar 10:15:00 CET"], []])
def test_a_record(because: list[str]) -> None:
    stored = {
        "event": {"kind": "deleted", "id": "e", "lead_id": "501", "at": AT},
        "at": AT,
        "policy": "v1",
        "version": 2,
        "because": because,
        "effects": [NOTICE, CARD],
    }
    record = msgspec.json.decode(json.dumps(stored), type=Record)
    assert list(all_words(record.because)) == because
    assert [type(one).__name__ for one in record.effects] == ["NoticeState", "CardState"]


def test_an_entry_of_a_persons_trail() -> None:
    stored = {
        "word": {"id": "w", "at": AT, "away": True, "source": "slack"},
        "at": AT,
        "policy": "v1",
        "because": "away until Tue 03 Mar 15:30:00 CET, they say",
        "notices": [{k: v for k, v in NOTICE.items() if k != "kind"}],
    }
    entry = msgspec.json.decode(json.dumps(stored), type=Entry)
    assert words(entry.because) == stored["because"]
