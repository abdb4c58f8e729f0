"""Gates: what a stage requires of a lead before it may enter, and leads held before one.

A lead that HubSpot already shows in a stage is in that stage, complete or not. While it is held,
ownership does not change: it is neither assigned nor taken from its owner until the missing data is
filled in or the policy's time limit is over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from baton.domain.conditions import unmet
from baton.domain.draft.draft import Draft
from baton.domain.lead import ArmedRung, Clock, Held, StageTimes
from baton.domain.phrase import Phrase, Text, listing, phrase
from baton.domain.policy import Field, Hold, Policy, Stage
from baton.domain.time import iso
from baton.domain.world.events import Level
from baton.domain.world.world import Background, Needs, NeedsData

#: Loose checks that an address can be written to and a number called: HubSpot checks neither.
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_PHONE = re.compile(r"\+?[\d\s().\-/]+((ext|x)\.?\s*\d+)?", re.IGNORECASE)
_FEWEST_DIGITS = 7


class Gate(NamedTuple):
    """What a lead lacks for a stage; both empty: nothing."""

    #: Required fields without a value; alternatives are joined by a slash.
    missing: tuple[str, ...]
    unmet: tuple[Phrase, ...]

    @property
    def closed(self) -> bool:
        return bool(self.missing or self.unmet)


class Wait(NamedTuple):
    """A closed gate, and the move that it blocks; no move: the lead is in the stage already."""

    stage: Stage
    move: str
    gate: Gate

    @property
    def over(self) -> str:
        """What the policy does when the hold times out."""
        # A flagged lead may go on without missing fields, but not with criteria that do not hold.
        if self.stage.hold.then == "flag" and self.gate.unmet:
            return "wait"
        return self.stage.hold.then


def may_enter(draft: Draft, stage: Stage, move: str = "") -> Wait | None:
    """
    The closed gate that keeps the lead from entering *stage*; None: it is admitted.

    Args:
        move: The transition that it would make; empty: the lead is in the stage already.

    Raises:
        NeedsData: The background, where missing fields are looked up, was not read.
    """
    if draft.lead.admitted == stage.id:
        return None
    gate = gate_of(draft, stage)
    if gate.closed:
        wait = Wait(stage, move, gate)
        if gate.unmet or not _continues_flagged(draft, wait):
            return wait
        draft.add_reason("gate.flagged", stage.id, listing(gate.missing))
    draft.change(admitted=stage.id, flagged=gate.missing)
    return None


def is_hold_over(draft: Draft, stage: Stage) -> bool:
    """Whether the hold before *stage* has timed out. False unless the contact was just read: the
    data may have been filled in.
    """
    held = draft.lead.held
    return (
        held is not None
        and held.stage == stage.id
        and held.clock.due_at <= draft.now
        and draft.world.contact is not None
    )


def update_hold(draft: Draft, wait: Wait | None) -> None:
    """Update the lead's hold to *wait*, and tell who can fill in the data of a change."""
    held = draft.lead.held
    if held is not None and (wait is None or held.stage != wait.stage.id):
        _release(draft, held)
        held = None
    if wait is not None:
        _hold(draft, held, wait)


def _continues_flagged(draft: Draft, wait: Wait) -> bool:
    if is_hold_over(draft, wait.stage) and wait.over == "flag":
        return True
    # Each stage says for what it requires itself.
    holding = [one for one in _gates_to_pass(draft, wait.stage) if one.if_missing == "hold"]
    return not _missing(draft, holding)


def gate_of(draft: Draft, stage: Stage) -> Gate:
    """What the lead lacks for *stage*, after the lookups that the policy names."""
    passed = _gates_to_pass(draft, stage)
    missing = _missing(draft, passed)
    if missing:
        _look_up(draft, missing)
        missing = _missing(draft, passed)
    criteria = [one.entry for one in passed if one.entry]
    before = draft.policy.stage.get(draft.lead.admitted)
    if before is not None and not before.side and before.rank < stage.rank:
        criteria.append(before.exit)
    failed: list[Phrase] = []
    for when in criteria:
        failed += (why for why in unmet(when, draft.facts) if why not in failed)
    if not failed:
        failed += _never(draft, passed)
    return Gate(missing, tuple(failed))


