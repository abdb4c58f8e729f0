"""An audit's report as tables for a person and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from baton.application.audit.audit import Report
from baton.application.audit.census import OURS
from baton.application.audit.findings import Finding
from baton.application.audit.stage_map import Move
from baton.application.audit.unreadable import Unreadable
from baton.domain.policy import Policy
from baton.presentation.words import counted, listed, number, printable

_COLOURS = {"designed": "green", "start": "", "undesigned": "yellow", "backward": "red"}


def as_json(report: Report, host: str, policy: Policy, now: datetime) -> str:
    """The report with its account and time; the keys are those of ``audit.audit.Report``."""
    made = {"account": host, "company": policy.company, "at": now.isoformat(timespec="seconds")}
    body = made | {"found": len(report.findings)} | msgspec.to_builtins(report)
    return msgspec.json.format(msgspec.json.encode(body), indent=2).decode()


def show(report: Report, host: str, policy: Policy, limit: int) -> None:
    # Names of stages and workflows come from outside, so they must not be read as markup.
    console = Console(markup=False, emoji=False, highlight=False)
    deals = "deals not read" if report.deals is None else f"{report.deals:,} deals"
    console.print(f"{host}: {report.contacts:,} contacts, {deals}, compared with {policy.company}")
    _findings(console, report.findings, limit)
    _values(console, report)
    _unreadable(console, report, limit)
    _map(console, report)
    _workflows(console, report)
    _writers(console, report)
    _duplicates(console, report, policy, limit)
    for one in report.unchecked:
        console.print(f"could not be checked: {one}")
    console.print("\nCheck these by hand, because no API reports them:")
    for one in report.manual:
        console.print(_indented(one, 2))
    found = len(report.findings)
    console.print(f"\n{found} kinds of fault found" if found else "\nnothing found")


def _findings(console: Console, findings: Iterable[Finding], limit: int) -> None:
    for one in findings:
        console.print(Text(f"\n{one.count:>7,}  {one.what}", style="bold"))
        said = [
            _parts(one.parts),
            f"for example {listed(one.examples[:limit])}" if one.examples else "",
            f"why it matters: {one.why}",
            f"how to fix it: {one.fix}",
        ]
        for line in filter(None, said):
            console.print(_indented(line, 9))


def _parts(parts: dict[str, int], most: int = 8) -> str:
    counted = (f"{printable(name)}: {count:,}" for name, count in parts.items())
    return listed(counted, "; ", between="; ", most=most)


def _values(console: Console, report: Report) -> None:
    table = _table("Values in use", "property", "value", "contacts", "")
    for one in report.values:
        known = "" if one.known or not one.value else "not in the policy"
        table.add_row(one.property, _text(one.value or "(empty)"), f"{one.count:,}", known)
    console.print(table)


#: What a value lacks, in words.
_LACKS = {
    "number": "that is no number",
    "date": "that is no date",
    "country": "that is no country",
    "flag": "that is neither true nor false",
    "email": "that is no e-mail address",
    "choice": "that the policy does not list",
    "rule": "that no rule knows",
}


def _unreadable(console: Console, report: Report, limit: int) -> None:
    for one in report.unreadable:
        what = counted(one.contacts, "contact", grouped=True)
        console.print(Text(f"{what} with a {one.property} {_LACKS[one.lack]}: {_values_of(one)}"))
        if one.examples:
            console.print(_indented(f"for example {listed(one.examples[:limit])}", 2))


def _values_of(one: Unreadable) -> str:
    """The values with their counts, which add up to all contacts (of a list, where a contact may
    have several, to at least all)."""
    if not one.values:
        return _NONE_SHARED
    others = f"; and {one.others:,} with other values" if one.others else ""
    return _parts(one.values, len(one.values)) + others


_NONE_SHARED = "each of a few, not shown, as they may tell of a person"


def _map(console: Console, report: Report) -> None:
    table = _table(
        "The actual stage map, compared with the policy", "from", "to", "moves", "median days", "is"
    )
    table.add_column("by", overflow="fold")
    for one in report.moves:
        days = "" if one.median_days is None else number(one.median_days)
        said = Text(_kind_of_move(one), style=_COLOURS[one.kind])
        by = _parts(one.by, 4) if one.kind != "designed" else ""
        source = _text(one.source or "(new)")
        table.add_row(source, _text(one.to), f"{one.count:,}", days, said, by)
    console.print(table)
    if report.never:
        console.print(f"in the policy, but never seen in HubSpot: {listed(report.never)}")


def _kind_of_move(move: Move) -> str:
    return listed(move.transitions) if move.transitions else move.kind.replace("un", "not ")


def _workflows(console: Console, report: Report) -> None:
    if report.workflows is None or not (report.workflows.writing or report.workflows.opaque):
        return
    title = f"Workflows that write the same properties as Baton (of {report.workflows.read})"
    table = _table(title, "workflow", "name", "is", "writes to")
    for one in report.workflows.writing:
        state = Text("on: switch it off", style="red") if one.on else Text("off")
        table.add_row(one.id, _text(one.name), state, listed(one.writes))
    for one in report.workflows.opaque:
        state = Text("on: check it", style="yellow") if one.on else Text("off")
        table.add_row(
            one.id, _text(one.name), state, "own code or another app: its writes are not visible"
        )
    console.print(table)


def _writers(console: Console, report: Report) -> None:
    # Leave out Baton's writes of its own properties; --json has them.
    told = [one for one in report.writers if not (one.expected and one.property.startswith(OURS))]
    if not told:
        return
    table = _table("Who writes these properties", "property", "source", "id", "writes", "")
    for one in told:
        note = "" if one.expected else "not Baton"
        cells = (one.property, one.source or "unknown", one.source_id)
        table.add_row(*map(_text, cells), f"{one.count:,}", note)
    console.print(table)


def _duplicates(console: Console, report: Report, policy: Policy, limit: int) -> None:
    if not report.duplicates or not limit:
        return
    table = _table("Probably one person", "same", "contacts, with the owner of each")
    # Contacts with several owners come first, because a person has to decide those.
    shown = sorted(report.duplicates, key=lambda one: -len(one.owners))
    for group in shown[:limit]:
        said = [f"{one} ({_owner(policy, owner)})" for one, owner in group.members]
        table.add_row(listed(group.why), _text(listed(said)))
    console.print(table)
    if len(report.duplicates) > limit:
        console.print(f"and {len(report.duplicates) - limit:,} groups more; --json has them all")


def _owner(policy: Policy, owner: str) -> str:
    person = policy.owner_by_hubspot.get(owner)
    return person.name if person else f"owner {owner}" if owner else "nobody"


def _indented(line: str, by: int) -> Padding:
    return Padding(Text(line), (0, 0, 0, by))


def _text(outside: str) -> Text:
    return Text(printable(outside))


def _table(title: str, *headings: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    numbers: dict[str, Any] = dict.fromkeys(("contacts", "moves", "median days", "writes"), "right")
    for heading in headings:
        table.add_column(heading, justify=numbers.get(heading, "left"), overflow="fold")
    return table
