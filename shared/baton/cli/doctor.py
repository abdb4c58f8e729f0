"""`baton doctor`: checks whether the HubSpot account fits the policy; one exit code."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from baton.application.audit.audit import MANUAL
from baton.cli._crm import (
    NO_WORKFLOWS,
    Line,
    add_account_arguments,
    add_workflows_argument,
    census_of,
    no_beta,
    one_line_errors,
    read_policy,
)
from baton.cli._signing import signing_lines
from baton.cli.hubspot import find_account, gaps
from baton.presentation.words import listed, printable, quoted

if TYPE_CHECKING:  # HubSpot's client is loaded by the command that needs it
    from baton.adapters.hubspot.census import HubspotCensus


def add_parser(subparsers: Any) -> None:
    """Register the command; its ``run`` takes the arguments and returns the exit code."""
    parser = subparsers.add_parser(
        "doctor",
        help="whether the HubSpot account fits the policy",
        description="Looks for what the account lacks, and for active workflows that write "
        "properties that Baton writes. Reads settings only, no contacts: `baton "
        "audit` does that. The account is that of HUBSPOT_ACCESS_TOKEN (and "
        "HUBSPOT_API_URL), or the running local stack's.",
        epilog="Exits with 1 on a conflict or a gap, 0 when all is well, 2 when it could not run.",
    )
    add_account_arguments(parser)
    add_workflows_argument(parser)
    parser.add_argument(
        "--stack",
        help="CloudFormation stack whose signing secrets are looked at (default: the stack on this "
        "machine, if its account is looked at)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    account = find_account()
    _, policy = read_policy(arguments.folder, datetime.now(UTC).date())
    found = [
        f"{one.state}: {one.what} {one.name}" + (f": {one.advice}" if one.advice else "")
        for one in gaps(account, policy)
    ]
    if found:
        found.append("`baton hubspot setup` shows details, and creates what it can")
    if arguments.workflows:
        line = Line()
        with one_line_errors(account, "try again later"):
            found += _conflicts(census_of(account, arguments.budget, line))
        line.done()
    else:
        print(NO_WORKFLOWS)
    for one in found:
        print(printable(one))
    for one in signing_lines(arguments.stack):
        print(printable(one))
    print("Check these by hand, because no API reports them:")
    for one in MANUAL:
        print(f"  {one}")
    print("all is well" if not found else f"{len(found)} to look at")
    return 1 if found else 0


def _conflicts(census: HubspotCensus) -> Iterator[str]:
    """Active workflows that write what Baton writes; or why they could not be checked."""
    from baton.adapters.hubspot.errors import MissingScopes
    from baton.failures import NotAllowed, Rejected

    try:
        flows = census.workflows()
    except MissingScopes as error:
        yield f"workflows could not be read: {error}"
        return
    except (NotAllowed, Rejected) as error:
        yield f"could not be read: {no_beta(error)}"
        return
    for flow in flows.writing:
        if flow.on:
            writes = listed(flow.writes)
            yield f"conflict: workflow {flow.id} {quoted(flow.name)} writes {writes}: switch it off"
