"""The check: whom HubSpot accepts as owner, whom Slack reaches, and what changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from baton.application.ports.census import Owners
from baton.application.ports.slack import MemberFault
from baton.application.roster_check import MOST, Checked, check_roster
from baton.domain.policy import Policy
from baton.domain.world.world import Away, Load
from baton.failures import Rejected, Retryable
from tests.builders import NOW, POLICY, rep
from tests.fakes.roster import FakeRoster
from tests.fakes.store import FakeStore


class FakeMembers:
    """Slack's users, by their faults; *trouble*: what asking about a user raises."""

    def __init__(
        self,
        faults: dict[str, MemberFault] | None = None,
        trouble: dict[str, Exception] | None = None,
    ) -> None:
        self.faults, self.trouble = faults or {}, trouble or {}
        self.asked: list[str] = []

    def fault(self, user: str) -> MemberFault:
        self.asked.append(user)
        if user in self.trouble:
            raise self.trouble[user]
        return self.faults.get(user, "")


def checked(
    *gone: str,
    members: FakeMembers | None = None,
    policy: Policy = POLICY,
    loads: dict[str, Load] | None = None,
    owners: Callable[[], Owners] | None = None,
    leads: dict[str, list[str]] | None = None,
    now: Any = NOW,
    time_left: Callable[[], bool] = lambda: True,
) -> Checked:
    store = FakeStore()
    store.loads = loads or {}
    known = {person.hubspot_owner for person in policy.people}
    listed = Owners(dict.fromkeys(known - set(gone), "x"), dict.fromkeys(gone, "x"))
    found = check_roster(
        policy,
        FakeRoster(store),
        owners or (lambda: listed),
        members or FakeMembers(),
        lambda person: (leads or {}).get(person, []),
        now,
        time_left,
    )
    ids = [hint.event_id for hint in found.hints] + [one.id for one in found.passed_on]
    assert len(set(ids)) == len(ids)
    return found


def news(found: Checked, policy: Policy = POLICY) -> list[str]:
    """Who is refused (-) or accepted again (+), and by which system."""
    assert all(hint.source == "hubspot" for hint in found.hints)
    systems = {True: "workspace", False: "hubspot"}
    return [
        f"{'-' if hint.away else '+'}{someone.id} {systems[hint.is_refused_by_slack]}"
        for hint in found.hints
        if (someone := policy.someone(hint.person)) is not None
    ]


REFUSED = {"anna": Load("anna", refused=Away(NOW, None, "hubspot"))}
TAKEN = {"anna": Load("anna", refused=Away(NOW, NOW, "hubspot"))}
UNREACHABLE = {"anna": Load("anna", unreachable=Away(NOW, None, "workspace"))}
GONE = FakeMembers({"UANNA": "deactivated"})


def test_what_slack_says_of_somebody_is_passed_on() -> None:
    (hint,) = checked(members=GONE).hints
    assert (hint.away, hint.why) == (True, "deactivated")


def test_an_owner_refused_by_hubspot_is_reported_once() -> None:
    assert news(checked()) == []
    assert news(checked("owner-anna")) == ["-anna hubspot"]
    assert news(checked("owner-anna", loads=REFUSED)) == []
    assert news(checked("owner-anna", loads=TAKEN)) == ["-anna hubspot"]


def test_an_owner_accepted_again_is_reported_once() -> None:
    assert news(checked(loads=REFUSED)) == ["+anna hubspot"]
    assert news(checked(loads=TAKEN)) == []


@pytest.mark.parametrize("fault", ["deactivated", "guest", "elsewhere", "unknown", "bot"])
def test_a_person_whom_slack_does_not_reach_is_reported_once(fault: MemberFault) -> None:
    members = FakeMembers({"UANNA": fault})
    assert news(checked(members=members)) == ["-anna workspace"]
    assert news(checked(members=members, loads=UNREACHABLE)) == []
    assert news(checked(loads=UNREACHABLE)) == ["+anna workspace"]


def test_both_systems_refuse_and_accept_apart() -> None:
    both = {"anna": replace(REFUSED["anna"], unreachable=Away(NOW, None, "workspace"))}
    assert news(checked("owner-anna", members=GONE)) == ["-anna hubspot", "-anna workspace"]
    assert news(checked(members=GONE, loads=both)) == ["+anna hubspot"]
    assert news(checked("owner-anna", loads=both)) == ["+anna workspace"]


def test_the_leads_of_who_is_refused_are_passed_on_until_they_are_gone() -> None:
    """Also in later runs: one may have died before, or nobody could take the lead."""
    for loads in ({}, UNREACHABLE):
        found = checked(members=GONE, loads=loads, leads={"anna": ["101", "102"], "ben": ["103"]})
        assert [(one.lead_id, one.person, one.by_slack) for one in found.passed_on] == [
            ("101", "slack:UANNA", True),
            ("102", "slack:UANNA", True),
        ]
    (refused,) = checked("owner-anna", leads={"anna": ["101"]}).passed_on
    assert (refused.person, refused.by_slack) == ("hubspot:owner-anna", False)


