"""A lead moves from one owner to another: never back in the same round, and both are told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from baton.domain.draft.decision import Decision
from baton.domain.draft.draft import Draft
from baton.domain.handoff.reassign import pass_to_next_rep
from baton.domain.phrase import Phrase
from baton.domain.policy import Member, Pool, Rung, Target, Tier, TimeOff
from baton.domain.world.effects import CardState, ContactState, NoticeState, TaskState
from baton.domain.world.events import OwnerRefused, Reassigned, Snoozed
from baton.domain.world.world import Away, Load
from tests.builders import NOW, click, kinds, manager, minutes, owned, rep, world
from tests.routed import Desk, routed, waiting_pool
from tests.worded import lines, reasons, title, words

DAY = timedelta(days=1)
ACCEPT = Target("accept", "Accept", minutes(15), "accept", (Rung("warn", share=0.5),), task="Call")


def give(to: str, **fields: Any) -> Reassigned:
    given: dict[str, Any] = {"id": f"r-{to}", "lead_id": "101", "at": NOW, "to": to}
    return Reassigned(**(given | fields))


def notices(decision: Decision) -> list[tuple[str, str]]:
    return [(e.to, title(e)) for e in decision.effects if isinstance(e, NoticeState)]


def arrived(**changes: Any) -> Desk:
    desk = Desk(routed(**({"tiers": (Tier("hot", "Hot", {}, (ACCEPT,)),)} | changes)))
    desk.arrive("101", lastname="Lovelace")
    assert desk.owner("101") == "anna"
    return desk


def test_reassigning_by_hand_moves_owner_tasks_and_card_and_tells_both() -> None:
    desk = arrived()
    decision = desk.send(give("ben", by="Rita", note="knows the customer"))
    assert kinds(decision) == ["reassigned", "assigned"]
    assert owned(desk.leads["101"]).person == "ben"
    cards = {e.to: e for e in decision.effects if isinstance(e, CardState)}
    assert (cards["UANNA"].state, cards["UBEN"].state) == ("taken_back", "open")
    assert words(cards["UANNA"].note) == "Rita gave it to Ben: knows the customer"
    assert reasons(decision)[0] == "Rita gave it to Ben: knows the customer"
    assert owned(desk.leads["101"]).pool == "", "it counts in no pool"
    assert notices(decision) == [("UANNA", "Ada Lovelace is no longer yours")]
    tasks = [(e.owner, e.done) for e in decision.effects if isinstance(e, TaskState)]
    assert tasks == [("owner-anna", True), ("owner-ben", False)]
    (shown,) = (e for e in decision.effects if isinstance(e, ContactState))
    assert shown.properties["hubspot_owner_id"].value == "owner-ben"
    assert [(held_by.person, held_by.ended) for held_by in desk.leads["101"].past] == [
        ("anna", "taken_back")
    ]


@pytest.mark.parametrize(
    ("event", "loads", "why"),
    [
        (give("nobody"), {}, "nobody is not in the roster"),
        (give("anna"), {}, "Anna has this lead already"),
        (give("ben"), {"ben": Load("ben", open=2)}, "Ben is full (2 of 2 open leads)"),
        (give("ben"), {"ben": Load("ben", away=Away(NOW, None, "slack"))}, "Ben is marked as away"),
        (give("leo"), {}, "Leo is away"),
        (give("ida"), {}, "Ida is not active"),
        (give("ben", lead_id="9"), {}, "nobody has this lead"),
    ],
)
def test_a_reassignment_that_cannot_be_is_parked_with_its_reason(
    event: Reassigned, loads: dict[str, Load], why: str
) -> None:
    people = (
        rep("anna", max_open=2),
        rep("ben", max_open=2),
        rep("leo", time_off=(TimeOff(NOW, NOW + minutes(1)),)),
        rep("ida", active=False),
        rep("carl"),
        rep("cora"),
        manager("mona"),
        manager("dora", manager=""),
    )
    desk = arrived(people=people)
    desk.loads |= loads
    decision = desk.send(event)
    assert why in words(decision.unworkable)
    assert desk.owner("101") == "anna"


def test_a_lead_never_returns_to_a_former_owner_in_the_same_round() -> None:
    desk = arrived()
    desk.send(click("reject", NOW, "UANNA", reason="language"))
    assert desk.owner("101") == "ben"
    assert desk.send(give("anna")).unworkable == Phrase("reassign.let_go", ("Anna",))
    desk.send(give(""))
    # Anna and Ben have had the lead: nobody in the pool is left to wait for, so the manager has it.
    assert (desk.waits(), desk.owner("101")) == ([], "mona")


def test_a_rejection_that_reassigns_leaves_the_stage_alone() -> None:
    desk = arrived()
    decision = desk.send(click("reject", NOW, "UANNA", reason="language"))
    assert kinds(decision) == ["rejected", "assigned"]
    assert decision.outcomes[0].person == "anna"
    assert reasons(decision)[0] == "Anna passed it on: Not my language"
    lead = desk.leads["101"]
    assert lead.past[-1].ended == "rejected"
    assert (lead.state.stage, lead.reason) == ("mql", "")
    assert owned(lead).person == "ben"
    assert notices(decision) == [], "who rejects a lead knows that it is gone"


def test_an_owner_whom_hubspot_refuses_gets_no_more_leads() -> None:
    desk = arrived()
    refused = OwnerRefused(id="o", lead_id="101", at=NOW, person="hubspot:owner-anna")
    decision = desk.send(refused)
    assert desk.owner("101") == "ben"
    assert desk.loads["anna"].refused == Away(NOW, None, "hubspot")
    assert desk.loads["anna"].open == 0
    assert kinds(decision) == ["reassigned", "assigned"]
    assert Phrase("owner_refused", ("Anna",)) in decision.because
    assert {to for to, _ in notices(decision)} == {"UANNA"}
    desk.arrive("2")
    assert desk.owner("2") == "ben"
    again = desk.send(OwnerRefused(id="o2", lead_id="101", at=NOW, person="anna"))
    assert not again.changed


def test_an_owner_whom_slack_does_not_reach_gets_no_more_leads_and_is_not_told() -> None:
    desk = arrived()
    gone = OwnerRefused(id="o", lead_id="101", at=NOW, person="slack:UANNA")
    decision = desk.send(gone)
    assert desk.owner("101") == "ben"
    assert desk.loads["anna"].unreachable == Away(NOW, None, "workspace")
    assert desk.loads["anna"].refused is None
    assert Phrase("unreachable", ("Anna",)) in decision.because
    assert notices(decision) == []
    desk.arrive("2")
    assert desk.owner("2") == "ben"


@pytest.mark.parametrize(
    ("person", "said"),
    [
        pytest.param("nobody", Phrase("owner_refused.unknown", ("nobody",)), id="not known"),
        pytest.param("ben", Phrase("owner_refused.not_theirs", ("Ben",)), id="not the owner"),
    ],
)
def test_a_refusal_of_somebody_else_leaves_the_lead_where_it_is(person: str, said: Phrase) -> None:
    desk = arrived()
    decision = desk.send(OwnerRefused(id="o", lead_id="101", at=NOW, person=person))
    assert decision.because == (said,)
    assert desk.owner("101") == "anna"


def test_a_refusal_of_a_person_without_a_lead_is_noted() -> None:
    desk = Desk()
    decision = desk.send(OwnerRefused(id="o", lead_id="9", at=NOW, person="anna"))
    assert decision.because == (Phrase("owner_refused.not_theirs", ("Anna",)),)


def test_a_person_accepted_again_may_be_refused_again() -> None:
    desk = arrived()
    desk.loads["anna"] = replace(desk.loads["anna"], refused=Away(NOW, NOW, "hubspot"))
    desk.send(OwnerRefused(id="o", lead_id="101", at=NOW, person="anna"))
    assert desk.loads["anna"].refused == Away(NOW, None, "hubspot")
    assert desk.owner("101") == "ben"


def test_a_lead_of_an_owner_who_has_left_the_roster_is_passed_on_without_a_name() -> None:
    desk = arrived()
    left = tuple(one for one in desk.policy.people if one.id != "anna")
    pools = (waiting_pool(members=(Member("ben"),)), desk.policy.pools[1])
    policy = replace(desk.policy, people=left, pools=pools)
    made = Draft(desk.leads["101"], click("reject", NOW), world(policy, loads=desk.loads), NOW)
    pass_to_next_rep(made, policy.reason["language"], NOW)
    assert [(one.kind, one.person) for one in made.outcomes] == [
        ("rejected", ""),
        ("assigned", "ben"),
    ]


def test_where_hubspot_accepts_no_owner_the_last_resort_keeps_the_lead() -> None:
    desk = arrived()
    changed, refused = True, []
    while changed:
        owner = desk.owner("101")
        refused.append(owner)
        event = OwnerRefused(id=desk.name(), lead_id="101", at=desk.now, person=owner)
        changed = desk.send(event).changed
        desk.tick(desk.now + minutes(24 * 60))
    assert refused == ["anna", "ben", "mona", "dora", "dora"], "the last time nothing changed"
    assert desk.owner("101") == "dora"


def test_leads_assigned_to_a_refused_owner_meanwhile_are_reassigned() -> None:
    """HubSpot refused Anna at 10:00; this lead came at 10:01, and the news at 10:02."""
    desk = Desk()
    desk.now = NOW + minutes(1)
    desk.arrive("101")
    assert desk.owner("101") == "anna"
    desk.now = NOW + minutes(2)
    anna = desk.loads["anna"]
    desk.loads["anna"] = replace(anna, refused=Away(NOW, None, "hubspot"), version=anna.version + 1)
    desk.send(OwnerRefused(id="o", lead_id="101", at=desk.now, person="anna"))
    assert desk.owner("101") == "ben"


def test_a_lead_in_the_queue_can_be_reassigned_by_hand() -> None:
    desk = Desk()
    desk.away("anna")
    desk.away("ben")
    desk.arrive("101")
    assert desk.waits() == ["101"]
    desk.send(give("mona", by="RevOps"))
    assert (desk.owner("101"), desk.waits()) == ("mona", [])
    assert desk.turns["desk"].waiting == 0


def test_a_snooze_postpones_the_remaining_time_of_the_clocks() -> None:
    """Ten of fifteen minutes are left at 09:05 in Berlin; after 16:55 tomorrow five of them are
    before closing time."""
    desk = arrived()
    desk.now = NOW + minutes(5)
    until = NOW + minutes(24 * 60 + 7 * 60 + 55)
    desk.send(Snoozed(id="s", lead_id="101", at=desk.now, assignment=1, until=until))
    (clock,) = desk.leads["101"].clocks
    assert clock.due_at == NOW + minutes(2 * 24 * 60 + 5)
    assert desk.leads["101"].wake_at == until
    (task,) = (one for one in desk.decisions[-1].effects if isinstance(one, TaskState))
    assert task.due_at == clock.due_at
    assert desk.open("anna") == 0


@pytest.mark.parametrize(
    ("assignment", "until", "why"),
    [
        (7, NOW + minutes(9), "that owner no longer has the lead"),
        (1, NOW, "has passed, so the lead cannot be snoozed"),
        (1, NOW + 30 * DAY + minutes(1), "a lead can be snoozed for at most 30 days"),
    ],
)
def test_an_impossible_snooze_says_why(assignment: int, until: Any, why: str) -> None:
    desk = arrived()
    event = Snoozed(id="s", lead_id="101", at=NOW, assignment=assignment, until=until)
    assert why in words(desk.send(event).unworkable)


@pytest.mark.parametrize(
    ("at_most", "said"),
    [
        (30 * DAY, "30 days"),
        (7 * DAY, "7 days"),
        (DAY, "1 day"),
        (timedelta(hours=36), "1 day 12 h"),
        (minutes(90), "1 h 30 min"),
        (365 * DAY, "365 days"),
    ],
)
def test_a_snooze_is_as_long_as_the_policy_lets_it_be(at_most: timedelta, said: str) -> None:
    desk = arrived(snooze_at_most=at_most)
    event = Snoozed(id="s", lead_id="101", at=NOW, assignment=1, until=NOW + at_most + minutes(1))
    refused = desk.send(event).unworkable
    assert words(refused) == f"a lead can be snoozed for at most {said}"
    desk.send(replace(event, id="s2", until=NOW + at_most))
    assert owned(desk.leads["101"]).snoozed_until == NOW + at_most


# --- telling the former owner

LATE = (Rung("breach", after=timedelta()), Rung("pull_back", after=minutes(5)))
PULLED = (Tier("hot", "Hot", {}, (replace(ACCEPT, ladder=LATE),)),)


def moved(decision: Decision) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (effect.to, lines(effect))
        for effect in decision.effects
        if isinstance(effect, NoticeState) and title(effect).endswith("is no longer yours")
    ]


@pytest.mark.parametrize(
    ("ben_is_away", "where"),
    [(False, "It is with Ben now."), (True, "It waits for the next rep.")],
)
def test_the_former_owner_is_told_why_and_who_has_it(ben_is_away: bool, where: str) -> None:
    desk = arrived(tiers=PULLED)
    if ben_is_away:
        desk.away("ben")
    desk.tick(NOW + minutes(20))
    (pulled_back,) = (d for d in desk.decisions if "pulled_back" in kinds(d))
    assert moved(pulled_back) == [("UANNA", ("Accept ran out.", where))]


def test_a_former_owner_who_gets_the_lead_again_is_not_told_of_losing_it() -> None:
    """The roster has only Anna: the lead is taken from her, and she gets it again."""
    alone = replace(
        routed(),
        people=(rep("anna", manager=""),),
        pools=(Pool("desk", "Desk", (Member("anna"),), ()),),
        handoffs=(),
        tiers=PULLED,
    )
    desk = Desk(alone)
    desk.arrive("101")
    desk.tick(NOW + minutes(20))
    assert kinds(desk.decisions[-1]) == ["pulled_back", "assigned"]
    assert owned(desk.leads["101"]).number == 2
    assert desk.owner("101") == "anna"
    assert moved(desk.decisions[-1]) == []
