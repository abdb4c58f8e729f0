"""Compiles the files into a policy. The same files on the same day give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from zoneinfo import ZoneInfo

from baton.domain import policy as compiled
from baton.domain.values import FieldKind
from baton.policy_tools.calendars import compile_calendar
from baton.policy_tools.definitions import definitions
from baton.policy_tools.fallbacks import steps_of
from baton.policy_tools.kinds import kinds, spellings, with_meanings
from baton.policy_tools.models import Files
from baton.policy_tools.models.lifecycle import LifecycleFile, Stage
from baton.policy_tools.models.notifications import NotificationsFile
from baton.policy_tools.models.recycling import Idle, RecyclingFile
from baton.policy_tools.models.roster import OnDuty, Person, RosterFile
from baton.policy_tools.models.routing import Capped, Limits, NextShift, RoutingFile, Rule, Window
from baton.policy_tools.models.scoring import ScoringFile
from baton.policy_tools.models.sla import Ladder, Rung, SlaFile, Target

#: Version of a policy that is not published; publishing numbers it.
DRAFT = "draft"


def compile_policy(files: Files, today: date) -> compiled.Policy:
    """
    The policy as the domain reads it.

    Args:
        files: Checked files, as ``load`` gives them; others may raise anything.
        today: Public holidays are worked out from the year before it to three years after it, so
            a policy should be published at least every other year.
    """
    known = kinds(files)
    policy = compiled.Policy(
        version=DRAFT,
        company=files.roster.company,
        lifecycle=_lifecycle(files.lifecycle, known),
        territories=tuple(
            compiled.Territory(one.id, one.label, one.when.compile(), one.calendar or "")
            for one in files.routing.territories
        ),
        segments=tuple(
            compiled.Segment(one.id, one.label, one.when.compile())
            for one in files.routing.segments
        ),
        rules=_rules(files.routing.rules, files.roster),
        pools=_pools(files.routing),
        people=_people(files.roster),
        calendars={
            one.id: compile_calendar(files.roster, one, range(today.year - 1, today.year + 4))
            for one in files.roster.calendars
        },
        tiers=_tiers(files.sla),
        tracks=_tracks(files.recycling),
        staleness=_staleness(files.recycling),
        notifications=_notifications(files.notifications),
        scoring=_scoring(files.scoring) if files.scoring else None,
        definitions=definitions(files),
        ownership=files.routing.ownership,
        handoffs=tuple(
            compiled.Handoff(one.stage, one.label, _rules(one.rules, files.roster), one.ownership)
            for one in files.routing.handoffs
        ),
        counting=compiled.Counting(
            files.routing.capacity.forget_after,
            files.routing.capacity.count_snoozed,
            files.routing.capacity.wait_for_room,
        ),
        free_domains=files.routing.free,
        pauses=tuple(
            compiled.Pause(one.id, one.label, one.when.compile(), one.targets)
            for one in files.sla.pauses
        ),
        team_calendars={team.id: team.calendar for team in files.roster.teams},
        rota=_rota(files.roster.on_duty) if files.roster.on_duty else None,
        idle=_idle(files.recycling.idle),
        early=files.recycling.early,
        snooze_at_most=files.sla.snooze.at_most,
        countries=spellings(files.lifecycle.countries) if "country" in known.values() else {},
        zone=_zone(files.roster),
        touches=compiled.Touches(**files.sla.touches.model_dump()),
        attendance=compiled.Attendance(**files.sla.absence.model_dump()),
        by_hand=compiled.ByHand(
            files.routing.by_hand.owner,
            files.routing.by_hand.when_cleared,
            files.routing.by_hand.when_unknown,
        ),
    )
    return with_meanings(policy)


def _lifecycle(file: LifecycleFile, known: Mapping[str, FieldKind]) -> compiled.Lifecycle:
    working = [stage.id for stage in file.stages if not stage.side]
    return compiled.Lifecycle(
        stages=tuple(
            _stage(stage, 0 if stage.side else working.index(stage.id) + 1) for stage in file.stages
        ),
        transitions=tuple(
            compiled.Transition(
                id=move.id,
                source=move.source,
                to=move.to,
                by=move.by,
                reverse=move.reverse,
                when=move.when.compile(),
                sets=move.sets,
                tell=move.tell or "",
                reason=move.reason or "",
                reverses=move.reverses or "",
                reasons=move.reasons,
                otherwise=move.otherwise or "",
            )
            for move in file.transitions
        ),
        reasons=tuple(
            compiled.Reason(
                reason.id,
                reason.label,
                reason.value,
                reason.recycle_to or "",
                reason.offered,
                bool(reason.pass_on),
                reason.credit,
            )
            for reason in file.reasons
        ),
        fields=tuple(
            compiled.Field(
                one.id, one.label, one.property, one.packet, known[one.id], one.look_up, one.values
            )
            for one in file.fields
        ),
        handoff=file.handoff,
        accepted=file.accepted,
        initial=file.initial,
        recycled=file.recycled,
        disqualified=file.disqualified,
        status=compiled.Status(
            file.status.new, file.status.working, file.status.meeting, file.status.by_hand
        ),
        backward={source.lower(): answer for source, answer in file.backward.items()},
        restore_at_most=file.restore_at_most,
        skipped=file.skipped,
        sync=tuple(compiled.Sync(one.property, one.wins, one.when.compile()) for one in file.sync),
        old_statuses=file.old_statuses,
        sign_off=file.sign_off,
        moves_at_most=file.moves_at_most,
        forward={source.lower(): answer for source, answer in file.forward.items()},
    )


def _stage(stage: Stage, rank: int) -> compiled.Stage:
    hold = stage.hold
    return compiled.Stage(
        id=stage.id,
        label=stage.label,
        rank=rank,
        lifecyclestage=stage.lifecyclestage,
        lead_status=stage.lead_status,
        side=stage.side,
        purpose=stage.purpose,
        entry=stage.entry.compile(),
        exit=stage.exit.compile(),
        requires=stage.requires,
        if_missing=stage.if_missing,
        hold=compiled.Hold(hold.within, hold.then, hold.reason or "") if hold else compiled.Hold(),
        disqualified_by=tuple(
            compiled.Disqualifier(one.when.compile(), one.reason) for one in stage.disqualified_by
        ),
        deal_stages=stage.deal_stages,
    )


def _scoring(file: ScoringFile) -> compiled.Scoring:
    return compiled.Scoring(
        authority=file.authority,
        never_then=file.never_then,
        fit_at_least=file.qualified.fit,
        behaviour_at_least=file.qualified.behaviour,
        recency=file.qualified.recency,
        fit=tuple(
            compiled.FitGroup(
                group.id,
                group.label,
                tuple(
                    compiled.FitRule(rule.id, rule.label, rule.points, rule.when.compile())
                    for rule in group.rules
                ),
                group.cap,
            )
            for group in file.fit
        ),
        behaviour=tuple(
            compiled.BehaviourGroup(
                group.id,
                group.label,
                tuple(
                    compiled.BehaviourRule(
                        id=rule.id,
                        label=rule.label,
                        points=rule.points,
                        of=rule.of,
                        what=rule.what,
                        half_life=rule.half_life,
                        window=rule.window,
                        at_most=rule.at_most,
                    )
                    for rule in group.rules
                ),
                group.cap,
            )
            for group in file.behaviour
        ),
        hand_raises=tuple(one.compile() for one in file.hand_raises),
        never=tuple(compiled.Never(one.id, one.label, one.when.compile()) for one in file.never),
        signals=tuple(compiled.Signal(one.id, one.label) for one in file.signals),
    )


def _rules(rules: Iterable[Rule], roster: RosterFile) -> tuple[compiled.Rule, ...]:
    zones = {calendar.id: ZoneInfo(calendar.zone) for calendar in roster.calendars}
    return tuple(
        compiled.Rule(
            rule.id,
            rule.when.compile(),
            rule.pool,
            rule.label,
            _window(rule.active, zones[rule.active.calendar]) if rule.active else None,
        )
        for rule in rules
    )


def _window(active: Window, zone: ZoneInfo) -> compiled.Window:
    return compiled.Window(
        start=active.start.start(zone) if active.start else None,
        end=active.end.end(zone) if active.end else None,
        calendar=active.calendar,
        hours=active.hours or "",
    )


def _limits(limits: Limits | None) -> compiled.Limits:
    return (
        compiled.Limits(limits.open, limits.per_day, limits.per_week)
        if limits
        else compiled.Limits()
    )


def _shift(shift: str | NextShift) -> compiled.Shift:
    if isinstance(shift, NextShift):
        return compiled.Shift("next_on_shift", shift.next_within)
    return compiled.Shift("on_shift" if shift == "on_shift" else "regardless")


def _catch_up(catch_up: str | Capped) -> compiled.CatchUp:
    if isinstance(catch_up, Capped):
        return compiled.CatchUp("capped", catch_up.per_day)
    return compiled.CatchUp("full" if catch_up == "full" else "none")


def _pools(file: RoutingFile) -> tuple[compiled.Pool, ...]:
    known = {pool.id: pool for pool in file.pools}
    return tuple(
        compiled.Pool(
            id=pool.id,
            label=pool.label,
            members=tuple(compiled.Member(member.rep, member.weight) for member in pool.members),
            fallback=tuple(
                compiled.Fallback(
                    step.pool or "",
                    step.person or "",
                    compiled.Wait(step.wait, step.warn) if step.wait else None,
                )
                for step in steps_of(pool, known)
            ),
            choose=pool.choose,
            limits=_limits(pool.limits),
            calendar=(pool.limits.calendar if pool.limits else None) or "",
            shift=_shift(pool.shift),
            catch_up=_catch_up(pool.catch_up),
            queue_each=pool.queue_each,
        )
        for pool in file.pools
    )


def _people(file: RosterFile) -> tuple[compiled.Person, ...]:
    zones = {calendar.id: ZoneInfo(calendar.zone) for calendar in file.calendars}
    return tuple(_person(person, zones[person.calendar]) for person in file.people)


def _person(person: Person, zone: ZoneInfo) -> compiled.Person:
    return compiled.Person(
        id=person.id,
        name=person.name,
        role=person.role,
        hubspot_owner=person.hubspot_owner,
        slack_user=person.slack_user,
        calendar=person.calendar,
        manager=person.manager or "",
        team=person.team,
        max_open=person.max_open,
        max_per_day=person.max_per_day,
        active=person.active,
        time_off=tuple(
            compiled.TimeOff(off.start.start(zone), off.end.end(zone)) for off in person.time_off
        ),
        max_per_week=person.max_per_week,
        backup=person.backup or "",
        hubspot_user=person.hubspot_user or "",
    )


def _tiers(file: SlaFile) -> tuple[compiled.Tier, ...]:
    ladders = {ladder.id: ladder for ladder in file.ladders}
    return tuple(
        compiled.Tier(
            id=tier.id,
            label=tier.label,
            when=tier.when.compile(),
            targets=tuple(_target(target, ladders[target.ladder]) for target in tier.targets),
            told_within=tier.told_within,
        )
        for tier in file.tiers
    )


def _target(target: Target, ladder: Ladder) -> compiled.Target:
    return compiled.Target(
        id=target.id,
        label=target.label,
        within=target.within,
        stops_on=target.stops_on or "",
        ladder=tuple(map(_rung, ladder.rungs)),
        time=target.time,
        task=target.task,
        calendar="" if target.calendar == "owner" else target.calendar,
        starts_on=target.starts_on,
        starts_when=target.starts_when.compile(),
        stops_when=target.stops_when.compile(),
        ends_as=ladder.ends_as,
    )


def _rung(rung: Rung) -> compiled.Rung:
    at = rung.at
    return compiled.Rung(
        rung.do,
        rung.tell,
        share=at.share,
        before=at.before,
        after=at.after,
        time=rung.time or "",
        every=rung.repeat.every if rung.repeat else None,
        again=rung.repeat.times if rung.repeat else 0,
    )


def _zone(file: RosterFile) -> str:
    return file.zone or next((one.zone for one in file.calendars), "UTC")


def _rota(duty: OnDuty) -> compiled.Rota:
    days = 7 if duty.turn == "week" else 1
    return compiled.Rota(duty.people, duty.starts, days, duty.calendar)


def _tracks(file: RecyclingFile) -> tuple[compiled.Track, ...]:
    return tuple(
        compiled.Track(
            track.id, track.label, track.value, track.cool_off, track.max_rounds, track.keep_owner
        )
        for track in file.tracks
    )


def _staleness(file: RecyclingFile) -> tuple[compiled.Staleness, ...]:
    return tuple(
        compiled.Staleness(
            rule.stages, rule.when.compile(), rule.after, rule.warn_before, rule.reason
        )
        for rule in file.staleness
    )


def _idle(idle: Idle) -> compiled.Idle:
    return compiled.Idle(idle.after, idle.reason or compiled.Idle().reason)


def _message_limits(file: NotificationsFile) -> compiled.MessageLimits:
    quiet = file.quiet_hours
    return compiled.MessageLimits(
        quiet.warning, quiet.breach, quiet.escalation, file.messages_an_hour
    )


def _notifications(file: NotificationsFile) -> compiled.Notifications:
    return compiled.Notifications(
        channel=file.channel,
        ops_channel=file.ops_channel,
        digest=compiled.Digest(file.digest.at, file.digest.every_day),
        plays=tuple(compiled.Play(play.when.compile(), play.text) for play in file.plays),
        message_limits=_message_limits(file),
    )
