"""Signatures, differences and force from the command line, against a table in memory."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import boto3
import pytest

from baton.cli.__main__ import main
from tests.policy_tools.conftest import FAST, SAMPLE, Edit, line_of

Edited = Callable[..., Path]
Captured = pytest.CaptureFixture[str]

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quiet_environment")]

#: Changes a definition that is signed, and the cases still pass.
HARDER: Edit = ("scoring", "fit: 40", "fit: 45")
RENEWED: Edit = ("scoring", "Head of Sales], on: 2026-10-12", "Head of Sales], on: 2026-11-20")
ASKED = "sign_off: [Head of Marketing, Head of Sales]"
#: Changes nothing that is signed.
LONGER: Edit = ("recycling", "cool_off: 60d", "cool_off: 61d")


def publish(folder: Path, *arguments: str) -> int:
    return main(["policy", "publish", str(folder), "--table", "leads", "--by", "ada", *arguments])


@pytest.fixture
def published(table: str, capsys: Captured) -> str:
    assert publish(SAMPLE) == 0
    capsys.readouterr()
    return table


@pytest.mark.usefixtures("table")
def test_the_first_publish_asks_nothing_and_says_what_is_assumed(capsys: Captured) -> None:
    assert publish(SAMPLE) == 0
    out = capsys.readouterr().out
    assert "definitions are ASSUMED until they are approved: Stage Subscriber, Stage Lead," in out


@pytest.mark.usefixtures("published")
def test_a_changed_definition_under_an_old_signature_is_refused(
    edited: Edited, capsys: Captured
) -> None:
    folder = edited(HARDER)
    assert publish(folder) == 1
    lines = capsys.readouterr().err.splitlines()
    line = line_of(folder, "scoring", "qualified:")
    assert lines[0] == (
        "What it takes to qualify is changed and not approved by Head of Marketing or Head of Sales"
    )
    assert lines[1] == "    Qualified needs 45 fit points instead of 40."
    assert lines[2] == "    The approval of Mon 12 Oct 2026 is for an earlier text."
    assert lines[3].startswith(
        f"    {folder}/scoring.yaml:{line} qualified: once approved, write confirmed: "
        "{by: [Head of Marketing, Head of Sales], on: 20"
    )
    assert lines[4].startswith("1 definition without approval: nothing was published")
    assert len(lines) == 5


@pytest.mark.usefixtures("published")
def test_a_definition_approved_again_is_published(edited: Edited, capsys: Captured) -> None:
    assert publish(edited(HARDER, RENEWED)) == 0
    assert "published version 2" in capsys.readouterr().out


@pytest.mark.usefixtures("published")
def test_a_new_definition_needs_approval(edited: Edited, capsys: Captured) -> None:
    reason = "  - {id: spam, label: Spam, value: spam, disqualify: true}\n"
    folder = edited(("lifecycle", "  # for clocks, not offered to reps\n", reason))
    assert publish(folder) == 1
    err = capsys.readouterr().err
    assert "Reason Spam is new and not approved by Head of Marketing or Head of Sales" in err
    assert '    Reason "Spam" is new: leads to disqualification.' in err


@pytest.mark.usefixtures("published")
def test_a_change_that_needs_no_approval_is_published(edited: Edited) -> None:
    assert publish(edited(LONGER)) == 0
    assert publish(SAMPLE, "--overlay", str(FAST)) == 0


@pytest.mark.usefixtures("published")
def test_removing_a_signer_needs_the_removed_signers_approval(
    edited: Edited, capsys: Captured
) -> None:
    """Otherwise the edit that changes a definition could also remove its signers."""
    folder = edited(HARDER, ("lifecycle", ASKED, "sign_off: []"))
    assert publish(folder) == 1
    lines = capsys.readouterr().err.splitlines()
    line = line_of(folder, "lifecycle", "sign_off:")
    assert lines[:3] == [
        "The list of signers is changed and not approved by Head of Marketing or Head of Sales",
        "    sign_off no longer names Head of Marketing or Head of Sales, but the active version "
        "does.",
        f"    {folder}/lifecycle.yaml:{line} sign_off: name them again, or publish with --force "
        "--note WHY once they have agreed",
    ]
    assert lines[3].startswith("What it takes to qualify is changed and not approved by Head of M")
    assert lines[-1].startswith("2 definitions without approval")


@pytest.mark.usefixtures("published")
def test_once_nobody_is_asked_a_change_is_published(edited: Edited, capsys: Captured) -> None:
    folder = edited(("lifecycle", ASKED, "sign_off: []"))
    assert publish(folder) == 1
    assert "1 definition without approval" in capsys.readouterr().err
    assert publish(folder, "--force", "--note", "both agreed on the 20th") == 0
    assert "without the approval of: The list of signers" in capsys.readouterr().out
    assert publish(edited(HARDER)) == 0


@pytest.mark.usefixtures("published")
def test_one_signer_less_is_refused_too(edited: Edited, capsys: Captured) -> None:
    assert publish(edited(("lifecycle", ASKED, "sign_off: [Head of Marketing]"))) == 1
    assert "changed and not approved by Head of Sales" in capsys.readouterr().err


@pytest.mark.usefixtures("published")
def test_an_approval_dated_in_the_future_does_not_count_yet(
    edited: Edited, capsys: Captured
) -> None:
    later: Edit = ("scoring", "Head of Sales], on: 2026-10-12", "Head of Sales], on: 2099-01-15")
    assert publish(edited(HARDER, later)) == 1
    err = capsys.readouterr().err
    assert "    The approval of Thu 15 Jan 2099 has a future date and does not count yet." in err
    assert "an earlier text" not in err


@pytest.mark.usefixtures("published")
def test_force_needs_a_note(edited: Edited, capsys: Captured) -> None:
    assert publish(edited(HARDER), "--force") == 2
    assert capsys.readouterr().err == (
        "baton: --force needs --note WHY, which is stored with the version\n"
    )


@pytest.mark.usefixtures("published")
def test_what_is_forced_is_seen_in_list_and_diff(edited: Edited, capsys: Captured) -> None:
    assert publish(edited(HARDER), "--force", "--note", "the fair is today") == 0
    out = capsys.readouterr().out
    assert "published version 2" in out
    assert "without the approval of: What it takes to qualify" in out

    assert main(["policy", "list", "--table", "leads"]) == 0
    row = next(line for line in capsys.readouterr().out.splitlines() if "active" in line)
    assert "the fair is today" in row
    assert "scoring:qualified" in row

    assert main(["policy", "diff", "--table", "leads"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("from version 1 to version 2 (active)\n\nscoring\n")
    assert "\n  Qualified needs 45 fit points instead of 40.\n" in out
    assert "Version 2 was published by ada on " in out
    assert "without the approval of: What it takes to qualify. Why: the fair is today" in out


@pytest.mark.usefixtures("published")
def test_force_without_a_missing_approval_is_not_recorded(edited: Edited, capsys: Captured) -> None:
    assert publish(edited(LONGER), "--force", "--note", "in a hurry") == 0
    assert "without the approval" not in capsys.readouterr().out
    assert main(["policy", "list", "--table", "leads"]) == 0
    assert "without approval" not in capsys.readouterr().out


def test_over_an_unreadable_version_no_approval_is_needed(
    published: str, edited: Edited, capsys: Captured
) -> None:
    """As at the first publish, there is nothing to compare with."""
    boto3.client("dynamodb", region_name="eu-central-1").update_item(
        TableName=published,
        Key={"pk": {"S": "POLICY"}, "sk": {"S": "V#000001"}},
        UpdateExpression="SET #schema = :later",
        ExpressionAttributeNames={"#schema": "schema"},
        ExpressionAttributeValues={":later": {"N": "9"}},
    )
    assert publish(edited(HARDER)) == 0
    assert "nothing can be compared with it" in capsys.readouterr().err


@pytest.mark.usefixtures("published")
def test_rolling_back_says_what_changes(edited: Edited, capsys: Captured) -> None:
    assert publish(edited(HARDER, RENEWED, LONGER)) == 0
    capsys.readouterr()
    assert main(["policy", "rollback", "--table", "leads", "--by", "ada"]) == 0
    out = capsys.readouterr().out
    assert "version 1 is active again, instead of 2" in out
    assert "  Qualified needs 40 fit points instead of 45.\n" in out
    assert "  Track Timing now has a cool-off of 60 days instead of 61 days.\n" in out


@pytest.mark.usefixtures("published")
def test_diff_takes_versions_and_folders(edited: Edited, capsys: Captured) -> None:
    folder = str(edited(LONGER))
    at = ["--table", "leads"]
    sentence = "Track Timing now has a cool-off of 61 days instead of 60 days."
    assert main(["policy", "diff", folder, *at]) == 0
    assert capsys.readouterr().out == (
        f"from version 1 (active) to {folder}\n\nrecycling\n  {sentence}\n"
    )
    assert main(["policy", "diff", str(SAMPLE), folder]) == 0  # no table is needed
    assert sentence in capsys.readouterr().out
    assert main(["policy", "diff", "1", "active", *at]) == 0
    assert capsys.readouterr().out.endswith("No difference.\n")
    assert publish(Path(folder)) == 0
    capsys.readouterr()
    assert main(["policy", "diff", "1", *at]) == 0
    assert sentence in capsys.readouterr().out


@pytest.mark.usefixtures("published")
def test_diff_for_programs(edited: Edited, capsys: Captured) -> None:
    folder = str(edited(HARDER))
    assert main(["policy", "diff", folder, "--json", "--table", "leads"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["from"]["version"] == 1
    assert said["to"] == {"folder": folder}
    assert said["changes"][0] == {
        "file": "scoring",
        "text": "Qualified needs 45 fit points instead of 40.",
        "definition": "scoring:qualified",
    }
    assert said["definitions"] == [
        {
            "name": "scoring:qualified",
            "label": "What it takes to qualify",
            "new": False,
            "approved": False,
            "wanting": ["Head of Marketing", "Head of Sales"],
        }
    ]


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "version 1 is the first: name a version or a folder to compare it with"),
        (["7"], "version 7 was never published; there are 1"),
        (["nowhere"], '"nowhere" is not a version: give a number of `baton policy list`'),
    ],
)
def test_a_diff_that_cannot_be_made_is_reported_in_one_line(
    arguments: list[str], message: str, capsys: Captured
) -> None:
    assert main(["policy", "diff", *arguments, "--table", "leads"]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert len(err.splitlines()) == 1


def test_a_folder_with_faults_is_not_compared(edited: Edited, capsys: Captured) -> None:
    folder = str(edited(("routing", "{rep: anna, weight: 2}", "{rep: ana}")))
    assert main(["policy", "diff", str(SAMPLE), folder]) == 1
    assert capsys.readouterr().err.endswith("1 fault in the policy\n")


@pytest.mark.usefixtures("table")
def test_without_a_version_the_command_says_what_to_do(capsys: Captured) -> None:
    assert main(["policy", "diff", "--table", "leads"]) == 2
    assert "no policy is published: run `baton policy publish FOLDER`" in capsys.readouterr().err
