"""Later handoffs: a lead that enters the stage of a handoff gets a new owner."""

from __future__ import annotations

from msgspec.structs import replace

from baton.domain.policy import Fallback, Handoff, Rule, Stage, Wait
from baton.domain.world.events import DealMoved
from baton.domain.world.world import Account
from tests.builders import NOW, became, click, contact, hint, kinds, minutes, owned
from tests.routed import Desk, routed

SQL, CUSTOMER = "salesqualifiedlead", "customer"


def with_customers() -> Desk:
    policy = routed()
    care = Handoff("customer", "To customer success", (Rule("care", {}, "closers", "Care"),))
    return Desk(replace(policy, handoffs=(*policy.handoffs, care)))


def test_a_qualified_lead_goes_on_to_a_closer() -> None:
    desk = Desk()
    desk.arrive("101")
    desk.send(click("accept", NOW, "UANNA"))
    decision = desk.moved("101", SQL)
    assert kinds(decision) == ["stage_moved", "qualified", "assigned"]
    assignment = owned(desk.leads["101"])
    assert (assignment.person, assignment.rule, assignment.handoff) == ("carl", "close", "sql")
    assert desk.leads["101"].written["hubspot_owner_id"].value == "owner-carl"
    assert (desk.open("anna"), desk.open("carl")) == (0, 1)
    assert [(c.holder, c.by) for c in decision.changes] == [("anna", -1), ("carl", 1)]


def test_a_closer_accepts_without_moving_the_stage_back() -> None:
    desk = Desk()
    desk.arrive("101")
    desk.moved("101", SQL)
    desk.send(click("accept", NOW, "UCARL", assignment=2))
    lead = desk.leads["101"]
    assert owned(lead).accepted_at == NOW
    assert lead.state.stage == "sql"


def test_the_next_stage_ends_a_handoff() -> None:
    desk = Desk()
    desk.arrive("101")
    desk.moved("101", SQL)
    decision = desk.moved("101", CUSTOMER)
    assert "qualified" in kinds(decision)
    assert desk.owner("101") == ""
    assert desk.open("carl") == 0


def test_where_no_stage_follows_the_first_touch_ends_a_handoff() -> None:
    desk = with_customers()
    desk.arrive("101")
    desk.moved("101", SQL)
    desk.moved("101", CUSTOMER)
    assert owned(desk.leads["101"]).handoff == "customer"
    owner = desk.policy.person[desk.owner("101")]
    decision = desk.send(click("touch", NOW, owner.slack_user, assignment=3))
    assert kinds(decision) == ["touched", "qualified"]
    assert desk.owner("101") == ""


def test_a_new_handoff_may_go_to_a_former_owner() -> None:
    """Carl let the lead go as an AE; in customer success he may get it again."""
    desk = with_customers()
    desk.arrive("101")
    desk.moved("101", SQL)
    desk.send(click("reject", NOW, "UCARL", assignment=2, reason="language"))
    assert desk.owner("101") == "cora"
    desk.moved("101", CUSTOMER)
    assert {desk.owner("101")} <= {"carl", "cora"}
    assert desk.leads["101"].round_from == 3


def test_a_lead_already_in_the_stage_keeps_its_owner() -> None:
    desk = Desk()
    desk.contacts["101"] = contact("101", (), lifecyclestage=SQL)
    desk.send(hint("fields"))
    assert desk.owner("101") == ""


def test_a_lead_that_enters_the_stage_is_handed_off() -> None:
    """Another system reports the stage of a contact that Baton has not seen before."""
    desk = Desk()
    desk.contacts["101"] = contact("101", (), lifecyclestage=SQL)
    desk.moved("101", SQL)
    assert owned(desk.leads["101"]).handoff == "sql"


def test_a_deal_starts_a_handoff_too() -> None:
    policy = routed()
    stages = tuple(
        replace(stage, deal_stages=("presentation",)) if stage.id == "sql" else stage
        for stage in policy.lifecycle.stages
    )
    desk = Desk(replace(policy, lifecycle=replace(policy.lifecycle, stages=stages)))
    desk.arrive("101")
    desk.send(DealMoved(id="d", lead_id="101", at=NOW, deal="7", stage="presentation"))
    assert owned(desk.leads["101"]).handoff == "sql"


def test_a_handoff_goes_to_the_open_deals_owner() -> None:
    policy = routed()
    close = replace(policy.handoffs[0], ownership=("open_deal",))
    desk = Desk(replace(policy, handoffs=(close,)))
    desk.account = Account({"open_deal": ("owner-cora", "7")})
    desk.arrive("101")
    desk.moved("101", SQL)
    assert (desk.owner("101"), owned(desk.leads["101"]).rule) == ("cora", "open-deal-owner")


def test_a_gate_before_the_stage_delays_the_handoff() -> None:
    policy = routed()

    def gated(stage: Stage) -> Stage:
        return replace(stage, requires=(("product",),)) if stage.id == "sql" else stage

    lifecycle = replace(
        policy.lifecycle, stages=tuple(gated(stage) for stage in policy.lifecycle.stages)
    )
    desk = Desk(replace(policy, lifecycle=lifecycle))
    desk.arrive("101")
    desk.moved("101", SQL)
    assert desk.owner("101") == "anna"
    assert desk.leads["101"].held is not None
    desk.contacts["101"] = contact("101", (), product_interest="Routing")
    desk.now += minutes(5)
    desk.send(hint("fields", at=desk.now))
    assert owned(desk.leads["101"]).handoff == "sql"
    assert owned(desk.leads["101"]).at == desk.now


def test_a_handoff_waits_in_the_queue_while_all_closers_are_full() -> None:
    policy = routed()
    pools = tuple(
        replace(
            pool,
            fallback=(Fallback(wait=Wait(minutes(240))), Fallback(person="mona")),
        )
        if pool.id == "closers"
        else pool
        for pool in policy.pools
    )
    people = tuple(replace(p, max_open=0) if p.id in ("carl", "cora") else p for p in policy.people)
    desk = Desk(replace(policy, pools=pools, people=people))
    desk.arrive("101")
    desk.moved("101", SQL)
    assert desk.waits("closers") == ["101"]
    assert desk.open("anna") == 0
    desk.policy = replace(desk.policy, people=policy.people)
    desk.tick(NOW + minutes(60))
    assert desk.owner("101") == "carl", "a new policy's room is found within the hour"
    assert owned(desk.leads["101"]).handoff == "sql"


def test_a_person_who_recycles_a_lead_without_a_reason_has_recycled_it() -> None:
    """Reports must not count it among the disqualified."""
    policy = routed()
    lifecycle = replace(policy.lifecycle, backward={"crm_ui": "accept"})
    for stage, outcome in (("recycled", "recycled"), ("disqualified", "disqualified")):
        desk = Desk(replace(policy, lifecycle=lifecycle))
        desk.arrive("101")
        desk.now += minutes(5)
        decision = desk.send(became(stage, at=desk.now, source="CRM_UI"))
        assert kinds(decision) == ["stage_moved", outcome]
        assert desk.open("anna") == 0
