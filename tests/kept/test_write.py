"""The program that writes sets, tested on a few journeys because all of them take too long."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.kept import journeys, outside, write
from tests.kept.picking import picked

FEW = (journeys.climbs, outside.slots, outside.parked)


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write.save(write.everything(FEW), tmp_path / name)
    for path in sorted((tmp_path / "one").iterdir()):
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name
    found = json.loads((tmp_path / "one" / "table.json").read_text(encoding="utf-8"))
    assert {"LEAD#101", "LEAD#501", "POOL#enterprise"} <= {item["pk"]["S"] for item in found}


def test_a_set_is_never_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(write, "FOLDER", tmp_path)
    (tmp_path / "2026-12-24").mkdir()
    assert write.main(["2026-12-24"]) == 1
    assert capsys.readouterr().err == "2026-12-24 is there: a set is never written over\n"
    assert list((tmp_path / "2026-12-24").iterdir()) == []


def test_it_says_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert write.main([]) == 2
    assert "python -m tests.kept.write 2026-12-24" in capsys.readouterr().err


def test_as_few_are_picked_as_show_everything() -> None:
    def size(word: str) -> int:
        return 10 + len(word)

    words = ["a", "ab", "abc", "d", "cd"]
    assert picked(words, set, size) == ["abc", "d"]
    assert picked(words, set, size, known="abc") == ["d"]
    assert picked([], set, size) == []
