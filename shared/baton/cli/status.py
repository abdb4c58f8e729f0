"""`baton status migrate`: changes old hs_lead_status values to those of the policy."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from baton.cli import CommandError
from baton.cli._crm import (
    Line,
    add_account_arguments,
    census_of,
    one_line_errors,
    read_policy,
)
from baton.cli.hubspot import Account, find_account
from baton.presentation.words import counted, listed, printable

if TYPE_CHECKING:  # HubSpot's client and pydantic are loaded by the command that needs them
    from baton.adapters.hubspot.census import HubspotCensus
    from baton.application.migrate_statuses import Progress

#: In the same folder as the files of `make run`.
CHECKPOINT = Path(".local/status-migration.json")


def add_parser(subparsers: Any) -> None:
    """Register the command; its ``run`` takes the arguments and returns the exit code."""
    status = subparsers.add_parser("status", help="migrate old lead statuses")
    actions = status.add_subparsers(metavar="ACTION", required=True)
    parser = actions.add_parser(
        "migrate",
        help="move contacts from old lead statuses to those of the policy",
        description="Changes the lead statuses listed under old_statuses in lifecycle.yaml to "
        "their replacements. Changes nothing without --apply. If it is killed, it "
        "continues where it stopped when started again.",
        epilog="Exits with 1 while something is left to do, 0 when not, 2 when it could not run.",
    )
    add_account_arguments(parser)
    parser.add_argument("--apply", action="store_true", help="write the new statuses")
    parser.add_argument(
        "--checkpoint",
        "--resume-from",
        type=Path,
        default=CHECKPOINT,
        metavar="FILE",
        help=f"where --apply stores its progress (default: {CHECKPOINT})",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    account = find_account()
    files, policy = read_policy(arguments.folder, datetime.now(UTC).date())
    from baton.application.audit.census import known_statuses

    mapping, known = files.lifecycle.old_statuses, known_statuses(policy)
    if arguments.apply and not mapping:
        raise CommandError("lifecycle.yaml has no old_statuses, so there is nothing to apply")
    line = Line()
    with one_line_errors(account, "run it again later: it continues where it stopped"):
        census = census_of(account, arguments.budget, line)
        if arguments.apply:
            done = _apply(census, account, mapping, known, arguments.checkpoint, line)
        else:
            done = _look(census, account, mapping, known, line)
    line.done()
    _show(done, mapping, known, applied=arguments.apply)
    left = sum(done.unmapped.values()) + done.changed + done.refused
    return 1 if left or (done.moved and not arguments.apply) else 0


def _look(
    census: HubspotCensus,
    account: Account,
    mapping: dict[str, str],
    known: Iterable[str],
    line: Line,
) -> Progress:
    from baton.application.migrate_statuses import Progress, fingerprint, survey

    done = Progress(account.host, fingerprint(mapping))
    for now in survey(census, mapping, known, done):
        done = now
        line.at(f"{counted(done.seen, 'contact', grouped=True)} read")
    return done


def _apply(
    census: HubspotCensus,
    account: Account,
    mapping: dict[str, str],
    known: Iterable[str],
    file: Path,
    line: Line,
) -> Progress:
    from baton.application.migrate_statuses import Progress, fingerprint, migrate
    from baton.cli._checkpoint import Checkpoint

    name = f"{account.host} {census.portal()}"
    checkpoint = Checkpoint(file)
    done = checkpoint.load(Progress(name, fingerprint(mapping)))
    _check_options(census, account, mapping)
    if done.seen:
        print(f"continuing after {counted(done.seen, 'contact', grouped=True)} ({file})")
    for now in migrate(census, mapping, known, done):
        done = now
        if done.after:
            checkpoint.save(done)
        line.at(
            f"{counted(done.seen, 'contact', grouped=True)} done,"
            f" {sum(done.moved.values()):,} moved"
        )
    checkpoint.done()
    return done


def _check_options(census: HubspotCensus, account: Account, mapping: dict[str, str]) -> None:
    """Check the options first: HubSpot refuses a whole batch for one unknown value."""
    from baton.adapters.hubspot.schema import HubspotSchema
    from baton.application.audit.census import STATUS
    from baton.failures import NotAllowed

    try:
        schema = HubspotSchema(account, account.host)
        found = census.with_retries(schema.properties).get(STATUS)
    except NotAllowed:
        return  # without the scope the first write reports it
    options = {one.value for one in found.options} if found else set()
    missing = sorted(set(mapping.values()) - options)
    if options and missing:
        raise CommandError(
            f"HubSpot's lead status has no option {listed(missing)}: add it first, see"
            " `baton hubspot setup`"
        )


def _show(done: Progress, mapping: dict[str, str], known: Iterable[str], *, applied: bool) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from baton.policy_tools.faults import did_you_mean

    # Values come from outside, so they must not be read as markup.
    console = Console(markup=False, emoji=False, highlight=False)
    verb = "moved" if applied else "would move"
    if done.moved:
        table = Table(box=box.SIMPLE_HEAD)
        for heading in ("old value", "new value"):
            table.add_column(heading)
        table.add_column(verb, justify="right")
        for old, count in sorted(done.moved.items(), key=lambda one: (-one[1], one[0])):
            table.add_row(Text(old), Text(mapping[old]), f"{count:,}")
        console.print(table)
    if done.unmapped:
        table = Table(
            box=box.SIMPLE_HEAD, title="The policy has no new value for", title_justify="left"
        )
        table.add_column("value")
        table.add_column("contacts", justify="right")
        table.add_column("")
        for value, count in sorted(done.unmapped.items(), key=lambda one: (-one[1], one[0])):
            hint = did_you_mean(value, [*known]).removeprefix("; ")
            table.add_row(Text(printable(value)), f"{count:,}", Text(hint))
        console.print(table)
        console.print("Name them under old_statuses in lifecycle.yaml.")
    for one, why in done.left.items():
        console.print(f"left alone: contact {one}, {printable(why)}")
    console.print(
        f"{sum(done.moved.values()):,} of {counted(done.seen, 'contact', grouped=True)} {verb};"
        f" {sum(done.unmapped.values()):,} have a value that is not mapped"
        + (f"; {done.changed:,} had changed, {done.refused:,} were refused" if applied else "")
    )
    if done.moved and not applied:
        console.print("`baton status migrate --apply` moves them")
