"""Policy files for the commands: in order, or with their faults printed."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from baton.commands import CommandError
from baton.commands import _policy_findings as findings

if TYPE_CHECKING:  # pydantic and YAML are loaded by the commands that need them
    from baton.policy import Checked, Loaded, PolicyError


def checked(arguments: argparse.Namespace) -> Checked | None:
    """The policy with its cases tried, after its warnings have been printed; or None after its
    faults have."""
    need_admin()
    from baton.policy import PolicyError, check

    try:
        found = check(arguments.folder, arguments.overlay)
    except PolicyError as error:
        _print(error)
        return None
    findings.show(found.warnings)
    return found


def loaded(folder: str) -> Loaded | None:
    """The policy, its cases not tried, or None after its faults have been printed."""
    need_admin()
    from baton.policy import PolicyError, load

    try:
        return load(folder)
    except PolicyError as error:
        _print(error)
        return None


def need_admin() -> None:
    """
    Raises:
        CommandError: What the policy is read with is not installed.
    """
    try:
        import baton.policy  # noqa: F401 the import is the test
    except ModuleNotFoundError as error:
        raise CommandError(
            f'{error.name} is not installed: run `pip install "baton[admin]"`'
        ) from None


def _print(error: PolicyError) -> None:
    findings.show(sorted([*error.faults, *error.warnings]))
    count = findings.counted(len(error.faults), len(error.warnings))
    print(f"{count} in the policy", file=sys.stderr)
