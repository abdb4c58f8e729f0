"""Parked is what a person can fix. Deletions, merges and restores, and whatever arrives late about
them, are explained: counted with their reason, and acknowledged."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.application.deliver import Delivered, deliver, in_hubspot
from baton.application.follow_person import follow_person
from baton.domain.draft.decision import EXPLAINED
from baton.domain.lead import Value
from baton.domain.world.events import (
    Deleted,
    Merged,
    OwnerRefused,
    Reapplied,
    Reassigned,
    Snoozed,
)
from baton.failures import Explained, NotAnOwner, Rejected
from baton.presentation.phrases import PHRASES
from baton.wire.details import DealHint, PersonHint
from baton.wire.vocabulary import News
from tests.builders import NOW, POLICY, PROPERTIES, became, click, hint, minutes
from tests.fakes.effects import contact_state, task_state
from tests.fakes.slots import FakeSlots
from tests.fakes.store import FakeOutbox, FakeWakes
from tests.fakes.system import System

#: Why an event cannot be worked -> what a person can do about it; empty: nothing, it is explained.
REASONS = {
    "unworkable.contact": "",
    "reassign.unknown": "add the person to the roster, and send it again",
    "reassign.nobody_has_it": "",
    "reassign.has_it": "",
    "reassign.let_go": "",
    "reapply.nobody_has_it": "",
    "reapply.no_tier": "add a tier that fits, and send it again",
    "snooze.not_theirs": "",
    "snooze.already": "",
    "snooze.passed": "",
    "snooze.too_long": "raise sla.yaml's limit, and send it again",
}
_REFUSING = {"unworkable", "reassign", "reapply", "snooze"}


def test_each_reason_is_mendable_or_explained() -> None:
    """The words of `_work`'s refusals; those of a person who cannot take a lead are fixable, too,
    because they may be back tomorrow."""
    said = {name for name in PHRASES if name.partition(".")[0] in _REFUSING}
    not_refusals = {"snooze.over", "reapply.same", "reapply.moved", "reapply.dropped"}
    assert said - not_refusals == set(REASONS)
    assert {name for name, fix in REASONS.items() if not fix} == EXPLAINED


class Storm:
    """Contacts that are changed, deleted, merged and restored in HubSpot, and the news of it."""

    def __init__(self) -> None:
        self.system = System()
        self.news: list[News] = []
        self._bin: dict[str, tuple[dict[str, str], Any]] = {}
        self._count = 0
        for contact in ("101", "102", "103"):
            stage = {"lifecyclestage": "marketingqualifiedlead"}
            self.system.crm.add(contact, NOW, **PROPERTIES | stage)
            self._say(became(id=self._id(), lead_id=contact))

    def change(self, contact: str) -> None:
        if contact in self.system.crm.properties:
            self.system.crm.set(contact, self.system.now, hs_lead_status="OPEN")
        self._say(hint("status", self.system.now, id=self._id(), lead_id=contact))
        self._say(became(at=self.system.now, id=self._id(), lead_id=contact))

    def delete(self, contact: str) -> None:
        crm = self.system.crm
        if contact in crm.properties:
            self._bin[contact] = crm.properties.pop(contact), crm.stages.pop(contact)
        self._say(Deleted(id=self._id(), lead_id=contact, at=self.system.now))

    def restore(self, contact: str) -> None:
        crm = self.system.crm
        if contact in self._bin:
            crm.properties[contact], crm.stages[contact] = self._bin.pop(contact)
        self._say(hint("stage", self.system.now, id=self._id(), lead_id=contact))

    def merge(self, contact: str) -> None:
        crm = self.system.crm
        other = "102" if contact == "101" else "101"
        if contact not in crm.properties or other not in crm.properties:
            return
        into = crm.merge(contact, other)
        for gone in (contact, other):
            self._say(Merged(id=self._id(), lead_id=gone, at=self.system.now, into=into))
        self._say(hint("stage", self.system.now, id=self._id(), lead_id=into))

    def act(self, contact: str) -> None:
        """What people and other systems do, not knowing yet."""
        at, lead = self.system.now, {"lead_id": contact}
        self._say(Reassigned(id=self._id(), at=at, by="kim", **lead))
        self._say(Snoozed(id=self._id(), at=at, until=at + minutes(30), assignment=1, **lead))
        self._say(Reapplied(id=self._id(), at=at, **lead))
        self._say(OwnerRefused(id=self._id(), at=at, person="hubspot:owner-anna", **lead))
        self._say(replace(click("accept", at), id=self._id(), lead_id=contact))
        self._say(DealHint(event_id=self._id(), deal_id="7", occurred_at=at))

    def work(self) -> None:
        self.system.put(*self.news)
        self.news.clear()
        self.system.run()
        self.system.now += minutes(1)

    def _say(self, news: News) -> None:
        self.news.append(news)

    def _id(self) -> str:
        self._count += 1
        return f"e{self._count}"


ACTS: tuple[Callable[[Storm, str], None], ...] = (
    Storm.change,
    Storm.delete,
    Storm.restore,
    Storm.merge,
    Storm.act,
)
STEPS = st.lists(
    st.tuples(st.sampled_from(ACTS), st.sampled_from(["101", "102", "103"]), st.booleans()),
    min_size=1,
    max_size=12,
)


@settings(max_examples=50)
@given(steps=STEPS, repeats=st.integers(1, 3), order=st.randoms(use_true_random=False))
def test_no_storm_of_deletions_merges_and_restores_parks_anything(
    steps: list[tuple[Callable[[Storm, str], None], str, bool]], repeats: int, order: Any
) -> None:
    """In any order, repeated, and worked at any time between them."""
    storm = Storm()
    for act, contact, worked_now in steps:
        act(storm, contact)
        if worked_now:
            storm.news *= repeats
            order.shuffle(storm.news)
            storm.work()
    storm.work()
    assert storm.system.parked == []


@pytest.mark.parametrize("news", [*permutations(range(3))], ids=str)
def test_a_deleted_contacts_late_news_is_counted_once_for_each_message(
    news: tuple[int, ...],
) -> None:
    storm = Storm()
    storm.work()
    storm.delete("101")
    storm.change("101")
    late = [storm.news[n] for n in news]
    storm.news[:] = [*late, *late]
    storm.work()
    assert storm.system.parked == []
    assert {why for _, why in storm.system.explained} <= {
        "HubSpot has no such contact",
        "the contact is gone from HubSpot",
    }


# ---------------------------------------------------------------- what is shown in HubSpot


def shown(system: System, effect: Any, slots: FakeSlots | None = None) -> Any:
    show = in_hubspot(system.crm, lambda effect, owner: None)
    return deliver(effect, NOW, "t", slots or FakeSlots(), show)


@pytest.mark.parametrize("effect", [contact_state(), task_state()], ids=["contact", "task"])
def test_what_should_be_shown_at_a_contact_that_is_gone_is_explained(effect: Any) -> None:
    with pytest.raises(Explained, match=r"^the contact is gone from HubSpot$"):
        shown(System(), effect)


@pytest.mark.parametrize("effect", [contact_state(), task_state()], ids=["contact", "task"])
def test_a_refusal_at_a_contact_that_is_there_waits_for_a_person(effect: Any) -> None:
    system = System()
    system.crm.add(effect.contact_id, NOW, **PROPERTIES)

    def refuse(name: str) -> None:
        if name in ("show_contact", "create_task"):
            raise Rejected("HubSpot 400: VALIDATION_ERROR")

    system.crm.before = refuse
    with pytest.raises(Rejected, match="VALIDATION_ERROR"):
        shown(system, effect)
    assert system.crm.calls.count("exists") == 1


def test_an_owner_is_not_refused_where_the_contact_is_gone() -> None:
    """HubSpot may answer a 400 that names nothing; the rep would get no leads until the next check
    of the roster."""
    system, owners = System(), list[str]()

    def refuse(name: str) -> None:
        if name == "show_contact":
            raise NotAnOwner("HubSpot 400: VALIDATION_ERROR", frozenset({"hubspot_owner_id"}))

    system.crm.before = refuse
    effect = contact_state(1, hubspot_owner_id=Value("70001", 1))
    show = in_hubspot(system.crm, lambda _effect, owner: owners.append(owner))
    with pytest.raises(Explained):
        deliver(effect, NOW, "t", FakeSlots(), show)
    assert owners == []
    system.crm.add(effect.contact_id, NOW, **PROPERTIES)
    deliver(effect, NOW, "t", FakeSlots(), show)
    assert owners == ["70001"]


def test_a_restored_contact_is_shown_what_it_missed() -> None:
    system, slots, effect = System(), FakeSlots(), contact_state()
    with pytest.raises(Explained):
        shown(system, effect, slots)
    system.crm.add(effect.contact_id, NOW, **PROPERTIES)
    assert isinstance(shown(system, replace(effect, version=effect.version + 1), slots), Delivered)
    assert set(effect.properties) <= set(system.crm.properties[effect.contact_id])


# ---------------------------------------------------------------- people


@pytest.mark.parametrize(
    ("person", "source", "expected"),
    [
        ("hubspot:999", "hubspot", Explained),
        ("hubspot:999", "cli", Rejected),
        ("nobody", "cli", Rejected),
    ],
)
def test_an_owner_that_hubspot_refuses_and_the_roster_does_not_know_is_explained(
    person: str, source: Any, expected: type[Exception]
) -> None:
    news = PersonHint(event_id="p", person=person, occurred_at=NOW, away=True, source=source)
    people = System().people
    with pytest.raises(expected, match="is not in the roster"):
        follow_person(news, POLICY, people, FakeOutbox(), FakeWakes(), NOW)
