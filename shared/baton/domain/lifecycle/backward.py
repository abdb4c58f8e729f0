"""Backward changes: seen, not obeyed; what is done about each is the policy's word."""

from __future__ import annotations

from datetime import timedelta

from baton.domain import hubspot_names
from baton.domain.draft.draft import Draft
from baton.domain.lead import StageFact
from baton.domain.lifecycle.stage_history import PEOPLE, answer_to
from baton.domain.time import iso
from baton.domain.world.world import Contact

#: Putting right is counted over this long; see ``Lifecycle.restore_at_most``.
FIGHT = timedelta(days=30)


def answer_backward_moves(draft: Draft, contact: Contact) -> None:
    """Answer each backward change that is new: put it right, ask, or only report it. Those that
    the policy accepts have been made already, as named ways back."""
    current = draft.policy.stage_of_value.get(contact.properties.get(hubspot_names.STAGE, ""))
    for fact in draft.lead.standing.refused:
        if fact in draft.start.standing.refused:
            continue
        answer = answer_to(draft.policy, fact.source)
        who = fact.source or "an unnamed source"
        stage = draft.lead.standing.stage
        draft.say(f"backward: {stage} -> {fact.stage} by {who}, not obeyed ({answer})")
        draft.record("backward_refused", what=f"{fact.stage} by {who}")
        if answer == "restore" and current is not None and current.id == fact.stage:
            if may_put_right(draft, hubspot_names.STAGE, who):
                draft.write_stage = "back"
        elif answer == "ask":
            _ask(draft, fact)
        elif answer == "report":
            draft.notify(
                f"notice:backward:{iso(fact.at)}",
                draft.policy.notifications.ops_channel,
                "info",
                f"{draft.lead.name} was moved back in HubSpot",
                f"{_by(fact.source)} set {draft.policy.stage[fact.stage].label}; it is not obeyed.",
            )


def may_put_right(draft: Draft, name: str, who: str) -> bool:
    """Whether contact property *name*, changed by *who*, may be put right once more. If it was
    put right as often as the policy allows, Baton gives in, and RevOps is told who fights."""
    most = draft.policy.lifecycle.restore_at_most
    lately = tuple(at for at in draft.lead.restored.get(name, ()) if at > draft.now - FIGHT)
    if len(lately) < most:
        draft.change(restored=draft.lead.restored | {name: (*lately, draft.now)})
        draft.record("restored", what=f"{name} by {who}")
        return True
    draft.say(f"{name}: put right {len(lately)} times in {FIGHT.days} days; left to {who}")
    draft.notify(
        # One notice a fight: it is written anew each time they strike.
        f"notice:fight:{name}:{iso(lately[0]) if lately else 'never'}",
        draft.policy.notifications.ops_channel,
        "warning",
        f"{draft.lead.name}: {who} and Baton do not agree on {name}",
        f"Baton has put it right {len(lately)} times in {FIGHT.days} days and leaves it now."
        if lately
        else "The policy does not let Baton put it right.",
        f"Switch off what writes {name} there, or let the policy accept it.",
    )
    return False


def _ask(draft: Draft, fact: StageFact) -> None:
    policy = draft.policy
    stage = policy.stage.get(draft.lead.standing.stage)
    kept = stage.label if stage else draft.lead.standing.stage
    draft.notify(
        f"notice:backward:{iso(fact.at)}",
        policy.notifications.ops_channel,
        "warning",
        f"{draft.lead.name} was moved back in HubSpot",
        f"{_by(fact.source)} set {policy.stage[fact.stage].label}; Baton keeps {kept}.",
        "If the move was meant, the owner can reject the lead with a reason."
        if draft.lead.assignment
        else "If the move was meant, let the policy accept it as a named way back.",
        f"If not, set the stage back to {kept} in HubSpot.",
    )


def _by(source: str) -> str:
    """Who changed something in HubSpot, as a person would say it."""
    return "Somebody in HubSpot" if source.casefold() in PEOPLE else source or "An unnamed source"
