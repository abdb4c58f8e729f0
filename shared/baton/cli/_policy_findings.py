"""How ``baton policy`` shows findings: as text and as JSON."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from baton.presentation import words
from baton.presentation.words import listed, printable

if TYPE_CHECKING:
    from baton.policy_tools.faults import Finding

_WIDTH = 100


def show(findings: Iterable[Finding]) -> None:
    """Each on a line that editors can follow; below it why it matters and how to fix it."""

    for finding in findings:
        mark = "warning: " if finding.severity == "warning" else ""
        where = f"{finding.place} {finding.key}".rstrip()
        rule = f" [{finding.rule}]" if finding.rule else ""
        print(printable(f"{where}: {mark}{finding.message}{rule}"), file=sys.stderr)
        for name, text in (("why", finding.why), ("fix", finding.fix)):
            if text:
                start = f"    {name}:".ljust(11)
                lines = textwrap.wrap(
                    printable(text), _WIDTH, initial_indent=start, subsequent_indent=" " * 11
                )
                print("\n".join(lines), file=sys.stderr)


def counted(errors: int, warnings: int) -> str:
    """``2 faults and 1 warning``; leaves out zero counts."""

    kinds = ((errors, "fault"), (warnings, "warning"))
    return listed(words.counted(count, name) for count, name in kinds if count) or "no faults"


def as_json(findings: Iterable[Finding], *, passed: int, refused: bool) -> str:
    """
    Args:
        passed: How many cases passed; not shown for a refused policy.
        refused: Whether the policy could not be published as it is.
    """
    return json.dumps(
        {
            "refused": refused,
            "cases_passed": None if refused else passed,
            "findings": [_record(finding) for finding in findings],
        },
        indent=2,
        ensure_ascii=False,
    )


def _record(finding: Finding) -> dict[str, Any]:
    return {
        "file": finding.place.file,
        "line": finding.place.line,
        "key": finding.key,
        "severity": finding.severity,
        "rule": finding.rule,
        "message": finding.message,
        "why": finding.why,
        "fix": finding.fix,
    }
