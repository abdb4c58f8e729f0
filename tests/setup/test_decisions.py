"""Each decision has a status, and the list has each decision."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "infra" / "decisions"
DECISIONS = sorted(FOLDER.glob("[0-9]*.md"))
LINK = re.compile(r"\]\((?P<file>[^)#]+)\)")


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_carries_its_status(path: Path) -> None:
    title, blank, status, *_ = path.read_text(encoding="utf-8").splitlines()
    assert title.startswith(f"# {path.name[:3]} ")
    assert blank == ""
    assert re.match(r"Status: (accepted|open|superseded)\b", status), status
    if "superseded" in status or "replaced" in status:
        successors = LINK.findall(status)
        assert successors, "it names its successor"
        assert all((FOLDER / name).exists() for name in successors)


def test_the_list_has_every_decision_under_its_own_title() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    for path in DECISIONS:
        title = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
        assert f"- [{title}]({path.name})" in text
