"""Values of a policy stay text in Markdown, and the lines of a template become Markdown lines."""

from __future__ import annotations

from datetime import date

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from baton.policy_tools.docs.markdown import code, escaped, inline, joined, laid_out, text
from baton.policy_tools.docs.rendering import markdown_environment


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("a|b", r"a\|b"),
        ("a\nb", "a b"),
        ("<b>", r"\<b\>"),
        ("`x`", r"\`x\`"),
        ("# a", r"\# a"),
        ("1. a", r"1\. a"),
        ("- a", r"\- a"),
        ("a\\", "a\\\\"),
        ("Q&amp;A", r"Q\&amp;A"),
        ("5 * 3 = x_y", r"5 \* 3 = x\_y"),
        ("E-mail", "E-mail"),
    ],
)
def test_text_is_escaped(given: str, shown: str) -> None:
    assert text(given) == shown


def test_code_that_would_not_stay_code_becomes_text() -> None:
    assert code("open_deal") == "`open_deal`"
    assert code("a`b|c") == r"a\`b\|c"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("*x*", r"\*x\*"),
        (Markup("*x*"), "*x*"),
        (-15.0, "-15"),
        (0.5, "0.5"),
        (date(2026, 12, 1), "Tue 1 Dec 2026"),
    ],
)
def test_a_value_is_escaped_unless_it_is_markdown_already(value: object, shown: str) -> None:
    assert escaped(value) == shown


@pytest.mark.parametrize("value", [None, True, ("a",), object()])
def test_a_value_that_has_no_one_way_to_be_shown_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        escaped(value)


def test_each_of_several_values_is_escaped() -> None:
    assert joined(["a_b", Markup("`c`"), "- d"], ", ", " or ") == r"a\_b, `c` or \- d"


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("{{ x }}", r"\*x\*"),
        ("{{ [x, x] | join(', ') }}", r"\*x\*, \*x\*"),
        ("{% macro m() %}**{{ x }}**{% endmacro %}{{ m() }}", r"**\*x\***"),
        ("{% set s %}{{ x }} & y{% endset %}{{ s }}", r"\*x\* & y"),
        ("{% filter inline(' and ') %}\n- {{ x }}\n- y\n{% endfilter %}", "\\*x\\* and y\n"),
    ],
)
def test_a_template_escapes_what_it_shows_once(template: str, shown: str) -> None:
    assert markdown_environment().from_string(template).render(x="*x*") == shown


def test_a_template_that_asks_for_what_is_not_there_fails() -> None:
    for template in ("{{ nothing }}", "{{ x.nothing }}", "{% if x.nothing %}{% endif %}"):
        with pytest.raises(UndefinedError):
            markdown_environment().from_string(template).render(x="x")


def test_a_paragraph_and_a_list_item_are_a_line_each() -> None:
    rendered = (
        "# Head\n\n\n  A text\n  goes on.\n\n- one\n  more\n- two\n\n1. a\n1. b\n   c\n\n1. d\n"
    )
    assert (
        laid_out(rendered)
        == "# Head\n\nA text goes on.\n\n- one more\n- two\n\n1. a\n2. b c\n\n1. d"
    )


def test_a_row_goes_on_until_its_last_bar() -> None:
    rendered = "| A | B\n| C |\n| --- | --- | --- |\n| 1\n|\n  2\n\n  3\n| 4 |\n"
    assert laid_out(rendered) == "| A | B | C |\n| --- | --- | --- |\n| 1 | 2 3 | 4 |"


def test_an_empty_cell_shows_a_dash() -> None:
    assert laid_out("|  | x | \n|") == "| – | x | – |"


def test_a_bar_that_is_text_ends_no_cell() -> None:
    row = rf"| {text('a|')} | {text('|')} |"
    assert laid_out(f"{row}\n") == row
    assert laid_out(f"| {text('a |')}\n|") == r"| a \| |"


def test_a_list_inside_a_sentence_is_joined_into_one_line() -> None:
    block = Markup("\n  - a\n    b\n\n  - c\n")
    assert inline(block) == "a b; c\n"
    assert inline(block, ", ", " or ") == "a b or c\n"
    assert inline(Markup("\n\n")) == ""
