"""A round trip with a test contact: checks that each mapped property returns the value written to
it.

The test contact is always deleted afterwards. HubSpot refuses writes to properties that it
computes; that is fine where Baton only reads them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from baton.application.ports.crm import SyncCrm
from baton.domain import hubspot_names
from baton.domain.lifecycle.hubspot_properties import properties
from baton.domain.policy import Field, Policy
from baton.domain.time import iso, read_instant
from baton.failures import Rejected

#: Reserved for examples (RFC 2606): nobody ever gets mail there.
ADDRESS = "baton-sync-test@example.com"

State = Literal["same", "changed", "read only", "refused"]


class Trip(Struct, frozen=True):
    """The result for one property."""

    name: str
    wrote: str
    read: str
    state: State
    #: Why HubSpot refused the value; empty: it did not.
    why: str = ""

    @property
    def sound(self) -> bool:
        return self.state in ("same", "read only")


def round_trip(policy: Policy, crm: SyncCrm, now: datetime) -> list[Trip]:
    """
    Write a value to every property that the policy maps, and read them all back.

    Raises:
        Retryable: HubSpot does not answer now. The test contact was deleted, if HubSpot allowed
            that.
    """
    person = {
        hubspot_names.EMAIL: ADDRESS,
        hubspot_names.FIRST_NAME: "Baton",
        hubspot_names.LAST_NAME: "Sync test",
    }
    contact = crm.create_contact(person)
    try:
        wrote: dict[str, str] = {}
        refused: dict[str, str] = {}
        for name, value in _values(policy, now):
            try:
                crm.write(contact, name, value)
            except Rejected as error:
                refused[name] = str(error)
            wrote[name] = value
        read = crm.read(contact, list(wrote))
    finally:
        crm.delete_contact(contact)
    ours = {one.name for one in properties(policy)}
    return [
        _trip(name, value, read.get(name, ""), refused.get(name, ""), name in ours)
        for name, value in wrote.items()
    ]


def _trip(name: str, wrote: str, read: str, why: str, ours: bool) -> Trip:
    if why:
        # A property that Baton writes must accept a value; one that it only reads may refuse.
        fine = "READ_ONLY" in why and not ours
        return Trip(name, wrote, read, "read only" if fine else "refused", why)
    return Trip(name, wrote, read, "same" if _alike(wrote, read) else "changed")


def _alike(wrote: str, read: str) -> bool:
    if wrote.strip() == read.strip():
        return True
    sent, found = read_instant(wrote), read_instant(read)
    return sent is not None and found is not None and abs(sent - found) < timedelta(seconds=1)


def _values(policy: Policy, now: datetime) -> Iterator[tuple[str, str]]:
    """Property -> a value of its kind. Identifying ones are set at creation."""
    seen = {
        hubspot_names.EMAIL,
        hubspot_names.FIRST_NAME,
        hubspot_names.LAST_NAME,
        hubspot_names.STAGE,
    }
    for field in policy.lifecycle.fields:
        if field.property not in seen:
            seen.add(field.property)
            yield field.property, _of_field(field, now)
    for ours in properties(policy):
        if ours.name not in seen:
            seen.add(ours.name)
            yield ours.name, {"datetime": iso(now), "number": "7"}.get(ours.kind, "sync test")


def _of_field(field: Field, now: datetime) -> str:
    if field.kind == "choice" and field.values:
        return field.values[0]
    written = {"number": "7", "date": iso(now), "phone": "+1 555 0100", "flag": "true"}
    return written.get(field.kind, "sync test")
