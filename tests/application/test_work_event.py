"""The flow around the decision: contention, throttling, and what is sent when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from baton.application.ports.leads import Record
from baton.application.work_event import ATTEMPTS, Contacts, EventWorker
from baton.domain.draft.decision import Decision
from baton.domain.world.events import AnyEvent, ClockDue, Deleted, Hinted, Merged
from baton.domain.world.world import Contact
from baton.failures import AlreadyDone, Explained, Moved, Rejected, Retryable
from baton.presentation.wording import plain
from tests.builders import NOW, POLICY, PROPERTIES, became, click, due, hint, minutes
from tests.fakes.crm import FakeCrm
from tests.fakes.store import FakeOutbox, FakeStore, FakeWakes


class Rig:
    def __init__(self) -> None:
        self.store, self.outbox, self.wakes = FakeStore(), FakeOutbox(), FakeWakes()
        self.pauses: list[int] = []
        self.crm = FakeCrm()
        self.crm.now = NOW - minutes(2)
        self.crm.add("101", None, **PROPERTIES)
        self.work_event = EventWorker(self.store, self.outbox, self.wakes, self.pauses.append)

    @property
    def contacts(self) -> Contacts:
        return Contacts(self.crm, ["101"])


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_a_conflict_is_decided_anew_on_the_current_state(rig: Rig) -> None:
    """TransactionConflict and a lost condition both arrive as Moved."""
    rig.store.trouble = [Moved("101"), Moved("101")]
    result = rig.work_event(became(), POLICY, rig.contacts, NOW)
    assert (result.name, result.attempts, rig.pauses) == ("decided", 3, [1, 2])
    assert len(rig.store.records) == 1


def test_endless_conflicts_come_back_later_without_effects(rig: Rig) -> None:
    rig.store.trouble = [Moved("101")] * ATTEMPTS
    with pytest.raises(Retryable):
        rig.work_event(became(), POLICY, rig.contacts, NOW)
    assert rig.outbox.sent == []
    assert rig.work_event(became(), POLICY, rig.contacts, NOW).name == "decided"


def test_throttling_sends_the_event_back_to_its_queue(rig: Rig) -> None:
    rig.store.trouble = [Retryable("table: ThrottlingError")]
    with pytest.raises(Retryable, match="ThrottlingError"):
        rig.work_event(became(), POLICY, rig.contacts, NOW)
    assert rig.store.lead == {}


def test_an_event_that_another_worker_stored_meanwhile_is_a_repetition(rig: Rig) -> None:
    other = Rig()
    other.work_event(became(), POLICY, other.contacts, NOW)

    class Overtaken(FakeStore):
        def commit(self, decision: Decision, event: AnyEvent, policy: str, now: datetime) -> Record:
            self.lead, self.records = other.store.lead, other.store.records
            raise AlreadyDone(event.id)

    rig.work_event = EventWorker(Overtaken(), rig.outbox, rig.wakes, rig.pauses.append)
    assert rig.work_event(became(), POLICY, rig.contacts, NOW).name == "repeated"
    assert rig.outbox.sent, "it may have been our own, whose answer was lost; slots know repeats"


def test_a_repeated_commit_whose_answer_was_lost_sends_its_effects(rig: Rig) -> None:
    """The store took the transaction, but its answer was lost: the message comes back."""
    rig.work_event(became(), POLICY, rig.contacts, NOW)
    sent = list(rig.outbox.sent)
    rig.outbox.sent.clear()
    rig.wakes.sent.clear()
    result = rig.work_event(became(), POLICY, rig.contacts, NOW, redelivered=True)
    assert result.name == "repeated"
    assert rig.outbox.sent == sent
    assert [type(wake) for wake in rig.wakes.sent] == [ClockDue]


def test_an_event_without_routing_is_one_read_and_one_transaction(rig: Rig) -> None:
    rig.work_event(became(), POLICY, rig.contacts, NOW)
    assert rig.store.requests == 3, "with routing one batch read more"
    rig.store.requests = 0
    rig.work_event(click("accept", NOW + minutes(1)), POLICY, rig.contacts, NOW + minutes(1))
    assert rig.store.requests == 2
    lead = rig.store.lead["101"]
    rig.store.requests = 0
    rig.work_event(due(lead), POLICY, rig.contacts, due(lead).at)
    assert rig.store.requests == 3, "a rung reads whether whom it tells is there"


def test_clocks_and_clicks_never_ask_hubspot(rig: Rig) -> None:
    rig.work_event(became(), POLICY, rig.contacts, NOW)
    rig.crm.calls.clear()
    rig.work_event(due(rig.store.lead["101"]), POLICY, rig.contacts, NOW + minutes(8))
    rig.work_event(click("accept", NOW + minutes(9)), POLICY, rig.contacts, NOW + minutes(9))
    assert rig.crm.calls == []


def test_a_commit_arms_its_clock_only_when_it_moved(rig: Rig) -> None:
    rig.work_event(became(), POLICY, rig.contacts, NOW)
    assert len(rig.wakes.sent) == 1
    rig.crm.properties["101"]["jobtitle"] = "CTO"
    rig.crm.properties["101"]["company"] = "Acme Two"
    rig.work_event(hint("status"), POLICY, rig.contacts, NOW + minutes(1))
    assert len(rig.wakes.sent) == 1, "the wake is on its way already"


def test_an_unworkable_event_says_why(rig: Rig) -> None:
    rig.crm.properties.clear()
    with pytest.raises(Explained, match="HubSpot has no such contact"):
        rig.work_event(became(), POLICY, rig.contacts, NOW)


def test_a_contact_whose_stage_was_just_cleared_is_read_again(rig: Rig) -> None:
    """Also if nothing is stored; asked for before the commit, so that a crash forgets nothing."""
    rig.work_event(became(), POLICY, rig.contacts, NOW)
    rig.crm.set("101", NOW + minutes(1), source="IMPORT", lifecyclestage="")
    rig.work_event(hint("stage"), POLICY, rig.contacts, NOW + minutes(1.2))
    (again,) = rig.wakes.offered
    assert isinstance(again, Hinted)
    assert (again.lead_id, again.at) == ("101", NOW + minutes(1.5))
    rig.work_event(again, POLICY, rig.contacts, NOW + minutes(1.6))
    assert rig.store.lead["101"].restored["lifecyclestage"]


def test_an_early_wake_is_sent_again(rig: Rig) -> None:
    rig.work_event(became(), POLICY, rig.contacts, NOW)
    rig.wakes.sent.clear()
    wake = due(rig.store.lead["101"])
    rig.work_event(wake, POLICY, rig.contacts, NOW + minutes(1))
    assert rig.wakes.sent == [wake]


def test_one_id_that_hubspot_refuses_does_not_take_its_neighbours_along(rig: Rig) -> None:
    """A partner may send any number as a lead id; HubSpot answers 400 to the whole read."""
    read = rig.crm.contacts

    def strict(
        ids: list[str], properties: list[str], watched: Sequence[str] = ()
    ) -> dict[str, Contact]:
        if any(int(one) > 2**63 - 1 for one in ids):
            raise Rejected("HubSpot 400: VALIDATION_ERROR")
        return read(ids, properties, watched)

    rig.crm.contacts = strict  # type: ignore[method-assign]  # HubSpot refuses
    contacts = Contacts(rig.crm, ["101", "9999999999999999999"])
    assert rig.work_event(became(), POLICY, contacts, NOW).name == "decided"
    odd = became(lead_id="9999999999999999999")
    with pytest.raises(Rejected, match="VALIDATION_ERROR"):
        rig.work_event(odd, POLICY, contacts, NOW)


def test_a_hubspot_that_does_not_answer_is_asked_once_a_batch(rig: Rig) -> None:
    def silent(name: str) -> None:
        raise Retryable("hubspot does not answer")

    rig.crm.before = silent
    contacts = Contacts(rig.crm, ["101", "102", "103"])
    for lead_id in ("101", "102", "103"):
        with pytest.raises(Retryable):
            rig.work_event(became(lead_id=lead_id), POLICY, contacts, NOW)
    assert rig.crm.calls == ["contacts"]


def test_what_was_decided_without_some_records_says_so(rig: Rig) -> None:
    rig.work_event(became(), POLICY, rig.contacts, NOW)
    assignment = rig.store.lead["101"].assignment
    assert assignment is not None
    owner = POLICY.person[assignment.person].hubspot_owner
    rig.crm.touch("101", NOW + minutes(1), "call", owner)
    rig.crm.denied = ["emails: HubSpot 403: MISSING_SCOPES"]
    rig.work_event(hint("activity", NOW + minutes(2)), POLICY, rig.contacts, NOW + minutes(2))
    record = rig.store.records["101", hint("activity", NOW + minutes(2)).id]
    assert "not all records could be read, emails: HubSpot 403" in " ".join(
        map(plain, record.because)
    )


# --- merges that no webhook told of


def merged(rig: Rig) -> str:
    """101 has an owner, and was merged into the contact whose id this is."""
    rig.work_event(became(), POLICY, rig.contacts, NOW)
    rig.crm.add("102", None, **PROPERTIES)
    return rig.crm.merge("102", "101")


def test_a_merge_found_by_reading_has_the_survivor_take_the_lead_over(rig: Rig) -> None:
    into = merged(rig)
    before = rig.store.lead["101"].assignment
    result = rig.work_event(
        hint("fields", NOW + minutes(1)), POLICY, rig.contacts, NOW + minutes(1)
    )
    assert result.name == "decided"
    lead, survivor = rig.store.lead["101"], rig.store.lead[into]
    assert (lead.assignment, plain(lead.gone)) == (None, f"Merged into contact {into}")
    assert survivor.assignment == before
    assert rig.store.loads["anna"].open == 1
    (offered,) = rig.wakes.offered
    assert isinstance(offered, Hinted)
    again = rig.work_event(offered, POLICY, Contacts(rig.crm, [into]), NOW + minutes(1))
    assert again.name == "repeated"


@pytest.mark.parametrize("first", ["merge", "survivor"])
@pytest.mark.parametrize("says_so", [True, False], ids=["HubSpot lists it", "not yet"])
def test_the_two_webhooks_of_a_merge_may_come_in_any_order(
    rig: Rig, first: str, says_so: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    into = merged(rig)
    before = rig.store.lead["101"].assignment
    if not says_so:
        if first == "survivor":
            return  # then nobody can know
        monkeypatch.setattr(rig.crm, "merged", {})
    news: list[AnyEvent] = [
        Merged(id="m", lead_id="101", at=NOW + minutes(1), into=into),
        hint("stage", NOW + minutes(1), lead_id=into),
    ]
    for event in news if first == "merge" else news[::-1]:
        rig.work_event(event, POLICY, Contacts(rig.crm, [into]), NOW + minutes(1))
    assert rig.store.lead[into].assignment == before
    assert rig.store.lead["101"].gone
    assert rig.store.loads["anna"].open == 1
    assert len(rig.store.lead[into].past) == 0


def test_a_lead_that_moved_while_it_was_taken_over_is_read_again(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its owner accepts between the read and the write: the survivor has the acceptance."""
    into = merged(rig)
    store, leads = rig.store, rig.store.leads
    late: list[Any] = [click("accept", NOW + minutes(1))]

    def accepting(ids: Any) -> Any:
        found = leads(ids)
        if late:
            rig.work_event(late.pop(), POLICY, rig.contacts, NOW + minutes(1))
        return found

    monkeypatch.setattr(store, "leads", accepting)
    event = Merged(id="m", lead_id="101", at=NOW + minutes(2), into=into)
    rig.work_event(event, POLICY, Contacts(rig.crm, [into]), NOW + minutes(2))
    owner = store.lead[into].assignment
    assert owner is not None
    assert owner.accepted_at == NOW + minutes(1)


