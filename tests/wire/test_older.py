"""Messages of news schema 1, as its code wrote them, keep their meaning."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from baton.domain.world.events import (
    Action,
    AnyEvent,
    Clicked,
    ClockDue,
    Deleted,
    Hinted,
    Level,
    Merged,
    OwnerRefused,
    Reapplied,
    Reassigned,
    Snoozed,
    Topic,
    Undelivered,
    WentStale,
)
from baton.failures import Malformed
from baton.wire.vocabulary import decode_message, encode_message

AT = datetime(2026, 3, 3, 9, 36, tzinfo=UTC)


@pytest.mark.parametrize(
    ("body", "event"),
    [
        pytest.param(
            '{"detail-type":"LeadHint",'
            '"detail":{"eventId":"hs:1","leadId":"128","about":"activity",'
            '"occurredAt":"2026-03-03T09:36:00Z"}}',
            Hinted(id="hs:1", lead_id="128", at=AT, about="activity"),
            id="hint",
        ),
        pytest.param(
            '{"detail-type":"LeadMerged",'
            '"detail":{"eventId":"hs:2","leadId":"117","into":"101",'
            '"occurredAt":"2026-03-03T09:36:00Z"}}',
            Merged(id="hs:2", lead_id="117", at=AT, into="101"),
            id="merged",
        ),
        pytest.param(
            '{"detail-type":"LeadDeleted",'
            '"detail":{"eventId":"hs:3","leadId":"116","occurredAt":"2026-03-03T09:36:00Z"}}',
            Deleted(id="hs:3", lead_id="116", at=AT),
            id="deleted",
        ),
        pytest.param(
            '{"detail-type":"LeadClicked",'
            '"detail":{"eventId":"sl:T1:UBEN:4","leadId":"129","assignment":1,'
            '"action":"reject","user":"UBEN","channel":"DBEN",'
            '"occurredAt":"2026-03-03T09:36:00Z","reason":"timing"}}',
            Clicked(
                id="sl:T1:UBEN:4",
                lead_id="129",
                at=AT,
                assignment=1,
                action="reject",
                user="UBEN",
                channel="DBEN",
                reason="timing",
            ),
            id="clicked",
        ),
        pytest.param(
            '{"detail-type":"LeadReassigned",'
            '"detail":{"eventId":"cli:reassign:5","leadId":"118",'
            '"occurredAt":"2026-03-03T09:36:00Z","to":"cleo","by":"RevOps",'
            '"note":"knows the account"}}',
            Reassigned(
                id="cli:reassign:5",
                lead_id="118",
                at=AT,
                to="cleo",
                by="RevOps",
                note="knows the account",
            ),
            id="reassigned",
        ),
        pytest.param(
            '{"detail-type":"LeadSnoozed",'
            '"detail":{"eventId":"cli:snooze:6","leadId":"105","assignment":2,'
            '"until":"2026-03-04T08:23:00Z","occurredAt":"2026-03-03T09:36:00Z",'
            '"by":"RevOps"}}',
            Snoozed(
                id="cli:snooze:6",
                lead_id="105",
                at=AT,
                assignment=2,
                until=datetime(2026, 3, 4, 8, 23, tzinfo=UTC),
                by="RevOps",
            ),
            id="snoozed",
        ),
        pytest.param(
            '{"detail-type":"LeadReapplied",'
            '"detail":{"eventId":"cli:reapply:7","leadId":"102",'
            '"occurredAt":"2026-03-03T09:36:00Z"}}',
            Reapplied(id="cli:reapply:7", lead_id="102", at=AT),
            id="reapplied",
        ),
        pytest.param(
            '{"detail-type":"LeadOwnerRefused",'
            '"detail":{"eventId":"owner-refused:119:1","leadId":"119",'
            '"person":"hubspot:owner-dan","occurredAt":"2026-03-03T09:36:00Z"}}',
            OwnerRefused(
                id="owner-refused:119:1", lead_id="119", at=AT, person="hubspot:owner-dan"
            ),
            id="owner refused",
        ),
        pytest.param(
            '{"detail-type":"LeadUndelivered",'
            '"detail":{"eventId":"undelivered:118:d6508bb09d8ba728:3","leadId":"118",'
            '"to":"UBEN","level":"breach","reason":"user_disabled",'
            '"occurredAt":"2026-03-03T09:36:00Z","slot":"notice:moved:3:ben"}}',
            Undelivered(
                id="undelivered:118:d6508bb09d8ba728:3",
                lead_id="118",
                at=AT,
                to="UBEN",
                level="breach",
                reason="user_disabled",
                slot="notice:moved:3:ben",
            ),
            id="undelivered",
        ),
        pytest.param(
            '{"detail-type":"LeadUndelivered",'
            '"detail":{"eventId":"undelivered:118:d6508bb09d8ba728:3","leadId":"118",'
            '"to":"UBEN","level":"info","reason":"user_disabled",'
            '"occurredAt":"2026-03-03T09:36:00Z"}}',
            Undelivered(
                id="undelivered:118:d6508bb09d8ba728:3",
                lead_id="118",
                at=AT,
                to="UBEN",
                level="info",
                reason="user_disabled",
            ),
            id="undelivered, before it said which message",
        ),
        pytest.param(
            '{"detail-type":"LeadClock",'
            '"detail":{"eventId":"wake:2026-03-03T09:36:00Z","leadId":"128",'
            '"at":"2026-03-03T09:36:00Z","pace":"fast"}}',
            ClockDue(id="wake:2026-03-03T09:36:00Z", lead_id="128", at=AT),
            id="fast clock",
        ),
        pytest.param(
            '{"detail-type":"LeadClock",'
            '"detail":{"eventId":"stale:2026-03-03T09:36:00Z","leadId":"128",'
            '"at":"2026-03-03T09:36:00Z","pace":"slow"}}',
            WentStale(id="stale:2026-03-03T09:36:00Z", lead_id="128", at=AT),
            id="slow clock",
        ),
    ],
)
def test_an_old_message_is_the_event_that_it_was(body: str, event: AnyEvent) -> None:
    assert decode_message(body) == event
    assert decode_message(encode_message(event)) == event


OLD: dict[str, Any] = {"eventId": "hs:1", "leadId": "42", "occurredAt": "2026-03-03T09:36:00Z"}
CLICK = {**OLD, "assignment": 1, "action": "accept", "user": "U1", "channel": "D1"}
CLOCK = {"eventId": "c:1", "leadId": "42", "at": "2026-03-03T09:36:00Z", "pace": "slow"}


@pytest.mark.parametrize(
    ("detail_type", "good", "field", "words"),
    [
        ("LeadHint", OLD, "about", get_args(Topic)),
        ("LeadClicked", CLICK, "action", get_args(Action)),
        ("LeadUndelivered", {**OLD, "to": "U1", "reason": "gone"}, "level", get_args(Level)),
        ("LeadClock", CLOCK, "pace", ("fast", "slow")),
    ],
)
def test_an_old_message_is_read_with_any_of_its_words(
    detail_type: str, good: dict[str, Any], field: str, words: tuple[str, ...]
) -> None:
    for word in words:
        body = json.dumps({"detail-type": detail_type, "detail": good | {field: word}})
        assert decode_message(body) == decode_message(encode_message(decode_message(body)))


@pytest.mark.parametrize(
    ("detail_type", "good", "change", "field"),
    [
        pytest.param("LeadDeleted", OLD, {"leadId": "ada"}, "leadId", id="no digits"),
        pytest.param("LeadDeleted", OLD, {"leadId": None}, "leadId", id="missing lead"),
        pytest.param("LeadDeleted", OLD, {"eventId": "a b"}, "eventId", id="space in id"),
        pytest.param("LeadDeleted", OLD, {"occurredAt": None}, "occurredAt", id="deleted when"),
        pytest.param("LeadDeleted", OLD, {"occurredAt": "2026-03-03"}, "occurredAt", id="no time"),
        pytest.param(
            "LeadDeleted", OLD, {"occurredAt": "2026-03-03T09:36:00"}, "occurredAt", id="zone"
        ),
        pytest.param("LeadHint", OLD, {"about": "ada@example.com"}, "about", id="unknown topic"),
        pytest.param("LeadMerged", OLD, {"into": "ada"}, "into", id="merged into no contact"),
        pytest.param(
            "LeadSnoozed",
            {**OLD, "assignment": 1},
            {"until": "2026-03-03T09:36:00"},
            "until",
            id="until without a zone",
        ),
        pytest.param("LeadClicked", CLICK, {"action": "steal"}, "action", id="unknown action"),
        pytest.param("LeadClicked", CLICK, {"assignment": "1"}, "assignment", id="text number"),
        pytest.param("LeadClicked", CLICK, {"assignment": -1}, "assignment", id="negative"),
        pytest.param("LeadClicked", CLICK, {"assignment": 2**70}, "assignment", id="huge"),
        pytest.param("LeadClicked", CLICK, {"user": None}, "user", id="nobody"),
        pytest.param("LeadClock", CLOCK, {"pace": "ada"}, "pace", id="unknown pace"),
        pytest.param("LeadClock", CLOCK, {"pace": None}, "pace", id="no pace"),
        pytest.param("LeadClock", CLOCK, {"at": 5}, "at", id="number for a time"),
    ],
)
def test_what_is_wrong_with_an_old_message_is_said_in_its_own_words(
    detail_type: str, good: dict[str, Any], change: dict[str, Any], field: str
) -> None:
    detail = {k: v for k, v in {**good, **change}.items() if v is not None}
    with pytest.raises(Malformed, match=rf"^detail\.{field}: ") as refused:
        decode_message(json.dumps({"detail-type": detail_type, "detail": detail}))
    assert "ada" not in str(refused.value)


@pytest.mark.parametrize("detail", ["5", "[]", "null", '"x"'])
@pytest.mark.parametrize("detail_type", ["LeadHint", "LeadClock"])
def test_an_old_message_that_is_no_object_is_malformed(detail_type: str, detail: str) -> None:
    with pytest.raises(Malformed, match=r"^detail: expected object"):
        decode_message(f'{{"detail-type": "{detail_type}", "detail": {detail}}}')


@pytest.mark.parametrize(
    "value",
    [str(2**70), r'"\ud800"', "[" * 5000 + "]" * 5000, "1e400"],
    ids=["a huge number", "half a character", "deep", "beyond any float"],
)
@pytest.mark.parametrize("field", ["note", "assignment"])
def test_whatever_stands_in_an_old_message_it_is_read_or_malformed(field: str, value: str) -> None:
    """Any other failure would make the whole batch fail."""
    detail = json.dumps(CLICK)[:-1] + f', "{field}": {value}}}'
    try:
        event = decode_message(f'{{"detail-type": "LeadClicked", "detail": {detail}}}')
    except Malformed:
        return
    assert isinstance(event, Clicked)
