"""Works an event: decide, store the decision, then send its effects.

The order matters. State and effects are one write, so there is no state without its effects. The
effects are sent after it, and the event is acknowledged only after they are sent. After a crash in
between, the message comes back, its event is found in the history, and the effects are sent again;
their slots recognise what is already shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from baton.application import hubspot_fields
from baton.application.ports.crm import Crm
from baton.application.ports.leads import Record, Store
from baton.application.ports.queues import Outbox, Wakes
from baton.domain.decide import decide
from baton.domain.draft.decision import EXPLAINED, Decision, Outcome
from baton.domain.lead import Lead
from baton.domain.policy import Ownership, Policy
from baton.domain.time import iso
from baton.domain.world.effects import AnyEffect
from baton.domain.world.events import (
    AnyEvent,
    ClockDue,
    DealMoved,
    Deleted,
    Hinted,
    Merged,
    SignalSeen,
    StageChanged,
    WentStale,
)
from baton.domain.world.wakes import fast_wake
from baton.domain.world.world import Account, Background, Contact, Needs, World
from baton.failures import AlreadyDone, Explained, Moved, NotAllowed, Rejected, Retryable
from baton.presentation.wording import plain
from baton.wire.details import PoolHint

#: A clock due within this time gets its wake right after the commit; the sweep finds later ones. It
#: overlaps the sweep's horizon, so that a lagging index loses no wake.
OWN_WAKE = timedelta(minutes=14)
#: How often an event is decided again after losing to another commit, before it goes back to its
#: queue.
ATTEMPTS = 12
#: How often ``decide`` may ask for more: in the worst case once each for contact, background,
#: account, touches, an owner, their backup, pools and a queue; twice if one handoff follows
#: another; and an account again for each owner who cannot take the lead.
QUESTIONS = 18


#: After this HubSpot's reads surely show a deletion.
DELETED_BY = timedelta(seconds=30)
#: Most reads of a batch with bad ids; each takes up to some seconds of the worker's time.
READS = 20


class EventResult(Struct, frozen=True):
    """The result of one event, for logs and metrics."""

    name: str
    outcomes: tuple[Outcome, ...] = ()
    attempts: int = 1


class Contacts:
    """The contacts of one batch of events, read from HubSpot together and only when one is asked
    for: clocks and clicks do not wait for HubSpot unless their decision asks.

    One bad id makes HubSpot reject the whole read. It is then halved until the bad id is alone:
    some 14 calls for a hundred contacts. Where so many are bad that this takes more than `READS`,
    the rest are read one by one when they are asked for.
    """

    def __init__(self, crm: Crm, lead_ids: Iterable[str]) -> None:
        self.crm = crm
        self._ids = list(dict.fromkeys(lead_ids))
        self._found: dict[str, Contact | None] | None = None
        self._refused: dict[str, Rejected] = {}
        self._reads = 0
        self._down: Retryable | None = None

    def get(self, lead_id: str, policy: Policy) -> Contact | None:
        """None: HubSpot has no such contact.

        Raises:
            Retryable: HubSpot does not answer; later calls for this batch fail without asking it.
            Rejected: HubSpot refuses to read this contact.
        """
        if self._down is not None:
            raise self._down
        try:
            return self._read(lead_id, hubspot_fields.properties(policy), policy.watched)
        except Retryable as error:
            self._down = error
            raise

    def _read(self, lead_id: str, properties: list[str], watched: Sequence[str]) -> Contact | None:
        if self._found is None and lead_id in self._ids:
            self._found = self._read_all(self._ids, properties, watched)
        if lead_id in self._refused:
            raise self._refused[lead_id]
        if self._found is not None and lead_id in self._found:
            return self._found[lead_id]
        # Not read with the batch: a contact of a click, or one of too many bad ones.
        return self.crm.contacts([lead_id], properties, watched).get(lead_id)

    def _read_all(
        self, ids: list[str], properties: list[str], watched: Sequence[str]
    ) -> dict[str, Contact | None]:
        """Those of *ids* that could be read: None for one that HubSpot does not have."""
        self._reads += 1
        try:
            found = self.crm.contacts(ids, properties, watched)
        except Rejected as error:
            if len(ids) == 1:
                self._refused[ids[0]] = error
                return {}
        else:
            return {one: found.get(one) for one in ids}
        parts = (ids[: len(ids) // 2], ids[len(ids) // 2 :])
        read = [self._read_all(part, properties, watched) for part in parts if self._may_read()]
        return {one: contact for part in read for one, contact in part.items()}

    def _may_read(self) -> bool:
        return self._reads < READS


class _MergedAway(Exception):
    """HubSpot answers for the contact with the one that it was merged into. No webhook has told of
    the merge, or not yet.
    """

    def __init__(self, into: str) -> None:
        super().__init__(into)
        self.into = into


def _survivor(event: AnyEvent, into: str, now: datetime) -> Hinted:
    return Hinted(id=f"merged:{event.lead_id}:{into}", lead_id=into, at=now, about="stage")


def _look_again(lead_id: str, at: datetime) -> Hinted:
    return Hinted(id=f"again:{lead_id}:{iso(at)}", lead_id=lead_id, at=at, about="stage")


def _empty_world(policy: Policy, event: AnyEvent) -> World:
    return World(policy=policy)


class EventWorker(Struct, frozen=True):
    """The flow with its ports. ``pause`` waits a little before the n-th new attempt."""

    store: Store
    outbox: Outbox
    wakes: Wakes
    pause: Callable[[int], None]
    #: Makes the initial world; a simulation has all loads in memory and passes them here.
    initial_world: Callable[[Policy, AnyEvent], World] = _empty_world

    def __call__(
        self,
        event: AnyEvent,
        policy: Policy,
        contacts: Contacts,
        now: datetime,
        redelivered: bool = False,
        absorbs: str = "",
    ) -> EventResult:
        """Work *event* once in effect, however often it is delivered.

        Args:
            absorbs: A contact that was merged into this one, even if HubSpot does not say so yet.
            redelivered: This message was received before. Its worker may have died after storing
                the decision, so the effects are sent again. A different message about the same
                event needs nothing: if the worked one was not acknowledged, it comes back by
                itself.

        Raises:
            Retryable: try again later.
            Rejected: the event cannot be worked until a person fixes what the message says.
            Explained: it never can, and nothing is lost; the message says why.
        """
        for attempt in range(1, ATTEMPTS + 1):
            lead, record = self.store.load(event.lead_id, event.id)
            if record is not None:
                # After an attempt of our own the record may be ours, if the commit's answer was
                # lost.
                if redelivered or attempt > 1:
                    self._send(record.effects, lead)
                    self._offer(record, event.lead_id, now)
                if not _still_due(event, lead, now):
                    return EventResult("repeated", attempts=attempt)
                # A rung was armed again for the same instant: give this wake its own id.
                event = replace(event, id=f"{event.id}+{record.version}")
                continue
            if isinstance(event, Merged) and lead is not None and (redelivered or not lead.gone):
                # The survivor takes the lead over first: once it is ended, its owner and clocks
                # would be lost. A worker may have died before it had sent what the survivor shows.
                result = self._survive(event, policy, contacts, now, redelivered)
                if result is not None:
                    return result
            try:
                event = self._if_still_deleted(event, lead, policy, contacts, now)
                decision = self._decide(lead, event, policy, contacts, now, absorbs)
            except _MergedAway as merged:
                # The survivor first: reading it twice is harmless, forgetting it is not.
                self.wakes.offer([_survivor(event, merged.into, now)])
                event = Merged(
                    id=f"{event.id}:merged", lead_id=event.lead_id, at=event.at, into=merged.into
                )
                continue
            if decision.unworkable:
                why = plain(decision.unworkable)
                explained = decision.unworkable.id in EXPLAINED
                raise Explained(why) if explained else Rejected(why)
            if decision.look_again is not None:
                # Before the commit: reading it twice is harmless, forgetting it is not.
                look = _look_again(event.lead_id, decision.look_again)
                self.wakes.offer([look], after=decision.look_again - now)
            if not decision.changed:
                if isinstance(event, ClockDue | WentStale) and event.at > now:
                    self.wakes.send([event])  # early: sent again with the rest of its delay
                return EventResult("nothing_to_do", attempts=attempt)
            try:
                stored = self.store.commit(decision, event, policy.version, now)
            except Moved:
                self.pause(attempt)
            except AlreadyDone:
                continue
            else:
                known = lead.wake_at if lead else None
                moved = decision.lead if decision.lead.wake_at != known else None
                self._send(decision.effects, moved)
                self._offer(stored, event.lead_id, now)
                return EventResult("decided", decision.outcomes, attempt)
        raise Retryable("another decision was stored first every time", after=timedelta(seconds=1))

    def _survive(
        self,
        event: Merged,
        policy: Policy,
        contacts: Contacts,
        now: datetime,
        redelivered: bool,
    ) -> EventResult | None:
        """Have the survivor take the merged lead over; None: it did not, so the lead just ends.
        Raises Retryable."""
        survivor = _survivor(event, event.into, now)
        try:
            result = self(survivor, policy, contacts, now, redelivered, absorbs=event.lead_id)
        except (Rejected, Explained):
            return None  # the survivor's own news says why
        lead, _ = self.store.load(event.lead_id, event.id)
        return result if lead is not None and lead.gone else None

    def _decide(
        self,
        lead: Lead | None,
        event: AnyEvent,
        policy: Policy,
        contacts: Contacts,
        now: datetime,
        absorbs: str = "",
    ) -> Decision:
        world = self.initial_world(policy, event)
        if needs_contact(event) and not (lead is not None and lead.gone):
            # ``decide`` would ask for it first; reading it now saves one call.
            world = self._look_for_contact(world, event, contacts)
        contact = world.contact
        if contact is not None and absorbs and absorbs not in contact.merged:
            world = replace(world, contact=replace(contact, merged=(*contact.merged, absorbs)))
        for _ in range(QUESTIONS):
            answer = decide(lead, event, world, now)
            if isinstance(answer, Decision):
                return answer
            world = self._learn(world, answer, event, contacts)
        raise Rejected("the decision kept asking for more data")

    def _if_still_deleted(
        self,
        event: AnyEvent,
        lead: Lead | None,
        policy: Policy,
        contacts: Contacts,
        now: datetime,
    ) -> AnyEvent:
        """*event*; but a deletion of a contact that HubSpot has is only a hint. HubSpot repeats a
        webhook for a day and in any order, so it may come after the contact was restored. As its
        read may lag behind the deletion, the contact is read again.

        Raises Retryable, and _MergedAway if HubSpot answers with another contact.
        """
        if not isinstance(event, Deleted) or lead is None or lead.gone:
            return event
        contact = contacts.get(event.lead_id, policy)
        if contact is None:
            return event
        if contact.id != event.lead_id:
            raise _MergedAway(contact.id)
        self.wakes.offer([_look_again(event.lead_id, now + DELETED_BY)], after=DELETED_BY)
        return Hinted(id=event.id, lead_id=event.lead_id, at=event.at, about="stage")

    def _learn(self, world: World, lacks: Needs, event: AnyEvent, contacts: Contacts) -> World:
        """*world*, with the data that the decision lacked."""
        lead_id = event.lead_id
        if lacks.contact:
            world = self._look_for_contact(world, event, contacts)
        if lacks.background:
            found = self._look_up(lead_id, world.policy, contacts)
            world = replace(world, background=found)
        if lacks.touches:
            world = self._look_for_touches(world, lead_id, contacts)
        if lacks.account:
            found_account = self._look_for_account(world, lacks.account, event, contacts)
            known = world.account or Account(looked=())
            world = replace(world, account=known.merged_with(found_account))
        if lacks.pools or lacks.people:
            turns, loads = self.store.world(lacks.pools, lacks.people)
            world = replace(world, turns=world.turns | turns, loads=world.loads | loads)
        if lacks.merged:
            merged = self.store.leads(lacks.merged)
            world = replace(
                world, merged=world.merged | {one: merged.get(one) for one in lacks.merged}
            )
        if lacks.queues:
            # Read after the turns: joining and leaving a queue raise the turns' version.
            first = self.store.first_waiting(lacks.queues)
            world = replace(world, first=world.first | first)
        return world

    def _look_for_contact(self, world: World, event: AnyEvent, contacts: Contacts) -> World:
        try:
            contact = contacts.get(event.lead_id, world.policy)
        except Retryable:
            if not isinstance(event, ClockDue | WentStale):
                raise  # news from HubSpot, or a click, waits for HubSpot
            return replace(world, crm_down=True)  # a clock does not wait for HubSpot
        if contact is not None and contact.id != event.lead_id:
            if not isinstance(event, Merged):
                raise _MergedAway(contact.id)
            contact = None
        return replace(world, contact=contact, contact_gone=contact is None)

    def _look_up(self, lead_id: str, policy: Policy, contacts: Contacts) -> Background:
        """A missing scope must not block leads: fields that cannot be looked up count as missing,
        and the decision says why.
        """
        try:
            return contacts.crm.background(lead_id, *hubspot_fields.looked_up(policy))
        except (NotAllowed, Rejected) as error:
            return Background(denied=str(error))

    def _look_for_account(
        self, world: World, sources: Sequence[Ownership], event: AnyEvent, contacts: Contacts
    ) -> Account:
        """As in ``_look_up``: a missing scope must not block the lead."""
        domain = hubspot_fields.company_domain(world.policy, world.contact)
        try:
            return contacts.crm.account(event.lead_id, sources, domain)
        except (NotAllowed, Rejected) as error:
            return Account(denied=str(error), looked=tuple(sources))
        except Retryable:
            if not isinstance(event, ClockDue | WentStale):
                raise  # news from HubSpot, or a click, waits for HubSpot
            # A clock does not wait for HubSpot.
            return Account(denied="HubSpot cannot be read", looked=tuple(sources))

    def _look_for_touches(self, world: World, lead_id: str, contacts: Contacts) -> World:
        try:
            denied: list[str] = []
            touches = contacts.crm.touches(lead_id, denied.append)
            told = "; ".join(dict.fromkeys(denied))
            return replace(world, touches=touches, touches_denied=told)
        except Retryable:
            if world.contact is not None or world.contact_gone:
                raise  # a hint from HubSpot waits for HubSpot
            return replace(world, crm_down=True)  # a clock does not wait for HubSpot

    def _send(self, effects: Sequence[AnyEffect], lead: Lead | None) -> None:
        """Send *effects*, and the wake of *lead* if its next clock is near and not yet armed."""
        if effects:
            self.outbox.send(effects)
        wake_at = lead.wake_at if lead else None
        if lead is not None and wake_at is not None:
            self.wakes.send([fast_wake(lead.id, wake_at)], within=OWN_WAKE)

    def _offer(self, record: Record, lead_id: str, now: datetime) -> None:
        """Offer the queues that may have room now. Only after the commit: draining a queue must see
        the room, and a lead that joins one must be in it before it is offered.
        """
        if record.offers:
            self.wakes.offer(
                [
                    PoolHint(
                        event_id=f"room:{pool}:{lead_id}:{record.version}",
                        pool=pool,
                        occurred_at=now,
                    )
                    for pool in record.offers
                ]
            )


def _still_due(event: AnyEvent, lead: Lead | None, now: datetime) -> bool:
    """Whether the clock that *event* is about has something due at *now*."""
    if lead is None or not isinstance(event, ClockDue | WentStale):
        return False
    at = lead.wake_at if isinstance(event, ClockDue) else lead.stale_at
    return at is not None and at <= now


def needs_contact(event: AnyEvent) -> bool:
    """Whether working *event* needs the contact read first, as news about the contact does."""
    return isinstance(event, StageChanged | SignalSeen | Hinted | DealMoved)
