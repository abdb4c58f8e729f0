"""What people read of what was decided: phrases put into words, for assertions on the wording."""

from __future__ import annotations

from collections.abc import Iterable

from baton.domain.draft.decision import Decision
from baton.domain.phrase import Text
from baton.domain.world.effects import NoticeState, ReplyState, TaskState
from baton.presentation.wording import plain


def words(text: Text | None, zone: str = "UTC") -> str:
    """*text* as it is read in *zone*; nothing where nothing is said."""
    return "" if text is None else plain(text, zone)


def all_words(texts: Iterable[Text], zone: str = "UTC") -> tuple[str, ...]:
    return tuple(words(text, zone) for text in texts)


def reasons(decision: Decision, zone: str = "UTC") -> tuple[str, ...]:
    """Why *decision* came out as it did."""
    return all_words(decision.because, zone)


def title(notice: NoticeState) -> str:
    """The title of *notice*, as its reader has it."""
    return words(notice.title, notice.zone)


def lines(notice: NoticeState) -> tuple[str, ...]:
    """The lines of *notice*, as its reader has them."""
    return all_words(notice.lines, notice.zone)


def answer(reply: ReplyState) -> str:
    """What is said to whoever clicked."""
    return "\n".join(all_words(reply.lines, reply.zone))


def subject(task: TaskState) -> str:
    """The subject of *task*, as its owner has it."""
    return words(task.subject_line, task.zone).strip()


def body(task: TaskState) -> str:
    """The body of *task*, as its owner has it."""
    texts = task.body.splitlines() if isinstance(task.body, str) else task.body
    return "\n".join(all_words(texts, task.zone)).strip()
