"""SLA targets and ladders, pauses, nurture tracks, staleness, digests and notifications."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from operator import itemgetter
from typing import Literal

from msgspec import Struct, field

from baton.domain.policy.criteria import When

#: Whom a rung tells; the director is the manager's manager, on_duty the person whose turn it is in
#: the rota.
Recipient = Literal["owner", "backup", "manager", "director", "on_duty", "channel"]
Time = Literal["working", "wall"]


class Rung(Struct, frozen=True, omit_defaults=True):
    """One step of a ladder. Exactly one of ``share`` (of the target, 0–1), ``before`` and
    ``after`` (the deadline) places it; ``breach`` is at the deadline itself (``after`` 0)."""

    kind: RungKind
    to: Recipient = "owner"
    share: float | None = None
    before: timedelta | None = None
    after: timedelta | None = None
    #: How its distance is counted; empty: as the target's time is.
    time: Literal["", "working", "wall"] = ""
    #: It is repeated ``again`` times, at intervals of ``every``.
    every: timedelta | None = None
    again: int = 0


RungKind = Literal["warn", "breach", "escalate", "pull_back"]
#: The kind of a rung, whom it tells, and how its distance is counted.
Step = tuple[RungKind, Recipient, Literal["", "working", "wall"]]


class Target(Struct, frozen=True, dict=True):
    """A deadline for the owner, with the act that stops its clock and its ladder."""

    id: str
    label: str
    within: timedelta
    #: A disposition is how the handoff ended: qualified, recycled or disqualified. Empty: only
    #: ``stops_when`` stops it.
    stops_on: Literal["accept", "touch", "disposition", ""]
    ladder: tuple[Rung, ...]
    #: Working time of the calendar, or every hour of the day.
    time: Time = "working"
    #: Subject of the HubSpot task for it ({name} and {company} are filled in); empty: no task.
    task: str = ""
    #: Whose hours are counted: ``team`` (the owner's), ``territory`` (the lead's), or a calendar
    #: id; empty: the owner's.
    calendar: str = ""
    #: The act with which its time begins, once ``starts_when`` holds as well.
    starts_on: Literal["assigned", "accept", "touch"] = "assigned"
    starts_when: When = {}
    #: While this holds the target counts as met, whatever was done.
    stops_when: When = {}
    #: Label of a lead whose ladder has ended.
    ends_as: str = ""

    @cached_property
    def steps(self) -> tuple[Step, ...] | None:
        """The rungs in order of time, each repetition by itself; None: see ``_timeline``."""
        return None if self._timeline is None else tuple(step for _, step in self._timeline)

    @cached_property
    def distances(self) -> tuple[timedelta, ...]:
        """How far each of the steps is from the start of the target's time, and the deadline."""
        return (*(distance for distance, _ in self._timeline or ()), self.within)

    @cached_property
    def _timeline(self) -> list[tuple[timedelta, Step]] | None:
        """Each step at its distance; None: some are placed before the deadline or counted in
        another way than it, so their instants must be worked out one by one.
        """
        found: list[tuple[timedelta, Step]] = []
        for rung in self.ladder:
            if rung.share is not None:
                distance = self.within * rung.share
            elif rung.after is not None:
                distance = self.within + rung.after
            else:
                return None
            if rung.time and rung.time != self.time:
                return None
            every, times = (rung.every, rung.again) if rung.every else (timedelta(), 0)
            step = (rung.kind, rung.to, rung.time)
            found += ((distance + n * every, step) for n in range(times + 1))
        return sorted(found, key=itemgetter(0))


class Tier(Struct, frozen=True):
    """How hot a lead is, and its targets. The first tier whose ``when`` holds applies."""

    id: str
    label: str
    when: When
    targets: tuple[Target, ...]
    #: In place of ``Attendance.told_within``; None: as there.
    told_within: timedelta | None = None


#: What happens to the leads that an owner has not worked on when their leave begins: they go to the
#: next rep; the backup has them until the owner is back; or they stay.
WhenLeaveBegins = Literal["hand_over", "cover", "stay"]


class Attendance(Struct, frozen=True, omit_defaults=True):
    """What happens to leads whose owner is not there.

    Somebody who is there is told of such a lead within ``told_within`` of the next instant at which
    anybody who answers for it works; if that is more than ``at_most`` ahead, the channel is told at
    once.
    """

    told_within: timedelta = timedelta(minutes=15)
    at_most: timedelta = timedelta(days=1)
    leave_begins: WhenLeaveBegins = "hand_over"


class Pause(Struct, frozen=True, omit_defaults=True):
    """While ``when`` holds, the clocks of ``targets`` (empty: all) are paused."""

    id: str
    label: str
    when: When
    targets: tuple[str, ...] = ()


class Track(Struct, frozen=True):
    """A nurture track that HubSpot's workflows enrol recycled leads in."""

    id: str
    label: str
    #: Written to HubSpot so that its workflows know the track.
    value: str
    cool_off: timedelta
    max_rounds: int
    keep_owner: bool = False


class Staleness(Struct, frozen=True):
    """After ``after`` without activity in one of ``stages`` the lead is closed for ``reason``."""

    stages: tuple[str, ...]
    when: When
    after: timedelta
    warn_before: timedelta
    reason: str


class Idle(Struct, frozen=True, omit_defaults=True):
    """A lead to which no staleness rule applies is closed after ``after`` without activity, without
    a warning.
    """

    after: timedelta = timedelta(days=90)
    #: If the policy has no such reason, its first one is used.
    reason: str = "no_response"


class Play(Struct, frozen=True):
    """The sequence, template or playbook that fits the offer that created the lead."""

    when: When
    text: str


class Digest(Struct, frozen=True):
    #: Local time of day "HH:MM" in the manager's calendar zone.
    at: str
    #: Send on days the manager does not work, too.
    every_day: bool = False


Severity = Literal["warning", "breach", "escalation"]
#: What happens to a message to somebody who is not at work.
WhenOutside = Literal["wait", "backup", "through"]


class MessageLimits(Struct, frozen=True, omit_defaults=True):
    """When, and how often, people are told: their quiet hours, and how many messages an hour."""

    warning: WhenOutside = "wait"
    breach: WhenOutside = "backup"
    escalation: WhenOutside = "through"
    #: Messages to one person in an hour; the rest comes in one summary. 0: any number.
    an_hour: int = 12

    def in_quiet_hours(self, severity: Severity) -> WhenOutside:
        ways = {"warning": self.warning, "breach": self.breach, "escalation": self.escalation}
        return ways[severity]


class Notifications(Struct, frozen=True):
    #: Slack channel for rungs addressed to "channel", and for RevOps matters: its id, or its #name
    #: if Slack was not asked when the policy was published.
    channel: str
    ops_channel: str
    digest: Digest
    plays: tuple[Play, ...] = ()
    #: Stored under its older name.
    message_limits: MessageLimits = field(default=MessageLimits(), name="respect")
    #: What a channel given by its id is called (#name); empty: not known.
    channel_name: str = ""
    ops_channel_name: str = ""

    def called(self, to: str) -> str:
        """*to* as people know it, if it is one of the channels."""
        names = {self.ops_channel: self.ops_channel_name, self.channel: self.channel_name}
        return names.get(to) or to
