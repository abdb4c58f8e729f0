"""Finds which tests run a line of the domain, and whether one of them notices a change of it.

A process imports all tests, and forks for each mutant. The fork replaces the code of one function
and runs the tests that reach its line, nearest and quickest first, until one fails. Code that runs
when a module is imported needs a process that has not imported it yet: `tried_anew`.
"""

from __future__ import annotations

import gc
import signal
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import _lru_cache_wrapper
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.mutants.forks import Ended, forked
from tests.mutants.operators import Module, Mutant

ROOT = Path(__file__).parents[2]
DOMAIN = ROOT / "shared/baton/domain"
#: Folders of the tests of the rules. Other tests run the domain, too, but check something else.
TESTS = ("tests/domain", "tests/application", "tests/simulation")
#: Most seconds of tests per mutant, by their times when traced.
SECONDS = 15.0
#: Examples per property.
EXAMPLES = 15

Verdict = Literal["killed", "timed out", "survived", "not run"]


@dataclass(frozen=True)
class Result:
    mutant: Mutant
    verdict: Verdict
    #: The test that noticed it.
    by: str
    seconds: float


@dataclass(frozen=True)
class Trace:
    """The lines of the domain that one test runs."""

    seconds: float
    passed: bool
    #: Line numbers, by file below the domain.
    lines: dict[str, frozenset[int]]


@dataclass
class Reach:
    """Which tests run which lines."""

    traces: dict[str, Trace]
    _by_line: dict[tuple[str, int], set[str]] = field(default_factory=lambda: defaultdict(set))
    _killers: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for test, trace in self.traces.items():
            if trace.passed:
                for file, lines in trace.lines.items():
                    for line in lines:
                        self._by_line[file, line].add(test)

    def tests_of(self, mutant: Mutant) -> list[str]:
        """The tests that run the changed line, most promising first."""
        file = mutant.key.file
        near = f"{TESTS[0]}/{file.partition('/')[0]}/"
        found = self._at(file, *mutant.lines) or self._at(file, *mutant.statement)
        if not found and not mutant.key.function:
            # Data: the tests that run code of its module or are in its room; if there are none, all
            # tests of the rules.
            rules = {test for test in self.traces if test.startswith(TESTS[0])}
            in_room = {test for test in rules if test.startswith(near)}
            found = self._at(file, 1, 10_000) | in_room or rules
        killers = self._killers[file, mutant.key.function]
        first = [test for test in reversed(killers) if test in found]

        def order(test: str) -> tuple[bool, float, str]:
            return not test.startswith(near), self.traces[test].seconds, test

        rest = sorted(found - set(first), key=order)
        chosen: list[str] = []
        spent = 0.0
        for test in dict.fromkeys([*first, *rest]):
            spent += self.traces[test].seconds
            if chosen and spent > SECONDS:
                break
            chosen.append(test)
        return chosen

    def killed(self, mutant: Mutant, by: str) -> None:
        killers = self._killers[mutant.key.file, mutant.key.function]
        if by in killers:
            killers.remove(by)
        killers.append(by)

    def _at(self, file: str, first: int, last: int) -> set[str]:
        hit = [self._by_line.get((file, line), set()) for line in range(first, last + 1)]
        return set[str]().union(*hit)


class Collected:
    """A pytest plugin that collects tests to run one by one, with few examples for properties."""

    def __init__(self, work: Callable[[Collected], None]) -> None:
        self._work = work
        self.items: dict[str, pytest.Item] = {}
        self._failed = False

    def pytest_configure(self) -> None:
        settings.register_profile(
            "mutants",
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        )
        settings.load_profile("mutants")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:  # with this mutant the tests cannot be imported
            return True
        self.items = {item.nodeid: item for item in session.items}
        for item in session.items:
            test = getattr(item, "obj", None)
            # The settings in the decorators of a property were applied when its module was
            # imported.
            own = getattr(test, "_hypothesis_internal_use_settings", None)
            if own is not None and own.max_examples > EXAMPLES:
                few = settings(own, max_examples=EXAMPLES)
                test._hypothesis_internal_use_settings = few  # type: ignore[union-attr]
        self._work(self)
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._failed = self._failed or report.failed

    def passes(self, test: str, following: str | None = None) -> bool:
        item = self.items[test]
        then = self.items[following] if following else None
        self._failed = False
        item.ihook.pytest_runtest_protocol(item=item, nextitem=then)
        return not self._failed

    def first_to_fail(self, tests: Sequence[str], reach: Reach) -> str:
        """The first of *tests* that fails; empty: none. The parent ends the process if a test takes
        ten times its usual time."""
        for test, following in zip(tests, [*tests[1:], None], strict=True):
            limit = 2 + 10 * reach.traces[test].seconds
            signal.setitimer(signal.ITIMER_PROF, limit)  # of processor time
            signal.setitimer(signal.ITIMER_REAL, 10 * limit)
            if not self.passes(test, following):
                return test
        return ""


