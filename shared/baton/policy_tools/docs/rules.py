"""Who gets a lead, as the documents say it: owners first, then rules and their pools."""

from __future__ import annotations

from baton.policy_tools import saying
from baton.policy_tools.docs.markdown import code, table, text
from baton.policy_tools.docs.source import Source, said
from baton.policy_tools.models.routing import Fallback, Rule
from baton.policy_tools.models.types import LocalMoment

_OWNER_OF = {
    "open_deal": "the contact's open deal",
    "contact": "the contact",
    "company": "its company",
    "parent_company": "the parent company",
    "domain": "the company with the domain of its e-mail address",
}


def owners_first(ownership: tuple[str, ...]) -> tuple[str, ...]:
    """The first thing that is tried; nothing where only rules decide."""
    if not ownership:
        return ()
    owners = ", then of ".join(_OWNER_OF[one] for one in ownership)
    return (
        f"The owner in HubSpot of {owners}, if they are in the roster and can take it, or their"
        " backup while they are away.",
    )


def rule_table(source: Source, rules: tuple[Rule, ...]) -> str:
    people = {person.id: person for person in source.files.roster.people}
    pools = {pool.id: pool for pool in source.files.routing.pools}

    def step_of(step: Fallback) -> str:
        if step.wait is not None:
            return f"wait {saying.span(step.wait)}"
        return text(pools[step.pool].label if step.pool else people[step.person or ""].name)

    return table(
        ("Rule", "Id", "If", "Pool", "Members", "Then"),
        (
            (
                text(rule.label or rule.id),
                code(rule.id),
                (said(rule.when) if rule.when else "no other rule holds") + _active(rule),
                text(pools[rule.pool].label),
                ", ".join(
                    text(people[m.rep].name) + (f" (×{m.weight})" if m.weight > 1 else "")
                    for m in pools[rule.pool].members
                ),
                ", ".join(map(step_of, pools[rule.pool].fallback)),
            )
            for rule in rules
        ),
    )


def _active(rule: Rule) -> str:
    """When the rule counts, if not always."""
    active = rule.active
    if active is None:
        return ""
    parts = [f"from {_day(active.start)}"] if active.start else []
    parts += [f"to {_day(active.end)}"] if active.end else []
    parts += [f"{active.hours} the hours of {text(active.calendar)}"] if active.hours else []
    return f" ({', '.join(parts)})"


def _day(moment: LocalMoment) -> str:
    return f"{moment.day.isoformat()}{f' {moment.at:%H:%M}' if moment.at else ''}"
