"""Contacts of an account that nobody has tidied for years: what they are, and how they get in."""

from infra.local.messy.making import Messy, make

__all__ = ["Messy", "make"]
