"""Which country is meant, as people, forms, other systems and HubSpot's own lists spell it."""

from __future__ import annotations

import unicodedata

import pytest

from baton.domain.text import bare
from baton.domain.values import country_in, read
from baton.policy_tools import countries

CODES = {key: code for code, keys in countries.table().items() for key in keys.split()}

SPELLED = {
    "AE": ["UAE", "United Arab Emirates", "U.A.E.", "Emirates", "VAE"],
    "AT": ["AT", "at", "AUT", "Austria", "Österreich", "Oesterreich", "ÖSTERREICH", "Autriche"],
    "BA": ["Bosnia", "Bosnia and Herzegovina", "Bosnia & Herzegovina", "Bosna i Hercegovina"],
    "BE": ["Belgium", "Belgique", "België", "Belgien", "BEL"],
    "BR": ["Brazil", "Brasil", "BRASIL ", "bra"],
    "CD": ["Congo [DRC]", "DR Congo", "Democratic Republic of the Congo", "Zaire"],
    "CH": ["Switzerland", "Schweiz", "Suisse", "Svizzera", "Svizra", "CHE"],
    "CI": ["Côte d'Ivoire", "Cote d’Ivoire", "Cote D Ivoire", "Ivory Coast", "Elfenbeinküste"],
    "CN": ["China", "PRC", "People's Republic of China", "中国"],
    "CV": ["Cape Verde", "Cabo Verde"],
    "CZ": ["Czech Republic", "Czechia", "Česko", "Tschechien", "The Czech Republic"],
    "DE": [
        "Germany",
        "Deutschland",
        "DEU",
        "Allemagne",
        "Federal Republic of Germany",
        "de",
        "BRD",
    ],
    "DK": ["Denmark", "Danmark", "Dänemark"],
    "EG": ["Egypt", "مصر", "Ägypten"],
    "ES": ["Spain", "España", "Espana", "Espagne", "Spanien", "ESP"],
    "FI": ["Finland", "Suomi"],
    "GB": ["UK", "U.K.", "U. K.", "GB", "G.B.", "GBR", "United Kingdom", "the United Kingdom"],
    "GR": ["Greece", "Ελλάδα", "Hellas", "EL"],
    "HK": ["Hong Kong", "Hong Kong SAR", "Hong Kong SAR China"],
    "HU": ["Hungary", "Magyarország"],
    "IE": ["Ireland", "Éire", "Republic of Ireland"],
    "IN": ["India", "भारत", "IND"],
    "IR": ["Iran", "Iran, Islamic Republic of"],
    "IT": ["Italy", "Italia", "Italien"],
    "JP": ["Japan", "日本", "JPN"],
    "KR": ["South Korea", "Korea, Republic of", "Republic of Korea", "대한민국", "Korea (South)"],
    "MK": ["North Macedonia", "Macedonia (FYROM)", "Macedonia"],
    "MM": ["Myanmar [Burma]", "Burma", "Myanmar"],
    "MX": ["Mexico", "México", "Mexique", "MEX"],
    "NL": ["Netherlands", "The Netherlands", "Netherlands, The", "Holland", "Nederland"],
    "NO": ["Norway", "Norge", "Noreg", "NO"],
    "NZ": ["New Zealand", "Aotearoa"],
    "PL": ["Poland", "Polska"],
    "RU": ["Russia", "Russian Federation", "Россия"],
    "SE": ["Sweden", "Sverige"],
    "SK": ["Slovakia", "Slovak Republic", "Slovensko"],
    "TR": ["Turkey", "Türkiye", "TÜRKİYE", "Turkiye", "Türkei"],
    "TW": ["Taiwan", "Taiwan, Province of China", "台灣"],
    "TZ": ["Tanzania", "Tanzania, United Republic of"],
    "US": ["US", "U.S.", "USA", "U.S.A.", "u s a", "United States", "The United States of America"],
    "VE": ["Venezuela", "Venezuela, Bolivarian Republic of"],
    "VN": ["Vietnam", "Viet Nam", "Việt Nam"],
    "XK": ["Kosovo"],
}
PARTS = ["Great Britain", "Britain", "England", "Scotland", "Wales", "Northern Ireland"]
LONG = ["Vereinigte Staaten", "États-Unis", "Etats Unis", "Estados Unidos", "Stati Uniti"]
EVERY = [
    *((spelling, code) for code, spellings in SPELLED.items() for spelling in spellings),
    *((spelling, "GB") for spelling in PARTS),
    *((spelling, "US") for spelling in LONG),
]


@pytest.mark.parametrize(("spelling", "code"), EVERY)
def test_a_country_is_known_in_any_usual_spelling(spelling: str, code: str) -> None:
    assert country_in(spelling, CODES) == code
    assert country_in(spelling.upper(), CODES) == code
    decomposed = unicodedata.normalize("NFD", spelling)
    assert country_in(f"  {decomposed}\u00a0", CODES) == code


