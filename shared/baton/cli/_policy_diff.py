"""``baton policy diff``: the differences between two versions, or a version and files."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import to_builtins

from baton.cli import CommandError
from baton.cli._policy_files import load_files, need_admin
from baton.cli._policy_versions import print_changes, with_store
from baton.domain.policy import Policy
from baton.presentation.words import listed, quoted, utc

if TYPE_CHECKING:  # boto3 is loaded by the commands that need it
    from baton.adapters.dynamodb.policies import PolicyStore, Version

ACTIVE = "active"
#: The version that was active before the active one was published.
BEFORE = "before"


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of the comparison."""

    title: str
    policy: Policy
    #: None: it is a folder.
    version: Version | None = None


def diff_policies(arguments: argparse.Namespace) -> int:
    need_admin()
    names = _names(arguments.old, arguments.new)
    folders: dict[str, _Side] = {}
    for name in names:
        if not _is_version(name):
            side = _folder(name)
            if side is None:
                return 1
            folders[name] = side

    if folders.keys() >= {*names}:  # no table is needed
        old, new = (folders[name] for name in names)
    else:
        old, new = with_store(
            arguments.table,
            lambda store: [folders.get(name) or _stored(store, name) for name in names],
        )
    if arguments.json:
        print(json.dumps(_as_json(old, new), indent=2, ensure_ascii=False))
    else:
        _print(old, new)
    return 0


def _names(old: str | None, new: str | None) -> tuple[str, str]:
    """The two sides. A folder alone is the newer side; a version alone, the older."""
    if old is None:
        return BEFORE, ACTIVE
    if new is None:
        return (old, ACTIVE) if _is_version(old) else (ACTIVE, old)
    return old, new


def _is_version(name: str) -> bool:
    return name in {ACTIVE, BEFORE} or (name.isascii() and name.isdigit())


def _folder(name: str) -> _Side | None:
    if not Path(name).is_dir():
        raise CommandError(
            f"{quoted(name)} is not a version: give a number of `baton policy list`, "
            "active, or a folder of policy files"
        )
    files = load_files(name)
    if files is None:
        return None
    from baton.policy_tools import compile_policy

    return _Side(name, compile_policy(files, datetime.now(UTC).date()))


def _stored(store: PolicyStore, name: str) -> _Side:
    versions = {one.version: one for one in store.versions()}
    active = next((one for one in versions.values() if one.active), None)
    if active is None:
        raise CommandError("no policy is published: run `baton policy publish FOLDER`")
    if name == BEFORE and not active.previous:
        raise CommandError(
            f"version {active.version} is the first: name a version or a folder to compare it with"
        )
    number = {ACTIVE: active.version, BEFORE: active.previous}.get(name) or int(name)
    if number not in versions:
        known = listed(map(str, versions))
        raise CommandError(f"version {number} was never published; there are {known}")
    title = f"version {number}" + (" (active)" if versions[number].active else "")
    return _Side(title, store.get(number), versions[number])


def _print(old: _Side, new: _Side) -> None:
    from baton.policy_tools.diff import difference

    print(f"from {old.title} to {new.title}")
    print_changes(difference(old.policy, new.policy))
    for side in (old, new):
        if side.version and side.version.forced:
            print(f"\n{_forced(side, side.version)}")


def _forced(side: _Side, version: Version) -> str:
    known = side.policy.definitions
    labels = [known[name].label if name in known else name for name in version.forced]
    return (
        f"Version {version.version} was published by {version.by} on "
        f"{utc(version.published_at)} without the approval of: {listed(labels)}. "
        f"Why: {version.note}"
    )


def _as_json(old: _Side, new: _Side) -> dict[str, Any]:
    from baton.policy_tools.approval import asked, unapproved
    from baton.policy_tools.diff import difference

    before, after = old.policy.definitions, new.policy.definitions
    signers = tuple(dict.fromkeys((*asked(new.policy), *asked(old.policy))))
    found = unapproved(after, before, signers, datetime.now(UTC).date())
    missing = {one.name: one for one in found}
    changed = [
        name
        for name, now in after.items()
        if name not in before or before[name].digest != now.digest
    ]
    return {
        "from": _side_as_json(old),
        "to": _side_as_json(new),
        "changes": to_builtins(difference(old.policy, new.policy)),
        "definitions": [
            {
                "name": name,
                "label": after[name].label,
                "new": name not in before,
                "approved": name not in missing,
                "wanting": list(missing[name].wanting) if name in missing else [],
            }
            for name in changed
        ],
    }


def _side_as_json(side: _Side) -> dict[str, Any]:
    version = side.version
    if version is None:
        return {"folder": side.title}
    return {
        "version": version.version,
        "active": version.active,
        "published_at": version.published_at.isoformat(),
        "by": version.by,
        "note": version.note,
        "forced": list(version.forced),
    }
