"""The hash behind the alias: it changes with everything that a published version freezes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from samtranslator.translator.transform import transform

from infra.build import ROOT, code_sha256, read, stamp

OLD, NEW = "a" * 64, "b" * 64
#: A file of each kind that counts.
PLACES = (
    "functions/health/app.py",
    "shared/baton/domain/lead.py",
    "template.yaml",
    "infra/build.py",
    "infra/pruning.py",
)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small checkout with a file in each place that counts."""
    for name in PLACES:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n")
    return tmp_path


@pytest.mark.parametrize(
    "name",
    PLACES,
    ids=["a function", "the layer alone", "the template", "how it is built", "what is pruned"],
)
def test_a_change_moves_the_hash(checkout: Path, name: str) -> None:
    before = code_sha256(checkout)
    (checkout / name).write_text("# changed\n")
    assert code_sha256(checkout) != before


def test_a_new_a_renamed_and_a_removed_file_move_the_hash(checkout: Path) -> None:
    seen = {code_sha256(checkout)}
    new = checkout / "shared" / "baton" / "new.py"
    new.write_text("")
    seen.add(code_sha256(checkout))
    new.rename(new.with_name("other.py"))
    seen.add(code_sha256(checkout))
    (checkout / "shared" / "baton" / "domain" / "lead.py").unlink()
    seen.add(code_sha256(checkout))
    assert len(seen) == 4


def test_text_moved_from_one_file_to_the_next_moves_the_hash(checkout: Path) -> None:
    one, two = checkout / "shared" / "a.py", checkout / "shared" / "b.py"
    one.write_text("xy")
    two.write_text("z")
    before = code_sha256(checkout)
    one.write_text("x")
    two.write_text("yz")
    assert code_sha256(checkout) != before


def test_parameters_move_the_hash_because_a_version_freezes_its_environment(checkout: Path) -> None:
    assert code_sha256(checkout, ["PublicUrl=a"]) != code_sha256(checkout, ["PublicUrl=b"])


def test_times_and_leftovers_of_tools_do_not_move_the_hash(checkout: Path) -> None:
    before = code_sha256(checkout)
    os.utime(checkout / "template.yaml", (1, 1))
    for leftover in ("shared/baton/__pycache__/x.pyc", "shared/baton.egg-info/PKG-INFO"):
        path = checkout / leftover
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    assert code_sha256(checkout) == before


def test_a_copy_of_this_checkout_has_the_same_hash(tmp_path: Path) -> None:
    for name in ("functions", "shared"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "template.yaml", tmp_path)
    (tmp_path / "infra").mkdir()
    for name in ("build.py", "pruning.py"):
        shutil.copy(ROOT / "infra" / name, tmp_path / "infra")
    assert code_sha256(tmp_path) == code_sha256(ROOT)


def test_a_stamped_template_holds_the_hash_and_asks_nobody_for_it() -> None:
    stamped = stamp(read(ROOT / "template.yaml"), NEW)
    assert "CodeSha256" not in stamped["Parameters"]
    assert {"Ref": "CodeSha256"} not in list(_values(stamped))
    assert stamped["Resources"]["Health"]["Properties"]["AutoPublishCodeSha256"] == NEW


@pytest.mark.parametrize("function", ["ReceiveHubspot", "ReceiveSlack", "Health"])
def test_sam_publishes_a_new_version_when_only_the_hash_moves(
    function: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The layer alone changed: nothing in the function's own properties did."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    old, new = _transformed(OLD), _transformed(NEW)
    before, after = _versions(old, function), _versions(new, function)
    assert len(before) == len(after) == 1
    assert before != after
    version = new["Resources"][f"{function}Aliaslive"]["Properties"]["FunctionVersion"]
    assert version == {"Fn::GetAtt": [after[0], "Version"]}


class _NoManagedPolicies:
    def load(self) -> dict[str, str]:
        return {}


def _transformed(digest: str) -> dict[str, Any]:
    template = stamp(read(ROOT / "template.yaml"), digest)
    for resource in template["Resources"].values():
        for key in ("CodeUri", "ContentUri"):
            if key in resource.get("Properties", {}):
                resource["Properties"][key] = "s3://bucket/same-object"
    done: dict[str, Any] = transform(template, {}, _NoManagedPolicies())
    return done


def _versions(template: dict[str, Any], function: str) -> list[str]:
    return [
        name
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Lambda::Version"
        and resource["Properties"]["FunctionName"] == {"Ref": function}
    ]


def _values(value: Any) -> Any:
    yield value
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _values(item)
