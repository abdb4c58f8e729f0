"""Each built function can be imported in an interpreter with only the packages that Lambda has.

The emulator runs all functions under one interpreter with packages of its own, so a requirement
that is missing from a function or from the layer would not be noticed there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.build import ADMIN, ROOT
from infra.local.stack import Settings, deploy
from infra.local.stack.emulator import environment
from infra.local.stack.venvs import ensure
from tests.template.reading import FUNCTIONS, properties

#: Packages that no function may load, even if they are installed: each costs more than a function's
#: whole init.
HEAVY = {
    "pydantic",
    "holidays",
    "yaml",
    "rich",
    "aws_lambda_powertools.event_handler",
    "aws_lambda_powertools.utilities.parser",
}
#: The outside SDKs, and the only functions that may load them.
OUTSIDE = {
    "hubspot": {"advance_lead", "deliver_hubspot", "check_roster"},
    "slack_sdk": {"deliver_slack", "check_roster"},
}

IMPORT = """
import importlib, json, sys
sys.path[:0] = sys.argv[2:]
module = importlib.import_module(sys.argv[1])
assert callable(module.handler)
print(json.dumps(sorted(sys.modules)))
"""


@pytest.fixture(scope="module")
def built() -> Path:
    """The result of ``sam build`` for this checkout, built only if something has changed."""
    settings = Settings()
    deploy.build(settings)
    return deploy.built_template(settings).parent


@pytest.fixture(scope="module")
def clean() -> Path:
    """An interpreter with only boto3, which Lambda's runtime has."""
    settings = Settings()
    venv = settings.home / "runtime"
    lock = ROOT / "requirements" / "runtime.txt"
    ensure(venv, lock, environment(settings), settings.logs / "runtime.log")
    return venv / "bin" / "python"


def loaded(folder: str, built: Path, clean: Path) -> set[str]:
    """The modules in memory after the function's init, as Lambda would do it."""
    function = FUNCTIONS[folder]
    given = properties(function)["Environment"]["Variables"]
    path = [str(built / function), str(built / "SharedLayer" / "python")]
    done = subprocess.run(
        # -I: ignores PYTHONPATH and this folder.
        [clean, "-I", "-c", IMPORT, f"functions.{folder}.app", *path],
        env={
            **dict.fromkeys(given, "https://example.test/"),
            "PATH": os.defpath,
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_LAMBDA_FUNCTION_NAME": folder,
            "POWERTOOLS_SERVICE_NAME": "baton",
            "POWERTOOLS_METRICS_NAMESPACE": "Baton",
        },
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("folder", sorted(FUNCTIONS))
def test_a_built_function_starts_with_what_it_brings(folder: str, built: Path, clean: Path) -> None:
    modules = loaded(folder, built, clean)
    assert f"functions.{folder}.app" in modules
    assert not HEAVY & modules
    for package, folders in OUTSIDE.items():
        assert package not in modules or folder in folders


def test_the_clean_interpreter_lacks_what_only_requirements_can_bring(clean: Path) -> None:
    """Otherwise the test above would prove nothing."""
    for package in ("aws_lambda_powertools", "msgspec", "hubspot", "slack_sdk", "pydantic"):
        done = subprocess.run(
            [clean, "-I", "-c", f"import {package}"], capture_output=True, check=False
        )
        assert done.returncode != 0, package


def test_what_is_built_brings_its_bytecode(built: Path) -> None:
    """The build makes it once; a cold start could not store it, because the disk of a function is
    read-only."""
    tag = sys.implementation.cache_tag
    for top in (built / "SharedLayer" / "python" / "baton", built / "AdvanceLead" / "functions"):
        modules = sorted(top.rglob("*.py"))
        assert modules
        for module in modules:
            assert (module.parent / "__pycache__" / f"{module.stem}.{tag}.pyc").exists(), module


def test_the_layer_holds_nothing_that_only_the_command_line_uses(built: Path) -> None:
    (package,) = built.glob("*/python/baton")
    assert (package / "domain" / "decide.py").is_file()
    for name in ADMIN:
        assert (ROOT / "shared" / "baton" / name).exists(), "or there is nothing to take out"
        assert not (package / name).exists()
