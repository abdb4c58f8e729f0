"""The draft in which a decision is written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, NamedTuple, Unpack

from msgspec.structs import replace

from baton.domain.conditions import Facts
from baton.domain.draft.decision import Considered, LoadChange, Outcome, OutcomeKind
from baton.domain.lead import Lead, LeadChanges, Waiting
from baton.domain.phrase import Arg, Phrase
from baton.domain.policy import Person, Policy
from baton.domain.scoring.facts import describe
from baton.domain.scoring.score import Score
from baton.domain.time import believable
from baton.domain.world.effects import AnyEffect, NoticeState, lead_subject
from baton.domain.world.events import AnyEvent, Level
from baton.domain.world.world import Load, Needs, NeedsData, Turns, World


class CardNote(NamedTuple):
    """What changed a card last, and when; None: nothing yet."""

    note: Phrase | None = None
    at: datetime | None = None


class Given(NamedTuple):
    """A person whom somebody set as the lead's owner in HubSpot; who did, and when."""

    person: Person
    who: Phrase
    at: datetime
    #: Who did, as HubSpot has it.
    by: str


class Draft:
    """A decision being written. Mutable, and gone when ``decide`` returns."""

    def __init__(self, lead: Lead, event: AnyEvent, world: World, now: datetime) -> None:
        self.start = lead
        self.lead = lead
        self.subject = lead_subject(lead.id)
        at = believable(event.at, now)
        self.event = event if at == event.at else replace(event, at=at)
        self.world = world
        self.policy: Policy = world.policy
        self.now = now
        self.version = lead.version + 1
        self.because: list[Phrase] = []
        self.outcomes: list[Outcome] = []
        self.effects: dict[str, AnyEffect] = {}
        self.loads: dict[str, Load] = {}
        self.relied_on: dict[str, Load] = {}
        self.turns: dict[str, Turns] = {}
        self.changes: list[LoadChange] = []
        self.considered: list[Considered] = []
        #: Pools in whose queues leads may wait for room that this decision makes.
        self.offers: set[str] = set()
        #: Baton moved the stage, so it must be written to HubSpot; "back": it must be cleared
        #: first.
        self.write_stage: Literal["", "forward", "back"] = ""
        #: Contact properties to be written again although Baton's value has not changed.
        self.rewrite: set[str] = set()
        #: When the contact must be read again, as somebody may be changing it; None: it need not.
        self.look_again: datetime | None = None
        #: The transition that the owner requested by pressing Qualified.
        self.asked = ""
        #: Whom somebody made the owner in HubSpot, for the handoff that begins now; None: nobody.
        self.given: Given | None = None
        #: Whether this decision has taken in who owns the contact in HubSpot.
        self.owner_read = False
        #: Leads that this decision ends, because they were merged into this one; and the places
        #: that they leave.
        self.ended: list[Lead] = []
        self.places_left: list[tuple[str, Waiting]] = []
        #: Whether to show the current assignment's card, with its note; and whether to show its
        #: tasks.
        self.card: CardNote | None = None
        self.tasks = False
        #: The lead for which the owner's clocks were evaluated last; None: not yet.
        self.clocks_of: Lead | None = None
        self._described: tuple[Facts, Score | None] | None = None

    @property
    def facts(self) -> Facts:
        """The facts of the lead as drafted; recomputed only when what they depend on changed."""
        return (self._described or self._describe())[0]

    @property
    def score(self) -> Score | None:
        """How the lead scores as drafted; None where the policy has no scoring."""
        return (self._described or self._describe())[1]

    def _describe(self) -> tuple[Facts, Score | None]:
        self._described = described = describe(self.policy, self.lead, self.now)
        return described

    @property
    def owner(self) -> Person | None:
        """Who has the lead now, if the roster still knows them."""
        assignment = self.lead.assignment
        return self.policy.person.get(assignment.person) if assignment else None

    @property
    def owner_name(self) -> str:
        """The owner's name; empty: the roster does not know them any more."""
        owner = self.owner
        return owner.name if owner else ""

    @property
    def lead_label(self) -> Phrase:
        """The person the lead is, and their company."""
        return Phrase("who", (self.lead.name, self.lead.company))

    @property
    def zone(self) -> str:
        """IANA zone of the owner; UTC if the lead has none."""
        return self.policy.zone_of(self.owner)

    def change(self, **fields: Unpack[LeadChanges]) -> None:
        """Change fields of the lead together, so that the lead is consistent afterwards."""
        before = self.lead
        self.lead = lead = replace(before, **fields)
        if (
            lead.fields is not before.fields
            or lead.state is not before.state
            or lead.evidence is not before.evidence
            or lead.cool_until is not before.cool_until
        ):
            self._described = None

    def add_reason(self, id_: str, *args: Arg) -> None:
        """Add the phrase *id_* to the decision's reasons."""
        self.because.append(Phrase(id_, args))

    def show(self, effect: AnyEffect) -> None:
        """Show *effect*; it replaces an earlier one for the same slot."""
        self.effects[effect.slot] = effect

    def record(
        self,
        kind: OutcomeKind,
        person: str = "",
        what: str = "",
        due_at: datetime | None = None,
        instead: str = "",
        message: str = "",
        by: str = "",
    ) -> None:
        assignment = self.lead.assignment
        self.outcomes.append(
            Outcome(
                kind=kind,
                at=self.now,
                person=person,
                what=what,
                assignment=assignment.number if assignment else 0,
                due_at=due_at,
                instead=instead,
                message=message,
                by=by,
            )
        )

    def notify(
        self,
        slot: str,
        to: str,
        level: Level,
        title: Phrase,
        *lines: Phrase,
        changes: bool = False,
    ) -> None:
        """
        Tell *to*, a Slack user or channel.

        Args:
            changes: The slot will be updated later, so it gets a message of its own. Other notices
                share the messages that a person may get in an hour.
        """
        if not to:
            self.add_reason("notice.nobody", slot)
            return
        reader = self.policy.person_by_slack.get(to)
        self.show(
            NoticeState(
                subject=self.subject,
                slot=slot,
                version=self.version,
                to=to,
                level=level,
                title=title,
                lines=lines,
                at=self.now,
                # The limit applies to people only: a channel has many readers, who can leave it.
                an_hour=self.policy.notifications.message_limits.an_hour
                if reader is not None and not changes
                else 0,
                zone=self.policy.zone_of(reader or self.owner),
            )
        )

    def load(self, person: str) -> Load:
        """The person's load as this draft has it so far. Raises NeedsData."""
        load = self.loads.get(person) or self.world.loads.get(person)
        if load is None:
            raise NeedsData(Needs(people=(person,)))
        return load

    def known_loads(self) -> Mapping[str, Load]:
        """The loads that are known, as this draft has them so far."""
        return {**self.world.loads, **self.loads} if self.loads else self.world.loads

    def turns_of(self, pool: str) -> Turns:
        """The pool's turns as this draft has them so far. Raises NeedsData."""
        turns = self.turns.get(pool) or self.world.turns.get(pool)
        if turns is None:
            raise NeedsData(Needs(pools=(pool,)))
        return turns

    def world_as_drafted(self) -> World:
        """The world with this draft's changes, so that releasing and taking a load add up."""
        if not self.loads and not self.turns:
            return self.world
        return replace(
            self.world,
            loads=self.world.loads | self.loads,
            turns=self.world.turns | self.turns,
        )

    def change_load(self, load: Load, by: int, why: str) -> None:
        """Change a person's load to *load*, and record the change."""
        self.loads[load.person] = load
        self.changes.append(LoadChange(load.person, by, why))
        if by < 0:
            self.offers.update(self.policy.waited_for.get(load.person, ()))

    def change_pool(self, pool: str, load: Load, by: int, why: str) -> None:
        """Change the load of a pool with limits in the same way."""
        self.turns[pool] = replace(self.turns_of(pool), load=load)
        self.changes.append(LoadChange(f"pool:{pool}", by, why))
        if by < 0:
            self.offers.update(self.policy.pools_that_wait_for.get(pool, ()))
