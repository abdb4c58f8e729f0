"""JSON Schemas of the files, for editors: completion, hover texts, red underlines."""

from __future__ import annotations

import json
from pathlib import Path

from baton.policy_tools.models import FILES

FOLDER = "schema"


def generate() -> dict[str, str]:
    """File name -> JSON text."""
    texts: dict[str, str] = {}
    for name, model in FILES.items():
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **model.model_json_schema(),
            "title": f"Baton policy: {name}.yaml",
        }
        texts[f"{name}.schema.json"] = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    return texts


def write(folder: Path) -> list[Path]:
    """Write the schemas under *folder* of a policy; returns those that changed."""
    changed: list[Path] = []
    for name, text in generate().items():
        path = folder / FOLDER / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed
