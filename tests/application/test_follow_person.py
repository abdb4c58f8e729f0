"""A person goes away or comes back: stored once, told once, and the queues that wait for them are
offered."""

from __future__ import annotations

from typing import Any

import pytest

from baton.application.follow_person import ATTEMPTS, follow_person
from baton.domain.world.effects import NoticeState
from baton.failures import Moved, Rejected, Retryable
from baton.wire.details import PersonHint, PoolHint
from tests.builders import NOW, minutes
from tests.fakes.roster import FakeRoster
from tests.fakes.store import FakeOutbox, FakeWakes
from tests.routed import routed
from tests.worded import title, words


class Office:
    def __init__(self) -> None:
        self.people, self.outbox, self.wakes = FakeRoster(), FakeOutbox(), FakeWakes()
        self.policy = routed()

    def hear(self, *, away: bool = True, again: bool = False, **fields: Any) -> str:
        given: dict[str, Any] = {"event_id": "w1", "person": "slack:UANNA", "source": "slack"}
        given |= {"occurred_at": NOW, "away": away, **fields}
        hint = PersonHint(**given)
        return follow_person(
            hint, self.policy, self.people, self.outbox, self.wakes, NOW + minutes(1), again
        )

    def told(self) -> list[str]:
        return [title(one) for one in self.outbox.sent if isinstance(one, NoticeState)]


def test_a_change_of_availability_is_stored_and_answered_once() -> None:
    office = Office()
    assert office.hear() == "away"
    assert office.hear() == "repeated"
    assert office.told() == ["You are away until further notice"]
    assert office.hear(again=True) == "repeated"
    assert len(office.outbox.sent) == 2, "whoever had it may have died before telling"
    assert office.outbox.sent[0] == office.outbox.sent[1], "and a slot knows the repeat"
    (entry,) = office.people.trail("anna")
    assert words(entry.because) == "away until further notice, they say"


def test_back_retries_the_queues() -> None:
    office = Office()
    office.hear()
    assert office.hear(away=False, event_id="w2", occurred_at=NOW + minutes(1)) == "back"
    assert office.wakes.offered == [
        PoolHint(event_id="w2:desk", pool="desk", occurred_at=NOW + minutes(1))
    ]


def test_an_older_change_of_availability_changes_nothing() -> None:
    office = Office()
    office.hear(away=False, event_id="w2", occurred_at=NOW + minutes(1))
    assert office.hear() == "overtaken"
    load, _ = office.people.load("anna", "-")
    assert load.away is not None
    assert not load.away.holds(NOW + minutes(2))


def test_a_load_that_moves_meanwhile_is_read_again() -> None:
    office = Office()
    office.people.trouble = [Moved("anna")] * (ATTEMPTS - 1)
    assert office.hear() == "away"
    office.people.trouble = [Moved("anna")] * ATTEMPTS
    with pytest.raises(Retryable):
        office.hear(event_id="w2")


def test_a_worker_that_dies_before_answering_is_made_up_for() -> None:
    office = Office()
    office.outbox.down = True
    with pytest.raises(Retryable):
        office.hear()
    office.outbox.down = False
    assert office.hear(again=True) == "repeated"
    assert office.told() == ["You are away until further notice"]


def test_somebody_not_on_the_roster_is_told_so() -> None:
    office = Office()
    assert office.hear(person="slack:U404") == "unknown"
    (notice,) = office.outbox.sent
    assert isinstance(notice, NoticeState)
    assert (notice.to, title(notice)) == ("U404", "Baton does not know you")


@pytest.mark.parametrize("person", ["nobody", "hubspot:1", "teams:anna"])
def test_other_news_of_nobody_waits_for_an_operator(person: str) -> None:
    with pytest.raises(Rejected, match="is not in the roster"):
        Office().hear(person=person)


def test_an_invalid_time_waits_for_an_operator() -> None:
    with pytest.raises(Rejected, match=r"^back: "):
        Office().hear(back="2026-13-01")
