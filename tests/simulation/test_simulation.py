"""A simulation uses the real decisions, gives the same result for the same seed, and breaks no
rule."""

from __future__ import annotations

import gc
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.domain.policy import Policy
from baton.policy_tools import compile_policy, load
from baton.simulation import (
    Arrival,
    Behaviour,
    Result,
    Simulation,
    made_up,
    read_arrivals,
)
from tests.builders import manager, rep
from tests.cli.stack import Run, baton
from tests.policy_tools.conftest import SAMPLE
from tests.routed import routed

pytestmark = pytest.mark.slow

__all__ = ["baton"]

START = date(2026, 11, 30)
POLICY = compile_policy(load(SAMPLE), START)
PERFECT = Behaviour(accept=1.0, leave=0.0, reaction=timedelta(minutes=1))


def play(
    arrivals: Sequence[Arrival],
    policy: Policy = POLICY,
    behaviour: Behaviour = Behaviour(),  # noqa: B008 frozen
    seed: int = 1,
    days: int = 5,
) -> Result:
    return Simulation(policy, arrivals, START, days, behaviour, seed).run()


def crowd(leads: int = 150, policy: Policy = POLICY, seed: int = 1) -> list[Arrival]:
    return list(made_up(policy, leads, Random(seed)))


def test_the_same_seed_is_the_same_run_and_another_is_another() -> None:
    first = play(crowd())
    assert play(crowd()) == first
    assert play(crowd(), seed=2) != first


def test_every_lead_is_somewhere_and_nobody_carries_too_much() -> None:
    result = play(crowd(400), days=2)
    assert result.leads == 400
    handed = sum(result.not_handed.values())
    assert result.covered + result.still_waiting + handed == 400
    assert handed == 0
    assert result.over_limit == 0
    for person, (most, limit) in result.fullest.items():
        assert most <= limit, person
    for pool in result.fairness.pools:
        assert sum(row.received for row in pool.rows) == pool.turns
        kept = pool.turns - sum(row.given_back for row in pool.rows)
        assert sum(row.owed for row in pool.rows) == pytest.approx(kept)


def test_every_rule_is_met() -> None:
    """Values come from the conditions of the policy, so every rule of the sample is used."""
    result = play(crowd(400), behaviour=PERFECT)
    pools = {pool.pool for pool in result.fairness.pools if pool.turns}
    assert pools >= {rule.pool for rule in POLICY.rules}


def test_a_rep_who_accepts_at_once_never_breaches_acceptance() -> None:
    result = play(crowd(60), behaviour=replace(PERFECT, touch=timedelta(minutes=5)))
    assert "accept" not in result.breaches
    assert result.pulled_back == 0
    assert result.accepted == result.covered


def test_who_never_answers_is_pulled_back_and_breaches() -> None:
    never = Behaviour(accept=0.0, reject=0.0, leave=0.0)
    result = play(crowd(60), behaviour=never)
    assert result.breaches["accept"] > 0
    assert result.pulled_back > 0
    assert (result.accepted, result.touched) == (0, 0)


def test_a_small_desk_has_its_leads_wait() -> None:
    people = (rep("anna", max_open=2), rep("ben", max_open=2), rep("carl"), rep("cora"))
    policy = routed(people=(*people, manager("mona"), manager("dora", manager="")))
    at = datetime(2026, 11, 30, 9, tzinfo=UTC)
    arrivals = [Arrival({"country": "Germany"}, at + timedelta(minutes=n)) for n in range(8)]
    slow = Behaviour(accept=1.0, qualify=0.0, leave=0.0)
    result = play(arrivals, policy, slow)
    assert result.at_once == 4
    assert result.after_wait + result.wait_given_up + result.still_waiting == 4
    assert result.over_limit == 0
    assert result.waited is not None
    assert result.waited.longest >= result.waited.p90 >= result.waited.median > 0


def test_an_account_goes_to_its_owner() -> None:
    arrivals = [
        Arrival({"country": "Germany"}, account={"company": "priya"}),
        Arrival({"country": "Germany"}, owner="sofia"),
    ]
    result = play(arrivals, behaviour=PERFECT)
    assert result.fairness.beside == {"company-owner": {"priya": 1}, "existing-owner": {"sofia": 1}}


