"""Conditions of the policy in words, as a RevOps admin would say them.

``{"employees": at least 100, below 1000}`` is said as "employees is at least 100 and below 1000".
Names are those of the policy, with spaces for underscores, so that what is read can be found in the
files. The text is plain: callers that put it into Markdown or HTML escape it.
"""

from __future__ import annotations

from collections.abc import Sequence

from baton.domain.policy import OPERATORS, Count, Test, When
from baton.presentation.words import flat, listed, number, quoted, span, spelled

#: Built-in names that are shown in another spelling.
_NAMES = {"email": "e-mail"}
#: Built-in facts with a wording of their own.
_FACTS: dict[tuple[str, ...], str] = {
    ("hand_raise", "true"): "asked for a call",
    ("hand_raise", "false"): "has not asked for a call",
}


def condition(when: When) -> str:
    """*when* as a phrase that fits behind "if"; "always" when it is empty."""
    parts = _parts(when)
    if not parts:
        return "always"
    if len(parts) == 1:
        return parts[0]
    joint = ", and " if any(" or " in part or " and " in part for part in parts) else " and "
    return joint.join(_bracketed(part) for part in parts)


def clause(when: When) -> str:
    """*when* as a clause after what it applies to: ``when role is CFO``."""
    return f"when {condition(when)}" if when else condition(when)


def evidence(count: Count) -> str:
    """``at least 2 × pricing page within 14 days``."""
    kinds = listed(map(name, count.of), " or ") or "anything the person did"
    what = listed((quoted(flat(one)) for one in count.what), " or ")
    about = f" {what}" if what else ""
    lately = f" within {span(count.within)}" if count.within is not None else ""
    return f"at least {count.at_least} × {kinds}{about}{lately}"


def name(key: str) -> str:
    """A name of the policy as a word: ``product_interest`` is "product interest"."""
    return _NAMES.get(key, spelled(flat(key)))


def value(given: str) -> str:
    """The value, in quotes if it could be read as several."""
    text = flat(given)
    unclear = any(sign in text for sign in ",;()") or {"or", "and"} & set(text.split())
    return quoted(text) if unclear or not text else text


def _parts(when: When) -> list[str]:
    """The phrase for each part that must hold, alternatives last."""
    said = [_fact(key, test) for key, test in when.items() if key not in OPERATORS]
    some, none = _blocks(when, "any"), _blocks(when, "not")
    # "any" of a single block is the block itself.
    for block in (*_blocks(when, "all"), *(some if len(some) == 1 else ())):
        said.extend(_parts(block))
    said.extend(evidence(one) for one in (when["events"].counts if "events" in when else ()))
    if len(some) > 1:
        said.append(f"one of: {_choices(some)}")
    if none:
        said.append(f"{'none of' if len(none) > 1 else 'not'}: {_choices(none)}")
    return said


def _blocks(when: When, operator: str) -> Sequence[When]:
    return when[operator].blocks if operator in when else ()


def _choices(blocks: Sequence[When]) -> str:
    """Alternatives, separated by semicolons; an alternative that contains alternatives gets
    brackets.
    """
    return "; or ".join(_bracketed(condition(block)) for block in blocks)


def _bracketed(part: str) -> str:
    return f"({part})" if part.startswith(("one of: ", "none of: ", "not: ")) else part


def _fact(key: str, test: Test) -> str:
    """The condition on one name."""
    fact = _FACTS.get((key, *test.any_of))
    return fact if fact and test == Test(any_of=test.any_of) else f"{name(key)} {_test(test)}"


def _test(test: Test) -> str:
    said = []
    if test.any_of:
        said.append(listed(map(value, test.any_of), " or "))
    if test.at_least is not None:
        said.append(f"at least {number(test.at_least)}")
    if test.below is not None:
        said.append(f"below {number(test.below)}")
    if test.within is not None:
        said.append(f"at most {span(test.within)} ago")
    if test.known is not None:
        said.append("known" if test.known else "not known")
    text = f"is {listed(said)}" if said else ""
    if not test.matches:
        return text
    fits = f"looks like {listed(map(value, test.matches), ' or ')}"
    return f"{text} and {fits}" if text else fits
