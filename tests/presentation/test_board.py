"""A board: notices that share a message, and still read like notices."""

from __future__ import annotations

import pytest
from hypothesis import given
from msgspec.structs import replace

from baton.domain.escalation.batching import ENTRIES, LINES, ROOM, has_room
from baton.domain.phrase import Phrase, Text, phrase
from baton.domain.world.effects import NoticeState
from baton.presentation.slack import render
from baton.presentation.slack.budget import BUDGET, json_length
from baton.presentation.slack.text import dated
from tests.fakes.effects import NOW, board_state, breaches, due, entry, notice_state
from tests.presentation.checking import texts
from tests.presentation.test_messages import notices


@given(notices)
def test_a_board_with_one_breach_reads_like_the_notice(notice: NoticeState) -> None:
    notice = replace(notice, level="breach", lines=notice.lines[:LINES])
    board = board_state(entries=(entry(notice),))
    assert render(board) == render(notice)


@pytest.mark.parametrize("count", [2, 16])
def test_each_breach_on_a_board_reads_like_a_notice(count: int) -> None:
    message = render(breaches(count))
    assert message.blocks[:2] == render(breaches(1)).blocks
    assert [block["type"] for block in message.blocks] == ["section", "context"] * count


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param((), id="titles only"),
        pytest.param((Phrase("now_with", ("Ann",)), phrase("next.pull_back", NOW)), id="lines"),
        pytest.param(("ß" * 100,), id="letters that are sent as escapes"),
    ],
)
def test_a_full_board_shows_every_breach_with_its_time(lines: tuple[Text, ...]) -> None:
    one = entry(notice_state(title=due("Lead 10", "Company 10"), lines=lines))
    count = min(ENTRIES, ROOM // one.weight)
    board = breaches(count, lines=lines)
    assert board.weight <= ROOM
    assert not has_room(board, one)
    message = render(board)
    assert json_length(message.blocks) <= BUDGET
    when = render(breaches(1)).blocks[1]["elements"][0]["text"]
    told = "\n".join(text["text"] for text in texts(message.blocks)).replace("\n\n", "\n")
    shown = told.split("\n")
    each = len(lines) + 2
    assert len(shown) == count * each
    for number in range(count):
        title, *_, at = shown[number * each : (number + 1) * each]
        assert title.startswith(f"✖ *Accept for Lead {number + 1} (Company {number + 1}) was due")
        assert at == when


def test_a_board_of_an_older_baton_that_weighs_too_much_counts_what_it_leaves_out() -> None:
    message = render(breaches(40, title="&" * 400, lines=("<" * 400,) * 3))
    assert json_length(message.blocks) <= BUDGET
    shown = [text["text"] for text in texts(message.blocks)]
    titles = sum(text.count("✖") for text in shown)
    assert shown[-1] == f"… and {40 - titles} more"
    assert 0 < titles < 40


@pytest.mark.parametrize("count", [2, 20, ENTRIES])
def test_the_text_of_a_board_names_every_breach(count: int) -> None:
    text = render(breaches(count)).text
    # With the largest number of entries there is no room for the end of a title.
    due = "was due Mon 2 Mar, 10" + (":00 CET. " if count < ENTRIES else "")
    assert text.startswith(f"{count} breaches. Breach: Accept for Lead 1 (Company 1) {due}")
    for number in range(1, count + 1):
        assert f"Breach: Accept for Lead {number} (Company {number}) {due}" in text
    assert text.count(". Mon 2 Mar, 10:00 CET.") == count, "when it was told"


def test_the_text_of_a_board_has_all_lines_where_there_is_room() -> None:
    text = render(breaches(3)).text
    assert text.count("It is with Anna Keller now. Next: the lead goes to the next rep Mon") == 3


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Lead",
        "<&>" * 300,
        "x" * 400,
        "👩‍👩‍👧‍👦" * 500,
        phrase("with.since", "Anna", NOW),
        phrase("backward.kept", Phrase("by.source", ("<&>" * 300,)), NOW, "x" * 400),
    ],
    ids=range(7),
)
def test_an_entry_takes_no_more_room_than_it_is_weighed(text: Text) -> None:
    one = entry(notice_state(title=text, lines=(text, "short")))
    shown = [t["text"] for t in texts(render(board_state(entries=(one, one))).blocks)]
    assert sum(map(json_length, shown)) <= 2 * one.weight


@given(notices)
def test_no_entry_takes_more_room_than_it_is_weighed(notice: NoticeState) -> None:
    one = entry(notice)
    shown = [t["text"] for t in texts(render(board_state(entries=(one, one))).blocks)]
    assert sum(map(json_length, shown)) <= 2 * one.weight


@pytest.mark.parametrize("text", ["plain", "a & b", "<tag>", "&&&<<<>>>", "Ödön 👋"])
def test_an_entry_weighs_what_slack_counts(text: str) -> None:
    """As it is sent: Slack's three special characters escaped, a date in its markup form."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    without = entry(notice_state(lines=())).weight
    assert entry(notice_state(lines=(text,))).weight - without == json_length(escaped)
    told = entry(notice_state(lines=(Phrase("sentence", (text,)),))).weight
    assert told - without == json_length(f"{escaped}.")
    due = entry(notice_state(lines=(phrase("digest.due", NOW),))).weight
    assert due - without == json_length(f"due {dated(NOW, 'Europe/Berlin')}")


def test_a_summary_says_that_it_is_one_and_how_many_it_could_not_show() -> None:
    full = breaches(3)
    board = replace(
        full,
        entries=(replace(full.entries[0], level="warning"), *full.entries[1:]),
        gathers_until=NOW,
        beyond=("LEAD#8/x", "LEAD#9/x"),
    )
    shown = render(board)
    said = [one["text"] for one in texts(shown.blocks)]
    head, last = said[0], said[-1]
    assert head.startswith("You have had many messages within an hour, so this one gathers")
    assert last == "… and 2 more"
    assert shown.text.startswith("5 messages. You have had many messages")
    assert [text[0] for text in said[1:-1:2]] == ["⚠", "✖", "✖"]


def test_a_summary_of_one_says_it_too() -> None:
    board = replace(breaches(1), gathers_until=NOW)
    assert next(texts(render(board).blocks))["text"].startswith("You have had many messages")
