"""The sandbox, for contract tests."""

from tests.fakes.sandbox import peer, sandbox

__all__ = ["peer", "sandbox"]
