"""``python -m infra.local.sandbox --port 4580 --state DIR --config FILE``"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from .config import ConfigFile, SandboxConfig
from .server import Sandbox


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="sandbox", description="A HubSpot and a Slack to click in."
    )
    parser.add_argument("--port", type=int, default=4580, help="port on 127.0.0.1 (default 4580)")
    parser.add_argument("--state", type=Path, help="folder that keeps the state over restarts")
    parser.add_argument("--config", type=Path, help="JSON file, read again whenever it changes")
    given = parser.parse_args()

    try:
        config = ConfigFile(given.config) if given.config else SandboxConfig()
        sandbox = Sandbox(config, given.port, given.state)
    except (OSError, ValueError) as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 2
    try:
        sandbox.start()
    except OSError as error:
        print(f"sandbox: port {given.port} on 127.0.0.1: {error.strerror}", file=sys.stderr)
        return 3

    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    print(f"sandbox: {sandbox.url}", flush=True)
    done.wait()
    sandbox.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
