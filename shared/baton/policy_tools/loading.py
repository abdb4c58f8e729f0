"""Loads a folder of YAML into checked files, or reports all their faults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from baton.policy_tools import model_faults, proofs, references
from baton.policy_tools.faults import Fault, Path, Place, PolicyError, did_you_mean, readable
from baton.policy_tools.models import FILES, OPTIONAL, Files
from baton.policy_tools.models.types import Entry
from baton.policy_tools.overlay import lay
from baton.policy_tools.yaml_tree import MAX_BYTES, Keys, parse, place_of, plain

Folder = str | FilePath


@dataclass(frozen=True, slots=True)
class Loaded(Files):
    """The files as models, with the line of everything in them."""

    trees: Mapping[str, Keys] = field(repr=False, compare=False)

    def fault(self, file: str, path: Path, message: str) -> Fault:
        """A fault that is found after loading, at the line of *path*."""
        return Fault(place_of(self.trees[file], path)[0], readable(path), message)


def load(folder: Folder, overlay: Folder | None = None) -> Loaded:
    """
    Read and check the policy in *folder*, with *overlay* laid over it.

    An overlay has some of the files, with only the values it changes
    (``baton.policy_tools.overlay``). Cases belong to the policy they were written for, so with an
    overlay only the overlay's cases are tried.

    Raises:
        PolicyError: All faults, with file and line. The contents of files cause no other exception.
    """
    faults: list[Fault] = []
    trees = _read(FilePath(folder), faults, required=True)
    if overlay is not None:
        over = _read(FilePath(overlay), faults, required=False)
        trees["cases"] = Keys({}, {}, Place(str(FilePath(overlay) / "cases.yaml")))
        for name, tree in over.items():
            trees[name] = _keys(lay(tree, trees[name])) if name in trees else tree
    absent = frozenset(name for name in OPTIONAL if not _is_there(name, folder, overlay))
    faults.extend(references.check(trees, absent))
    models: dict[str, Entry] = {}
    for name, tree in trees.items():
        try:
            models[name] = FILES[name].model_validate(plain(tree))
        except ValidationError as error:
            faults.extend(model_faults.faults_of(error, FILES[name], tree))
    for file, path, message in proofs.check(models):
        faults.append(Fault(place_of(trees[file], path)[0], readable(path), message))
    if faults:
        raise PolicyError(faults)
    found: dict[str, Any] = dict.fromkeys(OPTIONAL) | models
    return Loaded(**found, trees=trees)


def _keys(tree: object) -> Keys:
    assert isinstance(tree, Keys)  # both sides of the merge were
    return tree


def _read(folder: FilePath, faults: list[Fault], *, required: bool) -> dict[str, Keys]:
    if not folder.is_dir():
        what = "is not a folder" if folder.exists() else "does not exist"
        faults.append(
            Fault(Place(str(folder)), "", f"{what}; name the folder with the policy files")
        )
        return {}
    faults.extend(_unknown_files(folder))
    trees: dict[str, Keys] = {}
    for name in FILES:
        path = folder / f"{name}.yaml"
        if not path.is_file():
            if required and name not in OPTIONAL:
                message = f"is missing. {(FILES[name].__doc__ or '').splitlines()[0]}"
                faults.append(Fault(Place(str(path)), "", message))
            continue
        try:
            trees[name] = parse(_text(path), str(path))
        except PolicyError as error:
            faults.extend(error.faults)
    return trees


def _is_there(name: str, *folders: Folder | None) -> bool:
    """Whether the file exists, readable or not."""
    return any(folder and (FilePath(folder) / f"{name}.yaml").is_file() for folder in folders)


def _unknown_files(folder: FilePath) -> Iterator[Fault]:
    """Refuse a misspelt file name, because the file would silently be ignored."""
    for path in sorted(folder.iterdir()):
        if path.suffix in {".yaml", ".yml"} and (path.suffix == ".yml" or path.stem not in FILES):
            hint = did_you_mean(path.name, [f"{name}.yaml" for name in FILES])
            yield Fault(Place(str(path)), "", f"is not a file of a policy{hint}")


def _text(path: FilePath) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise PolicyError([Fault(Place(str(path)), "", "is larger than 2 MB")])
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise PolicyError([Fault(Place(str(path), line), "", "is not UTF-8 text")]) from None
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise PolicyError([Fault(Place(str(path)), "", message)]) from None
