"""``baton policy``: check, docs, publish, diff, rollback, list, schema."""

from __future__ import annotations

import argparse
import getpass
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from baton.cli import CommandError, _docs
from baton.cli import _policy_findings as findings
from baton.cli._policy_channels import find_channels, looked_up
from baton.cli._policy_diff import diff_policies
from baton.cli._policy_files import check_files, need_admin
from baton.cli._policy_versions import list_versions, publish_policy, roll_back
from baton.cli._slack import Workspace, find_workspace
from baton.presentation.words import counted, listed, noun

if TYPE_CHECKING:  # pydantic and YAML are loaded by the commands that need them
    from baton.policy_tools import Checked

FOLDER = "infra/policy"


def add_parser(subparsers: Any) -> None:
    policy = subparsers.add_parser("policy", help="check, publish and roll back the policy")
    actions = policy.add_subparsers(metavar="ACTION", required=True)

    check = _action(actions, "check", check_policy, "find every fault and try the cases")
    _add_folder(check)
    check.add_argument(
        "--verbose",
        action="store_true",
        help="explain the result of each case, and list the remaining placeholders",
    )
    check.add_argument("--strict", action="store_true", help="exit with 1 for warnings, too")
    check.add_argument("--json", action="store_true", help="print the findings as JSON")
    check.add_argument(
        "--account",
        action="store_true",
        help="look the channels up in the Slack workspace of SLACK_BOT_TOKEN, too, or in the "
        "running local stack's",
    )

    docs = _action(actions, "docs", write_docs, "write its documents: map, definitions, guides")
    _add_folder(docs)
    _docs.add_arguments(docs)

    publish = _action(actions, "publish", publish_policy, "check, then make it the active policy")
    _add_folder(publish)
    _add_table(publish)
    _add_author(publish)
    publish.add_argument(
        "--force",
        action="store_true",
        help="publish even without the required approvals, or with placeholders; needs --note; "
        "both are stored with the version",
    )

    diff = _action(actions, "diff", diff_policies, "show the differences between two versions")
    diff.add_argument(
        "old",
        nargs="?",
        metavar="A",
        help="a version's number, active, or a folder. Without B, a version is compared with the "
        "active one, and the active one with a folder. Default: the version before the active one",
    )
    diff.add_argument("new", nargs="?", metavar="B", help="default: active")
    diff.add_argument("--json", action="store_true", help="for programs")
    _add_table(diff)

    rollback = _action(actions, "rollback", roll_back, "make an earlier version active again")
    rollback.add_argument(
        "--to", type=int, metavar="VERSION", help="default: the version before the active one"
    )
    _add_table(rollback)
    _add_author(rollback)

    listing = _action(actions, "list", list_versions, "show the published versions")
    _add_table(listing)

    schema = _action(actions, "schema", write_schema, "write the JSON Schemas for editors")
    schema.add_argument("folder", nargs="?", default=FOLDER, metavar="FOLDER")


def check_policy(arguments: argparse.Namespace) -> int:
    if arguments.json:
        return _check_as_json(arguments)
    found = check_files(arguments)
    if found is None:
        return 1
    if arguments.account and find_channels(found.files, _workspace()) is None:
        return 1
    _summary(found, verbose=arguments.verbose)
    _placeholders(Path(arguments.folder), verbose=arguments.verbose)
    return 1 if arguments.strict and found.warnings else 0


def _workspace() -> Workspace:
    workspace = find_workspace(local=True)
    if workspace is None:
        raise CommandError(
            "no workspace: set SLACK_BOT_TOKEN, or start the local stack with `make run`"
        )
    return workspace


def _check_as_json(arguments: argparse.Namespace) -> int:
    need_admin()
    from baton.policy_tools import PolicyError, check

    try:
        found = check(arguments.folder, arguments.overlay)
    except PolicyError as error:
        everything = sorted([*error.faults, *error.warnings])
        print(findings.as_json(everything, passed=0, refused=True))
        return 1
    everything, refused = [*found.warnings], False
    if arguments.account:
        looked = looked_up(found.files, _workspace())
        everything, refused = sorted([*everything, *looked.findings]), bool(looked.faults)
    print(findings.as_json(everything, passed=len(found.results), refused=refused))
    return 1 if refused or (arguments.strict and everything) else 0


def write_docs(arguments: argparse.Namespace) -> int:
    return _docs.write_docs(arguments, check_files)


def write_schema(arguments: argparse.Namespace) -> int:
    from baton.policy_tools import schema

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
    parser.add_argument(
        "--overlay", metavar="FOLDER", help="an overlay: a folder with changed values"
    )


def _add_table(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--table", help="default: TABLE_NAME, or the running local stack's")


def _add_author(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--by", default=_whoami(), metavar="NAME", help="who does it")
    parser.add_argument("--note", default="", help="why; stored with the version")


def _whoami() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container's user may have no name
        return "unknown"


def _summary(checked: Checked, *, verbose: bool) -> None:
    files = checked.files
    people = files.roster.people
    reps = [person for person in people if person.role == "rep"]
    zones = {calendar.zone for calendar in files.roster.calendars}
    working = [stage for stage in files.lifecycle.stages if not stage.side]
    counts = [
        (len(working), "working stage"),
        (len(files.lifecycle.transitions), "transition"),
        (len(files.lifecycle.reasons), "reason"),
        (len(files.routing.rules), "rule"),
        (len(files.routing.pools), "pool"),
        (len(reps), "rep"),
        (len(people) - len(reps), "manager"),
        (len(zones), "time zone"),
        (len(files.sla.tiers), "tier"),
        (len(files.recycling.tracks), "nurture track"),
    ]
    told = listed(counted(count, name) for count, name in counts)
    print(f"{files.roster.company}: {told}")
    for result in checked.results:
        if verbose:
            print(f"  {result.case}")
            for reason in result.because:
                print(f"    {reason}")
    passed = len(checked.results)
    warned = f", {findings.counted(0, len(checked.warnings))}" if checked.warnings else ""
    print(f"in order{warned}; {counted(passed, 'case')} passed")


def _placeholders(folder: Path, *, verbose: bool) -> None:
    """Not a finding, because a policy may be tried before it is filled in."""
    from baton.policy_tools import presets

    left = [*presets.left(folder)]
    if not left:
        return
    places, hold = counted(len(left), "place"), noun(len(left), "holds a", "hold")
    what = noun(len(left), "placeholder")
    first = f"{folder / left[0].file}:{left[0].line}"
    print(f"{places} still {hold} {what} (# replace:), first {first}")
    for one in left if verbose else ():
        print(f"  {folder / one.file}:{one.line}  {one.what}")
