"""Virtual environments made from a lock file, and made again when the lock or Python changes."""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from infra.build import ROOT
from infra.local.stack.processes import one_at_a_time, run


def ensure(venv: Path, lock: Path, env: Mapping[str, str], log: Path) -> bool:
    """
    Create *venv* from *lock* with checked hashes; return whether there was anything to do.

    Raises:
        Fault: pip failed; the message is its output.
    """
    stamp = venv / "lock.sha256"
    wanted = f"{hashlib.sha256(lock.read_bytes()).hexdigest()} {sys.version.split()[0]}"
    with one_at_a_time(venv.with_suffix(".lock")):
        if stamp.exists() and stamp.read_text("utf-8") == wanted:
            return False
        shutil.rmtree(venv, ignore_errors=True)
        run("python -m venv", [sys.executable, "-m", "venv", str(venv)], env, log, ROOT)
        pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "--require-hashes"]
        run(f"pip install -r {lock.name}", [*pip, "-r", str(lock)], env, log, ROOT)
        stamp.write_text(wanted, "utf-8")
    return True
