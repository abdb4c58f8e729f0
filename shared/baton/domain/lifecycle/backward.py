"""Backward changes: recorded, not followed; the policy decides how each is answered."""

from __future__ import annotations

from datetime import timedelta

from baton.domain import hubspot_names
from baton.domain.draft.draft import Draft
from baton.domain.lead import StageFact
from baton.domain.lifecycle.questions import ask
from baton.domain.lifecycle.stage_history import answer_to
from baton.domain.lifecycle.triggers import PEOPLE
from baton.domain.phrase import Phrase, phrase, seconds
from baton.domain.time import iso

#: Period over which restores are counted; see ``Lifecycle.restore_at_most``.
FIGHT = timedelta(days=30)


def answer_backward_move(draft: Draft, fact: StageFact, shown: str) -> None:
    """Answer a new backward change: restore the stage, ask, or only report it. One that the policy
    accepts is already part of the state, as a named transition. *shown*: the stage in HubSpot.
    """
    answer = answer_to(draft.policy, fact.source)
    who = fact.source
    stage = draft.lead.state.stage
    draft.add_reason("backward", stage, fact.stage, source_phrase(who), answer)
    draft.record("backward_refused", what=changed_by(fact.stage, who))
    if answer == "restore" and shown == fact.stage:
        if may_restore(draft, hubspot_names.STAGE, who):
            draft.write_stage = "back"
    elif answer == "ask":
        _ask_revops(draft, fact)
    elif answer == "report":
        draft.notify(
            f"notice:backward:{iso(fact.at)}",
            draft.policy.notifications.ops_channel,
            "info",
            Phrase("backward.title", (draft.lead.name,)),
            Phrase(
                "backward.reported", (person_or_source(who), draft.policy.stage[fact.stage].label)
            ),
        )


def answer_clearing(draft: Draft, fact: StageFact) -> None:
    """Somebody cleared the stage: set it again, ask, or report it. No transition leads to no stage,
    so one that the policy accepts stays as it is in HubSpot, and Baton keeps its own.
    """
    answer, who = answer_to(draft.policy, fact.source), fact.source
    kept = draft.policy.stage[draft.lead.state.stage]
    draft.add_reason("backward.cleared", kept.id, source_phrase(who), answer)
    draft.record("backward_refused", what=changed_by("cleared", who))
    if answer == "restore":
        if may_restore(draft, hubspot_names.STAGE, who):
            draft.write_stage = "forward"  # from no stage every move is forward
    elif answer in ("ask", "report"):
        asked = answer == "ask"
        if asked:
            ask(draft, "backward", fact)
        meant = "backward.if_meant_reject" if draft.lead.assignment else "backward.if_meant_close"
        more = (Phrase(meant), Phrase("backward.if_not", (kept.label,)))
        draft.notify(
            f"notice:backward:{iso(fact.at)}",
            draft.policy.notifications.ops_channel,
            "warning" if asked else "info",
            Phrase("backward.cleared_title", (draft.lead.name,)),
            Phrase("backward.cleared_kept", (person_or_source(who), kept.label)),
            *(more if asked else ()),
        )


def may_restore(draft: Draft, name: str, who: str) -> bool:
    """Whether contact property *name*, changed by *who*, may be restored once more. After as many
    restores as the policy allows, Baton gives in and tells RevOps who keeps changing it.
    """
    most = draft.policy.lifecycle.restore_at_most
    lately = tuple(at for at in draft.lead.restored.get(name, ()) if at > draft.now - FIGHT)
    if len(lately) < most:
        draft.change(restored=draft.lead.restored | {name: (*lately, draft.now)})
        draft.record("restored", what=changed_by(name, who))
        return True
    draft.add_reason("fight", name, len(lately), seconds(FIGHT), source_phrase(who))
    draft.notify(
        # One notice per fight, updated each time the other side changes the value.
        f"notice:fight:{name}:{iso(lately[0]) if lately else 'never'}",
        draft.policy.notifications.ops_channel,
        "warning",
        Phrase("fight.title", (draft.lead.name, source_phrase(who), name)),
        phrase("fight.given_up", len(lately), FIGHT) if lately else Phrase("fight.not_allowed"),
        Phrase("fight.mend", (name,)),
    )
    return False


def _ask_revops(draft: Draft, fact: StageFact) -> None:
    ask(draft, "backward", fact)
    policy = draft.policy
    stage = policy.stage.get(draft.lead.state.stage)
    kept = stage.label if stage else draft.lead.state.stage
    draft.notify(
        f"notice:backward:{iso(fact.at)}",
        policy.notifications.ops_channel,
        "warning",
        Phrase("backward.title", (draft.lead.name,)),
        Phrase(
            "backward.kept", (person_or_source(fact.source), policy.stage[fact.stage].label, kept)
        ),
        Phrase("backward.if_meant_reject" if draft.lead.assignment else "backward.if_meant_policy"),
        Phrase("backward.if_not", (kept,)),
    )


def person_or_source(who: str) -> Phrase:
    """What a change in HubSpot is ascribed to: a person (unnamed), or a source by its name."""
    return Phrase("by.person") if who.casefold() in PEOPLE else source_phrase(who)


def source_phrase(name: str) -> Phrase:
    """A change source in HubSpot by its name; empty: HubSpot named none."""
    return Phrase("by.source", (name,)) if name else Phrase("by.unnamed")


def changed_by(what: str, who: str) -> str:
    """What was changed, and by which source, as outcomes have it: ``hs_lead_status:IMPORT``. Behind
    the colon is nothing if HubSpot named none.
    """
    return f"{what}:{who}"
