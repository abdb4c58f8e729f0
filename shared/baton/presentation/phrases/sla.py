"""Targets: clocks, ladders and who is told, inactivity, snoozing, and how a deadline was
computed."""

from __future__ import annotations

import re

from baton.domain.phrase import Arg
from baton.presentation.phrases.choosing import Words, given, rounded

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _weekday(day: int) -> str:
    return _WEEKDAYS[day % 7]


def _did(label: Arg, what: Arg, times: int, last: Arg) -> str:
    said = "{0}: {1}" if what else "{0}"
    return said + (" ({2:time/times}, last {3:at})" if times > 1 else " ({3:at})")


def _fit_and_behaviour(fit: float, fit_needed: float, did: float, did_needed: float) -> str:
    known, done = rounded(0, fit, fit_needed), rounded(2, did, did_needed)
    return f"Fit {known} (needs {{1}}), behaviour {done} (needs {{3}})"


def _stage(label: Arg, since: Arg, times: int) -> str:
    return "{0} since {1:at}" + (" (entered {2:time/times})" if times > 1 else "")


def _task_subject(task: str, name: Arg = "", company: Arg = "") -> str:
    """The subject from the policy, with ``{name}`` and ``{company}`` of the lead filled in.

    One that is not known goes with its brackets, or with what sets it apart from the other.
    """
    for blank, value in (("{name}", name), ("{company}", company)):
        if not value and blank in task:
            task = _without(task, re.escape(blank))
    literal = task.replace("{", "{{").replace("}", "}}")
    return literal.replace("{{name}}", "{1}").replace("{{company}}", "{2}")


#: What sets a name apart: close to the word before it, or between spaces.
_APART = r"(?:\s*[,;:]\s*|\s+[-–—|/·]\s+)"


def _without(task: str, blank: str) -> str:
    """*task* without *blank*, a pattern."""
    for place, instead in (
        (rf" \({blank}\)|\({blank}\) ?", ""),
        (rf"{_APART}{blank}", ""),
        (rf"(^|\(){blank}{_APART}", r"\1"),
    ):
        task = re.sub(place, instead, task)
    return task


