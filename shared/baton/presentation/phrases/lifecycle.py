"""A lead's lifecycle: stages, moves, gates, the end of a handoff, and changes by others in
HubSpot."""

from __future__ import annotations

from baton.domain.phrase import Arg
from baton.presentation.phrases.choosing import Words, given, one_of


def _reassigned(by: Arg, person: Arg, note: Arg = "") -> str:
    who = "{0}" if by else "Somebody"
    return f"{who} gave it to {{1}}" + (": {2}" if note else "")


def _taken_back(by: Arg, note: Arg = "") -> str:
    who = "{0}" if by else "Somebody"
    return f"{who} took it back" + (": {1}" if note else "")


def _moved(before: Arg, after: Arg) -> str:
    """A stage is missing if the contact has none, or the policy does not know it any more."""
    return f"stage: {'{0}' if before else 'none'} -> {'{1}' if after else 'none'}"


PHRASES: dict[str, Words] = {
    "who": given(1, "{name} ({company})", "{name}"),
    "sentence": "{words}.",
    "noted": "nothing to do; the news from HubSpot is recorded",
    # reports from HubSpot and other systems
    "unworkable.contact": "HubSpot has no such contact",
    "contact.gone": "HubSpot does not have this contact, or no longer has it",
    "signal.unknown": "signal {signal}: not in the policy, so it has no effect",
    "deal.unknown": "deal stage {stage}: corresponds to no lifecycle stage in the policy",
    "deal.open": "{deals:deal/deals} of the lead still open",
    "deal.answered": "the end of each of its deals was answered before",
    "deal.back": "deal {deal} brings the lead back to {stage}",
    "deal.back_title": "{lead} is {stage} again, by a deal",
    "deal.back_was": "It was {stage}. A deal of theirs is new, or open again.",
    "gone.merged": "Merged into contact {into}",
    "gone.deleted": "Deleted in HubSpot",
    "gone.missing": "The contact is not in HubSpot any more",
    # stages and moves
    "stage.created": "creation rule: HubSpot has no stage, so {stage}",
    "stage.unknown": "stage {stage:quoted} is not in the policy: the lead keeps the one it has",
    "stage.unknown.title": "HubSpot has a lifecycle stage that the policy does not know: {stage}",
    "stage.unknown.kept": "Leads in it keep the stage they had in Baton, and their clocks go on.",
    "stage.unknown.where": "`baton audit` lists them. This is asked once a month for each stage.",
    "stage.unknown.fix": "If it is one of yours, add a stage with lifecyclestage: {stage} to"
    " lifecycle.yaml and publish; if not, move these contacts in HubSpot.",
    "stage.moved": _moved,
    "move.not_yet": "move {move}: not made yet, {why}",
    "move.rounds": "move {move}: not made again after {rounds:round/rounds}",
    "move.made": "move {move}: made",
    "move.not_allowed": "move {move}: the lead's history does not allow it",
    "move.title": "{lead} is {stage} now",
    "move.by": "By: {move:spelled}.",
    "disqualify.no_way_off": "disqualifying condition for {reason} holds, but no transition closes"
    " the lead",
    # values that are not what their field's kind promises
    "unread": "{label}: {value:quoted} {why}",
    "unread.why": one_of(
        number="cannot be read as a number, so no rule counts it",
        date="cannot be read as a date, so no rule counts it",
        datetime="cannot be read as a date, so no rule counts it",
        country="is no country that Baton knows, so no rule for a country counts it",
        flag="is neither yes nor no, so no rule counts it",
        email="is no e-mail address",
    ),
    # gates
    "gate.flagged": "gate {stage}: missing {fields}, continues flagged",
    "gate.held": "gate {stage}: held, lacks {lacks}",
    "gate.still_held": "gate {stage}: still held, lacks {lacks}",
    "gate.not_asked": "gate {stage}: no longer applies",
    "gate.released": "gate {stage}: released",
    "gate.released_flagged": "gate {stage}: released, flagged",
    "gate.waits": "gate {stage}: the hold continues, HubSpot cannot be read",
    "gate.no_way_off": "not completed in time, but no transition closes the lead for {reason}",
    "field.denied": "missing fields could not be looked up: {why}",
    "field.found": "{field}: missing in the contact, found in {where:place}",
    "held.is": "{lead} is held before {stage}",
    "held.was": "{lead} was held before {stage}",
    "held.missing": "Missing: {fields}. Please add it in HubSpot.",
    "held.unmet": "Condition not met: {why}.",
    "held.then_flagged": "After {within:span} the lead continues without it.",
    "held.then_closed": "After {within:span} the lead is closed: {reason}.",
    "held.not_asked": "The lead no longer needs it.",
    "held.goes_on": "Continues to {stage}, complete",
    "held.goes_on_incomplete": "Continues to {stage}, incomplete",
    # how a handoff ends
    "handoff.waits": "the handoff waits, HubSpot cannot be read",
    "closed": "{reason}",
    "closed.disqualified": "Disqualified: {reason}",
    "closed.incomplete": "Not completed in time: {reason}",
    "closed.idle": "No activity for {days:day/days}: {reason}",
    "closed.rejected": given(0, "{owner} rejected: {reason}", "The owner rejected: {1}"),
    "closed.qualified": given(0, "{owner} qualified: {stage}", "The owner qualified: {1}"),
    "closed.moved_on": "Moved on to {stage}",
    "closed.taken_over": "Taken over",
    "closed.by_status": "{who} set {status}: {reason}",
    "closed.in_hubspot": "Moved to {stage} in HubSpot",
    "closed.no_way_off": "no transition closes a lead in {stage}; the stage stays",
    "closed.to": "{why} -> {where}",
    "track": "track {track}",
    "rounds": "{lead} has been recycled {rounds:time/times}",
    "rounds.track": "Track {track} allows {most}: Baton does not bring it back any more.",
    "rounds.asked": "A stage that somebody sets in HubSpot is asked about.",
    "rounds.followed": "A stage that somebody sets in HubSpot is followed.",
    "rounds.source": given(0, "First source: {source}.", "First source: not known."),
    "passed_on": given(0, "{owner} passed it on: {reason}", "The owner passed it on: {1}"),
    "passed_on.nobody": given(
        0,
        "Nobody else is left who could take it: it stays with {owner}",
        "Nobody else is left who could take it",
    ),
    "reassigned.to": _reassigned,
    "reassigned.back": _taken_back,
    "reassign.nobody_has_it": "nobody has this lead, so it cannot be reassigned",
    "reassign.unknown": "{person} is not in the roster",
    "reassign.has_it": "{person} has this lead already",
    "reassign.let_go": "{person} already let this lead go in this round",
    "owner_refused": "HubSpot does not accept {person} as owner",
    "owner_refused.unknown": "{person} is not in the roster any more",
    "owner_refused.not_theirs": "{person} does not have this lead any more",
    "owner_refused.keeps": "{person} keeps the lead: no other possible owner is accepted",
    "merged": "took over {others}, merged into this contact; lead {keeper} goes on",
    "merged.other": "Merged with a contact that somebody has",
    "merged.goes_on": "Two contacts were merged in HubSpot; the lead goes on here",
    "merged.why": "Two contacts were merged in HubSpot",
    "moved": "{lead} is no longer yours",
    "now_with": "It is with {person} now.",
    "now_with.nobody": "It waits for the next rep.",
    "now_with.waiting": "It waits for somebody who can take it.",
    # changes by others in HubSpot
    "by.person": "Somebody in HubSpot",
    "by.source": "{source}",
    "by.unnamed": "an unnamed source",
    "by.somebody": "Somebody",
    "by.user": given(1, "{1}", "HubSpot user {0}"),
    "by_hand": "{who} made {person} the owner in HubSpot",
    "by_hand.cleared": "{who} removed the owner in HubSpot",
    "by_hand.overtaken": "owner: {who} had set {owner} at {at:at}; a later change counts",
    "by_hand.undone": "owner: {who} set it to {owner} again, so nothing changes",
    "by_hand.leaves": "owner: {who} changed it as the lead left sales; it stays so in HubSpot",
    "by_hand.put_back": "owner: {who} set {owner}, which the policy puts back",
    "by_hand.asked": "owner: {who} set {owner}; not followed, RevOps is asked",
    "by_hand.even_so": "given by hand although {fault}",
    "by_hand.even_so.title": "{lead} was given to {person} in HubSpot",
    "by_hand.even_so.stays": "Routing would not have given it to them; it is theirs all the same.",
    "by_hand.owner": "owner {owner}",
    "by_hand.nobody": "nobody",
    "by_hand.queue": "its place in the queue",
    "by_hand.asked.title": "The owner of {lead} was changed in HubSpot",
    "by_hand.asked.cleared": "{who} removed the owner; Baton keeps {kept}, and the clocks run on.",
    "by_hand.asked.unknown": "{who} set owner {owner}, whom the roster does not know: a queue, a"
    " team, or somebody new. Baton keeps {kept}, and the clocks run on.",
    "by_hand.asked.inactive": "{who} set {owner}, who is inactive. Baton keeps {kept}, and the"
    " clocks run on.",
    "by_hand.asked.known": "{who} set {owner}. Baton keeps {kept}, and the clocks run on.",
    "by_hand.if_meant": "If intended: `baton reassign {lead}`.",
    "by_hand.if_meant_unknown": "If intended, add them to roster.yaml and publish: Baton then"
    " follows at the next news of the lead.",
    "by_hand.if_not": "If not, set the owner back in HubSpot: Baton has {kept}.",
    "backward": "backward: {stage} -> {back} by {who}, not followed ({answer})",
    "backward.cleared": "backward: {stage} cleared by {who}, not followed ({answer})",
    "backward.cleared_title": "The lifecycle stage of {lead} was cleared in HubSpot",
    "backward.cleared_kept": "{who} cleared it; Baton keeps {kept}.",
    "backward.if_meant_close": "If the lead should leave, set its stage to a side stage.",
    "backward.title": "{lead} was moved back in HubSpot",
    "backward.reported": "{who} set {stage}; Baton does not follow.",
    "backward.kept": "{who} set {stage}; Baton keeps {kept}.",
    "backward.if_meant_reject": "If intended, the owner can reject the lead with a reason.",
    "backward.if_meant_policy": "If intended, let the policy accept it as a reverse transition.",
    "backward.if_not": "If not, set the stage back to {stage} in HubSpot.",
    "forward": "forward: {stage} -> {to} by {who}, not followed ({answer})",
    "forward.followed": "forward: {stage} by {who}, which no transition allows; followed, as the"
    " policy says",
    "forward.not_by": "{move:spelled} may be made by {who}",
    "forward.no_transition": "no transition leads from {stage} to {to}",
    "forward.held": "{who} set it, but {why}",
    "forward.title": "{lead} was moved to {stage} in HubSpot by what may not do so",
    "forward.if_meant": "If intended, somebody who may makes the move, or the policy lets it (by).",
    "forward.followed_title": "{lead} is {stage} now, by what may not do so",
    "forward.followed_by": "{who} set {stage}; Baton follows, as the policy says. It is no"
    " acceptance.",
    "rest": "moved to {stage} by {who} while it rests in {kept} ({answer})",
    "rest.title": "{lead} was moved to {stage} in HubSpot while it rests",
    "rest.kept": "{who} set {stage}; Baton keeps {kept}, where the lead rests until {until:at}.",
    "rest.used_up": "{who} set {stage}; Baton keeps {kept}: the lead was recycled as often as its"
    " track allows.",
    "rest.goes_on": "Then it goes on to {stage} by itself, unless somebody moves it before.",
    "rest.if_meant": "If intended, let the policy follow it (early, in recycling.yaml).",
    "rest.followed": "{who} set {stage}; Baton follows, as the policy says.",
    "rest.over": "its rest is over: goes on to {stage}, which {who} had set",
    "trigger.automatic": "HubSpot, another system or Baton",
    "trigger.baton": "Baton itself",
    "trigger.rep": "a person",
    "trigger.time": "a clock",
    "loop": "moves in a circle: parked in {stage}, next would be {to}, after {moves:move/moves}",
    "loop.title": "{lead} is moved in a circle by the policy's own conditions",
    "loop.parked": "After {moves:move/moves} at one event it stays in {stage}; {to} would be next.",
    "loop.fix": "Let their conditions exclude each other and publish, or move the lead in HubSpot.",
    "loop.stays": "parked: the policy's own moves lead in a circle",
    "question.answered": "a question about its stage has answered itself: {stage}",
    "fight": "{property}: restored {times:time/times} in {within:span}; now left to {who}",
    "fight.title": "{lead}: {who} and Baton do not agree on {property}",
    "fight.given_up": "Baton has restored it {times:time/times} in {within:span} and now leaves"
    " it.",
    "fight.not_allowed": "The policy does not let Baton restore it.",
    "fight.mend": "Switch off what writes {property} there, or let the policy accept it.",
    "sync.yielded": "{property}: {who} set it, and {side} wins; Baton's value is not sent",
    "sync.rewritten": "{property}: {who} set it, but {side} wins; written again",
    "points": "{rule} {points:signed}",
}
