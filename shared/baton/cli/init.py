"""``baton init``: writes a complete starter policy."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from baton.cli import CommandError
from baton.cli._policy_files import need_admin
from baton.cli.policy import FOLDER
from baton.presentation.words import counted

#: The same names as in ``baton.policy_tools.presets``, which is slow to import.
NAMES = ("simple", "standard", "advanced")

#: The next commands, each to be given the folder.
_COMMANDS = {
    "policy check": "finds faults, and tries the cases",
    "hubspot setup": "lists what the HubSpot account lacks for it",
    "policy publish": "makes it the active policy",
}


def add_parser(subparsers: Any) -> None:
    text = "write a policy to start from"
    init: argparse.ArgumentParser = subparsers.add_parser(
        "init",
        help=text,
        description=f"{text[0].upper()}{text[1:]}: commented files, with cases that pass. "
        "simple: five stages, HubSpot says who is an MQL. standard: seven stages, "
        "territories, sign-off. advanced: the score says who is an MQL, leads are "
        "held until they have the required data.",
    )
    init.add_argument("folder", nargs="?", default=FOLDER, metavar="DIR", help=f"default: {FOLDER}")
    init.add_argument("--preset", choices=NAMES, default="standard", help="default: standard")
    init.add_argument("--force", action="store_true", help="overwrite existing files")
    init.set_defaults(run=write_policy)


def write_policy(arguments: argparse.Namespace) -> int:
    need_admin()
    from baton.policy_tools import presets

    name, folder = arguments.preset, Path(arguments.folder)
    _refuse(folder, force=arguments.force)
    try:
        written = presets.write(name, folder)
    except OSError as error:
        raise CommandError(f"{folder} cannot be written: {error.strerror}") from None
    count = sum(path.suffix == ".yaml" for path in written)
    print(f"wrote {counted(count, 'file')} to {folder}: {name}, {presets.PRESETS[name]}")
    for line in _next_steps(folder, name):
        print(line)
    return 0


def _refuse(folder: Path, *, force: bool) -> None:
    """
    Raises:
        CommandError: *folder* has files that would be lost, or is not a folder.
    """
    if folder.exists() and not folder.is_dir():
        raise CommandError(f"{folder} is a file: name a folder")
    if not force and folder.is_dir() and any(folder.iterdir()):
        raise CommandError(
            f"{folder} is not empty: name another folder, or use --force to overwrite it"
        )


def _next_steps(folder: Path, name: str) -> Iterator[str]:
    from baton.policy_tools import presets

    yield "\nReplace the values marked `# replace:` with your own:"
    for one in presets.replacements(name):
        yield f"  {folder / one.file}:{one.line}  {one.what}"
    yield f"`baton policy check --verbose {folder}` lists those still to be replaced."
    yield "\nThen"
    for command, does in _COMMANDS.items():
        yield f"  baton {command} {folder}  {does}"
