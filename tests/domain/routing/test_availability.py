"""Away, back, and whether HubSpot accepts a person as owner: the latest change counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.domain.policy import Attendance, Policy, TimeOff
from baton.domain.routing.availability import (
    Availability,
    AvailabilityChange,
    apply_change,
    instant_of,
)
from baton.domain.world.world import Away, Load
from baton.presentation.wording import plain
from tests.builders import NOW, POLICY, minutes, rep
from tests.routed import routed
from tests.worded import lines, title

BERLIN = "Europe/Berlin"
DAY = timedelta(days=1)


def word(
    *, away: bool = True, at: datetime = NOW, id: str = "w", **fields: Any
) -> AvailabilityChange:
    return AvailabilityChange(id=id, at=at, away=away, **{"source": "slack", **fields})


def applied(
    given: AvailabilityChange, load: Load | None = None, policy: Policy = POLICY
) -> Availability:
    found = apply_change(policy, policy.person["anna"], given, load or Load("anna"), NOW)
    assert found is not None
    return found


def said(found: Availability) -> list[str]:
    (notice,) = found.notices
    return [title(notice), *lines(notice)]


@pytest.mark.parametrize(
    ("fields", "until", "first"),
    [
        ({}, None, "You are away until further notice"),
        ({"until": NOW + minutes(90)}, NOW + minutes(90), "You are away until"),
        # 08:00 UTC in March is 09:00 in Berlin.
        ({"back": "15:30"}, datetime(2026, 3, 3, 14, 30, tzinfo=UTC), "until Tue 3 Mar, 15:30"),
        ({"back": "08:30"}, datetime(2026, 3, 4, 7, 30, tzinfo=UTC), "until Wed 4 Mar, 08:30"),
        ({"back": "2026-04-01"}, datetime(2026, 3, 31, 22, 0, tzinfo=UTC), "Wed 1 Apr, 00:00"),
        ({"by": "RevOps", "source": "cli"}, None, "RevOps has set you to away"),
    ],
)
def test_away_is_answered_with_its_end(
    fields: dict[str, Any], until: datetime | None, first: str
) -> None:
    found = applied(word(**fields))
    assert found.load.away == Away(NOW, until, fields.get("source", "slack"))
    assert first in said(found)[0]
    assert said(found)[1:] == ["You get no new leads.", "Back earlier? /baton back"]
    assert not found.offers


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("stay", "Your 3 open leads stay yours, and the clocks run on."),
        ("hand_over", "You have 3 open leads. What you have neither accepted nor been in touch"),
        ("cover", "goes to your backup until you are back; the rest stays yours"),
    ],
)
def test_away_is_answered_with_the_open_leads_and_the_backup(how: Any, told: str) -> None:
    people = tuple(replace(one, backup="ben") if one.id == "anna" else one for one in POLICY.people)
    policy = replace(POLICY, people=people, attendance=Attendance(leave_begins=how))
    found = applied(word(), Load("anna", open=3), policy)
    assert any(told in line for line in said(found))
    assert f"New leads of your accounts go to {POLICY.person['ben'].name}." in said(found)


def test_a_past_time_changes_nothing_and_is_refused() -> None:
    found = applied(word(until=NOW - minutes(1)))
    assert found.load == Load("anna")
    assert said(found)[0] == "Nothing changed"


def test_a_time_of_day_counts_from_the_command_not_from_its_processing() -> None:
    """09:00 in Berlin: a minute ago somebody was set to away until now."""
    found = applied(word(back="09:00", at=NOW - minutes(1)))
    assert found.load == Load("anna")
    assert said(found)[0] == "Nothing changed"


def test_back_makes_available_and_retries_the_queue() -> None:
    policy = routed()
    away = Load("anna", away=Away(NOW - minutes(60), None, "slack"))
    found = applied(word(away=False), away, policy)
    assert found.load.away is not None
    assert not found.load.away.holds(NOW)
    assert said(found) == ["You are back", "You get new leads again."]
    assert found.offers == ("desk",)


@pytest.mark.parametrize(
    ("fields", "load", "why"),
    [
        ({"active": False}, Load("anna"), "inactive"),
        ({"time_off": (TimeOff(NOW, NOW + minutes(60)),)}, Load("anna"), "time off"),
        ({}, Load("anna", refused=Away(NOW, None, "hubspot")), "HubSpot does not accept you"),
        ({}, Load("anna", unreachable=Away(NOW, None, "workspace")), "do not reach you"),
    ],
)
def test_back_is_answered_with_what_still_prevents_leads(
    fields: dict[str, Any], load: Load, why: str
) -> None:
    policy = routed(people=(rep("anna", **fields), rep("ben"), *routed().people[2:]))
    found = applied(word(away=False), load, policy)
    assert why in said(found)[1]
    assert found.offers == ()


def test_hubspots_deactivation_and_ones_own_absence_are_separate() -> None:
    refused = applied(word(source="hubspot"), Load("anna", open=2)).load
    assert refused.refused == Away(NOW, None, "hubspot")
    away = applied(word(at=NOW - minutes(5)), refused).load
    taken = applied(word(away=False, source="hubspot"), away).load
    assert taken.refused is not None
    assert not taken.refused.holds(NOW)
    assert taken.away is not None
    assert taken.away.holds(NOW)


def test_slacks_and_hubspots_refusals_are_separate() -> None:
    refused = applied(word(source="hubspot"), Load("anna", open=2)).load
    both = applied(word(source="workspace"), refused)
    assert both.load.unreachable == Away(NOW, None, "workspace")
    assert "Slack brings Anna no messages" in said(both)[0]
    taken = applied(word(away=False, source="hubspot"), both.load, routed())
    assert taken.load.refused_at_all(NOW), "by Slack still"
    assert taken.offers == ()
    reached = applied(word(away=False, source="workspace"), taken.load)
    assert not reached.load.refused_at_all(NOW)
    assert "Slack brings Anna messages again" in said(reached)[0]


def test_revops_is_told_what_hubspot_says() -> None:
    found = applied(word(source="hubspot"), Load("anna", open=2))
    (notice,) = found.notices
    assert (notice.to, notice.level) == (POLICY.notifications.ops_channel, "warning")
    assert lines(notice)[1].startswith("Their 2 open leads go to others")
    (notice,) = applied(word(source="hubspot")).notices
    assert len(lines(notice)) == 1, "they have nothing that is open"
    (notice,) = applied(word(away=False, source="hubspot")).notices
    assert "again" in title(notice)


@pytest.mark.parametrize(
    ("text", "zone", "at"),
    [
        ("02:30", BERLIN, "2026-03-29T01:30:00+00:00"),  # the clocks skip it: after the gap
        ("2026-10-25T02:30", BERLIN, "2026-10-25T00:30:00+00:00"),  # it happens twice: the first
        ("2026-03-29", BERLIN, "2026-03-28T23:00:00+00:00"),
        ("00:00", "Asia/Kathmandu", "2026-03-28T18:15:00+00:00"),
    ],
)
def test_a_local_time_is_an_instant(text: str, zone: str, at: str) -> None:
    now = datetime(2026, 3, 28, 15, 0, tzinfo=UTC)
    assert instant_of(text, zone, now) == datetime.fromisoformat(at)


@pytest.mark.parametrize("text", ["soon", "2026-13-01", "25:00", ""])
def test_an_invalid_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 in Python's words
        instant_of(text, BERLIN, NOW)


spoken = st.builds(
    word,
    away=st.booleans(),
    at=st.integers(0, 5).map(lambda n: NOW - timedelta(minutes=n)),
    source=st.sampled_from(["slack", "cli", "hubspot"]),
)


@given(st.lists(spoken, max_size=6, unique_by=lambda one: (one.at, one.source == "hubspot")))
def test_the_latest_change_counts_in_any_order_of_arrival(
    told: Sequence[AvailabilityChange],
) -> None:
    def heard(order: Sequence[AvailabilityChange]) -> Load:
        load = Load("anna")
        for one in order:
            found = apply_change(POLICY, POLICY.person["anna"], one, load, NOW)
            load = found.load if found else load
        return load

    in_order = heard(sorted(told, key=lambda one: one.at))
    assert heard(told) == in_order
    assert heard([*told, *told]) == in_order


# --- to the instant


@pytest.mark.parametrize(
    ("ahead", "away"),
    [(timedelta(0), False), (timedelta(microseconds=1), True)],
    ids=["now: it has passed", "a microsecond ahead"],
)
def test_an_absence_that_ends_now_is_over(ahead: timedelta, away: bool) -> None:
    found = applied(word(until=NOW + ahead))
    assert (found.load.away is not None) is away


@pytest.mark.parametrize(
    ("since", "counts"),
    [(NOW - minutes(1), True), (NOW, True), (NOW + timedelta(microseconds=1), False)],
    ids=["an earlier one is known", "one of the same instant", "a later one"],
)
def test_a_change_counts_unless_a_later_one_is_known(since: datetime, counts: bool) -> None:
    known = Load("anna", away=Away(since, None, "slack"))
    found = apply_change(POLICY, POLICY.person["anna"], word(away=False), known, NOW)
    assert (found is not None) is counts


@pytest.mark.parametrize(
    ("text", "at"),
    [
        pytest.param("09:01", NOW + minutes(1), id="today, ahead"),
        pytest.param("09:00", NOW + timedelta(days=1), id="right now: tomorrow"),
        pytest.param("09:01+05:00", NOW + minutes(1), id="in their own zone, whatever it names"),
    ],
)
def test_a_time_of_day_is_the_next_one(text: str, at: datetime) -> None:
    assert instant_of(text, BERLIN, NOW) == at


@pytest.mark.parametrize(
    ("fields", "load", "offers"),
    [
        pytest.param({"time_off": (TimeOff(NOW, NOW + DAY),)}, {}, (), id="leave begins now"),
        pytest.param({"time_off": (TimeOff(NOW - DAY, NOW),)}, {}, ("desk",), id="it ends now"),
        pytest.param(
            {"time_off": (TimeOff(NOW + minutes(1), NOW + DAY),)}, {}, ("desk",), id="it is ahead"
        ),
        pytest.param(
            {},
            {"refused": Away(NOW - DAY, NOW, "hubspot")},
            ("desk",),
            id="HubSpot takes them again",
        ),
    ],
)
def test_back_makes_available_unless_something_else_prevents_it(
    fields: dict[str, Any], load: dict[str, Any], offers: tuple[str, ...]
) -> None:
    policy = routed(people=(rep("anna", **fields), rep("ben"), *routed().people[2:]))
    found = applied(word(away=False), Load("anna", **load), policy)
    assert found.offers == offers


@pytest.mark.parametrize(
    ("given", "to", "level"),
    [
        pytest.param(word(), "UANNA", "info", id="they say that they are away"),
        pytest.param(word(away=False), "UANNA", "info", id="and back"),
        pytest.param(word(until=NOW), "UANNA", "info", id="and until when has passed"),
        pytest.param(word(source="hubspot"), "#revops", "warning", id="HubSpot refuses them"),
        pytest.param(word(source="hubspot", away=False), "#revops", "info", id="and takes them"),
    ],
)
def test_each_change_is_answered_by_one_notice(
    given: AvailabilityChange, to: str, level: str
) -> None:
    (notice,) = applied(given).notices
    assert (notice.to, notice.level) == (to, level)
    assert (notice.slot, notice.version) == ("notice:w", 1)


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("deactivated", "Their Slack user is deactivated"),
        ("bot", "is a bot's"),
        ("guest", "They are a guest in Slack"),
        ("elsewhere", "belongs to another workspace"),
        ("unknown", "Slack knows no user"),
        ("", "was deactivated, is a guest or belongs"),
        ("newer", "was deactivated, is a guest or belongs"),
    ],
)
def test_revops_reads_why_slack_brings_somebody_no_messages(why: str, said: str) -> None:
    change = AvailabilityChange(id="x", at=NOW, away=True, source="workspace", why=why)
    found = apply_change(POLICY, POLICY.person["anna"], change, Load("anna"), NOW)
    assert found is not None
    assert said in plain(found.notices[0].lines[0])
