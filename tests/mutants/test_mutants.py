"""The search for unnoticed mutants, on small examples; `make mutants` is not part of the tests."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.mutants.forks import forked
from tests.mutants.noticing import DOMAIN, ROOT, SECONDS, Reach, Result, Trace
from tests.mutants.operators import Key, Module, Mutant
from tests.mutants.results import Equivalent, Kept, Room, table


def changes(source: str) -> set[str]:
    """Each change of *source* as before → after, in one line."""
    mutants = Module(textwrap.dedent(source), "a.py").mutants
    return {" ".join(f"{one.key.before} → {one.key.after}".split()) for one in mutants}


def inside(line: str) -> set[str]:
    """The changes of a line inside a function."""
    return changes(f"def f(a, b, c):\n    {line}")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("x = a < b", {"a < b → a <= b"}),
        ("x = a >= b", {"a >= b → a > b"}),
        ("x = a == b", {"a == b → a != b"}),
        ("x = a is not b", {"a is not b → a is b"}),
        ("x = a < b < c", {"a < b < c → a <= b < c", "a < b < c → a < b <= c"}),
        ("x = a and b", {"a and b → a", "a and b → b"}),
        (
            "x = a or b or c",
            {"a or b or c → b or c", "a or b or c → a or c", "a or b or c → a or b"},
        ),
        ("x = not a", {"not a → a"}),
        ("x = a + b", {"a + b → a - b"}),
        ("x = a - 3", {"a - 3 → a + 3", "a - 3 → a - 4", "a - 3 → a - 2"}),
        ("x = a | b", {"a | b → a & b"}),
        ("x = -a", {"-a → a"}),
        ("x = True", {"x = True → x = False"}),
        ("x = 0", {"x = 0 → x = 1"}),
        ("x = ''", {"x = '' → x = 'x'"}),
        ("x = 'touch'", {"x = 'touch' → x = 'touchx'"}),
        ("x = 'a' + b", {"'a' + b → 'ax' + b"}),
        ("x = max(a, b)", {"max(a, b) → min(a, b)"}),
        ("x = a(b, y=c)", {"a(b, y=c) → a(b)"}),
        ("x = a if b else c", {"b → True", "b → False"}),
        ("x = a if b == c else c", {"b == c → True", "b == c → False"}),
        (
            "if a and b < c: x = a",
            {"a and b < c → a", "a and b < c → b < c", "a and b < c → False", "b < c → b <= c"},
        ),
        ("if not a: x = a", {"not a → True", "not a → False"}),
        ("while True: x = a", {"while True: x = a → while False: x = a"}),
        ("x = [y for y in a if b]", {"b → True", "b → False"}),
        ("a(b)", {"a(b) → pass"}),
        ("a.b = c", {"a.b = c → pass"}),
        ("a += b", {"a += b → pass", "a += b → a -= b"}),
        ("return a", {"return a → return None"}),
        ("return", {"return → pass"}),
        ("for y in a: continue", {"continue → pass", "continue → break"}),
        ("for y in a: break", {"break → continue"}),
        ("raise a", {"raise a → pass"}),
    ],
)
def test_code_is_changed_where_it_decides(line: str, expected: set[str]) -> None:
    assert inside(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        '"""A docstring."""',
        "assert a < b",
        'x: Literal[""] = a',
        'x = f"{a + 1} or {b and c}"',
        'x = "two words"',
        'draft.add_reason("word", a or b)',
        'x = phrase("word", a or b)',
        "x = zip(a, b, strict=True)",
    ],
)
def test_what_says_nothing_about_the_rules_is_left_alone(line: str) -> None:
    assert not inside(line)


def test_mutants_drop_a_case_and_its_guard() -> None:
    source = """
        def f(a, b):
            match a:
                case 1 if b:
                    x = a
                case _:
                    x = b
    """
    assert {
        "case 1 if b: x = a → case 1: x = a",
        "match a: case 1 if b: x = a case _: x = b → match a: case _: x = b",
    } <= changes(source)


def test_data_is_changed_too_but_not_its_types() -> None:
    source = """
        KEPT = 40
        class Clock(Struct, frozen=True):
            kind: Literal["", "wall"] = ""
        def f(a: Literal[1] = 2, *, b=True) -> Literal[3]: ...
    """
    mutants = Module(textwrap.dedent(source), "a.py").mutants
    assert {one.key.function for one in mutants} == {""}
    assert len(mutants) == 2 + 1 + 2 + 1


def test_every_mutant_of_the_domain_compiles_and_leaves_the_tree_as_it_was() -> None:
    source = (DOMAIN / "sla/pauses.py").read_text()
    module, again = Module(source, "a.py"), Module(source, "a.py")
    for mutant in module.mutants:
        assert module.compiled(mutant, "a.py")
    assert len({one.key for one in module.mutants}) == len(module.mutants)
    # Each change was undone.
    assert ast.dump(module.tree) == ast.dump(again.tree)


def test_a_mutant_is_the_same_when_its_lines_have_moved() -> None:
    source = "def f(a):\n    return a or a\n"
    moved = Module(f"\n\n{source}", "a.py").mutants
    assert [one.key for one in Module(source, "a.py").mutants] == [one.key for one in moved]
    assert moved[0].lines == (4, 4)


def test_the_methods_name_is_the_one_the_interpreter_knows() -> None:
    source = "class A:\n    def f(self):\n        return lambda: 0\n"
    assert {one.key.function for one in Module(source, "a.py").mutants} == {"A.f"}


# --- which tests are tried

SOURCE = "def f(a):\n    b = a + 1\n    return b\nKEPT = 3\n"
ADDED, _, _, RETURNED, DATA, _ = Module(SOURCE, "a.py").mutants


def trace(*lines: int, seconds: float = 1.0, passed: bool = True) -> Trace:
    return Trace(seconds, passed, {"a.py": frozenset(lines)})


def test_tests_that_run_the_line_are_tried_the_quickest_first() -> None:
    reach = Reach({"slow": trace(2, seconds=2), "quick": trace(2, 3), "other": trace(3)})
    assert reach.tests_of(ADDED) == ["quick", "slow"]


def test_tests_of_the_same_room_are_tried_before_all_others() -> None:
    (mutant, *_) = Module(SOURCE, "sla/a.py").mutants
    lines = {"sla/a.py": frozenset({2})}
    slow, quick = Trace(2, True, lines), Trace(1, True, lines)
    names = ("tests/domain/sla/test_a.py::slow", "tests/domain/test_b.py::quick")
    assert Reach(dict(zip(names, (slow, quick), strict=True))).tests_of(mutant) == list(names)


def test_the_test_that_noticed_the_last_mutant_is_tried_first() -> None:
    reach = Reach({"slow": trace(2, 3, seconds=2), "quick": trace(2, 3), "none": trace(3)})
    reach.killed(ADDED, "slow")
    assert reach.tests_of(RETURNED) == ["slow", "none", "quick"]


def test_no_more_tests_are_tried_than_there_is_time_for() -> None:
    reach = Reach({f"t{n}": trace(2, seconds=SECONDS / 4) for n in range(9)})
    assert len(reach.tests_of(ADDED)) == 4


def test_what_fails_without_any_change_notices_nothing() -> None:
    assert Reach({"broken": trace(2, passed=False)}).tests_of(ADDED) == []


def test_data_is_tried_by_whoever_runs_its_module_else_by_all_tests_of_the_rules() -> None:
    assert Reach({"one": trace(2)}).tests_of(DATA) == ["one"]
    elsewhere = Trace(1, True, {"b.py": frozenset({1})})
    assert Reach({"tests/domain/x": elsewhere, "tests/application/y": elsewhere}).tests_of(
        DATA
    ) == ["tests/domain/x"]


# --- processes


def test_work_is_done_in_processes_of_their_own() -> None:
    ended = list(forked(range(5), lambda n: (n * n, os.getpid()), workers=2))
    assert sorted(one.answer[0] for one in ended if one.answer) == [0, 1, 4, 9, 16]
    assert len({one.answer[1] for one in ended if one.answer} | {os.getpid()}) == 6


def test_a_process_that_dies_has_no_answer() -> None:
    def die(how: int) -> str:
        if how:
            os.kill(os.getpid(), how)
        raise ValueError

    ended = list(forked([0, signal.SIGKILL], die, workers=1))
    assert [(one.answer, one.signal) for one in ended] == [(None, 0), (None, signal.SIGKILL)]


def test_mutants_are_noticed_for_real(tmp_path: Path) -> None:
    """In a function, and in code that runs on import, where one is not noticed by the tests
    of one file: they have no instant near `SKEW`."""
    code = """
        import sys
        from pathlib import Path
        from tests.mutants import __main__ as command, noticing, results

        noticing.TESTS = ("tests/domain/routing/test_availability.py",)
        kept = Path(sys.argv[1])
        modules = command.modules_of("time.py")
        wanted = {"now - SKEW", "datetime(2000, 1, 1)", "seconds=61"}
        chosen = [one for one in modules["time.py"].mutants if one.key.after in wanted]
        room = results.Room("time.py", kept)
        room.begin("now", [])
        command.attempt(command.Task(room, modules, chosen), workers=2)
    """
    command = [sys.executable, "-c", textwrap.dedent(code), str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True)
    found = {one.key.after: one for one in Room("time.py", tmp_path).kept.values()}
    assert {after: one.verdict for after, one in found.items()} == {
        "now - SKEW": "killed",
        "datetime(2000, 1, 1)": "killed",
        "seconds=61": "survived",
    }
    # Which of its tests comes first depends on which was the fastest.
    assert found["now - SKEW"].by.startswith("tests/domain/routing/test_availability.py::")


# --- stored results


def result(mutant: Mutant, seconds: float = 60.0) -> Result:
    return Result(mutant, "killed", "test", seconds)


def test_results_of_a_room_are_resumed(tmp_path: Path) -> None:
    room = Room("sla", tmp_path)
    room.begin("now", [])
    room.add(result(ADDED))
    room.add(result(RETURNED))
    file = tmp_path / "sla.jsonl"
    file.write_text(file.read_text()[:-9])  # it died while it wrote
    again = Room("sla", tmp_path)
    assert again.stamp == "now"
    assert again.kept.keys() == {ADDED.key}
    assert again.kept[ADDED.key].by == "test"


def test_the_table_counts_what_came_of_each(tmp_path: Path) -> None:
    kept = [
        Kept(ADDED.key, 2, "killed", "test", 30),
        Kept(RETURNED.key, 3, "survived", "", 90),
        Kept(DATA.key, 4, "timed out", "", 0),
    ]
    rows = table({"sla": (6, 1, kept), "time.py": (2, 0, [])}).splitlines()
    assert rows[2:] == [
        "| sla | 6 | 1 | 1 | 1 | 1 | 0 | 2 | 2 |",
        "| time.py | 2 | 0 | 0 | 0 | 0 | 0 | 2 | 0 |",
        "| all | 8 | 1 | 1 | 1 | 1 | 0 | 4 | 2 |",
    ]


ENTRY = """
[[mutant]]
file = "a.py"
function = "f"
before = "a + 1"
after = "a - 1"
why = "a is never anything"
"""


def test_a_listed_mutant_is_known_by_its_text(tmp_path: Path) -> None:
    path = tmp_path / "equivalent.toml"
    path.write_text(ENTRY)
    equivalent = Equivalent(path)
    assert equivalent.has(ADDED.key)
    assert not equivalent.has(RETURNED.key)
    assert equivalent.matching_nothing({"a.py"}, [ADDED.key]) == []
    assert equivalent.matching_nothing({"a.py"}, [RETURNED.key]) == ["a.py, f: a + 1 → a - 1"]
    assert equivalent.matching_nothing({"b.py"}, []) == []


def test_nth_chooses_among_equal_changes_of_a_function(tmp_path: Path) -> None:
    path = tmp_path / "equivalent.toml"
    first, second = (Key("a.py", "f", "a + 1", "a - 1", nth) for nth in (0, 1))
    for nth, listed in (("", first), ("nth = 0", first), ("nth = 1", second)):
        path.write_text(ENTRY + nth)
        assert [key for key in (first, second) if Equivalent(path).has(key)] == [listed]


def test_a_listed_mutant_has_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "equivalent.toml"
    path.write_text(ENTRY.replace("why", "who"))
    with pytest.raises(ValueError, match="why"):
        Equivalent(path)


def test_every_listed_mutant_is_one() -> None:
    equivalent = Equivalent()
    files = {entry.file for entry in equivalent.entries}
    keys = [one.key for file in files for one in Module((DOMAIN / file).read_text(), file).mutants]
    assert equivalent.matching_nothing(files, keys) == []
