"""What Slack shows for each state: blocks and texts, pure."""

from __future__ import annotations

from baton.domain.escalation.batching import Board
from baton.domain.world.effects import CardState, DigestState, NoticeState, ReplyState
from baton.presentation.slack.blocks import Rendered
from baton.presentation.slack.board import render_board
from baton.presentation.slack.card import render_card
from baton.presentation.slack.digest import render_digest
from baton.presentation.slack.notice import render_notice, render_reply

__all__ = ["Rendered", "render"]


def render(state: CardState | NoticeState | Board | DigestState | ReplyState) -> Rendered:
    """The message that shows *state*. Total: any text gives a message that Slack accepts."""
    match state:
        case CardState():
            return render_card(state)
        case NoticeState():
            return render_notice(state)
        case Board():
            return render_board(state)
        case DigestState():
            return render_digest(state)
        case ReplyState():
            return render_reply(state)
