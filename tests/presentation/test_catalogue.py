"""Every phrase that the code says has a template for its arguments, and no other phrase has one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest

from baton.domain.phrase import Arg
from baton.presentation.phrases import PHRASES, conditions, lifecycle, people, routing, sla
from baton.presentation.phrases.choosing import Words
from tests.presentation.fitting import WITHOUT_WORDS, placed
from tests.presentation.said import Said, all_said

#: Values of an argument on which the choice of a template can depend.
SAMPLES: tuple[Arg, ...] = ("", "full", "Call {name} of {company}", 0, 1, 3)
#: Numbers of arguments to try if any number is allowed.
ANY = range(1, 5)


def places(template: str) -> set[int]:
    """Indexes of the arguments that *template* shows."""
    return {place for place, _ in placed(template)}


def choices(words: Words, count: int) -> Iterator[tuple[tuple[Arg, ...], str]]:
    """The templates chosen for arguments of every kind."""
    if isinstance(words, str):
        yield (), words
        return
    for args in product(SAMPLES, repeat=count):
        try:
            yield args, words(*args)
        except (TypeError, AttributeError):
            continue  # an empty or zero argument counts as not given


def unused(words: Words, count: int) -> set[int]:
    """Which of *count* arguments are shown by no template and do not decide which template is
    used."""
    if isinstance(words, str):
        return set(range(count)) - places(words)
    told = dict(choices(words, count))
    used = set().union(*(places(template) for template in told.values()))
    for place in set(range(count)) - used:
        without: dict[tuple[Arg, ...], set[str]] = {}
        for args, template in told.items():
            without.setdefault((*args[:place], *args[place + 1 :]), set()).add(template)
        if any(len(templates) > 1 for templates in without.values()):
            used.add(place)
    return set(range(count)) - used


SAID = all_said()


def test_every_phrase_that_is_said_has_a_template_and_no_other_has_one() -> None:
    said = {one.id for one in SAID}
    assert said - PHRASES.keys() - WITHOUT_WORDS == set(), "said without words"
    assert (PHRASES.keys() | WITHOUT_WORDS) - said == set(), "words that nobody says"


@pytest.mark.parametrize(
    "said", [one for one in SAID if one.id in PHRASES], ids=lambda said: f"{said.where} {said.id}"
)
def test_the_words_take_the_arguments(said: Said) -> None:
    words = PHRASES[said.id]
    assert said.counts is not None or callable(words), "any number needs a choice of words"
    for count in said.counts or ANY:
        told = [template for _, template in choices(words, count)]
        assert told, f"{said.id} takes no {count} arguments"
        assert all(max(places(template), default=-1) < count for template in told)
        assert said.one_of_many or not unused(words, count), f"{said.id} does not tell all"


def test_no_id_is_in_two_files() -> None:
    files = (conditions, lifecycle, people, routing, sla)
    assert sum(len(file.PHRASES) for file in files) == len(PHRASES)
