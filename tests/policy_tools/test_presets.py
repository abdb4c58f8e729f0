"""`baton init` writes valid policies, and lists the placeholders to replace."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import pytest

from baton.cli.__main__ import main
from baton.cli.init import NAMES
from baton.policy_tools import check, load, presets
from baton.policy_tools.models import FILES, OPTIONAL
from baton.policy_tools.schema import generate
from tests.policy_tools.conftest import ROOT

Captured = pytest.CaptureFixture[str]

PACKAGED = ROOT / "shared" / "baton" / "policy_tools" / "presets"

pytestmark = pytest.mark.usefixtures("quiet_environment")


@pytest.fixture(params=NAMES)
def preset(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def written(preset: str, tmp_path: Path) -> Path:
    folder = tmp_path / "ours" / "policy"
    presets.write(preset, folder)
    return folder


def test_it_is_in_order_and_its_cases_pass(preset: str, written: Path) -> None:
    checked = check(written)
    assert len(checked.results) >= 10
    assert all(result.because for result in checked.results)


def test_every_file_is_there_and_its_editor_finds_the_schema(preset: str, written: Path) -> None:
    missing = {f"{name}.yaml" for name in FILES} - {path.name for path in written.glob("*.yaml")}
    assert missing == ({"scoring.yaml"} if preset == "simple" else set())
    assert missing <= {f"{name}.yaml" for name in OPTIONAL}
    assert {path.name for path in (written / "schema").iterdir()} == generate().keys()
    for path in written.glob("*.yaml"):
        first, second = path.read_text(encoding="utf-8").splitlines()[:2]
        assert first == f"# yaml-language-server: $schema=schema/{path.stem}.schema.json"
        assert second.startswith("# ")  # says what the file is for


def test_nobody_in_it_is_real_and_every_id_is_marked(preset: str) -> None:
    lines = presets.texts(preset)["roster.yaml"].splitlines()
    marked = {line.strip().partition(":")[0] for line in lines if "# replace:" in line}
    assert {"company", "zone", "name", "hubspot_owner", "slack_user"} <= marked
    for line in lines:
        key, _, value = line.strip().partition(": ")
        if key in {"name", "hubspot_owner", "slack_user"}:
            assert "# replace:" in line
        if key == "name":
            assert value.startswith("Placeholder ")
        if key == "email":
            assert value.endswith(".example")  # never belongs to anybody (RFC 2606)


def test_what_is_to_be_replaced_is_found_where_it_is_said_to_be(preset: str, written: Path) -> None:
    found = [*presets.replacements(preset)]
    assert len(found) >= 12
    for one in found:
        line = (written / one.file).read_text(encoding="utf-8").splitlines()[one.line - 1]
        assert line.endswith(f"# replace: {one.what}")


@pytest.mark.parametrize(
    ("name", "working", "authority"),
    [("simple", 6, None), ("standard", 8, "hubspot"), ("advanced", 8, "baton")],
)
def test_presets_have_the_stages_and_authority_they_promise(
    name: str, working: int, authority: str | None, tmp_path: Path
) -> None:
    presets.write(name, tmp_path)
    files = load(tmp_path)
    assert sum(not stage.side for stage in files.lifecycle.stages) == working
    assert (files.scoring.authority if files.scoring else None) == authority
    assert bool(files.lifecycle.sign_off) == (name != "simple")


def test_every_lead_is_promised_an_outcome(written: Path) -> None:
    for tier in load(written).sla.tiers:
        assert [one.stops_on for one in tier.targets] == ["accept", "touch", "disposition"]


def test_the_example_of_a_signature_has_no_date_of_its_own(preset: str) -> None:
    text = presets.texts(preset)["lifecycle.yaml"]
    assert "on: YYYY-MM-DD}" in text
    assert not re.search(r"on: 20\d\d", text)


@pytest.mark.parametrize("preset", ["standard"], indirect=True)
def test_forms_and_deals_are_marked_wherever_they_are_named(preset: str) -> None:
    marked = {(one.file, one.line) for one in presets.replacements(preset)}
    for file, text in presets.texts(preset).items():
        for number, line in enumerate(text.splitlines(), start=1):
            if file != "cases.yaml" and ("Demo request" in line or "Webinar," in line):
                assert (file, number) in marked, line


def test_the_commands_names_are_those_of_the_presets() -> None:
    assert (*presets.PRESETS,) == NAMES
    assert {path.name for path in PACKAGED.iterdir() if any(path.glob("*.yaml"))} == {*NAMES}
    with pytest.raises(KeyError):
        presets.texts("huge")


def test_the_files_are_part_of_the_package() -> None:
    """An installed `baton` has them, too, not only a checkout."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["baton.policy_tools.presets"]
    packaged = {path for pattern in patterns for path in PACKAGED.glob(pattern)}
    assert packaged == {*PACKAGED.rglob("*.yaml")}