def test_where_the_survivor_cannot_be_read_the_merged_lead_just_ends(rig: Rig) -> None:
    rig.work_event(became(), POLICY, rig.contacts, NOW)
    event = Merged(id="m", lead_id="101", at=NOW + minutes(1), into="999")
    rig.work_event(event, POLICY, rig.contacts, NOW + minutes(1))
    assert plain(rig.store.lead["101"].gone) == "Merged into contact 999"
    assert rig.store.loads["anna"].open == 0


def test_a_merge_whose_worker_dies_still_has_the_survivor_read(rig: Rig) -> None:
    into = merged(rig)
    rig.store.trouble = [Retryable("table: InternalServerError")]
    news = hint("fields", NOW + minutes(1))
    with pytest.raises(Retryable):
        rig.work_event(news, POLICY, rig.contacts, NOW + minutes(1))
    for again in (True, True):
        rig.work_event(news, POLICY, rig.contacts, NOW + minutes(1), redelivered=again)
    assert {one.lead_id for one in rig.wakes.offered if isinstance(one, Hinted)} == {into}
    assert [one for one in rig.store.records if one[0] == into] == [(into, f"merged:101:{into}")]


def test_what_the_survivor_shows_is_sent_though_the_worker_died_before(rig: Rig) -> None:
    into = merged(rig)
    event = Merged(id="m", lead_id="101", at=NOW + minutes(1), into=into)
    rig.outbox.down = True
    with pytest.raises(Retryable):
        rig.work_event(event, POLICY, Contacts(rig.crm, [into]), NOW + minutes(1))
    rig.outbox.down = False
    before = len(rig.outbox.sent)
    rig.work_event(event, POLICY, Contacts(rig.crm, [into]), NOW + minutes(2), redelivered=True)
    slots = [(one.subject, one.slot) for one in rig.outbox.sent[before:]]
    assert (f"LEAD#{into}", "card:1") in slots
    assert ("LEAD#101", "card:1") in slots


