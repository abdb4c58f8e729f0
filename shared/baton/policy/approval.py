"""Whose approval a policy wants before it may take the place of the active one.

A signature stands under a text. When the text changes the signature has to be renewed, so an old
one under a new text counts for nothing. What is taken out leaves nothing to sign; the difference
between the versions shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from baton.core.policy import Definition, Policy
from baton.policy.faults import Path
from baton.policy.models import Files


@dataclass(frozen=True, slots=True)
class Unapproved:
    """A definition that is new or was changed, and has not all the approvals that it needs."""

    #: ``stage:mql``, as in ``Policy.definitions``.
    name: str
    label: str
    #: The active version does not have it.
    new: bool
    wanting: tuple[str, ...]
    #: Day of a signature that was given to the text of before; empty: there is none.
    outdated: str = ""


def unapproved(
    definitions: Mapping[str, Definition],
    active: Mapping[str, Definition],
    sign_off: tuple[str, ...],
) -> tuple[Unapproved, ...]:
    """
    What is new or changed in *definitions* without the approvals it asks for, in their order.

    Args:
        active: Those of the active version. None at all: there is nothing that could have changed,
            so nothing is unapproved, only assumed.
        sign_off: Whose approval *definitions* ask for; nobody's: everything is approved.
    """
    if not sign_off or not active:
        return ()
    found = []
    for name, now in definitions.items():
        before = active.get(name)
        if before is not None and before.digest == now.digest:
            continue
        outdated = before is not None and bool(now.approved_on) and not is_renewed(now, before)
        if outdated or now.wanting:
            found.append(
                Unapproved(
                    name=name,
                    label=now.label,
                    new=before is None,
                    wanting=sign_off if outdated else now.wanting,
                    outdated=now.approved_on if outdated else "",
                )
            )
    return tuple(found)


def is_renewed(now: Definition, before: Definition) -> bool:
    """
    Whether the approval of *now* is another than that of *before*.

    It is when it is of a later day, or by others on the same day. Days are all that is written, so
    a second round by the same people on one day is not told from the first; and an earlier day
    was before the text.
    """
    if now.approved_on != before.approved_on:
        return now.approved_on > before.approved_on
    return set(now.approved_by) != set(before.approved_by)


def assumed(policy: Policy) -> tuple[Definition, ...]:
    """The definitions that somebody has yet to approve."""
    return tuple(one for one in policy.definitions.values() if one.wanting)


def asked(policy: Policy) -> tuple[str, ...]:
    """Whose approval a stored policy asks for: who has signed, or has yet to sign, everything."""
    signers = [(*one.approved_by, *one.wanting) for one in policy.definitions.values()]
    first = signers[0] if signers else ()
    return tuple(name for name in first if all(name in some for some in signers))


def signature(names: tuple[str, ...], on: date) -> str:
    """What to write under a definition once *names* have approved it."""
    return f"confirmed: {{by: [{', '.join(names)}], on: {on}}}"


def place(name: str, files: Files) -> tuple[str, Path]:
    """File and path of a definition by its name in ``Policy.definitions``."""
    kind, _, wanted = name.partition(":")
    if kind != "scoring":
        return "lifecycle", _indexed(f"{kind}s", wanted, getattr(files.lifecycle, f"{kind}s"))
    if wanted == "qualified" or files.scoring is None:
        return "scoring", ("qualified",)
    fit = _indexed("fit", wanted, files.scoring.fit)
    return "scoring", fit or _indexed("behaviour", wanted, files.scoring.behaviour)


def _indexed(key: str, wanted: str, items: Iterable[Any]) -> Path:
    """Empty: none of the *items*, which all have an id, is the wanted one."""
    return next(((key, index) for index, item in enumerate(items) if item.id == wanted), ())
