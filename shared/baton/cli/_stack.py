"""The running stack for commands that act on leads: policy, store and bus."""

from __future__ import annotations

import argparse
import getpass
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from baton.cli import CommandError, _target

if TYPE_CHECKING:  # boto3 is loaded by the command that needs it
    from baton.adapters.dynamodb.leads import LeadStore
    from baton.adapters.dynamodb.roster import RosterStore
    from baton.application.preview import Preview
    from baton.domain.lead import Lead
    from baton.domain.policy import Person, Policy
    from baton.wire.vocabulary import News

#: The default name of the bus, as in the stack.
BUS = "baton"


class Stack(Struct, frozen=True):
    """What a command talks to, at one instant."""

    target: _target.Target
    policy: Policy
    leads: LeadStore
    people: RosterStore
    now: datetime
    bus: str

    def put(self, news: Sequence[News]) -> None:
        """Put *news* on the bus. Raises CommandError if some could not be put."""
        from baton.adapters.aws.bus import Bus, NotStored, entry

        bus = Bus(self.target.client("events"), self.bus)
        try:
            bus.put([entry(one, "baton.cli") for one in news])
        except NotStored as error:
            raise CommandError(
                f"the bus {self.bus} did not accept {error}: check its name (--bus), and your "
                "permission to put events on it"
            ) from error

    def preview(self) -> Preview:
        """Previews events on the present leads; only reads the table."""
        from baton.adapters.memory import MemoryStore
        from baton.application.preview import Preview

        return Preview(MemoryStore(self.leads), self.policy, self.now)

    def person(self, name: str) -> Person:
        """Raises CommandError if the id is not in the roster; suggests a similar one."""
        from difflib import get_close_matches

        found = self.policy.person.get(name)
        if found is None:
            close = get_close_matches(name, self.policy.person, 1)
            meant = f"; did you mean {close[0]}?" if close else ""
            version = self.policy.version
            raise CommandError(f"{name} is not in the roster of policy {version}{meant}")
        return found


def add_arguments(parser: argparse.ArgumentParser, *, acts: bool) -> None:
    """The flags that choose the stack; if the command *acts*, also who asks for it."""
    parser.add_argument("--table", help="DynamoDB table; else TABLE_NAME, else the local stack's")
    if acts:
        parser.add_argument("--bus", help=f"event bus; else BUS_NAME, else {BUS}")
        parser.add_argument("--by", default="", metavar="NAME", help="who asks; default: you")


@contextmanager
def open_stack(arguments: argparse.Namespace) -> Iterator[Stack]:
    """The stack that *arguments* name. Its errors become one line."""
    from baton.adapters.dynamodb.leads import LeadStore
    from baton.adapters.dynamodb.policies import PolicyStore, PolicyStoreError
    from baton.adapters.dynamodb.roster import RosterStore
    from baton.failures import Rejected, Retryable

    target = _target.find(arguments.table)
    client = target.client("dynamodb")
    now = datetime.now(UTC)
    try:
        with _target.one_line_errors(target.table):
            policy = PolicyStore(client, target.table).active(now)
            yield Stack(
                target=target,
                policy=policy,
                leads=LeadStore(client, target.table),
                people=RosterStore(client, target.table),
                now=now,
                bus=_bus(arguments, target),
            )
    except (PolicyStoreError, Retryable, Rejected) as error:
        raise CommandError(str(error)) from error


def owners_zone(policy: Policy, lead: Lead | None) -> str:
    """IANA zone of *lead*'s owner, in which its deadlines are read; UTC if it has no owner."""
    assignment = lead.assignment if lead is not None else None
    return policy.zone_of(policy.person.get(assignment.person) if assignment else None)


def requested_by(arguments: argparse.Namespace) -> str:
    """Who requests the change, as named in the trail and to the people concerned."""
    return str(arguments.by) or getpass.getuser()


def _bus(arguments: argparse.Namespace, target: _target.Target) -> str:
    given: Any = getattr(arguments, "bus", None) or os.environ.get("BUS_NAME")
    return str(given or target.outputs.get("BusName") or BUS)
