"""Reads sets from their folders, and finds what reading loses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.adapters.dynamodb.test_leads import TABLE, create_table
from tests.kept.kinds import Item, Kind, from_file, kind_of

FOLDER = Path(__file__).parent
#: BatchWriteItem's limit.
PUT_AT_ONCE = 25


class Kept:
    """The set in *folder*."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.name = folder, folder.name

    @cached_property
    def items(self) -> list[Item]:
        return [from_file(item) for item in self._file("table")]

    @cached_property
    def effects(self) -> list[str]:
        return self._file("effects")

    @cached_property
    def news(self) -> list[str]:
        return self._file("news")

    @cached_property
    def bus(self) -> list[dict[str, Any]]:
        """Entries that were ``put``, and the message that ``comes``."""
        return self._file("bus")

    @cached_property
    def parked(self) -> list[dict[str, Any]]:
        """Per ``queue``: the message as ``put`` and as ``received``; or a function's ``record``."""
        return self._file("parked")

    @cached_property
    def outside(self) -> list[dict[str, Any]]:
        """An ``effect``, and the Slack ``message`` or HubSpot ``task`` that shows it."""
        return self._file("outside")

    @cached_property
    def schemas(self) -> dict[str, tuple[int, set[str]]]:
        """Kind -> its number, and the parts that older code would not know; empty for the first
        set, which has no numbers."""
        if not (self.folder / "schemas.json").exists():
            return {}
        return {one["kind"]: (one["number"], set(one["shape"])) for one in self._file("schemas")}

    def of(self, *kinds: Kind) -> list[Item]:
        return [item for item in self.items if kind_of(item) in kinds]

    def item(self, pk: str, sk: str) -> Item:
        found = (i for i in self.items if (i["pk"]["S"], i["sk"]["S"]) == (pk, sk))
        return next(found)

    def into(self, client: Any) -> None:
        """Make the table, and put the set's items into it."""
        create_table(client)
        for start in range(0, len(self.items), PUT_AT_ONCE):
            some = self.items[start : start + PUT_AT_ONCE]
            puts = [{"PutRequest": {"Item": item}} for item in some]
            client.batch_write_item(RequestItems={TABLE: puts})

    def _file(self, name: str) -> list[Any]:
        found: list[Any] = json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))
        return found


#: Oldest first.
SETS = [Kept(path.parent) for path in sorted(FOLDER.glob("*/table.json"))]
#: The set from which on absences, owners set by hand, triggers, questions, deals and merged leads
#: are kept. Names of sets are in the order of their days.
QUESTIONS = "2026-12-01d"
#: Of a test of leads that older sets do not have.
since_questions = pytest.mark.parametrize(
    "kept", [one for one in SETS if one.name >= QUESTIONS], ids=lambda found: found.name
)


def lost(stored: Any, read: Any, at: str = "$") -> Iterator[str]:
    """
    The parts of *stored* (parsed JSON) that *read* lacks, with their paths. Later code may add
    fields, and elements at the end of a list.
    """
    if isinstance(stored, dict) and isinstance(read, dict):
        for name, value in stored.items():
            if name in read:
                yield from lost(value, read[name], f"{at}.{name}")
            else:
                yield f"{at}.{name} is lost: {_short(value)}"
    elif isinstance(stored, list) and isinstance(read, list) and len(stored) <= len(read):
        for place, value in enumerate(stored):
            yield from lost(value, read[place], f"{at}[{place}]")
    elif stored != read:
        yield f"{at} was {_short(stored)}, and is read as {_short(read)}"


def lost_in(stored: bytes | str, read: msgspec.Struct | dict[str, Any]) -> list[str]:
    """The parts of the JSON *stored* that are missing after *read* is encoded again."""
    return list(lost(json.loads(stored), json.loads(msgspec.json.encode(read))))


def name_of(item: Item) -> str:
    return f"{item['pk']['S']} {item['sk']['S']}"


def _short(value: Any) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= 100 else f"{text[:100]}…"
