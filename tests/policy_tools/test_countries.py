"""Which country is meant, as people, forms, other systems and HubSpot's own lists spell it."""

from __future__ import annotations

import unicodedata

import pytest

from baton.domain.text import bare
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
    assert CODES.get(bare(spelling)) == code
    assert CODES.get(bare(spelling.upper())) == code
    decomposed = unicodedata.normalize("NFD", spelling)
    assert CODES.get(bare(f"  {decomposed}\u00a0")) == code


@pytest.mark.parametrize(
    "other", ["", "Europe", "DACH", "California", "Bayern", "N/A", "Other", "unknown", "49", "-"]
)
def test_what_is_no_country_is_not_guessed(other: str) -> None:
    assert CODES.get(bare(other)) is None


def test_every_country_of_iso_has_its_codes_and_its_name() -> None:
    for code, name in countries.names().items():
        assert CODES[code.lower()] == code
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
