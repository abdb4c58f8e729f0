"""Names and kinds in conditions, stages, transitions and scores: each error is found at its
line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from baton.policy_tools import PolicyError, load
from tests.policy_tools.conftest import Edit, line_of

Edited = Callable[..., Path]

#: A field of each kind, beside the sample's.
KINDS: Edit = (
    "lifecycle",
    "fields: ",
    """fields:
  - {id: size, label: Size, property: baton_size, kind: choice, values: [big, Small, 5]}
  - {id: opted_in, label: Opted in, property: baton_opted_in, kind: flag}
#""",
)
SQL = "    hold: {within: 2d, then: flag} "
OPEN_DEAL = "to: opportunity, by: [automatic]}"
PARTNER = "when: {partner: {known: true}}"
ENTERPRISE = "when: {employees: {at_least: 1000}}"


def condition(text: str) -> tuple[str, str, str]:
    """The condition of the first routing rule."""
    return "routing", PARTNER, f"when: {text}"


#: name -> file, original text, replacement, and the fault from its key on.
SEEDED = {
    # names
    "reason of a transition": (
        "lifecycle",
        "by: [rep, time], reverse: true, reason: timing}",
        "by: [rep, time], reverse: true, reason: timming}",
        'transitions[6].reason: "timming" is not a reason of this file; did you mean "timing"?',
    ),
    "transition that is reversed": (
        "lifecycle",
        "by: [rep, time], reverse: true, reason: timing}",
        "by: [rep, time], reverse: true, reason: timing, reverses: acept}",
        'transitions[6].reverses: "acept" is not a transition of this file; did you mean "accept"?',
    ),
    "reason of a hold": (
        "lifecycle",
        SQL,
        "    hold: {within: 2d, then: close, reason: badfit} ",
        'stages[4].hold.reason: "badfit" is not a reason of this file; did you mean "bad_fit"?',
    ),
    "reason of a disqualifier": (
        "lifecycle",
        SQL,
        "    disqualified_by: [{when: {budget: none}, reason: badfit}] ",
        'stages[4].disqualified_by[0].reason: "badfit" is not a reason of this file; did you',
    ),
    "required field": (
        "lifecycle",
        "requires: [pain,",
        "requires: [pian,",
        'stages[4].requires[0]: "pian" is not a field of this file; did you mean "pain"?',
    ),
    "one of the required fields": (
        "lifecycle",
        "[email, phone]",
        "[email, fone]",
        'stages[2].requires[6][1]: "fone" is not a field of this file; did you mean "phone"?',
    ),
    "signal of a behaviour rule": (
        "scoring",
        "of: pricing_page,",
        "of: [form, princing_page],",
        'behaviour[0].rules[0].of[1]: "princing_page" is not a signal of this file; did you mean',
    ),
    "signal of a raised hand": (
        "scoring",
        "{of: form, what",
        "{of: from, what",
        'hand_raises[0].of: "from" is not a signal of this file; did you mean "form"?',
    ),
    "signal in a case": (
        "cases",
        "then: [{do: stage, to: lead, after: 2d}]",
        "then: [{do: signal, signal: webinar, after: 2d}]",
        'cases[15].then[0].signal: "webinar" is not in scoring.yaml; did you mean',
    ),
    "field that a case sets": (
        "cases",
        "then: [{do: stage, to: lead, after: 2d}]",
        "then: [{do: set, fields: {pian: x}, after: 2d}]",
        'cases[15].then[0].fields.pian: "pian" is not in lifecycle.yaml; did you mean "pain"?',
    ),
    "field that a case misses": (
        "cases",
        "expect: {stage: lead, owned: false}",
        "expect: {missing: [pain, bugdet]}",
        'cases[15].expect.missing[1]: "bugdet" is not in lifecycle.yaml; did you mean "budget"?',
    ),
    "company property nobody reads": (
        "cases",
        "    lead: {country: Norway}",
        "    lead: {country: Norway}\n    company: {name: N, industri: X}",
        "cases[15].company.industri: no field of lifecycle.yaml is looked up in company.industri; "
        'did you mean "industry"?',
    ),
    # conditions
    "field of an entry criterion": (
        "lifecycle",
        SQL,
        "    entry: {bugdet: {known: true}} ",
        'stages[4].entry.bugdet: "bugdet" is not a field of lifecycle.yaml; did you mean "budget"?',
    ),
    "field of a transition": (
        "lifecycle",
        OPEN_DEAL,
        "to: opportunity, by: [automatic], when: {bugdet: {known: true}}}",
        'transitions[4].when.bugdet: "bugdet" is not a field of lifecycle.yaml; did you mean',
    ),
    "field of a sync rule": (
        "lifecycle",
        "when: {stage: [recycled, disqualified]}",
        "when: {stag: [recycled, disqualified]}",
        'sync[0].when.stag: "stag" is not a field of lifecycle.yaml; did you mean "stage"?',
    ),
    "stage in a sync rule": (
        "lifecycle",
        "when: {stage: [recycled, disqualified]}",
        "when: {stage: [recycled, disqalified]}",
        'sync[0].when.stage[1]: "disqalified" is not a stage of this file; did you mean',
    ),
    "field of a fit rule": (
        "scoring",
        "points: 15, when: {role:",
        "points: 15, when: {rool:",
        'fit[0].rules[1].when.rool: "rool" is not a field of lifecycle.yaml; did you mean "role"?',
    ),
    "field deep in a condition": (
        *condition("{any: [{country: DE}, {not: {all: [{contry: FR}]}}]}"),
        'rules[0].when.any[1].not.all[0].contry: "contry" is not a field of lifecycle.yaml; did',
    ),
    "evidence in a condition": (
        *condition("{not: {events: [{of: form}, {of: [call, pricing]}]}}"),
        'rules[0].when.not.events[1].of[1]: "pricing" is not in scoring.yaml; did you mean',
    ),
    "score before it is known": (
        "routing",
        ENTERPRISE,
        "when: {qualified: true}",
        "segments[0].when.qualified: qualified is not known yet where this is tested; use a field "
        "or free_mail, stage, days_in_stage, rounds or territory",
    ),
    "a tier in a score": (
        "scoring",
        "{territory: [emea, americas]}",
        "{tier: hot}",
        "fit[2].rules[0].when.tier: tier is not known yet where this is tested",
    ),
    # kinds
    "a number asked of text": (
        *condition("{country: {at_least: 5}}"),
        "rules[0].when.country.at_least: at_least is for numbers, and country is a country: write "
        "names or codes of countries, or give the field kind: number in lifecycle.yaml",
    ),
    "a pattern asked of a number": (
        *condition("{employees: {matches: 1*}}"),
        "rules[0].when.employees.matches: matches is for text, e-mail addresses, phone "
        "numbers, lists and countries, and employees is a number: write at_least and below",
    ),
    "a time asked of an e-mail": (
        *condition("{email: {within: 14d}}"),
        "rules[0].when.email.within: within is for dates and instants, and email is an "
        "e-mail address: write",
    ),
    "a number asked of a date": (
        *condition("{last_engagement: {below: 3}}"),
        "rules[0].when.last_engagement.below: below is for numbers, and last_engagement is an "
        "instant: write within, such as {within: 14d}",
    ),
    "a country that is none": (
        *condition("{country: [Germany, Austira]}"),
        'rules[0].when.country[1]: "Austira" is no country that Baton knows; did you mean '
        '"Austria"?; write its name or its code',
    ),
    "a market that is no country": (
        *condition("{country: {any_of: [DACH]}}"),
        'rules[0].when.country.any_of[0]: "DACH" is no country that Baton knows; write its name',
    ),
    "a spelling of no country": (
        "lifecycle",
        "spellings: {GB: ",
        "spellings: {UK: ",
        'countries.spellings.UK: "UK" is no code of a country, such as DE; did you mean GB?',
    ),
    "a language without names": (
        "lifecycle",
        "languages: [en, ",
        "languages: [english, ",
        'countries.languages[0]: "english" is no language with names of countries',
    ),
    "a family that is not in the list": (
        "routing",
        "free_mail: {add:",
        "free_mail: {remove: [yahoo.com], add:",
        'free_mail.remove[0]: "yahoo.com" is not in the list, so nothing is removed; did you mean',
    ),
    "a value a choice does not have": (
        *condition("{size: [BIG, smal]}"),
        'rules[0].when.size[1]: "smal" is not among the values of size in lifecycle.yaml; did you '
        'mean "Small"?',
    ),
    "a flag that is neither": (
        *condition("{opted_in: maybe}"),
        'rules[0].when.opted_in: opted_in is true or false, not "maybe"',
    ),
    "a pattern asked of a flag": (
        *condition("{qualified: {matches: t*}}"),
        "rules[0].when.qualified.matches: matches is for text, e-mail addresses, phone "
        "numbers, lists and countries, and qualified is a flag: write true or false",
    ),
    "a number asked of a name": (
        *condition("{tier: {at_least: 1}}"),
        "rules[0].when.tier.at_least: at_least is for numbers, and tier is a name of this policy: "
        "write one or more of its ids",
    ),
    # twice, and taken
    "a field named like an operator": (
        "lifecycle",
        "{id: partner,",
        "{id: any,",
        'fields[15].id: "any" has another meaning in conditions',
    ),
    "a field named like a score": (
        "lifecycle",
        "{id: partner,",
        "{id: fit,",
        'fields[15].id: "fit" is computed by Baton',
    ),
    "a rule in two groups": (
        "scoring",
        "{id: pricing, label",
        "{id: medium, label",
        'behaviour[0].rules[0].id: "medium" is there twice, first in line',
    ),
    "a group of fit and behaviour": (
        "scoring",
        "  - id: intent",
        "  - id: market",
        'behaviour[0].id: "market" is there twice, first in line',
    ),
    "a group named like the thresholds": (
        "scoring",
        "  - id: intent",
        "  - id: qualified",
        'behaviour[0].id: "qualified" is what the thresholds are signed under: choose another name',
    ),
    "a signal named like known evidence": (
        "scoring",
        "{id: trial_active, label: Used the trial}",
        "{id: meeting, label: Has met us}",
        'signals[3].id: "meeting" is a built-in kind of evidence: choose another name',
    ),
    "a deal stage of two stages": (
        "lifecycle",
        "deal_stages: [closedwon]",
        "deal_stages: [contractsent]",
        'stages[6].deal_stages[0]: "contractsent" is there twice, first in line',
    ),
    "two answers to one sync": (
        "lifecycle",
        "{property: hubspot_owner_id, wins: crm}",
        "{property: hs_lead_status, wins: baton}",
        'sync[2].property: "hs_lead_status" with the same when is there twice, first in line',
    ),
}


