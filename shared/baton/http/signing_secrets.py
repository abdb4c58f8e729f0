"""Which fields of a secret are signing secrets.

A signing secret stands in a secret of its own, apart from the API's token, so that the doors can
read nothing else::

    {"signing_secret": "…", "previous_signing_secret": "…"}

Every field whose name ends in ``signing_secret`` is one, and a request signed with any of them
passes. So an old and a new one overlap while one is changed, and an account whose workflows are
signed by another app than its webhooks adds a field for that app. Flat fields, because that is what
the key/value form of Secrets Manager's console edits.

Older deployments have them beside the token: ``signing_secret`` for Slack, ``client_secret`` for
HubSpot. Both are still read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

FIELD = "signing_secret"
#: HubSpot's word, and the field of older deployments.
OLDER_FIELD = "client_secret"
#: Fields of the API's secrets.
TOKENS = frozenset({"access_token", "bot_token"})

Layout = Literal["apart", "beside the token", "none"]


def signing_secrets(secret: Mapping[str, str]) -> list[str]:
    """The signing secrets in *secret*, each once; empty ones are none: anybody can sign with an
    empty secret."""
    found = (value.strip() for name, value in secret.items() if _is_one(name))
    return [value for value in dict.fromkeys(found) if value]


def layout(secret: Mapping[str, str]) -> Layout:
    """Where the signing secrets in *secret* stand."""
    if not signing_secrets(secret):
        return "none"
    return "beside the token" if TOKENS & secret.keys() else "apart"


def _is_one(name: str) -> bool:
    return name.endswith(FIELD) or name == OLDER_FIELD
