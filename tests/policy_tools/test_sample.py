"""The sample company matches the description in the README."""

from __future__ import annotations

import pytest

from baton.domain.lifecycle.hubspot_properties import property_names
from baton.domain.scoring.facts import fields_of
from baton.domain.world.world import Contact
from baton.policy_tools import Checked, check, compile_policy
from tests.policy_tools.conftest import SAMPLE


@pytest.fixture(scope="module")
def checked() -> Checked:
    return check(SAMPLE)


def test_every_case_passes_and_every_transition_is_seen(checked: Checked) -> None:
    assert len(checked.results) >= 25
    assert [result.problems for result in checked.results if result.problems] == []
    seen = {name for result in checked.results for name in result.transitions}
    assert seen == {move.id for move in checked.files.lifecycle.transitions}


def test_it_has_two_regions_three_segments_and_reps_in_four_zones(checked: Checked) -> None:
    files = checked.files
    assert [one.id for one in files.routing.territories] == ["emea", "americas", "rest"]
    assert [one.id for one in files.routing.segments] == ["enterprise", "mid-market", "smb"]
    zones = {calendar.id: calendar.zone for calendar in files.roster.calendars}
    reps = [person for person in files.roster.people if person.role == "rep"]
    managers = [person for person in files.roster.people if person.role == "manager"]
    assert len(reps) == 13
    assert len(managers) == 3
    assert {zones[person.calendar] for person in reps} == {
        "Europe/Berlin",
        "Europe/London",
        "America/New_York",
        "America/Los_Angeles",
    }


def test_every_case_decides_who_and_says_why(checked: Checked) -> None:
    assert all(result.because for result in checked.results)


def test_all_its_people_are_invented(checked: Checked) -> None:
    """.example never belongs to anybody (RFC 2606)."""
    assert all(person.email.endswith(".example") for person in checked.files.roster.people)


def test_its_reasons_cover_the_catalogue_each_with_one_consequence(checked: Checked) -> None:
    reasons = {reason.id: reason for reason in checked.files.lifecycle.reasons}
    wanted = {"bad_fit", "no_budget", "budget_cycle", "competitor", "bad_data", "timing"}
    assert wanted | {"no_response", "duplicate"} <= reasons.keys()
    tracks = {track.id for track in checked.files.recycling.tracks}
    used = {reason.recycle_to for reason in reasons.values() if reason.recycle_to}
    assert used == tracks


def test_every_ladder_reaches_a_manager_and_the_first_acceptance_a_pull_back(
    checked: Checked,
) -> None:
    for ladder in checked.files.sla.ladders:
        told = [rung.tell for rung in ladder.rungs if rung.do == "escalate"]
        assert [who for who in told if who != "on_duty"] == ["manager", "channel", "director"]
        pulled = any(rung.do == "pull_back" for rung in ladder.rungs)
        assert pulled == ladder.id.startswith("accept")


def test_everybody_who_may_be_told_exists(checked: Checked) -> None:
    """Each rep has a manager, and each of those a director."""
    people = {person.id: person for person in checked.files.roster.people}
    for person in people.values():
        if person.role == "rep":
            assert person.manager
            assert people[person.manager].manager


def test_the_fields_baton_itself_reads_are_there(checked: Checked) -> None:
    policy = compile_policy(checked.files, checked.files.cases.cases[0].at.date())
    contact = Contact(
        "1",
        {"firstname": "Ada", "lastname": "King", "company": "Engines"}
        | {"hs_predictivecontactscore_v2": "71"}
        | {"recent_conversion_event_name": "Demo request", "hs_analytics_source": "PAID_SEARCH"},
    )
    fields = fields_of(contact, policy.lifecycle)
    assert {"firstname", "lastname", "company", "score", "offer", "source"} <= fields.keys()


def test_its_own_properties_do_not_collide_with_those_baton_writes(checked: Checked) -> None:
    policy = compile_policy(checked.files, checked.files.cases.cases[0].at.date())
    read = {field.property for field in policy.lifecycle.fields}
    assert not read & set(property_names(policy))
