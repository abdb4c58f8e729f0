"""Rules that count only at times: between dates, and inside or outside working hours."""

from __future__ import annotations

from datetime import datetime

from baton.domain.policy import Policy, Rule


def out_of_window(policy: Policy, rule: Rule, now: datetime) -> str:
    """Why *rule* does not count at *now*; empty: it does."""
    window = rule.window
    if window is None:
        return ""
    if window.start is not None and now < window.start:
        return f"it counts from {window.start:%d %b %Y}"
    if window.end is not None and now >= window.end:
        return f"it counted until {window.end:%d %b %Y}"
    if window.hours:
        inside = policy.calendar[window.calendar].is_open(now)
        if inside != (window.hours == "inside"):
            return f"it counts {window.hours} the hours of {window.calendar}"
    return ""
