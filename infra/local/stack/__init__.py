"""All of Baton on this machine: the deployed template, a policy, and a sandbox to click in."""

from infra.local.stack.settings import Fault, Settings
from infra.local.stack.stack import Stack

__all__ = ["Fault", "Settings", "Stack"]
