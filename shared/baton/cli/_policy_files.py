"""Loads policy files for the commands; prints their faults."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from baton.cli import CommandError
from baton.cli import _policy_findings as findings
from baton.presentation import words

if TYPE_CHECKING:  # pydantic and YAML are loaded by the commands that need them
    from baton.policy_tools import Checked, Finding, Loaded, PolicyError


def check_files(arguments: argparse.Namespace) -> Checked | None:
    """Try the cases of the policy and print its warnings; returns it. If it has faults, print them
    and return None."""
    need_admin()
    from baton.policy_tools import PolicyError, check

    try:
        found = check(arguments.folder, arguments.overlay)
    except PolicyError as error:
        _print(error, verbose=getattr(arguments, "verbose", False))
        return None
    findings.show(found.warnings)
    return found


def load_files(folder: str) -> Loaded | None:
    """The policy, without trying its cases. If it has faults, print them and return None."""
    need_admin()
    from baton.policy_tools import PolicyError, load

    try:
        return load(folder)
    except PolicyError as error:
        _print(error, verbose=False)
        return None


def need_admin() -> None:
    """
    Raises:
        CommandError: A package that reads the policy is not installed.
    """
    try:
        import baton.policy_tools  # noqa: F401 the import is the test
    except ModuleNotFoundError as error:
        raise CommandError(
            f'{error.name} is not installed: run `pip install "baton[admin]"`'
        ) from None


def _print(error: PolicyError, *, verbose: bool) -> None:
    """The cases come last. If there are other faults too, those mostly explain the failed cases, so
    failed cases are then only counted, unless *verbose*."""
    ours = {fault for one in error.failed for fault in one.faults}
    others = [fault for fault in error.faults if fault not in ours]
    findings.show(sorted([*others, *error.warnings], key=lambda one: (_of_cases(one), one)))
    counted = len(error.faults)
    if others and error.failed and not verbose:
        counted = len(others)
        count = words.counted(len(error.failed), "case")
        also = words.noun(len(error.failed), "fails", "fail")
        print(
            f"{count} also {also}: `baton policy check --verbose` shows them",
            file=sys.stderr,
        )
    else:
        for one in error.failed:
            findings.show(one.faults)
            for reason in one.because if verbose else ():
                print(f"    {reason}", file=sys.stderr)
    print(f"{findings.counted(counted, len(error.warnings))} in the policy", file=sys.stderr)


def _of_cases(finding: Finding) -> bool:
    return Path(finding.place.file).name == "cases.yaml"
