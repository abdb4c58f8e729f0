"""The digest: who gets it, when, and what it says."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from baton.application.digest import Cover, Happened, build, cover, due_day, team_of
from baton.application.send_digests import send_digests
from baton.domain.lead import Lead
from baton.domain.phrase import Phrase
from baton.domain.policy import Digest, Policy, TimeOff
from baton.domain.world.effects import DigestLine, DigestState
from baton.domain.world.events import AnyEvent, Reassigned
from baton.domain.world.world import Away, Load
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
    store: FakeStore, now: datetime = MORNING, asked: bool = False, policy: Policy = POLICY
) -> dict[str, DigestState]:
    outbox = FakeOutbox()
    sent = send_digests(policy, store, outbox, now, unnoted, asked)
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
        pytest.param(MORNING - timedelta(seconds=1), "2026-03-03", id="a second early"),
        pytest.param(MORNING + timedelta(hours=6), "2026-03-04", id="late is better than never"),
        pytest.param(datetime(2026, 3, 7, 9, 0, tzinfo=UTC), "2026-03-06", id="not a Saturday's"),
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
    digest = build(TEAMS, TEAMS.person[name], "2026-03-03", Cover(NOW, NOW), happened, leads, now)
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


def told(digest: DigestState) -> list[DigestLine]:
    """The list of new breaches without its remarks."""
    return [one for one in digest.new_breaches if not _remarks(one)]


def remarks(digest: DigestState) -> list[str]:
    return [read(one) for one in digest.new_breaches if _remarks(one)]


def _remarks(line: DigestLine) -> bool:
    return isinstance(line.detail, Phrase) and line.detail.id.startswith(
        ("digest.since.", "digest.in_place")
    )


def test_a_breach_nobody_answered_is_new_and_open() -> None:
    digest = digests(played((7.5, None), (15, None)))["mona"]
    (new,), (still,) = told(digest), digest.open_breaches
    assert (new.lead, new.owner, new.what) == ("Ada Example (Acme)", "Anna", "Accept")
    assert digest.zone == "Europe/Berlin"
    assert read(new) == "due Tue 3 Mar, 09:15 CET; nothing has happened since"
    assert read(still) == "still open, 23 h 15 min late"


def test_a_digest_says_what_happened_next() -> None:
    answered = played((7.5, None), (15, None), (19, click("accept", NOW + minutes(19))))
    digest = digests(answered)["mona"]
    (breach,) = told(digest)
    assert read(breach) == "due Tue 3 Mar, 09:15 CET; accepted 4 min late"
    assert digest.open_breaches == ()

    undone = played(
        (5, click("accept", NOW + minutes(5))),
        (60, None),
        (61, click("touch", NOW + minutes(61))),
        (62, click("untouch", NOW + minutes(62))),
    )
    (breach,) = told(digests(undone)["mona"])
    assert read(breach) == "due Tue 3 Mar, 10:00 CET; nothing has happened since"

    pulled = played((7.5, None), (15, None), (25, None), (30, None), (35, None))
    (breach,) = told(digests(pulled)["mona"])
    assert "pulled back to the next rep 20 min late" in read(breach)


def test_leads_at_risk_today_are_named_before_it_is_too_late() -> None:
    digest = digests(played((2, click("accept", NOW + minutes(2)))), NOW + minutes(31))["mona"]
    (risk,) = digest.at_risk
    assert (risk.what, read(risk)) == ("First touch", "due Tue 3 Mar, 10:00 CET")
    assert told(digest) == []


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
    assert (told(digest), digest.open_breaches, digest.at_risk) == ([], (), ())


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
    assert len(told(asked)) == 1
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
    assert len(told(digest)) == 16
    last = told(digest)[-1]
    assert (last.lead, read(last)) == ("", "and 5 more")


# --- due from its instant until it is sent


def at(time: str, every_day: bool = False) -> Policy:
    digest = Digest(time, every_day)
    return replace(POLICY, notifications=replace(POLICY.notifications, digest=digest))


@pytest.mark.parametrize("every_day", [False, True])
@pytest.mark.parametrize("time", ["00:00", "02:30", "08:30", "23:50", "23:59"])
@pytest.mark.parametrize("first", ["2026-03-26", "2026-10-22"])
def test_each_days_digest_is_sent_once_in_every_phase_of_the_schedule(
    first: str, time: str, every_day: bool
) -> None:
    """A week with a change of the clocks on its Sunday; runs are a quarter of an hour apart."""
    policy, zone = at(time, every_day), ZoneInfo("Europe/Berlin")
    start = datetime.fromisoformat(first).replace(tzinfo=zone)
    days = [(start + timedelta(days=n)).date() for n in range(7)]
    wanted = [day for day in days if every_day or day.weekday() < 5]
    for phase in range(15):
        sent, at_ = start.date() - timedelta(days=1), start.astimezone(UTC) + minutes(phase)
        found = []
        while at_ < start.astimezone(UTC) + timedelta(days=7, hours=2):
            day = due_day(policy, MONA, at_)
            if day is not None and day > sent.isoformat():
                sent = date.fromisoformat(day)
                instant = datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=zone)
                assert timedelta() <= at_ - instant.astimezone(UTC) < minutes(15)
                found.append(sent)
            at_ += minutes(15)
        assert [day for day in found if day in days] == wanted


def test_a_digest_late_in_the_evening_is_sent_after_midnight() -> None:
    """Friday's at 23:50, and the next run is at midnight."""
    midnight = datetime(2026, 3, 6, 23, 0, tzinfo=UTC)
    store = played((7.5, None), (15, None))
    found = digests(store, midnight, policy=at("23:50"))
    assert {one.day for one in found.values()} == {"2026-03-06"}
    for later in (15, 60 * 9, 60 * 47):
        assert digests(store, midnight + minutes(later), policy=at("23:50")) == {}


