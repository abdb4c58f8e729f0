"""What an admin of the account requires of records. From 2026-09 on the API enforces it.

Source: HubSpot's changelog, "CRM API Write Validation Enforcement Starting with the 2026-09 API
Version". It does not say whether a value that the record has already is enough; here it is.
"""

from __future__ import annotations

from collections.abc import Mapping

from .config import SandboxConfig
from .world import Record

#: (property, code, message)
Missing = tuple[str, str, str]


def missing(
    config: SandboxConfig,
    kind: str,
    written: Mapping[str, str],
    record: Record | None,
    *,
    new: bool,
) -> list[Missing]:
    """What the record would lack after *written* is written."""

    def value(name: str) -> str:
        return written.get(name, (record.value(name) if record else "") or "")

    found: list[Missing] = []
    for rule in config.conditional_rules:
        asks = rule.when in written or rule.needs in written
        if rule.kind == kind and asks and value(rule.when) in rule.values and not value(rule.needs):
            why = "is required because of a conditional property rule based on"
            code = "MISSING_CONDITIONAL_REQUIRED_PROPERTY"
            found.append((rule.needs, code, f"{rule.needs} {why} [{rule.when}]"))
    if new:
        found += [
            (name, "MISSING_REQUIRED_PROPERTY", f"A value for {name} must be provided")
            for name in config.required_to_create.get(kind, ())
            if not value(name)
        ]
    return found
