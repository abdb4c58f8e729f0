"""The lead's stage history: a fold over the stage facts.

Systems report stage changes late, twice and in any order. So the facts are kept, sorted by when
they happened, and the lifecycle state is worked out from them each time: the same facts give the
same stage and timestamps, in whatever order they arrived.

A cleared stage is a fact as well, of a move backward that leads nowhere (source: HubSpot's Contacts
guide, "lifecyclestage": it can only be set forward, unless it was cleared before, which is a change
with an event of its own).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from baton.domain.lead import LifecycleState, StageFact, StageTimes, Write
from baton.domain.lifecycle.triggers import BATON, DEAL, PEOPLE, allows, verdict
from baton.domain.policy import Answer, Policy, Stage, Transition
from baton.domain.time import SKEW

#: Most facts that a lead keeps, to bound its size. Beyond it the older half is folded into the base
#: for good; facts from before the base that arrive later change nothing.
KEPT = 64
#: Writes remembered per property, to recognise their echoes.
WRITES_KEPT = 3
#: Refused facts kept for explanations.
REFUSED_KEPT = 8

#: How long after a write a sighting of its value counts as its echo: as long as a queue keeps an
#: effect during a HubSpot outage. Each write has one echo.
ECHO = timedelta(days=4)
#: Change sources that are never an app, and so never Baton; a deal's move is no echo of what Baton
#: wrote for another deal.
NOT_OURS = frozenset(
    {*PEOPLE, "import", "form", "automation_platform", "workflows", "salesforce", "email", DEAL}
)
#: Largest difference between the times of two reports of the same change.
ROUNDED = timedelta(seconds=2)


def add_facts(known: tuple[StageFact, ...], seen: Iterable[StageFact]) -> tuple[StageFact, ...]:
    """*known* plus the new facts of *seen*, in order of time. A stage seen twice at the same
    instant by the same source (the webhook and the property history) is one fact, also where only
    one of them says which source of its kind it was.
    """
    new = set(seen).difference(known)
    if not new:
        return known
    facts = {_identity(fact): fact for fact in sorted(new, key=lambda fact: fact.source_id)}
    facts |= {_identity(fact): fact for fact in known}
    return tuple(facts[identity] for identity in sorted(facts))


def _identity(fact: StageFact) -> tuple[datetime, str, str, str]:
    return (fact.at, fact.via, fact.stage, fact.source)


def without_echoes(
    policy: Policy,
    seen: Iterable[StageFact],
    writes: tuple[Write, ...],
    known: tuple[StageFact, ...],
) -> tuple[list[StageFact], tuple[Write, ...]]:
    """*seen* without the echoes of Baton's own writes; and the writes, marked as seen.

    A write has one echo: the first sighting of its value that was not made by a person. Later
    sightings, however soon, come from somebody else: another automation that keeps setting the same
    value counts each time. Only a sighting after a known entry to that stage can be an echo: an
    earlier one says when the stage was really entered, and must count whenever it arrives.
    """
    if not writes:
        return sorted(seen, key=lambda fact: fact.at), writes
    left = list(writes)
    news: list[StageFact] = []
    for fact in sorted(seen, key=lambda fact: fact.at):
        if not fact.stage:
            if not is_own_clearing(fact, left):
                news.append(fact)
            continue
        index = _echo_of(policy, fact, left)
        entered = any(k.stage == fact.stage and k.at <= fact.at for k in known)
        if index is None or not entered:
            news.append(fact)
        else:
            # HubSpot shows this write, so no echo of earlier writes will come.
            for earlier in range(index + 1):
                if left[earlier].seen is None:
                    left[earlier] = replace(left[earlier], seen=fact.at)
    return news, tuple(left)


def is_own_clearing(fact: StageFact, writes: Sequence[Write]) -> bool:
    """Whether Baton cleared the stage itself, to set an earlier one: after it decided to, and
    before HubSpot showed what was set. If that never came, its delivery is retried, or is parked.

    Nobody can tell who made a clearing from before the oldest remembered write; a later write has
    answered it.
    """
    if len(writes) >= WRITES_KEPT and fact.at < writes[0].at - SKEW:
        return True
    return fact.source.casefold() not in NOT_OURS and any(
        write.clears
        and write.at - SKEW <= fact.at <= min(write.at + ECHO, (write.seen or fact.at) + ROUNDED)
        for write in writes
    )


def _echo_of(policy: Policy, fact: StageFact, writes: list[Write]) -> int | None:
    if fact.source.casefold() in NOT_OURS or fact.stage not in policy.stage:
        return None
    value = policy.stage[fact.stage].lifecyclestage
    for index, write in enumerate(writes):
        if write.value != value or not write.at - SKEW <= fact.at <= write.at + ECHO:
            continue
        # The webhook and the history report the same change at times that differ by rounding.
        if write.seen is None or abs(fact.at - write.seen) <= ROUNDED:
            return index
    return None


def answer_to(policy: Policy, source: str) -> Answer:
    """The policy's answer to a backward change by *source*."""
    answers = policy.lifecycle.backward
    return answers.get(source.casefold(), answers.get("*", "report"))


