"""What a person must answer about a lead: changes of its stage in HubSpot that Baton did not
follow, kept until HubSpot and Baton agree again.
"""

from __future__ import annotations

from typing import Literal

from baton.domain import hubspot_names
from baton.domain.draft.draft import Draft
from baton.domain.lead import Question, StageFact
from baton.domain.world.world import Contact

#: Questions kept per lead; HubSpot shows only the latest change.
KEPT = 8


def ask(
    draft: Draft, kind: Literal["forward", "backward", "hold", "rest"], fact: StageFact
) -> None:
    """Keep the change *fact* as a question."""
    asked = Question(
        kind=kind,
        kept=draft.lead.state.stage,
        to=fact.stage,
        source=fact.source,
        at=fact.at,
        source_id=fact.source_id,
    )
    draft.change(questions=(*draft.lead.questions, asked)[-KEPT:])


def drop_answered(draft: Draft) -> None:
    """Drop the questions that have answered themselves: the lead is in the stage asked about, or
    HubSpot shows another change since.
    """
    if not draft.lead.questions:
        return
    left = tuple(one for one in draft.lead.questions if not _is_answered(draft, one))
    if left != draft.lead.questions:
        draft.change(questions=left)
        draft.add_reason("question.answered", draft.lead.state.stage)


def _is_answered(draft: Draft, one: Question) -> bool:
    if one.kind == "loop":
        return not is_loop(draft, one)
    stage, asked = (draft.policy.stage.get(id_) for id_ in (draft.lead.state.stage, one.to))
    if stage is not None and asked is not None:
        past = one.kind != "backward" and not stage.side and asked.rank <= stage.rank
        if past or stage is asked:
            return True
    contact = draft.world.contact
    if contact is None or _stage_shown(draft, contact) == one.to:
        return False
    # HubSpot's values can be behind its webhooks: only a later change answers.
    last = contact.stages[-1] if contact.stages else None
    return last is None or last.at > one.at


def is_loop(draft: Draft, one: Question) -> bool:
    """Whether *one* says that the lead is parked where it is now, under this version of the policy:
    a new one may end the loop, and so does whoever moves the lead.
    """
    here = draft.lead.state.stage == one.kept
    return one.kind == "loop" and here and one.source_id == draft.policy.version


def _stage_shown(draft: Draft, contact: Contact) -> str:
    value = contact.properties.get(hubspot_names.STAGE, "")
    stage = draft.policy.stage_of_value.get(value)
    return stage.id if stage is not None else value
