"""`baton simulate`: a busy month of made-up leads, through the real decisions."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from baton.cli import CommandError
from baton.cli._crm import read_policy
from baton.cli.fairness import show as show_fairness
from baton.cli.policy import FOLDER
from baton.presentation.words import counted, day, listed, span

if TYPE_CHECKING:
    from rich.console import Console

    from baton.domain.policy import Policy
    from baton.simulation import Arrival, Result
    from baton.simulation.result import Spread


#: Most lines of a file whose faults are shown; all are counted.
SHOWN = 10


def add_parser(subparsers: Any) -> None:
    """Register the command; its ``run`` takes the arguments and returns the exit code."""
    parser = subparsers.add_parser(
        "simulate",
        help="simulate what a policy does with thousands of leads",
        description="Sends leads through the real decisions, in memory and with a clock that "
        "jumps: who gets them, how fairly, how fast, who waits, what is breached. "
        "The same seed gives the same run.",
        epilog='A line of --from is JSON: {"fields": {"country": "Germany"}, "at":'
        ' "2026-12-01T09:15:00Z", "owner": "anna", "account": {"company": "anna"}}, by'
        " the policy's fields and people; all but fields may be left out.",
    )
    parser.add_argument("folder", nargs="?", default=FOLDER, help=f"the policy ({FOLDER})")
    parser.add_argument("--leads", type=_positive, default=2000, metavar="N", help="default: 2000")
    parser.add_argument("--days", type=_positive, default=28, metavar="N", help="default: 28")
    parser.add_argument("--start", type=_date, metavar="DATE", help="default: next Monday")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="default: 1")
    parser.add_argument("--from", dest="file", type=Path, metavar="FILE", help="leads, as JSONL")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    people = parser.add_argument_group(
        "how people behave (SHARE: from 0 to 1; MIN: working minutes)"
    )
    people.add_argument("--accept", type=_share, metavar="SHARE", help="leads that are accepted")
    people.add_argument(
        "--qualify", type=_share, metavar="SHARE", help="touched leads that qualify"
    )
    people.add_argument(
        "--leave", type=_share, metavar="SHARE", help="weeks in which a leave begins"
    )
    people.add_argument(
        "--reaction", type=_positive, metavar="MIN", help="median time to accepting"
    )
    people.add_argument(
        "--touch", type=_positive, metavar="MIN", help="median time to the first touch"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    now = datetime.now(UTC)
    start = arguments.start or now.date() + timedelta(days=7 - now.weekday())
    _, policy = read_policy(arguments.folder, start)
    from baton.simulation import Simulation

    arrivals = _arrivals(arguments, policy)
    simulation = Simulation(
        policy, arrivals, start, arguments.days, _behaviour(arguments), arguments.seed
    )
    # Every lead and record is kept to the end and none is in a cycle; the cycle collector would
    # take a sixth of the time.
    gc.disable()
    try:
        with _progress(len(arrivals)) as told:
            result = simulation.run(told)
    finally:
        gc.enable()
    if arguments.json:
        import msgspec

        print(msgspec.json.format(msgspec.json.encode(result)).decode())
    else:
        _show(result, policy)
    return 1 if result.over_limit else 0


def _arrivals(arguments: argparse.Namespace, policy: Policy) -> list[Arrival]:
    from random import Random

    from baton.simulation import made_up, read_arrivals

    if arguments.file is None:
        return list(made_up(policy, arguments.leads, Random(arguments.seed)))
    try:
        with arguments.file.open("rb") as lines:
            found, odd = read_arrivals(lines, policy)
    except OSError as error:
        raise CommandError(f"{arguments.file} cannot be read: {error}") from None
    if odd and not found:
        raise CommandError(f"{arguments.file}: {odd[0]}")
    for fault in odd[:SHOWN]:
        print(f"{arguments.file}: {fault}", file=sys.stderr)
    if odd:
        print(f"{counted(len(odd), 'line')} left out", file=sys.stderr)
    return found


def _behaviour(arguments: argparse.Namespace) -> Any:
    from msgspec.structs import replace

    from baton.simulation import Behaviour

    shares = {
        name: value
        for name in ("accept", "qualify", "leave")
        if (value := getattr(arguments, name)) is not None
    }
    times = {
        name: timedelta(minutes=value)
        for name in ("reaction", "touch")
        if (value := getattr(arguments, name)) is not None
    }
    return replace(Behaviour(), **shares, **times)


@contextmanager
def _progress(leads: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr, if that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("leads"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("leads", total=leads)
        # An update of the bar costs more than a lead, so it moves once in fifty.
        yield lambda done: bar.update(task, completed=done) if done % 50 == 0 else None


def _show(result: Result, policy: Policy) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(markup=False, emoji=False, highlight=False)
    print(
        f"{counted(result.leads, 'lead', grouped=True)},"
        f" {counted(result.events, 'event', grouped=True)},"
        f" {day(result.starts, year=True)} to {day(result.ends, year=True)}, seed {result.seed}"
    )
    table = Table(show_header=False, box=None)
    share = 100 / result.leads if result.leads else 0.0
    for label, count in (
        ("covered", result.covered),
        ("  at once", result.at_once),
        ("  after waiting in the queue", result.after_wait),
        ("  to a manager, after waiting too long", result.wait_given_up),
        ("  to a manager, because nobody else could take it", result.last_resort),
        ("still waiting at the end", result.still_waiting),
        *((f"not handed over: {why}", n) for why, n in result.not_handed.items()),
        ("accepted", result.accepted),
        ("touched", result.touched),
        ("qualified", result.qualified),
        ("recycled", result.recycled),
        ("disqualified", result.disqualified),
        ("pulled back, because nobody acted", result.pulled_back),
        ("passed on by a rep", result.rejected),
        *((f"breached: {target}", n) for target, n in result.breaches.items()),
    ):
        table.add_row(label, f"{count:,}", f"{count * share:.1f} %")
    console.print(table)
    for label, found in (
        ("wait for room", result.waited),
        ("to acceptance", result.to_accept),
        ("to the first touch", result.to_touch),
    ):
        if found is not None:
            print(f"{label}: {_spread(found)}")
    show_fairness(list(result.fairness.pools), result.fairness, policy)
    _limits(result, policy, console)


def _limits(result: Result, policy: Policy, console: Console) -> None:
    full = [
        f"{policy.person[person].name} {most} of {limit}"
        for person, (most, limit) in result.fullest.items()
    ]
    console.print(f"Most open leads at any time: {listed(full)}")
    print(f"Decisions that put somebody over their limit: {result.over_limit}")


def _spread(found: Spread) -> str:

    median, p90, longest = (
        span(timedelta(seconds=one), exact=False)
        for one in (found.median, found.p90, found.longest)
    )
    return (
        f"median {median}, nine of ten within {p90}, longest {longest}"
        f" ({counted(found.count, 'lead', grouped=True)}, in elapsed time)"
    )


def _positive(text: str) -> int:
    if not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"{text}: expected a whole number from 1")
    return int(text)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text}: expected a share of 1, as in 0.85")
    return share


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text}: expected a date, as in 2026-12-01") from None