def test_a_merge_of_a_lead_that_baton_never_saw_has_the_survivor_read(rig: Rig) -> None:
    rig.crm.add("102", None, **PROPERTIES)
    into = rig.crm.merge("102", "101")
    rig.work_event(became(), POLICY, rig.contacts, NOW)
    assert [one.lead_id for one in rig.wakes.offered if isinstance(one, Hinted)] == [into]


def test_a_merge_found_at_the_survivor_ends_the_leads_that_were_merged_into_it(rig: Rig) -> None:
    """HubSpot takes what is written to a lead that was merged away as written to the survivor, so
    the survivor is what Baton hears of first."""
    into = merged(rig)
    later = NOW + minutes(1)
    rig.work_event(hint("owner", later, lead_id=into), POLICY, Contacts(rig.crm, [into]), later)
    lead = rig.store.lead["101"]
    assert (lead.assignment, plain(lead.gone)) == (None, f"Merged into contact {into}")
    assert rig.store.lead[into].assignment is not None


def test_a_deletion_that_comes_after_the_restore_deletes_nothing(rig: Rig) -> None:
    """HubSpot repeats webhooks for a day, in any order."""
    rig.work_event(became(), POLICY, rig.contacts, NOW)
    news = Deleted(id="late", lead_id="101", at=NOW)
    later = NOW + minutes(1)
    rig.work_event(news, POLICY, Contacts(rig.crm, ["101"]), later)
    lead = rig.store.lead["101"]
    assert lead.assignment is not None
    assert lead.fields
    (look,) = (one for one in rig.wakes.offered if isinstance(one, Hinted))
    assert look.lead_id == "101", "HubSpot's reads may lag behind a deletion"
    del rig.crm.properties["101"]
    rig.work_event(look, POLICY, Contacts(rig.crm, ["101"]), later + minutes(1))
    assert rig.store.lead["101"].assignment is None


def test_a_deletion_of_a_lead_that_was_merged_away_is_a_merge(rig: Rig) -> None:
    into = merged(rig)
    news = Deleted(id="late", lead_id="101", at=NOW)
    rig.work_event(news, POLICY, Contacts(rig.crm, ["101"]), NOW + minutes(1))
    assert plain(rig.store.lead["101"].gone) == f"Merged into contact {into}"