def compact(
    policy: Policy, base: LifecycleState, facts: tuple[StageFact, ...]
) -> tuple[LifecycleState, tuple[StageFact, ...]]:
    """Base and facts, with the older half folded into the base once there are too many."""
    if base.since is not None:
        facts = tuple(f for f in facts if f.at > base.since)
    if len(facts) <= KEPT:
        return base, facts
    older = len(facts) - KEPT // 2
    return state_of(policy, facts[:older], base), facts[older:]


def state_of(
    policy: Policy, facts: tuple[StageFact, ...], base: LifecycleState | None = None
) -> LifecycleState:
    """Fold *facts* (sorted by time) onto *base*: forward moves and named backward transitions
    count, the rest is refused, clearings among them. Stages that the policy does not know are
    skipped; ingest reports them.
    """
    state = _Fold(policy, base or LifecycleState())
    for batch in _same_instant(facts, policy):
        for fact in batch:
            state.take(fact)
    return state.state()


def reverse_transition(
    policy: Policy, stage: str, to: str, source: str, source_id: str = ""
) -> Transition | None:
    """The reverse transition from *stage* to *to* that *source* may take, if there is one."""
    return next(
        (
            move
            for move in policy.lifecycle.transitions
            if move.reverse
            and stage in move.source
            and move.to == to
            and allows(move, source, source_id)
        ),
        None,
    )


def is_early(fact: StageFact, rests_until: datetime | None) -> bool:
    """Whether the move *fact* brings a lead back that rests: not if the person asked for a call,
    and a deal need not wait. Baton's own moves have conditions of their own.
    """
    if rests_until is None or fact.at >= rests_until or fact.raised:
        return False
    return fact.source.casefold() not in (BATON, DEAL)


def is_followed_back(
    policy: Policy, stage: Stage, target: Stage, source: str, source_id: str = ""
) -> bool:
    """Whether a backward transition that *source* may make leads from *stage* to *target*. Where
    the policy asks people first, a move to a side stage that carries a reason needs no question.
    """
    way = reverse_transition(policy, stage.id, target.id, source, source_id)
    if way is None:
        return False
    answer = answer_to(policy, source)
    named = target.side and bool(way.reason) and source.casefold() in PEOPLE
    return answer == "accept" or (answer == "ask" and named)


def _same_instant(facts: tuple[StageFact, ...], policy: Policy) -> Iterable[list[StageFact]]:
    """Facts grouped by instant, a clearing first, then the lowest stage, and named moves last: an
    automation that sets two stages at once means to pass through both.
    """
    by_time: dict[datetime, list[StageFact]] = {}
    for fact in facts:
        if fact.stage not in policy.stage and fact.stage in policy.stage_of_value:
            # The policy did not know HubSpot's value when the fact was seen.
            fact = replace(fact, stage=policy.stage_of_value[fact.stage].id)
        if not fact.stage or fact.stage in policy.stage:
            by_time.setdefault(fact.at, []).append(fact)
    for at in sorted(by_time):
        yield sorted(by_time[at], key=lambda fact: (fact.via, _rank(policy, fact), fact.stage))


