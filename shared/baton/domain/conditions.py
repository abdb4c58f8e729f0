"""Evaluates conditions on a lead: whether one holds, why not, and until when that stays so.

A test on a field that has no value is false, and stays false under ``not``: an unknown value
neither admits a lead nor rules it out. So every test has three answers (yes, no, unknown), and a
condition holds only if the answer is yes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal, Protocol, TypeVar
from zoneinfo import ZoneInfo

from baton.domain.form_names import own_names
from baton.domain.lead import NOT_THEIRS, Evidence
from baton.domain.numbers import beside, number_in
from baton.domain.phrase import Arg, Phrase, phrase
from baton.domain.policy import DAYS_IN_STAGE, Count, Test, When, shortened
from baton.domain.text import folded, pattern
from baton.domain.time import SKEW, read_instant
from baton.domain.values import Readings


class Facts:
    """What is known about a lead at an instant, under the policy's names.

    ``values`` holds the fields and what follows from them, ``evidence`` what the person did.
    ``readings`` says what those values mean that are more than plain text. A day begins at
    midnight in *zone* (IANA).
    """

    __slots__ = ("evidence", "exact", "now", "readings", "values", "zone")

    def __init__(
        self,
        values: dict[str, str],
        evidence: tuple[Evidence, ...],
        now: datetime,
        readings: Readings | None = None,
        zone: str = "UTC",
    ) -> None:
        self.values = values
        self.readings = Readings() if readings is None else readings
        self.zone = zone
        #: The exact numbers to compare, which ``values`` has rounded.
        self.exact: dict[str, float] = {}
        self.evidence = evidence
        self.now = now

    def get(self, name: str) -> str:
        """The value, empty where there is none."""
        return self.values.get(name, "")

    def shown(self, name: str) -> str:
        """The value as people are shown it."""
        reading = self.readings[name]
        return reading.shown if reading else self.values.get(name, "")

    def words(self, name: str) -> tuple[str, ...]:
        """The words of a value that is there, any of which counts."""
        reading = self.readings[name]
        return reading.words if reading else (folded(self.values[name]),)

    def is_one_of(self, name: str, words: frozenset[str]) -> bool:
        """Whether a value that is there is one of *words*, or has one of them."""
        reading = self.readings[name]
        if reading is None:  # most fields
            return folded(self.values[name]) in words
        return not words.isdisjoint(reading.words)

    def number(self, name: str) -> float | None:
        """The number that a value is; None: it is none."""
        if name in self.exact:
            return self.exact[name]
        reading = self.readings[name]
        return reading.number if reading else number_in(self.values.get(name, ""))

    def when(self, name: str) -> date | datetime | None:
        """The day or the instant that a value is; None: it is neither."""
        reading = self.readings[name]
        return reading.at if reading else read_instant(self.values.get(name, ""))

    def day(self) -> date:
        """The day that it is now in the account's zone."""
        return self.now.astimezone(ZoneInfo(self.zone)).date()

    def midnight(self, day: date) -> datetime:
        """The instant at which *day* begins in the account's zone."""
        return datetime.combine(day, time(), ZoneInfo(self.zone)).astimezone(UTC)


class _Named(Protocol):
    @property
    def when(self) -> When: ...


Named = TypeVar("Named", bound=_Named)

#: An answer: yes, no, or not known; and why, unless it is yes.
Answer = tuple[bool | None, Phrase | None]
_YES: Answer = (True, None)


def first_match(choices: Iterable[Named], facts: Facts) -> Named | None:
    for choice in choices:
        if holds(choice.when, facts):
            return choice
    return None


def holds(when: When, facts: Facts) -> bool:
    """Whether all tests hold. The same answer as ``not why_not``, but cheaper: it builds no
    explanation."""
    values = facts.values
    for name, test in when.items():
        # Most tests of most rules look for the value of a field, which it has, in a list of words.
        if test.only_words and values.get(name):
            if not facts.is_one_of(name, test.words.folded):
                return False
        elif test.counts or test.blocks:
            if not _answer(name, test, facts, explain=False)[0]:
                return False
        elif not _field_holds(name, test, facts):
            return False
    return True


