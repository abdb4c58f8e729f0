"""The defaults of a record. They are left out of what is stored, so a changed one would change what
was stored before."""

from __future__ import annotations

from typing import Any

from msgspec import NODEFAULT, Struct
from msgspec.structs import fields


def defaults_of(record: type[Struct]) -> dict[str, Any]:
    made = {
        one.name: one.default_factory() if one.default_factory is not NODEFAULT else one.default
        for one in fields(record)
    }
    return {name: value for name, value in made.items() if value is not NODEFAULT}
