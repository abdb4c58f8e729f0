"""Faults on request: the systems refuse, fail, answer late or not at all."""

from __future__ import annotations

import time
from threading import Lock
from typing import Literal, get_args

import msgspec

System = Literal["hubspot", "slack"]
Mode = Literal["none", "429", "500", "slow", "down", "refuse", "page"]
SLOW_SECONDS = 5.0


class Fault(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """
    One fault in one system.

    *mode*: ``429`` rate limited, ``500`` server error, ``slow`` answers late, ``down`` closes the
    connection without an answer, ``page`` answers 502 with a gateway's page, ``refuse`` answers
    with the refusal *code*, as Slack does; ``none`` ends the fault.
    *seconds*: for ``slow`` how long each answer takes (5 by default); for ``429`` the Retry-After
    that Slack announces (1 by default); for ``500`` and ``down`` how long the fault lasts.
    *for_seconds*: how long a fault of any mode lasts; by default until it is ended.
    *count*: how many requests it hits before it ends. *path*: only paths that contain this.
    *then_apply*: do the work first and fail (or delay) the answer, as a connection does that breaks
    after the request went through.
    """

    system: System
    mode: Mode
    seconds: float | None = None
    for_seconds: float | None = None
    count: int | None = None
    path: str = ""
    code: str = ""
    then_apply: bool = False


class Faults:
    """The faults in force. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._faults: list[tuple[Fault, float | None]] = []

    def put(self, fault: Fault) -> None:
        """
        Add a fault in place of one with the same path; ``none`` without a path ends all.

        Raises:
            ValueError: ``refuse`` without a code, or for a system that has no such answers.
        """
        if (fault.mode == "refuse") != bool(fault.code) or (fault.code and fault.system != "slack"):
            raise ValueError("a code goes with mode refuse, and refusals by code are Slack's")
        with self._lock:
            self._faults = [
                (other, until)
                for other, until in self._faults
                if other.system != fault.system
                or (other.path != fault.path and not (fault.mode == "none" and not fault.path))
            ]
            if fault.mode != "none":
                lasts = fault.for_seconds
                if lasts is None and fault.mode in {"500", "down"}:
                    lasts = fault.seconds
                until = None if lasts is None else time.monotonic() + lasts
                self._faults.append((fault, until))

    def take(self, system: str, path: str) -> Fault | None:
        """The fault that hits this request, counted; the one with the longest path wins."""
        with self._lock:
            self._expire()
            fitting = [
                fault for fault, _ in self._faults if fault.system == system and fault.path in path
            ]
            if not fitting:
                return None
            fault = max(fitting, key=lambda one: len(one.path))
            if fault.count is not None:
                fault.count -= 1
                self._expire()
            return msgspec.structs.replace(fault)

    def clear(self) -> None:
        with self._lock:
            self._faults = []

    def now(self) -> dict[str, str]:
        """The mode shown for each system, or the code of a refusal."""
        with self._lock:
            self._expire()
            modes: dict[str, str] = dict.fromkeys(get_args(System), "none")
            modes.update({fault.system: fault.code or fault.mode for fault, _ in self._faults})
            return modes

    def _expire(self) -> None:
        now = time.monotonic()
        self._faults = [
            (fault, until)
            for fault, until in self._faults
            if (until is None or until > now) and (fault.count is None or fault.count > 0)
        ]
