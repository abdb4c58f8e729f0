"""Finds the owner of a contact's account: by open deal, company, parent company, domain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from baton.adapters.hubspot.http import BATCH, HubspotHttp, Record
from baton.adapters.hubspot.registrable import hosts_of
from baton.domain import hubspot_names
from baton.domain.addresses import in_ascii, in_letters
from baton.domain.policy import Ownership
from baton.domain.world.world import Account
from baton.failures import NotAllowed

#: HubSpot's association type id: contact to primary company. HubSpot lists it beside the plain one.
PRIMARY_COMPANY = 1
#: Most companies of one e-mail domain that are read: a firm may have two offices, or a duplicate.
_NAMESAKES = 10

#: (HubSpot owner id, id of the object that has this owner).
Found: TypeAlias = "tuple[str, str]"


class AccountSearch:
    """
    Looks for one contact, a place at a time.

    Args:
        contact_id: May name a contact that does not exist; then no owner is found.

        domain: Of the contact's e-mail address, unless it is a free mail service. Empty: not
        searched.
    """

    def __init__(self, http: HubspotHttp, contact_id: str, domain: str) -> None:
        self._http = http
        self._contact = contact_id
        self._domain = domain
        self._company: Record | None = None
        self._company_read = False
        self._places: dict[Ownership, Callable[[], Found | None]] = {
            "open_deal": self._open_deal,
            "company": self._own_company,
            "parent_company": self._parent,
            "domain": self._namesake,
        }

    def account(self, sources: Sequence[Ownership]) -> Account:
        """The first owner found in *sources*; see ports.crm.Crm.account."""
        owners: dict[Ownership, Found] = {}
        looked: list[Ownership] = []
        denied: list[str] = []
        for source in sources:
            looked.append(source)
            if source not in self._places:
                continue
            try:
                found = self._places[source]()
            except NotAllowed as error:
                # A scope that was never granted hides one place, not the others.
                denied.append(str(error))
                continue
            if found is not None:
                owners[source] = found
                break
        return Account(owners, "; ".join(dict.fromkeys(denied)), tuple(looked))

    def _open_deal(self) -> Found | None:
        """The newest of several deals, because that is the current conversation."""
        ids = self._http.linked("contacts", self._contact, "deals")
        newest = sorted(ids, key=as_number)[-BATCH:]
        deals = self._http.read("deals", newest, [hubspot_names.OWNER, hubspot_names.DEAL_CLOSED])
        open_ones = [
            deal for deal in deals if deal.properties.get(hubspot_names.DEAL_CLOSED) != "true"
        ]
        return _owner(sorted(open_ones, key=lambda deal: as_number(deal.id), reverse=True))

    def _own_company(self) -> Found | None:
        company = self._read_company()
        return _owner([company] if company else [])

    def _parent(self) -> Found | None:
        company = self._read_company()
        parent = company.properties.get(hubspot_names.PARENT_COMPANY) if company else None
        if not parent:
            return None
        return _owner(list(self._http.read("companies", [parent], [hubspot_names.OWNER])))

    def _namesake(self) -> Found | None:
        """The oldest of several that has an owner, because duplicates are created later; one of
        ``eu.acme.com`` before one of ``acme.com``. HubSpot's search lags by seconds and may miss
        a new company; the contact's own link to it does not."""
        hosts = hosts_of(self._domain)
        if not hosts:
            return None
        named = hubspot_names.COMPANY_DOMAIN
        spelled = [*dict.fromkeys(one for host in hosts for one in (host, in_letters(host)))]
        filters = [{"propertyName": named, "operator": "IN", "values": spelled}]
        wanted = [hubspot_names.OWNER, named]
        found = self._http.search("companies", filters, wanted, _NAMESAKES * len(hosts))

        def order(company: Record) -> tuple[int, tuple[int, str]]:
            host = in_ascii(company.properties.get(named) or "")
            nearest = hosts.index(host) if host in hosts else len(hosts)
            return nearest, as_number(company.id)

        return _owner(sorted(found, key=order))

    def _read_company(self) -> Record | None:
        """Read once, although two sources need it."""
        if not self._company_read:
            wanted = [hubspot_names.OWNER, hubspot_names.PARENT_COMPANY]
            one = primary_company(self._http, self._contact)
            self._company = next(self._http.read("companies", one, wanted), None)
            self._company_read = True
        return self._company


def primary_company(http: HubspotHttp, contact_id: str) -> list[str]:
    """The id of the contact's primary company, or of its first; empty: it has none, or there is
    no such contact."""
    links = http.links("contacts", [contact_id], "companies")[contact_id]
    primary = [link.id for link in links if PRIMARY_COMPANY in link.types]
    return [*primary, *(link.id for link in links)][:1]


def _owner(records: Sequence[Record]) -> Found | None:
    """The owner of the first object that has an owner."""
    for record in records:
        owner = record.properties.get(hubspot_names.OWNER)
        if owner:
            return owner, record.id
    return None


def as_number(object_id: str) -> tuple[int, str]:
    """Ids increase, so the higher one is the newer one."""
    return (int(object_id) if object_id.isdigit() else 0, object_id)
