"""Everything that must hold before a policy may be published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from baton.policy_tools import cases
from baton.policy_tools.compiling import compile_policy
from baton.policy_tools.faults import FailedCase, Fault, Finding, PolicyError
from baton.policy_tools.linting import lint
from baton.policy_tools.loading import Folder, Loaded, load
from baton.presentation.words import quoted


@dataclass(frozen=True, slots=True)
class Checked:
    """A valid policy, with the results of its cases."""

    files: Loaded
    results: tuple[cases.Result, ...]
    #: Warnings, by file and line; they do not stop publishing.
    warnings: tuple[Finding, ...] = ()


def check(folder: Folder, overlay: Folder | None = None) -> Checked:
    """
    Load the policy, lint it, try its cases, and check that every transition has a case.

    Each case is tried with the public holidays of its own years, so it holds in later years, too.
    With an overlay, its own cases are tried, and no transition needs one.

    Raises:
        PolicyError: Everything that is wrong, failing cases included.
    """
    files = load(folder, overlay)
    findings = lint(files)
    warnings = tuple(one for one in findings if one.severity == "warning")
    results = tuple(_results(files))
    faults = [one for one in findings if one.severity == "error"]
    failed = tuple(_failures(files, results))
    faults.extend(fault for one in failed for fault in one.faults)
    if overlay is None:
        faults.extend(_uncovered(files))
    if faults:
        raise PolicyError(faults, warnings, failed)
    return Checked(files, results, warnings)


def _results(files: Loaded) -> Iterator[cases.Result]:
    by_year = {
        year: compile_policy(files, date(year, 1, 1))
        for year in {case.at.year for case in files.cases.cases}
    }
    for case in files.cases.cases:
        yield from cases.run(by_year[case.at.year], [case])


def _failures(files: Loaded, results: tuple[cases.Result, ...]) -> Iterator[FailedCase]:
    for index, result in enumerate(results):
        faults = tuple(
            files.fault(
                "cases",
                ("cases", index, *problem.path),
                f"{problem.message} (case {quoted(result.case)})",
            )
            for problem in result.problems
        )
        if faults:
            yield FailedCase(result.case, faults, result.because)


def _uncovered(files: Loaded) -> Iterator[Fault]:
    shown = {name for case in files.cases.cases for name in case.shows}
    for index, move in enumerate(files.lifecycle.transitions):
        if move.id not in shown:
            message = f"no case in cases.yaml shows {quoted(move.id)}; every transition needs one"
            yield files.fault("lifecycle", ("transitions", index), message)