def test_leads_are_read_from_lines() -> None:
    lines = [
        '{"fields": {"country": "Germany", "employees": 5200}, "at": "2026-12-01T09:15:00+01:00"}',
        "",
        '{"fields": {}, "owner": "anna", "account": {"open_deal": "tom"}}',
    ]
    (first, second), odd = read_arrivals([line.encode() for line in lines], POLICY)
    assert odd == []
    assert first.fields == {"country": "Germany", "employees": "5200"}
    assert first.at == datetime(2026, 12, 1, 8, 15, tzinfo=UTC)
    assert (second.owner, second.account) == ("anna", {"open_deal": "tom"})
    assert play([first]).starts == first.at


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "line 2: expected JSON"),
        ("{}", "line 2.fields: required"),
        ('{"fields": {"land": "x"}}', "line 2.fields: the policy has no field land"),
        ('{"fields": {}, "owner": "bob"}', "line 2.owner: bob is not in the roster"),
        ('{"fields": {}, "at": "2026-12-01T09:15:00"}', "line 2.at: expected"),
        (
            '{"fields": {}, "account": {"firm": "anna"}}',
            "line 2.account: firm is none of open_deal, contact, company,",
        ),
        ('{"fields": {}, "extra": 1}', "line 2"),
    ],
)
def test_a_line_that_is_wrong_is_named_and_the_others_are_read(line: str, why: str) -> None:
    good = b'{"fields": {}}'
    found, (odd,) = read_arrivals([b"\xef\xbb\xbf" + good, line.encode(), good], POLICY)
    assert found == [Arrival({}), Arrival({})]
    assert odd.startswith(why)


@given(st.lists(st.tuples(st.sampled_from(["good", "garbage"]), st.binary(max_size=40))))
def test_any_file_gives_its_good_lines(lines: list[tuple[str, bytes]]) -> None:
    """Garbage in any encoding costs nothing but itself."""
    file = [b'{"fields": {}}' if kind == "good" else b"\x00" + noise for kind, noise in lines]
    found, odd = read_arrivals(file, POLICY)
    good = [kind for kind, _ in lines].count("good")
    assert (len(found), len(odd)) == (good, len(lines) - good)


def test_the_command_shows_what_came_of_it(baton: Run) -> None:
    code, out, _ = baton("simulate", str(SAMPLE), "--leads", "40", "--days", "3")
    assert gc.isenabled(), "the process of the command may go on"
    assert code == 0
    for said in (
        "40 leads,",
        "covered",
        "to acceptance: median",
        "residual",
        "over their limit: 0",
    ):
        assert said in out


def test_a_single_lead_is_in_the_singular(baton: Run) -> None:
    out = baton("simulate", str(SAMPLE), "--leads", "1", "--days", "2")[1]
    assert "1 lead, " in out
    assert "(1 lead, in elapsed time)" in out
    assert "1 lead by turn" in out


def test_the_command_reads_leads_and_prints_json(baton: Run, tmp_path: Path) -> None:
    file = tmp_path / "leads.jsonl"
    file.write_text('{"fields": {"country": "Germany"}}\n' * 3, "utf-8")
    argv = ["simulate", str(SAMPLE), "--from", str(file), "--json", "--accept", "1", "--leave", "0"]
    code, out, _ = baton(*argv)
    found: dict[str, Any] = json.loads(out)
    assert (code, found["leads"], found["over_limit"]) == (0, 3, 0)
    odd = ["nonsense", '{"fields": {"land": "x"}}']
    file.write_text("\n".join([odd[0], '{"fields": {"country": "Germany"}}', odd[1]]), "utf-8")
    code, out, err = baton(*argv)
    assert (code, json.loads(out)["leads"]) == (0, 1)
    assert err.splitlines() == [
        f"{file}: line 1: expected JSON",
        f"{file}: line 3.fields: the policy has no field land",
        "2 lines left out",
    ]
    file.write_text("nonsense\n", "utf-8")
    code, _, err = baton(*argv)
    assert (code, "line 1: expected JSON" in err) == (2, True)
    assert "cannot be read" in baton("simulate", str(SAMPLE), "--from", str(tmp_path / "no"))[2]


@pytest.mark.parametrize(
    ("flag", "value", "why"),
    [
        ("--leads", "0", "expected a whole number from 1"),
        ("--accept", "2", "expected a share of 1"),
        ("--start", "soon", "expected a date"),
    ],
)
def test_a_flag_that_is_wrong_says_what_would_be_right(
    baton: Run, capsys: pytest.CaptureFixture[str], flag: str, value: str, why: str
) -> None:
    with pytest.raises(SystemExit):
        baton("simulate", flag, value)
    assert why in capsys.readouterr().err
