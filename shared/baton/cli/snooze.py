"""`baton snooze LEAD`: postpone a lead for a while, previewed first."""

from __future__ import annotations

import argparse
import uuid
from typing import Any

from baton.cli import CommandError
from baton.cli._stack import add_arguments, open_stack, requested_by
from baton.presentation.wording import plain


def add_parser(subparsers: Any) -> None:
    """Register the command; its ``run`` takes the arguments and returns the exit code."""
    parser = subparsers.add_parser(
        "snooze",
        help="postpone a lead until an agreed time",
        description="While a lead is snoozed its clocks are paused, and it does not count as "
        "one of its owner's open leads. snooze in sla.yaml sets the longest time. "
        "Changes nothing without --apply.",
    )
    parser.add_argument("lead", help="HubSpot contact id")
    parser.add_argument(
        "--until",
        required=True,
        metavar="WHEN",
        help="in its owner's time: YYYY-MM-DD, YYYY-MM-DDTHH:MM or HH:MM",
    )
    parser.add_argument("--apply", action="store_true", help="do it")
    add_arguments(parser, acts=True)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    with open_stack(arguments) as stack:
        from baton.domain.routing.availability import instant_of
        from baton.domain.world.events import Snoozed

        lead, _ = stack.leads.load(arguments.lead, "-")
        if lead is None:
            raise CommandError(f"lead {arguments.lead} is not known")
        owner = stack.policy.person.get(lead.assignment.person) if lead.assignment else None
        if lead.assignment is None or owner is None:
            raise CommandError(f"nobody has lead {arguments.lead}, so it cannot be snoozed")
        try:
            until = instant_of(arguments.until, stack.policy.zone_of(owner), stack.now)
        except ValueError:
            raise CommandError(
                f"--until {arguments.until}: expected a date, a date with a time, or a time"
            ) from None
        event = Snoozed(
            id=f"cli:snooze:{uuid.uuid4().hex}",
            lead_id=lead.id,
            at=stack.now,
            assignment=lead.assignment.number,
            until=until,
            by=requested_by(arguments),
        )
        (would,) = stack.preview().play([event])
        if would.fault:
            raise CommandError(would.fault)
        for reason in would.record.because if would.record else ("nothing changes",):
            print(plain(reason, stack.policy.zone_of(owner), seconds=True))
        if not arguments.apply:
            print("Nothing was changed; --apply makes the change.")
            return 0
        stack.put([event])
    print(f"Sent. `baton explain {arguments.lead}` shows it in a moment.")
    return 0
