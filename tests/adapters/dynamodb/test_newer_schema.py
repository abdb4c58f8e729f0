"""Older and newer code share a table: older code refuses what newer code stored, and leaves it
unchanged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, get_args

import boto3
import pytest
from moto import mock_aws
from msgspec.structs import replace

from baton.adapters.dynamodb import schema
from baton.adapters.dynamodb.boards import Boards
from baton.adapters.dynamodb.index_audit import OpenLeads
from baton.adapters.dynamodb.leads import LeadStore
from baton.adapters.dynamodb.policies import PolicyStore, Unreadable
from baton.adapters.dynamodb.roster import RosterStore
from baton.adapters.dynamodb.schema import SCHEMAS, Kind
from baton.adapters.dynamodb.slots import DynamoSlots
from baton.application.ports.people import Entry
from baton.application.ports.slots import Claim
from baton.domain.lead import Clock, Waiting
from baton.domain.routing.availability import AvailabilityChange
from baton.domain.world.world import Away, Load
from baton.failures import Moved, NewerSchema
from tests.adapters.dynamodb.test_leads import TABLE, create_table, first
from tests.builders import NOW, POLICY, minutes
from tests.fakes.effects import card_state, notice_state

LATER = NOW + minutes(5)
#: The numbers of today's code, which is the older code here.
KNOWN = dict(SCHEMAS)


class Shared:
    """A table that two versions of the code use."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.client = boto3.client(
            "dynamodb", region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        create_table(self.client)
        self._patch = monkeypatch
        self.leads = LeadStore(self.client, TABLE)
        self.people = RosterStore(self.client, TABLE)
        self.slots = DynamoSlots(self.client, TABLE)
        self.boards = Boards(self.client, TABLE)
        self.open = OpenLeads(self.client, TABLE)

    @property
    def policies(self) -> PolicyStore:
        return PolicyStore(self.client, TABLE)  # a new one: a store caches the policy

    def newer(self, kind: Kind) -> None:
        """From now on newer code runs, which has another shape of *kind*."""
        self._patch.setitem(schema.SCHEMAS, kind, KNOWN[kind] + 1)

    def older(self, kind: Kind) -> None:
        self._patch.setitem(schema.SCHEMAS, kind, KNOWN[kind])

    def items(self) -> list[Any]:
        found = self.client.scan(TableName=TABLE, ConsistentRead=True)["Items"]
        return sorted(found, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shared]:
    with mock_aws():
        yield Shared(monkeypatch)


DECISION, EVENT = first()
#: The lead after the decision, in a pool's queue.
WAITING = replace(
    DECISION,
    lead=replace(
        DECISION.lead,
        assignment=None,
        clocks=(),
        waiting=Waiting(
            pool="emea",
            handoff="mql",
            since=NOW,
            heat=0,
            clock=Clock("wait", "Room", "room", NOW, NOW + minutes(60), ladder=()),
            look_at=NOW + minutes(30),
        ),
    ),
)
MOVED_ON = replace(
    WAITING,
    before=1,
    lead=replace(WAITING.lead, version=2, waiting=None),
    loads=(),
    turns=(),
    waited=WAITING.lead.waiting,
)
AWAY = Load("anna", away=Away(NOW, None, "cli"))
SAID = Entry(AvailabilityChange(id="w1", at=NOW, away=True, by="RevOps"), NOW, "v1", "away")


def stores_lead(on: Shared) -> None:
    on.leads.commit(WAITING, EVENT, "v1", NOW)


def keeps_word(on: Shared) -> None:
    on.people.keep(AWAY, SAID)


def shows_card(on: Shared) -> None:
    claim = on.slots.claim(card_state(version=1), "token", NOW)
    assert isinstance(claim, Claim)
    on.slots.confirm(claim, "D1:1")


def joins_board(on: Shared) -> None:
    on.boards.join(notice_state(), NOW)


def saves_checkpoint(on: Shared) -> None:
    on.leads.save_checkpoint("WAKES", {"sweptAt": "2026-03-03"}, order="sweptAt")


def publishes(on: Shared) -> None:
    on.policies.publish(POLICY, by="test", at=NOW)


