"""Contract tests of boards, for DynamoDB and the fake."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

import msgspec
import pytest
from botocore.exceptions import EndpointConnectionError
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from baton.adapters.dynamodb.boards import KEPT_FOR, MARGIN, STEPS, Boards
from baton.application.ports.slack import Noticeboards
from baton.domain.escalation.batching import ENTRIES, HOUR, OPEN_FOR, ROOM, Board
from baton.domain.phrase import Phrase, phrase
from baton.domain.world.effects import NoticeState
from baton.failures import Retryable
from tests.adapters.dynamodb.test_slots import TABLE, dynamo
from tests.fakes.boards import FakeBoards
from tests.fakes.effects import NOW, entry, notice_state
from tests.worded import all_words, words

pytestmark = pytest.mark.slow

SECOND = timedelta(seconds=1)


class OneAtATime:
    """A client that carries out requests one after another, as DynamoDB does for one item; moto
    does not."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._lock = Lock()

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            with self._lock:
                return getattr(self._client, name)(**arguments)

        return call


@pytest.fixture(params=["fake", "dynamo"])
def boards(request: pytest.FixtureRequest) -> Iterator[Noticeboards]:
    if request.param == "fake":
        yield FakeBoards()
        return
    with mock_aws():
        yield Boards(OneAtATime(dynamo()), TABLE)


def notice(number: int, version: int = 1, **changes: Any) -> NoticeState:
    given = {"title": f"Lead {number}", "lines": (Phrase("now_with", ("Ben",)),)} | changes
    return notice_state(version, subject=f"LEAD#{number}", **given)


def titles(board: Board | None) -> list[str]:
    return [words(entry.title) for entry in board.entries] if board else []


def test_the_first_breach_opens_a_board(boards: Noticeboards) -> None:
    board = boards.join(notice(1), NOW)
    assert (board.to, board.subject, board.version) == ("C0LEADS", "BOARD#C0LEADS", 1)
    assert board.slot == "board:2026-03-02T09:00:00.000000Z"
    assert board.entries == (entry(notice(1)),)


def test_notices_within_a_minute_join_in_order(boards: Noticeboards) -> None:
    first = boards.join(notice(1), NOW)
    boards.join(notice(3), NOW + 20 * SECOND)
    board = boards.join(notice(2), NOW + OPEN_FOR - timedelta(microseconds=1))
    assert (board.slot, board.version) == (first.slot, 3)
    assert board.entries == tuple(entry(notice(n)) for n in (1, 3, 2))


def test_a_board_is_open_for_exactly_a_minute(boards: Noticeboards) -> None:
    first = boards.join(notice(1), NOW)
    board = boards.join(notice(2), NOW + OPEN_FOR)
    assert board.slot != first.slot
    assert (board.version, titles(board)) == (1, ["Lead 2"])


def test_recipients_have_boards_of_their_own(boards: Noticeboards) -> None:
    boards.join(notice(1, to="U0ANNA"), NOW)
    board = boards.join(notice(2, to="U0MARIA"), NOW)
    assert (board.subject, titles(board)) == ("BOARD#U0MARIA", ["Lead 2"])


@pytest.mark.parametrize("late", [0 * SECOND, 5 * OPEN_FOR], ids=["at once", "minutes later"])
def test_a_repetition_is_given_the_board_as_it_is(boards: Noticeboards, late: timedelta) -> None:
    boards.join(notice(1), NOW)
    board = boards.join(notice(2), NOW)
    assert boards.join(notice(1), NOW + late) == board


def test_a_newer_state_takes_the_place_of_the_older_one(boards: Noticeboards) -> None:
    for number in (1, 2, 3):
        boards.join(notice(number), NOW)
    board = boards.join(notice(2, 7, lines=("changed",)), NOW + 5 * OPEN_FOR)
    assert board.version == 4
    assert titles(board) == ["Lead 1", "Lead 2", "Lead 3"]
    assert board.entries[1] == entry(notice(2, 7, lines=("changed",)))
    assert boards.join(notice(2, 3), NOW) == board, "an older one changes nothing"
    assert titles(boards.join(notice(4), NOW)) == ["Lead 1", "Lead 2", "Lead 3", "Lead 4"]


