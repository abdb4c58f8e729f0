"""Contacts that are probably one person. Keeps hashes, ids and owners; no personal data."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from msgspec import Struct

from baton.application.audit.census import OWNER
from baton.application.ports.census import Row
from baton.domain import hubspot_names
from baton.domain.addresses import address, in_ascii, is_one_of

#: Last digits of a phone number that are compared: enough to tell lines apart, without the country
#: code.
DIGITS = 9
_GMAIL = frozenset({"gmail.com", "googlemail.com"})


class Group(Struct, frozen=True):
    """Contacts that are probably the same person, and why: email, phone, name at domain."""

    why: tuple[str, ...]
    #: (contact id, HubSpot owner id; empty: nobody), in the order they were read.
    members: tuple[tuple[str, str], ...]

    @property
    def owners(self) -> frozenset[str]:
        """The owners of the group; several are a conflict."""
        return frozenset(owner for _, owner in self.members if owner)


class Duplicates:
    """Takes contacts one by one; those that share a key, directly or through others, form one
    group.

    Args:
        shared: E-mail domains that many people share; the same name at one of them may be two
            people.

        registrable: The registrable domain of a host: offices with subdomains are one company.
    """

    def __init__(
        self, shared: tuple[str, ...] = (), registrable: Callable[[str], str] = str
    ) -> None:
        self._shared, self._registrable = shared, registrable
        self._first: dict[int, int] = {}
        self._parent: list[int] = []
        self._ids: list[str] = []
        self._owners: list[str] = []
        self._why: dict[int, set[str]] = {}

    def take(self, row: Row) -> None:
        place = len(self._parent)
        self._parent.append(place)
        self._ids.append(row.id)
        self._owners.append(row.value(OWNER))
        for why, value in keys(row, self._shared, self._registrable):
            first = self._first.setdefault(hash((why, value)), place)
            if first != place:
                self._parent[self._root(place)] = self._root(first)
                self._why.setdefault(place, set()).add(why)

    def groups(self) -> list[Group]:
        """The groups of two and more, in the order of their first contact."""
        members: dict[int, list[int]] = {}
        for place in range(len(self._parent)):
            members.setdefault(self._root(place), []).append(place)
        return [
            Group(
                tuple(sorted({why for one in some for why in self._why.get(one, ())})),
                tuple((self._ids[one], self._owners[one]) for one in some),
            )
            for some in sorted(members.values())
            if len(some) > 1
        ]

    def _root(self, place: int) -> int:
        while self._parent[place] != place:
            self._parent[place] = self._parent[self._parent[place]]
            place = self._parent[place]
        return place


def keys(
    row: Row, shared: tuple[str, ...], registrable: Callable[[str], str]
) -> Iterator[tuple[str, str]]:
    """The keys by which contacts of one person match, as (why, value)."""
    email = normal_email(row.value(hubspot_names.EMAIL))
    if email:
        yield "email", email
    phones = (row.value(hubspot_names.PHONE), row.value(hubspot_names.MOBILE_PHONE))
    for phone in dict.fromkeys(map(normal_phone, phones)):
        if phone:
            yield "phone", phone
    name = _plain(f"{row.value(hubspot_names.FIRST_NAME)} {row.value(hubspot_names.LAST_NAME)}")
    # One word is a first name, or a placeholder such as "Info".
    if " " in name:
        domains = (email.rpartition("@")[2], _host(row.value(hubspot_names.WEBSITE)))
        for domain in dict.fromkeys(domains):
            if domain and not is_one_of(domain, shared):
                yield "name at domain", f"{name}@{registrable(domain)}"


def normal_email(text: str) -> str:
    """Lower case, without a +tag; Gmail's dots and its second domain do not count. Empty: none."""
    name, at, domain = address(text).rpartition("@")
    name = name.partition("+")[0]
    if domain in _GMAIL:
        name, domain = name.replace(".", ""), "gmail.com"
    return f"{name}@{domain}" if at and name and domain else ""


def normal_phone(text: str) -> str:
    """The last nine digits. Empty: too few digits to identify anybody, or one digit repeated."""
    digits = "".join(re.findall(r"[0-9]", text))[-DIGITS:]
    return digits if len(digits) == DIGITS and len(set(digits)) > 1 else ""


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in letters if not unicodedata.combining(c)).split())


def _host(text: str) -> str:
    bare = text.strip().casefold().partition("://")[2] or text.strip().casefold()
    return in_ascii(re.split(r"[/:?#]", bare, maxsplit=1)[0].removeprefix("www."))
