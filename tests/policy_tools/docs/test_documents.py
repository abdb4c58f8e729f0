"""The documents of the sample policy, and of others."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from baton.cli.__main__ import main
from baton.domain.scoring.score import worth
from baton.policy_tools.docs import documents, write
from baton.policy_tools.docs.example import example
from baton.policy_tools.loading import load
from tests.policy_tools.conftest import FAST, ROOT, SAMPLE

Edited = Callable[..., Path]


def documents_of(folder: Path, on: date | None = None) -> dict[str, str]:
    return {one.id: one.markdown for one in documents(load(folder), on)}


@pytest.fixture(scope="module")
def sample() -> dict[str, str]:
    return documents_of(SAMPLE)


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    """This also holds for another process, in which sets have another order."""
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-m", "baton.cli", "policy", "docs", str(SAMPLE), "--out", seed],
            cwd=tmp_path,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT / "shared")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    first, second = ({p.name: p.read_bytes() for p in (tmp_path / s).iterdir()} for s in "12")
    assert first == second


def test_every_stage_is_defined(sample: dict[str, str]) -> None:
    for stage in load(SAMPLE).lifecycle.stages:
        assert f"\n## {stage.label}\n" in sample["stages"]
        for value in (stage.lifecyclestage, stage.lead_status, *stage.deal_stages):
            assert not value or f"`{value}`" in sample["stages"]
        assert f"`stage:{stage.id}`" in sample["sign-off"]
        assert f"| {stage.label} | `{stage.id}` |" in sample["process-map"]


def test_every_transition_is_described(sample: dict[str, str]) -> None:
    for move in load(SAMPLE).lifecycle.transitions:
        assert f"\n## `{move.id}`\n" in sample["transitions"]
        assert f"`{move.id}` ({', '.join(move.by)})" in sample["transitions"]
        assert f"| `{move.id}` |" in sample["automation"]
        assert f"`transition:{move.id}`" in sample["sign-off"]


def test_every_reason_and_track_is_in_the_catalogue(sample: dict[str, str]) -> None:
    files = load(SAMPLE)
    by_hand = {move.reason for move in files.lifecycle.transitions if not move.when}
    for reason in files.lifecycle.reasons:
        assert f"| {reason.label} | `{reason.id}` |" in sample["reasons"]
        told = reason.offered or reason.id in by_hand
        assert (reason.label in sample["guide-reps"]) == told
        assert f"`reason:{reason.id}`" in sample["sign-off"]
    for track in files.recycling.tracks:
        assert f"| `{track.value}` |" in sample["reasons"]
        assert f"| `{track.value}` |" in sample["guide-marketing"]


def test_every_rule_is_in_the_automation_reference(sample: dict[str, str]) -> None:
    files = load(SAMPLE)
    for rule in files.routing.rules:
        assert f"| `{rule.id}` |" in sample["automation"]
    for quiet in files.recycling.staleness:
        assert f"| `{quiet.id}` |" in sample["automation"]
    for source, answer in files.lifecycle.backward.items():
        shown = "every other source" if source == "*" else f"`{source}`"
        assert f"| {shown} | `{answer}` |" in sample["automation"]


def test_every_rung_of_every_target_has_its_line(sample: dict[str, str]) -> None:
    sla = load(SAMPLE).sla
    rungs = {ladder.id: len(ladder.rungs) for ladder in sla.ladders}
    part = sample["automation"].split("## While the owner does not act")[1].split("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith(("| after ", "| at ", "| "))]
    heads = sum(len(tier.targets) for tier in sla.tiers) * 2
    assert len(lines) - heads == sum(rungs[t.ladder] for tier in sla.tiers for t in tier.targets)
    assert "| 5 min after the deadline |" in part


def test_every_rule_of_the_score_is_in_its_table(sample: dict[str, str]) -> None:
    scoring = load(SAMPLE).scoring
    assert scoring is not None
    shown = [(r.label, r.id, r.points) for group in scoring.fit for r in group.rules]
    shown += [(r.label, r.id, r.points) for group in scoring.behaviour for r in group.rules]
    for label, rule, points in shown:
        assert f"| {label} | `{rule}` | {points:g} |" in sample["scoring"]
    for group in ("qualified", *(g.id for g in scoring.fit), *(g.id for g in scoring.behaviour)):
        assert f"`scoring:{group}`" in sample["sign-off"]
    for never in scoring.never:
        assert f"`{never.id}`" in sample["scoring"]


def test_the_example_adds_up() -> None:
    scoring = load(SAMPLE).scoring
    assert scoring is not None
    one = example(scoring)
    assert one.fit == 30 + 30 + 10
    assert one.behaviour == pytest.approx(60 + (6 + 8 + 1.5) + 10)  # intent is capped at 60
    assert one.qualifies


@pytest.mark.parametrize(("age", "points"), [(0, 12), (14, 6), (28, 3), (60, 0), (61, 0)])
def test_evidence_is_halved_by_half_life_and_nothing_after_its_window(
    age: int, points: float
) -> None:
    scoring = load(SAMPLE).scoring
    assert scoring is not None
    assert worth(scoring.behaviour[0].rules[0], timedelta(days=age)) == pytest.approx(points)


def test_a_policy_without_scoring_says_so(edited: Edited) -> None:
    folder = edited()
    (folder / "scoring.yaml").unlink()
    written = documents_of(folder)
    assert "Leads are not scored" in written["scoring"]
    assert "`scoring:" not in written["sign-off"]


def test_criteria_holds_and_moves_by_baton_are_said_in_words(edited: Edited) -> None:
    folder = edited(
        (
            "lifecycle",
            "purpose: Signed.",
            "purpose: Signed.\n    entry: {employees: {at_least: 10}}\n"
            "    exit: {any: [{partner: {known: true}}, {country: DE}]}\n"
            "    hold: {within: 3d, then: close, reason: bad_data}\n"
            "    disqualified_by: [{when: {role: Intern}, reason: bad_fit}]",
        ),
        (
            "lifecycle",
            "{id: engage, from: subscriber, to: lead, by: [automatic, rep]}",
            "{id: engage, from: subscriber, to: lead, by: [automatic],"
            " when: {events: {of: form, at_least: 2, within: 14d}},"
            " sets: {baton_pain: none}, tell: manager}",
        ),
    )
    written = documents_of(folder)
    stage = written["stages"].split("## Customer")[1].split("\n## ")[0]
    assert "| Entry criteria | employees is at least 10 |" in stage
    assert "| Exit criteria | one of: partner is known; or country is DE |" in stage
    assert "after 3 days it is closed for Bad data" in stage
    assert "| Closed at once if | role is Intern (Bad fit - will never buy:" in stage
    move = written["transitions"].split("## `engage`")[1].split("\n## ")[0]
    assert "at least 2 × form within 14 days" in move
    assert "`baton_pain` is set to none" in move
    assert "the owner's manager" in move
    assert "Customer: " in written["faq"].split("## Why is my lead held?")[1]


def test_the_sign_off_sheet_names_missing_approvals(edited: Edited) -> None:
    folder = edited(
        (
            "lifecycle",
            "confirmed: {by: [Head of Marketing, Head of Sales]",
            "confirmed: {by: [CMO]",
        ),
        ("lifecycle", "sign_off: [Head of Marketing, Head of Sales]", "sign_off: [CMO, CRO]"),
    )
    sheet = documents_of(folder)["sign-off"]
    line = next(line for line in sheet.splitlines() if "`stage:mql`" in line)
    assert "| ASSUMED | CMO | Mon 12 Oct 2026 | CRO |" in line
    assert sheet.split("## Signatures")[1].count("CRO") == 1
    assert "CONFIRMED, 50 ASSUMED" in sheet


def test_only_a_date_that_is_given_is_shown() -> None:
    assert "As of" not in documents_of(SAMPLE)["sign-off"]
    assert "As of Tue 1 Dec 2026." in documents_of(SAMPLE, date(2026, 12, 1))["sign-off"]


def test_the_command_writes_every_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "docs"
    arguments = ["policy", "docs", str(SAMPLE), "--out", str(out), "--date", "2026-12-01"]
    assert main(arguments) == 0
    assert f"open {out / 'index.html'}" in capsys.readouterr().out
    names = {f"{one.id}.md" for one in documents(load(SAMPLE))}
    assert {path.name for path in out.iterdir()} == names | {"index.html", "process-map.svg"}
    assert "Tue 1 Dec 2026" in (out / "sign-off.md").read_text(encoding="utf-8")


def test_an_overlay_is_documented_with_it(tmp_path: Path) -> None:
    write(load(SAMPLE, FAST), tmp_path)
    plain = documents_of(SAMPLE)["automation"]
    assert (tmp_path / "automation.md").read_text(encoding="utf-8") != plain


def test_a_faulty_policy_is_not_documented(
    edited: Edited, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = edited(("routing", "{rep: anna, weight: 2}", "{rep: ana, weight: 2}"))
    assert main(["policy", "docs", str(folder), "--out", str(tmp_path / "docs")]) == 1
    assert '"ana"' in capsys.readouterr().err
    assert not (tmp_path / "docs").exists()


def test_a_place_that_cannot_be_written_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert main(["policy", "docs", str(SAMPLE), "--out", str(tmp_path / "file" / "docs")]) == 2
    assert "cannot write to" in capsys.readouterr().err
