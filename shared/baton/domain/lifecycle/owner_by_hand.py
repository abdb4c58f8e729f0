"""The owner is changed in HubSpot by somebody else: a person, a workflow, another system.

The policy says what it means (``by_hand`` of routing.yaml). Where it is followed it is a
reassignment: assignment, clocks, card, tasks and loads go over to the new owner. People may give a
lead to somebody who is full, away, or had it before; that is said, and done.
"""

from __future__ import annotations

from datetime import timedelta

from baton.domain import hubspot_names
from baton.domain.draft.draft import Draft, Given
from baton.domain.handoff.assign import (
    assign,
    end_assignment,
    give_by_hand,
    handoff_named,
    last_stage,
    manager_of,
    past_owners,
)
from baton.domain.handoff.reassign import notify_former_owner
from baton.domain.lifecycle.backward import changed_by, may_restore, source_phrase
from baton.domain.lifecycle.field_sync import side_of, sync_rule
from baton.domain.lifecycle.owner_history import news_of_owner, note_owner_seen
from baton.domain.lifecycle.stage_reports import SETTLED
from baton.domain.lifecycle.triggers import PEOPLE
from baton.domain.phrase import Phrase, phrase
from baton.domain.policy import Person, Policy, Stage
from baton.domain.routing.obstacles import obstacle, obstacle_phrase
from baton.domain.time import believable, iso
from baton.domain.world.world import USER, Contact, SeenValue

#: Found later than this, a change was missed when it was made: what the new owner did since is
#: read, too.
MISSED = timedelta(minutes=1)


def follow_owner(draft: Draft, contact: Contact) -> None:
    """Answer what others did to the owner since Baton last looked. The last change by HubSpot's
    time counts; one that was undone before Baton looked is only noted.

    A lead that nobody has in Baton, and that waits for nobody, is left alone: its owner in HubSpot
    counts when it is handed off, as ``ownership`` says.

    Raises NeedsData when a load, or data that routing depends on, is not known.
    """
    draft.owner_read = True
    lead = draft.lead
    if not contact.owners or (lead.assignment is None and lead.waiting is None):
        return
    asked = lead.yielded.get(hubspot_names.OWNER)
    if asked is None and lead.owner_seen is not None and contact.owners[-1].at <= lead.owner_seen:
        return
    changes = news_of_owner(lead, contact).changes
    latest = contact.owners[-1]
    if not changes and asked is not None and latest.value == asked:
        # It was asked about; since then the roster may have come to know them.
        if _answer(draft, latest) == "follow":
            _follow(draft, contact, latest)
        return
    if not changes:
        return
    last = changes[-1]
    if last.value == _present(draft):
        _undone(draft, contact, changes, asked)
    elif not last.value and draft.now < believable(last.at, draft.now) + SETTLED:
        # Whoever rotates owners clears the field first, and sets it a moment later.
        again = believable(last.at, draft.now) + SETTLED
        draft.look_again = min(draft.look_again or again, again)
    else:
        _name_earlier(draft, changes[:-1])
        _follow(draft, contact, last)


def who_changed(policy: Policy, source: str, by: str) -> Phrase:
    """Who made a change in HubSpot: a person by name, or by HubSpot's id of them; else a source."""
    if by.startswith(USER):
        user = by.removeprefix(USER)
        person = policy.person_by_hubspot_user.get(user)
        return Phrase("by.user", (user, person.name if person else ""))
    return Phrase("by.somebody") if source.casefold() in PEOPLE else source_phrase(source)


def _follow(draft: Draft, contact: Contact, change: SeenValue) -> None:
    answer = _answer(draft, change)
    if _leaves_sales(draft):
        # Whom they set stays in HubSpot, and nobody gets a card.
        _yield_to(draft, change)
        draft.add_reason("by_hand.leaves", _who(draft, change))
    elif answer == "follow":
        given = _given(draft, change)
        if _moves_on(draft):
            draft.given = given  # the next handoff begins with them, or finds its gate closed
            return
        pass_to(draft, given)
    elif answer == "route":
        _route(draft, change)
    elif answer == "put_back":
        _put_back(draft, change)
    else:
        _ask(draft, change)
    note_owner_seen(draft, contact)


