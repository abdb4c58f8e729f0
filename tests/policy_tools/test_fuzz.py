"""Whatever the files contain, the result is a policy or a list of faults."""

from __future__ import annotations

import tempfile
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from baton.policy_tools import PolicyError, check, compile_policy, load, references
from baton.policy_tools.linting import lint
from baton.policy_tools.models import FILES
from baton.policy_tools.yaml_tree import parse, plain
from tests.policy_tools.conftest import SAMPLE

pytestmark = pytest.mark.slow

TEXTS = {name: (SAMPLE / f"{name}.yaml").read_text(encoding="utf-8") for name in FILES}


def as_lists(value: Any) -> Any:
    if isinstance(value, tuple):
        return [as_lists(item) for item in value]
    if isinstance(value, dict):
        return {key: as_lists(item) for key, item in value.items()}
    return value


def as_tuples(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(as_tuples(item) for item in value)
    if isinstance(value, dict):
        return {key: as_tuples(item) for key, item in value.items()}
    return value


DATA = {name: as_lists(plain(parse(text, name))) for name, text in TEXTS.items()}

#: Values that a policy file may have in a wrong place.
junk = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        [
            *["anna", "mql", "hot", "NO", "{name}", "[key]", "always", "Europe/", "../etc", "50%"],
            *["1d", "PT0S", "-1", "+9999h", "24:00", "2026-12-24", "9999-12-31"],
            "2149-12-31 23:59 UTC",
        ]
    ),
    st.lists(st.one_of(st.text(max_size=4), st.integers()), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)


