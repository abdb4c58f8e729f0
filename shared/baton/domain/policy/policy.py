"""One published version of everything a decision needs to know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cached_property
from hashlib import sha256
from typing import Literal

from msgspec import Struct

from baton.domain import addresses, hubspot_names, values
from baton.domain.calendar.calendar_rules import union
from baton.domain.calendar.work_calendar import WorkCalendar
from baton.domain.phrase import Phrase, Text
from baton.domain.policy.calendar import Calendar
from baton.domain.policy.criteria import DAYS_IN_STAGE, MOST_ASKED, Count, When
from baton.domain.policy.lifecycle import Field, Lifecycle, Reason, Stage, Transition, Verdict
from baton.domain.policy.routing import (
    ByHand,
    Chain,
    Counting,
    Handoff,
    Ownership,
    Person,
    Pool,
    Rota,
    Rule,
    Seats,
    Segment,
    Territory,
    seats_of,
)
from baton.domain.policy.rule_index import RuleIndex
from baton.domain.policy.scoring import BehaviourRule, Claim, Profile, Scoring
from baton.domain.policy.sla import (
    Attendance,
    Idle,
    Notifications,
    Pause,
    Staleness,
    Target,
    Tier,
    Track,
)
from baton.domain.policy.touches import Touches
from baton.domain.values import FieldKind, ReadAs, Reading, Readings

#: Kinds whose values are compared as they are written.
_AS_IT_IS = ("text", "phone")
#: The calendar of a pool that names none.
_UTC = Calendar("UTC", ((),) * 7)
#: Values of which it is kept what they say.
READINGS_KEPT = 20_000


class Definition(Struct, frozen=True):
    """The fingerprint of an agreed definition, and who has signed it."""

    label: str
    digest: str
    approved_by: tuple[str, ...] = ()
    approved_on: str = ""
    #: Who has yet to sign; empty: it is confirmed.
    wanting: tuple[str, ...] = ()


class Policy(Struct, frozen=True, dict=True):
    """One published version of everything a decision needs to know."""

    version: str
    company: str
    lifecycle: Lifecycle
    territories: tuple[Territory, ...]
    segments: tuple[Segment, ...]
    rules: tuple[Rule, ...]
    pools: tuple[Pool, ...]
    people: tuple[Person, ...]
    calendars: dict[str, Calendar]
    tiers: tuple[Tier, ...]
    tracks: tuple[Track, ...]
    staleness: tuple[Staleness, ...]
    notifications: Notifications
    #: None: leads are not scored, and HubSpot's stage says who is an MQL.
    scoring: Scoring | None = None
    #: ``stage:mql``, ``transition:accept``, ``reason:timing``, ``scoring:fit``, … -> the sign-off.
    definitions: dict[str, Definition] = {}
    #: Sources (deal, company, …) whose owner comes before every rule at the first handoff, in this
    #: order.
    ownership: tuple[Ownership, ...] = ("contact",)
    #: Handoffs after the first one.
    handoffs: tuple[Handoff, ...] = ()
    counting: Counting = Counting()
    #: The pauses of clocks.
    pauses: tuple[Pause, ...] = ()
    #: E-mail domains that say nothing about a company; ``yahoo.*`` is a family.
    free_domains: tuple[str, ...] = ()
    #: Team -> the calendar that its targets count by.
    team_calendars: dict[str, str] = {}
    #: Who is on duty, for rungs that tell them.
    rota: Rota | None = None
    idle: Idle = Idle()
    #: Longest snooze; a lead that needs longer should be recycled.
    snooze_at_most: timedelta = timedelta(days=30)
    #: ISO's code of a country -> its spellings (``text.bare``) with a space between them.
    countries: dict[str, str] = {}
    #: Zone (IANA) of the HubSpot account, in which a date is a whole day.
    zone: str = "UTC"
    #: Which records in HubSpot count as reaching out.
    touches: Touches = Touches()
    #: What happens to leads whose owner is not there.
    attendance: Attendance = Attendance()
    #: What becomes of a lead that is moved out of its side stage in HubSpot while it rests, or when
    #: its rounds are used up; empty (policies of before): it is followed, and nobody is told.
    early: Literal["", "hold", "ask", "follow"] = ""
    #: What a change of the owner in HubSpot means.
    by_hand: ByHand = ByHand()

    @cached_property
    def person(self) -> dict[str, Person]:
        return {person.id: person for person in self.people}

    @cached_property
    def pool(self) -> dict[str, Pool]:
        return {pool.id: pool for pool in self.pools}

    @cached_property
    def seats(self) -> dict[str, Seats]:
        """Pool id -> its members with their precomputed data."""
        return {
            pool.id: seats_of(tuple(self.person[member.rep] for member in pool.members))
            for pool in self.pools
        }

    @cached_property
    def stage(self) -> dict[str, Stage]:
        return {stage.id: stage for stage in self.lifecycle.stages}

    @cached_property
    def stage_of_value(self) -> dict[str, Stage]:
        """HubSpot ``lifecyclestage`` value or stage id -> stage."""
        by_id = {stage.id: stage for stage in self.lifecycle.stages}
        return by_id | {stage.lifecyclestage: stage for stage in self.lifecycle.stages}

    @cached_property
    def stage_of_deal(self) -> dict[str, Stage]:
        """Deal stage -> the lifecycle stage that corresponds to it."""
        return {deal: stage for stage in self.lifecycle.stages for deal in stage.deal_stages}

    @cached_property
    def field(self) -> dict[str, Field]:
        return {field.id: field for field in self.lifecycle.fields}

    @cached_property
    def latest_forms(self) -> tuple[str, ...]:
        """The ids of fields that hold the latest form that the person filled in."""
        held = (f for f in self.lifecycle.fields if f.property == hubspot_names.RECENT_FORM)
        return tuple(field.id for field in held)

    @cached_property
    def country_codes(self) -> dict[str, str]:
        """Bare spelling of a country -> ISO's code."""
        return {name: code for code, names in self.countries.items() for name in names.split()}

    @cached_property
    def _kinds(self) -> dict[str, ReadAs]:
        """Id -> kind of the fields whose values are read by their kind."""
        known = ((field.id, _read_as(field)) for field in self.lifecycle.fields)
        return {name: kind for name, kind in known if kind not in _AS_IT_IS}

    @cached_property
    def _known_readings(self) -> dict[tuple[ReadAs, str], Reading]:
        """What was read, so that a value is read once; bounded."""
        return {}

    def read(self, kind: ReadAs, value: str) -> Reading:
        """What *value* says as one of this *kind*."""
        known = self._known_readings
        found = known.get((kind, value))
        if found is None:
            if len(known) >= READINGS_KEPT:
                known.clear()
            found = known[kind, value] = values.read(kind, value, self.country_codes)
        return found

    def readings(self, fields: Mapping[str, str]) -> Readings:
        """What the values of a lead's *fields* say."""
        kinds, read = self._kinds, self.read

        def of_field(name: str) -> Reading | None:
            kind, value = kinds.get(name), fields.get(name)
            return read(kind, value) if kind and value else None

        return Readings(of_field)

    @cached_property
    def email_field(self) -> str:
        """The id of the field that holds the lead's e-mail address; empty: there is none."""
        fields = self.lifecycle.fields
        named = (f.id for f in fields if f.property == hubspot_names.EMAIL)
        return next(named, next((f.id for f in fields if f.kind == "email"), ""))

    @cached_property
    def _free_hosts(self) -> dict[str, bool]:
        """Hosts of which it is known whether anybody can have an address there; bounded."""
        return {}

    def is_free_mail(self, address: str) -> bool | None:
        """Whether anybody can have such an address. None: it is no address."""
        host = addresses.domain(address)
        if not host:
            return None
        known = self._free_hosts
        found = known.get(host)
        if found is None:
            if len(known) >= READINGS_KEPT:
                known.clear()
            found = known[host] = addresses.is_one_of(host, self.free_domains)
        return found

    @cached_property
    def reason(self) -> dict[str, Reason]:
        return {reason.id: reason for reason in self.lifecycle.reasons}

    @cached_property
    def transition(self) -> dict[str, Transition]:
        return {transition.id: transition for transition in self.lifecycle.transitions}

    @cached_property
    def track(self) -> dict[str, Track]:
        return {track.id: track for track in self.tracks}

    @cached_property
    def tier(self) -> dict[str, Tier]:
        return {tier.id: tier for tier in self.tiers}

    @cached_property
    def targets(self) -> dict[str, dict[str, Target]]:
        """Tier id -> its targets by id."""
        return {tier.id: {target.id: target for target in tier.targets} for tier in self.tiers}

    @cached_property
    def own_moves(self) -> dict[str, tuple[Transition, ...]]:
        """Stage id -> the moves from it that Baton makes by itself."""
        return {
            stage: tuple(
                move
                for move in self.lifecycle.transitions
                if move.when and move.by_baton and stage in move.source and move.to in self.stage
            )
            for stage in self.stage
        }

    @cached_property
    def forward_moves(self) -> tuple[Transition, ...]:
        """The transitions that lead forward, or out of a side stage."""
        known = self.stage
        return tuple(
            move
            for move in self.lifecycle.transitions
            if not move.reverse and move.to in known and not known[move.to].side
        )

    @cached_property
    def trigger_rules(self) -> str:
        """A digest of what says which moves are followed; empty if triggers are not asked."""
        lifecycle = self.lifecycle
        if not lifecycle.forward:
            return ""
        moves = [
            (one.id, one.source, one.to, one.by, one.reverse, one.reason, one.otherwise)
            for one in lifecycle.transitions
        ]
        answers = (sorted(lifecycle.forward.items()), sorted(lifecycle.backward.items()))
        stages = [(stage.id, stage.rank) for stage in lifecycle.stages]
        return sha256(repr((moves, answers, stages, self.early)).encode()).hexdigest()[:16]

    @cached_property
    def named_ids(self) -> frozenset[str]:
        """The ids of sources that transitions name, in lower case."""
        named = (one.partition(":")[2] for move in self.lifecycle.transitions for one in move.by)
        return frozenset(one.casefold() for one in named if one)

    @cached_property
    def verdicts(self) -> dict[tuple[str, str, str, str], Verdict]:
        """(stage, stage, source, id of the source if it is named) -> the verdict on that move;
        filled as moves are seen.
        """
        return {}

    @cached_property
    def timed_in_stage(self) -> dict[str, tuple[When, ...]]:
        """Stage id -> the conditions on moves from it whose result may change by time alone."""
        return {
            stage.id: _timed(
                *(one.when for one in stage.disqualified_by),
                *(move.when for move in self.own_moves[stage.id]),
            )
            for stage in self.lifecycle.stages
        }

    @cached_property
    def timed_of_clocks(self) -> dict[str, tuple[When, ...]]:
        """Tier id (empty: none) -> the conditions that start, stop or pause an owner's clocks and
        whose result may change by time alone.
        """
        pauses = _timed(*(pause.when for pause in self.pauses))
        of_tiers = {
            tier.id: _timed(
                *(when for one in tier.targets for when in (one.starts_when, one.stops_when))
            )
            for tier in self.tiers
        }
        return {"": pauses} | {tier: (*pauses, *timed) for tier, timed in of_tiers.items()}

    @cached_property
    def packet_fields(self) -> tuple[Field, ...]:
        """The fields that a card shows, in the policy's order."""
        return tuple(one for one in self.lifecycle.fields if one.packet)

    @cached_property
    def packet_rows(self) -> tuple[tuple[str, str, FieldKind], ...]:
        """(id, label, kind) of the fields that a card shows, for speed: every card asks."""
        return tuple((one.id, one.label, one.kind) for one in self.packet_fields)

    @cached_property
    def packet_has_phones(self) -> bool:
        return any(one.kind == "phone" for one in self.packet_fields)

    @cached_property
    def offered_reasons(self) -> tuple[tuple[str, str], ...]:
        """(id, label) of the reasons for which an owner may reject a lead."""
        return tuple((one.id, one.label) for one in self.lifecycle.reasons if one.offered)

    @cached_property
    def behaviour_marks(self) -> tuple[float, ...]:
        """Every number that a condition compares the behaviour score with, ascending."""
        marks = {self.scoring.behaviour_at_least} if self.scoring else set()
        for when in self._conditions():
            marks |= set(_behaviour_marks(when))
        return tuple(sorted(marks))

    @cached_property
    def form_names(self) -> frozenset[str]:
        """Names and patterns by which the policy asks for forms: those that it knows."""
        ids = {one.id for one in self.lifecycle.fields if one.property in hubspot_names.FORMS}
        found = {name for when in self._conditions() for name in _forms_in(when, ids)}
        if self.scoring:
            asked: list[Count | BehaviourRule] = [*self.scoring.hand_raises]
            asked += [rule for group in self.scoring.behaviour for rule in group.rules]
            found |= {name for one in asked if _asks_for_forms(one) for name in one.what}
        return frozenset(found)

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """What evidence its rules and conditions ask for, and how much of it."""
        conditions = [*self._conditions(), *(one.when for one in self.lifecycle.sync)]
        conditions += [one.when for one in self.territories]
        conditions += [one.when for one in self.segments]
        counts: list[Count] = []
        found: list[Claim] = []
        if self.scoring:
            conditions += [rule.when for group in self.scoring.fit for rule in group.rules]
            conditions += [one.when for one in self.scoring.never]
            counts += self.scoring.hand_raises
            rules = (rule for group in self.scoring.behaviour for rule in group.rules)
            found += [Claim(rule, rule.most) for rule in rules]
        counts += [count for when in conditions for count in _counts_in(when)]
        found += [Claim(count, min(count.at_least, MOST_ASKED)) for count in counts]
        return tuple(found)

    def _conditions(self) -> Iterator[When]:
        for stage in self.lifecycle.stages:
            yield from (stage.entry, stage.exit, *(one.when for one in stage.disqualified_by))
        yield from (move.when for move in self.lifecycle.transitions)
        for target in (target for tier in self.tiers for target in tier.targets):
            yield from (target.starts_when, target.stops_when)
        plays = self.notifications.plays
        for named in (self.tiers, self.rules, self.staleness, plays, self.pauses):
            yield from (one.when for one in named)
        yield from (rule.when for handoff in self.handoffs for rule in handoff.rules)

    @cached_property
    def profile_fields(self) -> tuple[str, ...] | None:
        """The fields that say who a lead is: those that the conditions of territories, segments,
        fit rules and disqualifiers ask for. None: some ask for evidence or the time, too.
        """
        conditions = [one.when for one in self.territories]
        conditions += [one.when for one in self.segments]
        if self.scoring:
            conditions += [rule.when for group in self.scoring.fit for rule in group.rules]
            conditions += [one.when for one in self.scoring.never]
        names = {name for when in conditions for name in _fields_of(when)}
        return None if names & {"events", DAYS_IN_STAGE} else tuple(sorted(names))

    @cached_property
    def profiles(self) -> dict[tuple[str, ...], Profile]:
        """Values of ``profile_fields`` -> the profile they give; filled as leads are scored."""
        return {}

    @cached_property
    def watched(self) -> tuple[str, ...]:
        """Contact properties that others write as well as Baton: the owner, the lead status where
        it means something, and those that the policy names."""
        named = {one.property for one in self.lifecycle.sync} | {hubspot_names.OWNER}
        if self.meaning_of_status and self.lifecycle.status.by_hand != "leave":
            named.add(hubspot_names.LEAD_STATUS)
        return tuple(sorted(named - {hubspot_names.STAGE}))

    @cached_property
    def meaning_of_status(self) -> dict[str, str]:
        """``hs_lead_status`` -> what a person means by it: ``working``, ``meeting``, or the id of a
        side stage. A value with several meanings, or that working stages have, has none."""
        status = self.lifecycle.status
        said = [(status.working, "working"), (status.meeting, "meeting")]
        said += [(one.lead_status, one.id) for one in self.lifecycle.stages if one.side]
        taken = {one.lead_status for one in self.lifecycle.stages if not one.side} | {status.new}
        values = [value for value, _ in said]
        return {
            value: meaning
            for value, meaning in said
            if value and value not in taken and values.count(value) == 1
        }

    @cached_property
    def owner_by_hubspot(self) -> dict[str, Person]:
        return {person.hubspot_owner: person for person in self.people}

    @cached_property
    def who_touches_for(self) -> dict[str, dict[str, Person]]:
        """Person id -> HubSpot owner id -> everybody whose acts count as theirs, themselves
        included."""
        return {
            one.id: {
                other.hubspot_owner: other for other in self.people if self._acts_for(other, one)
            }
            for one in self.people
        }

    def _acts_for(self, one: Person, owner: Person) -> bool:
        """Whether the acts of *one* count as *owner*'s first touch."""
        by = self.touches.by
        if one.id == owner.id or by == "roster":
            return True
        if by == "team" and owner.team and one.team == owner.team:
            return True
        return by != "owner" and one.id == owner.backup

    @cached_property
    def person_by_slack(self) -> dict[str, Person]:
        return {person.slack_user: person for person in self.people}

    @cached_property
    def person_by_hubspot_user(self) -> dict[str, Person]:
        return {one.hubspot_user: one for one in self.people if one.hubspot_user}

    def zone_of(self, person: Person | None) -> str:
        """The zone (IANA) in which *person* reads times; UTC without a person."""
        return self.calendars[person.calendar].zone if person is not None else "UTC"

    def days_of(self, pool: Pool) -> Calendar:
        """The calendar by which a day and a week of *pool*'s limits begin; UTC and Monday without
        one.
        """
        return self.calendars.get(pool.calendar) or _UTC

    def labels_of(self, missing: tuple[str, ...]) -> tuple[Text, ...]:
        """Missing fields by label; for alternatives (``email/phone``), all of them."""
        if not missing:
            return ()
        known = self.field
        named = (
            tuple(known[name].label if name in known else name for name in one.split("/"))
            for one in missing
        )
        return tuple(labels[0] if len(labels) == 1 else Phrase("or", labels) for labels in named)

    def pause_labels(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        """Pauses by label; one that the policy has dropped meanwhile by its id."""
        if not ids:
            return ()
        known = {pause.id: pause.label for pause in self.pauses}
        return tuple(known.get(name, name) for name in ids)

    def someone(self, name: str) -> Person | None:
        """The person called *name*: by their id, as ``slack:<user>`` or as ``hubspot:<owner>``."""
        system, of_theirs, theirs = name.partition(":")
        if not of_theirs:
            return self.person.get(name)
        known = {"slack": self.person_by_slack, "hubspot": self.owner_by_hubspot}
        return known.get(system, {}).get(theirs)

    @cached_property
    def handoff(self) -> dict[str, Handoff]:
        """Stage id -> the handoff on entering it."""
        first = self.lifecycle.handoff
        label = self.stage[first].label if first in self.stage else first
        return {first: Handoff(first, label, self.rules, self.ownership)} | {
            one.stage: one for one in self.handoffs
        }

    @cached_property
    def rule_index(self) -> dict[str, RuleIndex]:
        """Stage id -> the index of its handoff's rules."""
        return {stage: RuleIndex(part.rules) for stage, part in self.handoff.items()}

    @cached_property
    def waited_for(self) -> dict[str, tuple[str, ...]]:
        """Person id -> the pools in whose queue a lead may wait for them."""
        found: dict[str, list[str]] = {}
        for pool, chain in self.chain.items():
            for person in chain.people if chain.waits else ():
                found.setdefault(person, []).append(pool)
        return {person: tuple(pools) for person, pools in found.items()}

    @cached_property
    def pools_that_wait_for(self) -> dict[str, tuple[str, ...]]:
        """Pool id -> the pools whose waiting leads may be given to it when it has room."""
        found: dict[str, list[str]] = {}
        for pool, chain in self.chain.items():
            for reached in chain.pools if chain.waits else ():
                found.setdefault(reached, []).append(pool)
        return {pool: tuple(pools) for pool, pools in found.items()}

    @cached_property
    def chain(self) -> dict[str, Chain]:
        """Pool id -> every pool and person that a lead sent there can reach."""
        return {pool.id: self._chain(pool) for pool in self.pools}

    def _chain(self, pool: Pool) -> Chain:
        pools = [pool, *(self.pool[step.pool] for step in pool.fallback if step.pool)]
        people = {member.rep for p in pools for member in p.members}
        people |= {step.person for step in pool.fallback if step.person}
        waits = any(step.wait is not None for step in pool.fallback)
        names = tuple(p.id for p in pools)
        return Chain(names, tuple(sorted(people)), frozenset(names), frozenset(people), waits)

    @cached_property
    def calendar(self) -> dict[str, WorkCalendar]:
        """Calendar id -> its working hours, without anybody's time off."""
        return {name: WorkCalendar.of(one.rules()) for name, one in self.calendars.items()}

    def hours_of(self, calendar: str, person: Person) -> WorkCalendar:
        """The hours of *calendar*; the person's own, if it is empty or was dropped since."""
        return self.calendar.get(calendar) or self.calendar_of(person)

    @cached_property
    def _work_calendars(self) -> dict[str, WorkCalendar]:
        return {}

    def usual_hours_of(self, person: Person) -> WorkCalendar:
        """The person's calendar with the hours of their time off."""
        return self.calendar[person.calendar]

    def calendar_of(self, person: Person) -> WorkCalendar:
        """The person's calendar minus their time off."""
        calendar = self._work_calendars.get(person.id)
        if calendar is None:
            off = tuple(union((one.start, one.end) for one in person.time_off))
            rules = self.calendars[person.calendar].rules(off)
            calendar = self._work_calendars[person.id] = WorkCalendar.of(rules)
        return calendar


def _read_as(field: Field) -> ReadAs:
    """A form is told by its property, so that policies of before know it as well."""
    is_form = field.kind == "text" and field.property in hubspot_names.FORMS
    return "form" if is_form else field.kind


def _timed(*conditions: When) -> tuple[When, ...]:
    return tuple(
        when
        for when in conditions
        if any(test.on_time or name == DAYS_IN_STAGE for name, test in when.items())
    )


def _fields_of(when: When) -> Iterator[str]:
    """The fields that *when* tests; ``events`` for a count of evidence, ``days_in_stage`` for any
    test on the time.
    """
    for name, test in when.items():
        if test.blocks:
            for block in test.blocks:
                yield from _fields_of(block)
        else:
            yield DAYS_IN_STAGE if test.on_time else name


def _forms_in(when: When, ids: set[str]) -> Iterator[str]:
    """The forms that *when* asks for, in evidence or in one of the fields *ids*."""
    for name, test in when.items():
        for block in test.blocks:
            yield from _forms_in(block, ids)
        yield from (form for count in test.counts if _asks_for_forms(count) for form in count.what)
        if name in ids:
            yield from (*test.any_of, *test.matches)


def _counts_in(when: When) -> Iterator[Count]:
    for test in when.values():
        yield from test.counts
        for block in test.blocks:
            yield from _counts_in(block)


def _asks_for_forms(asked: Count | BehaviourRule) -> bool:
    return not asked.of or "form" in asked.of


def _behaviour_marks(when: When) -> Iterator[float]:
    for name, test in when.items():
        for block in test.blocks:
            yield from _behaviour_marks(block)
        if name == "behaviour":
            yield from (mark for mark in (test.at_least, test.below) if mark is not None)