# --- the command


@pytest.mark.parametrize("name", NAMES)
def test_init_writes_what_checks_clean(name: str, capsys: Captured) -> None:
    assert main(["init", "policy", "--preset", name]) == 0
    out = capsys.readouterr().out
    count = len([*Path("policy").glob("*.yaml")])
    assert out.startswith(f"wrote {count} files to policy: {name}, ")
    assert "  policy/roster.yaml:4  the company's name\n" in out
    assert "  baton policy check policy  finds" in out
    assert main(["policy", "check", "--strict", "policy"]) == 0


def test_check_says_how_many_places_still_hold_placeholders(capsys: Captured) -> None:
    """A placeholder is not a finding, because an unfinished policy can be tried, too."""
    assert main(["init", "policy", "--preset", "simple"]) == 0
    listed = capsys.readouterr().out
    assert "`baton policy check --verbose policy` lists those still to be replaced." in listed
    count = sum(1 for _ in presets.left(Path("policy")))
    assert main(["policy", "check", "--strict", "policy"]) == 0
    out = capsys.readouterr().out
    first = next(presets.left(Path("policy")))
    where = f"policy/{first.file}:{first.line}"
    assert f"{count} places still hold placeholders (# replace:), first {where}\n" in out
    assert main(["policy", "check", "--verbose", "policy"]) == 0
    assert "\n  policy/roster.yaml:4  the company's name\n" in capsys.readouterr().out


def test_placeholders_are_not_published_but_by_force(table: str, capsys: Captured) -> None:
    assert main(["init", "policy", "--preset", "simple"]) == 0
    publish = ["policy", "publish", "policy", "--table", table, "--by", "ada"]
    assert main(publish) == 1
    err = capsys.readouterr().err
    assert "policy/roster.yaml:4 still has a placeholder: the company's name\n" in err
    assert "nothing was published: put your own values in" in err
    assert main([*publish, "--force", "--note", "to try it out"]) == 0


def test_a_placeholder_without_its_mark_is_one_still(table: str, capsys: Captured) -> None:
    assert main(["init", "policy", "--preset", "simple"]) == 0
    for path in Path("policy").glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r" *# replace: .*", "", text), encoding="utf-8")
    capsys.readouterr()
    publish = ["policy", "publish", "policy", "--table", table, "--by", "ada"]
    assert main(publish) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 4
    assert all("still has a placeholder: the Slack member id" in line for line in lines[:3])
    roster = Path("policy/roster.yaml")
    text = roster.read_text(encoding="utf-8").replace("U0PLACEHOLDER", "U0ADALOVE")
    roster.write_text(text, encoding="utf-8")
    assert main(publish) == 0


def test_init_is_standard_and_goes_where_the_other_commands_look(capsys: Captured) -> None:
    assert main(["init"]) == 0
    assert "infra/policy: standard" in capsys.readouterr().out
    assert main(["policy", "check"]) == 0


def test_init_writes_over_nothing(capsys: Captured) -> None:
    Path("policy").mkdir()
    Path("policy/notes.txt").write_text("mine", encoding="utf-8")
    assert main(["init", "policy"]) == 2
    assert capsys.readouterr().err == (
        "baton: policy is not empty: name another folder, or use --force to overwrite it\n"
    )
    assert [path.name for path in Path("policy").iterdir()] == ["notes.txt"]


def test_init_with_force_replaces_its_files_and_leaves_others(capsys: Captured) -> None:
    assert main(["init", "policy", "--preset", "standard"]) == 0
    Path("policy/notes.txt").write_text("mine", encoding="utf-8")
    assert main(["init", "policy", "--preset", "simple", "--force"]) == 0
    assert not Path("policy/scoring.yaml").exists()  # the simple one has none
    assert Path("policy/notes.txt").read_text(encoding="utf-8") == "mine"
    capsys.readouterr()
    assert main(["policy", "check", "policy"]) == 0


def test_init_into_an_empty_folder_or_a_file(capsys: Captured) -> None:
    Path("empty").mkdir()
    assert main(["init", "empty", "--preset", "simple"]) == 0
    shutil.rmtree("empty")
    Path("empty").write_text("", encoding="utf-8")
    assert main(["init", "empty"]) == 2
    assert "empty is a file: name a folder" in capsys.readouterr().err
    assert main(["init", "empty/below"]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_the_names_of_the_presets_are_said(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["init", "policy", "--preset", "huge"])
    assert ended.value.code == 2
    assert "'simple', 'standard', 'advanced'" in capsys.readouterr().err
