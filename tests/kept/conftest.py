"""Each kept set, and an installation of Baton whose table holds it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from tests.adapters.dynamodb.test_leads import TABLE
from tests.kept.reading import SETS, Kept
from tests.kept.rig import Rig
from tests.kept.write import client


@pytest.fixture(params=SETS, ids=lambda found: found.name)
def kept(request: pytest.FixtureRequest) -> Kept:
    found: Kept = request.param
    return found


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[Any]:
    """One client for all tests of a file, because creating it takes longer than most tests."""
    with mock_aws():
        yield client()


@pytest.fixture
def rig(kept: Kept, dynamodb: Any) -> Iterator[Rig]:
    kept.into(dynamodb)
    yield Rig(dynamodb)
    dynamodb.delete_table(TableName=TABLE)
