"""A HubSpot task in words: its subject, and its body as the HTML that HubSpot shows.

HubSpot takes at most 65,536 characters in a text ("Notes", in the guide to engagements), and a form
may hold as many: one long answer must not cost the task. What goes first: the end of long lines,
then lines, from the end, which are counted.
"""

from __future__ import annotations

import html

from baton.domain.world.effects import TaskState
from baton.presentation.cutting import shortened
from baton.presentation.wording import plain
from baton.presentation.words import counted

#: Characters of a subject. HubSpot names no limit; its lists show less.
SUBJECT = 250
#: Lines, and characters of each: together below HubSpot's limit, with what makes lines of them.
LINES, LINE = 25, 2_000


def task_subject(task: TaskState) -> str:
    return shortened(" ".join(plain(task.subject_line, task.zone).split()), SUBJECT)


def task_lines(task: TaskState) -> list[str]:
    """The body, line by line, escaped."""
    body = task.body.splitlines() if isinstance(task.body, str) else task.body
    worded = "\n".join(plain(line, task.zone) for line in body).strip()
    return [_escape(shortened(line, LINE, _escaped)) for line in _few(worded)]


def _few(worded: str) -> list[str]:
    lines = worded.splitlines()
    left = len(lines) - LINES
    return lines if left <= 0 else [*lines[:LINES], f"… and {counted(left, 'more line')}"]


def _escaped(text: str) -> int:
    return len(_escape(text))


def _escape(text: str) -> str:
    return html.escape(text, quote=False)
