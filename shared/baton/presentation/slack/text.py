"""Text that Slack will take, whatever somebody typed into a form."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

#: Control characters, and the ones that turn the direction of what follows (a name must not be
#: able to rewrite the line it stands in). Joiners stay: scripts and emoji need them.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+", re.ASCII)
_PHONE = re.compile(r"\+?[\d][\d ()./-]{4,24}\d")

DASH = "–"


def clean(text: str) -> str:
    """*text* without what cannot be seen or sent, trimmed."""
    sendable = text.encode("utf-8", "replace").decode("utf-8")
    return _UNSEEN.sub(" ", sendable).strip()


def plain(text: str, limit: int, otherwise: str = DASH) -> str:
    """One line of plain text of 1 to *limit* characters; *otherwise* where nothing is left."""
    line = " ".join(clean(text).split())
    return _cut(line, limit) or otherwise


def escape(text: str) -> str:
    """The three characters that Slack's markup gives a meaning, as Slack wants them."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def fit(text: str, limit: int, otherwise: str = DASH) -> str:
    """*text* for markup: clean, escaped and of at most *limit* characters after escaping."""
    tidy = clean(text)
    escaped = escape(tidy)
    if len(escaped) <= limit:
        return escaped or otherwise
    # Cut before escaping, so that no "&amp;" is torn in two.
    kept, room = [], limit - 1
    for character in tidy:
        piece = escape(character)
        if len(piece) > room:
            break
        kept.append(piece)
        room -= len(piece)
    return "".join(kept).rstrip() + "…"


def one_line(text: str, limit: int, otherwise: str = DASH) -> str:
    """As ``fit``, without line breaks."""
    return fit(" ".join(text.split()), limit, otherwise)


def linked(value: str, limit: int) -> str:
    """A packet value: an address or number alone becomes a link to tap on; all else is text.

    Nothing else is linked: what a stranger typed into a form must not become a link by itself
    (the blocks are sent *verbatim*).
    """
    tidy = clean(value)
    if _EMAIL.fullmatch(tidy) and len(tidy) * 2 + 10 <= limit:
        return f"<mailto:{tidy}|{tidy}>"
    if _PHONE.fullmatch(tidy):
        return f"<tel:{re.sub(r'[^+0-9]', '', tidy)}|{tidy}>"
    return fit(value, limit)


def zone_named(name: str) -> tzinfo:
    """The zone, or UTC where the name is not one: a wrong zone must not stop a message."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def spelled(at: datetime, zone: str) -> str:
    """E.g. "Tue 24 Nov, 15:12 CET", for where Slack's own dates do not work."""
    there = at.astimezone(zone_named(zone))
    return f"{there:%a} {there.day} {there:%b, %H:%M %Z}"


def dated(at: datetime, zone: str, form: str = "{date_short_pretty} at {time}") -> str:
    """A date that Slack shows in each reader's own time zone."""
    return f"<!date^{int(at.timestamp())}^{form}|{escape(spelled(at, zone))}>"


def _cut(line: str, limit: int) -> str:
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
