"""``baton``: the command line for RevOps and for operators of the stack."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Sequence

from baton import cli
from baton.cli import CommandError


def parser() -> argparse.ArgumentParser:
    """The whole command line; every public module of ``baton.cli`` adds its part."""
    whole = argparse.ArgumentParser(
        prog="baton", description="SLA routing and alerting for HubSpot and Slack."
    )
    subparsers = whole.add_subparsers(metavar="COMMAND", required=True)
    for module in sorted(pkgutil.iter_modules(cli.__path__), key=lambda found: found.name):
        if not module.name.startswith("_"):
            command = importlib.import_module(f"{cli.__name__}.{module.name}")
            command.add_parser(subparsers)
    return whole


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command. Exit codes: 0 done, 1 found something wrong, 2 could not run as asked."""
    arguments = parser().parse_args(argv)
    try:
        code: int = arguments.run(arguments)
    except CommandError as error:
        print(f"baton: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the program that reads the pipe has ended
        sys.stderr.close()
        return 0
    return code


if __name__ == "__main__":
    sys.exit(main())
