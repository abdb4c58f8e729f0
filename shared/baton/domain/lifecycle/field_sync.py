"""Properties that others write as well as Baton: decides for each whose value stays."""

from __future__ import annotations

from typing import Literal

from baton.domain import hubspot_names
from baton.domain.conditions import why_not
from baton.domain.draft.draft import Draft
from baton.domain.lead import Write
from baton.domain.lifecycle.backward import changed_by, may_restore, source_phrase
from baton.domain.lifecycle.hubspot_values import values_of
from baton.domain.lifecycle.stage_history import ECHO, NOT_OURS
from baton.domain.lifecycle.triggers import PEOPLE
from baton.domain.phrase import Phrase
from baton.domain.policy import Sync
from baton.domain.world.world import Contact, SeenValue

#: Properties whose changes have answers of their own: see ``backward`` and ``owner_by_hand``.
_ANSWERED_ELSEWHERE = frozenset({hubspot_names.STAGE, hubspot_names.OWNER})
#: Change sources that count as sales: people, another CRM, or its connector. All others (forms,
#: workflows, imports, e-mail tools) count as marketing.
CRM = PEOPLE | {"integration", "integrations_sync", "api", "salesforce", "crm_setting", "mobile"}


def follow_others(draft: Draft, contact: Contact) -> None:
    """Keep the other side's value where the policy lets it win, and rewrite Baton's where it does
    not. Each drift is recorded once, with its source.
    """
    for name, seen in sorted(contact.changes.items()):
        if name in _ANSWERED_ELSEWHERE or name not in draft.lead.written:
            continue  # Baton does not write it
        ours = draft.lead.written[name].value
        if isinstance(ours, Phrase):
            continue  # its text is made at delivery, so it cannot be compared here
        agrees = seen.value == ours
        writes = draft.lead.writes.get(name, ())
        news = name in draft.lead.yielded if agrees else not _is_own_write(seen, writes)
        if not news or name not in values_of(draft.policy, draft.lead, draft.facts, draft.score):
            continue  # nothing new, or Baton has no value for it any more
        if agrees:
            _forget_yield(draft, name)
        else:
            _answer_drift(draft, name, seen)


def _forget_yield(draft: Draft, name: str) -> None:
    kept = {k: v for k, v in draft.lead.yielded.items() if k != name}
    draft.change(yielded=kept)


def _is_own_write(seen: SeenValue, writes: tuple[Write, ...]) -> bool:
    """Whether the value in HubSpot is older than Baton's last write, which is still on its way, or
    is an earlier write of Baton's that arrived late.
    """
    if not writes or seen.at <= writes[-1].at:
        return True
    late = seen.source.casefold() not in NOT_OURS and seen.at <= writes[-1].at + ECHO
    return late and any(write.value == seen.value for write in writes)


def _answer_drift(draft: Draft, name: str, seen: SeenValue) -> None:
    if draft.lead.yielded.get(name) == seen.value:
        return
    rule = sync_rule(draft, name)
    if rule is None:
        return  # no rule: Baton writes its next change as usual
    who, side = seen.source, side_of(seen.source)
    draft.record("drifted", what=changed_by(name, who), by=seen.user)
    if rule.wins == side:
        draft.add_reason("sync.yielded", name, source_phrase(who), side)
    elif may_restore(draft, name, who):
        draft.add_reason("sync.rewritten", name, source_phrase(who), rule.wins)
        draft.rewrite.add(name)
        return
    draft.change(yielded=draft.lead.yielded | {name: seen.value})


def side_of(source: str) -> Literal["crm", "marketing"]:
    """The side that a change source belongs to."""
    return "crm" if source.casefold() in CRM else "marketing"


def sync_rule(draft: Draft, name: str) -> Sync | None:
    """The policy's rule about property *name* for this lead; None: there is none."""
    return next(
        (
            rule
            for rule in draft.policy.lifecycle.sync
            if rule.property == name and not why_not(rule.when, draft.facts)
        ),
        None,
    )
