"""Somebody takes no leads for a while, or takes them again: what that means for them and others.

Two things are known of a person apart from the policy: what was said (by them in Slack, or by
RevOps), and whether HubSpot takes them as owner. Each goes by the last word, whatever the order
they arrive in.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from baton.domain.policy import Person, Policy
from baton.domain.time import believable
from baton.domain.world.effects import NoticeState, person_subject
from baton.domain.world.events import Told
from baton.domain.world.world import Away, Load
from baton.presentation.words import in_zone


class Word(Struct, frozen=True, kw_only=True):
    """What somebody says of *person*: away, until an instant or until further notice; or back."""

    id: str
    at: datetime
    away: bool
    until: datetime | None = None
    #: The same in the person's own time, where who asked does not know their zone: ``2026-12-01``
    #: (that day's beginning), ``2026-12-01T13:00``, or ``13:00`` (the next).
    back: str = ""
    source: Told = "cli"
    #: Who says so, where it is not they themselves.
    by: str = ""


class Settled(Struct, frozen=True):
    """What came of a word."""

    #: What is known of the person from now on, not yet one version on.
    load: Load
    because: str
    notices: tuple[NoticeState, ...] = ()
    #: Pools in whose queue a lead may have waited for them.
    offers: tuple[str, ...] = ()


def settle(policy: Policy, person: Person, word: Word, load: Load, now: datetime) -> Settled | None:
    """
    Work *word* out. None: a later one is known.

    Raises:
        ValueError: ``back`` is no time.
    """
    at = believable(word.at, now)
    known = load.refused if word.source == "hubspot" else load.away
    if known is not None and known.since > at:
        return None
    if not word.away:
        return _returned(policy, person, word, load, at)
    until = instant_of(word.back, policy.zone_of(person), at) if word.back else word.until
    if until is not None and until <= now:
        until_when = in_zone(until, policy.zone_of(person))
        told = _notice(person, word, now, "Nothing changed", f"{until_when} is already past.")
        return Settled(load, f"away until {until_when}, which is already past", (told,))
    away = Away(at, until, word.source)
    if word.source == "hubspot":
        return Settled(
            replace(load, refused=away),
            "HubSpot does not take them as owner",
            (_ops(policy, person, word, load, now, refused=True),),
        )
    title, because = _said_away(policy, person, word, until)
    lines = ["No new leads come to you."]
    if load.open:
        leads = f"{load.open} open leads stay" if load.open > 1 else "one open lead stays"
        lines.append(f"Your {leads} yours, and the clocks run on.")
    if person.backup in policy.person:
        lines.append(f"New leads of your accounts go to {policy.person[person.backup].name}.")
    lines.append("Back earlier? /baton back")
    return Settled(replace(load, away=away), because, (_notice(person, word, now, title, *lines),))


def instant_of(text: str, zone: str, now: datetime) -> datetime:
    """
    The instant that *text* means in *zone*: a date (its beginning), a date with a time, or a time
    (the next after *now*). A time that the clocks skip is taken after the gap; of one that
    happens twice the first counts.

    Raises:
        ValueError: It is neither.
    """
    here = ZoneInfo(zone)
    if "-" in text:
        return datetime.fromisoformat(text).replace(tzinfo=here).astimezone(UTC)
    of_day = time.fromisoformat(text)
    today = now.astimezone(here).date()
    first, second = (_on(today + timedelta(days=n), of_day, here) for n in (0, 1))
    return first if first > now else second


def _on(day: date, of_day: time, here: ZoneInfo) -> datetime:
    return datetime.combine(day, of_day.replace(tzinfo=None), here).astimezone(UTC)


def _returned(policy: Policy, person: Person, word: Word, load: Load, at: datetime) -> Settled:
    back = Away(at, at, word.source)
    offers = policy.waited_for.get(person.id, ())
    if word.source == "hubspot":
        notice = _ops(policy, person, word, load, at, refused=False)
        because = "HubSpot takes them as owner again"
        return Settled(replace(load, refused=back), because, (notice,), offers)
    still = _still_kept(policy, person, load, at)
    notice = _notice(
        person,
        word,
        at,
        f"{word.by} says that you are back" if word.by else "You are back",
        still or "New leads come to you again.",
    )
    because = f"back, {word.by} says" if word.by else "back, they say"
    return Settled(replace(load, away=back), because, (notice,), () if still else offers)


def _still_kept(policy: Policy, person: Person, load: Load, at: datetime) -> str:
    """What keeps leads from somebody who is back; empty: nothing does."""
    if not person.active:
        return "But the roster has you as inactive, so no leads come yet: ask RevOps."
    if load.refused is not None and load.refused.holds(at):
        return "But HubSpot does not take you as owner, so no leads come yet: ask RevOps."
    off = next((off for off in person.time_off if off.start <= at < off.end), None)
    if off is not None:
        until = in_zone(off.end, policy.zone_of(person))
        return f"But the roster has time off for you until {until}: ask RevOps to end it."
    return ""


def _said_away(
    policy: Policy, person: Person, word: Word, until: datetime | None
) -> tuple[str, str]:
    """The title for who is away, and the reason for the trail."""
    when = "until further notice"
    if until is not None:
        when = f"until {in_zone(until, policy.zone_of(person))}"
    if word.by:
        return f"{word.by} says that you are away {when}", f"away {when}, {word.by} says"
    return f"You are away {when}", f"away {when}, they say"


def _notice(person: Person, word: Word, now: datetime, title: str, *lines: str) -> NoticeState:
    return NoticeState(
        subject=person_subject(person.id),
        slot=f"notice:{word.id}",
        version=1,  # a slot of its own for each word
        to=person.slack_user,
        level="info",
        title=title,
        lines=lines,
        at=now,
    )


def _ops(
    policy: Policy, person: Person, word: Word, load: Load, now: datetime, *, refused: bool
) -> NoticeState:
    level: Literal["info", "warning"] = "warning" if refused else "info"
    if refused:
        title = f"HubSpot does not take {person.name} as owner"
        lines = ["Their user was deactivated or removed there, so they get no leads any more."]
        if load.open:
            leads = f"{load.open} open leads are" if load.open > 1 else "one open lead is"
            lines.append(
                f"Their {leads} still theirs: `baton roster leave {person.id}` moves what is open."
            )
    else:
        title = f"HubSpot takes {person.name} as owner again"
        lines = ["They get leads again."]
    to = policy.notifications.ops_channel
    notice = _notice(person, word, now, title, *lines)
    return replace(notice, to=to, level=level)
