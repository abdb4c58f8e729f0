"""What holds for every test, and in which order several processes take them."""

from __future__ import annotations

import gc
import sys
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# Machines differ and are busy: no test may depend on how long an example takes, to draw or to play.
# Everything else is as Hypothesis has it; where CI is set it plays the same examples each time.
settings.register_profile(
    "baton", parent=settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("baton")

STACK = "tests/stack/"
#: These start stacks of their own.
OWN_STACKS = "tests/stack/test_run.py"


class FileByFile(LoadScopeScheduling):  # type: ignore[misc]  # untyped
    """A file of tests belongs to one process, and so do all that use the same stack."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return STACK if file.startswith(STACK) and file != OWN_STACKS else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FileByFile:
    config.option.loadscopereorder = False  # pytest_collection_modifyitems says the order
    return FileByFile(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """One more than there are processors: the one with the stack mostly waits for it."""
    return (yield) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest starts first, so that nothing long is left for the end."""

    def turn(item: pytest.Item) -> int:
        if item.nodeid.startswith(STACK):
            return int(item.nodeid.startswith(OWN_STACKS))
        return 2 if item.get_closest_marker("slow") else 3

    items.sort(key=turn)


def pytest_collection_finish() -> None:
    # What is there by now stays to the end, and is much: looked through again and again by the
    # garbage collector, it takes a fifth of the time.
    gc.collect()
    gc.freeze()
    if "moto" in sys.modules:
        from tests.fakes import quick_moto

        quick_moto.install()
