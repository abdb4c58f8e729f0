"""A lead in a stage that the policy does not know: a question to RevOps.

HubSpot has stages of its own that a policy may leave out (``evangelist``, ``other``), and an
account adds others (source: HubSpot's knowledge base, "Create and customize lifecycle stages"). The
lead keeps the stage and the clocks that it has; once the policy knows the value, its fact counts.
"""

from __future__ import annotations

from hashlib import sha256

from baton.domain.draft.draft import Draft
from baton.domain.lead import StageFact
from baton.domain.phrase import Phrase
from baton.domain.world.effects import NoticeState

#: Longest value that is kept, as the bus allows.
LONGEST = 255


def ask_about_unknown_stage(draft: Draft) -> None:
    """Note a new fact of an unknown stage in the lead's history, and ask RevOps about the value.

    They are asked once a month for each value, not for each lead: all leads share the notice's
    slot, so the first one's is shown and the others are repeats.
    """
    known = draft.policy.stage_of_value
    for fact in draft.lead.facts:
        if not fact.stage or fact.via or fact.stage in known or fact in draft.start.facts:
            continue
        draft.add_reason("stage.unknown", fact.stage)
        to = draft.policy.notifications.ops_channel
        if not to:
            draft.add_reason("notice.nobody", fact.stage)
            continue
        draft.show(_question(draft, fact, to))


def _question(draft: Draft, fact: StageFact, to: str) -> NoticeState:
    # Somebody else's text has no place in a key, or in a log.
    name = sha256(fact.stage.encode()).hexdigest()[:16]
    return NoticeState(
        subject=f"STAGE#{name}",
        slot=f"notice:stage:{draft.now:%Y-%m}",
        version=1,
        to=to,
        level="warning",
        title=Phrase("stage.unknown.title", (fact.stage,)),
        lines=(
            Phrase("stage.unknown.kept"),
            Phrase("stage.unknown.where"),
            Phrase("stage.unknown.fix", (fact.stage,)),
        ),
        at=draft.now,
        zone=draft.policy.zone_of(None),
    )
