"""Work goes on from what was stored and sent: the code of today takes it where it was left."""

from __future__ import annotations

from datetime import timedelta

import pytest

from baton.adapters.parked import SqsParkingLot
from baton.adapters.ports import Busy, Claim, Superseded
from baton.adapters.queues import decode_effect
from baton.core.decide import decide
from baton.core.decision import Decision
from baton.core.effects import CardState, ContactState, DigestState, NoticeState, TaskState, Value
from baton.core.events import ClockDue
from baton.core.world import World
from baton.flows.advance import Advance, Contacts
from baton.flows.deliver import Delivered, deliver, in_hubspot, in_slack
from baton.flows.digest import send_digests
from baton.flows.redrive import redrive
from baton.flows.sweep import sweep_fast
from baton.messages import render
from tests.builders import NOW, due, minutes, owned
from tests.fakes.delivery import World as Outside
from tests.fakes.effects import card_state, notice_state
from tests.kept import outside
from tests.kept.journey import Journey
from tests.kept.reading import Kept
from tests.kept.site import HUBSPOT, SLACK, UNDELIVERED, Site

DAY = timedelta(days=1)
MORNING = NOW + DAY


def resumed(site: Site, lead_id: str, after: float, **fields: str) -> Journey:
    """The kept lead, *after* minutes past the day's begin, with its contact in HubSpot."""
    site.now = NOW + minutes(after)
    lead, policy = site.lead(lead_id), site.policies.active(site.now)
    known = {policy.field[name].property: value for name, value in lead.fields.items()}
    stage = policy.stage[lead.standing.stage].lifecyclestage
    owner = {"hubspot_owner_id": f"owner-{lead.assignment.person}"} if lead.assignment else {}
    journey = Journey(site, lead_id)
    journey.known(lead.standing.since or site.now, **(known | {"lifecyclestage": stage} | owner))
    site.crm.set(lead_id, site.now, **fields)
    return journey


# --- leads


def test_the_next_rung_is_decided_from_the_kept_lead_loads_turns_and_policy(site: Site) -> None:
    lead, policy = site.lead("101"), site.policies.active(NOW)
    turns, loads = site.leads.world(policy.pool, policy.person)
    world = World(policy=policy, loads=loads, turns=turns, touches=())
    decision = decide(lead, due(lead), world, NOW + minutes(25))
    assert isinstance(decision, Decision)
    assert [outcome.kind for outcome in decision.outcomes] == ["escalated"]
    assert (decision.lead.clocks[0].climbed, decision.lead.version) == (3, 4)
    (notice,) = [effect for effect in decision.effects if isinstance(effect, NoticeState)]
    assert notice.to == "UMONA"


def test_a_ladder_is_climbed_to_its_end(site: Site) -> None:
    resumed(site, "101", 20)
    before = site.leads.world([], ["anna", "ben"])[1]
    site.wake("101")
    site.wake("101")  # the warning of the first touch
    assert site.wake("101") == NOW + minutes(35)
    lead = site.lead("101")
    assert (owned(lead).person, owned(lead).number) == ("anna", 2)
    assert lead.past[-1].person == "ben"
    after = site.leads.world([], ["anna", "ben"])[1]
    assert after["ben"].open == before["ben"].open - 1
    assert after["anna"].open == before["anna"].open + 1
    assert site.crm.properties["101"]["hubspot_owner_id"] == "owner-anna"


def test_a_repeated_event_sends_its_kept_effects_again(site: Site) -> None:
    record = site.leads.history("101")[0]
    advance = Advance(site.leads, site.outbox, site.wakes, lambda attempt: None)
    policy = site.policies.active(NOW)
    done = advance(record.event, policy, Contacts(site.crm, []), NOW, redelivered=True)
    assert done.name == "repeated"
    sent = [decode_effect(body) for body in site.sqs.sent_to(HUBSPOT, SLACK)]
    assert sorted(sent, key=str) == sorted(record.effects, key=str)


def test_who_waits_gets_the_room_that_is_made(site: Site) -> None:
    resumed(site, "112", 110)
    resumed(site, "130", 110).press("reject", "competitor")
    assert owned(site.lead("112")).person == "kim"
    assert [place.lead for place in site.leads.queue("desk")] == ["113"]
    turns, loads = site.leads.world(["desk"], ["kim"])
    assert (turns["desk"].waiting, loads["kim"].open) == (1, 1)


def test_who_waits_too_long_goes_to_the_manager(site: Site) -> None:
    resumed(site, "112", 95)
    while site.lead("112").waiting is not None:
        at = site.wake("112")
    assert at == NOW + minutes(273)
    assert owned(site.lead("112")).person == "mona"


