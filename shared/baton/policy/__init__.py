"""The policy as files: reading, checking, compiling, trying out.

For RevOps and for whoever publishes; no handler imports this package (pydantic, YAML and holidays
are dear to load). ``load(folder).roster`` holds the people with their HubSpot and Slack ids.
"""

from __future__ import annotations

from baton.policy.checking import Checked, check
from baton.policy.compiling import compile_policy
from baton.policy.faults import Fault, Finding, PolicyError
from baton.policy.loading import Loaded, load

__all__ = [
    "Checked",
    "Fault",
    "Finding",
    "Loaded",
    "PolicyError",
    "check",
    "compile_policy",
    "load",
]
