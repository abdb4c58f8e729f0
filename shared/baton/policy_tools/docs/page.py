"""All documents as one HTML file that needs nothing else: styles and drawings are inside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup

from baton.policy_tools.docs import rendering
from baton.presentation.words import flat

#: Id, title and Markdown of a document.
Part = tuple[str, str, str]
#: Heading in a document -> heading on the page, whose title is the top heading.
_LOWER = {"h1": "h2", "h2": "h3", "h3": "h4", "h4": "h5"}


@dataclass(frozen=True, slots=True)
class Article:
    """A document as HTML."""

    id: str
    title: str
    #: Anchor and text of each heading of the second level.
    headings: Sequence[tuple[str, str]]
    body: Markup


def render(title: str, parts: Sequence[Part], drawings: Mapping[str, str]) -> str:
    """*drawings* are SVG documents by file name, put where the Markdown shows them."""
    markdown = _markdown(drawings)
    articles = []
    for id_, name, text in parts:
        tokens = markdown.parse(text)
        headings = _adapt(id_, tokens)
        body = markdown.renderer.render(tokens, markdown.options, {})
        articles.append(Article(id_, name, headings, Markup(body)))  # noqa: S704 no HTML passes
    return rendering.page({"title": flat(title), "articles": articles})


def _markdown(drawings: Mapping[str, str]) -> MarkdownIt:
    """CommonMark with tables and without HTML: a tag in the text is shown as text."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")

    def image(_: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        drawing = drawings[str(tokens[index].attrs["src"])]
        return (
            f'<div class="scroll" role="group" aria-label="Drawing" tabindex="0">\n{drawing}</div>'
        )

    markdown.add_render_rule("image", image)
    markdown.add_render_rule("table_open", _table_open)
    markdown.add_render_rule("table_close", _table_close)
    return markdown


def _table_open(
    _: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any
) -> str:
    return '<div class="scroll" role="group" aria-label="Table" tabindex="0">\n<table>\n'


def _table_close(
    _: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any
) -> str:
    return "</table>\n</div>\n"


def _adapt(id_: str, tokens: Sequence[Token]) -> list[tuple[str, str]]:
    """Lower the headings one level and give them anchors. Returns (anchor, text) of each
    second-level heading."""
    found: list[tuple[str, str]] = []
    for number, token in enumerate(tokens):
        if [child.type for child in token.children or ()] == ["image"]:
            tokens[number - 1].tag = tokens[number + 1].tag = "figure"  # was a paragraph
        if token.type not in {"heading_open", "heading_close"}:
            continue
        if token.type == "heading_open" and token.tag == "h2":
            anchor = f"{id_}-{len(found) + 1}"
            token.attrSet("id", anchor)
            found.append((anchor, _plain_text(tokens[number + 1])))
        token.tag = _LOWER[token.tag]
    return found


def _plain_text(inline: Token) -> str:
    """The plain text of a heading."""
    return "".join(child.content for child in inline.children or ())
