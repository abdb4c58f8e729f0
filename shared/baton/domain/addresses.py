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
#: What ``*`` is in a family of domains: the ending of a country, or one that anybody can have.
_ENDING = (
    r"(?:[a-z]{2}|(?:ac|co|com|edu|gov|ne|net|or|org)\.[a-z]{2}|biz|com|email|eu|info|net|org)"
)
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
    return text.strip().casefold().replace("i\u0307", "i")


def in_letters(host: str) -> str:
    """An ASCII *host* with the letters that people write."""
    if "xn--" not in host:
        return host
    try:
        return host.encode().decode("idna")
    except UnicodeError:
        return host


@lru_cache(maxsize=1_000)  # bounded: a long-lived process sees many policies
def _families(domains: tuple[str, ...]) -> re.Pattern[str]:
    spelled = (re.escape(one).replace(r"\*", _ENDING) for one in domains)
    return re.compile("|".join(spelled) or r"(?!)")


@lru_cache(maxsize=5_000)  # as above
def is_one_of(host: str, domains: tuple[str, ...]) -> bool:
    """
    Whether *host* is one of *domains*. In ``yahoo.*`` the star is the ending of a country
    (``yahoo.de``, ``yahoo.co.uk``) or a general one (``yahoo.com``), never another part of a name:
    ``live.*`` is not ``live.acme.com``.
    """
    return bool(host) and _families(domains).fullmatch(host) is not None
