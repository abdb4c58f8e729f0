"""Settings for all tests, and the order in which several processes take them."""

from __future__ import annotations

import gc
import sys
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# Machines differ and are busy, so no test may depend on the time that drawing or running an example
# takes. Other settings are those of Hypothesis; if CI is set, it runs the same examples each time.
settings.register_profile(
    "baton", parent=settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("baton")

STACK = "tests/stack/"
#: These start stacks of their own.
OWN_STACKS = "tests/stack/test_run.py"


class FileByFile(LoadScopeScheduling):  # type: ignore[misc]  # untyped
    """All tests of a file run in one process, and so do all tests that share a stack."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return STACK if file.startswith(STACK) and file != OWN_STACKS else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FileByFile:
    config.option.loadscopereorder = False  # pytest_collection_modifyitems sets the order
    return FileByFile(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """One more process than there are processors, because the process with the stack mostly
    waits."""
    return (yield) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the slowest tests first, so that none is left for the end."""

    def turn(item: pytest.Item) -> int:
        if item.nodeid.startswith(STACK):
            return int(item.nodeid.startswith(OWN_STACKS))
        return 2 if item.get_closest_marker("slow") else 3

    items.sort(key=turn)


def pytest_collection_finish() -> None:
    # Many objects exist by now, and stay to the end: scanning them in the garbage collector again
    # and again would take a fifth of the time.
    gc.collect()
    gc.freeze()
    if "moto" in sys.modules:
        from tests.fakes import quick_moto

        quick_moto.install()
