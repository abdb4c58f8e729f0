"""Which records count as reaching out: values that HubSpot does not have, and none at all."""

from __future__ import annotations

from collections.abc import Iterator

from baton.domain.policy import PUBLISHED, spelled
from baton.policy_tools.linting.findings import Found, Rule
from baton.policy_tools.linting.subject import Subject
from baton.presentation.words import listed, quoted

UNKNOWN = Rule(
    "touch-value",
    "warning",
    "A value that HubSpot does not publish is only met if the account has it.",
)
NONE = Rule(
    "touch-unseen",
    "warning",
    "If no record counts, the first touch is only seen where reps report it in Slack.",
)
NO_TEAM = Rule(
    "touch-by-no-team",
    "warning",
    "Of a rep in no team, only their own acts and their backup's count.",
)


def check(subject: Subject) -> Iterator[Found]:
    sla = subject.files.sla
    for key, known in PUBLISHED.items():
        for index, value in enumerate(getattr(sla.touches, key)):
            if spelled(value) not in map(spelled, known):
                yield UNKNOWN.found(
                    "sla",
                    ("touches", key, index),
                    f"{quoted(value)} is none of HubSpot's values for {key}",
                    "leave it out if it is the account's own: unlisted says what happens to such "
                    "values",
                )
    if not any(getattr(sla.touches, key) for key in PUBLISHED) and any(
        target.stops_on == "touch" for tier in sla.tiers for target in tier.targets
    ):
        yield NONE.found(
            "sla",
            ("touches",),
            "counts no record at all, and a target waits for a touch",
            "list the statuses with which calls, e-mails or meetings count",
        )
    alone = [one.name for one in subject.files.roster.people if one.role == "rep" and not one.team]
    if sla.touches.by == "team" and alone:
        yield NO_TEAM.found(
            "sla",
            ("touches", "by"),
            f"counts the acts of the owner's team, but without one are: {listed(alone, most=5)}",
            "give them their team in roster.yaml, or write by: backup or by: roster",
        )
