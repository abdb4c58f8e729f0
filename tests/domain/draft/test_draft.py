"""A decision while it is written: what it knows of the lead, whom it tells, what it frees."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from baton.domain.draft.decision import Decision, Outcome
from baton.domain.draft.draft import Draft
from baton.domain.lead import Evidence, Lead, LifecycleState
from baton.domain.phrase import Phrase
from baton.domain.policy import Limits, Policy
from baton.domain.world.effects import NoticeState
from baton.domain.world.world import Load, Turns
from tests.builders import NOW, POLICY, handed_off, hint, office, owned, world
from tests.routed import routed, waiting_pool
from tests.scored import SCORED

ANNA = handed_off()[0]
DAY = timedelta(days=1)


def drafted(policy: Policy = POLICY, **lead: Any) -> Draft:
    return Draft(Lead(**({"id": "101"} | lead)), hint("fields"), world(policy), NOW)


# --- what it knows


@pytest.mark.parametrize(
    ("change", "name", "before", "after"),
    [
        pytest.param({"fields": {"country": "Germany"}}, "territory", "world", "emea", id="fields"),
        pytest.param({"state": LifecycleState("sql", NOW)}, "stage", "", "sql", id="its stage"),
        pytest.param({"evidence": (Evidence(NOW, "trial"),)}, "behaviour", "0.0", "20.0",
                     id="what the person did"),
    ],
)  # fmt: skip
def test_the_facts_are_those_of_the_lead_as_drafted(
    change: Any, name: str, before: str, after: str
) -> None:
    made = drafted(SCORED)
    assert made.facts.get(name) == before
    made.change(**change)
    assert made.facts.get(name) == after


def test_a_cool_off_changes_the_facts() -> None:
    """In a side stage, evidence from before the end of the cool-off does not count."""
    off = LifecycleState("recycled", NOW - 2 * DAY)
    made = drafted(SCORED, evidence=(Evidence(NOW - DAY, "trial"),), state=off)
    assert made.score is not None
    assert made.score.behaviour > 0
    made.change(cool_until=NOW)
    assert made.score.behaviour == 0


def test_an_outcome_of_a_lead_without_an_owner_has_no_person() -> None:
    made = drafted()
    made.record("held")
    nothing: dict[str, Any] = {"person": "", "what": "", "instead": "", "message": ""}
    recorded = Outcome(kind="held", at=NOW, assignment=0, due_at=None, **nothing)
    assert made.outcomes == [recorded] == [Outcome(kind="held", at=NOW)]
    assert (made.owner, made.owner_name) == (None, "")


def test_a_decision_changes_something_unless_it_says_that_it_does_not() -> None:
    assert Decision(lead=ANNA, before=0).changed


# --- whom it tells


def told(to: str) -> Draft:
    """Anna, who is in Kathmandu, has the lead."""
    calendars = POLICY.calendars | {"kathmandu": office("Asia/Kathmandu")}
    people = tuple(
        replace(one, calendar="kathmandu") if one.id == "anna" else one for one in POLICY.people
    )
    policy = replace(POLICY, people=people, calendars=calendars)
    made = drafted(policy, assignment=owned(ANNA), idle=ANNA.idle)
    made.notify("notice:x", to, "info", Phrase("x"))
    return made


@pytest.mark.parametrize(
    ("to", "zone"),
    [
        pytest.param("UMONA", "Europe/Berlin", id="of a person: theirs"),
        pytest.param("UANNA", "Asia/Kathmandu", id="of the owner: theirs"),
        pytest.param("#lead-sla", "Asia/Kathmandu", id="of a channel: the owner's"),
    ],
)
def test_a_notice_is_in_the_zone_of_its_reader(to: str, zone: str) -> None:
    (notice,) = told(to).effects.values()
    assert isinstance(notice, NoticeState)
    assert notice.zone == zone


def test_a_notice_without_a_recipient_is_recorded() -> None:
    made = told("")
    assert (made.effects, made.because) == ({}, [Phrase("notice.nobody", ("notice:x",))])


# --- what it frees


@pytest.mark.parametrize(("by", "offers"), [(1, set()), (0, set()), (-1, {"desk"})])
def test_only_what_is_freed_is_offered_to_who_waits(by: int, offers: set[str]) -> None:
    policy = routed(waiting_pool(limits=Limits(open=3)))
    made = drafted(policy)
    made.change_load(Load("anna", open=1), by, "why")
    assert made.offers == offers
    assert [(one.holder, one.by, one.why) for one in made.changes] == [("anna", by, "why")]
    other = drafted(policy)
    other.change_pool("desk", Load("desk", open=1), by, "why")
    assert other.offers == offers
    assert other.turns == {"desk": Turns("desk", load=Load("desk", open=1))}


def test_a_released_load_may_be_taken_in_the_same_decision() -> None:
    made = drafted()
    made.change_load(Load("anna", open=1), -1, "why")
    made.change_pool("everyone", Load("everyone", open=2), -1, "why")
    there = made.world_as_drafted()
    assert (there.loads["anna"].open, there.loads["ben"].open) == (1, 0)
    assert there.turns["everyone"].load.open == 2
