"""Makes any text, such as form input, safe for Slack."""

from __future__ import annotations

import re
from datetime import datetime

from baton.domain.phrase import Text
from baton.presentation import wording, words
from baton.presentation.cutting import blank, shortened, units
from baton.presentation.wording import line

#: Control characters, and those that change the text direction (a name must not be able to rewrite
#: its line). Joiners stay: scripts and emoji need them.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
#: Characters without width that nothing needs: in a name they only make two alike unlike.
_WIDTHLESS = re.compile("[\u00ad\u200b\u2060\ufeff]")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+", re.ASCII)
_SPACES = re.compile(r"\s+")
_PHONE = re.compile(r"\+?[\d][\d ()./-]{4,24}\d")

DASH = "–"
#: Lines of a packet value that are shown.
LINES = 8


def clean(text: str) -> str:
    """*text* without invisible and unsendable characters, trimmed; empty if none can be seen."""
    tidy = _sendable(text).strip()
    return "" if blank(tidy) else tidy


def _sendable(text: str) -> str:
    return _WIDTHLESS.sub("", _UNSEEN.sub(" ", text.encode("utf-8", "replace").decode("utf-8")))


def plain(text: str, limit: int, otherwise: str = DASH) -> str:
    """One line of plain text of 1 to *limit* characters; *otherwise* if nothing is left."""
    return shortened(" ".join(clean(_start(text, limit)).split()), limit) or otherwise


def _start(text: str, limit: int) -> str:
    """As much of *text* as is looked at to show *limit* characters of it: a form may hold a book,
    and every message is laid out several times."""
    most = 4 * limit + 200
    return text if len(text) <= most else text[:most] + "…"


def escape(text: str) -> str:
    """*text* with the three special characters of Slack's markup escaped."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def fit(text: str, limit: int, otherwise: str = DASH) -> str:
    """*text* for markup: clean, escaped and of at most *limit* characters after escaping."""
    # Cut before escaping, so that no "&amp;" is torn in two.
    return escape(shortened(clean(_start(text, limit)), limit, _escaped)) or otherwise


def fit_lines(text: str, limit: int, most: int) -> str:
    """As ``fit``, with at most *most* lines; empty lines go first."""
    lines = [one.strip() for one in clean(_start(text, limit)).splitlines() if not blank(one)]
    kept = "\n".join(lines[:most]) + ("…" if len(lines) > most else "")
    return fit(kept, limit)


def _escaped(text: str) -> int:
    """How long *text* is after escaping."""
    return units(escape(text))


def one_line(text: Text, limit: int, otherwise: str = DASH, zone: str = "UTC") -> str:
    """
    *text* in words, for markup: one line of at most *limit* characters.

    Args:
        zone: IANA zone for instants where Slack's own dates do not work; elsewhere they are shown
            in each reader's own.
    """
    kept: list[str] = []
    room = limit
    for piece in line(text):
        if room <= 0:
            break
        if isinstance(piece, datetime):
            shown = dated(piece, zone)
            if units(shown) > room:
                kept = ["".join(kept).rstrip(), "…"]
                break
        else:
            tidy = _SPACES.sub(" ", _sendable(_start(piece, room)))
            short = shortened(tidy, room, _escaped)
            shown = escape(short)
            if short != tidy:
                kept.append(shown)
                break
        kept.append(shown)
        room -= units(shown)
    told = "".join(kept).strip()
    return otherwise if blank(told) else told


def spoken(text: Text, limit: int, otherwise: str = DASH, zone: str = "UTC") -> str:
    """As ``one_line``, for places where Slack's dates do not work: instants are spelt out in
    *zone*.
    """
    return fit(" ".join(_start(wording.plain(text, zone), limit).split()), limit, otherwise)


def linked(value: str, limit: int, *, phone: bool) -> str:
    """A packet value: an address alone, and of a *phone* field a number alone, becomes a link to
    tap on; all else is text.

    Nothing else is linked: what a stranger typed into a form must not become a link by itself
    (the blocks are sent *verbatim*).
    """
    tidy = clean(_start(value, limit))
    if _EMAIL.fullmatch(tidy) and len(tidy) * 2 + 10 <= limit:
        return f"<mailto:{tidy}|{tidy}>"
    if phone and _PHONE.fullmatch(tidy):
        return f"<tel:{re.sub(r'[^+0-9]', '', tidy)}|{tidy}>"
    return fit_lines(value, limit, LINES)


def dated(at: datetime, zone: str, form: str = "{date_short_pretty} at {time}") -> str:
    """A date that Slack shows in each reader's own time zone."""
    return f"<!date^{int(at.timestamp())}^{form}|{escape(words.instant(at, zone))}>"
