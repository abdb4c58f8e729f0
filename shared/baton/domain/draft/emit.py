"""What the outside should see of a lead: the card, the tasks, the contact's properties.

Everything is worked out from the lead as it will be stored, so whatever happened to it, one look
at the lead tells what every slot should show.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from baton.domain.conditions import why_not
from baton.domain.draft.draft import Draft
from baton.domain.lead import Clock, Lead, Value, Write
from baton.domain.lifecycle.hubspot_properties import labels_of, values_of
from baton.domain.policy import Person, Policy
from baton.domain.scoring.score import Point
from baton.domain.time import EARLIEST
from baton.domain.world.effects import CardState, ContactState, Deadline, TaskState

CardShows = Literal["open", "accepted", "touched", "rejected", "taken_back", "closed"]

#: Things a lead did that the card names.
EVIDENCE_SHOWN = 3
#: Writes of a property remembered, to recognise them when they come back.
WRITES_KEPT = 3


def zone_of(policy: Policy, person: Person | None) -> str:
    """Where *person* reads the time; UTC where it is nobody in particular."""
    return str(policy.calendars[person.calendar]["tz"]) if person is not None else "UTC"


def in_zone(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%a %d %b %H:%M:%S %Z")


def name_of(lead: Lead) -> str:
    full = " ".join(filter(None, (lead.fields.get("firstname"), lead.fields.get("lastname"))))
    return full or f"Lead {lead.id}"


def company_of(lead: Lead) -> str:
    return lead.fields.get("company", "")


def card(draft: Draft, state: CardShows, note: str = "", note_at: datetime | None = None) -> None:
    """The card of the current assignment, in *state*."""
    lead, policy, assignment, owner = draft.lead, draft.policy, draft.lead.assignment, draft.owner
    if assignment is None or owner is None:
        return
    tier = next((tier.label for tier in policy.tiers if tier.id == assignment.tier), "")
    draft.show(
        CardState(
            subject=draft.subject,
            slot=f"card:{assignment.number}",
            version=draft.version,
            lead_id=lead.id,
            to=owner.slack_user,
            assignment=assignment.number,
            state=state,
            name=name_of(lead),
            company=company_of(lead),
            tier=tier,
            packet=_packet(policy, lead, zone_of(policy, owner)),
            why_now=_why_now(draft, lead, zone_of(policy, owner)),
            why_you=assignment.why,
            play=_play(draft),
            deadlines=tuple(_deadline(policy, clock) for clock in lead.clocks),
            zone=zone_of(policy, owner),
            reasons=tuple(
                (reason.id, reason.label) for reason in policy.lifecycle.reasons if reason.offered
            ),
            note=note,
            note_at=note_at,
            missing=labels_of(policy, lead.flagged),
            undo=assignment.touched_in == "slack",
        )
    )


def current_card(draft: Draft, note: str = "", note_at: datetime | None = None) -> None:
    """The card as the owner's acts have it, with the note given, or the one drafted before."""
    assignment = draft.lead.assignment
    if assignment is None:
        return
    drafted = draft.effects.get(f"card:{assignment.number}")
    if not note and isinstance(drafted, CardState):
        note, note_at = drafted.note, drafted.note_at
    state: CardShows = "open"
    if assignment.accepted_at is not None:
        # Who called before accepting has nothing left to do. Until it is accepted the card goes on
        # offering that: its clock stops by no other act.
        state = "accepted" if assignment.touched_at is None else "touched"
    card(draft, state, note, note_at)


def _deadline(policy: Policy, clock: Clock) -> Deadline:
    paused = [pause.label for pause in policy.pauses if pause.id in clock.paused_for]
    if clock.paused_for and not paused:
        paused = list(clock.paused_for)  # a pause that the policy has dropped meanwhile
    return Deadline(clock.label, clock.due_at, clock.stopped_at, ", ".join(paused))


def tasks(draft: Draft) -> None:
    """A HubSpot task for every target of the current assignment that wants one."""
    for clock in draft.lead.clocks:
        _task(draft, clock, done=not clock.running)


def task_done(draft: Draft, clock: Clock) -> None:
    """The task of a *clock* that is about to go."""
    _task(draft, clock, done=True)


def _task(draft: Draft, clock: Clock, done: bool) -> None:
    lead, assignment, owner = draft.lead, draft.lead.assignment, draft.owner
    if assignment is None or owner is None or not clock.task:
        return
    zone = zone_of(draft.policy, owner)
    draft.show(
        TaskState(
            subject=draft.subject,
            slot=f"task:{assignment.number}:{clock.target}",
            version=draft.version,
            contact_id=lead.id,
            owner=owner.hubspot_owner,
            subject_line=_fill(clock.task, {"name": name_of(lead), "company": company_of(lead)}),
            body="\n".join(
                [
                    f"Due {in_zone(clock.due_at, zone)}. {assignment.why}.",
                    *_why_now(draft, lead, zone),
                    _play(draft),
                ]
            ).strip(),
            due_at=clock.due_at,
            done=done,
        )
    )


