"""SLA targets and ladders, pauses, nurture tracks, staleness, digests and notifications."""

from __future__ import annotations

from datetime import timedelta
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

    kind: Literal["warn", "breach", "escalate", "pull_back"]
    to: Recipient = "owner"
    share: float | None = None
    before: timedelta | None = None
    after: timedelta | None = None
    #: How its distance is counted; empty: as the target's time is.
    time: Literal["", "working", "wall"] = ""
    #: It is repeated ``again`` times, at intervals of ``every``.
    every: timedelta | None = None
    again: int = 0


class Target(Struct, frozen=True):
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


class Tier(Struct, frozen=True):
    """How hot a lead is, and its targets. The first tier whose ``when`` holds applies."""

    id: str
    label: str
    when: When
    targets: tuple[Target, ...]


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
