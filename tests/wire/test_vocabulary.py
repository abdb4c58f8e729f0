"""Events survive the way over bus and queue, and errors name the wrong field."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict, fields

from baton import failures
from baton.domain.world.events import (
    Action,
    AnyEvent,
    Clicked,
    ClockDue,
    DealMoved,
    Deleted,
    Event,
    Hinted,
    Level,
    Merged,
    OwnerAbsent,
    OwnerRefused,
    Reapplied,
    Reassigned,
    RoomMade,
    SignalSeen,
    Snoozed,
    StageChanged,
    Told,
    Topic,
    Undelivered,
    WentStale,
)
from baton.wire.details import DealHint, Hint, OddWebhook, PersonHint, PoolHint
from baton.wire.vocabulary import (
    SHAPES,
    News,
    decode_message,
    encode_message,
    from_detail,
    to_detail,
)
from tests.http.requests import EVENTS as EVENT_FILES
from tests.http.requests import load

AT = datetime(2026, 11, 22, 4, 40, 0, 123000, tzinfo=UTC)

ids = st.from_regex(r"\A[!-~]{1,200}\Z")
leads = st.integers(1, 10**19 - 1).map(str)
zones = st.timedeltas(timedelta(hours=-14), timedelta(hours=14)).map(
    lambda offset: timezone(timedelta(minutes=offset // timedelta(minutes=1)))
)
FIRST, LAST = datetime(1970, 1, 2), datetime(9999, 12, 30)  # noqa: DTZ001 hypothesis adds zones
instants = st.datetimes(FIRST, LAST, timezones=zones)
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=255)
notes = st.text(st.characters(exclude_categories=["Cs"]), max_size=255)
base = {"id": ids, "lead_id": leads, "at": instants}
EVENTS: dict[type[News], st.SearchStrategy[News]] = {
    StageChanged: st.builds(StageChanged, **base, stage=names, source=notes),
    SignalSeen: st.builds(SignalSeen, **base, signal=names, source=notes, what=notes),
    DealMoved: st.builds(
        DealMoved,
        **base,
        deal=names,
        stage=names,
        outcome=st.sampled_from(["", "won", "lost"]),
        created=st.booleans(),
    ),
    Merged: st.builds(Merged, **base, into=leads),
    Deleted: st.builds(Deleted, **base),
    Hinted: st.builds(Hinted, **base, about=st.sampled_from(get_args(Topic))),
    Clicked: st.builds(
        Clicked,
        **base,
        assignment=st.integers(0, 2**53),
        action=st.sampled_from(get_args(Action)),
        user=names,
        channel=names,
        reason=notes,
    ),
    ClockDue: st.builds(ClockDue, **base),
    WentStale: st.builds(WentStale, **base),
    Reassigned: st.builds(Reassigned, **base, to=notes, by=notes, note=notes),
    Snoozed: st.builds(Snoozed, **base, assignment=st.integers(1, 2**53), until=instants, by=notes),
    Reapplied: st.builds(Reapplied, **base),
    OwnerRefused: st.builds(OwnerRefused, **base, person=names),
    OwnerAbsent: st.builds(OwnerAbsent, **base, person=names),
    Undelivered: st.builds(
        Undelivered,
        **base,
        to=names,
        level=st.sampled_from(get_args(Level)),
        reason=names,
        slot=notes,
    ),
    PersonHint: st.builds(
        PersonHint,
        event_id=ids,
        person=names,
        occurred_at=instants,
        away=st.booleans(),
        until=st.none() | instants,
        back=st.sampled_from(["", "13:00", "2026-12-01", "2026-12-01T13:00"]),
        source=st.sampled_from(get_args(Told)),
        by=notes,
    ),
    PoolHint: st.builds(PoolHint, event_id=ids, pool=names, occurred_at=instants),
    DealHint: st.builds(
        DealHint, event_id=ids, deal_id=leads, occurred_at=instants, created=st.booleans()
    ),
    OddWebhook: st.builds(OddWebhook, event_id=ids, why=notes, subscription=notes, object_id=notes),
}


def test_every_event_has_words() -> None:
    assert set(EVENTS) == {*get_args(AnyEvent), *get_args(Hint)} - {RoomMade}


def test_room_for_one_lead_does_not_travel() -> None:
    """The pool's hint travels instead, and its worker finds the lead."""
    with pytest.raises(ValueError, match="RoomMade does not travel"):
        to_detail(RoomMade(id="r", lead_id="1", at=AT, pool="emea"))


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
def test_an_event_comes_back_as_it_was(kind: type[News]) -> None:
    @given(EVENTS[kind])
    def holds(event: News) -> None:
        detail_type, detail = to_detail(event)
        back = from_detail(detail_type, detail)
        assert type(back) is kind
        assert back == event
        assert decode_message(encode_message(event)) == event
        times = [at for at in asdict(back).values() if isinstance(at, datetime)]
        assert times or kind is OddWebhook
        assert {at.utcoffset() for at in times} <= {timedelta(0)}

    holds()


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
def test_none_of_its_times_is_read_without_a_zone(kind: type[News]) -> None:
    """This includes fields added later: a message that cannot be worked must be Malformed."""

    @given(EVENTS[kind])
    @settings(max_examples=10)
    def holds(event: News) -> None:
        detail_type, written = to_detail(event)
        detail, shape = json.loads(written), SHAPES[detail_type]
        times = [one.encode_name for one in fields(shape) if "datetime" in str(one.type)]
        assert times or kind is OddWebhook
        for name in times:
            bad = json.dumps(detail | {name: "2026-11-22T04:40:00"})
            with pytest.raises(failures.Malformed, match=rf"^detail\.{name}: "):
                from_detail(detail_type, bad)

    holds()


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
def test_what_code_of_schema_1_would_misread_says_so_and_nothing_else(kind: type[News]) -> None:
    """Code of schema 1 knew public event types and hints in their present form, and still works
    them."""

    @given(EVENTS[kind])
    @settings(max_examples=10)
    def holds(event: News) -> None:
        detail_type, detail = to_detail(event)
        number = 3 if issubclass(SHAPES[detail_type], Event) else None
        assert json.loads(detail).get("batonSchema") == number

    holds()


