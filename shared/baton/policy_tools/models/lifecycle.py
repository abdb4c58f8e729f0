"""lifecycle.yaml: stages, the moves between them, the reasons for leaving, the fields."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from baton.domain.values import FieldKind
from baton.policy_tools import countries
from baton.policy_tools.faults import did_you_mean, quoted
from baton.policy_tools.models.signing import Signed
from baton.policy_tools.models.types import Entry, Id, PropertyId, Span, Text, fitting, wrap
from baton.policy_tools.models.when import ALWAYS, Value, When

Backward = Literal["restore", "accept", "ask", "report"]
Forward = Literal["hold", "restore", "ask", "report", "follow"]
Trigger = Annotated[
    str,
    fitting(
        r"^(automatic|baton|rep|time|[A-Z][A-Z0-9_]{1,63}(:[!-~]{1,100})?)$",
        "automatic, baton, rep, time, or a change source of HubSpot in capitals, with an id if"
        " only one of its kind is meant: IMPORT, INTEGRATION:1160452",
    ),
]
Stages = Annotated[
    tuple[PropertyId, ...],
    BeforeValidator(wrap(str), json_schema_input_type=tuple[PropertyId, ...] | PropertyId),
    Field(min_length=1),
]
PropertyName = Annotated[
    str,
    fitting(
        r"^[a-z][a-z0-9_]{0,99}$",
        "HubSpot's internal name of the property, such as jobtitle or baton_pain",
    ),
]
Place = Annotated[
    str,
    fitting(
        r"^(history|(contact|company)\.[a-z][a-z0-9_]{0,99})$",
        "history, or a property such as contact.mobilephone or company.name",
    ),
]
#: A field, or a list of fields of which one is enough.
Required = Annotated[
    tuple[PropertyId, ...],
    BeforeValidator(wrap(str), json_schema_input_type=tuple[PropertyId, ...] | PropertyId),
    Field(min_length=1),
]


class LeadField(Entry):
    """A fact about a lead in your words, and the HubSpot contact property that holds it."""

    id: Annotated[
        PropertyId,
        Field(
            description="Name used in `when` and in cases. Baton itself reads firstname, lastname, "
            "company (how a lead is called), offer, score and source (why now)."
        ),
    ]
    label: Annotated[Text, Field(description="Name shown in the handoff packet.")]
    property: Annotated[PropertyName, Field(description="HubSpot contact property.")]
    packet: Annotated[bool, Field(description="Shown in the handoff packet.")] = True
    kind: Annotated[
        FieldKind,
        Field(
            description="What it holds, and how its values are read. choice: one of its values; "
            "list: ticked boxes, any of which counts; country: a country in any usual spelling; "
            "date: a calendar day, a whole day in the account's zone (HubSpot's date property); "
            "datetime: an instant; flag: true or false; text: anything else, and a form or a "
            "booking in HubSpot's properties of conversions, which is known by its own name behind "
            "the title of its page. A required e-mail address or phone number must be usable. Left "
            "out: country, list or email where the HubSpot property is one; else list where "
            "conditions compare it with listed values; else text."
        ),
    ] = "text"
    values: Annotated[
        tuple[Value, ...],
        Field(
            description="With kind: choice or list, the values it can have; conditions may use no "
            "others."
        ),
    ] = ()
    look_up: Annotated[
        tuple[Place, ...],
        Field(
            description="Where it is looked for when it is required and missing, in order: "
            "history (what an earlier form or import held), contact.PROPERTY, company.PROPERTY."
        ),
    ] = ()

    @model_validator(mode="after")
    def _values_of_choices(self) -> Self:
        if self.values and self.kind not in {"choice", "list"}:
            raise ValueError("has values, so it is a choice: set kind: choice, or list for several")
        if self.kind == "choice" and not self.values:
            raise ValueError("is a choice: give the values it can have")
        return self


def _language(name: str) -> str:
    if [*countries.unknown_languages([name])]:
        raise ValueError(f"{quoted(name)} is no language with names of countries, such as de")
    return name


def _country(code: str) -> str:
    known = countries.names()
    if code not in known:
        right = countries.code_of(code)
        hint = f"; did you mean {right}?" if right else did_you_mean(code, [*known])
        raise ValueError(f"{quoted(code)} is no code of a country, such as DE{hint}")
    return code


class Countries(Entry):
    """By which names countries are known, besides ISO's codes and each country's own names."""

    languages: Annotated[
        tuple[Annotated[str, AfterValidator(_language)], ...],
        Field(description="Languages whose names of all countries are read."),
    ] = countries.LANGUAGES
    spellings: Annotated[
        dict[
            Annotated[str, AfterValidator(_country)],
            Annotated[
                tuple[Value, ...],
                BeforeValidator(wrap(str), json_schema_input_type=tuple[Value, ...] | Text),
            ],
        ],
        Field(description="ISO's code of two letters and more spellings: {DE: [BRD]}."),
    ] = Field(default_factory=dict)


class Hold(Entry):
    """What happens to a lead that is held before a stage because something is missing."""

    within: Annotated[Span, Field(description="Wall-clock time until then is done, such as 2d.")]
    then: Annotated[
        Literal["wait", "flag", "close"],
        Field(
            description="wait: those who can fill it in are told again; flag: the lead "
            "continues with the list of what is missing, but stays held while "
            "criteria do not hold; close: the lead is closed for the reason."
        ),
    ]
    reason: Annotated[Id | None, Field(description="Reason code; with close.")] = None

    @model_validator(mode="after")
    def _reason_to_close(self) -> Self:
        if (self.then == "close") != (self.reason is not None):
            raise ValueError("then: close needs a reason, and only then: close may have one")
        return self


class Disqualifier(Entry):
    """A condition under which a lead in this stage is closed at once."""

    when: Annotated[When, Field(description="Conditions, all of which must hold.")]
    reason: Annotated[Id, Field(description="Reason code it is closed for.")]


class Stage(Signed):
    """A lifecycle stage. The working stages are listed in the order a lead goes through them."""

    id: Annotated[PropertyId, Field(description="Short name used in this policy.")]
    label: Annotated[Text, Field(description="Name people see.")]
    lifecyclestage: Annotated[
        Text, Field(description="Internal value of HubSpot's lifecyclestage property.")
    ]
    lead_status: Annotated[
        str, Field(description="hs_lead_status written with the stage; left out: not touched.")
    ] = ""
    side: Annotated[
        bool,
        Field(
            description="true: a side stage (recycled, disqualified), which only named "
            "transitions enter and leave."
        ),
    ] = False
    purpose: Annotated[str, Field(description="What the stage means, in a sentence.")] = ""
    entry: Annotated[
        When, Field(description="Must hold to enter the stage; else the lead is held.")
    ] = ALWAYS
    exit: Annotated[
        When, Field(description="Must hold to leave it forward; else the lead is held.")
    ] = ALWAYS
    requires: Annotated[
        tuple[Required, ...],
        Field(
            description="Fields that must be filled in to enter it; in a list inside the list, "
            "one of them: [company, [email, phone]]."
        ),
    ] = ()
    if_missing: Annotated[
        Literal["hold", "flag"],
        Field(
            description="If a required field is missing: hold the lead, or flag it and let it "
            "continue with the list of what is missing."
        ),
    ] = "hold"
    hold: Annotated[
        Hold | None, Field(description="How long a lead is held, and what happens then.")
    ] = None
    disqualified_by: Annotated[
        tuple[Disqualifier, ...],
        Field(description="Conditions under which a lead in this stage is closed at once."),
    ] = ()
    deal_stages: Annotated[
        tuple[Text, ...],
        Field(description="Internal names of the deal stages in HubSpot that correspond to it."),
    ] = ()


class Transition(Signed):
    """A named move from one stage to another."""

    id: Annotated[Id, Field(description="Name of the move.")]
    source: Annotated[Stages, Field(alias="from", description="Stages it may start from.")]
    to: Annotated[PropertyId, Field(description="Stage it leads to.")]
    by: Annotated[
        tuple[Trigger, ...],
        Field(
            min_length=1,
            description="Who or what may trigger it: rep (a person, by a click or in HubSpot); "
            "automatic (whatever is no person: workflows, imports, other systems, Baton); baton "
            "(Baton itself); time (a clock); or HubSpot's change sources by name: CRM_UI, IMPORT, "
            "AUTOMATION_PLATFORM, INTEGRATION, or INTEGRATION:1160452 for one app. Deals move "
            "leads by the deal_stages of a stage.",
        ),
    ]
    reverse: Annotated[
        bool,
        Field(description="true: a move back or to a side stage. No other move leads backward."),
    ] = False
    when: Annotated[
        When,
        Field(
            description="Baton makes the move by itself once this holds (by: automatic). Left "
            "out: others make it, and Baton follows."
        ),
    ] = ALWAYS
    sets: Annotated[
        dict[PropertyName, Value],
        Field(description="HubSpot contact properties written when the move is made."),
    ] = Field(default_factory=dict)
    tell: Annotated[
        Literal["owner", "manager", "channel", "ops"] | None,
        Field(description="Who is told in Slack when the move is made."),
    ] = None
    reason: Annotated[
        Id | None,
        Field(
            description="Reason code of a move to a side stage that Baton makes by itself, or "
            "that somebody makes in HubSpot."
        ),
    ] = None
    reverses: Annotated[Id | None, Field(description="The forward move that this one undoes.")] = (
        None
    )
    reasons: Annotated[
        tuple[Id, ...],
        Field(
            description="Reason codes that this move is for, where several lead to the same side "
            "stage. Left out: any that no other names."
        ),
    ] = ()
    otherwise: Annotated[
        Forward | None,
        Field(
            description="What becomes of this move by a trigger that `by` does not name; left out: "
            "what `forward` says."
        ),
    ] = None

    @model_validator(mode="after")
    def _who_makes_it(self) -> Self:
        if self.when and not {"automatic", "baton"} & {*self.by}:
            raise ValueError(
                "has a when: Baton makes it by itself, so add automatic or baton to by"
            )
        if self.otherwise is not None and self.reverse:
            raise ValueError("leads back, so `backward` answers other triggers: remove otherwise")
        if self.reverses is not None and not self.reverse:
            raise ValueError("reverses a move, so it leads back: set reverse: true")
        return self


class Reason(Signed):
    """Why a lead is given back or closed. Each has exactly one consequence."""

    id: Annotated[Id, Field(description="Reason code.")]
    label: Annotated[Text, Field(max_length=75, description="What the rep picks in Slack.")]
    value: Annotated[Text, Field(description="Value written to HubSpot's baton_reason.")]
    recycle_to: Annotated[
        Id | None, Field(description="Nurture track of recycling.yaml the lead goes to.")
    ] = None
    disqualify: Annotated[
        Literal[True] | None, Field(description="true: the lead is disqualified.")
    ] = None
    pass_on: Annotated[
        Literal[True] | None,
        Field(description="true: the reason is not about the lead; the next rep gets it."),
    ] = None
    offered: Annotated[
        bool,
        Field(description="true: reps may choose it; false: only clocks and automations use it."),
    ] = True
    credit: Annotated[
        bool,
        Field(
            description="true: a rep who rejects a lead for it gets their turn in the pool back, "
            "because it was no lead; the fairness ledger shows it."
        ),
    ] = False

    @model_validator(mode="after")
    def _one_consequence(self) -> Self:
        if sum(one is not None for one in (self.recycle_to, self.disqualify, self.pass_on)) != 1:
            raise ValueError(
                "needs exactly one consequence: recycle_to with a track, disqualify: true, or"
                " pass_on: true"
            )
        return self


class Status(Entry):
    """hs_lead_status values Baton writes as a handed-off lead is worked."""

    new: Annotated[str, Field(description="Written when a lead is assigned.")] = ""
    working: Annotated[str, Field(description="Written at the first touch.")] = ""
    meeting: Annotated[str, Field(description="Written once a meeting is booked.")] = ""
    by_hand: Annotated[
        Literal["follow", "ask", "leave"],
        Field(
            description="A person sets working, meeting, or the lead_status of a side stage in "
            "HubSpot. follow: working is a reported first touch, meeting also a meeting, a side "
            "stage's status closes the lead, for the reason in baton_reason or that of the "
            "transition; ask: RevOps is asked; leave: it is a value like any other."
        ),
    ] = "follow"


class Sync(Entry):
    """Who wins where others write a contact property that Baton also writes."""

    property: Annotated[
        PropertyName,
        Field(description="HubSpot contact property that Baton writes, such as hs_lead_status."),
    ]
    wins: Annotated[
        Literal["crm", "marketing", "baton"],
        Field(
            description="crm: what a person or a connected CRM set stays; marketing: what a form, "
            "a workflow or an import set stays; baton: Baton's value is written again."
        ),
    ]
    when: Annotated[When, Field(description="The leads that the rule is for. Left out: all.")] = (
        ALWAYS
    )


def _ask_about_all() -> dict[str, Forward]:
    return {"*": "ask"}


class LifecycleFile(Entry):
    """Stages and transitions, one catalogue of reasons, and the fields of a lead."""

    stages: Annotated[
        tuple[Stage, ...],
        Field(min_length=2, description="Working stages in order, then the side stages."),
    ]
    handoff: Annotated[
        PropertyId, Field(description="Stage at which a lead is handed to sales (MQL).")
    ]
    accepted: Annotated[PropertyId, Field(description="Stage that accepting it reaches (SAL).")]
    initial: Annotated[
        PropertyId, Field(description="Stage given to a contact that is created without one.")
    ]
    recycled: Annotated[PropertyId, Field(description="Side stage of recycled leads.")] = "recycled"
    disqualified: Annotated[PropertyId, Field(description="Side stage of disqualified leads.")] = (
        "disqualified"
    )
    status: Annotated[Status, Field(description="Lead status values.")] = Status()
    transitions: Annotated[
        tuple[Transition, ...], Field(min_length=1, description="Every move a lead can make.")
    ]
    backward: Annotated[
        dict[str, Backward],
        Field(
            description="What to do when a system moves a lead backward, by HubSpot's change "
            'source (IMPORT, INTEGRATION, CRM_UI, …) and "*" for all others: restore the stage, '
            "accept it as the named reverse transition that leads there, ask, or only report it. "
            "Clearing the stage is such a move; no transition leads to no stage, so Baton keeps "
            "its own where that is accepted."
        ),
    ]
    forward: Annotated[
        dict[str, Forward],
        Field(
            min_length=1,
            description="What to do when a system or a person moves a lead forward by no "
            "transition, or by one whose `by` does not name them, by HubSpot's change source "
            '(IMPORT, INTEGRATION, CRM_UI, …) and "*" for all others (left out: ask). hold: the '
            "lead is held before the stage until somebody makes the move who may; restore: the "
            "stage is set back in HubSpot; ask: Baton keeps its own stage and asks RevOps; report: "
            "keeps its own and tells RevOps; follow: follows, and tells RevOps. Whatever the "
            "answer, the move is no acceptance.",
        ),
    ] = Field(default_factory=_ask_about_all)
    moves_at_most: Annotated[
        int,
        Field(
            ge=1,
            le=20,
            description="How many moves Baton makes by itself at one event. A lead that would be "
            "moved once more, or back to where it was, is parked in its stage, and RevOps is told.",
        ),
    ] = 5
    restore_at_most: Annotated[
        int,
        Field(
            ge=0,
            le=20,
            description="How often within 30 days Baton restores one property of a lead before "
            "it gives in and tells RevOps.",
        ),
    ] = 3
    skipped: Annotated[
        Literal["fill", "blank"],
        Field(
            description="Stages that a lead skips on its way forward. fill: they count as "
            "entered and left at that moment; blank: as never entered."
        ),
    ] = "blank"
    sync: Annotated[
        tuple[Sync, ...],
        Field(
            description="Who wins if others write properties that Baton writes, too; the first "
            "match applies. Without a match another system's value stays until "
            "Baton's next own change."
        ),
    ] = ()
    sign_off: Annotated[
        tuple[Text, ...],
        Field(
            description="Whose approval a definition needs to be CONFIRMED: [Head of "
            "Marketing, Head of Sales]. Left out: no approval is needed."
        ),
    ] = ()
    reasons: Annotated[
        tuple[Reason, ...],
        Field(
            min_length=1,
            max_length=100,
            description="Every reason for rejecting or closing a lead.",
        ),
    ]
    fields: Annotated[
        tuple[LeadField, ...],
        Field(min_length=1, description="Fields of a lead, in the order they are shown."),
    ]
    countries: Annotated[
        Countries, Field(description="How countries are spelled, for fields of kind country.")
    ] = Countries()
    old_statuses: Annotated[
        dict[str, str],
        Field(
            description="Old hs_lead_status values and the values that replace them, for "
            "`baton status migrate`."
        ),
    ] = Field(default_factory=dict)
