"""What stays of HubSpot's client in a built function; the build fails if it is too little."""

from __future__ import annotations

import shutil
from pathlib import Path

import hubspot
import pytest

from infra.build import ROOT
from infra.pruning import prune, reachable, used_by

#: Of a bundle, once pruned. The whole client has 52 MB.
MOST = 1_000_000


def write(folder: Path, **files: str) -> None:
    """*files*: texts by path, with __ for / and without the ending."""
    for name, text in files.items():
        file = folder.joinpath(*name.split("__")).with_suffix(".py")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A build with one function whose client has an area that is used, and one that is not."""
    layer = tmp_path / "Layer" / "python" / "baton"
    write(layer, api="from hubspot.crm.owners.api import Api\n")
    bundle = tmp_path / "Function"
    write(bundle, functions__work__app="import baton.api\n")
    package = bundle / "hubspot"
    for name in ("", "crm/", "crm/owners/", "crm/deals/"):
        (package / name).mkdir(parents=True, exist_ok=True)
        (package / name / "__init__.py").write_text("")
    (package / "__init__.py").write_text("from .client import Client\n")
    write(
        package,
        client="class Client:\n    def deals(self):\n        from .crm.deals import all\n",
        crm__owners__api="from ..shared import text\n\ndef late():\n    from . import rest\n"
        "class Api: ...\n",
        crm__owners__rest="",
        crm__owners__unused="",
        crm__shared="text = ''\n",
        crm__deals__api="",
    )
    return tmp_path


def left(built: Path) -> set[str]:
    package = built / "Function" / "hubspot"
    return {file.relative_to(package).as_posix() for file in package.rglob("*") if file.is_file()}


def test_what_is_reached_stays_and_nothing_else(built: Path) -> None:
    prune(built)
    assert left(built) == {
        "__init__.py",
        "client.py",
        "crm/__init__.py",
        "crm/shared.py",
        "crm/owners/__init__.py",
        "crm/owners/api.py",
        "crm/owners/rest.py",
    }
    assert not (built / "Function" / "hubspot" / "crm" / "deals").exists()


def test_pruning_twice_is_pruning_once(built: Path) -> None:
    prune(built)
    once = left(built)
    prune(built)
    assert left(built) == once


def test_a_function_without_the_client_stays_as_it_is(tmp_path: Path) -> None:
    write(tmp_path / "Health", functions__health__app="import json\n")
    prune(tmp_path)
    assert (tmp_path / "Health" / "functions" / "health" / "app.py").is_file()


def test_a_module_that_is_not_there_fails_the_build(built: Path) -> None:
    write(built / "Layer" / "python" / "baton", more="from hubspot.crm.lists.api import Api\n")
    with pytest.raises(SystemExit, match=r"Function: hubspot\.crm\.lists\.api"):
        prune(built)


@pytest.mark.parametrize(
    "hidden",
    [
        "import importlib\nimportlib.import_module('hubspot.crm.deals.api')\nclass Api: ...\n",
        "__import__('hubspot.crm.owners.unused')\nclass Api: ...\n",
        "import a_package_that_nobody_brings\nclass Api: ...\n",
    ],
)
def test_a_module_that_no_statement_names_fails_the_build(built: Path, hidden: str) -> None:
    write(built / "Function" / "hubspot", crm__owners__api=hidden)
    with pytest.raises(SystemExit, match="Function: too much of hubspot was pruned"):
        prune(built)


def test_the_real_client_is_small_and_has_what_baton_imports(tmp_path: Path) -> None:
    site = Path(hubspot.__file__).parent.parent
    wanted = used_by([ROOT / "shared" / "baton"])
    assert wanted
    bundle, layer = tmp_path / "Function", tmp_path / "Layer" / "python" / "baton"
    for file in reachable(site, wanted):
        to = bundle / file.relative_to(site)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, to)
    for name in ("urllib3", "dateutil"):
        shutil.copytree(site / name, bundle / name)
    shutil.copy(site / "six.py", bundle)
    shutil.copytree(ROOT / "shared" / "baton" / "adapters" / "hubspot", layer)
    prune(tmp_path)
    size = sum(file.stat().st_size for file in (bundle / "hubspot").rglob("*.py"))
    assert 0 < size < MOST
