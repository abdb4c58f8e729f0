"""Whom a rung of a ladder addresses."""

from __future__ import annotations

from baton.domain.draft.draft import Draft
from baton.domain.escalation.rota import on_duty
from baton.domain.handoff.assign import manager_of
from baton.domain.lead import ArmedRung
from baton.domain.policy import Person, Policy


def recipient(draft: Draft, rung: ArmedRung, owner: Person | None) -> Person | None:
    """Whom the rung addresses; None: the channel, also where there is no such person. Without a
    backup, or without anybody on duty, the manager.
    """
    if rung.to == "channel":
        return None
    if rung.to == "owner":
        return owner
    manager = manager_of(draft, owner)
    if rung.to == "backup":
        return backup_of(draft.policy, owner) or manager
    if rung.to == "on_duty":
        return on_duty(draft.policy, draft.now) or manager
    return manager if rung.to == "manager" else manager_of(draft, manager)


def backup_of(policy: Policy, person: Person | None) -> Person | None:
    """Who stands in for *person*; None: none is named, or the one named is no longer active."""
    backup = policy.person.get(person.backup) if person is not None else None
    return backup if backup is not None and backup.active else None
