"""Whom a rung of a ladder addresses, and who is told in their place while they are absent."""

from __future__ import annotations

from typing import NamedTuple

from baton.domain.draft.draft import Draft
from baton.domain.escalation.rota import on_duty
from baton.domain.handoff.assign import manager_of
from baton.domain.lead import ArmedRung
from baton.domain.policy import Person, Policy
from baton.domain.presence import absence, present


class Addressee(NamedTuple):
    #: Who is told; None: the channel.
    reader: Person | None
    #: Whom they stand in for, because that person is absent.
    instead_of: Person | None = None


def recipient(draft: Draft, rung: ArmedRung, owner: Person | None) -> Addressee:
    """Who is told of the rung. Raises NeedsData."""
    return unless_absent(draft, addressed(draft, rung, owner))


def unless_absent(draft: Draft, to: Person | None) -> Addressee:
    """*to* or, while they are absent, the nearest stand-in who is not; the channel if all are, or
    if *to* is None. Raises NeedsData.
    """
    if to is None:
        return Addressee(None)
    loads, now = draft.known_loads(), draft.now
    reader = present(draft.policy, to, loads, now)
    assert reader is not None
    if reader.id != to.id:
        return Addressee(reader, to)
    gone = absence(to, loads.get(to.id), now)
    return Addressee(None, to) if gone is not None else Addressee(to)


def addressed(draft: Draft, rung: ArmedRung, owner: Person | None) -> Person | None:
    """Whom the rung addresses, there or not; None: the channel, also where there is no such person.
    Without a backup, or without anybody on duty, the manager. Raises NeedsData.
    """
    if rung.to == "channel":
        return None
    if rung.to == "owner":
        return owner
    manager = manager_of(draft, owner)
    if rung.to == "backup":
        return backup_of(draft.policy, owner) or manager
    if rung.to == "on_duty":
        return on_duty(draft) or manager
    return manager if rung.to == "manager" else manager_of(draft, manager)


def backup_of(policy: Policy, person: Person | None) -> Person | None:
    """Who stands in for *person*; None: none is named, or the one named is no longer active."""
    backup = policy.person.get(person.backup) if person is not None else None
    return backup if backup is not None and backup.active else None
