"""Slack: the messages shown there, and the boards that gather notices."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeAlias

from baton.domain.world.effects import CardState, DigestState, NoticeState, ReplyState

if TYPE_CHECKING:
    # Most who import this render nothing, and need not load what does.
    from baton.domain.escalation.batching import Board


#: Slack states that stay as a message, as against a reply that is shown once.
Message: TypeAlias = "CardState | NoticeState | Board | DigestState"


class Messenger(Protocol):
    """What deliver_slack shows. An outside id is ``<channel>:<ts>``.

    All raise Retryable (now not, or not known) and Rejected (never as it is).
    """

    def find(self, effect: Message, since: datetime) -> str | None:
        """The message an earlier attempt posted, recognised by its metadata; nothing older than
        *since* (less a margin for clocks that differ) is looked at.

        For a notice this may be a message that it shares with others: a board.
        """
        ...

    def post(self, effect: Message) -> str: ...

    def update(self, outside_id: str, effect: Message) -> None:
        """Raises Gone if the message was deleted."""
        ...

    def reply(self, effect: ReplyState) -> None:
        """Answer the one who clicked; gone when they reload, so a repeat does no harm."""
        ...


class Noticeboards(Protocol):
    """Where the notices of one minute for one recipient gather, and those that are too many.

    All raise Retryable if the store does not answer; then it is not known whether they joined.
    """

    def join(self, notice: NoticeState, now: datetime) -> Board:
        """The recipient's board, with *notice* on it; a new one if there is none younger than a
        minute with room that something as grave has opened. A new one beyond the notice's
        ``an_hour`` is a summary: for an hour it takes everything, and counts what it has no room
        for. Joining twice is joining once, as long as no newer board was opened in
        between: who is not sure asks ``holding`` first."""
        ...

    def holding(self, notice: NoticeState, since: datetime) -> Board | None:
        """The board that *notice* has joined since *since*, as it is now."""
        ...
