"""Today's adapters read what was stored and sent, and lose nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from boto3.dynamodb.types import TypeDeserializer

from baton.adapters.aws.dead_letters import SqsParkingLot, describe
from baton.adapters.aws.outbox import decode_effect, encode_effect
from baton.adapters.aws.queues import REDRIVEN
from baton.adapters.dynamodb.health import read_health
from baton.adapters.dynamodb.index_audit import OpenLeads
from baton.adapters.dynamodb.leads import NOBODY, index_attributes
from baton.adapters.dynamodb.schema import found as found_number
from baton.application.ports.slots import Claim
from baton.application.sweep import BEGINNING
from baton.domain.world.effects import NoticeState
from baton.domain.world.events import ClockDue, Event
from baton.wire.schema import FIELD
from baton.wire.vocabulary import SHAPES, decode_message, encode_message, from_detail
from tests.adapters.dynamodb.test_leads import TABLE
from tests.fakes.effects import card_state, notice_state
from tests.kept.kinds import (
    BOARD,
    CHECKPOINT,
    CLOSED_BOARD,
    ENTRY,
    LEAD,
    LOAD,
    PLACE,
    RECORD,
    SLOT,
    TURNS,
    VERSION,
    Item,
    kind_of,
    read,
    text_of,
)
from tests.kept.reading import Kept, lost, lost_in, name_of
from tests.kept.rig import Rig

#: When every lease and every board of a set is over.
LATER = datetime(2030, 1, 1, tzinfo=UTC)


def test_nothing_of_any_item_is_lost(kept: Kept) -> None:
    for item in kept.of(LEAD, RECORD, LOAD, ENTRY, TURNS, PLACE, VERSION):
        found = read(item)
        gone = lost_in(text_of(item), found[0])
        if kind_of(item) == VERSION and found_number(item) == 1:
            # Calendars used to be stored as written; now they are stored in their parsed form.
            gone = [one for one in gone if not one.startswith("$.calendars.")]
        if kind_of(item) == TURNS and found_number(item) == 1:
            # Turns owed and turns had; now only the difference is stored.
            seats = json.loads(text_of(item)).get("seats", {})
            assert found[0].credit == {
                rep: seat.get("owed", 0.0) - seat.get("had", 0) for rep, seat in seats.items()
            }
            gone = [one for one in gone if not one.startswith("$.seats ")]
        assert gone == [], name_of(item)
        if "report" in item:
            report = unnumbered(json.loads(item["report"]["S"]))
            assert lost_in(json.dumps(report), found[1]) == [], name_of(item)


def test_leads_and_their_records_are_loaded(kept: Kept, rig: Rig) -> None:
    for item in kept.of(LEAD):
        (lead,) = read(item)
        assert rig.leads.load(lead.id, "none") == (lead, None)
        assert rig.lead(lead.id) == lead
        assert int(item["version"]["N"]) == lead.version
    for item in kept.of(RECORD):
        record = read(item)[0]
        event = record.event
        assert item["sk"]["S"] == f"EVENT#{event.id}"
        assert rig.leads.load(event.lead_id, event.id)[1] == record
        assert record in rig.leads.history(event.lead_id)


def test_a_lead_is_in_the_indexes_as_today_it_would_be(kept: Kept, rig: Rig) -> None:
    for item in kept.of(LEAD):
        beside = {"pk", "sk", "version", "schema", "body"}
        stored = {name: value for name, value in item.items() if name not in beside}
        assert list(lost(stored, index_attributes(read(item)[0]))) == [], name_of(item)
    leads = [item["pk"]["S"].removeprefix("LEAD#") for item in kept.of(LEAD)]
    assert list(OpenLeads(rig.client, TABLE).flaws(leads)) == []


def test_leads_are_found_by_owner_and_by_their_clocks(kept: Kept, rig: Rig) -> None:
    leads = [read(item)[0] for item in kept.of(LEAD)]
    owners = {lead.assignment.person for lead in leads if lead.assignment}
    for owner in sorted(owners):
        theirs = {lead.id for lead in leads if lead.assignment and lead.assignment.person == owner}
        assert set(rig.leads.owned_by(owner)) == theirs
    nobodys = {lead.id for lead in leads if lead.open and not lead.assignment}
    assert set(rig.leads.owned_by(NOBODY)) == nobodys
    waking = {lead.id for lead in leads if lead.wake_at}
    assert {lead for lead, _ in rig.leads.due("wakes", BEGINNING, LATER)} == waking
    stale = {lead.id for lead in leads if lead.stale_at}
    assert {lead for lead, _ in rig.leads.due("stale", BEGINNING, LATER)} == stale


def test_reports_are_found_by_day(kept: Kept, rig: Rig) -> None:
    with_report = [item for item in kept.of(RECORD) if "report" in item]
    for day in sorted({item["day"]["S"].partition("#")[0] for item in with_report}):
        of_day = [item for item in with_report if item["day"]["S"].startswith(day)]
        of_day.sort(key=lambda item: item["dayAt"]["S"])
        assert rig.leads.reported(day) == [read(item)[1] for item in of_day]


def test_people_and_pools_are_loaded(kept: Kept, rig: Rig) -> None:
    loads = {load.person: load for item in kept.of(LOAD) for load in read(item)}
    turns = {one.pool: one for item in kept.of(TURNS) for one in read(item)}
    assert rig.leads.world(turns, loads) == (turns, loads)
    assert rig.people.loads(list(loads)) == loads
    for item in kept.of(LOAD, TURNS):
        assert int(item["version"]["N"]) == read(item)[0].version
    for pool in turns:
        places = [place for item in kept.of(PLACE) for place in read(item) if place.pool == pool]
        assert rig.leads.queue(pool) == places
    for item in kept.of(ENTRY):
        (entry,) = read(item)
        person = item["pk"]["S"].removeprefix("PERSON#")
        assert rig.people.load(person, entry.change.id) == (loads[person], entry)
        assert entry in rig.people.trail(person)


def test_policies_are_read_by_their_numbers(kept: Kept, rig: Rig) -> None:
    listed = {version.version: version for version in rig.policies.versions()}
    for item in kept.of(VERSION):
        number = int(item["sk"]["S"].removeprefix("V#"))
        policy = rig.policies.get(number)
        assert policy == read(item)[0]
        assert policy.version == str(number)
        version = listed[number]
        assert version.hash == item["hash"]["S"]
        assert version.published_at == datetime.fromisoformat(item["publishedAt"]["S"])
        assert (version.by, version.note) == (item["by"]["S"], item["note"]["S"])
        assert version.previous == int(item["previous"]["N"])
        assert version.forced == tuple(name["S"] for name in item.get("forced", {"L": []})["L"])
    active = kept.item("POLICY", "ACTIVE")
    assert str(rig.policies.active_version()) == active["version"]["N"]
    assert read_health(rig.client, TABLE).policy == rig.policies.active_version()


def test_checkpoints_are_read_and_go_on(kept: Kept, rig: Rig) -> None:
    for item in kept.of(CHECKPOINT):
        name = item["sk"]["S"]
        apart = ("pk", "sk", "schema")
        values = {key: value["S"] for key, value in item.items() if key not in apart}
        assert rig.leads.checkpoint(name) == values
        order = next(key for key in ("ranAt", "sweptAt", "day") if key in values)
        assert not rig.leads.save_checkpoint(name, {order: values[order]}, order)
        assert rig.leads.save_checkpoint(name, {order: "3000"}, order)
        assert rig.leads.checkpoint(name) == values | {order: "3000"}
    cursor = rig.leads.checkpoint("WATCH")["cursor"]
    some, _ = OpenLeads(rig.client, TABLE).page(cursor)
    assert some, "the watchdog's pass goes on where it stopped"


def test_slots_are_claimed_as_they_were_left(kept: Kept, rig: Rig) -> None:
    for item in kept.of(SLOT):
        subject, slot = item["pk"]["S"], item["sk"]["S"].removeprefix("SLOT#")
        shown = int(item.get("shown", {"N": "0"})["N"])
        effect = card_state(shown + 1, subject=subject, slot=slot)
        claim = rig.slots.claim(effect, "later", LATER)
        assert isinstance(claim, Claim), name_of(item)
        assert (claim.shown, claim.outside_id) == (shown, item.get("outsideId", {}).get("S"))
        assert claim.unsure == ("unsureSince" in item)
        rig.slots.confirm(claim, None)
        after = _now(rig, item)
        assert after["shown"] == {"N": str(shown + 1)}
        assert after.get("outsideId") == item.get("outsideId")


def test_boards_hold_what_joined_them(kept: Kept, rig: Rig) -> None:
    for item in kept.of(BOARD, CLOSED_BOARD):
        to = item["pk"]["S"].removeprefix("BOARD#")
        plain = {name: TypeDeserializer().deserialize(value) for name, value in item.items()}
        for joined in plain["ids"]:
            subject, _, slot = joined.partition("/")
            notice = notice_state(1, subject=subject, slot=slot, to=to)
            board = rig.boards.find_board(notice, BEGINNING)
            assert board is not None, name_of(item)
            assert (board.slot, board.version) == (plain["slot"], plain["version"])
            entries = json.loads(msgspec.json.encode(board.entries))
            stored = json.loads(json.dumps(plain["entries"], default=int))
            assert list(lost(_as_read(stored), _as_read(entries))) == [], name_of(item)
            assert {entry["id"] for entry in entries} | {*board.beyond} == {*plain["ids"]}
            if "until" in plain:
                until = board.gathers_until
                assert until is not None
                assert int(until.timestamp()) * 1_000_000 == plain["until"]


def test_a_board_that_takes_one_more_keeps_the_others(kept: Kept, rig: Rig) -> None:
    for item in kept.of(BOARD):
        opened = datetime.fromtimestamp(int(item["openedAt"]["N"]) / 1_000_000, UTC)
        to, level = item["pk"]["S"].removeprefix("BOARD#"), _level(item)
        merged_with = notice_state(1, subject="LEAD#599", to=to, level=level)
        board = rig.boards.join(merged_with, opened)
        assert board.slot == item["slot"]["S"], name_of(item)
        assert board.holds(merged_with)
        after = _now(rig, item)
        for name in ("ids", "entries", "slot", "openedAt", "rank"):
            assert list(lost(item[name], after[name])) == [], name


def test_nothing_of_any_effect_is_lost(kept: Kept) -> None:
    for body in kept.effects:
        effect = decode_effect(body)
        stored = unnumbered(json.loads(body))
        assert list(lost(stored, json.loads(encode_effect(effect)))) == []
        assert describe(body).startswith(json.loads(body)["kind"])


def test_nothing_of_any_news_is_lost(kept: Kept) -> None:
    for body in kept.news:
        stored = as_today(json.loads(body))
        again = json.loads(encode_message(decode_message(body)))
        assert again["detail-type"] == stored["detail-type"]
        assert list(lost(unnumbered(stored["detail"]), again["detail"])) == []


def test_events_of_the_bus_and_of_its_archive_are_read(kept: Kept) -> None:
    for pair in kept.bus:
        put, comes = pair["put"], pair["comes"]
        news = from_detail(put["DetailType"], put["Detail"])
        assert decode_message(json.dumps(comes)) == news
        again = json.loads(encode_message(news))
        assert again["detail-type"] == comes["detail-type"]
        assert list(lost(unnumbered(as_today(comes)["detail"]), again["detail"])) == []


def test_parked_messages_keep_their_reason(kept: Kept) -> None:
    for one in kept.parked:
        if "received" not in one:
            continue
        notes = {
            name: value["StringValue"] for name, value in one["put"]["MessageAttributes"].items()
        }
        lot = SqsParkingLot(_Giving(one["received"]), "lot", {}, "home")
        (parked,) = lot.take(1)
        assert parked.body == one["put"]["MessageBody"]
        assert parked.queue == notes.get("queue", "")
        assert parked.receives == int(notes.get("receives", "1"))
        assert notes.get("reason", parked.reason) == parked.reason
        if "firstSeen" in notes:
            assert parked.first_seen.timestamp() * 1000 == int(notes["firstSeen"])


def test_redriven_messages_are_recognised(kept: Kept) -> None:
    records = [one["record"] for one in kept.parked if "record" in one]
    assert records
    for record in records:
        assert REDRIVEN in record["messageAttributes"]
        assert isinstance(decode_effect(record["body"]), NoticeState)


@pytest.mark.parametrize(
    ("stored", "read_", "found"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, []),
        ({"a": 1}, {"b": 1}, ["$.a is lost: 1"]),
        ({"a": [1, [2]]}, {"a": [1, [2, 3], 4]}, []),
        ({"a": [1, 2]}, {"a": [1]}, ["$.a was [1, 2], and is read as [1]"]),
        ({"a": [1, 2]}, {"a": [1, 3]}, ["$.a[1] was 2, and is read as 3"]),
        ({"a": None}, {}, ["$.a is lost: null"]),
    ],
)
def test_a_lost_value_is_reported_with_its_path(stored: Any, read_: Any, found: list[str]) -> None:
    assert list(lost(stored, read_)) == found


class _Giving:
    """A fake SQS with one message."""

    def __init__(self, message: dict[str, Any]) -> None:
        self._message = message

    def receive_message(self, **asked: Any) -> dict[str, Any]:
        return {"Messages": [self._message]}


def as_today(message: dict[str, Any]) -> dict[str, Any]:
    """*message* in the form of today's code, if it is one of Baton's own of news schema 1."""
    detail_type, detail = message["detail-type"], message["detail"]
    is_own = issubclass(SHAPES.get(detail_type, ClockDue), Event)
    if FIELD in detail or not is_own:
        return message
    paces = {"fast": "LeadClockDue", "slow": "LeadWentStale"}
    names = {"eventId": "id", "leadId": "lead_id", "occurredAt": "at"}
    return {
        "detail-type": paces.get(detail.get("pace"), detail_type),
        "detail": {names.get(key, key): detail[key] for key in detail if key != "pace"},
    }


def unnumbered(stored: dict[str, Any]) -> dict[str, Any]:
    """*stored* without the schema number that it was written with; a later one is written again."""
    return {name: value for name, value in stored.items() if name != FIELD}


def _now(rig: Rig, item: Item) -> Item:
    key = {name: item[name] for name in ("pk", "sk")}
    found: Item = rig.client.get_item(TableName=TABLE, Key=key)["Item"]
    return found


def _level(board: Item) -> Any:
    return ("info", "warning", "breach")[int(board["rank"]["N"])]


def _as_read(entries: Any) -> Any:
    """Values in a form in which equal instants and texts compare equal."""
    found = []
    for one in entries:
        entry = one | {"at": datetime.fromisoformat(one["at"]).isoformat()}
        if "said" in entry:
            entry["title"], entry["lines"] = json.loads(entry.pop("said"))
        found.append(entry)
    return found