#: Kind -> how newer code stores an item, and every operation of older code on it.
CASES: dict[Kind, tuple[Callable[[Shared], None], list[Callable[[Shared], object]]]] = {
    "lead": (
        stores_lead,
        [lambda on: on.leads.load("101", "other"), lambda on: on.leads.leads(["101"])],
    ),
    "record": (
        stores_lead,
        [lambda on: on.leads.load("101", EVENT.id), lambda on: on.leads.history("101")],
    ),
    "load": (
        keeps_word,
        [
            lambda on: on.leads.world([], ["anna"]),
            lambda on: on.people.load("anna", "w2"),
            lambda on: on.people.loads(["anna"]),
        ],
    ),
    "turns": (stores_lead, [lambda on: on.leads.world([DECISION.turns[0].pool], [])]),
    "place": (
        stores_lead,
        [lambda on: on.leads.first_waiting(["emea"]), lambda on: on.leads.queue("emea")],
    ),
    "person_record": (
        keeps_word,
        [lambda on: on.people.load("anna", "w1"), lambda on: on.people.trail("anna")],
    ),
    "slot": (
        shows_card,
        [
            lambda on: on.slots.claim(card_state(version=1), "other", LATER),
            lambda on: on.slots.claim(card_state(version=9), "other", LATER),
        ],
    ),
    "board": (
        joins_board,
        [
            lambda on: on.boards.join(notice_state(slot="notice:2"), NOW + timedelta(seconds=1)),
            lambda on: on.boards.join(notice_state(slot="notice:2"), LATER),
            lambda on: on.boards.join(notice_state(version=9), NOW + timedelta(seconds=1)),
            lambda on: on.boards.find_board(notice_state(), NOW),
        ],
    ),
    "checkpoint": (
        saves_checkpoint,
        [
            lambda on: on.leads.checkpoint("WAKES"),
            lambda on: on.leads.save_checkpoint(
                "WAKES", {"sweptAt": "2026-03-04"}, order="sweptAt"
            ),
        ],
    ),
    "policy": (publishes, [lambda on: on.policies.active(NOW), lambda on: on.policies.get(1)]),
    "policy_pointer": (
        publishes,
        [
            lambda on: on.policies.active(NOW),
            lambda on: on.policies.publish(replace(POLICY, company="Other"), by="test", at=NOW),
            lambda on: on.policies.rollback(1, by="test", at=NOW),
        ],
    ),
}


def test_every_kind_of_item_has_a_number_and_a_case() -> None:
    assert SCHEMAS.keys() == set(get_args(Kind)) == CASES.keys()


@pytest.mark.parametrize(
    ("kind", "act"),
    [
        pytest.param(kind, act, id=f"{kind} {number}")
        for kind, (_, acts) in CASES.items()
        for number, act in enumerate(acts, 1)
    ],
)
def test_an_item_of_a_newer_schema_is_refused_and_left_as_it_is(
    shared: Shared, kind: Kind, act: Callable[[Shared], object]
) -> None:
    store, _ = CASES[kind]
    shared.newer(kind)
    store(shared)
    before = shared.items()
    newer = str(KNOWN[kind] + 1)
    assert any(int(next(iter(item["schema"].values()))) == int(newer) for item in before)
    shared.older(kind)
    with pytest.raises((NewerSchema, Unreadable)):
        act(shared)
    assert shared.items() == before


@pytest.mark.parametrize("kind", CASES)
def test_newer_code_reads_what_older_code_stored(shared: Shared, kind: Kind) -> None:
    """Numbers only rise, and an item without a number counts as 1."""
    store, acts = CASES[kind]
    store(shared)
    for item in shared.items():
        key = {"pk": item["pk"], "sk": item["sk"]}
        if item["pk"]["S"] != "POLICY":  # had two shapes: tests/kept has both
            item.pop("schema")
            shared.client.put_item(TableName=TABLE, Item=item | key)
    shared.newer(kind)
    acts[0](shared)


def test_a_place_that_newer_code_took_is_not_given_up_by_older_code(shared: Shared) -> None:
    """A place is not read before it is deleted or replaced, so the write has a condition."""
    shared.newer("place")
    stores_lead(shared)
    shared.older("place")
    before = shared.items()
    with pytest.raises(Moved):
        shared.leads.commit(MOVED_ON, replace(EVENT, id="next"), "v1", NOW)
    assert shared.items() == before


def test_the_watchdog_leaves_leads_of_newer_code_to_newer_code(shared: Shared) -> None:
    shared.newer("lead")
    stores_lead(shared)
    shared.older("lead")
    assert list(shared.open.flaws(["101"])) == []


def test_a_board_that_newer_code_has_touched_is_left_to_newer_code(shared: Shared) -> None:
    """Newer code replaced or counted an entry, so the board has entries that older code would
    misread."""
    shared.boards.join(notice_state(), NOW)
    shared.newer("board")
    shared.boards.join(notice_state(version=2), NOW + timedelta(seconds=1))
    shared.older("board")
    before = shared.items()
    with pytest.raises(NewerSchema):
        shared.boards.join(notice_state(slot="notice:2"), NOW + timedelta(seconds=2))
    assert shared.items() == before


def test_a_checkpoints_number_is_compared_as_a_number(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(schema.SCHEMAS, "checkpoint", 10)
    saves_checkpoint(shared)
    monkeypatch.setitem(schema.SCHEMAS, "checkpoint", 9)
    with pytest.raises(NewerSchema):
        shared.leads.save_checkpoint("WAKES", {"sweptAt": "2026-03-04"}, order="sweptAt")
