"""The modules that flows and functions load, each in its own interpreter."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from pkgutil import walk_packages

import baton.application
import baton.http

SDKS = {"aws_lambda_powertools", "boto3", "botocore", "hubspot", "slack_sdk", "urllib3"}
SHARED = Path(__file__).resolve().parents[2] / "shared"


def loaded(package: str, path: list[str]) -> set[str]:
    """The modules in memory after importing all of *package*."""
    modules = [package, *(one.name for one in walk_packages(path, f"{package}."))]
    assert len(modules) > 5
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, {', '.join(modules)}; print(*sys.modules)"],
        env={**os.environ, "PYTHONPATH": str(SHARED)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_a_flow_is_there_without_any_sdk() -> None:
    assert not SDKS & loaded("baton.application", baton.application.__path__)


def test_a_door_knows_neither_policy_nor_calendar() -> None:
    """A door starts while the caller waits for an answer."""
    found = loaded("baton.http", baton.http.__path__)
    heavy = {"baton.domain.policy", "baton.domain.lead", "baton.domain.calendar", "zoneinfo"}
    assert not (SDKS | heavy) & found
