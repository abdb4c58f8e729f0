"""
Values as real accounts have them, where people, forms, imports and ad networks wrote them.

Sources: HubSpot's knowledge base ("HubSpot's default contact properties": number of employees is a
range; a property with several ticked boxes holds them with ``;`` between them), its changelog on
lead ads, and contacts in public code (``Contact us: <form>``, ``Meetings Link: <person>/<link>``,
``Facebook Lead Ads: <form>``; a form sent without a page's title stands alone).
"""

from __future__ import annotations

import unicodedata

#: HubSpot cuts the title of a page to so many characters, before it writes the form's name.
TITLE = 80
#: Usual spellings of a country's name, other than the English one.
LOCAL_COUNTRIES: dict[str, tuple[str, ...]] = {
    "Austria": ("Österreich", "AUSTRIA"),
    "Canada": ("CANADA", "Canadá"),
    "Denmark": ("Danmark", "DENMARK"),
    "France": ("FRANCE", "Frankreich"),
    "Germany": ("Deutschland", "GERMANY", "Allemagne"),
    "Italy": ("Italia", "Italien"),
    "Japan": ("日本", "JAPAN"),
    "Mexico": ("México", "MEXICO"),
    "Netherlands": ("Nederland", "The Netherlands", "Holland"),
    "Norway": ("Norge", "NORWAY"),
    "Spain": ("España", "Spanien"),
    "United Kingdom": ("Great Britain", "U.K.", "England"),
    "United States": ("U.S.A.", "Estados Unidos", "US"),
    "USA": ("U.S.A.", "Estados Unidos", "US"),
}
#: Domains of free mail, in families: each is one of many of its name.
FREE_MAIL = (
    *("yahoo.co.uk", "gmx.at", "outlook.de", "hotmail.fr", "yahoo.com.br", "live.nl"),
    *("googlemail.com", "web.de", "icloud.com", "orange.fr"),
)
#: HubSpot's options for the number of employees of a contact, by their lower ends.
_RANGES = ((1000, "1000+"), (500, "500-1000"), (100, "100-500"), (50, "50-100"), (25, "25-50"))
#: Those of a professional network, as imports and lead ads have them.
_NETWORK = ((1001, "1001-5000"), (501, "501-1000"), (201, "201-500"), (51, "51-200"), (11, "11-50"))
_WIDE = "\u00a0"


def form_name(form: str, page: str = "") -> str:
    """A form as HubSpot writes it: behind the title of its page, if the page has one."""
    return f"{page[:TITLE]}: {form}" if page else form


def booking(link: str) -> str:
    """A booking on *link*: the person's and the meeting's part of the address."""
    return f"Meetings Link: {link}"


def lead_ad(form: str, network: str = "Facebook") -> str:
    return f"{network} Lead Ads: {form}"


def local_country(country: str, turn: int) -> str | None:
    """Another usual spelling of *country*; None: none is known here."""
    known = LOCAL_COUNTRIES.get(country)
    return known[turn % len(known)] if known else None


def range_of(employees: str, turn: int) -> str | None:
    """The range that holds *employees*, as HubSpot or a network writes it; it may begin lower."""
    if not employees.isdigit():
        return None
    ranges, least = ((_RANGES, "5-25"), (_NETWORK, "1-10"))[turn % 2]
    return next((text for low, text in ranges if int(employees) >= low), least)


def phone_spelled(phone: str, turn: int) -> str | None:
    """The same number as somebody else types it; *phone* begins with + and has spaces."""
    country, _, rest = phone.partition(" ")
    if not country.startswith("+") or not rest:
        return None
    area, _, number = rest.partition(" ")
    return (
        f"00{country[1:]} {area} {number}",
        f"{country}(0){area}-{number}",
        f"{country}.{area}.{number.replace(' ', '.')}",
        f"Tel. {country}{_WIDE}{area}{_WIDE}{number} ext. 7",
    )[turn % 4]


def decomposed(text: str) -> str:
    """*text* with accents as characters of their own, as files from some systems have them."""
    return unicodedata.normalize("NFD", text)


def with_no_break_spaces(text: str) -> str:
    """*text* as it is pasted from a web page."""
    return text.replace(" ", _WIDE)


def at_sub_domain(email: str) -> str:
    name, _, domain = email.partition("@")
    return f"{name}@eu.{domain}"


def at_free_mail(email: str, turn: int) -> str:
    return f"{email.partition('@')[0]}@{FREE_MAIL[turn % len(FREE_MAIL)]}"
