"""`baton hubspot setup`: lists what the account lacks for the policy, and creates it."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from msgspec import Struct

from baton.cli import CommandError
from baton.cli._policy_files import load_files
from baton.cli._target import LOCAL
from baton.cli.policy import FOLDER
from baton.presentation.words import listed

if TYPE_CHECKING:  # HubSpot's client and pydantic are loaded by the command that needs them
    from baton.adapters.hubspot.schema import HubspotSchema
    from baton.cli._hubspot_gaps import Finding
    from baton.domain.policy import Policy

REAL = "https://api.hubapi.com"
#: Seconds that the account has for its first answer.
PROBE = 5
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_COLOURS = {"exists": "green", "missing": "red"} | dict.fromkeys(
    ("different type", "read differently"), "yellow"
)


class Account(Struct, frozen=True):
    """The HubSpot account's address and its token, as a ports.token.Token."""

    host: str
    token: str

    def __call__(self) -> str:
        return self.token

    def renewed(self) -> str | None:
        return None  # the token is valid for this run only, so there is no new one


def add_parser(subparsers: Any) -> None:
    """Register the command; its ``run`` takes the arguments and returns the exit code."""
    hubspot = subparsers.add_parser("hubspot", help="prepare the HubSpot account")
    actions = hubspot.add_subparsers(metavar="ACTION", required=True)
    text = "list the properties, stages and statuses that the policy needs but the account lacks"
    setup = actions.add_parser(
        "setup",
        help=text,
        description=f"{text[0].upper()}{text[1:]}. Changes nothing without --apply. The account is"
        " that of HUBSPOT_ACCESS_TOKEN (and HUBSPOT_API_URL), or the running local stack's.",
        epilog="Exits with 1 while something is missing.",
    )
    setup.add_argument(
        "folder",
        nargs="?",
        default=FOLDER,
        metavar="FOLDER",
        help=f"the policy files (default: {FOLDER})",
    )
    setup.add_argument("--apply", action="store_true", help="create what Baton can create")
    setup.add_argument("--all", action="store_true", help="also list what is correct")
    setup.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    account = find_account()
    policy = _policy(arguments.folder)
    if policy is None:
        return 1
    from baton.adapters.hubspot.schema import HubspotSchema

    assert_answers(account)
    with _one_line_errors(account, creates=arguments.apply):
        schema = HubspotSchema(account, account.host)
        found = _look(schema, policy)
        refused: dict[str, str] = {}
        if arguments.apply and any(one.can_be_made for one in found):
            before = found
            refused = _make(schema, found)
            # Read HubSpot again: another admin may have created some of it meanwhile.
            found = _look(schema, policy)
            _tell_made(before, found)
    _show(found, account, refused, everything=arguments.all)
    return 0 if all(one.state == "exists" for one in found) else 1


def find_account() -> Account:
    """
    The account to look at: that of the environment, else the running local stack's sandbox.

    Raises:
        CommandError: There is none, or the token would be sent in clear text.
    """
    token = os.environ.get("HUBSPOT_ACCESS_TOKEN", "").strip()
    host = os.environ.get("HUBSPOT_API_URL", "").strip()
    if token:
        host = host or REAL
        parts = urlsplit(host)
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise CommandError(f"HUBSPOT_API_URL={host} must begin with https://")
        return Account(host, token)
    if host:
        raise CommandError("HUBSPOT_API_URL is set, HUBSPOT_ACCESS_TOKEN is not")
    try:
        stack = json.loads(LOCAL.read_text(encoding="utf-8"))
        secrets = json.loads(LOCAL.with_name("secrets.json").read_text(encoding="utf-8"))
        sandbox, token = stack["sandbox"], str(secrets["hubspot_access_token"])
    except FileNotFoundError:
        sandbox = None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{LOCAL} cannot be used ({error!r}): run `make run` again") from None
    if not sandbox:
        raise CommandError(
            "no account: set HUBSPOT_ACCESS_TOKEN, or start the local stack with `make run`"
        )
    return Account(f"{sandbox}/hubspot", token)


