"""A promise to a lead ends: somebody who is there has it, or is told of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.domain.handoff.attendance import LOOK_EACH
from baton.domain.lead import BY_HAND
from baton.domain.policy import Attendance, Fallback, Policy, TimeOff, Wait, WhenLeaveBegins
from baton.domain.presence import is_there, stand_ins
from baton.domain.world.effects import CardState, NoticeState
from baton.domain.world.events import OwnerAbsent
from baton.domain.world.world import Load
from tests.builders import NOW, POLICY, click, kinds, manager, minutes, office, rep
from tests.routed import Desk, routed, waiting_pool
from tests.worded import lines, title

DAY = timedelta(days=1)
CHANNEL = POLICY.notifications.channel
#: 09:00 in Berlin of a Tuesday is NOW; the evening, and the next morning.
EVENING, MORNING = NOW + timedelta(hours=10), NOW + DAY
MONDAY = NOW + timedelta(days=6)
CALENDARS = POLICY.calendars | {
    "mondays": office("Europe/Berlin", mon=[("09:00", "17:00")]),
    "late": office("Europe/Berlin", **{d: [("17:00", "23:00")] for d in ("tue", "wed", "thu")}),
}


def team(leave_begins: WhenLeaveBegins = "hand_over", **people: Any) -> Policy:
    """Anna and Ben in a pool, Mona their manager, Dora the director; *people* changed. Leads that
    find nobody go to Mona."""
    base = routed(
        waiting_pool(fallback=(Fallback(person="mona"),)),
        people=(
            rep("anna", manager="mona"),
            rep("ben", manager="mona"),
            rep("carl"),
            rep("cora"),
            manager("mona", manager="dora"),
            manager("dora", manager=""),
        ),
        calendars=CALENDARS,
        attendance=Attendance(leave_begins=leave_begins),
    )
    changed = tuple(replace(one, **people.get(one.id, {})) for one in base.people)
    return replace(base, people=changed)


def off(*spans: tuple[datetime, datetime]) -> dict[str, Any]:
    return {"time_off": tuple(TimeOff(start, end) for start, end in spans)}


def told(desk: Desk) -> list[tuple[str, str]]:
    return [
        (f"{effect.at - NOW}", effect.to)
        for decision in desk.decisions
        for effect in decision.effects
        if isinstance(effect, NoticeState) and "unattended" in effect.slot
    ]


# --- the last resort


@pytest.mark.parametrize(
    ("away", "owner"),
    [
        pytest.param((), "mona", id="there"),
        pytest.param(("mona",), "dora", id="on leave: the director"),
        pytest.param(("mona", "dora"), "mona", id="all are: who is back first"),
    ],
)
def test_the_last_resort_is_asked_whether_they_are_there(away: tuple[str, ...], owner: str) -> None:
    """The pool is away, and so may be its manager: 20 days without a word."""
    gone: dict[str, Any] = {"anna": off((NOW, NOW + 30 * DAY)), "ben": off((NOW, NOW + 30 * DAY))}
    gone |= {one: off((NOW, NOW + (20 if one == "mona" else 25) * DAY)) for one in away}
    desk = Desk(team(**gone))
    desk.arrive("101")
    assert desk.owner("101") == owner


def test_if_nobody_will_be_there_for_a_day_the_channel_is_told_at_once() -> None:
    everybody: dict[str, Any] = {
        one: off((NOW, NOW + 20 * DAY)) for one in ("anna", "ben", "mona", "dora")
    }
    desk = Desk(team(**everybody))
    desk.arrive("101")
    assert told(desk) == [("0:00:00", CHANNEL)]
    (notice,) = [e for e in desk.decisions[0].effects if isinstance(e, NoticeState)]
    assert title(notice) == "Ada Example (Acme) is with Mona, who is not there"
    assert lines(notice)[0].startswith("Nobody who answers for it is there before")


# --- an owner who is not there


def test_a_lead_of_the_evening_is_seen_by_its_owner_in_the_morning() -> None:
    desk = Desk(team())
    desk.now = EVENING
    desk.arrive("101")
    desk.tick(MORNING + DAY)
    assert told(desk) == []


def test_somebody_who_works_earlier_is_told_before_the_owner_is_there() -> None:
    """A rep who works on Mondays only gets a hot lead on Tuesday, though others are at work."""
    desk = Desk(team(anna={"calendar": "mondays"}, mona={"calendar": "late"}))
    desk.arrive("101")
    assert desk.owner("101") == "anna"
    desk.tick(MONDAY)
    assert told(desk) == [("0:15:00", "UDORA")], "the manager works later, the director is there"
    late = {"calendar": "late"}
    desk = Desk(team(anna={"calendar": "mondays"}, mona=late, dora=late))
    desk.arrive("101")
    desk.tick(MONDAY)
    assert told(desk) == [("0:15:00", "UBEN")], "only a colleague of the pool is there"


def test_the_tier_may_say_how_soon() -> None:
    policy = team(anna={"calendar": "mondays"})
    tiers = tuple(replace(tier, told_within=minutes(2)) for tier in policy.tiers)
    desk = Desk(replace(policy, tiers=tiers))
    desk.arrive("101")
    desk.tick(NOW + minutes(30))
    assert told(desk) == [("0:02:00", "UMONA")]


def test_nobody_is_told_of_a_lead_that_was_worked_on_meanwhile() -> None:
    desk = Desk(team(anna={"calendar": "mondays"}))
    desk.arrive("101")
    desk.now = NOW + minutes(5)
    desk.send(click("accept", desk.now))
    desk.tick(MONDAY)
    assert told(desk) == []
    assignment = desk.leads["101"].assignment
    assert assignment is not None
    assert (assignment.leave_at, assignment.tell_at) == (None, None)


def test_somebody_who_said_that_they_are_away_is_not_told() -> None:
    desk = Desk(team(anna={"calendar": "mondays"}, mona={"calendar": "berlin"}))
    desk.arrive("101")
    desk.away("ben")
    desk.tick(NOW + minutes(30))
    assert told(desk) == [("0:15:00", "UMONA")]


# --- a queue whose responsible is not there


def test_the_wait_of_a_queue_does_not_stand_still_while_its_responsible_is_on_leave() -> None:
    pool = waiting_pool(fallback=(Fallback(wait=Wait(minutes(240))), Fallback(person="mona")))
    base = team(anna=off((NOW, NOW + 30 * DAY)), ben=off((NOW, NOW + 30 * DAY)))
    base = replace(base, pools=(pool, *base.pools[1:]))
    away = tuple(
        replace(one, **off((NOW - DAY, NOW + 20 * DAY))) if one.id == "mona" else one
        for one in base.people
    )
    desk = Desk(replace(base, people=away))
    desk.arrive("101")
    waiting = desk.leads["101"].waiting
    assert waiting is not None
    assert waiting.clock.due_at == NOW + minutes(240)
    desk.tick(NOW + minutes(15))
    assert told(desk) == [("0:15:00", "UDORA")], "who is responsible is away: the next above"
    desk.tick(NOW + minutes(240))
    assert desk.owner("101") == "dora"


# --- a leave that begins

LEAVE = off((NOW + minutes(5), NOW + 14 * DAY))


@pytest.mark.parametrize(
    ("how", "backup", "owner"),
    [
        ("hand_over", "", "ben"),
        ("hand_over", "carl", "ben"),
        ("cover", "carl", "carl"),
        ("cover", "", "ben"),
        ("stay", "carl", "anna"),
    ],
)
def test_what_happens_to_a_lead_when_its_owners_leave_begins(
    how: Any, backup: str, owner: str
) -> None:
    """It was given five minutes before two weeks of leave."""
    desk = Desk(team(how, anna=LEAVE | {"backup": backup}))
    desk.arrive("101")
    assert desk.owner("101") == "anna"
    desk.tick(NOW + minutes(5))
    assert desk.owner("101") == owner
    if owner != "anna":
        cards = [e for e in desk.decisions[-1].effects if isinstance(e, CardState)]
        assert {card.to for card in cards} == {"UANNA", f"U{owner.upper()}"}
        assert desk.open("anna") == 0
    desk.tick(NOW + minutes(60))
    assert told(desk) == ([("0:20:00", "UCARL")] if how == "stay" else [])


@pytest.mark.parametrize("act", ["accept", "touch"])
def test_a_lead_that_was_worked_on_stays_with_who_goes_on_leave(act: Any) -> None:
    desk = Desk(team(anna=LEAVE))
    desk.arrive("101")
    desk.now = NOW + minutes(1)
    desk.send(click(act, desk.now))
    desk.tick(NOW + DAY)
    assert desk.owner("101") == "anna"


def test_a_covered_lead_returns_to_its_owner_unless_it_was_worked_on() -> None:
    policy = team("cover", anna=LEAVE | {"backup": "carl"})
    desk = Desk(policy)
    desk.arrive("101")
    desk.tick(NOW + 14 * DAY)
    assert desk.owner("101") == "anna"
    assert desk.open("carl") == 0
    desk = Desk(policy)
    desk.arrive("101")
    desk.tick(NOW + minutes(10))
    desk.now = NOW + minutes(10)
    desk.send(click("accept", desk.now, "UCARL", 2))
    desk.tick(NOW + 15 * DAY)
    assert desk.owner("101") == "carl"


def test_who_has_not_said_when_they_are_back_is_looked_for_each_hour() -> None:
    desk = Desk(team("cover", anna={"backup": "carl"}))
    desk.arrive("101")
    desk.away("anna")
    desk.send(OwnerAbsent(id="away", lead_id="101", at=NOW, person="anna"))
    assert desk.owner("101") == "carl"
    desk.tick(NOW + 2 * LOOK_EACH)
    assert desk.owner("101") == "carl"
    desk.away("anna", back=True)
    desk.tick(NOW + 4 * LOOK_EACH)
    assert desk.owner("101") == "anna"


def test_a_leave_that_was_cancelled_takes_nothing_away() -> None:
    desk = Desk(team(anna=LEAVE))
    desk.arrive("101")
    desk.policy = team()
    desk.tick(NOW + minutes(30))
    assert desk.owner("101") == "anna"


def test_news_of_an_absence_concerns_only_the_owner() -> None:
    desk = Desk(team())
    desk.arrive("101")
    desk.away("ben")
    decision = desk.send(OwnerAbsent(id="away", lead_id="101", at=NOW, person="ben"))
    assert kinds(decision) == []
    desk.away("anna")
    decision = desk.send(OwnerAbsent(id="gone", lead_id="101", at=NOW, person="anna"))
    assert "reassigned" in kinds(decision)
    assert desk.owner("101") == "mona"


def test_what_somebody_gave_by_hand_to_a_person_on_leave_stays_with_them() -> None:
    desk = Desk(team(ben=off((NOW - DAY, NOW + 14 * DAY))))
    desk.arrive("101")
    lead = desk.leads["101"]
    owner = lead.assignment
    assert owner is not None
    desk.leads["101"] = replace(lead, assignment=replace(owner, person="ben", rule=BY_HAND))
    decision = desk.send(OwnerAbsent(id="away", lead_id="101", at=NOW, person="ben"))
    assert desk.owner("101") == "ben"
    assert "unattended.by_hand" in [one.id for one in decision.because]
    desk.tick(NOW + minutes(60))
    assert told(desk) == [("0:15:00", "UMONA")], "but somebody who is there knows"


# --- any roster, any leave

HOURS = st.sampled_from(["berlin", "mondays", "late"])
SPANS = st.lists(
    st.tuples(st.integers(0, 12 * 24), st.integers(1, 10 * 24)).map(
        lambda span: (NOW + timedelta(hours=span[0]), NOW + timedelta(hours=sum(span)))
    ),
    max_size=2,
)
PERSON = st.fixed_dictionaries(
    {"calendar": HOURS, "time_off": SPANS.map(lambda spans: off(*spans)["time_off"])}
)


@settings(max_examples=60, deadline=None)
@given(
    st.fixed_dictionaries(dict.fromkeys(("anna", "ben", "mona", "dora"), PERSON)),
    st.sampled_from(["hand_over", "cover", "stay"]),
    st.integers(0, 7 * 24),
)
def test_no_lead_waits_longer_than_promised(
    people: dict[str, dict[str, Any]], how: Any, arrives: int
) -> None:
    """By the next instant at which anybody who answers for it works, plus ``told_within``, somebody
    who is there has the lead or was told; or the channel was, at once."""
    policy = team(how, **people)
    desk = Desk(policy)
    desk.now = begun = NOW + timedelta(hours=arrives)
    desk.arrive("101")
    step, until = minutes(15), begun + 20 * DAY
    unattended_since: datetime | None = None
    while desk.now < until:
        desk.tick(desk.now + step)
        lead = desk.leads["101"]
        assignment = lead.assignment
        assert assignment is not None
        owner = policy.person[assignment.person]
        load = desk.loads.get(owner.id, Load(owner.id))
        if is_there(policy, owner, load, desk.now) or told(desk):
            return  # seen, or somebody knows
        pool = policy.pool.get(assignment.pool)
        members = [policy.person[m.rep] for m in pool.members] if pool else []
        line = [owner, *stand_ins(policy, owner), *members]
        works = any(is_there(policy, p, Load(p.id), desk.now) for p in line)
        if works and unattended_since is None:
            unattended_since = desk.now
        if unattended_since is not None:
            assert desk.now - unattended_since <= minutes(15) + step, (
                "somebody works, and knows not"
            )
    raise AssertionError("nobody was ever told")
