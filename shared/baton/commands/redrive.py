"""`baton redrive`: send what could not be worked or delivered again, once its cause is mended."""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.table import Table

from baton.adapters.parked import SqsParkingLot, describe
from baton.adapters.ports import Retryable
from baton.flows.redrive import Parked, Redriven, redrive


class _Name(NamedTuple):
    """What a queue's URL is called in the environment and among the stack's outputs."""

    variable: str
    output: str


class _Lane(NamedTuple):
    parked: tuple[_Name, ...]
    homes: tuple[_Name, ...]


#: The first home takes messages that do not say where they came from.
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

#: Written by the stack on this machine while it runs.
LOCAL_STACK = Path(".local/stack.json")


class Trouble(Exception):
    """Something the one who typed the command can mend; said in one line."""


def add_parser(subparsers: Any) -> None:
    """Register the command; its ``run`` takes the arguments and answers the exit code."""
    parser = subparsers.add_parser(
        "redrive",
        help="send parked events or effects again",
        description="Lists what is parked with its reason and age, and sends it again. What was "
        "overtaken in the meantime is recognised and does no harm.",
    )
    parser.add_argument("lane", choices=sorted(LANES), help="what was parked")
    parser.add_argument("--dry-run", action="store_true", help="only list; leave all in place")
    parser.add_argument("--limit", type=_positive, default=1000, metavar="N", help="at most N")
    parser.add_argument(
        "--stack",
        default=os.environ.get("BATON_STACK", "baton"),
        help="CloudFormation stack that names the queues (default: baton)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    console = Console()
    try:
        where, clients = _clients()
        lots = _lots(LANES[arguments.lane], arguments.stack, clients)
        total = Redriven()
        table = _table(f"{arguments.lane} · {where}")
        now = datetime.now(UTC)

        def tell(parked: Parked, moved: bool) -> None:
            table.add_row(*_row(parked, moved, now))

        try:
            for lot in lots:
                done = redrive(
                    lot,
                    now,
                    tell,
                    limit=arguments.limit - total.moved - total.left,
                    dry_run=arguments.dry_run,
                )
                total = Redriven(total.moved + done.moved, total.left + done.left)
        finally:
            if table.row_count:
                console.print(table)
    except (Trouble, Retryable, BotoCoreError, ClientError) as error:
        print(f"baton redrive: {error}", file=sys.stderr)
        return 1
    console.print(_summary(total, arguments.dry_run))
    return 0


def _clients() -> tuple[str, Any]:
    """Where we work, and how to make clients for it. The stack on this machine is used where it
    runs and the environment does not name another."""
    if "AWS_ENDPOINT_URL" in os.environ or not LOCAL_STACK.is_file():
        return os.environ.get("AWS_ENDPOINT_URL") or "AWS", boto3.client
    try:
        stack = json.loads(LOCAL_STACK.read_text("utf-8"))
        endpoint, region = str(stack["aws_endpoint"]), str(stack["region"])
    except (ValueError, KeyError, OSError) as error:
        raise Trouble(f"{LOCAL_STACK} cannot be used: {type(error).__name__} {error}") from error

    client: Any = boto3.client

    def local(service: str) -> Any:
        # The emulator takes any credentials; none of a real account are shown to it.
        return client(
            service,
            endpoint_url=endpoint,
            region_name=region,
            aws_access_key_id="local",
            aws_secret_access_key="local",  # noqa: S106 made up
        )

    return f"the stack on this machine, {endpoint}", local


def _lots(lane: _Lane, stack: str, clients: Any) -> list[SqsParkingLot]:
    outputs: dict[str, str] = {}
    names = [*lane.parked, *lane.homes]
    if any(name.variable not in os.environ for name in names):
        outputs = _outputs(stack, clients)
    urls = {name: os.environ.get(name.variable) or outputs.get(name.output) for name in names}
    first = lane.homes[0]
    if urls[first] is None or urls[lane.parked[0]] is None:
        missing = [name for name in (first, lane.parked[0]) if urls[name] is None]
        raise Trouble(
            "no address for "
            + " and ".join(f"{name.variable} (output {name.output})" for name in missing)
            + f": set it, or name the stack with --stack (now {stack})"
        )
    homes = {url.rsplit("/", 1)[-1]: url for name in lane.homes if (url := urls[name])}
    sqs = clients("sqs")
    return [
        SqsParkingLot(sqs, url, homes, str(urls[first]))
        for name in lane.parked
        if (url := urls[name])
    ]


def _outputs(stack: str, clients: Any) -> dict[str, str]:
    try:
        found = clients("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            return {}  # there is no such stack: what is missing is said by who needs it
        raise
    return {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}


def _table(title: str) -> Table:
    table = Table(title=title, title_justify="left")
    for column in ("what", "reason", "age", "tries", ""):
        table.add_column(column, overflow="fold")
    return table


def _row(parked: Parked, moved: bool, now: datetime) -> tuple[str, str, str, str, str]:
    age = _age(now - parked.first_seen)
    done = "sent again" if moved else "left"
    return describe(parked.body), parked.reason, age, str(parked.receives), done


def _age(age: timedelta) -> str:
    minutes = max(0, int(age.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes // (24 * 60)} days"


def _summary(total: Redriven, dry_run: bool) -> str:
    if not total.moved and not total.left:
        return "Nothing is parked."
    if dry_run:
        return f"{total.left} parked; nothing was sent (dry run)."
    left = f", {total.left} left (parked again just now)" if total.left else ""
    return f"{total.moved} sent again{left}."


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number
