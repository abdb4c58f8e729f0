"""Today's code continues from what was stored and sent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from baton.adapters.aws.dead_letters import SqsParkingLot
from baton.adapters.aws.outbox import decode_effect
from baton.application.deliver import Delivered, deliver, in_hubspot, in_slack
from baton.application.ports.slots import Claim, Superseded
from baton.application.redrive import redrive
from baton.application.send_digests import send_digests
from baton.application.sweep import sweep_fast
from baton.application.work_event import Contacts, EventWorker
from baton.domain.decide import decide
from baton.domain.draft.decision import Decision
from baton.domain.lead import Value
from baton.domain.world.effects import CardState, ContactState, DigestState, NoticeState, TaskState
from baton.domain.world.events import ClockDue, Merged
from baton.domain.world.world import World
from baton.failures import Busy
from baton.presentation.slack import render
from baton.wire.details import PersonHint
from baton.wire.vocabulary import decode_message
from tests.builders import NOW, due, minutes, owned, unnoted
from tests.fakes.delivery import World as Outside
from tests.fakes.effects import card_state, notice_state
from tests.kept import outside
from tests.kept.journey import MQL, Journey
from tests.kept.reading import Kept, since_questions
from tests.kept.rig import HUBSPOT, SLACK, UNDELIVERED, Rig
from tests.worded import title, words

DAY = timedelta(days=1)
MORNING = NOW + DAY
#: The version of the policy that asks triggers.
STRICT = 4


def resumed(rig: Rig, lead_id: str, after: float, **fields: str) -> Journey:
    """The kept lead, *after* minutes past the beginning of the day, with its contact in HubSpot."""
    rig.now = NOW + minutes(after)
    lead, policy = rig.lead(lead_id), rig.policies.active(rig.now)
    known = {policy.field[name].property: value for name, value in lead.fields.items()}
    stage = policy.stage[lead.state.stage].lifecyclestage
    owner = {"hubspot_owner_id": f"owner-{lead.assignment.person}"} if lead.assignment else {}
    journey = Journey(rig, lead_id)
    journey.known(lead.state.since or rig.now, **(known | {"lifecyclestage": stage} | owner))
    rig.crm.set(lead_id, rig.now, **fields)
    return journey


# --- leads


def test_the_next_rung_is_decided_from_the_kept_lead_loads_turns_and_policy(rig: Rig) -> None:
    lead, policy = rig.lead("101"), rig.policies.active(NOW)
    turns, loads = rig.leads.world(policy.pool, policy.person)
    world = World(policy=policy, loads=loads, turns=turns, touches=())
    decision = decide(lead, due(lead), world, NOW + minutes(25))
    assert isinstance(decision, Decision)
    assert [outcome.kind for outcome in decision.outcomes] == ["escalated"]
    assert (decision.lead.clocks[0].climbed, decision.lead.version) == (3, 4)
    (notice,) = [effect for effect in decision.effects if isinstance(effect, NoticeState)]
    assert notice.to == "UMONA"


def test_a_ladder_is_climbed_to_its_end(rig: Rig) -> None:
    resumed(rig, "101", 20)
    before = rig.leads.world([], ["anna", "ben"])[1]
    rig.wake("101")
    rig.wake("101")  # the warning of the first touch
    assert rig.wake("101") == NOW + minutes(35)
    lead = rig.lead("101")
    assert (owned(lead).person, owned(lead).number) == ("anna", 2)
    assert lead.past[-1].person == "ben"
    after = rig.leads.world([], ["anna", "ben"])[1]
    assert after["ben"].open == before["ben"].open - 1
    assert after["anna"].open == before["anna"].open + 1
    assert rig.crm.properties["101"]["hubspot_owner_id"] == "owner-anna"


def test_a_repeated_event_sends_its_kept_effects_again(rig: Rig) -> None:
    record = rig.leads.history("101")[0]
    work_event = EventWorker(rig.leads, rig.outbox, rig.wakes, lambda attempt: None)
    policy = rig.policies.active(NOW)
    done = work_event(record.event, policy, Contacts(rig.crm, []), NOW, redelivered=True)
    assert done.name == "repeated"
    sent = [decode_effect(body) for body in rig.sqs.sent_to(HUBSPOT, SLACK)]
    assert sorted(sent, key=str) == sorted(record.effects, key=str)


def test_a_lead_in_the_queue_gets_the_room_that_is_made(rig: Rig) -> None:
    resumed(rig, "112", 110)
    resumed(rig, "130", 110).press("reject", "competitor")
    assert owned(rig.lead("112")).person == "kim"
    assert [place.lead for place in rig.leads.queue("desk")] == ["113"]
    turns, loads = rig.leads.world(["desk"], ["kim"])
    assert (turns["desk"].waiting, loads["kim"].open) == (1, 1)


def test_a_lead_too_long_in_the_queue_goes_to_the_manager(rig: Rig) -> None:
    resumed(rig, "112", 95)
    while rig.lead("112").waiting is not None:
        at = rig.wake("112")
    assert at == NOW + minutes(273)
    assert owned(rig.lead("112")).person == "mona"


def test_a_snooze_ends_and_the_lead_counts_again(rig: Rig) -> None:
    resumed(rig, "105", 500)
    before = rig.leads.world([], ["anna"])[1]["anna"].open
    rig.wake("105")
    assert owned(rig.lead("105")).snoozed_until is None
    assert rig.leads.world([], ["anna"])[1]["anna"].open == before + 1


def test_paused_and_stopped_clocks_resume(rig: Rig) -> None:
    resumed(rig, "106", 36, waiting_on="", with_legal="").hint("fields")
    touch = rig.lead("106").clocks[1]
    assert (touch.paused_at, touch.due_at) == (None, NOW + minutes(94))
    resumed(rig, "107", 38, replied="").hint("fields")
    reply = rig.lead("107").clocks[1]
    assert (reply.running, reply.due_at) == (True, NOW + minutes(457))
    resumed(rig, "103", 41).press("untouch")
    touch = rig.lead("103").clocks[1]
    assert (touch.running, touch.due_at) == (True, NOW + minutes(97))


def test_a_held_lead_goes_on_once_it_is_complete(rig: Rig) -> None:
    complete = {"industry": "Logistics", "email": "ada@acme.example"}
    resumed(rig, "108", 60, **complete).hint("fields")
    lead = rig.lead("108")
    assert (lead.held, owned(lead).person) == (None, "anna")
    resumed(rig, "109", 60, baton_budget="50000").hint("fields")
    lead = rig.lead("109")
    assert (lead.state.stage, owned(lead).handoff) == ("sql", "sql")


def test_a_notice_postponed_by_quiet_hours_is_told_in_the_morning(rig: Rig) -> None:
    resumed(rig, "126", 0)
    assert rig.wake("126") == MORNING
    assert rig.lead("126").deferred == ()
    told = [one for one in rig.slack.states() if isinstance(one, NoticeState)]
    assert [(one.to, title(one).startswith("Anna has missed Call")) for one in told] == [
        ("UMONA", True)
    ]


def test_a_former_owner_does_not_get_the_lead_again(rig: Rig) -> None:
    resumed(rig, "118", 100).press("reject", "language")
    lead = rig.lead("118")
    assert [held_by.person for held_by in lead.past] == ["anna", "ben", "cleo"]
    assert owned(lead).person == "mona", "nobody is left in the pools"


def test_restores_are_counted_on(rig: Rig) -> None:
    lead = resumed(rig, "122", 110, hubspot_owner_id="owner-pia")
    for value in ("OPEN", "UNREAD"):
        rig.later(1)
        lead.written("status", "IMPORT", hs_lead_status=value)
    found = rig.lead("122")
    assert len(found.restored["hs_lead_status"]) == 2, "as often as the policy allows"
    assert found.yielded["hs_lead_status"] == "UNREAD", "it gives in"


def test_a_recycled_lead_comes_back(rig: Rig) -> None:
    lead = resumed(rig, "114", 24 * 60 * 70)
    form, asked_at = "Webinar", rig.now.isoformat()
    lead.written(recent_conversion_event_name=form, recent_conversion_date=asked_at)
    found = rig.lead("114")
    assert (found.state.stage, found.reason, found.track) == ("mql", "", "")
    assert (owned(found).number, found.state.times["mql"].count) == (2, 2)


@since_questions
def test_a_lead_returns_to_whom_its_owner_covers(rig: Rig) -> None:
    resumed(rig, "135", 160)
    back = PersonHint(event_id="cli:back", person="uma", occurred_at=rig.now, away=False)
    rig.put(back, source="baton.cli")
    at = owned(rig.lead("135")).return_at
    assert rig.wake("135") == at
    assert (owned(rig.lead("135")).person, owned(rig.lead("135")).covers) == ("uma", "")


@since_questions
def test_a_lead_whose_snooze_is_over_returns_once_there_is_room(rig: Rig) -> None:
    resumed(rig, "134", 139)
    assert rig.wake("134") == NOW + minutes(154)
    assert (owned(rig.lead("134")).snoozed_until, owned(rig.lead("134")).counts) == (None, True)


@since_questions
def test_a_question_is_answered_in_hubspot(rig: Rig) -> None:
    rig.policies.rollback(STRICT, by="ops", at=NOW + minutes(160), note="strict again")
    lead = resumed(rig, "142", 200)
    lead.hint("stage")
    assert rig.lead("142").questions, "HubSpot can be behind its webhooks"
    lead.written("stage", lifecyclestage=MQL)
    assert rig.lead("142").questions == ()


@since_questions
def test_a_lead_goes_on_at_the_end_of_its_rest(rig: Rig) -> None:
    rig.policies.rollback(STRICT, by="ops", at=NOW + minutes(160), note="strict again")
    resumed(rig, "146", 200)
    rig.crm.set("146", rig.lead("146").questions[0].at, "AUTOMATION_PLATFORM", lifecyclestage=MQL)
    at = rig.lead("146").state.rests_until
    assert rig.wake("146") == at
    found = rig.lead("146")
    assert (found.state.stage, found.state.since, found.questions) == ("mql", at, ())


@since_questions
def test_what_was_merged_is_not_merged_again(rig: Rig) -> None:
    resumed(rig, "140", 200)
    rig.crm.merged["141"] = "140"
    before = rig.lead("140")
    rig.put(Merged(id="hs:again", lead_id="141", at=rig.now, into="140"))
    assert owned(rig.lead("140")) == owned(before)
    assert rig.lead("140").absorbed == before.absorbed


# --- schedules


def test_sweeps_and_digests_go_on_where_they_were(rig: Rig) -> None:
    rig.now = MORNING - minutes(15)
    swept = sweep_fast(rig.leads, rig.wakes, rig.now)
    assert swept.gap == minutes(5)
    policy = rig.policies.active(rig.now)
    assert send_digests(policy, rig.leads, rig.outbox, rig.now, unnoted) == [], "sent already"
    rig.now += DAY
    assert send_digests(policy, rig.leads, rig.outbox, rig.now, unnoted) == ["mona", "dora"]
    digest, _ = (decode_effect(body) for body in rig.sqs.sent_to(SLACK))
    assert isinstance(digest, DigestState)
    assert "Ada Example" in str(render(digest).blocks), "what was breached is still open"


def test_a_wake_that_was_sent_is_worked(rig: Rig, kept: Kept) -> None:
    resumed(rig, "101", 30)
    event = ClockDue(id="wake:2026-03-03T08:25:00Z", lead_id="101", at=NOW + minutes(25))
    assert any(isinstance(decode_message(body), ClockDue) for body in kept.news)
    rig.wakes.send([event])
    rig.run()
    assert rig.lead("101").clocks[0].climbed == 3


# --- slots and boards


def test_a_slot_refuses_what_is_older_and_takes_what_is_newer(rig: Rig) -> None:
    shown = card_state(3)
    rig.now = NOW + minutes(840)
    with pytest.raises(Busy):
        rig.slots.claim(card_state(5), "early", rig.now - minutes(1.5))
    assert rig.slots.claim(card_state(2), "late", rig.now) == Superseded(3)
    assert rig.slots.claim(shown, "again", rig.now) == Superseded(3)
    claim = rig.slots.claim(card_state(5), "new", rig.now)
    assert isinstance(claim, Claim)
    assert (claim.shown, claim.outside_id, claim.unsure) == (3, "D0ANNA:1772442000.000100", True)


def test_an_unsure_message_is_looked_up_before_it_is_sent_again(rig: Rig) -> None:
    rig.now = NOW + minutes(840)
    effect = card_state(1, slot="card:2", assignment=2)
    show = in_slack(rig.slack, rig.boards, rig.slots, rig.now)
    shown = deliver(effect, rig.now, "next", rig.slots, show)
    assert isinstance(shown, Delivered)
    assert shown.looked
    assert rig.slack.calls == ["find", "post"]


def test_only_properties_decided_since_are_written(rig: Rig) -> None:
    """The slot of 101's contact shows version 3."""
    resumed(rig, "101", 30)
    lead = rig.lead("101")
    newer = lead.written | {"baton_tier": Value("warm", since=4)}
    effect = ContactState(
        subject="LEAD#101", slot="contact", version=4, contact_id="101", properties=newer
    )
    asked: list[str] = []
    rig.crm.before = asked.append
    show = in_hubspot(rig.crm, lambda effect, owner: None)
    before = dict(rig.crm.properties["101"])
    deliver(effect, rig.now, "next", rig.slots, show)
    assert asked == ["show_contact"]
    assert rig.crm.properties["101"] == before | {"baton_tier": "warm"}


