"""Values that HubSpot must know, as far as they can be checked without an account.

`baton hubspot setup` checks the account; this finds values that are probably typos.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from difflib import SequenceMatcher

from baton.domain import hubspot_names
from baton.domain.lifecycle.hubspot_properties import property_names
from baton.domain.lifecycle.hubspot_values import WORDED
from baton.policy_tools.compiling import compile_policy
from baton.policy_tools.faults import Path, did_you_mean, quoted
from baton.policy_tools.linting.findings import Found, Rule
from baton.policy_tools.linting.subject import Subject
from baton.presentation.words import listed

ODD_VALUE = Rule(
    "odd-hubspot-value",
    "warning",
    "HubSpot refuses a value it does not know, and the lead is then in another stage there.",
)
UNMAPPED_DEALS = Rule(
    "unmapped-deal-stages",
    "warning",
    "A deal that enters such a stage does not move its lead, and the funnel loses it.",
)
NO_STATUS = Rule(
    "no-lead-status",
    "warning",
    "HubSpot then shows the status of the stage before, or none, for leads that are worked.",
)
SYNC_OF_WORDS = Rule(
    "sync-of-words",
    "error",
    "Baton cannot tell whether HubSpot shows another explanation, so the rule has no effect.",
)
SYNC_OF_NOTHING = Rule(
    "sync-of-nothing",
    "error",
    "A rule about a property that Baton does not write has no effect.",
)

NO_BY_HAND = Rule(
    "by-hand-without-effect",
    "warning",
    "Whoever changes the owner in HubSpot is put back before by_hand is asked.",
)

_STAGES = (
    *("subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity"),
    *("customer", "evangelist", "other"),
)
_STATUSES = (
    *("NEW", "OPEN", "IN_PROGRESS", "OPEN_DEAL", "UNQUALIFIED", "ATTEMPTED_TO_CONTACT"),
    *("CONNECTED", "BAD_TIMING"),
)
#: The default pipeline without closedlost, which closes a lead for a reason instead.
_DEALS = (
    *("appointmentscheduled", "qualifiedtobuy", "presentationscheduled", "decisionmakerboughtin"),
    *("contractsent", "closedwon"),
)
#: Similarity from which a value counts as a typo of another.
_ALIKE = 0.9


def check(subject: Subject) -> Iterator[Found]:
    lifecycle = subject.lifecycle
    used = {stage.lifecyclestage for stage in lifecycle.stages}
    for index, stage in enumerate(lifecycle.stages):
        here: Path = ("stages", index)
        yield from _value((*here, hubspot_names.STAGE), stage.lifecyclestage, _STAGES, used)
        yield from _value((*here, "lead_status"), stage.lead_status, _STATUSES)
    for name in ("new", "working", "meeting"):
        yield from _value(("status", name), getattr(lifecycle.status, name), _STATUSES)
    for name, value in lifecycle.old_statuses.items():
        yield from _value(("old_statuses", name), value, _STATUSES)
    yield from _deals(subject)
    yield from _statuses(subject)
    yield from _sync(subject)
    yield from _by_hand(subject)


def _value(
    path: Path, value: str, known: tuple[str, ...], taken: Iterable[str] = ()
) -> Iterator[Found]:
    if not value or value in known:
        return
    near = (one for one in known if one not in taken and _is_like(value, one))
    setup = "`baton hubspot setup` says which values the account has"
    if (meant := next(near, None)) is not None:
        yield ODD_VALUE.found(
            "lifecycle",
            path,
            f"{quoted(value)} is not HubSpot's {quoted(meant)}",
            f"write {meant}, if that is intended; {setup}",
        )
    elif known is _STAGES and not re.fullmatch(r"[a-z0-9_-]+", value):
        yield ODD_VALUE.found(
            "lifecycle",
            path,
            f"{quoted(value)} looks like a label; HubSpot's internal values are lower case "
            "without spaces, or numbers",
            f"write the internal name of the stage; {setup}",
        )


def _is_like(value: str, known: str) -> bool:
    bare, other = (re.sub(r"[^a-z0-9]", "", one.lower()) for one in (value, known))
    return bare == other or SequenceMatcher(None, bare, other).ratio() >= _ALIKE


def _deals(subject: Subject) -> Iterator[Found]:
    """Default pipeline stages that are not mapped, although others are."""
    mapped = {deal for stage in subject.lifecycle.stages for deal in stage.deal_stages}
    missing = [deal for deal in _DEALS if deal not in mapped]
    if missing and mapped & set(_DEALS):
        index = next(i for i, stage in enumerate(subject.lifecycle.stages) if stage.deal_stages)
        yield UNMAPPED_DEALS.found(
            "lifecycle",
            ("stages", index, "deal_stages"),
            f"other stages of HubSpot's sales pipeline belong to no stage here: {listed(missing)}",
            "add each to the deal_stages of the stage it corresponds to",
        )


def _statuses(subject: Subject) -> Iterator[Found]:
    """Stages from the handoff on in which no lead status is written, although others write one."""
    status, lifecycle = subject.lifecycle.status, subject.lifecycle
    if status.new or status.working or status.meeting:
        return
    first = subject.working.index(lifecycle.handoff)
    bare = [name for name in subject.working[first:] if not subject.stage[name].lead_status]
    if bare and len(bare) < len(subject.working[first:]):
        index = next(i for i, stage in enumerate(lifecycle.stages) if stage.id == bare[0])
        yield NO_STATUS.found(
            "lifecycle",
            ("stages", index),
            f"no hs_lead_status is written in {listed(bare)}",
            "give lead_status to each, or set status: {new, working, meeting}",
        )


def _sync(subject: Subject) -> Iterator[Found]:
    """Sync rules for properties that Baton does not write. Stages moved back are decided by
    ``backward``."""
    lifecycle = subject.lifecycle
    written = {hubspot_names.LEAD_STATUS, hubspot_names.OWNER}
    written |= {name for move in lifecycle.transitions for name in move.sets}
    for index, sync in enumerate(lifecycle.sync):
        name = sync.property
        if name in WORDED:
            yield SYNC_OF_WORDS.found(
                "lifecycle",
                ("sync", index, "property"),
                f"{quoted(name)} holds an explanation, whose words change from case to case",
                "remove the rule; protect the property from edits in HubSpot, if that is needed",
            )
            continue
        if name in written or (name.startswith(hubspot_names.OWN_PREFIX) and name in _own(subject)):
            continue
        if name == hubspot_names.STAGE:
            message = "does not decide who wins lifecyclestage"
            fix = "say under backward what happens to a stage that others move back"
        else:
            message = f"Baton never writes {quoted(name)}{did_you_mean(name, sorted(written))}"
            fix = "name a property that Baton writes, or remove the rule"
        yield SYNC_OF_NOTHING.found("lifecycle", ("sync", index, "property"), message, fix)


def _by_hand(subject: Subject) -> Iterator[Found]:
    """An answer to changes of the owner that no change reaches, as Baton wins them all."""
    routing = subject.files.routing
    first = next((s for s in subject.lifecycle.sync if s.property == hubspot_names.OWNER), None)
    if first is None or first.when or first.wins != "baton":
        return
    if "by_hand" in routing.model_fields_set and routing.by_hand.owner != "put_back":
        yield NO_BY_HAND.found(
            "routing",
            ("by_hand",),
            f"by_hand says {routing.by_hand.owner}, but lifecycle.yaml's sync lets Baton win"
            f" {hubspot_names.OWNER} over everybody",
            "write owner: put_back, or let sync say wins: crm, or remove that line of sync",
        )


def _own(subject: Subject) -> tuple[str, ...]:
    return property_names(compile_policy(subject.files, date(2026, 1, 1)))  # any day will do
