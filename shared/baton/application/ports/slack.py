"""Slack: the messages shown there, and the boards that gather notices."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from msgspec import Struct

from baton.domain.world.effects import CardState, DigestState, NoticeState, ReplyState

if TYPE_CHECKING:
    # Most importers render nothing, and must not load the rendering code.
    from baton.domain.escalation.batching import Board


#: Slack states that stay as a message, unlike a reply, which is shown once.
Message: TypeAlias = "CardState | NoticeState | Board | DigestState"


class Channel(Struct, frozen=True):
    """A channel of the workspace, as the app sees it."""

    id: str
    #: Without a #.
    name: str
    private: bool = False
    #: The app is in it: else Slack takes no message for it.
    member: bool = False
    archived: bool = False
    #: What it was called before.
    earlier: tuple[str, ...] = ()


class ChannelList(Struct, frozen=True):
    """The channels that the app sees. ``private``: also those private ones that it is in; else it
    lacks the scope to see them."""

    channels: tuple[Channel, ...]
    private: bool = True


#: Why a user gets no messages, or must not get a lead: deactivated, a bot, a guest of the
#: workspace, somebody of another one, or nobody that Slack knows or shows us; empty: none of these.
MemberFault = Literal["", "deactivated", "bot", "guest", "elsewhere", "unknown"]


class Members(Protocol):
    """The users of the Slack workspace."""

    def fault(self, user: str) -> MemberFault:
        """What is wrong with the *user* (a Slack id) as a member.

        Raises:
            Retryable: Slack does not answer, or asks to wait.
            Rejected: Slack refuses the question.
        """
        ...


class Messenger(Protocol):
    """What deliver_slack shows. An outside id is ``<channel>:<ts>``.

    All raise Retryable (not now, or outcome unknown) and Rejected (it will never be accepted).
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
        """Answer the person who clicked; it disappears on reload, so a repeat does no harm."""
        ...


class Noticeboards(Protocol):
    """The boards that collect the notices of one minute for one recipient, and those over the
    hourly limit.

    All raise Retryable if the store does not answer; then it is unknown whether the notice joined.
    """

    def join(self, notice: NoticeState, now: datetime) -> Board:
        """The recipient's board, with *notice* on it; a new one unless there is one younger than a
        minute, with room, and opened by a notice at least as severe. A new board beyond the
        notice's ``an_hour`` is a summary: for an hour it takes every notice, and only counts those
        it has no room for. Joining is idempotent as long as no newer board was opened in between:
        after an unsure attempt, call ``find_board`` first.
        """
        ...

    def find_board(self, notice: NoticeState, since: datetime) -> Board | None:
        """The current state of the board that *notice* joined at *since* or later."""
        ...
