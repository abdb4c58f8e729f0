"""A changed definition needs a new signature; an old one is for the earlier text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from baton.domain.policy import Definition
from baton.policy_tools import compile_policy, load
from baton.policy_tools.approval import Unapproved, asked, assumed, place, signature, unapproved
from baton.policy_tools.faults import readable
from tests.policy_tools.conftest import SAMPLE

Edited = Callable[..., Path]
TODAY = date(2026, 12, 1)
BOTH = ("Marketing", "Sales")


def definition(text: str, by: tuple[str, ...] = (), on: str = "") -> Definition:
    wanting = tuple(name for name in BOTH if name not in by)
    return Definition("Stage MQL", digest=text, approved_by=by, approved_on=on, wanting=wanting)


@pytest.mark.parametrize(
    ("before", "now", "wanting", "outdated"),
    [
        pytest.param(
            definition("a", BOTH, "2026-10-12"),
            definition("a", BOTH, "2026-10-12"),
            None,
            "",
            id="nothing changed",
        ),
        pytest.param(definition("a"), definition("a"), None, "", id="unchanged and never approved"),
        pytest.param(
            definition("a", BOTH, "2026-10-12"),
            definition("a", ("Sales",), "2026-10-12"),
            None,
            "",
            id="only the signature changed",
        ),
        pytest.param(
            definition("a", BOTH, "2026-10-12"),
            definition("b", BOTH, "2026-11-20"),
            None,
            "",
            id="changed and signed anew",
        ),
        pytest.param(
            definition("a", BOTH, "2026-10-12"),
            definition("b", BOTH, "2026-10-12"),
            BOTH,
            "2026-10-12",
            id="changed under the old signature",
        ),
        pytest.param(
            definition("a", BOTH, "2026-10-12"),
            definition("b", BOTH[::-1], "2026-10-12"),
            BOTH,
            "2026-10-12",
            id="the same names in another order are no new signature",
        ),
        pytest.param(
            definition("a", BOTH, "2026-10-12"),
            definition("b", BOTH, "2026-09-01"),
            BOTH,
            "2026-09-01",
            id="signed before the text that it replaces",
        ),
        pytest.param(
            definition("a", BOTH, "2026-10-12"),
            definition("b", ("Sales",), "2026-11-20"),
            ("Marketing",),
            "",
            id="one of two has signed anew",
        ),
        pytest.param(
            definition("a", ("Sales",), "2026-10-12"),
            definition("b", BOTH, "2026-10-12"),
            None,
            "",
            id="another joined on the same day",
        ),
        pytest.param(
            definition("a", BOTH, "2026-10-12"), definition("b"), BOTH, "", id="signature removed"
        ),
        pytest.param(definition("a"), definition("b"), BOTH, "", id="never signed, and changed"),
        pytest.param(
            definition("a"), definition("b", BOTH, "2026-10-12"), None, "", id="signed at last"
        ),
        pytest.param(None, definition("b"), BOTH, "", id="new and unsigned"),
        pytest.param(None, definition("b", BOTH, "2026-10-12"), None, "", id="new and signed"),
    ],
)
def test_what_is_unapproved(
    before: Definition | None, now: Definition, wanting: tuple[str, ...] | None, outdated: str
) -> None:
    active = {"stage:lead": definition("x")} | ({"stage:mql": before} if before else {})
    found = unapproved({"stage:mql": now}, active, BOTH, TODAY)
    if wanting is None:
        assert found == ()
        return
    assert found == (Unapproved("stage:mql", "Stage MQL", before is None, wanting, outdated),)


def test_where_nobody_is_asked_nothing_is_unapproved() -> None:
    """Not even if an old signature was left under a changed definition."""
    now = Definition("Stage MQL", "b", BOTH, "2026-10-12")
    assert unapproved({"stage:mql": now}, {"stage:mql": definition("a")}, (), TODAY) == ()


def test_the_first_version_changes_nothing_so_it_is_only_assumed() -> None:
    policy = compile_policy(load(SAMPLE), date(2026, 11, 25))
    assert unapproved(policy.definitions, {}, asked(policy), TODAY) == ()
    assert {"Stage Subscriber", "Transition accept", "Reason No budget"} <= {
        one.label for one in assumed(policy, TODAY)
    }
    assert "Stage MQL" not in {one.label for one in assumed(policy, TODAY)}
    assert asked(policy) == ("Head of Marketing", "Head of Sales")


def test_every_definition_is_found_where_it_is_written() -> None:
    files = load(SAMPLE)
    found = {
        name: place(name, files) for name in compile_policy(files, date(2026, 11, 25)).definitions
    }
    assert all(path for _, path in found.values())
    assert found["stage:mql"] == ("lifecycle", ("stages", 2))
    assert found["scoring:qualified"] == ("scoring", ("qualified",))
    assert readable(found["scoring:intent"][1]) == "behaviour[0]"
    assert readable(found["scoring:size"][1]) == "fit[1]"


def test_a_signature_is_written_so_that_it_can_be_copied(edited: Edited) -> None:
    line = signature(("Head of Marketing", "Head of Sales"), date(2026, 11, 25))
    old = "confirmed: {by: [Head of Marketing, Head of Sales], on: 2026-10-12}"
    files = load(edited(("lifecycle", old, line)))
    confirmed = next(stage for stage in files.lifecycle.stages if stage.id == "mql").confirmed
    assert confirmed is not None
    assert confirmed.on == date(2026, 11, 25)
