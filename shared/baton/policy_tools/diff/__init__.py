"""The difference between two policies, in sentences.

Nothing is passed over: fields without a phrase of their own get a plain one.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import msgspec

from baton.domain.policy import Definition, Policy
from baton.policy_tools.approval import asked, is_renewed
from baton.policy_tools.diff import lifecycle, promises, roster, routing, scoring
from baton.policy_tools.diff.compare import Change
from baton.policy_tools.diff.words import joined
from baton.policy_tools.models import FILES

__all__ = ["SIGNATURES", "Change", "difference", "grouped"]

#: Stands as a file for what is said of signatures.
SIGNATURES = "sign-off"


def difference(old: Policy, new: Policy) -> tuple[Change, ...]:
    """
    What is different about *new*; none only if both decide alike and say the same.

    The version number is no difference.
    """
    parts = (lifecycle, scoring, routing, roster, promises)
    found = [*chain.from_iterable(part.differences(old, new) for part in parts)]
    found += _signatures(old, new)
    same = msgspec.structs.replace(new, version=old.version) == old
    if not found and not same:  # a key order, or a field that a newer Baton has brought
        found.append(Change("lifecycle", "The policies are not quite the same."))
    return tuple(dict.fromkeys(map(_plain, found)))


def grouped(changes: tuple[Change, ...]) -> dict[str, list[Change]]:
    """By file, in the order the files are best read."""
    files = [*FILES, SIGNATURES]
    groups = {file: [one for one in changes if one.file == file] for file in files}
    return {file: some for file, some in groups.items() if some}


def _plain(change: Change) -> Change:
    """On one line, and nothing a terminal would obey, whatever the files hold."""
    text = "".join(char if char.isprintable() else " " for char in change.text)
    return msgspec.structs.replace(change, text=text)


def _signatures(old: Policy, new: Policy) -> Iterator[Change]:
    was, is_now = asked(old), asked(new)
    others_asked = {*was} != {*is_now}
    if others_asked:
        told = f"{joined(is_now) or 'nobody'} instead of {joined(was) or 'nobody'}"
        yield Change(SIGNATURES, f"Approval is now asked of {told}.")
    elif was != is_now:
        yield Change(SIGNATURES, f"Approval is now asked in another order: {joined(is_now)}.")
    for name, now in new.definitions.items():
        before = old.definitions.get(name)
        if before and others_asked and msgspec.structs.replace(before, wanting=now.wanting) == now:
            continue  # nothing is different but who is asked, which has been said
        if before != now:
            yield Change(SIGNATURES, f"{now.label} {_signed(before, now)}.", name)
    for name, before in old.definitions.items():
        if name not in new.definitions:
            yield Change(SIGNATURES, f"{before.label} is no longer there to be approved.", name)


def _signed(before: Definition | None, now: Definition) -> str:
    approved = f"approved by {joined(now.approved_by)} on {now.approved_on}"
    changed = before is not None and before.digest != now.digest
    what = "is new" if before is None else "is changed" if changed else "is as it was"
    if changed and now.approved_on and before is not None and not is_renewed(now, before):
        return f"{what}; it is {approved}, which was the text of before"
    if now.wanting:
        already = f" (it is {approved})" if now.approved_by else ""
        return f"{what}; the approval of {joined(now.wanting)} is wanting{already}"
    if not now.approved_by:
        return f"{what}; nobody's approval is asked for"
    return f"{what}; it is {approved}"
