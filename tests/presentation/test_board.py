"""A board: notices that share a message, and still read like notices."""

from __future__ import annotations

import pytest
from hypothesis import given
from msgspec.structs import replace

from baton.domain.escalation.batching import ENTRIES, ROOM, entry_of, weigh
from baton.domain.world.effects import NoticeState
from baton.presentation.slack import render
from tests.fakes.effects import NOW, board_state, breaches, notice_state
from tests.presentation.checking import texts
from tests.presentation.test_messages import notices


@given(notices)
def test_a_board_with_one_breach_reads_like_the_notice(notice: NoticeState) -> None:
    notice = replace(notice, level="breach")
    board = board_state(entries=(entry_of(notice),))
    assert render(board) == render(notice)


@pytest.mark.parametrize("count", [2, 24])
def test_each_breach_on_a_board_reads_like_a_notice(count: int) -> None:
    message = render(breaches(count))
    assert message.blocks[:2] == render(breaches(1)).blocks
    assert [block["type"] for block in message.blocks] == ["section", "context"] * count


def test_a_full_board_shows_every_breach_with_its_time() -> None:
    message = render(breaches(ENTRIES))
    assert len(message.blocks) == ENTRIES
    when = render(breaches(1)).blocks[1]["elements"][0]["text"]
    for number, block in enumerate(message.blocks, 1):
        text = block["text"]["text"]
        assert text.startswith(f"✖ *Accept for Lead {number} (Company {number}) was due*\n")
        assert text.endswith(f"2 min ago\n{when}")
    assert sum(len(block["text"]["text"]) for block in message.blocks) < ROOM


@pytest.mark.parametrize("count", [2, 20, ENTRIES])
def test_the_text_of_a_board_names_every_breach(count: int) -> None:
    text = render(breaches(count)).text
    assert text.startswith(f"{count} breaches. Breach: Accept for Lead 1 (Company 1) was due. ")
    for number in range(1, count + 1):
        assert f"Breach: Accept for Lead {number} (Company {number}) was due. " in text
    assert text.count("Mon 2 Mar, 09:00 UTC.") == count


def test_the_text_of_a_board_has_all_lines_where_there_is_room() -> None:
    assert render(breaches(3)).text.count("Owner: Anna Keller. Due Mon 02 Mar") == 3


@pytest.mark.parametrize(
    "text", ["", "Lead", "<&>" * 300, "x" * 400, "👩‍👩‍👧‍👦" * 500], ids=range(5)
)
def test_an_entry_takes_no_more_room_than_it_is_weighed(text: str) -> None:
    entry = entry_of(notice_state(title=text, lines=(text, "short")))
    shown = [t["text"] for t in texts(render(board_state(entries=(entry, entry))).blocks)]
    assert sum(map(len, shown)) <= 2 * weigh(entry)


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
