"""Checks before anything is started; each fault is one line."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from pathlib import Path

from infra.local.stack.settings import Fault, Settings

#: What `sam build` of the locked version can build for.
OLDEST, NEWEST = (3, 11), (3, 14)


def check(settings: Settings) -> None:
    """
    Raises:
        Fault: Wrong Python, a missing tool, or a port in use.
    """
    check_python(sys.version_info[:2])
    for tool, remedy in (
        ("sam", "run `make setup`"),
        (settings.runtime, f"the folder of {sys.executable} must have it"),
    ):
        if shutil.which(tool, path=search_path()) is None:
            raise Fault(f"{tool} is missing: {remedy}")
    check_port(settings.port, "BATON_PORT")
    if settings.wants_sandbox:
        check_port(settings.sandbox_port, "BATON_SANDBOX_PORT")


def check_python(version: tuple[int, ...]) -> None:
    if not OLDEST <= version[:2] <= NEWEST:
        found, oldest, newest = (".".join(map(str, v[:2])) for v in (version, OLDEST, NEWEST))
        raise Fault(f"Python {found} will not do: use {oldest} to {newest} (`make run PYTHON=…`)")


def check_port(port: int, variable: str) -> None:
    with socket.socket() as probe:
        # Servers set this too. Without it a closing connection would look like a port in use.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Fault(
                f"port {port} is in use: stop what uses it, or choose another with {variable}=…"
            ) from None


def search_path() -> str:
    """The PATH with this interpreter's tools first: `sam`, `pip` and `pythonX.Y`."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
