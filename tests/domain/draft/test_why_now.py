"""Why a lead comes now: what the person did, most weight first, how it scored, and since when."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from baton.domain.draft.draft import Draft
from baton.domain.draft.why_now import why_now
from baton.domain.lead import Lead, LifecycleState, StageTimes
from baton.domain.phrase import Arg, Phrase, phrase
from baton.domain.policy import Policy
from baton.domain.scoring.score import Point, Score
from tests.builders import NOW, POLICY, hint, world
from tests.scored import SCORED

DAY = timedelta(days=1)


def did(rule: str, points: float, days: float = 1, what: str = "") -> Point:
    return Point("g", rule, rule.title(), points, NOW - days * DAY, what)


def told(rule: str, times: int, last: float = 1, what: Arg = "") -> Phrase:
    return phrase("why_now.did", rule.title(), what, times, NOW - last * DAY)


def said(
    monkeypatch: pytest.MonkeyPatch,
    *points: Point,
    fields: dict[str, str] | None = None,
    state: LifecycleState | None = None,
    policy: Policy = SCORED,
) -> tuple[Phrase, ...]:
    score = Score(41.0, 32.0, "", "", True, True, points, ())
    monkeypatch.setattr(Draft, "score", score if policy.scoring else None)
    lead = Lead(id="101", fields=fields or {}, state=state or LifecycleState())
    return why_now(Draft(lead, hint("fields"), world(policy), NOW))


FIT = Phrase("why_now.fit", (41.0, 40, 32.0, 30))


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        pytest.param((), (), id="nothing"),
        pytest.param((did("page", 10), did("trial", 20, 2)), (told("trial", 1, 2), told("page", 1)),
                     id="most points first"),
        pytest.param((did("page", 10, 3), did("page", 10, 2), did("trial", 15)),
                     (told("page", 2, 2), told("trial", 1)),
                     id="those of a rule together, with the last of them"),
        pytest.param((did("page", 10), did("other", 5)), (told("page", 1),),
                     id="a piece once, by the rule of most points"),
        pytest.param((did("page", 10, what="a"), did("other", 5, what="b")),
                     (told("page", 1, what="a"), told("other", 1, what="b")),
                     id="two pieces of one instant"),
        pytest.param((Point("g", "large", "Large", 40), did("bad", -5)), (),
                     id="neither who they are nor what counts against it"),
        pytest.param((did("page", 0.5),), (told("page", 1),), id="what has nearly decayed"),
        pytest.param((did("page", 0.0), did("trial", 20, 2)), (told("trial", 1, 2),),
                     id="nothing that has decayed to nothing"),
        pytest.param(tuple(did(f"r{n}", 9 - n, n) for n in range(4)),
                     tuple(told(f"r{n}", 1, n) for n in range(3)), id="the first three"),
    ],
)  # fmt: skip
def test_what_the_person_did(
    points: tuple[Point, ...], expected: tuple[Phrase, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert said(monkeypatch, *points) == (*expected, FIT)


OFFER = Phrase("why_now.offer", ("Demo",))
PAGED = "Talk to us | Helvia: Demo request"
DEMO = Phrase("form", ("Demo request", "Talk to us | Helvia"))
LONG = "Everything about retention: " * 3 + "Newsletter for the patient"


@pytest.mark.parametrize(
    ("fields", "points", "expected"),
    [
        pytest.param({}, (), (), id="nothing"),
        pytest.param({"offer": "Demo"}, (), (OFFER,), id="what they asked for"),
        pytest.param({"score": "82"}, (), (Phrase("why_now.score", ("82",)),),
                     id="another system's score"),
        pytest.param({"offer": "Demo"}, (did("form", 5, what="Demo"),),
                     (told("form", 1, what="Demo"),), id="not twice"),
        pytest.param({"offer": "Demo"}, (did("form", 5, what="Demo"), did("page", 3, 2)),
                     (told("form", 1, what="Demo"), told("page", 1, 2)), id="nor beside others"),
        pytest.param({"offer": "Demo"}, (did("demo", 5),), (told("demo", 1),),
                     id="nor where the rule says it"),
        pytest.param({"offer": "Demo"}, (did("form", 5, 2, "Demo"), did("form", 5, 1, "Other")),
                     (told("form", 2, what="Other"), OFFER),
                     id="beside a later form, which alone is shown"),
        pytest.param({"offer": "Demo"}, (did("form", 5, what="Other"),),
                     (told("form", 1, what="Other"), OFFER), id="beside something else"),
        pytest.param({"offer": PAGED}, (did("form", 5, what=PAGED),),
                     (told("form", 1, what=DEMO),), id="a form by its own name, once"),
        pytest.param({"offer": PAGED}, (did("demo request", 5),), (told("demo request", 1),),
                     id="nor where the rule says its own name"),
        pytest.param({"offer": PAGED}, (did("form", 5, 2, PAGED), did("form", 5, 1, "Other")),
                     (told("form", 2, what="Other"), Phrase("why_now.offer", (DEMO,))),
                     id="beside a later form, by its own name"),
        pytest.param({"offer": LONG}, (did("form", 5, what=LONG[-80:]),),
                     (told("form", 1, what=Phrase("form.end", (LONG[-80:],))),),
                     id="an unknown form of which evidence has the end"),
    ],
)  # fmt: skip
def test_the_offer_is_named_unless_the_evidence_names_it(
    fields: dict[str, str],
    points: tuple[Point, ...],
    expected: tuple[Phrase, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert said(monkeypatch, *points, fields=fields) == (*expected, FIT)


@pytest.mark.parametrize(
    ("stage", "since", "expected"),
    [
        pytest.param("mql", NOW, (phrase("why_now.stage", "MQL", NOW, 2),), id="its stage"),
        pytest.param("gone", NOW, (), id="the policy has dropped it"),
    ],
)
def test_why_now_says_since_when_the_lead_is_in_its_stage(
    stage: str,
    since: datetime,
    expected: tuple[Phrase, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    times = {stage: StageTimes(NOW - DAY, since, count=2)}
    state = LifecycleState(stage, since, times)
    assert said(monkeypatch, state=state) == (FIT, *expected)
    assert said(monkeypatch, state=state, policy=POLICY) == expected, "nothing is scored"
