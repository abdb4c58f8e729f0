"""Publishing a policy, rolling back, and listing what was published."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from baton.cli import CommandError
from baton.cli._policy_channels import find_channels
from baton.cli._policy_files import check_files, need_admin
from baton.cli._slack import find_workspace
from baton.cli._target import find, one_line_errors
from baton.presentation.words import day_named, listed, utc

if TYPE_CHECKING:  # pydantic and YAML are loaded by the commands that need them
    from baton.adapters.dynamodb.policies import PolicyStore, Version
    from baton.application.ports.slack import Channel
    from baton.domain.policy import Policy
    from baton.policy_tools import Loaded
    from baton.policy_tools.approval import Unapproved
    from baton.policy_tools.diff import Change


def publish_policy(arguments: argparse.Namespace) -> int:
    if arguments.force and not arguments.note.strip():
        raise CommandError("--force needs --note WHY, which is stored with the version")
    target = find(arguments.table)
    found = check_files(arguments)
    if found is None:
        print("nothing was published", file=sys.stderr)
        return 1
    if not arguments.force and _has_placeholders(Path(arguments.folder)):
        return 1
    # Not the local stack's Slack for a table that was named: it may be another stack's.
    named = bool(arguments.table or os.environ.get("TABLE_NAME"))
    channels = find_channels(found.files, find_workspace(local=not named))
    if channels is None:
        print("nothing was published", file=sys.stderr)
        return 1
    return int(
        with_store(
            arguments.table,
            lambda store: _publish(store, found.files, channels, arguments, target.table),
        )
    )


def _has_placeholders(folder: Path) -> bool:
    """List the placeholders in the files; returns whether there are any."""
    from baton.policy_tools import presets

    left = [*presets.left(folder)]
    for one in left:
        print(
            f"{folder / one.file}:{one.line} still has a placeholder: {one.what}", file=sys.stderr
        )
    if left:
        print(
            "nothing was published: put your own values in and remove the marks (# replace:), "
            "or publish with --force --note WHY",
            file=sys.stderr,
        )
    return bool(left)


def _publish(
    store: PolicyStore,
    files: Loaded,
    channels: Mapping[str, Channel],
    arguments: argparse.Namespace,
    table: str,
) -> int:
    from baton.policy_tools import compile_policy
    from baton.policy_tools.channels import with_ids

    now = datetime.now(UTC)
    policy = with_ids(compile_policy(files, now.date()), channels)
    over = store.active_version()
    active = readable(store, over) if over else None
    missing = _unapproved(policy, active, now.date()) if active else ()
    if active and missing and not arguments.force:
        for line in _refusal(missing, files, active, policy, now.date()):
            print(line, file=sys.stderr)
        return 1
    forced = tuple(one.name for one in missing)
    done = store.publish(
        policy, by=arguments.by, at=now, note=arguments.note, forced=forced, over=over
    )
    if not done.changed:
        print(f"unchanged: version {done.version} is active already; nothing was published")
        return 0
    print(f"published version {done.version} of {policy.company}'s policy to {table}")
    if forced:
        print(f"without the approval of: {listed(one.label for one in missing)}")
    elif not (active and active.definitions):
        _print_assumed(policy, now.date())
    return 0


def _unapproved(policy: Policy, active: Policy, today: date) -> tuple[Unapproved, ...]:
    """The definitions that lack an approval by the signers of either version; removing a signer
    needs approval too."""
    from baton.policy_tools.approval import SIGN_OFF, Unapproved, asked, dropped, unapproved

    asks = policy.lifecycle.sign_off
    signers = tuple(dict.fromkeys((*asks, *asked(active))))
    found = unapproved(policy.definitions, active.definitions, signers, today)
    if gone := dropped(active, asks):
        return (Unapproved(SIGN_OFF, "The list of signers", new=False, wanting=gone), *found)
    return found


def _refusal(
    missing: tuple[Unapproved, ...], files: Loaded, active: Policy, policy: Policy, today: date
) -> Iterator[str]:
    """Which definitions need approval and why, and what to write in which file once they have
    it."""
    from baton.policy_tools.approval import SIGN_OFF, place, signature
    from baton.policy_tools.diff import SIGNATURES, difference

    changes = difference(active, policy)
    for one in missing:
        wanting = listed(one.wanting, " or ")
        yield f"{one.label} is {'new' if one.new else 'changed'} and not approved by {wanting}"
        for change in changes:
            if change.definition == one.name and change.file != SIGNATURES:
                yield f"    {change.text}"
        if one.outdated:
            on = day_named(one.outdated, year=True)
            yield f"    The approval of {on} is for an earlier text."
        if one.ahead:
            on = day_named(one.ahead, year=True)
            yield f"    The approval of {on} has a future date and does not count yet."
        names = tuple(dict.fromkeys((*files.lifecycle.sign_off, *one.wanting)))
        fix = f"once approved, write {signature(names, today)}"
        if one.name == SIGN_OFF:
            yield f"    sign_off no longer names {wanting}, but the active version does."
            fix = "name them again, or publish with --force --note WHY once they have agreed"
        file, path = place(one.name, files)
        yield f"    {files.fault(file, path, fix)}"
    count = len(missing)
    yield (
        f"{count} definition{'s' if count > 1 else ''} without approval: nothing was published; "
        "have them approved, or publish with --force --note WHY"
    )


def _print_assumed(policy: Policy, today: date) -> None:
    from baton.policy_tools.approval import assumed
    from baton.policy_tools.faults import MOST

    if labels := [one.label for one in assumed(policy, today)]:
        told = listed(labels, most=MOST)
        print(f"{len(labels)} definitions are ASSUMED until they are approved: {told}")


def roll_back(arguments: argparse.Namespace) -> int:
    need_admin()
    return int(with_store(arguments.table, lambda store: _roll_back(store, arguments)))


def _roll_back(store: PolicyStore, arguments: argparse.Namespace) -> int:
    left, now_active = store.rollback(
        arguments.to, by=arguments.by, at=datetime.now(UTC), note=arguments.note
    )
    print(
        f"version {now_active} is active again, instead of {left}; it takes effect within 5 seconds"
    )
    before, after = readable(store, left), readable(store, now_active)
    if before and after:
        from baton.policy_tools.diff import difference

        print_changes(difference(before, after))
    return 0


def list_versions(arguments: argparse.Namespace) -> int:
    versions: list[Version] = with_store(arguments.table, lambda store: store.versions())
    if not versions:
        print("no policy is published: run `baton policy publish FOLDER`", file=sys.stderr)
        return 1
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    headings = ["", "version", "published", "by", "note", "content", "size"]
    if any(one.forced for one in versions):
        headings.append("without approval of")
    table = Table(box=box.SIMPLE_HEAD)
    for heading in headings:
        table.add_column(heading, justify="right" if heading in {"version", "size"} else "left")
    for one in versions:
        cells = [
            "active" if one.active else "",
            str(one.version),
            utc(one.published_at),
            Text(one.by),
            Text(one.note),
            one.hash[:8],
            f"{one.size / 1000:.1f} KB",
            Text("\n".join(one.forced)),
        ]
        table.add_row(*cells[: len(headings)])
    Console().print(table)
    return 0


# --- for these commands and for `diff`


def with_store(table: str | None, work: Callable[[PolicyStore], Any]) -> Any:
    from baton.adapters.dynamodb.policies import PolicyStore
    from baton.failures import Retryable

    target = find(table)
    try:
        with one_line_errors(target.table):
            return work(PolicyStore(target.client("dynamodb"), target.table))
    except Retryable as error:  # also for a policy or pointer of a newer Baton
        raise CommandError(str(error)) from None


def readable(store: PolicyStore, version: int) -> Policy | None:
    """The policy of a version, or None after printing that this Baton cannot read it."""
    from baton.adapters.dynamodb.policies import Unreadable

    try:
        return store.get(version)
    except Unreadable as error:
        print(f"{error}; nothing can be compared with it", file=sys.stderr)
        return None


def print_changes(changes: tuple[Change, ...]) -> None:
    """By file, one sentence per line."""
    from baton.policy_tools.diff import grouped

    if not changes:
        print("No difference.")
    for file, some in grouped(changes).items():
        print(f"\n{file}")
        for change in some:
            print(f"  {change.text}")
