"""The documents match the behaviour: times, transitions, clicks and recipients."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from baton.domain.lifecycle.hubspot_properties import property_names
from baton.policy_tools import compile_policy
from baton.policy_tools.docs import documents
from baton.policy_tools.loading import load
from tests.policy_tools.conftest import ROOT, SAMPLE

PRESETS = ROOT / "shared" / "baton" / "policy_tools" / "presets"


def documents_of(folder: Path) -> dict[str, str]:
    return {one.id: one.markdown for one in documents(load(folder))}


@pytest.fixture(scope="module")
def sample() -> dict[str, str]:
    return documents_of(SAMPLE)


@pytest.fixture(scope="module")
def advanced() -> dict[str, str]:
    return documents_of(PRESETS / "advanced")


def part(document: str, heading: str) -> str:
    """The text below a second-level heading."""
    return document.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def test_working_time_is_said_in_hours(sample: dict[str, str], advanced: dict[str, str]) -> None:
    for name in ("automation", "guide-reps", "guide-leadership"):
        assert "40 h" in advanced[name]
        assert "1 day 16 h" not in advanced[name]
    assert "| 24 h after the deadline |" in sample["automation"]


@pytest.mark.parametrize(("most", "said"), [("12", "12 messages"), ("1", "1 message")])
def test_how_many_messages_an_hour_is_said_to_reps_and_to_all(
    most: str, said: str, edited: Callable[..., Path]
) -> None:
    made = documents_of(
        edited(("notifications", "messages_an_hour: 12", f"messages_an_hour: {most}"))
    )
    for name in ("automation", "guide-reps"):
        assert f"Nobody gets more than {said} in any hour: further messages" in made[name]


def test_a_reason_that_only_a_stage_in_hubspot_gives_tells_the_stage(
    sample: dict[str, str],
) -> None:
    """Reps cannot choose it, so no *Reject* leads there, and nothing is disqualified by it."""
    row = next(line for line in sample["reasons"].splitlines() if "`no_lead`" in line)
    assert "| closed as Other | no: for a stage that is set in HubSpot |" in row
    move = part(sample["transitions"], "`set_aside`")
    assert "*Reject*" not in move
    assert "Not a lead (closed as Other)" in move
    assert "with *Reject* and a reason" in part(sample["transitions"], "`disqualify`")
    bad = next(line for line in sample["reasons"].splitlines() if "`bad_fit`" in line)
    assert "| closed as Disqualified | yes |" in bad


def test_a_hand_raise_is_described(advanced: dict[str, str]) -> None:
    assert "| **Raised hand** | asked for a call |" in advanced["guide-reps"]
    assert not any("hand raise is" in text for text in advanced.values())


@pytest.mark.parametrize(
    ("early", "said"),
    [
        ("hold", "waits for the end of the cool-off and then goes on by itself"),
        ("ask", "Baton keeps its stage and asks in the RevOps channel"),
        ("follow", "it is followed at once, regardless of the cool-off"),
    ],
)
def test_moves_in_hubspot_during_the_cool_off_are_described(
    early: str, said: str, edited: Callable[..., Path]
) -> None:
    made = documents_of(edited(("recycling", "early: hold", f"early: {early}")))
    assert said in part(made["automation"], "When a lead is recycled").replace("\n", " ")


def test_only_moves_of_batons_own_wait_for_the_cool_off(
    sample: dict[str, str], advanced: dict[str, str]
) -> None:
    places = ("faq", "What happens to a recycled lead?"), ("automation", "When a lead is recycled")
    for name, heading in (*places, ("reasons", "Nurture tracks")):
        said = part(advanced[name], heading)
        assert "Baton's own moves wait" in said
        assert "Only a raised hand (the person asked for a call) does not wait" in said
        assert "waits for the end of the cool-off and then goes on by itself" in said
        assert "Baton makes no move of its own out of Recycled" in part(sample[name], heading)


def test_reverse_moves_out_of_side_stages_are_named(advanced: dict[str, str]) -> None:
    said = part(advanced["faq"], "What happens to a recycled lead?")
    assert "Transitions out of Disqualified: `reopen` to Lead (rep)." in said


def test_an_owner_changed_by_hand_is_a_reassignment(sample: dict[str, str]) -> None:
    for name in ("faq", "guide-reps"):
        assert "An owner changed by hand in HubSpot is a reassignment" in sample[name]
    said = part(sample["automation"], "When somebody changes the owner in HubSpot")
    assert "| `follow` | they have it from then on, also beyond a limit" in said
    assert "| `route` | routing finds the next owner" in said
    assert "| `ask` | it stays so in HubSpot" in said


def test_leads_past_acceptance_are_idle_where_a_rule_names_their_stage(
    sample: dict[str, str], advanced: dict[str, str]
) -> None:
    assert "(here: SQL)" in part(advanced["automation"], "When a lead is idle")
    assert "its last owner is warned" in part(sample["automation"], "When a lead is idle")


def test_what_is_not_followed_is_told_to_revops(sample: dict[str, str]) -> None:
    said = part(sample["automation"], "When something moves a lead backward")
    assert "a notice in the RevOps channel asks" in said
    assert "in one message with others of the kind" in said
    assert "whatever the answer for people is" in said


def test_each_move_says_who_makes_it(sample: dict[str, str], advanced: dict[str, str]) -> None:
    moves = sample["transitions"], advanced["transitions"]
    for document in moves:
        assert "others make it" not in document
        assert "the owner, with *Accept* on the card" in part(document, "`accept`")
        assert "with *Qualified* on the card, once accepted" in part(document, "`confirm`")
        assert "a reason that leads there" in part(document, "`recycle`")
        assert "| Reason | required:" in part(document, "`disqualify`")
    assert "the clock of inactivity (`handed-off`" in part(moves[1], "`recycle`")
    assert "a condition that closes leads at once (Lead)" in part(moves[1], "`disqualify`")
    assert "a deal that enters" in part(moves[1], "`win`")


def test_a_manual_move_to_a_side_stage_has_its_own_reason(
    sample: dict[str, str], advanced: dict[str, str]
) -> None:
    """The advanced preset accepts what people do; the sample asks them, but its moves have
    reasons."""
    by_hand = "a person, by setting the stage in HubSpot"
    assert by_hand in part(advanced["transitions"], "`recycle`")
    assert by_hand in part(sample["transitions"], "`recycle`")
    assert by_hand not in part(advanced["transitions"], "`win`")


def test_who_may_set_a_forward_stage_in_hubspot_is_said(sample: dict[str, str]) -> None:
    document = sample["transitions"]
    assert "the card; a person, by setting the stage in HubSpot" in part(document, "`accept`")
    assert "a workflow or another system, by setting the stage" in part(document, "`win`")
    assert "any person or system that sets the stage" in part(document, "`confirm`")
    assert "| `accept`: MQL → SAL | followed | asked about | restored | asked about |" in document
    said = part(sample["automation"], "When something moves a lead forward that may not")
    assert "| `IMPORT` | `restore` | the stage is set back in HubSpot |" in said


def test_a_backward_move_to_work_is_handed_off_again(advanced: dict[str, str]) -> None:
    again = "handed to its owner again, with a new card and new clocks"
    assert again in part(advanced["transitions"], "`unconfirm`")
    assert again not in part(advanced["transitions"], "`reopen`")


def test_qualified_stops_every_clock_and_is_held_as_the_stage_is(sample: dict[str, str]) -> None:
    said = part(sample["automation"], "When the owner acts")
    line = next(one for one in said.splitlines() if one.startswith("| Qualified "))
    assert "once accepted" in line
    assert "| all of them |" in line
    assert "held before the stage" in line
    assert "once you have accepted" in sample["guide-reps"]


def test_the_documents_name_existing_commands_and_properties(sample: dict[str, str]) -> None:
    for command in ("baton audit", "baton status migrate", "baton policy diff"):
        assert f"`{command}" in sample["guide-admins"]
        assert f"`{command}" in sample["maintenance"]
    known = property_names(compile_policy(load(SAMPLE), date(2026, 11, 22)))
    for name in ("guide-marketing", "guide-leadership", "maintenance"):
        named = set(re.findall(r"`(baton_[a-z0-9_]+)`", sample[name]))
        assert named
        assert named <= set(known)


def test_conditions_that_close_leads_are_in_the_marketing_guide(advanced: dict[str, str]) -> None:
    assert "- Closed at once, in Lead: " in advanced["guide-marketing"]


def test_the_lead_status_is_said_as_the_lead_is_worked(sample: dict[str, str]) -> None:
    said = part(sample["stages"], "MQL")
    assert "| HubSpot lead status | while a rep works the lead: `NEW` when a rep gets it" in said


#: The sample with a staleness rule for some of the leads in MQL; its other rules are for SAL and
#: SQL.
SOME_OF_MQL = (
    "recycling",
    "stages: [mql]\n    after",
    "stages: [mql]\n    when: {tier: hot}\n    after",
)


@pytest.mark.parametrize(
    ("after", "said"), [("90d", "90 days"), ("45d", "45 days"), ("36h", "1 day 12 h")]
)
def test_idle_is_said_as_the_policy_has_it(
    after: str, said: str, edited: Callable[..., Path]
) -> None:
    idle = ("recycling", "  after: 90d\n  reason", f"  after: {after}\n  reason")
    made = documents_of(edited(idle, SOME_OF_MQL))
    assert (
        f"a lead with a rep to which no rule applies is closed after {said}, without a warning,"
        " for the reason No response."
    ) in part(made["automation"], "When a lead is idle")
    assert f"a lead in MQL is closed after {said} without activity" in made["guide-reps"]
    assert f"; any other, without a warning: {said})" in part(
        made["faq"], "My lead disappeared. Where is it?"
    )
    assert "the clock of inactivity (`handed-off`, `enterprise`, `working`, `idle`)" in part(
        made["transitions"], "`recycle`"
    )


def test_without_staleness_rules_only_idle_applies(edited: Callable[..., Path]) -> None:
    recycling = (edited() / "recycling.yaml").read_text(encoding="utf-8")
    rules = recycling[recycling.index("\nstaleness: ") :]
    made = documents_of(edited(("recycling", rules, "\nidle: {after: 20d, reason: timing}\n")))
    assert "closed after 20 days, without a warning, for the reason Not now - timing." in part(
        made["automation"], "When a lead is idle"
    )
    assert "A lead without activity for 20 days is closed." in made["guide-reps"]
    assert "It had no activity for 20 days and was closed." in made["faq"]


def test_idle_closes_for_the_first_reason_where_the_policy_has_no_other(
    edited: Callable[..., Path],
) -> None:
    folder = edited(
        ("recycling", "  reason: no_response\n", ""),
        ("lifecycle", "  - {id: no_response,", "  - {id: no_answer,"),
    )
    assert (
        "without a warning, for the reason Not now - timing." in documents_of(folder)["automation"]
    )


def test_a_staleness_rule_for_every_lead_replaces_idle(sample: dict[str, str]) -> None:
    assert "you are not warned" not in sample["guide-reps"]
    assert "any other, without a warning" not in sample["faq"]
    assert "`idle`" not in sample["transitions"]


@pytest.mark.parametrize(
    ("at_most", "said"), [("30d", "30 days"), ("14d", "14 days"), ("36h", "1 day 12 h")]
)
def test_how_long_a_lead_may_be_snoozed_is_said_to_reps_and_to_all(
    at_most: str, said: str, edited: Callable[..., Path]
) -> None:
    made = documents_of(edited(("sla", "at_most: 30d", f"at_most: {at_most}")))
    most = f"(`baton snooze`), for at most {said}: its clocks are paused meanwhile"
    assert most in part(made["automation"], "When clocks are paused")
    assert f"{most}, and it does not count as one of its owner's open leads." in made["guide-reps"]


@pytest.mark.parametrize(
    ("wait", "said"),
    [
        (
            "4h",
            "it stays snoozed until they have room, for at most 4 h of their working time, and "
            "then goes to the next rep.",
        ),
        ("0m", "If its owner is at their limit when it comes back, it goes to the next rep."),
    ],
)
def test_what_becomes_of_a_snoozed_lead_without_room_is_said(
    wait: str, said: str, edited: Callable[..., Path]
) -> None:
    folder = edited(("routing", "wait_for_room: 4h", f"wait_for_room: {wait}"))
    assert said in documents_of(folder)["guide-reps"]


def test_a_snoozed_lead_counts_where_the_policy_says_so(edited: Callable[..., Path]) -> None:
    folder = edited(("routing", "forget_after: 60d ", "count_snoozed: true "))
    assert "its clocks are paused meanwhile.\n" in documents_of(folder)["guide-reps"]


def test_a_lead_may_be_snoozed_where_nothing_else_stops_clocks(advanced: dict[str, str]) -> None:
    said = part(advanced["automation"], "When clocks are paused")
    assert "for at most 30 days" in said
    assert "one of these holds" not in said


def test_the_guide_says_whether_never_binds_hubspot_too(
    sample: dict[str, str], edited: Callable[..., Path]
) -> None:
    assert "reaches no rep: it is held" in sample["guide-marketing"]
    other = documents_of(edited(("scoring", "never_then: hold", "never_then: follow")))
    assert "is handed to a rep" in other["guide-marketing"].replace("\n", " ")
