"""Clicks on a card: what each does, when a button is stale, and which reply the person gets."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from baton.domain.clicks import answer_qualified, click
from baton.domain.draft.draft import Draft
from baton.domain.lead import Held, LifecycleState
from baton.domain.phrase import Phrase
from baton.domain.policy import Policy, Transition
from baton.domain.world.effects import ReplyState
from baton.domain.world.world import NeedsData, SeenStage
from tests.builders import NOW, POLICY, contact, handed_off, hint, minutes, owned
from tests.builders import click as clicked
from tests.routed import routed
from tests.worded import answer

LEAD, WORLD = handed_off()
AT = NOW + minutes(5)
SAL = LifecycleState("sal", NOW)
#: HubSpot knows of no other stage.
SHOWN = contact("101", (SeenStage("salesacceptedlead", NOW, "CRM_UI"),),
                lifecyclestage="salesacceptedlead")  # fmt: skip
CONFIRM = Transition("confirm", ("sal",), "sql", ("rep",))


def with_moves(*moves: Transition, base: Policy = POLICY) -> Policy:
    return replace(base, lifecycle=replace(base.lifecycle, transitions=moves))


def pressed(
    action: str,
    acts: dict[str, Any] | None = None,
    policy: Policy = POLICY,
    known: dict[str, Any] | None = None,
    event: dict[str, Any] | None = None,
    **lead: Any,
) -> Draft:
    """Anna presses a button five minutes after she got the lead."""
    made_by = clicked(action, AT, **(event or {}))
    start = replace(LEAD, assignment=replace(owned(LEAD), **(acts or {})), last_activity=None)
    its_world = replace(WORLD, **({"policy": policy, "contact": None} | (known or {})))
    made = Draft(replace(start, **lead), made_by, its_world, AT)
    click(made)
    return made


def replies(draft: Draft) -> list[str]:
    return [answer(one) for one in draft.effects.values() if isinstance(one, ReplyState)]


# --- when it means nothing any more

ADA = "Ada Example"
TOUCHED = {"touched_at": NOW, "touched_in": "slack"}


@pytest.mark.parametrize(
    ("action", "acts", "event", "why"),
    [
        pytest.param("accept", {}, {"assignment": 2}, Phrase("click.with", (ADA, "Anna")),
                     id="an old card"),
        pytest.param("accept", {}, {"user": "UBEN"}, Phrase("click.not_yours", (ADA,)),
                     id="somebody else's"),
        pytest.param("accept", {"accepted_at": NOW}, {}, Phrase("click.accepted", (ADA,)),
                     id="accepted already"),
        pytest.param("accept", {}, {}, None, id="to be accepted"),
        pytest.param("touch", {"accepted_at": NOW}, {}, None, id="accepted, and to be touched"),
        pytest.param("touch", TOUCHED, {}, Phrase("click.touched", (ADA,)), id="touched already"),
        pytest.param("accept", TOUCHED, {}, None, id="touched, and to be accepted"),
        pytest.param("untouch", TOUCHED, {}, None, id="reported, and taken back"),
        pytest.param("untouch", {}, {}, Phrase("click.no_touch", (ADA,)), id="nothing to take"),
        pytest.param("untouch", TOUCHED | {"touched_in": "hubspot"}, {},
                     Phrase("click.touch_seen", (ADA,)), id="HubSpot has seen it"),
        pytest.param("qualify", {}, {}, Phrase("click.accept_first", (ADA,)), id="not accepted"),
        pytest.param("reject", {}, {"reason": "gone"}, Phrase("click.no_such_reason"),
                     id="for a reason that the policy has dropped"),
        pytest.param("reject", {}, {"reason": "timing"}, None, id="for one that it has"),
    ],
)  # fmt: skip
def test_when_a_button_is_stale(
    action: str, acts: dict[str, Any], event: dict[str, Any], why: Phrase | None
) -> None:
    made = pressed(action, acts, event=event)
    stale = [(one.kind, one.what) for one in made.outcomes if one.kind == "stale_click"]
    assert stale == ([("stale_click", action)] if why else [])
    refused = [Phrase("click.refused", (action, why))] if why else []
    assert [one for one in made.because if one.id == "click.refused"] == refused
    assert (made.lead.last_activity is None) is (bool(why) or action == "untouch")


def test_every_button_of_a_lead_without_an_owner_is_stale() -> None:
    made = pressed("accept", assignment=None, clocks=())
    assert made.because == [Phrase("click.refused", ("accept", Phrase("click.not_with_sales",
                                                                      (ADA,))))]  # fmt: skip


def test_every_button_of_an_owner_who_left_the_roster_is_stale() -> None:
    gone = replace(POLICY, people=tuple(one for one in POLICY.people if one.id != "anna"))
    made = pressed("accept", policy=gone)
    assert made.because[0].args[1] == Phrase("click.not_yours", (ADA,))
    old = pressed("accept", policy=gone, event={"assignment": 7})
    assert old.because[0].args[1] == Phrase("click.with", (ADA, ""))


# --- explained


def test_each_deadline_that_runs_is_explained_to_who_asks() -> None:
    made = pressed("explain")
    (reply,) = (one for one in made.effects.values() if isinstance(one, ReplyState))
    assert (reply.channel, reply.user, reply.zone) == ("D1", "UANNA", "Europe/Berlin")
    heads = [line for line in reply.lines if isinstance(line, Phrase) and line.id[:5] == "story"]
    assert [head.args for head in heads if head.id in {"story", "story.next"}] == [
        ("Accept",),
        ("First touch",),
    ]
    assert [head.id for head in heads if head.args == ("First touch",)] == ["story.next"]
    assert (made.lead, made.because) == (made.start, [Phrase("explained")])


def test_a_deadline_that_has_been_met_is_not_explained() -> None:
    stopped = tuple(replace(clock, stopped_at=NOW) for clock in LEAD.clocks)
    one = pressed("explain", clocks=(stopped[0], LEAD.clocks[1]))
    assert replies(one)[0].startswith("First touch:")
    assert replies(pressed("explain", clocks=stopped)) == ["No clock of this lead is running."]


# --- rejected


def test_a_rejection_closes_the_lead_or_passes_it_on() -> None:
    closed = pressed("reject", event={"reason": "timing"})
    assert (closed.lead.assignment, closed.lead.reason) == (None, "timing")
    assert closed.because[-1] == Phrase(
        "closed.to", (Phrase("closed.rejected", ("Anna", "Not now")), Phrase("track", ("timing",)))
    )
    assert closed.lead.last_activity == AT
    reasons = (*routed().lifecycle.reasons,)
    lifecycle = replace(POLICY.lifecycle, reasons=reasons)
    passed = pressed(
        "reject", event={"reason": "language"}, policy=replace(POLICY, lifecycle=lifecycle)
    )
    assert (owned(passed.lead).person, passed.lead.reason) == ("ben", "")


# --- qualified

ACCEPTED = {"accepted_at": NOW}
NO_WAY = "No transition leads forward from SAL, so nothing was changed."


@pytest.mark.parametrize(
    ("moves", "handoff", "asked"),
    [
        pytest.param([CONFIRM], "", "confirm", id="to the stage after the accepted one"),
        pytest.param([replace(CONFIRM, reverse=True)], "", "", id="not by a way back"),
        pytest.param([replace(CONFIRM, source=("mql",))], "", "", id="not from another stage"),
        pytest.param([replace(CONFIRM, to="customer")], "", "", id="not further"),
        pytest.param([CONFIRM, replace(CONFIRM, id="win", to="customer")], "sql", "win",
                     id="of a later handoff: to the stage after that one"),
        pytest.param([CONFIRM], "customer", "", id="of the last one: nowhere"),
        pytest.param([CONFIRM], "gone", "confirm", id="of a handoff that the policy has dropped"),
    ],
)  # fmt: skip
def test_what_qualified_asks_for(moves: list[Transition], handoff: str, asked: str) -> None:
    acts = ACCEPTED | {"handoff": handoff}
    made = pressed("qualify", acts, with_moves(*moves), {"contact": SHOWN}, state=SAL, base=SAL)
    assert made.asked == asked
    assert replies(made) == ([] if asked else [NO_WAY])


def test_from_a_stage_that_the_policy_has_dropped_no_way_leads_on() -> None:
    stages = tuple(one for one in POLICY.lifecycle.stages if one.id != "lead")
    lifecycle = replace(POLICY.lifecycle, stages=stages, initial="mql", transitions=(CONFIRM,))
    shown = contact("101", (), lifecyclestage="lead", createdate="")
    stood = LifecycleState("lead", NOW)
    gone: dict[str, Any] = {"facts": (), "base": stood, "state": stood}
    policy = replace(POLICY, lifecycle=lifecycle)
    made = pressed("qualify", ACCEPTED, policy, {"contact": shown}, **gone)
    assert made.asked == ""
    assert len(replies(made)) == 1


def test_qualified_reads_the_contact_first() -> None:
    with pytest.raises(NeedsData) as asked:
        pressed("qualify", ACCEPTED)
    assert asked.value.lacks.contact
    gone = pressed("qualify", ACCEPTED, known={"contact_gone": True})
    assert (gone.lead.gone, gone.lead.assignment) == (Phrase("gone.missing"), None)


@pytest.mark.parametrize(
    ("asked", "is_held", "said"),
    [("confirm", True, True), ("", True, False), ("confirm", False, False)],
    ids=["held", "nobody asked", "not held"],
)
def test_qualified_is_answered_with_what_the_lead_lacks(
    asked: str, is_held: bool, said: bool
) -> None:
    held = Held("sql", "confirm", NOW, ("company",), (), LEAD.clocks[0])
    made = Draft(LEAD, clicked("qualify", AT), WORLD, AT)
    made.change(held=held if is_held else None)
    made.asked = asked
    answer_qualified(made)
    expected = f"{ADA} is not ready for SQL yet"
    assert [one[: len(expected)] for one in replies(made)] == ([expected] if said else [])


def test_an_event_that_is_no_click_is_not_answered() -> None:
    made = Draft(LEAD, hint("fields"), WORLD, AT)
    answer_qualified(made)
    assert made.effects == {}
