"""How a phrase chooses its template by its arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from baton.domain.numbers import places_beside
from baton.domain.phrase import Arg

Words: TypeAlias = str | Callable[..., str]


def given(place: int, template: str, otherwise: str) -> Words:
    """*template* where the argument at *place* is given and neither empty nor zero."""

    def choose(*args: Arg) -> str:
        return template if len(args) > place and args[place] else otherwise

    return choose


def with_arguments(count: int, template: str, otherwise: str) -> Words:
    """*template* where there are at least *count* arguments."""

    def choose(*args: Arg) -> str:
        return template if len(args) >= count else otherwise

    return choose


def rounded(place: int, value: float, mark: float, places: int = 0) -> str:
    """The number at *place*, rounded to *places*, or to more that show it on its side of *mark*."""
    return f"{{{place}:rounded{places_beside(value, mark, places)}}}"


def one_of(**templates: str) -> Words:
    """The template that the first argument names; any other argument is shown raw."""

    def choose(*args: Arg) -> str:
        return templates.get(str(args[0]), "{0}") if args else ""

    return choose
