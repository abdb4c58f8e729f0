"""The field of a secret that a client needs, at its current value."""

from __future__ import annotations

from baton.adapters.aws.secrets import Secrets
from baton.failures import Retryable


class SecretToken:
    """A token kept in Secrets Manager; see ports.token.Token. Holds no copy of it."""

    def __init__(self, secrets: Secrets, name: str, field: str) -> None:
        self._secrets, self._name, self._field = secrets, name, field

    def __call__(self) -> str:
        return self._of(self._secrets.get(self._name))

    def renewed(self) -> str | None:
        found = self._secrets.refreshed(self._name)
        return self._of(found) if found else None

    def _of(self, secret: dict[str, str]) -> str:
        if self._field not in secret:
            raise Retryable(f"secret {self._name} has no field {self._field}")
        return secret[self._field]