def test_a_notice_that_joins_a_board_edits_its_message(rig: Rig) -> None:
    rig.now = NOW + minutes(839.5)
    for number in (68, 70, 111):  # in 2026-12-01c and d more messages were posted before it
        rig.slack.messages[f"C0LEADS:1772575140.{number:06}"] = card_state()
    notice = notice_state(subject="LEAD#505", title="Lead 5 was due")
    show = in_slack(rig.slack, rig.boards, rig.slots, rig.now)
    deliver(notice, rig.now, "next", rig.slots, show)
    assert rig.slack.calls == ["update"]
    assert [state.title for state in rig.slack.states() if isinstance(state, NoticeState)] == [
        "Lead 3 was due",
        "Lead 4 was due",
        "Lead 5 was due",
    ]


def test_a_summary_counts_on(rig: Rig) -> None:
    rig.now = NOW + minutes(860)
    long = outside.limited(7, outside.CROWDED, *("x" * 590,) * 7)
    board = rig.boards.join(long, rig.now)
    assert (board.version, len(board.beyond)) == (5, 3)


def test_messages_of_an_hour_are_counted_on(rig: Rig) -> None:
    """Cleo has had two messages, which is her limit per hour."""
    rig.now = NOW + minutes(860)
    board = rig.boards.join(outside.limited(3, outside.NEARLY), rig.now)
    assert board.gathers_until == rig.now + minutes(60)


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
                wanted = {
                    name: words(one.value) for name, one in effect.properties.items() if one.value
                }
                assert wanted.items() <= world.crm.properties[contact_id].items()
            case TaskState():
                found = [(one.owner, one.due_at) for one in world.crm.tasks.values()]
                assert found == ([] if effect.done else [(effect.owner, effect.due_at)])
            case CardState():
                assert world.slack.showing(effect.slot) == [effect]
                assert effect.name in render(effect).text


def test_what_was_parked_goes_back_and_is_worked(rig: Rig, kept: Kept) -> None:
    parked = [one["put"] for one in kept.parked if one["queue"] == "baton-undelivered-slack"]
    for one in parked:
        rig.sqs.send_message(QueueUrl=UNDELIVERED, **one)
    homes = {"baton-slack": SLACK}
    lot = SqsParkingLot(rig.sqs, UNDELIVERED, homes, SLACK)
    told: list[str] = []
    done = redrive(lot, rig.now, lambda one, moved: told.append(one.reason), limit=9, dry_run=False)
    assert done.moved == len(parked)
    assert told[0].startswith("Slack: user_disabled")
    rig.now = NOW + minutes(840)
    rig.run()
    assert rig.sqs.bodies(UNDELIVERED) == []
    assert rig.slack.showing("card:1"), "121's card, that Slack refused"
