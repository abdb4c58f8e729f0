"""The spellings of countries: codes, names in several languages, and usual and old ones.

Names come from Unicode's CLDR (Babel) and from ISO 3166 (pycountry). What neither has, because it
is short, old, or a part of a country that people take for one, stands here, as do long names that
people use of their own country, and the codes of sports associations (IOC, FIFA) that are no other
country's. Two names in one value (``Germany (DE)``), flags and names that are turned around
(``Korea, Republic of``) are read by ``domain.values.country_in``, so they need no spelling.
HubSpot's Country/Region Code (``hs_country_region_code``) holds the code of two letters.

``NA`` alone is read as "not available", not as Namibia: write ``Namibia`` or ``NAM``, or give the
policy the spelling, where a property holds codes only.

Regions of a country (California, Bavaria) are not read: a property for them is another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from baton.domain.text import bare
from baton.domain.values import country_in

#: Languages whose names of all countries are known, unless the policy says others. Every country is
#: also known by its names in its own languages.
LANGUAGES = ("en", "de", "es", "fr", "it", "nl", "pt")

#: ISO's code -> spellings that the libraries lack.
_USUAL: dict[str, tuple[str, ...]] = {
    "AE": ("UAE", "VAE", "EAU", "Emirates", "Dubai", "Abu Dhabi"),
    "BA": ("Bosnia",),
    "BL": ("St. Barts", "Saint Barts"),
    "BN": ("Brunei",),
    "BO": ("Bolivia",),
    "BY": ("Belorussia", "Byelorussia", "Weißrussland", "Biélorussie", "Bielorrusia"),
    "CD": (
        "DRC",
        "RDC",
        "DR Congo",
        "Congo DRC",
        "Congo Kinshasa",
        "Democratic Republic of the Congo",
        "Zaire",
    ),
    "CG": ("Republic of the Congo", "Congo Brazzaville", "Congo Republic"),
    "CH": (
        "Helvetia",
        "Swiss",
        "Swiss Confederation",
        "Schweizerische Eidgenossenschaft",
        "Confédération suisse",
    ),
    "CC": ("Cocos Islands",),
    "CI": ("Ivory Coast", "Elfenbeinküste", "Costa de Marfil"),
    "CN": (
        "PRC",
        "PR China",
        "P.R. of China",
        "Mainland China",
        "China Mainland",
        "中國",
        "中华人民共和国",
        "中華人民共和國",
    ),
    "CV": ("Cape Verde",),
    "CZ": (
        "Czech Republic",
        "Czech Rep",
        "Česká republika",
        "Tschechische Republik",
        "República Checa",
    ),
    "DE": ("BRD", "FRG", "Bundesrepublik Deutschland"),
    "DO": ("Dominican Rep",),
    "ES": ("Reino de España",),
    "FK": ("Falkland Islands", "Falkland Islands Islas Malvinas"),
    "FM": ("Micronesia",),
    "FR": ("République française",),
    "GB": (
        "UK",
        "U.K.",
        "Britain",
        "Great Britain",
        "England",
        "Scotland",
        "Wales",
        "GBR",
        "Northern Ireland",
        "N. Ireland",
        "VK",
        "United Kingdom of Great Britain",
        "Großbritannien",
        "Gran Bretaña",
        "Grande-Bretagne",
        "Gran Bretagna",
        "Groot-Brittannië",
        "Inglaterra",
        "Grã-Bretanha",
    ),
    "GR": ("EL", "Hellas", "Hellenic Republic", "Ελληνική Δημοκρατία"),
    "GS": ("South Georgia",),
    "HK": ("Hong Kong", "Hong Kong SAR", "Hongkong", "Hong Kong China", "香港"),
    "IE": (
        "Republic of Ireland",
        "Rep. of Ireland",
        "Ireland Republic",
        "Eire",
        "Irish Republic",
        "ROI",
    ),
    "IN": ("Bharat",),
    "IR": ("Iran", "Persia"),
    "IT": ("Repubblica Italiana",),
    "JP": ("Nippon", "日本国"),
    "KP": ("North Korea", "N. Korea", "DPRK"),
    "KR": (
        "South Korea",
        "S. Korea",
        "Republic of Korea",
        "Korea",
        "Korea Republic",
        "Korea Rep.",
        "Rep. of Korea",
        "ROK",
        "한국",
    ),
    "LA": ("Laos",),
    "LY": ("Libya",),
    "MD": ("Moldova", "Moldavia"),
    "MK": (
        "Macedonia",
        "FYROM",
        "Macedonia FYROM",
        "Republic of Macedonia",
        "Former Yugoslav Republic of Macedonia",
        "N. Macedonia",
    ),
    "MM": ("Burma", "Myanmar Burma"),
    "MO": ("Macau", "Macao", "Macau SAR", "Macau China", "Macao China", "澳門", "澳门"),
    "MX": ("Méjico",),
    "NL": (
        "Holland",
        "Hollande",
        "Holanda",
        "Olanda",
        "Países Bajos",
        "Koninkrijk der Nederlanden",
    ),
    "NZ": ("Aotearoa",),
    "PL": ("Rzeczpospolita Polska",),
    "PS": (
        "Palestine",
        "West Bank",
        "Gaza",
        "Occupied Palestinian Territory",
        "Palestinian Territory",
    ),
    "PT": ("República Portuguesa",),
    "RU": ("Russia", "Russische Föderation", "Российская Федерация"),
    "SA": ("KSA", "Saudi", "السعودية"),
    "SK": ("Slovak Republic", "Slovenská republika"),
    "ST": ("Sao Tome",),
    "SY": ("Syria",),
    "SZ": ("Swaziland",),
    "TL": ("East Timor",),
    "TR": ("Turkey", "Turkiye"),
    "TT": ("Trinidad",),
    "TW": ("Taiwan", "Taiwan ROC", "Taiwan Republic of China", "Taiwan China", "臺灣", "台湾"),
    "TZ": ("Tanzania",),
    "US": (
        "USA",
        "U.S.",
        "U.S.A.",
        "America",
        "Amerika",
        "US of A",
        "VS",
        "United States of America",
        "United States USA",
        "Estados Unidos",
        "EE.UU.",
        "EUA",
        "Etats-Unis",
        "Stati Uniti d'America",
        "Vereinigte Staaten von Amerika",
        "Estados Unidos de América",
        "Estados Unidos da América",
        "États-Unis d'Amérique",
        "Verenigde Staten van Amerika",
    ),
    "VA": ("Vatican", "Holy See"),
    "VE": ("Venezuela",),
    "VN": ("Vietnam", "Viet Nam"),
    "XK": ("Kosovo",),
    "ZA": ("S. Africa",),
}
#: ISO's code -> a code of three letters that ISO does not have.
_OTHER_CODES = {"XK": "XKX"}
#: ISO's code -> that of the IOC or FIFA, which is no other country's, nor a usual short form.
_SPORTS = {
    "BG": "BUL",
    "CH": "SUI",
    "CR": "CRC",
    "DE": "GER",
    "DK": "DEN",
    "DZ": "ALG",
    "GR": "GRE",
    "HR": "CRO",
    "ID": "INA",
    "IR": "IRI",
    "KW": "KUW",
    "LK": "SRI",
    "LY": "LBA",
    "MY": "MAS",
    "NG": "NGR",
    "NL": "NED",
    "NP": "NEP",
    "PH": "PHI",
    "PR": "PUR",
    "PT": "POR",
    "TW": "TPE",
    "UY": "URU",
    "VN": "VIE",
    "ZA": "RSA",
    "ZM": "ZAM",
    "ZW": "ZIM",
}
#: A code that stands for "not available" more often than for its country.
_NOT_SAID = "NA"
#: How German vowels are written without dots.
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


@cache
def table(
    languages: tuple[str, ...] = LANGUAGES, more: tuple[tuple[str, tuple[str, ...]], ...] = ()
) -> dict[str, str]:
    """
    ISO's code -> its bare spellings (``domain.text.bare``) with a space between them.

    A spelling that could be two countries is the one of the earlier source: the policy's own
    (*more*), codes, usual ones, English names, ISO's names, local names, names in *languages*.
    """
    taken: dict[str, str] = {}
    for code, name in _spellings(languages, more):
        key = bare(name)
        if key:
            taken.setdefault(key, code)
    found: dict[str, list[str]] = {}
    for key, code in taken.items():
        found.setdefault(code, []).append(key)
    return {code: " ".join(sorted(keys)) for code, keys in sorted(found.items())}


@cache
def names() -> dict[str, str]:
    """ISO's code -> the country's English name, by CLDR."""
    import pycountry
    from babel import Locale

    english = Locale("en").territories
    codes = [*(one.alpha_2 for one in pycountry.countries), *_OTHER_CODES]
    return {code: english[code] for code in sorted(codes)}


def code_of(name: str) -> str:
    """ISO's code of the country that is usually written so; empty: none is."""
    return country_in(name, {key: code for code, keys in table().items() for key in keys.split()})


