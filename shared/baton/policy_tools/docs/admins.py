"""The guide for whoever administers the policy."""

from __future__ import annotations

from baton.policy_tools.docs.markdown import bullets, code, joined, steps, table, text
from baton.policy_tools.docs.source import Source

#: File -> what it says, in the order they are best read.
FILES = (
    ("lifecycle.yaml", "stages, moves, reasons, fields, who wins, who signs"),
    ("scoring.yaml", "points, thresholds, hand-raises, who never qualifies (may be left out)"),
    ("routing.yaml", "territories, segments, rules, pools"),
    ("roster.yaml", "people, calendars, limits, time off"),
    ("sla.yaml", "tiers, promises, ladders, when clocks stand still"),
    ("recycling.yaml", "nurture tracks, quiet leads"),
    ("notifications.yaml", "channels, the managers' digest, plays"),
    ("cases.yaml", "examples that must come out right before anything is published"),
)


def guide(source: Source) -> str:
    return joined(
        "# Guide for admins",
        "The policy is a folder of files. What they say is what runs; these documents are written"
        " from them.",
        table(("File", "What it says"), ((code(name), what) for name, what in FILES)),
        "## To change something",
        steps(
            (
                "Edit the file. If it is a definition that people signed, take its `confirmed`"
                " away or renew it: a changed one with an old approval is not published.",
                "Add or change the case in `cases.yaml` that shows it.",
                "`baton policy check`: every fault, with file and line; then the cases.",
                "`baton policy diff active FOLDER`: what would be different from what runs.",
                "`baton policy docs`: these documents, for whoever has to agree.",
                "`baton policy publish`: an immutable version, which counts within 5 seconds."
                " Leads that have an owner keep the promise they were given.",
                "`baton policy rollback`: the version before, again.",
            )
        ),
        "## To find out why",
        bullets(
            (
                "`baton explain LEAD` with HubSpot's contact id: the rule that matched, why earlier"
                " ones did not, who was passed over and why, the hours counted, the history.",
                "`baton audit`: what in the HubSpot account contradicts the policy, gravest first,"
                " who wrote it, and how leads really moved between the stages.",
                f"{code(source.files.notifications.ops_channel)} is told of changes backward that"
                " are asked about or reported, of properties that two systems fight over, of held"
                " leads without an owner, and of leads that have gone round often enough.",
                "`baton doctor`: what the account lacks for the policy, and workflows that write"
                " what Baton keeps; `baton sync test`: whether every mapped property holds what is"
                " written to it.",
                "`baton redrive` lists what could not be worked or delivered, and sends it again.",
            )
        ),
        "## To change lead statuses",
        "Name the old values and what becomes of them under `old_statuses` in `lifecycle.yaml`;"
        " `baton status migrate` shows which contacts it would move, with `--apply` it moves them.",
        "## To add a stage",
        steps(
            (
                "Make it in HubSpot, and note its internal value: `baton hubspot setup` says what"
                " HubSpot lacks.",
                "Add it in its place in the list of stages, with moves to and from it and a case"
                " for each move.",
                "Let it be signed, publish, and run `baton hubspot setup --apply` for its"
                " timestamps.",
            )
        ),
        "## Fields",
        table(
            ("Field", "Id", "HubSpot property", "Kind", "Values", "On the card"),
            (
                (
                    text(one.label),
                    code(one.id),
                    code(one.property),
                    one.kind,
                    ", ".join(map(text, one.values)),
                    "yes" if one.packet else "no",
                )
                for one in source.files.lifecycle.fields
            ),
        ),
    )