def contact(draft: Draft) -> None:
    """Bring ``written`` up to the lead as drafted, and show the difference."""
    lead = draft.lead
    if lead.gone:
        return  # there is nobody to show it of
    written = dict(lead.written)
    for name, value in values_of(draft.policy, lead, draft.facts, draft.score).items():
        if name in lead.yielded:
            continue  # whoever wins there has set it
        if written.get(name, Value("", 0)).value != value or name in draft.rewrite:
            written[name] = Value(value, draft.version)
    stage = draft.policy.stage.get(lead.standing.stage)
    if draft.write_stage and stage is not None:
        # A move back may not be shown yet when the next one is decided: clearing stays necessary.
        before = written.get("lifecyclestage")
        back = draft.write_stage == "back" or (before is not None and before.clear_first)
        written["lifecyclestage"] = Value(stage.lifecyclestage, draft.version, clear_first=back)
    elif lead.standing.stage != draft.start.standing.stage:
        # HubSpot moved the stage itself: what Baton wrote before is no longer what it wants.
        written.pop("lifecyclestage", None)
    if written == lead.written:
        return
    draft.change(written=written, writes=_writes(draft, written))
    if any(value.since == draft.version for value in written.values()):
        draft.show(
            ContactState(
                subject=draft.subject,
                slot="contact",
                version=draft.version,
                contact_id=lead.id,
                properties=written,
            )
        )


def _writes(draft: Draft, written: dict[str, Value]) -> dict[str, tuple[Write, ...]]:
    """What was decided lately for properties that others write, too, with what is new."""
    writes = dict(draft.lead.writes)
    for name in ("lifecyclestage", *draft.policy.watched):
        value = written.get(name)
        if value is not None and value.since == draft.version and not _shown(draft, name, value):
            write = Write(value.value, draft.now)
            writes[name] = (*writes.get(name, ()), write)[-WRITES_KEPT:]
    return writes


def _shown(draft: Draft, name: str, value: Value) -> bool:
    """Whether HubSpot shows the value already: then no echo of it will come."""
    contact = draft.world.contact
    return contact is not None and contact.properties.get(name, "") == value.value


def _packet(policy: Policy, lead: Lead, zone: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (field.label, _readable(lead.fields[field.id], zone))
        for field in policy.lifecycle.fields
        if field.packet and lead.fields.get(field.id)
    )


def _readable(value: str, zone: str) -> str:
    """*value* as it is, but an instant as a person in *zone* would say it."""
    try:
        at = datetime.fromisoformat(value) if value[4:5] == "-" and "T" in value else None
    except ValueError:
        return value
    return in_zone(at, zone) if at is not None and at.tzinfo is not None else value


def _why_now(draft: Draft, lead: Lead, zone: str) -> tuple[str, ...]:
    """What they did, how it scored, and since when they stand where they stand."""
    policy = draft.policy
    lines = _evidence(draft, zone)
    offer, score = lead.fields.get("offer", ""), lead.fields.get("score", "")
    if any(offer in line for line in lines):
        offer = ""  # said already, as a thing that they did
    lines += [
        f"{what}: {value}" for what, value in (("Asked for", offer), ("Score", score)) if value
    ]
    if draft.score is not None and policy.scoring is not None:
        scoring, fit, did = policy.scoring, draft.score.fit, draft.score.behaviour
        lines.append(
            f"Fit {fit:.0f} of {scoring.fit_at_least:g},"
            f" behaviour {did:.0f} of {scoring.behaviour_at_least:g}"
        )
    stage = policy.stage.get(lead.standing.stage)
    if stage is not None and lead.standing.since is not None:
        again = lead.standing.times[stage.id].count
        times = "" if again < 2 else f" (entered {again} times)"
        lines.append(f"{stage.label} since {in_zone(lead.standing.since, zone)}{times}")
    return tuple(lines)


def _evidence(draft: Draft, zone: str) -> list[str]:
    """What they did, rule by rule, what weighs most first; each thing once, by the rule that gives
    most for it."""
    by_rule: dict[str, list[Point]] = {}
    told: set[tuple[datetime, str]] = set()
    for point in draft.score.points if draft.score else ():
        if point.at is not None and point.points > 0 and (point.at, point.what) not in told:
            told.add((point.at, point.what))
            by_rule.setdefault(point.rule, []).append(point)
    heaviest = sorted(by_rule.values(), key=lambda points: -sum(p.points for p in points))
    return [_did(points, zone) for points in heaviest[:EVIDENCE_SHOWN]]


def _did(points: list[Point], zone: str) -> str:
    last = max(points, key=lambda point: point.at or EARLIEST)
    what = f": {last.what}" if last.what else ""
    times = f"{len(points)} times, last " if len(points) > 1 else ""
    at = in_zone(last.at, zone) if last.at else ""
    return f"{last.label}{what} ({times}{at})"


def _play(draft: Draft) -> str:
    plays = draft.policy.notifications.plays
    return next((play.text for play in plays if not why_not(play.when, draft.facts)), "")


def _fill(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text.strip()
