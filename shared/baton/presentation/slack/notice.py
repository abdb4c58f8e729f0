"""Warnings, breaches and other short news, and the reply that only the person who clicked sees."""

from __future__ import annotations

from msgspec import Struct

from baton.domain.escalation.batching import LINES
from baton.domain.phrase import Text
from baton.domain.world.effects import NoticeState, ReplyState
from baton.domain.world.events import Level
from baton.presentation.slack import blocks, budget
from baton.presentation.slack.blocks import Block, Rendered
from baton.presentation.slack.text import dated, escape, fit, one_line, spoken
from baton.presentation.wording import plain
from baton.presentation.words import counted, instant

MARK = {"info": "", "warning": "⚠ ", "breach": "✖ "}
SPOKEN = {"info": "", "warning": "Warning: ", "breach": "Breach: "}
#: Characters of a title and of a line. A date that Slack shows takes some 80 of them.
TITLE, LINE = 500, 600


class Room(Struct, frozen=True):
    """How much of each part a notice shows: how many, and how many characters of each."""

    lines: int = LINES
    line: int = LINE
    title: int = TITLE


#: What goes first: long lines are shortened, then lines go, from the end, then the end of the
#: title. Its start, with what it is about, and the time always stay.
_ROOMS = budget.levels(
    Room(),
    ("line", budget.shrinking(LINE, 150)),
    ("lines", budget.counting_down(LINES - 1, 3)),
    ("title", budget.shrinking(TITLE, 200)),
    ("lines", (2, 1, 0)),
)
_SPOKEN_ROOMS = budget.levels(
    Room(),
    ("line", budget.shrinking(LINE, 120)),
    ("lines", budget.counting_down(LINES - 1, 3)),
    ("title", budget.shrinking(TITLE, 200)),
    ("lines", (2, 1, 0)),
)
#: The same for a reply, which has no title.
_REPLY_ROOMS = budget.levels(
    Room(lines=100, line=2000),
    ("line", budget.shrinking(2000, 150)),
    ("lines", budget.counting_down(99, 1)),
)


def render_notice(notice: NoticeState) -> Rendered:
    return Rendered(
        text=budget.text_within(_SPOKEN_ROOMS, lambda room: _spoken(notice, room)),
        blocks=budget.blocks_within(_ROOMS, lambda room: _blocks(notice, room)),
    )


def _blocks(notice: NoticeState, room: Room) -> list[Block]:
    zone = notice.zone
    told = [titled(notice.level, notice.title, zone, room.title)]
    told += first(shown(notice.lines, zone, room.line), room.lines)
    return [*blocks.sections(told), blocks.context(dated(notice.at, zone))]


def _spoken(notice: NoticeState, room: Room) -> str:
    zone = notice.zone
    said = (spoken(line, room.line, "", zone).rstrip(".") for line in notice.lines)
    parts = [
        f"{SPOKEN[notice.level]}{spoken(notice.title, room.title, zone=zone)}",
        *first([line for line in said if line], room.lines),
        escape(instant(notice.at, zone)),
    ]
    return ". ".join(parts)


def titled(level: Level, title: Text, zone: str, longest: int = TITLE) -> str:
    """*title* as a notice of *level* shows it."""
    return f"{MARK[level]}*{one_line(title, longest, zone=zone)}*"


def shown(lines: tuple[Text, ...], zone: str, longest: int = LINE) -> list[str]:
    """*lines* as a notice shows them; empty ones are left out."""
    return [told for line in lines if (told := one_line(line, longest, "", zone))]


def render_reply(reply: ReplyState) -> Rendered:
    lines = [plain(line, reply.zone) for line in reply.lines] or reply.text.splitlines()
    return Rendered(text=budget.text_within(_REPLY_ROOMS, lambda room: _reply(lines, room)))


def _reply(lines: list[str], room: Room) -> str:
    told = [fit(line, room.line, "") for line in lines]
    return "\n".join(first([line for line in told if line], room.lines)) or fit("", room.line)


def first(lines: list[str], most: int) -> list[str]:
    """The first *most* of *lines*, and how many more there are."""
    left = len(lines) - most
    return lines if left <= 0 else [*lines[:most], f"… and {counted(left, 'more line')}"]
