"""A place in a pool's queue: its order, and when time alone may make room."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from baton.domain.draft.draft import Draft
from baton.domain.lead import ArmedRung, Lead
from baton.domain.policy import Fallback, Limits, Member, Policy, Pool, Shift, TimeOff, Wait
from baton.domain.routing.queue import LOOK_EACH, join, leave, next_look
from baton.domain.routing.search import Queued
from baton.domain.world.events import AnyEvent, Hinted, RoomMade
from baton.domain.world.world import Away, Load, Turns, World
from tests.builders import NOW, POLICY, minutes, office
from tests.routed import routed, waiting_pool

HOUR = timedelta(hours=1)
MIDNIGHT = NOW.replace(hour=23)  # in Berlin
HINT = Hinted(id="e", lead_id="101", at=NOW, about="fields")
ROOM = RoomMade(id="e", lead_id="101", at=NOW, pool="desk")
WAIT = Wait(minutes(240), minutes(60))


def draft(
    policy: Policy,
    now: datetime = NOW,
    event: AnyEvent = HINT,
    lead: Lead | None = None,
    **known: Any,
) -> Draft:
    turns = {pool.id: Turns(pool.id, waiting=3) for pool in policy.pools}
    return Draft(lead or Lead(id="101"), event, World(policy, turns=turns, **known), now)


def queued(pool: Pool, wait: Wait = WAIT, responsible: Any = None) -> Queued:
    return Queued(pool, "all", wait, responsible, ())


# --- a place


def test_a_place_in_the_queue_is_taken_once_and_kept() -> None:
    policy = routed()
    made = draft(policy)
    join(made, queued(policy.pools[0]), "mql")
    waiting = made.lead.waiting
    assert waiting is not None
    assert (waiting.pool, waiting.handoff, waiting.since) == ("desk", "mql", NOW)
    assert waiting.heat == 1, "warm: the second tier"
    assert made.turns["desk"].waiting == 4
    assert made.offers == {"desk"}
    made.offers.clear()
    join(made, queued(policy.pools[0]), "mql")
    assert (made.lead.waiting, made.turns["desk"].waiting, made.offers) == (waiting, 4, set())


@pytest.mark.parametrize(("pool", "stage"), [("closers", "mql"), ("desk", "sql")])
def test_a_lead_that_changes_queues_keeps_its_waiting_time(pool: str, stage: str) -> None:
    policy = routed()
    first = draft(policy)
    join(first, queued(policy.pools[0]), "mql")
    later = draft(policy, NOW + HOUR, lead=replace(first.lead, assigned=1))
    join(later, queued(policy.pool[pool]), stage)
    waiting = later.lead.waiting
    assert waiting is not None
    assert (waiting.pool, waiting.handoff, waiting.since) == (pool, stage, NOW)
    assert waiting.clock.started_at == NOW + HOUR
    assert later.turns[pool].waiting == (3 if pool == "desk" else 4)
    assert later.turns["desk"].waiting == (3 if pool == "desk" else 2)


@pytest.mark.parametrize(("event", "offers"), [(HINT, {"desk"}), (ROOM, set())], ids=["", "room"])
def test_leaving_the_queue_wakes_the_next_lead_unless_room_was_made(
    event: AnyEvent, offers: set[str]
) -> None:
    policy = routed()
    first = draft(policy)
    join(first, queued(policy.pools[0]), "mql")
    made = draft(policy, NOW + HOUR, event, lead=first.lead)
    leave(made)
    assert made.lead.waiting is None
    assert made.turns["desk"].waiting == 2
    assert made.offers == offers
    leave(made)
    assert made.turns["desk"].waiting == 2, "once"


def test_a_queue_never_holds_less_than_nothing() -> None:
    policy = routed()
    first = draft(policy)
    join(first, queued(policy.pools[0]), "mql")
    made = draft(policy, lead=first.lead)
    made.turns["desk"] = Turns("desk")
    leave(made)
    assert made.turns["desk"].waiting == 0


@pytest.mark.parametrize(
    ("wait", "responsible", "rungs"),
    [
        pytest.param(WAIT, None, [("warn", 1), ("give_up", 4)], id="no calendar"),
        pytest.param(Wait(4 * HOUR), None, [("give_up", 4)], id="nobody is warned"),
        pytest.param(
            Wait(10 * HOUR, 9 * HOUR), "mona", [("warn", 25), ("give_up", 26)], id="in her hours"
        ),
    ],
)
def test_the_queues_time_limit_counts_the_hours_of_the_next_recipient(
    wait: Wait, responsible: str | None, rungs: list[tuple[str, int]]
) -> None:
    policy = routed()
    made = draft(policy)
    person = policy.person[responsible] if responsible else None
    join(made, queued(policy.pools[0], wait, person), "mql")
    waiting = made.lead.waiting
    assert waiting is not None
    expected = tuple(ArmedRung(NOW + n * HOUR, kind, "manager") for kind, n in rungs)  # type: ignore[arg-type]
    assert waiting.clock.ladder == expected
    assert waiting.clock.due_at == expected[-1].at
    assert (waiting.clock.target, waiting.clock.stops_on) == ("wait", "room")


# --- when time alone may make room


def at_desk(person: dict[str, Any], **pool: Any) -> Policy:
    """A pool with only Anna, changed by *person*."""
    base = routed(waiting_pool(members=(Member("anna"),), **pool), calendars=CALENDARS)
    people = tuple(replace(one, **person) if one.id == "anna" else one for one in base.people)
    return replace(base, people=people)


SOON = NOW + minutes(20)
CALENDARS = POLICY.calendars | {"never": office("Europe/Berlin", mon=[])}


@pytest.mark.parametrize(
    ("person", "pool", "load", "now", "expected"),
    [
        pytest.param({}, {}, {}, NOW, NOW + LOOK_EACH, id="nothing is known: in an hour"),
        pytest.param(
            {"time_off": (TimeOff(NOW, SOON),)}, {}, {}, NOW, SOON, id="a leave that begins ends"
        ),
        pytest.param(
            {"time_off": (TimeOff(NOW - HOUR, NOW),)}, {}, {}, NOW, NOW + LOOK_EACH, id="has ended"
        ),
        pytest.param(
            {"time_off": (TimeOff(NOW + minutes(5), SOON),)},
            {},
            {},
            NOW,
            NOW + LOOK_EACH,
            id="has not begun",
        ),
        pytest.param(
            {"time_off": (TimeOff(NOW, SOON),), "active": False},
            {},
            {},
            NOW,
            NOW + LOOK_EACH,
            id="of somebody who has left",
        ),
        pytest.param({}, {}, {"away": Away(NOW, SOON, "slack")}, NOW, SOON, id="said to be away"),
        pytest.param(
            {}, {}, {"away": Away(NOW, NOW, "slack")}, NOW, NOW + LOOK_EACH, id="said to be back"
        ),
        pytest.param(
            {}, {}, {"away": Away(NOW, None, "slack")}, NOW, NOW + LOOK_EACH, id="no end is known"
        ),
        pytest.param(
            {"max_per_day": 3}, {}, {}, MIDNIGHT - minutes(20), MIDNIGHT, id="their day begins"
        ),
        pytest.param(
            {"max_per_week": 3}, {}, {}, MIDNIGHT - minutes(20), MIDNIGHT, id="or their week"
        ),
        pytest.param(
            {},
            {"limits": Limits(per_day=3), "calendar": "berlin"},
            {},
            MIDNIGHT - minutes(20),
            MIDNIGHT,
            id="the pool's day begins",
        ),
        pytest.param(
            {},
            {"limits": Limits(per_week=3)},
            {},
            MIDNIGHT + minutes(40),
            MIDNIGHT + HOUR,
            id="or its week, without a calendar in UTC",
        ),
        pytest.param(
            {},
            {"limits": Limits(open=3), "calendar": "berlin"},
            {},
            MIDNIGHT - minutes(20),
            MIDNIGHT + minutes(40),
            id="a limit of open leads knows no day",
        ),
        pytest.param(
            {}, {"shift": Shift("on_shift")}, {}, NOW - minutes(20), NOW, id="their shift begins"
        ),
        pytest.param(
            {},
            {"shift": Shift("next_on_shift", minutes(15))},
            {},
            NOW - minutes(20),
            NOW - minutes(15),
            id="or soon begins",
        ),
        pytest.param(
            {},
            {"shift": Shift("on_shift", minutes(15))},
            {},
            NOW - minutes(20),
            NOW,
            id="where soon is not enough",
        ),
        pytest.param(
            {}, {}, {}, NOW - minutes(20), NOW + minutes(40), id="where no shift is asked for"
        ),
        pytest.param(
            {"calendar": "never"},
            {"shift": Shift("on_shift")},
            {},
            NOW,
            NOW + LOOK_EACH,
            id="of somebody who never works",
        ),
    ],
)
def test_when_a_queue_is_retried(
    person: dict[str, Any],
    pool: dict[str, Any],
    load: dict[str, Any],
    now: datetime,
    expected: datetime,
) -> None:
    policy = at_desk(person, **pool)
    made = draft(policy, now, loads={"anna": Load("anna", **load)})
    assert next_look(made, policy.pools[0]) == expected


@pytest.mark.parametrize(
    ("fallback", "expected"),
    [
        pytest.param(
            (Fallback(pool="closers"), Fallback(wait=WAIT)), SOON, id="pools before the wait count"
        ),
        pytest.param(
            (Fallback(wait=WAIT), Fallback(pool="closers")), NOW + LOOK_EACH, id="after it: not"
        ),
        pytest.param(
            (Fallback(person="dora"), Fallback(pool="closers"), Fallback(wait=WAIT)),
            SOON,
            id="people before it do not",
        ),
    ],
)
def test_fallbacks_before_the_queue_are_retried_too(
    fallback: tuple[Fallback, ...], expected: datetime
) -> None:
    base = routed(waiting_pool(fallback=fallback))
    off = (TimeOff(NOW, SOON),)
    people = tuple(replace(one, time_off=off) if one.id == "cora" else one for one in base.people)
    policy = replace(base, people=people)
    assert next_look(draft(policy), policy.pools[0]) == expected


# --- what joining changes


def test_joining_the_queue_is_recorded_and_rewrites_yielded_properties() -> None:
    """Baton writes yielded properties again, and the decision relies on the loads that ruled people
    out."""
    policy = routed()
    lead = Lead(id="101", yielded={"baton_tier": "theirs"})
    made = draft(policy, lead=lead)
    made.rewrite = {"baton_rule"}
    anna = Load("anna", open=2)
    join(made, replace(queued(policy.pools[0]), relied_on=(anna,)), "mql")
    assert made.lead.yielded == {}
    assert made.rewrite == {"baton_rule", "baton_tier"}
    assert made.relied_on == {"anna": anna}
    (outcome,) = made.outcomes
    assert (outcome.kind, outcome.what, outcome.due_at) == ("waiting", "desk", NOW + WAIT.within)


def test_a_lead_of_no_tier_is_colder_than_all_others() -> None:
    policy = replace(routed(), tiers=routed().tiers[:1])
    made = draft(policy)
    join(made, queued(policy.pools[0]), "mql")
    assert made.lead.waiting is not None
    assert made.lead.waiting.heat == 1


@pytest.mark.parametrize("warn_after", [HOUR, None])
def test_without_working_hours_the_queues_time_limit_counts_every_hour(
    warn_after: timedelta | None,
) -> None:
    policy = replace(routed(), calendars=CALENDARS)
    mona = replace(policy.person["mona"], calendar="never")
    made = draft(policy)
    join(made, queued(policy.pools[0], Wait(4 * HOUR, warn_after), mona), "mql")
    assert made.lead.waiting is not None
    give_up = ArmedRung(NOW + 4 * HOUR, "give_up", "manager")
    warn = (ArmedRung(NOW + HOUR, "warn", "manager"),) if warn_after else ()
    assert made.lead.waiting.clock.ladder == (*warn, give_up)
