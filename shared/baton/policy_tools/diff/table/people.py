"""routing.yaml and roster.yaml: how their differences are worded."""

from __future__ import annotations

from baton.domain.policy import Member
from baton.policy_tools.diff import calendars, showing
from baton.policy_tools.diff.phrases import (
    InText,
    Items,
    Row,
    Switch,
    Thing,
    Value,
    under,
    worded,
)
from baton.policy_tools.diff.showing import if_any, in_quotes
from baton.presentation.conditions import condition
from baton.presentation.words import listed, spelled


def _rep(member: Member) -> str:
    return member.rep


def _limit(text: str) -> Value:
    """A limit on leads; without a value: "any number of" them."""
    return Value(text, text.format(InText("any number of")), unset="any number")


def _part(path: str, kind: str) -> dict[str, Row]:
    """Territories or segments."""
    return under(
        path,
        Thing(
            f"{kind} {{one.label}}",
            new=lambda one: condition(one.when) if one.when else "every other lead",
            tried=True,
        ),
    )


def _rules(path: str) -> dict[str, Row]:
    """The rules of the first handoff, or of a later one."""
    return under(
        path,
        Thing(
            "Rule {one.id}",
            new=lambda one: f"leads go to pool {one.pool}{if_any(one.when)}",
            tried=True,
        ),
        pool=Value("now sends leads to pool"),
        window=Value("now counts", show=showing.window),
    )


ROWS: dict[str, Row] = {
    **_part("territories", "Territory"),
    "territories.calendar": Value("now has the hours of", "now has no hours of its own"),
    **_part("segments", "Segment"),
    "ownership": Value("now looks for", show=showing.places),
    **_rules("rules"),
    **under(
        "handoffs",
        Thing(
            "Handoff at {one.stage}",
            new=lambda one: listed(f"pool {rule.pool}" for rule in one.rules),
            key=lambda one: str(one.stage),
        ),
        ownership=Value("now looks first for", show=showing.places),
    ),
    **_rules("handoffs.rules"),
    **under(
        "pools",
        Thing("Pool {one.id}", new=lambda one: listed(map(_rep, one.members))),
        members=Items(
            "now has {} among its members",
            "no longer has {} among its members",
            "its members",
            show=_rep,
            key=_rep,
        ),
        members__weight=Value("now gives {one.rep} weight"),
        fallback=Value("now falls back to", show=showing.steps),
        choose=Value("now chooses by", show=spelled),
        limits__open=_limit("can now carry {:open lead/open leads}"),
        limits__per_day=_limit("can now get {:lead/leads} a day"),
        limits__per_week=_limit("can now get {:lead/leads} a week"),
        calendar=Value("now begins its day in calendar", "now has no calendar for its day"),
        shift=Value("now lets its members take leads", show=showing.shift),
        catch_up=Value("now makes up for leave with", show=showing.catch_up),
        queue_each=Value("now gives a rep who is back a lead that waited once in"),
    ),
    "counting.forget_after": Value(
        "now leaves out leads owned for longer than",
        "now includes leads however long they are owned",
    ),
    "counting.snoozed": Switch("now includes snoozed leads", "no longer includes snoozed leads"),
    "counting.wait_for_room": Value("now lets a lead that comes back wait for room for"),
    "by_hand.owner": Value(
        "now",
        show=worded(
            follow="makes whoever is set as owner in HubSpot the lead's owner",
            ask="asks about an owner who is changed in HubSpot",
            put_back="puts back an owner who is changed in HubSpot",
        ),
    ),
    "by_hand.cleared": Value(
        "now",
        show=worded(
            route="routes a lead whose owner is removed in HubSpot",
            ask="asks about an owner who is removed in HubSpot",
            put_back="puts back an owner who is removed in HubSpot",
        ),
    ),
    "by_hand.unknown": Value(
        "now",
        show=worded(
            ask="asks about an owner in HubSpot whom the roster does not know",
            put_back="puts back an owner in HubSpot whom the roster does not know",
        ),
    ),
    "free_domains": Items("now has", "no longer has", "its domains", together=True),
    "zone": Value("is now a whole day in zone"),
    "company": Value("is now called", show=in_quotes),
    **under(
        "people",
        Thing("{one.name}", new=lambda one: f"a {one.role}, calendar {one.calendar}"),
        name=Value("is now called", show=in_quotes),
        hubspot_owner=Value("is now HubSpot owner"),
        slack_user=Value("is now Slack user"),
        hubspot_user=Value("is now HubSpot user", "is no longer known as a HubSpot user"),
        calendar=Value("now works by calendar"),
        manager=Value("now reports to", "now reports to nobody"),
        max_open=_limit("can hold {:open lead/open leads}"),
        max_per_day=_limit("can get {:lead/leads} a day"),
        max_per_week=_limit("can get {:lead/leads} a week"),
        active=Switch("is active again and gets leads", "is no longer active and gets no leads"),
        time_off=Items("is now away", "is no longer away", "the times away", showing.absence),
    ),
    **under(
        "calendars",
        Thing("Calendar {key}", new=lambda one: f"in zone {one.zone}"),
        zone=Value("is now in zone"),
        week=calendars.hours("closed"),
        holidays=calendars.closed_days,
        overrides=calendars.hours("open as usual"),
        week_starts=Value("now begins its week on", show=calendars.weekday),
    ),
    "team_calendars": Value(
        "now gives team {key} the hours of", gone="no longer gives team {key} hours of its own"
    ),
    "rota": Value("is now", show=showing.duty),
}