SEVERAL = {
    "AE": ["United Arab Emirates (UAE)", "Dubai, UAE", "UAE - Dubai", "🇦🇪"],
    "CD": ["Congo, Democratic Republic of the", "Congo, The Democratic Republic of the", "RDC"],
    "CG": ["Congo, Republic of", "Congo (Republic of the)", "Congo - Brazzaville"],
    "CH": ["SUI", "Switzerland (Schweiz)", "Suisse / Schweiz / Svizzera"],
    "CI": ["Côte D'Ivoire (Ivory Coast)"],
    "CN": ["China, People's Republic of", "中國", "中华人民共和国", "China (PRC)"],
    "CZ": ["Česká republika", "Ceska republika", "Czechia (Czech Republic)"],
    "DE": [
        *("Germany (DE)", "Germany (Deutschland)", "Deutschland (Germany)", "DE - Germany"),
        *("Germany [DE]", "Deutschland / Germany", "Germany | Allemagne", "Germany, DE", "GER"),
        *("🇩🇪", "🇩🇪 Deutschland", "Germany 🇩🇪", "🇩🇪🇩🇪", "Bundesrepublik Deutschland"),
        *("Germany, Federal Republic of", "Germany – DE", "Germany\u200e (DE)"),
    ],
    "ES": ["Reino de España"],
    "GB": [
        *("United Kingdom (UK)", "Great Britain (UK)", "UK - England", "England, UK", "🇬🇧"),
        *(
            "N. Ireland",
            "Ireland, Northern",
            "United Kingdom (Great Britain)",
            "GB (United Kingdom)",
        ),
    ],
    "GQ": ["Guinea, Equatorial"],
    "HK": ["香港", "Hong Kong, China", "Hong Kong (香港)"],
    "IE": [
        *("Ireland (Republic)", "Ireland, Republic of", "Ireland (Republic of)", "ROI"),
        *("Republic of Ireland (ROI)", "Rep. of Ireland", "Éire / Ireland"),
    ],
    "KP": ["N. Korea", "Korea, North", "Korea (North)"],
    "KR": ["S. Korea", "한국", "Korea, South", "Korea (Rep.)", "South Korea (대한민국)", "🇰🇷"],
    "MK": ["Macedonia, the former Yugoslav Republic of"],
    "MO": ["澳門", "Macao, China"],
    "NA": ["Namibia", "NAM", "🇳🇦"],
    "NL": ["Netherlands (Holland)", "NED", "Netherlands (The)"],
    "PS": ["Palestinian Territory, Occupied"],
    "SA": ["السعودية", "KSA"],
    "TR": ["TÜRKİYE", "Turkey (Türkiye)", "Türkiye (TURKEY)"],
    "TW": ["Taiwan (ROC)", "Taiwan (Republic of China)", "臺灣"],
    "US": [
        *("United States (US)", "United States of America (USA)", "USA (United States)", "US/USA"),
        *("US of A", "🇺🇸", "U.S.A. 🇺🇸"),
    ],
    "VI": ["Virgin Islands, U.S."],
    "ZA": ["RSA", "S. Africa", "Africa, South"],
}


@pytest.mark.parametrize(
    ("value", "code"), [(one, code) for code, several in SEVERAL.items() for one in several]
)
def test_several_names_of_one_country_are_that_country(value: str, code: str) -> None:
    assert country_in(value, CODES) == code
    assert country_in(unicodedata.normalize("NFD", value), CODES) == code
    reading = read("country", value, CODES)
    assert (reading.words[0], reading.shown, reading.understood) == (code.lower(), value, True)


@pytest.mark.parametrize(
    "value",
    [
        *("NA", "na", "N.A.", "n. a.", "N/A", "NA/NA", "(NA)", "🇪🇺", "🇩🇪🇦🇹", "Austria 🇩🇪", "🇩"),
        *("Germany (Austria)", "Georgia (US)", "USA / Canada", "Germany; Austria", "Jersey, UK"),
        *("Berlin, Germany", "USA - California", "CA, US", "IN, US", "Germany (EU)", "US, Texas"),
        *("Republic", "South", "S.", "Republic of", "Mexico, New", "Germany ()()x", "/", "()"),
        *("SLO", "LAT", "CHI", "ROC", "Hong Kong (HK) China (CN)"),
    ],
)
def test_two_countries_or_half_a_name_are_no_country(value: str) -> None:
    assert country_in(value, CODES) == ""
    assert not read("country", value, CODES).understood


def test_a_policy_may_say_that_na_is_namibia() -> None:
    table = countries.table(("en",), (("NA", ("NA",)),))
    keys = {key: code for code, each in table.items() for key in each.split()}
    assert country_in("NA", keys) == "NA"
    assert country_in("N/A", keys) == country_in("n.a.", keys) == ""


def test_the_stored_table_stays_small() -> None:
    """It is part of each published policy that has a field of a country."""
    assert sum(len(f"{code}{keys}".encode()) for code, keys in countries.table().items()) < 26_000


@pytest.mark.parametrize(
    "other", ["", "Europe", "DACH", "California", "Bayern", "N/A", "Other", "unknown", "49", "-"]
)
def test_what_is_no_country_is_not_guessed(other: str) -> None:
    assert country_in(other, CODES) == ""


def test_every_country_of_iso_has_its_codes_and_its_name() -> None:
    for code, name in countries.names().items():
        assert CODES.get(code.lower()) == (code if code != "NA" else None)
        assert CODES[bare(name)] == code


def test_no_spelling_is_that_of_two_countries() -> None:
    taken: dict[str, str] = {}
    for code, name in countries._spellings(countries.LANGUAGES, ()):
        assert taken.setdefault(bare(name), code) == code, name


def test_a_policys_own_spelling_comes_first() -> None:
    table = countries.table(("en",), (("DE", ("Georgia", "Almania")),))
    keys = {key: code for code, keys in table.items() for key in keys.split()}
    assert keys["georgia"] == keys["almania"] == "DE"


def test_a_policy_chooses_languages() -> None:
    table = countries.table(("en",))
    assert "allemagne" not in table["DE"].split()
    assert "deutschland" in table["DE"].split(), "its own language"
    assert "nemecko" in countries.table(("sk",))["DE"].split()
