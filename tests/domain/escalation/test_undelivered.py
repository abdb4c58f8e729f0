"""Slack cannot deliver a message about a lead: the next recipient is told, and this is recorded."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from baton.domain.draft.decision import Decision
from baton.domain.policy import Target
from baton.domain.world.effects import NoticeState
from baton.domain.world.events import Level, Reassigned, Undelivered
from baton.presentation.wording import plain
from tests.builders import NOW, POLICY, click, kinds, minutes
from tests.routed import Desk, routed
from tests.worded import lines, title

CHANNEL = POLICY.notifications.channel
OPS = POLICY.notifications.ops_channel


def desk(backup: str = "ben") -> Desk:
    base = routed()
    people = tuple(replace(one, backup=backup) if one.id == "anna" else one for one in base.people)
    accept = Target("accept", "Accept", minutes(240), "accept", ())
    tiers = tuple(replace(tier, targets=(accept,)) for tier in base.tiers)
    made = Desk(replace(base, people=people, tiers=tiers))
    made.arrive("101")
    assert made.owner("101") == "anna"
    return made


def refused(made: Desk, to: str, level: Level = "breach") -> Decision:
    made.now += minutes(1)
    event = Undelivered(
        id=made.name(),
        lead_id="101",
        at=made.now,
        to=to,
        level=level,
        reason="user_disabled",
        slot="card:1",
    )
    return made.send(event)


def told(decision: Decision) -> list[NoticeState]:
    return [one for one in decision.effects if isinstance(one, NoticeState)]


@pytest.mark.parametrize(
    ("backup", "to", "next_"),
    [
        ("ben", "UANNA", "UBEN"),
        ("", "UANNA", "UMONA"),
        ("mona", "UANNA", "UMONA"),
        ("ben", "UBEN", "UMONA"),
        ("ben", "UMONA", CHANNEL),
        ("ben", CHANNEL, OPS),
        ("ben", "UDORA", CHANNEL),
        ("ben", "UNOBODY", CHANNEL),
    ],
)
def test_an_undelivered_notice_goes_to_the_next_recipient(backup: str, to: str, next_: str) -> None:
    made = desk(backup)
    decision = refused(made, to)
    (notice,) = told(decision)
    assert (notice.to, notice.level) == (next_, "breach")
    assert kinds(decision) == ["undelivered"]
    (outcome,) = decision.outcomes
    people = made.policy.person_by_slack
    assert (outcome.what, outcome.message) == ("user_disabled", "card:1")
    assert outcome.person == (people[to].id if to in people else to)
    assert outcome.instead == (people[next_].id if next_ in people else next_)
    assert title(notice).endswith(" could not be told about Ada Example (Acme) in Slack")
    assert [one.id for one in decision.because] == ["undelivered", "undelivered.instead"]


def test_after_an_unreachable_director_comes_the_only_channel() -> None:
    made = desk()
    one = replace(made.policy.notifications, ops_channel=CHANNEL)
    made.policy = replace(made.policy, notifications=one)
    (notice,) = told(refused(made, "UDORA"))
    assert notice.to == CHANNEL


def test_a_notice_about_an_undelivered_card_names_owner_and_deadlines() -> None:
    (notice,) = told(refused(desk(), "UANNA"))
    assert notice.level == "breach"
    assert lines(notice)[:2] == (
        "Anna has had it since Tue 3 Mar, 09:00 CET, and has not accepted it yet.",
        "Accept is due Tue 3 Mar, 13:00 CET.",
    )


def test_a_notice_about_an_accepted_lead_does_not_say_that_it_has_no_owner() -> None:
    made = desk()
    made.send(click("accept", made.now))
    (notice,) = told(refused(made, "UANNA", "warning"))
    assert lines(notice)[0] == "Anna has had it since Tue 3 Mar, 09:00 CET."
    assert not any(line.startswith("Accept is due") for line in lines(notice))


def test_an_undelivered_message_to_an_owner_who_left_says_only_the_refusal() -> None:
    made = desk()
    lead = made.leads["101"]
    made.leads["101"] = replace(lead, clocks=())
    people = tuple(one for one in made.policy.people if one.id != "anna")
    pools = tuple(
        replace(pool, members=tuple(one for one in pool.members if one.rep != "anna"))
        for pool in made.policy.pools
    )
    made.policy = replace(made.policy, people=people, pools=pools)
    (notice,) = told(refused(made, CHANNEL))
    assert [line.partition(":")[0] for line in lines(notice)] == ["Slack says"]
    assert notice.slot == f"notice:undelivered:1:{CHANNEL}"


def test_an_undelivered_notice_of_a_waiting_lead_goes_to_the_next_recipient() -> None:
    made = desk()
    made.leads.clear()
    for person in ("anna", "ben"):
        made.away(person)
    made.arrive("101")
    assert made.waits() == ["101"]
    (notice,) = told(refused(made, CHANNEL))
    assert (notice.to, notice.slot) == (OPS, f"notice:undelivered:0:{CHANNEL}")


def test_when_nobody_is_left_to_tell_it_ends_and_is_recorded() -> None:
    decision = refused(desk(), OPS)
    assert decision.unworkable is None
    assert told(decision) == []
    (outcome,) = decision.outcomes
    assert (outcome.kind, outcome.person, outcome.instead) == ("undelivered", OPS, "")
    assert decision.changed, "so that it is stored"
    assert [one.id for one in decision.because] == ["undelivered", "undelivered.nobody_left"]


@pytest.mark.parametrize(
    ("fix", "said"),
    [
        ("invite the app to #leads", "Slack says: not_in_channel (invite the app to #leads). "),
        ("", "Slack says: not_in_channel. "),
    ],
)
def test_who_is_told_instead_reads_how_to_mend_it(fix: str, said: str) -> None:
    made = desk()
    event = Undelivered(
        id="u",
        lead_id="101",
        at=made.now,
        to="UANNA",
        level="breach",
        reason="not_in_channel",
        fix=fix,
    )
    (notice,) = told(made.send(event))
    assert plain(notice.lines[-1]).startswith(said)


def test_the_chain_of_recipients_always_ends() -> None:
    made = desk()
    to, seen = "UANNA", ["UANNA"]
    while notices := told(refused(made, to)):
        to = notices[0].to
        seen.append(to)
    assert seen == ["UANNA", "UBEN", "UMONA", CHANNEL, OPS]


def test_further_undelivered_notices_update_the_same_message() -> None:
    made = desk()
    first, second = told(refused(made, "UANNA")), told(refused(made, "UANNA", "warning"))
    assert first[0].slot == second[0].slot
    assert first[0].version < second[0].version


def test_nobody_is_told_what_a_former_owner_did_not_receive() -> None:
    made = desk()
    made.send(Reassigned(id="r", lead_id="101", at=made.now, to="ben"))
    decision = refused(made, "UANNA")
    assert told(decision) == []
    assert kinds(decision) == ["undelivered"]


@pytest.mark.parametrize("level", ["info", "breach"])
def test_for_a_lead_without_an_owner_it_is_only_recorded(level: Level) -> None:
    made = desk()
    if level == "breach":
        made.now = NOW + minutes(5)
        made.send(click("reject", made.now, reason="competitor"))
    decision = refused(made, "UANNA", level)
    assert told(decision) == []
    assert kinds(decision) == ["undelivered"]
    assert decision.changed, "so that it is stored"


def test_for_a_closed_lead_nobody_else_is_told() -> None:
    made = desk()
    made.now = NOW + minutes(5)
    made.send(click("reject", made.now, reason="competitor"))
    for to in (CHANNEL, "UMONA"):
        assert told(refused(made, to)) == []


def test_a_former_owner_who_is_also_a_recipient_is_followed_by_the_next() -> None:
    """Ben had the lead, and is the backup of Carl, who has it now."""
    made = desk()
    people = made.policy.people
    carl = tuple(replace(one, backup="ben") if one.id == "carl" else one for one in people)
    made.policy = replace(made.policy, people=carl)
    made.send(Reassigned(id="r", lead_id="101", at=made.now, to="ben"))
    made.send(Reassigned(id="s", lead_id="101", at=made.now, to="carl"))
    assert made.owner("101") == "carl"
    (notice,) = told(refused(made, "UBEN"))
    assert notice.to == "UMONA"


def test_a_recipient_who_is_not_on_the_roster_is_followed_by_the_channel() -> None:
    made = desk()
    made.send(Reassigned(id="r", lead_id="101", at=made.now, to="ben"))
    (notice,) = told(refused(made, "UNOBODY"))
    assert notice.to == CHANNEL
