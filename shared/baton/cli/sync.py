"""`baton sync test`: a round trip with a test contact, for every mapped property."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from baton.cli._crm import add_account_arguments, one_line_errors, read_policy
from baton.cli.hubspot import find_account
from baton.presentation.words import counted, noun, printable

_COLOURS = {"same": "green", "read only": "dim", "changed": "red", "refused": "red"}


def add_parser(subparsers: Any) -> None:
    """Register the command; its ``run`` takes the arguments and returns the exit code."""
    sync = subparsers.add_parser(
        "sync", help="check whether the mapped properties keep what is written"
    )
    actions = sync.add_subparsers(metavar="ACTION", required=True)
    test = actions.add_parser(
        "test",
        help="write and read back every mapped property of a test contact",
        description="Makes a test contact, writes a value to every property that the policy maps,"
        " reads them back, and deletes the contact. The account is that of HUBSPOT_ACCESS_TOKEN"
        " (and HUBSPOT_API_URL), or the running local stack's.",
        epilog="Exits with 1 when a value did not come back, 0 when all did, 2 when it could not"
        " run.",
    )
    add_account_arguments(test)
    test.add_argument("--all", action="store_true", help="also list the values that came back")
    test.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    account = find_account()
    now = datetime.now(UTC)
    _, policy = read_policy(arguments.folder, now.date())
    from baton.adapters.hubspot.round_trip import HubspotSync
    from baton.application.round_trip import round_trip

    with one_line_errors(account, "try again later"):
        trips = round_trip(policy, HubspotSync(account, account.host), now)
    bad = [trip for trip in trips if not trip.sound]
    _show(trips if arguments.all else bad)
    kept = sum(trip.state == "same" for trip in trips)
    theirs = len(trips) - kept - len(bad)
    print(
        f"{counted(len(trips), 'property', 'properties')}: {kept} came back as written,"
        f" {theirs} {noun(theirs, 'is', 'are')} written by HubSpot only, {len(bad)} did not"
    )
    return 1 if bad else 0


def _show(trips: list[Any]) -> None:
    if not trips:
        return
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("property", "wrote", "read", ""):
        table.add_column(heading)
    for trip in trips:
        said = f"{trip.state}: {printable(trip.why)}" if trip.why else trip.state
        table.add_row(
            trip.name,
            trip.wrote,
            printable(trip.read),
            f"[{_COLOURS[trip.state]}]{said.replace('[', '(')}[/]",
        )
    Console().print(table)
