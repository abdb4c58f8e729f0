"""What the documents promise is what runs: times, ways, clicks and who is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from baton.policy.docs import documents
from baton.policy.loading import load
from tests.policy.conftest import ROOT, SAMPLE

PRESETS = ROOT / "shared" / "baton" / "policy" / "presets"


def documents_of(folder: Path) -> dict[str, str]:
    return {one.id: one.markdown for one in documents(load(folder))}


@pytest.fixture(scope="module")
def sample() -> dict[str, str]:
    return documents_of(SAMPLE)


@pytest.fixture(scope="module")
def advanced() -> dict[str, str]:
    return documents_of(PRESETS / "advanced")


def part(document: str, heading: str) -> str:
    """What stands below a heading of the second level."""
    return document.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def test_working_time_is_said_in_hours(advanced: dict[str, str]) -> None:
    for name in ("automation", "guide-reps", "guide-leadership"):
        assert "40 h" in advanced[name]
        assert "16 hours" not in advanced[name]
    assert "| 24 h after the deadline |" in advanced["automation"]


def test_a_raised_hand_is_said_as_what_it_is(advanced: dict[str, str]) -> None:
    assert "| **Raised hand** | asked for a call |" in advanced["guide-reps"]
    assert not any("hand raise is" in text for text in advanced.values())
