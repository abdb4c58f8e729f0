"""Migrating old lead statuses to new ones, on a fake HubSpot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import pytest

from baton.application.audit.census import STATUS
from baton.application.migrate_statuses import KEPT, Progress, fingerprint, migrate, survey
from baton.application.ports.census import Page, Row
from baton.failures import Rejected

MAPPING = {"OPEN": "NEW"}
KNOWN = ("NEW", "IN_PROGRESS")
START = Progress("account", fingerprint(MAPPING))
T = TypeVar("T")


class FakeCrm:
    """Contacts by id, in pages of *size*. *wrong* ones refuse any batch they are in."""

    def __init__(self, statuses: dict[str, str], size: int = 4, wrong: Sequence[str] = ()) -> None:
        self.now, self._size, self._wrong = dict(statuses), size, set(wrong)
        self.writes: list[list[str]] = []

    def contacts(
        self, properties: Sequence[str], history: Sequence[str], after: str = ""
    ) -> Iterator[Page]:
        ids = [one for one in self.now if not after or int(one) > int(after)]
        for start in range(0, len(ids), self._size):
            some = ids[start : start + self._size]
            last = start + self._size >= len(ids)
            rows = tuple(Row(one, {STATUS: self.now[one]}) for one in some)
            yield Page(rows, "" if last else some[-1])

    def statuses(self, ids: Sequence[str]) -> dict[str, str]:
        return {one: self.now[one] for one in ids if one in self.now}

    def set_statuses(self, wanted: dict[str, str]) -> set[str]:
        self.writes.append(list(wanted))
        if self._wrong & wanted.keys():
            raise Rejected("a rule of the account")
        self.now |= wanted
        return set(wanted)

    def with_retries(self, work: Callable[[], T]) -> T:
        return work()


def last(steps: Iterator[Progress]) -> Progress:
    *_, done = steps
    return done


def test_one_wrong_contact_does_not_hold_up_its_neighbours() -> None:
    crm = FakeCrm({str(n): "OPEN" for n in range(8)}, size=8, wrong=["5"])
    done = last(migrate(crm, MAPPING, KNOWN, START))
    assert (done.moved, done.refused, done.changed) == ({"OPEN": 7}, 1, 0)
    assert done.left == {"5": "a rule of the account"}
    assert [one for one, status in crm.now.items() if status == "OPEN"] == ["5"]


def test_only_some_of_those_left_alone_are_kept_by_id() -> None:
    ids = [str(n) for n in range(KEPT + 5)]
    crm = FakeCrm(dict.fromkeys(ids, "OPEN"), size=100, wrong=ids)
    done = last(migrate(crm, MAPPING, KNOWN, START))
    assert (done.refused, len(done.left)) == (KEPT + 5, KEPT)


def test_it_goes_on_after_the_contact_that_was_done_last() -> None:
    crm = FakeCrm({str(n): "OPEN" for n in range(8)})
    first = next(migrate(crm, MAPPING, KNOWN, START))
    assert (first.after, first.seen, first.moved) == ("3", 4, {"OPEN": 4})
    done = last(migrate(crm, MAPPING, KNOWN, first))
    assert (done.after, done.seen, done.moved) == ("", 8, {"OPEN": 8})
    assert [one for batch in crm.writes for one in batch] == [str(n) for n in range(8)]


def test_a_page_without_old_values_costs_no_call() -> None:
    crm = FakeCrm({"1": "NEW", "2": "", "3": "odd"})
    done = last(migrate(crm, MAPPING, KNOWN, START))
    assert (done.moved, done.unmapped, crm.writes) == ({}, {"odd": 1}, [])


def test_a_survey_counts_the_same_and_writes_nothing() -> None:
    statuses = {"1": "OPEN", "2": "odd", "3": "OPEN", "4": "NEW", "5": ""}
    looked = last(survey(FakeCrm(statuses, 2), MAPPING, KNOWN, START))
    crm = FakeCrm(statuses, 2)
    assert looked == last(migrate(crm, MAPPING, KNOWN, START))
    assert crm.now["1"] == "NEW"


@pytest.mark.parametrize(
    ("other", "same"),
    [({"b": "2", "a": "1"}, True), ({"a": "1"}, False), ({"a": "1", "b": "3"}, False)],
)
def test_a_mapping_is_known_by_its_pairs(other: dict[str, str], same: bool) -> None:
    assert (fingerprint({"a": "1", "b": "2"}) == fingerprint(other)) is same
