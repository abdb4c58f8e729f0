"""`baton roster`: who takes leads now, and how to change that without a deployment."""

from __future__ import annotations

import argparse
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from baton.cli import CommandError
from baton.cli._stack import Stack, add_arguments, open_stack, requested_by
from baton.cli.reassign import describe_move
from baton.presentation.words import counted, instant, noun, utc

if TYPE_CHECKING:
    from baton.application.preview import PreviewedEvent
    from baton.domain.policy import Person
    from baton.domain.world.world import Load
    from baton.wire.details import PersonHint


def add_parser(subparsers: Any) -> None:
    """Register the command; its ``run`` takes the arguments and returns the exit code."""
    roster = subparsers.add_parser(
        "roster",
        help="who takes leads now; leave, return, and a leaver's leads",
        description="A change made here takes effect at once, needs no new version of the policy,"
        " and leaves a trail. Put a lasting change into roster.yaml as well.",
    )
    actions = roster.add_subparsers(metavar="ACTION", required=True)

    show = actions.add_parser("show", help="everybody: their load, and what keeps leads from them")
    add_arguments(show, acts=False)
    show.set_defaults(run=run_show)

    trail = _room_times_of_person(
        actions, "trail", "the availability changes of a person", run_trail
    )
    add_arguments(trail, acts=False)

    away = _room_times_of_person(actions, "away", "somebody takes no leads for a while", run_away)
    away.add_argument(
        "--until",
        default="",
        metavar="WHEN",
        help="in their own time: YYYY-MM-DD, YYYY-MM-DDTHH:MM or HH:MM (default: until `back`)",
    )
    add_arguments(away, acts=True)

    back = _room_times_of_person(actions, "back", "somebody takes leads again", run_back)
    add_arguments(back, acts=True)

    leave = _room_times_of_person(
        actions, "leave", "somebody leaves: their open leads go to others", run_leave
    )
    leave.add_argument(
        "--to", default="", metavar="PERSON", help="all to one person; default: by routing"
    )
    leave.add_argument(
        "--apply", action="store_true", help="apply it; without this flag only a preview"
    )
    add_arguments(leave, acts=True)


