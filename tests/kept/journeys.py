"""What happens to the kept leads, from their arrival to the state in which they are kept.

Some came long ago, most on one day, and a night follows: each journey begins where the one before
left the clock. The tests name leads by these ids, so a new journey gets a new one.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from msgspec.structs import replace

from baton.adapters.ports import Deal
from baton.core.events import DealMoved, Deleted, Merged, Reapplied, SignalSeen, Told
from baton.wire.details import DealHint, PersonHint
from tests.builders import NOW, minutes
from tests.kept.journey import MQL, PERSON, Journey
from tests.kept.policies import other
from tests.kept.site import Site

DAY = timedelta(days=1)


def came_long_ago(site: Site) -> None:
    """128: nobody did anything, and it was closed after three months; its owner was warned. 129:
    its owner was warned, too. Ben was away when 128 came; he is owed the turn, and gets it back."""
    site.now = NOW - 105 * DAY
    away = PersonHint(
        event_id="cli:ben", person="ben", occurred_at=site.now, away=True, until=site.now + DAY
    )
    site.put(away, source="baton.cli")
    for lead_id in ("128", "129"):
        lead = Journey(site, lead_id)
        lead.comes()
        lead.press("accept")
        site.later(1)
        lead.called()
        site.now += 8 * DAY
    while site.lead("128").assignment is not None:
        site.wake("128")
    while not (idle := site.lead("129").idle) or not idle.climbed:
        site.wake("129")


def came_before(site: Site) -> None:
    """123: moved so often that the older half of its facts is folded into its base; held, and told
    of twice. 127: held for two days, and then handed off as it is."""
    site.now = NOW - 3 * DAY
    lead = Journey(site, "123")
    lead.known(site.now - 100 * DAY, lifecyclestage="lead", **PERSON)
    to_and_fro = 34 * [("API", MQL), ("API", "lead")]
    moves = [("API", "salesacceptedlead"), ("CRM_UI", "recycled"), *to_and_fro]
    for number, (source, stage) in enumerate(moves):
        at = site.now - 72 * DAY + number * DAY
        site.crm.set("123", at, source, lifecyclestage=stage)
    lead.hint("stage")
    site.wake("123")
    site.now = NOW - 2 * DAY
    Journey(site, "127").comes(industry="")
    site.wake("127")
    site.now = NOW


def climbs(site: Site) -> None:
    """101: warned and breached, and not accepted. 131 came meanwhile."""
    Journey(site, "101").comes()
    site.wake("101")
    site.wake("101")
    Journey(site, "131").comes()


def is_accepted(site: Site) -> None:
    """102: accepted, the first touch still to come. 103: reported as touched, which can be taken
    back; it was, before. 104: called and met, as HubSpot saw; its company has what it lacked."""
    site.crm.companies["104"] = {"industry": "Logistics"}
    for lead_id, industry in (("102", "Retail"), ("103", "Retail"), ("104", "")):
        lead = Journey(site, lead_id)
        lead.comes(industry=industry)
        site.later(1)
        lead.press("accept")
    actions: tuple[Literal["touch", "untouch"], ...] = ("touch", "untouch", "touch")
    for action in actions:
        site.later(1)
        Journey(site, "103").press(action)
    site.later(1)
    Journey(site, "104").called()
    Journey(site, "104").called("meeting")


def rests(site: Site) -> None:
    """105: snoozed. 106: its clocks stood still before, and stand still again. 107: one is kept by
    its condition, another begins with its acceptance."""
    lead = Journey(site, "105")
    lead.comes()
    site.later(1)
    lead.snooze(DAY)
    lead = Journey(site, "106")
    lead.comes()
    for waiting_on in ("lead", "us", "lead"):
        site.later(1)
        lead.written(waiting_on=waiting_on)
    site.later(1)
    lead.written(with_legal="yes")
    lead = Journey(site, "107")
    lead.comes("Webinar", product_interest="Routing")
    site.later(1)
    lead.written(replied="yes")


def is_held(site: Site) -> None:
    """108: held before MQL, nobody has it. 109: its owner wants it to be an SQL, and it is held
    there. 110 came meanwhile."""
    Journey(site, "108").comes(industry="", email="", phone="")
    lead = Journey(site, "109")
    lead.comes(product_interest="Routing")
    site.later(1)
    lead.press("accept")
    site.later(1)
    lead.press("qualify")
    Journey(site, "110").comes()


def waits(site: Site) -> None:
    """111 was disqualified, and left the desk's only place to 130. 112 waits for it, and the
    manager was warned; 113 stands behind."""
    Journey(site, "111").comes("Webinar", product_interest="Desk")
    for lead_id, offer in (("130", "Demo request"), ("112", "Demo request"), ("113", "Webinar")):
        site.later(1)
        Journey(site, lead_id).comes(offer, product_interest="Desk")
        if lead_id == "130":
            site.later(1)
            Journey(site, "111").press("reject", "competitor")
    site.wake("112")


def leaves(site: Site) -> None:
    """114: recycled, with a cool-off. 116: deleted. 117: merged."""
    lead = Journey(site, "114")
    lead.comes()
    site.later(1)
    lead.press("reject", "timing")
    for lead_id in ("116", "117"):
        Journey(site, lead_id).comes()
    site.put(Deleted(id=site.name("hs"), lead_id="116", at=site.now))
    site.put(Merged(id=site.name("hs"), lead_id="117", at=site.now, into="101"))


def changes_hands(site: Site) -> None:
    """118: passed on, given by hand, and its former card clicked. 119: HubSpot does not take its
    owner. 120: with a closer, by a deal. 121: a partner's, and Slack does not know its owner."""
    lead = Journey(site, "118")
    lead.comes()
    site.later(1)
    lead.press("reject", "language")
    site.later(1)
    site.slack.nobody = frozenset({lead.user})
    lead.reassign("cleo", "knows the account")
    site.slack.nobody = frozenset()
    site.later(1)
    lead.press("accept", assignment=1)
    lead.press("explain")
    site.crm.gone_owners = {"owner-dan"}
    Journey(site, "119").comes(hubspot_owner_id="owner-dan")
    site.crm.gone_owners = set()
    lead = Journey(site, "120")
    lead.comes(product_interest="Routing", baton_budget="50000")
    site.later(1)
    lead.press("accept")
    site.later(1)
    site.crm.deals["77"] = Deal("77", "qualified", "sales", "", site.now, ("120",))
    site.crm.deal_owners["77"] = "owner-cora"
    site.put(DealHint(event_id=site.name("hs"), deal_id="77", occurred_at=site.now, created=True))
    site.slack.nobody = frozenset({"UPIA"})
    lead = Journey(site, "121")
    lead.comes(hs_analytics_source="PARTNER")
    site.later(1)
    lead.press("accept")
    site.slack.nobody = frozenset()


