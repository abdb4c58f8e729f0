"""Signatures by people whose approval is not asked for."""

from __future__ import annotations

from collections.abc import Iterator

from baton.policy_tools.faults import Path, did_you_mean, quoted
from baton.policy_tools.linting.findings import Found, Rule
from baton.policy_tools.linting.subject import Subject
from baton.policy_tools.models.signing import Signed

UNKNOWN_SIGNATORY = Rule(
    "unknown-signatory",
    "warning",
    "The signature does not count, so the definition stays ASSUMED, though it looks confirmed.",
)


def check(subject: Subject) -> Iterator[Found]:
    wanted = subject.lifecycle.sign_off
    if not wanted:
        return
    for file, path, signed in _definitions(subject):
        names = signed.confirmed.by if signed.confirmed else ()
        if set(wanted) <= set(names):
            continue  # further signatures are harmless
        for number, name in enumerate(names):
            if name not in wanted:
                yield UNKNOWN_SIGNATORY.found(
                    file,
                    (*path, "confirmed", "by", number),
                    f"{quoted(name)} is not in sign_off{did_you_mean(name, wanted)}",
                    "write the name as in sign_off of lifecycle.yaml, or add it there",
                )


def _definitions(subject: Subject) -> Iterator[tuple[str, Path, Signed]]:
    lifecycle, scoring = subject.lifecycle, subject.files.scoring
    lists: list[tuple[str, str, tuple[Signed, ...]]] = [
        ("lifecycle", "stages", lifecycle.stages),
        ("lifecycle", "transitions", lifecycle.transitions),
        ("lifecycle", "reasons", lifecycle.reasons),
    ]
    if scoring is not None:
        yield "scoring", ("qualified",), scoring.qualified
        lists += [("scoring", "fit", scoring.fit), ("scoring", "behaviour", scoring.behaviour)]
    for file, name, items in lists:
        for index, item in enumerate(items):
            yield file, (name, index), item
