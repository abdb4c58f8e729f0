"""What Baton reads from HubSpot: only what the policy needs, and only when a decision needs it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.application import hubspot_fields, work_event
from baton.domain.decide import decide
from baton.domain.lead import Lead
from baton.domain.policy import Field, Policy, Sync
from baton.domain.world.events import (
    AnyEvent,
    ClockDue,
    DealMoved,
    Deleted,
    Merged,
    SignalSeen,
    WentStale,
)
from baton.domain.world.world import Background, Contact, Needs, World
from baton.failures import NotAllowed, Rejected
from tests.builders import NOW, POLICY, PROPERTIES, became, click, hint
from tests.fakes.crm import FakeCrm
from tests.fakes.store import FakeOutbox, FakeStore, FakeWakes
from tests.scored import SCORED, signal


def asks(*fields: Field, **lifecycle: Any) -> Policy:
    changed = replace(POLICY.lifecycle, fields=fields or POLICY.lifecycle.fields, **lifecycle)
    return replace(POLICY, lifecycle=changed)


LOOKED_UP = asks(
    Field("phone", "Phone", "phone", look_up=("history", "contact.mobilephone")),
    Field("industry", "Industry", "industry", look_up=("company.industry", "history")),
    Field("pain", "Pain", "baton_pain"),
)


def test_a_background_is_looked_for_where_the_policy_says() -> None:
    assert hubspot_fields.looked_up(LOOKED_UP) == (
        ["phone", "industry"],
        ["mobilephone"],
        ["industry"],
    )


def test_forms_and_every_field_are_read() -> None:
    names = hubspot_fields.properties(LOOKED_UP)
    assert {"phone", "industry", "baton_pain", "lifecyclestage"} <= set(names)
    for which in ("first", "recent"):
        assert {f"{which}_conversion_event_name", f"{which}_conversion_date"} <= set(names)


def test_the_writer_is_read_of_the_status_and_of_properties_with_a_sync_rule() -> None:
    crm = FakeCrm()
    crm.add("101", None, **PROPERTIES, hs_lead_status="NEW")
    rules = (Sync("hs_persona", "crm"), Sync("company", "baton"))
    for sync, changes in (((), {"hs_lead_status"}), (rules, {"hs_lead_status", "company"})):
        found = work_event.Contacts(crm, ["101"]).get("101", asks(sync=sync))
        assert found is not None
        assert set(found.changes) == changes


def test_a_decision_that_lacks_the_background_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    crm = FakeCrm()
    crm.add("101", None, **PROPERTIES, phone="+41 1", mobilephone="+41 2")
    crm.set("101", phone="")
    crm.companies["101"] = {"industry": "MACHINERY", "name": "Acme"}
    seen: list[Background | None] = []

    def curious(lead: Lead | None, event: AnyEvent, world: World, now: datetime) -> Any:
        seen.append(world.background)
        return (
            Needs(background=True) if world.background is None else decide(lead, event, world, now)
        )

    monkeypatch.setattr(work_event, "decide", curious)
    work = work_event.EventWorker(FakeStore(), FakeOutbox(), FakeWakes(), lambda attempt: None)
    work(became(), LOOKED_UP, work_event.Contacts(crm, ["101"]), NOW)
    found = Background(
        history={"phone": "+41 1"},
        contact={"mobilephone": "+41 2"},
        company={"industry": "MACHINERY"},
    )
    assert seen[-1] == found
    assert crm.calls.count("background") == 1


def test_a_contact_that_was_not_read_with_the_batch_is_not_taken_for_gone() -> None:
    """The contact of a click is not read ahead; if the decision needs it, it is read alone."""
    crm = FakeCrm()
    for contact in ("101", "102"):
        crm.add(contact, None, **PROPERTIES)
    for ids in (["101"], []):
        contacts = work_event.Contacts(crm, ids)
        for lead_id in ("101", "102"):
            found = contacts.get(lead_id, POLICY)
            assert found is not None
            assert found.id == lead_id
        assert contacts.get("103", POLICY) is None


class Picky(FakeCrm):
    """Refuses a whole read for one bad id, as HubSpot does."""

    reads = 0

    def contacts(
        self, ids: list[str], properties: list[str], watched: Sequence[str] = ()
    ) -> dict[str, Contact]:
        self.reads += 1
        if any(one.startswith("bad") for one in ids):
            raise Rejected("HubSpot 400: VALIDATION_ERROR")
        return super().contacts(ids, properties, watched)


def picky(ids: list[str]) -> tuple[Picky, work_event.Contacts]:
    crm = Picky()
    for one in ids:
        crm.add(one, None, **PROPERTIES)
    return crm, work_event.Contacts(crm, ids)


@given(st.lists(st.sampled_from(["good", "bad", "gone"]), min_size=1, max_size=40))
def test_any_bad_ids_in_a_batch_cost_the_others_nothing(kinds: list[str]) -> None:
    ids = [f"{kind}{number}" for number, kind in enumerate(kinds)]
    crm, contacts = picky(ids)
    for one in ids:
        if one.startswith("gone"):
            del crm.properties[one]
    for one in ids:
        if one.startswith("bad"):
            with pytest.raises(Rejected):
                contacts.get(one, POLICY)
        else:
            found = contacts.get(one, POLICY)
            assert (found.id if found else "gone") == (one if one.startswith("good") else "gone")


@pytest.mark.parametrize(("bad", "most"), [(0, 1), (1, 15), (100, 120)])
def test_one_bad_id_among_a_hundred_is_found_by_halving(bad: int, most: int) -> None:
    ids = [*(f"bad{n}" for n in range(bad)), *(f"good{n}" for n in range(100 - bad))]
    crm, contacts = picky(ids)
    for one in ids:
        with suppress(Rejected):
            contacts.get(one, POLICY)
    assert crm.reads <= most


@pytest.mark.parametrize(
    ("event", "reads"),
    [
        pytest.param(became(), True, id="a stage"),
        pytest.param(hint("fields"), True, id="a hint"),
        pytest.param(SignalSeen(id="s", lead_id="1", at=NOW, signal="demo"), True, id="a signal"),
        pytest.param(
            DealMoved(id="d", lead_id="1", at=NOW, deal="7", stage="x"), True, id="a deal"
        ),
        pytest.param(Merged(id="m", lead_id="1", at=NOW, into="2"), False, id="merged away"),
        pytest.param(Deleted(id="x", lead_id="1", at=NOW), False, id="deleted"),
        pytest.param(click("accept", NOW), False, id="a click"),
        pytest.param(ClockDue(id="c", lead_id="1", at=NOW), False, id="a clock"),
        pytest.param(WentStale(id="w", lead_id="1", at=NOW), False, id="a slow clock"),
    ],
)
def test_only_news_of_a_contact_that_is_there_reads_it(event: AnyEvent, reads: bool) -> None:
    assert work_event.needs_contact(event) is reads


def test_a_scope_that_was_never_granted_keeps_no_lead() -> None:
    """A field that may not be looked up counts as missing; the decision says why, and continues."""
    crm = FakeCrm()
    crm.add("101", None, **PROPERTIES | {"lifecyclestage": "lead", "industry": ""})

    def refuse(name: str) -> None:
        if name == "background":
            raise NotAllowed("HubSpot 403: MISSING_SCOPES", timedelta(minutes=5))

    crm.before = refuse
    store = FakeStore()
    work = work_event.EventWorker(store, FakeOutbox(), FakeWakes(), lambda attempt: None)
    for n in range(4):
        work(signal("pricing_page", NOW - timedelta(minutes=n)), SCORED,
             work_event.Contacts(crm, ["101"]), NOW)  # fmt: skip
    lead, _ = store.load("101", "-")
    assert lead is not None
    assert lead.held is not None
    assert "industry" in lead.held.missing
