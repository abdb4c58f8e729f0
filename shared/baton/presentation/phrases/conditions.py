"""Failing tests of conditions, counts of evidence, and what a lead lacks to qualify."""

from __future__ import annotations

from baton.domain.phrase import Arg
from baton.presentation.phrases.choosing import Words, given, rounded
from baton.presentation.words import listed


def _any_of(more: int, *values: Arg) -> str:
    """The values, and how many more there are."""
    shown = [f"{{{place}:value}}" for place in range(1, len(values) + 1)]
    return listed([*shown, "{0:other/others}"] if more else shown, " or ")


def _joined_reasons(opening: str, between: str) -> Words:
    def told(*whys: Arg) -> str:
        return opening + listed(
            (f"{{{place}}}" for place in range(len(whys))), last=between, between=between
        )

    return told


def _kinds(*kinds: Arg) -> str:
    return listed((f"{{{n}:name}}" for n in range(len(kinds))), " or ") or "anything the person did"


def _count(kinds: Arg, about: Arg = "", within: Arg = 0) -> str:
    return "{0}" + (" ({1})" if about else "") + (" within {2:span}" if within else "")


def _counted(count: Arg, found: Arg, at_least: Arg) -> str:
    return "{count}: {found} of {at_least:time/times}" if found else "{count}: not seen"


def _fit_wanting(fit: float, needed: float) -> str:
    return f"fit is {rounded(0, fit, needed, 6)}, needs {{1}}"


def _behaviour_wanting(behaviour: float, needed: float) -> str:
    return f"behaviour is {rounded(0, behaviour, needed)}, needs {{1}}"


PHRASES: dict[str, Words] = {
    "any_of": _any_of,
    "test.any_of": given(
        1, "{field:name} is {value:value}, not {asked}", "{0:name} is missing, not {2}"
    ),
    "test.matches": given(
        1, "{field:name} is {value:value}, not like {asked}", "{0:name} is missing, not like {2}"
    ),
    "test.number": given(
        1, "{field:name} is {value:value}, not a number", "{0:name} is missing, not a number"
    ),
    "test.date": given(
        1, "{field:name} is {value:value}, not a date", "{0:name} is missing, not a date"
    ),
    "test.at_least": "{field:name} is {value:value}, below {asked}",
    "test.below": "{field:name} is {value:value}, not below {asked}",
    "test.within": "{field:name} is {value:value}, not within the last {asked:span}",
    "test.so": given(1, "{field:name} is {value:value}", "{field:name} is missing"),
    "test.missing": "{field:name} is missing",
    "test.known": "{field:name} is known",
    "test.none": _joined_reasons("none of these: ", "; nor: "),
    "test.ruled_out": _joined_reasons("ruled out: ", "; "),
    "test.count": _counted,
    "count": _count,
    "kinds": _kinds,
    "wanting.never": "never: {who}",
    "wanting.fit": _fit_wanting,
    "wanting.behaviour": _behaviour_wanting,
    "wanting.nothing_yet": "has done nothing yet",
    "wanting.nothing_lately": "has done nothing within the last {recency:span}",
}
