"""The channels that a policy names, looked up in the workspace: it is published with their ids, so
that a renamed channel is still found, and a private one too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import msgspec

from baton.application.ports.slack import Channel, ChannelList
from baton.domain.policy import Policy
from baton.policy_tools.faults import Fault, Finding, Severity, did_you_mean
from baton.policy_tools.loading import Loaded

#: The keys of notifications.yaml that name a channel.
KEYS = ("channel", "ops_channel")

_INVITE = "invite the app there: /invite @Baton"
_PRIVATE = f"if it is private, {_INVITE}"


@dataclass(frozen=True, slots=True)
class _Problem:
    message: str
    fix: str = ""
    severity: Severity = "error"


@dataclass(frozen=True, slots=True)
class Lookup:
    """What the workspace says about the channels of a policy."""

    #: Key -> its channel, as far as there is one.
    found: Mapping[str, Channel]
    findings: tuple[Finding, ...] = ()

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Those of the findings that refuse the policy."""
        return tuple(one for one in self.findings if one.severity == "error")


def look_up(files: Loaded, account: ChannelList) -> Lookup:
    """
    Find each channel that *files* name.

    A channel that is not there, or is archived, is a fault: nobody would ever be told there. One
    that the app is not in is a warning, because the invitation may come later; and so is one that
    cannot be seen because the app lacks the scope for private channels.
    """
    found: dict[str, Channel] = {}
    findings: list[Finding] = []
    for key in KEYS:
        named = getattr(files.notifications, key)
        channel = _channel(named, account)
        if channel is not None:
            found[key] = channel
        problem = _problem(named, channel, account)
        if problem is not None:
            finding = files.fault("notifications", (key,), problem.message)
            findings.append(replace(finding, severity=problem.severity, fix=problem.fix))
    return Lookup(found, tuple(sorted(findings)))


def with_ids(policy: Policy, found: Mapping[str, Channel]) -> Policy:
    """*policy* with the channels' ids in place of their names, and their names beside."""
    known = {key: channel.id for key, channel in found.items()}
    names = {f"{key}_name": f"#{channel.name}" for key, channel in found.items()}
    notifications = msgspec.structs.replace(policy.notifications, **known, **names)
    return msgspec.structs.replace(policy, notifications=notifications)


def unresolved(files: Loaded) -> tuple[str, ...]:
    """The channels that *files* give by name."""
    named = (getattr(files.notifications, key) for key in KEYS)
    return tuple(dict.fromkeys(name for name in named if name.startswith("#")))


def _channel(named: str, account: ChannelList) -> Channel | None:
    """The channel of that name or id. A name may be taken again once its channel is archived."""
    fitting = [one for one in account.channels if named in (f"#{one.name}", one.id)]
    return min(fitting, key=lambda one: one.archived, default=None)


def _problem(named: str, channel: Channel | None, account: ChannelList) -> _Problem | None:
    if channel is None:
        return _missing(named, account)
    if channel.archived:
        return _Problem(f"the channel {named} is archived", "unarchive it, or name another")
    if not channel.member:
        message = f"Baton is not in the channel {named}, and Slack takes no message for it"
        return _Problem(message, _INVITE, "warning")
    return None


def _missing(named: str, account: ChannelList) -> _Problem:
    by_name = named.startswith("#")
    renamed = next((one for one in account.channels if named[1:] in one.earlier), None)
    if by_name and renamed is not None:
        return _Problem(f"no channel is called {named} any more; it is #{renamed.name} now")
    if not account.private:
        return _Problem(
            f"the app sees no channel {named}, so the policy keeps what is written",
            "if it is private, add the scope groups:read to the app, reinstall it, publish again",
            "warning",
        )
    if not by_name:
        return _Problem(f"the workspace has no channel with the id {named}", _PRIVATE)
    names = [f"#{one.name}" for one in account.channels if not one.archived]
    return _Problem(f"the workspace has no channel {named}{did_you_mean(named, names)}", _PRIVATE)
