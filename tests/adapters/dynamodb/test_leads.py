"""Contract tests of the lead store: moto's DynamoDB and the fake give the same answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.stub import Stubber
from moto import mock_aws
from msgspec.structs import replace

from baton.adapters.dynamodb.leads import SHARDS, LeadStore, shard_of
from baton.application.ports.leads import Index
from baton.domain.draft.decision import Decision
from baton.domain.world.events import Hinted, StageChanged
from baton.domain.world.world import Load, Turns
from baton.failures import AlreadyDone, Moved, Rejected, Retryable
from tests.builders import NOW, after, became, click, contact, decided, hint, minutes, world
from tests.fakes.store import FakeStore
from tests.routed import Desk, routed

TABLE = "leads"

Store = LeadStore | FakeStore


def create_table(client: Any) -> None:
    def key(name: str, kind: str = "HASH") -> dict[str, str]:
        return {"AttributeName": name, "KeyType": kind}

    def index(name: str, hash_: str, range_: str, projection: dict[str, Any]) -> dict[str, Any]:
        return {
            "IndexName": name,
            "KeySchema": [key(hash_), key(range_, "RANGE")],
            "Projection": projection,
        }

    names = ["pk", "sk", "wakeShard", "wakeAt", "staleShard", "staleAt", "day", "dayAt"]
    names += ["owner", "ownedSince"]
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in names],
        KeySchema=[key("pk"), key("sk", "RANGE")],
        GlobalSecondaryIndexes=[
            index("wakes", "wakeShard", "wakeAt", {"ProjectionType": "KEYS_ONLY"}),
            index("stale", "staleShard", "staleAt", {"ProjectionType": "KEYS_ONLY"}),
            index(
                "days",
                "day",
                "dayAt",
                {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["report"]},
            ),
            index("owners", "owner", "ownedSince", {"ProjectionType": "KEYS_ONLY"}),
        ],
    )


@pytest.fixture(params=["real", "fake"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    if request.param == "fake":
        yield FakeStore()
        return
    with mock_aws():
        client = boto3.client(
            "dynamodb", region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        create_table(client)
        yield LeadStore(client, TABLE)


def first(lead_id: str = "101") -> tuple[Decision, StageChanged]:
    event = became(lead_id=lead_id)
    return decided(None, event, world(contact=contact(lead_id))), event


def due(
    store: Store, index: Index, until: datetime, after_: datetime = NOW - timedelta(days=9)
) -> list[str]:
    return [lead for lead, _ in store.due(index, after_, until)]


def test_what_was_stored_is_read_back_whole(store: Store) -> None:
    decision, event = first()
    assert store.load("101", event.id) == (None, None)
    record = store.commit(decision, event, "v1", NOW)
    assert store.load("101", event.id) == (decision.lead, record)
    assert store.load("101", "another") == (decision.lead, None)
    assert store.history("101") == [record]
    assert record.effects == decision.effects
    assert store.leads(["101", "404"]) == {"101": decision.lead}


def test_loads_and_turns_move_with_the_lead(store: Store) -> None:
    assert store.world(["enterprise"], ["anna"]) == (
        {"enterprise": Turns("enterprise")},
        {"anna": Load("anna")},
    )
    decision, event = first()
    store.commit(decision, event, "v1", NOW)
    turns, loads = store.world(["enterprise"], ["anna", "ben"])
    assert loads == {"anna": Load("anna", 1, "2026-03-03", 1, 1, "2026-W10", 1), "ben": Load("ben")}
    assert turns["enterprise"].version == 1
    assert turns["enterprise"].credit["ben"] == 0.5


def test_the_same_event_is_stored_once(store: Store) -> None:
    decision, event = first()
    store.commit(decision, event, "v1", NOW)
    with pytest.raises(AlreadyDone):
        store.commit(decision, event, "v1", NOW)


def test_two_events_decided_on_the_same_lead_cannot_both_be_stored(store: Store) -> None:
    decision, event = first()
    store.commit(decision, event, "v1", NOW)
    with pytest.raises(Moved):
        store.commit(decision, replace(event, id="another"), "v1", NOW)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"loads": (Load("anna", 4, version=3),)}, id="the owner's load moved"),
        pytest.param({"relied_on": (Load("ben", 10, version=3),)}, id="a full rep's load moved"),
        pytest.param({"turns": (Turns("enterprise", version=3),)}, id="the turns moved"),
    ],
)
def test_nothing_is_stored_when_what_was_read_has_moved(
    store: Store, changed: dict[str, Any]
) -> None:
    decision, event = first()
    with pytest.raises(Moved):
        store.commit(replace(decision, **changed), event, "v1", NOW)
    assert store.load("101", event.id) == (None, None)
    assert store.world([], ["anna"])[1] == {"anna": Load("anna")}


def survivor(before: Decision) -> tuple[Decision, Hinted]:
    """Lead 101, as *before* left it, was merged into 201."""
    event = hint("stage", NOW, lead_id="201")
    merged = replace(contact("201"), merged=("101",))
    loads = {load.person: replace(load, version=load.version + 1) for load in before.loads}
    known = world(contact=merged, loads=loads, merged={"101": before.lead})
    return decided(None, event, known), event


def test_a_merged_lead_ends_with_the_survivor_that_takes_it_over(store: Store) -> None:
    before, event = first()
    store.commit(before, event, "v1", NOW)
    decision, news = survivor(before)
    store.commit(decision, news, "v1", NOW)
    found = store.leads(["101", "201"])
    assert (found["101"].assignment, found["201"].assignment) == (None, before.lead.assignment)
    assert store.owned_by("anna") == ["201"]
    assert due(store, "wakes", NOW + timedelta(days=9)) == ["201"]


def test_a_merged_lead_that_has_moved_is_not_taken_over(store: Store) -> None:
    before, event = first()
    store.commit(before, event, "v1", NOW)
    decision, news = survivor(before)
    later = click("accept", NOW + minutes(1))
    known = after(world(contact=contact()), before)
    store.commit(decided(before.lead, later, known, later.at), later, "v1", later.at)
    with pytest.raises(Moved):
        store.commit(decision, news, "v1", NOW)
    assert {*store.leads(["101", "201"])} == {"101"}


def test_a_merged_lead_leaves_its_place_to_the_survivor(store: Store) -> None:
    desk = Desk(routed())
    desk.loads = {name: Load(name, open=2) for name in ("anna", "ben")}
    before, event = desk.arrive("101"), became()
    blank = replace(before, loads=(), relied_on=(), lead=replace(before.lead, version=1), before=0)
    turns = tuple(replace(one, version=0) for one in before.turns)
    store.commit(replace(blank, turns=turns), event, "v1", NOW)
    desk.contacts["201"] = replace(contact("201"), merged=("101",))
    desk.leads["101"] = blank.lead
    decision = desk.send(hint("stage", NOW, id="m", lead_id="201"))
    store.commit(replace(decision, loads=(), relied_on=()), hint("stage", NOW, lead_id="201"),
                 "v1", NOW)  # fmt: skip
    assert [place.lead for place in store.queue("desk")] == ["201"]


def test_only_open_leads_are_in_the_indexes(store: Store) -> None:
    decision, event = first()
    store.commit(decision, event, "v1", NOW)
    assert due(store, "wakes", NOW + minutes(7)) == []
    assert due(store, "wakes", NOW + minutes(7.5)) == ["101"]
    assert due(store, "stale", NOW + timedelta(days=90)) == ["101"]

    rejected = click("reject", NOW, reason="timing")
    closed = decided(decision.lead, rejected, after(world(contact=contact()), decision))
    store.commit(closed, rejected, "v1", NOW)
    assert due(store, "wakes", NOW + timedelta(days=999)) == []
    assert due(store, "stale", NOW + timedelta(days=999)) == []


def test_due_excludes_its_lower_end(store: Store) -> None:
    decision, event = first()
    store.commit(decision, event, "v1", NOW)
    at = decision.lead.wake_at
    assert at is not None
    assert due(store, "wakes", at, after_=at) == []
    assert due(store, "wakes", at, after_=at - timedelta(microseconds=1)) == ["101"]


def test_what_is_due_comes_soonest_first_and_in_utc_from_every_shard(store: Store) -> None:
    state, expected = world(), []
    for n in range(12):
        lead, now = str(n), NOW + minutes(n * 5 % 7)
        event = became(lead_id=lead)
        decision = decided(None, event, replace(state, contact=contact(lead)), now)
        store.commit(decision, event, "v1", now)
        state = after(state, decision)
        assert decision.lead.wake_at is not None
        expected.append((decision.lead.wake_at, lead))
    assert len({shard_of(lead) for _, lead in expected}) > 2
    found = store.due("wakes", NOW, NOW + timedelta(hours=1))
    assert [(at, lead) for lead, at in found] == sorted(expected)
    assert {at.tzinfo for _, at in found} == {UTC}


def test_what_happened_is_found_by_day(store: Store) -> None:
    decision, event = first()
    store.commit(decision, event, "v1", NOW)
    (reported,) = store.reported("2026-03-03")
    assert (reported.lead, reported.outcomes) == ("101", decision.outcomes)
    assert store.reported("2026-03-04") == []


def test_a_person_requested_twice_is_read_once(store: Store) -> None:
    """DynamoDB refuses a batch that has a key twice; a pull-back needs its owner and the pool with
    the same owner."""
    decision, event = first()
    store.commit(decision, event, "v1", NOW)
    turns, loads = store.world(["enterprise", "enterprise"], ["anna", "ben", "anna"])
    assert (list(turns), list(loads)) == (["enterprise"], ["anna", "ben"])
    assert list(store.leads(["101", "101"])) == ["101"]


def test_many_keys_are_read_in_portions(store: Store) -> None:
    people = [f"rep-{n}" for n in range(150)]
    _, loads = store.world(["a"], people)
    assert loads.keys() == set(people)


def test_a_checkpoint_never_goes_back(store: Store) -> None:
    assert store.checkpoint("WAKES") == {}
    assert store.save_checkpoint("WAKES", {"sweptAt": "2", "armedUntil": "9"}, "sweptAt")
    assert not store.save_checkpoint("WAKES", {"sweptAt": "1", "armedUntil": "8"}, "sweptAt")
    assert store.checkpoint("WAKES") == {"sweptAt": "2", "armedUntil": "9"}


def test_leads_are_spread_over_the_shards() -> None:
    assert {shard_of(str(n)) for n in range(200)} == set(range(SHARDS))


@pytest.mark.parametrize(
    ("codes", "raised"),
    [
        pytest.param(["None", "TransactionConflict"], Moved, id="conflict"),
        pytest.param(["None", "ThrottlingError"], Retryable, id="throttled"),
        pytest.param(["None", "ProvisionedThroughputExceeded"], Retryable, id="throughput"),
        pytest.param(["ConditionalCheckFailed", "TransactionConflict"], AlreadyDone, id="done"),
    ],
)
def test_troubles_that_emulators_never_have(codes: list[str], raised: type[Exception]) -> None:
    """Only the real DynamoDB raises TransactionConflict and throttling, so they are simulated."""
    client = boto3.client(
        "dynamodb", region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    decision, event = first()
    with Stubber(client) as stub:
        stub.add_client_error(
            "transact_write_items",
            "TransactionCanceledException",
            modeled_fields={"CancellationReasons": [{"Code": code} for code in codes]},
        )
        with pytest.raises(raised):
            LeadStore(client, TABLE).commit(decision, event, "v1", NOW)


def test_a_permanent_refusal_by_dynamodb_is_rejected() -> None:
    """Otherwise an item that is too large would be retried for days while nobody owns the lead."""
    client = boto3.client(
        "dynamodb", region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    decision, event = first()
    with Stubber(client) as stub:
        stub.add_client_error("transact_write_items", "ValidationException")
        with pytest.raises(Rejected):
            LeadStore(client, TABLE).commit(decision, event, "v1", NOW)


def test_no_answer_at_all_comes_back() -> None:
    class Silent:
        class exceptions:  # noqa: N801 - boto3's spelling
            class TransactionCanceledException(Exception):
                pass

        def transact_write_items(self, **arguments: object) -> None:
            raise ReadTimeoutError(endpoint_url="https://dynamodb")

    decision, event = first()
    with pytest.raises(Retryable):
        LeadStore(Silent(), TABLE).commit(decision, event, "v1", NOW)


@pytest.mark.parametrize(
    "code", ["ThrottlingException", "InternalServerError", "TransactionInProgressException"]
)
def test_refused_requests_come_back(code: str) -> None:
    client = boto3.client(
        "dynamodb",
        region_name="eu-central-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )
    decision, event = first()
    with Stubber(client) as stub:
        stub.add_client_error("transact_write_items", code)
        with pytest.raises(Retryable):
            LeadStore(client, TABLE).commit(decision, event, "v1", NOW)
