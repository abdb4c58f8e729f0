"""Which notices join a board, open one, or are only counted on one: the rule, without a store."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.domain.escalation import batching
from baton.domain.escalation.batching import (
    ENTRIES,
    HOUR,
    MOST,
    OPEN_FOR,
    RANK,
    ROOM,
    Board,
    has_room,
    id_of,
    mark_of,
    open_board,
    step,
)
from baton.domain.phrase import Phrase, Text
from baton.domain.world.effects import NoticeState
from baton.domain.world.events import Level
from tests.builders import NOW, minutes
from tests.fakes.boards import FakeBoards
from tests.fakes.effects import entry
from tests.worded import words

TO = "U0ANNA"
_LEVELS: st.SearchStrategy[Level] = st.sampled_from(["info", "warning", "breach"])


def personal(
    number: int, version: int = 1, level: Level = "warning", an_hour: int = 3, text: str = ""
) -> NoticeState:
    return NoticeState(
        subject=f"LEAD#{number}",
        slot="notice:1",
        version=version,
        to=TO,
        level=level,
        title=f"Notice {number}",
        lines=(text,),
        at=NOW,
        an_hour=an_hour,
    )


def opens(notice: NoticeState, current: Board | None, now: datetime) -> Board:
    return open_board(notice, entry(notice), current, now)


def board(*notices: NoticeState, severity: Level = "warning", summary: bool = False) -> Board:
    return Board(
        to=TO,
        slot="board:1",
        version=len(notices),
        entries=tuple(map(entry, notices)),
        gathers_until=NOW + HOUR if summary else None,
        opened_at=NOW,
        severity=severity,
    )


ONE = personal(1)
FULL = board(*(personal(n) for n in range(ENTRIES)))
MICROSECOND = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("current", "notice", "after", "what"),
    [
        pytest.param(None, ONE, 0 * HOUR, "open", id="the first notice opens a board"),
        pytest.param(board(personal(2)), ONE, OPEN_FOR - MICROSECOND, "join", id="a young board"),
        pytest.param(board(personal(2)), ONE, OPEN_FOR, "open", id="a minute is not young"),
        pytest.param(
            board(personal(2)), personal(1, level="breach"), 0 * HOUR, "open", id="more severe"
        ),
        pytest.param(
            board(personal(2), severity="breach"), ONE, 0 * HOUR, "join", id="less severe joins"
        ),
        pytest.param(
            board(personal(2), severity="info"), ONE, 0 * HOUR, "open", id="a warning after news"
        ),
        pytest.param(FULL, personal(99), 0 * HOUR, "open", id="no place is left"),
        pytest.param(
            board(*(personal(n, text="x" * 590) for n in range(13))),
            personal(99, text="x" * 590),
            0 * HOUR,
            "open",
            id="no room is left for its text",
        ),
        pytest.param(board(ONE), ONE, 0 * HOUR, "there", id="a repeat is there already"),
        pytest.param(
            board(personal(1, version=3)), personal(1, version=2), HOUR, "there", id="older state"
        ),
        pytest.param(
            board(ONE), personal(1, version=2), HOUR, "replace", id="a newer state replaces, late"
        ),
        pytest.param(
            board(ONE), personal(1, version=2, level="breach"), 0 * HOUR, "open", id="not silently"
        ),
        pytest.param(
            board(ONE, severity="breach"),
            personal(1, version=2, level="breach"),
            OPEN_FOR - MICROSECOND,
            "replace",
            id="a more severe state replaces where it might join",
        ),
        pytest.param(
            board(personal(2), summary=True),
            personal(1, level="breach"),
            HOUR - MICROSECOND,
            "join",
            id="a summary takes everything for an hour",
        ),
        pytest.param(board(personal(2), summary=True), ONE, HOUR, "open", id="then it is over"),
        pytest.param(
            board(*(personal(n) for n in range(ENTRIES)), summary=True),
            personal(99),
            0 * HOUR,
            "count",
            id="a full summary counts",
        ),
    ],
)
def test_a_notice_joins_the_current_board_or_opens_another(
    current: Board | None, notice: NoticeState, after: timedelta, what: batching.Step
) -> None:
    assert step(current, entry(notice), NOW + after) == what


def test_a_summary_counts_up_to_a_bound() -> None:
    places = tuple(f"LEAD#{n}/notice:1" for n in range(100, 100 + MOST - ENTRIES))
    full = board(*(personal(n) for n in range(ENTRIES)), summary=True)
    last = replace(full, beyond=places[:-1])
    assert step(last, entry(personal(99)), NOW) == "count"
    over = replace(full, beyond=places)
    assert step(over, entry(personal(99)), NOW) == "open"


def test_the_board_beyond_the_messages_an_hour_is_a_summary() -> None:
    current: Board | None = None
    for number in range(4):
        current = opens(personal(number), current, NOW + number * 2 * OPEN_FOR)
        assert (current.gathers_until is not None) == (number == 3)
    assert current is not None
    assert current.gathers_until == NOW + 6 * OPEN_FOR + HOUR


def test_an_opening_of_an_hour_ago_does_not_count_any_more() -> None:
    first = opens(personal(1, an_hour=1), None, NOW)
    assert opens(personal(2, an_hour=1), first, NOW + HOUR).gathers_until is None
    assert opens(personal(2, an_hour=1), first, NOW + HOUR - MICROSECOND).gathers_until


def test_a_notice_that_is_not_counted_opens_no_summary() -> None:
    """Nor does its board count among the openings that limit other notices."""
    first = opens(personal(1, an_hour=1), None, NOW)
    breach = opens(personal(2, level="breach", an_hour=0), first, NOW + minutes(2))
    assert breach.gathers_until is None
    assert breach.openings == first.openings, "kept, and not one more"
    assert opens(personal(3, an_hour=2), breach, NOW + minutes(4)).gathers_until is None


def test_a_board_has_room_up_to_its_last_character() -> None:
    held = board(*(personal(n, text="x" * 590) for n in range(11)))
    left = ROOM - held.weight - entry(personal(98, text="x")).weight
    fits, over = (entry(personal(98, text="x" * n)) for n in (left + 1, left + 2))
    assert held.weight + fits.weight == ROOM
    assert has_room(held, fits)
    assert not has_room(held, over)


def test_the_limits_are_those_in_the_documents() -> None:
    """A minute, an hour, and the size of a message that Slack and the table accept."""
    assert (minutes(1), minutes(60), 40, 8_200, 2_000) == (OPEN_FOR, HOUR, ENTRIES, ROOM, MOST)


def test_two_boards_of_one_instant_have_slots_of_their_own() -> None:
    first = opens(ONE, None, NOW)
    assert opens(ONE, first, NOW).slot != first.slot


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 25), st.sampled_from(["info", "warning", "breach"])), max_size=60
    ),
    st.integers(1, 4),
)
def test_no_more_messages_are_opened_in_an_hour_than_the_limit(
    steps: list[tuple[int, Level]], limit: int
) -> None:
    """The message after the limit is the summary; every notice is on a board, or counted on one,
    exactly once."""
    made = FakeBoards()
    at = NOW
    for number, (gap, level) in enumerate(steps):
        at += gap * OPEN_FOR
        made.join(personal(number, level=level, an_hour=limit), at)
        made.join(personal(number, level=level, an_hour=limit), at)
    boards = made.opened.get("U0ANNA", [])
    shown = [words(one.title) for each in boards for one in each.entries]
    counted = [one for each in boards for one in each.beyond]
    assert len(shown) + len(counted) == len(steps)
    for first in boards:
        hour = [one for one in boards if first.opened_at <= one.opened_at < first.opened_at + HOUR]
        plain = [one for one in hour if one.gathers_until is None]
        assert len(plain) <= limit
        assert len(hour) <= limit + 1


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 4), _LEVELS, st.integers(0, 25))),
    st.integers(1, 4),
)
def test_a_more_severe_state_notifies(steps: list[tuple[int, int, Level, int]], limit: int) -> None:
    """Such a notice opens a message, or joins one of the last minute that was opened by a notice as
    severe; summaries are an exception."""
    made = FakeBoards()
    at, known = NOW, dict[int, tuple[int, int]]()
    for number, version, level, gap in steps:
        at += gap * OPEN_FOR
        before, rank = known.get(number, (0, -1)), RANK[level]
        told = personal(number, version=version, level=level, an_hour=limit)
        if version <= before[0]:
            continue  # its slot shows a newer state, so this case cannot happen
        known[number] = (version, rank)
        board = made.join(told, at)
        assert made.opened["U0ANNA"][-1] == board
        if rank > before[1] and board.gathers_until is None:
            assert RANK[board.severity] >= rank
            assert at < board.opened_at + OPEN_FOR


# --- a stored board


def test_a_notice_that_is_counted_is_on_the_board_and_is_there_already() -> None:
    full = replace(board(personal(2), summary=True), beyond=(id_of(ONE),))
    assert full.holds(ONE)
    assert step(full, entry(ONE), NOW) == "there"
    assert not full.holds(personal(3))


@pytest.mark.parametrize(("shown", "asked", "holds"), [(2, 1, True), (2, 2, True), (2, 3, False)])
def test_a_board_holds_what_it_shows_or_showed_before(shown: int, asked: int, holds: bool) -> None:
    assert board(personal(1, version=shown)).holds(personal(1, version=asked)) is holds


def test_a_board_begins_with_its_first_version_a_microsecond_after_another() -> None:
    first = opens(ONE, None, NOW)
    second = opens(ONE, first, NOW)
    assert (first.version, first.opened_at) == (1, NOW)
    assert (second.version, second.opened_at) == (1, NOW + MICROSECOND)


LONG, CUT = "x" * 701, "x" * 700


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        pytest.param(CUT, CUT, id="as long as a line is shown"),
        pytest.param(LONG, CUT, id="longer"),
        pytest.param("a \n\t b", "a b", id="white space"),
        pytest.param("\ud83d", "?", id="half of an emoji"),
        pytest.param(
            Phrase(LONG, (LONG, Phrase("y", (LONG,)), 3)),
            Phrase(CUT, (CUT, Phrase("y", (CUT,)), 3)),
            id="each part of a phrase",
        ),
    ],
)
def test_an_entry_keeps_what_is_shown_of_a_text(text: Text, kept: Text) -> None:
    made = batching.entry_of(replace(ONE, title=text, lines=(text,)), 1)
    assert (made.title, made.lines) == (kept, (kept,))


def test_an_entry_keeps_twenty_lines() -> None:
    many = tuple(map(str, range(21)))
    assert batching.entry_of(replace(ONE, lines=many), 1).lines == many[:20]


def test_text_that_no_store_accepts_still_has_a_mark() -> None:
    """For example half of an emoji. Marks are compared with those in earlier messages, so they must
    not change."""
    odd = replace(ONE, slot="notice:\ud83d")
    assert mark_of(odd) == mark_of(replace(ONE, slot="notice:?"))
    assert mark_of(ONE) == "cf938300076446f5"
