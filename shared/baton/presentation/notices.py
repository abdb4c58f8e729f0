"""What notices about a ladder say: warning, breach, escalation, and what happens next."""

from __future__ import annotations

from baton.domain.lead import Clock, Lead, Untold
from baton.domain.policy import Person, Recipient
from baton.presentation.words import in_zone


def called(to: Recipient) -> str:
    """A rung's recipient in a sentence."""
    return "whoever is on duty" if to == "on_duty" else f"the {to}"


def title(what: Untold, lead: Lead, owner: Person | None, due: str) -> str:
    """
    The first line of the notice of a rung that was climbed.

    Args:
        owner: Whose clock it was; None: the roster does not know them any more.

        due: The clock's deadline, as the reader should see it.
    """
    who = f"{lead.name} ({lead.company})" if lead.company else lead.name
    if what.rung.kind == "warn":
        return f"{what.label} for {who} is due at {due}"
    if what.rung.kind == "breach":
        return f"{what.label} for {who} was due at {due}"
    return f"{owner.name if owner else 'Its owner'} has missed {what.label} for {who}, due at {due}"


def next_step(clock: Clock, zone: str) -> tuple[str, ...]:
    """What happens if nobody acts: the next rung that changes something."""
    ahead = next((rung for rung in clock.ladder[clock.climbed :] if rung.kind != "warn"), None)
    if ahead is None:
        return ()
    if ahead.kind == "breach":
        return ("From then on it counts as a breach.",)
    then = (
        "the lead goes to the next rep"
        if ahead.kind == "pull_back"
        else f"{called(ahead.to)} is told"
    )
    return (f"Next: {then} at {in_zone(ahead.at, zone)}.",)


def now_with(lead: Lead, owner: Person | None) -> tuple[str, ...]:
    """With whom a lead is that its old owner has lost."""
    if owner is not None:
        return (f"It is with {owner.name} now.",)
    return ("It waits for somebody who can take it.",) if lead.waiting else ()


def told_instead_of(person: Person | None) -> tuple[str, ...]:
    return (f"You are told for {person.name}, who is not at work.",) if person else ()
