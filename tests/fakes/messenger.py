"""A Slack in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from baton.application.ports.slack import Message
from baton.domain.escalation.batching import Board, mark_of
from baton.domain.world.effects import NoticeState, ReplyState
from baton.failures import Gone, Rejected


@dataclass
class FakeMessenger:
    """Messages by ``<channel>:<ts>``, each as the state it shows.

    ``calls``, ``before`` and ``after`` as in FakeCrm.
    """

    messages: dict[str, Message] = field(default_factory=dict)
    replies: list[ReplyState] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    before: Callable[[str], None] = lambda name: None
    after: Callable[[str], None] = lambda name: None
    now: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    #: Users and channels that Slack does not know.
    nobody: frozenset[str] = frozenset()
    _posted: int = 0

    def showing(self, slot: str) -> list[Message]:
        """The states of the messages for *slot*; exactly one if all is well."""
        return [message for message in self.messages.values() if message.slot == slot]

    def states(self) -> list[Message]:
        """The states shown, message by message; for a board each notice."""
        return [state for message in self.messages.values() for state in _states(message)]

    def find(self, effect: Message, since: datetime) -> str | None:
        self._enter("find")
        found = [
            outside_id
            for outside_id, message in self.messages.items()
            if (message.subject, message.slot) == (effect.subject, effect.slot)
            or (
                isinstance(message, Board)
                and isinstance(effect, NoticeState)
                and mark_of(effect) in message.marks
            )
        ]
        self.after("find")
        return found[0] if found else None

    def post(self, effect: Message) -> str:
        self._enter("post")
        if effect.to in self.nobody:
            raise Rejected("Slack: user_disabled: the person is deactivated", code="user_disabled")
        self._posted += 1
        channel = f"D{effect.to[1:]}" if effect.to.startswith("U") else effect.to
        outside_id = f"{channel}:{self.now.timestamp():.0f}.{self._posted:06d}"
        self.messages[outside_id] = effect
        self.after("post")
        return outside_id

    def update(self, outside_id: str, effect: Message) -> None:
        self._enter("update")
        if outside_id not in self.messages:
            raise Gone(outside_id)
        self.messages[outside_id] = effect
        self.after("update")

    def reply(self, effect: ReplyState) -> None:
        self._enter("reply")
        self.replies.append(effect)
        self.after("reply")

    def _enter(self, name: str) -> None:
        self.calls.append(name)
        self.before(name)


def _states(message: Message) -> list[Message]:
    return list(message.notices()) if isinstance(message, Board) else [message]
