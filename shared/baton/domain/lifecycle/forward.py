"""Changes of the stage in HubSpot that are not simply followed: forward moves by a trigger that no
transition allows, answered here, and backward ones.
"""

from __future__ import annotations

from baton.domain import hubspot_names
from baton.domain.draft.draft import Draft
from baton.domain.lead import StageFact
from baton.domain.lifecycle.backward import (
    answer_backward_move,
    answer_clearing,
    may_restore,
    person_or_source,
    source_phrase,
)
from baton.domain.lifecycle.gates import Gate, Wait, gate_of
from baton.domain.lifecycle.questions import ask, drop_answered
from baton.domain.lifecycle.rests import answer_early, tell_of_early
from baton.domain.lifecycle.stage_history import is_early
from baton.domain.lifecycle.stage_reports import standing_clearing
from baton.domain.lifecycle.triggers import answer_for, verdict
from baton.domain.phrase import Phrase
from baton.domain.policy import Policy, Stage, Verdict
from baton.domain.time import iso
from baton.domain.world.events import Level
from baton.domain.world.world import Contact

#: Words of ``by``, as people read them; a change source is read as it is.
_TRIGGERS = {
    "automatic": Phrase("trigger.automatic"),
    "baton": Phrase("trigger.baton"),
    "rep": Phrase("trigger.rep"),
    "time": Phrase("trigger.time"),
}


def answer_stage_changes(draft: Draft, contact: Contact) -> None:
    """Answer each new change that was not followed, or only because the policy says so.

    A cleared stage is answered while HubSpot shows none. What was set after it is answered itself.
    """
    drop_answered(draft)
    before, now = draft.start.state, draft.lead.state
    if now.refused is before.refused and now.tolerated is before.tolerated:
        return
    shown = draft.policy.stage_of_value.get(contact.properties.get(hubspot_names.STAGE, ""))
    for fact in now.refused:
        if fact in before.refused:
            continue
        found = _verdict_now(draft, fact) if fact.stage else None
        if not fact.stage:
            if fact == standing_clearing(contact, draft.now):
                answer_clearing(draft, fact)
        elif found is not None and found.followed and is_early(fact, now.rests_until):
            answer_early(draft, fact)
        elif found is not None and found.answer != "back" and draft.policy.lifecycle.forward:
            _answer(draft, fact, found, shown.id if shown else "")
        else:
            answer_backward_move(draft, fact, shown.id if shown else "")
    for fact in now.tolerated:
        if fact in before.tolerated:
            continue
        if is_early(fact, before.rests_until):
            tell_of_early(draft, fact)
        else:
            _tell_of_followed(draft, fact)


def _verdict_now(draft: Draft, fact: StageFact) -> Verdict | None:
    """The verdict on the move from where the lead is to the stage of *fact*; None: that does not
    lead forward.
    """
    policy = draft.policy
    if fact.via:
        return None
    stage, target = policy.stage.get(draft.lead.state.stage), policy.stage[fact.stage]
    if stage is None or target.side or (not stage.side and target.rank <= stage.rank):
        return None
    return verdict(policy, stage, target, fact.source, fact.source_id)


def _answer(draft: Draft, fact: StageFact, found: Verdict, shown: str) -> None:
    answer = found.answer
    if found.followed:  # allowed from where the lead is by now, but not from where it was
        answer = answer_for(draft.policy, fact.source)
        answer = "ask" if answer == "follow" else answer
    kept, who = draft.lead.state.stage, fact.source
    draft.add_reason("forward", kept, fact.stage, source_phrase(who), answer)
    draft.because.append(_why(draft.policy, found, kept, fact.stage))
    if answer == "restore":
        if shown == fact.stage and may_restore(draft, hubspot_names.STAGE, who):
            draft.write_stage = "back"
    elif answer == "hold":
        ask(draft, "hold", fact)
    elif answer == "ask":
        ask(draft, "forward", fact)
        label = draft.policy.stage[kept].label
        more = (Phrase("forward.if_meant"), Phrase("backward.if_not", (label,)))
        _tell(draft, fact, found, kept, "warning", *more)
    else:
        _tell(draft, fact, found, kept, "info")


def _tell(
    draft: Draft, fact: StageFact, found: Verdict, kept: str, level: Level, *more: Phrase
) -> None:
    policy = draft.policy
    labels = (policy.stage[fact.stage].label, policy.stage[kept].label)
    draft.notify(
        f"notice:forward:{iso(fact.at)}",
        policy.notifications.ops_channel,
        level,
        Phrase("forward.title", (draft.lead.name, labels[0])),
        Phrase("backward.kept", (person_or_source(fact.source), *labels)),
        Phrase("sentence", (_why(policy, found, kept, fact.stage),)),
        *more,
    )


def _tell_of_followed(draft: Draft, fact: StageFact) -> None:
    policy = draft.policy
    label = policy.stage[fact.stage].label
    draft.add_reason("forward.followed", fact.stage, source_phrase(fact.source))
    draft.notify(
        f"notice:forward:{iso(fact.at)}",
        policy.notifications.ops_channel,
        "info",
        Phrase("forward.followed_title", (draft.lead.name, label)),
        Phrase("forward.followed_by", (person_or_source(fact.source), label)),
    )


def _why(policy: Policy, found: Verdict, kept: str, to: str) -> Phrase:
    """Why the move is not simply followed."""
    move = policy.transition.get(found.transition)
    if move is not None:
        return Phrase("forward.not_by", (move.id, Phrase("or", tuple(map(_trigger, move.by)))))
    return Phrase("forward.no_transition", (policy.stage[kept].label, policy.stage[to].label))


def _trigger(one: str) -> Phrase | str:
    return _TRIGGERS.get(one, one)


def held_for_trigger(draft: Draft) -> Wait | None:
    """The gate before the stage to which HubSpot has moved the lead by a trigger that may not; it
    opens when somebody makes the move who may. None: there is none.

    Raises:
        NeedsData: The background, where missing fields are looked up, was not read.
    """
    if draft.lead.state.stage not in draft.policy.stage:
        return None
    for one in reversed(draft.lead.questions):
        target = draft.policy.stage.get(one.to)
        if one.kind == "hold" and target is not None:
            gate = gate_of(draft, target)
            fact = StageFact(one.at, one.to, "", one.source, one.source_id)
            return Wait(target, "", Gate(gate.missing, (_unmet(draft, fact, target), *gate.unmet)))
    return None


def _unmet(draft: Draft, fact: StageFact, target: Stage) -> Phrase:
    found, kept = _verdict_now(draft, fact), draft.lead.state.stage
    why = _why(draft.policy, found or Verdict("hold"), kept, target.id)
    return Phrase("forward.held", (person_or_source(fact.source), why))