@pytest.mark.parametrize(
    ("name", "event"),
    [
        (
            "bus.lead_stage_changed.json",
            StageChanged(
                id="hs:4455667:contact.propertyChange:90210011:3816279340:1795322400123"
                ":lifecyclestage",
                lead_id="90210011",
                at=AT,
                stage="marketingqualifiedlead",
                source="AUTOMATION_PLATFORM",
                source_id="enrollmentId:403081688006;actionExecutionIndex:0",
            ),
        ),
        (
            "bus.lead_signal.json",
            SignalSeen(
                id="product:7f3a1c20",
                lead_id="90210011",
                at=AT.replace(microsecond=0),
                signal="trial_started",
                source="product",
                what="analytics",
            ),
        ),
        (
            "bus.lead_hint.json",
            Hinted(
                id="hs:4455667:contact.creation:90210012:3816279342:1795322401000",
                lead_id="90210012",
                at=AT.replace(second=1, microsecond=0),
                about="created",
            ),
        ),
        (
            "bus.lead_clicked.json",
            Clicked(
                id="sl:T012TEAM1:U012REP01:1795322404.123456:baton:reject",
                lead_id="90210011",
                at=AT.replace(second=4, microsecond=123456),
                assignment=1,
                action="reject",
                user="U012REP01",
                channel="D012REP01",
                reason="no_budget",
            ),
        ),
        (
            "bus.lead_deal_moved.json",
            DealMoved(
                id="erp:84213",
                lead_id="90210011",
                at=AT.replace(second=4, microsecond=0),
                deal="Q-2026-118",
                stage="closedwon",
                outcome="won",
            ),
        ),
        (
            "bus.lead_merged.json",
            Merged(
                id="hs:4455667:contact.merge:90210012:3816279350:1795322404000",
                lead_id="90210012",
                at=AT.replace(second=4, microsecond=0),
                into="90210099",
            ),
        ),
        (
            "bus.lead_deleted.json",
            Deleted(
                id="hs:4455667:contact.deletion:90210012:3816279352:1795322404000",
                lead_id="90210012",
                at=AT.replace(second=4, microsecond=0),
            ),
        ),
        (
            "bus.deal_hint.json",
            DealHint(
                event_id="hs:4455667:deal.propertyChange:77001122:3816279355:1795322404000"
                ":dealstage",
                deal_id="77001122",
                occurred_at=AT.replace(second=4, microsecond=0),
            ),
        ),
        (
            "wakes.lead_clock_due.json",
            ClockDue(
                id="clock:90210011:2026-11-22T04:55:00Z",
                lead_id="90210011",
                at=datetime(2026, 11, 22, 4, 55, tzinfo=UTC),
            ),
        ),
        (
            "wakes.lead_went_stale.json",
            WentStale(
                id="stale:90210011:2026-12-22T08:00:00Z",
                lead_id="90210011",
                at=datetime(2026, 12, 22, 8, tzinfo=UTC),
            ),
        ),
    ],
)
def test_the_messages_on_file_decode_to_their_events(name: str, event: Any) -> None:
    on_file = load(name)
    assert decode_message(json.dumps(on_file)) == event
    if on_file.get("source", "baton.").startswith("baton."):  # it is as today's code writes it
        written = json.loads(encode_message(event))
        assert written["detail-type"] == on_file["detail-type"]
        assert on_file["detail"].items() <= written["detail"].items()


