"""Which domains may be those of a company: by the public suffix list."""

from __future__ import annotations

import pytest

from baton.adapters.hubspot.registrable import hosts_of, registrable


@pytest.mark.parametrize(
    ("host", "hosts"),
    [
        ("acme.com", ["acme.com"]),
        ("eu.acme.com", ["eu.acme.com", "acme.com"]),
        ("acme.co.uk", ["acme.co.uk"]),
        ("mail.acme.co.uk", ["mail.acme.co.uk", "acme.co.uk"]),
        ("acme.com.br", ["acme.com.br"]),
        ("ada.github.io", ["ada.github.io"]),
        ("x.ada.github.io", ["x.ada.github.io", "ada.github.io"]),
        ("mail.xn--mller-kva.de", ["mail.xn--mller-kva.de", "xn--mller-kva.de"]),
        ("acme.onmicrosoft.com", ["acme.onmicrosoft.com"]),
        ("eu.acme.onmicrosoft.com", ["eu.acme.onmicrosoft.com", "acme.onmicrosoft.com"]),
        ("acme.mail.onmicrosoft.com", ["acme.mail.onmicrosoft.com"]),
        ("acme.onmicrosoft.us", ["acme.onmicrosoft.us"]),
        ("acme.partner.onmschina.cn", ["acme.partner.onmschina.cn"]),
        ("notonmicrosoft.com", ["notonmicrosoft.com"]),
        ("onmicrosoft.com", []),
        ("mail.onmicrosoft.com", []),
        ("co.uk", []),
        ("github.io", []),
        ("com", []),
        ("", []),
    ],
)
def test_a_host_and_its_parents_up_to_the_registrable_one(host: str, hosts: list[str]) -> None:
    assert [*hosts_of(host)] == hosts


def test_two_tenants_of_microsoft_are_two_companies() -> None:
    assert registrable("acme.onmicrosoft.com") != registrable("bolt.onmicrosoft.com")
    assert registrable("onmicrosoft.com") == "onmicrosoft.com", "it has no other"
