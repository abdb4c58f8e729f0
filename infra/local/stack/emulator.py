"""ministack, the AWS of this machine: in a virtual environment of its own, on loopback only."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
import urllib.error
import urllib.request
from pathlib import Path

from infra.build import ROOT
from infra.local.stack.preflight import search_path
from infra.local.stack.processes import Service
from infra.local.stack.settings import REGION, Fault, Settings
from infra.local.stack.venvs import ensure

MEMORY = Path("/dev/shm")  # noqa: S108 private folders are created in it
#: File in an unpacking folder with the id of the process that started the emulator.
OWNER = "owner.pid"
#: Bytes free in memory above which functions are unpacked there.
ROOMY = 2 * 1024**3
LOCK = ROOT / "requirements" / "ministack.txt"
#: The emulator treats these credentials as the account's root; with IAM enforced it refuses unknown
#: ones.
KEY = SECRET = "test"  # noqa: S105 the emulator's own default

#: Environment variables that child processes do not inherit.
_PRIVATE = ("AWS_", "PYTHON", "BATON_", "HUBSPOT_", "SLACK_", "POWERTOOLS_", "VIRTUAL_ENV", "MAKE")


def environment(settings: Settings) -> dict[str, str]:
    """The environment of every child process, without anything that could lead it to a real
    account."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(_PRIVATE)}
    return kept | {
        "PATH": search_path(),
        "AWS_ENDPOINT_URL": settings.endpoint,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "SAM_CLI_TELEMETRY": "0",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }


def install(settings: Settings) -> bool:
    """Make its virtual environment from the lock; False if it is there already."""
    log = settings.logs / "install.log"
    return ensure(settings.home / "ministack", LOCK, environment(settings), log)


def start(settings: Settings) -> Service:
    """
    Start it and wait until it answers.

    Raises:
        Fault: The emulator ended, or did not answer within three minutes.
    """
    state, scratch = settings.state / "aws", scratch_of(settings)
    clear(settings)
    state.mkdir(parents=True, exist_ok=True)
    scratch.mkdir(parents=True, mode=0o700)
    (scratch / OWNER).write_text(str(os.getpid()), "utf-8")
    env = environment(settings) | {
        "BIND_HOST": "127.0.0.1",
        # Part of every queue address, and so of the saved state: must not change between runs.
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "GATEWAY_PORT": str(settings.port),
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state / "s3"),
        "TMPDIR": str(scratch),
        "AUTH": "true" if settings.enforce_iam else "false",
        "LAMBDA_EXECUTOR": "local",
        "LAMBDA_WARM_TTL_SECONDS": "900",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
    }
    program = settings.home / "ministack" / "bin" / "ministack"
    service = Service("ministack", [str(program)], env, settings.logs / "ministack.log")
    try:
        wait_for(f"{settings.endpoint}/_ministack/health", service)
    except BaseException:
        service.stop()
        raise
    return service


def scratch_of(settings: Settings) -> Path:
    """
    The folder in which the emulator unpacks each function, once per worker: up to half a gigabyte.

    It is in memory if there is room, because on a busy disk cold starts wait for the writes, and
    removing it took a minute.
    """
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOMY:
        name = hashlib.sha256(str(settings.state.resolve()).encode()).hexdigest()[:12]
        return MEMORY / f"baton-{name}"
    return settings.state / "tmp"


def clear(settings: Settings) -> None:
    """Remove unpacked functions, including those of killed runs."""
    abandoned = {
        owner.parent
        for owner in MEMORY.glob(f"baton-*/{OWNER}")
        if not Path("/proc", owner.read_text("utf-8")).exists()
    }
    for folder in {scratch_of(settings), settings.state / "tmp"} | abandoned:
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(url: str, service: Service, seconds: float = 180) -> None:
    """Wait until *url* answers at all.

    Raises:
        Fault: *service* ended, or *seconds* passed.
    """
    end = time.monotonic() + seconds
    while True:
        service.check()
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 our own address
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            if time.monotonic() > end:
                raise Fault(
                    f"{service.name} does not answer at {url} (see {service.log})"
                ) from None
        time.sleep(0.1)