def test_there_is_a_message_on_file_for_every_word() -> None:
    files = [*EVENT_FILES.glob("bus.*.json"), *EVENT_FILES.glob("wakes.*.json")]
    assert sorted(load(path.name)["detail-type"] for path in files) == sorted(SHAPES)


GOOD = {"eventId": "erp:1", "leadId": "42", "stage": "lead", "occurredAt": "2026-11-22T04:40:00Z"}
DEAL = {"eventId": "hs:1", "dealId": "7", "occurredAt": "2026-11-22T04:40:00Z"}
MOVED = {**GOOD, "deal": "7"}
OWN = {"batonSchema": 3, "id": "hs:1", "lead_id": "42", "at": "2026-11-22T04:40:00Z"}
HINT = {**OWN, "kind": "hinted", "about": "stage"}
CLICK = {
    **OWN,
    "kind": "clicked",
    "assignment": 1,
    "action": "accept",
    "user": "U1",
    "channel": "D1",
}
MERGED = {**OWN, "kind": "merged", "into": "43"}
SNOOZED = {**OWN, "kind": "snoozed", "assignment": 1, "until": "2026-11-23T04:40:00Z"}
CLOCK = {**OWN, "kind": "clock_due"}


@pytest.mark.parametrize(
    ("detail_type", "good", "change", "field"),
    [
        pytest.param("LeadStageChanged", GOOD, {"leadId": "ada"}, "leadId", id="no digits"),
        pytest.param("LeadStageChanged", GOOD, {"leadId": ""}, "leadId", id="no lead"),
        pytest.param("LeadStageChanged", GOOD, {"leadId": "042"}, "leadId", id="leading zero"),
        pytest.param("LeadStageChanged", GOOD, {"leadId": "42\n"}, "leadId", id="new line"),
        pytest.param("LeadStageChanged", GOOD, {"leadId": "٤٢"}, "leadId", id="other digits"),
        pytest.param("LeadStageChanged", GOOD, {"leadId": "9" * 20}, "leadId", id="too long"),
        pytest.param("LeadStageChanged", GOOD, {"leadId": 42}, "leadId", id="a number"),
        pytest.param("LeadStageChanged", GOOD, {"leadId": None}, "leadId", id="missing lead"),
        pytest.param("LeadStageChanged", GOOD, {"eventId": ""}, "eventId", id="empty id"),
        pytest.param("LeadStageChanged", GOOD, {"eventId": "a b"}, "eventId", id="space in id"),
        pytest.param("LeadStageChanged", GOOD, {"eventId": "é"}, "eventId", id="accent in id"),
        pytest.param("LeadStageChanged", GOOD, {"eventId": "x" * 201}, "eventId", id="long id"),
        pytest.param("LeadStageChanged", GOOD, {"stage": ""}, "stage", id="empty stage"),
        pytest.param("LeadStageChanged", GOOD, {"stage": 5}, "stage", id="stage no text"),
        pytest.param(
            "LeadStageChanged", GOOD, {"occurredAt": "2026-11-22T04:40:00"}, "occurredAt", id="zone"
        ),
        pytest.param("LeadStageChanged", GOOD, {"occurredAt": "soon"}, "occurredAt", id="no time"),
        pytest.param(
            "LeadStageChanged",
            GOOD,
            {"occurredAt": "0001-01-01T00:00:00+10:00"},
            "occurredAt",
            id="before the first day",
        ),
        pytest.param("LeadStageChanged", GOOD, {"source": ["x"]}, "source", id="source no text"),
        pytest.param("LeadSignal", GOOD, {}, "signal", id="a signal without one"),
        pytest.param(
            "LeadSignal", {**GOOD, "signal": "x"}, {"what": "x" * 256}, "what", id="a long what"
        ),
        pytest.param("LeadDealMoved", MOVED, {"deal": ""}, "deal", id="no deal"),
        pytest.param("LeadDealMoved", MOVED, {"outcome": "maybe"}, "outcome", id="an outcome"),
        pytest.param("DealHint", DEAL, {"dealId": "x"}, "dealId", id="no digits in a deal"),
        pytest.param("DealHint", DEAL, {"created": "no"}, "created", id="created by text"),
        pytest.param(
            "DealHint", DEAL, {"occurredAt": "2026-11-22T04:40:00"}, "occurredAt", id="deal zone"
        ),
        pytest.param("LeadHint", HINT, {"about": "ada@example.com"}, "about", id="unknown topic"),
        pytest.param("LeadHint", HINT, {"kind": "ada"}, "kind", id="unknown kind"),
        pytest.param("LeadHint", HINT, {"kind": "merged"}, "kind", id="a kind of another type"),
        pytest.param("LeadHint", HINT, {"lead_id": "042"}, "lead_id", id="own: leading zero"),
        pytest.param("LeadHint", HINT, {"lead_id": None}, "lead_id", id="own: missing lead"),
        pytest.param("LeadHint", HINT, {"id": "a b"}, "id", id="own: space in id"),
        pytest.param("LeadHint", HINT, {"at": "2026-11-22T04:40:00"}, "at", id="own: zone"),
        pytest.param(
            "LeadHint", HINT, {"at": "0001-01-01T00:00:00+10:00"}, "at", id="own: before day one"
        ),
        pytest.param("LeadMerged", MERGED, {"into": "ada"}, "into", id="merged into no contact"),
        pytest.param("LeadClicked", CLICK, {"action": "steal"}, "action", id="unknown action"),
        pytest.param("LeadClicked", CLICK, {"assignment": "1"}, "assignment", id="text number"),
        pytest.param("LeadClicked", CLICK, {"assignment": -1}, "assignment", id="negative"),
        pytest.param("LeadClicked", CLICK, {"assignment": 2**70}, "assignment", id="huge"),
        pytest.param("LeadClicked", CLICK, {"user": None}, "user", id="nobody"),
        pytest.param(
            "LeadSnoozed", SNOOZED, {"until": "2026-11-22T04:40:00"}, "until", id="until zone"
        ),
        pytest.param(
            "LeadSnoozed",
            SNOOZED,
            {"until": "9999-12-31T23:00:00-10:00"},
            "until",
            id="until after the last day",
        ),
        pytest.param("LeadClockDue", CLOCK, {"at": 5}, "at", id="number for a time"),
        pytest.param("LeadClockDue", CLOCK, {"kind": "went_stale"}, "kind", id="another clock"),
    ],
)
def test_a_detail_that_does_not_fit_is_refused_by_field(
    detail_type: str, good: dict[str, Any], change: dict[str, Any], field: str
) -> None:
    detail = {k: v for k, v in {**good, **change}.items() if v is not None}
    with pytest.raises(failures.Malformed, match=rf"^detail\.{field}: ") as refused:
        from_detail(detail_type, json.dumps(detail))
    assert "ada" not in str(refused.value)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        pytest.param("", r"\$: expected JSON", id="empty"),
        pytest.param("{", r"\$: expected JSON", id="cut off"),
        pytest.param("[]", r"\$: expected object, got array", id="an array"),
        pytest.param("{}", r"\$\.detail-type: required", id="no type"),
        pytest.param('{"detail-type": 5, "detail": {}}', r"\$\.detail-type: ", id="type a number"),
        pytest.param('{"detail-type": "LeadSignal"}', r"\$\.detail: required", id="no detail"),
        pytest.param('{"detail-type": "X", "detail": {}}', "detail-type: expected", id="unknown"),
        pytest.param('{"detail-type": "LeadSignal", "detail": 5}', "detail: expected", id="five"),
        pytest.param("\ud800", r"\$: expected UTF-8", id="half a character"),
        pytest.param(
            '{"detail-type": "LeadSignal", "detail": ' + "[" * 100_000, r"\$: ", id="deep"
        ),
    ],
)
def test_a_message_that_is_not_ours_is_refused(body: Any, why: str) -> None:
    with pytest.raises(failures.Malformed, match=f"^{why}"):
        decode_message(body)


