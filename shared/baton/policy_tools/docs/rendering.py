"""Renders the templates of the documents; filters put values into words.

A document is ``templates/<id>.md.jinja``; templates without ``.md`` in their name hold parts that
several documents share, or a long part of one. Values are escaped as Markdown, or in a page as
HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from baton.domain.numbers import places_beside
from baton.policy_tools.diff.showing import in_time
from baton.policy_tools.docs import markdown
from baton.policy_tools.models.when import Block, Count
from baton.presentation import conditions, words


def document(name: str, values: Mapping[str, object]) -> str:
    """A document as Markdown; *values* by their names in its template."""
    return markdown.laid_out(markdown_environment().get_template(f"{name}.md.jinja").render(values))


def page(values: Mapping[str, object]) -> str:
    """The page that holds all documents."""
    return _environment().get_template("page.html.jinja").render(values)


@cache
def markdown_environment() -> Environment:
    """The environment for documents: finds their templates, and escapes values as Markdown."""
    environment = _environment(finalize=markdown.escaped)
    environment.filters.update(_FILTERS)
    return environment


def _environment(finalize: Callable[[Any], Any] | None = None) -> Environment:
    """An environment that escapes values as HTML unless *finalize* has escaped them."""
    return Environment(
        loader=PackageLoader("baton.policy_tools.docs"),
        autoescape=True,
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _codes(values: Iterable[str]) -> Markup:
    return markdown.joined(map(markdown.code, values), ", ")


def _condition(block: Block) -> str:
    return conditions.condition(block.compile())


def _evidence(count: Count) -> str:
    return conditions.evidence(count.compile())


def _worded(values: Iterable[str], meanings: Mapping[str, str]) -> Iterator[str]:
    return (meanings[value] for value in values)


def _beside(value: float, mark: float) -> float:
    """*value* to one place, or to more that show it on its side of *mark*."""
    return round(value, places_beside(value, mark, 1))


_FILTERS: dict[str, Callable[..., Any]] = {
    "beside": _beside,
    "both": partial(markdown.joined, separator=", ", last=" and "),
    "code": markdown.code,
    "codes": _codes,
    "condition": _condition,
    "counted": words.counted,
    "date": partial(words.day_named, year=True),
    "either": partial(markdown.joined, separator=", ", last=" or "),
    "evidence": _evidence,
    "in_time": in_time,
    "inline": markdown.inline,
    "join": markdown.joined,
    "name": conditions.name,
    "span": words.span,
    "worded": _worded,
}