def _answer(draft: Draft, change: SeenValue) -> str:
    """What the policy says to *change*: follow, route, ask or put_back."""
    rule = sync_rule(draft, hubspot_names.OWNER)
    if rule is not None and rule.wins != side_of(change.source):
        return "put_back"
    rules = draft.policy.by_hand
    if not change.value:
        return rules.cleared
    return rules.owner if _taker(draft, change) is not None else rules.unknown


def _taker(draft: Draft, change: SeenValue) -> Person | None:
    """Whom *change* names, if the roster knows them, and they can own leads."""
    person = draft.policy.owner_by_hubspot.get(change.value)
    if person is None or not person.active:
        return None
    refused = draft.load(person.id).refused
    # If HubSpot took them as owner after it had refused them, it takes them again.
    if refused is not None and refused.holds(draft.now) and refused.since >= change.at:
        return None
    return person


def _present(draft: Draft) -> str | None:
    """HubSpot's id of the owner that Baton has; empty: it waits for one. None: the roster has
    dropped them.
    """
    if draft.lead.assignment is None:
        return ""
    return draft.owner.hubspot_owner if draft.owner is not None else None


def _who(draft: Draft, change: SeenValue) -> Phrase:
    return who_changed(draft.policy, change.source, change.source_id)


def _called(draft: Draft, value: str) -> str | Phrase:
    """The owner *value* as people know them."""
    person = draft.policy.owner_by_hubspot.get(value)
    if person is not None:
        return person.name
    return Phrase("by_hand.owner", (value,)) if value else Phrase("by_hand.nobody")


# --- followed


def _given(draft: Draft, change: SeenValue) -> Given:
    person = draft.policy.owner_by_hubspot[change.value]
    at, by = believable(change.at, draft.now), change.user or change.source
    return Given(person, _who(draft, change), at, by)


def pass_to(draft: Draft, given: Given) -> None:
    """Give the lead, in its present handoff, to the person who was set as its owner by hand."""
    draft.given = None
    held_by = draft.lead.assignment or draft.lead.waiting
    assert held_by is not None
    former, person = draft.owner, given.person
    even_so = _obstacle(draft, person)
    why = Phrase("by_hand", (given.who, person.name))
    draft.because.append(why)
    draft.record("reassigned", former.id if former else "", person.id, by=given.by)
    end_assignment(draft, "taken_back", why, given.at)
    give_by_hand(draft, given, handoff_named(draft.policy, held_by.handoff))
    notify_former_owner(draft, former, why)
    if even_so is not None:
        _say_even_so(draft, given, even_so)


def _leaves_sales(draft: Draft) -> bool:
    """Whether the lead is past its handoff, and no other one begins."""
    stage = draft.policy.stage.get(draft.lead.state.stage)
    if stage is None:
        return False
    return stage.side or (_is_past(draft, stage) and stage.id not in draft.policy.handoff)


def _moves_on(draft: Draft) -> bool:
    """Whether the lead has come to a later handoff: then it is that one's owner who was set."""
    stage = draft.policy.stage.get(draft.lead.state.stage)
    return stage is not None and stage.id in draft.policy.handoff and _is_past(draft, stage)


def _is_past(draft: Draft, stage: Stage) -> bool:
    held_by = draft.lead.assignment or draft.lead.waiting
    return held_by is not None and stage.rank > last_stage(draft.policy, held_by.handoff).rank


def _obstacle(draft: Draft, person: Person) -> Phrase | None:
    """Why routing would not have given them the lead; None: it might have."""
    if person.id in past_owners(draft):
        return Phrase("obstacle.let_go", (person.name,))
    load = draft.load(person.id)
    code = obstacle(draft.policy, person, load, draft.now)
    return obstacle_phrase(person, load, code) if code else None


