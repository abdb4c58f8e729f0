"""The compiled policy says what the files say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from baton.domain.policy import (
    CatchUp,
    Counting,
    Fallback,
    Idle,
    Limits,
    Member,
    MessageLimits,
    Pause,
    Policy,
    Rota,
    Rung,
    Test,
    TimeOff,
    Touches,
    Wait,
    Window,
)
from baton.policy_tools import compile_policy, load
from tests.policy_tools.conftest import SAMPLE

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return compile_policy(load(SAMPLE), TODAY)


def test_it_survives_the_journey_through_json(policy: Policy) -> None:
    assert msgspec.json.decode(msgspec.json.encode(policy), type=Policy) == policy


def test_a_policy_that_was_published_before_a_key_has_its_default(policy: Policy) -> None:
    nine = timedelta(days=9)
    later = replace(
        policy, idle=Idle(nine), snooze_at_most=nine, touches=Touches(emails_sent=("BOUNCED",))
    )
    data = msgspec.json.decode(msgspec.json.encode(later))
    del data["idle"], data["snooze_at_most"], data["touches"]
    defaults = replace(policy, idle=Idle(), snooze_at_most=timedelta(days=30), touches=Touches())
    assert msgspec.convert(data, Policy) == defaults


def test_quiet_hours_by_their_older_key_are_the_same(edited: Callable[..., Path]) -> None:
    quiet = "quiet_hours: {warning: backup}\nmessages_an_hour: 3"
    older = "respect: {outside_hours: {warning: backup}, an_hour: 3}"
    sample = (SAMPLE / "notifications.yaml").read_text(encoding="utf-8")
    keys = sample[sample.index("quiet_hours:") : sample.index("# to one person;")].rstrip()
    today = compile_policy(load(edited(("notifications", keys, quiet))), TODAY)
    before = compile_policy(load(edited(("notifications", quiet, older))), TODAY)
    assert before == today
    assert today.notifications.message_limits == MessageLimits("backup", "backup", "through", 3)


def test_quiet_hours_are_stored_as_before(policy: Policy) -> None:
    limits = MessageLimits("wait", "wait", "backup", 3)
    later = replace(policy, notifications=replace(policy.notifications, message_limits=limits))
    data = msgspec.json.decode(msgspec.json.encode(later))
    assert data["notifications"]["respect"] == {
        "breach": "wait",
        "escalation": "backup",
        "an_hour": 3,
    }
    assert msgspec.convert(data, Policy) == later


def test_the_same_files_on_the_same_day_give_the_same_bytes(policy: Policy) -> None:
    again = compile_policy(load(SAMPLE), TODAY)
    assert msgspec.json.encode(again) == msgspec.json.encode(policy)


def test_working_stages_are_ranked_in_the_order_of_the_file(policy: Policy) -> None:
    ranks = {stage.id: stage.rank for stage in policy.lifecycle.stages}
    assert ranks == {
        "subscriber": 1,
        "lead": 2,
        "mql": 3,
        "sal": 4,
        "sql": 5,
        "opportunity": 6,
        "customer": 7,
        "recycled": 0,
        "disqualified": 0,
        "evangelist": 8,
        "other": 0,
    }


def test_conditions_keep_their_short_and_long_forms(policy: Policy) -> None:
    rules = {rule.id: rule for rule in policy.rules}
    assert rules["emea-enterprise"].when == {
        "territory": Test(any_of=("emea",)),
        "segment": Test(any_of=("enterprise",)),
    }
    assert rules["everything-else"].when == {}
    assert policy.segments[0].when == {"employees": Test(at_least=1000)}
    assert "Norway" in policy.territories[0].when["country"].any_of


def test_pools_keep_weights_and_fallbacks_in_order(policy: Policy) -> None:
    pool = policy.pool["emea-enterprise"]
    assert pool.members == (Member("anna", 2), Member("priya", 1))
    assert pool.fallback == (Fallback(pool="emea-mid-market"), Fallback(person="kim"))


def test_ladders_are_spelled_out_in_every_target(policy: Policy) -> None:
    hot = policy.tiers[1].targets[0]
    assert hot.within == timedelta(minutes=15)
    assert hot.ladder[0] == Rung("warn", "owner", share=0.5)
    assert hot.ladder[2] == Rung("breach", "owner", after=timedelta())
    assert hot.ladder[-1] == Rung("escalate", "director", after=timedelta(minutes=30))
    assert [rung.kind for rung in hot.ladder].count("pull_back") == 1


def test_routing_says_who_waits_who_closes_and_what_counts(policy: Policy) -> None:
    archive, americas = policy.pool["archive"], policy.pool["americas-mid-market"]
    assert archive.limits == Limits(open=60, per_day=16)
    assert archive.calendar == "berlin"
    assert archive.fallback[0] == Fallback(wait=Wait(timedelta(hours=4), timedelta(hours=1)))
    assert policy.chain["archive"].waits
    assert americas.catch_up == CatchUp("capped", 2)
    assert policy.pool["global"].choose == "least_loaded"
    assert policy.ownership == ("open_deal", "contact", "company", "parent_company", "domain")
    assert [rule.pool for rule in policy.handoff["sql"].rules] == [
        "closers-americas",
        "closers-emea",
    ]
    assert policy.handoff["mql"].rules == policy.rules
    assert policy.counting == Counting(
        forget_after=timedelta(days=60), wait_for_room=timedelta(hours=4)
    )
    starts = {name: one.week_starts for name, one in policy.calendars.items()}
    assert starts == {"berlin": 0, "london": 0, "new-york": 6, "los-angeles": 6}
    assert {"gmail.com", "yahoo.*", "btclick.com"} <= {*policy.free_domains}

    assert (policy.person["nadia"].backup, policy.person["owen"].max_per_week) == ("priya", 20)
    assert policy.reason["not_my_area"].pass_on


def test_a_window_is_in_utc_with_its_last_day_included(edited: Callable[..., Path]) -> None:
    folder = edited(
        (
            "routing",
            "    pool: partner\n",
            "    pool: partner\n    active: {from: 2027-03-08, to: 2027-03-28, calendar: berlin,"
            " hours: inside}\n",
        )
    )
    rule = compile_policy(load(folder), date(2026, 11, 24)).rules[0]
    # The last day is that of the change to summer time.
    assert rule.window == Window(
        start=datetime(2027, 3, 7, 23, 0, tzinfo=UTC),
        end=datetime(2027, 3, 28, 22, 0, tzinfo=UTC),
        calendar="berlin",
        hours="inside",
    )


def test_the_promises_are_the_agreed_ones(policy: Policy) -> None:
    accept = {tier.id: tier.targets[0].within for tier in policy.tiers}
    assert accept == {
        "closing": timedelta(hours=4),
        "hot": timedelta(minutes=15),
        "warm": timedelta(hours=4),
        "cold": timedelta(hours=8),  # one working day
    }


def test_time_off_is_in_utc_with_its_last_day_included(policy: Policy) -> None:
    assert policy.person["jonas"].time_off == (
        TimeOff(datetime(2026, 12, 27, 23, tzinfo=UTC), datetime(2027, 1, 8, 23, tzinfo=UTC)),
    )
    assert policy.person["noah"].time_off == (
        TimeOff(datetime(2026, 12, 4, 20, tzinfo=UTC), datetime(2026, 12, 5, 8, tzinfo=UTC)),
    )


def test_backward_sources_are_lower_case(policy: Policy) -> None:
    assert policy.lifecycle.backward == {
        "import": "restore",
        "integration": "restore",
        "crm_ui": "ask",
        "*": "report",
    }


@pytest.mark.parametrize(
    ("calendar", "day", "name"),
    [
        ("berlin", "2027-03-08", "Women's Day"),  # in Berlin, not in all of Germany
        ("berlin", "2026-12-31", "Company holiday"),
        ("london", "2026-12-28", "Boxing Day (observed)"),
        ("new-york", "2026-11-26", "Thanksgiving"),
        ("los-angeles", "2027-03-31", "Cesar Chavez Day"),
    ],
)
def test_holidays_are_those_of_the_place(
    calendar: str, day: str, name: str, policy: Policy
) -> None:
    assert name in dict(policy.calendars[calendar].holidays)[date.fromisoformat(day)]


def test_holidays_reach_from_last_year_to_three_years_ahead(policy: Policy) -> None:
    days = policy.calendars["berlin"].holidays
    assert {day.year for day, _ in days} == {2025, 2026, 2027, 2028, 2029}


def test_a_calendar_can_stay_out_of_the_company_days(edited: Callable[..., Path]) -> None:
    folder = edited(
        ("roster", "zone: Europe/London", "zone: Europe/London\n    company_days: false")
    )
    calendars = compile_policy(load(folder), TODAY).calendars
    assert date(2027, 5, 14) not in dict(calendars["london"].holidays)
    assert date(2027, 5, 14) in dict(calendars["berlin"].holidays)


def test_a_shift_over_midnight_and_one_to_midnight_compile(edited: Callable[..., Path]) -> None:
    hours = "hours: {mon-fri: [09:00-12:30, 13:30-18:00]}"
    folder = edited(("roster", hours, "hours: {mon-thu: 22:00-06:00, fri: 18:00-24:00}"))
    policy = compile_policy(load(folder), TODAY)
    week = policy.calendars["berlin"].week
    assert week[0] == ((timedelta(hours=22), timedelta(hours=30)),)
    assert week[4] == ((timedelta(hours=18), timedelta(hours=24)),)
    work = policy.calendar_of(policy.person["anna"])
    assert work.is_open(datetime(2026, 11, 24, 2, tzinfo=UTC))
    assert not work.is_open(datetime(2026, 11, 24, 9, tzinfo=UTC))


def test_pauses_are_conditions_with_the_targets_they_stop(policy: Policy) -> None:
    (pause,) = policy.pauses
    assert pause == Pause(
        "waiting_on_lead",
        "Waiting on the lead",
        {"waiting_on": Test(any_of=("lead",))},
        ("first_touch", "outcome"),
    )


def test_promises_of_a_stage_and_of_a_field_are_conditions(edited: Callable[..., Path]) -> None:
    """The conditions are written as in the README."""
    more = (
        "      - id: in_mql\n        label: Time as MQL\n        within: 8h\n"
        "        starts_when: {stage: mql}\n        stops_when: {not: {stage: mql}}\n"
        "        ladder: touch-hot\n"
        "      - id: enrich\n        label: Phone\n        within: 4h\n        starts_on: accept\n"
        "        stops_when: {phone: {known: true}}\n        calendar: london\n"
        "        ladder: touch-hot\n"
    )
    folder = edited(("sla", "        ladder: accept-hot\n", "        ladder: accept-hot\n" + more))
    policy = compile_policy(load(folder), TODAY)
    tier = next(one for one in policy.tiers if one.id == "hot")
    in_mql, enrich = (
        next(one for one in tier.targets if one.id == name) for name in ("in_mql", "enrich")
    )
    mql = {"stage": Test(any_of=("mql",))}
    assert (in_mql.starts_when, in_mql.stops_when) == (mql, {"not": Test(blocks=(mql,))})
    assert (in_mql.stops_on, in_mql.calendar, in_mql.starts_on) == ("", "", "assigned")
    assert enrich.stops_when == {"phone": Test(known=True)}
    assert (enrich.calendar, enrich.starts_on) == ("london", "accept")
    assert enrich.ends_as == "Hot lead that nobody called"
    again = enrich.ladder[5]
    assert (again.kind, again.to, again.every, again.again) == (
        "escalate",
        "channel",
        timedelta(hours=1),
        2,
    )


def test_teams_territories_and_the_rota_have_hours(edited: Callable[..., Path]) -> None:
    folder = edited(
        ("roster", "on_duty:  ", "teams: [{id: EMEA, calendar: london}]\non_duty:  "),
        ("routing", "    label: EMEA\n", "    label: EMEA\n    calendar: berlin\n"),
    )
    policy = compile_policy(load(folder), TODAY)
    assert policy.team_calendars == {"EMEA": "london"}
    assert [one.calendar for one in policy.territories][:2] == ["berlin", ""]
    assert policy.rota == Rota(("nadia", "owen"), date(2026, 1, 5), 7, "london")


@pytest.mark.parametrize(
    ("written", "idle"),
    [
        ("", Idle(timedelta(days=90), "no_response")),
        ("idle: {}", Idle()),
        ("idle: {after: 36h}", Idle(after=timedelta(hours=36))),
        ("idle: {reason: timing}", Idle(reason="timing")),
        ("idle: {after: 30d, reason: timing}", Idle(timedelta(days=30), "timing")),
    ],
)
def test_idle_is_what_the_policy_says_or_its_default(
    written: str, idle: Idle, edited: Callable[..., Path]
) -> None:
    recycling = (edited() / "recycling.yaml").read_text(encoding="utf-8")
    folder = edited(("recycling", recycling[recycling.index("\nidle: ") :], f"\n{written}\n"))
    assert compile_policy(load(folder), TODAY).idle == idle


@pytest.mark.parametrize(
    ("written", "at_most"),
    [
        ("", timedelta(days=30)),
        ("snooze: {}", timedelta(days=30)),
        ("snooze: {at_most: 1h}", timedelta(hours=1)),
        ("snooze: {at_most: 14d}", timedelta(days=14)),
        ("snooze: {at_most: 365d}", timedelta(days=365)),
    ],
)
def test_snooze_is_what_the_policy_says_or_its_default(
    written: str, at_most: timedelta, edited: Callable[..., Path]
) -> None:
    sla = (edited() / "sla.yaml").read_text(encoding="utf-8")
    block = sla[sla.index("\nsnooze: ") : sla.index("\nladders: ")]
    folder = edited(("sla", block, f"\n{written}\n"))
    assert compile_policy(load(folder), TODAY).snooze_at_most == at_most