def _never(draft: Draft, passed: tuple[Stage, ...]) -> Iterator[Phrase]:
    """The disqualifier of the score that keeps the lead from the handoff, whoever says that it is
    qualified.
    """
    scoring = draft.policy.scoring
    if scoring is None or scoring.never_then != "hold" or not scoring.never:
        return
    if any(stage.id == draft.policy.lifecycle.handoff for stage in passed):
        score = draft.score
        if score is not None and score.never:
            yield Phrase("wanting.never", (score.never,))


# --- what is missing


def _gates_to_pass(draft: Draft, stage: Stage) -> tuple[Stage, ...]:
    """The stages whose gates apply on entering *stage*: its own, and those of the stages that the
    lead skips, from the handoff's on. It skips none that it was in.
    """
    handoff = draft.policy.stage[draft.policy.lifecycle.handoff]
    if stage.side or stage.rank <= handoff.rank:
        return (stage,)
    before = draft.policy.stage.get(draft.lead.admitted)
    passed = before is not None and before.rank >= handoff.rank
    since = before.rank if before is not None and passed else handoff.rank
    # Whoever has the lead got it at the handoff.
    first = () if passed or draft.lead.assignment is not None else (handoff,)
    times = draft.lead.state.times
    between = tuple(
        one
        for one in draft.policy.lifecycle.stages
        if since < one.rank < stage.rank and not one.side and _is_skipped(times.get(one.id))
    )
    return (*first, *between, stage)


def _is_skipped(times: StageTimes | None) -> bool:
    return times is None or times.filled


def _missing(draft: Draft, stages: Sequence[Stage]) -> tuple[str, ...]:
    known, fields = draft.policy.field, draft.lead.fields
    asked = dict.fromkeys([choice for stage in stages for choice in stage.requires])
    if not asked:
        return ()
    return tuple(
        "/".join(choice)
        for choice in asked
        if not any(_usable(known.get(name), fields.get(name, "")) for name in choice)
    )


def _usable(field: Field | None, value: str) -> bool:
    if field is None or not value:
        return False
    if field.kind == "email":
        return _EMAIL.fullmatch(value) is not None
    if field.kind == "phone":
        digits = sum(char.isdigit() for char in value)
        return digits >= _FEWEST_DIGITS and _PHONE.fullmatch(value) is not None
    return True


def _look_up(draft: Draft, missing: tuple[str, ...]) -> None:
    """Fill in missing fields from the other places that the policy names: earlier values, other
    contact properties, the company.
    """
    names = {name for choice in missing for name in choice.split("/")}
    wanted = [f for f in draft.policy.lifecycle.fields if f.id in names and f.look_up]
    if not wanted or draft.world.contact is None:
        return  # a click or a clock does not wait for HubSpot: use what was read last
    background = draft.world.background
    if background is None:
        raise NeedsData(Needs(background=True))
    if background.denied:
        draft.add_reason("field.denied", background.denied)
    fields, found = dict(draft.lead.fields), dict(draft.lead.found)
    for field in wanted:
        for place, value in _found(field, background):
            if _usable(field, value):
                fields[field.id], found[field.id] = value, place
                draft.add_reason("field.found", field.id, place)
                break
    draft.change(fields=fields, found=found)


def _found(field: Field, background: Background) -> Iterator[tuple[str, str]]:
    for place in field.look_up:
        where, _, name = place.partition(".")
        if where == "history":
            yield place, background.history.get(field.property, "").strip()
        elif where == "contact":
            yield place, background.contact.get(name, "").strip()
        else:
            yield place, background.company.get(name, "").strip()


# --- waiting


def _hold(draft: Draft, held: Held | None, wait: Wait) -> None:
    stage, (missing, unmet) = wait.stage, wait.gate
    lacks = Phrase("semicolons", (*missing, *unmet))
    asked = bool(draft.asked) or (held is not None and held.asked)
    if held is None:
        clock = _clock(stage.label, draft.now, stage.hold)
        now_held = Held(stage.id, wait.move, draft.now, missing, unmet, clock, asked=asked)
        draft.record("held", what=stage.id)
        draft.add_reason("gate.held", stage.id, lacks)
    else:
        now_held = replace(held, move=wait.move, missing=missing, unmet=unmet, asked=asked)
        if is_hold_over(draft, stage):
            clock = _clock(held.clock.label, draft.now, stage.hold)
            now_held = replace(now_held, clock=clock, told=held.told + 1)
        draft.add_reason("gate.still_held", stage.id, lacks)
    draft.change(held=now_held)
    if held is None or held.told != now_held.told or _lacks_other_things(held, now_held):
        _notify(draft, now_held, None, "warning")


