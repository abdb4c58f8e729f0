"""Every benchmark runs at a small size. People read its figures; no test here depends on time."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from baton.domain.phrase import Phrase
from baton.policy_tools.loading import load
from infra.build import ROOT
from tests.bench import (
    calendars,
    decide,
    hot_pool,
    init,
    latency,
    precision,
    requests,
    routing,
    sweep,
    table,
    values,
)
from tests.bench.__main__ import NAMES, main
from tests.bench.figure import Aim, Figure, percentile
from tests.bench.runtime_api import InitFailed, RuntimeApi
from tests.bench.units import Index, query_units, read_units, size_of, write_units
from tests.builders import decided
from tests.template.reading import FUNCTIONS

pytestmark = pytest.mark.slow

INDEX = Index("wakes", ("wakeShard", "wakeAt"))
KEYS = {"pk": {"S": "LEAD#1"}, "sk": {"S": "LEAD"}}
SHARD = {"wakeShard": {"S": "wake#1"}}


def item(body: int = 100, wake: str = "") -> dict[str, dict[str, str]]:
    wakes = SHARD | {"wakeAt": {"S": wake}} if wake else {}
    return KEYS | {"body": {"S": "x" * body}} | wakes


def assert_sane(figures: list[Figure], bench: str) -> None:
    assert figures
    for figure in figures:
        assert figure.bench == bench
        assert figure.unit
        assert figure.measured > 0
        assert figure.floor is None or figure.floor > 0
    assert len({(figure.name, figure.unit) for figure in figures}) == len(figures)


# The benchmarks


def test_decide_answers_every_case() -> None:
    assert_sane(decide.run(rounds=3), "decide")


def test_routing_answers_every_size() -> None:
    assert_sane(routing.run(rounds=2), "routing")


def test_values_are_read() -> None:
    assert_sane(values.run(rounds=3), "values")


def test_calendars_agree_and_are_measured() -> None:
    assert_sane(calendars.run(rounds=100, starts=1), "calendars")


def test_a_hot_pool_stays_fair_and_starves_nobody() -> None:
    with mock_aws():
        client = table.client()
        table.create(client)
        assert_sane(hot_pool.compare(table.client, leads=20, writers=1), "hot_pool")


def test_the_decide_benchmark_has_the_documented_size() -> None:
    policy = decide.build_policy()
    assert len([p for p in policy.people if p.role == "rep"]) == 200
    assert len(policy.rules) == 50
    assert max(len(pool.members) for pool in policy.pools) == 80
    assert all(p.max_open and p.max_per_day for p in policy.people if p.role == "rep")


@pytest.mark.parametrize("case", ["assign", "assign, half the pool full"])
def test_the_lead_matches_the_last_rule(case: str) -> None:
    asked = decide.build_cases()[case]
    because = decided(*asked).because
    told = [why for why in because if why.id in {"rule.no", "rule.yes"}]
    assert told[-1] == Phrase("rule.yes", ("the-rest",))
    assert len(told) == 26
    assert Phrase("rules.more", (24,)) in because


def test_requests_counts_what_the_floor_names() -> None:
    figures = requests.run(["assigned, accepted, touched"])
    assert_sane(figures, "requests")
    found = {(f.name, f.unit): f for f in figures}
    assert found["assigned", "requests"].measured == 3
    assert found["accepted", "requests"].measured == 2
    assert found["an event that was worked before", "requests"].measured == 1


def test_a_sweep_costs_what_is_due_and_not_what_is_open() -> None:
    with mock_aws():
        client, plain = table.client(), table.client()
        table.create(plain)
        figures = sweep.compare(client, plain, due=40, few=60, many=300)
    assert_sane(figures, "sweep")
    assert {f.ratio for f in figures if f.unit != "s"} == {1.0}


def test_init_compares_a_function_with_its_floor(tmp_path: Path) -> None:
    """This test uses the sources, because other tests build the functions."""
    figures = init.compare({"health": (ROOT, ROOT / "shared")}, tmp_path, pairs=1)
    assert_sane(figures, "init")
    assert [figure.aim for figure in figures] == 4 * [init.AIM]


def test_latency_has_reps_who_can_take_all_its_leads(tmp_path: Path) -> None:
    """Otherwise their managers would get the leads, in one direct message, at Slack's limit of one
    a second."""
    files = load(latency.roomy_policy(tmp_path / "policy"))
    reps = [person for person in files.roster.people if person.role == "rep"]
    assert reps
    limits = [(rep.max_open, rep.max_per_day, rep.max_per_week) for rep in reps]
    assert {limit for one in limits for limit in one} == {latency.ROOM, None}


def test_precision_has_a_rep_for_each_lead(tmp_path: Path) -> None:
    files = load(precision.policy_of(tmp_path / "policy", 500))
    halves = [len({member.rep for member in pool.members}) for pool in files.routing.pools]
    assert halves == [250, 250]
    usual = next(tier for tier in files.sla.tiers if tier.id == "usual")
    ladder = next(one for one in files.sla.ladders if one.id == usual.targets[0].ladder)
    assert ladder.rungs[0].do == "breach", "what is counted is the first message of a clock"


def test_precision_counts_what_is_early_twice_and_missing() -> None:
    trial = precision.Trial("t", due={1: 100.0, 2: 101.0, 3: 102.0, 4: 50.0}, since=100.0)
    trial.told = {1: [100.5], 2: [100.9, 101.4], 4: [100.2]}
    figures = {one.name: one.measured for one in trial.figures([0.5])}
    assert figures["t, p99"] == 0.5
    assert figures["t: early"] == 1
    assert figures["t: twice"] == 1
    assert figures["t: missing"] == 1
    assert figures["t, p50"] == pytest.approx(0.2)


def test_latency_takes_each_trip_apart() -> None:
    figures = latency.figures_of([latency.Trip(10.0, 10.2, 10.1, 10.5)], [0.25], [])
    assert_sane(figures, "latency")
    assert [(figure.measured, figure.floor) for figure in figures[:1]] == [(500, 250)]


def test_the_clients_of_the_floor_are_those_of_the_wiring() -> None:
    for folder in FUNCTIONS:
        wiring = (ROOT / "functions" / folder / "wiring.py").read_text("utf-8")
        made = set(re.findall(r'\bclient\("(\w+)"', wiring))
        assert set(init.CLIENTS[folder]) == made - init.LATER.get(folder, set()), folder


def test_the_runtime_api_times_an_init(tmp_path: Path) -> None:
    (tmp_path / "quick.py").write_text("def handler(event, context): return None\n")
    (tmp_path / "broken.py").write_text("raise RuntimeError('no such thing')\n")
    packages = [Path(place) for place in sys.path if place.endswith("site-packages")]
    env = {"AWS_REGION": "us-east-1"}
    with RuntimeApi() as api:
        took = api.init("quick.handler", [tmp_path, *packages], env, tmp_path)
        assert took.seconds > 0
        assert took.processor > 0
        with pytest.raises(InitFailed, match="no such thing"):
            api.init("broken.handler", [tmp_path, *packages], env, tmp_path)


@pytest.mark.parametrize("folder", sorted(FUNCTIONS))
def test_the_floor_of_each_function_is_a_program(folder: str) -> None:
    compile(init.floor_of(folder), folder, "exec")


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(SystemExit) as refused:
        main(["quickness"])
    assert refused.value.code == 2
    assert "quickness" not in NAMES


# Parts of the figures


@pytest.mark.parametrize(
    ("figure", "met"),
    [
        pytest.param(Figure("b", "n", 3, "ms", 2, aim=Aim(1.5)), True, id="ratio reached exactly"),
        pytest.param(Figure("b", "n", 3, "ms", 2, aim=Aim(1.4)), False, id="ratio missed"),
        pytest.param(Figure("b", "n", 3, "ms", 2, 1.2, Aim(1.4)), True, id="pairs come first"),
        pytest.param(Figure("b", "n", 9, "ms", aim=Aim(9, "measured")), True, id="by itself"),
        pytest.param(Figure("b", "n", 9, "ms", aim=Aim(9)), None, id="no floor to compare with"),
        pytest.param(Figure("b", "n", 9, "ms"), None, id="no aim"),
    ],
)
def test_an_aim_is_met_or_not(figure: Figure, met: bool | None) -> None:
    assert figure.met is met


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0.01, 1))
def test_a_percentile_is_reached_by_that_share_and_no_smaller_one_is(
    values: list[float], share: float
) -> None:
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-6
    assert sum(value < found for value in values) < share * len(values) + 1e-6


def test_an_item_is_as_large_as_its_names_and_values() -> None:
    assert size_of({"pk": {"S": "é"}, "n": {"N": "-12.5"}, "b": {"BOOL": True}}) == 4 + 4 + 2


@pytest.mark.parametrize(
    ("before", "after", "transaction", "units"),
    [
        pytest.param(None, item(), False, 1, id="a small new item"),
        pytest.param(None, item(), True, 2, id="twice in a transaction"),
        pytest.param(item(3000), item(), False, 3, id="the larger image counts"),
        pytest.param(item(), item(), True, 2, id="only checked"),
        pytest.param(None, item(wake="a"), True, 3, id="an index entry appears"),
        pytest.param(item(wake="a"), item(wake="b"), True, 4, id="an index entry moves"),
        pytest.param(item(wake="a"), item(3100, wake="a"), False, 4, id="an index entry stays"),
        pytest.param(item(wake="a"), item(), False, 2, id="an index entry goes"),
    ],
)
def test_a_write_costs_by_the_documents(
    before: dict[str, dict[str, str]] | None,
    after: dict[str, dict[str, str]],
    transaction: bool,
    units: float,
) -> None:
    assert write_units(before, after, [INDEX], transaction) == units


def test_reads_are_rounded_up_one_by_one_and_queries_together() -> None:
    three = [item(), item(), item()]
    assert read_units([*three, None]) == 4
    assert read_units([item(5000)], consistent=False) == 1
    assert query_units(three) == 0.5
    assert query_units([]) == 0.5
