"""Makes contacts like those of a neglected account, and loads them into the sandbox."""

from infra.local.messy.making import Messy, make

__all__ = ["Messy", "make"]
