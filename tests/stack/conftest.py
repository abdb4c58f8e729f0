"""One running stack for all tests in here: the deployed template, with IAM enforced."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.build import ROOT
from infra.local.stack import Settings, Stack


def free_port() -> int:
    """A free port outside the range that the system assigns, because it is bound only later."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


@pytest.fixture(scope="package")
def policy_folder() -> Path:
    """The policy the stack runs under; override it to run under another."""
    return ROOT / "infra" / "policy"


@pytest.fixture(scope="package")  # its process runs other tests afterwards
def stack(tmp_path_factory: pytest.TempPathFactory, policy_folder: Path) -> Iterator[Stack]:
    """
    A separate stack for the tests: its own ports and state, with this checkout's emulator and
    build.

    Calls that a function's role does not allow are refused, as on AWS.
    """
    settings = Settings(
        state_dir=tmp_path_factory.mktemp("stack"),
        port=free_port(),
        sandbox_port=free_port(),
        policy=policy_folder,
        enforce_iam=True,
    )
    with Stack(settings) as running:
        yield running