def why_not(when: When, facts: Facts) -> Phrase | None:
    """The first test that fails; None when all hold."""
    values = facts.values
    for name, test in when.items():
        # As above, for speed: every decision explains rules that did not match.
        if test.only_words and values.get(name):
            if not facts.is_one_of(name, test.words.folded):
                return Phrase("test.any_of", (name, facts.shown(name), test.words.shortened))
            continue
        answer, why = _answer(name, test, facts)
        if not answer:
            return why
    return None


def unmet(when: When, facts: Facts) -> tuple[Phrase, ...]:
    """Every test that fails."""
    answers = (_answer(name, test, facts) for name, test in when.items())
    return tuple(why for answer, why in answers if not answer and why is not None)


def next_change(when: When, facts: Facts) -> datetime | None:
    """The next instant after now at which time alone may change the answer; None: never."""
    return min((at for at in _changes(when, facts) if at > facts.now), default=None)


# --- one block, one test


def _block(when: When, facts: Facts, explain: bool) -> Answer:
    """All tests of a block: no if one is no, else unknown if one is unknown."""
    unknown: Answer | None = None
    for name, test in when.items():
        answer = _answer(name, test, facts, explain)
        if answer[0] is False:
            return answer
        if answer[0] is None and unknown is None:
            unknown = answer
    return unknown or _YES


def _answer(name: str, test: Test, facts: Facts, explain: bool = True) -> Answer:
    """The answer of one test. Without *explain* it has no explanation."""
    if test.counts:
        return _counted(test.counts, facts, explain)
    if test.blocks:
        return _OPERATORS[name](test.blocks, facts, explain)
    return _field(name, test, facts, explain)


def _all(blocks: tuple[When, ...], facts: Facts, explain: bool) -> Answer:
    answers = [_block(block, facts, explain) for block in blocks]
    return next(
        (answer for verdict in (False, None) for answer in answers if answer[0] is verdict), _YES
    )


def _any(blocks: tuple[When, ...], facts: Facts, explain: bool) -> Answer:
    answers = [_block(block, facts, explain) for block in blocks]
    if any(answer for answer, _ in answers):
        return _YES
    whys = Phrase("test.none", tuple(why for _, why in answers if why is not None))
    unknown = any(answer is None for answer, _ in answers)
    return (None if unknown else False), whys


def _not(blocks: tuple[When, ...], facts: Facts, explain: bool) -> Answer:
    unknown: Answer | None = None
    for block in blocks:
        answer, why = _block(block, facts, explain)
        if answer:
            return False, Phrase(
                "test.ruled_out", tuple(_why_holds(block, facts))
            ) if explain else None
        if answer is None and unknown is None:
            unknown = (None, why)
    return unknown or _YES


_OPERATORS = {"all": _all, "any": _any, "not": _not}


def _why_holds(when: When, facts: Facts) -> Iterator[Phrase]:
    """Why a block holds, for the explanation of its negation."""
    for name, test in when.items():
        if test.counts:
            yield from map(count_phrase, test.counts)
        elif test.blocks:
            for block in test.blocks:
                if _block(block, facts, explain=False)[0]:
                    yield from _why_holds(block, facts)
        else:
            yield Phrase("test.so", (name, facts.shown(name)))


def _field_holds(name: str, test: Test, facts: Facts) -> bool:
    """Whether the answer of ``_field`` is yes."""
    value = facts.values.get(name, "")
    if test.known is not None:
        if bool(value) != test.known:
            return False
        if not test.known:
            return True
    return not _fault(name, test, value, facts)


def _field(name: str, test: Test, facts: Facts, explain: bool) -> Answer:
    value = facts.get(name)
    if test.known is not None:
        if bool(value) != test.known:
            return False, Phrase("test.missing" if test.known else "test.known", (name,))
        if not test.known:
            return _YES
    fault = _fault(name, test, value, facts)
    if not fault:
        return _YES
    why = _fault_phrase(fault, name, test, _shown(name, test, facts)) if explain else None
    return (False if value else None), why


#: The part of a test that a value fails; empty: it passes.
_Fault = Literal["", "any_of", "matches", "number", "at_least", "below", "date", "within"]


def _fault(name: str, test: Test, value: str, facts: Facts) -> _Fault:
    if test.any_of and not (value and facts.is_one_of(name, test.words.folded)):
        return "any_of"
    if test.matches and not (
        value and any(map(pattern(test.matches).fullmatch, facts.words(name)))
    ):
        return "matches"
    if test.at_least is not None or test.below is not None:
        number = facts.number(name)
        if number is None:
            return "number"
        if test.at_least is not None and number < test.at_least:
            return "at_least"
        if test.below is not None and number >= test.below:
            return "below"
    if test.within is not None:
        at = facts.when(name)
        if at is None:
            return "date"
        if not _is_within(at, test.within, facts):
            return "within"
    return ""


