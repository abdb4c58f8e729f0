"""People are told in their working hours, or somebody is told in their place, as the policy
says."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.domain.draft.draft import Draft
from baton.domain.escalation.quiet_hours import Delivery, delivery_to, is_at_work
from baton.domain.escalation.recipients import unless_absent
from baton.domain.phrase import Phrase
from baton.domain.policy import (
    MessageLimits,
    Person,
    Policy,
    Recipient,
    Rung,
    Target,
    TimeOff,
    WhenOutside,
)
from baton.domain.world.effects import NoticeState
from baton.domain.world.events import ClockDue, Deleted, Reapplied, Snoozed
from baton.domain.world.world import Away, Load, World
from tests.builders import NOW, POLICY, click, handed_off, kinds, minutes, office, world
from tests.routed import Desk, routed
from tests.worded import lines, title

#: 09:00 of the next day in Berlin.
MORNING = NOW + timedelta(days=1)
EVENING = NOW + timedelta(hours=10)
NIGHT = office("Europe/Berlin", tue=[("17:00", "23:00")])
MONDAYS = office("Europe/Berlin", mon=[("09:00", "17:00")])


def policy(limits: MessageLimits, *ladder: Rung, within: float = 600, **changes: Any) -> Policy:
    base = routed(calendars=POLICY.calendars | {"night": NIGHT, "mondays": MONDAYS})
    target = Target("call", "Call", minutes(within), "touch", ladder, time="wall")
    people = tuple(replace(one, **changes) if one.id == "anna" else one for one in base.people)
    ben = tuple(replace(one, calendar="night") if one.id == "ben" else one for one in people)
    return replace(
        base,
        tiers=tuple(replace(tier, targets=(target,)) for tier in base.tiers),
        people=ben,
        notifications=replace(base.notifications, message_limits=limits),
    )


def told(desk: Desk) -> list[tuple[str, str]]:
    return [
        (f"{effect.at - NOW}", effect.to)
        for decision in desk.decisions
        for effect in decision.effects
        if isinstance(effect, NoticeState)
    ]


def desk(limits: MessageLimits, *ladder: Rung, **changes: Any) -> Desk:
    made = Desk(policy(limits, *ladder, **changes))
    made.arrive("101")
    assert made.owner("101") == "anna"
    return made


def delivery(policy: Policy, to: Person, at: datetime, now: datetime) -> Delivery:
    """Who gets a breach to *to*, due *at*, and when."""
    lead, _ = handed_off()
    wake = ClockDue(id="wake", lead_id=lead.id, at=now)
    draft = Draft(lead, wake, world(policy), now)
    return delivery_to(draft, unless_absent(draft, to), "breach", at)


BREACH = Rung("breach", after=timedelta())


@pytest.mark.parametrize(
    ("way", "backup", "expected"),
    [
        ("through", "ben", ("10:00:00", "UANNA")),
        ("wait", "ben", ("1 day, 0:00:00", "UANNA")),
        ("backup", "ben", ("10:00:00", "UBEN")),
        ("backup", "", ("1 day, 0:00:00", "UANNA")),
        ("backup", "mona", ("1 day, 0:00:00", "UANNA")),
    ],
)
def test_a_breach_in_quiet_hours(way: WhenOutside, backup: str, expected: tuple[str, str]) -> None:
    made = desk(MessageLimits(breach=way), BREACH, backup=backup)
    made.tick(EVENING)
    assert kinds(made.decisions[-1]) == ["breached"], "recorded at its time in any case"
    made.tick(MORNING)
    assert told(made) == [expected]
    breaches = [d for d in made.decisions if "breached" in kinds(d)]
    assert len(breaches) == 1
    made.tick(MORNING + timedelta(days=2))
    assert told(made) == [expected], "once"


def test_a_notice_to_a_stand_in_says_why() -> None:
    made = desk(MessageLimits(breach="backup"), BREACH, backup="ben")
    made.tick(EVENING)
    (notice,) = (e for e in made.decisions[-1].effects if isinstance(e, NoticeState))
    assert lines(notice)[0] == "You get this in place of Anna, who is not at work."


def test_each_severity_has_its_own_quiet_hours_rule() -> None:
    limits = MessageLimits(warning="wait", breach="wait", escalation="through")
    up = Rung("escalate", "manager", after=minutes(30))
    made = desk(limits, BREACH, up)
    made.tick(MORNING)
    assert told(made) == [("10:30:00", "UMONA"), ("1 day, 0:00:00", "UANNA")]
    after = made.leads["101"].clocks[0]
    assert after.at_the_end


def test_a_warning_whose_quiet_hours_end_after_the_deadline_is_dropped() -> None:
    made = desk(MessageLimits(warning="wait"), Rung("warn", before=minutes(30)), BREACH)
    made.tick(EVENING - minutes(1))
    assert kinds(made.decisions[-1]) == [], "nobody was warned"
    assert len(made.leads["101"].clocks[0].ladder) == 2, "it is not kept for later"
    made.tick(MORNING)
    assert told(made) == [("1 day, 0:00:00", "UANNA")], "the breach alone"


def test_a_warning_at_the_deadline_itself_is_dropped() -> None:
    made = desk(MessageLimits(), Rung("warn", share=1), BREACH, within=480)
    made.tick(NOW + minutes(480))
    assert [kinds(decision) for decision in made.decisions[1:]] == [["breached"]]
    assert told(made) == [("8:00:00", "UANNA")], "the breach alone"


@pytest.mark.parametrize(
    ("due_after", "kept", "warned"),
    [
        pytest.param(24 * 60, 2, [], id="who opens as it falls due is not warned"),
        pytest.param(24 * 60 + 1, 3, [["warned"]], id="who opens a minute before is"),
    ],
)
def test_a_warning_waits_for_a_reader_whose_hours_begin_before_the_deadline(
    due_after: float, kept: int, warned: list[list[str]]
) -> None:
    ladder = (Rung("warn", before=minutes(840)), BREACH)
    made = desk(MessageLimits(warning="wait"), *ladder, within=due_after)
    made.tick(EVENING + minutes(1))
    assert len(made.leads["101"].clocks[0].ladder) == kept, "put off, it stands on the ladder anew"
    made.tick(MORNING)
    assert [kinds(d) for d in made.decisions if "warned" in kinds(d)] == warned


def test_a_warning_that_waits_moves_with_its_clock() -> None:
    """The clock is due at noon tomorrow and its warning waits for the morning; a snooze moves both
    by two hours."""
    limits = MessageLimits(warning="wait", breach="through")
    made = desk(limits, Rung("warn", before=minutes(840)), BREACH, within=27 * 60)
    made.tick(NOW + timedelta(hours=13))
    made.now = NOW + timedelta(hours=14)
    made.send(
        Snoozed(
            id="s", lead_id="101", at=made.now, assignment=1, until=made.now + timedelta(hours=2)
        )
    )
    made.tick(MORNING)
    assert told(made) == []
    made.tick(MORNING + timedelta(hours=2))
    assert kinds(made.decisions[-1]) == ["warned"]
    (notice,) = (e for e in made.decisions[-1].effects if isinstance(e, NoticeState))
    assert "is due Wed 4 Mar, 14:00 CET" in title(notice)


def test_a_breach_is_told_even_while_its_clock_is_paused() -> None:
    made = desk(MessageLimits(breach="wait"), BREACH)
    made.tick(EVENING)
    made.now = EVENING + minutes(5)
    made.send(
        Snoozed(
            id="s", lead_id="101", at=made.now, assignment=1, until=made.now + timedelta(days=3)
        )
    )
    made.tick(MORNING)
    assert told(made) == [("1 day, 0:00:00", "UANNA")]


def test_a_managers_postponed_notice_survives_the_pull_back() -> None:
    up, pull = Rung("escalate", "manager", after=minutes(5)), Rung("pull_back", after=minutes(9))
    made = desk(MessageLimits(breach="wait", escalation="wait"), BREACH, up, pull)
    made.tick(EVENING + minutes(10))
    assert made.owner("101") == "ben"
    made.now = EVENING + minutes(11)
    made.send(click("touch", made.now, "UBEN", 2))
    made.tick(MORNING)
    (notice,) = (
        effect
        for decision in made.decisions
        for effect in decision.effects
        if isinstance(effect, NoticeState) and title(effect).startswith("Anna has missed Call for ")
    )
    assert (notice.to, notice.at) == ("UMONA", MORNING)
    assert lines(notice) == ("It is with Ben now.",)


LADDER = (
    BREACH,
    Rung("breach", "backup", after=minutes(1)),
    Rung("escalate", "manager", after=minutes(4)),
    Rung("escalate", "director", after=minutes(5)),
)
WAITS = MessageLimits(breach="wait", escalation="wait")


def of_the_breach(made: Desk) -> list[tuple[str, str]]:
    """Who is told of the breach, and who has the lead then."""
    return sorted(
        (effect.to, line)
        for decision in made.decisions
        for effect in decision.effects
        if isinstance(effect, NoticeState) and "Call for Ada" in title(effect)
        for line in lines(effect) or ("",)
    )


def test_after_a_pull_back_only_those_above_are_still_told_of_the_breach() -> None:
    """The breach no longer concerns the former owner and their backup."""
    made = desk(WAITS, *LADDER, Rung("pull_back", after=minutes(9)), backup="carl")
    made.tick(EVENING + minutes(8))
    assert {one.rung.to for one in made.leads["101"].deferred} == {
        "owner", "backup", "manager", "director"
    }  # fmt: skip
    made.tick(EVENING + minutes(10))
    assert made.owner("101") == "ben"
    made.now = EVENING + minutes(11)
    made.send(click("touch", made.now, "UBEN", 2))
    made.tick(MORNING)
    assert of_the_breach(made) == [
        ("UDORA", "It is with Ben now."),
        ("UMONA", "It is with Ben now."),
    ]


def test_a_managers_postponed_notice_survives_while_the_lead_is_in_the_queue() -> None:
    made = desk(WAITS, *LADDER, Rung("pull_back", after=minutes(9)))
    made.away("ben")
    made.tick(EVENING + minutes(10))
    assert made.waits() == ["101"]
    made.tick(MORNING)
    assert of_the_breach(made) == [
        ("UDORA", "It waits for somebody who can take it."),
        ("UMONA", "It waits for somebody who can take it."),
    ]


@pytest.mark.parametrize("reason", ["timing", "language"])
def test_a_postponed_notice_of_a_rejected_lead_is_dropped(reason: str) -> None:
    made = desk(WAITS, *LADDER)
    made.tick(EVENING + minutes(8))
    made.now = EVENING + minutes(9)
    made.send(click("reject", made.now, reason=reason))
    assert made.owner("101") == ("ben" if reason == "language" else "")
    made.now = EVENING + minutes(10)
    if reason == "language":
        made.send(click("touch", made.now, "UBEN", 2))
    made.tick(MORNING)
    assert of_the_breach(made) == []


def test_a_postponed_notice_of_a_deleted_contact_is_dropped() -> None:
    up, pull = Rung("escalate", "manager", after=minutes(5)), Rung("pull_back", after=minutes(9))
    made = desk(MessageLimits(breach="wait", escalation="wait"), BREACH, up, pull)
    made.tick(EVENING + minutes(10))
    made.now = EVENING + minutes(11)
    made.send(Deleted(id="d", lead_id="101", at=made.now))
    assert made.leads["101"].wake_at is None
    made.tick(MORNING)
    assert "UMONA" not in [who for _, who in told(made)]


def test_a_postponed_notice_goes_to_the_stand_in_when_its_recipient_is_absent_by_then() -> None:
    made = desk(MessageLimits(breach="wait"), BREACH)
    made.tick(EVENING)
    off = (TimeOff(MORNING, MORNING + timedelta(hours=4)),)
    made.policy = policy(MessageLimits(breach="wait"), BREACH, time_off=off)
    made.tick(MORNING)
    assert told(made) == [("1 day, 0:00:00", "UMONA")]


def test_a_notice_is_not_postponed_without_end() -> None:
    """The recipient's hours change again and again."""
    made = desk(MessageLimits(breach="wait"), BREACH)
    for day in range(8):
        opens = EVENING + timedelta(days=day + 1)
        weekday = f"{opens:%a}".casefold()
        hours = office("Europe/Berlin", **{weekday: [("19:00", "20:00")]})
        changed = policy(MessageLimits(breach="wait"), BREACH, calendar="later")
        made.policy = replace(changed, calendars=changed.calendars | {"later": hours})
        made.tick(EVENING + timedelta(days=day))
    ((at, who),) = told(made)
    assert who == "UANNA"
    assert at == "4 days, 10:00:00", "waited for four days, and no more"


