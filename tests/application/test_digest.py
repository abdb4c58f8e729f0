"""The digest: who gets it, when, and what it says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from baton.application.digest import Happened, build, due_day, team_of
from baton.application.send_digests import send_digests
from baton.domain.lead import Lead
from baton.domain.world.effects import DigestLine, DigestState
from baton.domain.world.events import AnyEvent, Reassigned
from tests.builders import (
    NOW,
    POLICY,
    after,
    became,
    click,
    contact,
    decided,
    due,
    manager,
    minutes,
    rep,
    unnoted,
    world,
)
from tests.fakes.store import FakeOutbox, FakeStore
from tests.worded import words

#: The morning after NOW, a Wednesday, 08:30 in Berlin.
MORNING = datetime(2026, 3, 4, 7, 30, tzinfo=UTC)
MONA, DORA = POLICY.person["mona"], POLICY.person["dora"]


def played(*steps: tuple[float, AnyEvent | None]) -> FakeStore:
    """A store in which a lead went through *steps*: (minutes after NOW, event or None = wake)."""
    store, state = FakeStore(), world(contact=contact())
    lead: Lead | None = None
    whole: list[tuple[float, AnyEvent | None]] = [(0, became()), *steps]
    for minute, event in whole:
        now = NOW + minutes(minute)
        if event is None:
            assert lead is not None, "the first step is no wake"
            event = due(lead)
        decision = decided(lead, event, state, now)
        store.lead.setdefault("101", decision.lead)
        store.loads = {x.person: x for x in decision.loads} | store.loads
        fitting = replace(decision, loads=(), relied_on=(), turns=())
        if lead is None:
            store.lead.clear()
        store.commit(fitting, event, "v1", now)
        lead, state = decision.lead, after(state, decision)
    return store


def digests(
    store: FakeStore, now: datetime = MORNING, asked: bool = False
) -> dict[str, DigestState]:
    outbox = FakeOutbox()
    sent = send_digests(POLICY, store, outbox, now, unnoted, asked)
    assert [effect.subject for effect in outbox.sent] == [f"MANAGER#{name}" for name in sent]
    found: dict[str, DigestState] = {}
    for effect in outbox.sent:
        assert isinstance(effect, DigestState)
        found[effect.subject.removeprefix("MANAGER#")] = effect
    return found


@pytest.mark.parametrize(
    ("now", "day"),
    [
        pytest.param(MORNING, "2026-03-04", id="at its time"),
        pytest.param(MORNING - timedelta(seconds=1), None, id="a second early"),
        pytest.param(MORNING + timedelta(hours=6), "2026-03-04", id="late is better than never"),
        pytest.param(datetime(2026, 3, 7, 9, 0, tzinfo=UTC), None, id="not on a Saturday"),
        pytest.param(datetime(2026, 3, 30, 6, 30, tzinfo=UTC), "2026-03-30", id="summer time"),
    ],
)
def test_a_digest_is_due_in_the_managers_own_morning(now: datetime, day: str | None) -> None:
    assert due_day(POLICY, MONA, now) == day


def test_a_manager_reads_of_their_own_people_and_a_director_of_everybodys() -> None:
    assert team_of(POLICY, MONA) == {"mona", "anna", "ben", "cleo", "dan", "pia"}
    assert team_of(POLICY, DORA) == {"dora", *team_of(POLICY, MONA)}


#: A second team: Eve's manager is Max, and Dora's teams are both of them.
def read(line: DigestLine) -> str:
    """What a manager in Berlin reads about how late a lead is, and what happened next."""
    return words(line.detail, "Europe/Berlin")


TEAMS = replace(
    POLICY, people=(*POLICY.people, rep("eve", manager="max"), manager("max", manager="dora"))
)


def missed(*owners: str, to: str = "") -> tuple[list[Happened], dict[str, Lead]]:
    """A lead of each of *owners* was not accepted in time, and at once goes *to* another person."""
    happened: list[Happened] = []
    leads: dict[str, Lead] = {}
    for n, owner in enumerate(owners):
        lead_id, now = str(n), NOW + minutes(16)
        found = contact(lead_id, lastname=owner.title(), hubspot_owner_id=f"owner-{owner}")
        state = world(TEAMS, found)
        given = decided(None, became(id=f"e{n}", lead_id=lead_id), state)
        assert given.lead.assignment is not None
        assert given.lead.assignment.person == owner
        late = decided(given.lead, due(given.lead), after(state, given), now)
        happened += [Happened(lead_id, outcome) for outcome in late.outcomes]
        leads[lead_id] = late.lead
        if to:
            moved = Reassigned(id=f"r{n}", lead_id=lead_id, at=now, to=to)
            leads[lead_id] = decided(late.lead, moved, after(after(state, given), late), now).lead
    return happened, leads


def owners_in(name: str, happened: list[Happened], leads: dict[str, Lead]) -> tuple[set[str], ...]:
    """The owners of the leads in the digest: newly breached, still open, and at risk."""
    now = NOW + minutes(20)
    digest = build(TEAMS, TEAMS.person[name], "2026-03-03", NOW, happened, leads, now)
    sections = (digest.new_breaches, digest.open_breaches, digest.at_risk)
    return tuple({line.owner for line in section} for section in sections)


@pytest.mark.parametrize(
    ("reader", "owners"),
    [("mona", {"Anna", "Ben"}), ("max", {"Eve"}), ("dora", {"Anna", "Ben", "Eve"})],
)
def test_a_digest_keeps_to_the_managers_team(reader: str, owners: set[str]) -> None:
    happened, leads = missed("anna", "ben", "eve")
    assert owners_in(reader, happened, leads) == (owners, owners, owners)


@pytest.mark.parametrize(
    ("reader", "missed_by", "at_risk"),
    [("mona", {"Anna"}, set()), ("max", set(), {"Eve"}), ("dora", {"Anna"}, {"Eve"})],
)
def test_a_lead_that_changed_teams_was_missed_in_one_and_is_at_risk_in_the_other(
    reader: str, missed_by: set[str], at_risk: set[str]
) -> None:
    happened, leads = missed("anna", to="eve")
    assert owners_in(reader, happened, leads) == (missed_by, set(), at_risk)


def test_a_breach_nobody_answered_is_new_and_open() -> None:
    digest = digests(played((7.5, None), (15, None)))["mona"]
    (new,), (still,) = digest.new_breaches, digest.open_breaches
    assert (new.lead, new.owner, new.what) == ("Ada Example (Acme)", "Anna", "Accept")
    assert digest.zone == "Europe/Berlin"
    assert read(new) == "due Tue 3 Mar, 09:15 CET; nothing has happened since"
    assert read(still) == "still open, 23 h 15 min late"


def test_a_digest_says_what_happened_next() -> None:
    answered = played((7.5, None), (15, None), (19, click("accept", NOW + minutes(19))))
    digest = digests(answered)["mona"]
    (breach,) = digest.new_breaches
    assert read(breach) == "due Tue 3 Mar, 09:15 CET; accepted 4 min late"
    assert digest.open_breaches == ()

    undone = played(
        (5, click("accept", NOW + minutes(5))),
        (60, None),
        (61, click("touch", NOW + minutes(61))),
        (62, click("untouch", NOW + minutes(62))),
    )
    (breach,) = digests(undone)["mona"].new_breaches
    assert read(breach) == "due Tue 3 Mar, 10:00 CET; nothing has happened since"

    pulled = played((7.5, None), (15, None), (25, None), (30, None), (35, None))
    (breach,) = digests(pulled)["mona"].new_breaches
    assert "pulled back to the next rep 20 min late" in read(breach)


def test_leads_at_risk_today_are_named_before_it_is_too_late() -> None:
    digest = digests(played((2, click("accept", NOW + minutes(2)))), NOW + minutes(31))["mona"]
    (risk,) = digest.at_risk
    assert (risk.what, read(risk)) == ("First touch", "due Tue 3 Mar, 10:00 CET")
    assert digest.new_breaches == ()


def test_a_paused_clock_is_not_at_risk() -> None:
    store = played((2, click("accept", NOW + minutes(2))))
    lead = store.lead["101"]
    assert lead.assignment is not None
    still = tuple(replace(clock, paused_at=NOW, paused_for=("w",)) for clock in lead.clocks)
    resting = replace(lead.assignment, snoozed_until=NOW + minutes(40))  # so it is read
    store.lead["101"] = replace(lead, clocks=still, assignment=resting)
    assert digests(store, NOW + minutes(31))["mona"].at_risk == ()


def test_a_day_without_breaches_says_so_too() -> None:
    digest = digests(played((2, click("reject", NOW + minutes(2), reason="timing"))))["mona"]
    assert (digest.new_breaches, digest.open_breaches, digest.at_risk) == ((), (), ())


def test_a_digest_is_sent_once_a_day() -> None:
    store = played((7.5, None), (15, None))
    assert digests(store).keys() == {"mona", "dora"}
    assert digests(store, MORNING + minutes(15)) == {}
    tomorrow = digests(store, MORNING + timedelta(days=1))["mona"]
    assert tomorrow.new_breaches == (), "yesterday's is no longer new"
    assert len(tomorrow.open_breaches) == 1


def test_a_run_that_died_after_sending_is_repeated_into_the_same_slot() -> None:
    store = played()
    first = digests(store)["mona"]
    store.checkpoints.clear()
    again = digests(store, MORNING + minutes(15))["mona"]
    assert isinstance(again, DigestState)
    assert (first.slot, first.version) == (again.slot, again.version)


def test_a_digest_on_request_does_not_replace_the_mornings_digest() -> None:
    store = played((7.5, None), (15, None))
    asked = digests(store, NOW + minutes(20), asked=True)["mona"]
    assert len(asked.new_breaches) == 1
    assert digests(store)["mona"].slot != asked.slot


def test_a_long_list_is_cut_and_says_how_much_is_missing() -> None:
    store = FakeStore()
    for n in range(20):
        event = became(id=f"e{n}", lead_id=str(n))
        state = world(contact=contact(str(n)))
        first = decided(None, event, state)
        late = decided(first.lead, due(first.lead), after(state, first), NOW + minutes(16))
        store.lead[str(n)] = first.lead
        store.commit(replace(late, loads=(), turns=(), relied_on=()), due(first.lead), "v1", NOW)
    digest = digests(store)["mona"]
    assert len(digest.new_breaches) == 16
    last = digest.new_breaches[-1]
    assert (last.lead, read(last)) == ("", "and 5 more")
