"""Starter policies: complete folders of files, each valid and with its own cases.

Their people and ids are placeholders, marked in the files with ``# replace: …``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from baton.policy_tools import schema
from baton.policy_tools.models import FILES, OPTIONAL

#: Name -> whom it is for, the simplest first.
PRESETS = {
    "simple": "five stages, one pool; HubSpot says who is an MQL; fewer than 50 leads a month",
    "standard": "seven stages, territories, sign-off; a score is shown beside HubSpot's stage",
    "advanced": "seven stages; the score makes MQLs, and leads wait for what they lack",
}

_MARK = re.compile(r"# replace: (.+)$")
#: An id that is still a placeholder although its mark was removed.
_UNMARKED = re.compile(r"\bslack_user: *\S*PLACEHOLDER")


class Replacement(NamedTuple):
    """A place in a written file that still has a placeholder."""

    file: str
    #: Counted from 1.
    line: int
    #: What belongs there.
    what: str


def texts(name: str) -> dict[str, str]:
    """File name -> text of the preset. Raises KeyError for a name that is not in ``PRESETS``."""
    if name not in PRESETS:
        raise KeyError(name)
    folder = files(__name__) / name
    return {
        path.name: path.read_text(encoding="utf-8")
        for path in sorted(folder.iterdir(), key=lambda path: path.name)
        if path.name.endswith(".yaml")
    }


def write(name: str, folder: Path) -> list[Path]:
    """
    Write the preset and the schemas for editors into *folder*, over what is there.

    A policy file that the preset does not have is removed, because it would otherwise remain part
    of the policy.
    """
    folder.mkdir(parents=True, exist_ok=True)
    preset = texts(name)
    for other in OPTIONAL:
        if f"{other}.yaml" not in preset:
            (folder / f"{other}.yaml").unlink(missing_ok=True)
    written = []
    for file, text in preset.items():
        path = folder / file
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return [*written, *schema.write(folder)]


def replacements(name: str) -> Iterator[Replacement]:
    """The placeholders of the preset that must be replaced, by file and line."""
    return _marked(texts(name))


def left(folder: Path) -> Iterator[Replacement]:
    """The placeholders still in the files of a policy, even if the files have been edited since."""
    paths = (folder / f"{name}.yaml" for name in sorted(FILES))
    return _marked(
        {path.name: path.read_text(encoding="utf-8-sig") for path in paths if path.is_file()}
    )


def _marked(files: Mapping[str, str]) -> Iterator[Replacement]:
    for file, text in files.items():
        for number, line in enumerate(text.splitlines(), start=1):
            if match := _MARK.search(line):
                yield Replacement(file, number, match[1])
            elif _UNMARKED.search(line):
                yield Replacement(file, number, "the Slack member id")
