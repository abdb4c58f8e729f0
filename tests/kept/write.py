"""Write a set: what today's code stores and sends, in a folder of its own.

    python -m tests.kept.write 2026-12-24

The same code writes the same bytes. An existing set is never changed: it shows what was written
then.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import boto3
from moto import mock_aws

from baton.application.ports.leads import Record
from tests.adapters.dynamodb.test_leads import TABLE, create_table
from tests.builders import NOW, POLICY
from tests.kept import journeys, messages, outside
from tests.kept.kinds import (
    BOARD,
    CLOSED_BOARD,
    LEAD,
    RECORD,
    SLOT,
    Item,
    kind_of,
    read,
    schemas,
    to_file,
)
from tests.kept.picking import picked
from tests.kept.rich_policy import RICH
from tests.kept.rig import Rig
from tests.kept.shapes import shown

FOLDER = Path(__file__).parent
#: Leads whose state other leads show, too: they only made room, or filled a pool.
PASSING = tuple(f"LEAD#{number}" for number in (110, 111, 117, 119, 129, 131))
#: Leads whose records and slots are all kept, so that a history and a subject are complete.
WHOLE = (
    "LEAD#101",
    f"LEAD#{outside.LEAD}",
    *(f"BOARD#{to}" for to in (outside.CHANNEL, outside.CROWDED, outside.NEARLY)),
)
Files = dict[str, list[Any]]
Play = Callable[[Rig], None]


def client() -> Any:
    """A DynamoDB client; call it within ``mock_aws``."""
    return boto3.client(
        "dynamodb", region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x"
    )


def everything(part: Sequence[Play] = (*journeys.JOURNEYS, *outside.PARTS)) -> Files:
    """The files of a set: name -> list. *part*: the journeys, in order."""
    with mock_aws():
        rig = Rig(client())
        create_table(rig.client)
        rig.policies.publish(POLICY, by="ops", at=NOW, note="the first")
        rig.policies.publish(RICH, by="ops", at=NOW, note="the rich one")
        for play in part:
            play(rig)
        effects, news = messages.effects(rig), messages.news(rig)
        known = _all(map(messages.shown_by_effect, effects))
        # This includes events: a record stores an event with all of its fields.
        known |= _all(map(messages.shown_by_news, news))
        return {
            "table": _table(rig, known),
            "effects": effects,
            "news": news,
            "bus": messages.bus(rig),
            "parked": messages.parked(rig),
            "outside": messages.left_outside(rig, effects),
            "schemas": schemas(),
        }


def save(files: Files, folder: Path) -> None:
    """
    Write a set into *folder*, a line for each item or message.

    Raises:
        FileExistsError: There is a set.
    """
    folder.mkdir(parents=True)
    for name, entries in files.items():
        lines = ",\n".join(
            json.dumps(entry, ensure_ascii=False, separators=(",", ":")) for entry in entries
        )
        (folder / f"{name}.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def _all(shown_by: Iterable[set[str]]) -> set[str]:
    return set[str]().union(*shown_by)


# --- the table


def _table(rig: Rig, known: set[str]) -> list[Item]:
    """The items to keep: of numerous kinds only as many as show everything."""
    pages = rig.client.get_paginator("scan").paginate(TableName=TABLE)
    items = [item for page in pages for item in page["Items"] if not _is_one_more(item)]
    items.sort(key=lambda item: (item["pk"]["S"], item["sk"]["S"]))
    many = [item for item in items if kind_of(item) in (RECORD, SLOT)]
    whole = [item for item in many if item["pk"]["S"] in WHOLE]
    known = known | _all(map(_shown_by_item, whole))
    kept = [*whole, *picked(many, _shown_by_item, _size, known)]
    return [to_file(item) for item in items if item not in many or item in kept]


def _is_one_more(item: Item) -> bool:
    """Whether *item* is like others that are kept."""
    kind, pk = kind_of(item), item["pk"]["S"]
    return (kind == LEAD and pk in PASSING) or (kind in (BOARD, CLOSED_BOARD) and pk not in WHOLE)


def _shown_by_item(item: Item) -> set[str]:
    kind = kind_of(item)
    if kind == SLOT:
        return {item["sk"]["S"].partition(":")[0], " ".join(sorted(item))}
    found = read(item)
    attributes = {f"{kind.pk} {kind.sk} {name}" for name in item}
    events = {f"worked: {type(one.event).__name__}" for one in found if isinstance(one, Record)}
    return attributes | events | _all(map(shown, found))


def _size(item: Item) -> int:
    return len(json.dumps(item))


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    folder = FOLDER / arguments[0]
    if folder.exists():
        print(f"{folder.name} is there: a set is never written over", file=sys.stderr)
        return 1
    save(everything(), folder)
    print(f"{folder.name}: {sum(path.stat().st_size for path in folder.iterdir()):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
