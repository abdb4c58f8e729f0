"""The commands of ``baton``, a module each.

A module with ``add_parser(subparsers)`` is found by itself. It sets ``run`` as its parser's
default: a function from the parsed arguments to the exit code. What is dear to import is imported
there, so that one command does not pay for another.
"""

from __future__ import annotations


class CommandError(Exception):
    """The command cannot do its work; the message is one line that says what to do."""
