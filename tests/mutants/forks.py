"""Work in forked processes, a few at once, each with what its parent has imported."""

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
    #: None: it died without one.
    answer: Answer | None
    #: What ended it; 0: nothing from outside.
    signal: int
    #: Of processor time.
    seconds: float


def forked(
    jobs: Iterable[Job], work: Callable[[Job], Answer], workers: int, quiet: bool = True
) -> Iterator[Ended[Job, Answer]]:
    """Do *work* with each job, in a process of its own, and yield them as they end.

    Args:
        quiet: Errors go nowhere, like everything else that the process prints.
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
        # Nothing of the parent is to be closed or cleaned up here.
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
