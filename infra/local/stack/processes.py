"""Child processes that never outlive this one: each has its own process group, which is ended as a
whole."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from infra.local.stack.settings import Fault


@contextmanager
def one_at_a_time(lock: Path) -> Iterator[None]:
    """Stacks of one checkout (a run and the tests) share what is built: one builds, others wait."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


class Service:
    """A process that runs until it is stopped; its output goes to *log*."""

    def __init__(
        self, name: str, command: Sequence[str], env: Mapping[str, str], log: Path
    ) -> None:
        self.name = name
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as out:
            self._process = _start(command, env, out)

    @property
    def pid(self) -> int:
        return self._process.pid

    def check(self) -> None:
        """
        Raises:
            Fault: The process ended by itself; the message has its last line.
        """
        code = self._process.poll()
        if code is not None:
            raise Fault(f"{self.name} ended ({code}): {last_line(self.log)} (see {self.log})")

    def stop(self, patience: float = 60) -> None:
        """Ask the process to end, wait up to *patience* seconds, then end its whole group.

        The emulator saves its state when asked and loses it when killed, hence the patience.
        """
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(patience)
            except subprocess.TimeoutExpired:
                print(f"{self.name} did not stop within {patience:.0f} s: killing it")
        _end_group(self._process)


def run(name: str, command: Sequence[str], env: Mapping[str, str], log: Path, cwd: Path) -> None:
    """
    Run *command* to its end; an interrupt of this process ends it, too.

    Raises:
        Fault: The command failed; the message has its last informative line.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        process = _start(command, env, out, cwd)
        try:
            code = process.wait()
        finally:
            _end_group(process)
    if code:
        raise Fault(f"{name} failed ({code}): {last_line(log)} (see {log})")


def last_line(log: Path) -> str:
    """The last informative line, an error if there is one."""
    lines = [line.strip() for line in log.read_text("utf-8", "replace").splitlines()]
    told = [line for line in lines if line]
    errors = [line for line in told if "error" in line.lower()]
    return (errors or told or ["it wrote nothing"])[-1][:300]


def _start(
    command: Sequence[str], env: Mapping[str, str], out: IO[bytes], cwd: Path | None = None
) -> subprocess.Popen[bytes]:
    # Own session: Ctrl-C in the terminal reaches only this process, which stops everything in
    # order.
    return subprocess.Popen(  # noqa: S603 our own commands
        command,
        env=dict(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def _end_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):  # nobody is left in it
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
