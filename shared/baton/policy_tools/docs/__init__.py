"""Documents written from the policy files, so that they are never out of date.

Same files, same bytes: no clock is read and nothing comes from outside the files.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from baton.policy_tools.docs import (
    admins,
    automation,
    drawing,
    faq,
    guides,
    page,
    reps,
    scoring,
    sign_off,
    stages,
    transitions,
    upkeep,
)
from baton.policy_tools.docs.source import Source
from baton.policy_tools.models import Files

__all__ = ["PAGE", "Document", "documents", "write"]

#: All documents on one page.
PAGE = "index.html"


@dataclass(frozen=True, slots=True)
class Document:
    """A document: its file is ``{id}.md``."""

    id: str
    title: str
    markdown: str


_WRITERS: tuple[tuple[str, str, Callable[[Source], str]], ...] = (
    ("process-map", "Process map", stages.process_map),
    ("stages", "Stage definitions", stages.definitions),
    ("transitions", "Transitions", transitions.transitions),
    ("reasons", "Reasons", transitions.reasons),
    ("scoring", "Scoring", scoring.scoring),
    ("automation", "Automation reference", automation.automation),
    ("guide-reps", "Guide for reps", reps.guide),
    ("guide-marketing", "Guide for marketing", guides.marketing),
    ("guide-leadership", "Guide for leadership", guides.leadership),
    ("guide-admins", "Guide for admins", admins.guide),
    ("faq", "Questions and answers", faq.faq),
    ("maintenance", "Maintenance schedule", upkeep.maintenance),
    ("sign-off", "Definition sign-off sheet", sign_off.sign_off),
)


def documents(files: Files, on: date | None = None) -> tuple[Document, ...]:
    """Every document of the policy. *on* is shown on the sign-off sheet, and nowhere else."""
    source = Source(files, on)
    return tuple(Document(id, title, writer(source)) for id, title, writer in _WRITERS)


def write(files: Files, folder: Path, on: date | None = None) -> tuple[Path, ...]:
    """Write the documents, the map and the page into *folder*; the paths, in that order."""
    written = documents(files, on)
    process_map = drawing.process_map(files.lifecycle)
    texts = {f"{one.id}.md": f"{one.markdown}\n" for one in written}
    texts[stages.MAP_FILE] = process_map
    texts[PAGE] = page.render(
        f"Lead lifecycle of {files.roster.company}",
        [(one.id, one.title, one.markdown) for one in written],
        {stages.MAP_FILE: process_map},
    )
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, content in texts.items():
        path = folder / name
        path.write_text(content, encoding="utf-8", newline="\n")
        paths.append(path)
    return tuple(paths)
