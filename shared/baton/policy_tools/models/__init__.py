"""The policy as written: one model per file. No handler imports this."""

from __future__ import annotations

from dataclasses import dataclass

from baton.policy_tools.models.cases import CasesFile
from baton.policy_tools.models.lifecycle import LifecycleFile
from baton.policy_tools.models.notifications import NotificationsFile
from baton.policy_tools.models.recycling import RecyclingFile
from baton.policy_tools.models.roster import RosterFile
from baton.policy_tools.models.routing import RoutingFile
from baton.policy_tools.models.scoring import ScoringFile
from baton.policy_tools.models.sla import SlaFile
from baton.policy_tools.models.types import Entry

#: Name of each file (without .yaml) -> its model, in the order they are best read.
FILES: dict[str, type[Entry]] = {
    "lifecycle": LifecycleFile,
    "scoring": ScoringFile,
    "routing": RoutingFile,
    "roster": RosterFile,
    "sla": SlaFile,
    "recycling": RecyclingFile,
    "notifications": NotificationsFile,
    "cases": CasesFile,
}


#: Files that a policy may do without.
OPTIONAL = frozenset({"scoring"})


@dataclass(frozen=True, slots=True)
class Files:
    """The files, checked one by one and against each other."""

    lifecycle: LifecycleFile
    routing: RoutingFile
    roster: RosterFile
    sla: SlaFile
    recycling: RecyclingFile
    notifications: NotificationsFile
    cases: CasesFile
    scoring: ScoringFile | None

    def parts(self) -> tuple[Entry, ...]:
        """The files that say how leads are treated."""
        every = (self.lifecycle, self.scoring, self.routing, self.sla, self.recycling)
        return tuple(one for one in (*every, self.notifications) if one is not None)

    @property
    def left_to_idle(self) -> tuple[str, ...]:
        """Stages in which a lead may have a rep, and for which no staleness rule covers every
        lead."""
        working = [stage.id for stage in self.lifecycle.stages if not stage.side]
        first, last = map(working.index, (self.lifecycle.handoff, self.lifecycle.accepted))
        owned = (*working[first : last + 1], *(handoff.stage for handoff in self.routing.handoffs))
        named = {
            stage for rule in self.recycling.staleness if not rule.when for stage in rule.stages
        }
        return tuple(stage for stage in dict.fromkeys(owned) if stage not in named)
