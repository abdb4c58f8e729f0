"""Differences between signatures: whose approval is asked for, and who has approved what."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from baton.domain.policy import Definition, Policy
from baton.policy_tools.approval import asked, is_renewed
from baton.presentation.words import day_named, listed

#: Paths that this module reports.
PATHS = frozenset({"definitions", "lifecycle.sign_off"})


def signatures(old: Policy, new: Policy) -> Iterator[tuple[str, str]]:
    """A sentence for each difference, with the name of the definition it is about, if any."""
    was, is_now = asked(old), asked(new)
    others_asked = {*was} != {*is_now}
    if others_asked:
        told = f"{listed(is_now) or 'nobody'} instead of {listed(was) or 'nobody'}"
        yield f"The signers are now {told}.", ""
    elif was != is_now:
        yield f"The signers are now in another order: {listed(is_now)}.", ""
    for name, now in new.definitions.items():
        before = old.definitions.get(name)
        if before and others_asked and msgspec.structs.replace(before, wanting=now.wanting) == now:
            continue  # only the signers differ, and that is reported already
        if before != now:
            yield f"{now.label} {_signed(before, now)}.", name
    for name, before in old.definitions.items():
        if name not in new.definitions:
            yield f"{before.label} is removed, so it needs no approval.", name


def _signed(before: Definition | None, now: Definition) -> str:
    approved = f"approved by {listed(now.approved_by)}"
    if now.approved_on:
        approved += f" on {day_named(now.approved_on, year=True)}"
    changed = before is not None and before.digest != now.digest
    what = "is new" if before is None else "is changed" if changed else "is unchanged"
    if changed and now.approved_on and before is not None and not is_renewed(now, before):
        return f"{what}; it is {approved}, but that was for the earlier text"
    if now.wanting:
        already = f" (it is {approved})" if now.approved_by else ""
        return f"{what}; the approval of {listed(now.wanting)} is missing{already}"
    if not now.approved_by:
        return f"{what}; no approval is needed"
    return f"{what}; it is {approved}"
