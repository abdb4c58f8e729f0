"""What holds for every test."""

from __future__ import annotations

import sys

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# Machines differ and are busy: no test may depend on how long an example takes. Everything else is
# as Hypothesis has it; where CI is set it plays the same examples each time.
settings.register_profile("baton", parent=settings(), deadline=None)
settings.load_profile("baton")


class FileByFile(LoadScopeScheduling):  # type: ignore[misc]  # untyped
    """A file of tests belongs to one process, and so do all that start stacks, which measure."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "alone" if file.startswith(("tests/stack/", "tests/bench/")) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FileByFile:
    return FileByFile(config, log)


def pytest_collection_finish() -> None:
    if "moto" in sys.modules:
        from tests.fakes import quick_moto

        quick_moto.install()
