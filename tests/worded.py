"""The wording of decisions, for assertions on what people read."""

from __future__ import annotations

from collections.abc import Iterable

from baton.domain.draft.decision import Decision
from baton.domain.phrase import Text
from baton.domain.world.effects import NoticeState, ReplyState, TaskState
from baton.presentation.wording import plain


def words(text: Text | None, zone: str = "UTC") -> str:
    """*text* in words, with instants in *zone*; empty: nothing is said."""
    return "" if text is None else plain(text, zone)


def all_words(texts: Iterable[Text], zone: str = "UTC") -> tuple[str, ...]:
    return tuple(words(text, zone) for text in texts)


def reasons(decision: Decision, zone: str = "UTC") -> tuple[str, ...]:
    """The reasons of *decision*."""
    return all_words(decision.because, zone)


def title(notice: NoticeState) -> str:
    """The title of *notice*, in the zone of its reader."""
    return words(notice.title, notice.zone)


def lines(notice: NoticeState) -> tuple[str, ...]:
    """The lines of *notice*, in the zone of its reader."""
    return all_words(notice.lines, notice.zone)


def answer(reply: ReplyState) -> str:
    """The reply to the person who clicked."""
    return "\n".join(all_words(reply.lines, reply.zone))


def subject(task: TaskState) -> str:
    """The subject of *task*, in the zone of its owner."""
    return words(task.subject_line, task.zone).strip()


def body(task: TaskState) -> str:
    """The body of *task*, in the zone of its owner."""
    texts = task.body.splitlines() if isinstance(task.body, str) else task.body
    return "\n".join(all_words(texts, task.zone)).strip()
