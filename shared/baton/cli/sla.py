"""`baton sla reapply`: applies the active policy to running clocks, previewed first."""

from __future__ import annotations

import argparse
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from baton.cli._stack import Stack, add_arguments, open_stack, owners_zone
from baton.presentation.wording import plain
from baton.presentation.words import counted, noun

if TYPE_CHECKING:
    from baton.application.preview import PreviewedEvent
    from baton.domain.policy import Policy
    from baton.domain.world.events import Reapplied

#: Most events put on the bus in one call.
AT_ONCE = 500


def add_parser(subparsers: Any) -> None:
    """Register the command; its ``run`` takes the arguments and returns the exit code."""
    sla = subparsers.add_parser("sla", help="running clocks and the policy")
    actions = sla.add_subparsers(metavar="ACTION", required=True)
    parser = actions.add_parser(
        "reapply",
        help="apply the active policy to running clocks",
        description="A clock keeps the target and the ladder it started with, whatever the policy"
        " says later. This arms running clocks again, from their start and with the pauses"
        " they had; rungs in the past are not taken again. Shows which deadlines move,"
        " and changes nothing without --apply.",
    )
    parser.add_argument("lead", nargs="*", help="HubSpot contact ids; none: every open lead")
    parser.add_argument("--apply", action="store_true", help="do it")
    add_arguments(parser, acts=True)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    with open_stack(arguments) as stack:
        looked = moved = 0
        events: list[Reapplied] = []
        preview = stack.preview()
        for event in _events(stack, arguments.lead):
            (previewed,) = preview.play([event])
            looked += 1
            if previewed.fault and arguments.lead:
                print(f"lead {event.lead_id}: {previewed.fault}")
            if previewed.record is None or not clocks_move(previewed):
                continue
            moved += 1
            _print_changes(previewed, stack.policy)
            events.append(event)
            if arguments.apply and len(events) == AT_ONCE:
                stack.put(events)
                events.clear()
        if arguments.apply and events:
            stack.put(events)
    done = "sent" if arguments.apply else "nothing was changed; --apply makes the change"
    has = noun(moved, "has", "have")
    print(f"{moved} of {counted(looked, 'open lead')} {has} clocks that move ({done}).")
    return 0


def clocks_move(previewed: PreviewedEvent) -> bool:
    """Whether a clock changes. Not if nobody has the lead, or its clocks are as the policy says."""
    before, after = previewed.before, previewed.after
    return after is not None and (before is None or before.clocks != after.clocks)


def _events(stack: Stack, named: list[str]) -> Iterator[Reapplied]:
    from baton.adapters.dynamodb.index_audit import OpenLeads
    from baton.domain.world.events import Reapplied

    def event(lead: str) -> Reapplied:
        return Reapplied(id=f"cli:reapply:{uuid.uuid4().hex}", lead_id=lead, at=stack.now)

    if named:
        yield from map(event, named)
        return
    leads = OpenLeads(stack.target.client("dynamodb"), stack.target.table)
    cursor, more = "", True
    while more:
        found, cursor = leads.page(cursor)
        yield from map(event, found)
        more = bool(cursor)


def _print_changes(previewed: PreviewedEvent, policy: Policy) -> None:
    lead = previewed.after
    if lead is None or previewed.record is None:
        return
    company = lead.company
    print(f"{lead.name}{f' ({company})' if company else ''}, lead {lead.id}:")
    zone = owners_zone(policy, lead)
    for line in previewed.record.because:
        print(f"  {plain(line, zone, seconds=True)}")
