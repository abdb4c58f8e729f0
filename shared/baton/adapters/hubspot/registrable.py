"""Registrable domains by the public suffix list: ``acme.com`` of ``mail.eu.acme.com``.

The list comes with the package publicsuffixlist, which is released again when the list changes. Its
private part counts, too: ``ada.github.io`` and ``bob.github.io`` are two parties. It takes some 50
ms to read, so it is read when a lead's account is first looked for by a domain with subdomains.

The list lacks the domains below which every company that uses Microsoft 365 has a name of its own.
(Microsoft Learn, "Add and replace your onmicrosoft.com fallback domain in Microsoft 365"; for mail
within a tenant that has servers of its own, ``acme.mail.onmicrosoft.com``.)
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


#: Longer ones first.
_OF_TENANTS = (
    "mail.onmicrosoft.com",
    "onmicrosoft.com",
    "onmicrosoft.de",
    "onmicrosoft.us",
    "partner.onmschina.cn",
)


@lru_cache(maxsize=1_000)  # bounded: any host may come
def hosts_of(host: str) -> tuple[str, ...]:
    """*host* and its parents up to the registrable domain, the nearest first. A public suffix
    (``co.uk``) belongs to no company: empty.
    """
    top = _top(host)
    if not top:
        return ()
    labels = host.split(".")
    most = len(labels) - top.count(".")
    return tuple(".".join(labels[start:]) for start in range(most))


def registrable(host: str) -> str:
    """The registrable domain of *host*; *host* itself if it has none."""
    return next(reversed(hosts_of(host)), host)


def _top(host: str) -> str:
    """The registrable domain of *host*; empty: it has none."""
    for suffix in _OF_TENANTS:
        if f".{host}".endswith(f".{suffix}"):
            own = host.removesuffix(suffix).rstrip(".").rpartition(".")[2]
            return f"{own}.{suffix}" if own else ""
    return (_list().privatesuffix(host) or "") if host else ""


@cache
def _list() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()