def test_fields_nobody_knows_are_passed_over() -> None:
    unknown = {"note": "hello", "nested": {"a": [1]}}
    event = from_detail("LeadStageChanged", json.dumps(GOOD | unknown))
    assert event == StageChanged(
        id="erp:1", lead_id="42", at=datetime(2026, 11, 22, 4, 40, tzinfo=UTC), stage="lead"
    )
    assert from_detail("LeadHint", json.dumps(HINT | unknown)) == Hinted(
        id="hs:1", lead_id="42", at=datetime(2026, 11, 22, 4, 40, tzinfo=UTC), about="stage"
    )


def test_a_time_without_a_zone_is_not_encoded() -> None:
    somewhen = datetime(2026, 1, 1)  # noqa: DTZ001 the point
    for news in (
        ClockDue(id="c", lead_id="1", at=somewhen),
        StageChanged(id="c", lead_id="1", at=somewhen, stage="lead"),
        Snoozed(id="c", lead_id="1", at=AT, assignment=1, until=somewhen),
        DealHint(event_id="d", deal_id="1", occurred_at=somewhen),
        PersonHint(event_id="d", person="ben", occurred_at=AT, away=True, until=somewhen),
    ):
        with pytest.raises(ValueError, match="zone"):
            to_detail(news)


def test_a_malformed_message_is_rejected_for_good_not_retried() -> None:
    """The queue consumer parks Rejected messages, and retries Retryable ones."""
    assert issubclass(failures.Malformed, failures.Rejected)
    assert not issubclass(failures.Malformed, failures.Retryable)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
