"""Everything the sandbox remembers, with one lock around it and a counter of changes."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import msgspec

from .config import SandboxConfig


class Change(msgspec.Struct):
    """One value a property had, since *at* (epoch milliseconds)."""

    value: str
    at: int
    source: str
    source_id: str


class Record(msgspec.Struct, kw_only=True):
    """A HubSpot object; *history* has each property's values, newest first."""

    type: str
    id: str
    created: int
    updated: int
    history: dict[str, list[Change]] = {}
    archived: bool = False
    rev: int = 0

    def value(self, name: str) -> str | None:
        changes = self.history.get(name)
        return (changes[0].value or None) if changes else None


class Pending(msgspec.Struct, kw_only=True):
    """A webhook event not yet taken by Baton; *due* is epoch milliseconds."""

    number: int
    event: dict[str, Any]
    due: int


class Plan(msgspec.Struct, kw_only=True):
    """Something that happens to a contact later; *due* is epoch milliseconds."""

    due: int
    what: str
    contact: str


class Message(msgspec.Struct, kw_only=True):
    """A Slack message; *earlier* keeps the blocks it showed before edits, newest last."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[dict[str, Any]] = []
    metadata: dict[str, Any] | None = None
    thread_ts: str | None = None
    edited: str | None = None
    ephemeral_to: str | None = None
    deleted: bool = False
    earlier: list[list[dict[str, Any]]] = []
    rev: int = 0


class ChannelState(msgspec.Struct, kw_only=True):
    """A channel as somebody has changed it; *earlier* has the names it had, oldest first."""

    name: str
    private: bool = False
    archived: bool = False
    member: bool = True
    read_only: bool = False
    earlier: list[str] = []
    rev: int = 0


class Property(msgspec.Struct, kw_only=True):
    """A contact property created through the API; *options* are labels by value."""

    name: str
    label: str
    type: str
    field_type: str
    group: str
    description: str = ""
    options: dict[str, str] = {}


class Group(msgspec.Struct, kw_only=True):
    """A group of properties created through the API."""

    name: str
    label: str


class View(msgspec.Struct, kw_only=True):
    """A modal that is (or was) open in front of one user."""

    id: str
    user: str
    view: dict[str, Any]
    hash: str
    open: bool = True
    errors: dict[str, str] = {}
    rev: int = 0


class State(msgspec.Struct, kw_only=True):
    """What sandbox.json holds. Counters only rise, even over a reset, so ids never repeat."""

    epoch: int = 1
    rev: int = 0
    counters: dict[str, int] = {}
    records: dict[str, dict[str, Record]] = {}
    # "contacts:1" -> {"tasks:2": [203]}: kept in both directions
    links: dict[str, dict[str, list[int]]] = {}
    # kind -> id of a merged object -> id of the one that it was merged into
    merged: dict[str, dict[str, str]] = {}
    outbox: list[Pending] = []
    # the level of the switch: see untidiness.py
    untidiness: str = "tidy"
    plans: list[Plan] = []
    messages: dict[str, dict[str, Message]] = {}
    # by id: the channels that were changed since the start
    channels: dict[str, ChannelState] = {}
    views: dict[str, View] = {}
    properties: dict[str, Property] = {}
    groups: dict[str, Group] = {}
    # by id, in the shape of HubSpot's automation API
    workflows: dict[str, dict[str, Any]] = {}


class Revised(Protocol):
    rev: int


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def iso(ms: int) -> str:
    """Write epoch milliseconds the way HubSpot's APIs do."""
    at = datetime.fromtimestamp(ms // 1000, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}Z"


class World:
    """
    State, lock, change counter and file.

    Hold ``lock`` (re-entrant) while reading or writing ``state``; never hold it while talking
    to another process. Every change goes through :meth:`touch` or :meth:`changed`.
    """

    def __init__(self, config: Callable[[], SandboxConfig], folder: Path | None) -> None:
        self._config = config
        self.lock = threading.RLock()
        self.news = threading.Condition(self.lock)
        self.closing = False
        self._file = folder / "sandbox.json" if folder else None
        self._dirty = threading.Event()
        self._closed = threading.Event()
        self.state = self._read()

    def config(self) -> SandboxConfig:
        """The configured account with the properties created since."""
        config = self._config()
        if not self.state.properties:
            return config
        with self.lock:
            made = dict(self.state.properties)
        return msgspec.structs.replace(
            config,
            custom_properties=tuple(dict.fromkeys([*config.custom_properties, *made])),
            property_types=config.property_types | {one.name: one.type for one in made.values()},
        )

    def count(self, name: str, start: int = 0) -> int:
        value = self.state.counters.get(name, start) + 1
        self.state.counters[name] = value
        return value

    def touch(self, item: Revised) -> None:
        item.rev = self.changed()

    def changed(self) -> int:
        self.state.rev += 1
        self._dirty.set()
        self.news.notify_all()
        return self.state.rev

    def wait_for_news(self, since: int, seconds: float) -> None:
        """Wait for a change after *since*, at most until the timeout or until the sandbox stops."""
        with self.news:
            self.news.wait_for(lambda: self.closing or self.state.rev > since, timeout=seconds)

    def reset(self) -> None:
        """Forget everything but the counters."""
        with self.lock:
            old = self.state
            self.state = State(epoch=old.epoch + 1, rev=old.rev, counters=old.counters)
            self.changed()

    def keep(self) -> None:
        """Write the state to its file until the sandbox stops: soon after each change."""
        while not self.closing:
            self._dirty.wait()
            if self.closing:
                break
            self._closed.wait(0.4)  # one write for a burst of changes
            self.save()
        self.save()

    def save(self) -> None:
        self._dirty.clear()
        if self._file is None:
            return
        with self.lock:
            data = msgspec.json.encode(self.state)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_suffix(".json.new")
        fresh.write_bytes(data)
        os.replace(fresh, self._file)  # a reader, or a crash, sees the old or the new, never half

    def close(self) -> None:
        with self.lock:
            self.closing = True
            self._closed.set()
            self.news.notify_all()
            self._dirty.set()

    def _read(self) -> State:
        if self._file is None or not self._file.exists():
            return State()
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=State)
        except msgspec.DecodeError as error:
            raise ValueError(f"{self._file} is not a sandbox state: {error}") from error
