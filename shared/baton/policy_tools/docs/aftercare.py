"""What happens to leads that nobody works on, and to what others change."""

from __future__ import annotations

from collections.abc import Iterator

from baton.policy_tools import saying
from baton.policy_tools.docs.markdown import bullets, code, steps, table, text
from baton.policy_tools.docs.source import Source, said

ANSWERS = {
    "restore": "the stage is set right again in HubSpot",
    "accept": "it is followed, as the named reverse move that leads there; if none does, it is"
    " only reported",
    "ask": "nothing is changed; a notice in the RevOps channel asks whether it was meant",
    "report": "nothing is changed; the lead's history notes it, and the RevOps channel is told,"
    " with all others of the kind in one message",
}
WINS = {
    "crm": "what a person or a connected CRM set stays",
    "marketing": "what a form, a workflow or an import set stays",
    "baton": "Baton's value is written again",
}


#: What a new owner in HubSpot does not do.
OWNER_BY_HAND = (
    "An owner changed by hand in HubSpot is not followed yet: card, clocks and load stay with the"
    " rep who got the card, until it is acted on."
)
#: HubSpot's usual change source for a person at work there, as ``backward`` names it.
BY_HAND = "crm_ui"


def answer_by_hand(source: Source) -> str:
    """What the policy answers to a person who sets a stage back in HubSpot."""
    backward = source.files.lifecycle.backward
    answers = {origin.casefold(): answer for origin, answer in backward.items()}
    return answers.get(BY_HAND, answers.get("*", "report"))


def quiet(source: Source) -> Iterator[str]:
    accepted, idle = text(source.accepted.label), source.files.recycling.idle
    yield "## When a lead goes quiet"
    yield (
        "Counted in calendar days from the last activity, or from the day the owner got the"
        " lead. HubSpot's record of calls, e-mails and meetings is read again before a lead is"
        " closed. The first rule that fits counts; a lead with a rep that none speaks of is closed"
        f" after {saying.span(idle.after)}, without a warning, for the reason"
        f" {text(source.idle_reason.label)}."
    )
    yield table(
        ("Rule", "Stages", "Only if", "Closed after", "Owner warned", "For the reason"),
        (
            (
                code(rule.id),
                source.labels(rule.stages),
                said(rule.when) if rule.when else "",
                saying.span(rule.after),
                f"{saying.span(rule.warn_before)} before" if rule.warn_before else "no",
                f"{text(source.reasons[rule.reason].label)}"
                f" ({source.consequence(source.reasons[rule.reason])})",
            )
            for rule in source.files.recycling.staleness
        ),
    )
    past = source.working[source.working.index(source.accepted) + 1 :]
    named = {stage for rule in source.files.recycling.staleness for stage in rule.stages}
    later = [stage.id for stage in past if stage.id in named]
    yield (
        f"A lead that has moved on past {accepted} keeps such a clock where a rule names its stage"
        f" (here: {source.labels(tuple(later)) or 'none'}): its last owner is warned, then it is"
        " closed for the rule's reason. In every other stage past"
        f" {accepted} nothing is closed for being quiet."
    )


def rest(source: Source) -> Iterator[str]:
    """What waits while a lead is recycled, and what does not."""
    recycled = source.files.lifecycle.recycled
    if any(move.when for move in source.moves_from(recycled)):
        yield (
            "Baton's own moves wait: what the person does during the rest is no evidence for them,"
            " what they do from its end on is. Only a raised hand (they asked for a call) does not"
            " wait. After as many rounds as the track allows, Baton makes no move of its own."
        )
    else:
        yield (
            f"Baton makes no move of its own out of {source.label(recycled)}; a workflow that"
            " brings leads back is to look at `baton_cool_off_until` itself."
        )
    yield (
        "A stage that somebody or a workflow sets in HubSpot by a move named here is followed at"
        " once: neither the rest nor the number of rounds keeps it back."
    )


def ways_out(source: Source, stage: str) -> str:
    """Every move out of a side stage, those that lead back to work among them."""
    return "; ".join(
        f"{code(move.id)} to {source.label(move.to)} ({', '.join(move.by)})"
        for move in source.moves_from(stage)
    )


def recycling(source: Source) -> Iterator[str]:
    yield "## When a lead is recycled"
    ways = ways_out(source, source.files.lifecycle.recycled)
    yield steps(
        (
            "The reason names the nurture track; `baton_reason`, `baton_nurture_track` and"
            " `baton_cool_off_until` are written, and HubSpot's workflows enrol the lead.",
            "The owner stays or is taken off, as the track says (see the reasons).",
            *rest(source),
            f"The ways out: {ways}." if ways else "No move leads out.",
        )
    )


def sync(source: Source) -> Iterator[str]:
    rules = source.files.lifecycle.sync
    yield "## When others write what Baton writes"
    yield (
        "What others have changed, by whom, and what was done about it is noted in each lead's"
        " history, which `baton explain` shows. RevOps is told when two systems fight."
    )
    if not rules:
        yield "Nothing is said: Baton's value stays until its next own change."
        return
    yield "The first line that fits the property and the lead counts."
    yield table(
        ("Property", "Only if", "Who wins", "So"),
        (
            (
                code(rule.property),
                said(rule.when) if rule.when else "",
                code(rule.wins),
                WINS[rule.wins],
            )
            for rule in rules
        ),
    )


def backward(source: Source) -> Iterator[str]:
    lifecycle = source.files.lifecycle
    yield "## When something moves a lead backward"
    yield table(
        ("Changed by", "Answer", "So"),
        (
            (
                "every other source" if origin == "*" else code(origin),
                code(answer),
                ANSWERS[answer],
            )
            for origin, answer in lifecycle.backward.items()
        ),
    )
    yield bullets(
        (
            "A move off the way that has a reason of its own and names a rep is followed when a"
            " person makes it in HubSpot, whatever the answer for people is. Without a reason of"
            " its own the answer counts.",
            f"A property of one lead is put right at most {lifecycle.restore_at_most} times in 30"
            " days; then Baton gives in and tells the RevOps channel that two systems fight.",
        )
    )
