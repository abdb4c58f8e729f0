"""The maintenance schedule: what to look at, how often, and when it is a problem."""

from __future__ import annotations

from baton.policy_tools.docs.markdown import bullets, code, joined, table, text
from baton.policy_tools.docs.source import Source


def maintenance(source: Source) -> str:
    lifecycle = source.files.lifecycle
    pairs = ", ".join(
        f"{text(here.label)} to {text(there.label)}"
        for here, there in zip(source.working, source.working[1:], strict=False)
    )
    return joined(
        "# Maintenance schedule",
        "A lifecycle that nobody looks after drifts. The limits below are to begin with; set your"
        " own once two months of figures are there.",
        "## Every month",
        table(
            ("Look at", "It is a problem if", "Then"),
            (
                (
                    f"How many go on: {pairs} (HubSpot, by `baton_first_entered_…`)",
                    "a rate falls more than 15% below its baseline two months running",
                    "compare sources and reasons; bring the definition to its signers",
                ),
                (
                    "Leads that wait: longer in a stage than twice what is usual there"
                    " (`baton audit`: medians, and leads that are stuck)",
                    "they are more than 10% of the active leads",
                    "look at holds, limits of reps and absences",
                ),
                (
                    "Contacts without a stage or without dates of entry (`baton audit`), or handed"
                    " off with required fields empty (HubSpot: `baton_missing` is known)",
                    "they are more than 5% of the new contacts",
                    "mend the form or the import that makes them",
                ),
                (
                    "What contradicts the policy: `baton audit`",
                    "leads with sales without an owner, or workflows that write what Baton keeps",
                    "mend them in the order in which they are listed",
                ),
                (
                    "What was parked: `baton redrive events`, `hubspot`, `slack`",
                    "more than 2% of a month's events",
                    "mend the cause, then send again",
                ),
                (
                    "Promises broken, by tier and by rep (the managers' digest; HubSpot:"
                    " `baton_sla_status` by owner)",
                    "more than one in ten",
                    "limits, pools and working hours first; people last",
                ),
                (
                    "Stages put right again, and sources that give no peace"
                    f" ({lifecycle.restore_at_most} times in 30 days; told in"
                    f" {code(source.files.notifications.ops_channel)})",
                    "any lead over which two systems fight",
                    "stop the workflow or import that moves it back",
                ),
            ),
        ),
        "## Every quarter",
        table(
            ("Look at", "It is a problem if", "Then"),
            (
                (
                    f"All {len(source.definitions)} definitions, with {_signers(source)}",
                    "one of them no longer says what is done",
                    "change it, let it be signed again, publish",
                ),
                (
                    f"The {len(lifecycle.reasons)} reasons: which are used, which are not (HubSpot,"
                    " by `baton_reason`)",
                    "one reason covers more than half, or one has not been used for a quarter",
                    "split it, or take it out",
                ),
                (
                    "The score against what became of the leads (HubSpot: `baton_fit` and"
                    " `baton_behaviour` by stage; for one lead, `baton explain`)"
                    if source.files.scoring
                    else "Whether leads should be scored",
                    "leads with high scores are accepted no more often than others",
                    "weigh the points by outcomes, not by opinion",
                ),
                (
                    "Lead statuses that the policy does not use (`baton audit`)",
                    "any contact has one",
                    "name them in `old_statuses`, then `baton status migrate`",
                ),
                (
                    "Who wins where two systems write the same property",
                    "values differ between systems, or errors pile up",
                    "set the winner for that property in `sync`",
                ),
                (
                    "People, limits, time off, weights",
                    "a pool often ends in its manager",
                    "more members, or higher limits",
                ),
            ),
        ),
        "## Every half-year",
        bullets(
            (
                f"Go through all {len(lifecycle.stages)} stages: is each still needed, does each"
                " still lead somewhere?",
                "Compare the rates with those of half a year ago, and with others in your market.",
                "Go through the tracks: does each still have a workflow and content of its own?",
                "See what has changed since then: `baton policy diff` with the number of that"
                " version.",
                "Publish the policy even if nothing changed: public holidays are worked out for"
                " three years ahead of the year it is published in.",
                "Print the sign-off sheet and let it be signed anew.",
            )
        ),
        f"Findings go to {code(source.files.notifications.ops_channel)}.",
    )


def _signers(source: Source) -> str:
    names = source.files.lifecycle.sign_off
    return ", ".join(map(text, names)) if names else "marketing and sales"
