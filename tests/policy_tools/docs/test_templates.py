"""The templates: every one is a document or a part of one, and nothing in them avoids escaping."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from baton.policy_tools.docs import DOCUMENTS
from tests.policy_tools.conftest import ROOT

PACKAGE = ROOT / "shared" / "baton" / "policy_tools" / "docs"
TEMPLATES = sorted((PACKAGE / "templates").iterdir())


def test_every_document_has_a_template_of_its_name() -> None:
    names = {path.name for path in TEMPLATES}
    assert {name for name in names if name.endswith(".md.jinja")} == {
        f"{id}.md.jinja" for id in DOCUMENTS
    }


def test_the_templates_are_part_of_the_package() -> None:
    """An installed `baton` has them, too, not only a checkout."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["baton.policy_tools.docs"]
    assert {path for pattern in patterns for path in PACKAGE.glob(pattern)} == {*TEMPLATES}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_avoids_the_escaping_of_its_kind(path: Path) -> None:
    """``~`` and ``e`` escape as HTML, in Markdown too; ``safe`` escapes nothing."""
    text = path.read_text(encoding="utf-8")
    tags = re.findall(r"\{[{%].*?[%}]\}", text, re.DOTALL)
    assert not [tag for tag in tags if re.search(r"~|\|\s*(safe|e|escape)\b|autoescape", tag)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_lines_are_short(path: Path) -> None:
    assert [line for line in path.read_text(encoding="utf-8").splitlines() if len(line) > 100] == []
