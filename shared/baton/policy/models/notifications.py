"""notifications.yaml: channels, digests, plays."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from baton.policy.models.types import Entry, Id, Text, TimeOfDay, fitting
from baton.policy.models.when import ALWAYS, When

Channel = Annotated[
    str,
    fitting(
        r"^(#[a-z0-9_-]{1,80}|[CG][A-Z0-9]{2,20})$",
        'a name in quotes, such as "#sales", or an id such as C02AB34CD',
    ),
]


class Digest(Entry):
    """The managers' morning message."""

    at: Annotated[TimeOfDay, Field(description="Time of day in each manager's own zone.")]
    every_day: Annotated[
        bool, Field(description="true: also on days the manager does not work.")
    ] = False


class Play(Entry):
    """What to do with a lead. The first whose `when` holds is suggested to the rep."""

    id: Annotated[Id, Field(description="Name of the play.")]
    when: When = ALWAYS
    text: Annotated[Text, Field(description="Sequence, template or playbook, in a sentence.")]


class NotificationsFile(Entry):
    """Who is told where."""

    channel: Annotated[
        Channel, Field(description="Slack channel of rungs that tell the channel: #name or its id.")
    ]
    ops_channel: Annotated[
        Channel,
        Field(
            description="Slack channel for RevOps: backward changes, fights over a property, held "
            "leads that nobody owns."
        ),
    ]
    digest: Annotated[Digest, Field(description="Managers' breach digest.")]
    plays: Annotated[tuple[Play, ...], Field(description="Suggested plays, in order.")] = ()
