"""`baton roster`, `reassign`, `snooze`, `queue`: previewed on the real state, then applied."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders import manager, rep
from tests.cli.stack import Rig, Run, baton, now, rig
from tests.routed import routed

__all__ = ["baton", "rig"]

OFFICE = routed()
CAREFREE = routed(
    people=(rep("anna"), rep("ben"), rep("carl"), rep("cora"), manager("mona"), manager("dora"))
)
on = pytest.mark.parametrize


@on("rig", [OFFICE], indirect=True)
def test_a_lead_is_reassigned_after_a_preview(rig: Rig, baton: Run) -> None:
    rig.arrive("101")
    assert rig.owner("101") == "anna"
    code, out, _ = baton("reassign", "101", "--to", "ben", "--note", "knows them", "--by", "Rita")
    assert code == 0
    assert "Ada Example (Acme), lead 101: Anna → Ben" in out
    assert "Rita gave it to Ben: knows them" in out
    assert "Nothing was changed" in out
    assert rig.events.stored == []
    assert baton("reassign", "101", "--to", "ben", "--apply")[0] == 0
    rig.work()
    assert rig.owner("101") == "ben"


@on("rig", [OFFICE], indirect=True)
@on(
    ("argv", "why"),
    [
        (["reassign", "404"], "lead 404 is not known"),
        (["reassign", "101", "--to", "bob"], "bob is not in the roster of policy 1"),
        (["reassign", "101", "--to", "bne"], "did you mean ben?"),
        (["reassign", "101", "--to", "anna"], "Anna has this lead already"),
        (["roster", "away", "anna", "--until", "soon"], "--until soon: expected a date"),
        (["roster", "away", "anna", "--until", "2020-01-01"], "which is already past"),
        (["roster", "trail", "nobody"], "nobody is not in the roster"),
        (["snooze", "101", "--until", "later"], "--until later: expected a date"),
        (["snooze", "101", "--until", "2020-01-01"], "has passed, so the lead cannot be snoozed"),
        (["snooze", "101", "--until", "2099-01-01"], "a lead can be snoozed for at most 30 days"),
        (["snooze", "404", "--until", "13:00"], "lead 404 is not known"),
        (["queue", "nowhere"], "there is no pool nowhere; there are closers and desk"),
    ],
)
def test_an_impossible_command_is_refused_in_one_line(
    rig: Rig, baton: Run, argv: list[str], why: str
) -> None:
    rig.arrive("101")
    code, _, err = baton(*argv)
    assert (code, len(err.splitlines())) == (2, 1)
    assert why in err
    assert rig.events.stored == []


@on("rig", [CAREFREE], indirect=True)
def test_a_leavers_leads_move_as_previewed_and_no_new_ones_come(rig: Rig, baton: Run) -> None:
    leads = [str(n) for n in range(101, 107)]
    for lead in leads:
        rig.arrive(lead)
    annas = [lead for lead in leads if rig.owner(lead) == "anna"]
    assert len(annas) == 3
    code, preview, _ = baton("roster", "leave", "anna")
    assert code == 0
    assert "Anna has 3 open leads." in preview
    assert "Nothing was changed" in preview
    assert [rig.owner(lead) for lead in annas] == ["anna"] * 3
    code, done, _ = baton("roster", "leave", "anna", "--apply", "--by", "Rita")
    assert code == 0
    assert "set `active: false` for anna" in done
    rig.work()
    for lead in annas:
        name = rig.policy.person[rig.owner(lead)].name
        assert f"lead {lead}: Anna → {name}" in preview, "it happened as it was shown"
    rig.arrive("200")
    rig.arrive("201")
    assert "anna" not in {rig.owner("200"), rig.owner("201")}
    _, trail, _ = baton("roster", "trail", "anna")
    assert "away until further notice, Rita says  (by cli, policy 1)" in trail


@on("rig", [OFFICE], indirect=True)
def test_leads_beyond_the_new_owners_capacity_stay_and_are_named(rig: Rig, baton: Run) -> None:
    for lead in ("101", "102", "103", "104"):
        rig.arrive(lead)
    code, out, _ = baton("roster", "leave", "anna", "--to", "ben", "--apply")
    assert code == 1
    assert "stays, because Ben is full (2 of 2 open leads)" in out
    assert "2 stay for now" in out
    rig.work()
    assert rig.owner("101") == "anna"


def unfolded(table: str) -> str:
    """The text of a printed table whose last column may be folded."""
    return " ".join(table.replace("│", " ").split())


@on("rig", [OFFICE], indirect=True)
def test_away_and_back_show_in_the_roster(rig: Rig, baton: Run) -> None:
    code, out, _ = baton("roster", "away", "anna", "--by", "Rita")
    assert (code, "Anna: away until further notice, Rita says" in out) == (0, True)
    rig.work()
    _, shown, _ = baton("roster", "show")
    assert "is marked as away" in unfolded(shown)
    assert "0 of 2" in shown
    assert baton("roster", "back", "anna")[0] == 0
    rig.work()
    _, shown, _ = baton("roster", "show")
    assert "has said to be" not in shown
    trail = baton("roster", "trail", "ben")[1]
    assert trail == "There is no availability change of Ben outside the policy.\n"


@on("rig", [OFFICE], indirect=True)
def test_the_queue_is_listed_in_its_order(rig: Rig, baton: Run) -> None:
    assert baton("queue") == (0, "Nobody waits.\n", "")
    for lead in range(101, 105):
        rig.arrive(str(lead))
    rig.arrive("108", recent_conversion_event_name="Newsletter")
    rig.arrive("109")
    code, out, _ = baton("queue", "desk")
    assert code == 0
    assert out.index("109") < out.index("108"), "the hotter one is the next"
    assert "Mona" in out


@on("rig", [OFFICE], indirect=True)
def test_a_snoozed_lead_stops_counting(rig: Rig, baton: Run) -> None:
    rig.arrive("101")
    until = (now() + timedelta(days=2)).date().isoformat()
    code, out, _ = baton("snooze", "101", "--until", until)
    assert (code, "snoozed until" in out, rig.events.stored) == (0, True, [])
    assert baton("snooze", "101", "--until", until, "--apply")[0] == 0
    rig.work()
    assignment = rig.lead("101").assignment
    assert assignment is not None
    assert assignment.snoozed_until is not None
    assert rig.people.loads(["anna"])["anna"].open == 0
    assert "snoozed already" in baton("snooze", "101", "--until", until)[2]


@on("rig", [OFFICE], indirect=True)
def test_why_not_me_is_answered_from_the_record(rig: Rig, baton: Run) -> None:
    rig.arrive("101")
    code, out, _ = baton("explain", "101", "--rep", "ben")
    assert code == 0
    assert "it was Anna's turn in Desk; Ben was the second" in out
    assert "What would have given it to them: 1 more lead to Desk" in out
    assert "Anna got it." in baton("explain", "101", "--rep", "anna")[1]
    assert (
        "bob was not in the roster of policy 1: anna, ben,"
        in (baton("explain", "101", "--rep", "bob")[2])
    )
    for lead in range(102, 106):
        rig.arrive(str(lead))
    assert "Anna is full." in baton("explain", "105", "--rep", "anna")[1]
    assert "it waits in the queue of Desk since" in baton("explain", "105")[1]


@on("rig", [OFFICE], indirect=True)
def test_a_lead_that_was_never_routed_is_reported(rig: Rig, baton: Run) -> None:
    rig.arrive("101", stage="lead")
    code, _, err = baton("explain", "101", "--rep", "anna")
    assert (code, "lead 101 was never routed" in err) == (2, True)
