"""notifications.yaml: channels, digests, plays."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from baton.policy_tools.models.types import Entry, Id, Text, TimeOfDay, fitting
from baton.policy_tools.models.when import ALWAYS, When

Channel = Annotated[
    str,
    fitting(
        # Slack's names are in small letters, of any script.
        r"^(#[^\s#@.,:;<>|A-Z]{1,80}|[CG][A-Z0-9]{2,20})$",
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


WhenOutside = Literal["wait", "backup", "through"]
_OUTSIDE = (
    "to somebody outside their hours. wait: told once at work; backup: their backup is told if "
    "at work, else wait; through: told at once."
)


class QuietHours(Entry):
    """What happens to a message outside its recipient's working hours, by severity."""

    warning: Annotated[WhenOutside, Field(description=f"A warning {_OUTSIDE}")] = "wait"
    breach: Annotated[WhenOutside, Field(description=f"A breach {_OUTSIDE}")] = "backup"
    escalation: Annotated[WhenOutside, Field(description=f"An escalation {_OUTSIDE}")] = "through"


MessagesAnHour = Annotated[
    int,
    Field(
        ge=1,
        le=60,
        description="Messages to one person in any hour, not counting cards, digests and notices "
        "of held leads; further messages are gathered in one summary.",
    ),
]


class Respect(Entry):
    """How `quiet_hours` and `messages_an_hour` were written before."""

    outside_hours: Annotated[QuietHours, Field(description="As quiet_hours.")] = QuietHours()
    an_hour: MessagesAnHour = 12


class NotificationsFile(Entry):
    """Who is notified where."""

    channel: Annotated[
        Channel,
        Field(
            description="Slack channel of rungs that tell the channel: its id, or #name, whose id "
            "is looked up when the policy is published."
        ),
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
    quiet_hours: Annotated[
        QuietHours,
        Field(
            description="Messages of ladders to people who are not at work; channels are told at "
            "once, and so are new leads. Nothing waits for more than four days."
        ),
    ] = QuietHours()
    messages_an_hour: MessagesAnHour = 12
    respect: Annotated[
        Respect | None,
        Field(
            description="The older way to write quiet_hours and messages_an_hour.",
            json_schema_extra={"deprecated": True},
        ),
    ] = None

    @model_validator(mode="after")
    def _read_respect(self) -> Self:
        """Older policies have both keys under ``respect``."""
        if self.respect is None:
            return self
        if self.model_fields_set & {"quiet_hours", "messages_an_hour"}:
            raise ValueError(
                "respect is the older way to write quiet_hours and messages_an_hour; remove it"
            )
        return self.model_copy(
            update={
                "quiet_hours": self.respect.outside_hours,
                "messages_an_hour": self.respect.an_hour,
            }
        )
