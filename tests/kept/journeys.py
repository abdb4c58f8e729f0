"""The journeys of the kept leads, from their arrival to the state in which they are kept.

Some leads arrived long ago, most on one day, and a night follows: each journey begins at the time
at which the one before ended. The tests name leads by these ids, so a new journey needs a new id.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from msgspec.structs import replace

from baton.application.ports.crm import Deal
from baton.domain.world.events import (
    DealMoved,
    Deleted,
    Merged,
    OwnerAbsent,
    Reapplied,
    SignalSeen,
    Told,
)
from baton.domain.world.world import Touch
from baton.wire.details import DealHint, OddWebhook, PersonHint
from tests.builders import NOW, minutes
from tests.kept.journey import MQL, PERSON, Journey
from tests.kept.policies import asking, other, strict
from tests.kept.rig import Rig

DAY = timedelta(days=1)


def came_long_ago(rig: Rig) -> None:
    """128: nobody acted; its owner was warned, and it was closed after three months. 129: its owner
    was warned, too. Ben was away when 128 arrived; he is owed the turn, and gets it back."""
    rig.now = NOW - 105 * DAY
    away = PersonHint(
        event_id="cli:ben", person="ben", occurred_at=rig.now, away=True, until=rig.now + DAY
    )
    rig.put(away, source="baton.cli")
    for lead_id in ("128", "129"):
        lead = Journey(rig, lead_id)
        lead.comes()
        lead.press("accept")
        rig.later(1)
        lead.called()
        rig.now += 8 * DAY
    while rig.lead("128").assignment is not None:
        rig.wake("128")
    while not (idle := rig.lead("129").idle) or not idle.climbed:
        rig.wake("129")


def came_before(rig: Rig) -> None:
    """123: moved so often that the older half of its facts is folded into its base; held, with two
    notices. 127: held for two days, and then handed off flagged."""
    rig.now = NOW - 3 * DAY
    lead = Journey(rig, "123")
    lead.known(rig.now - 100 * DAY, lifecyclestage="lead", **PERSON)
    to_and_fro = 34 * [("API", MQL), ("API", "lead")]
    moves = [("API", "salesacceptedlead"), ("CRM_UI", "recycled"), *to_and_fro]
    for number, (source, stage) in enumerate(moves):
        at = rig.now - 72 * DAY + number * DAY
        rig.crm.set("123", at, source, lifecyclestage=stage)
    lead.hint("stage")
    rig.wake("123")
    rig.now = NOW - 2 * DAY
    Journey(rig, "127").comes(industry="")
    rig.wake("127")
    rig.now = NOW


def climbs(rig: Rig) -> None:
    """101: warned and breached, and not accepted. 131 arrived meanwhile, with a phone number and a
    country that is none."""
    Journey(rig, "101").comes()
    rig.wake("101")
    rig.wake("101")
    Journey(rig, "131").comes(phone="+49 30 555 0131", hs_country_region_code="DACH")


def is_accepted(rig: Rig) -> None:
    """102: accepted, the first touch is open. 103: the first touch was reported, taken back, and
    reported again. 104: a call and a meeting seen in HubSpot; its company has the fields it
    lacked."""
    rig.crm.companies["104"] = {"industry": "Logistics"}
    for lead_id, industry in (("102", "Retail"), ("103", "Retail"), ("104", "")):
        lead = Journey(rig, lead_id)
        lead.comes(industry=industry)
        rig.later(1)
        lead.press("accept")
    actions: tuple[Literal["touch", "untouch"], ...] = ("touch", "untouch", "touch")
    for action in actions:
        rig.later(1)
        Journey(rig, "103").press(action)
    rig.later(1)
    Journey(rig, "104").called()
    Journey(rig, "104").called("meeting")


def rests(rig: Rig) -> None:
    """105: snoozed. 106: its clocks were paused before, and are paused again. 107: one clock is
    kept by its condition, another started with the acceptance."""
    lead = Journey(rig, "105")
    lead.comes()
    rig.later(1)
    lead.snooze(DAY)
    lead = Journey(rig, "106")
    lead.comes()
    for waiting_on in ("lead", "us", "lead"):
        rig.later(1)
        lead.written(waiting_on=waiting_on)
    rig.later(1)
    lead.written(with_legal="yes")
    lead = Journey(rig, "107")
    lead.comes("Webinar", product_interest="Routing")
    rig.later(1)
    lead.written(replied="yes")


def is_held(rig: Rig) -> None:
    """108: held before MQL, without an owner. 109: its owner pressed Qualified, and it is held
    before SQL. 110 arrived meanwhile."""
    Journey(rig, "108").comes(industry="", email="", phone="")
    lead = Journey(rig, "109")
    lead.comes(product_interest="Routing")
    rig.later(1)
    lead.press("accept")
    rig.later(1)
    lead.press("qualify")
    Journey(rig, "110").comes()


def waits(rig: Rig) -> None:
    """111 was disqualified, so 130 got the only place in the pool. 112 waits in the queue, and the
    manager was told and warned; 113 waits behind it."""
    Journey(rig, "111").comes("Webinar", product_interest="Desk")
    for lead_id, offer in (("130", "Demo request"), ("112", "Demo request"), ("113", "Webinar")):
        rig.later(1)
        Journey(rig, lead_id).comes(offer, product_interest="Desk")
        if lead_id == "130":
            rig.later(1)
            Journey(rig, "111").press("reject", "competitor")
    while (waiting := rig.lead("112").waiting) and not waiting.clock.climbed:
        rig.wake("112")


def leaves(rig: Rig) -> None:
    """114: recycled, with a cool-off. 116: deleted. 117: merged into a contact that HubSpot
    does not have any more, so nobody takes it over."""
    lead = Journey(rig, "114")
    lead.comes()
    rig.later(1)
    lead.press("reject", "timing")
    for lead_id in ("116", "117"):
        Journey(rig, lead_id).comes()
    del rig.crm.properties["116"]
    rig.put(Deleted(id=rig.name("hs"), lead_id="116", at=rig.now))
    rig.put(Merged(id=rig.name("hs"), lead_id="117", at=rig.now, into="190"))


def changes_hands(rig: Rig) -> None:
    """118: passed on, reassigned by hand, and then its former card clicked. 119: HubSpot does not
    accept its owner. 120: handed off to a closer, by a deal. 121: from a partner; Slack does not
    know its owner."""
    lead = Journey(rig, "118")
    lead.comes()
    rig.later(1)
    lead.press("reject", "language")
    rig.later(1)
    rig.slack.nobody = frozenset({lead.user})
    lead.reassign("cleo", "knows the account")
    rig.slack.nobody = frozenset()
    rig.later(1)
    lead.press("accept", assignment=1)
    lead.press("explain")
    rig.crm.gone_owners = {"owner-dan"}
    Journey(rig, "119").comes(hubspot_owner_id="owner-dan")
    rig.crm.gone_owners = set()
    lead = Journey(rig, "120")
    lead.comes(product_interest="Routing", baton_budget="50000")
    rig.later(1)
    lead.press("accept")
    rig.later(1)
    rig.crm.deals["77"] = Deal("77", "qualified", "sales", "", rig.now, ("120",))
    rig.crm.deal_owners["77"] = "owner-cora"
    rig.put(DealHint(event_id=rig.name("hs"), deal_id="77", occurred_at=rig.now, created=True))
    rig.slack.nobody = frozenset({"UPIA"})
    lead = Journey(rig, "121")
    lead.comes(hs_analytics_source="PARTNER")
    rig.later(1)
    lead.press("accept")
    rig.slack.nobody = frozenset()


def goes_by_another_policy(rig: Rig) -> None:
    """102: a policy that was active for some time was reapplied to its clocks."""
    rig.policies.publish(other(), by="ops", at=rig.now, note="tried", forced=("stage:mql",))
    rig.later(1)
    rig.put(Reapplied(id=rig.name("cli:reapply"), lead_id="102", at=rig.now), source="baton.cli")
    rig.policies.rollback(by="ops", at=rig.now, note="not yet")
    rig.later(1)


def are_away(rig: Rig) -> None:
    """Ben is away until Thursday, Pia until further notice; Kim was away, and is back. HubSpot
    refused Dan as the owner of 119."""

    def said(person: str, source: Told = "cli", by: str = "", back: str = "") -> PersonHint:
        return PersonHint(
            event_id=rig.name(f"{source}:{person}"),
            person=person,
            occurred_at=rig.now,
            away=True,
            source=source,
            by=by,
            back=back,
        )

    rig.put(said("slack:UBEN", "slack", back="2026-03-05"), source="baton.slack")
    rig.put(said("pia", by="RevOps"), said("kim", by="RevOps"), source="baton.cli")
    rig.later(1)
    rig.put(replace(said("kim"), away=False), source="baton.cli")


def is_at_odds(rig: Rig) -> None:
    """122: others write what Baton writes: twice Baton restores it, once it yields."""
    lead = Journey(rig, "122")
    lead.comes()
    rig.later(1)
    lead.written("status", "IMPORT", hs_lead_status="OPEN")
    rig.later(1)
    lead.written("owner", hubspot_owner_id="owner-pia")
    rig.later(1)
    rig.crm.set("122", rig.now, "IMPORT", lifecyclestage="lead")
    lead.stage("lead", "IMPORT")


def says_something(rig: Rig) -> None:
    """115: created without a stage. 124: has evidence, and deals in other stages."""
    lead = Journey(rig, "115")
    lead.known(rig.now, **PERSON)
    lead.hint("created")
    lead = Journey(rig, "124")
    lead.known(rig.now - 30 * DAY, lifecyclestage="lead", **PERSON)
    for number, signal in enumerate(("pricing_page", "trial", "pricing_page")):
        at = rig.now - number * DAY
        seen = SignalSeen(
            id=rig.name("product"), lead_id="124", at=at, signal=signal, source="product"
        )
        rig.put(replace(seen, what="analytics"), source="com.example.product")
    outcomes: tuple[Literal["", "won", "lost"], ...] = ("", "lost", "won")
    for outcome in outcomes:
        moved = DealMoved(
            id=rig.name("erp"),
            lead_id="124",
            at=rig.now,
            deal="Q-1",
            stage="end",
            outcome=outcome,
            created=not outcome,
        )
        rig.put(moved, source="erp")
    rig.crm.deals["78"] = Deal("78", "end", "sales", "", rig.now, ("124",))
    rig.put(DealHint(event_id=rig.name("hs"), deal_id="78", occurred_at=rig.now, joined=True))
    odd = OddWebhook(
        event_id=rig.name("hs"),
        why="$[0].eventId: required",
        subscription="contact.propertyChange",
        object_id="124",
    )
    rig.put(odd)


def is_late_at_night(rig: Rig) -> None:
    """125: breached at night, with two deferred notices. 126: the same, and pulled back."""
    for lead_id, rungs in (("125", 2), ("126", 3)):
        Journey(rig, lead_id).comes("Night call")
        noon = rig.now
        for _ in range(rungs):
            rig.wake(lead_id)
        rig.now = noon + minutes(1)


def finds_no_room(rig: Rig) -> None:
    """134: its snooze is over, and its owner has no room for it. 135: waited while she was away,
    and was given to her when she was back."""
    lead = Journey(rig, "134")
    lead.comes("Webinar", product_interest="Lab")
    rig.later(1)
    lead.snooze(minutes(30))
    rig.later(1)
    uma = PersonHint(event_id=rig.name("cli:uma"), person="uma", occurred_at=rig.now, away=True)
    rig.put(uma, source="baton.cli")
    rig.later(1)
    Journey(rig, "135").comes("Webinar", product_interest="Lab")
    rig.later(1)
    back = replace(uma, event_id=rig.name("cli:uma"), occurred_at=rig.now, away=False)
    rig.put(back, source="baton.cli")
    rig.wake("134")


def is_acted_on_by_others(rig: Rig) -> None:
    """136: its owner's backup called. 137: was nobody, so its owner got the turn back. 138: a
    person set the status that means a first touch. 139: a person made a queue its owner."""
    lead = Journey(rig, "136")
    lead.comes(product_interest="Studio")
    rig.later(1)
    rig.crm.touch("136", rig.now, "call", "owner-wim")
    lead.hint("activity")
    lead = Journey(rig, "137")
    lead.comes(product_interest="Studio")
    rig.later(1)
    lead.press("reject", "spam")
    lead = Journey(rig, "138")
    lead.comes(product_interest="Studio", baton_budget="50000")
    rig.later(1)
    lead.press("accept")
    rig.later(1)
    lead.press("qualify")
    rig.later(1)
    rig.crm.set("138", rig.now, by="userId:9001", hs_lead_status="IN_PROGRESS")
    lead.hint("status")
    lead = Journey(rig, "139")
    lead.comes(product_interest="Studio")
    rig.later(1)
    lead.written("owner", hubspot_owner_id="owner-queue")


def takes_another_over(rig: Rig) -> None:
    """140: goes on as 141, which was merged into it; HubSpot kept the owner of 141."""
    for lead_id in ("140", "141"):
        Journey(rig, lead_id).comes(product_interest="Studio")
        rig.later(1)
    kept = Journey(rig, "141")
    kept.press("accept")
    rig.later(1)
    owner = f"owner-{kept.owner}"
    rig.crm.set("140", rig.now, "MERGE_OBJECTS", hubspot_owner_id=owner)
    rig.crm.merged["141"] = "140"
    del rig.crm.properties["141"]
    rig.put(Merged(id=rig.name("hs"), lead_id="141", at=rig.now, into="140"))


def goes_by_a_strict_policy(rig: Rig) -> None:
    """What others did under a policy that asks triggers. An import moved 142 forward: asked. A form
    moved 143: held. An app moved 144: followed, and told. An import moved 145 back: asked. 146 was
    moved on while it rests: it waits. 147 was, too, but asked for a call. 148 is parked, as
    Baton's moves lead in a circle. 149: its only deal was lost. Uma is away, so Vera covers 135."""
    for lead_id in ("142", "143", "144", "145", "146", "147", "149"):
        offer = "Webinar" if lead_id == "146" else "Demo request"
        Journey(rig, lead_id).comes(offer, product_interest="Studio")
    rig.later(1)
    Journey(rig, "145").press("accept")
    rig.policies.publish(strict(), by="ops", at=rig.now, note="stricter")
    rig.later(1)
    sources = (("142", "IMPORT", "58113"), ("143", "FORMS", ""), ("144", "API", "app:77"))
    for lead_id, source, source_id in sources:
        Journey(rig, lead_id).moves("salesqualifiedlead", source, source_id)
    Journey(rig, "145").moves("lead", "IMPORT", "58113")
    for lead_id in ("146", "147"):
        Journey(rig, lead_id).press("reject", "timing")
        rig.later(1)
        if lead_id == "147":
            rig.crm.set("147", rig.now, "FORM", recent_conversion_date=rig.now.isoformat())
        Journey(rig, lead_id).moves(MQL, "AUTOMATION_PLATFORM")
    Journey(rig, "148").known(rig.now, lifecyclestage="lead", topics="Loop", **PERSON)
    Journey(rig, "148").stage("lead")
    lost = DealMoved(
        id=rig.name("erp"), lead_id="149", at=rig.now, deal="Q-2", stage="end", outcome="lost"
    )
    rig.put(lost, source="erp")
    rig.later(1)
    uma = PersonHint(event_id=rig.name("cli:uma"), person="uma", occurred_at=rig.now, away=True)
    rig.put(uma, source="baton.cli")
    # As the check of the roster says it; the rig does not look for the leads of who went away.
    rig.put(OwnerAbsent(id=rig.name("owner-absent"), lead_id="135", at=rig.now, person="uma"))
    rig.policies.publish(asking(), by="ops", at=rig.now, note="ask more")
    rig.policies.rollback(2, by="ops", at=rig.now, note="too strict")


def night_falls(rig: Rig) -> None:
    rig.now = NOW + minutes(838)


def is_not_reached(rig: Rig) -> None:
    """132: its owner's call failed. Slack brings Lee no messages, whom HubSpot may still know."""
    lead = Journey(rig, "132")
    lead.comes(country="Brazil")
    failed = Touch(rig.now, "call", f"owner-{lead.owner}", "FAILED", "OUTBOUND")
    rig.crm.touched["132"] = [failed]
    lead.hint("activity")
    gone = PersonHint(
        event_id=rig.name("unreachable:ULEE"),
        person="slack:ULEE",
        occurred_at=rig.now,
        away=True,
        source="hubspot",
        why="deactivated",
    )
    rig.put(gone, source="baton.slack")


def replaces_another(rig: Rig) -> None:
    """133: another contact was merged into it, which Baton never saw."""
    rig.crm.merged["9133"] = "133"
    Journey(rig, "133").comes(country="Brazil")


JOURNEYS = (
    came_long_ago,
    came_before,
    climbs,
    is_accepted,
    rests,
    is_held,
    waits,
    leaves,
    changes_hands,
    goes_by_another_policy,
    are_away,
    is_at_odds,
    says_something,
    is_late_at_night,
    finds_no_room,
    is_acted_on_by_others,
    takes_another_over,
    goes_by_a_strict_policy,
    night_falls,
    is_not_reached,
    replaces_another,
)