def test_a_digest_that_no_run_sent_on_its_day_is_sent_on_the_next() -> None:
    store = played()
    digests(store)
    late = datetime(2026, 3, 7, 9, 0, tzinfo=UTC)  # there was no run since Wednesday
    assert digests(store, late)["mona"].day == "2026-03-06"
    assert digests(store, late + minutes(15)) == {}


@pytest.mark.parametrize(
    ("now", "time", "day"),
    [
        pytest.param(datetime(2026, 3, 4, 7, 0, tzinfo=UTC), "08:30", None, id="before its time"),
        pytest.param(datetime(2026, 3, 4, 21, 0, tzinfo=UTC), "08:30", "2026-03-04", id="today's"),
        pytest.param(datetime(2026, 3, 8, 9, 0, tzinfo=UTC), "08:30", None, id="a Sunday"),
        pytest.param(
            datetime(2026, 3, 4, 4, 49, tzinfo=UTC), "23:50", "2026-03-03", id="last night's"
        ),
        pytest.param(datetime(2026, 3, 4, 4, 51, tzinfo=UTC), "23:50", None, id="too long ago"),
    ],
)
def test_where_none_was_ever_sent_no_old_digest_is_due(
    now: datetime, time: str, day: str | None
) -> None:
    found = digests(played(), now, policy=at(time))
    assert {one.day for one in found.values()} == ({day} if day else set())


# --- since the last one


def breach_a_day(days: int) -> FakeStore:
    """A breach of Anna's on each of *days* from NOW's on, early in the morning."""
    store = FakeStore()
    for n in range(days):
        at_ = NOW + timedelta(days=n, hours=-2)
        state = world(contact=contact(str(n)))
        first = decided(None, became(id=f"e{n}", lead_id=str(n)), state)
        late = decided(first.lead, due(first.lead), after(state, first), NOW + minutes(16))
        outcomes = tuple(replace(one, at=at_) for one in late.outcomes)
        fitting = replace(late, outcomes=outcomes, loads=(), turns=(), relied_on=())
        store.lead[str(n)] = first.lead
        store.commit(fitting, due(first.lead), "v1", at_)
    return store


WEEK = timedelta(days=7)


@pytest.mark.parametrize(
    ("pause", "said"),
    [
        pytest.param(timedelta(days=1), None, id="a day"),
        pytest.param(timedelta(days=3), None, id="a weekend"),
        pytest.param(2 * WEEK, "last", id="two weeks"),
        pytest.param(4 * WEEK, "last", id="as long as one digest covers"),
        pytest.param(4 * WEEK + minutes(1), "bound", id="longer"),
    ],
)
def test_what_a_digest_covers(pause: timedelta, said: str | None) -> None:
    covered = cover(MORNING - pause, MORNING)
    assert covered.said == (said or "")
    assert covered.since == max(MORNING - pause, MORNING - 4 * WEEK)
    assert covered.open_since <= covered.since or covered.open_since == MORNING - WEEK


def leave(person: str, start: datetime, end: datetime) -> Policy:
    people = tuple(
        replace(one, time_off=(TimeOff(start, end),)) if one.id == person else one
        for one in POLICY.people
    )
    return replace(POLICY, people=people)


TWO_WEEKS = leave("mona", MORNING + minutes(60), MORNING + 2 * WEEK - minutes(60))


