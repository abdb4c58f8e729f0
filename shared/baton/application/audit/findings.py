"""What an audit can find: what it is, why it matters, and how to fix it."""

from __future__ import annotations

from msgspec import Struct


class Kind(Struct, frozen=True):
    what: str
    why: str
    fix: str


class Finding(Struct, frozen=True):
    """One kind of fault, with its count and examples."""

    code: str
    what: str
    count: int
    #: Example ids: of contacts, unless *what* says deals or workflows.
    examples: tuple[str, ...]
    #: The count by stage, value or source.
    parts: dict[str, int]
    why: str
    fix: str


class Tally:
    """Counts one kind of fault and keeps the first few ids."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.count = 0
        self.examples: list[str] = []
        self.parts: dict[str, int] = {}

    def add(self, example: str, part: str = "") -> None:
        self.count += 1
        if len(self.examples) < self._limit:
            self.examples.append(example)
        if part:
            self.parts[part] = self.parts.get(part, 0) + 1


#: Most severe first: leads without an owner, then wrong figures, then what only looks untidy.
KINDS: dict[str, Kind] = {
    "no_owner": Kind(
        "leads with sales that nobody owns",
        "nobody has to act on them",
        "assign them in HubSpot; from the handoff to the accepted stage Baton routes them itself"
        " the next time it hears of them: have a workflow touch a property it is subscribed to",
    ),
    "owner_gone": Kind(
        "leads with sales whose owner is archived or unknown in HubSpot",
        "the owner has left, and nobody is told about the lead",
        "reassign them in HubSpot",
    ),
    "owner_not_in_roster": Kind(
        "leads with sales whose owner is not an active person of the roster",
        "Baton can neither remind nor replace an owner it does not know",
        "add the owner to roster.yaml, or reassign the leads",
    ),
    "unknown_stage": Kind(
        "contacts in a lifecycle stage that the policy does not know",
        "such a lead keeps the stage that it had, and RevOps is asked about the value once a month",
        "add the stage to lifecycle.yaml, or move these contacts to one that is there",
    ),
    "no_stage": Kind(
        "contacts without a lifecycle stage",
        "a lead without a stage is not routed and has no clocks",
        "give them the policy's first stage by a bulk edit; new ones get it from Baton",
    ),
    "stuck": Kind(
        "leads 90 days or longer in one stage",
        "nobody works them, and nobody has closed them",
        "work, recycle or disqualify them; a staleness rule in recycling.yaml warns the owner and"
        " closes leads that Baton handed off, also past acceptance where it names their stage",
    ),
    "open_deal_on_closed_lead": Kind(
        "recycled or disqualified leads with an open deal",
        "a rep still works a lead that was given up, or forgot to close the deal",
        "close the deal as lost, or bring the lead back by a transition out of its stage: requalify"
        " a recycled one; a disqualified one only where a transition leads out",
    ),
    "won_deal_without_customer": Kind(
        "contacts with a won deal who are not customers",
        "a customer may be treated as a lead again",
        "move the contact to the customer stage",
    ),
    "customer_without_won_deal": Kind(
        "customers without a won deal",
        "either the stage or the deal is wrong, so win rates are wrong",
        "close the deal as won; if there is none, switch off what wrote the stage, then set it by a"
        " backward transition of lifecycle.yaml, or leave it: Baton refuses every other move back",
    ),
    "workflows": Kind(
        "active workflows that write the same properties as Baton (ids are of workflows)",
        "two systems that write one property undo each other's work",
        "switch them off, or take out these actions, before Baton goes live",
    ),
    "writers": Kind(
        "writes by other systems to the properties that Baton writes",
        "an import or an app changes leads without Baton's knowledge",
        "take these properties out of the import's or the app's field mapping",
    ),
    "backward": Kind(
        "moves back to an earlier stage that no transition allows",
        "conversion counts the same lead twice, or loses it",
        "switch off what makes them: the source is below; `backward:` in lifecycle.yaml says what"
        " Baton does about each; it follows only backward transitions",
    ),
    "undesigned": Kind(
        "moves between stages that the policy has no transition for",
        "leads do not follow the agreed lifecycle",
        "agree on them and add them to lifecycle.yaml, or stop what makes them",
    ),
    "duplicates": Kind(
        "groups of contacts that are probably one person (ids are of the first contact of each)",
        "two reps call the same person, and each clock sees half of what happened",
        "merge them in HubSpot, keeping the owner who works with the person",
    ),
    "deal_without_contact": Kind(
        "deals without a contact (ids are of deals)",
        "they belong to no lead's history",
        "associate the contact, or delete the deal",
    ),
    "no_timestamp": Kind(
        "contacts without Baton's timestamp of their stage, although HubSpot's history has it",
        "times between stages cannot be reported for them",
        "Baton writes it the next time it hears of the lead, at any change of a property it is"
        " subscribed to: have a workflow touch one",
    ),
    "unreadable": Kind(
        "values that the policy cannot read (by property, listed below)",
        "no condition on the field holds, so the lead is scored and routed as if it had no value",
        "correct them in HubSpot; add spellings of countries or the values of a choice in"
        " lifecycle.yaml; have forms offer a list instead of free text",
    ),
    "unknown_status": Kind(
        "contacts with a lead status that the policy does not use",
        "old and new values are mixed, so no report adds up",
        "map them under old_statuses in lifecycle.yaml, then `baton status migrate`",
    ),
    "no_status": Kind(
        "contacts without a lead status in a stage where the policy writes one",
        "lists and reports by status do not show them",
        "Baton writes it at the next handoff or touch; set it by a bulk edit until then",
    ),
    "other_dates": Kind(
        "values in date fields of other systems that seem to hold stage dates",
        "two sets of stage dates will differ sooner or later",
        "switch their writers off, and report from baton_first_entered_<stage>",
    ),
}