def test_a_rest_ends_and_the_lead_counts_again(site: Site) -> None:
    resumed(site, "105", 500)
    before = site.leads.world([], ["anna"])[1]["anna"].open
    site.wake("105")
    assert owned(site.lead("105")).snoozed_until is None
    assert site.leads.world([], ["anna"])[1]["anna"].open == before + 1


def test_clocks_that_stood_still_or_were_stopped_go_on(site: Site) -> None:
    resumed(site, "106", 36, waiting_on="", with_legal="").hint("fields")
    touch = site.lead("106").clocks[1]
    assert (touch.paused_at, touch.due_at) == (None, NOW + minutes(94))
    resumed(site, "107", 38, replied="").hint("fields")
    reply = site.lead("107").clocks[1]
    assert (reply.running, reply.due_at) == (True, NOW + minutes(457))
    resumed(site, "103", 41).press("untouch")
    touch = site.lead("103").clocks[1]
    assert (touch.running, touch.due_at) == (True, NOW + minutes(97))


def test_what_was_held_goes_on_once_it_is_complete(site: Site) -> None:
    complete = {"industry": "Logistics", "email": "ada@acme.example"}
    resumed(site, "108", 60, **complete).hint("fields")
    lead = site.lead("108")
    assert (lead.held, owned(lead).person) == (None, "anna")
    resumed(site, "109", 60, baton_budget="50000").hint("fields")
    lead = site.lead("109")
    assert (lead.standing.stage, owned(lead).handoff) == ("sql", "sql")


def test_what_waited_for_the_morning_is_told_then(site: Site) -> None:
    resumed(site, "126", 0)
    assert site.wake("126") == MORNING
    assert site.lead("126").untold == ()
    told = [one for one in site.slack.states() if isinstance(one, NoticeState)]
    assert [(one.to, one.title.startswith("Anna has missed Call")) for one in told] == [
        ("UMONA", True)
    ]


def test_who_let_a_lead_go_does_not_get_it_again(site: Site) -> None:
    resumed(site, "118", 100).press("reject", "language")
    lead = site.lead("118")
    assert [spell.person for spell in lead.past] == ["anna", "ben", "cleo"]
    assert owned(lead).person == "mona", "nobody is left in the pools"


def test_a_fight_goes_on_counting(site: Site) -> None:
    lead = resumed(site, "122", 110, hubspot_owner_id="owner-pia")
    for value in ("OPEN", "UNREAD"):
        site.later(1)
        lead.written("status", "IMPORT", hs_lead_status=value)
    found = site.lead("122")
    assert len(found.restored["hs_lead_status"]) == 2, "as often as the policy allows"
    assert found.yielded["hs_lead_status"] == "UNREAD", "it gives in"


def test_a_lead_that_was_closed_comes_back(site: Site) -> None:
    lead = resumed(site, "114", 24 * 60 * 70)
    form, asked_at = "Webinar", site.now.isoformat()
    lead.written(recent_conversion_event_name=form, recent_conversion_date=asked_at)
    found = site.lead("114")
    assert (found.standing.stage, found.reason, found.track) == ("mql", "", "")
    assert (owned(found).number, found.standing.times["mql"].count) == (2, 2)


# --- schedules


def test_sweeps_and_digests_go_on_where_they_were(site: Site) -> None:
    site.now = MORNING - minutes(15)
    swept = sweep_fast(site.leads, site.wakes, site.now)
    assert swept.gap == minutes(5)
    policy = site.policies.active(site.now)
    assert send_digests(policy, site.leads, site.outbox, site.now) == [], "sent already"
    site.now += DAY
    assert send_digests(policy, site.leads, site.outbox, site.now) == ["mona", "dora"]
    digest, _ = (decode_effect(body) for body in site.sqs.sent_to(SLACK))
    assert isinstance(digest, DigestState)
    assert "Ada Example" in str(render(digest).blocks), "what was breached is still open"


def test_a_wake_that_was_sent_is_worked(site: Site, kept: Kept) -> None:
    resumed(site, "101", 30)
    event = ClockDue(id="wake:2026-03-03T08:25:00Z", lead_id="101", at=NOW + minutes(25))
    assert any(event.id in body or '"fast"' in body for body in kept.news)
    site.wakes.send([event])
    site.run()
    assert site.lead("101").clocks[0].climbed == 3


# --- slots and boards


