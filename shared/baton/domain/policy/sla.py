"""By when, what if not, and where leads go that are not ready."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from msgspec import Struct

from baton.domain.policy.criteria import When

#: Whom a rung tells; the director is the manager's manager, on_duty whoever the rota names.
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
    #: It comes again after each ``every``, ``again`` times.
    every: timedelta | None = None
    again: int = 0


class Target(Struct, frozen=True):
    """A promise with its own deadline, its own act that stops it and its own ladder."""

    id: str
    label: str
    within: timedelta
    #: A disposition is how the handoff ended: qualified, recycled or disqualified. Empty: no act
    #: does, only ``stops_when``.
    stops_on: Literal["accept", "touch", "disposition", ""]
    ladder: tuple[Rung, ...]
    #: Working time of the calendar, or every hour of the day.
    time: Time = "working"
    #: Subject of the HubSpot task for it ({name} and {company} are filled in); empty: no task.
    task: str = ""
    #: Whose hours are counted: ``team`` (the owner's), ``territory`` (the lead's), or a calendar
    #: id; empty: the owner's.
    calendar: str = ""
    #: What its time begins with, as soon as ``starts_when`` holds, too.
    starts_on: Literal["assigned", "accept", "touch"] = "assigned"
    starts_when: When = {}
    #: As long as it holds the promise is kept, whatever was done.
    stops_when: When = {}
    #: What a lead is called whose ladder was climbed to its end.
    ends_as: str = ""


class Tier(Struct, frozen=True):
    """How hot a lead is, and what it is promised. The first tier whose ``when`` holds applies."""

    id: str
    label: str
    when: When
    targets: tuple[Target, ...]


class Pause(Struct, frozen=True, omit_defaults=True):
    """As long as ``when`` holds, clocks stand still: those of ``targets``; empty: all."""

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
    """A lead of which no staleness rule speaks is closed after ``after`` without activity, without
    a warning."""

    after: timedelta = timedelta(days=90)
    #: Where the policy has no such reason: its first one.
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
#: What becomes of a message to somebody who is not at work.
Outside = Literal["wait", "backup", "through"]


class Respect(Struct, frozen=True, omit_defaults=True):
    """How much is asked of whoever is told."""

    warning: Outside = "wait"
    breach: Outside = "backup"
    escalation: Outside = "through"
    #: Messages to one person in an hour; the rest comes in one summary. 0: any number.
    an_hour: int = 12

    def of(self, severity: Severity) -> Outside:
        ways = {"warning": self.warning, "breach": self.breach, "escalation": self.escalation}
        return ways[severity]


class Notifications(Struct, frozen=True):
    #: Slack channel (id or #name) for rungs addressed to "channel", and for RevOps matters.
    channel: str
    ops_channel: str
    digest: Digest
    plays: tuple[Play, ...] = ()
    respect: Respect = Respect()
