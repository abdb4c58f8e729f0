"""The spellings of countries: codes, names in several languages, and usual and old ones.

Names come from Unicode's CLDR (Babel) and from ISO 3166 (pycountry). What neither has, because it
is short, old, or a part of a country that people take for one, stands here, as do names with
another one in brackets (``Congo [DRC]``), which lists of web forms have. HubSpot's
Country/Region Code (``hs_country_region_code``) holds the code of two letters.

Regions of a country (California, Bavaria) are not read: a property for them is another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from baton.domain.text import bare

#: Languages whose names of all countries are known, unless the policy says others. Every country is
#: also known by its names in its own languages.
LANGUAGES = ("en", "de", "es", "fr", "it", "nl", "pt")

#: ISO's code -> spellings that the libraries lack.
_USUAL: dict[str, tuple[str, ...]] = {
    "AE": ("UAE", "VAE", "EAU", "Emirates", "Dubai", "Abu Dhabi"),
    "BA": ("Bosnia",),
    "BN": ("Brunei",),
    "BO": ("Bolivia",),
    "BY": ("Belorussia", "Byelorussia", "Weißrussland", "Biélorussie", "Bielorrusia"),
    "CD": (
        "DRC",
        "DR Congo",
        "Congo DRC",
        "Congo Kinshasa",
        "Democratic Republic of the Congo",
        "Zaire",
    ),
    "CG": ("Republic of the Congo", "Congo Brazzaville", "Congo Republic"),
    "CH": ("Helvetia", "Swiss", "Swiss Confederation"),
    "CI": ("Ivory Coast", "Elfenbeinküste", "Costa de Marfil"),
    "CN": ("PRC", "PR China", "P.R. of China", "Mainland China", "China Mainland"),
    "CV": ("Cape Verde",),
    "CZ": ("Czech Republic", "Czech Rep", "Tschechische Republik", "República Checa"),
    "DE": ("BRD", "FRG", "Germany Federal Republic of"),
    "DO": ("Dominican Rep",),
    "FK": ("Falkland Islands", "Falkland Islands Islas Malvinas"),
    "FM": ("Micronesia",),
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
        "United Kingdom of Great Britain",
        "Großbritannien",
        "Gran Bretaña",
        "Grande-Bretagne",
        "Gran Bretagna",
        "Groot-Brittannië",
        "Inglaterra",
        "Grã-Bretanha",
    ),
    "GR": ("EL", "Hellas", "Hellenic Republic"),
    "HK": ("Hong Kong", "Hong Kong SAR", "Hongkong"),
    "IE": ("Republic of Ireland", "Eire", "Irish Republic"),
    "IR": ("Iran", "Persia"),
    "KP": ("North Korea", "DPRK"),
    "KR": ("South Korea", "Republic of Korea", "Korea", "Korea South", "Korea Republic", "ROK"),
    "LA": ("Laos",),
    "LY": ("Libya",),
    "MD": ("Moldova", "Moldavia"),
    "MK": ("Macedonia", "FYROM", "Macedonia FYROM", "Republic of Macedonia"),
    "MM": ("Burma", "Myanmar Burma"),
    "MO": ("Macau", "Macao", "Macau SAR"),
    "NL": ("Holland", "Hollande", "Holanda", "Olanda", "Países Bajos"),
    "NZ": ("Aotearoa",),
    "PS": ("Palestine", "West Bank", "Gaza"),
    "RU": ("Russia", "Russische Föderation"),
    "SA": ("KSA", "Saudi"),
    "SK": ("Slovak Republic",),
    "ST": ("Sao Tome",),
    "SY": ("Syria",),
    "SZ": ("Swaziland",),
    "TL": ("East Timor",),
    "TR": ("Turkey", "Turkiye"),
    "TW": ("Taiwan", "Taiwan ROC"),
    "TZ": ("Tanzania",),
    "US": (
        "USA",
        "U.S.",
        "U.S.A.",
        "America",
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
}
#: ISO's code -> a code of three letters that ISO does not have.
_OTHER_CODES = {"XK": "XKX"}
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
    key = bare(name)
    return next((code for code, keys in table().items() if key in keys.split()), "")


def unknown_languages(wanted: Iterable[str]) -> Iterator[str]:
    """Those of *wanted* that CLDR has no names for."""
    return (one for one in wanted if not _territories(one.replace("-", "_")))


def _spellings(
    languages: tuple[str, ...], more: tuple[tuple[str, tuple[str, ...]], ...]
) -> Iterator[tuple[str, str]]:
    """(code, name), those that take precedence first."""
    english = names()
    yield from _each(dict(more))
    yield from ((code, code) for code in english)
    yield from _three_letters()
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
