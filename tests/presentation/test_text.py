"""Phrases in Slack's markup: dates are complete or left out, and typed text stays text."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.domain.draft.decision import Decision
from baton.domain.phrase import Phrase, Text, listing, phrase
from baton.domain.policy import Rung, Target
from baton.domain.world.effects import CardState, NoticeState
from baton.domain.world.events import Undelivered
from baton.presentation.slack import render
from baton.presentation.slack.text import dated, one_line, spoken
from tests.builders import NOW, POLICY, click, minutes
from tests.presentation import phrases
from tests.presentation.checking import OURS, check_markup, texts
from tests.presentation.fitting import misfits
from tests.routed import Desk, routed

BERLIN = "Europe/Berlin"
DATE = dated(NOW, BERLIN)
DUE = phrase("clock.due", "Accept", NOW)
zones = st.sampled_from([BERLIN, "Asia/Kathmandu", "No/Where"])


@given(phrases.texts, st.integers(1, 700), zones)
def test_any_phrase_is_one_line_of_markup(text: Text, limit: int, zone: str) -> None:
    for told in (one_line(text, limit, "", zone), spoken(text, limit, "", zone)):
        assert len(told) <= limit
        assert "\n" not in told
        check_markup(told)
    assert "<" not in spoken(text, limit, "", zone)


@pytest.mark.parametrize(
    ("room", "told"),
    [
        (500, f"Accept is due {DATE}."),
        (len("Accept is due ") + len(DATE) + 1, f"Accept is due {DATE}."),
        (len("Accept is due ") + len(DATE), f"Accept is due {DATE}"),
        (len("Accept is due ") + len(DATE) - 1, "Accept is due"),
        (20, "Accept is due"),
        (10, "Accept is"),
    ],
)
def test_a_date_is_whole_or_left_out(room: int, told: str) -> None:
    found = one_line(DUE, room, zone=BERLIN)
    assert found.removesuffix("…") == told
    assert len(found) <= room


def test_what_follows_a_date_is_cut_like_any_text() -> None:
    told = one_line(phrase("notice.escalated", "Ann", "Accept", "x" * 90, NOW), 150, zone=BERLIN)
    assert told.removesuffix("…") == f"Ann has missed Accept for {'x' * 90}, due"
    later = one_line(listing((DUE, "y" * 90)), len(DATE) + 30, zone=BERLIN)
    assert later.startswith(f"Accept is due {DATE}., yyy")
    assert later.endswith("y…")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("<!channel> & Co", "&lt;!channel&gt; &amp; Co"),
        ("<https://evil.example|Prize>", "&lt;https://evil.example|Prize&gt;"),
        ("<!date^1^{date}|x>", "&lt;!date^1^{date}|x&gt;"),
        ("&lt;@U1&gt;", "&amp;lt;@U1&amp;gt;"),
        ("a\n b\t c", "a b c"),
        ("a\u202egpj.exe", "a gpj.exe"),
    ],
)
def test_text_that_somebody_typed_is_no_markup(typed: str, told: str) -> None:
    since = phrase("with.since", typed, NOW)
    assert one_line(since, 500, zone=BERLIN) == f"{told} has had it since {DATE}."
    assert f"{told} has had it since" in spoken(since, 500, zone=BERLIN)


def test_no_entity_is_torn_in_two() -> None:
    told = one_line(Phrase("sentence", ("&" * 50,)), 23)
    assert told == "&amp;" * 4 + "…"


# --- what the domain says


FROZEN = re.compile(r"\d\d:\d\d|\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d|\d{4}-\d\d-\d\d|\b1772\d{6}")


def a_day() -> list[Decision]:
    """A day with leads that are accepted late, pulled back, and queued, and a message that Slack
    refused."""
    ladder = (
        Rung("warn", share=0.5),
        Rung("breach", after=timedelta()),
        Rung("escalate", "manager", after=minutes(5)),
        Rung("escalate", "channel", after=minutes(10)),
        Rung("pull_back", after=minutes(20)),
    )
    accept = Target("accept", "Accept", minutes(15), "accept", ladder, task="Call {name}")
    base = routed()
    desk = Desk(replace(base, tiers=tuple(replace(t, targets=(accept,)) for t in base.tiers)))
    for lead in ("101", "102", "103", "104", "105"):
        desk.arrive(lead)
    desk.now = NOW + minutes(16)
    desk.send(click("accept", desk.now))
    desk.send(
        Undelivered(
            id="u",
            lead_id="102",
            at=desk.now,
            to="#lead-sla",
            level="breach",
            reason="is_archived",
            slot="notice:1",
        )
    )
    desk.tick(NOW + minutes(180))
    return desk.decisions


DECISIONS = a_day()
SHOWN = [effect for decision in DECISIONS for effect in decision.effects]


def test_no_message_shows_an_instant_that_its_readers_slack_does_not() -> None:
    """A channel has readers in many zones."""
    states = [one for one in SHOWN if isinstance(one, NoticeState | CardState)]
    assert any(isinstance(one, NoticeState) and one.to.startswith("#") for one in states)
    dates = 0
    for state in states:
        for text in texts(render(state).blocks):
            rest, count = OURS.subn("", text["text"])
            assert not FROZEN.search(rest), text["text"]
            dates += count
    assert dates > len(states)


def test_the_text_without_blocks_has_instants_in_the_readers_zone() -> None:
    for state in SHOWN:
        if isinstance(state, NoticeState | CardState):
            zone = "CET" if state.zone == BERLIN else "UTC"
            spoken = re.findall(r"\d\d:\d\d (\w+)", render(state).text)
            assert set(spoken) <= {zone}
    to = {one.to: one.zone for one in SHOWN if isinstance(one, NoticeState)}
    assert to["UMONA"] == BERLIN
    assert to[POLICY.notifications.ops_channel] == BERLIN, "of its owner, where it is a channel"


def test_whatever_is_said_fits_its_words() -> None:
    """No instant or length of time is shown as a number."""
    for decision in DECISIONS:
        assert misfits((decision.because, decision.effects, decision.lead)) == []
