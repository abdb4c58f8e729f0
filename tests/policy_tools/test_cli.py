"""`baton policy` from the command line, against a table in memory."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from baton.cli.__main__ import main, parser
from tests.policy_tools.conftest import FAST, ROOT, SAMPLE, line_of
from tests.policy_tools.test_lint import edits_of

Edited = Callable[..., Path]
pytestmark = pytest.mark.usefixtures("quiet_environment")


def test_check_passes_the_sample(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "check", str(SAMPLE)]) == 0
    out = capsys.readouterr().out
    assert "Quillhaven: 8 working stages" in out
    assert "in order; 42 cases passed" in out


def test_check_says_why_each_case_came_out_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "check", str(SAMPLE), "--overlay", str(FAST), "--verbose"]) == 0
    out = capsys.readouterr().out
    assert "rule emea-enterprise: yes" in out
    assert "in order; 4 cases passed" in out


def test_check_lists_every_fault_and_exits_with_1(
    edited: Edited, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = edited(("routing", "{rep: anna, weight: 2}", "{rep: ana, weight: 0}"))
    assert main(["policy", "check", str(folder)]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith(f'{folder}/routing.yaml:84 pools[2].members[0].rep: "ana" is not')
    assert lines[-1] == "2 faults in the policy"


def test_check_says_why_a_finding_matters_and_how_to_fix_it(
    edited: Edited, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = edited(*edits_of("a signal nobody counts"))
    assert main(["policy", "check", str(folder)]) == 0
    out, err = capsys.readouterr()
    line = line_of(folder, "scoring", "id: chat")
    assert err.splitlines() == [
        f"{folder}/scoring.yaml:{line} signals[6]: warning: no rule, raised hand or condition "
        'counts "chat" [unused-signal]',
        "    why:   Somebody builds and pays for a signal that changes nothing.",
        "    fix:   give it points under behaviour, count it in a condition (events), or remove it",
    ]
    assert "in order, 1 warning; 42 cases passed" in out


def test_strict_check_exits_with_1_on_a_warning(edited: Edited) -> None:
    folder = edited(*edits_of("a signal nobody counts"))
    assert main(["policy", "check", str(folder), "--strict"]) == 1
    assert main(["policy", "check", str(folder), "--strict", "--json"]) == 1
    assert main(["policy", "check", str(SAMPLE), "--strict"]) == 0


def test_check_counts_faults_and_warnings(
    edited: Edited, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = edited(*edits_of("a signal nobody counts"), *edits_of("a fit nobody has"))
    assert main(["policy", "check", str(folder)]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == "1 fault and 1 warning in the policy"


def test_check_as_json(edited: Edited, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "check", str(SAMPLE), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "refused": False,
        "cases_passed": 42,
        "findings": [],
    }
    folder = edited(*edits_of("a signal nobody counts"), *edits_of("a fit nobody has"))
    assert main(["policy", "check", str(folder), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["refused"]
    assert said["findings"][0] == {
        "file": f"{folder}/scoring.yaml",
        "line": line_of(folder, "scoring", "fit: 81"),
        "key": "qualified.fit",
        "severity": "error",
        "rule": "threshold-out-of-reach",
        "message": "requires 81 points, but all fit rules and caps together give at most 80",
        "why": "No lead ever qualifies by the score, however good it is.",
        "fix": "ask for 80 or less, or raise points or caps under fit",
    }
    assert [one["severity"] for one in said["findings"]] == ["error", "warning"]


def test_cases_come_last_and_are_only_counted_where_there_are_other_faults(
    edited: Edited, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = edited(("sla", "within: 15m", "within: 10m"))
    assert main(["policy", "check", str(folder)]) == 1
    alone = capsys.readouterr().err.splitlines()
    assert all("cases.yaml" in line for line in alone[:-1])
    assert alone[-1] == f"{len(alone) - 1} faults in the policy"

    edited(*edits_of("a fit nobody has"))
    assert main(["policy", "check", str(folder)]) == 1
    err = capsys.readouterr().err
    assert "scoring.yaml" in err.splitlines()[0]
    assert "cases.yaml" not in err
    assert "cases also fail: `baton policy check --verbose` shows them\n" in err
    assert err.endswith("\n1 fault in the policy\n")


def test_verbose_says_why_a_failing_case_came_out_otherwise(
    edited: Edited, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = edited(("sla", "within: 15m", "within: 10m"), *edits_of("a fit nobody has"))
    assert main(["policy", "check", "--verbose", str(folder)]) == 1
    lines = capsys.readouterr().err.splitlines()
    first = next(number for number, line in enumerate(lines) if "cases.yaml" in line)
    assert '(case "emea-enterprise-demo")' in lines[first]
    assert "    rule emea-enterprise: yes" in lines[first:]
    assert not any("scoring.yaml" in line for line in lines[first:])


def test_a_single_item_is_counted_in_the_singular(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "policy", "--preset", "simple"]) == 0
    assert main(["policy", "check", "policy"]) == 0
    assert "1 rule, 1 pool, 2 reps, 1 manager, 1 time zone, 2 tiers and 1 nurture track\n" in (
        capsys.readouterr().out
    )


def test_publish_list_and_roll_back(
    table: str, edited: Edited, capsys: pytest.CaptureFixture[str]
) -> None:
    by = ["--table", table, "--by", "ada"]
    assert main(["policy", "publish", str(SAMPLE), *by, "--note", "the [start]"]) == 0
    assert main(["policy", "publish", str(SAMPLE), *by]) == 0
    changed = edited(("sla", "within: 15m", "within: 10m"), *_later_cases())
    assert main(["policy", "publish", str(changed), *by]) == 0
    assert main(["policy", "rollback", *by]) == 0
    out = capsys.readouterr().out
    assert "published version 1 of Quillhaven's policy to leads" in out
    assert "unchanged: version 1 is active already; nothing was published" in out
    assert "published version 2" in out
    assert "version 1 is active again, instead of 2" in out

    assert main(["policy", "list", "--table", table]) == 0
    rows = [line for line in capsys.readouterr().out.splitlines() if "ada" in line]
    assert [("active" in row) for row in rows] == [False, True]
    assert "the [start]" in rows[1]  # not read as markup


def _later_cases() -> list[tuple[str, str, str]]:
    """What the cases expect once a hot lead must be accepted within ten minutes."""
    return [
        ("cases", "accept: 2026-11-24 10:15", "accept: 2026-11-24 10:10"),
        ("cases", "accept: 2026-11-24 13:35", "accept: 2026-11-24 12:30"),
        ("cases", "{accept: 2026-11-24 14:15", "{accept: 2026-11-24 14:10"),
        ("cases", "{accept: 2026-11-24 10:45", "{accept: 2026-11-24 10:35"),
    ]


def test_a_policy_with_a_failing_case_is_not_published(
    table: str, edited: Edited, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = edited(("sla", "within: 15m", "within: 10m"))
    assert main(["policy", "publish", str(folder), "--table", table, "--by", "ada"]) == 1
    assert "nothing was published" in capsys.readouterr().err
    assert main(["policy", "list", "--table", table]) == 1
    assert "no policy is published" in capsys.readouterr().err


def test_the_table_is_taken_from_the_running_local_stack(
    table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(".local").mkdir()
    stack = {"table": table, "aws_endpoint": "", "region": "eu-central-1"}
    Path(".local/stack.json").write_text(json.dumps(stack), encoding="utf-8")
    assert main(["policy", "publish", str(SAMPLE), "--by", "ada"]) == 0
    assert "to leads" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("environment", "arguments", "message"),
    [
        pytest.param({}, [], "no table: give --table, set TABLE_NAME", id="no table named"),
        pytest.param({}, ["--table", "leads"], "no AWS region: set AWS_REGION", id="no region"),
        pytest.param(
            {"AWS_REGION": "eu-central-1"},
            ["--table", "leads"],
            "no AWS credentials: set AWS_PROFILE",
            id="no credentials",
        ),
        pytest.param(
            {"AWS_PROFILE": "nobody"},
            ["--table", "leads"],
            "profile (nobody)",
            id="no such profile",
        ),
        pytest.param(
            {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"},
            ["--table", "leads"],
            "cannot reach the stack",
            id="nobody there",
        ),
    ],
)
def test_what_is_missing_is_said_in_one_line(
    environment: dict[str, str],
    arguments: list[str],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert main(["policy", "list", *arguments]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert message in lines[0]


def test_a_table_that_is_not_there_is_said_in_one_line(
    table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["policy", "list", "--table", "leeds"]) == 2
    assert capsys.readouterr().err == (
        "baton: there is no table leeds in this account and region\n"
    )


def test_a_broken_stack_file_is_said_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    Path(".local").mkdir()
    Path(".local/stack.json").write_text("{", encoding="utf-8")
    assert main(["policy", "list"]) == 2
    assert ".local/stack.json cannot be used" in capsys.readouterr().err


def test_every_command_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    assert "policy" in capsys.readouterr().out


def test_a_command_without_its_action_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["policy"])
    assert ended.value.code == 2
    assert "usage: baton policy" in capsys.readouterr().err


def test_the_sample_is_the_default_folder() -> None:
    arguments = parser().parse_args(["policy", "check"])
    assert ROOT / arguments.folder == SAMPLE