def test_a_postponed_notice_is_dropped_when_the_owner_acts() -> None:
    made = desk(MessageLimits(breach="wait"), BREACH)
    made.tick(EVENING)
    made.now = EVENING + minutes(5)
    made.send(click("touch", made.now))
    made.tick(MORNING + timedelta(days=1))
    assert told(made) == []


def test_a_reapplied_policy_can_drop_a_postponed_notice() -> None:
    made = desk(MessageLimits(breach="wait"), BREACH)
    made.tick(EVENING)
    made.policy = policy(MessageLimits(breach="wait"), BREACH, within=6000)
    made.now = EVENING + minutes(5)
    made.send(Reapplied(id="r", lead_id="101", at=made.now))
    made.tick(MORNING)
    assert told(made) == []


def test_the_last_minute_before_quiet_hours_is_not_quiet() -> None:
    made = desk(MessageLimits(breach="wait"), BREACH, within=480)
    made.tick(NOW + minutes(480))
    assert told(made) == [("8:00:00", "UANNA")]


def test_a_channel_has_no_quiet_hours() -> None:
    made = desk(MessageLimits("wait", "wait", "wait"), Rung("breach", "channel", after=timedelta()))
    made.tick(EVENING)
    assert told(made) == [("10:00:00", POLICY.notifications.channel)]