def collect(work: Callable[[Collected], None], files: Iterable[str] = ()) -> int:
    """Import the tests in *files* (none: all tests of the rules), then do *work* with them. Returns
    pytest's exit code."""
    plugin = Collected(work)
    quiet = ["-q", "--no-header", "--no-summary", "--tb=no", "-p", "no:cacheprovider", "-s"]
    return pytest.main([*quiet, f"--rootdir={ROOT}", *(files or TESTS)], plugins=[plugin])


# --- tracing


def traced(collected: Collected, tests: Iterable[str], workers: int) -> Iterator[tuple[str, Trace]]:
    """Run each of *tests* separately, so that no state from another test is used."""
    gc.freeze()

    def trace(test: str) -> Trace:
        seen: dict[str, set[int]] = {str(path): set() for path in DOMAIN.rglob("*.py")}
        follow = {name: _follow(lines) for name, lines in seen.items()}

        def called(frame: FrameType, event: str, arg: object) -> Any:
            line = follow.get(frame.f_code.co_filename)
            return line and line(frame, event, arg)

        since = time.process_time()
        threading.settrace(called)
        sys.settrace(called)
        passed = collected.passes(test)
        sys.settrace(None)
        lines = {_below(name): frozenset(lines) for name, lines in seen.items() if lines}
        return Trace(time.process_time() - since, passed, lines)

    for ended in forked(tests, trace, workers):
        yield ended.job, ended.answer or Trace(0, False, {})


def _follow(lines: set[int]) -> Callable[[FrameType, str, object], Any]:
    def line(frame: FrameType, event: str, arg: object) -> Any:
        lines.add(frame.f_lineno)
        return line

    return line


def _below(path: str) -> str:
    return Path(path).relative_to(DOMAIN).as_posix()


# --- mutants


def tried_in_functions(
    collected: Collected,
    modules: dict[str, Module],
    mutants: Sequence[Mutant],
    reach: Reach,
    workers: int,
) -> Iterator[Result]:
    """Try *mutants* of functions that are imported already."""
    gc.unfreeze()  # otherwise they are not found
    functions = _functions()
    caches = [one for one in gc.get_objects() if isinstance(one, _lru_cache_wrapper)]
    caches = [one for one in caches if (one.__module__ or "").startswith("baton.")]
    gc.freeze()

    def attempt(mutant: Mutant) -> str:
        file, name = mutant.key.file, mutant.key.function
        code = modules[file].compiled(mutant, str(DOMAIN / file))
        swapped = [
            (function, changed)
            for changed in _codes(code)
            if changed.co_qualname == name
            for function in functions[file, name, changed.co_firstlineno]
        ]
        if not swapped:
            raise LookupError(f"no function {name} of {file} has been imported")
        for function, changed in swapped:
            function.__code__ = changed
        for cache in caches:
            cache.cache_clear()
        return collected.first_to_fail(reach.tests_of(mutant), reach)

    yield from _tried(mutants, attempt, reach, workers)


def tried_anew(
    modules: dict[str, Module], mutants: Sequence[Mutant], reach: Reach, workers: int
) -> Iterator[Result]:
    """Try *mutants* of code that runs on import. Nothing of `baton` may be imported yet."""
    assert "baton" not in sys.modules

    def attempt(mutant: Mutant) -> str:
        path = str(DOMAIN / mutant.key.file)
        code = modules[mutant.key.file].compiled(mutant, path)
        tests = reach.tests_of(mutant)
        found = ["the import"]

        def work(collected: Collected) -> None:
            here = [test for test in tests if test in collected.items]
            found[:] = [collected.first_to_fail(here, reach)]

        with pytest.MonkeyPatch.context() as patch:
            load = SourceFileLoader.get_code
            patch.setattr(
                SourceFileLoader,
                "get_code",
                lambda self, name: code if self.path == path else load(self, name),
            )
            signal.setitimer(signal.ITIMER_PROF, 60)
            collect(work, sorted({test.partition("::")[0] for test in tests}))
        return found[0]

    yield from _tried(mutants, attempt, reach, workers)


def _tried(
    mutants: Sequence[Mutant], attempt: Callable[[Mutant], str], reach: Reach, workers: int
) -> Iterator[Result]:
    for mutant in mutants:
        if not reach.tests_of(mutant):
            yield Result(mutant, "not run", "", 0)
    within = (mutant for mutant in mutants if reach.tests_of(mutant))
    for ended in forked(within, attempt, workers):
        result = _result(ended)
        if result.by in reach.traces:
            reach.killed(result.mutant, result.by)
        yield result


def _result(ended: Ended[Mutant, str]) -> Result:
    by = ended.answer
    if ended.signal:
        return Result(ended.job, "timed out", "", ended.seconds)
    if by is None:
        raise RuntimeError(f"it could not be tried: {ended.job.key}")
    return Result(ended.job, "killed" if by else "survived", by, ended.seconds)


def _functions() -> dict[tuple[str, str, int], list[FunctionType]]:
    """The domain's functions, wrapped ones too, by file, name and first line."""
    found: dict[tuple[str, str, int], list[FunctionType]] = defaultdict(list)
    for one in gc.get_objects():
        if isinstance(one, FunctionType):
            code = one.__code__
            if code.co_filename.startswith(str(DOMAIN)):
                found[_below(code.co_filename), code.co_qualname, code.co_firstlineno].append(one)
    return found


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)
