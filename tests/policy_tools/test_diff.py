"""The differences between two policies are sentences, and none is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from baton.domain.policy import Count, Disqualifier, Policy, Test
from baton.policy_tools import compile_policy, load
from baton.policy_tools.diff import difference, grouped
from baton.policy_tools.diff.showing import in_time
from baton.policy_tools.diff.table import DEFINITIONS, FILE_OF, NAMED, SUBJECTS, TABLE
from tests.policy_tools.conftest import SAMPLE, Edit
from tests.policy_tools.mutations import mutated, names_at, places

Edited = Callable[..., Path]
TODAY = date(2026, 11, 25)


@cache
def sample() -> Policy:
    return compile_policy(load(SAMPLE), TODAY)


def told(folder: Path, today: date = TODAY) -> list[str]:
    return [change.text for change in difference(sample(), compile_policy(load(folder), today))]


def test_a_policy_does_not_differ_from_itself() -> None:
    assert difference(sample(), compile_policy(load(SAMPLE), TODAY)) == ()


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        pytest.param(
            ("lifecycle", "requires: [company, role,", "requires: [company, country, role,"),
            "Stage MQL now requires country.",
            id="a required field more",
        ),
        pytest.param(
            ("lifecycle", "source, last_engagement, [email, phone]]", "source, last_engagement]"),
            "Stage MQL no longer requires email or phone.",
            id="a required field less",
        ),
        pytest.param(
            ("lifecycle", "if_missing: flag ", "if_missing: hold "),
            "Stage MQL now handles a lead that lacks a required field by holding it back instead of"
            " letting it in, flagged.",
            id="held instead of flagged",
        ),
        pytest.param(
            ("lifecycle", "hold: {within: 2d, then: flag}", "hold: {within: 3d, then: wait}"),
            "Stage SQL now holds a lead for at most 3 days instead of 2 days.",
            id="a longer hold",
        ),
        pytest.param(
            ("lifecycle", "hold: {within: 2d, then: flag}", "hold: {within: 2d, then: wait}"),
            "Stage SQL now ends a hold by telling people again what is missing instead of letting"
            " the lead continue, flagged.",
            id="another end of a hold",
        ),
        pytest.param(
            (
                "lifecycle",
                "value: no_budget, recycle_to: budget_cycle",
                "value: no_budget, recycle_to: timing",
            ),
            'Reason "No budget" now leads to track timing instead of track budget_cycle.',
            id="another track",
        ),
        pytest.param(
            (
                "lifecycle",
                "value: no_budget, recycle_to: budget_cycle",
                "value: no_budget, disqualify: true",
            ),
            'Reason "No budget" now leads to disqualification instead of track budget_cycle.',
            id="disqualifies instead",
        ),
        pytest.param(
            (
                "lifecycle",
                "{id: accept, from: mql, to: sal, by: [rep]}",
                "{id: accept, from: mql, to: sal, by: [rep, automatic]}",
            ),
            "Transition accept may now be made by HubSpot or a signal.",
            id="who makes a move",
        ),
        pytest.param(
            (
                "lifecycle",
                "{id: qualify, from: [subscriber, lead], to: mql, by: [automatic, rep]}",
                "{id: qualify, from: [subscriber, lead], to: mql, by: [automatic, rep],"
                " when: {score: {at_least: 50}}}",
            ),
            "Transition qualify is now made by Baton itself when score is at least 50.",
            id="a move of Baton's own",
        ),
        pytest.param(
            ("lifecycle", "IMPORT: restore", "IMPORT: accept"),
            "The lifecycle now answers a backward change by IMPORT with accept instead of restore.",
            id="another answer to an import",
        ),
        pytest.param(
            ("scoring", "fit: 40", "fit: 45"),
            "Qualified needs 45 fit points instead of 40.",
            id="a threshold",
        ),
        pytest.param(
            ("scoring", "points: 12, of: pricing_page", "points: 15, of: pricing_page"),
            'Behaviour rule "Looked at pricing" (Intent) now gives 15 points instead of 12.',
            id="points",
        ),
        pytest.param(
            ("routing", "    pool: emea-smb", "    pool: emea-mid-market"),
            "Rule emea-smb now sends leads to pool emea-mid-market instead of emea-smb.",
            id="another pool",
        ),
        pytest.param(
            ("routing", "when: {partner: {known: true}}", "when: {partner: {matches: Alt*}}"),
            "Rule partner now applies when partner looks like Alt* instead of when partner is"
            " known.",
            id="another condition",
        ),
        pytest.param(
            ("routing", "Kenya,\n        Egypt]", "Kenya]"),
            "Territory EMEA no longer takes country Egypt.",
            id="a long list loses a value",
        ),
        pytest.param(
            ("routing", "{rep: anna, weight: 2}", "{rep: anna, weight: 3}"),
            "Pool emea-enterprise now gives anna weight 3 instead of 2.",
            id="a weight",
        ),
        pytest.param(
            ("roster", "max_open: 30\n    max_per_day: 8", "max_open: 25\n    max_per_day: 8"),
            "Anna Keller can hold 25 open leads instead of 30.",
            id="a capacity",
        ),
        pytest.param(
            (
                "roster",
                "hours: {mon-fri: [09:00-12:30, 13:30-18:00]}",
                "hours: {mon-thu: [09:00-12:30, 13:30-18:00], fri: 09:00-15:00}",
            ),
            "Calendar berlin is now open 09:00–15:00 on Friday instead of"
            " open 09:00–12:30 and 13:30–18:00.",
            id="hours of a day",
        ),
        pytest.param(
            ("roster", "  - {date: 2027-05-14, name: Company day}\n", ""),
            "Calendar berlin is no longer closed on Fri 14 May 2027 (Company day).",
            id="a day off less",
        ),
        pytest.param(
            ("sla", "within: 15m", "within: 30m"),
            "Tier Hot: Accept is due within 30 min instead of 15 min.",
            id="a deadline",
        ),
        pytest.param(
            ("sla", "      - {at: +5m, do: escalate, tell: manager}\n", ""),
            "Tier Hot: Accept no longer escalates to the manager 5 min after the deadline.",
            id="a rung less",
        ),
        pytest.param(
            ("sla", ", repeat: {every: 1h, times: 2}", ", time: wall"),
            "Tier Hot: First touch no longer escalates to the channel 1 h after the deadline, and"
            " again every 1 h, 2 times.",
            id="a rung otherwise",
        ),
        pytest.param(
            ("sla", "ends_as: Hot lead that nobody called", "ends_as: Lost"),
            'Tier Hot: First touch now ends as "Lost" instead of "Hot lead that nobody called".',
            id="the end of a ladder",
        ),
        pytest.param(
            (
                "sla",
                "stops_on: accept\n        ladder: accept-hot",
                "stops_when: {country: DE}\n        ladder: accept-hot",
            ),
            "Tier Hot: Accept is now kept when country is DE.",
            id="what keeps a promise",
        ),
        pytest.param(
            (
                "sla",
                "        ladder: accept-hot",
                "        calendar: berlin\n        starts_on: touch\n        ladder: accept-hot",
            ),
            "Tier Hot: Accept now counts by the hours of berlin instead of the owner.",
            id="whose hours count, and from when",
        ),
        pytest.param(
            ("roster", "  turn: week", "  turn: day"),
            "On duty is now nadia and owen, a day each in london, from Mon 5 Jan 2026 instead of "
            "nadia and owen, a week each in london, from Mon 5 Jan 2026.",
            id="the rota",
        ),
        pytest.param(
            ("roster", "on_duty:  ", "teams: [{id: EMEA, calendar: london}]\non_duty:  "),
            "The roster now gives team EMEA the hours of london.",
            id="the hours of a team",
        ),
        pytest.param(
            ("sla", "at_most: 30d", "at_most: 36h"),
            "A lead may now be snoozed for at most 1 day 12 h instead of 30 days.",
            id="a snooze",
        ),
        pytest.param(
            ("recycling", "cool_off: 60d", "cool_off: 61d"),
            "Track Timing now has a cool-off of 61 days instead of 60 days.",
            id="a cool-off",
        ),
        pytest.param(
            ("recycling", "  after: 90d\n  reason", "  after: 60d\n  reason"),
            "A lead to which no staleness rule applies is now closed after 60 days instead of"
            " 90 days.",
            id="idle",
        ),
        pytest.param(
            ("recycling", "reason: no_response", "reason: timing"),
            "A lead to which no staleness rule applies is now closed for timing instead of"
            " no_response.",
            id="the reason of idle",
        ),
        *(
            pytest.param(("routing", old, new), sentence, id=sentence)
            for old, new, sentence in (
                (
                    "[open_deal, contact, company, parent_company, domain]",
                    "[contact]",
                    "Before any rule, Baton now looks for the owner of the contact instead of the"
                    " owner of the open deal, the owner of the contact, the owner of the company,"
                    " the owner of the parent company then the owner of the domain.",
                ),
                (
                    "{wait: 4h, warn: 1h}, {person: ingrid}",
                    "{wait: 6h}, {person: ingrid}",
                    "Pool archive now falls back to a wait of 6 h then ingrid instead of a wait of"
                    " 4 h, with a warning after 1 h then ingrid.",
                ),
                (
                    "limits: {open: 60, per_day: 16,",
                    "limits: {open: 50, per_day: 16,",
                    "Pool archive can now carry 50 open leads instead of 60.",
                ),
                (
                    "choose: least_loaded",
                    "choose: round_robin",
                    "Pool global now chooses by round robin instead of least loaded.",
                ),
                (
                    "catch_up: {per_day: 2}",
                    "catch_up: full",
                    "Pool americas-mid-market now makes up for leave with every turn instead of 2"
                    " extra leads a day.",
                ),
                (
                    "    choose: least_loaded\n",
                    "    choose: least_loaded\n    shift: {next_within: 30m}\n",
                    "Pool global now lets its members take leads on shift and 30 min before it"
                    " instead of regardless of their hours.",
                ),
                (
                    "    ownership: [open_deal]\n",
                    "",
                    "Handoff at sql now looks first for nobody instead of the owner of the open"
                    " deal.",
                ),
                (
                    "        pool: closers-americas\n",
                    "        pool: closers-emea\n",
                    "Rule close-americas now sends leads to pool closers-emea instead of"
                    " closers-americas.",
                ),
                (
                    "    pool: partner\n",
                    "    pool: partner\n    active: {hours: outside, calendar: berlin}\n",
                    "Rule partner now counts outside the hours of berlin instead of always.",
                ),
                (
                    "forget_after: 60d",
                    "forget_after: 30d",
                    "The count of open leads now leaves out leads owned for longer than 30 days"
                    " instead of 60 days.",
                ),
            )
        ),
        pytest.param(
            ("notifications", "warning: wait  ", "warning: through  "),
            "Baton now treats a warning outside hours with through instead of wait.",
            id="hours of who is told",
        ),
        pytest.param(
            ("notifications", "messages_an_hour: 12", "messages_an_hour: 6"),
            "Baton now sends one person at most 6 messages an hour instead of 12.",
            id="messages of an hour",
        ),
        pytest.param(
            ("notifications", '"#sla-alerts"', '"#alerts"'),
            "Baton now alerts the channel #alerts instead of #sla-alerts.",
            id="a channel",
        ),
    ],
)
def test_it_is_said_as_an_admin_would(edit: Edit, sentence: str, edited: Edited) -> None:
    assert sentence in told(edited(edit))


def test_a_default_that_is_written_out_is_no_difference(edited: Edited) -> None:
    recycling = (edited() / "recycling.yaml").read_text(encoding="utf-8")
    idle = ("recycling", recycling[recycling.index("\nidle: ") :], "")
    assert told(edited(idle, ("sla", "  at_most: 30d\n", "  {}\n"))) == []


def test_a_rule_that_was_moved_is_named_and_no_other(edited: Edited) -> None:
    archive = (
        "  - id: archive\n    label: Archive is a specialist's product\n"
        "    when: {product_interest: [Archive, Archive migration], "
        "segment: [enterprise, mid-market]}\n    pool: archive\n"
    )
    partner = (
        "  - id: partner\n    label: Referred by a partner\n    when: {partner: {known: true}}\n"
        "    pool: partner\n"
    )
    folder = edited(("routing", partner + archive, archive + partner))
    assert told(folder) in (
        ["Rule partner is now tried before emea-enterprise."],
        ["Rule archive is now tried before partner."],
    )


def test_the_diff_names_new_and_removed_items(edited: Edited) -> None:
    folder = edited(
        (
            "lifecycle",
            "{id: duplicate, label: Duplicate, value: duplicate,",
            "{id: spam, label: Spam, value: spam,",
        ),
    )
    sentences = told(folder)
    assert 'Reason "Spam" is new: leads to disqualification.' in sentences
    assert 'Reason "Duplicate" is removed.' in sentences


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (
            ("recycling", "cool_off: 60d, max_rounds: 3", "cool_off: 60d, max_rounds: 1"),
            "Track Timing now allows at most 1 round instead of 3.",
        ),
        (
            ("notifications", "messages_an_hour: 12", "messages_an_hour: 1"),
            "Baton now sends one person at most 1 message an hour instead of 12.",
        ),
        (
            ("lifecycle", "restore_at_most: 3", "restore_at_most: 1"),
            "The lifecycle now restores a property at most 1 time within 30 days instead of 3.",
        ),
        (
            ("scoring", "points: 12, of: pricing_page", "points: 1, of: pricing_page"),
            'Behaviour rule "Looked at pricing" (Intent) now gives 1 point instead of 12.',
        ),
        (
            ("roster", "max_open: 30\n    max_per_day: 8", "max_open: 30\n    max_per_day: 1"),
            "Anna Keller can get 1 lead a day instead of 8.",
        ),
        (
            ("routing", "catch_up: {per_day: 2}", "catch_up: {per_day: 1}"),
            "Pool americas-mid-market now makes up for leave with 1 extra lead a day instead of 2"
            " extra leads a day.",
        ),
    ],
)
def test_one_thing_is_in_the_singular(
    edited: Edited, edit: tuple[str, str, str], sentence: str
) -> None:
    assert sentence in told(edited(edit))


def test_a_new_year_of_holidays_is_a_line_for_each_calendar() -> None:
    sentences = told(SAMPLE, date(2027, 1, 4))
    assert len(sentences) == 8
    assert "Calendar berlin is now closed on 10 days of 2030." in sentences


def test_signatures_stand_beside_what_they_are_for(edited: Edited) -> None:
    old_text = edited(("scoring", "fit: 40", "fit: 45"))
    assert (
        "What it takes to qualify is changed; it is approved by Head of Marketing and Head of Sales"
        " on Mon 12 Oct 2026, but that was for the earlier text."
    ) in told(old_text)
    wanting = edited(
        (
            "scoring",
            "by: [Head of Marketing, Head of Sales], on: 2026-10-12",
            "by: [Head of Sales], on: 2026-11-20",
        )
    )
    assert (
        "What it takes to qualify is changed; the approval of Head of Marketing is missing (it is"
        " approved by Head of Sales on Fri 20 Nov 2026)."
    ) in told(wanting)


def test_a_new_rule_is_said_with_its_place(edited: Edited) -> None:
    rule = "  - {id: vip, when: {company: {matches: Acme*}}, pool: global}\n"
    folder = edited(("routing", "  - id: archive\n", f"{rule}  - id: archive\n"))
    assert told(folder) == [
        "Rule vip is new, tried before archive: leads go to pool global when company looks like"
        " Acme*."
    ]


def test_changed_signers_are_one_sentence(edited: Edited) -> None:
    everybody = "sign_off: [Head of Marketing, Head of Sales]"
    folder = edited(("lifecycle", everybody, "sign_off: [Head of Sales]"))
    assert told(folder) == [
        "The signers are now Head of Sales instead of Head of Marketing and Head of Sales."
    ]


def test_another_order_of_who_is_asked_is_said(edited: Edited) -> None:
    everybody = "sign_off: [Head of Marketing, Head of Sales]"
    folder = edited(("lifecycle", everybody, "sign_off: [Head of Sales, Head of Marketing]"))
    assert "The signers are now in another order: Head of Sales and Head of Marketing." in told(
        folder
    )


def test_changes_are_grouped_by_file_in_reading_order(edited: Edited) -> None:
    folder = edited(
        ("sla", "within: 15m", "within: 30m"),
        ("scoring", "fit: 40", "fit: 45"),
        ("roster", "max_open: 30", "max_open: 31"),
    )
    changes = difference(sample(), compile_policy(load(folder), TODAY))
    assert [*grouped(changes)] == ["scoring", "roster", "sla", "sign-off"]
    assert sum(map(len, grouped(changes).values())) == len(changes)


def test_working_time_is_never_said_in_days() -> None:
    assert in_time(timedelta(hours=40), "working") == "40 h"
    assert in_time(timedelta(hours=40), "wall") == "1 day 16 h"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_difference_is_left_out(data: st.DataObject) -> None:
    """For any change there is a sentence, in both directions, which names the changed item."""
    path = data.draw(st.sampled_from(_places()))
    for other in islice(mutated(everything(), path), 3):
        names = {*names_at(everything(), path), *names_at(other, path)}
        for old, new in ((everything(), other), (other, everything())):
            changes = difference(old, new)
            assert changes, path
            assert all("it is written otherwise" not in change.text for change in changes), path
            assert not names or any(n in one.text for one in changes for n in names), path


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_the_table_does_not_name_is_told_in_plain_words(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(_places()))
    with pytest.MonkeyPatch.context() as patch:
        for rows in (TABLE, NAMED, SUBJECTS, DEFINITIONS, FILE_OF):
            for name in [*rows]:
                patch.delitem(rows, name)
        for other in islice(mutated(everything(), path), 3):
            changes = difference(everything(), other)
            assert changes, path
            assert sum(map(len, grouped(changes).values())) == len(changes)


def test_the_table_has_only_what_a_policy_has() -> None:
    paths = {*_paths(Policy)}
    assert paths >= {*TABLE, *SUBJECTS, *DEFINITIONS}
    told_otherwise = {"version", "definitions"}
    assert {*FILE_OF} == {name for name in Policy.__struct_fields__ if name not in told_otherwise}
    assert {field for path in paths for field in path.split(".")} >= {*NAMED}


def _paths(of: Any, path: str = "") -> Iterator[str]:
    """Every path of a record, including those in nested records and lists."""
    for name, hint in get_type_hints(of).items():
        if name in of.__struct_fields__:
            at = f"{path}.{name}" if path else name
            yield at
            for inner in _records(hint):
                yield from _paths(inner, at)


def _records(hint: Any) -> Iterator[type[Struct]]:
    """The record types in this type; conditions are compared as a whole."""
    if isinstance(hint, type) and issubclass(hint, Struct):
        yield from () if hint is Test else (hint,)
    for inner in get_args(hint):
        yield from _records(inner)


@cache
def everything() -> Policy:
    """The sample with the keys that it leaves out."""
    policy = sample()
    when = {
        "any": Test(blocks=({"role": Test(matches=("*chief*",))}, {"country": Test(known=False)})),
        "events": Test(counts=(Count(("form",), ("Demo request",), timedelta(days=14)),)),
        "employees": Test(at_least=100, below=1000),
    }
    lifecycle = policy.lifecycle
    stage, *stages = lifecycle.stages
    move, *moves = lifecycle.transitions
    gated = replace(stage, entry=when, exit=when, disqualified_by=(Disqualifier(when, "bad_fit"),))
    made = replace(
        move, when=when, sets={"baton_by": "us"}, tell="ops", reason="timing", reverses="accept"
    )
    return replace(
        policy,
        lifecycle=replace(
            lifecycle,
            stages=(gated, *stages),
            transitions=(made, *moves),
            old_statuses={"OPEN": "NEW"},
        ),
    )


@cache
def _places() -> list[tuple[str | int, ...]]:
    return places(everything())
