"""Rests: a lead in its cool-off, or whose rounds are used up, is moved on in HubSpot."""

from __future__ import annotations

from datetime import timedelta

from baton.domain.draft.draft import Draft
from baton.domain.lead import NO_WAY_BACK, StageFact
from baton.domain.lifecycle.backward import person_or_source, source_phrase
from baton.domain.lifecycle.questions import ask
from baton.domain.lifecycle.transitions import refold
from baton.domain.lifecycle.triggers import BATON, PEOPLE
from baton.domain.phrase import Phrase, phrase
from baton.domain.time import iso
from baton.domain.world.events import Level


def answer_early(draft: Draft, fact: StageFact) -> None:
    """The policy holds the lead until the end of its rest, or asks RevOps. RevOps is asked in any
    case about a person's move, and where the rounds are used up: such a rest has no end.
    """
    policy, state = draft.policy, draft.lead.state
    until = state.rests_until or NO_WAY_BACK
    person = fact.source.casefold() in PEOPLE
    waits = policy.early == "hold" and until != NO_WAY_BACK and not person
    kept, to = policy.stage[state.stage].label, policy.stage[fact.stage].label
    who = person_or_source(fact.source)
    draft.add_reason("rest", to, source_phrase(fact.source), kept, policy.early)
    ask(draft, "rest" if waits else "forward", fact)
    if until == NO_WAY_BACK:
        why = Phrase("rest.used_up", (who, to, kept))
    else:
        why = phrase("rest.kept", who, to, kept, until)
    next_ = Phrase("rest.goes_on", (to,)) if waits else Phrase("rest.if_meant")
    _tell(draft, fact, "info" if waits else "warning", why, next_)


def tell_of_early(draft: Draft, fact: StageFact) -> None:
    """The policy follows the move; RevOps is told."""
    policy = draft.policy
    to = policy.stage[fact.stage].label
    kept = policy.stage.get(draft.start.state.stage)
    label = kept.label if kept else draft.start.state.stage
    draft.add_reason("rest", to, source_phrase(fact.source), label, policy.early)
    _tell(draft, fact, "info", Phrase("rest.followed", (person_or_source(fact.source), to)))


def _tell(draft: Draft, fact: StageFact, level: Level, *lines: Phrase) -> None:
    draft.notify(
        f"notice:rest:{iso(fact.at)}",
        draft.policy.notifications.ops_channel,
        level,
        Phrase("rest.title", (draft.lead.name, draft.policy.stage[fact.stage].label)),
        *lines,
    )


def end_rest(draft: Draft) -> None:
    """Let a lead that waited for the end of its rest go on to the stage that HubSpot shows."""
    state = draft.lead.state
    waits = next((one for one in draft.lead.questions if one.kind == "rest"), None)
    if waits is None or waits.to not in draft.policy.stage:
        return
    if state.rests_until is None or draft.now < state.rests_until:
        return
    draft.add_reason("rest.over", waits.to, source_phrase(waits.source))
    latest = max((fact.at for fact in draft.lead.facts), default=draft.now)
    at = max(draft.now, latest + timedelta(microseconds=1))
    refold(draft, StageFact(at, waits.to, source=BATON))
