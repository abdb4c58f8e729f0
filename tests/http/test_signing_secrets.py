"""Which fields of a secret are signing secrets, and how they are laid out."""

from __future__ import annotations

import pytest

from baton.http.signing_secrets import Layout, layout, signing_secrets


@pytest.mark.parametrize(
    ("secret", "found", "laid_out"),
    [
        ({"signing_secret": "a"}, ["a"], "apart"),
        ({"signing_secret": "a", "previous_signing_secret": "b"}, ["a", "b"], "apart"),
        ({"signing_secret": "a", "previous_signing_secret": ""}, ["a"], "apart"),
        ({"signing_secret": "a", "previous_signing_secret": "a"}, ["a"], "apart"),
        ({"client_secret": "a"}, ["a"], "apart"),
        ({"signing_secret": "a", "workflows_signing_secret": "b"}, ["a", "b"], "apart"),
        ({"access_token": "t", "client_secret": "a"}, ["a"], "beside the token"),
        ({"bot_token": "t", "signing_secret": "a"}, ["a"], "beside the token"),
        ({"access_token": "t"}, [], "none"),
        ({"signing_secret": " \n"}, [], "none"),
        ({}, [], "none"),
    ],
)
def test_signing_secrets_are_known_by_the_end_of_their_fields_name(
    secret: dict[str, str], found: list[str], laid_out: Layout
) -> None:
    assert signing_secrets(secret) == found
    assert layout(secret) == laid_out
