"""One running stack for all tests in here: the deployed template, with IAM enforced."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.build import ROOT
from infra.local.stack import Settings, Stack


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
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
