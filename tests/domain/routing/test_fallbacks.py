"""The last resort: who gets a lead that nobody can take, in which order, and who is skipped."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from baton.domain.conditions import Facts
from baton.domain.policy import Fallback, Member, Person, Policy, Pool, Rule, TimeOff
from baton.domain.routing.route import route
from baton.domain.routing.search import Choice, Wanted
from tests.builders import NOW, POLICY, contact, manager, minutes, rep, world

AWAY = (TimeOff(NOW - minutes(1), NOW + minutes(1)),)
#: Nobody can take a lead: the rep is full, the managers are away.
FULL = rep("anna", max_open=0)
MANAGERS = tuple(manager(name, time_off=AWAY) for name in ("mona", "max", "mia"))


def last_resort(
    chain: tuple[str, ...],
    *people: Person,
    inactive: tuple[str, ...] = (),
    excluded: tuple[str, ...] = (),
) -> str:
    """Who gets a lead for whose pool the policy names *chain*, in a roster of *people*; *excluded*
    let it go in this round."""
    policy: Policy = replace(
        POLICY,
        people=tuple(replace(p, active=p.id not in inactive) for p in people),
        pools=(Pool("desk", "Desk", (Member("anna"),), tuple(Fallback(person=p) for p in chain)),),
        rules=(Rule("all", {}, "desk", "All"),),
    )
    handoff = policy.handoff[policy.lifecycle.handoff]
    wanted = Wanted("101", handoff, Facts({}, (), NOW), excluded=frozenset(excluded))
    choice = route(policy, wanted, world(policy, contact()), NOW)
    assert isinstance(choice, Choice)
    assert (choice.pool, choice.turns) == ("", ()), "nobody's turn was used up"
    return choice.person.id


@pytest.mark.parametrize(
    ("chain", "inactive", "excluded", "owner"),
    [
        pytest.param(("max", "mia"), (), (), "mia", id="the last whom the chain names"),
        pytest.param(("mia", "max"), (), (), "max", id="by the chain, and not by the roster"),
        pytest.param(("max", "mia"), (), ("mia",), "max", id="not who let it go: the one before"),
        pytest.param(("max", "mia"), ("mia",), (), "max", id="not who is not active"),
        pytest.param(("max", "mia"), ("mia",), ("max",), "mona", id="none of them: any manager"),
        pytest.param((), (), (), "mona", id="a chain that names nobody: the first manager"),
        pytest.param((), ("mona",), (), "max", id="the first who is active"),
        pytest.param((), (), ("mona", "max"), "mia", id="the first who has not let it go"),
        pytest.param(
            ("max", "mia"), (), ("mona", "max", "mia"), "mia", id="all have let it go: the last"
        ),
        pytest.param(
            ("max", "mia"), ("mia",), ("mona", "max"), "max", id="of those the last who is active"
        ),
        pytest.param(
            ("max", "mia"), ("mona", "max", "mia"), (), "mia", id="nobody is active: the last"
        ),
    ],
)
def test_the_last_resort_is_a_manager(
    chain: tuple[str, ...], inactive: tuple[str, ...], excluded: tuple[str, ...], owner: str
) -> None:
    assert last_resort(chain, FULL, *MANAGERS, inactive=inactive, excluded=excluded) == owner


@pytest.mark.parametrize(
    ("inactive", "excluded", "owner"),
    [
        pytest.param((), (), "anna", id="the first rep, full or not"),
        pytest.param(("anna",), (), "ben", id="the first who is active"),
        pytest.param((), ("anna",), "ben", id="the first who has not let it go"),
        pytest.param((), ("anna", "ben"), "anna", id="or who has, if all have"),
    ],
)
def test_in_a_roster_without_managers_it_is_a_rep(
    inactive: tuple[str, ...], excluded: tuple[str, ...], owner: str
) -> None:
    people = (FULL, rep("ben"))
    assert last_resort((), *people, inactive=inactive, excluded=excluded) == owner
