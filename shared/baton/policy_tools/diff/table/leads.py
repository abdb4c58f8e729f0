"""lifecycle.yaml and scoring.yaml: how their differences are worded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
from baton.policy_tools.diff.showing import (
    change_source,
    closes,
    consequence,
    in_quotes,
    move,
    points,
    sync,
)
from baton.policy_tools.diff.walking import Difference, encoded
from baton.presentation.conditions import clause, evidence
from baton.presentation.words import listed, number


def _groups(path: str, kind: str) -> dict[str, Row]:
    """Groups of rules, of fit or of behaviour."""
    return under(
        path,
        Thing(
            f"{kind} group {{one.label}}",
            new=lambda one: f"rules {listed(rule.id for rule in one.rules)}",
            definition="scoring:{one.id}",
        ),
        cap=Value(
            "now gives at most {:point/points}",
            "now gives any number of points",
            unset="any number",
        ),
        rules=Thing(f'{kind} rule "{{one.label}}" ({{outer.label}})', new=points),
        rules__points=Value("now gives {:point/points}", show=number),
    )


def _countries(found: Sequence[Difference]) -> Iterator[str]:
    """Which countries are known by other spellings than before: there are thousands of them."""
    yield f"now has other spellings of {listed((one.key for one in found), most=_COUNTRIES)}"


#: Countries that are named.
_COUNTRIES = 5

ROWS: dict[str, Row] = {
    "countries": _countries,
    **under(
        "lifecycle.stages",
        Thing(
            "Stage {one.label}",
            new=lambda one: f"HubSpot's stage {one.lifecyclestage}",
            definition="stage:{one.id}",
        ),
        purpose=Value("now has the purpose", show=in_quotes),
        lifecyclestage=Value("now is HubSpot's stage"),
        lead_status=Value("now writes the lead status", "now writes no lead status"),
        side=Switch("is now a side stage", "is now a working stage"),
        entry=Value("may now be entered", show=clause),
        exit=Value("may now be left", show=clause),
        requires=Items(
            "now requires",
            "no longer requires",
            "the fields it requires",
            lambda fields: listed(fields, " or "),
        ),
        if_missing=Value(
            "now handles a lead that lacks a required field by",
            show=worded(hold="holding it back", flag="letting it in, flagged"),
        ),
        hold__within=Value("now holds a lead for at most"),
        hold__then=Value(
            "now ends a hold by",
            show=worded(
                wait="telling people again what is missing",
                flag="letting the lead continue, flagged",
                close="closing the lead",
            ),
        ),
        hold__reason=Value("now closes a held lead for", "now closes no held lead"),
        disqualified_by=Items(
            "now", "no longer", "the conditions that close a lead at once", closes
        ),
        deal_stages=Items(
            "now corresponds to the deal stage",
            "no longer corresponds to the deal stage",
            "its deal stages",
        ),
    ),
    **under(
        "lifecycle.transitions",
        Thing("Transition {one.id}", new=move, definition="transition:{one.id}", tried=True),
        source=Items("may now start from", "may no longer start from", "its source stages"),
        to=Value("now leads to"),
        by=Items(
            "may now be made by",
            "may no longer be made by",
            "who makes it",
            worded(
                automatic="HubSpot or a signal", rep="a rep", time="a clock", baton="Baton itself"
            ),
        ),
        reverse=Switch("now leads back", "no longer leads back"),
        when=Condition("is now made by Baton itself", "is no longer made by Baton itself"),
        sets=Value("now writes {} to {key}", gone="no longer writes to {key}", show=in_quotes),
        tell=Value("now tells the", "now tells nobody"),
        reverses=Value("now undoes", "now undoes no other move"),
        reasons=Items(
            "is now for the reason", "is no longer for the reason", "the reasons that it is for"
        ),
        otherwise=Value(
            "now answers the move by any other trigger with",
            "no longer has an answer of its own to other triggers",
        ),
    ),
    **under(
        "lifecycle.reasons",
        Thing(
            'Reason "{one.label}"',
            new=lambda one: f"leads to {consequence(one)}",
            definition="reason:{one.id}",
        ),
        value=Value("is now written to HubSpot as"),
        track=Whole("now leads to", consequence),
        pass_on=Whole("now leads to", consequence),
        offered=Switch("is now offered to reps", "is no longer offered to reps"),
        credit=Switch("now gives the rep's turn back", "no longer gives the rep's turn back"),
    ),
    **under(
        "lifecycle.fields",
        Thing("Field {one.id}", new=lambda one: f"HubSpot's property {one.property}"),
        property=Value("now is HubSpot's property"),
        packet=Switch("is now shown in the handoff packet", "is no longer shown in the packet"),
        look_up=Value("is now looked up in", "is no longer looked up"),
        kind=Value("is now read as a"),
        values=Items("may now be", "may no longer be", "its values", in_quotes),
    ),
    **under(
        "lifecycle.sync",
        Thing(
            sync,
            new=lambda one: f"won by {one.wins}",
            key=lambda one: f"{one.property} {encoded(one.when)}",
            tried=True,
        ),
        wins=Value("is now won by"),
    ),
    **under(
        "lifecycle",
        handoff=Value("now hands a lead to sales at stage"),
        accepted=Value("now takes a lead that is accepted to stage"),
        initial=Value("now gives contacts created without a stage the stage"),
        recycled=Value("now recycles to stage"),
        disqualified=Value("now disqualifies to stage"),
        status__new=Value(
            "now gives a new lead the lead status", "now gives a new lead no lead status"
        ),
        status__working=Value(
            "now gives a lead at the first touch the lead status",
            "now gives a lead at the first touch no lead status",
        ),
        status__by_hand=Value(
            "now",
            show=worded(
                follow="follows a lead status that a person sets",
                ask="asks about a lead status that a person sets",
                leave="leaves a lead status that a person sets as it is",
            ),
        ),
        status__meeting=Value(
            "now gives a lead with a meeting the lead status",
            "now gives a lead with a meeting no lead status",
        ),
        forward=Value(
            "now answers a forward change that no transition allows by {key} with",
            gone="no longer has an answer of its own to such a forward change by {key}",
            key=change_source,
        ),
        backward=Value(
            "now answers a backward change by {key} with",
            gone="no longer has an answer of its own to a backward change by {key}",
            key=change_source,
        ),
        old_statuses=Value(
            "now turns the old lead status {key} into",
            gone="no longer knows the old lead status {key}",
        ),
        moves_at_most=Value("now makes at most {:move/moves} by itself at one event"),
        restore_at_most=Value("now restores a property at most {:time/times} within 30 days"),
        skipped=Value(
            "now handles skipped stages by",
            show=worded(
                fill="entering and leaving them at the same moment", blank="leaving them blank"
            ),
        ),
    ),
    **under(
        "scoring",
        Switch("is now in use: leads are scored", "is no longer in use: leads are not scored"),
        authority=Value("is now decided by"),
        fit_at_least=Value("needs {:fit point/fit points}", show=number),
        behaviour_at_least=Value("needs {:behaviour point/behaviour points}", show=number),
        recency=Value("needs evidence that is at most {} old"),
        hand_raises=Items(
            "now counts {} as a raised hand",
            "no longer counts {} as a raised hand",
            "the list of raised hands",
            evidence,
        ),
        never=Thing('Never qualified "{one.label}"', new=lambda one: clause(one.when)),
        never_then=Value(
            "now answers somebody else who makes an MQL of a lead that never qualifies by",
            show=worded(hold="holding it", follow="handing it off"),
        ),
        signals=Thing("Signal {one.id}"),
    ),
    **_groups("scoring.fit", "Fit"),
    **_groups("scoring.behaviour", "Behaviour"),
    **under(
        "scoring.behaviour.rules",
        of=Value("now counts"),
        what=Value("now counts only evidence about", "now counts evidence about anything"),
        half_life=Value("is now worth half after", "no longer loses half its points with age"),
        window=Value("is now worth nothing after", "now never expires"),
        at_most=Value("now counts the newest", "now counts all"),
    ),
}