def test_no_notice_is_postponed_longer_than_a_long_weekend() -> None:
    made = desk(MessageLimits(breach="wait"), BREACH, calendar="mondays")
    made.tick(EVENING)
    assert told(made)[-1] == ("10:00:00", "UANNA")


@pytest.mark.parametrize("way", ["wait", "backup", "through"])
@pytest.mark.parametrize(
    ("absent", "reader"),
    [
        pytest.param((), "anna", id="there"),
        pytest.param(("anna",), "ben", id="absent: their backup"),
        pytest.param(("anna", "ben"), "mona", id="so is the backup: the manager"),
        pytest.param(("anna", "ben", "mona"), "dora", id="the manager, too: the director"),
        pytest.param(("anna", "ben", "mona", "dora"), None, id="everybody: the channel"),
    ],
)
def test_while_somebody_is_absent_the_nearest_stand_in_is_told(
    way: WhenOutside, absent: tuple[str, ...], reader: str | None
) -> None:
    """However absent: on leave, away by their own word, refused, not reached, deactivated."""
    whole = policy(MessageLimits(breach=way), backup="ben")
    plain = tuple(replace(one, calendar="berlin") for one in whole.people)
    away = Away(NOW, None, "slack")
    for how in ("away", "refused", "unreachable", "time_off", "active"):
        off = {"time_off": (TimeOff(NOW, NOW + timedelta(days=9)),), "active": False}
        people = tuple(
            replace(one, **{how: off[how]}) if how in off and one.id in absent else one
            for one in plain
        )
        facts: dict[str, Any] = {} if how in off else {how: away}
        loads = {one: Load(one, **facts) for one in absent}
        lead, _ = handed_off()
        wake = ClockDue(id="wake", lead_id=lead.id, at=NOW)
        draft = Draft(lead, wake, world(replace(whole, people=people), loads=loads), NOW)
        anna = draft.policy.person["anna"]
        found = delivery_to(draft, unless_absent(draft, anna), "breach", NOW)
        assert (found.reader and found.reader.id, found.at) == (reader, None)
        assert found.instead_of == (anna if absent else None)