def places(node: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    found = [path]
    if isinstance(node, dict):
        for key, value in node.items():
            found += places(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            found += places(value, (*path, index))
    return found


PLACES = [(name, path) for name, data in DATA.items() for path in places(data) if path]


def judge(texts: dict[str, str | bytes]) -> None:
    """Check (and compile) a policy with these files in place of the sample's."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {**TEXTS, **texts}.items():
            data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
            (Path(folder) / f"{name}.yaml").write_bytes(data)
        try:
            checked = check(folder)
        except PolicyError as error:
            faults = error.faults
        else:
            assert compile_policy(checked.files, date(2026, 11, 22)).people
            return
    assert faults
    for fault in faults:
        assert fault.place.file.startswith(folder)
        assert fault.place.line >= 0
        assert fault.message
        assert str(fault).isprintable()  # one line, and no escape codes


#: The sample with conditions of every kind in it.
RICHER: dict[str, tuple[str, str]] = {
    "lifecycle": (
        "    purpose: There is a deal",
        "    entry: {any: [{budget: agreed}, {not: {pain: {known: false}}}], qualified: true}\n"
        "    exit: {events: {of: [form, deal_won], within: 14d, at_least: 2}}\n"
        "    hold: {within: 2d, then: close, reason: timing}\n"
        "    disqualified_by: [{when: {email: {matches: '*@x.y'}}, reason: bad_fit}]\n"
        "    purpose: There is a deal",
    ),
    "routing": (
        "when: {partner: {known: true}}",
        "when: {partner: {known: true}, all: [{fit: {at_least: 5, below: 9}}, {rounds: 2}]}",
    ),
}


def richer() -> dict[str, Any]:
    texts = {name: TEXTS[name].replace(*RICHER.get(name, ("", "")), 1) for name in FILES}
    return {name: as_lists(plain(parse(text, name))) for name, text in texts.items()}


def written(data: Any) -> str:
    # libyaml's, because writing takes a third of this file's time even so.
    text: str = yaml.dump(data, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)
    return text


def test_the_sample_survives_being_written_anew() -> None:
    """Otherwise the mutations below would all be stopped by the same early fault."""
    with tempfile.TemporaryDirectory() as folder:
        for name, data in DATA.items():
            (Path(folder) / f"{name}.yaml").write_text(written(data), encoding="utf-8")
        assert check(folder).results


def kinds_of_places() -> list[tuple[str, tuple[Any, ...]]]:
    """One path of each kind: the first item of a list represents the others."""
    kinds: dict[object, tuple[str, tuple[Any, ...]]] = {}
    for name, path in PLACES:
        pattern = tuple("*" if isinstance(part, int) else part for part in path)
        kinds.setdefault((name, pattern), (name, path))
    return list(kinds.values())


@pytest.mark.parametrize("value", [None, "", "x", 0, 1.5, True, (), {}, ("x",), {"x": 1}], ids=repr)
def test_every_model_takes_or_refuses_any_kind_of_value_anywhere(value: object) -> None:
    """Exhaustive, not random: the result is always a value or a ValidationError."""
    refused = 0
    for name, path in kinds_of_places():
        whole = deepcopy(DATA[name])
        target = whole
        for part in path[:-1]:
            target = target[part]
        target[path[-1]] = value
        try:
            FILES[name].model_validate(as_tuples(whole))
        except ValidationError as error:
            refused += len(error.errors()) > 0
    assert refused > 50


@pytest.mark.parametrize("value", [{}, ["x"], None], ids=repr)
def test_names_are_judged_whatever_stands_in_their_place(value: object) -> None:
    trees = {name: parse(text, name) for name, text in TEXTS.items()}
    for name, path in kinds_of_places():
        whole = deepcopy(DATA[name])
        target = whole
        for part in path[:-1]:
            target = target[part]
        target[path[-1]] = value
        changed = parse(written(whole), name)
        assert all(fault.message for fault in references.check({**trees, name: changed}))


slow = settings(max_examples=50, suppress_health_check=list(HealthCheck))


@slow
@given(st.data())
def test_any_value_in_any_place_is_judged(data: st.DataObject) -> None:
    texts: dict[str, str | bytes] = {}
    for _ in range(data.draw(st.integers(1, 3))):
        name, path = data.draw(st.sampled_from(PLACES))
        if name in texts:
            continue
        whole = deepcopy(DATA[name])
        target = whole
        for part in path[:-1]:
            target = target[part]
        match data.draw(st.sampled_from(["replace", "remove", "rename"])):
            case "replace":
                target[path[-1]] = data.draw(junk)
            case "remove":
                del target[path[-1]]
            case "rename" if isinstance(target, dict):
                target[data.draw(st.text(max_size=8))] = target.pop(path[-1])
        texts[name] = written(whole)
    judge(texts)


@slow
@given(st.sampled_from(sorted(TEXTS)), st.data())
def test_any_slip_of_the_keyboard_is_judged(name: str, data: st.DataObject) -> None:
    text = TEXTS[name]
    start = data.draw(st.integers(0, len(text) - 1))
    end = min(len(text), start + data.draw(st.integers(0, 6)))
    typed = data.draw(
        st.one_of(st.text(max_size=4), st.text("[]{}:,-&*!|>'\"%@`#?\t\n 0aé", max_size=4))
    )
    judge({name: text[:start] + typed + text[end:]})


@slow
@given(st.sampled_from(sorted(TEXTS)), st.binary(max_size=60))
def test_any_bytes_are_judged(name: str, data: bytes) -> None:
    judge({name: data})


@slow
@given(st.data())
def test_any_value_in_any_place_is_linted(data: st.DataObject) -> None:
    """Without its cases, which stop at the first fault, so that the linter gets to see more."""
    files = richer()
    name = data.draw(st.sampled_from(["lifecycle", "scoring", "routing", "recycling", "sla"]))
    path = data.draw(st.sampled_from([path for path in places(files[name]) if path]))
    target = files[name]
    for part in path[:-1]:
        target = target[part]
    if data.draw(st.booleans()):
        target[path[-1]] = data.draw(junk)
    else:
        del target[path[-1]]
    files["cases"] = {}
    with tempfile.TemporaryDirectory() as folder:
        for file, content in files.items():
            (Path(folder) / f"{file}.yaml").write_text(written(content), encoding="utf-8")
        try:
            findings = lint(load(folder))
        except PolicyError:
            return
    for finding in findings:
        assert finding.place.line
        assert finding.rule
        assert finding.why
        assert finding.fix