def _say_even_so(draft: Draft, given: Given, fault: Phrase) -> None:
    """Tell whoever gave it, else the new owner's manager, what would have kept routing from it."""
    draft.add_reason("by_hand.even_so", fault)
    policy, person = draft.policy, given.person
    giver = policy.person_by_hubspot_user.get(given.by.removeprefix(USER))
    reader = giver or manager_of(draft, person)
    draft.notify(
        f"notice:by_hand:{draft.lead.assigned}",
        reader.slack_user if reader else policy.notifications.ops_channel,
        "info",
        Phrase("by_hand.even_so.title", (draft.lead.name, person.name)),
        Phrase("sentence", (fault,)),
        Phrase("by_hand.even_so.stays"),
    )


def _route(draft: Draft, change: SeenValue) -> None:
    """The owner was emptied: routing finds the next, without those who had the lead."""
    held_by = draft.lead.assignment or draft.lead.waiting
    assert held_by is not None
    former, at = draft.owner, believable(change.at, draft.now)
    why = Phrase("by_hand.cleared", (_who(draft, change),))
    draft.because.append(why)
    draft.record("reassigned", former.id if former else "", by=change.user or change.source)
    end_assignment(draft, "taken_back", why, at)
    assign(draft, handoff_named(draft.policy, held_by.handoff))
    notify_former_owner(draft, former, why)


# --- not followed


def _name_earlier(draft: Draft, changes: tuple[SeenValue, ...]) -> None:
    for one in changes:
        set_to, at = _called(draft, one.value), believable(one.at, draft.now)
        draft.because.append(phrase("by_hand.overtaken", _who(draft, one), set_to, at))


def _undone(
    draft: Draft, contact: Contact, changes: tuple[SeenValue, ...], asked: str | None
) -> None:
    """The owner is who it was, by somebody's own hand."""
    if len(changes) == 1 and asked is None:
        return  # set to whom Baton had just chosen
    _name_earlier(draft, changes[:-1])
    last = changes[-1]
    draft.add_reason("by_hand.undone", _who(draft, last), _called(draft, last.value))
    kept = {k: v for k, v in draft.lead.yielded.items() if k != hubspot_names.OWNER}
    draft.change(yielded=kept)
    note_owner_seen(draft, contact)


def _put_back(draft: Draft, change: SeenValue) -> None:
    name = hubspot_names.OWNER
    _drifted(draft, change)
    if may_restore(draft, name, change.source):
        draft.add_reason("by_hand.put_back", _who(draft, change), _called(draft, change.value))
        draft.rewrite.add(name)
        kept = {k: v for k, v in draft.lead.yielded.items() if k != name}
        draft.change(yielded=kept)
    else:
        _yield_to(draft, change)


def _ask(draft: Draft, change: SeenValue) -> None:
    """What others set stays in HubSpot, Baton's owner and clocks stay in Baton; RevOps is asked."""
    who, kept = _who(draft, change), draft.owner_name or Phrase("by_hand.queue")
    _drifted(draft, change)
    _yield_to(draft, change)
    draft.add_reason("by_hand.asked", who, _called(draft, change.value))
    known = draft.policy.owner_by_hubspot.get(change.value)
    if not change.value:
        what = Phrase("by_hand.asked.cleared", (who, kept))
    elif known is None:
        what = Phrase("by_hand.asked.unknown", (who, change.value, kept))
    else:
        id_ = "by_hand.asked.known" if _taker(draft, change) else "by_hand.asked.inactive"
        what = Phrase(id_, (who, known.name, kept))
    if known is not None or not change.value:
        meant = Phrase("by_hand.if_meant", (draft.lead.id,))
    else:
        meant = Phrase("by_hand.if_meant_unknown")
    draft.notify(
        f"notice:owner:{iso(change.at)}",
        draft.policy.notifications.ops_channel,
        "warning",
        Phrase("by_hand.asked.title", (draft.lead.name,)),
        what,
        meant,
        Phrase("by_hand.if_not", (kept,)),
    )


def _drifted(draft: Draft, change: SeenValue) -> None:
    draft.record(
        "drifted",
        what=changed_by(hubspot_names.OWNER, change.source),
        by=change.user or change.source,
    )


def _yield_to(draft: Draft, change: SeenValue) -> None:
    yielded = draft.lead.yielded | {hubspot_names.OWNER: change.value}
    draft.change(yielded=yielded)