def test_the_digest_after_a_leave_lists_all_since_the_last() -> None:
    store = breach_a_day(16)
    digests(store, policy=TWO_WEEKS)
    back = digests(store, MORNING + 2 * WEEK, policy=TWO_WEEKS)["mona"]
    assert len(told(back)) == 14, "one of each day since"
    assert remarks(back) == [
        "New breaches of the team of Mona are those since the last digest, Wed 4 Mar, 08:30 CET."
    ]


def test_a_digest_after_more_than_it_covers_says_since_when() -> None:
    store = played()
    digests(store)
    late = digests(store, MORNING + 5 * WEEK)["mona"]
    assert remarks(late) == [
        "New breaches of the team of Mona are those since Wed 11 Mar, 08:30 CET; the last digest"
        " was longer ago."
    ]


def test_a_first_digest_says_since_when() -> None:
    assert remarks(digests(played())["mona"]) == [
        "New breaches of the team of Mona are those since Tue 3 Mar, 08:30 CET."
    ]


# --- there or not there

TOMORROW = MORNING + timedelta(days=1)


@pytest.mark.parametrize("kind", ["leave", "away", "refused", "unreachable", "inactive"])
def test_the_stand_in_of_an_absent_manager_gets_their_digest(kind: str) -> None:
    store, policy = played((7.5, None), (15, None)), POLICY
    gone = Away(MORNING, None, "slack")
    if kind == "leave":
        policy = leave("mona", MORNING, MORNING + WEEK)
    elif kind == "inactive":
        people = tuple(replace(one, active=one.id != "mona") for one in POLICY.people)
        policy = replace(POLICY, people=people)
    elif kind == "away":
        store.loads["mona"] = Load("mona", away=gone)
    else:
        store.loads["mona"] = replace(Load("mona"), **{kind: gone})
    found = digests(store, policy=policy)
    assert {name: one.to for name, one in found.items()} == {"mona": "UDORA", "dora": "UDORA"}
    assert len(told(found["mona"])) == 1
    assert remarks(found["mona"])[0] == (
        "You get this in place of Mona, who is not there: it is about their team."
    )
    assert found["mona"].manager == "Dora"
    assert digests(store, MORNING + minutes(15), policy=policy) == {}, "once"


def test_while_everybody_is_absent_nobody_gets_a_digest_and_the_next_covers_it() -> None:
    store = played()
    digests(store)
    gone = Away(MORNING, None, "slack")
    store.loads |= {"mona": Load("mona", away=gone), "dora": Load("dora", away=gone)}
    for day in (1, 2, 5, 6):
        assert digests(store, MORNING + timedelta(days=day)) == {}
    back = MORNING + timedelta(days=6, hours=3)
    store.loads["mona"] = Load("mona", away=Away(back, back, "slack"))
    digest = digests(store, back)["mona"]
    assert (digest.to, digest.day) == ("UMONA", "2026-03-10")
    assert remarks(digest)[-1].endswith("since the last digest, Wed 4 Mar, 08:30 CET.")


def test_a_manager_who_is_back_gets_the_next_digest_which_covers_the_leave() -> None:
    """What their stand-in has read is new to them, and no day's digest is sent twice."""
    store = breach_a_day(8)
    digests(store)
    store.loads["mona"] = Load("mona", away=Away(MORNING, None, "slack"))
    for day in (1, 2, 5):
        found = digests(store, MORNING + timedelta(days=day))["mona"]
        assert found.to == "UDORA"
        assert len(told(found)) == (3 if day == 5 else 1)
    back = MORNING + timedelta(days=5, hours=2)
    store.loads["mona"] = Load("mona", away=Away(back, back, "slack"))
    assert digests(store, back) == {}
    digest = digests(store, MORNING + timedelta(days=6))["mona"]
    assert (digest.to, digest.day) == ("UMONA", "2026-03-10")
    assert len(told(digest)) == 6


def test_a_leave_that_ends_at_midnight_brings_no_digest_at_night() -> None:
    night = datetime(2026, 3, 10, 23, 0, tzinfo=UTC)
    store = played()
    digests(store)
    gone = Away(MORNING, night, "slack")
    store.loads |= {"mona": Load("mona", away=gone), "dora": Load("dora", away=gone)}
    assert digests(store, night) == {}
    assert digests(store, MORNING + WEEK)["mona"].day == "2026-03-11"


def test_a_digest_on_request_of_an_absent_manager_goes_to_the_stand_in() -> None:
    store = played()
    store.loads["mona"] = Load("mona", away=Away(NOW, None, "slack"))
    assert digests(store, asked=True)["mona"].to == "UDORA"