def test_a_slot_refuses_what_is_older_and_takes_what_is_newer(site: Site) -> None:
    shown = card_state(3)
    site.now = NOW + minutes(840)
    with pytest.raises(Busy):
        site.slots.claim(card_state(5), "early", site.now - minutes(1.5))
    assert site.slots.claim(card_state(2), "late", site.now) == Superseded(3)
    assert site.slots.claim(shown, "again", site.now) == Superseded(3)
    claim = site.slots.claim(card_state(5), "new", site.now)
    assert isinstance(claim, Claim)
    assert (claim.shown, claim.outside_id, claim.unsure) == (3, "D0ANNA:1772442000.000100", True)


def test_a_message_in_doubt_is_looked_for_before_it_is_sent_again(site: Site) -> None:
    site.now = NOW + minutes(840)
    effect = card_state(1, slot="card:2", assignment=2)
    show = in_slack(site.slack, site.boards, site.slots, site.now)
    shown = deliver(effect, site.now, "next", site.slots, show)
    assert isinstance(shown, Delivered)
    assert shown.looked
    assert site.slack.calls == ["find", "post"]


def test_only_what_was_decided_since_is_written(site: Site) -> None:
    """The slot of 101's contact shows version 3."""
    resumed(site, "101", 30)
    lead = site.lead("101")
    newer = lead.written | {"baton_tier": Value("warm", since=4)}
    effect = ContactState(
        subject="LEAD#101", slot="contact", version=4, contact_id="101", properties=newer
    )
    asked: list[str] = []
    site.crm.before = asked.append
    show = in_hubspot(site.crm, lambda effect, owner: None)
    before = dict(site.crm.properties["101"])
    deliver(effect, site.now, "next", site.slots, show)
    assert asked == ["show_contact"]
    assert site.crm.properties["101"] == before | {"baton_tier": "warm"}


def test_a_board_takes_a_further_notice_and_its_message_is_edited(site: Site) -> None:
    site.now = NOW + minutes(839.5)
    outside_id = "C0LEADS:1772575140.000068"
    site.slack.messages[outside_id] = card_state()
    notice = notice_state(subject="LEAD#505", title="Lead 5 was due")
    show = in_slack(site.slack, site.boards, site.slots, site.now)
    deliver(notice, site.now, "next", site.slots, show)
    assert site.slack.calls == ["update"]
    assert [state.title for state in site.slack.states() if isinstance(state, NoticeState)] == [
        "Lead 3 was due",
        "Lead 4 was due",
        "Lead 5 was due",
    ]


def test_a_summary_counts_on(site: Site) -> None:
    site.now = NOW + minutes(860)
    long = outside.limited(7, outside.CROWDED, *("x" * 590,) * 7)
    board = site.boards.join(long, site.now)
    assert (board.version, len(board.beyond)) == (5, 3)


def test_messages_of_an_hour_are_counted_on(site: Site) -> None:
    """Cleo has had two, of two that she may get in an hour."""
    site.now = NOW + minutes(860)
    board = site.boards.join(outside.limited(3, outside.NEARLY), site.now)
    assert board.gathers_until == site.now + minutes(60)


# --- messages


def test_effects_that_were_sent_are_shown(kept: Kept) -> None:
    for body in kept.effects:
        effect, world = decode_effect(body), Outside()
        world.now = NOW
        contact_id = getattr(effect, "contact_id", "")
        if contact_id:
            world.crm.add(contact_id, lifecyclestage="lead")
        assert isinstance(world.deliver(effect), Delivered)
        match effect:
            case ContactState():
                wanted = {name: one.value for name, one in effect.properties.items() if one.value}
                assert wanted.items() <= world.crm.properties[contact_id].items()
            case TaskState():
                found = [(one.owner, one.due_at) for one in world.crm.tasks.values()]
                assert found == ([] if effect.done else [(effect.owner, effect.due_at)])
            case CardState():
                assert world.slack.showing(effect.slot) == [effect]
                assert effect.name in render(effect).text


def test_what_was_parked_goes_back_and_is_worked(site: Site, kept: Kept) -> None:
    parked = [one["put"] for one in kept.parked if one["queue"] == "baton-undelivered-slack"]
    for one in parked:
        site.sqs.send_message(QueueUrl=UNDELIVERED, **one)
    homes = {"baton-slack": SLACK}
    lot = SqsParkingLot(site.sqs, UNDELIVERED, homes, SLACK)
    told: list[str] = []
    done = redrive(
        lot, site.now, lambda one, moved: told.append(one.reason), limit=9, dry_run=False
    )
    assert (done.moved, told[0]) == (len(parked), "Slack: user_disabled")
    site.now = NOW + minutes(840)
    site.run()
    assert site.sqs.bodies(UNDELIVERED) == []
    assert site.slack.showing("card:1"), "121's card, that Slack refused"
