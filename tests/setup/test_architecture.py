"""ARCHITECTURE.md is true: the files it names exist, and it has every layer and every room."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
BATON = ROOT / "shared" / "baton"
CONTRACTS: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))[
    "tool"
]["importlinter"]["contracts"]


def names(contract: str) -> list[str]:
    [found] = [one for one in CONTRACTS if one["id"] == contract]
    return [name.strip() for layer in found["layers"] for name in layer.split("|")]


def files() -> list[str]:
    """Paths in backquotes that end in .py or in a slash."""
    return sorted(set(re.findall(r"`([\w/]+(?:\.py|/))`", TEXT)))


def found(path: str) -> bool:
    """The path of a file; a short name belongs to the folder of the file named before it."""
    return any(next(top.rglob(path), None) for top in (BATON, ROOT / "functions"))


@pytest.mark.parametrize("name", files())
def test_a_file_that_is_named_exists(name: str) -> None:
    path = name.removeprefix("baton/").rstrip("/")
    assert any(
        (BATON / path).exists() or (ROOT / path).exists() or found(path)
        for path in (name.rstrip("/"), path)
    )


@pytest.mark.parametrize("layer", names("layers"))
def test_each_layer_is_described(layer: str) -> None:
    assert re.search(rf"^- \*\*`baton/{layer}(\.py)?`\*\*", TEXT, re.MULTILINE)


@pytest.mark.parametrize("room", names("rooms"))
def test_each_room_is_described_with_its_modules(room: str) -> None:
    found = re.search(rf"^- \*\*`{room}`\*\*:(.*(?:\n  .*)*)", TEXT, re.MULTILINE)
    assert found, room
    folder = BATON / "domain" / room
    if room in {"draft", "lead", "policy", "calendar"}:
        return  # their modules are parts of one component
    for module in folder.glob("[a-z]*.py"):
        assert f"`{module.stem}`" in found[1], f"{room}: {module.stem}"


def test_each_folder_of_code_is_a_package() -> None:
    """A folder without ``__init__.py`` can be imported, but import contracts ignore it."""
    for top in (BATON, ROOT / "functions"):
        for folder in {path.parent for path in top.rglob("*.py")}:
            assert (folder / "__init__.py").exists(), folder


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: str(contract["id"]))
def test_each_exception_to_a_contract_stands_under_its_reason(contract: dict[str, Any]) -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    [block] = re.findall(
        rf'^id = "{contract["id"]}"\n(.*?)(?=^\[|\Z)', text, re.DOTALL | re.MULTILINE
    )
    for exceptions in re.findall(r"ignore_imports = \[\n(.*?)\n\]", block, re.DOTALL):
        assert exceptions.strip().startswith("#"), "a reason, and then what it is for"