def _lacks_other_things(before: Held, now: Held) -> bool:
    """Whether what a hold lacks has changed in a way worth a notice: by a field, or by a criterion.
    Another number, as of a score that decays, is not.
    """
    if before.missing != now.missing or len(before.unmet) != len(now.unmet):
        return True
    return any(
        _is_about_other(earlier, later)
        for earlier, later in zip(before.unmet, now.unmet, strict=True)
    )


def _is_about_other(earlier: Text, later: Text) -> bool:
    tested = _tested_by(later)
    if not isinstance(earlier, str):
        return _tested_by(earlier) != tested
    # Stored before there were phrases. Its first word is the field, if it tests one; what else it
    # tests cannot be compared, and nobody is told twice because the words have changed.
    return isinstance(tested, str) and earlier.partition(" ")[0] != tested


def _tested_by(why: Text) -> str | tuple[object, ...]:
    """What a criterion tests: a field, a count of evidence, or several of these."""
    if isinstance(why, str):
        return why
    first = why.args[0] if why.args else ""
    if isinstance(first, str):
        return first
    if why.id == "test.count":
        return (first,)
    return tuple(_tested_by(one) for one in why.args if isinstance(one, Phrase))


def _release(draft: Draft, held: Held) -> None:
    draft.change(held=None)
    lead, stage = draft.lead, draft.policy.stage.get(held.stage)
    if stage is None or lead.admitted != held.stage or lead.state.stage != held.stage:
        draft.add_reason("gate.not_asked", held.stage)
        _notify(draft, held, Phrase("held.not_asked"), "info")
        return
    draft.add_reason("gate.released_flagged" if lead.flagged else "gate.released", held.stage)
    draft.record("released", what=held.stage)
    how = "held.goes_on_incomplete" if lead.flagged else "held.goes_on"
    _notify(draft, held, Phrase(how, (stage.label,)), "info")


def _clock(label: str, now: datetime, hold: Hold) -> Clock:
    due = now + hold.within
    return Clock(
        target="hold",
        label=label,
        stops_on="complete",
        started_at=now,
        due_at=due,
        ladder=(ArmedRung(at=due, kind="release"),),
    )


def _notify(draft: Draft, held: Held, outcome: Phrase | None, level: Level) -> None:
    """Tell the owner (RevOps if there is none) what is missing. A later notice about the same hold
    replaces the earlier one.
    """
    policy, owner = draft.policy, draft.owner
    stage = policy.stage.get(held.stage)
    label = stage.label if stage else held.stage
    lines = (
        [outcome]
        if outcome
        else [*_missing_lines(policy, held), *_deadline_line(policy, held, stage)]
    )
    draft.notify(
        f"notice:held:{held.stage}:{iso(held.since)}:{held.told}",
        owner.slack_user if owner else policy.notifications.ops_channel,
        level,
        Phrase("held.was" if outcome else "held.is", (draft.lead_label, label)),
        *lines,
        changes=True,
    )


def _missing_lines(policy: Policy, held: Held) -> Iterator[Phrase]:
    if held.missing:
        yield Phrase("held.missing", (listing(policy.labels_of(held.missing)),))
    for why in held.unmet:
        yield Phrase("held.unmet", (why,))


def _deadline_line(policy: Policy, held: Held, stage: Stage | None) -> Iterator[Phrase]:
    if stage is None:
        return
    if stage.hold.then == "flag" and not held.unmet:
        yield phrase("held.then_flagged", stage.hold.within)
    elif stage.hold.then == "close":
        reason = policy.reason.get(stage.hold.reason)
        label = reason.label if reason else stage.hold.reason
        yield phrase("held.then_closed", stage.hold.within, label)
