"""Every path is of one dated version, and only the module of paths makes any."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from baton.adapters.hubspot import paths
from baton.adapters.hubspot.http import HubspotHttp, Link
from infra.build import ROOT
from infra.local.sandbox import hubspot_associations
from tests.fakes.sandbox import Peer, is_ours
from tests.fakes.stages import SandboxStage

#: Beginnings of HubSpot's paths, dated and not.
_HUBSPOT = re.compile(r"^/(crm|automation|account-info|crm-object-schemas|oauth)/")
_CODE = ("shared", "functions")


def texts(file: Path) -> list[str]:
    tree = ast.parse(file.read_text("utf-8"))
    found = (one.value for one in ast.walk(tree) if isinstance(one, ast.Constant))
    return [one for one in found if isinstance(one, str)]


def test_a_path_is_written_in_no_other_module() -> None:
    """Only documentation may name one: a docstring never begins with it."""
    written = {
        f"{file.relative_to(ROOT)}: {text}"
        for top in _CODE
        for file in (ROOT / top).rglob("*.py")
        for text in texts(file)
        if _HUBSPOT.match(text)
    }
    assert not written


def test_only_the_api_touches_hubspots_client() -> None:
    using = {
        file.name
        for top in (*_CODE, "infra")
        for file in (ROOT / top).rglob("*.py")
        if re.search(r"^\s*(from|import) hubspot\b", file.read_text("utf-8"), re.M)
    }
    assert using == {"api.py", "errors.py"}


@pytest.mark.parametrize(
    ("path", "ours"),
    [
        (paths.read_objects("contacts"), True),
        (paths.read_associations("contacts", "calls"), True),
        (paths.flow("7"), True),
        ("/crm/v3/objects/contacts/batch/read", False),
        ("/crm/objects/2026-03/contacts", False),
        ("/crm/objects/2026-09/contacts/1/associations/calls", False),
        ("/automation/2026-09/flows", False),
    ],
)
def test_the_recorder_knows_the_paths(path: str, ours: bool) -> None:
    assert is_ours(path) is ours


def test_an_id_cannot_lead_elsewhere() -> None:
    assert paths.one_object("contacts", "../owners") == "/crm/objects/2026-09/contacts/..%2Fowners"
    assert paths.flow("7?x=1") == "/automation/2026-09-beta/flows/7%3Fx%3D1"


# ---------------------------------------------------------------- associations by batch


def associations(peer: Peer) -> int:
    return sum("/crm/associations/" in path for path in peer.calls("hubspot"))


def test_one_call_reads_the_associations_of_several(peer: Peer) -> None:
    stage = SandboxStage(peer)
    leads = [stage.lead(firstname=name) for name in ("Nora", "Omar", "Pia")]
    firms = [stage.company(lead, primary=True, name="Helvia") for lead in leads[:2]]
    found = stage.http.links("contacts", [*leads, "1"], "companies")
    assert associations(peer) == 1
    both = frozenset({1, 279})
    assert found == {
        leads[0]: [Link(firms[0], both)],
        leads[1]: [Link(firms[1], both)],
        leads[2]: [],
        "1": [],
    }


def test_the_next_pages_of_several_are_one_call(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubspot_associations, "MAX_PAGE", 2)
    stage = SandboxStage(peer)
    leads = [stage.lead(firstname=name) for name in ("Nora", "Omar")]
    firms = [
        [stage.company(lead, primary=False, name=str(n)) for n in range(count)]
        for lead, count in zip(leads, (5, 3), strict=True)
    ]
    found = stage.http.links("contacts", leads, "companies")
    assert [[link.id for link in found[lead]] for lead in leads] == firms
    assert associations(peer) == 3


def test_a_thousand_objects_are_one_call(peer: Peer) -> None:
    http: HubspotHttp = SandboxStage(peer).http
    assert len(http.links("contacts", [str(n) for n in range(1001)], "calls")) == 1001
    assert associations(peer) == 2
    assert http.links("contacts", [], "calls") == {}
    assert associations(peer) == 2
