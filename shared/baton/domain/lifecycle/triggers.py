"""Triggers: who or what may make a transition, and what becomes of a forward move that none allows.

A change of the stage in HubSpot is a trigger by its change source. It is followed if a transition
leads there that this trigger may make. A change that skips stages is followed if a row of such
transitions leads there: an import may not skip an acceptance that only a rep can give.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from baton.domain.policy import ForwardAnswer, Policy, Stage, Transition, Verdict

#: Change sources that are a person at work in HubSpot; every other source is an automation.
PEOPLE = frozenset({"crm_ui", "crm_ui_bulk_action", "mobile_ios", "mobile_android"})
#: Source of Baton's own moves.
BATON = "baton"
#: Source of moves that follow a deal: the deal stages of a stage (``deal_stages``) name them.
DEAL = "deal"
#: Verdicts that are remembered; sources are an open list.
VERDICTS_KEPT = 2_000

_ALLOWED = Verdict("allowed")
_BACK = Verdict("back")


def allows(move: Transition, source: str, source_id: str = "") -> bool:
    """Whether *source* may make *move*."""
    who = source.casefold()
    person = who in PEOPLE
    for one in move.by:
        if one == "automatic":
            if not person:
                return True
        elif one == "rep":
            if person:
                return True
        elif one == "baton":
            if who == BATON:
                return True
        elif one != "time" and _is(one, who, source_id):
            return True
    return False


def _is(named: str, who: str, source_id: str) -> bool:
    """Whether the change source that a policy names (``IMPORT``, ``INTEGRATION:1234``) is *who*."""
    source, _, wanted = named.casefold().partition(":")
    return source == who and (not wanted or wanted in ids_of(source_id))


def ids_of(source_id: str) -> frozenset[str]:
    """The ids in what HubSpot gives as a source's id: ``1234``, ``import:58113``,
    ``enrollmentId:40;actionExecutionIndex:0``.
    """
    parts = (part.strip() for part in source_id.casefold().split(";"))
    return frozenset(one for part in parts for one in (part, part.rpartition(":")[2]) if one)


def verdict(
    policy: Policy, stage: Stage, target: Stage, source: str, source_id: str = ""
) -> Verdict:
    """
    Whether *source* may move a lead in *stage* forward to *target*, and the answer if not.

    Args:
        stage: A working stage before *target*, or a side stage.

        target: A working stage.
    """
    ids = ids_of(source_id) & policy.named_ids if policy.named_ids and source_id else frozenset()
    key = (stage.id, target.id, source.casefold(), min(ids, default=""))
    known = policy.verdicts
    found = known.get(key)
    if found is None:
        if len(known) >= VERDICTS_KEPT:
            known.clear()
        found = known[key] = _judge(policy, stage, target, source, source_id)
    return found


def _judge(policy: Policy, stage: Stage, target: Stage, source: str, source_id: str) -> Verdict:
    who, moves = source.casefold(), policy.forward_moves
    may = [move for move in moves if allows(move, source, source_id)]
    asked = bool(policy.lifecycle.forward) and who not in (BATON, DEAL)
    if not stage.side:
        if not asked or _way(policy, may, stage, target):
            return _ALLOWED
    else:
        ways_out = [move for move in may if stage.id in move.source]
        if any(policy.stage[move.to].rank <= target.rank for move in ways_out) and (
            not asked or _way(policy, may, stage, target)
        ):
            return _ALLOWED
        if not asked:
            return _BACK
    way = _way(policy, moves, stage, target)
    fault = next((move for move in way if move not in may), None)
    if stage.side and (fault is None or (stage.id in fault.source and not fault.otherwise)):
        return _BACK
    if fault is None:
        return Verdict(answer_for(policy, source))
    return Verdict(fault.otherwise or answer_for(policy, source), fault.id)


def _way(
    policy: Policy, moves: Iterable[Transition], stage: Stage, target: Stage
) -> tuple[Transition, ...]:
    """The shortest row of *moves* from *stage* to *target*, ever further; empty: there is none."""
    ways: deque[tuple[str, tuple[Transition, ...]]] = deque([(stage.id, ())])
    seen, moves = {stage.id}, tuple(moves)
    while ways:
        at, way = ways.popleft()
        here = policy.stage[at]
        for move in moves:
            there = policy.stage[move.to]
            further = here.side or there.rank > here.rank
            if at not in move.source or not further or there.id in seen:
                continue
            if there.rank > target.rank:
                continue
            if there.id == target.id:
                return (*way, move)
            seen.add(there.id)
            ways.append((there.id, (*way, move)))
    return ()


def answer_for(policy: Policy, source: str) -> ForwardAnswer:
    """The policy's answer to a forward move by *source* that no transition allows."""
    answers = policy.lifecycle.forward
    return answers.get(source.casefold(), answers.get("*", "ask"))
