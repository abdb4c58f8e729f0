"""Writes a contact's properties to HubSpot: all that HubSpot accepts, and says what is left.

HubSpot refuses a request for one property of it: an owner who has left, an option that was removed,
a rule of the account. The others are written all the same, because they do not depend on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from msgspec import Struct

from baton.application.ports.crm import CrmWriter
from baton.domain import hubspot_names
from baton.domain.world.effects import ContactState
from baton.failures import NotAnOwner, PropertiesRefused, Rejected
from baton.presentation.wording import plain

#: Called with a contact's state and the owner id that HubSpot refused for it.
Refused: TypeAlias = Callable[[ContactState, str], None]


def show_contact(effect: ContactState, shown: int, writer: CrmWriter, refused: Refused) -> None:
    """
    Write the properties of *effect* that are newer than version *shown*.

    Older ones are shown already, and if somebody has changed them in HubSpot since, Baton reads
    that and answers with a new decision.

    Args:
        refused: Called if HubSpot does not accept the owner; that is no reason to park the rest.

    Raises:
        Rejected: HubSpot accepts some properties never as they are; the others are written.
    """
    news = {name: value for name, value in effect.properties.items() if value.since > shown}
    words = {name: plain(value.value) for name, value in news.items()}
    back = {name: words[name] for name, value in news.items() if value.clear_first and words[name]}
    ahead = {name: value for name, value in words.items() if name not in back}
    # The other properties first: a workflow that starts on the stage then finds the reason and
    # the track already set.
    writing = _Writing(effect.contact_id, writer)
    problems = list(writing.accepted(ahead))
    if back:
        problems += writing.moved_back(back)
    if writing.owner:
        refused(effect, writing.owner)
    if problems:
        raise Rejected("; ".join(dict.fromkeys(map(str, problems))))


class _Writing(Struct):
    contact_id: str
    writer: CrmWriter
    #: The owner that HubSpot does not accept, and what it said.
    owner: str = ""
    not_an_owner: NotAnOwner | None = None

    def accepted(self, properties: dict[str, str]) -> Iterator[Rejected]:
        """Write what HubSpot accepts of *properties*; gives why it refused the others."""
        left = dict(properties)
        while left:
            try:
                self.writer.show_contact(self.contact_id, left)
            except PropertiesRefused as error:
                gone = error.names & left.keys()
                if isinstance(error, NotAnOwner) and hubspot_names.OWNER in left:
                    self.owner, self.not_an_owner = left.pop(hubspot_names.OWNER), error
                    gone -= {hubspot_names.OWNER}
                    if not gone:
                        continue
                if not gone and len(left) > 1:
                    yield from self._one_by_one(left)
                    return
                yield error
                left = {name: value for name, value in left.items() if gone and name not in gone}
            else:
                return

    def _one_by_one(self, properties: dict[str, str]) -> Iterator[Rejected]:
        """HubSpot does not say which of them it refuses: one that it refuses alone it is. The stage
        comes last, as above.

        If it accepts none, the reason is none of a property's, and the owner is not to blame: the
        next one would be refused, too.
        """
        problems: list[Rejected] = []
        written = False
        for name in sorted(properties, key=lambda name: name == hubspot_names.STAGE):
            found = list(self.accepted({name: properties[name]}))
            problems += found
            written |= not (found or (name == hubspot_names.OWNER and self.not_an_owner))
        if self.not_an_owner is not None and not written:
            problems.append(self.not_an_owner)
            self.owner, self.not_an_owner = "", None
        yield from problems

    def moved_back(self, properties: dict[str, str]) -> list[Rejected]:
        """HubSpot moves a stage back only if it is emptied first. If it then refuses the new one (a
        rule of the account may require more of it), the old one is put back: a contact without a
        stage is in no list and in no report."""
        try:
            self.writer.clear_contact(self.contact_id, list(properties))
        except Rejected as error:
            return [error]
        try:
            self.writer.show_contact(self.contact_id, properties)
        except Rejected as error:
            self.writer.restore_contact(self.contact_id, list(properties))
            return [error]
        return []