def assert_answers(account: Account) -> None:
    """
    Look once whether the account answers at all. The clients repeat a call for minutes before they
    give up, as is right in the middle of long work.

    Raises:
        CommandError: It does not, in a few seconds.
    """
    from http.client import HTTPException
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    try:
        with urlopen(Request(account.host, method="HEAD"), timeout=PROBE):  # noqa: S310 https, or loopback
            return
    except HTTPError:
        return  # a refusal is an answer
    except (OSError, HTTPException) as error:
        why = getattr(error, "reason", None) or error
        local = urlsplit(account.host).hostname in _LOOPBACK
        hint = (
            "is the stack on this machine running? Start it with `make run`"
            if local
            else "check HUBSPOT_API_URL, the network and https://status.hubspot.com"
        )
        name = type(why).__name__
        raise CommandError(f"{account.host} does not answer ({name}): {hint}") from None


def _policy(folder: str) -> Policy | None:
    """The policy in *folder*, or None after its faults have been printed."""
    files = load_files(folder)
    if files is None:
        return None
    from baton.policy_tools import compile_policy

    return compile_policy(files, datetime.now(UTC).date())


def gaps(account: Account, policy: Policy) -> list[Finding]:
    """
    What the account lacks for the policy.

    Raises:
        CommandError: The account does not answer, or refuses.
    """
    from baton.adapters.hubspot.schema import HubspotSchema

    with _one_line_errors(account, creates=False):
        found = _look(HubspotSchema(account, account.host), policy)
    return [one for one in found if one.state != "exists"]


def _look(schema: HubspotSchema, policy: Policy) -> list[Finding]:
    from baton.cli._hubspot_gaps import findings

    return findings(policy, schema.properties(), schema.groups())


def _make(schema: HubspotSchema, found: Sequence[Finding]) -> dict[str, str]:
    """Create what can be created; print what HubSpot refused, and why."""
    from baton.failures import Rejected

    refused: dict[str, str] = {}
    for group in (one for one in found if one.what == "group" and one.can_be_made):
        try:
            schema.create_group()
        except Rejected as error:
            refused[group.name] = str(error)
    wanted = [one.make for one in found if one.can_be_made and one.make is not None]
    return refused | schema.create(wanted)


def _tell_made(before: Sequence[Finding], now: Sequence[Finding]) -> None:
    there = {(one.what, one.name) for one in now if one.state == "exists"}
    made = [one for one in before if one.can_be_made and (one.what, one.name) in there]
    print(f"created {len(made)}: {listed(one.name for one in made)}")


def _show(
    found: Sequence[Finding], account: Account, refused: dict[str, str], *, everything: bool
) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    listed = [one for one in found if everything or one.state != "exists"]
    if listed:
        table = Table(box=box.SIMPLE_HEAD, title=account.host, title_justify="left")
        for heading in ("what", "name", "state", "what to do"):
            table.add_column(heading, no_wrap=heading != "what to do")
        for one in listed:
            table.add_row(
                one.what,
                one.name,
                Text(one.state, style=_COLOURS[one.state]),
                Text(_advice(one, refused)),
            )
        console.print(table)
    wrong = sum(one.state != "exists" for one in found)
    if not wrong:
        print(f"in order: {account.host} has all {len(found)} items that the policy needs")
        return
    makeable = sum(one.can_be_made for one in found)
    print(f"{wrong} of {len(found)} items that the policy needs are missing or wrong")
    if makeable and not refused:
        print(f"`baton hubspot setup --apply` creates {makeable} of them")


def _advice(finding: Finding, refused: dict[str, str]) -> str:
    if finding.name in refused and finding.can_be_made:
        return refused[finding.name]
    return finding.advice or ("--apply creates it" if finding.can_be_made else "")


@contextmanager
def _one_line_errors(account: Account, *, creates: bool) -> Iterator[None]:
    """Turns HubSpot's errors into one line that says what to do. *creates*: something may have been
    created before."""
    from baton.adapters.hubspot.errors import MissingScopes
    from baton.adapters.hubspot.schema import READ_SCOPE, WRITE_SCOPE
    from baton.failures import Rejected, Retryable, Unauthorised

    try:
        yield
    except Unauthorised:
        raise CommandError(
            f"{account.host} does not accept the token: check HUBSPOT_ACCESS_TOKEN"
        ) from None
    except MissingScopes as error:
        named = listed(error.scopes, " or ") or f"{READ_SCOPE} and {WRITE_SCOPE}"
        raise CommandError(
            f"the token lacks a scope: {named}; grant it to the app (infra/hubspot/README.md)"
        ) from None
    except Retryable as error:
        again = ": what has been created by then is recognised" if creates else ""
        raise CommandError(f"{error}; try again later{again}") from None
    except Rejected as error:
        raise CommandError(f"{account.host} refused: {error}") from None
