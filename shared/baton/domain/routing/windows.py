"""Rules that are active only at times: between dates, and inside or outside working hours."""

from __future__ import annotations

from datetime import datetime

from baton.domain.phrase import Phrase, phrase
from baton.domain.policy import Policy, Rule


def out_of_window(policy: Policy, rule: Rule, now: datetime) -> Phrase | None:
    """Why *rule* is not active at *now*; None: it is."""
    window = rule.window
    if window is None:
        return None
    if window.start is not None and now < window.start:
        return phrase("window.from", window.start)
    if window.end is not None and now >= window.end:
        return phrase("window.until", window.end)
    if window.hours:
        inside = policy.calendar[window.calendar].is_open(now)
        if inside != (window.hours == "inside"):
            return Phrase("window.hours", (window.hours, window.calendar))
    return None