def _room_times_of_person(
    actions: Any, name: str, text: str, run: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(name, help=text, description=text)
    parser.add_argument("person", help="id in roster.yaml")
    parser.set_defaults(run=run)
    return parser


def run_show(arguments: argparse.Namespace) -> int:
    from rich.console import Console
    from rich.table import Table

    with open_stack(arguments) as stack:
        loads = stack.people.loads([person.id for person in stack.policy.people])
        table = Table(title=f"Roster, policy {stack.policy.version}", title_justify="left")
        for column in ("person", "name", "open", "today", "this week", "takes leads"):
            table.add_column(column, overflow="fold")
        for person in stack.policy.people:
            table.add_row(*_row(stack, person, loads[person.id]))
    Console(markup=False, emoji=False, highlight=False).print(table)
    return 0


def _row(stack: Stack, person: Person, load: Load) -> tuple[str, ...]:
    from baton.domain.routing.capacity import counted_day, counted_week
    from baton.domain.routing.obstacles import obstacle, obstacle_phrase
    from baton.presentation.wording import plain

    zone, calendar = stack.policy.zone_of(person), stack.policy.calendars[person.calendar]
    code = obstacle(stack.policy, person, load, stack.now)
    state = f"no: {plain(obstacle_phrase(person, load, code))}" if code else "yes"
    if code == "a" and load.away is not None and load.away.until is not None:
        state += f" until {instant(load.away.until, zone)}"
    return (
        person.id,
        person.name,
        _count_of(load.open, person.max_open),
        _count_of(load.on(counted_day(load, calendar, stack.now)), person.max_per_day),
        _count_of(load.in_week(counted_week(load, calendar, stack.now)), person.max_per_week),
        state,
    )


def _count_of(count: int, most: int | None) -> str:
    return f"{count} of {most}" if most is not None else str(count)


def run_trail(arguments: argparse.Namespace) -> int:
    from baton.presentation.wording import plain

    with open_stack(arguments) as stack:
        person = stack.person(arguments.person)
        entries = stack.people.trail(person.id)
        zone = stack.policy.zone_of(person)
    for entry in entries:
        why = plain(entry.because, zone)
        print(f"{utc(entry.at)}  {why}  (by {entry.change.source}, policy {entry.policy})")
    if not entries:
        print(f"There is no availability change of {person.name} outside the policy.")
    return 0


def run_away(arguments: argparse.Namespace) -> int:
    return _send_change(arguments, away=True, back=arguments.until)


def run_back(arguments: argparse.Namespace) -> int:
    return _send_change(arguments, away=False)


def _send_change(arguments: argparse.Namespace, *, away: bool, back: str = "") -> int:
    with open_stack(arguments) as stack:
        person = stack.person(arguments.person)
        hint = _hint(arguments, stack, person, away=away, back=back)
        availability = _preview_change(stack, person, hint)
        stack.put([hint])
    print(f"{person.name}: {availability}. They are told in Slack.")
    return 0


def _hint(
    arguments: argparse.Namespace, stack: Stack, person: Person, *, away: bool, back: str = ""
) -> PersonHint:
    from baton.wire.details import PersonHint

    return PersonHint(
        event_id=f"cli:roster:{uuid.uuid4().hex}",
        person=person.id,
        occurred_at=stack.now,
        away=away,
        back=back,
        source="cli",
        by=requested_by(arguments),
    )


def _preview_change(stack: Stack, person: Person, hint: PersonHint) -> str:
    """What the change will do. Raises CommandError."""
    from baton.application.follow_person import change_of
    from baton.domain.routing.availability import apply_change
    from baton.presentation.wording import plain

    load = stack.people.loads([person.id])[person.id]
    try:
        availability = apply_change(stack.policy, person, change_of(hint), load, stack.now)
    except ValueError:
        raise CommandError(
            f"--until {hint.back}: expected a date, a date with a time, or a time, as in"
            " YYYY-MM-DD, YYYY-MM-DDTHH:MM or HH:MM"
        ) from None
    if availability is None:
        raise CommandError("a newer change was made meanwhile; try again")
    because = plain(availability.because, stack.policy.zone_of(person))
    if hint.away and availability.load == load:
        raise CommandError(because)
    return because


def run_leave(arguments: argparse.Namespace) -> int:
    with open_stack(arguments) as stack:
        from baton.domain.world.events import Reassigned

        person = stack.person(arguments.person)
        if arguments.to:
            stack.person(arguments.to)
        hint = _hint(arguments, stack, person, away=True)
        events = [
            Reassigned(
                id=f"cli:leave:{uuid.uuid4().hex}",
                lead_id=lead,
                at=stack.now,
                to=arguments.to,
                by=requested_by(arguments),
                note=f"{person.name} leaves",
            )
            for lead in stack.leads.owned_by(person.id)
        ]
        would = _preview_events(stack, person, hint, events)
        print(f"{person.name} has {counted(len(events), 'open lead')}.")
        for one in would:
            print(f"  {describe_move(one, stack.policy)}")
        if not arguments.apply:
            print("Nothing was changed; --apply moves them and stops new ones.")
            return 0
        stay = [one for one in would if one.fault]
        stack.put([hint, *(one.event for one in would if not one.fault)])
    move = len(would) - len(stay)
    leads = f"{counted(move, 'lead')} {noun(move, 'moves', 'move')}"
    print(f"Sent: {leads}, and {person.name} gets no new ones.")
    if stay:
        stays = noun(len(stay), "stays", "stay")
        print(f"{len(stay)} {stays} for now: without --to, routing finds other owners.")
    if person.active:
        print(
            f"To make it permanent, set `active: false` for {person.id} in roster.yaml and publish."
        )
    return 1 if stay else 0


def _preview_events(
    stack: Stack, person: Person, hint: PersonHint, events: list[Any]
) -> list[PreviewedEvent]:
    """Decide each lead with the loads as they are after the leads before it, and with the leaver
    away."""
    from baton.adapters.memory import MemoryStore
    from baton.application.follow_person import change_of
    from baton.application.preview import Preview
    from baton.domain.routing.availability import apply_change

    store = MemoryStore(stack.leads)
    _, loads = store.world([], [person.id])
    availability = apply_change(stack.policy, person, change_of(hint), loads[person.id], stack.now)
    if availability is not None:
        store.loads[person.id] = availability.load
    return list(Preview(store, stack.policy, stack.now).play(events))
