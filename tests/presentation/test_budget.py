"""Every message stays within its budget, loses the least important first, and says so."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from msgspec import Struct

from baton.domain.phrase import Phrase
from baton.domain.world.effects import CardState, Deadline
from baton.presentation.slack import Rendered, budget, render
from baton.presentation.slack.budget import BUDGET, TEXT
from tests.fakes.effects import NOW, card_state, digest_state, notice_state, reply_state
from tests.presentation.checking import check, texts

LONG = "A long answer to an open question. " * 60
#: One character that is sent as twelve.
WAVE = "👋"


class _Room(Struct, frozen=True):
    lines: int = 3
    line: int = 9


def size(message: Rendered) -> int:
    return len(json.dumps(message.blocks))


def said(message: Rendered) -> str:
    return "\n".join(text["text"] for text in texts(message.blocks))


def packet(count: int, value: str = LONG) -> tuple[tuple[str, str], ...]:
    return tuple((f"Field {n}", value) for n in range(1, count + 1))


def action(message: Rendered, action_id: str) -> dict[str, object]:
    (actions,) = [block for block in message.blocks if block["type"] == "actions"]
    found: dict[str, object] = next(
        one for one in actions["elements"] if one["action_id"] == action_id
    )
    return found


# ---------------------------------------------------------------- the one function


def test_levels_lose_one_thing_at_a_time_in_the_stated_order() -> None:
    rooms = budget.levels(_Room(), ("line", (6, 4)), ("lines", (2, 1)))
    assert [(room.lines, room.line) for room in rooms] == [(3, 9), (3, 6), (3, 4), (2, 4), (1, 4)]


@pytest.mark.parametrize(
    ("room", "line"),
    [
        pytest.param(27, 9, id="all of it fits exactly"),
        pytest.param(26, 6, id="one too many"),
        pytest.param(12, 4, id="a later level"),
        pytest.param(1, 4, id="the last one, even if it does not fit"),
    ],
)
def test_the_first_level_that_fits_is_shown(
    room: int, line: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "TEXT", room)
    rooms = budget.levels(_Room(), ("line", (6, 4)))
    assert budget.text_within(rooms, lambda one: "x" * one.line * 3) == "x" * line * 3


def test_a_size_is_that_of_the_json_as_it_is_sent() -> None:
    assert budget.json_length("ö") == len('"\\u00f6"')
    assert budget.json_length(WAVE) == len('"\\ud83d\\udc4b"')
    assert budget.json_length("a & b") == len('"a & b"')


# ---------------------------------------------------------------- cards


def test_eight_long_fields_stay_within_the_budget_and_all_are_shown() -> None:
    message = render(card_state(packet=packet(8)))
    check(message)
    assert all(f"*Field {n}*\nA long answer" in said(message) for n in range(1, 9))
    assert "more field" not in said(message)


def test_what_stays_of_a_card_is_what_a_rep_needs() -> None:
    card = card_state(
        packet=packet(40),
        why_now=(LONG,) * 20,
        play=LONG * 2,
        why_you=LONG,
        missing=(LONG,) * 5,
    )
    message = render(card)
    check(message)
    told = said(message)
    assert told.startswith(
        "Nora Lindqvist · Helvia Robotics\n⚡ *New lead* · Hot\nAccept by *<!date"
    )
    assert "First touch by *<!date" in told
    assert "Why you: A long answer" in told
    assert "Came without: A long answer" in told
    assert action(message, "baton:accept")
    assert action(message, "baton:explain")
    offered = action(message, "baton:reject")["options"]
    assert [one["value"] for one in offered] == ["bad_fit", "timing", "no_budget"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("card", "told"),
    [
        pytest.param(
            card_state(packet=packet(31, "short")), "… 1 more field in HubSpot", id="one field"
        ),
        pytest.param(
            card_state(packet=packet(60)), r"… \d+ more fields in HubSpot", id="many fields"
        ),
        pytest.param(
            card_state(packet=packet(30, WAVE * 300), play=WAVE * 900, why_now=(WAVE * 250,) * 12),
            r"… \d+ (more )?fields in HubSpot",
            id="in letters that are sent as escapes",
        ),
        pytest.param(card_state(why_now=("short",) * 23), "… and 3 more in HubSpot", id="evidence"),
        pytest.param(
            card_state(deadlines=tuple(Deadline(f"Step {n}", NOW) for n in range(21))),
            "… and 1 more deadline",
            id="deadlines",
        ),
        pytest.param(
            card_state(reasons=tuple((f"r{n}", f"Reason {n}") for n in range(102))),
            r"Reject… \(\d+ more are not shown\)",
            id="reasons",
        ),
    ],
)
def test_a_card_says_what_it_leaves_out(card: CardState, told: str) -> None:
    message = render(card)
    check(message)
    shown = said(message)
    assert re.search(told, shown), shown


def test_fields_go_before_evidence_and_evidence_before_reasons() -> None:
    """From nothing to everything too long, one thing more at a time."""
    why = tuple(f"Did {n} " + WAVE * 60 for n in range(3))
    message = render(card_state(packet=packet(30, WAVE * 200), why_now=why))
    assert all(f"Did {n}" in said(message) for n in range(3))
    assert "fields in HubSpot" in said(message)
    reasons = tuple((f"reason_{n}", f"Reason {n}") for n in range(60))
    message = render(card_state(packet=packet(30), why_now=why, reasons=reasons))
    assert len(action(message, "baton:reject")["options"]) == 60  # type: ignore[arg-type]


def test_the_next_deadline_stays_and_what_is_done_goes_first() -> None:
    done = tuple(Deadline(f"Done {n} " + "ö" * 60, NOW, done_at=NOW) for n in range(18))
    card = card_state(deadlines=(*done, Deadline("Disposition", NOW)), packet=packet(3))
    reasons = tuple((f"reason_{n}", "ö" * 70) for n in range(60))
    message = render(card_state(deadlines=card.deadlines, packet=packet(3), reasons=reasons))
    check(message)
    assert "Disposition by *<!date" in said(message)


@pytest.mark.parametrize("state", ["open", "accepted", "touched", "rejected", "closed"])
def test_the_worst_card_fits(state: str) -> None:
    worst = WAVE * 2000
    card = card_state(
        state=state,
        name=worst,
        company=worst,
        tier=worst,
        packet=((worst, worst),) * 60,
        why_now=(worst,) * 30,
        why_you=worst,
        play=worst,
        missing=(worst,) * 30,
        note=worst,
        note_at=NOW,
        deadlines=(Deadline(worst, NOW, paused=(worst,) * 5),) * 30,
        reasons=tuple((WAVE * 70 + str(n), worst) for n in range(150)),
        undo=True,
    )
    check(render(card))


# ---------------------------------------------------------------- notices, digests, replies


def test_a_digest_of_long_lists_says_how_many_leads_it_leaves_out() -> None:
    line = digest_state().new_breaches[0]
    digest = digest_state(
        new_breaches=(line,) * 45, open_breaches=(line,) * 45, at_risk=(line,) * 45
    )
    message = render(digest)
    check(message)
    assert said(message).count("(45)") == 3
    for text in (block["text"]["text"] for block in message.blocks[3::2]):
        assert f"… and {45 - text.count('•')} more leads" in text
    assert message.text.count("more leads.") == 3


def test_a_notice_says_how_many_lines_it_leaves_out() -> None:
    message = render(notice_state(lines=tuple(f"{n} " + WAVE * 200 for n in range(20))))
    check(message)
    assert "✖ *Accept for Nora Lindqvist" in said(message)
    assert "more lines" in said(message)
    assert "more lines" in message.text


def test_a_reply_says_how_many_lines_it_leaves_out() -> None:
    message = render(reply_state(lines=tuple(f"Line {n} of the answer" for n in range(400))))
    assert message.text.startswith("Line 0 of the answer\nLine 1")
    assert message.text.endswith("more lines")
    assert len(message.text.encode()) <= TEXT


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(lambda: card_state(packet=packet(60)), id="card"),
        pytest.param(lambda: notice_state(title=WAVE * 900, lines=(WAVE * 900,) * 30), id="notice"),
    ],
)
def test_the_text_beside_the_blocks_is_complete_within_its_own_limit(
    state: Callable[[], CardState],
) -> None:
    message = render(state())
    assert len(message.text.encode()) <= TEXT
    assert size(message) <= BUDGET
    assert message.text.rstrip(".").endswith(("reject it with a reason", "10:00 CET"))
    assert "more" in message.text or "…" in message.text


def test_short_messages_lose_nothing() -> None:
    message = render(card_state(why_you=Phrase("why.next", ("EMEA", "EMEA desk"))))
    assert "…" not in said(message).replace("Reject…", "")
