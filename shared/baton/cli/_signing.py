"""How the signing secrets of a stack are laid out. Reads names of fields, and shows no value."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from baton.cli import CommandError, _target
from baton.presentation.words import counted

if TYPE_CHECKING:
    from baton.http.signing_secrets import Layout

#: System -> the stack's output that names its signing secret.
OUTPUTS = {"HubSpot": "HubSpotSigningSecret", "Slack": "SlackSigningSecret"}

_SAID: dict[Layout, str] = {
    "apart": "apart from the token",
    "beside the token": "beside the token: the door can read the token, too; infra/pages/deploy.md"
    " says how to move it",
    "none": "missing: the door answers 503 until there is a field signing_secret",
}


def signing_lines(stack: str | None) -> list[str]:
    """
    What to say about the signing secrets of *stack*; None: of the running local stack, unless the
    environment names an account of its own.
    """
    local = stack is None and not os.environ.get("HUBSPOT_ACCESS_TOKEN")
    if not local and stack is None:
        return ["signing secrets were not looked at: --stack names the deployed stack"]
    try:
        target = _target.find(None) if local else _target.Target("")
        with _target.one_line_errors(target.table):
            outputs = target.outputs or _target.outputs_of(stack or _target.STACK, target.client)
        return [*layouts(outputs, target.client("secretsmanager"))]
    except CommandError as error:
        return [f"signing secrets could not be looked at: {error}"]


def layouts(outputs: Mapping[str, str], client: Any) -> Iterator[str]:
    """A line for each system: where its signing secrets are, and how many pass."""
    from baton.adapters.aws.secrets import Secrets
    from baton.failures import SecretUnavailable
    from baton.http.signing_secrets import layout, signing_secrets

    secrets = Secrets(client)
    for system, output in OUTPUTS.items():
        name = outputs.get(output)
        if name is None:
            yield f"{system}'s signing secret was not looked at: the stack does not name it"
            continue
        try:
            found = secrets.get(name)
        except SecretUnavailable as error:
            yield f"{system}'s signing secret could not be looked at: {error}"
            continue
        passing = len(signing_secrets(found))
        overlap = f" ({counted(passing, 'value')} pass)" if passing > 1 else ""
        yield f"{system}'s signing secret in {name} is {_SAID[layout(found)]}{overlap}"
