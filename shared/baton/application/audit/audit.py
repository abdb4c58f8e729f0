"""Checks an account against the policy: a fold over its contacts, then a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from baton.application.audit import census
from baton.application.audit.census import OURS, OWNER, STAGE, STATUS, AccountContext
from baton.application.audit.duplicates import Duplicates, Group
from baton.application.audit.findings import KINDS, Finding, Tally
from baton.application.audit.stage_map import Move, StageMap
from baton.application.audit.unreadable import Unread, Unreadable
from baton.application.audit.writers import Writer, Writers
from baton.application.ports.census import Change, Row, Workflows
from baton.domain import hubspot_names
from baton.domain.policy import Policy, Stage
from baton.presentation.words import listed

#: A lead that stays this long in one stage is stuck.
STUCK = timedelta(days=90)
#: HubSpot's own stage after customer: contacts in it were won.
_BEYOND = "evangelist"

#: HubSpot settings that change stages and that no API reports.
MANUAL = (
    "Settings > Objects > Contacts > Lifecycle Stage: the automation that sets a stage for new"
    " contacts, and from deals that are created or won, is off wherever lifecycle.yaml leaves the"
    " move to Baton",
    "Settings > Objects > Companies > Lifecycle Stage: syncing a company's stage to its contacts"
    " is off",
    "Settings > Integrations > Connected apps: no other app's field mapping holds the lifecycle"
    " stage, the lead status, the owner or a baton_ property; for Salesforce, automatic lifecycle"
    " stage transitions are off, too",
    "Marketing > Forms: no form sets the lifecycle stage or the lead status of who fills it in",
)


class Used(Struct, frozen=True):
    """A value in use; empty: contacts without one."""

    property: str
    value: str
    count: int
    #: Whether the policy uses it.
    known: bool


class Report(Struct, frozen=True):
    """What was found. ``deals`` and ``workflows`` are None where they could not be read."""

    contacts: int
    deals: int | None
    findings: tuple[Finding, ...]
    values: tuple[Used, ...]
    moves: tuple[Move, ...]
    #: Ids of transitions that never happened.
    never: tuple[str, ...]
    workflows: Workflows | None
    writers: tuple[Writer, ...]
    duplicates: tuple[Group, ...]
    unchecked: tuple[str, ...]
    manual: tuple[str, ...] = MANUAL
    #: Values that the policy cannot read, or that none of its rules names.
    unreadable: tuple[Unreadable, ...] = ()


class Audit:
    """
    Takes contacts one by one and keeps counts, a few ids, and a hash or two of each.

    Args:
        now: What "90 days" is counted back from. Carries a time zone.

        limit: Example ids kept of each finding.

        since: Moves and writes before it are not counted; the present state is always checked.
            None: all.

        registrable: The registrable domain of a host.
    """

    def __init__(
        self,
        policy: Policy,
        side: AccountContext,
        now: datetime,
        limit: int = 5,
        since: datetime | None = None,
        registrable: Callable[[str], str] = str,
    ) -> None:
        self._policy, self._side, self._now, self._limit = policy, side, now, limit
        self._tally = {code: Tally(limit) for code in KINDS}
        self._used = {STAGE: Counter[str](), STATUS: Counter[str]()}
        self._duplicates = Duplicates(policy.free_domains, registrable)
        self._unread = Unread(policy, limit)
        self._map, self._writers = StageMap(policy, since), Writers(since)
        self._contacts = 0
        self._arrival, self._with_sales = census.arrival(policy), census.with_sales(policy)
        self._statuses = frozenset(census.known_statuses(policy))
        before = {s.id for s in policy.lifecycle.stages if s.rank < self._arrival.rank}
        moves = (move for move in policy.lifecycle.transitions if not move.reverse)
        self._leaving = before & {source for move in moves for source in move.source}
        self._won, self._open = self._deals()

    @property
    def properties(self) -> tuple[str, ...]:
        """Contact properties that the policy's fields hold, and those that say that a lead waits
        with Baton."""
        return (*self._unread.properties, *_WAITS)

    def take(self, row: Row) -> None:
        """Look at one contact."""
        self._contacts += 1
        value = row.value(STAGE)
        stage = self._policy.stage_of_value.get(value)
        self._used[STAGE][value] += 1
        self._used[STATUS][row.value(STATUS)] += 1
        if not value:
            self._add("no_stage", row)
        elif stage is None:
            self._add("unknown_stage", row, value)
        self._status(row, stage)
        self._deal(row, stage)
        if stage is not None:
            self._time(row, stage)
            if stage.id in self._with_sales:
                self._owner(row, stage)
        self._duplicates.take(row)
        self._unread.take(row)
        self._map.take(row.id, row.history.get(STAGE, ()))
        self._writers.take(row.history)
        for name in self._side.dates or ():
            if row.value(name):
                self._add("other_dates", row, name)

    def report(self) -> Report:
        groups, moves, writers = self._duplicates.groups(), self._map.moves(), self._writers.found()
        self._add_groups(groups)
        self._add_moves(moves)
        self._add_workflows()
        self._add_writers(writers)
        self._add_unreadable()
        return Report(
            contacts=self._contacts,
            deals=None if self._side.deals is None else len(self._side.deals),
            findings=tuple(self._findings()),
            values=tuple(self._values()),
            moves=tuple(moves),
            never=self._map.never(),
            workflows=self._side.workflows,
            writers=tuple(writers),
            duplicates=tuple(groups),
            unchecked=self._side.unchecked,
            unreadable=self._unread.found(),
        )

    def _deals(self) -> tuple[frozenset[str], frozenset[str]]:
        """Contacts with a won deal, and with an open one; also counts deals without a contact."""
        contacts: dict[str, set[str]] = {"won": set(), "open": set(), "lost": set()}
        for deal in self._side.deals or ():
            contacts[deal.state].update(deal.contacts)
            if not deal.contacts:
                self._tally["deal_without_contact"].add(deal.id, deal.state)
        return frozenset(contacts["won"]), frozenset(contacts["open"])

    def _status(self, row: Row, stage: Stage | None) -> None:
        status = row.value(STATUS)
        if status and status not in self._statuses:
            self._add("unknown_status", row, status)
        # Stages without a status in the policy have none by design.
        if not status and stage and (stage.lead_status or stage.id in self._with_sales):
            self._add("no_status", row, stage.id)

    def _deal(self, row: Row, stage: Stage | None) -> None:
        if self._side.deals is None:
            return
        arrived = stage is not None and stage.id == self._arrival.id
        if arrived and row.id not in self._won:
            self._add("customer_without_won_deal", row)
        if row.id in self._won and not arrived and row.value(STAGE) != _BEYOND:
            self._add("won_deal_without_customer", row, stage.id if stage else row.value(STAGE))
        if row.id in self._open and stage is not None and stage.side:
            self._add("open_deal_on_closed_lead", row, stage.id)

    def _time(self, row: Row, stage: Stage) -> None:
        entered = last_entry(row.history.get(STAGE, ()), row.value(STAGE))
        if entered is None:
            return
        if not row.value(hubspot_names.first_entered(stage.id)):
            self._add("no_timestamp", row, stage.id)
        # No transition leaves this stage, or it is won, so nobody is stuck in it.
        if not stage.side and stage.id in self._leaving and self._now - entered >= STUCK:
            self._add("stuck", row, stage.id)

    def _owner(self, row: Row, stage: Stage) -> None:
        owner, owners = row.value(OWNER), self._side.owners
        person = self._policy.owner_by_hubspot.get(owner)
        if not owner:
            if not any(map(row.value, _WAITS)):
                self._add("no_owner", row, stage.id)
        elif owners is not None and owner not in owners.active:
            state = "archived" if owner in owners.archived else "unknown"
            self._add("owner_gone", row, f"{owners.name(owner)} ({state})")
        elif person is None or not person.active:
            self._add("owner_not_in_roster", row, owners.name(owner) if owners else owner)

    def _add(self, code: str, row: Row, part: str = "") -> None:
        self._tally[code].add(row.id, part)

    def _add_groups(self, groups: list[Group]) -> None:
        for group in groups:
            contested = " (of several owners)" if len(group.owners) > 1 else ""
            part = listed(group.why) + contested
            self._tally["duplicates"].add(group.members[0][0], part)

    def _add_moves(self, moves: list[Move]) -> None:
        for move in moves:
            if move.kind in {"backward", "undesigned"}:
                tally = self._tally[move.kind]
                tally.count += move.count
                tally.examples += move.contacts[: self._limit - len(tally.examples)]
                for source, count in move.by.items():
                    part = f"{move.source} to {move.to} by {source or 'unknown'}"
                    tally.parts[part] = tally.parts.get(part, 0) + count

    def _add_workflows(self) -> None:
        for flow in self._side.workflows.writing if self._side.workflows else ():
            if flow.on:
                self._tally["workflows"].add(flow.id, f"{flow.name}: {listed(flow.writes)}")

    def _add_writers(self, writers: list[Writer]) -> None:
        tally = self._tally["writers"]
        for one in writers:
            if not one.expected and (one.property in _DECIDES or one.property.startswith(OURS)):
                who = " ".join(filter(None, [one.source or "unknown", one.source_id]))
                tally.count += one.count
                tally.parts[f"{one.property} by {who}"] = one.count

    def _add_unreadable(self) -> None:
        tally = self._tally["unreadable"]
        for one in self._unread.found():
            if one.lack != "rule":  # a value that falls to the last territory is no fault
                tally.count += one.contacts
                tally.parts[f"{one.property} is no {one.lack}"] = one.contacts

    def _findings(self) -> Iterator[Finding]:
        for code, kind in KINDS.items():
            tally = self._tally[code]
            if tally.count:
                parts = dict(sorted(tally.parts.items(), key=lambda part: (-part[1], part[0])))
                examples = tuple(tally.examples)
                yield Finding(code, kind.what, tally.count, examples, parts, kind.why, kind.fix)

    def _values(self) -> Iterator[Used]:
        for name, counter in self._used.items():
            known = self._statuses if name == STATUS else self._policy.stage_of_value
            for value, count in sorted(counter.items(), key=lambda one: (-one[1], one[0])):
                yield Used(name, value, count, value in known)


#: Not empty while a lead is held, or waits in a pool's queue: Baton finds its owner.
_WAITS = (hubspot_names.HELD_FOR, hubspot_names.WAITING_FOR)
_DECIDES = frozenset({STAGE, STATUS, OWNER})


def last_entry(history: tuple[Change, ...], value: str) -> datetime | None:
    """When the contact last came to *value*, which it still has. None: the history (oldest first)
    does not say.
    """
    entered = None
    for change in reversed(history):
        if change.value != value:
            break
        entered = change.at
    return entered
