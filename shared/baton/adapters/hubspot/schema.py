"""
Reads the contact properties of a HubSpot account, and creates those that Baton needs.

For set-up by an admin; no handler imports this.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from baton.adapters.hubspot import paths
from baton.adapters.hubspot.api import HubspotApi
from baton.adapters.hubspot.http import BATCH
from baton.application.ports.token import Token
from baton.domain.lifecycle.hubspot_properties import Property
from baton.failures import Rejected

#: Scopes that the calls need.
READ_SCOPE = "crm.schemas.contacts.read"
WRITE_SCOPE = "crm.schemas.contacts.write"

#: The group of Baton's properties, and its label in HubSpot.
GROUP, GROUP_LABEL = "baton", "Baton"

_KIND = "contacts"
#: Property type -> how HubSpot shows it.
_FIELDS = {"datetime": "date", "number": "number", "string": "text"}


class Option(msgspec.Struct):
    value: str = ""
    label: str | None = None


class Known(msgspec.Struct):
    """A contact property of the account."""

    name: str
    type: str = ""
    #: How HubSpot shows it: ``checkbox`` for several ticked values.
    fieldType: str = ""  # noqa: N815 HubSpot's spelling
    label: str | None = None
    #: Options of a pick-list; empty for other types.
    options: list[Option] = []
    #: True for a property that HubSpot defines, false for one created in the account.
    hubspotDefined: bool | None = None  # noqa: N815 HubSpot's spelling


class _Group(msgspec.Struct):
    name: str = ""


class _Properties(msgspec.Struct):
    results: list[Known] = []


class _Groups(msgspec.Struct):
    results: list[_Group] = []


class HubspotSchema:
    """
    Contact properties.

    Args:
        token: Asked at every call.

        host: Base URL of the API, e.g. https://api.hubapi.com.

    Every method raises Retryable, MissingScopes among them, and Rejected; see hubspot.errors.
    """

    def __init__(self, token: Token, host: str) -> None:
        self._api = HubspotApi(token, host)

    def properties(self) -> dict[str, Known]:
        """Every contact property that is not archived, by name."""
        found = self._api(_Properties, "GET", paths.properties(_KIND))
        return {one.name: one for one in found.results}

    def groups(self) -> set[str]:
        """Names of the groups that contact properties are in."""
        found = self._api(_Groups, "GET", paths.property_groups(_KIND))
        return {group.name for group in found.results}

    def create_group(self) -> None:
        """Make `GROUP`. Rejected if it exists."""
        body = {"name": GROUP, "label": GROUP_LABEL, "displayOrder": -1}
        self._api(_Group, "POST", paths.property_groups(_KIND), body=body)

    def create(self, wanted: Sequence[Property]) -> dict[str, str]:
        """
        Make the properties in `GROUP`, which must exist.

        One call per 100. If HubSpot refuses a batch, its missing properties are created one by one,
        so that one bad property does not block the others.

        Returns:
            Refused property name -> HubSpot's reason.
        """
        refused: dict[str, str] = {}
        for left in self._create_batches(wanted):
            try:
                self._api(Known, "POST", paths.properties(_KIND), body=_definition(left))
            except Rejected as error:
                refused[left.name] = str(error)
        return refused

    def _create_batches(self, wanted: Sequence[Property]) -> Iterator[Property]:
        """The properties that their batch did not create."""
        for start in range(0, len(wanted), BATCH):
            some = wanted[start : start + BATCH]
            body = {"inputs": [_definition(one) for one in some]}
            try:
                path = paths.create_properties(_KIND)
                made = self._api(_Properties, "POST", path, body=body).results
            except Rejected:
                made = []
            names = {one.name for one in made}
            yield from (one for one in some if one.name not in names)


def _definition(wanted: Property) -> dict[str, Any]:
    return {
        "groupName": GROUP,
        "name": wanted.name,
        "label": wanted.label,
        "type": wanted.kind,
        "fieldType": _FIELDS[wanted.kind],
        "formField": False,
    }
