"""The result of each mutant, stored between runs; equivalent mutants; the table."""

from __future__ import annotations

import hashlib
import json
import pickle
import tomllib
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.mutants.noticing import DOMAIN, ROOT, TESTS, Reach, Result, Trace, Verdict
from tests.mutants.operators import Key

KEPT = ROOT / ".mutants"
EQUIVALENT = Path(__file__).parent / "equivalent.toml"
UNNOTICED: tuple[Verdict, ...] = ("survived", "not run")


@dataclass(frozen=True)
class Kept:
    """The stored result of a mutant."""

    key: Key
    line: int
    verdict: Verdict
    by: str
    seconds: float


class Room:
    """The results of one room. They are valid for the code and tests they were found with."""

    def __init__(self, name: str, folder: Path = KEPT) -> None:
        self.name, self.folder = name, folder
        self._path = folder / f"{name}.jsonl"
        self.kept: dict[Key, Kept] = {}
        text = self._path.read_text() if self._path.exists() else ""
        # Text after the last newline was cut off when an earlier run was stopped.
        lines = text.rpartition("\n")[0].splitlines()
        self.stamp = json.loads(lines[0])["stamp"] if lines else ""
        for line in lines[1:]:
            read = json.loads(line)
            one = Kept(**read | {"key": Key(**read["key"])})
            self.kept[one.key] = one

    def begin(self, stamp: str, known: Iterable[Kept]) -> None:
        """Continue from *known*, for the code and tests with this *stamp*."""
        self.stamp, self.kept = stamp, {one.key: one for one in known}
        self._path.parent.mkdir(exist_ok=True)
        lines = [{"stamp": stamp}, *map(asdict, self.kept.values())]
        self._path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))

    def add(self, result: Result) -> Kept:
        mutant = result.mutant
        seconds = round(result.seconds, 2)
        one = Kept(mutant.key, mutant.lines[0], result.verdict, result.by, seconds)
        self.kept[one.key] = one
        with self._path.open("a") as file:
            file.write(f"{json.dumps(asdict(one))}\n")
        return one


# --- what a result depends on


def digest(paths: Iterable[Path]) -> str:
    found = hashlib.sha256()
    for path in sorted(paths):
        found.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def stamp() -> str:
    """A hash of the changed code and of the tests."""
    tests = (path for folder in TESTS for path in (ROOT / folder).rglob("*.py"))
    return digest([*_rest(), *tests])


def _rest() -> Iterator[Path]:
    yield from (ROOT / "shared/baton").rglob("*.py")
    yield from (ROOT / "tests").glob("*.py")
    yield from (ROOT / "tests/fakes").rglob("*.py")


class Traces:
    """The lines that each test runs, stored until its file or the code changes."""

    def __init__(self, folder: Path = KEPT) -> None:
        self._path = folder / "traces.pickle"
        self._of_code = digest(_rest())
        self._by_file: dict[str, tuple[str, dict[str, Trace]]] = {}
        if self._path.exists():
            # Written below, by this command.
            of_code, by_file = pickle.loads(self._path.read_bytes())
            self._by_file = by_file if of_code == self._of_code else {}

    def missing(self, tests: Iterable[str]) -> list[str]:
        now = {name: digest([ROOT / name]) for name in {file_of(test) for test in tests}}
        for name in [name for name, (of, _) in self._by_file.items() if now.get(name) != of]:
            del self._by_file[name]
        return [test for test in tests if test not in self._by_file.get(file_of(test), ("", {}))[1]]

    def add(self, found: Mapping[str, Trace]) -> None:
        for test, trace in found.items():
            name = file_of(test)
            self._by_file.setdefault(name, (digest([ROOT / name]), {}))[1][test] = trace
        self._path.parent.mkdir(exist_ok=True)
        self._path.write_bytes(pickle.dumps((self._of_code, self._by_file)))

    def reach(self) -> Reach:
        found: dict[str, Trace] = {}
        for _, traces in self._by_file.values():
            found |= traces
        return Reach(found)


def file_of(test: str) -> str:
    return test.partition("::")[0]


# --- equivalent mutants


class Equivalent:
    """Mutants that no test can notice, each with the reason. Where a function has the same change
    several times, ``nth`` says which, counted from 0; without it, the first.
    """

    def __init__(self, path: Path = EQUIVALENT) -> None:
        entries = tomllib.loads(path.read_text()).get("mutant", [])
        for entry in entries:
            if entry.keys() - {"nth"} != {"file", "function", "before", "after", "why"}:
                raise ValueError(f"{path.name}: file, function, before, after, why: {entry}")
        self.entries = [_key(**entry) for entry in entries]
        self._known = set(self.entries)

    def has(self, key: Key) -> bool:
        return key in self._known

    def matching_nothing(self, files: Container[str], keys: Iterable[Key]) -> list[str]:
        """Entries of *files* that match no mutant any more."""
        there = set(keys)
        return [
            f"{entry.file}, {entry.function}: {entry.before} → {entry.after}"
            for entry in self.entries
            if entry.file in files and entry not in there
        ]


def _key(file: str, function: str, before: str, after: str, why: str, nth: int = 0) -> Key:
    return Key(file, function, before, after, nth)


# --- the table


def table(rooms: Mapping[str, tuple[int, int, Iterable[Kept]]]) -> str:
    """Per room: the number of mutants, how many are listed as equivalent, and the results."""
    lines = [f"| room | mutants | {' | '.join(_COLUMNS)} | minutes |", "|---" + "|--:" * 8 + "|"]
    total = Counter[str]()
    for name, (mutants, equivalent, kept) in rooms.items():
        row = Counter[str](mutants=mutants, equivalent=equivalent)
        for one in kept:
            row[one.verdict] += 1
            row["hundredths"] += round(100 * one.seconds)
        row["not tried"] = row["mutants"] - sum(row[word] for word in _COLUMNS)
        lines.append(_row(name, row))
        total += row
    return "\n".join([*lines, _row("all", total)] if len(rooms) > 1 else lines)


_COLUMNS = ("killed", "timed out", "equivalent", "survived", "not run", "not tried")


def _row(name: str, row: Counter[str]) -> str:
    cells = [row["mutants"], *(row[word] for word in _COLUMNS), round(row["hundredths"] / 6000)]
    return f"| {name} | {' | '.join(map(str, cells))} |"


def described(one: Kept) -> str:
    key = one.key
    where = f"{(DOMAIN / key.file).relative_to(ROOT)}:{one.line}"
    note = "no test comes here: " if one.verdict == "not run" else ""
    change = f"{_short(key.before)} → {_short(key.after)}"
    return f"{where} {key.function or 'on import'}: {note}{change}"


def _short(text: str, most: int = 160) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1]}…"