@given(
    st.sampled_from(["wait", "backup", "through"]),
    st.sampled_from(["owner", "manager", "backup"]),
    st.integers(0, 14 * 24 * 60),
)
def test_no_notice_comes_in_quiet_hours_or_after_a_long_weekend(
    way: WhenOutside, to: Recipient, after: int
) -> None:
    now = NOW + minutes(after)
    whole = policy(MessageLimits(way, way, way), backup="ben")
    person = whole.person["anna" if to == "owner" else "mona"]
    found = delivery(whole, person, now, now)
    if found.at is not None:
        assert now < found.at <= now + timedelta(days=4)
        assert whole.calendar_of(person).is_open(found.at)
        assert way != "through"
    assert found.reader is not None
    assert found.reader == person or found.instead_of == person


@pytest.mark.parametrize(
    ("to", "limit"), [("UANNA", 5), ("UMONA", 5), ("UNOBODY", 0), ("#sla-alerts", 0), ("C0X", 0)]
)
def test_people_have_a_limit_and_channels_have_none(to: str, limit: int) -> None:
    assert stamped(to) == limit


def test_an_updated_message_does_not_count_towards_the_limit() -> None:
    """Its slot is updated later, so it needs a separate message, not a board."""
    assert stamped("UANNA", changes=True) == 0


