"""`baton redrive`: sends parked events and effects again, once their cause is fixed."""

from __future__ import annotations

import argparse
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from baton.cli import CommandError, _target
from baton.presentation.words import listed, span

if TYPE_CHECKING:
    from baton.adapters.aws.dead_letters import SqsParkingLot
    from baton.application.ports.dead_letters import Parked
    from baton.application.redrive import Redriven


class _Name(NamedTuple):
    """The names of a queue's URL, in the environment and in the stack's outputs."""

    variable: str
    output: str


class _Lane(NamedTuple):
    parked: tuple[_Name, ...]
    homes: tuple[_Name, ...]


#: The first home takes messages that do not name their queue.
LANES = {
    "events": _Lane(
        parked=(
            _Name("EVENTS_DLQ_URL", "UnworkedEventsUrl"),
            _Name("UNDELIVERED_EVENTS_URL", "UndeliveredEventsUrl"),
        ),
        homes=(
            _Name("EVENTS_QUEUE_URL", "EventsQueueUrl"),
            _Name("WAKES_QUEUE_URL", "WakesQueueUrl"),
            _Name("BULK_QUEUE_URL", "BulkQueueUrl"),
        ),
    ),
    "hubspot": _Lane(
        parked=(_Name("HUBSPOT_DLQ_URL", "UndeliveredHubSpotUrl"),),
        homes=(_Name("HUBSPOT_QUEUE_URL", "HubSpotQueueUrl"),),
    ),
    "slack": _Lane(
        parked=(_Name("SLACK_DLQ_URL", "UndeliveredSlackUrl"),),
        homes=(_Name("SLACK_QUEUE_URL", "SlackQueueUrl"),),
    ),
}


def add_parser(subparsers: Any) -> None:
    """Register the command; its ``run`` takes the arguments and returns the exit code."""
    parser = subparsers.add_parser(
        "redrive",
        help="send parked events or effects again",
        description="Lists parked messages with reason and age, and sends them again. Messages "
        "that are out of date by now are recognised and do no harm.",
    )
    parser.add_argument("lane", choices=sorted(LANES), help="what was parked")
    parser.add_argument("--dry-run", action="store_true", help="only list; leave all in place")
    parser.add_argument("--limit", type=_positive, default=1000, metavar="N", help="at most N")
    parser.add_argument(
        "--stack",
        help=f"CloudFormation stack that names the queues (default: {_target.STACK}, or the stack "
        "on this machine if there is one and the environment names no other)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Raises CommandError."""
    from botocore.exceptions import BotoCoreError, ClientError
    from rich.console import Console
    from rich.table import Table

    from baton.application.redrive import Redriven, redrive
    from baton.failures import Retryable

    # A parked message may hold anything, so nothing in it is read as markup.
    console = Console(markup=False, emoji=False, highlight=False)
    now = datetime.now(UTC)
    where, clients = _clients(arguments.stack)
    table = Table(title=f"{arguments.lane} · {where}", title_justify="left")
    for column in ("what", "reason", "age", "tries", ""):
        table.add_column(column, overflow="fold")

    def report(parked: Parked, moved: bool) -> None:
        table.add_row(*_row(parked, moved, now))

    total = Redriven()
    try:
        for lot in _lots(LANES[arguments.lane], arguments.stack or _target.STACK, clients):
            left = arguments.limit - total.moved - total.left
            done = redrive(lot, now, report, limit=left, dry_run=arguments.dry_run)
            total = Redriven(
                total.moved + done.moved, total.left + done.left, total.failed + done.failed
            )
    except (Retryable, BotoCoreError, ClientError) as error:
        raise CommandError(f"{where}: {error}") from error
    finally:
        # Report what was sent before the failure.
        if table.row_count:
            console.print(table)
    console.print(_summary(total, arguments.dry_run))
    return 1 if total.failed else 0


def _clients(stack: str | None) -> tuple[str, _target.Clients]:
    """A description of the target, and how to create clients for it. The stack on this machine is
    used only if neither the flag nor the environment names another."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
    named = stack or endpoint or any(name.variable in os.environ for name in _names())
    if not named and _target.LOCAL.is_file():
        target = _target.find(None)
        return f"the stack on this machine, {target.endpoint}", target.client
    # Named after the stack instead of a table: only its endpoint and region matter here.
    return endpoint or "AWS", _target.find(stack or _target.STACK).client


def _names() -> list[_Name]:
    return [name for lane in LANES.values() for name in (*lane.parked, *lane.homes)]


def _lots(lane: _Lane, stack: str, clients: _target.Clients) -> list[SqsParkingLot]:
    from baton.adapters.aws.dead_letters import SqsParkingLot

    outputs: dict[str, str] = {}
    names = [*lane.parked, *lane.homes]
    if any(name.variable not in os.environ for name in names):
        outputs = _target.outputs_of(stack, clients)
    urls = {name: os.environ.get(name.variable) or outputs.get(name.output) for name in names}
    first = lane.homes[0]
    if urls[first] is None or urls[lane.parked[0]] is None:
        missing = [name for name in (first, lane.parked[0]) if urls[name] is None]
        raise CommandError(
            "no address for "
            + listed(f"{name.variable} (output {name.output})" for name in missing)
            + f": set it, or name the stack with --stack (now {stack})"
        )
    homes = {url.rsplit("/", 1)[-1]: url for name in lane.homes if (url := urls[name])}
    sqs = clients("sqs")
    return [
        SqsParkingLot(sqs, url, homes, str(urls[first]))
        for name in lane.parked
        if (url := urls[name])
    ]


def _row(parked: Parked, moved: bool, now: datetime) -> tuple[str, str, str, str, str]:
    from baton.adapters.aws.dead_letters import describe

    age = span(now - parked.first_seen, exact=False)
    done = "sent again" if moved else "left"
    return describe(parked.body), parked.reason, age, str(parked.receives), done


def _summary(total: Redriven, dry_run: bool) -> str:
    if not total.moved and not total.left:
        return "Nothing is parked."
    if dry_run:
        return f"{total.left} parked; nothing was sent (dry run)."
    again = total.left - len(total.failed)
    left = f", {again} left (parked again just now)" if again else ""
    why = listed(dict.fromkeys(total.failed))
    failed = f", {len(total.failed)} left (could not be sent: {why})" if total.failed else ""
    return f"{total.moved} sent again{left}{failed}."


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number
