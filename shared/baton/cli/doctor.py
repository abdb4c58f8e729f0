"""`baton doctor`: checks whether HubSpot and Slack fit the policy; one exit code."""

from __future__ import annotations

import argparse
import os
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
from baton.cli._policy_channels import looked_up
from baton.cli._signing import signing_lines
from baton.cli._slack import Workspace, find_workspace
from baton.cli.hubspot import assert_answers, find_account, gaps
from baton.presentation.words import listed, printable, quoted

if TYPE_CHECKING:  # HubSpot's client is loaded by the command that needs it
    from baton.adapters.hubspot.census import HubspotCensus
    from baton.policy_tools import Loaded


def add_parser(subparsers: Any) -> None:
    """Register the command; its ``run`` takes the arguments and returns the exit code."""
    parser = subparsers.add_parser(
        "doctor",
        help="whether HubSpot and Slack fit the policy",
        description="Looks for what the HubSpot account lacks, for active workflows that write "
        "properties that Baton writes, for touches that the token may not read, and for scopes and "
        "channels that the Slack app lacks. Reads no contacts: `baton audit` does that. The "
        "account is that of HUBSPOT_ACCESS_TOKEN (and HUBSPOT_API_URL), the workspace that of "
        "SLACK_BOT_TOKEN (and SLACK_API_URL), or both are the running local stack's.",
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
    assert_answers(account)
    files, policy = read_policy(arguments.folder, datetime.now(UTC).date())
    found = [
        f"{one.state}: {one.what} {one.name}" + (f": {one.advice}" if one.advice else "")
        for one in gaps(account, policy)
    ]
    if found:
        found.append("`baton hubspot setup` shows details, and creates what it can")
    line = Line()
    with one_line_errors(account, "try again later"):
        found += _unseen_touches(census_of(account, arguments.budget, line))
    if arguments.workflows:
        with one_line_errors(account, "try again later"):
            found += _conflicts(census_of(account, arguments.budget, line))
        line.done()
    else:
        print(NO_WORKFLOWS)
    # Not the local stack's Slack beside an account that was named.
    workspace = find_workspace(local=not os.environ.get("HUBSPOT_ACCESS_TOKEN"))
    found += _slack(files, workspace) if workspace is not None else []
    for one in found:
        print(printable(one))
    for one in signing_lines(arguments.stack):
        print(printable(one))
    print("Check these by hand, because no API reports them:")
    for one in MANUAL:
        print(f"  {one}")
    if workspace is None:
        print("Slack was not asked: set SLACK_BOT_TOKEN to check its scopes and channels")
    print("all is well" if not found else f"{len(found)} to look at")
    return 1 if found else 0


def _slack(files: Loaded, workspace: Workspace) -> Iterator[str]:
    """Scopes that the Slack app lacks, and what is wrong with the channels of the policy."""
    from baton.adapters.slack.channels import SCOPES

    scopes = workspace.scopes()
    lacks = [] if scopes is None else [scope for scope in SCOPES if scope not in scopes]
    for scope in lacks:
        without = SCOPES[scope]
        yield f"missing: Slack scope {scope}: {without}; add it to the app, and reinstall it"
    if "channels:read" not in lacks:
        for finding in looked_up(files, workspace).findings:
            yield f"channel: {finding}" + (f"; {finding.fix}" if finding.fix else "")


def _unseen_touches(census: HubspotCensus) -> list[str]:
    return [
        f"not seen as first touch or activity: {why}; grant the scope to the app"
        for why in census.unseen_touches()
    ]


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
