"""What the commands that look at a whole HubSpot account have in common."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from baton.cli import CommandError
from baton.cli._policy_files import load_files
from baton.cli.hubspot import Account
from baton.cli.policy import FOLDER
from baton.presentation.words import listed

if TYPE_CHECKING:  # HubSpot's client and pydantic are loaded by the command that needs them
    from baton.adapters.hubspot.census import HubspotCensus
    from baton.domain.policy import Policy
    from baton.policy_tools import Loaded

#: Spelt out here as well, because the adapter that has it loads HubSpot's client.
BUDGET = 80


def add_account_arguments(parser: Any) -> None:
    parser.add_argument(
        "folder",
        nargs="?",
        default=FOLDER,
        metavar="FOLDER",
        help=f"the policy files (default: {FOLDER})",
    )
    parser.add_argument(
        "--budget",
        type=int,
        default=BUDGET,
        metavar="CALLS",
        help=f"calls to HubSpot in any ten seconds (default: {BUDGET} of an app's 100 or more)",
    )


def add_workflows_argument(parser: Any) -> None:
    """A switch, because HubSpot offers workflows in a beta of its API only, and may change it."""
    parser.add_argument(
        "--workflows",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="also read the account's workflows, which are in a beta of HubSpot's API"
        " (default: yes)",
    )


#: Said where the switch is off.
NO_WORKFLOWS = "workflows: left out (--no-workflows)"


def no_beta(error: Exception) -> str:
    """Said where HubSpot refuses to list workflows."""
    return (
        f"workflows: {error}. HubSpot has them in a beta of its API, which may not be open to this"
        " account; --no-workflows leaves them out"
    )


def read_policy(folder: str, today: date) -> tuple[Loaded, Policy]:
    """
    The policy in *folder* as files and compiled.

    Raises:
        CommandError: The policy cannot be used; its faults have been printed.
    """
    files = load_files(folder)
    if files is None:
        raise CommandError("the policy must be free of faults first")
    from baton.policy_tools import compile_policy

    return files, compile_policy(files, today)


def census_of(account: Account, budget: int, line: Line) -> HubspotCensus:
    from baton.adapters.hubspot.census import HubspotCensus
    from baton.adapters.hubspot.pace import Pace

    return HubspotCensus(account, account.host, Pace(budget, line.waits))


class Line:
    """A progress line on stderr; prints nothing if stderr is no terminal."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()

    def at(self, text: str) -> None:
        self._line(text)

    def waits(self, seconds: float) -> None:
        self._line(f"HubSpot asked to wait {seconds:.0f} s")

    def done(self) -> None:
        self._line("")

    def _line(self, text: str) -> None:
        if self._shown:
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


@contextmanager
def one_line_errors(account: Account, afterwards: str) -> Iterator[None]:
    """Turns HubSpot's errors into one line; *afterwards* says what to do once HubSpot answers
    again."""
    from baton.adapters.hubspot.errors import MissingScopes
    from baton.failures import NotAllowed, Rejected, Retryable, Unauthorised

    try:
        yield
    except Unauthorised:
        raise CommandError(
            f"{account.host} does not accept the token: check HUBSPOT_ACCESS_TOKEN"
        ) from None
    except MissingScopes as error:
        named = listed(error.scopes, " or ") or "for contacts"
        raise CommandError(f"the token lacks a scope: {named}; grant it to the app") from None
    except NotAllowed as error:
        raise CommandError(f"{error}: the account's plan or the app does not allow it") from None
    except Retryable as error:
        raise CommandError(f"{error}; {afterwards}") from None
    except Rejected as error:
        raise CommandError(f"{account.host} refused: {error}") from None
