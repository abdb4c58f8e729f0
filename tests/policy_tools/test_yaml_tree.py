"""YAML is read strictly, and every value knows its line."""

from __future__ import annotations

import pytest

from baton.policy_tools.faults import PolicyError
from baton.policy_tools.yaml_tree import parse, place_of, plain


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("NO", "NO", id="Norway is not false"),
        pytest.param("yes", "yes", id="yes is a word"),
        pytest.param("13:30", "13:30", id="a time is not a number to base 60"),
        pytest.param("2026-12-24", "2026-12-24", id="a date stays as written"),
        pytest.param("007", "007", id="leading zeros stay"),
        pytest.param("0x1F", "0x1F", id="no hexadecimal"),
        pytest.param(".inf", ".inf", id="no infinity"),
        pytest.param("9" * 30, "9" * 30, id="a huge number stays text"),
        pytest.param('"12"', "12", id="quoted is text"),
        pytest.param("12", 12, id="whole number"),
        pytest.param("-1.5", -1.5, id="fraction"),
        pytest.param("true", True, id="true"),
        pytest.param("null", None, id="null"),
        pytest.param("", None, id="nothing"),
        pytest.param("+30m", "+30m", id="a signed duration is text"),
    ],
)
def test_a_scalar_means_what_it_looks_like(text: str, value: object) -> None:
    read = plain(parse(f"key: {text}", "f.yaml"))["key"]
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param(
            "a: 1\nb: 2\na: 3",
            "f.yaml:3 a: is there twice, first in line 1: keep one",
            id="key twice",
        ),
        pytest.param("a: [1, 2", "not valid YAML", id="bad syntax"),
        pytest.param("a:\n\tb: 1", "f.yaml:2: not valid YAML: ", id="tab, and its line"),
        pytest.param("a:\n  b: 1\n\tc: 2", "; indent with spaces, not with tabs", id="tab"),
        pytest.param("a: &x 1\nb: *x", "f.yaml:1 a: anchors (&)", id="anchor"),
        pytest.param("a: *x", "f.yaml:1", id="alias of nothing"),
        pytest.param("a: !!python/name:os.system", "f.yaml:1 a: the tag", id="tag"),
        pytest.param("!!set {a}", "f.yaml:1: the tag", id="tag at the top"),
        pytest.param("? [a, b]\n: c", "f.yaml:1: a key must be a plain word", id="odd key"),
        pytest.param(
            "a: 1\n---\nb: 2", "f.yaml:2: one file holds one document", id="two documents"
        ),
        pytest.param("- a\n- b", "f.yaml:1: must be keys with values, not a list", id="a list"),
        pytest.param("hello", "f.yaml:1: must be keys with values", id="a word"),
        pytest.param("a: " + "[" * 100 + "]" * 100, "nested too deeply", id="nested deeply"),
        pytest.param("a: " + "[" * 100_000, "f.yaml", id="nested without end"),
        pytest.param("a: \x00", "not valid YAML", id="control character"),
    ],
)
def test_what_is_not_plain_yaml_is_refused_with_its_line(text: str, fault: str) -> None:
    with pytest.raises(PolicyError) as caught:
        parse(text, "f.yaml")
    assert fault in str(caught.value)


def test_a_fault_is_one_line_without_escape_codes_whatever_the_file_holds() -> None:
    with pytest.raises(PolicyError) as caught:
        parse('"a\\e[31m\\nb": 1\n"a\\e[31m\\nb": 2\n', "f.yaml")
    assert str(caught.value).startswith("f.yaml:2 a [31m b: is there twice")


def test_every_repeated_key_is_found_at_once() -> None:
    with pytest.raises(PolicyError) as caught:
        parse("a: 1\na: 2\nb:\n  c: 1\n  c: 2\n", "f.yaml")
    assert [fault.place.line for fault in caught.value.faults] == [2, 5]


def test_an_empty_file_is_an_empty_mapping() -> None:
    assert plain(parse("# nothing yet\n", "f.yaml")) == {}


def test_values_keys_and_missing_things_have_places() -> None:
    tree = parse("pools:\n  - id: a\n    members:\n      - rep: anna\n", "f.yaml")
    place, path = place_of(tree, ("pools", 0, "members", 0, "rep"))
    assert (place.line, path) == (4, ("pools", 0, "members", 0, "rep"))
    place, path = place_of(tree, ("pools", 0, "label"))
    assert (place.line, path) == (2, ("pools", 0))
