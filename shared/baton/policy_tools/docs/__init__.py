"""Documents written from the policy files, so that they are never out of date.

Same files, same bytes: no clock is read and nothing comes from outside the files. What a document
says stands in its template; Python works out what the templates ask for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from baton.policy_tools.docs import drawing, page, rendering
from baton.policy_tools.docs.example import example
from baton.policy_tools.docs.move_triggers import hands_over_again, move_triggers
from baton.policy_tools.docs.source import Source
from baton.policy_tools.models import FILES, Files

__all__ = ["DOCUMENTS", "PAGE", "Document", "documents", "write"]

#: All documents on one page.
PAGE = "index.html"
#: The drawing that the process map shows.
MAP_FILE = "process-map.svg"
#: Ids of the documents, in the order in which they are best read.
DOCUMENTS = (
    "process-map",
    "stages",
    "transitions",
    "reasons",
    "scoring",
    "automation",
    "guide-reps",
    "guide-marketing",
    "guide-leadership",
    "guide-admins",
    "faq",
    "maintenance",
    "sign-off",
)


@dataclass(frozen=True, slots=True)
class Document:
    """A document: its file is ``{id}.md``."""

    id: str
    markdown: str

    @property
    def title(self) -> str:
        return self.markdown.partition("\n")[0].removeprefix("# ")


def documents(files: Files, on: date | None = None) -> tuple[Document, ...]:
    """Every document of the policy. *on* is shown on the sign-off sheet, and nowhere else."""
    source = Source(files, on)
    values = {
        "policy": source,
        "move_triggers": partial(move_triggers, source),
        "hands_over_again": partial(hands_over_again, source),
        "example": example(files.scoring) if files.scoring else None,
        **{name: getattr(files, name) for name in FILES},
    }
    return tuple(Document(id, rendering.document(id, values)) for id in DOCUMENTS)


def write(files: Files, folder: Path, on: date | None = None) -> tuple[Path, ...]:
    """Write the documents, the map and the page into *folder*; the paths, in that order."""
    written = documents(files, on)
    process_map = drawing.process_map(files.lifecycle)
    texts = {f"{one.id}.md": f"{one.markdown}\n" for one in written}
    texts[MAP_FILE] = process_map
    texts[PAGE] = page.render(
        f"Lead lifecycle of {files.roster.company}",
        [(one.id, one.title, one.markdown) for one in written],
        {MAP_FILE: process_map},
    )
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, content in texts.items():
        path = folder / name
        path.write_text(content, encoding="utf-8", newline="\n")
        paths.append(path)
    return tuple(paths)
