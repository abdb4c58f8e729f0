"""The lead statuses a policy uses, and the old ones it replaces."""

from __future__ import annotations

from collections.abc import Iterator

from baton.policy_tools.faults import Path, did_you_mean, quoted
from baton.policy_tools.models.lifecycle import LifecycleFile


def in_use(lifecycle: LifecycleFile) -> list[str]:
    """Every ``hs_lead_status`` value that Baton writes by this policy."""
    status = lifecycle.status
    stages = (stage.lead_status for stage in lifecycle.stages)
    return list(dict.fromkeys(filter(None, [status.new, status.working, status.meeting, *stages])))


def check(lifecycle: LifecycleFile) -> Iterator[tuple[Path, str]]:
    """Faults of ``old_statuses``: each must map an unused value to one in use."""
    used = in_use(lifecycle)
    for old, new in lifecycle.old_statuses.items():
        where: Path = ("old_statuses", old)
        if not old:
            yield where, "an empty value is not an old status: contacts without one are left alone"
        elif old in used:
            yield where, f"{quoted(old)} is in use by this policy, so it is not old"
        elif new not in used:
            message = f"{quoted(new)} is not a lead status of this policy{did_you_mean(new, used)}"
            yield where, message
