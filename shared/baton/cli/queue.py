"""`baton queue`: the leads that wait because nobody is free, the next one first."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from baton.cli import CommandError
from baton.cli._stack import Stack, add_arguments, open_stack
from baton.presentation.words import listed, utc

if TYPE_CHECKING:
    from baton.domain.policy import Pool


def add_parser(subparsers: Any) -> None:
    """Register the command; its ``run`` takes the arguments and returns the exit code."""
    parser = subparsers.add_parser(
        "queue",
        help="leads that wait because nobody is free",
        description="Shows the leads in each pool's queue, in the order in which they get an "
        "owner: the hottest first, and of those the oldest. Exits with 1 while a "
        "lead waits longer than its limit.",
    )
    parser.add_argument("pool", nargs="?", help="only this pool")
    add_arguments(parser, acts=False)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from rich.console import Console
    from rich.table import Table

    with open_stack(arguments) as stack:
        pools = _pools(stack, arguments.pool)
        table = Table("pool", "place", "lead", "tier", "waits since", "until", "then")
        late = 0
        for pool in pools:
            for place, one in enumerate(stack.leads.queue(pool.id), 1):
                tiers = stack.policy.tiers
                tier = tiers[one.heat].label if one.heat < len(tiers) else "–"
                overdue = one.until < stack.now
                late += overdue
                table.add_row(
                    pool.label,
                    str(place),
                    one.lead,
                    tier,
                    utc(one.since),
                    utc(one.until) + " (overdue)" * overdue,
                    _after_wait(stack, pool),
                )
    if not table.row_count:
        print("Nobody waits.")
        return 0
    Console(markup=False, emoji=False, highlight=False).print(table)
    return 1 if late else 0


def _pools(stack: Stack, name: str | None) -> list[Pool]:
    """The pools with a queue, or the one that was named. Raises CommandError."""
    if name is None:
        return [pool for pool in stack.policy.pools if stack.policy.chain[pool.id].waits]
    if name not in stack.policy.pool:
        known = listed(sorted(stack.policy.pool))
        raise CommandError(f"there is no pool {name}; there are {known}")
    return [stack.policy.pool[name]]


def _after_wait(stack: Stack, pool: Pool) -> str:
    """Who gets the lead when its wait times out."""
    waited = False
    for step in pool.fallback:
        waited = waited or step.wait is not None
        if waited and step.person:
            return stack.policy.person[step.person].name
    return "the last resort"
