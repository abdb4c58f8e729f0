"""Leads, loads, turns and history in the one table.

pk             sk              what
LEAD#<id>      LEAD            the lead; in the sparse indexes `wakes` and `stale` while open
LEAD#<id>      EVENT#<event>   history: one item per event, the deduplication and the outbox
PERSON#<id>    LOAD            how many leads a person carries, and whether they are away
PERSON#<id>    EVENT#<event>   the trail of changes about a person; see ``roster``
POOL#<id>      TURNS           whose turn it is
POOL#<id>      WAIT#<place>    a lead in the pool's queue; the first in order is the next
SWEEP          <name>          how far a sweep has looked
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from zlib import crc32

import msgspec
from botocore.exceptions import ClientError

from baton.adapters.aws.errors import translated
from baton.adapters.dynamodb.schema import NAME, NOT_NEWER, check, stamped, value
from baton.adapters.dynamodb.table import (
    UNREADABLE,
    Cancelled,
    Item,
    Table,
    decode,
    encode,
    expires,
    load_key,
    next_version,
    readable,
)
from baton.application.ports.leads import Index, Odd, Place, Record, Reported, place_of, record_of
from baton.domain.draft.decision import Decision
from baton.domain.lead import Assignment, Lead, Waiting
from baton.domain.time import read_instant, stamp
from baton.domain.world.effects import lead_subject
from baton.domain.world.events import AnyEvent
from baton.domain.world.world import Load, Turns
from baton.failures import AlreadyDone, Moved
from baton.wire.schema import numbered, refuse_newer

#: Each index is spread over this many keys, so that no partition of it runs hot.
SHARDS = 8
#: Index owner of an open lead without an owner (it waits, or is held). Not a person's id.
NOBODY = "~"


def shard_of(lead_id: str) -> int:
    return crc32(lead_id.encode()) % SHARDS


def lead_key(lead_id: str) -> Item:
    return {"pk": {"S": lead_subject(lead_id)}, "sk": {"S": "LEAD"}}


def event_key(lead_id: str, event_id: str) -> Item:
    return {"pk": {"S": lead_subject(lead_id)}, "sk": {"S": f"EVENT#{event_id}"}}


def turns_key(pool: str) -> Item:
    return {"pk": {"S": f"POOL#{pool}"}, "sk": {"S": "TURNS"}}


def place_key(lead_id: str, waiting: Waiting) -> Item:
    place = place_of(waiting.heat, waiting.since, lead_id)
    return {"pk": {"S": f"POOL#{waiting.pool}"}, "sk": {"S": f"WAIT#{place}"}}


class LeadStore:
    """The only place that writes leads, and the only reader of what a decision needs."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table
        self._rows = Table(client, table)

    def load(self, lead_id: str, event_id: str) -> tuple[Lead | None, Record | None]:
        """The lead, and the record of the event if it was worked before. One request."""
        items = self._rows.get([lead_key(lead_id), event_key(lead_id, event_id)])
        lead = record = None
        for item in items:
            if item["sk"]["S"] == "LEAD":
                lead = decode(item, Lead, "lead")
            else:
                record = decode(item, Record, "record")
        return lead, record

    def leads(self, ids: Iterable[str], odd: Odd | None = None) -> dict[str, Lead]:
        items = self._rows.get([lead_key(lead_id) for lead_id in dict.fromkeys(ids)])
        return {lead.id: lead for lead in readable(items, Lead, "lead", odd)}

    def world(
        self, pools: Iterable[str], people: Iterable[str]
    ) -> tuple[dict[str, Turns], dict[str, Load]]:
        """Turns and loads, in one request per 100; those never stored are new."""
        # Once each: DynamoDB refuses a batch that names a key twice.
        pools, people = list(dict.fromkeys(pools)), list(dict.fromkeys(people))
        turns = {pool: Turns(pool) for pool in pools}
        loads = {person: Load(person) for person in people}
        keys = [*(turns_key(pool) for pool in pools), *(load_key(person) for person in people)]
        for item in self._rows.get(keys):
            if item["sk"]["S"] == "TURNS":
                found = decode(item, Turns, "turns")
                turns[found.pool] = found
            else:
                load = decode(item, Load, "load")
                loads[load.person] = load
        return turns, loads

    def commit(self, decision: Decision, event: AnyEvent, policy: str, now: datetime) -> Record:
        """Store all of *decision*, or nothing; see ports.leads.Store."""
        record = record_of(decision, event, policy, now)
        rows = self._rows
        writes = [
            # Wins against the same event worked a second time, in parallel or after a crash.
            rows.create(_record_item(event, record, now)),
            # Wins against every other event of this lead that was decided on the same state.
            rows.overwrite(_lead_item(decision.lead), decision.before),
            # Win against decisions about leads that were merged into this one, which it ends.
            *(rows.overwrite(_lead_item(one), one.version - 1) for one in decision.ended),
            # Win against decisions about other leads that change the same person or pool.
            *(
                rows.overwrite(next_version(load_key(load.person), load), load.version)
                for load in decision.loads
            ),
            *(
                rows.overwrite(next_version(turns_key(turns.pool), turns), turns.version)
                for turns in decision.turns
            ),
            # Needs no condition: it changes with the lead's version, which only one writer wins.
            *self._places(decision),
            # Check what was only read: a person ruled out as full may have room now.
            *(
                rows.check_unchanged(load_key(load.person), load.version)
                for load in decision.relied_on
            ),
        ]
        try:
            self._rows.write(writes)
        except Cancelled as error:
            if error.failed_at(0):
                raise AlreadyDone(event.id) from error
            raise Moved(event.lead_id) from error
        return record

    def first_waiting(self, pools: Iterable[str]) -> dict[str, str]:
        """Pool -> the lead that is first in its queue; empty: none waits. One request per pool."""
        return {pool: next((place.lead for place in self._queue(pool, 1)), "") for pool in pools}

    def queue(self, pool: str) -> list[Place]:
        """The leads that wait for *pool*, the next one first."""
        return list(self._queue(pool, None))

    def _queue(self, pool: str, most: int | None) -> Iterator[Place]:
        asked: Item = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :wait)",
            "ExpressionAttributeValues": {
                ":pk": {"S": f"POOL#{pool}"},
                ":wait": {"S": "WAIT#"},
            },
            "ConsistentRead": True,
        }
        if most is not None:
            with translated("table"):
                items = self._client.query(**asked, Limit=most)["Items"]
            yield from (decode(item, Place, "place") for item in items)
            return
        with translated("table"):
            for page in self._client.get_paginator("query").paginate(**asked):
                yield from (decode(item, Place, "place") for item in page["Items"])

    def owned_by(self, person: str) -> list[str]:
        """The leads that *person* has, longest first. The index may lag a little behind."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName="owners",
            KeyConditionExpression="#owner = :owner",
            ExpressionAttributeNames={"#owner": "owner"},
            ExpressionAttributeValues={":owner": {"S": person}},
        )
        with translated("table"):
            return [
                item["pk"]["S"].removeprefix("LEAD#") for page in pages for item in page["Items"]
            ]

    def history(self, lead_id: str) -> list[Record]:
        """All that happened to the lead, oldest first."""
        records: list[Record] = self._rows.history(lead_subject(lead_id), Record, "record")
        return sorted(records, key=lambda record: record.version)

    def due(self, index: Index, after: datetime, until: datetime) -> list[tuple[str, datetime]]:
        """(lead id, instant) of the open leads that *index* has in (*after*, *until*], soonest
        first. Queries all shards in parallel; cost grows with what is due, not with what is
        open. An entry without an instant is left out: it is damaged, and the watchdog's pass writes
        it again from its lead."""
        with ThreadPoolExecutor(SHARDS) as pool:
            parts = pool.map(lambda shard: self._due(index, shard, after, until), range(SHARDS))
            found = sorted(pair for part in parts for pair in part)
        return [(lead_id, at) for text, lead_id in found if (at := read_instant(text)) is not None]

    def _due(
        self, index: Index, shard: int, after: datetime, until: datetime
    ) -> list[tuple[str, str]]:
        """(instant, lead id) of one shard."""
        name = {"wakes": "wake", "stale": "stale"}[index]
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=index,
            KeyConditionExpression="#shard = :shard AND #at BETWEEN :after AND :until",
            ExpressionAttributeNames={"#shard": f"{name}Shard", "#at": f"{name}At"},
            ExpressionAttributeValues={
                ":shard": {"S": f"{name}#{shard}"},
                # BETWEEN includes both ends; one character more leaves out the lower one.
                ":after": {"S": stamp(after) + "~"},
                ":until": {"S": stamp(until)},
            },
        )
        with translated("table"):
            return [
                (item[f"{name}At"]["S"], item["pk"]["S"].removeprefix("LEAD#"))
                for page in pages
                for item in page["Items"]
            ]

    def reported(self, day: str, odd: Odd | None = None) -> list[Reported]:
        """What happened on a UTC *day* (ISO date), in order of time. *odd*: as in ``leads``."""
        found: list[tuple[str, Reported]] = []
        for shard in range(SHARDS):
            pages = self._client.get_paginator("query").paginate(
                TableName=self._table,
                IndexName="days",
                KeyConditionExpression="#day = :day",
                ExpressionAttributeNames={"#day": "day"},
                ExpressionAttributeValues={":day": {"S": f"{day}#{shard}"}},
            )
            with translated("table"):
                for item in (item for page in pages for item in page["Items"]):
                    try:
                        found.append((item["dayAt"]["S"], _reported(item["report"]["S"])))
                    except UNREADABLE as error:
                        if odd is None:
                            raise
                        odd(item["pk"]["S"], type(error).__name__)
        return [reported for _, reported in sorted(found, key=lambda pair: pair[0])]

    def checkpoint(self, name: str) -> dict[str, str]:
        """The checkpoint of sweep *name*; empty before its first run."""
        with translated("table"):
            answer = self._client.get_item(
                TableName=self._table,
                Key={"pk": {"S": "SWEEP"}, "sk": {"S": name}},
                ConsistentRead=True,
            )
        item = answer.get("Item", {})
        check(item, "checkpoint")
        return {k: v["S"] for k, v in item.items() if k not in ("pk", "sk", "schema")}

    def save_checkpoint(self, name: str, values: dict[str, str], order: str) -> bool:
        """Store *values* unless a later run already did; *order* names the value that rises.

        Wins against a slower, older run and against newer code: the checkpoint never goes back.
        """
        names = {f"#{key}": key for key in values} | NAME
        kept = {f":{key}": {"S": text} for key, text in values.items()}
        try:
            with translated("table"):
                self._client.update_item(
                    TableName=self._table,
                    Key={"pk": {"S": "SWEEP"}, "sk": {"S": name}},
                    UpdateExpression="SET "
                    + ", ".join(f"#{key} = :{key}" for key in (*values, "schema")),
                    ConditionExpression="attribute_not_exists(pk)"
                    f" OR (#{order} < :{order} AND {NOT_NEWER})",
                    ExpressionAttributeNames=names,
                    ExpressionAttributeValues=kept | value("checkpoint"),
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ClientError as error:  # only a failed condition: others are translated
            response: Any = error.response  # botocore's types lack the item
            check(response.get("Item", {}), "checkpoint")
            return False
        return True

    def _places(self, decision: Decision) -> Iterator[Item]:
        """The write that gives up, or takes, the lead's place in a queue."""
        for merged, left in decision.places_left:
            yield self._rows.delete(place_key(merged, left), "place")
        lead_id, before, after = decision.lead.id, decision.waited, decision.lead.waiting
        old = place_key(lead_id, before) if before else None
        new = place_key(lead_id, after) if after else None
        if old is not None and old != new:
            yield self._rows.delete(old, "place")
        if new is not None and after is not None and old != new:
            place = Place(lead_id, after.pool, after.since, after.heat, after.clock.due_at)
            yield self._rows.put(new | {"body": {"S": encode(place)}}, "place")


