"""Assigning a lead and ending an assignment: which fields of the lead change, and which loads."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from baton.domain.draft.draft import Draft
from baton.domain.draft.emit import Ending, show_requested
from baton.domain.handoff.assign import (
    assign,
    end_assignment,
    give,
    handoff_of,
    resume_counting,
    stop_counting,
)
from baton.domain.lead import ArmedRung, DeferredNotice, Held, Lead, PastAssignment
from baton.domain.phrase import Phrase
from baton.domain.policy import Limits, Policy, Tier
from baton.domain.routing.search import Choice
from baton.domain.world.effects import CardState
from baton.domain.world.world import Load, Turns
from tests.builders import NOW, POLICY, handed_off, hint, minutes, owned, world
from tests.routed import routed, waiting_pool

ANNA = handed_off()[0]
WHY = Phrase("why.by_hand", ("",))


def drafted(policy: Policy = POLICY, now: Any = NOW, **lead: Any) -> Draft:
    """A lead without an owner; each person and each pool carries three leads."""
    loads = {one.id: Load(one.id, open=3) for one in policy.people}
    turns = {one.id: Turns(one.id, load=Load(one.id, open=3)) for one in policy.pools}
    known = Lead(**({"id": "101", "fields": {"company": "Acme"}} | lead))
    return Draft(known, hint("fields", now), world(policy, loads=loads, turns=turns), now)


def given(policy: Policy = POLICY, pool: str = "", **lead: Any) -> Draft:
    """The lead is given to Ben now."""
    made = drafted(policy, **lead)
    choice = Choice(policy.person["ben"], "by-hand", pool, WHY, (), counts_in_pool=bool(pool))
    give(made, choice, policy.handoff[policy.lifecycle.handoff])
    return made


def annas(**changes: Any) -> dict[str, Any]:
    """Fields of a lead that Anna has."""
    return {"assignment": replace(owned(ANNA), **changes), "assigned": 1, "idle": ANNA.idle}


def test_a_lead_that_is_given_has_nothing_of_what_was_before() -> None:
    before: dict[str, Any] = {
        "clocks": ANNA.clocks,
        "track": "timing",
        "reason": "timing",
        "cool_until": NOW,
        "yielded": {"baton_tier": "theirs"},
        "held": Held("sql", "confirm", NOW, (), (), ANNA.clocks[0], asked=True),
    }
    made = given(**before)
    lead = made.lead
    assert (lead.track, lead.reason, lead.cool_until, lead.yielded) == ("", "", None, {})
    assert {clock.started_at for clock in lead.clocks} == {NOW}
    assert len(lead.clocks) == 2
    assert made.rewrite == {"baton_tier"}, "the new owner's assignment is written over it"
    assert lead.held == replace(before["held"], asked=False), "it was the last owner who asked"


def test_an_assignment_leaves_a_hold_that_the_owner_did_not_ask_for() -> None:
    held = Held("sql", "confirm", NOW, (), (), ANNA.clocks[0])
    assert given(held=held).lead.held is held


def test_a_lead_that_no_tier_fits_has_no_promises() -> None:
    never = Tier("hot", "Hot", {"product": POLICY.tiers[0].when["offer"]}, POLICY.tiers[0].targets)
    assignment = owned(given(replace(POLICY, tiers=(never,))).lead)
    assert (assignment.tier, assignment.to_start) == ("", ())


def test_an_owner_without_promises_gets_a_card_all_the_same() -> None:
    made = given(routed())
    show_requested(made)
    assert [one.to for one in made.effects.values() if isinstance(one, CardState)] == ["UBEN"]


def test_a_lead_that_is_given_counts_for_its_owner_and_its_pool() -> None:
    made = given(pool="everyone")
    assert [(one.holder, one.by, one.why) for one in made.changes] == [
        ("ben", 1, "assigned"),
        ("pool:everyone", 1, "assigned"),
    ]
    assert (made.loads["ben"].open, owned(made.lead).counts_in_pool) == (4, True)


def test_after_the_first_owner_the_account_is_not_asked_again() -> None:
    made = drafted(replace(POLICY, ownership=("contact",)))
    assign(made, made.policy.handoff["mql"])
    assert not any(why.id.startswith("owner.") for why in made.because)


def test_a_lead_that_nobody_has_belongs_to_the_first_handoff() -> None:
    assert handoff_of(drafted()).stage == "mql"


# --- counting


@pytest.mark.parametrize(
    ("lead", "changes"),
    [
        pytest.param(annas(), [("anna", -1)], id="it counts"),
        pytest.param(annas(pool="everyone", counts_in_pool=True),
                     [("anna", -1), ("pool:everyone", -1)], id="for its pool, too"),
        pytest.param(annas(counts=False), [], id="it does not count"),
        pytest.param({}, [], id="nobody has it"),
    ],
)  # fmt: skip
def test_a_lead_stops_counting_once(lead: dict[str, Any], changes: list[tuple[str, int]]) -> None:
    made = drafted(**lead)
    stop_counting(made, "why")
    assert [(one.holder, one.by) for one in made.changes] == changes
    assert [load.open for load in made.loads.values()] == [2 for _ in changes[:1]]
    assert [turns.load.open for turns in made.turns.values()] == [2 for _ in changes[1:]]
    assert made.lead.assignment is None or not made.lead.assignment.counts


@pytest.mark.parametrize(
    ("lead", "changes"),
    [
        pytest.param(annas(counts=False), [("anna", 1)], id="it does not count"),
        pytest.param(annas(pool="everyone", counts_in_pool=True, counts=False),
                     [("anna", 1), ("pool:everyone", 1)], id="for its pool, too"),
        pytest.param(annas(), [], id="it counts"),
        pytest.param({}, [], id="nobody has it"),
    ],
)  # fmt: skip
def test_a_lead_counts_again_once(lead: dict[str, Any], changes: list[tuple[str, int]]) -> None:
    made = drafted(**lead)
    resume_counting(made, "why")
    assert [(one.holder, one.by) for one in made.changes] == changes
    assert [load.open for load in made.loads.values()] == [4 for _ in changes[:1]]
    assert [turns.load.open for turns in made.turns.values()] == [4 for _ in changes[1:]]
    assert made.lead.assignment is None or made.lead.assignment.counts


# --- ending


def deferred(number: int, to: Any) -> DeferredNotice:
    rung = ArmedRung(NOW, "breach", to)
    return DeferredNotice(NOW + minutes(9), rung, number, "anna", "call", "Call", NOW)


@pytest.mark.parametrize(
    ("ended", "one", "kept"),
    [
        ("taken_back", deferred(1, "manager"), True),
        ("taken_back", deferred(1, "owner"), False),
        ("closed", deferred(1, "manager"), False),
        ("closed", deferred(0, "owner"), True),
    ],
    ids=["pulled back: to the manager", "to the owner", "closed", "of an earlier owner"],
)
def test_which_deferred_notices_outlive_an_assignment(
    ended: Ending, one: DeferredNotice, kept: bool
) -> None:
    made = drafted(deferred=(one,), **annas())
    end_assignment(made, ended, WHY, NOW)
    assert made.lead.deferred == ((one,) if kept else ())


def test_an_ended_assignment_ends_its_clocks() -> None:
    made = drafted(clocks=ANNA.clocks, **annas())
    end_assignment(made, "closed", WHY, NOW)
    assert (made.lead.clocks, made.lead.idle) == ((), None)


def test_the_latest_twenty_assignments_are_kept() -> None:
    past = tuple(PastAssignment("ben", n, NOW, NOW, "closed") for n in range(20))
    made = drafted(past=past, **annas())
    end_assignment(made, "closed", WHY, NOW)
    assert made.lead.past[:-1] == past[1:]
    assert made.lead.past[-1].person == "anna"


def test_a_full_pool_has_room_again_when_a_lead_ends() -> None:
    policy = routed(waiting_pool(limits=Limits(open=3)))
    made = drafted(policy, **annas(pool="desk", counts_in_pool=True))
    end_assignment(made, "closed", WHY, NOW)
    assert made.turns["desk"].load.open == 2
    assert made.offers == {"desk"}
