"""One lead of the kept journeys: the acts of HubSpot, its owner and RevOps."""

from __future__ import annotations

from datetime import datetime, timedelta

from baton.domain.world.events import (
    Action,
    Clicked,
    Hinted,
    Reassigned,
    Snoozed,
    StageChanged,
    Topic,
)
from tests.builders import PROPERTIES, minutes, owned
from tests.kept.rich_policy import RICH
from tests.kept.rig import Rig
from tests.scored import COMPLETE

MQL = "marketingqualifiedlead"
#: Contact properties without stages and forms.
PERSON = {
    name: value
    for name, value in (PROPERTIES | COMPLETE).items()
    if value and name != "lifecyclestage"
}


class Journey:
    """A lead, by its id."""

    def __init__(self, rig: Rig, lead_id: str) -> None:
        self.rig, self.id = rig, lead_id

    # In HubSpot.

    def comes(self, offer: str = "Demo request", **fields: str) -> None:
        """A contact that filled in a form an hour ago becomes an MQL now."""
        asked = {
            "recent_conversion_event_name": offer,
            "recent_conversion_date": (self.rig.now - minutes(60)).isoformat(),
            "lifecyclestage": MQL,
        }
        known = {name: value for name, value in (PERSON | asked | fields).items() if value}
        self.known(self.rig.now, **known)
        self.stage(MQL)

    def known(self, at: datetime, **fields: str) -> None:
        """HubSpot has had the contact since *at*; Baton does not know it yet."""
        self.rig.crm.add(self.id)
        self.rig.crm.set(self.id, at, "AUTOMATION_PLATFORM", **fields)

    def stage(self, stage: str, source: str = "AUTOMATION_PLATFORM", source_id: str = "") -> None:
        """HubSpot says that the stage became *stage*."""
        self.rig.put(
            StageChanged(
                id=self.rig.name("hs"),
                lead_id=self.id,
                at=self.rig.now,
                stage=stage,
                source=source,
                source_id=source_id,
            )
        )

    def moves(self, stage: str, source: str, source_id: str = "") -> None:
        """*source* sets the stage in HubSpot."""
        self.rig.crm.set(self.id, self.rig.now, source, lifecyclestage=stage)
        self.stage(stage, source, source_id)

    def written(self, about: Topic = "fields", source: str = "CRM_UI", **fields: str) -> None:
        """A person changes properties in HubSpot."""
        self.rig.crm.set(self.id, self.rig.now, source, **fields)
        self.hint(about)

    def hint(self, about: Topic) -> None:
        identity = self.rig.name("hs")
        self.rig.put(Hinted(id=identity, lead_id=self.id, at=self.rig.now, about=about))

    def called(self, what: str = "call") -> None:
        """HubSpot logs that the owner called, or met, the lead."""
        self.rig.crm.touch(self.id, self.rig.now, what, f"owner-{self.owner}")
        self.hint("activity")

    # Acts in Slack, and of RevOps.

    @property
    def owner(self) -> str:
        return owned(self.rig.lead(self.id)).person

    @property
    def user(self) -> str:
        """The owner's Slack user."""
        return RICH.person[self.owner].slack_user

    def press(self, action: Action, reason: str = "", assignment: int = 0) -> None:
        rig, user = self.rig, self.user
        rig.put(
            Clicked(
                id=rig.name(f"sl:T1:{user}"),
                lead_id=self.id,
                at=rig.now,
                assignment=assignment or owned(rig.lead(self.id)).number,
                action=action,
                user=user,
                channel=f"D{user[1:]}",
                reason=reason,
            ),
            source="baton.slack",
        )

    def reassign(self, to: str, note: str = "") -> None:
        rig, identity = self.rig, self.rig.name("cli:reassign")
        given = Reassigned(id=identity, lead_id=self.id, at=rig.now, to=to, by="RevOps", note=note)
        rig.put(given, source="baton.cli")

    def snooze(self, by: timedelta) -> None:
        rig = self.rig
        resting = Snoozed(
            id=rig.name("cli:snooze"),
            lead_id=self.id,
            at=rig.now,
            assignment=owned(rig.lead(self.id)).number,
            until=rig.now + by,
            by="RevOps",
        )
        rig.put(resting, source="baton.cli")
