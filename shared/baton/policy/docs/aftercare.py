"""What happens to leads that nobody works on, and to what others change."""

from __future__ import annotations

from collections.abc import Iterator

from baton.policy import saying
from baton.policy.docs.markdown import bullets, code, steps, table, text
from baton.policy.docs.source import Source, said

#: The core's own, for leads that no rule of staleness speaks of.
IDLE_DEFAULT = "90 days"

ANSWERS = {
    "restore": "the stage is set right again in HubSpot",
    "accept": "it is followed, as the named reverse move that leads there; if none does, it is"
    " only reported",
    "ask": "nothing is changed, and the RevOps channel is asked whether it was meant",
    "report": "nothing is changed; it is noted in the lead's history",
}
WINS = {
    "crm": "what a person or a connected CRM set stays",
    "marketing": "what a form, a workflow or an import set stays",
    "baton": "Baton's value is written again",
}


def quiet(source: Source) -> Iterator[str]:
    yield "## When a lead goes quiet"
    yield (
        "Counted in calendar days from the last activity, or from the day the owner got the"
        " lead. HubSpot's record of calls, e-mails and meetings is read again before a lead is"
        " closed. The first rule that fits counts; a lead that none speaks of is closed after"
        f" {IDLE_DEFAULT}."
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


def recycling(source: Source) -> Iterator[str]:
    yield "## When a lead is recycled"
    again = [m for m in source.moves_from(source.files.lifecycle.recycled) if not m.reverse]
    back = ", ".join(f"{code(m.id)} to {source.label(m.to)}" for m in again)
    yield steps(
        (
            "The reason names the nurture track; `baton_reason`, `baton_nurture_track` and"
            " `baton_cool_off_until` are written, and HubSpot's workflows enrol the lead.",
            "The owner stays or is taken off, as the track says (see the reasons).",
            "Baton itself brings a lead back only on evidence from after the rest; who asks for a"
            " call (a hand raised) does not wait for it. A move that somebody makes in HubSpot is"
            " followed at once.",
            f"The way back: {back}." if back else "No move leads back.",
            "After as many rounds as the track allows it stays there.",
        )
    )


def sync(source: Source) -> Iterator[str]:
    rules = source.files.lifecycle.sync
    yield "## When others write what Baton writes"
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
            f"A property of one lead is put right at most {lifecycle.restore_at_most} times in 30"
            " days; then Baton gives in and tells the RevOps channel that two systems fight.",
        )
    )