def stamped(to: str, **changes: bool) -> int:
    made = desk(MessageLimits(an_hour=5), BREACH)
    world = World(policy=made.policy)
    draft = Draft(made.leads["101"], click("touch", NOW), world, NOW)
    draft.notify("notice:x", to, "warning", Phrase("idle.title", ("Ada",)), **changes)
    (notice,) = draft.effects.values()
    assert isinstance(notice, NoticeState)
    return notice.an_hour


# --- exact limits

#: Anna's hours, in Berlin on NOW's day.
CLOSES = NOW + minutes(480)
NEXT = NOW + timedelta(days=1)
#: After closing time, until somebody's hours begin again.
STILL_THERE, LONGEST_WAIT = minutes(15), timedelta(days=4)
MICROSECOND = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("due", "now", "there"),
    [
        pytest.param(CLOSES, CLOSES, True, id="due as they close, told at once"),
        pytest.param(CLOSES, CLOSES + STILL_THERE - MICROSECOND, True, id="told a little later"),
        pytest.param(CLOSES, CLOSES + STILL_THERE, False, id="they have left by then"),
        pytest.param(CLOSES + MICROSECOND, CLOSES + MICROSECOND, False, id="due after they closed"),
        pytest.param(NOW - MICROSECOND, NOW - MICROSECOND, False, id="just before they open"),
        pytest.param(NOW - minutes(60), NOW, True, id="as they open"),
    ],
)
def test_whether_a_person_is_still_at_work(due: datetime, now: datetime, there: bool) -> None:
    assert is_at_work(POLICY, POLICY.person["anna"], due, now) == there


@pytest.mark.parametrize(
    ("waited", "later"),
    [
        pytest.param(LONGEST_WAIT - MICROSECOND, True, id="almost too long: it waits on"),
        pytest.param(LONGEST_WAIT, False, id="exactly too long: it goes through"),
    ],
)
def test_a_notice_can_be_postponed_for_a_limited_time(waited: timedelta, later: bool) -> None:
    whole = policy(MessageLimits(breach="wait"))
    found = delivery(whole, whole.person["anna"], EVENING - waited, EVENING)
    assert found == Delivery(whole.person["anna"], NEXT if later else None)


@pytest.mark.parametrize(
    ("ahead", "later"),
    [
        pytest.param(LONGEST_WAIT, True, id="open again after exactly so long: it waits"),
        pytest.param(LONGEST_WAIT + MICROSECOND, False, id="after longer: it goes through"),
    ],
)
def test_a_notice_waits_for_a_reader_whose_hours_begin_soon(ahead: timedelta, later: bool) -> None:
    """Anna works on Mondays only, from nine in the morning."""
    monday = NOW + timedelta(days=6)
    whole = policy(MessageLimits(breach="wait"), calendar="mondays")
    now = monday - ahead
    found = delivery(whole, whole.person["anna"], now, now)
    assert found == Delivery(whole.person["anna"], monday if later else None)
