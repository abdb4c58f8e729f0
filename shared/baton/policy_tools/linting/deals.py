"""Conditions that take the end of a deal, an event of the past, for how the lead stands."""

from __future__ import annotations

from collections.abc import Iterator

from baton.domain.lifecycle.deals import ends_asked_for
from baton.policy_tools.linting.findings import Found, Rule
from baton.policy_tools.linting.subject import Subject
from baton.presentation.words import listed

PAST_DEAL = Rule(
    "past-deal-as-state",
    "warning",
    "The condition goes on to hold for every lead that once lost or won a deal, also while another"
    " deal is open.",
)


def check(subject: Subject) -> Iterator[Found]:
    for index, stage in enumerate(subject.lifecycle.stages):
        for number, one in enumerate(stage.disqualified_by):
            ends = ends_asked_for(one.when.compile())
            if ends:
                yield PAST_DEAL.found(
                    "lifecycle",
                    ("stages", index, "disqualified_by", number, "when"),
                    f"asks whether a deal was {listed(sorted(ends), ' or ')}, whatever became of"
                    " the lead's other deals",
                    "make it a transition with reverse: true and this when: Baton answers the end"
                    " of a deal once, when none of the lead's deals is open",
                )
