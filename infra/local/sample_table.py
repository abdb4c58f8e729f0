"""A table of what happened to each lead of the sample day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from rich.table import Table

from baton.application.ports.leads import Record
from baton.domain.lead import Lead
from baton.domain.phrase import Phrase
from baton.domain.policy import Policy
from baton.presentation.wording import plain
from baton.presentation.words import exact
from infra.local.sample_leads import Scene

#: On a terminal narrower than this each lead gets a block instead of a row.
ROOM = 140
HEADINGS = ("Lead", "Rule", "Owner", "Why", "Deadlines", "What happened", "Message")


def row(
    scene: Scene,
    lead: Lead | None,
    history: list[Record],
    policy: Policy,
    messages: list[dict[str, Any]],
) -> list[str]:
    """The table's line for one lead."""
    if lead is None:
        return [scene.name, "", "", "not worked yet", "", "", ""]
    assigned = [
        (record, outcome)
        for record in history
        for outcome in record.outcomes
        if outcome.kind == "assigned"
    ]
    names = [name_of(policy, outcome.person) for _, outcome in assigned]
    rule = assigned[0][1].what if assigned else ""
    why = _why(assigned[0][0]) if assigned else ""
    return [
        f"{scene.name}\n{scene.company['name']}",
        rule,
        " → ".join(names),
        why,
        _deadlines(lead, policy),
        _story(history),
        _last_message(messages, scene.lead_id),
    ]


def laid_out(rows: list[list[str]], width: int) -> Iterator[Table | str]:
    """The rows as a table, or as one block per lead if the terminal is too narrow."""
    if width >= ROOM:
        table = Table(title="The sample day", show_lines=True)
        for heading in HEADINGS:
            table.add_column(heading, overflow="fold")
        for cells in rows:
            table.add_row(*cells)
        yield table
        return
    for cells in rows:
        yield "\n" + cells[0].replace("\n", ", ")
        for heading, cell in zip(HEADINGS[1:], cells[1:], strict=True):
            for n, line in enumerate(cell.splitlines() or ["–"]):
                yield f"  {heading if n == 0 else '':<14} {line}"


#: Slack's date token; the group is its fallback text.
_DATE = re.compile(r"<!date\^[^|>]*\|([^>]*)>")


def sections(message: dict[str, Any]) -> Iterator[str]:
    """The text of a message, line by line."""
    for block in message["blocks"]:
        if block["type"] in {"header", "section"} and "text" in block:
            shown = _DATE.sub(r"\1", str(block["text"]["text"]))
            yield from unescape(shown).splitlines()


def mark(message: dict[str, Any]) -> dict[str, str]:
    """The subject and the slot of a message, from its metadata."""
    found: dict[str, str] = (message.get("metadata") or {}).get("event_payload") or {}
    return found


def slot_of(message: dict[str, Any]) -> str:
    return mark(message).get("slot", "")


def name_of(policy: Policy, person: str) -> str:
    found = policy.person.get(person)
    return found.name if found else person


def _why(record: Record) -> str:
    """The routing steps that decided: what matched and who was skipped; rules that did not match
    are left out."""
    return "\n".join(
        plain(why)
        for why in record.because
        if isinstance(why, Phrase) and why.id.startswith(("owner.able", "pool.", "fallback."))
    )


def _deadlines(lead: Lead, policy: Policy) -> str:
    if lead.assignment is None or lead.assignment.person not in policy.person:
        return "–"
    zone = policy.zone_of(policy.person[lead.assignment.person])
    return "\n".join(
        f"{clock.label} {exact(clock.due_at, zone)}"
        f" {'met' if clock.stopped_at and clock.stopped_at <= clock.due_at else ''}".rstrip()
        for clock in lead.clocks
    )


def _story(history: list[Record]) -> str:
    kinds = [o.kind for record in history for o in record.outcomes if o.kind != "stage_moved"]
    return ", ".join(kind.replace("_", " ") for kind in kinds)


def _last_message(messages: list[dict[str, Any]], lead_id: str) -> str:
    of_lead = [m for m in messages if mark(m).get("subject") == f"LEAD#{lead_id}"]
    mine = [message for message in of_lead if slot_of(message).startswith("card:")]
    newest = max(mine, key=lambda message: int(slot_of(message).split(":")[1]), default=None)
    return str(newest["text"]).split(". ")[0] if newest else ""
