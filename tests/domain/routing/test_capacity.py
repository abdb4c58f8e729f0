"""Loads, pool loads and queue lengths always match the leads: nothing drifts."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.domain.policy import Counting, Fallback, Limits, Member, Wait
from baton.domain.world.events import Deleted, Merged, OwnerRefused, Reassigned, Snoozed
from tests.builders import click, minutes, rep
from tests.routed import Desk, routed, waiting_pool

LEADS = tuple(str(n) for n in range(1, 10))
PEOPLE = ("anna", "ben", "mona", "carl")

POLICY = routed(
    waiting_pool(
        limits=Limits(open=3, per_day=8),
        fallback=(
            Fallback(pool="second"),
            Fallback(wait=Wait(minutes(240), minutes(60))),
            Fallback(person="mona"),
        ),
    ),
    waiting_pool(
        id="second",
        members=(Member("ben"), Member("carl", 2)),
        fallback=(Fallback(person="mona"),),
        limits=Limits(open=2),
        choose="least_loaded",
    ),
    counting=Counting(forget_after=minutes(60 * 24 * 2)),
)

steps = st.one_of(
    st.tuples(st.just("arrive"), st.sampled_from(LEADS)),
    st.tuples(st.just("stage"), st.sampled_from(LEADS), st.sampled_from(["sql", "customer"])),
    st.tuples(
        st.just("click"),
        st.sampled_from(LEADS),
        st.sampled_from(["accept", "touch", "reject", "pass on", "qualify"]),
    ),
    st.tuples(st.just("give"), st.sampled_from(LEADS), st.sampled_from([*PEOPLE, ""])),
    st.tuples(st.just("snooze"), st.sampled_from(LEADS), st.integers(1, 4000)),
    st.tuples(st.just("refused"), st.sampled_from(LEADS)),
    st.tuples(st.just("gone"), st.sampled_from(LEADS), st.booleans()),
    st.tuples(st.just("away"), st.sampled_from(PEOPLE), st.booleans()),
    st.tuples(st.just("wait"), st.integers(1, 3000)),
)
STAGES = {"sql": "salesqualifiedlead", "customer": "customer"}


def play(desk: Desk, step: tuple[Any, ...]) -> None:
    match step:
        case ("arrive", lead):
            desk.arrive(lead)
        case ("stage", lead, stage) if lead in desk.contacts:
            desk.moved(lead, STAGES[stage])
        case ("click", lead, action) if lead in desk.leads:
            _click(desk, lead, action)
        case ("give", lead, to) if lead in desk.leads:
            desk.send(Reassigned(id=desk.name(), lead_id=lead, at=desk.now, to=to, by="RevOps"))
        case ("snooze", lead, minute) if lead in desk.leads:
            number, until = desk.leads[lead].assigned, desk.now + minutes(minute)
            desk.send(
                Snoozed(id=desk.name(), lead_id=lead, at=desk.now, assignment=number, until=until)
            )
        case ("refused", lead) if lead in desk.leads and desk.owner(lead):
            person = desk.owner(lead)
            desk.send(OwnerRefused(id=desk.name(), lead_id=lead, at=desk.now, person=person))
        case ("gone", lead, merged) if lead in desk.leads:
            gone = {"id": desk.name(), "lead_id": lead, "at": desk.now}
            desk.contacts.pop(lead, None)
            desk.send(Merged(**gone, into="99") if merged else Deleted(**gone))
        case ("away", person, back):
            desk.away(person, back=back)
        case ("wait", minute):
            desk.tick(desk.now + minutes(minute))


def _click(desk: Desk, lead: str, action: str) -> None:
    owner = desk.policy.person.get(desk.owner(lead))
    if owner is None:
        return
    reason = {"reject": "competitor", "pass on": "language"}.get(action, "")
    event = click(
        "reject" if reason else action,
        desk.now,
        owner.slack_user,
        desk.leads[lead].assigned,
        reason,
    )
    desk.send(replace(event, id=desk.name(), lead_id=lead))


def assert_accounts(desk: Desk) -> None:
    counted = [a for lead in desk.leads.values() if (a := lead.assignment) and a.counts]
    people = Counter(assignment.person for assignment in counted)
    pools = Counter(assignment.pool for assignment in counted if assignment.counts_in_pool)
    waiting = Counter(w.pool for lead in desk.leads.values() if (w := lead.waiting))
    assert {p: load.open for p, load in desk.loads.items() if load.open} == dict(people)
    assert {p: t.load.open for p, t in desk.turns.items() if t.load.open} == dict(pools)
    assert {p: t.waiting for p, t in desk.turns.items() if t.waiting} == dict(waiting)


def assert_changes_explain_loads(desk: Desk) -> None:
    """Every decision lists its load changes: their sums are the loads."""
    total: Counter[str] = Counter()
    for decision in desk.decisions:
        for change in decision.changes:
            total[change.holder] += change.by
    held = {person: load.open for person, load in desk.loads.items()}
    held |= {f"pool:{pool}": turns.load.open for pool, turns in desk.turns.items()}
    assert {k: n for k, n in total.items() if n} == {k: n for k, n in held.items() if n}


@given(st.lists(steps, min_size=8, max_size=40))
@settings(max_examples=150, deadline=None)
def test_loads_equal_the_sum_of_the_leads(story: list[tuple[Any, ...]]) -> None:
    desk = Desk(POLICY)
    for step in story:
        play(desk, step)
        assert_accounts(desk)
    assert_changes_explain_loads(desk)
    assert_nobody_idles_beside_a_queue(desk)
    for lead in desk.leads.values():
        past_owners = [s.person for s in lead.past if s.number > lead.round_from]
        by_routing = lead.assignment is not None and lead.assignment.rule not in ("by-hand",)
        if by_routing and lead.assignment is not None and lead.assignment.person != "mona":
            assert lead.assignment.person not in past_owners


def assert_nobody_idles_beside_a_queue(desk: Desk) -> None:
    """The first lead of a queue waits with good reason: tried once more, it stays there."""
    places = desk.queue("desk")
    if places:
        desk.drain("desk")
        assert [place.lead for place in desk.queue("desk")] == [place.lead for place in places]


def test_a_lead_owned_for_long_stops_counting() -> None:
    desk = Desk(POLICY)
    desk.arrive("1")
    assert desk.open("anna") == 1
    desk.tick(desk.now + minutes(60 * 24 * 2))
    assert desk.open("anna") == 0
    assert desk.owner("1") == "anna"
    assert_accounts(desk)


def test_a_snoozed_lead_counts_again_when_the_snooze_ends() -> None:
    desk = Desk(
        routed(people=(rep("anna", max_open=1), rep("ben", max_open=1), *POLICY.people[2:]))
    )
    for lead in ("1", "2", "3"):
        desk.arrive(lead)
    assert (desk.owner("1"), desk.waits()) == ("anna", ["3"])
    until = desk.now + minutes(120)
    desk.send(Snoozed(id="s", lead_id="1", at=desk.now, assignment=1, until=until))
    assert desk.owner("3") == "anna", "the rest made room"
    desk.tick(until)
    assert desk.open("anna") == 1, "its place is taken: it stays snoozed until there is room"
    desk.moved("3", "customer")
    desk.tick(until + minutes(15))
    assert (desk.owner("1"), desk.open("anna")) == ("anna", 1)
    desk.arrive("4")
    assert desk.waits() == ["4"]
    assert_accounts(desk)
