"""Who owns a lead and why, and why a given rep does not."""

from __future__ import annotations

from baton.adapters.dynamodb.policies import PolicyStore
from baton.application.audit.why_not import Decided, why_not
from baton.application.ports.leads import Record
from baton.cli import CommandError
from baton.domain.draft.decision import Outcome
from baton.domain.handoff.assign import handoff_named
from baton.domain.lead import Lead, Waiting
from baton.domain.policy import Policy
from baton.domain.scoring.facts import describe
from baton.presentation.wording import plain
from baton.presentation.words import counted, listed, spelled, utc

#: Outcomes of a decision that looked for an owner.
_FOUND = frozenset(("assigned", "waiting"))


def owner(lead: Lead, policy: Policy, history: list[Record]) -> list[str]:
    """The lead's owner and every step of the decision, from its record."""
    lines = []
    if (
        lead.assignment is None
        and lead.past
        and lead.past[-1].ended == "closed"
        and not lead.reason
    ):
        lines.append("Owner: as in HubSpot; the handoff ended when the lead moved on.")
    elif lead.waiting is not None:
        lines.append(_waits(lead.waiting, policy))
    elif lead.assignment is None:
        lines.append("Owner: nobody; the lead is not with sales.")
    else:
        person = policy.person.get(lead.assignment.person)
        name = person.name if person else lead.assignment.person
        lines.append(
            f"Owner: {name} since {utc(lead.assignment.at)}. {plain(lead.assignment.why)}."
        )
        if lead.assignment.returns_by is not None:
            by = utc(lead.assignment.returns_by)
            lines.append(
                f"  Its snooze is over, but {name} has no room for it: it stays snoozed until "
                f"there is room, or goes to the next rep {by}."
            )
    assigned = [r for r in history if any(o.kind in _FOUND for o in r.outcomes)]
    if assigned:
        lines.append(f"Why, by policy {assigned[-1].policy}:")
        zone = policy.zone_of(policy.person.get(assigned[-1].outcomes[-1].person))
        lines += [f"  {plain(why, zone, seconds=True)}" for why in assigned[-1].because]
    unlisted = lead.assigned - len(lead.past) - (lead.assignment is not None)
    if unlisted > 0:
        lines.append(f"Before: {counted(unlisted, 'owner')} not listed any more.")
    for held_by in lead.past:
        past = policy.person.get(held_by.person)
        name = past.name if past else held_by.person
        lines.append(f"Before: {name} until {utc(held_by.until)}, {spelled(held_by.ended)}.")
    return lines


def _waits(waiting: Waiting, policy: Policy) -> str:
    pool = policy.pool.get(waiting.pool)
    return (
        f"Owner: nobody yet; it waits in the queue of {pool.label if pool else waiting.pool} since"
        f" {utc(waiting.since)}, until {utc(waiting.clock.due_at)} at the latest."
    )


def why_not_rep(
    lead: Lead, policy: Policy, policies: PolicyStore, history: list[Record], rep: str
) -> list[str]:
    """Why the lead did not go to *rep* when it was last decided, and what would have changed it.

    Raises CommandError.
    """
    record = next((r for r in reversed(history) if _decided_owner(r)), None)
    if record is None:
        raise CommandError(f"lead {lead.id} was never routed, so nobody was considered")
    if record.policy != policy.version:
        policy = policies.get(int(record.policy))
    person = policy.person.get(rep)
    if person is None:
        known = listed(sorted(policy.person))
        raise CommandError(f"{rep} was not in the roster of policy {record.policy}: {known}")
    assigned = next((o for o in reversed(record.outcomes) if o.kind == "assigned"), None)
    held_by = lead.assignment or lead.waiting
    stage = (
        held_by.handoff
        if held_by and (lead.waiting or _number(lead) == _assignment_number(assigned))
        else ""
    )
    facts, _ = describe(policy, lead, record.at)
    decided = Decided(
        policy=policy,
        handoff=handoff_named(policy, stage),
        facts=facts,
        considered=record.considered,
        got=assigned.person if assigned else "",
        rule=assigned.what if assigned else "",
        at=record.at,
    )
    answer = why_not(decided, person)
    lines = [f"{utc(record.at)}, policy {record.policy}: {answer.why}"]
    if answer.change:
        lines.append(f"What would have given it to them: {answer.change}")
    return lines


def _decided_owner(record: Record) -> bool:
    return any(outcome.kind in _FOUND for outcome in record.outcomes)


def _number(lead: Lead) -> int:
    return lead.assignment.number if lead.assignment else 0


def _assignment_number(outcome: Outcome | None) -> int:
    return outcome.assignment if outcome else 0
