"""`baton fairness`: the ledger as a table, as bars and as a chart."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from baton.application.audit.fairness import Ledger, PoolLedger, Row
from baton.cli.fairness import show
from tests.builders import manager, rep
from tests.cli.stack import Rig, Run, baton, now, rig
from tests.routed import routed

__all__ = ["baton", "rig"]

CAREFREE = routed(
    people=(rep("anna"), rep("ben"), rep("carl"), rep("cora"), manager("mona"), manager("dora"))
)
on = pytest.mark.parametrize("rig", [CAREFREE], indirect=True)


@on
def test_the_ledger_of_the_last_weeks_is_shown(rig: Rig, baton: Run, tmp_path: Path) -> None:
    for n in range(101, 106):
        rig.arrive(str(n))
    drawing = tmp_path / "fair.svg"
    code, out, _ = baton("fairness", "--svg", str(drawing))
    assert code == 0
    assert "Desk: 5 leads by turn" in out
    assert "2.50" in out
    assert "+0.50" in out
    assert "░" in out
    assert "█" in out
    ElementTree.parse(drawing)


def test_a_sum_of_shares_has_no_negative_zero(capsys: pytest.CaptureFixture[str]) -> None:
    shares = (Row("anna", 0.7, 1, {}), Row("ben", 0.1, 0, {}), Row("carl", 0.2, 0, {}))
    row = Row("anna", 1 + 1e-9, 1, {})
    pools = [PoolLedger("desk", "Desk", 1, 0, shares), PoolLedger("emea", "EMEA", 1, 0, (row,))]
    show(pools, Ledger(tuple(pools), {}), CAREFREE)
    assert "-0.00" not in capsys.readouterr().out


@on
def test_another_period_is_another_ledger(rig: Rig, baton: Run) -> None:
    rig.arrive("101")
    today = now().date().isoformat()
    assert "1 lead by turn" in baton("fairness", "desk", "--since", today, "--until", today)[1]
    code, out, _ = baton("fairness", "--since", "2020-01-01", "--until", "2020-01-02")
    assert (code, "No pool handed out a lead." in out) == (0, True)


@on
def test_an_unknown_pool_is_named(rig: Rig, baton: Run) -> None:
    assert "there is no pool emea; there are closers and desk" in baton("fairness", "emea")[2]


@on
def test_an_invalid_date_is_named(rig: Rig, baton: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        baton("fairness", "--since", "monday")
    assert "monday: expected a date, as in 2026-11-01" in capsys.readouterr().err