@pytest.mark.parametrize("name", SEEDED)
def test_a_slip_is_found_at_its_line(name: str, edited: Edited) -> None:
    file, old, new, message = SEEDED[name]
    folder = edited((file, old, new), KINDS)
    with pytest.raises(PolicyError) as caught:
        load(folder)
    line = line_of(folder, file, new.strip().splitlines()[-1].strip(), last=True)
    wanted = f"{folder / file}.yaml:{line} {message}"
    found = [str(fault) for fault in caught.value.faults]
    assert any(fault.startswith(wanted) for fault in found), "\n".join([wanted, *found])


GOOD = [
    "{any: [{size: big}, {size: [SMALL, 5]}], not: {opted_in: false}}",
    "{opted_in: true, qualified: [true], hand_raise: false, fit: {at_least: 3}, tier: hot}",
    "{events: {of: [pricing_page, form], what: Demo, within: 14d, at_least: 2}}",
    '{all: [{phone: {matches: "+49*"}}, {last_engagement: {within: 14d}}], rounds: {below: 2}}',
    "{days_in_stage: {at_least: 3, below: 10}, stage: [mql, sal], employees: [10, 20]}",
]


@pytest.mark.parametrize("text", GOOD)
def test_what_fits_its_kind_is_taken(text: str, edited: Edited) -> None:
    load(edited(condition(text), KINDS))


def test_scores_need_a_scoring_file(edited: Edited) -> None:
    folder = edited(
        condition("{qualified: true, events: {of: pricing_page}}"),
        ("cases", "expect: {stage: lead, owned: false}", "expect: {stage: lead, fit: 3}"),
    )
    (folder / "scoring.yaml").unlink()
    with pytest.raises(PolicyError) as caught:
        load(folder)
    found = {fault.key: fault.message for fault in caught.value.faults}
    assert found.keys() == {
        "rules[0].when.qualified",
        "rules[0].when.events.of",
        "cases[15].expect.fit",
    }
    assert found["rules[0].when.qualified"] == (
        "qualified needs a scoring.yaml, which this policy does not have: add one, or test a field"
    )


def test_a_scoring_file_that_cannot_be_read_is_one_fault(edited: Edited) -> None:
    """Its signals and scores are unknown, so their uses in other files are not reported."""
    folder = edited(condition("{qualified: true, events: {of: pricing_page}}"))
    (folder / "scoring.yaml").write_text("fit: [", encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        load(folder)
    assert [Path(fault.place.file).name for fault in caught.value.faults] == ["scoring.yaml"]
