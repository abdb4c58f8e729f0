"""sla.yaml, recycling.yaml and notifications.yaml: how their differences are worded."""

from __future__ import annotations

from typing import Any

from baton.policy_tools.diff.phrases import (
    Condition,
    Items,
    Row,
    Switch,
    Thing,
    Value,
    Whole,
    under,
    worded,
)
from baton.policy_tools.diff.showing import TIME, deadline, if_any, in_quotes, length, promise, rung
from baton.policy_tools.diff.walking import encoded
from baton.presentation.conditions import clause
from baton.presentation.words import listed, quoted, span


def _stages(one: Any) -> str:
    return f"Closing idle leads in {listed(one.stages)}{if_any(one.when)}"


def _play(one: Any) -> str:
    return f"The play {clause(one.when)}" if one.when else "The play for all other leads"


_TOUCHES = {
    "calls_made": "calls to the person that are",
    "calls_answered": "calls from the person that are",
    "emails_sent": "e-mails that are",
    "meetings": "meetings that are",
    "messages": "messages by",
}

ROWS: dict[str, Row] = {
    "tiers": Thing(
        "Tier {one.label}",
        new=lambda one: listed(f"{target.label} {deadline(target)}" for target in one.targets),
        tried=True,
    ),
    **under(
        "tiers.targets",
        Thing("Tier {outer.label}: {one.label}", new=promise),
        within=Whole("is due within", length),
        stops_on=Value("is now stopped by", "is no longer stopped by an act"),
        stops_when=Condition("is now kept", "is no longer kept by a condition"),
        starts_on=Value("now begins with"),
        starts_when=Condition("now begins", "now begins without a condition"),
        calendar=Value("now counts by the hours of", show=lambda one: one or "the owner"),
        ends_as=Value("now ends as", show=in_quotes),
        ladder=Items("now", "no longer", "the steps of its ladder", rung),
        time=Value("now counts", show=worded(**TIME)),
        task=Value("now makes the task", "now makes no task", in_quotes),
    ),
    "pauses": Thing("Pause {one.label}", new=lambda one: f"clocks are paused {clause(one.when)}"),
    "pauses.targets": Value(
        "now stops the clocks of", show=lambda targets: listed(targets) or "every target"
    ),
    "snooze_at_most": Value("may now be snoozed for at most"),
    "tiers.told_within": Value(
        "is now told to somebody who is there within",
        "is told to somebody who is there as soon as any other lead",
    ),
    **under(
        "attendance",
        told_within=Value("is now told to somebody who is there within"),
        at_most=Value("is now told to the channel at once if nobody is there for"),
        leave_begins=Value(
            "now",
            show=worded(
                hand_over="goes to the next rep when their leave begins",
                cover="goes to the backup when their leave begins, until they are back",
                stay="stays theirs when their leave begins",
            ),
        ),
    ),
    **under(
        "touches",
        **{
            key: Items(
                f"now counts as reaching out: {what}",
                f"no longer counts as reaching out: {what}",
                f"the list of {what}",
            )
            for key, what in _TOUCHES.items()
        },
        unlisted=Value(
            "now",
            show=worded(
                count="counts values that HubSpot does not publish",
                ignore="ignores values that HubSpot does not publish",
            ),
        ),
        by=Value(
            "now",
            show=worded(
                owner="counts only the owner's own first touch",
                backup="counts a first touch by the owner's backup, too",
                team="counts a first touch by the owner's backup or team, too",
                roster="counts a first touch by anybody in the roster",
            ),
        ),
        outcomes_ignored=Items(
            "no longer counts calls with the outcome",
            "counts calls again with the outcome",
            "the outcomes that do not count",
        ),
    ),
    **under(
        "tracks",
        Thing("Track {one.label}", new=lambda one: f"a cool-off of {span(one.cool_off)}"),
        value=Value("is now written to HubSpot as"),
        cool_off=Value("now has a cool-off of"),
        max_rounds=Value("now allows at most {:round/rounds}"),
        keep_owner=Switch("now keeps the owner", "no longer keeps the owner"),
    ),
    "early": Value(
        "now answers leads that are brought back during a cool-off or after the last round by",
        show=worded(hold="holding them", ask="asking", follow="following"),
    ),
    **under(
        "staleness",
        Thing(
            _stages,
            new=lambda one: f"closed after {span(one.after)} for {one.reason}",
            key=lambda one: f"{listed(one.stages)} {encoded(one.when)}",
            tried=True,
        ),
        after=Value("now happens after"),
        warn_before=Value("now warns the owner before closing by"),
    ),
    "idle.after": Value("is now closed after"),
    "idle.reason": Value("is now closed for"),
    **under(
        "notifications",
        channel=Value("now alerts the channel"),
        ops_channel=Value("now tells RevOps in"),
        digest__at=Value("now sends the digest at"),
        digest__every_day=Switch(
            "now sends the digest every day", "now sends the digest on working days only"
        ),
        plays=Thing(
            _play,
            new=lambda one: quoted(one.text),
            key=lambda one: encoded(one.when),
            tried=True,
        ),
        plays__text=Value("is now", show=in_quotes),
        message_limits__warning=Value("now treats a warning outside hours with"),
        message_limits__breach=Value("now treats a breach outside hours with"),
        message_limits__escalation=Value("now treats an escalation outside hours with"),
        message_limits__an_hour=Value("now sends one person at most {:message/messages} an hour"),
    ),
}