TYPES = [*SHAPES, "LeadClock", "Other"]


@given(
    st.sampled_from(TYPES),
    st.dictionaries(
        st.sampled_from([*GOOD, *CLICK, *CLOCK, *DEAL, "about", "signal", "into", "pace"]),
        json_values,
    ),
    json_values,
)
def test_any_message_is_an_event_or_malformed(
    detail_type: str, detail: dict[str, Any], other: object
) -> None:
    for found in (detail, other):
        body = msgspec.json.encode({"detail-type": detail_type, "detail": found}).decode()
        try:
            event = decode_message(body)
        except (failures.Malformed, failures.NewerSchema):
            continue
        assert decode_message(encode_message(event)) == event


def test_a_deals_event_of_a_contact_is_read_from_a_history_whatever_its_identity() -> None:
    """The identity combines the ids of hint and contact, so it is longer than an arriving id may
    be."""
    long = DealMoved(id="x" * 220, lead_id="42", at=AT, deal="7", stage="won")
    assert msgspec.json.decode(msgspec.json.encode(long), type=DealMoved) == long


#: Every field of Baton's own events goes on the bus and into the archive: ids, names of things,
#: words from a list, and for a reassignment or a snooze also who requested it, and their note.
#: Nothing personal may be added.
TRAVELS = {
    "LeadHint": {"about"},
    "LeadMerged": {"into"},
    "LeadDeleted": set(),
    "LeadClicked": {"assignment", "action", "user", "channel", "reason"},
    "LeadReassigned": {"to", "by", "note"},
    "LeadSnoozed": {"assignment", "until", "by"},
    "LeadReapplied": set(),
    "LeadOwnerRefused": {"person"},
    "LeadOwnerAbsent": {"person"},
    "LeadUndelivered": {"to", "level", "reason", "slot", "fix"},
    "LeadClockDue": set(),
    "LeadWentStale": set(),
}


def test_nothing_personal_joins_an_event_that_travels_as_it_is() -> None:
    own = {name: shape for name, shape in SHAPES.items() if issubclass(shape, Event)}
    common = set(Event.__struct_fields__)
    assert {name: {*shape.__struct_fields__} - common for name, shape in own.items()} == TRAVELS
