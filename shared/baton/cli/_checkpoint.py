"""The progress of a long command, stored so that it can be killed and resumed."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from baton.application.migrate_statuses import Progress
from baton.cli import CommandError


class Checkpoint:
    """A file with a Progress; it exists only while the work is unfinished."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self, fresh: Progress) -> Progress:
        """
        The stored progress; *fresh* if the work has not begun.

        Raises:
            CommandError: The file is unreadable, or of another account or mapping.
        """
        try:
            found = msgspec.json.decode(self._path.read_bytes(), type=Progress)
        except FileNotFoundError:
            return fresh
        except (OSError, msgspec.DecodeError) as error:
            raise CommandError(f"{self._path} cannot be used: {error}") from None
        if (found.account, found.mapping) != (fresh.account, fresh.mapping):
            what = "account" if found.account != fresh.account else "mapping"
            raise CommandError(
                f"{self._path} belongs to an unfinished migration with another {what}: delete it,"
                " or name another file with --checkpoint"
            )
        return found

    def save(self, progress: Progress) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = self._path.with_name(self._path.name + ".new")
        new.write_bytes(msgspec.json.encode(progress))
        os.replace(new, self._path)  # atomic: a kill leaves the old file or the new one

    def done(self) -> None:
        self._path.unlink(missing_ok=True)
