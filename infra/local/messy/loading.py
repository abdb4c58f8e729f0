"""Loads messy contacts into a sandbox by its bulk endpoint."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from infra.local.messy.making import OTHER_DATE, Messy

#: Objects in a request: well below the sandbox's limit on bodies.
BATCH = 500


class Unreachable(Exception):
    """The sandbox does not answer, or refuses. The message is one line."""


def owners_of(url: str) -> dict[str, bool]:
    """The owners of the sandbox at *url*: id -> whether archived."""
    state = _call(f"{url}/_sandbox/state")
    return {one["id"]: one["archived"] for one in state["owners"]}


def load_into(url: str, token: str, messy: Messy) -> list[str]:
    """
    Load everything into the sandbox at *url*; return the contacts' ids, in order. No webhooks are
    sent.

    Args:
        token: The account's access token, to create the date property that stands for another
            tool's.

    Raises:
        Unreachable: The sandbox does not answer, or refuses.
    """
    _other_date(url, token)
    ids: list[str] = []
    for start in range(0, len(messy.contacts), BATCH):
        ids += _bulk(url, "contacts", messy.contacts[start : start + BATCH])
    _bulk(url, "deals", [_deal(stage, [ids[n] for n in places]) for stage, places in messy.deals])
    _call(f"{url}/_sandbox/workflows", {"workflows": messy.workflows})
    return ids


def _bulk(url: str, kind: str, objects: list[dict[str, Any]]) -> list[str]:
    found: list[str] = _call(f"{url}/_sandbox/bulk", {"kind": kind, "objects": objects})["ids"]
    return found


def _deal(stage: str, contacts: list[str]) -> dict[str, Any]:
    at = 1_767_225_600_000  # nothing reads the times of deals
    values = {"dealname": "Licences", "dealstage": stage, "pipeline": "default"}
    history = {
        name: [{"value": value, "at": at, "source": "CRM_UI", "source_id": "userId:7"}]
        for name, value in values.items()
    }
    return {"created": at, "history": history, "links": {"contacts": contacts}}


def _other_date(url: str, token: str) -> None:
    name = {"name": OTHER_DATE, "label": "Became MQL on", "groupName": "contactinformation"}
    body = name | {"type": "datetime", "fieldType": "date"}
    _call(f"{url}/hubspot/crm/v3/properties/contacts", body, token, known=409)


def _call(url: str, body: Any = None, token: str = "", known: int = 0) -> Any:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data, headers)  # noqa: S310 the sandbox's own address
    try:
        with urlopen(request, timeout=60) as answer:  # noqa: S310 as above
            return json.load(answer)
    except HTTPError as error:
        if error.code == known:
            return None
        raise Unreachable(f"{url} answered {error.code}: {error.read()[:200]!r}") from None
    except (URLError, OSError) as error:
        raise Unreachable(f"{url} does not answer: {error}") from None