def test_a_full_board_is_followed_by_another_at_the_same_instant(boards: Noticeboards) -> None:
    joined = [boards.join(notice(number), NOW) for number in range(2 * ENTRIES + 1)]
    sizes: dict[str, int] = {}
    for board in joined:
        sizes[board.slot] = len(board.entries)
    assert list(sizes.values()) == [ENTRIES, ENTRIES, 1]


def test_a_board_whose_text_is_long_enough_is_full(boards: Noticeboards) -> None:
    long = ("x" * 380,) * 10
    first = boards.join(notice(1, lines=long), NOW)
    second = boards.join(notice(2, lines=long), NOW)
    third = boards.join(notice(3, lines=long), NOW)
    assert first.slot == second.slot != third.slot
    assert sum(len(line) for one in second.entries for line in all_words(one.lines)) <= ROOM


def test_a_notice_that_no_board_has_room_for_has_one_of_its_own(boards: Noticeboards) -> None:
    huge = ("x" * 600,) * 20
    boards.join(notice(1), NOW)
    assert titles(boards.join(notice(2, lines=huge), NOW)) == ["Lead 2"]
    assert titles(boards.join(notice(3), NOW)) == ["Lead 3"]


@pytest.mark.parametrize("text", ["", " ", "\ud800", "é\u202e👩‍👧", "x" * 5000], ids=range(5))
def test_any_text_is_kept(boards: Noticeboards, text: str) -> None:
    lines = (text, phrase("with.since", text, NOW), Phrase("held.unmet", (Phrase(text, (text,)),)))
    board = boards.join(notice_state(title=text, lines=lines), NOW)
    assert boards.find_board(notice_state(), NOW) == board


def test_an_entry_keeps_its_readers_zone_and_its_weight(boards: Noticeboards) -> None:
    boards.join(notice(1, zone="Asia/Kathmandu"), NOW)
    board = boards.join(notice(2, zone="Europe/Berlin"), NOW)
    assert [one.zone for one in board.entries] == ["Asia/Kathmandu", "Europe/Berlin"]
    assert board.weight == sum(entry(notice(n)).weight for n in (1, 2))
    assert boards.find_board(notice(1), NOW) == board


def test_however_long_its_texts_are_a_board_is_no_larger_than_an_item(
    boards: Noticeboards,
) -> None:
    """A DynamoDB item holds 400 KB; a HubSpot text may have 65,536 characters."""
    for number in range(8):
        who = Phrase("who", ("x" * 65_536, "é" * 65_536))
        board = boards.join(notice(number, title=Phrase("held.is", (who, "SQL"))), NOW)
    assert len(board.entries) == 8
    assert len(msgspec.json.encode(board.entries)) < 100_000


# ---------------------------------------------------------------- finding the board of a notice


def test_a_notice_that_never_joined_is_on_no_board(boards: Noticeboards) -> None:
    assert boards.find_board(notice(1), NOW) is None
    boards.join(notice(2), NOW)
    assert boards.find_board(notice(1), NOW) is None
    assert boards.find_board(notice(2, to="U0ANNA"), NOW) is None


def test_a_board_is_found_with_all_that_joined_since(boards: Noticeboards) -> None:
    boards.join(notice(1), NOW)
    board = boards.join(notice(2), NOW)
    assert boards.find_board(notice(1), NOW) == board


def test_a_board_is_found_behind_newer_ones_with_its_last_entry(boards: Noticeboards) -> None:
    boards.join(notice(1), NOW)
    closed = boards.join(notice(2), NOW + 59 * SECOND)
    for number in range(3, 3 + STEPS - 1):
        boards.join(notice(number), NOW + number * OPEN_FOR)
    assert boards.find_board(notice(1), NOW) == closed


def test_the_search_for_a_board_is_bounded(boards: Noticeboards) -> None:
    for number in range(1, STEPS + 2):
        boards.join(notice(number), NOW + number * OPEN_FOR)
    assert boards.find_board(notice(1), NOW) is None
    assert boards.find_board(notice(2), NOW) is not None


