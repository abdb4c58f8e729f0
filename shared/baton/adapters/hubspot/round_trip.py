"""HubSpot as the round trip needs it; see application.round_trip."""

from __future__ import annotations

from baton.adapters.hubspot.errors import NotThere
from baton.adapters.hubspot.http import HubspotHttp
from baton.application.ports.token import Token


class HubspotSync:
    """
    Args:
        token: Of an app that may write contacts.

        host: Base URL of the API.
    """

    def __init__(self, token: Token, host: str) -> None:
        self._http = HubspotHttp(token, host)

    def create_contact(self, properties: dict[str, str]) -> str:
        return self._http.create("contacts", properties, [])

    def write(self, contact_id: str, name: str, value: str) -> None:
        self._http.update("contacts", contact_id, {name: value})

    def read(self, contact_id: str, names: list[str]) -> dict[str, str]:
        records = self._http.read("contacts", [contact_id], names)
        return {
            name: value
            for record in records
            for name, value in record.properties.items()
            if value and name in names
        }

    def delete_contact(self, contact_id: str) -> None:
        """A contact that is already gone is fine."""
        try:
            self._http.archive("contacts", contact_id)
        except NotThere:
            return
