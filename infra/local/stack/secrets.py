"""Development secrets: generated on the first run, kept beside the state, never in git."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any

from infra.local.stack.settings import HUBSPOT_SIGNING, SLACK_SIGNING, Settings

_MADE_UP = {
    "hubspot_access_token": "pat-local-",
    "hubspot_client_secret": "hubspot-local-",
    "slack_bot_token": "xoxb-local-",
    "slack_signing_secret": "slack-local-",
}


def load(settings: Settings) -> dict[str, str]:
    """The four secrets: from the environment, else as generated earlier, else newly generated."""
    path = settings.home / "secrets.json"
    kept: dict[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    made = {name: prefix + secrets.token_hex(16) for name, prefix in _MADE_UP.items()}
    kept = made | {name: kept[name] for name in made if name in kept}
    write_private(path, kept)
    return kept | dict(settings.secrets)


def seed(client: Any, values: dict[str, str]) -> None:
    """Store them in Secrets Manager as the functions read them: for each outside system the token,
    and apart from it the signing secret."""
    for name, secret in {
        "baton/hubspot": {"access_token": values["hubspot_access_token"]},
        HUBSPOT_SIGNING: {"signing_secret": values["hubspot_client_secret"]},
        "baton/slack": {"bot_token": values["slack_bot_token"]},
        SLACK_SIGNING: {"signing_secret": values["slack_signing_secret"]},
    }.items():
        text = json.dumps(secret)
        try:
            client.create_secret(Name=name, SecretString=text)
        except client.exceptions.ResourceExistsException:
            client.put_secret_value(SecretId=name, SecretString=text)


def write_private(path: Path, value: object) -> None:
    """Write JSON that only its owner may read, all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(json.dumps(value, indent=2) + "\n")
    new.replace(path)
