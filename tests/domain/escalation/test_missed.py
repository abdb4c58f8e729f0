"""A late machine: what it missed of one clock is one message, to who is there now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.domain.draft.draft import Draft
from baton.domain.escalation.ladder import climb_ladders
from baton.domain.escalation.missed import LATE
from baton.domain.lead import ArmedRung, Clock
from baton.domain.policy import MessageLimits, Policy, TimeOff
from baton.domain.world.effects import NoticeState
from baton.domain.world.events import ClockDue
from tests.builders import NOW, POLICY, handed_off, minutes
from tests.worded import all_words, lines, title

DUE = NOW + minutes(60)
HOUR = timedelta(hours=1)
BREACH = ArmedRung(DUE, "breach")
MANAGER = ArmedRung(DUE + HOUR, "escalate", "manager")
DIRECTOR = ArmedRung(DUE + 2 * HOUR, "escalate", "director")
CHANNEL = ArmedRung(DUE + 3 * HOUR, "escalate", "channel")
WARNINGS = tuple(ArmedRung(NOW + minutes(at), "warn") for at in (30, 45, 54))
CLOCK = Clock(
    target="call",
    label="Call",
    stops_on="touch",
    started_at=NOW,
    due_at=DUE,
    ladder=(*WARNINGS, BREACH, MANAGER, DIRECTOR),
)


def climbed(now: datetime, *clocks: Clock, policy: Policy = POLICY) -> Draft:
    lead, known = handed_off()
    lead = replace(lead, clocks=clocks)
    event = ClockDue(id="wake", lead_id=lead.id, at=now)
    draft = Draft(lead, event, replace(known, policy=policy), now)
    climb_ladders(draft)
    return draft


def notices(draft: Draft) -> list[NoticeState]:
    return [one for one in draft.effects.values() if isinstance(one, NoticeState)]


def off(*people: str) -> Policy:
    leave = (TimeOff(NOW, NOW + 24 * HOUR),)
    return replace(
        POLICY,
        people=tuple(
            replace(one, time_off=leave) if one.id in people else one for one in POLICY.people
        ),
    )


def test_nine_hours_without_a_sweep_are_one_message() -> None:
    """Three warnings, the breach and all escalations are due at once; it is five in the evening."""
    draft = climbed(NOW + timedelta(hours=7, minutes=45), CLOCK)
    (notice,) = notices(draft)
    assert [one.kind for one in draft.outcomes] == ["breached", "escalated", "escalated"]
    assert {one.due_at for one in draft.outcomes} == {DUE}
    assert notice.to == "UDORA"
    assert title(notice) == "Anna has missed Call for Ada Example (Acme), due Tue 3 Mar, 10:00 CET"
    assert lines(notice) == (
        "Baton was late, so this one message stands for several steps:"
        " the owner, due to be told Tue 3 Mar, 10:00 CET,"
        " the manager, due to be told Tue 3 Mar, 11:00 CET,"
        " the director, due to be told Tue 3 Mar, 12:00 CET.",
    )


@pytest.mark.parametrize(
    ("ladder", "policy", "to"),
    [
        pytest.param((BREACH, MANAGER, DIRECTOR), POLICY, "UDORA", id="the last"),
        pytest.param((BREACH, MANAGER), POLICY, "UMONA", id="as far as it went"),
        pytest.param((BREACH, MANAGER), off("mona"), "UDORA", id="their stand-in"),
        pytest.param((BREACH, MANAGER, DIRECTOR), off("dora", "mona"), "UANNA",
                     id="else the one before"),
        pytest.param((BREACH, CHANNEL), POLICY, "UANNA", id="a person before the channel"),
        pytest.param((BREACH, CHANNEL), off("anna", "mona", "dora"),
                     POLICY.notifications.channel, id="nobody is there"),
    ],
)  # fmt: skip
def test_the_one_message_goes_to_who_is_there_now(
    ladder: tuple[ArmedRung, ...], policy: Policy, to: str
) -> None:
    draft = climbed(NOW + 5 * HOUR, replace(CLOCK, ladder=ladder), policy=policy)
    assert [one.to for one in notices(draft)] == [to]
    assert len(draft.outcomes) == len(ladder)


def test_what_is_missed_at_night_waits_as_one_notice() -> None:
    waits = MessageLimits(warning="wait", breach="wait", escalation="wait")
    policy = replace(POLICY, notifications=replace(POLICY.notifications, message_limits=waits))
    draft = climbed(NOW + 14 * HOUR, CLOCK, policy=policy)
    assert notices(draft) == []
    (deferred,) = draft.lead.deferred
    assert deferred.rung == DIRECTOR


@pytest.mark.parametrize(
    ("late", "told"),
    [
        pytest.param(timedelta(), ["UANNA", "UMONA"], id="on time, each is told"),
        pytest.param(LATE, ["UANNA", "UMONA"], id="a few minutes are no outage"),
        pytest.param(LATE + timedelta(seconds=1), ["UMONA"], id="late"),
    ],
)
def test_rungs_of_one_instant_are_each_told_unless_missed(late: timedelta, told: list[str]) -> None:
    """A policy may tell the owner and the manager at once."""
    both = (BREACH, replace(MANAGER, at=DUE))
    draft = climbed(DUE + late, replace(CLOCK, ladder=both))
    assert [one.to for one in notices(draft)] == told
    assert [one.kind for one in draft.outcomes] == ["breached", "escalated"]


def test_a_single_late_rung_is_told_as_ever() -> None:
    (notice,) = notices(climbed(DUE + 3 * HOUR, replace(CLOCK, ladder=(BREACH,))))
    assert lines(notice) == ()


def test_clocks_are_told_of_one_by_one() -> None:
    other = replace(CLOCK, target="meet", label="Meeting")
    draft = climbed(NOW + 5 * HOUR, CLOCK, other)
    assert len(notices(draft)) == 2
    assert len(draft.outcomes) == 6


def test_several_missed_warnings_are_one_to_each_recipient() -> None:
    manager = ArmedRung(NOW + minutes(40), "warn", "manager")
    draft = climbed(NOW + minutes(55), replace(CLOCK, ladder=(*WARNINGS, manager, BREACH)))
    assert sorted(one.to for one in notices(draft)) == ["UANNA", "UMONA"]
    assert [one.kind for one in draft.outcomes] == ["warned", "warned"]
    said = [one for one in all_words(draft.because) if "warned once" in one]
    assert said == ["call: owner is warned once, by a later warning"] * 2


def test_a_lead_pulled_back_meanwhile_is_told_of_with_its_new_owner() -> None:
    pull = ArmedRung(DUE + 2 * HOUR, "pull_back")
    draft = climbed(NOW + 5 * HOUR, replace(CLOCK, ladder=(BREACH, MANAGER, pull)))
    kinds = [one.kind for one in draft.outcomes]
    assert kinds == ["breached", "escalated", "pulled_back", "assigned"]
    (notice,) = (one for one in notices(draft) if one.to == "UMONA")
    assert lines(notice)[-1] == "It is with Ben now."


@given(
    kinds=st.lists(
        st.tuples(
            st.sampled_from(("breach", "escalate")),
            st.sampled_from(("owner", "backup", "manager", "director", "channel")),
            st.integers(0, 600),
        ),
        min_size=2,
        max_size=6,
        unique=True,
    ),
    after=st.integers(6, 3000),
)
def test_what_a_late_machine_missed_is_never_more_than_one_message(
    kinds: list[tuple[Any, Any, int]], after: int
) -> None:
    ladder = tuple(
        sorted(
            (ArmedRung(DUE + minutes(at), kind, to) for kind, to, at in kinds),
            key=lambda rung: rung.at,
        )
    )
    draft = climbed(ladder[-1].at + minutes(after), replace(CLOCK, ladder=ladder))
    assert len(notices(draft)) + len(draft.lead.deferred) == 1
    assert len(draft.outcomes) == len(ladder)
