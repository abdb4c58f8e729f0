"""``python -m infra.local run [--once] [--no-sample-day] [--fresh]``: what ``make run`` calls."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from dataclasses import replace
from types import FrameType

from infra.local import sample_day
from infra.local.stack import Fault, Settings, Stack, preflight
from infra.local.stack.secrets import write_private

#: All of these stop the stack as Ctrl-C does: in order, with nothing left running.
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="start everything and stay up until Ctrl-C")
    run.add_argument("--once", action="store_true", help="play the sample day, stop, exit 0")
    run.add_argument("--no-sample-day", action="store_true", help="only start")
    run.add_argument(
        "--fresh",
        action="store_true",
        help="publish the policy folder even over a policy that somebody published on this stack",
    )
    asked = parser.parse_args(argv)
    for name in SIGNALS:
        signal.signal(name, _interrupt)
    try:
        return _run(once=asked.once, play=not asked.no_sample_day, fresh=asked.fresh)
    except (Fault, OSError) as fault:  # a full disk, a folder that is not ours
        print(f"baton: {fault}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("baton: interrupted while starting; everything is stopped", file=sys.stderr)
        return 130


def _run(*, once: bool, play: bool, fresh: bool) -> int:
    settings = replace(Settings.from_environment(os.environ), fresh=fresh)
    facts_file = settings.facts_file
    # First, so that a second start does not delete the file of a running stack.
    preflight.check(settings)
    # The file is written again once the stack is ready; scripts wait for that.
    facts_file.unlink(missing_ok=True)
    with Stack(settings, report=lambda line: print(line, flush=True)) as stack:
        write_private(facts_file, stack.facts())
        try:
            code = sample_day.run(stack, once) if play else 0
            if once:
                return code
            print("Ctrl-C stops everything.", flush=True)
            while True:
                stack.check()
                time.sleep(0.5)
        except KeyboardInterrupt:
            return 130 if once else 0


def _interrupt(number: int, frame: FrameType | None) -> None:
    # Once stopping has begun, a second Ctrl-C must not stop the stopping.
    for name in SIGNALS:
        signal.signal(name, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    raise SystemExit(main())
