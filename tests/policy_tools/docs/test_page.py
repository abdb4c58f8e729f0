"""All documents on one page: complete, self-contained, and without injected markup."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from baton.policy_tools.docs import PAGE, documents, write
from baton.policy_tools.loading import load
from tests.policy_tools.conftest import SAMPLE

Edited = Callable[..., Path]
VOID = {"meta", "br", "hr", "img", "path", "rect"}
FOREIGN = {"script", "link", "iframe", "object", "embed", "img", "base", "form"}
HOSTILE = r'"<script>alert(1)</script> | `x` [a](http://e.example) *b* &amp;\n# c\n| d |"'


class Reader(HTMLParser):
    """An HTML parser that records the tags and their references."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.targets: list[str] = []
        self.ids: list[str] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        for name, value in attrs:
            assert not name.startswith("on")
            if name in {"href", "src", "srcset", "action", "data", "xlink:href"}:
                self.targets.append(value or "")
            if name == "id":
                self.ids.append(value or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def read(folder: Path, out: Path) -> Reader:
    write(load(folder), out)
    reader = Reader()
    reader.feed((out / PAGE).read_text(encoding="utf-8"))
    reader.close()
    assert reader.open == []
    return reader


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return read(SAMPLE, tmp_path_factory.mktemp("docs"))


def test_it_refers_to_nothing_outside_itself(sample: Reader) -> None:
    assert sample.targets
    assert all(target.startswith("#") for target in sample.targets)
    assert not sample.seen & FOREIGN
    assert "url(" not in "".join(sample.said)
    assert "@import" not in "".join(sample.said)


def test_its_contents_lead_somewhere(sample: Reader) -> None:
    assert len(sample.ids) == len(set(sample.ids))
    assert {target[1:] for target in sample.targets} <= set(sample.ids)


def test_it_holds_every_document(sample: Reader) -> None:
    for document in documents(load(SAMPLE)):
        assert document.id in sample.ids
        assert document.title in sample.said


def test_what_a_policy_holds_is_shown_and_not_obeyed(edited: Edited, tmp_path: Path) -> None:
    folder = edited(
        ("lifecycle", "label: MQL", f"label: {HOSTILE}"),
        ("lifecycle", "purpose: Signed.", f"purpose: {HOSTILE}"),
        ("lifecycle", "label: Bad data", r'label: "| <b>x</b> `"'),
        ("lifecycle", "lead_status: OPEN_DEAL", r'lead_status: "`|<i>"'),
        ("roster", "company: Quillhaven", f"company: {HOSTILE}"),
        ("routing", "label: Partner desk", r'label: "- <img src=x onerror=y>"'),
    )
    reader = read(folder, tmp_path / "out")
    assert not reader.seen & (FOREIGN | {"b", "i"})
    assert all(target.startswith("#") for target in reader.targets)
    whole = "".join(reader.said)
    assert "<script>alert(1)</script> | `x` [a](http://e.example) *b* &amp; # c | d |" in whole
    assert "<img src=x onerror=y>" in whole


def test_tables_keep_their_columns_whatever_their_cells_hold(
    edited: Edited, tmp_path: Path
) -> None:
    folder = edited(
        ("lifecycle", "label: MQL", f"label: {HOSTILE}"),
        ("lifecycle", "label: Bad data", r'label: "| <b>x</b> `|` \\| "'),
    )
    plain = {one.id: one.markdown for one in documents(load(SAMPLE))}
    for one in documents(load(folder)):
        assert _columns(one.markdown) == _columns(plain[one.id])


def _columns(markdown: str) -> list[int]:
    """Cells of each row of each table."""
    bare = markdown.replace("\\\\", "").replace("\\|", "")
    return [line.count("|") for line in bare.splitlines() if line.startswith("|")]
