"""`baton audit`: finds what contradicts the policy in a HubSpot account."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec.structs import replace

from baton.application.audit.audit import Audit
from baton.application.audit.census import IDENTITY, AccountContext, watched
from baton.cli import CommandError
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
from baton.cli.hubspot import Account, assert_answers, find_account
from baton.presentation.words import counted, listed

if TYPE_CHECKING:  # HubSpot's client is loaded by the command that needs it
    from baton.adapters.hubspot.census import HubspotCensus
    from baton.domain.policy import Policy

T = TypeVar("T")


def add_parser(subparsers: Any) -> None:
    """Register the command; its ``run`` takes the arguments and returns the exit code."""
    parser = subparsers.add_parser(
        "audit",
        help="find what in the HubSpot account contradicts the policy",
        description="Reads contacts with the history of their stages, deals, owners and workflows,"
        " and compares them with the policy. Changes nothing. The account is that of"
        " HUBSPOT_ACCESS_TOKEN (and HUBSPOT_API_URL), or the running local stack's.",
        epilog="Exits with 1 when something was found, 0 when not, 2 when it could not run.",
    )
    add_account_arguments(parser)
    add_workflows_argument(parser)
    parser.add_argument("--json", action="store_true", help="print JSON, for other programs")
    parser.add_argument(
        "--limit", type=int, default=5, metavar="N", help="example ids of each finding (default: 5)"
    )
    parser.add_argument(
        "--since",
        type=_midnight,
        metavar="DATE",
        help="count moves and writes from this day on, YYYY-MM-DD (default: the whole history)",
    )
    parser.set_defaults(run=run)


def _midnight(text: str) -> datetime:
    return datetime.combine(date.fromisoformat(text), time(), UTC)


def run(arguments: argparse.Namespace) -> int:
    if arguments.limit < 0:
        raise CommandError("--limit must not be negative")
    account = find_account()
    assert_answers(account)
    now = datetime.now(UTC)
    _, policy = read_policy(arguments.folder, now.date())
    line = Line()
    from baton.adapters.hubspot.registrable import registrable

    with one_line_errors(account, "try again later: an audit changes nothing"):
        census = census_of(account, arguments.budget, line)
        context = _account_context(census, account, policy, line, arguments.workflows)
        audit = Audit(policy, context, now, arguments.limit, arguments.since, registrable)
        odd = _read(census, audit, watched(policy, context.dates or ()), line)
    line.done()
    report = audit.report()
    report = replace(report, unchecked=(*report.unchecked, *odd))
    if arguments.json:
        from baton.cli._audit_view import as_json

        print(as_json(report, account.host, policy, now))
    else:
        from baton.cli._audit_view import show

        show(report, account.host, policy, arguments.limit)
    return 1 if report.findings else 0


def _read(census: HubspotCensus, audit: Audit, history: Sequence[str], line: Line) -> list[str]:
    """Every contact once, from beginning to end; why some cannot be read."""
    seen = 0
    odd: list[str] = []
    for page in census.contacts([*IDENTITY, *audit.properties, *history], history):
        for row in page.rows:
            audit.take(row)
        odd += page.odd
        seen += len(page.rows)
        line.at(f"{counted(seen, 'contact', grouped=True)} read")
    return [f"some contacts: {why}" for why in dict.fromkeys(odd)]


def _account_context(
    census: HubspotCensus, account: Account, policy: Policy, line: Line, with_workflows: bool
) -> AccountContext:
    """Everything but the contacts; names and leaves out what may not be read."""
    unchecked: list[str] = [] if with_workflows else [NO_WORKFLOWS]

    def look(what: str, work: Callable[[], T]) -> T | None:
        from baton.adapters.hubspot.errors import MissingScopes
        from baton.failures import NotAllowed, Rejected

        line.at(f"reading {what}")
        try:
            return work()
        except MissingScopes as error:
            scopes = listed(error.scopes, " or ") or "a scope"
            unchecked.append(f"{what}: the token lacks {scopes}")
        except (NotAllowed, Rejected) as error:
            # An account without the feature may not have the endpoint.
            told = f"{what}: {error}; the account's plan may not include it"
            unchecked.append(no_beta(error) if what == "workflows" else told)
        return None

    return AccountContext(
        owners=look("owners", census.owners),
        deals=look("deals", lambda: tuple(census.deals())),
        workflows=look("workflows", census.workflows) if with_workflows else None,
        dates=look(
            "others' date fields", lambda: census.with_retries(lambda: _dates(account, policy))
        ),
        unchecked=tuple(unchecked),
    )


def _dates(account: Account, policy: Policy) -> tuple[str, ...]:
    from baton.adapters.hubspot.schema import HubspotSchema
    from baton.application.audit.stage_dates import stage_dates

    known = HubspotSchema(account, account.host).properties().values()
    custom = {
        one.name: one.label or ""
        for one in known
        if one.type in {"date", "datetime"} and not one.hubspotDefined
    }
    return stage_dates(policy, custom)
