"""One lead on its way: what HubSpot, its owner and RevOps do with it."""

from __future__ import annotations

from datetime import datetime, timedelta

from baton.core.events import Action, Clicked, Hinted, Reassigned, Snoozed, StageChanged, Topic
from tests.builders import PROPERTIES, minutes, owned
from tests.kept.house import HOUSE
from tests.kept.site import Site
from tests.scored import COMPLETE

MQL = "marketingqualifiedlead"
#: A person of whom HubSpot says nothing about stages and forms.
PERSON = {
    name: value
    for name, value in (PROPERTIES | COMPLETE).items()
    if value and name != "lifecyclestage"
}


class Journey:
    """A lead, by its id."""

    def __init__(self, site: Site, lead_id: str) -> None:
        self.site, self.id = site, lead_id

    # In HubSpot.

    def comes(self, offer: str = "Demo request", **fields: str) -> None:
        """A contact that filled in a form an hour ago is an MQL now."""
        asked = {
            "recent_conversion_event_name": offer,
            "recent_conversion_date": (self.site.now - minutes(60)).isoformat(),
            "lifecyclestage": MQL,
        }
        known = {name: value for name, value in (PERSON | asked | fields).items() if value}
        self.known(self.site.now, **known)
        self.stage(MQL)

    def known(self, at: datetime, **fields: str) -> None:
        """HubSpot has the contact since *at*; Baton has not heard of it yet."""
        self.site.crm.add(self.id)
        self.site.crm.set(self.id, at, "AUTOMATION_PLATFORM", **fields)

    def stage(self, stage: str, source: str = "AUTOMATION_PLATFORM") -> None:
        """HubSpot says that the stage became *stage*."""
        at, identity = self.site.now, self.site.name("hs")
        self.site.put(StageChanged(id=identity, lead_id=self.id, at=at, stage=stage, source=source))

    def written(self, about: Topic = "fields", source: str = "CRM_UI", **fields: str) -> None:
        """Somebody writes into HubSpot."""
        self.site.crm.set(self.id, self.site.now, source, **fields)
        self.hint(about)

    def hint(self, about: Topic) -> None:
        identity = self.site.name("hs")
        self.site.put(Hinted(id=identity, lead_id=self.id, at=self.site.now, about=about))

    def called(self, what: str = "call") -> None:
        """HubSpot logs that the owner called, or met, the lead."""
        self.site.crm.touch(self.id, self.site.now, what, f"owner-{self.owner}")
        self.hint("activity")

    # In Slack, and from RevOps.

    @property
    def owner(self) -> str:
        return owned(self.site.lead(self.id)).person

    @property
    def user(self) -> str:
        """The owner's Slack user."""
        return HOUSE.person[self.owner].slack_user

    def press(self, action: Action, reason: str = "", assignment: int = 0) -> None:
        site, user = self.site, self.user
        site.put(
            Clicked(
                id=site.name(f"sl:T1:{user}"),
                lead_id=self.id,
                at=site.now,
                assignment=assignment or owned(site.lead(self.id)).number,
                action=action,
                user=user,
                channel=f"D{user[1:]}",
                reason=reason,
            ),
            source="baton.slack",
        )

    def reassign(self, to: str, note: str = "") -> None:
        site, identity = self.site, self.site.name("cli:reassign")
        given = Reassigned(id=identity, lead_id=self.id, at=site.now, to=to, by="RevOps", note=note)
        site.put(given, source="baton.cli")

    def snooze(self, by: timedelta) -> None:
        site = self.site
        resting = Snoozed(
            id=site.name("cli:snooze"),
            lead_id=self.id,
            at=site.now,
            assignment=owned(site.lead(self.id)).number,
            until=site.now + by,
            by="RevOps",
        )
        site.put(resting, source="baton.cli")
