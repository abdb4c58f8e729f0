"""Loops: automatic moves that undo each other end, and the lead is parked where a person sees it.

The linter proves that no circle of automatic moves can hold at once; this is for what it cannot
see, such as a score that counts less in a side stage.
"""

from __future__ import annotations

from baton.domain.draft.draft import Draft
from baton.domain.lead import Question
from baton.domain.lifecycle.questions import is_loop
from baton.domain.lifecycle.triggers import BATON
from baton.domain.phrase import Phrase
from baton.domain.policy import Stage
from baton.domain.time import iso


def is_parked(draft: Draft) -> bool:
    """Whether Baton makes no move of its own for the lead, because they lead in a circle."""
    return any(is_loop(draft, one) for one in draft.lead.questions)


def park(draft: Draft, to: Stage, made: int) -> None:
    """Park the lead where it is, before one more move of its own to *to*, and tell RevOps once."""
    kept = draft.policy.stage[draft.lead.state.stage]
    asked = Question(
        kind="loop",
        kept=kept.id,
        to=to.id,
        source=BATON,
        at=draft.event.at,
        source_id=draft.policy.version,
    )
    draft.change(questions=(*draft.lead.questions, asked))
    draft.add_reason("loop", kept.id, to.id, made)
    draft.notify(
        f"notice:loop:{iso(draft.event.at)}",
        draft.policy.notifications.ops_channel,
        "warning",
        Phrase("loop.title", (draft.lead.name,)),
        Phrase("loop.parked", (made, kept.label, to.label)),
        Phrase("loop.fix"),
    )
