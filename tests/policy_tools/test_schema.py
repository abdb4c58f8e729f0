"""The committed JSON Schemas match the models, and the sample files are valid under them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # it ships no types

from baton.policy_tools import schema
from baton.policy_tools.models import FILES
from baton.policy_tools.yaml_tree import parse, plain
from tests.policy_tools.conftest import SAMPLE
from tests.policy_tools.test_faults import SEEDED


def as_json(value: Any) -> Any:
    if isinstance(value, tuple):
        return [as_json(item) for item in value]
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    return value


def errors(name: str, text: str) -> list[str]:
    validator = Draft202012Validator(FILES[name].model_json_schema())
    return [error.message for error in validator.iter_errors(as_json(plain(parse(text, name))))]


def test_the_committed_schemas_are_in_step_with_the_models() -> None:
    """If this fails, run `baton policy schema`."""
    committed = {
        path.name: path.read_text(encoding="utf-8") for path in (SAMPLE / "schema").glob("*.json")
    }
    assert committed == schema.generate()


@pytest.mark.parametrize("name", FILES)
def test_each_sample_file_names_its_schema_and_fits_it(name: str) -> None:
    text = (SAMPLE / f"{name}.yaml").read_text(encoding="utf-8")
    assert text.startswith(f"# yaml-language-server: $schema=schema/{name}.schema.json\n")
    assert errors(name, text) == []


@pytest.mark.parametrize(
    "name",
    [
        "unknown key",
        "wrong type",
        "id without quotes",
        "not one of",
        "missing key",
        "no members",
        "capacity below one",
        "weight below one",
        "duration without unit",
        "bad hours",
    ],
)
def test_an_editor_sees_the_faults_of_shape_too(name: str) -> None:
    file, old, new, _ = SEEDED[name]
    text = (SAMPLE / f"{file}.yaml").read_text(encoding="utf-8")
    assert errors(file, text.replace(old, new, 1))


@pytest.mark.parametrize("name", FILES)
def test_every_key_is_described(name: str) -> None:
    whole = FILES[name].model_json_schema()
    bare = [
        f"{model}.{key}"
        for model, definition in [(name, whole), *whole.get("$defs", {}).items()]
        for key, value in definition.get("properties", {}).items()
        if len(value.get("description", "")) < 5
    ]
    assert bare == []


@pytest.mark.parametrize("name", FILES)
def test_every_pattern_is_one_that_editors_understand(name: str) -> None:
    """JavaScript knows neither lookbehind by name nor Python's flags inside a pattern."""
    found = list(patterns(FILES[name].model_json_schema()))
    assert found
    assert not [pattern for pattern in found if "(?P" in pattern or "(?i" in pattern]


def patterns(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            yield node["pattern"]
        yield from node.get("patternProperties", {})
        for value in node.values():
            yield from patterns(value)
    elif isinstance(node, list):
        for value in node:
            yield from patterns(value)


def test_writing_says_what_changed_and_nothing_the_second_time(tmp_path: Path) -> None:
    assert len(schema.write(tmp_path)) == len(FILES)
    assert schema.write(tmp_path) == []