def goes_by_another_policy(site: Site) -> None:
    """102: somebody said that its clocks are to follow the policy that was active for a while."""
    site.policies.publish(other(), by="ops", at=site.now, note="tried", forced=("stage:mql",))
    site.later(1)
    site.put(Reapplied(id=site.name("cli:reapply"), lead_id="102", at=site.now), source="baton.cli")
    site.policies.rollback(by="ops", at=site.now, note="not yet")
    site.later(1)


def are_away(site: Site) -> None:
    """Ben is away until Thursday, Pia until further notice; Kim was, and is back. Of Dan HubSpot
    said so itself, when it did not take him as 119's owner."""

    def said(person: str, source: Told = "cli", by: str = "", back: str = "") -> PersonHint:
        return PersonHint(
            event_id=site.name(f"{source}:{person}"),
            person=person,
            occurred_at=site.now,
            away=True,
            source=source,
            by=by,
            back=back,
        )

    site.put(said("slack:UBEN", "slack", back="2026-03-05"), source="baton.slack")
    site.put(said("pia", by="RevOps"), said("kim", by="RevOps"), source="baton.cli")
    site.later(1)
    site.put(replace(said("kim"), away=False), source="baton.cli")


def is_at_odds(site: Site) -> None:
    """122: others write what Baton writes: twice it is put right, once Baton yields."""
    lead = Journey(site, "122")
    lead.comes()
    site.later(1)
    lead.written("status", "IMPORT", hs_lead_status="OPEN")
    site.later(1)
    lead.written("owner", hubspot_owner_id="owner-pia")
    site.later(1)
    site.crm.set("122", site.now, "IMPORT", lifecyclestage="lead")
    lead.stage("lead", "IMPORT")


def says_something(site: Site) -> None:
    """115: created without a stage. 124: what it did counts, and so do its deals elsewhere."""
    lead = Journey(site, "115")
    lead.known(site.now, **PERSON)
    lead.hint("created")
    lead = Journey(site, "124")
    lead.known(site.now - 30 * DAY, lifecyclestage="lead", **PERSON)
    for number, signal in enumerate(("pricing_page", "trial", "pricing_page")):
        at = site.now - number * DAY
        seen = SignalSeen(
            id=site.name("product"), lead_id="124", at=at, signal=signal, source="product"
        )
        site.put(replace(seen, what="analytics"), source="com.example.product")
    outcomes: tuple[Literal["", "won", "lost"], ...] = ("", "lost", "won")
    for outcome in outcomes:
        moved = DealMoved(
            id=site.name("erp"),
            lead_id="124",
            at=site.now,
            deal="Q-1",
            stage="end",
            outcome=outcome,
            created=not outcome,
        )
        site.put(moved, source="erp")
    site.crm.deals["78"] = Deal("78", "end", "sales", "", site.now, ("124",))
    site.put(DealHint(event_id=site.name("hs"), deal_id="78", occurred_at=site.now, joined=True))


def is_late_at_night(site: Site) -> None:
    """125: breached at night, so that two people have yet to be told. 126: pulled back besides."""
    for lead_id, rungs in (("125", 2), ("126", 3)):
        Journey(site, lead_id).comes("Night call")
        noon = site.now
        for _ in range(rungs):
            site.wake(lead_id)
        site.now = noon + minutes(1)
    site.now += minutes(730)


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
)
