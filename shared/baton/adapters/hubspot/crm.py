"""HubSpot as flows see it: contacts and touches to read, properties and tasks to show."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from msgspec.structs import replace

from baton.adapters.hubspot.account import AccountSearch, as_number, primary_company
from baton.adapters.hubspot.errors import NotThere
from baton.adapters.hubspot.http import HubspotHttp, Record
from baton.adapters.hubspot.members import refuse
from baton.application.ports.crm import Deal, Denied, ignore
from baton.domain import hubspot_names
from baton.domain.policy import Ownership
from baton.domain.time import read_instant
from baton.domain.world.effects import TaskState
from baton.domain.world.world import Account, Background, Contact, SeenStage, SeenValue, Touch
from baton.failures import Gone, NotAllowed, Rejected
from baton.presentation.task import task_lines, task_subject

#: HubSpot's association type id: task to contact.
TASK_TO_CONTACT = 204

#: Engagement type -> what the domain calls it, and the properties of its status, direction and
#: outcome. Enrolling in a sequence is not a touch; the e-mails that the sequence sends are. Notes
#: and tasks reach nobody. SMS, WhatsApp and LinkedIn messages are objects of their own, which the
#: scope for contacts lets us read (source: HubSpot's Communications guide).
ENGAGEMENTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "calls": (
        "call",
        (hubspot_names.CALL_STATUS, hubspot_names.CALL_DIRECTION, hubspot_names.CALL_OUTCOME),
    ),
    "emails": ("email", (hubspot_names.EMAIL_STATUS, hubspot_names.EMAIL_DIRECTION)),
    "meetings": ("meeting", (hubspot_names.MEETING_OUTCOME,)),
    "communications": (
        "message",
        (hubspot_names.MESSAGE_CHANNEL, hubspot_names.MESSAGE_LOGGED_FROM),
    ),
}

#: Most engagements read per type, newest first (ids rise). A contact may have thousands; a touch
#: since the assignment is among the newest.
LATEST = 200


class HubspotCrm:
    """What advance_lead reads; see ports.crm.Crm."""

    def __init__(self, http: HubspotHttp) -> None:
        self._http = http

    def contacts(
        self, ids: list[str], properties: list[str], watched: Sequence[str] = ()
    ) -> dict[str, Contact]:
        dated = sorted({*watched, hubspot_names.STAGE, hubspot_names.OWNER})
        wanted = sorted({*properties, *dated, hubspot_names.MERGED})

        def read(some: Sequence[str]) -> list[Record]:
            return list(self._http.read("contacts", some, wanted, dated))

        return {one: contact_of(record, watched) for one, record in answered(ids, read).items()}

    def touches(self, contact_id: str, denied: Denied = ignore) -> tuple[Touch, ...]:
        found: list[Touch] = []
        refused: list[NotAllowed | Rejected] = []
        for kind in ENGAGEMENTS:
            try:
                found += self._touches_of(contact_id, kind, denied)
            except (NotAllowed, Rejected) as error:
                # A scope that was never granted hides one kind, not the others.
                refused.append(error)
                denied(f"{kind}: {error}")
        if len(refused) == len(ENGAGEMENTS):
            raise refused[0]  # it is about the account, and nothing is known
        return tuple(sorted(found, key=lambda touch: touch.at))

    def _touches_of(self, contact_id: str, kind: str, denied: Denied) -> list[Touch]:
        what, more = ENGAGEMENTS[kind]

        def odd(why: str) -> None:
            denied(f"{kind}: {why}")

        ids = self._http.linked("contacts", contact_id, kind, odd)
        newest = sorted(ids, key=as_number)[-LATEST:]
        wanted = [hubspot_names.TIMESTAMP, hubspot_names.OBJECT_CREATED, hubspot_names.OWNER, *more]
        return list(_touches(what, more, self._http.read(kind, newest, wanted, (), odd)))

    def background(
        self, contact_id: str, history: list[str], contact: list[str], company: list[str]
    ) -> Background:
        found = Background()
        if history or contact:
            for record in self._http.read("contacts", [contact_id], contact, history):
                found = Background(
                    history=_last_values(record, history), contact=_requested(record, contact)
                )
        if not company:
            return found
        return replace(found, company=self._company(contact_id, company))

    def _company(self, contact_id: str, properties: list[str]) -> dict[str, str]:
        one = primary_company(self._http, contact_id)
        records = self._http.read("companies", one, properties)
        return next((_requested(record, properties) for record in records), {})

    def account(self, contact_id: str, sources: Sequence[Ownership], domain: str) -> Account:
        return AccountSearch(self._http, contact_id, domain).account(sources)

    def deal(self, deal_id: str) -> Deal | None:
        wanted = [
            hubspot_names.DEAL_STAGE,
            hubspot_names.DEAL_PIPELINE,
            hubspot_names.DEAL_CLOSED,
            hubspot_names.DEAL_WON,
        ]
        record = next(self._http.read("deals", [deal_id], wanted, [hubspot_names.DEAL_STAGE]), None)
        if record is None:
            return None
        odd: list[str] = []
        contacts = self._http.linked("deals", deal_id, "contacts", odd.append)
        values = _filled(record)
        won, closed = (
            values.get(name) == "true"
            for name in (hubspot_names.DEAL_WON, hubspot_names.DEAL_CLOSED)
        )
        seen = _last_change(record, hubspot_names.DEAL_STAGE)
        return Deal(
            id=record.id,
            stage=values.get(hubspot_names.DEAL_STAGE, ""),
            pipeline=values.get(hubspot_names.DEAL_PIPELINE, ""),
            outcome="won" if won else "lost" if closed else "",
            entered_at=seen.at if seen else None,
            contacts=tuple(dict.fromkeys(contacts)),
            odd="; ".join(odd),
        )


class HubspotWriter:
    """What deliver_hubspot shows; see ports.crm.CrmWriter."""

    def __init__(self, http: HubspotHttp) -> None:
        self._http = http

    def exists(self, contact_id: str) -> bool:
        # The batch read leaves out what is deleted, and gives the survivor for what was merged.
        found = self._http.read("contacts", [contact_id], [hubspot_names.CREATED])
        return any(record.id == contact_id for record in found)

    def show_contact(self, contact_id: str, properties: dict[str, str]) -> None:
        self._http.update("contacts", contact_id, properties)

    def clear_contact(self, contact_id: str, properties: list[str]) -> None:
        self._http.update("contacts", contact_id, dict.fromkeys(properties, ""))

    def restore_contact(self, contact_id: str, properties: list[str]) -> None:
        for record in self._http.read("contacts", [contact_id], [], properties):
            if last := _last_values(record, properties):
                self._http.update("contacts", contact_id, last)

    def find_task(self, effect: TaskState) -> str | None:
        odd: list[str] = []
        ids = self._http.linked("contacts", effect.contact_id, "tasks", odd.append)
        mark = re.compile(re.escape(marker(effect)) + r"(?![\w:#/-])")
        found = self._http.read("tasks", ids, [hubspot_names.TASK_BODY], (), odd.append)
        ours = [
            task.id
            for task in found
            if mark.search(task.properties.get(hubspot_names.TASK_BODY) or "")
        ]
        if not ours and odd:
            refuse("; ".join(odd))  # it may be ours
        # If there are two, take the oldest, so that every reader picks the same one.
        return min(ours, key=as_number, default=None)

    def create_task(self, effect: TaskState) -> str:
        link = {
            "to": {"id": effect.contact_id},
            "types": [
                {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": TASK_TO_CONTACT}
            ],
        }
        state = {hubspot_names.TASK_STATUS: "COMPLETED" if effect.done else "NOT_STARTED"}
        return self._http.create("tasks", _task(effect) | state, [link])

    def update_task(self, task_id: str, effect: TaskState) -> None:
        # Open: do not write the status; the rep may have completed the task in HubSpot.
        # Done: write only the status; the rep may have edited the rest.
        properties = {hubspot_names.TASK_STATUS: "COMPLETED"} if effect.done else _task(effect)
        try:
            self._http.update("tasks", task_id, properties)
        except NotThere as error:
            raise Gone(task_id) from error


def answered(
    ids: Sequence[str], read: Callable[[Sequence[str]], list[Record]]
) -> dict[str, Record]:
    """
    What HubSpot has for each of *ids*; what it does not have is left out.

    For an id that was merged away it gives the merged record, under another id (source: HubSpot's
    changelog, "Updated merge functionality for contacts and companies"). The record lists the ids
    it was made of; if that does not tell for which one it was given, each is read alone.
    """
    found = {record.id: record for record in read(ids)}
    result = {one: found[one] for one in ids if one in found}
    for record in found.values():
        for gone in _merged(record):
            if gone in ids:
                result.setdefault(gone, record)
    unexplained = found.keys() - {record.id for record in result.values()}
    missing = [one for one in ids if one not in result] if unexplained else []
    if len(ids) == 1 and missing:
        return dict(zip(missing, found.values(), strict=False))
    for one in missing:
        result |= dict(zip([one], read([one]), strict=False))
    return result


def marker(effect: TaskState) -> str:
    """The text by which a task is found again: HubSpot has no idempotency key for tasks."""
    return f"baton:{effect.subject}/{effect.slot}"


def _task(effect: TaskState) -> dict[str, str]:
    due = str(int(effect.due_at.timestamp() * 1000))
    return {
        hubspot_names.TIMESTAMP: due,
        hubspot_names.TASK_REMINDERS: due,
        hubspot_names.TASK_SUBJECT: task_subject(effect),
        hubspot_names.TASK_BODY: "<br>".join([*task_lines(effect), marker(effect)]),
        hubspot_names.TASK_PRIORITY: "HIGH",
        hubspot_names.TASK_TYPE: "CALL",
        **({hubspot_names.OWNER: effect.owner} if effect.owner else {}),
    }


def contact_of(record: Record, watched: Sequence[str] = ()) -> Contact:
    stages = _history(record, hubspot_names.STAGE)
    return Contact(
        id=record.id,
        properties=_filled(record),
        stages=tuple(SeenStage(one.value, one.at, one.source, one.source_id) for one in stages),
        changes={
            name: change for name in watched if (change := _last_change(record, name)) is not None
        },
        owners=tuple(_changes(record, hubspot_names.OWNER)),
        merged=_merged(record),
    )


def _merged(record: Record) -> tuple[str, ...]:
    """Ids of the contacts that were merged into the one of *record*."""
    return tuple(filter(None, (record.properties.get(hubspot_names.MERGED) or "").split(";")))


def _filled(record: Record) -> dict[str, str]:
    return {name: value for name, value in record.properties.items() if value}


def _requested(record: Record, names: Sequence[str]) -> dict[str, str]:
    """HubSpot adds properties that were not requested, and more of them if none was."""
    return {name: value for name, value in _filled(record).items() if name in names}


def _history(record: Record, name: str) -> list[SeenValue]:
    """Every value of the property, emptied ones included, oldest first."""
    history = (record.propertiesWithHistory or {}).get(name) or []
    seen = [
        SeenValue(change.value or "", at, (change.sourceType or "").upper(), change.sourceId or "")
        for change in reversed(history)  # newest first; two may share a millisecond
        if (at := read_instant(change.timestamp or "")) is not None
    ]
    return sorted(seen, key=lambda one: one.at)


def _last_change(record: Record, name: str) -> SeenValue | None:
    """The present value and since when it holds. None: the property never had one."""
    changes = _changes(record, name)
    return changes[-1] if changes else None


def _changes(record: Record, name: str) -> list[SeenValue]:
    """Each change of the property, oldest first; rewriting the same value does not count."""
    found: list[SeenValue] = []
    for one in _history(record, name):
        if not found or one.value != found[-1].value:
            found.append(one)
    return found


def _last_values(record: Record, names: Sequence[str]) -> dict[str, str]:
    """The last value of each property, including a value filled in after it was found missing."""
    last = {name: [one.value for one in _history(record, name) if one.value] for name in names}
    return {name: values[-1] for name, values in last.items() if values}


def _touches(what: str, more: Sequence[str], records: Iterator[Record]) -> Iterator[Touch]:
    for record in records:
        # A meeting booked for next week was booked now; a call logged late was made before.
        instants = [
            at
            for name in (hubspot_names.TIMESTAMP, hubspot_names.OBJECT_CREATED)
            if (at := read_instant(record.properties.get(name) or "")) is not None
        ]
        if not instants:
            continue
        owner = record.properties.get(hubspot_names.OWNER) or ""
        yield Touch(min(instants), what, owner, *(record.properties.get(one) or "" for one in more))