def unknown_languages(wanted: Iterable[str]) -> Iterator[str]:
    """Those of *wanted* that CLDR has no names for."""
    return (one for one in wanted if not _territories(one.replace("-", "_")))


def _spellings(
    languages: tuple[str, ...], more: tuple[tuple[str, tuple[str, ...]], ...]
) -> Iterator[tuple[str, str]]:
    """(code, name), those that take precedence first."""
    english = names()
    yield from _each(dict(more))
    yield from ((code, code) for code in english if code != _NOT_SAID)
    yield from _three_letters()
    yield from _SPORTS.items()
    yield from _each(_USUAL)
    yield from english.items()
    yield from _iso()
    yield from _local(english)
    for language in languages:
        yield from _in_language(language, english)


def _each(spellings: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    return ((code, name) for code, several in spellings.items() for name in several)


def _three_letters() -> Iterator[tuple[str, str]]:
    import pycountry

    yield from _OTHER_CODES.items()
    yield from ((one.alpha_2, one.alpha_3) for one in pycountry.countries)


def _iso() -> Iterator[tuple[str, str]]:
    import pycountry

    for one in pycountry.countries:
        for kind in ("name", "official_name", "common_name"):
            if name := getattr(one, kind, ""):
                yield one.alpha_2, name


def _local(english: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each country's name in its own languages."""
    from babel.languages import get_official_languages

    for code in english:
        for language in get_official_languages(code, regional=True, de_facto=True):
            yield from _in_language(language, {code: ""})


def _in_language(language: str, codes: Iterable[str]) -> Iterator[tuple[str, str]]:
    territories = _territories(language.replace("-", "_"))
    for code in codes:
        if name := territories.get(code):
            yield code, name
            if language.startswith("de"):
                yield code, name.translate(_UMLAUTS)


@cache
def _territories(language: str) -> Mapping[str, str]:
    """Code -> name, as CLDR has it for this very language; empty: it has none.

    Babel's ``Locale`` would merge everything that each of some 170 languages inherits, which takes
    longer than all the rest.
    """
    from babel import localedata

    if not localedata.exists(language):
        return {}
    found: Mapping[str, str] = localedata.load(language, merge_inherited=False).get(
        "territories", {}
    )
    return found
