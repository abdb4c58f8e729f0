"""Any batch of good messages and any garbage stores exactly the good, and keeps what is garbage
where a person finds it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baton.adapters.aws.queues import Lane, Worked, bodies, consume, returned
from baton.application.work_batch import Batch, Tools
from baton.application.work_event import EventWorker
from baton.wire.vocabulary import encode_message
from tests.builders import NOW, POLICY, PROPERTIES, became, hint, unnoted
from tests.fakes.consumer import PARKED, SLACK
from tests.fakes.crm import FakeCrm
from tests.fakes.roster import FakeRoster
from tests.fakes.sqs import FakeSqs
from tests.fakes.store import FakeOutbox, FakeStore, FakeWakes

ENVELOPE = {"id": "1", "source": "a.partner", "detail-type": "LeadStageChanged"}
DETAIL = {
    "eventId": "e",
    "leadId": "1",
    "stage": "marketingqualifiedlead",
    "occurredAt": "2026-03-02T08:00:00Z",
}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=6,
)
#: Bodies that are no news, each wrong in its own way.
odd_bodies = st.one_of(
    st.text(max_size=20),
    json_values.map(json.dumps),
    st.sampled_from(
        [
            "",
            " ",
            "null",
            "[]",
            "{}",
            "1e999",
            "9" * 5000,
            "[" * 5000,
            '"\\ud800"',
            "\ufeff{}",
            '{"detail-type": null, "detail": {}}',
            '{"detail-type": "LeadStageChanged"}',
            '{"detail-type": "LeadStageChanged", "detail": null}',
            '{"detail-type": "Unheard", "detail": {}}',
            '{"detail-type": "LeadClicked", "detail": {"batonSchema": 1e400}}',
            '{"detail-type": "LeadClockDue", "detail": {"id": "w", "lead_id": "1", "at": "soon"}}',
        ]
    ),
    st.builds(
        lambda field, value: json.dumps(ENVELOPE | {"detail": DETAIL | {field: value}}),
        st.sampled_from(["eventId", "leadId", "occurredAt"]),
        st.sampled_from(
            [None, 7, 10**400, -1, "", "x y", "a" * 300, "2026-03-02", "10000-01-01T00:00:00Z", []]
        ),
    ),
    st.builds(
        lambda field: json.dumps(
            ENVELOPE | {"detail": {k: v for k, v in DETAIL.items() if k != field}}
        ),
        st.sampled_from(sorted(DETAIL)),
    ),
)
#: What may be wrong with a record around its body.
odd_records = st.fixed_dictionaries(
    {},
    optional={
        "body": st.none() | st.integers() | odd_bodies,
        "messageAttributes": st.none(),
        "attributes": st.none()
        | st.fixed_dictionaries(
            {},
            optional={
                "ApproximateReceiveCount": st.sampled_from(["", "x", "-1", "9" * 30, None]),
                "SentTimestamp": st.sampled_from(["", "x", "-1", "9" * 30, None]),
            },
        ),
        "receiptHandle": st.none(),
        "eventSourceARN": st.none() | st.just("x"),
    },
)


class Rig:
    """advance_lead on a queue, with a store and a HubSpot in memory."""

    def __init__(self, contacts: int) -> None:
        self.sqs, self.store, self.crm = FakeSqs(), FakeStore(), FakeCrm()
        self.told: list[Worked] = []
        self.outbox, self.wakes = FakeOutbox(), FakeWakes()
        for number in range(contacts):
            stage = {"lifecyclestage": "marketingqualifiedlead"}
            self.crm.add(str(1001 + number), NOW, **PROPERTIES | stage)

    def __call__(self, event: dict[str, Any]) -> dict[str, Any]:
        tools = Tools(
            work_event=EventWorker(self.store, self.outbox, self.wakes, lambda attempt: None),
            crm=self.crm,
            queues=self.store,
            people=FakeRoster(self.store),
            outbox=self.outbox,
            wakes=self.wakes,
            policy=lambda at: POLICY,
            now=lambda: NOW,
            wait_for=lambda at: None,
            owned_by=lambda person: (),
        )
        batch = Batch(bodies(event), returned(event), tools, lambda event, result: None, unnoted)
        lane = Lane(self.sqs, PARKED)
        return consume(
            event,
            batch.work,
            lane,
            report=self.told.append,
            order=batch.due_at,
            time_left=lambda: timedelta(minutes=1),
        )


def good(number: int) -> str:
    return encode_message(became(id=f"good{number}", lead_id=str(1001 + number)))


def record(number: int, body: str) -> dict[str, Any]:
    return {
        "messageId": f"m{number + 1}",
        "receiptHandle": f"m{number + 1}",
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1772442000000"},
        "messageAttributes": {},
        "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:slack",
    }


@settings(max_examples=150)
@given(
    members=st.lists(st.none() | odd_records, min_size=1, max_size=8),
    where=st.randoms(use_true_random=False),
)
def test_any_batch_of_good_messages_and_garbage_works_exactly_the_good(
    members: list[dict[str, Any] | None], where: Any
) -> None:
    where.shuffle(members)
    rig = Rig(len(members))
    records = []
    for number, odd in enumerate(members):
        found = record(number, good(number)) | ({} if odd is None else {"body": "null"} | odd)
        rig.sqs.send_message(QueueUrl=SLACK, MessageBody="as received")
        records.append(found)
    answer = rig({"Records": records})
    wanted = {number for number, odd in enumerate(members) if odd is None}
    assert {lead for lead, _ in rig.store.records} == {str(1001 + number) for number in wanted}
    back = {one["itemIdentifier"] for one in answer["batchItemFailures"]}
    results = {one.message_id: one.what for one in rig.told}
    for number in range(len(members)):
        message = f"m{number + 1}"
        assert (results[message] == "done") == (number in wanted), "garbage is parked or comes back"
        assert (message in back) == (results[message] == "later")


@pytest.mark.parametrize(
    ("missing", "what"),
    [("body", "parked"), ("attributes", "done"), ("messageAttributes", "done")],
)
def test_a_record_that_lacks_a_part_is_worked_or_parked(missing: str, what: str) -> None:
    rig = Rig(2)
    odd = record(0, good(0))
    del odd[missing]
    rig({"Records": [odd, record(1, good(1))]})
    assert {one.message_id: one.what for one in rig.told} == {"m1": what, "m2": "done"}
    parked = rig.sqs.queue(PARKED)
    assert [one.body for one in parked] == (["null"] if what == "parked" else [])


def test_a_message_that_breaks_the_order_of_a_batch_is_worked_by_itself() -> None:
    """Its neighbours are, too: before, one such body made the whole batch fail."""
    rig = Rig(1)
    odd = record(1, encode_message(hint("fields", lead_id="1001")).replace('"at"', '"AT"'))
    rig({"Records": [odd, record(0, good(0))]})
    assert {one.message_id: one.what for one in rig.told} == {"m1": "done", "m2": "parked"}