def _lead_item(lead: Lead) -> Item:
    item = lead_key(lead.id) | {
        "version": {"N": str(lead.version)},
        "body": {"S": encode(lead)},
    }
    return stamped(item | index_attributes(lead), "lead")


def index_attributes(lead: Lead) -> Item:
    """The index attributes of *lead*. The indexes are sparse: ``owners`` has only open leads, the
    others only leads with a clock to wait for. So a query costs what is open, or due."""
    found: Item = {}
    if lead.open:
        held_by = lead.assignment or lead.waiting or lead.held
        assert held_by is not None
        since = held_by.at if isinstance(held_by, Assignment) else held_by.since
        found["owner"] = {"S": held_by.person if isinstance(held_by, Assignment) else NOBODY}
        found["ownedSince"] = {"S": stamp(since)}
    for name, at in (("wake", lead.wake_at), ("stale", lead.stale_at)):
        if at is not None:
            found[f"{name}Shard"] = {"S": f"{name}#{shard_of(lead.id)}"}
            found[f"{name}At"] = {"S": stamp(at)}
    return found


def _reported(body: str) -> Reported:
    refuse_newer(body, "report")
    return msgspec.json.decode(body, type=Reported)


def _record_item(event: AnyEvent, record: Record, now: datetime) -> Item:
    item = event_key(event.lead_id, event.id) | {
        "body": {"S": encode(record)},
    }
    item = stamped(item | expires(now), "record")
    if record.outcomes:
        report = Reported(event.lead_id, record.outcomes, record.policy, record.considered)
        item |= {
            "day": {"S": f"{now.astimezone(UTC).date().isoformat()}#{shard_of(event.lead_id)}"},
            "dayAt": {"S": f"{stamp(now)}#{event.lead_id}#{record.version}"},
            "report": {"S": numbered(encode(report), "report")},
        }
    return item
