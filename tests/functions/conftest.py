"""The sandbox, for tests of the delivering functions."""

from tests.fakes.sandbox import peer, sandbox

__all__ = ["peer", "sandbox"]
