"""E-mail addresses and their domains, as people, mail programs and registries write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.domain.addresses import address, domain, in_ascii, in_letters, is_one_of
from baton.policy_tools.free_mail import FREE_DOMAINS


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ada@acme.com", "ada@acme.com"),
        (" Ada@ACME.com ", "ada@acme.com"),
        ("Ada King <ada@acme.com>", "ada@acme.com"),
        ('"King, Ada" < ada@acme.com >', "ada@acme.com"),
        ("<ada@acme.com>", "ada@acme.com"),
        ("mailto:ada@acme.com", "ada@acme.com"),
        ("ada@acme.com.", "ada@acme.com"),
        ("ada+news@acme.com", "ada+news@acme.com"),
        ("ada@müller.de", "ada@xn--mller-kva.de"),
        ("ada@MU\u0308LLER.de", "ada@xn--mller-kva.de"),
        ("ada@xn--mller-kva.de", "ada@xn--mller-kva.de"),
        ("jörg@müller.de", "jörg@xn--mller-kva.de"),
        ("ada＠acme.com", "ada@acme.com"),
        ("ada@acme.com\u200e", "ada@acme.com"),
        ("\ufeffada@acme.com", "ada@acme.com"),
        ("\u202aada@acme.com\u202c", "ada@acme.com"),
        ("ada@ac\u00adme\u200b.com", "ada@acme.com"),
        ("a\u200dda@acme\u2060.com", "ada@acme.com"),
        ("Ada King\u200f <ada@acme.com>\u200f", "ada@acme.com"),
        ("mailto:\u200eada@acme.com", "ada@acme.com"),
        ("ada@acme.com\u0000", "ada@acme.com"),
        ("İNFO@FİRMA.COM", "info@firma.com"),
        ("ada@mü\u200dller.de", "ada@xn--mller-kva.de"),
        ("ada@acme", ""),
        ("ada@", ""),
        ("@acme.com", ""),
        ("acme.com", ""),
        ("ada@acme..com", ""),
        ("ada@-acme.com", ""),
        ("ada@acme_x.com", ""),
        ("ada king@acme.com", ""),
        ("a@b@acme.com", ""),
        ("", ""),
        ("<>", ""),
    ],
)
def test_the_address(text: str, found: str) -> None:
    assert address(text) == found
    assert domain(text) == found.rpartition("@")[2]


@given(st.text(max_size=60))
def test_any_text_has_an_address_or_none(text: str) -> None:
    found = address(text)
    assert not found or address(found) == found


def test_an_international_domain_has_two_spellings() -> None:
    assert in_letters(in_ascii("Müller.de")) == "müller.de"
    assert in_letters("acme.com") == "acme.com"
    assert in_ascii("\u200eacme.com.\u200e") == "acme.com"
    assert in_ascii("a..b") == in_ascii("x" * 70 + "ü.de") == ""
    assert in_letters("xn--\xff.de") == "xn--\xff.de"


@pytest.mark.parametrize(
    "host",
    [
        *("gmail.com", "googlemail.com", "yahoo.com", "yahoo.co.uk", "yahoo.de", "yahoo.com.br"),
        *("outlook.de", "outlook.com", "outlook.fr", "hotmail.co.uk", "hotmail.it", "live.nl"),
        *("live.com.mx", "gmx.at", "gmx.de", "gmx.ch", "gmx.net", "web.de", "icloud.com", "me.com"),
        *(
            "mac.com",
            "proton.me",
            "protonmail.com",
            "protonmail.ch",
            "mail.ru",
            "qq.com",
            "163.com",
        ),
        *("gmx.co.uk", "gmx.us", "gmx.info", "hotmail.com.ar", "outlook.com.br", "outlook.co.id"),
        *("live.co.uk", "live.com", "yahoo.co.jp", "aol.co.uk", "yandex.com.tr", "fastmail.fm"),
        *("ukr.net", "i.ua", "centrum.cz", "op.pl", "gazeta.pl", "citromail.hu", "mail.bg"),
        *("globo.com", "ig.com.br", "rogers.com", "telus.net", "sympatico.ca", "videotron.ca"),
        *("docomo.ne.jp", "ezweb.ne.jp", "softbank.ne.jp", "nate.com", "189.cn", "sina.cn"),
        *("btopenworld.com", "ntlworld.com", "talktalk.net", "blueyonder.co.uk", "xtra.co.nz"),
        *("bigpond.net.au", "optusnet.com.au", "neuf.fr", "bbox.fr", "tin.it", "tim.it"),
        *("kpnmail.nl", "planet.nl", "hetnet.nl", "telia.com", "online.no", "getmail.no"),
        *("mailinator.com", "guerrillamail.com", "yopmail.com", "10minutemail.com", "grr.la"),
        *("privaterelay.appleid.com", "relay.firefox.com", "mozmail.com", "duck.com", "tuta.io"),
        "onmicrosoft.com",
        *("163.com", "yandex.ru", "yandex.com", "t-online.de", "orange.fr", "aol.com", "aol.de"),
    ],
)
def test_a_free_mail_service_is_known_by_its_family(host: str) -> None:
    assert is_one_of(host, FREE_DOMAINS)


@pytest.mark.parametrize(
    "host",
    [
        *("", "acme.com", "yahoo.acme.com", "myyahoo.com", "live.acme.co.uk", "live.events"),
        *(
            "outlook.consulting",
            "gmailx.com",
            "mail.acme.com",
            "proton.energy",
            "me.co",
            "x.web.de",
            *("live.tv", "live.me", "live.io", "live.ee", "live.org", "outlook.io", "outlook.ae"),
            *("gmx.io", "gmx.tv", "yahoo.ai", "aol.co", "proton.com", "proton.ch", "yahoo.org"),
            *("gmx.acme.de", "acme.onmicrosoft.com", "acme.mail.onmicrosoft.com", "web.com"),
            *("orange.com", "verizon.com", "telia.se", "appleid.com", "yahoo.gov.uk"),
        ),
    ],
)
def test_a_company_is_none(host: str) -> None:
    assert not is_one_of(host, FREE_DOMAINS)


def test_an_empty_list_has_no_member() -> None:
    assert not is_one_of("gmail.com", ())
