"""Warnings, breaches and other short news, and the reply that only the person who clicked sees."""

from __future__ import annotations

from baton.domain.escalation.batching import LINES
from baton.domain.phrase import Text
from baton.domain.world.effects import NoticeState, ReplyState
from baton.domain.world.events import Level
from baton.presentation.slack import blocks
from baton.presentation.slack.blocks import Rendered
from baton.presentation.slack.text import dated, escape, fit, one_line, spoken
from baton.presentation.wording import plain
from baton.presentation.words import instant

MARK = {"info": "", "warning": "⚠ ", "breach": "✖ "}
SPOKEN = {"info": "", "warning": "Warning: ", "breach": "Breach: "}
#: Characters of a title and of a line. A date that Slack shows takes some 80 of them.
TITLE, LINE = 500, 600


def render_notice(notice: NoticeState) -> Rendered:
    zone, lines = notice.zone, notice.lines[:LINES]
    said = [spoken(line, LINE, "", zone).rstrip(".") for line in lines]
    return Rendered(
        text=". ".join(
            [
                f"{SPOKEN[notice.level]}{spoken(notice.title, TITLE, zone=zone)}",
                *_within([line for line in said if line], 3000),
                escape(instant(notice.at, zone)),
            ]
        ),
        blocks=[
            *blocks.sections([titled(notice.level, notice.title, zone), *shown(lines, zone)]),
            blocks.context(dated(notice.at, zone)),
        ],
    )


def titled(level: Level, title: Text, zone: str) -> str:
    """*title* as a notice of *level* shows it."""
    return f"{MARK[level]}*{one_line(title, TITLE, zone=zone)}*"


def shown(lines: tuple[Text, ...], zone: str) -> list[str]:
    """*lines* as a notice shows them; empty ones are left out."""
    return [told for line in lines if (told := one_line(line, LINE, "", zone))]


def render_reply(reply: ReplyState) -> Rendered:
    told = "\n".join(plain(line, reply.zone) for line in reply.lines) or reply.text
    return Rendered(text=fit(told, blocks.SECTION_TEXT))


def _within(lines: list[str], room: int) -> list[str]:
    kept = []
    for line in lines:
        room -= len(line) + 2
        if room < 0:
            break
        kept.append(line)
    return kept
