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
    """One that the system gives to nobody by itself, as it is bound only after a while."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


@pytest.fixture(scope="package")
def policy_folder() -> Path:
    """The policy the stack runs under; override it to run under another."""
    return ROOT / "infra" / "policy"


@pytest.fixture(scope="package")  # its process has other tests to do afterwards
def stack(tmp_path_factory: pytest.TempPathFactory, policy_folder: Path) -> Iterator[Stack]:
    """
    A stack of the tests' own: its own ports and state, this checkout's emulator and build.

    What a function's role does not allow is refused, as on AWS.
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
