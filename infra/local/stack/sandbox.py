"""Starts the sandbox with the account that the policy's roster describes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from infra.build import ROOT
from infra.local.stack.emulator import environment, wait_for
from infra.local.stack.processes import Service
from infra.local.stack.secrets import write_private
from infra.local.stack.settings import PUBLIC_URL, Settings


def start(settings: Settings, api: str, secrets: dict[str, str], cast: dict[str, Any]) -> Service:
    """
    Start it and wait until it answers.

    *cast*: the account's owners, channels and custom_properties.
    """
    config = settings.state / "sandbox.json"
    write_config(config, settings, api, secrets, cast)
    command = [sys.executable, "-m", "infra.local.sandbox", "--port", str(settings.sandbox_port)]
    command += ["--state", str(settings.state / "sandbox"), "--config", str(config)]
    env = environment(settings) | {"PYTHONPATH": f"{ROOT / 'shared'}:{ROOT}"}
    service = Service("sandbox", command, env, settings.logs / "sandbox.log")
    try:
        wait_for(f"{settings.sandbox_url}/_sandbox/state", service)
    except BaseException:
        service.stop()
        raise
    return service


def write_config(
    path: Path, settings: Settings, api: str, secrets: dict[str, str], cast: dict[str, Any]
) -> None:
    write_private(
        path,
        {
            "baton_api": api,
            "public_url": PUBLIC_URL,
            "portal_id": int(settings.portal_id),
            **secrets,
            **cast,
        },
    )
