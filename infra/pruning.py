"""Takes out of the built functions what no function uses of HubSpot's client: 51 of its 52 MB.

The client has a package for every area of HubSpot's API; Baton uses one of them (see
`baton.adapters.hubspot.api`). What stays is found by following import statements from Baton's own
modules, so that nothing needs to be listed here. Whether it is enough is then tried: what Baton
imports is imported from the pruned package, and the build fails if something cannot be.
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

CLIENT = "hubspot"
#: Its methods import the package of an area when they are called, and Baton calls none of them.
LAZY = "hubspot.client"

_TRY = """
import importlib, sys
sys.path[:0] = sys.argv[1].split("|")
for name in sys.argv[2:]:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        module, _, what = name.rpartition(".")
        getattr(importlib.import_module(module), what)
"""


def prune(folder: Path) -> None:
    """
    Prune the client in every function built in *folder*.

    Raises:
        SystemExit: A module that Baton imports is missing, or cannot be imported any more.
    """
    layers = list(folder.glob("*/python/baton"))
    for package in sorted(folder.glob(f"*/{CLIENT}")):
        bundle = package.parent
        wanted = sorted(used_by([*layers, bundle / "functions"]))
        keep = reachable(bundle, wanted)
        for file in sorted(package.rglob("*")):
            if file.is_file() and file not in keep:
                file.unlink()
        _remove_empty(package)
        _try_to_import(bundle, [layer.parent for layer in layers], wanted)


def used_by(folders: Iterable[Path]) -> set[str]:
    """The client's modules that the code in *folders* imports, wherever in a module it does so."""
    return {
        name
        for folder in folders
        for file in folder.rglob("*.py")
        for name in _imported(ast.parse(file.read_bytes()), "", deep=True)
        if name.split(".")[0] == CLIENT
    }


def reachable(bundle: Path, wanted: Iterable[str]) -> set[Path]:
    """
    The files that must stay for the modules *wanted* to be imported.

    Raises:
        SystemExit: One of *wanted* is not in the bundle.
    """
    keep: set[Path] = set()
    seen: set[str] = set()
    left = list(wanted)
    for name in left:
        if not _files(bundle, name) and not _files(bundle, name.rpartition(".")[0]):
            raise SystemExit(f"{bundle.name}: {name} is imported, and is not in {CLIENT}")
    while left:
        name = left.pop()
        if name in seen or name.split(".")[0] != CLIENT:
            continue
        seen.add(name)
        if parent := name.rpartition(".")[0]:
            left.append(parent)  # imported first, by Python itself
        for file in _files(bundle, name):
            keep.add(file)
            package = name if file.name == "__init__.py" else parent
            left += _imported(ast.parse(file.read_bytes()), package, deep=name != LAZY)
    return keep


def _files(bundle: Path, name: str) -> list[Path]:
    """The file of a module; none: *name* is something in a module."""
    path = bundle.joinpath(*name.split("."))
    return [file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()]


def _imported(tree: ast.AST, package: str, *, deep: bool) -> Iterator[str]:
    """
    What the import statements of a module name: modules, and what may be one.

    Args:
        package: The package that the module is in, to which relative imports refer.

        deep: Also those in functions.
    """
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1])
            whole = ".".join(filter(None, [base if node.level else "", node.module]))
            yield whole
            yield from (f"{whole}.{one.name}" for one in node.names)
        elif deep or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _imported(node, package, deep=deep)


def _remove_empty(package: Path) -> None:
    folders = (one for one in package.rglob("*") if one.is_dir())
    for folder in sorted(folders, key=lambda one: len(one.parts), reverse=True):
        if not any(folder.iterdir()):
            shutil.rmtree(folder)


def _try_to_import(bundle: Path, layers: Iterable[Path], wanted: Iterable[str]) -> None:
    """With nothing but the bundle, the layer and Python's own library. The client is pure Python,
    so this interpreter will do, whatever runtime and processor the bundle is for."""
    places = "|".join(map(str, [bundle, *layers]))
    command = [sys.executable, "-I", "-S", "-B", "-c", _TRY, places, *wanted]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 our own command
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no output"])[-1]
        raise SystemExit(f"{bundle.name}: too much of {CLIENT} was pruned: {last}")
