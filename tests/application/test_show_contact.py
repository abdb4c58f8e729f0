"""A contact's write: what HubSpot refuses of it never keeps the rest from being written."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.application.show_contact import show_contact
from baton.domain.lead import Value
from baton.domain.world.effects import ContactState, TaskState
from baton.failures import NotAnOwner, PropertiesRefused, Rejected, Retryable

OWNER, STAGE = "hubspot_owner_id", "lifecyclestage"


@dataclass
class Account:
    """A HubSpot that refuses some properties; *tells*: it says which."""

    refuses: set[str]
    tells: bool = True
    values: dict[str, str] = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)
    calls: int = 0

    def exists(self, contact_id: str) -> bool:
        raise NotImplementedError

    def show_contact(self, contact_id: str, properties: dict[str, str]) -> None:
        self.calls += 1
        wrong = self.refuses & properties.keys()
        if wrong:
            kind = NotAnOwner if OWNER in wrong and self.tells else PropertiesRefused
            told = ", ".join(sorted(wrong)) if self.tells else "something"
            raise kind(f"refused: {told}", frozenset(wrong) if self.tells else frozenset())
        self.values |= properties

    def clear_contact(self, contact_id: str, properties: list[str]) -> None:
        self.before = {name: self.values[name] for name in properties if name in self.values}
        for name in properties:
            self.values.pop(name, None)

    def restore_contact(self, contact_id: str, properties: list[str]) -> None:
        self.values |= {name: self.before[name] for name in properties}

    def find_task(self, effect: TaskState) -> str | None:
        raise NotImplementedError

    def create_task(self, effect: TaskState) -> str:
        raise NotImplementedError

    def update_task(self, task_id: str, effect: TaskState) -> None:
        raise NotImplementedError


def state(*back: str, **properties: str) -> ContactState:
    values = {
        name: Value(value, since=1, clear_first=name in back) for name, value in properties.items()
    }
    return ContactState(
        subject="lead:7", slot="contact", version=1, contact_id="7", properties=values
    )


def show(account: Account, effect: ContactState) -> tuple[str, list[str]]:
    """Why something was left out, and the owners that were refused."""
    owners: list[str] = []
    try:
        show_contact(effect, 0, account, lambda _effect, owner: owners.append(owner))
    except Rejected as error:
        return str(error), owners
    return "", owners


@pytest.mark.parametrize("tells", [True, False], ids=["told which", "not told which"])
def test_a_refused_property_leaves_the_others_written(tells: bool) -> None:
    account = Account({"b"}, tells)
    why, _ = show(account, state(a="1", b="2", c="3"))
    assert account.values == {"a": "1", "c": "3"}
    assert "refused" in why


def test_two_that_are_refused_one_after_the_other_are_both_told() -> None:
    class Strict(Account):
        def show_contact(self, contact_id: str, properties: dict[str, str]) -> None:
            for name in ("a", "b"):
                if name in properties:
                    raise PropertiesRefused(f"refused: {name}", frozenset({name}))
            super().show_contact(contact_id, properties)

    account = Strict(set())
    assert show(account, state(a="1", b="2", c="3")) == ("refused: a; refused: b", [])
    assert account.values == {"c": "3"}


def test_a_refused_owner_is_reported_and_parks_nothing() -> None:
    account = Account({OWNER})
    assert show(account, state(a="1", **{OWNER: "70001"})) == ("", ["70001"])
    assert account.values == {"a": "1"}


class Silent(Account):
    """Says nothing of which property it refuses, as the adapter reads it: of one that is written
    alone it is that one."""

    def show_contact(self, contact_id: str, properties: dict[str, str]) -> None:
        self.calls += 1
        if self.refuses & properties.keys():
            alone = frozenset(properties if len(properties) == 1 else ())
            raise (NotAnOwner if OWNER in alone else PropertiesRefused)("refused", alone)
        self.values |= properties


def test_an_owner_that_is_refused_without_a_name_is_reported() -> None:
    account = Silent({OWNER})
    assert show(account, state(a="1", **{OWNER: "70001", STAGE: "lead"})) == ("", ["70001"])
    assert account.values == {"a": "1", STAGE: "lead"}


def test_an_owner_and_another_that_are_refused_without_a_name() -> None:
    account = Silent({OWNER, "b"})
    assert show(account, state(a="1", b="2", **{OWNER: "70001"})) == ("refused", ["70001"])


def test_where_hubspot_accepts_nothing_the_owner_is_not_to_blame() -> None:
    """Everything is refused for a reason of its own; the next owner would be refused, too."""
    account = Silent({"a", "b", OWNER, STAGE})
    effect = state(a="1", b="2", **{OWNER: "70001", STAGE: "lead"})
    assert show(account, effect) == ("refused", [])


def test_an_owner_refused_beside_another_property() -> None:
    account = Account({OWNER, "b"})
    why, owners = show(account, state(a="1", b="2", **{OWNER: "70001"}))
    assert (owners, account.values) == (["70001"], {"a": "1"})
    assert "b" in why


def test_the_stage_is_written_last_where_each_is_written_alone() -> None:
    account = Account({"b"}, tells=False)
    show(account, state(**{STAGE: "customer"}, a="1", b="2"))
    assert list(account.values) == ["a", STAGE]


def test_a_stage_that_may_not_go_back_is_put_back() -> None:
    account = Account({STAGE}, values={STAGE: "salesqualifiedlead"})
    why, _ = show(account, state(STAGE, **{STAGE: "lead"}, a="1"))
    assert account.values == {STAGE: "salesqualifiedlead", "a": "1"}
    assert STAGE in why


def test_a_property_refused_ahead_does_not_keep_the_stage_from_going_back() -> None:
    account = Account({"a"}, values={STAGE: "salesqualifiedlead"})
    show(account, state(STAGE, **{STAGE: "lead"}, a="1"))
    assert account.values == {STAGE: "lead"}


def test_a_failure_that_passes_is_none_of_a_property() -> None:
    class Down(Account):
        def show_contact(self, contact_id: str, properties: dict[str, str]) -> None:
            raise Retryable("HubSpot 503:")

    with pytest.raises(Retryable):
        show(Down(set()), state(a="1"))


names = st.sampled_from(["a", "b", "c", OWNER, STAGE])


@given(st.sets(names, min_size=1), st.sets(names), st.booleans())
def test_exactly_what_is_accepted_is_written(
    written: set[str], refuses: set[str], tells: bool
) -> None:
    account = Account(refuses, tells)
    why, owners = show(account, state(**dict.fromkeys(written, "1")))
    assert account.values.keys() == written - refuses
    wrong = written & refuses - ({OWNER} if owners else set())
    assert bool(why) == bool(wrong)
    assert account.calls <= 2 * len(written) + 2
