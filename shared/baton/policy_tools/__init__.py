"""The policy as files: reads, checks, compiles and tries them.

For RevOps and for publishing; no handler imports this package (pydantic, YAML and holidays are slow
to load). ``load(folder).roster`` holds the people with their HubSpot and Slack ids.
"""

from __future__ import annotations

from baton.policy_tools.checking import Checked, check
from baton.policy_tools.compiling import compile_policy
from baton.policy_tools.faults import Fault, Finding, PolicyError
from baton.policy_tools.loading import Loaded, load

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
