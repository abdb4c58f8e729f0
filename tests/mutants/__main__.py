"""python -m tests.mutants [room ...]: tries small changes of the domain, and lists those that no
test notices.

Continues where an earlier run of the same code and tests was stopped; results are stored in
`.mutants`. The exit code is always 0, because people read the list.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from tests.mutants.forks import forked
from tests.mutants.noticing import (
    DOMAIN,
    Collected,
    Result,
    collect,
    traced,
    tried_anew,
    tried_in_functions,
)
from tests.mutants.operators import Module, Mutant
from tests.mutants.results import UNNOTICED, Equivalent, Kept, Room, Traces, described, stamp, table


@dataclass(frozen=True)
class Task:
    """The mutants of a room that are to be tried."""

    room: Room
    modules: dict[str, Module]
    mutants: Sequence[Mutant]


#: Traces are stored after this many tests.
KEPT_EACH = 200


def main(argv: list[str] | None = None) -> int:
    rooms = sorted({path.relative_to(DOMAIN).parts[0] for path in DOMAIN.rglob("*.py")})
    rooms.remove("__init__.py")
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("rooms", nargs="*", metavar="room", help=f"of: {', '.join(rooms)}")
    parser.add_argument("--workers", type=int, default=2, help="processes at once (%(default)s)")
    parser.add_argument("--show", action="store_true", help="only show what is known")
    parser.add_argument(
        "--survivors",
        action="store_true",
        help="after a change: try what survived, or is new, and take the rest as it was",
    )
    asked = parser.parse_args(argv)
    if unknown := [name for name in asked.rooms if name not in rooms]:
        parser.error(f"no room {unknown[0]!r}; there are {', '.join(rooms)}")

    equivalent, now = Equivalent(), stamp()
    shown: dict[str, tuple[int, int, list[Kept]]] = {}
    stale: list[str] = []
    for name in asked.rooms or rooms:
        modules = modules_of(name)
        mutants = {one.key: one for module in modules.values() for one in module.mutants}
        listed = {key for key in mutants if equivalent.has(key)}
        stale += equivalent.matching_nothing(modules, mutants)
        room = Room(name)
        if not asked.show:
            room.begin(now, _still_known(room, now, asked.survivors))
            todo = [
                one for key, one in mutants.items() if key not in listed and key not in room.kept
            ]
            tell(f"{name}: {len(todo)} of {len(mutants)} mutants to try")
            attempt(Task(room, modules, todo), asked.workers)
        kept = [room.kept[key] for key in mutants if key in room.kept and key not in listed]
        shown[name] = (len(mutants), len(listed), kept)

    print(table(shown))
    for _, _, kept in shown.values():
        for one in kept:
            if one.verdict in UNNOTICED:
                print(described(one))
    for entry in stale:
        print(f"equivalent.toml: matches nothing any more: {entry}")
    return 0


def _still_known(room: Room, stamp: str, survivors: bool) -> list[Kept]:
    if survivors:
        return [one for one in room.kept.values() if one.verdict not in UNNOTICED]
    return list(room.kept.values()) if room.stamp == stamp else []


def modules_of(room: str) -> dict[str, Module]:
    """The room's modules, by file below the domain. A room may be one file."""
    inside = DOMAIN / room
    paths = sorted(inside.rglob("*.py")) if inside.is_dir() else [inside]
    return {
        (file := path.relative_to(DOMAIN).as_posix()): Module(path.read_text(), file)
        for path in paths
    }


def attempt(task: Task, workers: int) -> None:
    """Try the mutants of *task* and store the result of each."""
    # In separate processes, because this one must never import the code.
    warm = partial(_warm, task=task, workers=workers)
    for ended in forked([task], lambda task: collect(warm), 1, quiet=False):
        if ended.answer != 0:
            raise RuntimeError("the tests could not be run")
    # Load it from the file, because another process wrote it.
    room = Room(task.room.name, task.room.folder)
    left = [one for one in task.mutants if not one.key.function and one.key not in room.kept]
    for result in tried_anew(task.modules, left, Traces(room.folder).reach(), workers):
        note(room, result)
    task.room.kept.update(room.kept)


def _warm(tests: Collected, task: Task, workers: int) -> None:
    traces = Traces(task.room.folder)
    missing = traces.missing(tests.items)
    for done in range(0, len(missing), KEPT_EACH):
        tell(f"  tracing {len(missing) - done} tests ...")
        found = dict(traced(tests, missing[done : done + KEPT_EACH], workers))
        traces.add(found)
        for test, trace in found.items():
            if not trace.passed:
                tell(f"  fails without any change, and is left out: {test}")
    mutants = [one for one in task.mutants if one.key.function]
    for result in tried_in_functions(tests, task.modules, mutants, traces.reach(), workers):
        note(task.room, result)


def note(room: Room, result: Result) -> None:
    kept = room.add(result)
    if kept.verdict in UNNOTICED:
        tell(f"  {described(kept)}")


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
