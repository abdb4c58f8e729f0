"""Builds the deployment package, and stamps it with the hash of its code.

The HTTP doors are reached through an alias. SAM publishes a new version behind it only when
``AutoPublishCodeSha256`` changes, and then looks at nothing else: neither at the layer nor at the
environment. So the hash covers all that a version freezes: code, layer, template and parameters.

``python -m infra.build`` builds for an account; ``infra.local.stack`` builds for this machine.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from infra.pruning import prune

Template = dict[str, Any]

ROOT = Path(__file__).resolve().parent.parent
BUILT = ROOT / ".aws-sam" / "build" / "template.yaml"
CODE = ("functions", "shared", "template.yaml", "infra/build.py", "infra/pruning.py")
#: Where ``sam deploy --guided`` keeps the answers, parameters among them.
ANSWERS = "samconfig.toml"

#: Parts of ``baton`` that no function imports.
ADMIN = ("policy_tools", "cli", "simulation")

_LEFTOVERS = {"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
_PARAMETER = "CodeSha256"


def code_sha256(root: Path, also: Iterable[str] = ()) -> str:
    """
    Hash everything a published version freezes.

    File names and contents count; times and leftovers of tools do not, so two clones get the same
    hash. *also*: further texts that decide what runs, such as parameter values.
    """
    digest = hashlib.sha256()
    for path in _files(root):
        name = path.relative_to(root).as_posix().encode()
        body = path.read_bytes()
        # Lengths keep "ab" + "c" apart from "a" + "bc".
        digest.update(b"%d %d " % (len(name), len(body)) + name + body)
    for text in also:
        digest.update(b"%d " % len(text.encode()) + text.encode())
    return digest.hexdigest()


def stamp(template: Template, digest: str) -> Template:
    """
    Put *digest* where a built template refers to CodeSha256, and drop that parameter.

    A literal instead of a parameter, because a guided deploy would save today's value and offer it
    again next month.
    """
    parameters = {k: v for k, v in template["Parameters"].items() if k != _PARAMETER}
    stamped: Template = _put({**template, "Parameters": parameters}, {"Ref": _PARAMETER}, digest)
    return stamped


def read(path: Path) -> Template:
    """Read a template; short forms (``!Ref``) become long ones."""
    template: Template = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 a safe loader
    return template


def write(path: Path, template: Template) -> None:
    path.write_text(yaml.safe_dump(template, sort_keys=False, width=1000), encoding="utf-8")


def parameter_default(template: Template, name: str) -> str:
    return str(template["Parameters"][name]["Default"])


def account_digest(root: Path = ROOT) -> str:
    answers = root / ANSWERS
    return code_sha256(root, [answers.read_text(encoding="utf-8")] if answers.exists() else [])


def build_for_account() -> str:
    """
    Run ``sam build`` for the template's own runtime and architecture, and stamp the result.

    Returns:
        The digest it was stamped with.

    Raises:
        SystemExit: The runtime's interpreter is missing, or the build failed; says which.
    """
    runtime = parameter_default(read(ROOT / "template.yaml"), "PythonRuntime")
    digest = account_digest()
    command = ["sam", "build", "--parameter-overrides", f"{_PARAMETER}={digest}"]
    if shutil.which(runtime) is None:
        if shutil.which("docker") is None:
            raise SystemExit(f"{runtime} is not on the PATH: install it, or Docker to build in")
        command.append("--use-container")
    done = subprocess.run(command, cwd=ROOT, check=False)  # noqa: S603 our own command
    if done.returncode:
        raise SystemExit(f"sam build failed ({done.returncode})")
    lighten(BUILT.parent)
    if shutil.which(runtime) is not None:
        precompile(BUILT.parent, runtime)
    write(BUILT, stamp(read(BUILT), digest))
    return digest


def lighten(folder: Path) -> None:
    """Remove from what is built in *folder* what no function uses: of the layer, what only the
    command line uses, and most of HubSpot's client. Each cold start would unpack it needlessly."""
    for name in ADMIN:
        for path in folder.glob(f"*/python/baton/{name}"):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
    prune(folder)


def precompile(folder: Path, python: str) -> None:
    """
    Put bytecode beside every module in *folder*, made by the interpreter that will run it.

    A cold start then reads it instead of compiling what it imports, which takes over 100 ms with an
    SDK. The bytecode is not checked against times or contents: what is built never changes.
    """
    command = [python, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    subprocess.run([*command, str(folder)], check=True)  # noqa: S603 our own command


def _files(root: Path) -> Iterator[Path]:
    for name in CODE:
        top = root / name
        for path in sorted([top] if top.is_file() else top.rglob("*")):
            if path.is_file() and not _is_leftover(path.relative_to(root)):
                yield path


def _is_leftover(path: Path) -> bool:
    return any(part in _LEFTOVERS or part.endswith((".egg-info", ".pyc")) for part in path.parts)


def _put(value: Any, old: Any, new: Any) -> Any:
    if value == old:
        return new
    if isinstance(value, dict):
        return {k: _put(v, old, new) for k, v in value.items()}
    if isinstance(value, list):
        return [_put(v, old, new) for v in value]
    return value


class _Loader(yaml.SafeLoader):
    """Knows the short forms. (SAM's own reader changes YAML for the whole process.)"""


def _short_form(loader: _Loader, name: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    match node:
        case yaml.ScalarNode():
            value = loader.construct_scalar(node)
        case yaml.SequenceNode():
            value = loader.construct_sequence(node, deep=True)
        case yaml.MappingNode():
            value = loader.construct_mapping(node, deep=True)
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}


_Loader.add_multi_constructor("!", _short_form)


if __name__ == "__main__":
    print(f"built and stamped {build_for_account()[:12]}", file=sys.stderr)