def test_a_refusal_an_hour_later_is_another_event() -> None:
    first, second = (checked(members=GONE, now=NOW + timedelta(hours=n)) for n in (0, 1))
    assert first.hints[0].event_id != second.hints[0].event_id
    assert first.hints[0].event_id == checked(members=GONE).hints[0].event_id


def test_an_inactive_person_of_the_roster_is_no_news() -> None:
    people = tuple(replace(one, active=one.id != "anna") for one in POLICY.people)
    policy = replace(POLICY, people=people)
    members = FakeMembers({"UANNA": "deactivated"})
    assert news(checked("owner-anna", members=members, policy=policy)) == []
    assert "UANNA" not in members.asked


@pytest.mark.parametrize(("gone", "size"), [(1, 1), (2, 3), (3, 3), (7, 7)])
def test_in_a_small_roster_most_may_have_left(gone: int, size: int) -> None:
    """HubSpot lists them as archived, Slack says that they are deactivated."""
    people = tuple(rep(f"rep{number}") for number in range(size))
    policy = replace(POLICY, people=people, pools=(), rules=())
    left = people[:gone]
    found = checked(*(one.hubspot_owner for one in left), policy=policy)
    assert news(found, policy) == [f"-{one.id} hubspot" for one in left]
    assert found.faults == ()
    members = FakeMembers({one.slack_user: "deactivated" for one in left})
    found = checked(members=members, policy=policy)
    assert news(found, policy) == [f"-{one.id} workspace" for one in left]
    assert found.faults == ()


@pytest.mark.parametrize("fault", ["unknown", "elsewhere"])
def test_who_has_left_is_believed_beside_strangers(fault: MemberFault) -> None:
    strangers: dict[str, MemberFault] = {one.slack_user: fault for one in POLICY.people}
    found = checked(members=FakeMembers(strangers | {"UANNA": "deactivated"}))
    assert news(found) == ["-anna workspace"]
    assert found.faults[0].startswith("Slack: knows 1 of")


def test_a_system_that_does_not_know_most_is_not_believed_and_the_other_is() -> None:
    nobody = FakeMembers({person.slack_user: "unknown" for person in POLICY.people})
    found = checked("owner-anna", members=nobody)
    assert news(found) == ["-anna hubspot"]
    (fault,) = found.faults
    assert fault.startswith("Slack: knows 0 of")
    found = checked(owners=lambda: Owners({"somebody": "x"}), members=GONE)
    assert news(found) == ["-anna workspace"]
    assert found.faults[0].startswith("HubSpot: knows 0 of")


def down() -> Owners:
    raise Retryable("HubSpot: 503")


def test_a_system_that_is_down_keeps_nothing_from_the_other() -> None:
    found = checked(owners=down, members=GONE)
    assert news(found) == ["-anna workspace"]
    assert found.faults == ("HubSpot: 503",)
    found = checked("owner-anna", members=FakeMembers(trouble={"UANNA": Retryable("Slack: 503")}))
    assert news(found) == ["-anna hubspot"]
    assert found.faults == ("Slack: 503",)


def test_what_slack_said_before_it_stopped_answering_counts() -> None:
    order = [person.slack_user for person in POLICY.people]
    members = FakeMembers({order[0]: "deactivated"}, {order[3]: Retryable("Slack: ratelimited")})
    found = checked(members=members)
    assert news(found) == [f"-{POLICY.people[0].id} workspace"]
    assert found.faults == ("Slack: ratelimited, after 3 people",)
    assert members.asked == order[:4], "not asked on"


def test_one_odd_answer_costs_nobody_else_their_check() -> None:
    odd = FakeMembers({"UBEN": "deactivated"}, {"UANNA": Rejected("Slack: invalid_arguments")})
    found = checked(members=odd)
    assert news(found) == ["-ben workspace"]
    assert found.faults == ("Slack: invalid_arguments",)


def test_it_stops_asking_when_its_time_is_up() -> None:
    members = FakeMembers()
    found = checked(members=members, time_left=lambda: len(members.asked) < 2)
    assert found.faults == ("Slack: no time left, after 2 people",)


def test_a_large_roster_is_asked_about_in_turns() -> None:
    people = tuple(rep(f"rep{number}") for number in range(3 * MOST - 10))
    policy = replace(POLICY, people=people, pools=(), rules=())
    asked: set[str] = set()
    for hour in range(3):
        members = FakeMembers()
        checked(members=members, policy=policy, now=NOW + timedelta(hours=hour))
        assert len(members.asked) <= MOST
        asked |= set(members.asked)
    assert len(asked) == len(people), "everybody within three hours"
