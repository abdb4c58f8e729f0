"""README.md and the pages it links: short, with valid links and commands that work."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from baton.cli.__main__ import parser
from baton.policy_tools import load

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"

#: The pages that the README leads to.
PAGES = [
    README,
    ROOT / "ARCHITECTURE.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "infra/pages").glob("*.md")),
]
#: All pages for readers.
DOCUMENTS = [
    *PAGES,
    ROOT / "CHANGELOG.md",
    ROOT / "events/README.md",
    ROOT / "tests/bench/README.md",
    *sorted((ROOT / "infra").rglob("README.md")),
    *sorted((ROOT / "infra/decisions").glob("0*.md")),
]
WIDTH = 120
#: Lines of the README that a reader sees first, and the most it may have.
TOP, MOST = 45, 110

FENCED = re.compile(r"^ *```\w*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def prose(page: Path) -> str:
    """The page without its code blocks."""
    return FENCED.sub("", page.read_text("utf-8"))


def pasted(page: Path) -> list[str]:
    """The commands in code blocks, line by line, without comments."""
    blocks = FENCED.findall(page.read_text("utf-8"))
    return [line.partition(" #")[0].strip() for block in blocks for line in block.splitlines()]


def named(page: Path) -> list[str]:
    """The names in sentences: each `code span`."""
    return [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose(page))]


def links(page: Path) -> Iterator[tuple[Path, str]]:
    """(file, anchor) of each relative link and picture. The text of a link may span lines."""
    text = re.sub(r"`[^`]*`", "``", prose(page))
    for target in re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:", target):
            path, _, anchor = target.partition("#")
            yield (page.parent / path if path else page), anchor


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub makes from the headings."""
    headings = re.findall(r"^#+ +(.+?) *$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


def understood(words: list[str]) -> argparse.Namespace | None:
    """The arguments that `baton` parses from *words*; None: it refuses them."""
    try:
        return parser().parse_args(words)
    except SystemExit:
        return None


def is_a_command(words: list[str]) -> bool:
    """Whether *words* are the beginning of a command; its arguments may be missing."""
    with pytest.raises(SystemExit) as ended:
        parser().parse_args([*words, "--help"])
    return ended.value.code == 0


BATON = ".venv/bin/baton "
COMMANDS = [
    pytest.param(line.removeprefix(BATON), id=f"{name_of(page)}: {line.removeprefix(BATON)}")
    for page in PAGES
    for line in pasted(page)
    if line.startswith(BATON)
]


@pytest.mark.parametrize("page", DOCUMENTS, ids=name_of)
def test_no_line_is_wider_than_a_screen(page: Path) -> None:
    """Rows of tables are an exception, because they cannot be wrapped."""
    lines = enumerate(page.read_text("utf-8").splitlines(), 1)
    wide = [number for number, line in lines if len(line) > WIDTH and not line.startswith("|")]
    assert wide == []


@pytest.mark.parametrize("page", DOCUMENTS, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    lost = [
        f"{file.name}#{anchor}"
        for file, anchor in links(page)
        if not file.exists() or (anchor and anchor not in anchors(file))
    ]
    assert lost == []


def test_the_readme_links_every_page() -> None:
    linked = {file.resolve() for file, _ in links(README)}
    assert {page.resolve() for page in PAGES} - {README} <= linked


def test_the_top_of_the_readme_has_the_picture_and_the_two_commands() -> None:
    lines = README.read_text("utf-8").splitlines()
    assert len(lines) <= MOST
    top = "\n".join(lines[:TOP])
    assert "(infra/pictures/sandbox.png)" in top
    assert "\nmake run " in top
    assert "\nmake test " in top


@pytest.mark.parametrize("name", ["make run", "make test"])
def test_the_top_of_the_readme_says_how_long_it_takes_and_what_it_leaves(name: str) -> None:
    top = README.read_text("utf-8").splitlines()[:TOP]
    assert any(re.match(rf"\| `{name}`.*\| .*minutes.* \| .*GB", line) for line in top)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_that_is_pasted_is_understood_and_names_people_of_the_sample(
    command: str,
) -> None:
    arguments = understood(shlex.split(command))
    assert arguments is not None
    named = {getattr(arguments, name, None) for name in ("person", "rep", "to")} - {None, ""}
    assert named <= {person.id for person in load(ROOT / "infra/policy").roster.people}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    for span in named(page):
        if span.startswith(("baton ", BATON)):
            words = span.split()[1:]
            assert understood(words) or ("--" not in span and is_a_command(words)), span


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_what_make_and_python_are_asked_for_is_there(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for line in [*pasted(page), *named(page)]:
        if asked := re.match(r"(?:[A-Z_]+=\S+ )*make ([a-z]+)\b", line):
            assert asked[1] in targets, line
        if asked := re.match(r"\.venv/bin/python -m (\S+)", line):
            assert find_spec(asked[1]), line


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_what_is_pasted_comes_from_the_environment_that_make_sets_up(page: Path) -> None:
    """`baton`, and a Python with its packages, are not on the PATH."""
    assert [line for line in pasted(page) if re.match(r"(python3?|baton|pytest)\b", line)] == []


def test_there_are_commands_to_paste() -> None:
    assert len(COMMANDS) >= 25