PHRASES: dict[str, Words] = {
    # clocks
    "clock.started": "{target} due {due:at} ({how})",
    "counts.every_hour": "{tier}, every hour counts",
    "counts.calendar": "{tier}, in {calendar} hours",
    "counts.owner": "{tier}, in {person}'s calendar",
    "clock.kept": "{target}: kept",
    "clock.no_longer_kept": "{target}: no longer kept, its clock continues, due {due:at}",
    "clock.paused": "{target}: paused, {pauses}",
    "clock.resumed": "{target}: continues, due {due:at}",
    "clock.due": "{target} is due {due:at}.",
    "clock.none_due": "no clock is due",
    "clock.moved_on": "the lead moved on; its old ladder ends",
    "reapply.nobody_has_it": "nobody has this lead, so no clock is running",
    "reapply.no_tier": "no tier matches the lead any more",
    "reapply.same": "its clocks match the policy already",
    "reapply.moved": "{target}: due {due:at}, was {before:at}",
    "reapply.dropped": "{target}: is no longer a target of this lead",
    # rungs
    "warn.overtaken": "{target}: no warning, the deadline has passed",
    "warn.too_late": "{target}: not warned, {to:spelled} is at work only after the deadline",
    "warn.superseded": "{target}: {to:spelled} is warned once, by a later warning",
    "warn.later": "{target}: {to:spelled} is warned when at work",
    "rung.not_told": "{target}: {to:spelled} no longer needs to be told",
    "rung.told_later": "{target}: {kind}, {to:spelled} is told when at work",
    "rung.told": "{target}: {kind}, told {to:spelled}",
    "pull_back": given(
        1, "{target}: pulled back from {owner}", "{target}: pulled back from its owner"
    ),
    "pull_back.touched": "{target}: not pulled back, the owner has been in touch",
    "pull_back.last_resort": "{target}: not pulled back, {owner} is the last resort",
    "pull_back.by_hand": "{target}: not pulled back, the owner was changed in HubSpot",
    "pull_back.waits": "{target}: pull-back waits, HubSpot cannot be read",
    "pull_back.note": "{target} ran out; the lead went to the next rep",
    "pull_back.why": "{target} ran out",
    # notices of a ladder
    "notice.nobody": "notice {slot}: nobody to tell",
    "notice.warned": "{target} for {lead} is due {due:at}",
    "notice.breached": "{target} for {lead} was due {due:at}",
    "notice.escalated": given(
        0,
        "{owner} has missed {target} for {lead}, due {due:at}",
        "Its owner has missed {1} for {2}, due {3:at}",
    ),
    "next.breach": "From then on it counts as a breach.",
    "next.pull_back": "Next: the lead goes to the next rep {at:at}.",
    "next.stays": "The lead stays with {owner}: there is nobody after them who could take it.",
    "next.told": "Next: {who} is told {at:at}.",
    "to.owner": "the owner",
    "to.backup": "the backup",
    "to.manager": "the manager",
    "to.director": "the director",
    "to.channel": "the channel",
    "to.on_duty": "the person on duty",
    "missed.at_once": "Baton was late, so this one message stands for several steps: {steps}.",
    "missed.step": "{who}, due to be told {at:at}",
    "told_instead": "You get this in place of {person}, who is not at work.",
    "undelivered": "could not be delivered to {to}: {why}",
    "undelivered.instead": "told {to} instead",
    "undelivered.nothing_left": "the message is out of date, so nobody else is told",
    "undelivered.nobody_left": "nobody is left to tell; the refused message is parked",
    "undelivered.title": "{to} could not be told about {lead} in Slack",
    "undelivered.why": given(
        1,
        "Slack says: {why} ({fix}). Please take care of the lead; RevOps can send the message again"
        " once that is fixed.",
        "Slack says: {0}. Please take care of the lead; RevOps can send the message again once that"
        " is fixed.",
    ),
    "with.since": "{owner} has had it since {since:at}.",
    "with.since_not_accepted": "{owner} has had it since {since:at}, and has not accepted it yet.",
    # inactivity and snoozing
    "idle.not_running": "no clock of inactivity is running",
    "idle.not_yet": "not idle yet",
    "idle.active": "not idle: HubSpot knows of activity",
    "idle.waits": "closing waits, HubSpot cannot be read",
    "idle.warned_later": "idle: warned once the owner is at work",
    "idle.warned": "idle: warned; without activity it is closed {due:at}",
    "idle.title": "{lead} has had no activity for a while",
    "idle.then": "Without activity the lead goes back to marketing {due:at}.",
    "snoozed": "snoozed until {until:at}",
    "snooze.passed": "{until:at} has passed, so the lead cannot be snoozed until then",
    "snooze.over": "the snooze is over",
    "returns.waits": "the snooze is over, but there is no room for the lead: it stays snoozed "
    "until there is, until {until:at} at the latest",
    "returns.passed_on": given(
        0, "the snooze was over, and {person} had no room for it", "the snooze was over"
    ),
    "returns": "{lead} is back from its snooze",
    "returns.no_room": "There is no room for it: you have {count:open lead/open leads}. It stays "
    "snoozed until you close one or hand one over.",
    "returns.next": "The lead goes to the next rep {until:at}.",
    "snooze.not_theirs": "that owner no longer has the lead, so it cannot be snoozed",
    "snooze.too_long": "a lead can be snoozed for at most {most:span}",
    "snooze.already": "the lead is snoozed already",
    "forgotten": "it has been owned for so long that it no longer counts as open",
    # what the owner does
    "accepted": given(0, "{owner} accepted", "The owner accepted"),
    "accepted.seen": given(0, "{owner} accepted ({where})", "The owner accepted ({1})"),
    "touch": "first touch: {what} (seen in {where})",
    "touch.reported": given(
        0, "{owner} reported a first touch", "The owner reported a first touch"
    ),
    "touch.no_act": given(
        2,
        "a {what} of {at:at} does not count as reaching out ({value})",
        "a {what} of {at:at} does not count as reaching out",
    ),
    "touch.came_to_nothing": "first touch: HubSpot's record of it does not count any more;"
    " its clock continues with the time that was left",
    "touch.no_touch": "What was seen in HubSpot does not count as a first touch any more",
    "touch.seen": "{owner}: {what}",
    "touch.denied": "first touch: not all records could be read, {why}",
    "status.touch": "{who} set {status} in HubSpot",
    "status.asked": "lead status: {who} set {status}; not followed, RevOps is asked",
    "status.asked.title": "The lead status of {lead} was set to {status} in HubSpot",
    "status.asked.who": "{who} set {status}. Baton's clocks and stage stay as they are.",
    "status.asked.if_meant": "If intended, press the button on the lead's card, or set its stage in"
    " HubSpot; if not, set the status back.",
    "touch.seen_for": "{person}: {what}, for {owner}",
    "touch.confirmed": "first touch: the reported touch is now seen in HubSpot ({what})",
    "touch.taken_back": "first touch: taken back; its clock continues with the time that was left",
    "touch.undone": given(
        0, "{owner} took the first touch back", "The owner took the first touch back"
    ),
    "meeting.booked": "a meeting is booked",
    "meeting.off": "the meeting was called off, or nobody came",
    "explained": "explained the deadlines",
    "click.refused": "click {action} refused: {why}",
    "click.not_ready": "{lead} is not ready for {stage} yet. Please add in HubSpot: {lacks}. The"
    " lead then continues by itself.",
    "click.no_way_on": "No transition leads forward from {stage}, so nothing was changed.",
    "click.not_with_sales": "{lead} is not with sales any more, so nothing was changed.",
    "click.with": given(
        1,
        "{lead} is with {owner} now, so nothing was changed.",
        "{lead} is with somebody else now, so nothing was changed.",
    ),
    "click.not_yours": "{lead} was handed to somebody else; only they can act on it.",
    "click.accepted": "You already accepted {lead}.",
    "click.no_such_reason": "That reason is no longer offered. Please choose another one.",
    "click.accept_first": "Please accept {lead} first.",
    "click.touched": "The first touch of {lead} is already known.",
    "click.touch_seen": "The first touch of {lead} was seen in HubSpot, so it stays.",
    "click.no_touch": "No first touch of {lead} is known, so nothing was changed.",
    # cards and tasks
    "why_now.did": _did,
    "why_now.offer": "Asked for: {offer}",
    "form": '{form}, on "{page}"',
    "form.cut": "{name}…",
    "form.end": "…{name}",
    "why_now.score": "Score: {score}",
    "why_now.fit": _fit_and_behaviour,
    "why_now.stage": _stage,
    "task.subject": _task_subject,
    "task.due": "Due {due:at}. {why}.",
    # why a deadline is when it is, in the time of the calendar it counts by
    "story": "{target}:",
    "story.next": "\n{target}:",
    "story.none": "No clock of this lead is running.",
    "story.from_to": "From {start} to {due}",
    "story.counted": "counted {span}: {length:hours}",
    "story.skipped": "skipped {span}: {why}",
    "story.every_hour": "Every hour counts: {length:hours}.",
    "story.sum": "Sum: {length:hours} of {whose}'s working time ({zone}).",
    "whose.calendar": "the {calendar} calendar",
    "story.more": "… {lines:line/lines} more …",
    "story.clocks_back": "the clocks go back by {by:span} on {day:date}",
    "story.clocks_forward": "the clocks go forward by {by:span} on {day:date}",
    "skipped.stood_still": "stood still",
    "skipped.time_off": "{person}'s time off",
    "skipped.night": "night",
    "skipped.break": "break",
    "skipped.outside": "outside the hours",
    "skipped.own_hours": "{day:date} has hours of its own",
    "skipped.holiday": given(0, "{name} ({day:date})", "holiday ({1:date})"),
    "skipped.weekday": _weekday,
}
