"""Every fault is found, at its line, with the expected value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from baton.policy_tools import PolicyError, check, load
from baton.policy_tools.models import FILES
from baton.policy_tools.models.types import FITTING, Entry
from tests.policy_tools.conftest import SAMPLE, line_of

pytestmark = pytest.mark.slow

Edited = Callable[..., Path]

#: id -> file, original text, replacement (the fault is on its first line), and the fault from its
#: key on.
SEEDED = {
    # shape
    "unknown key": (
        "routing",
        "{rep: anna, weight: 2}",
        "{rep: anna, wieght: 2}",
        'pools[2].members[0].wieght: is not a key here; did you mean "weight"?',
    ),
    "unknown key far from any": (
        "notifications",
        "  at: 08:30 ",
        "  at: 08:30\n  zzzz: 1",
        "digest.zzzz: is not a key here; known are: at, every_day",
    ),
    "wrong type": (
        "roster",
        "max_open: 30",
        "max_open: many",
        'people[3].max_open: must be a whole number, not "many"',
    ),
    "id without quotes": (
        "roster",
        'hubspot_owner: "510000011"',
        "hubspot_owner: 510000011",
        'people[3].hubspot_owner: must be text, not 510000011: write it in quotes, "510000011"',
    ),
    "not one of": (
        "roster",
        "role: rep",
        "role: resp",
        "people[3].role: \"resp\" is not 'rep' or 'manager'",
    ),
    "unknown key of evidence": (
        "routing",
        "when: {territory: emea, segment: enterprise}",
        "when: {events: {withn: 14d}}",
        'rules[2].when.events.withn: is not a key here; did you mean "within"?',
    ),
    "wrong value of evidence": (
        "routing",
        "when: {territory: emea, segment: enterprise}",
        "when: {events: {within: 14}}",
        "rules[2].when.events.within: 14 has no unit",
    ),
    "unknown test": (
        "routing",
        "employees: {at_least: 1000}",
        "employees: {like: 1000}",
        "segments[0].when.employees.like: is not a key here; known are: any_of, at_least, below, "
        "known, matches, within",
    ),
    "a comment for a value": (
        "notifications",
        'channel: "#sla-alerts"',
        "channel: #sla-alerts",
        "channel: must be text, not nothing; a # begins a comment: put it in quotes",
    ),
    "a channel that is none": (
        "notifications",
        '"#sla-alerts"',
        '"SLA alerts"',
        'channel: "SLA alerts" does not fit: write a name in quotes, such as "#sales", or an id '
        "such as C02AB34CD (Slack channel",
    ),
    "an id with a blank": (
        "routing",
        "- id: rest",
        "- id: The rest",
        'territories[2].id: "The rest" does not fit: write small letters, digits, - and _, such',
    ),
    "a rep without its key": (
        "routing",
        "members: [{rep: lea}]",
        "members: [lea]",
        'pools[0].members[0]: must be keys with values, not "lea": write {rep: lea}',
    ),
    "missing key": (
        "routing",
        "  - id: rest\n    label: Everything else",
        "  - id: rest",
        "territories[2].label: is missing. Name people see.",
    ),
    "capacity below one": (
        "roster",
        "max_open: 30",
        "max_open: 0",
        "people[3].max_open: must be at least 1, not 0",
    ),
    "weight below one": (
        "routing",
        "weight: 2",
        "weight: 0",
        "pools[2].members[0].weight: must be at least 1, not 0",
    ),
    "no members": (
        "routing",
        "members: [{rep: lea}]",
        "members: []",
        "pools[0].members: needs at least 1",
    ),
    "duration without unit": (
        "sla",
        "within: 15m",
        "within: 15",
        "tiers[1].targets[0].within: 15 has no unit; write 45s, 15m, 4h, 2d",
    ),
    "days of working time": (
        "sla",
        "within: 8h ",
        "within: 1d ",
        "tiers[0].targets[1].within: a day of working time is not 24 hours: write its",
    ),
    "blank in a task that nobody fills": (
        "sla",
        "Call {name}",
        "Call {nmae}",
        'tiers[1].targets[1].task: "{nmae}" is not filled in; only {name} and {company} are',
    ),
    "brace that is not closed": (
        "sla",
        "Call {name} ({company})",
        "Call {name ({company})",
        'tiers[1].targets[1].task: "Call {name ({company})" has an unmatched brace; '
        "write {name} or {company}",
    ),
    "brace too many": (
        "sla",
        "Call {name}",
        "Call {{name}}",
        'tiers[1].targets[1].task: "Call {{name}} ({company})" has an unmatched brace',
    ),
    "warning after the deadline": (
        "sla",
        "{at: 80%, do: warn",
        "{at: +5m, do: warn",
        "ladders[0].rungs[1]: a warning comes before the deadline",
    ),
    "two breaches": (
        "sla",
        "{at: 80%, do: warn",
        "{at: deadline, do: breach",
        "ladders[0]: needs exactly one rung with do: breach, has 2",
    ),
    "unknown zone": (
        "roster",
        "zone: Europe/Berlin",
        "zone: Europe/Belrin",
        'calendars[0].zone: "Europe/Belrin" is not a known time zone; '
        'did you mean "Europe/Berlin"?',
    ),
    "bad hours": (
        "roster",
        "[09:00-12:30, 13:30-18:00]",
        "[09:00-12:30, 13:30]",
        'calendars[0].hours.mon-fri[1]: must be hours such as 09:00-17:30, not "13:30"',
    ),
    "time off that ends before it starts": (
        "roster",
        "from: 2026-12-28, to: 2027-01-08",
        "from: 2026-12-28, to: 2026-12-08",
        "people[5].time_off[0]: must end after it starts",
    ),
    "a manager with a limit": (
        "roster",
        "role: manager            # commercial",
        "max_open: 3\n    role: manager            # commercial",
        "people[0]: is a manager, and managers have no limits",
    ),
    "two consequences": (
        "lifecycle",
        "value: timing, recycle_to: timing}",
        "value: timing, recycle_to: timing, disqualify: true}",
        "reasons[0]: needs exactly one consequence",
    ),
    "a test that tests nothing": (
        "routing",
        "employees: {at_least: 1000}",
        "employees: {}",
        "segments[0].when.employees: tests nothing",
    ),
    "a test that never holds": (
        "routing",
        "employees: {at_least: 1000}",
        "employees: {at_least: 1000, below: 10}",
        "segments[0].when.employees: never holds",
    ),
    "a condition that is no list": (
        "routing",
        "when: {territory: emea, segment: enterprise}",
        "when: {territory: [emea, [rest]], segment: enterprise}",
        "rules[2].when.territory[1]: must be text, not a list",
    ),
    # names
    "unknown rep": (
        "routing",
        "{rep: anna, weight: 2}",
        "{rep: ana, weight: 2}",
        'pools[2].members[0].rep: "ana" is not in roster.yaml; did you mean "anna"?',
    ),
    "unknown pool of a rule": (
        "routing",
        "pool: emea-smb\n",
        "pool: emea-sbm\n",
        'rules[4].pool: "emea-sbm" is not a pool of this file; did you mean "emea-smb"?',
    ),
    "unknown pool of a fallback": (
        "routing",
        "fallback: [{pool: emea-mid-market, follow: true}",
        "fallback: [{pool: emea-midmarket}",
        'pools[0].fallback[0].pool: "emea-midmarket" is not a pool of this file; did you mean',
    ),
    "unknown person of a fallback": (
        "routing",
        "{person: kim}",
        "{person: kimm}",
        'pools[0].fallback[1].person: "kimm" is not in roster.yaml; did you mean "kim"?',
    ),
    "unknown calendar": (
        "roster",
        "calendar: berlin",
        "calendar: munich",
        'people[0].calendar: "munich" is not a calendar of this file; known are: berlin, london',
    ),
    "unknown manager": (
        "roster",
        "manager: ingrid",
        "manager: inga",
        'people[1].manager: "inga" is not a person of this file; did you mean "ingrid"?',
    ),
    "unknown track": (
        "lifecycle",
        "recycle_to: timing",
        "recycle_to: timeing",
        'reasons[0].recycle_to: "timeing" is not in recycling.yaml; did you mean "timing"?',
    ),
    "unknown reason": (
        "recycling",
        "reason: never_worked",
        "reason: never_wrked",
        'staleness[0].reason: "never_wrked" is not in lifecycle.yaml; did you mean "never_worked"?',
    ),
    "unknown stage": (
        "recycling",
        "stages: [mql]",
        "stages: [mqll]",
        'staleness[0].stages[0]: "mqll" is not in lifecycle.yaml; did you mean "mql"?',
    ),
    "unknown stage of a transition": (
        "lifecycle",
        "from: mql, to: sal",
        "from: mql, to: sall",
        'transitions[2].to: "sall" is not a stage of this file; did you mean "sal"?',
    ),
    "unknown ladder": (
        "sla",
        "ladder: accept-hot",
        "ladder: accept-hott",
        'tiers[1].targets[0].ladder: "accept-hott" is not a ladder of this file; did you mean',
    ),
    "unknown field": (
        "routing",
        "when: {employees: {at_least: 100}}",
        "when: {employes: {at_least: 100}}",
        'segments[1].when.employes: "employes" is not a field of lifecycle.yaml; did you mean',
    ),
    "unknown segment in a condition": (
        "routing",
        "segment: [enterprise, mid-market]",
        "segment: [enterprise, midmarket]",
        'rules[1].when.segment[1]: "midmarket" is not a segment of this file; did you mean',
    ),
    "unknown territory in a condition": (
        "routing",
        "{territory: emea, segment: smb}",
        "{territory: apac, segment: smb}",
        'rules[4].when.territory: "apac" is not a territory of this file; known are: emea',
    ),
    "a fact that is not known yet": (
        "sla",
        "when: {offer: {matches: [Demo",
        "when: {tier: hot, offer: {matches: [Demo",
        "tiers[1].when.tier: tier is not known yet where this is tested",
    ),
    "a comparison for a number": (
        "routing",
        "employees: {at_least: 1000}",
        'employees: ">999"',
        'segments[0].when.employees: ">999" is not a number: write {at_least: 1000}',
    ),
    "an upper bound for a number": (
        "routing",
        "employees: {at_least: 1000}",
        'employees: [2000, "<= 999"]',
        'segments[0].when.employees[1]: "<= 999" is not a number: write {below: 1000}',
    ),
    "a word for a number": (
        "routing",
        "employees: {at_least: 1000}",
        "employees: many",
        'segments[0].when.employees: "many" is not a number: write a number',
    ),
    "unknown transition in a case": (
        "cases",
        "shows: qualify",
        "shows: qualifi",
        'cases[0].shows: "qualifi" is not in lifecycle.yaml; did you mean "qualify"?',
    ),
    "unknown field in a case": (
        "cases",
        "lead: {country: Germany, employees: 2400, offer",
        "lead: {county: Germany, employees: 2400, offer",
        'cases[0].lead.county: "county" is not in lifecycle.yaml; did you mean "country"?',
    ),
    "a field named like a fact": (
        "lifecycle",
        "{id: industry,",
        "{id: segment,",
        'fields[7].id: "segment" is computed by Baton',
    ),
    "an id twice": (
        "roster",
        "- id: priya",
        "- id: anna",
        'people[4].id: "anna" is there twice, first in line',
    ),
    "a Slack user twice": (
        "roster",
        "slack_user: U0PRIYA001",
        "slack_user: U0ANNA0001",
        'people[4].slack_user: "U0ANNA0001" is there twice, first in line',
    ),
    "a rep twice in a pool": (
        "routing",
        "{rep: jonas}, {rep: grace}",
        "{rep: jonas}, {rep: jonas}",
        'pools[1].members[1].rep: "jonas" is there twice',
    ),
    "a key twice": (
        "notifications",
        'ops_channel: "#revops"',
        'channel: "#revops"',
        "channel: is there twice, first in line",
    ),
    # proofs
    "a chain that ends in a pool": (
        "routing",
        "fallback: [{pool: emea-mid-market, follow: true}, {person: kim}]",
        "fallback: [{pool: emea-mid-market}]",
        "pools[0].fallback[0]: must end in a person",
    ),
    "a chain that ends in a rep": (
        "routing",
        "fallback: [{person: ingrid}]",
        "fallback: [{person: anna}]",
        'pools[8].fallback[0].person: "anna" is a rep, whose capacity can run out: name a manager',
    ),
    "a fallback loop": (
        "routing",
        "fallback: [{pool: emea-mid-market, follow: true}, {person: kim}]",
        "fallback: [{pool: partner}, {person: kim}]",
        'pools[0].fallback[0].pool: is a loop: "partner" was tried before',
    ),
    "somebody after the manager": (
        "routing",
        "fallback: [{person: ingrid}]",
        "fallback: [{person: ingrid}, {person: kim}]",
        "pools[8].fallback[0]: can always take the lead, so nothing after it is reached",
    ),
    "nobody after a wait": (
        "routing",
        "fallback: [{wait: 4h, warn: 1h}, {person: ingrid}]",
        "fallback: [{person: ingrid}, {wait: 4h, warn: 1h}]",
        "pools[1].fallback[1]: must end in a person, who gets the leads that waited",
    ),
    "two waits": (
        "routing",
        "{wait: 4h, warn: 1h}, {person",
        "{wait: 4h, warn: 1h}, {wait: 2h}, {person",
        "pools[1].fallback[1].wait: comes after another wait: one is enough",
    ),
    "a warning after the wait": (
        "routing",
        "{wait: 4h, warn: 1h}",
        "{wait: 4h, warn: 4h}",
        "pools[1].fallback[0]: must warn before the wait is over",
    ),
    "a warning without a wait": (
        "routing",
        "{pool: emea-mid-market, follow: true}, {person: kim}",
        "{pool: emea-mid-market, warn: 1h}, {person: kim}",
        "pools[0].fallback[0]: warn belongs to a wait",
    ),
    "a day without a zone": (
        "routing",
        "per_day: 16, calendar: berlin",
        "per_day: 16",
        "pools[1].limits: needs a calendar",
    ),
    "weights that do not count": (
        "routing",
        "members: [{rep: priya}, {rep: sofia}]",
        "members: [{rep: priya, weight: 2}, {rep: sofia}]",
        "pools[8].members[0].weight: does not count where the pool chooses least_loaded",
    ),
    "an owner in no place there is": (
        "routing",
        "parent_company, domain]",
        "mother_company, domain]",
        "ownership[3]: \"mother_company\" is not 'open_deal', 'contact', 'company',",
    ),
    "a place named twice": (
        "routing",
        "parent_company, domain]",
        "contact, domain]",
        "ownership: names a place twice",
    ),
    "a handoff before the first has ended": (
        "routing",
        "  - stage: sql\n",
        "  - stage: sal\n",
        'handoffs[0].stage: "sal" must come after "sal", where the first handoff ends',
    ),
    "a handoff to a side stage": (
        "routing",
        "  - stage: sql\n",
        "  - stage: recycled\n",
        'handoffs[0].stage: "recycled" is a side stage: name a working stage',
    ),
    "a handoff without a rule for the rest": (
        "routing",
        "        pool: closers-emea\n",
        "        when: {territory: emea}\n        pool: closers-emea\n",
        "handoffs[0].rules[1].when: the last one must match every lead",
    ),
    "a rule of a handoff named like another": (
        "routing",
        "id: close-everywhere",
        "id: everything-else  # the same",
        'handoffs[0].rules[1].id: "everything-else" is there twice, first in line',
    ),
    "a last rule that does not always count": (
        "routing",
        "    pool: global\n",
        "    active: {hours: inside, calendar: berlin}\n    pool: global\n",
        "rules[8].active: the last one must always be active",
    ),
    "a window that says nothing": (
        "routing",
        "    when: {territory: emea, segment: smb}",
        "    active: {calendar: berlin}\n    when: {territory: emea, segment: smb}",
        "rules[4].active: needs from, to or hours",
    ),
    "a backup for a backup": (
        "roster",
        "  - id: owen\n",
        "  - id: owen\n    backup: owen\n",
        "people[15]: cannot be their own backup",
    ),
    "a reason that passes on and closes": (
        "lifecycle",
        "reason: bad_fit}",
        "reason: not_my_area}",
        'transitions[8].reason: "not_my_area" passes a lead on to the next rep; '
        "name one that closes it",
    ),
    "a reason of two consequences": (
        "lifecycle",
        "value: bad_fit, disqualify: true",
        "value: bad_fit, disqualify: true, pass_on: true",
        "reasons[7]: needs exactly one consequence: recycle_to with a track, disqualify: true, or",
    ),
    "a pause of a target that is none": (
        "sla",
        "targets: [first_touch, outcome]      #",
        "targets: [first_touhc]      #",
        'pauses[0].targets[0]: "first_touhc" is not a target of this file; did you mean '
        '"first_touch"?',
    ),
    "a promise that nothing keeps": (
        "sla",
        "- id: accept\n        label: Accept\n        within: 15m\n        stops_on: accept\n",
        "- id: soon\n        label: Accept\n        within: 15m\n",
        "tiers[1].targets[0]: nothing stops this target: give stops_on, stops_when, or both",
    ),
    "a clock that starts and stops with the same act": (
        "sla",
        "- id: accept\n        label: Accept\n        within: 15m\n        stops_on: accept\n",
        "- id: soon\n        label: Accept\n        within: 15m\n        stops_on: accept\n"
        "        starts_on: accept\n",
        "tiers[1].targets[0]: starts and stops on accept: its clock would never run",
    ),
    "hours of nobody": (
        "sla",
        "        ladder: accept-hot\n",
        "        calendar: berlni\n        ladder: accept-hot\n",
        'tiers[1].targets[0].calendar: "berlni" is not in roster.yaml; did you mean "berlin"?',
    ),
    "hours of teams that have none": (
        "sla",
        "        ladder: accept-hot\n",
        "        calendar: team\n        ladder: accept-hot\n",
        'tiers[1].targets[0].calendar: "team": no team of roster.yaml has a calendar; add one, or',
    ),
    "hours of territories that have none": (
        "sla",
        "        ladder: accept-hot\n",
        "        calendar: territory\n        ladder: accept-hot\n",
        'tiers[1].targets[0].calendar: "territory": no territory of routing.yaml has a calendar;',
    ),
    "a calendar with a name that means something else": (
        "roster",
        "  - id: berlin\n    zone",
        "  - id: team\n    zone",
        'calendars[0].id: "team" says whose hours count for a target: choose another name',
    ),
    "a warning that comes again": (
        "sla",
        "{at: 50%, do: warn, tell: owner}",
        "{at: 50%, do: warn, tell: owner, repeat: {every: 5m, times: 2}}",
        "ladders[0].rungs[0]: warn happens once: only do: escalate may have a repeat",
    ),
    "no message in an hour": (
        "notifications",
        "messages_an_hour: 12 ",
        "messages_an_hour: 0 ",
        "messages_an_hour: must be at least 1, not 0 (Messages to one person in any hour",
    ),
    "more messages in an hour than minutes": (
        "notifications",
        "messages_an_hour: 12 ",
        "messages_an_hour: 61 ",
        "messages_an_hour: must be at most 60, not 61 (Messages to one person in any hour",
    ),
    "messages of an hour in words": (
        "notifications",
        "messages_an_hour: 12 ",
        "messages_an_hour: a dozen ",
        'messages_an_hour: must be a whole number, not "a dozen"',
    ),
    "messages_an_hour misspelt": (
        "notifications",
        "messages_an_hour: 12 ",
        "messages_per_hour: 12 ",
        "messages_per_hour: is not a key here",
    ),
    "quiet_hours misspelt": (
        "notifications",
        "  warning: wait ",
        "  warnings: wait ",
        "quiet_hours.warnings: is not a key here",
    ),
    "a step that comes too often": (
        "sla",
        "repeat: {every: 1h, times: 2}",
        "repeat: {every: 1h, times: 20}",
        "ladders[1].rungs[5].repeat.times: must be at most 10, not 20",
    ),
    "a pause on a value that is none": (
        "sla",
        "when: {waiting_on: lead}",
        "when: {waiting_on: legal}",
        'pauses[0].when.waiting_on: "legal" is not among the values of waiting_on in',
    ),
    "a shift that is none": (
        "routing",
        "    members: [{rep: priya}, {rep: sofia}]\n",
        "    shift: sometimes\n    members: [{rep: priya}, {rep: sofia}]\n",
        'pools[8].shift: must be regardless, on_shift, or {next_within: 30m}, not "sometimes"',
    ),
    "a catch-up that is none": (
        "routing",
        "catch_up: {per_day: 2}",
        "catch_up: some",
        'pools[6].catch_up: must be none, full, or {per_day: 2}, not "some"',
    ),
    "a manager among the members": (
        "routing",
        "members: [{rep: lea}]",
        "members: [{rep: kim}]",
        'pools[0].members[0].rep: "kim" is a manager',
    ),
    "nothing for the rest": (
        "routing",
        "    label: Outside EMEA and the Americas",
        "    when: {country: Japan}",
        "rules[8].when: the last one must match every lead",
    ),
    "rules after the one for everything": (
        "routing",
        "    label: Referred by a partner\n    when: {partner: {known: true}}",
        "    label: Referred by a partner",
        "rules[0]: matches every lead, so the 8 after it are never reached",
    ),
    "ten working stages": (
        "lifecycle",
        "  - id: recycled ",
        "".join(f"  - {{id: x{n}, label: X{n}, lifecyclestage: x{n}}}\n" for n in range(3))
        + "  - id: recycled ",
        "stages[9]: is working stage number 10 of 11",
    ),
    "no tier for the rest": (
        "sla",
        "    label: Cold\n",
        "    when: {offer: Nothing}\n    label: Cold\n",
        "tiers[3].when: the last one must match every lead",
    ),
    "a manager who is a rep": (
        "roster",
        "manager: kim",
        "manager: tom",
        'people[3].manager: "tom" is not a manager',
    ),
    "managers in a ring": (
        "roster",
        "    backup: kim\n    team: Commercial",
        "    backup: kim\n    manager: kim\n    team: Commercial",
        "people[0].manager: is a loop",
    ),
    "unknown country": (
        "roster",
        "{country: DE, subdivision: BE}",
        "{country: XD, subdivision: BE}",
        'calendars[0].holidays.country: "XD" has no known holidays',
    ),
    "unknown part of a country": (
        "roster",
        "{country: DE, subdivision: BE}",
        "{country: DE, subdivision: Berlin}",
        'calendars[0].holidays.subdivision: "Berlin" is not a part of DE',
    ),
    "a calendar that never opens": (
        "roster",
        "hours: {mon-fri: [09:00-12:30, 13:30-18:00]}",
        "hours: {}",
        "calendars[0].hours: never opens",
    ),
    "rungs in the wrong order": (
        "sla",
        "{at: +15m, do: pull_back",
        "{at: +1m, do: pull_back",
        'tiers[1].targets[0].ladder: rung 6 of "accept-hot" (pull_back) would come before rung 5',
    ),
    "a warning before the start": (
        "sla",
        "{at: 50%, do: warn",
        "{at: -15m, do: warn",
        'tiers[1].targets[0].ladder: rung 1 of "accept-hot" (warn) would come before the start',
    ),
    "a backward transition without reverse": (
        "lifecycle",
        "to: recycled, by: [rep, time], reverse: true, reason: timing}",
        "to: recycled, by: [rep, time], reason: timing}",
        'transitions[6]: leads to a side stage from "mql" to "recycled": set reverse: true',
    ),
    "a transition never taken": (
        "lifecycle",
        "from: opportunity, to: recycled",
        "from: mql, to: recycled",
        'transitions[11]: is never taken from "mql" to "recycled": "recycle" comes first',
    ),
    "a trigger that is none": (
        "lifecycle",
        "from: sal, to: sql, by: [rep, automatic]",
        "from: sal, to: sql, by: [rep, import]",
        "transitions[3].by[1]: ",
    ),
    "an answer to other triggers on a move back": (
        "lifecycle",
        "from: disqualified, to: lead, by: [rep]",
        "from: disqualified, to: lead, by: [rep], reverse: true, otherwise: ask",
        "transitions[10]: leads back, so `backward` answers other triggers: remove otherwise",
    ),
    "no answer for other sources": (
        "lifecycle",
        '"*": report',
        "API: report",
        'backward: must say what to do with every other source: add "*"',
    ),
    "accepted before handed off": (
        "lifecycle",
        "accepted: sal",
        "accepted: lead",
        "accepted: must come after the handoff stage",
    ),
    "a working stage as the side": (
        "lifecycle",
        "recycled: recycled",
        "recycled: sql",
        'recycled: "sql" must be a side stage',
    ),
    "a stage value used twice": (
        "lifecycle",
        "lifecyclestage: salesqualifiedlead",
        "lifecyclestage: salesacceptedlead",
        'stages[4].lifecyclestage: "salesacceptedlead" is there twice',
    ),
    "staleness of a closed stage": (
        "recycling",
        "stages: [mql]",
        "stages: [recycled]",
        'staleness[0].stages: "recycled" is a side stage',
    ),
    "a snooze without a unit": (
        "sla",
        "at_most: 30d",
        "at_most: 45",
        "snooze.at_most: 45 has no unit",
    ),
    "a snooze for minutes": (
        "sla",
        "at_most: 30d",
        "at_most: 59m",
        "snooze.at_most: must be at least 1h and at most 365d",
    ),
    "a snooze for more than a year": (
        "sla",
        "at_most: 30d",
        "at_most: 366d",
        "snooze.at_most: must be at least 1h and at most 365d",
    ),
    "snooze misspelt": (
        "sla",
        "at_most: 30d",
        "at_least: 30d",
        'snooze.at_least: is not a key here; did you mean "at_most"?',
    ),
    "idle without a unit": (
        "recycling",
        "  after: 90d\n  reason",
        "  after: 45\n  reason",
        "idle.after: 45 has no unit",
    ),
    "idle at once": (
        "recycling",
        "  after: 90d\n  reason",
        "  after: 0d\n  reason",
        "idle.after: must be longer than zero",
    ),
    "idle for a reason that is none": (
        "recycling",
        "reason: no_response",
        "reason: no_respons",
        'idle.reason: "no_respons" is not in lifecycle.yaml; did you mean "no_response"?',
    ),
    "idle for a reason that passes on": (
        "recycling",
        "reason: no_response",
        "reason: not_my_area",
        'idle.reason: "not_my_area" passes a lead on to the next rep; name one that closes it',
    ),
    "idle misspelt": (
        "recycling",
        "  after: 90d\n  reason",
        "  within: 90d\n  reason",
        "idle.within: is not a key here; known are: after, reason",
    ),
}

#: Faults of the second of two places that look the same.
SECOND = {"an id twice", "a Slack user twice", "a stage value used twice"}

#: Faults that are reported at their parent, or above, and not where the text was changed.
ELSEWHERE = {
    "missing key": ("routing", "- id: rest"),
    "two breaches": ("sla", "- id: accept-hot"),
    "rules after the one for everything": ("routing", "- id: partner"),
    "a manager with a limit": ("roster", "- id: ingrid"),
    "no answer for other sources": ("lifecycle", "backward:"),
    "rungs in the wrong order": ("sla", "ladder: accept-hot"),
    "a warning before the start": ("sla", "ladder: accept-hot"),
    "managers in a ring": ("roster", "manager: kim"),
    "no tier for the rest": ("sla", "when: {offer: Nothing}"),
    "nothing for the rest": ("routing", "when: {country: Japan}"),
    "unknown key far from any": ("notifications", "zzzz"),
    "ten working stages": ("lifecycle", "id: x2"),
}


@pytest.mark.parametrize("name", SEEDED)
def test_a_seeded_fault_is_found_at_its_line_with_what_would_be_right(
    name: str, edited: Edited
) -> None:
    file, old, new, message = SEEDED[name]
    folder = edited((file, old, new))
    with pytest.raises(PolicyError) as caught:
        load(folder)
    where, text = ELSEWHERE.get(name, (file, new.splitlines()[0]))
    line = line_of(folder, where, text, last=name in SECOND)
    wanted = f"{folder / file}.yaml:{line} {message}"
    found = [str(fault) for fault in caught.value.faults]
    assert any(fault.startswith(wanted) for fault in found), "\n".join([wanted, *found])


def test_quiet_hours_are_not_written_in_the_older_way_besides(edited: Edited) -> None:
    with pytest.raises(PolicyError) as caught:
        load(edited(("notifications", "messages_an_hour: 12 ", "respect: {an_hour: 12} ")))
    assert [str(fault).split(" ", 1)[1] for fault in caught.value.faults] == [
        "respect is the older way to write quiet_hours and messages_an_hour; remove it"
    ]


def test_what_is_said_of_conditions_is_not_said_of_every_test_in_them(edited: Edited) -> None:
    """The description of conditions is only for a missing condition."""
    old = "employees: {at_least: 1000}"
    with pytest.raises(PolicyError) as caught:
        load(edited(("routing", old, "employees: {at_least: many, known: 5}, any: []")))
    assert [str(fault).split(" ", 1)[1] for fault in caught.value.faults] == [
        "segments[0].when.any: needs at least 1 (Blocks of conditions, one of which must hold)",
        'segments[0].when.employees.at_least: must be a number, not "many" (The number must be '
        "this or more)",
        "segments[0].when.employees.known: must be true or false, not 5 (true: has a value; "
        "false: has none)",
    ]


def test_a_step_for_whoever_is_on_duty_needs_a_rota(edited: Edited) -> None:
    roster = (edited() / "roster.yaml").read_text(encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        load(edited(("roster", roster[roster.index("on_duty: ") :], "")))
    (fault,) = caught.value.faults
    assert str(fault).endswith(
        "ladders[1].rungs[4].tell: nobody is on duty: give on_duty in roster.yaml, or tell somebody"
        " else"
    )


def test_no_pattern_is_shown_to_anybody() -> None:
    """Every pattern of a text has a description."""
    patterns = {found for model in FILES.values() for found in _patterns(model)}
    assert len(patterns) >= 8
    assert patterns <= FITTING.keys()


def _patterns(model: type[Entry]) -> Iterator[str]:
    """The patterns that pydantic checks texts of the model with."""
    left: list[Any] = [model.__pydantic_core_schema__]
    while left:
        node = left.pop()
        if isinstance(node, dict):
            if node.get("type") == "str" and "pattern" in node:
                yield node["pattern"]
            left += [*node.values()]
        elif isinstance(node, list | tuple):
            left += node


def test_all_faults_of_all_files_are_found_in_one_run_in_order(edited: Edited) -> None:
    """A typo in one file hides neither the faults after it nor those of other files."""
    names = ["unknown rep", "unknown key", "wrong type", "unknown track", "duration without unit"]
    folder = edited(
        *(SEEDED[name][:3] for name in names if name != "unknown key"),
        ("routing", "  - id: smb ", "  - id: smb\n    colour: red"),
    )
    with pytest.raises(PolicyError) as caught:
        load(folder)
    found = [(fault.place.file.rsplit("/")[-1], fault.key) for fault in caught.value.faults]
    assert found == [
        ("lifecycle.yaml", "reasons[0].recycle_to"),
        ("roster.yaml", "people[3].max_open"),
        ("routing.yaml", "segments[2].colour"),
        ("routing.yaml", "pools[2].members[0].rep"),
        ("sla.yaml", "tiers[1].targets[0].within"),
    ]


def test_a_chain_of_more_people_than_a_decision_looks_at_is_refused(edited: Edited) -> None:
    start = (SAMPLE / "roster.yaml").read_text(encoding="utf-8").index("  - id: anna")
    anna = (SAMPLE / "roster.yaml").read_text(encoding="utf-8")[start:].split("\n  - id: priya")[0]
    crowd = [
        anna.replace("id: anna", f"id: rep{n}")
        .replace("anna.keller@", f"rep{n}@")
        .replace("510000011", f"5200{n:05}")
        .replace("U0ANNA0001", f"U0REP{n:05}")
        for n in range(499)
    ]
    members = ", ".join(f"{{rep: rep{n}}}" for n in range(499))
    whole = "\n".join([*crowd, anna])
    within = edited(
        ("roster", anna, whole),
        (
            "routing",
            "[{rep: priya}, {rep: sofia}]\n    fallback: [{person: ingrid}]",
            f"[{members}]\n    fallback: [{{person: ingrid}}]",
        ),
    )
    assert len(load(within).roster.people) == 16 + 499  # 499 reps and the manager are 500
    beyond = edited(("routing", "[{rep: rep0},", "[{rep: mila}, {rep: rep0},"))
    with pytest.raises(PolicyError, match=r"pools\[8\]: with its fallbacks it names 501 people"):
        load(beyond)


def test_two_pools_may_be_each_others_fallback(edited: Edited) -> None:
    """Only a pool's own fallbacks are followed, so the sample's pairs are not a loop."""
    pools = {pool.id: pool for pool in load(edited()).routing.pools}
    assert pools["emea-smb"].fallback[0].pool == "emea-mid-market"
    assert pools["emea-mid-market"].fallback[0].pool == "emea-smb"


def test_a_missing_file_is_named_with_what_it_holds(edited: Edited) -> None:
    folder = edited()
    (folder / "sla.yaml").rename(folder / "sla.yml")
    with pytest.raises(PolicyError) as caught:
        load(folder)
    assert [str(fault) for fault in caught.value.faults] == [
        f"{folder}/sla.yaml: is missing. By when the owner must act, and what happens when they "
        "do not.",
        f'{folder}/sla.yml: is not a file of a policy; did you mean "sla.yaml"?',
    ]


def test_a_folder_that_is_not_there_is_one_fault(tmp_path: Path) -> None:
    with pytest.raises(PolicyError) as caught:
        load(tmp_path / "nowhere")
    assert len(caught.value.faults) == 1
    assert "does not exist" in str(caught.value)


def test_bytes_that_are_not_text_are_a_fault_with_a_line(edited: Edited) -> None:
    folder = edited()
    (folder / "sla.yaml").write_bytes(b"tiers:\n  - id: \xff\xfe\n")
    with pytest.raises(PolicyError, match=r"sla\.yaml:2: is not UTF-8 text"):
        load(folder)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        pytest.param(
            "      owner: anna\n      owned",
            "      owner: [tom, mila]\n      owned",
            'cases[0].expect.owner: is "anna", expected "tom" or "mila"',
            id="owner",
        ),
        pytest.param(
            "accept: 2026-11-24 10:15 Europe/Berlin",
            "accept: 2026-11-24 10:16 Europe/Berlin",
            "cases[0].expect.deadlines.accept: is Tue 24 Nov 2026, 10:15 CET, "
            "expected Tue 24 Nov 2026, 10:16 CET",
            id="deadline",
        ),
        pytest.param(
            "      tier: hot",
            "      tier: warm",
            'cases[0].expect.tier: is "hot", expected "warm"',
            id="tier",
        ),
        pytest.param(
            "reason: timing, track: timing",
            "reason: timing, track: competitor",
            'cases[18].expect.track: is "timing", expected "competitor"',
            id="track",
        ),
        pytest.param(
            "    shows: engage",
            "    shows: [engage, win]",
            'cases[15].shows[1]: "win" does not happen; these do: engage',
            id="transition",
        ),
        pytest.param(
            "then: [{do: stage, to: lead, after: 2d}]",
            "then: [{do: accept, after: 2d}]",
            "cases[15].then[0]: nobody has the lead, so nobody can accept",
            id="impossible step",
        ),
        pytest.param(
            "busy: [anna, priya]\n",
            "busy: [kim]\n",
            'cases[12].busy[0]: "kim" has no capacity',
            id="busy manager",
        ),
    ],
)
def test_a_case_that_does_not_hold_is_a_fault(
    old: str, new: str, fault: str, edited: Edited
) -> None:
    folder = edited(("cases", old, new))
    line = line_of(folder, "cases", new.splitlines()[0])
    with pytest.raises(PolicyError) as caught:
        check(folder)
    found = [str(one) for one in caught.value.faults]
    assert any(one.startswith(f"{folder}/cases.yaml:{line} {fault}") for one in found), found


def test_a_transition_without_a_case_is_a_fault(edited: Edited) -> None:
    folder = edited(("cases", "    shows: [disqualify, reopen]\n", ""))
    with pytest.raises(PolicyError) as caught:
        check(folder)
    line = line_of(folder, "lifecycle", "id: reopen")
    assert str(caught.value).startswith(
        f'{folder}/lifecycle.yaml:{line} transitions[10]: no case in cases.yaml shows "reopen"'
    )


def test_the_least_loaded_needs_a_capacity_to_measure_by(edited: Edited) -> None:
    folder = edited(("roster", "    max_open: 25\n    max_per_day: 6\n", ""))
    with pytest.raises(PolicyError, match=r'members\[0\]\.rep: "priya" has no max_open in roster'):
        load(folder)


def test_backups_that_stand_in_for_each_other_are_a_loop(edited: Edited) -> None:
    folder = edited(("roster", "  - id: priya\n", "  - id: priya\n    backup: nadia\n"))
    with pytest.raises(PolicyError, match="backup: is a loop: in the end they are their own"):
        load(folder)
