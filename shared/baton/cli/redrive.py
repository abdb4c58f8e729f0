"""`baton redrive`: sends parked events and effects again, once their cause is fixed."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from baton.cli import CommandError, _target
from baton.presentation.words import listed, span

if TYPE_CHECKING:
    from baton.adapters.aws.dead_letters import SqsParkingLot
    from baton.application.ports.dead_letters import Parked
    from baton.application.redrive import Done, OutOfDate, Redriven


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
        description="Lists parked messages with reason and age, and sends them again. Events that "
        "were worked meanwhile, and places that show something newer, are recognised. A message to "
        "Slack that is out of date by now (its lead has another owner, its clock stopped) is not "
        "sent, and is taken off the list.",
    )
    parser.add_argument("lane", choices=sorted(LANES), help="what was parked")
    parser.add_argument("--dry-run", action="store_true", help="only list; leave all in place")
    parser.add_argument("--limit", type=_positive, default=1000, metavar="N", help="at most N")
    parser.add_argument(
        "--only",
        metavar="TEXT",
        help="only messages whose line in the list has this in its first two columns",
    )
    parser.add_argument(
        "--drop",
        action="store_true",
        help="remove the messages of --only instead of sending them: what cannot be mended",
    )
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

    from baton.application.redrive import Redriven, none_of_them, redrive
    from baton.failures import Retryable

    # A parked message may hold anything, so nothing in it is read as markup.
    console = Console(markup=False, emoji=False, highlight=False)
    now = datetime.now(UTC)
    if arguments.drop and arguments.only is None:
        raise CommandError('--drop needs --only TEXT, which says what to drop (--only "": all)')
    where, clients, store = _clients(arguments.stack)
    stack = arguments.stack or _target.STACK
    lane = LANES[arguments.lane]
    outputs = _outputs(lane, stack, clients)
    known = _Known(clients, store or outputs.get("TableName", ""), now)
    table = Table(title=f"{arguments.lane} · {where}", title_justify="left")
    for column in ("what", "reason", "age", "tries", ""):
        table.add_column(column, overflow="fold")

    def report(parked: Parked, done: Done) -> None:
        table.add_row(*_row(parked, done, known.named, now, arguments.dry_run))

    def chosen(parked: Parked) -> bool:
        shown = "\n".join(_about(parked, known.named))
        return not arguments.only or arguments.only.casefold() in shown.casefold()

    total = Redriven()
    try:
        for lot in _lots(lane, stack, outputs, clients):
            done = redrive(
                lot,
                now,
                report,
                limit=arguments.limit - total.seen,
                dry_run=arguments.dry_run,
                out_of_date=known.out_of_date() if arguments.lane == "slack" else none_of_them,
                chosen=chosen,
                drop=arguments.drop,
            )
            total += done
    except (Retryable, BotoCoreError, ClientError) as error:
        raise CommandError(f"{where}: {error}") from error
    finally:
        # Report what was sent before the failure.
        if table.row_count:
            console.print(table)
    console.print(_summary(total, arguments))
    return 1 if total.failed else 0


def _clients(stack: str | None) -> tuple[str, _target.Clients, str]:
    """A description of the target, how to create clients for it, and its table, if known. The stack
    on this machine is used only if neither the flag nor the environment names another."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
    named = stack or endpoint or any(name.variable in os.environ for name in _names())
    if not named and _target.LOCAL.is_file():
        target = _target.find(None)
        return f"the stack on this machine, {target.endpoint}", target.client, target.table
    # Named after the stack instead of a table: only its endpoint and region matter here.
    clients = _target.find(stack or _target.STACK).client
    return endpoint or "AWS", clients, "" if stack else os.environ.get("TABLE_NAME", "")


def _outputs(lane: _Lane, stack: str, clients: _target.Clients) -> dict[str, str]:
    """The stack's outputs; empty: the environment names the lane's queues."""
    if all(name.variable in os.environ for name in (*lane.parked, *lane.homes)):
        return {}
    return _target.outputs_of(stack, clients)


