"""An account for the commands that look at one: the sample company's, in a sandbox."""

from __future__ import annotations

import msgspec

from infra.local.sandbox.config import Owner, SandboxConfig
from infra.local.stack.policy import cast
from tests.policy.conftest import SAMPLE

TOKEN = "made-up"
LEFT = Owner(id="510000098", email="left@quillhaven.example", first_name="Left", archived=True)
STRANGER = Owner(id="510000099", email="else@quillhaven.example", first_name="Somebody")


def sample_account() -> SandboxConfig:
    """The roster's owners, one who has left, and one whom the policy does not know."""
    config = msgspec.convert({**cast(SAMPLE), "hubspot_access_token": TOKEN}, SandboxConfig)
    return msgspec.structs.replace(
        config, owners=(*config.owners, LEFT, STRANGER), hubspot_limit=10_000
    )
