"""The commands of ``baton``, one module each.

A module with ``add_parser(subparsers)`` is found without being registered. It sets ``run`` as its
parser's default: a function from the parsed arguments to the exit code. Slow imports belong in that
function, so that they do not slow down other commands.
"""

from __future__ import annotations


class CommandError(Exception):
    """The command cannot do its work. The message is one line that says what to do."""