class _Known:
    """What the table of the stack says about parked messages."""

    def __init__(self, clients: _target.Clients, table: str, now: datetime) -> None:
        self._clients, self._table, self._now = clients, table, now
        self._names = _names_in_slack(clients, table, now) if table else {}

    def named(self, text: str) -> str:
        """*text* with the ids of people and channels as people know them."""
        return _SLACK_ID.sub(lambda found: self._names.get(found[0], found[0]), text)

    def out_of_date(self) -> OutOfDate:
        from baton.adapters.aws.outbox import decode_effect
        from baton.adapters.dynamodb.leads import LeadStore
        from baton.adapters.dynamodb.roster import RosterStore
        from baton.application.redrive import effects_out_of_date, none_of_them

        if not self._table:
            return none_of_them
        client = self._clients("dynamodb")
        leads, people = LeadStore(client, self._table), RosterStore(client, self._table)
        return effects_out_of_date(
            decode_effect, lambda ids: leads.leads(ids, _ignored), people.loads, self._now
        )


_SLACK_ID = re.compile(r"\b[CGUW][A-Z0-9]{3,}\b")


def _ignored(key: str, why: str) -> None:
    """A lead that cannot be read makes nothing about it out of date."""


def _names_in_slack(clients: _target.Clients, table: str, now: datetime) -> dict[str, str]:
    """Slack id -> name, by the active policy; empty without one."""
    from baton.adapters.dynamodb.policies import PolicyStore, PolicyStoreError
    from baton.failures import Retryable

    try:
        policy = PolicyStore(clients("dynamodb"), table).active(now)
    except (PolicyStoreError, Retryable):
        return {}
    to = policy.notifications
    channels = {one: to.called(one) for one in (to.channel, to.ops_channel)}
    return channels | {one.slack_user: one.name for one in policy.people}


def _names() -> list[_Name]:
    return [name for lane in LANES.values() for name in (*lane.parked, *lane.homes)]


def _lots(
    lane: _Lane, stack: str, outputs: dict[str, str], clients: _target.Clients
) -> list[SqsParkingLot]:
    from baton.adapters.aws.dead_letters import SqsParkingLot

    names = [*lane.parked, *lane.homes]
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


def _about(parked: Parked, named: Callable[[str], str]) -> tuple[str, str]:
    """What the message is about, and why it is parked."""
    from baton.adapters.aws.dead_letters import describe

    return named(describe(parked.body)), named(parked.reason)


def _row(
    parked: Parked, done: Done, named: Callable[[str], str], now: datetime, dry_run: bool
) -> tuple[str, str, str, str, str]:
    age = span(now - parked.first_seen, exact=False)
    shown = "would be dropped" if dry_run and done == "dropped" else done
    return *_about(parked, named), age, str(parked.receives), shown


def _summary(total: Redriven, arguments: argparse.Namespace) -> str:
    if not total.seen:
        return f"Nothing is parked{' that fits --only' if arguments.only else ''}."
    if arguments.dry_run:
        stale = f", {total.out_of_date} of them out of date" if total.out_of_date else ""
        done = "dropped" if arguments.drop else "sent"
        return f"{total.seen} parked{stale}; nothing was {done} (dry run)."
    if arguments.drop:
        left = f", {total.left} left (parked just now)" if total.left else ""
        return f"{total.dropped} dropped{left}."
    again = total.left - len(total.failed)
    left = f", {again} left (parked again just now)" if again else ""
    why = listed(dict.fromkeys(total.failed))
    failed = f", {len(total.failed)} left (could not be sent: {why})" if total.failed else ""
    stale = f", {total.out_of_date} out of date (taken off the list)" if total.out_of_date else ""
    return f"{total.moved} sent again{stale}{left}{failed}."


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number
