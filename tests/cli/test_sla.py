"""`baton sla reapply`: previewed on the real state, then applied."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from msgspec.structs import replace

from baton.adapters.dynamodb.policies import PolicyStore
from baton.application.preview import PreviewedEvent
from baton.cli.sla import clocks_move
from baton.domain.policy import Policy, Rung, Target
from baton.domain.world.events import Reapplied
from tests.adapters.dynamodb.test_leads import TABLE
from tests.builders import handed_off, owned
from tests.cli.stack import Rig, Run, baton, now, rig
from tests.routed import routed

__all__ = ["baton", "rig"]

LADDER = (Rung("breach", after=timedelta()),)


def promising(days: int) -> Policy:
    base = routed()
    target = Target("accept", "Accept", timedelta(days=days), "accept", LADDER, time="wall")
    return replace(base, tiers=tuple(replace(tier, targets=(target,)) for tier in base.tiers))


@pytest.mark.parametrize("rig", [promising(2)], indirect=True)
def test_running_clocks_follow_the_policy_only_when_told(rig: Rig, baton: Run) -> None:
    for lead in ("101", "102"):
        rig.arrive(lead)
    before = {lead: rig.lead(lead).clocks[0].due_at for lead in ("101", "102")}
    policies = PolicyStore(rig.client, TABLE)
    policies.publish(promising(5), by="test", at=now(), note="")
    rig.policy = policies.active(now() + timedelta(minutes=1))
    code, out, _ = baton("sla", "reapply")
    assert code == 0
    assert "Ada Example (Acme), lead 101:" in out
    assert re.search(r" CES?T, was .* CES?T\b", out), "in the owner's zone"
    assert "2 of 2 open leads have clocks that move (nothing was changed" in out
    assert rig.events.stored == []
    assert baton("sla", "reapply", "101", "--apply")[0] == 0
    rig.work()
    assert rig.lead("101").clocks[0].due_at == before["101"] + timedelta(days=3)
    assert rig.lead("102").clocks[0].due_at == before["102"]
    assert "1 of 2 open leads" in baton("sla", "reapply", "--apply")[1]
    rig.work()
    assert "0 of 2 open leads" in baton("sla", "reapply")[1]


def test_a_lead_whose_clocks_stay_is_not_among_those_that_move() -> None:
    lead, _ = handed_off()
    event = Reapplied(id="x", lead_id="101", at=now())
    other = replace(lead, assignment=replace(owned(lead), to_start=("touch",)))
    fewer = replace(lead, clocks=lead.clocks[:1])
    assert not clocks_move(PreviewedEvent(event, lead, other, None))
    assert clocks_move(PreviewedEvent(event, lead, fewer, None))


@pytest.mark.parametrize("rig", [promising(2)], indirect=True)
def test_a_lead_without_an_owner_is_named(rig: Rig, baton: Run) -> None:
    code, out, _ = baton("sla", "reapply", "404")
    assert code == 0
    assert "lead 404: nobody has this lead" in out


@pytest.mark.parametrize("rig", [promising(2)], indirect=True)
def test_one_deadline_is_explained_in_full(rig: Rig, baton: Run) -> None:
    rig.arrive("101")
    code, out, _ = baton("explain", "101", "--clock", "accept")
    assert code == 0
    assert out.startswith("Accept:\n  From ")
    assert "Every hour counts: 48 h." in out
    code, _, err = baton("explain", "101", "--clock", "first_touch")
    assert (code, "lead 101 has no clock first_touch: accept" in err) == (2, True)
