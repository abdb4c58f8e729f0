"""`baton fairness`: turns owed to every rep, leads received, and excused differences."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from baton.cli import CommandError
from baton.cli._stack import Stack, add_arguments, open_stack
from baton.presentation.words import counted, day, listed

if TYPE_CHECKING:
    from baton.application.audit.fairness import Handed, Ledger, PoolLedger, Row
    from baton.domain.policy import Policy

#: The default period in days: four weeks.
DAYS = 28
#: Length of the longest bar, in characters.
BAR = 16


def add_parser(subparsers: Any) -> None:
    """Register the command; its ``run`` takes the arguments and returns the exit code."""
    parser = subparsers.add_parser(
        "fairness",
        help="who was owed how many leads, and who got them",
        description="Per pool and rep over a period: turns owed, leads received, excused "
        "differences (leave, full, off shift, joined later), and the remaining "
        "difference. Leads owed and leads received have the same sum. Leads "
        "assigned by account, by hand or as last resort are not turns, and are "
        "listed separately.",
    )
    parser.add_argument("pool", nargs="?", help="only this pool")
    parser.add_argument("--since", type=_date, metavar="DATE", help=f"default: {DAYS} days ago")
    parser.add_argument("--until", type=_date, metavar="DATE", help="last day, UTC; default: today")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="also draw it as a bar chart")
    add_arguments(parser, acts=False)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from baton.application.audit.fairness import ledger

    with open_stack(arguments) as stack:
        policy = stack.policy
        if arguments.pool and arguments.pool not in policy.pool:
            known = listed(sorted(policy.pool))
            raise CommandError(f"there is no pool {arguments.pool}; there are {known}")
        until = arguments.until or stack.now.date()
        since = arguments.since or until - timedelta(days=DAYS - 1)
        found = ledger(_handed(stack, since, until), _policies(stack), policy)
    pools = [one for one in found.pools if not arguments.pool or one.pool == arguments.pool]
    days = f"{day(since, year=True)} to {day(until, year=True)}"
    print(f"{days} (UTC)")
    show(pools, found, policy)
    if arguments.svg:
        from baton.application.audit.fairness_chart import chart

        title = f"Owed and received, {days}"
        arguments.svg.write_text(chart(title, pools, policy), encoding="utf-8")
        print(f"Drawn in {arguments.svg}.")
    return 0


def _handed(stack: Stack, since: date, until: date) -> Iterator[Handed]:
    from baton.application.audit.fairness import Handed

    for n in range((until - since).days + 1):
        for one in stack.leads.reported((since + timedelta(days=n)).isoformat()):
            if one.considered or any(outcome.kind == "assigned" for outcome in one.outcomes):
                yield Handed(one.policy, one.considered, one.outcomes)


def _policies(stack: Stack) -> Any:
    from baton.adapters.dynamodb.policies import PolicyStore

    store = PolicyStore(stack.target.client("dynamodb"), stack.target.table)

    def policy_of(version: str) -> Policy:
        return stack.policy if version == stack.policy.version else store.get(int(version))

    return policy_of


def show(pools: list[PoolLedger], found: Ledger, policy: Policy) -> None:
    """Print the ledger."""
    from rich.console import Console
    from rich.table import Table

    console = Console(markup=False, emoji=False, highlight=False)
    if not any(pool.turns or pool.nobody for pool in pools):
        print("No pool handed out a lead.")
    for pool in pools:
        nobody = f", {pool.nobody} found nobody" if pool.nobody else ""
        table = Table(
            title=f"{pool.label}: {counted(pool.turns, 'lead')} by turn{nobody}",
            title_justify="left",
        )
        table.add_column("rep")
        gave_back = any(row.given_back for row in pool.rows)
        columns = ("owed", "received", *(["given back"] if gave_back else []), "residual")
        for column in columns:
            table.add_column(column, justify="right")
        table.add_column("owed ░ got █", no_wrap=True, min_width=BAR)
        table.add_column("excused", overflow="fold")
        most = max((max(row.owed, row.received) for row in pool.rows), default=0) or 1
        for row in pool.rows:
            table.add_row(*_cells(row, most, policy, gave_back))
        owed, received = sum(row.owed for row in pool.rows), sum(r.received for r in pool.rows)
        back = sum(row.given_back for row in pool.rows)
        total = [f"{owed:.2f}", str(received), *([str(back)] if gave_back else [])]
        table.add_row("", *total, f"{received - back - owed:+z.2f}", "", "")
        console.print(table)
    for rule, counts in found.beside.items():
        names = listed(f"{_name(policy, rep)} {n}" for rep, n in sorted(counts.items()))
        console.print(f"Beside turns, {rule}: {names}")


def _cells(row: Row, most: float, policy: Policy, gave_back: bool) -> tuple[str, ...]:
    from baton.application.audit.fairness import residual_of

    excused = listed(f"{cause} {n:.1f}" for cause, n in sorted(row.excused.items()))
    return (
        _name(policy, row.rep),
        f"{row.owed:.2f}",
        str(row.received),
        *([str(row.given_back)] if gave_back else []),
        residual_of(row, 2),
        bars(row.owed / most, row.received / most),
        excused,
    )


def bars(owed: float, received: float) -> str:
    """Two bars, one line each; *owed* and *received* are shares of the longest bar."""
    return f"{'░' * round(owed * BAR)}\n{'█' * round(received * BAR)}"


def _name(policy: Policy, rep: str) -> str:
    person = policy.person.get(rep)
    return person.name if person else rep


def _date(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text}: expected a date, as in 2026-11-01") from None
