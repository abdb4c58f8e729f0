"""
Slack's interactions, translated into events.

Only the buttons and the select of Baton's own card are for us; the ``block_id`` of their row,
``lead:<lead id>:<assignment>``, names the lead, because a select has no value for it.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import parse_qs

from msgspec import Meta, Struct
from msgspec import Raw as RawJson

from baton.domain.world.events import Action, AnyEvent, Clicked
from baton.failures import Malformed
from baton.wire.decoding import decode

#: Action id of an element of the card -> the owner's action.
ACTIONS: dict[str, Action] = {
    "baton:accept": "accept",
    "baton:reject": "reject",
    "baton:touch": "touch",
    "baton:untouch": "untouch",
    "baton:qualify": "qualify",
    "baton:explain": "explain",
}

_Id = Annotated[str, Meta(pattern=r"\A[!-~]{1,40}\Z")]
_BLOCK = re.compile(r"lead:(?P<lead>[1-9][0-9]{0,18}):(?P<assignment>[0-9]{1,9})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clicks(Struct, frozen=True):
    """The result of an interaction: events for the bus, and counts of ignored ones by metric
    name."""

    events: tuple[AnyEvent, ...]
    ignored: dict[str, int]


class _Kind(Struct, frozen=True):
    type: str


class _Named(Struct, frozen=True):
    id: _Id


class _User(Struct, frozen=True):
    id: _Id
    team_id: _Id | None = None


class _Container(Struct, frozen=True):
    channel_id: _Id | None = None


class _Interaction(Struct, frozen=True):
    user: _User
    actions: list[RawJson]
    #: Null where the app is installed for a whole organisation.
    team: _Named | None = None
    channel: _Named | None = None
    container: _Container = _Container()


class _ActionKind(Struct, frozen=True):
    action_id: str = ""


class _Option(Struct, frozen=True):
    value: Annotated[str, Meta(min_length=1, max_length=150)]


class _Used(Struct, frozen=True):
    action_id: str
    block_id: str
    action_ts: Annotated[str, Meta(pattern=r"\A[0-9]{1,10}\.[0-9]{6}\Z")]
    #: Null when a choice was cleared.
    selected_option: _Option | None = None


def read_interaction(body: bytes) -> Clicks:
    """
    Translate one interaction request.

    Raises:
        Malformed: Not the form Slack sends, or a click on our card that lacks something; names the
            field by its path, as in ``payload.actions[0].block_id``.
    """
    form = form_of(body)
    if "ssl_check" in form:
        return _ignored("SlackIgnoredSslCheck")
    if "payload" not in form:
        raise Malformed("payload: required")
    payload = form["payload"]
    if decode(payload, _Kind, "payload").type != "block_actions":
        return _ignored("SlackIgnoredType")

    interaction = decode(payload, _Interaction, "payload")
    events: list[AnyEvent] = []
    ignored: Counter[str] = Counter()
    for number, raw in enumerate(interaction.actions):
        found = _click(raw, f"payload.actions[{number}]", interaction)
        if isinstance(found, str):
            ignored[found] += 1
        else:
            events.append(found)
    return Clicks(tuple(events), dict(ignored))


def form_of(body: bytes) -> dict[str, str]:
    """The fields of a form, the first of each name. Raises Malformed."""
    try:
        # errors="strict": a replaced byte could turn one field into another.
        fields = parse_qs(body.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError as error:  # not ASCII, not UTF-8 once unescaped, or too many fields
        raise Malformed("body: expected a form in UTF-8") from error
    return {name: values[0] for name, values in fields.items()}


def _click(raw: RawJson, at: str, interaction: _Interaction) -> Clicked | str:
    """The event in one action, or the name under which it is ignored."""
    action = ACTIONS.get(decode(raw, _ActionKind, at).action_id)
    if action is None:  # a link button reports its clicks too
        return "SlackIgnoredAction"
    used = decode(raw, _Used, at)
    if action == "reject" and used.selected_option is None:
        return "SlackIgnoredAction"
    block = _BLOCK.fullmatch(used.block_id)
    if block is None:
        raise Malformed(f"{at}.block_id: expected lead:<lead id>:<assignment>")
    channel = interaction.channel.id if interaction.channel else interaction.container.channel_id
    if channel is None:
        raise Malformed("payload.channel: required")
    team = interaction.team.id if interaction.team else interaction.user.team_id or ""
    user = interaction.user.id
    return Clicked(
        id=f"sl:{team}:{user}:{used.action_ts}:{used.action_id}",
        lead_id=block["lead"],
        at=_instant(used.action_ts),
        assignment=int(block["assignment"]),
        action=action,
        user=user,
        channel=channel,
        reason=used.selected_option.value if used.selected_option and action == "reject" else "",
    )


def _instant(stamp: str) -> datetime:
    """Slack's seconds with six decimals as UTC, exactly: no float on the way."""
    seconds, micros = stamp.split(".")
    return _EPOCH + timedelta(seconds=int(seconds), microseconds=int(micros))


def _ignored(name: str) -> Clicks:
    return Clicks((), {name: 1})
