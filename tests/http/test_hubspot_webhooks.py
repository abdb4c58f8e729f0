"""A webhook batch becomes events; those not for us are counted, and errors name the field."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.domain.world.events import Hinted, StageChanged
from baton.failures import Malformed
from baton.http.hubspot_webhooks import Translated, read_webhooks
from baton.wire.details import DealHint, Hint, OddWebhook
from baton.wire.vocabulary import News
from tests.http.requests import PORTAL, body_of, load

BATCH: list[dict[str, Any]] = json.loads(body_of(load("receive_hubspot.batch.json")))
STAGE, STATUS, CREATION, _, DEAL, MERGE = BATCH
GONE = object()
RECEIVED = datetime(2026, 11, 22, 4, 40, 5, tzinfo=UTC)


def translate(*events: Any, portal: str = PORTAL) -> Translated:
    return read_webhooks(json.dumps(events).encode(), RECEIVED, portal)


def changed(event: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {k: v for k, v in {**event, **changes}.items() if v is not GONE}


def identity(news: News) -> str:
    return news.event_id if isinstance(news, Hint) else news.id


def at(millis: int) -> datetime:
    return datetime.fromtimestamp(millis // 1000, UTC).replace(microsecond=millis % 1000 * 1000)


def test_the_batch_on_file_is_five_for_us_and_one_for_others() -> None:
    found = translate(*BATCH)
    assert found.events[:2] == (
        StageChanged(
            id="hs:4455667:contact.propertyChange:90210011:3816279340:1795322400123:lifecyclestage",
            lead_id="90210011",
            at=at(1795322400123),
            stage="marketingqualifiedlead",
            source="AUTOMATION_PLATFORM",
            source_id="enrollmentId:403081688006;actionExecutionIndex:0",
        ),
        Hinted(
            id="hs:4455667:contact.creation:90210012:3816279342:1795322401000",
            lead_id="90210012",
            at=at(1795322401000),
            about="created",
        ),
    )
    assert found.events[2:] == (*translate(DEAL).events, *translate(MERGE).events)
    # The status change of the contact whose stage changed is only a hint to read it.
    assert found.ignored == {"HubspotIgnoredOther": 1, "HubspotFolded": 1}


def test_hints_that_only_ask_for_a_look_are_one_a_contact() -> None:
    """A contact that is created with twenty fields is read once, not twenty times."""
    names = ("company", "jobtitle", "hs_lead_status", "hubspot_owner_id")
    fields = [changed(STATUS, propertyName=name, eventId=n) for n, name in enumerate(names)]
    other = changed(fields[0], objectId=90210077)
    found = translate(*fields, other)
    assert [(e.lead_id, e.about) for e in found.events if isinstance(e, Hinted)] == [
        ("90210011", "fields"),
        ("90210077", "fields"),
    ]
    assert found.ignored == {"HubspotFolded": 3}
    touched = changed(STATUS, propertyName="notes_last_contacted")
    about = [e.about for e in translate(*fields, touched).events if isinstance(e, Hinted)]
    assert about == ["activity"], "what reads more than the contact stays"


@pytest.mark.parametrize(
    ("name", "topic"),
    [
        ("hubspot_owner_id", "owner"),
        ("hs_lead_status", "status"),
        ("notes_last_contacted", "activity"),
        ("hs_last_sales_activity_timestamp", "activity"),
        ("jobtitle", "fields"),
        ("baton_pain", "fields"),
        ("baton_budget", "fields"),
    ],
)
def test_a_change_we_follow_is_a_hint_without_its_value(name: str, topic: str) -> None:
    change = changed(STATUS, propertyName=name, propertyValue="something personal")
    (event,) = translate(change).events
    assert isinstance(event, Hinted)
    assert event.about == topic
    assert "personal" not in repr(event)


@pytest.mark.parametrize("value", ["", None])
def test_a_cleared_stage_has_the_contact_read(value: str | None) -> None:
    """Only its history says whether Baton cleared it, and whether a stage was set again."""
    found = translate(changed(STAGE, propertyValue=value))
    (event,) = found.events
    assert isinstance(event, Hinted)
    assert (event.about, found.ignored) == ("stage", {})


@pytest.mark.parametrize(
    ("event", "count"),
    [
        pytest.param(changed(STAGE, portalId=1), "HubspotIgnoredPortal", id="another account"),
        pytest.param(
            changed(STAGE, propertyName="baton_tier"), "HubspotIgnoredOwnProperty", id="our own"
        ),
        pytest.param(
            changed(STAGE, subscriptionType="company.propertyChange"),
            "HubspotIgnoredOther",
            id="a company's stage",
        ),
        pytest.param(
            changed(STAGE, subscriptionType="object.propertyChange", objectTypeId="0-2"),
            "HubspotIgnoredOther",
            id="a company's stage by the newer name",
        ),
        pytest.param(
            changed(STAGE, subscriptionType="object.propertyChange"),
            "HubspotIgnoredOther",
            id="an object of no type",
        ),
        *(
            pytest.param(
                changed(CREATION, subscriptionType=f"contact.{what}"),
                f"HubspotIgnored{count}",
                id=f"contact.{what}",
            )
            for what, count in {
                "associationChange": "Other",
                "somethingNew": "Other",
            }.items()
        ),
        pytest.param(
            changed(DEAL, propertyName="amount"), "HubspotIgnoredOther", id="a deal's amount"
        ),
        pytest.param(
            changed(DEAL, subscriptionType="deal.deletion"), "HubspotIgnoredOther", id="no deal"
        ),
        pytest.param({"subscriptionType": "?"}, "HubspotIgnoredOther", id="a kind nobody knows"),
        pytest.param(
            {"subscriptionType": "ticket.merge", "objectId": "odd", "occurredAt": []},
            "HubspotIgnoredOther",
            id="odd fields in what is not for us",
        ),
    ],
)
def test_what_is_not_for_us_is_counted_by_what_it_was(event: Any, count: Any) -> None:
    found = translate(STATUS, event, CREATION)
    assert found.ignored == {count: 1}
    assert len(found.events) == 2


def test_both_names_of_the_kind_are_understood() -> None:
    by_other_name = changed(STAGE, subscriptionType=GONE, eventType="contact.propertyChange")
    assert translate(by_other_name) == translate(STAGE)


def test_a_contact_by_its_object_type_is_a_contact_and_the_same_event() -> None:
    newer = changed(
        STAGE, subscriptionType="object.propertyChange", objectTypeId="0-1", isSensitive=False
    )
    assert translate(newer) == translate(STAGE)
    newer = changed(CREATION, subscriptionType="object.creation", objectTypeId="0-1")
    assert translate(newer) == translate(CREATION)


def test_without_a_configured_account_any_is_served() -> None:
    assert len(translate(changed(STAGE, portalId=1), portal="").events) == 1


def test_a_repeat_is_the_same_event_and_a_later_change_is_another() -> None:
    assert translate(changed(STAGE, attemptNumber=3)) == translate(STAGE)
    others = [
        changed(STAGE, **{key: STAGE[key] + 1}) for key in ("objectId", "eventId", "occurredAt")
    ]
    owner = translate(changed(STAGE, propertyName="hubspot_owner_id"))
    ids = {identity(event) for event in (*translate(STAGE, *others).events, *owner.events)}
    assert len(ids) == 5
    elsewhere = translate(changed(STAGE, portalId=1), portal="")
    assert identity(elsewhere.events[0]) not in ids


def test_an_empty_batch_is_no_events() -> None:
    assert translate() == Translated((), {})


def test_a_batch_of_any_length_is_taken() -> None:
    """HubSpot says at most 100; refusing more would lose all of them."""
    assert len(translate(*[STAGE] * 250).events) == 250


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"objectId": "90210011"}, "objectId: expected int, got str"),
        ({"objectId": None}, "objectId: expected int, got null"),
        ({"objectId": 1.5}, "objectId: expected int, got float"),
        ({"objectId": 0}, "objectId: expected int >= 1"),
        ({"objectId": 2**63}, "objectId: expected int <= 9223372036854775807"),
        ({"objectId": GONE}, "objectId: required"),
        ({"eventId": GONE}, "eventId: required"),
        ({"eventId": "x"}, "eventId: expected int, got str"),
        ({"occurredAt": GONE}, "occurredAt: required"),
        ({"occurredAt": "2026-11-22"}, "occurredAt: expected int, got str"),
        ({"occurredAt": 10**15}, "occurredAt: expected int <= 253402300799999"),
        ({"occurredAt": -1}, "occurredAt: expected int >= 0"),
        ({"portalId": GONE}, "portalId: required"),
        ({"portalId": "4455667"}, "portalId: expected int | null, got str"),
        ({"portalId": "our account"}, "portalId: expected int | null, got str"),
        ({"portalId": []}, "portalId: expected int | null, got array"),
        ({"portalId": {}}, "portalId: expected int | null, got object"),
        ({"portalId": 4455667.5}, "portalId: expected int | null, got float"),
        ({"propertyName": GONE}, "propertyName: required"),
        ({"propertyName": 7}, "propertyName: expected str | null, got int"),
        ({"propertyValue": GONE}, "propertyValue: required"),
        ({"propertyValue": 7}, "propertyValue: expected str | null, got int"),
        ({"propertyValue": "x" * 256}, "propertyValue: expected str of length <= 255"),
        ({"changeSource": {}}, "changeSource: expected str | null, got object"),
        ({"subscriptionType": GONE}, "subscriptionType: required"),
        ({"subscriptionType": 1}, "subscriptionType: expected str | null, got int"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_odd_event_is_put_aside_with_its_fault_and_the_others_are_stored(
    change: dict[str, Any], why: str
) -> None:
    other = changed(STATUS, objectId=STATUS["objectId"] + 1)
    found = translate(other, changed(STAGE, **change), DEAL)
    good = translate(other, DEAL).events
    odd = next(event for event in found.events if isinstance(event, OddWebhook))
    assert odd.why == f"$[1].{why}"
    assert found.ignored["HubspotOdd"] == 1
    assert set(good) <= set(found.events)
    assert {type(event) for event in found.events if event not in good} <= {OddWebhook, Hinted}


@pytest.mark.parametrize(
    ("event", "read"),
    [
        pytest.param(
            changed(STAGE, eventId=GONE), {"lead_id": "90210011", "about": "stage"}, id="a contact"
        ),
        pytest.param(
            changed(STAGE, objectId="90210011"), {"lead_id": "90210011"}, id="an id as text"
        ),
        pytest.param(
            changed(STAGE, eventId=GONE, subscriptionType="object.propertyChange",
                    objectTypeId="0-1"),
            {"lead_id": "90210011"},
            id="a contact by the newer name",
        ),
        pytest.param(changed(DEAL, eventId=GONE), {"deal_id": str(DEAL["objectId"])}, id="a deal"),
        pytest.param(
            changed(MERGE, mergedObjectIds=7, objectId=GONE, newObjectId=None),
            {"lead_id": "90210011"},
            id="a merge",
        ),
        pytest.param(changed(STAGE, objectId=1.5), None, id="no id"),
        pytest.param(changed(STAGE, objectId=True), None, id="an id that is none"),
        pytest.param(changed(STAGE, subscriptionType=7), None, id="no kind"),
    ],
)  # fmt: skip
def test_what_an_odd_event_is_about_is_read(
    event: dict[str, Any], read: dict[str, str] | None
) -> None:
    odd, *hints = translate(event).events
    assert isinstance(odd, OddWebhook)
    assert len(hints) == (read is not None)
    for hint in hints:
        assert isinstance(hint, Hinted | DealHint)
        assert (read or {}).items() <= {n: getattr(hint, n) for n in hint.__struct_fields__}.items()
        assert RECEIVED in (getattr(hint, "at", None), getattr(hint, "occurred_at", None))


def test_an_odd_event_travels_without_its_values_and_is_the_same_when_repeated() -> None:
    secret = "nora.lindqvist@helvia.example"
    event = changed(STAGE, propertyValue=[secret], changeSource=secret)
    odd, hint = translate(event).events
    assert secret not in repr((odd, hint))
    assert translate(event).events == (odd, hint)
    assert translate(STATUS, event).events[1:] != (odd, hint), "its place is told"
    assert isinstance(odd, OddWebhook)
    assert (odd.subscription, odd.object_id) == ("contact.propertyChange", "90210011")


@pytest.mark.parametrize(
    ("gone", "read"),
    [
        pytest.param([90210012, None], {"90210012"}, id="one that is none"),
        pytest.param(["90210012"], {"90210012"}, id="as text"),
        pytest.param("90210012", set(), id="no list"),
    ],
)
def test_of_an_odd_merge_every_contact_that_it_names_is_read(gone: Any, read: set[str]) -> None:
    """HubSpot answers for one that was merged away with the survivor."""
    _, *hints = translate(changed(MERGE, mergedObjectIds=gone)).events
    looked_at = {hint.lead_id for hint in hints if isinstance(hint, Hinted)}
    assert looked_at == {"90210011", "90210099"} | read


def test_a_repeat_of_an_odd_event_is_the_same_event() -> None:
    first, again = (changed(STAGE, eventId=GONE, attemptNumber=n) for n in (0, 1))
    assert translate(first).events == translate(again).events


def test_half_an_emoji_costs_nothing() -> None:
    """HubSpot cuts some values at 80 characters, and JSON may hold half of a surrogate pair."""
    cut = json.dumps(changed(STATUS, propertyName="jobtitle", propertyValue="x")).encode()
    body = b"[%s,%s]" % (json.dumps(STAGE).encode(), cut.replace(b'"x"', b'"Head of \\ud83d"'))
    found = read_webhooks(body, RECEIVED, PORTAL)
    assert found.events == translate(STAGE, json.loads(cut)).events
    assert "HubspotOdd" not in found.ignored


@pytest.mark.parametrize("another", [1, "1"])
def test_an_odd_event_of_another_account_is_ignored(another: int | str) -> None:
    found = translate(changed(STAGE, portalId=another, eventId=GONE))
    assert found.events == ()
    assert found.ignored["HubspotIgnoredPortal"] == 1


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from([*STAGE, *MERGE, "x"]), inner, max_size=5)
    ),
    max_leaves=8,
)
odd_events = anything | st.builds(
    lambda base, changes: {**base, **changes},
    st.sampled_from(BATCH),
    st.dictionaries(st.sampled_from([*STAGE, *MERGE]), anything, min_size=1, max_size=2),
)


@given(st.lists(odd_events, max_size=5), st.permutations(range(8)))
def test_garbage_in_a_batch_loses_none_of_the_good(odd: list[Any], order: list[int]) -> None:
    good = [STAGE, DEAL, MERGE]
    batch = [*good, *odd]
    mixed = [batch[n] for n in order if n < len(batch)]
    kept = set(translate(*mixed).events)
    looked_at = {one.lead_id for one in kept if isinstance(one, Hinted)}
    for event in good:
        for news in translate(event).events:
            assert news in kept or (isinstance(news, Hinted) and news.lead_id in looked_at)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "$: expected JSON"),
        (b"[", "$: expected JSON"),
        (b"nope", "$: expected JSON"),
        (b"{}", "$: expected array, got object"),
        (b"null", "$: expected array, got null"),
        (b"[" * 200_000, "$: nested too deeply"),
    ],
    ids=lambda value: value[:20].decode("latin-1") if isinstance(value, bytes) else "",
)
def test_a_body_that_is_no_batch_is_refused(body: Any, why: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_webhooks(body, RECEIVED)
    assert str(refused.value) == why


@pytest.mark.parametrize(
    ("member", "why"),
    [
        (b"1", "$[1]: expected object, got int"),
        (b"{}", "$[1].subscriptionType: required"),
        (b'{"subscriptionType": "\xff"}', "$[1]: expected UTF-8"),
    ],
)
def test_a_member_that_is_no_event_is_put_aside(member: bytes, why: str) -> None:
    body = b"[%s,%s]" % (json.dumps(STAGE).encode(), member)
    stage, odd = read_webhooks(body, RECEIVED, PORTAL).events
    assert (stage,) == translate(STAGE).events
    assert isinstance(odd, OddWebhook)
    assert (odd.why, odd.subscription, odd.object_id) == (why, "", "")
