"""The round trip: values that come back as written, values that do not, and the test contact is
removed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from baton.application.round_trip import ADDRESS, Trip, round_trip
from baton.domain.lifecycle.hubspot_properties import property_names
from baton.domain.policy import Field, Policy
from baton.domain.time import iso
from baton.failures import Rejected, Retryable
from tests.builders import NOW, POLICY

MAPPED = (
    Field("company", "Company", "company"),
    Field("employees", "Employees", "numemployees", kind="number"),
    Field("asked_on", "Asked on", "asked_on", kind="date"),
    Field("size", "Size", "size", kind="choice", values=("small", "large")),
)
RULED: Policy = replace(POLICY, lifecycle=replace(POLICY.lifecycle, fields=MAPPED))


class FakeCrm:
    """HubSpot with one contact; it may keep another value than was written, or refuse one."""

    def __init__(
        self,
        keeps: dict[str, Callable[[str], str]] | None = None,
        refuses: dict[str, str] | None = None,
        *,
        down: bool = False,
    ) -> None:
        self._keeps, self._refuses, self._down = keeps or {}, refuses or {}, down
        self.there: dict[str, dict[str, str]] = {}
        self.created: list[dict[str, str]] = []

    def create_contact(self, properties: dict[str, str]) -> str:
        self.created.append(properties)
        self.there["7"] = {}
        return "7"

    def write(self, contact_id: str, name: str, value: str) -> None:
        if name in self._refuses:
            raise Rejected(self._refuses[name])
        self.there[contact_id][name] = self._keeps.get(name, str)(value)

    def read(self, contact_id: str, names: list[str]) -> dict[str, str]:
        if self._down:
            raise Retryable("HubSpot does not answer")
        return {k: v for k, v in self.there[contact_id].items() if v and k in names}

    def delete_contact(self, contact_id: str) -> None:
        del self.there[contact_id]


def trip(crm: FakeCrm, name: str) -> Trip:
    (found,) = (one for one in round_trip(RULED, crm, NOW) if one.name == name)
    return found


def test_everything_mapped_and_everything_of_batons_makes_the_trip() -> None:
    crm = FakeCrm()
    trips = round_trip(RULED, crm, NOW)
    assert {one.name for one in trips} == {f.property for f in MAPPED} | {*property_names(RULED)}
    assert {(one.state, one.sound) for one in trips} == {("same", True)}
    assert [one["email"] for one in crm.created] == [ADDRESS]


@pytest.mark.parametrize(
    ("name", "wrote", "kept", "state"),
    [
        pytest.param("company", "sync test", "sync test", "same", id="as it was written"),
        pytest.param("company", "sync test", " sync test ", "same", id="but for spaces around"),
        pytest.param("company", "sync test", "Sync Test", "changed", id="in other letters"),
        pytest.param("company", "sync test", "sync tes", "changed", id="cut short"),
        pytest.param("company", "sync test", "", "changed", id="nothing comes back"),
        pytest.param("numemployees", "7", "7.5", "changed", id="another number"),
        pytest.param("size", "small", "large", "changed", id="another choice"),
        pytest.param("asked_on", iso(NOW), "1772524800000", "same", id="spelled otherwise"),
        pytest.param("asked_on", iso(NOW), "2026-03-03T08:00:00.999Z", "same", id="in its second"),
        pytest.param("asked_on", iso(NOW), "2026-03-03T08:00:01Z", "changed", id="a second off"),
        pytest.param("asked_on", iso(NOW), "2026-03-03", "changed", id="the day alone"),
    ],
)
def test_a_value_that_comes_back_changed_is_noticed(
    name: str, wrote: str, kept: str, state: str
) -> None:
    found = trip(FakeCrm({name: lambda _: kept}), name)
    assert (found.wrote, found.read, found.state) == (wrote, kept, state)
    assert found.sound == (state == "same")


@pytest.mark.parametrize(
    ("name", "why", "state"),
    [
        pytest.param("company", "READ_ONLY_VALUE", "read only", id="what Baton only reads"),
        pytest.param("baton_tier", "READ_ONLY_VALUE", "refused", id="what Baton must write"),
        pytest.param("company", "PROPERTY_DOESNT_EXIST", "refused", id="what is not there"),
    ],
)
def test_a_property_that_hubspot_refuses(name: str, why: str, state: str) -> None:
    found = trip(FakeCrm(refuses={name: why}), name)
    assert (found.state, found.why, found.sound) == (state, why, state == "read only")


def test_the_test_contact_goes_whatever_happens() -> None:
    well, down = FakeCrm(), FakeCrm(down=True)
    round_trip(RULED, well, NOW)
    with pytest.raises(Retryable):
        round_trip(RULED, down, NOW)
    assert (well.there, down.there) == ({}, {})