def _is_within(at: date | datetime, within: timedelta, facts: Facts) -> bool:
    """Whether an instant is less than *within* ago; whether a day is at most so many days back, of
    which today is none.
    """
    if isinstance(at, datetime):
        return facts.now - within < at <= facts.now
    return timedelta() <= facts.day() - at <= within


def _shown(name: str, test: Test, facts: Facts) -> str:
    """The value as people are shown it; a rounded one never as reaching what it does not reach."""
    exact = facts.exact.get(name)
    if exact is not None:
        for mark in (test.at_least, test.below):
            if mark is not None and (float(facts.get(name)) < mark) != (exact < mark):
                return beside(exact, mark, 1)
    return facts.shown(name)


def _fault_phrase(fault: _Fault, name: str, test: Test, value: str) -> Phrase:
    asked: Arg | timedelta = ""
    match fault:
        case "any_of":
            asked = test.words.shortened
        case "matches":
            asked = shortened(test.matches)
        case "at_least":
            asked = test.at_least or 0
        case "below":
            asked = test.below or 0
        case "within":
            asked = test.within or timedelta()
    return phrase(f"test.{fault}", name, value, asked)


def _counted(counts: tuple[Count, ...], facts: Facts, explain: bool) -> Answer:
    for count in counts:
        found = sum(1 for _ in counted(count, facts))
        if found < count.at_least:
            if not explain:
                return False, None
            return False, Phrase("test.count", (count_phrase(count), found, count.at_least))
    return _YES


def counted(count: Count, facts: Facts) -> Iterator[Evidence]:
    """The evidence that counts now, oldest first."""
    since = facts.now - count.within if count.within is not None else None
    for piece in facts.evidence:
        if (
            piece.at <= facts.now + SKEW
            and (since is None or piece.at > since)
            and is_of(piece, count)
        ):
            yield piece


class Counting(Protocol):
    """Which evidence counts: its kinds (empty: whatever the person did), and what it is about
    (empty: anything)."""

    @property
    def of(self) -> tuple[str, ...]: ...
    @property
    def what(self) -> tuple[str, ...]: ...


def is_of(piece: Evidence, count: Counting) -> bool:
    """Whether *piece* is evidence of the kind counted, whatever its age."""
    if piece.kind not in count.of if count.of else piece.kind in NOT_THEIRS:
        return False
    return not count.what or _is_about(piece.what, count.what)


@lru_cache(maxsize=20_000)
def _is_about(text: str, names: tuple[str, ...]) -> bool:
    """Whether *text*, as evidence has it, is one of *names*, or matches one that is a pattern: as a
    whole, or by the form's own name behind the title of its page.
    """
    own = own_names(text)
    return any(
        any(map(pattern((name,)).fullmatch, own)) if "*" in name else folded(name) in own
        for name in names
    )


# --- what changes by itself


def _changes(when: When, facts: Facts) -> Iterator[datetime]:
    """Instants, past and future, at which a test on time passes from one answer to another."""
    for name, test in when.items():
        if not test.on_time and name != DAYS_IN_STAGE:
            continue
        for block in test.blocks:
            yield from _changes(block, facts)
        for count in test.counts:
            if count.within is not None:
                yield from (s.at + count.within for s in facts.evidence if is_of(s, count))
        if test.within is not None and (at := facts.when(name)) is not None:
            if isinstance(at, datetime):
                yield at
                yield at + test.within
            else:
                yield facts.midnight(at)
                yield facts.midnight(at + timedelta(days=test.within.days + 1))
        if name == DAYS_IN_STAGE and (spent := facts.exact.get(name)) is not None:
            for mark in (test.at_least, test.below):
                if mark is not None:
                    yield facts.now + timedelta(days=mark - spent)


# --- how counts are said


def count_phrase(count: Count) -> Phrase:
    """The phrase for a count: the kinds, what they are about, and how recent."""
    kinds = Phrase("kinds", count.of)
    about = shortened(count.what) if count.what else ""
    return phrase("count", kinds, about, count.within or timedelta())
