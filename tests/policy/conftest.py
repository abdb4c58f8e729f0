"""The sample policy, whole and with seeded faults."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "infra" / "policy"
FAST = ROOT / "infra" / "local" / "fast_policy"

#: (file without .yaml, text that is there, text to put in its place).
Edit = tuple[str, str, str]


@pytest.fixture
def edited(tmp_path: Path) -> Callable[..., Path]:
    """A copy of the sample policy with the first occurrence of some texts replaced."""

    def edit(*edits: Edit) -> Path:
        folder = tmp_path / "policy"
        if not folder.exists():
            folder.mkdir()
            for path in SAMPLE.glob("*.yaml"):
                shutil.copy(path, folder)
        for file, old, new in edits:
            path = folder / f"{file}.yaml"
            text = path.read_text(encoding="utf-8")
            assert old in text, f"{file}.yaml does not hold {old!r}"
            path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return edit


def line_of(folder: Path, file: str, text: str, *, last: bool = False) -> int:
    """The first (or last) line on which *text* stands."""
    lines = (folder / f"{file}.yaml").read_text(encoding="utf-8").splitlines()
    found = [number for number, line in enumerate(lines, start=1) if text in line]
    return found[-1 if last else 0]
