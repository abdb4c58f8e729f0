"""python -m tests.bench [name ...]: measure, and print one table.

The exit code is 0 whatever the figures are: people read them, and the tests assert what must hold.
1 means that a benchmark failed to run.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections.abc import Callable
from importlib import import_module
from typing import Any

from tests.bench.figure import Figure, show, tell

#: Cheap ones first. Each module has run(), whose parameters have defaults for the record.
NAMES = (
    "decide",
    "routing",
    "values",
    "calendars",
    "requests",
    "init",
    "hot_pool",
    "sweep",
    "latency",
    "precision",
)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of: {', '.join(NAMES)}")
    parser.add_argument("--pairs", type=int, default=9, help="init: runs of each function")
    parser.add_argument("--leads", type=int, default=200_000, help="sweep: open leads, at most")
    parser.add_argument("--webhooks", type=int, default=100, help="latency: sent one at a time")
    parser.add_argument("--clocks", type=int, default=500, help="precision: due in a minute")
    parser.add_argument("--trial", default="", help="precision: those with this in their names")
    asked = parser.parse_args(argv)
    if unknown := [name for name in asked.names if name not in NAMES]:
        parser.error(f"no benchmark {unknown[0]!r}; there are {', '.join(NAMES)}")
    given: dict[str, dict[str, Any]] = {
        "init": {"pairs": asked.pairs},
        "sweep": {"leads": asked.leads},
        "latency": {"webhooks": asked.webhooks},
        "precision": {"clocks": asked.clocks, "trial": asked.trial},
    }
    figures: list[Figure] = []
    broken = False
    for name in NAMES:
        if asked.names and name not in asked.names:
            continue
        since = time.monotonic()
        tell(f"{name} ...")
        try:
            run: Callable[..., list[Figure]] = import_module(f"tests.bench.{name}").run
            figures += run(**given.get(name, {}))
        except Exception:  # a broken benchmark must not lose the figures of the others
            broken = True
            tell(f"{name} failed:\n{traceback.format_exc()}")
        else:
            tell(f"{name}: {time.monotonic() - since:.0f} s")
    show(figures)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
