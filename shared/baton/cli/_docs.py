"""``baton policy docs``: the policy as documents."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from baton.cli import CommandError
from baton.presentation.words import counted

if TYPE_CHECKING:
    from baton.policy_tools import Checked

OUT = "build/docs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out", default=OUT, metavar="DIR", help=f"where to write them (default: {OUT})"
    )
    parser.add_argument(
        "--date", type=_date, metavar="YYYY-MM-DD", help="shown on the sign-off sheet"
    )


def write_docs(
    arguments: argparse.Namespace, checked: Callable[[argparse.Namespace], Checked | None]
) -> int:
    """Write the documents of the policy; print its faults if it is not valid."""
    policy = checked(arguments)
    if policy is None:
        return 1
    from baton.policy_tools import docs

    try:
        paths = docs.write(policy.files, Path(arguments.out), arguments.date)
    except OSError as error:
        raise CommandError(f"cannot write to {arguments.out}: {error.strerror}") from None
    print(f"wrote {counted(len(paths), 'file')}; open {paths[-1]}")
    return 0


def _date(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{value!r} is not a date such as 2026-12-24") from None
