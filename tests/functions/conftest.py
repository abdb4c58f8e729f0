"""The sandbox, for tests of the doors out."""

from tests.fakes.sandbox import peer, sandbox

__all__ = ["peer", "sandbox"]
