"""
Secrets Manager: read when needed, cached for minutes, read again when a signature fails.

Powertools' parameters costs no more to import, but it forgets a secret that it cannot read again,
and has no bound on how often a stranger's wrong signatures make it read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple, Protocol

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from baton.application.ports.secrets import Reread
from baton.failures import SecretUnavailable

#: Seconds. A rotated secret is used after this long at the latest.
MAX_AGE = 300.0
#: Seconds between reads after a failed signature or a failed read, so that neither strangers nor
#: an outage make us read more often.
MIN_AGE = 60.0
#: Seconds between reads of a secret that could never be read.
FIRST_AGAIN = 1.0
#: Seconds. A secret read so recently counts as what is stored now: a request is shorter than that.
JUST_NOW = 3.0


class SecretsClient(Protocol):
    def get_secret_value(self, *, SecretId: str) -> Mapping[str, Any]: ...  # noqa: N803 boto3's name


class _Kept(NamedTuple):
    value: dict[str, str]
    read_at: float


class Secrets:
    """Secrets that are JSON objects of text, by name. Reads nothing at init."""

    def __init__(self, client: SecretsClient, clock: Callable[[], float] = time.monotonic) -> None:
        """*clock* gives seconds that only rise; it need not tell the time."""
        self._client = client
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._tried: dict[str, float] = {}

    def get(self, name: str) -> dict[str, str]:
        """
        The secret, at most `MAX_AGE` old; older only while Secrets Manager is unavailable.

        Raises:
            SecretUnavailable: The secret was never read and cannot be read now.
        """
        kept = self._kept.get(name)
        if kept is None:
            return self._first(name)
        if self._clock() - kept.read_at >= MAX_AGE and not self._just_tried(name):
            # An old secret mostly still works, so it is better than none.
            with suppress(SecretUnavailable):
                return self._read(name)
        return kept.value

    def reread(self, name: str) -> Reread:
        """
        Read the secret again, because the cached one did not fit; the cached one if it was read
        within `MIN_AGE`, or cannot be read.

        Raises:
            SecretUnavailable: The secret was never read and cannot be read now.
        """
        kept = self._kept.get(name)
        if kept is None:
            return Reread(self._first(name), 0.0)
        if not self._just_tried(name):
            with suppress(SecretUnavailable):
                return Reread(self._read(name), 0.0)
        now = self._clock()
        if now - kept.read_at < JUST_NOW:
            return Reread(kept.value, 0.0)
        return Reread(kept.value, max(1.0, MIN_AGE - (now - self._tried[name])))

    def refreshed(self, name: str) -> dict[str, str] | None:
        """
        Read the secret again, because the cached one did not fit. None if it was read within
        `MIN_AGE`, cannot be read, or is unchanged.
        """
        kept = self._kept.get(name)
        try:
            found = self.reread(name).value
        except SecretUnavailable:
            return None
        return found if kept is None or found != kept.value else None

    def _first(self, name: str) -> dict[str, str]:
        if self._just_tried(name, FIRST_AGAIN):
            raise SecretUnavailable(f"{name}: could not be read a moment ago")
        return self._read(name)

    def _just_tried(self, name: str, age: float = MIN_AGE) -> bool:
        tried = self._tried.get(name)
        return tried is not None and self._clock() - tried < age

    def _read(self, name: str) -> dict[str, str]:
        self._tried[name] = self._clock()
        try:
            text = self._client.get_secret_value(SecretId=name)["SecretString"]
            value = msgspec.json.decode(text, type=dict[str, str])
        except ClientError as error:
            raise SecretUnavailable(f"{name}: {error.response['Error']['Code']}") from error
        except BotoCoreError as error:
            raise SecretUnavailable(f"{name}: {type(error).__name__}") from error
        except (KeyError, msgspec.MsgspecError):
            # Not chained: a decoder's message may quote the secret.
            raise SecretUnavailable(f"{name}: expected a JSON object of text") from None
        self._kept[name] = _Kept(value, self._clock())
        return value
