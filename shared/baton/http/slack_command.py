"""
Slack's slash command, translated: ``/baton away until …`` and ``/baton back``.

The command names its sender only by Slack id; only the roster knows the person and their time zone.
So the event carries the time as it was typed, and its worker reads it in that zone.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Annotated

from msgspec import Meta, Struct

from baton.domain.text import folded
from baton.http.slack import form_of
from baton.wire.decoding import convert
from baton.wire.details import PersonHint

#: The longest leave that the command takes; a longer one belongs in the roster.
LONGEST = timedelta(days=366)

#: The date in the help is so far ahead, so that it can be typed as it stands, in every zone.
AHEAD = timedelta(days=7)
NOTED = "Noted. Baton will tell you in a moment what this changes for your leads."

_Id = Annotated[str, Meta(pattern=r"\A[!-~]{1,40}\Z")]
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AWAY = re.compile(r"away\b(?:\s+(?:until|till|for)\b)?\s*(?P<when>.*)", re.DOTALL)
_FOR = re.compile(r"(?P<n>\d{1,4})\s*(?P<unit>[mhdw])(?:in(?:ute)?s?|(?:ou)?rs?|ays?|eeks?)?")
_DAY = re.compile(r"(?P<day>\d{4}-\d\d-\d\d)(?:[ t]+(?P<time>\d{1,2}:\d\d))?")
_TIME = re.compile(r"\d{1,2}:\d\d")


class Command(Struct, frozen=True):
    """The result of a command: news for the bus, if any, and what Slack shows at once."""

    hint: PersonHint | None
    reply: str


class _Form(Struct, frozen=True):
    user_id: _Id
    team_id: _Id
    trigger_id: Annotated[str, Meta(pattern=r"\A[!-~]{1,120}\Z")]
    text: str = ""


class _Unclear(Exception):
    """The text is not understood; the message says what to type."""


def how_to(now: datetime) -> str:
    """What may be typed."""
    day = (now + AHEAD).date().isoformat()
    return "\n".join(
        (
            "`/baton away` – you get no new leads until you say that you are back",
            f"`/baton away 15:30` – until then, in your own time; also `{day}`,"
            f" `{day} 13:00`, `2 hours`, `3 days`",
            "`/baton back` – you get new leads again",
        )
    )


def read_command(body: bytes, now: datetime) -> Command:
    """
    Translate one slash command. If it is not understood, the answer says what to type.

    Raises:
        Malformed: Not the form Slack sends; names the field.
    """
    fields = form_of(body)
    if "ssl_check" in fields:
        return Command(None, "")
    form = convert(fields, _Form, "form")
    said = folded(form.text)
    try:
        away, until, back = _meant(said, now)
    except _Unclear as unclear:
        return Command(None, "\n".join(filter(None, (str(unclear), how_to(now)))))
    hint = PersonHint(
        event_id=f"slc:{form.team_id}:{form.user_id}:{form.trigger_id}",
        person=f"slack:{form.user_id}",
        occurred_at=now,
        away=away,
        until=until,
        back=back,
        source="slack",
    )
    return Command(hint, NOTED)


def _meant(said: str, now: datetime) -> tuple[bool, datetime | None, str]:
    """(away or back, until when, the same in their own time)."""
    if said in ("", "help"):
        raise _Unclear("")
    if said in ("back", "i'm back", "here"):
        return False, None, ""
    away = _AWAY.fullmatch(said)
    if away is None:
        raise _Unclear("Baton does not know that command.")
    when = away["when"]
    if not when:
        return True, None, ""
    if (lasting := _FOR.fullmatch(when)) is not None:
        length = timedelta(**{_UNITS[lasting["unit"]]: int(lasting["n"])})
        if not timedelta() < length <= LONGEST:
            raise _Unclear("Give a minute to a year; for longer, use the roster.")
        return True, now + length, ""
    return True, None, _local(when, now)


def _local(when: str, now: datetime) -> str:
    """The time typed, as LocalTime of the vocabulary."""
    try:
        if _TIME.fullmatch(when):
            return f"{_time(when):%H:%M}"
        found = _DAY.fullmatch(when)
        if found is None:
            raise _Unclear("Baton cannot read that time.")
        day = date.fromisoformat(found["day"])
        at = f"T{_time(found['time']):%H:%M}" if found["time"] else ""
    except ValueError:
        raise _Unclear("That time does not exist.") from None
    if day > now.date() + LONGEST:
        raise _Unclear("A year at most; for longer, use the roster.")
    return f"{day.isoformat()}{at}"


def _time(text: str) -> time:
    hours, minutes = text.split(":")
    return time(int(hours), int(minutes))
