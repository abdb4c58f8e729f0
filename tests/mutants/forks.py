"""Runs work in forked processes, a few at once, each with the modules that its parent has
imported."""

from __future__ import annotations

import os
import pickle
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

Job = TypeVar("Job")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Ended(Generic[Job, Answer]):
    job: Job
    #: None: the process died without a result.
    answer: Answer | None
    #: The signal that ended it; 0: none.
    signal: int
    #: Seconds of processor time.
    seconds: float


def forked(
    jobs: Iterable[Job], work: Callable[[Job], Answer], workers: int, quiet: bool = True
) -> Iterator[Ended[Job, Answer]]:
    """Do *work* with each job in its own process, and yield the jobs as they end.

    Args:
        quiet: Discard errors and all output of the processes.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        running: dict[int, Job] = {}
        for job in jobs:
            if len(running) == workers:
                yield _next_end(running, folder)
            sys.stdout.flush()
            sys.stderr.flush()
            pid = os.fork()
            if not pid:
                _be_child(job, work, folder, quiet)
            running[pid] = job
        while running:
            yield _next_end(running, folder)


def _be_child(job: Job, work: Callable[[Job], Answer], folder: Path, quiet: bool) -> None:
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        if quiet:
            os.dup2(nowhere, 2)
        answer = work(job)
        (folder / str(os.getpid())).write_bytes(pickle.dumps(answer))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        # The child must not close or clean up resources of the parent.
        os._exit(0)


def _next_end(running: dict[int, Job], folder: Path) -> Ended[Job, Answer]:
    pid, status, used = os.wait4(-1, 0)
    written = folder / str(pid)
    answer: Answer | None = None
    if os.WIFEXITED(status) and written.exists():
        answer = pickle.loads(written.read_bytes())
    return Ended(
        running.pop(pid),
        answer,
        os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
        used.ru_utime + used.ru_stime,
    )
