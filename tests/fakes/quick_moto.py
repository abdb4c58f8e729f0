"""Moto and boto3 without two operations that took more time than all adapter tests.

Both only save work: requests and answers stay the same, as test_quick_moto.py shows.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from functools import cache
from typing import Any

import botocore.session
from botocore.model import StructureShape
from moto.core.serialize import BaseJSONSerializer

by_all_members = BaseJSONSerializer._serialize_type_structure


def install() -> None:
    """Install the shortcuts for the rest of this process."""
    # moto gives each test a new session, and each session reads all service descriptions again,
    # although they never change.
    botocore.session.create_loader = cache(botocore.session.create_loader)
    BaseJSONSerializer._serialize_type_structure = _by_members_that_are_there  # type: ignore[method-assign]


def _by_members_that_are_there(
    self: BaseJSONSerializer,
    serialized: MutableMapping[str, Any],
    value: Any,
    shape: StructureShape,
    key: str,
) -> None:
    """
    A value of DynamoDB has one of ten members, named as in the answer. Moto looks for each of the
    ten under each of the names that other services might give it.
    """
    if shape.name != "AttributeValue":
        by_all_members(self, serialized, value, shape, key)
        return
    members: dict[str, Any] = {}
    for name, member in value.items():
        self._serialize(members, member, shape.members[name], name)
    serialized[key] = members
