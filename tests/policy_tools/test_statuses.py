"""Old lead statuses map unused values to used ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from baton.policy_tools import PolicyError, load
from baton.policy_tools.statuses import in_use
from tests.policy_tools.conftest import SAMPLE, edited, line_of

__all__ = ["edited"]

Edited = Callable[..., Path]


def test_the_statuses_in_use_are_those_of_the_work_and_of_the_stages() -> None:
    used = in_use(load(SAMPLE).lifecycle)
    assert used == ["NEW", "IN_PROGRESS", "MEETING_SET", "OPEN_DEAL", "BAD_TIMING", "UNQUALIFIED"]


def test_a_policy_needs_no_old_statuses(edited: Edited) -> None:
    folder = edited()
    path = folder / "lifecycle.yaml"
    text, _, _ = path.read_text(encoding="utf-8").partition("old_statuses:")
    path.write_text(text, encoding="utf-8")
    assert load(folder).lifecycle.old_statuses == {}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        pytest.param(
            "OPEN: NWE", 'is not a lead status of this policy; did you mean "NEW"?', id="target"
        ),
        pytest.param("BAD_TIMING: NEW", '"BAD_TIMING" is in use by this policy', id="not old"),
        pytest.param('"": NEW', "an empty value is not an old status", id="empty"),
    ],
)
def test_a_wrong_old_status_is_reported_at_its_line(
    edited: Edited, wrong: str, message: str
) -> None:
    folder = edited(("lifecycle", "OPEN: NEW", wrong))
    with pytest.raises(PolicyError) as caught:
        load(folder)
    (fault,) = caught.value.faults
    assert message in fault.message
    assert fault.place.line == line_of(folder, "lifecycle", wrong)
