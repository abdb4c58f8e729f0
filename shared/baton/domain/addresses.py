"""E-mail addresses as people and other systems write them, their domains, and families of domains.

A display name (``Ada King <ada@acme.com>``), capitals, spaces, ``mailto:``, a dot at the end and
the two spellings of an international domain (``müller.de``, ``xn--mller-kva.de``) make no
difference, nor do characters that nobody sees. A tag (``ada+news@acme.com``) belongs to the
address: it may be another mailbox.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from baton.domain.text import visible

_DISPLAY = re.compile(r".*<\s*([^<>]*?)\s*>\s*", re.DOTALL)
#: Endings of two letters that are sold to anybody, so that they say nothing of a country: those
#: which Google Search treats so ("Managing multi-regional and multilingual sites"), and their like.
_SOLD = (
    "ac|ad|ag|ai|am|as|bz|cc|cd|co|cx|dj|fm|gg|im|io|la|ly|me|ms|nu"
    "|sc|sh|sr|st|su|tk|to|tv|vc|vg|ws"
)
#: What ``*`` is in a family of domains: the ending of a country, or a general one that mail
#: services have had from the beginning.
_ENDING = rf"(?:(?!(?:{_SOLD})\Z)[a-z]{{2}}|(?:co|com|ne|net|or|org)\.[a-z]{{2}}|com|net)"
#: A host name: labels of letters, digits and hyphens, and one of letters at the end.
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:[a-z]{2,}|xn--[a-z0-9-]+)")


@lru_cache(maxsize=5_000)  # a lead's address is read at each of its events
def address(text: str) -> str:
    """The address in *text*, in small letters, with the domain in ASCII. Empty: there is none."""
    text = visible(text)
    found = _DISPLAY.fullmatch(text)
    plain = _small(unicodedata.normalize("NFKC", found[1] if found else text))
    name, at, host = plain.removeprefix("mailto:").strip().rpartition("@")
    host = in_ascii(host)
    if not (at and name and host) or any(char.isspace() or char == "@" for char in name):
        return ""
    return f"{name}@{host}"


def domain(text: str) -> str:
    """The domain of the address in *text*, in ASCII. Empty: there is none."""
    return address(text).rpartition("@")[2]


def in_ascii(host: str) -> str:
    """*host* in small letters, an international one in its ASCII form. Empty: it is no host."""
    plain = _small(visible(host)).strip(".")
    if not plain.isascii():
        try:
            plain = plain.encode("idna").decode()
        except UnicodeError:
            return ""
    return plain if _HOST.fullmatch(plain) else ""


def _small(text: str) -> str:
    """*text* in small letters; the Turkish capital of i folds to the letter and a dot above."""
    small = text.strip().casefold()
    return small if small.isascii() else small.replace("i\u0307", "i")


def in_letters(host: str) -> str:
    """An ASCII *host* with the letters that people write."""
    if "xn--" not in host:
        return host
    try:
        return host.encode().decode("idna")
    except UnicodeError:
        return host


@lru_cache(maxsize=1_000)  # bounded: a long-lived process sees many policies
def _families(domains: tuple[str, ...]) -> tuple[frozenset[str], re.Pattern[str]]:
    """The single domains, and a pattern of the families."""
    single = frozenset(one for one in domains if "*" not in one)
    spelled = (re.escape(one).replace(r"\*", _ENDING) for one in domains if one not in single)
    return single, re.compile("|".join(spelled) or r"(?!)")


@lru_cache(maxsize=5_000)  # as above
def is_one_of(host: str, domains: tuple[str, ...]) -> bool:
    """
    Whether *host* is one of *domains*. In ``yahoo.*`` the star is the ending of a country
    (``yahoo.de``, ``yahoo.co.uk``), or ``com`` or ``net``; never one that is sold to anybody
    (``yahoo.io``), nor another part of a name: ``yahoo.*`` is not ``yahoo.acme.com``.
    """
    single, families = _families(domains)
    return host in single or (bool(host) and families.fullmatch(host) is not None)
