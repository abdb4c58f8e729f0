"""Warnings, breaches and other short news, and the answer only the one who clicked sees."""

from __future__ import annotations

from baton.domain.escalation.batching import LINES
from baton.domain.world.effects import NoticeState, ReplyState
from baton.presentation.slack import blocks
from baton.presentation.slack.blocks import Rendered
from baton.presentation.slack.text import dated, escape, fit, one_line, spelled

MARK = {"info": "", "warning": "⚠ ", "breach": "✖ "}
SPOKEN = {"info": "", "warning": "Warning: ", "breach": "Breach: "}
#: A notice can go to a channel with readers anywhere; where Slack's dates do not work, UTC.
ZONE = "UTC"


def render_notice(notice: NoticeState) -> Rendered:
    title = one_line(notice.title, 400)
    lines = [one_line(line, 500) for line in notice.lines[:LINES] if line.strip()]
    return Rendered(
        text=". ".join(
            [
                f"{SPOKEN[notice.level]}{title}",
                *(line.rstrip(".") for line in _within(lines, 3000)),
                escape(spelled(notice.at, ZONE)),
            ]
        ),
        blocks=[
            *blocks.sections([f"{MARK[notice.level]}*{title}*", *lines]),
            blocks.context(dated(notice.at, ZONE)),
        ],
    )


def render_reply(reply: ReplyState) -> Rendered:
    return Rendered(text=fit(reply.text, blocks.SECTION_TEXT))


def _within(lines: list[str], room: int) -> list[str]:
    kept = []
    for line in lines:
        room -= len(line) + 2
        if room < 0:
            break
        kept.append(line)
    return kept
