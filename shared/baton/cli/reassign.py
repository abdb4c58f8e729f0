"""`baton reassign LEAD`: give a lead to somebody else, previewed first."""

from __future__ import annotations

import argparse
import uuid
from typing import TYPE_CHECKING, Any

from baton.cli import CommandError
from baton.cli._stack import add_arguments, open_stack, owners_zone, requested_by
from baton.presentation.wording import plain
from baton.presentation.words import name_on_a_line

if TYPE_CHECKING:
    from baton.application.preview import PreviewedEvent
    from baton.domain.policy import Policy


def add_parser(subparsers: Any) -> None:
    """Register the command; its ``run`` takes the arguments and returns the exit code."""
    parser = subparsers.add_parser(
        "reassign",
        help="give a lead to somebody else",
        description="Gives a lead to the person you name, or by routing. Shows what would "
        "happen and changes nothing without --apply. The lead never goes back to "
        "somebody who already let it go in this round; the owner and the open "
        "tasks in HubSpot change with it, and both people are told.",
    )
    parser.add_argument("lead", help="HubSpot contact id")
    parser.add_argument(
        "--to", default="", metavar="PERSON", help="id of the person who gets the lead"
    )
    parser.add_argument("--note", default="", help="why; shown to both, kept in the history")
    parser.add_argument("--apply", action="store_true", help="do it")
    add_arguments(parser, acts=True)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    with open_stack(arguments) as stack:
        from baton.domain.world.events import Reassigned

        if arguments.to:
            stack.person(arguments.to)
        event = Reassigned(
            id=f"cli:reassign:{uuid.uuid4().hex}",
            lead_id=arguments.lead,
            at=stack.now,
            to=arguments.to,
            by=requested_by(arguments),
            note=arguments.note,
        )
        (previewed,) = stack.preview().play([event])
        if previewed.before is None and not previewed.unreadable:
            raise CommandError(f"lead {arguments.lead} is not known")
        if previewed.fault:
            raise CommandError(previewed.fault)
        print(describe_move(previewed, stack.policy))
        zone = owners_zone(stack.policy, previewed.after)
        for reason in previewed.record.because if previewed.record else ():
            print(f"  {plain(reason, zone, seconds=True)}")
        if not arguments.apply:
            print("Nothing was changed; --apply makes the change.")
            return 0
        stack.put([event])
    print(f"Sent. `baton explain {arguments.lead}` shows it in a moment.")
    return 0


def describe_move(previewed: PreviewedEvent, policy: Policy) -> str:
    """The lead with its old and new owner, in one line."""
    lead = previewed.after or previewed.before
    if lead is None:
        return f"lead {previewed.event.lead_id}: {_destination(previewed, policy)}"
    company = lead.company
    named = name_on_a_line(f"{lead.name} ({company})" if company else lead.name)
    before = previewed.before.assignment if previewed.before else None
    move = f"{_owner_name(before, policy)} → {_destination(previewed, policy)}"
    return f"{named}, lead {lead.id}: {move}"


def _owner_name(assignment: Any, policy: Policy) -> str:
    if assignment is None:
        return "nobody"
    person = policy.person.get(assignment.person)
    return person.name if person else str(assignment.person)


def _destination(previewed: PreviewedEvent, policy: Policy) -> str:
    if previewed.fault:
        return f"stays, because {previewed.fault}"
    waiting = previewed.after.waiting if previewed.after else None
    if waiting is not None:
        pool = policy.pool.get(waiting.pool)
        return f"the queue of {pool.label if pool else waiting.pool}"
    return _owner_name(previewed.after.assignment if previewed.after else None, policy)