def _rank(policy: Policy, fact: StageFact) -> int:
    return policy.stage[fact.stage].rank if fact.stage else -1


class _Fold:
    """The fold's accumulator."""

    def __init__(self, policy: Policy, base: LifecycleState) -> None:
        self.policy = policy
        self.stage: Stage | None = policy.stage.get(base.stage)
        self.since = base.since
        self.times = dict(base.times)
        self.refused = list(base.refused)
        self.tolerated = list(base.tolerated)
        self.rests_until = base.rests_until
        self.rounds = base.rounds

    def take(self, fact: StageFact) -> None:
        if not fact.stage:
            if self.stage is not None:
                self._refuse(fact)
            return
        target = self.policy.stage[fact.stage]
        if self.stage is not None and target.id == self.stage.id:
            return  # echo or repetition: the first sighting set the time of entry
        if fact.via:
            if self._allowed(fact):
                self.rounds += target.side
                self._enter(target, fact)
            else:
                self._refuse(fact)
        elif self.stage is None or self._forward(target, fact):
            self._fill_skipped(target, fact.at)
            self._enter(target, fact)
        elif is_followed_back(self.policy, self.stage, target, fact.source, fact.source_id):
            self.rounds += target.side
            self._enter(target, fact)
        else:
            self._refuse(fact)

    def _refuse(self, fact: StageFact) -> None:
        # It may have been refused before the base was made, and is after it in time.
        if fact not in self.refused:
            self.refused.append(fact)

    def _allowed(self, fact: StageFact) -> bool:
        transition = self.policy.transition.get(fact.via)
        # If the policy dropped the stage it starts from, the move was allowed when it was made.
        return transition is not None and (self.stage is None or self.stage.id in transition.source)

    def _forward(self, target: Stage, fact: StageFact) -> bool:
        """Whether a move to *target* leads forward, or out of a side stage, and is followed."""
        assert self.stage is not None
        if target.side:
            return False  # only a named transition leads to a side stage
        if not self.stage.side and target.rank <= self.stage.rank:
            return False
        found = verdict(self.policy, self.stage, target, fact.source, fact.source_id)
        if not found.followed:
            return False
        early = is_early(fact, self.rests_until)
        if early and self.policy.early in ("hold", "ask"):
            return False
        told = found.answer == "follow" or (early and self.policy.early == "follow")
        if told and fact not in self.tolerated:
            self.tolerated.append(fact)
        return True

    def _fill_skipped(self, target: Stage, at: datetime) -> None:
        """Record skipped stages as entered and left at *at*, if the policy says so. A stage that
        was entered before keeps its times.
        """
        if self.stage is None or self.stage.side or self.policy.lifecycle.skipped != "fill":
            return
        for stage in self.policy.lifecycle.stages:
            passed = not stage.side and self.stage.rank < stage.rank < target.rank
            if passed and stage.id not in self.times:
                self.times[stage.id] = StageTimes(at, at, filled=True)

    def _enter(self, target: Stage, fact: StageFact) -> None:
        at = fact.at
        self._leave(at)
        before = self.times.get(target.id)
        self.times[target.id] = (
            replace(before, last=at, count=before.count + 1) if before else StageTimes(at, at)
        )
        self.stage, self.since = target, at
        self.rests_until = fact.rests_until if target.side else None

    def _leave(self, at: datetime) -> None:
        if self.stage is not None and self.since is not None:
            left = self.times[self.stage.id]
            self.times[self.stage.id] = replace(left, spent=left.spent + (at - self.since))

    def state(self) -> LifecycleState:
        return LifecycleState(
            stage=self.stage.id if self.stage else "",
            since=self.since,
            times=self.times,
            refused=tuple(self.refused[-REFUSED_KEPT:]),
            rounds=self.rounds,
            tolerated=tuple(self.tolerated[-REFUSED_KEPT:]),
            rests_until=self.rests_until,
        )
