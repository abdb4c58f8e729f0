"""``baton policy``: check, publish, rollback, list, schema."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from baton.commands import CommandError
from baton.commands import _policy_findings as findings
from baton.commands._target import find, one_line_errors

if TYPE_CHECKING:  # pydantic and YAML are loaded by the commands that need them
    from baton.adapters.policies import PolicyStore
    from baton.policy import Checked, PolicyError

FOLDER = "infra/policy"


def add_parser(subparsers: Any) -> None:
    policy = subparsers.add_parser("policy", help="check, publish and roll back the policy")
    actions = policy.add_subparsers(metavar="ACTION", required=True)

    check = _action(actions, "check", check_policy, "find every fault and try the cases")
    _add_folder(check)
    check.add_argument("--verbose", action="store_true", help="say why each case came out so")
    check.add_argument("--strict", action="store_true", help="warnings, too, exit with 1")
    check.add_argument("--json", action="store_true", help="print the findings as JSON")

    publish = _action(actions, "publish", publish_policy, "check, then make it the active policy")
    _add_folder(publish)
    _add_table(publish)
    _add_author(publish)

    rollback = _action(actions, "rollback", roll_back, "make an earlier version active again")
    rollback.add_argument("--to", type=int, metavar="VERSION", help="default: the one before")
    _add_table(rollback)
    _add_author(rollback)

    listing = _action(actions, "list", list_versions, "show the published versions")
    _add_table(listing)

    schema = _action(actions, "schema", write_schema, "write the JSON Schemas for editors")
    schema.add_argument("folder", nargs="?", default=FOLDER, metavar="FOLDER")


def check_policy(arguments: argparse.Namespace) -> int:
    if arguments.json:
        return _check_as_json(arguments)
    checked = _checked(arguments)
    if checked is None:
        return 1
    _summary(checked, verbose=arguments.verbose)
    return 1 if arguments.strict and checked.warnings else 0


def _check_as_json(arguments: argparse.Namespace) -> int:
    check, error_type = _checker()
    try:
        checked = check(arguments.folder, arguments.overlay)
    except error_type as error:
        found = sorted([*error.faults, *error.warnings])
        print(findings.as_json(found, passed=0, refused=True))
        return 1
    print(findings.as_json(checked.warnings, passed=len(checked.results), refused=False))
    return 1 if arguments.strict and checked.warnings else 0


def publish_policy(arguments: argparse.Namespace) -> int:
    target = find(arguments.table)
    checked = _checked(arguments)
    if checked is None:
        print("nothing was published", file=sys.stderr)
        return 1
    from baton.policy import compile_policy

    now = datetime.now(UTC)
    policy = compile_policy(checked.files, now.date())
    done = _with_store(
        arguments.table,
        lambda store: store.publish(policy, by=arguments.by, at=now, note=arguments.note),
    )
    if done.changed:
        print(f"published version {done.version} of {policy.company}'s policy to {target.table}")
    else:
        print(f"unchanged: version {done.version} is active already; nothing was published")
    return 0


def roll_back(arguments: argparse.Namespace) -> int:
    left, now_active = _with_store(
        arguments.table,
        lambda store: store.rollback(
            arguments.to, by=arguments.by, at=datetime.now(UTC), note=arguments.note
        ),
    )
    print(f"version {now_active} is active again, instead of {left}; it counts within 5 seconds")
    return 0


def list_versions(arguments: argparse.Namespace) -> int:
    versions = _with_store(arguments.table, lambda store: store.versions())
    if not versions:
        print("no policy is published: run `baton policy publish FOLDER`", file=sys.stderr)
        return 1
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("", "version", "published", "by", "note", "content", "size"):
        table.add_column(heading, justify="right" if heading in {"version", "size"} else "left")
    for one in versions:
        table.add_row(
            "active" if one.active else "",
            str(one.version),
            one.published_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC"),
            Text(one.by),
            Text(one.note),
            one.hash[:8],
            f"{one.size / 1000:.1f} KB",
        )
    Console().print(table)
    return 0


def write_schema(arguments: argparse.Namespace) -> int:
    from baton.policy import schema

    folder = Path(arguments.folder)
    if not folder.is_dir():
        raise CommandError(f"{folder} is not a folder")
    changed = schema.write(folder)
    for path in changed:
        print(f"wrote {path}")
    if not changed:
        print("the schemas are up to date")
    return 0


def _action(
    actions: Any, name: str, run: Callable[[argparse.Namespace], int], text: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(name, help=text, description=text)
    parser.set_defaults(run=run)
    return parser


def _add_folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder",
        nargs="?",
        default=FOLDER,
        metavar="FOLDER",
        help=f"the policy files (default: {FOLDER})",
    )
    parser.add_argument("--overlay", metavar="FOLDER", help="changed values to lay over them")


def _add_table(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--table", help="default: TABLE_NAME, or the running local stack's")


def _add_author(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--by", default=_whoami(), metavar="NAME", help="who does it")
    parser.add_argument("--note", default="", help="why; kept with the version")


def _whoami() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container's user may have no name
        return "unknown"


def _checker() -> tuple[Callable[..., Checked], type[PolicyError]]:
    try:
        from baton.policy import PolicyError, check
    except ModuleNotFoundError as error:
        raise CommandError(
            f'{error.name} is not installed: run `pip install "baton[admin]"`'
        ) from None
    return check, PolicyError


def _checked(arguments: argparse.Namespace) -> Checked | None:
    """The policy after its warnings have been printed, or None after its faults have."""
    check, error_type = _checker()
    try:
        checked = check(arguments.folder, arguments.overlay)
    except error_type as error:
        findings.show(sorted([*error.faults, *error.warnings]))
        count = findings.counted(len(error.faults), len(error.warnings))
        print(f"{count} in the policy", file=sys.stderr)
        return None
    findings.show(checked.warnings)
    return checked


def _summary(checked: Checked, *, verbose: bool) -> None:
    files = checked.files
    people = files.roster.people
    reps = [person for person in people if person.role == "rep"]
    zones = {calendar.zone for calendar in files.roster.calendars}
    working = [stage for stage in files.lifecycle.stages if not stage.side]
    counts = [
        (len(working), "working stages"),
        (len(files.lifecycle.transitions), "transitions"),
        (len(files.lifecycle.reasons), "reasons"),
        (len(files.routing.rules), "rules"),
        (len(files.routing.pools), "pools"),
        (len(reps), "reps"),
        (len(people) - len(reps), "managers"),
        (len(zones), "time zones"),
        (len(files.sla.tiers), "tiers"),
        (len(files.recycling.tracks), "nurture tracks"),
    ]
    print(f"{files.roster.company}: " + ", ".join(f"{count} {name}" for count, name in counts))
    for result in checked.results:
        if verbose:
            print(f"  {result.case}")
            for reason in result.because:
                print(f"    {reason}")
    passed = len(checked.results)
    warned = f", {findings.counted(0, len(checked.warnings))}" if checked.warnings else ""
    print(f"in order{warned}; {passed} case{'' if passed == 1 else 's'} passed")


def _with_store(table: str | None, work: Callable[[PolicyStore], Any]) -> Any:
    from baton.adapters.policies import PolicyStore, PolicyStoreError

    target = find(table)
    try:
        with one_line_errors(target.table):
            return work(PolicyStore(target.client("dynamodb"), target.table))
    except PolicyStoreError as error:
        raise CommandError(str(error)) from None
