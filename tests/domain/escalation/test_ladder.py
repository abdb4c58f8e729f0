"""Climbing ladders: due rungs in order of time, until the lead moves on; deferred notices, and the
recipients of rungs."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from baton.domain.decide import decide
from baton.domain.draft.decision import Decision
from baton.domain.draft.draft import Draft
from baton.domain.escalation.alerts import notify_deferred
from baton.domain.escalation.ladder import climb_ladders
from baton.domain.escalation.pull_back import RETRY_AFTER
from baton.domain.escalation.recipients import recipient
from baton.domain.escalation.rota import on_duty
from baton.domain.lead import ArmedRung, Clock, DeferredNotice, Held, Lead
from baton.domain.policy import MessageLimits, Policy, Recipient, Rota, TimeOff, WhenOutside
from baton.domain.world.effects import NoticeState
from baton.domain.world.events import ClockDue
from baton.domain.world.world import Needs, Touch
from tests.builders import (
    NOW,
    POLICY,
    handed_off,
    minutes,
    owned,
    world,
)
from tests.worded import all_words, lines, title

DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)
#: Six in the evening in Berlin, an hour after closing time.
EVENING = NOW + timedelta(hours=9)
OPENING = NOW + DAY
CLOCK = Clock(
    target="call",
    label="Call",
    stops_on="touch",
    started_at=NOW,
    due_at=NOW + minutes(60),
    ladder=(),
)


def in_quiet_hours(way: WhenOutside) -> Policy:
    limits = MessageLimits(warning=way, breach=way, escalation=way)
    return replace(POLICY, notifications=replace(POLICY.notifications, message_limits=limits))


def without(*people: str) -> Policy:
    """The policy without people who have left the company; they are in no pool."""
    pools = tuple(
        replace(pool, members=tuple(one for one in pool.members if one.rep not in people))
        for pool in POLICY.pools
    )
    kept = tuple(one for one in POLICY.people if one.id not in people)
    return replace(POLICY, people=kept, pools=pools)


def anna_with(**changes: Any) -> Policy:
    people = tuple(replace(one, **changes) if one.id == "anna" else one for one in POLICY.people)
    return replace(POLICY, people=people)


def draft(
    now: datetime, *clocks: Clock, policy: Policy = POLICY, touches: Any = (), **changes: Any
) -> Draft:
    """Anna has the lead since NOW; *clocks* run."""
    lead, known = handed_off()
    lead = replace(lead, clocks=clocks or lead.clocks, **changes)
    event = ClockDue(id="wake", lead_id=lead.id, at=now)
    return Draft(lead, event, replace(known, policy=policy, touches=touches), now)


def notices(draft: Draft) -> list[NoticeState]:
    return [one for one in draft.effects.values() if isinstance(one, NoticeState)]


def told(draft: Draft) -> list[tuple[str, str]]:
    """Who is told, and how severe it is."""
    return [(one.to, one.level) for one in notices(draft)]


def outcomes(draft: Draft) -> list[tuple[str, str]]:
    return [(one.kind, one.what) for one in draft.outcomes]


# --- climbing


@pytest.mark.parametrize(
    ("kind", "to", "outcome", "level"),
    [
        ("warn", "UANNA", "warned", "warning"),
        ("breach", "UANNA", "breached", "breach"),
        ("escalate", "UMONA", "escalated", "breach"),
    ],
)
def test_a_rung_is_recorded_and_told_with_its_severity(
    kind: Any, to: str, outcome: str, level: str
) -> None:
    rung = ArmedRung(NOW + minutes(30), kind, "manager" if kind == "escalate" else "owner")
    made = draft(rung.at, replace(CLOCK, ladder=(rung,)))
    climb_ladders(made)
    assert told(made) == [(to, level)]
    (recorded,) = made.outcomes
    assert (recorded.kind, recorded.person, recorded.due_at) == (outcome, "anna", CLOCK.due_at)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("breach", "Call for Ada Example (Acme) was due Tue 3 Mar, 09:00 UTC"),
        ("escalate", "Its owner has missed Call for Ada Example (Acme), due Tue 3 Mar, 09:00 UTC"),
    ],
)
def test_a_rung_of_an_owner_who_left_the_roster_is_recorded_without_a_person(
    kind: Any, said: str
) -> None:
    rung = ArmedRung(CLOCK.due_at, kind, "channel")
    made = draft(rung.at, replace(CLOCK, ladder=(rung,)), policy=without("anna"))
    climb_ladders(made)
    (recorded,) = made.outcomes
    assert recorded.person == ""
    (notice,) = notices(made)
    assert (notice.to, notice.level) == (POLICY.notifications.channel, "breach")
    assert title(notice) == said


DUE = "Call for Ada Example (Acme) {} due Tue 3 Mar, 10:00 CET"
WARN = ArmedRung(NOW + minutes(30), "warn")
BREACH = ArmedRung(CLOCK.due_at, "breach")


@pytest.mark.parametrize(
    ("ladder", "heading", "ahead"),
    [
        pytest.param((WARN, BREACH), "is", ("From then on it counts as a breach.",),
                     id="a warning: the breach is ahead"),
        pytest.param((WARN, replace(WARN, at=NOW + minutes(45)), BREACH), "is",
                     ("From then on it counts as a breach.",), id="another warning is no step"),
        pytest.param((BREACH, ArmedRung(NOW + minutes(70), "escalate", "manager")), "was",
                     ("Next: the manager is told Tue 3 Mar, 10:10 CET.",), id="an escalation"),
        pytest.param((BREACH, ArmedRung(NOW + minutes(80), "pull_back")), "was",
                     ("Next: the lead goes to the next rep Tue 3 Mar, 10:20 CET.",),
                     id="a pull-back"),
        pytest.param((BREACH,), "was", (), id="nothing"),
    ],
)  # fmt: skip
def test_the_notice_says_which_step_is_next(
    ladder: tuple[ArmedRung, ...], heading: str, ahead: tuple[str, ...]
) -> None:
    made = draft(ladder[0].at, replace(CLOCK, ladder=ladder))
    climb_ladders(made)
    (notice,) = notices(made)
    assert title(notice) == DUE.format(heading)
    assert lines(notice) == ahead


@pytest.mark.parametrize(
    ("now", "deferred", "said"),
    [
        pytest.param(NOW, False, ("no clock is due",), id="nothing is due"),
        pytest.param(NOW, True, ("call: breached, told owner",), id="a notice is due"),
        pytest.param(CLOCK.due_at, False, ("call: breached, told owner",), id="a rung is due"),
    ],
)
def test_the_reason_says_that_no_clock_is_due(
    now: datetime, deferred: bool, said: tuple[str, ...]
) -> None:
    clock = replace(CLOCK, due_at=NOW, ladder=(BREACH,))
    made = draft(now, clock, deferred=(untold(NOW),) * deferred)
    climb_ladders(made)
    assert all_words(made.because) == said


def test_a_clock_stopped_by_another_clocks_rung_fires_no_more() -> None:
    """The pull-back finds a call by the owner, which is the first touch."""
    accept = replace(
        CLOCK,
        target="accept",
        stops_on="accept",
        ladder=(ArmedRung(NOW + minutes(20), "pull_back"),),
    )
    touch = replace(CLOCK, ladder=(ArmedRung(NOW + minutes(21), "breach"),))
    seen = (Touch(NOW + minutes(19), "call", "owner-anna"),)
    made = draft(NOW + minutes(21), accept, touch, touches=seen)
    climb_ladders(made)
    assert outcomes(made) == [("touched", "hubspot")]
    assert told(made) == []


def test_the_old_owners_clocks_end_with_the_pull_back() -> None:
    """Rungs are in order of time, not by clock: the breach came before the pull-back, the
    escalation after."""
    later = replace(CLOCK, ladder=(ArmedRung(NOW + minutes(22), "escalate", "manager"),))
    first = replace(
        CLOCK,
        target="accept",
        ladder=(ArmedRung(NOW + minutes(20), "breach"), ArmedRung(NOW + minutes(21), "pull_back")),
    )
    made = draft(NOW + minutes(22), later, first)
    climb_ladders(made)
    assert [kind for kind, _ in outcomes(made)] == ["breached", "pulled_back", "assigned"]


# --- a pull-back


def test_a_pull_back_asks_for_the_loads_of_both_owners_at_once() -> None:
    rung = ArmedRung(NOW + minutes(20), "pull_back")
    lead, known = handed_off()
    lead = replace(lead, clocks=(replace(CLOCK, ladder=(rung,)),))
    answer = decide(
        lead, ClockDue(id="wake", lead_id="101", at=rung.at), replace(known, loads={}), rung.at
    )
    assert isinstance(answer, Needs)
    assert answer.people[0] == "anna"
    assert {"ben", "cleo", "dan", "mona"} <= set(answer.people)
    assert set(answer.pools) == {"enterprise", "everyone"}


@pytest.mark.parametrize(
    ("policy", "person"), [(POLICY, "anna"), (without("anna"), "")], ids=["there", "gone"]
)
def test_a_lead_is_pulled_back_from_an_owner_who_left_the_roster(
    policy: Policy, person: str
) -> None:
    clock = replace(CLOCK, ladder=(ArmedRung(NOW + minutes(20), "pull_back"),))
    made = draft(NOW + minutes(20), clock, policy=policy)
    climb_ladders(made)
    assert [one.person for one in made.outcomes if one.kind == "pulled_back"] == [person]
    assert owned(made.lead).person == "ben"


# --- the hold of a lead times out

HELD = Held(
    stage="sql",
    move="",
    since=NOW,
    missing=("company",),
    unmet=(),
    clock=replace(
        CLOCK,
        target="held",
        stops_on="complete",
        ladder=(ArmedRung(NOW + minutes(60), "release"),),
    ),
)


def held_lead() -> Lead:
    lead, _ = handed_off()
    return replace(lead, clocks=(), held=HELD)


def woken(now: datetime, **known: Any) -> Decision | Needs:
    event = ClockDue(id="wake", lead_id="101", at=now)
    return decide(held_lead(), event, world(**known), now)


@pytest.mark.parametrize(
    ("now", "asked"),
    [
        pytest.param(HELD.clock.due_at - MICROSECOND, False, id="a microsecond before it is over"),
        pytest.param(HELD.clock.due_at, True, id="as it is over"),
    ],
)
def test_the_contact_is_read_when_a_hold_ends(now: datetime, asked: bool) -> None:
    assert (woken(now) == Needs(contact=True)) is asked


def test_a_hold_ends_when_the_contact_is_deleted() -> None:
    assert isinstance(woken(HELD.clock.due_at, contact_gone=True), Decision)


def test_a_hold_goes_on_for_a_minute_while_hubspot_cannot_be_read() -> None:
    answer = woken(HELD.clock.due_at, crm_down=True)
    assert isinstance(answer, Decision)
    held = answer.lead.held
    assert held is not None
    assert held == replace(HELD, clock=held.clock), "nothing but the clock has changed"
    again = HELD.clock.due_at + RETRY_AFTER
    assert held.clock.due_at == again
    assert held.clock.ladder == (ArmedRung(again, "release"),)
    assert answer.lead.wake_at == again


# --- deferred notices


def untold(at: datetime, target: str = "call", number: int = 1, **rung: Any) -> DeferredNotice:
    armed = ArmedRung(CLOCK.due_at, "breach", **rung)
    return DeferredNotice(at, armed, number, "anna", target, target.title(), CLOCK.due_at)


def test_a_rung_that_is_not_due_does_not_fire() -> None:
    now, later = NOW + minutes(70), untold(NOW + minutes(71))
    made = draft(now, CLOCK, deferred=(untold(now, to="manager"), later))
    notify_deferred(made)
    assert told(made) == [("UMONA", "breach")]
    assert made.lead.deferred == (later,)


@pytest.mark.parametrize(
    ("clocks", "needed"),
    [
        pytest.param([CLOCK], True, id="it runs, and has passed"),
        pytest.param([replace(CLOCK, stopped_at=NOW)], False, id="it has been stopped"),
        pytest.param([replace(CLOCK, target="other")], False, id="it is promised no more"),
        pytest.param(
            [replace(CLOCK, target="other", stopped_at=NOW), CLOCK], True, id="another is stopped"
        ),
        pytest.param([replace(CLOCK, due_at=NOW + minutes(70))], True, id="it passes right now"),
        pytest.param(
            [replace(CLOCK, due_at=NOW + minutes(70) + MICROSECOND)], False, id="it is due later"
        ),
    ],
)
def test_acting_on_a_lead_drops_its_postponed_notices(clocks: list[Clock], needed: bool) -> None:
    now = NOW + minutes(70)
    made = draft(now, *clocks, deferred=(untold(now),))
    notify_deferred(made)
    assert told(made) == ([("UANNA", "breach")] if needed else [])
    assert made.lead.deferred == ()


def test_the_old_owners_managers_postponed_notice_is_kept_once() -> None:
    """Mona is off again, and the next owner has missed the target, too."""
    now = EVENING
    old = untold(now, to="manager")
    made = draft(now, CLOCK, policy=in_quiet_hours("wait"), deferred=(replace(old, number=0),))
    notify_deferred(made)
    assert told(made) == []
    assert made.lead.deferred == (replace(old, number=0, at=OPENING),)


def test_a_deferred_notice_of_a_lead_without_an_owner_names_none() -> None:
    old = untold(NOW, number=0, to="manager")
    made = draft(NOW, assignment=None, deferred=(old,))
    made.change(clocks=())
    notify_deferred(made)
    (notice,) = notices(made)
    assert lines(notice) == ()


# --- the recipients of rungs

ROTA = Rota(("cleo", "dan", "pia"), calendar="berlin", starts=date(2026, 3, 2), days=1)


@pytest.mark.parametrize(
    ("to", "rota", "backup", "reached"),
    [
        ("owner", None, "", "anna"),
        ("backup", None, "ben", "ben"),
        ("backup", None, "", "mona"),
        ("manager", None, "ben", "mona"),
        ("director", None, "ben", "dora"),
        ("channel", None, "ben", None),
        ("on_duty", ROTA, "ben", "dan"),
        ("on_duty", None, "ben", "mona"),
    ],
)
def test_the_recipients_of_a_rung(
    to: Recipient, rota: Rota | None, backup: str, reached: str | None
) -> None:
    made = draft(NOW, policy=replace(anna_with(backup=backup), rota=rota))
    found = recipient(made, ArmedRung(NOW, "escalate", to), made.owner)
    assert (found.reader.id if found.reader else None) == reached
    assert found.instead_of is None


def test_an_inactive_backup_stands_in_for_nobody() -> None:
    policy = anna_with(backup="ben")
    left = tuple(replace(one, active=one.id != "ben") for one in policy.people)
    made = draft(NOW, policy=replace(policy, people=left))
    found = recipient(made, ArmedRung(NOW, "escalate", "backup"), made.owner)
    assert found.reader is not None
    assert found.reader.id == "mona"


@pytest.mark.parametrize(
    ("away", "names", "expected"),
    [
        pytest.param((), ("cleo", "dan", "pia"), "dan", id="whose turn it is"),
        pytest.param(("dan",), ("cleo", "dan", "pia"), "pia", id="else the next"),
        pytest.param(("dan", "pia"), ("cleo", "dan", "pia"), "cleo", id="round and round"),
        pytest.param((), ("cleo", "nobody", "pia"), "pia", id="who is no person is passed over"),
    ],
)
def test_who_is_on_duty(away: tuple[str, ...], names: tuple[str, ...], expected: str) -> None:
    off = (TimeOff(NOW, NOW + DAY),)
    people = tuple(replace(one, time_off=off if one.id in away else ()) for one in POLICY.people)
    policy = replace(POLICY, people=people, rota=replace(ROTA, people=names))
    found = on_duty(draft(NOW, policy=policy))
    assert found is not None
    assert found.id == expected
