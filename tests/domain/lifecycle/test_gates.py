"""Gates: what a stage requires, where missing fields are looked up, and what happens to a hold."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from baton.domain.conditions import count_phrase
from baton.domain.draft.draft import Draft
from baton.domain.lead import ArmedRung, Held, Lead, LifecycleState, StageTimes
from baton.domain.lifecycle.gates import Gate, Wait, gate_of, is_hold_over, may_enter, update_hold
from baton.domain.phrase import Phrase, Text
from baton.domain.policy import Count, Field, Hold, Policy, Stage, Test, When
from baton.domain.world.effects import NoticeState
from baton.domain.world.world import Background, Needs, NeedsData
from tests.builders import NOW, POLICY, contact, handed_off, hint, minutes, world
from tests.worded import all_words, lines, title

DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)
OPS = POLICY.notifications.ops_channel
FIELDS = (
    Field("email", "E-mail", "email", kind="email"),
    Field("phone", "Phone", "phone", kind="phone"),
    Field("budget", "Budget", "budget"),
    Field("pain", "Pain", "pain", look_up=("history", "contact.pain_text", "company.pain")),
)
BUDGET = Gate(("budget",), ())
LARGE: When = {"employees": Test(at_least=100)}


def asking(**stages: dict[str, Any]) -> Policy:
    """POLICY whose *stages* have gates."""
    lifecycle = POLICY.lifecycle
    changed = tuple(replace(one, **stages.get(one.id, {})) for one in lifecycle.stages)
    fields = (*lifecycle.fields, *FIELDS)
    return replace(POLICY, lifecycle=replace(lifecycle, stages=changed, fields=fields))


NEEDS_BUDGET = asking(sql={"requires": (("budget",),)})


def drafted(
    policy: Policy = NEEDS_BUDGET,
    fields: dict[str, str] | None = None,
    known: dict[str, Any] | None = None,
    after: timedelta = timedelta(),
    is_owned: bool = True,
    **lead: Any,
) -> Draft:
    """A draft of Anna's lead, or nobody's, *after* some time, with its contact read."""
    if is_owned:
        start, its_world = handed_off()
    else:
        start, its_world = Lead(id="101"), world()
    read = {"contact": contact(), "policy": policy} | (known or {})
    event = hint("fields", NOW + after)
    return Draft(
        replace(start, fields=fields or {}, **lead), event, replace(its_world, **read), NOW + after
    )


def stage(draft: Draft, name: str = "sql") -> Stage:
    return draft.policy.stage[name]


def told(draft: Draft) -> list[tuple[str, str]]:
    return [(one.to, one.level) for one in draft.effects.values() if isinstance(one, NoticeState)]


def outcomes(draft: Draft) -> list[tuple[str, str]]:
    return [(one.kind, one.what) for one in draft.outcomes]


# --- what is missing


@pytest.mark.parametrize(
    ("name", "value", "missing"),
    [
        pytest.param("budget", "", True, id="nothing"),
        pytest.param("budget", "0", False, id="something"),
        pytest.param("nobody-knows", "x", True, id="a field that the policy does not know"),
        pytest.param("email", "ada@example.com", False, id="an address"),
        pytest.param("email", "ada@example", True, id="no address"),
        pytest.param("phone", "123 45 67", False, id="seven digits"),
        pytest.param("phone", "123 45 6", True, id="six digits"),
        pytest.param("phone", "call 1234567", True, id="digits and words"),
    ],
)
def test_a_required_field_must_be_usable(name: str, value: str, missing: bool) -> None:
    made = drafted(asking(sql={"requires": ((name,),)}), {name: value})
    assert gate_of(made, stage(made)).missing == ((name,) if missing else ())


def test_one_of_several_required_fields_is_enough() -> None:
    policy = asking(sql={"requires": (("email", "phone"),)})
    asked = policy.stage["sql"]
    assert gate_of(drafted(policy), asked).missing == ("email/phone",)
    for known in ({"email": "a@b.co"}, {"phone": "1234567"}):
        assert not gate_of(drafted(policy, known), asked).closed


# --- which gates


@pytest.mark.parametrize(
    ("is_owned", "admitted", "to", "missing"),
    [
        pytest.param(False, "", "sal", ("email", "budget"), id="straight: the handoff's, too"),
        pytest.param(False, "lead", "sal", ("email", "budget"), id="admitted before the handoff"),
        pytest.param(False, "mql", "sal", ("budget",), id="admitted at the handoff"),
        pytest.param(True, "", "sal", ("budget",), id="somebody has it"),
        pytest.param(False, "", "mql", ("email",), id="the handoff itself"),
        pytest.param(False, "", "lead", ("pain",), id="before the handoff"),
        pytest.param(False, "", "recycled", (), id="to a side stage"),
        pytest.param(False, "", "customer", ("pain",), id="beside the handoff"),
    ],
)
def test_the_gates_between_two_stages(
    is_owned: bool, admitted: str, to: str, missing: tuple[str, ...]
) -> None:
    policy = asking(
        lead={"requires": (("pain",),)},
        mql={"requires": (("email",),)},
        sal={"requires": (("budget",),)},
        recycled={"rank": 9},
        customer={"rank": 2, "requires": (("pain",),)},
    )
    known = {"background": Background()}
    made = drafted(policy, is_owned=is_owned, admitted=admitted, known=known)
    assert gate_of(made, stage(made, to)).missing == missing


@pytest.mark.parametrize(
    ("admitted", "to", "unmet"),
    [
        pytest.param("sal", "sql", 1, id="leaving forward"),
        pytest.param("sal", "sal", 0, id="staying"),
        pytest.param("sal", "mql", 0, id="going back"),
        pytest.param("", "sql", 0, id="admitted nowhere"),
        pytest.param("recycled", "sql", 0, id="from a side stage"),
    ],
)
def test_an_exit_gate_holds_for_forward_moves(admitted: str, to: str, unmet: int) -> None:
    policy = asking(sal={"exit": LARGE}, recycled={"exit": LARGE})
    made = drafted(policy, admitted=admitted)
    assert len(gate_of(made, stage(made, to)).unmet) == unmet


def test_a_field_that_both_gates_require_is_named_once() -> None:
    made = drafted(asking(mql={"entry": LARGE}, sal={"entry": LARGE}), is_owned=False)
    assert len(gate_of(made, stage(made, "sal")).unmet) == 1


@pytest.mark.parametrize(
    ("handoffs", "own", "both", "waits"),
    [
        pytest.param(
            "flag", "hold", False, False, id="what only the handoff's requires is flagged"
        ),
        pytest.param("hold", "hold", False, True, id="held: the handoff's says so"),
        pytest.param("hold", "flag", False, True, id="the next stage has no say in it"),
        pytest.param("flag", "hold", True, True, id="held: the next stage requires it, too"),
        pytest.param("flag", "flag", True, False, id="both flag it"),
    ],
)
def test_each_stage_says_what_happens_if_its_own_fields_are_missing(
    handoffs: Any, own: Any, both: bool, waits: bool
) -> None:
    """A lead that comes straight to the accepted stage, by an import or a merge."""
    needs = (("budget",),)
    policy = asking(
        mql={"requires": needs, "if_missing": handoffs},
        sal={"requires": needs if both else (), "if_missing": own},
    )
    made = drafted(policy, is_owned=False, known={"background": Background()})
    assert (may_enter(made, stage(made, "sal")) is not None) == waits
    assert made.lead.flagged == (() if waits else ("budget",))


# --- looking up missing fields

NEEDS_PAIN = asking(sql={"requires": (("pain",),)})


@pytest.mark.parametrize(
    ("background", "found"),
    [
        pytest.param(Background(history={"pain": " was "}), ("was", "history"), id="before"),
        pytest.param(
            Background(contact={"pain_text": "said"}), ("said", "contact.pain_text"), id="elsewhere"
        ),
        pytest.param(
            Background(company={"pain": "theirs"}), ("theirs", "company.pain"), id="the company's"
        ),
        pytest.param(
            Background({"pain": "was"}, {"pain_text": "said"}, {"pain": "theirs"}),
            ("was", "history"),
            id="in this order",
        ),
        pytest.param(Background(company={"other": "x"}, denied="no"), None, id="nowhere"),
    ],
)
def test_a_missing_field_is_looked_up(
    background: Background, found: tuple[str, str] | None
) -> None:
    made = drafted(NEEDS_PAIN, known={"background": background})
    assert gate_of(made, stage(made)).closed is (found is None)
    value, place = found or (None, None)
    assert made.lead.fields.get("pain") == value
    assert made.lead.found.get("pain") == place
    denied = f"missing fields could not be looked up: {background.denied}"
    assert (denied in all_words(made.because)) is bool(background.denied)


@pytest.mark.parametrize(
    ("policy", "known", "asked"),
    [
        pytest.param(NEEDS_PAIN, {}, True, id="it has places to look in"),
        pytest.param(NEEDS_BUDGET, {}, False, id="it has none"),
        pytest.param(NEEDS_PAIN, {"contact": None}, False, id="a click does not wait for HubSpot"),
    ],
)
def test_the_background_is_asked_for_when_it_is_needed(
    policy: Policy, known: dict[str, Any], asked: bool
) -> None:
    made = drafted(policy, known=known)
    if asked:
        with pytest.raises(NeedsData) as missing:
            gate_of(made, stage(made))
        assert missing.value.lacks == Needs(background=True)
    else:
        assert gate_of(made, stage(made)).closed


# --- entering


def held(made: Draft, *, within: timedelta = 2 * DAY, **changes: Any) -> Held:
    """A lead held before SQL since NOW."""
    update_hold(made, Wait(stage(made), "move", BUDGET))
    found = made.lead.held
    assert found is not None
    due = NOW + within
    clock = replace(found.clock, due_at=due, ladder=(ArmedRung(due, "release"),))
    return replace(found, clock=clock, **changes)


def test_a_lead_passes_the_same_gate_only_once() -> None:
    made = drafted(fields={"budget": "9"})
    assert may_enter(made, stage(made)) is None
    assert (made.lead.admitted, made.lead.flagged) == ("sql", ())
    made.change(fields={})
    assert may_enter(made, stage(made)) is None, "it may be emptied after"
    assert made.because == []


def test_a_lead_that_is_in_the_stage_already_makes_no_move() -> None:
    made = drafted()
    assert may_enter(made, stage(made)) == Wait(stage(made), "", BUDGET)


@pytest.mark.parametrize("entry", [{}, LARGE], ids=["a field", "a field and a criterion"])
@pytest.mark.parametrize(
    ("if_missing", "then", "over", "admitted"),
    [
        pytest.param("flag", "wait", False, True, id="it goes on flagged at once"),
        pytest.param("hold", "wait", False, False, id="it waits"),
        pytest.param("hold", "flag", False, False, id="it waits its time"),
        pytest.param("hold", "flag", True, True, id="then it continues flagged"),
        pytest.param("hold", "wait", True, False, id="or waits on"),
        pytest.param("hold", "close", True, False, id="or is closed"),
    ],
)
def test_only_missing_fields_can_be_flagged(
    if_missing: Any, then: Any, over: bool, admitted: bool, entry: When
) -> None:
    policy = asking(
        sql={
            "requires": (("budget",),),
            "entry": entry,
            "if_missing": if_missing,
            "hold": Hold(2 * DAY, then, "timing"),
        }
    )
    start = drafted(policy)
    made = drafted(policy, held=held(start), after=2 * DAY if over else DAY)
    wait = may_enter(made, stage(made), "move")
    if admitted and not entry:
        assert wait is None
        assert (made.lead.admitted, made.lead.flagged) == ("sql", ("budget",))
        assert all_words(made.because) == ("gate sql: missing budget, continues flagged",)
    else:
        assert wait is not None
        assert (wait.move, wait.gate.missing, made.lead.admitted) == ("move", ("budget",), "mql")
        assert wait.over == ("wait" if entry and then == "flag" else then)


@pytest.mark.parametrize(
    ("after", "known", "to", "over"),
    [
        pytest.param(2 * DAY - MICROSECOND, {}, "sql", False, id="a microsecond is left"),
        pytest.param(2 * DAY, {}, "sql", True, id="its time is over"),
        pytest.param(2 * DAY, {"contact": None}, "sql", False, id="nobody has read the contact"),
        pytest.param(2 * DAY, {}, "sal", False, id="it is held before another stage"),
    ],
)
def test_when_a_hold_ends(after: timedelta, known: dict[str, Any], to: str, over: bool) -> None:
    made = drafted(held=held(drafted()), after=after, known=known)
    assert is_hold_over(made, stage(made, to)) is over


# --- waiting


@pytest.mark.parametrize(("is_owned", "to"), [(True, "UANNA"), (False, OPS)])
def test_the_people_who_can_fill_a_field_are_told_of_the_hold(is_owned: bool, to: str) -> None:
    made = drafted(is_owned=is_owned, after=minutes(7))
    update_hold(made, Wait(stage(made), "move", BUDGET))
    found = made.lead.held
    assert found is not None
    now = NOW + minutes(7)
    assert (found.stage, found.move, found.since, found.told) == ("sql", "move", now, 1)
    assert (found.missing, found.asked) == (("budget",), False)
    assert (found.clock.target, found.clock.stops_on) == ("hold", "complete")
    assert (found.clock.started_at, found.clock.due_at) == (now, now + 2 * DAY)
    assert found.clock.ladder == (ArmedRung(now + 2 * DAY, "release"),)
    assert outcomes(made) == [("held", "sql")]
    assert told(made) == [(to, "warning")]


@pytest.mark.parametrize(
    ("gate", "tells"),
    [
        pytest.param(BUDGET, False, id="the same"),
        pytest.param(Gate(("budget", "pain"), ()), True, id="another field"),
        pytest.param(Gate(("budget",), (Phrase("x", ("score", 3)),)), True, id="a criterion, too"),
    ],
)
def test_a_hold_is_told_again_when_its_reason_changes(gate: Gate, tells: bool) -> None:
    made = drafted(held=held(drafted()), after=minutes(5))
    update_hold(made, Wait(stage(made), "other", gate))
    found = made.lead.held
    assert found is not None
    assert (found.since, found.move, found.told) == (NOW, "other", 1)
    assert (found.missing, found.unmet) == (gate.missing, gate.unmet)
    assert told(made) == [("UANNA", "warning")] * tells
    assert outcomes(made) == []


@pytest.mark.parametrize(
    ("before", "now", "tells"),
    [
        pytest.param(("score", 30), ("score", 29), False, id="a number that decays"),
        pytest.param(("score", 30), ("role", 30), True, id="about something else"),
        pytest.param((), (), False, id="about nothing in particular"),
        pytest.param(("x",), (), True, id="about nothing in particular any more"),
    ],
)
def test_a_decaying_score_does_not_repeat_the_notice_of_a_hold(
    before: tuple[Any, ...], now: tuple[Any, ...], tells: bool
) -> None:
    waiting = replace(held(drafted()), missing=(), unmet=(Phrase("x", before),))
    made = drafted(held=waiting, after=minutes(5))
    update_hold(made, Wait(stage(made), "", Gate((), (Phrase("x", now),))))
    assert bool(told(made)) is tells


@pytest.mark.parametrize(
    ("before", "now", "tells"),
    [("score 30", "score 29", False), ("score 30", "role is missing", True)],
)
def test_a_hold_stored_as_text_is_compared_by_its_first_word(
    before: str, now: str, tells: bool
) -> None:
    waiting = replace(held(drafted()), missing=(), unmet=(before,))
    made = drafted(held=waiting, after=minutes(5))
    field = now.split(" ")[0]
    update_hold(made, Wait(stage(made), "", Gate((), (Phrase("x", (field,)),))))
    assert bool(told(made)) is tells


ROLE = Phrase("test.any_of", ("role", "CTO", "CEO"))


def lacking(kind: str, found: int = 0, what: str = "") -> Phrase:
    count = Count(of=(kind,), what=(what,) if what else ())
    return Phrase("test.count", (count_phrase(count), found, 2))


@pytest.mark.parametrize(
    ("before", "now", "tells"),
    [
        pytest.param(lacking("trial"), lacking("pricing_page"), True, id="other evidence"),
        pytest.param(lacking("trial"), lacking("trial", 1), False, id="more of the same evidence"),
        pytest.param(lacking("form", what="Demo"), lacking("form", what="Prices"), True,
                     id="another form"),
        pytest.param(
            Phrase("test.none", (ROLE, lacking("trial"))),
            Phrase("test.none", (ROLE, lacking("pricing_page"))),
            True,
            id="another alternative",
        ),
        pytest.param(
            Phrase("test.none", (ROLE, lacking("trial"))),
            Phrase("test.none", (ROLE, lacking("trial", 1))),
            False,
            id="the same alternatives",
        ),
        pytest.param("none of: trial; role is CEO", Phrase("test.none", (ROLE,)), False,
                     id="several things, stored as text"),
        pytest.param("trial: 1 of 2 times", lacking("trial"), False, id="evidence, stored as text"),
    ],
)  # fmt: skip
def test_a_hold_is_told_again_when_other_evidence_is_missing(
    before: Text, now: Phrase, tells: bool
) -> None:
    waiting = replace(held(drafted()), missing=(), unmet=(before,))
    made = drafted(held=waiting, after=minutes(5))
    update_hold(made, Wait(stage(made), "", Gate((), (now,))))
    assert bool(told(made)) is tells


def test_an_expired_hold_begins_anew_and_is_told_again() -> None:
    made = drafted(held=held(drafted()), after=2 * DAY)
    update_hold(made, Wait(stage(made), "move", BUDGET))
    found = made.lead.held
    assert found is not None
    assert (found.told, found.since) == (2, NOW)
    assert found.clock.due_at == NOW + 4 * DAY
    assert told(made) == [("UANNA", "warning")]
    (slot,) = made.effects
    assert slot.endswith(":2")


def test_the_owners_own_request_survives_a_hold() -> None:
    made = drafted()
    made.asked = "qualify"
    update_hold(made, Wait(stage(made), "move", BUDGET))
    assert made.lead.held is not None
    assert made.lead.held.asked
    later = drafted(held=made.lead.held, after=minutes(5))
    update_hold(later, Wait(stage(later), "move", BUDGET))
    assert later.lead.held is not None
    assert later.lead.held.asked


def test_a_held_move_that_the_owner_requests_is_marked_as_requested() -> None:
    made = drafted(held=held(drafted()), after=minutes(5))
    made.asked = "qualify"
    update_hold(made, Wait(stage(made), "qualify", BUDGET))
    assert made.lead.held is not None
    assert made.lead.held.asked


@pytest.mark.parametrize(
    ("admitted", "stands", "outcome"),
    [
        pytest.param("sql", "sql", [("released", "sql")], id="it goes on"),
        pytest.param("", "sql", [], id="it was not admitted: no longer asked"),
        pytest.param("sql", "sal", [], id="it stands elsewhere: no longer asked"),
    ],
)
def test_the_end_of_a_hold_is_told(
    admitted: str, stands: str, outcome: list[tuple[str, str]]
) -> None:
    standing = LifecycleState(stands, NOW, {stands: StageTimes(NOW, NOW)})
    made = drafted(held=held(drafted()), admitted=admitted, state=standing, after=minutes(5))
    update_hold(made, None)
    assert made.lead.held is None
    assert outcomes(made) == outcome
    assert told(made) == [("UANNA", "info")]


def test_a_hold_before_another_stage_ends_the_first() -> None:
    made = drafted(held=held(drafted()), after=minutes(5))
    update_hold(made, Wait(stage(made, "customer"), "", BUDGET))
    found = made.lead.held
    assert found is not None
    assert (found.stage, found.since) == ("customer", NOW + minutes(5))
    assert sorted(told(made)) == [("UANNA", "info"), ("UANNA", "warning")]


def test_a_hold_before_a_stage_not_in_the_policy_ends() -> None:
    gone = LifecycleState("gone", NOW)
    waiting = replace(held(drafted()), stage="gone")
    made = drafted(held=waiting, admitted="gone", state=gone, after=minutes(5))
    update_hold(made, None)
    assert made.lead.held is None
    assert outcomes(made) == []
    assert told(made) == [("UANNA", "info")]


# --- what is said of it

SMALL = Phrase("test.at_least", ("employees", "5", "100"))
ASKS = "Missing: Budget. Please add it in HubSpot."
UNMET = "Condition not met: employees is 5, below 100."


@pytest.mark.parametrize(
    ("hold", "gate", "said"),
    [
        pytest.param(Hold(), BUDGET, (ASKS,), id="it waits"),
        pytest.param(Hold(), Gate((), (SMALL,)), (UNMET,), id="a criterion does not hold"),
        pytest.param(
            Hold(DAY, "flag"), BUDGET,
            (ASKS, "After 1 day the lead continues without it."), id="it goes on",
        ),
        pytest.param(
            Hold(DAY, "flag"), Gate(("budget",), (SMALL,)), (ASKS, UNMET), id="it does not go on"
        ),
        pytest.param(
            Hold(DAY, "close", "timing"), BUDGET,
            (ASKS, "After 1 day the lead is closed: Not now."), id="it is closed",
        ),
        pytest.param(
            Hold(DAY, "close", "gone"), BUDGET, (ASKS, "After 1 day the lead is closed: gone."),
            id="it is closed for a reason that the policy has dropped",
        ),
    ],
)  # fmt: skip
def test_who_can_fill_it_in_reads_what_is_missing_and_what_happens_then(
    hold: Hold, gate: Gate, said: tuple[str, ...]
) -> None:
    made = drafted(asking(sql={"hold": hold}))
    update_hold(made, Wait(stage(made), "", gate))
    (notice,) = (e for e in made.effects.values() if isinstance(e, NoticeState))
    assert title(notice) == "Lead 101 is held before SQL"
    assert lines(notice) == said


def test_a_hold_before_a_dropped_stage_names_only_the_missing_fields() -> None:
    made = drafted()
    update_hold(made, Wait(replace(stage(made), id="gone"), "", BUDGET))
    (notice,) = (e for e in made.effects.values() if isinstance(e, NoticeState))
    assert (title(notice), lines(notice)) == ("Lead 101 is held before gone", (ASKS,))


@pytest.mark.parametrize(
    ("admitted", "flagged", "said"),
    [
        pytest.param("sql", (), "Continues to SQL, complete", id="complete"),
        pytest.param("sql", ("budget",), "Continues to SQL, incomplete", id="flagged"),
        pytest.param("", (), "The lead no longer needs it.", id="not asked any more"),
    ],
)
def test_a_notice_of_a_wait_says_how_the_wait_ended(
    admitted: str, flagged: tuple[str, ...], said: str
) -> None:
    standing = LifecycleState("sql", NOW)
    made = drafted(held=held(drafted()), admitted=admitted, flagged=flagged, state=standing)
    update_hold(made, None)
    (notice,) = (e for e in made.effects.values() if isinstance(e, NoticeState))
    assert title(notice) == "Lead 101 was held before SQL"
    assert lines(notice) == (said,)