def test_boards_older_than_the_first_attempt_are_not_searched(boards: Noticeboards) -> None:
    boards.join(notice(1), NOW)
    boards.join(notice(2), NOW + 10 * OPEN_FOR)
    assert boards.find_board(notice(1), NOW + 9 * OPEN_FOR) is not None, "the one just before is"
    boards.join(notice(3), NOW + 20 * OPEN_FOR)
    assert boards.find_board(notice(1), NOW + 19 * OPEN_FOR) is None


def test_an_older_state_on_a_board_is_not_this_one(boards: Noticeboards) -> None:
    boards.join(notice(1, 4), NOW)
    assert boards.find_board(notice(1, 5), NOW) is None
    assert boards.find_board(notice(1, 3), NOW) is not None


# ---------------------------------------------------------------- many at once


def all_at_once(boards: Noticeboards, count: int, workers: int) -> list[Board]:
    def join(number: int) -> Board:
        return boards.join(notice(number), NOW)

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(join, range(count)))


@pytest.mark.parametrize("count", [8, 60], ids=["into one board", "into two"])
def test_eight_concurrent_joins_lose_nothing(boards: Noticeboards, count: int) -> None:
    joined = all_at_once(boards, count, 8)
    final = [boards.find_board(notice(number), NOW) for number in range(count)]
    for number, (then, board) in enumerate(zip(joined, final, strict=True)):
        assert board is not None
        assert board.slot == then.slot, "it stayed where it joined"
        assert board.version >= then.version
        assert titles(board).count(f"Lead {number}") == 1
    slots = {board.slot: len(board.entries) for board in final if board}
    assert sum(slots.values()) == count
    assert len(slots) == -(-count // ENTRIES)


# ---------------------------------------------------------------- only the real adapter


class Meanwhile:
    """A client that does something before a request, as if another worker were faster."""

    def __init__(self, client: Any, when: Callable[[dict[str, Any]], bool]) -> None:
        self._client, self._when = client, when
        self.act: Callable[[], object] | None = None

    def get_item(self, **arguments: Any) -> Any:
        return self._client.get_item(**arguments)

    def update_item(self, **arguments: Any) -> Any:
        if self.act and self._when(arguments):
            act, self.act = self.act, None
            act()
        return self._client.update_item(**arguments)


def opens(arguments: dict[str, Any]) -> bool:
    sk = arguments["Key"]["sk"]["S"]
    return sk == "CURRENT" and ":openedAt" in arguments["ExpressionAttributeValues"]


def keeps(arguments: dict[str, Any]) -> bool:
    return bool(arguments["Key"]["sk"]["S"] != "CURRENT")


def replaces(arguments: dict[str, Any]) -> bool:
    return "entries[" in arguments["UpdateExpression"]


@pytest.fixture
def table() -> Iterator[Any]:
    with mock_aws():
        yield dynamo()


def test_the_second_to_open_the_first_board_joins_it(table: Any) -> None:
    client = Meanwhile(table, opens)
    client.act = lambda: Boards(table, TABLE).join(notice(1), NOW)
    assert titles(Boards(client, TABLE).join(notice(2), NOW)) == ["Lead 1", "Lead 2"]


def test_the_second_to_open_the_next_board_joins_it(table: Any) -> None:
    others = Boards(table, TABLE)
    others.join(notice(1), NOW)
    client = Meanwhile(table, opens)
    client.act = lambda: others.join(notice(2), NOW + OPEN_FOR)
    assert titles(Boards(client, TABLE).join(notice(3), NOW + OPEN_FOR)) == ["Lead 2", "Lead 3"]
    assert titles(others.find_board(notice(1), NOW)) == ["Lead 1"]


@pytest.mark.parametrize("moment", [keeps, opens])
def test_a_notice_that_still_joins_a_closing_board_stays_on_it(table: Any, moment: Any) -> None:
    """The clock of the worker that joins is behind that of the worker that closes the board."""
    others = Boards(table, TABLE)
    others.join(notice(1), NOW)
    client = Meanwhile(table, moment)
    client.act = lambda: others.join(notice(2), NOW + 59 * SECOND)
    assert titles(Boards(client, TABLE).join(notice(3), NOW + OPEN_FOR)) == ["Lead 3"]
    assert titles(others.find_board(notice(2), NOW)) == ["Lead 1", "Lead 2"]


def test_a_late_closing_does_not_undo_an_earlier_one(table: Any) -> None:
    others = Boards(table, TABLE)
    others.join(notice(1), NOW)

    def meanwhile() -> None:
        others.join(notice(2), NOW + SECOND)
        others.join(notice(3), NOW + OPEN_FOR)

    client = Meanwhile(table, keeps)
    client.act = meanwhile
    assert titles(Boards(client, TABLE).join(notice(4), NOW + OPEN_FOR)) == ["Lead 3", "Lead 4"]
    assert titles(others.find_board(notice(2), NOW)) == ["Lead 1", "Lead 2"]


def test_a_newer_state_does_not_take_the_place_of_another_boards_entry(table: Any) -> None:
    others = Boards(table, TABLE)
    others.join(notice(1), NOW)
    client = Meanwhile(table, replaces)
    client.act = lambda: others.join(notice(2), NOW + OPEN_FOR)
    board = Boards(client, TABLE).join(notice(1, 2), NOW + OPEN_FOR)
    assert board.entries == (entry(notice(2)), entry(notice(1, 2)))


def test_a_join_whose_answer_was_lost_is_found_by_its_repetition(table: Any) -> None:
    class Deaf:
        """A client whose first request is carried out, but whose answer is lost."""

        lost = False

        def __getattr__(self, name: str) -> Any:
            return getattr(table, name)

        def update_item(self, **arguments: Any) -> Any:
            answer = table.update_item(**arguments)
            if not self.lost:
                self.lost = True
                raise EndpointConnectionError(endpoint_url="http://127.0.0.1")
            return answer

    Boards(table, TABLE).join(notice(1), NOW)
    boards = Boards(Deaf(), TABLE)
    with pytest.raises(Retryable, match="boards: EndpointConnectionError"):
        boards.join(notice(2), NOW)
    assert titles(boards.join(notice(2), NOW)) == ["Lead 1", "Lead 2"]


def test_boards_expire_a_day_after_their_last_entry(table: Any) -> None:
    boards = Boards(table, TABLE)
    boards.join(notice(1), NOW)
    boards.join(notice(2), NOW + 30 * SECOND)
    boards.join(notice(3), NOW + OPEN_FOR)
    items = table.scan(TableName=TABLE)["Items"]
    expiring = {item["sk"]["S"]: int(item["expiresAt"]["N"]) for item in items}
    assert expiring == {
        "CURRENT": int((NOW + OPEN_FOR + KEPT_FOR).timestamp()),
        "board:2026-03-02T09:00:00.000000Z": int((NOW + 30 * SECOND + KEPT_FOR).timestamp()),
    }
    assert KEPT_FOR > STEPS * OPEN_FOR + MARGIN


def test_a_join_that_always_conflicts_comes_back(table: Any) -> None:
    others = Boards(table, TABLE)

    class Unlucky(Meanwhile):
        number = 100

        def update_item(self, **arguments: Any) -> Any:
            if opens(arguments):
                self.number += 1
                others.join(notice(self.number), NOW + self.number * OPEN_FOR)
            return table.update_item(**arguments)

    clock_far_ahead = NOW + 1000 * OPEN_FOR
    with pytest.raises(Retryable, match="was faster each time"):
        Boards(Unlucky(table, opens), TABLE).join(notice(1), clock_far_ahead)


# --- the limit per hour


def personal(number: int, **changes: Any) -> NoticeState:
    given: dict[str, Any] = {"to": "U0ANNA", "an_hour": 3, "level": "warning"}
    return notice(number, **(given | changes))


def test_beyond_the_messages_of_an_hour_one_gathers_the_rest(boards: Noticeboards) -> None:
    for number in range(3):
        board = boards.join(personal(number), NOW + 5 * number * OPEN_FOR)
        assert (titles(board), board.gathers_until) == ([f"Lead {number}"], None)
    summary = boards.join(personal(3), NOW + 20 * OPEN_FOR)
    assert summary.gathers_until == NOW + 80 * OPEN_FOR
    boards.join(personal(4, level="breach"), NOW + 50 * OPEN_FOR)
    last = boards.join(personal(5), NOW + 80 * OPEN_FOR - SECOND)
    assert last.slot == summary.slot
    assert titles(last) == ["Lead 3", "Lead 4", "Lead 5"]
    fresh = boards.join(personal(6), NOW + 80 * OPEN_FOR)
    assert (titles(fresh), fresh.gathers_until) == (["Lead 6"], None)


@pytest.mark.parametrize(("minutes", "summary"), [(59, True), (60, False)])
def test_the_hourly_limit_counts_any_sixty_minutes(
    boards: Noticeboards, minutes: int, summary: bool
) -> None:
    for number, after in enumerate((0, 20, 50)):
        boards.join(personal(number), NOW + after * OPEN_FOR)
    board = boards.join(personal(3), NOW + minutes * OPEN_FOR)
    assert (board.gathers_until is not None) == summary


def test_a_summary_counts_what_it_has_no_room_for(boards: Noticeboards) -> None:
    for number in range(3):
        boards.join(personal(number), NOW + 2 * number * OPEN_FOR)
    at = NOW + 10 * OPEN_FOR
    for number in range(3, 3 + ENTRIES + 5):
        board = boards.join(personal(number), at)
    assert (len(board.entries), len(board.beyond)) == (ENTRIES, 5)
    again = boards.join(personal(ENTRIES + 5), at + SECOND)
    assert again == board, "counted once"
    assert boards.find_board(personal(ENTRIES + 5), at) == board


def test_a_summary_that_can_count_no_more_is_followed_by_another(
    table: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The item stays bounded, and no notice is dropped."""
    monkeypatch.setattr("baton.domain.escalation.batching.MOST", ENTRIES + 2)
    boards = Boards(table, TABLE)
    for number in range(3):
        boards.join(personal(number), NOW + 2 * number * OPEN_FOR)
    at = NOW + 10 * OPEN_FOR
    joined = [boards.join(personal(number), at) for number in range(3, ENTRIES + 6)]
    assert (len(joined[-2].entries), len(joined[-2].beyond)) == (ENTRIES, 2)
    assert titles(joined[-1]) == [f"Lead {ENTRIES + 5}"]
    assert joined[-1].gathers_until is not None
    held = boards.find_board(personal(ENTRIES + 4), at)
    assert held is not None
    assert held.slot == joined[-2].slot


def counts(arguments: dict[str, Any]) -> bool:
    return "entries" not in arguments["UpdateExpression"]


def full_summary(table: Any) -> tuple[Boards, datetime]:
    """A summary that can only count further notices, and the time now."""
    others, at = Boards(table, TABLE), NOW + 10 * OPEN_FOR
    for number in range(3):
        others.join(personal(number), NOW + 2 * number * OPEN_FOR)
    for number in range(3, 3 + ENTRIES):
        others.join(personal(number), at)
    return others, at


def test_a_notice_counted_by_two_workers_at_once_counts_once(table: Any) -> None:
    """The lease of the first worker has ended, but the worker is still alive."""
    others, at = full_summary(table)
    client = Meanwhile(table, counts)
    client.act = lambda: others.join(personal(900), at)
    board = Boards(client, TABLE).join(personal(900), at)
    assert board.beyond == ("LEAD#900/notice:1:accept:breach",)
    (item,) = [one for one in table.scan(TableName=TABLE)["Items"] if one["sk"]["S"] == "CURRENT"]
    assert len(item["ids"]["L"]) == ENTRIES + 1


def test_the_last_counted_place_of_a_summary_is_given_once(
    table: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("baton.domain.escalation.batching.MOST", ENTRIES + 1)
    others, at = full_summary(table)
    client = Meanwhile(table, counts)
    client.act = lambda: others.join(personal(900), at)
    board = Boards(client, TABLE).join(personal(901), at)
    assert (titles(board), board.beyond) == (["Lead 901"], ())
    before = others.find_board(personal(900), at)
    assert before is not None
    assert before.beyond == ("LEAD#900/notice:1:accept:breach",)


def test_a_notice_for_a_summary_just_closed_joins_the_next(
    table: Any,
) -> None:
    """The clock of the worker that joins is behind that of the worker that closes the board."""
    others, at = full_summary(table)
    client = Meanwhile(table, counts)
    client.act = lambda: others.join(personal(900), at + HOUR)
    board = Boards(client, TABLE).join(personal(901), at + HOUR - SECOND)
    assert titles(board) == ["Lead 900", "Lead 901"]


def test_a_severer_notice_does_not_join_a_milder_board(boards: Noticeboards) -> None:
    """Slack does not notify on an edit."""
    warned = boards.join(personal(1), NOW)
    breach = boards.join(personal(2, level="breach"), NOW + SECOND)
    assert warned.slot != breach.slot
    after = boards.join(personal(3), NOW + 2 * SECOND)
    assert (after.slot, [one.level for one in after.entries]) == (
        breach.slot,
        ["breach", "warning"],
    )


@pytest.mark.parametrize(
    ("opener", "level", "late", "news"),
    [
        ("warning", "breach", 0 * SECOND, True),
        ("warning", "breach", 180 * OPEN_FOR, True),
        ("breach", "breach", 0 * SECOND, False),
        ("breach", "breach", 180 * OPEN_FOR, True),
        ("warning", "warning", 180 * OPEN_FOR, False),
        ("warning", "info", 180 * OPEN_FOR, False),
    ],
)
def test_a_severer_newer_state_gets_a_message_of_its_own(
    boards: Noticeboards, opener: str, level: str, late: timedelta, news: bool
) -> None:
    """The same slot was a warning and is now a breach, which must notify."""
    boards.join(personal(1, level=opener), NOW)
    warned = boards.join(personal(2), NOW + SECOND)
    later = personal(2, version=2, level=level)
    board = boards.join(later, NOW + 2 * SECOND + late)
    assert (board.slot != warned.slot) == news
    assert board.holds(later)
    assert boards.join(later, NOW + 2 * SECOND + late) == board, "and once"
    assert boards.find_board(later, NOW) == board


def test_in_a_summary_a_severer_state_replaces_its_own_entry(boards: Noticeboards) -> None:
    for number in range(4):
        summary = boards.join(personal(number), NOW + 2 * number * OPEN_FOR)
    board = boards.join(personal(3, version=2, level="breach"), NOW + 30 * OPEN_FOR)
    assert (board.slot, [one.level for one in board.entries]) == (summary.slot, ["breach"])


def test_an_uncounted_notice_does_not_reset_the_count(boards: Noticeboards) -> None:
    for number in range(3):
        boards.join(personal(number), NOW + 2 * number * OPEN_FOR)
    boards.join(personal(3, level="breach", an_hour=0), NOW + 8 * OPEN_FOR)
    assert boards.join(personal(4), NOW + 10 * OPEN_FOR).gathers_until is not None


def test_a_channel_has_no_hourly_limit(boards: Noticeboards) -> None:
    for number in range(20):
        board = boards.join(notice(number, an_hour=0), NOW + 2 * number * OPEN_FOR)
        assert board.gathers_until is None


def test_a_notice_that_joined_a_summary_long_ago_is_found(boards: Noticeboards) -> None:
    for number in range(4):
        boards.join(personal(number), NOW + 2 * number * OPEN_FOR)
    late = NOW + 40 * OPEN_FOR
    joined = boards.join(personal(9), late)
    boards.join(personal(10), NOW + 70 * OPEN_FOR)
    assert boards.find_board(personal(9), late) == joined


_LEVELS = st.sampled_from(["info", "warning", "breach"])


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 9),  # whose notice
            st.integers(1, 3),  # its state
            _LEVELS,
            st.sampled_from([0, 2, 2, 2]),  # messages per hour; 0: no limit
            st.sampled_from([0, 1, 30, 60, 300, 1200, 3600]),  # seconds since the notice before
        ),
        max_size=25,
    )
)
def test_the_fake_is_what_the_table_does(steps: list[tuple[int, int, str, int, int]]) -> None:
    """Random sequences give the same results on the fake and the table, so tests may use the
    fake."""
    with mock_aws():
        fake, real = FakeBoards(), Boards(dynamo(), TABLE)
        at = NOW
        for number, version, level, an_hour, seconds in steps:
            at += seconds * SECOND
            told = personal(number, version=version, level=level, an_hour=an_hour)
            assert real.join(told, at) == fake.join(told, at)
            assert real.find_board(told, at) == fake.find_board(told, at)
        for number in range(10):
            told = personal(number)
            assert real.find_board(told, NOW) == fake.find_board(told, NOW)
