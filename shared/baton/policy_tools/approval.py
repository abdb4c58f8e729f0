"""Whose approval a policy needs before it may replace the active one.

A signature belongs to a text. When the text changes the signature has to be renewed; an old one
does not count. A removed definition needs no signature; `baton policy diff` shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from baton.domain.policy import Definition, Policy
from baton.policy_tools.faults import Path
from baton.policy_tools.models import Files

#: Stands in for a definition name: the list of signers itself.
SIGN_OFF = "sign_off"


@dataclass(frozen=True, slots=True)
class Unapproved:
    """A definition that is new or changed, and lacks some of the approvals it needs."""

    #: ``stage:mql``, as in ``Policy.definitions``.
    name: str
    label: str
    #: The active version does not have it.
    new: bool
    wanting: tuple[str, ...]
    #: Day of a signature under an earlier text; empty: there is none.
    outdated: str = ""
    #: Day of a signature with a future date; empty: there is none.
    ahead: str = ""


def unapproved(
    definitions: Mapping[str, Definition],
    active: Mapping[str, Definition],
    sign_off: tuple[str, ...],
    today: date,
) -> tuple[Unapproved, ...]:
    """
    The new or changed definitions that lack approvals, in the order of *definitions*.

    Args:
        active: The definitions of the active version. If it has none, nothing can have changed, so
            nothing is unapproved, only assumed.
        sign_off: The signers; empty: no approval is needed. It must include the signers of the
            active version; otherwise removing them would allow any change.
        today: An approval dated later than this does not count yet.
    """
    if not sign_off or not active:
        return ()
    found = []
    for name, now in definitions.items():
        before = active.get(name)
        if before is not None and before.digest == now.digest:
            continue
        ahead = now.approved_on > today.isoformat()
        outdated = before is not None and bool(now.approved_on) and not is_renewed(now, before)
        none_counts = ahead or outdated
        wanting = tuple(name for name in sign_off if none_counts or name not in now.approved_by)
        if wanting:
            found.append(
                Unapproved(
                    name=name,
                    label=now.label,
                    new=before is None,
                    wanting=wanting,
                    outdated=now.approved_on if outdated and not ahead else "",
                    ahead=now.approved_on if ahead else "",
                )
            )
    return tuple(found)


def dropped(active: Policy, sign_off: tuple[str, ...]) -> tuple[str, ...]:
    """Signers of the active version who are missing in *sign_off*."""
    return tuple(name for name in asked(active) if name not in sign_off)


def is_renewed(now: Definition, before: Definition) -> bool:
    """
    Whether the approval of *now* is newer than that of *before*.

    It is newer if its day is later, or if other people signed on the same day. Only days are
    stored, so a second signing by the same people on one day looks like the first. An earlier day
    is never newer.
    """
    if now.approved_on != before.approved_on:
        return now.approved_on > before.approved_on
    return set(now.approved_by) != set(before.approved_by)


def assumed(policy: Policy, today: date) -> tuple[Definition, ...]:
    """The definitions that are not fully approved as of *today*."""
    until = today.isoformat()
    return tuple(
        one
        for one in policy.definitions.values()
        if one.wanting or (policy.lifecycle.sign_off and one.approved_on > until)
    )


def asked(policy: Policy) -> tuple[str, ...]:
    """
    Whose approval a stored policy asks for.

    Older versions do not store their signers. For them the signers are those who have signed, or
    have yet to sign, every definition.
    """
    if policy.lifecycle.sign_off:
        return policy.lifecycle.sign_off
    signers = [(*one.approved_by, *one.wanting) for one in policy.definitions.values()]
    first = signers[0] if signers else ()
    return tuple(name for name in first if all(name in some for some in signers))


def signature(names: tuple[str, ...], on: date) -> str:
    """What to write under a definition once *names* have approved it."""
    return f"confirmed: {{by: [{', '.join(names)}], on: {on}}}"


def place(name: str, files: Files) -> tuple[str, Path]:
    """File and path of a definition by its name in ``Policy.definitions``, or of ``SIGN_OFF``."""
    if name == SIGN_OFF:
        return "lifecycle", (SIGN_OFF,)
    kind, _, wanted = name.partition(":")
    if kind != "scoring":
        return "lifecycle", _indexed(f"{kind}s", wanted, getattr(files.lifecycle, f"{kind}s"))
    if wanted == "qualified" or files.scoring is None:
        return "scoring", ("qualified",)
    fit = _indexed("fit", wanted, files.scoring.fit)
    return "scoring", fit or _indexed("behaviour", wanted, files.scoring.behaviour)


def _indexed(key: str, wanted: str, items: Iterable[Any]) -> Path:
    """The path of the item whose id is *wanted*; empty: there is none."""
    return next(((key, index) for index, item in enumerate(items) if item.id == wanted), ())
