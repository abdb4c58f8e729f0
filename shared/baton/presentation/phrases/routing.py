"""Who gets the lead: rules, pools, fallbacks, accounts, queues, and why this person."""

from __future__ import annotations

from baton.domain.phrase import Arg
from baton.presentation.phrases.choosing import Words, given, one_of, with_arguments

#: One or several members of a pool who cannot take it, by their obstacle.
_MANY = {
    "inactive": "is not active/are not active",
    "let_go": "already let this lead go/already let this lead go",
    "on_leave": "is away/are away",
    "said_away": "is marked as away/are marked as away",
    "refused": "is not accepted as owner by HubSpot/are not accepted as owners by HubSpot",
    "unreachable": "gets no messages in Slack/get no messages in Slack",
    "off_shift": "is not on shift/are not on shift",
    "catching_up": "is back from leave and gets leads that waited one by one/are back from leave "
    "and get leads that waited one by one",
    "full": "is full/are full",
    "full_today": "is full for today/are full for today",
    "full_this_week": "is full for this week/are full for this week",
}


def _without(pool: Arg, count: Arg, obstacle: str) -> str:
    """How many members of a pool cannot take it, and why."""
    return f"pool {{pool}}: {{count:{_MANY.get(obstacle, 'cannot take it/cannot take it')}}}"


PHRASES: dict[str, Words] = {
    # rules
    "rule.no": given(1, "rule {rule}: no, {why}", "rule {rule}: no"),
    "rule.yes": "rule {rule}: yes",
    "rules.more": "rules: {count} more did not match",
    "window.from": "the rule is active from {start:day}",
    "window.until": "the rule was active until {end:day}",
    "window.hours": "the rule is active {inside} the hours of {calendar}",
    # pools
    "pool.others_wait": "pool {pool}: other leads wait for it already",
    "pool.gave_up": "pool {pool}: the wait has timed out",
    "pool.nobody": "pool {pool}: nobody can take it",
    "pool.turn": "pool {pool}: it is {person}'s turn among {free}",
    "turn.given_back": given(
        0, "{person} gets the turn in pool {pool} back", "the turn in pool {1} is given back"
    ),
    "pool.full": "pool {pool}: is full ({open} of {limit} open)",
    "pool.full_for": "pool {pool}: is full for this {period}",
    "pool.member": "pool {pool}: {why}",
    "pool.without": _without,
    "pool.had_it": "pool {pool}: everybody has had it in this round, so it does not wait",
    "pool.waits": "pool {pool}: the lead waits for room there",
    "fallback.pool": "fallback: pool {pool}",
    "fallback.member": "fallback: {why}",
    "fallback.last_resort": "fallback: {person} takes it; nobody else can",
    # people who cannot take it
    "obstacle.inactive": "{person} is not active",
    "obstacle.let_go": "{person} already let this lead go",
    "obstacle.on_leave": "{person} is away",
    "obstacle.said_away": "{person} is marked as away",
    "obstacle.refused": "{person} is not accepted as owner by HubSpot",
    "obstacle.unreachable": "{person} gets no messages in Slack",
    "obstacle.off_shift": "{person} is not on shift",
    "obstacle.catching_up": "{person} is back from leave and gets leads that waited one by one",
    "obstacle.full": with_arguments(
        3, "{person} is full ({open} of {limit:open lead/open leads})", "{person} is full"
    ),
    "obstacle.full_today": with_arguments(
        3, "{person} is full for today ({today} of {limit})", "{person} is full for today"
    ),
    "obstacle.full_this_week": with_arguments(
        3, "{person} is full for this week ({week} of {limit})", "{person} is full for this week"
    ),
    # accounts
    "account.denied": "account: could not be read, {why}",
    "account.contact": "the contact",
    "account.open_deal": given(0, "the open deal {name}", "the open deal"),
    "account.company": given(0, "the company {name}", "the company"),
    "account.parent_company": given(0, "the parent company {name}", "the parent company"),
    "account.domain": given(
        0, "the company of the e-mail domain {name}", "the company of the e-mail domain"
    ),
    "owner.none": "owner of {account}: there is none",
    "owner.unknown": "owner of {account}: {owner} is not in the roster",
    "owner.able": "owner of {account}: {person} can take it",
    "owner.member": "owner of {account}: {why}",
    # why this person
    "why.next": "{rule}: next in {pool}",
    "why.least_loaded": "{rule}: the least loaded in {pool}",
    "why.last_resort": given(
        0, "{rule}: nobody in the pools was free", "Nobody else: nobody in the pools was free"
    ),
    "why.owns": one_of(
        contact="already owns this contact",
        open_deal="owns the open deal",
        company="owns the company",
        parent_company="owns the parent company",
        domain="owns the company of the e-mail domain",
    ),
    "why.by_hand": given(0, "{by} gave it to you", "Somebody gave it to you"),
    "why.covers": "you stand in for {person}, who is away",
    "why.cover_over": "you are back, and it was yours",
    # owners who are not there
    "unattended.told": "nobody who has it is there: told {person}",
    "unattended.worked_on": "the owner has worked on it, so it stays with them",
    "unattended.back": "{person} is there again",
    "unattended.not_theirs": "it is not theirs",
    "unattended.leave": "{why}",
    "unattended.by_hand": "somebody gave it to {person} while they were away: it stays theirs",
    "unattended.stays": "{why}; it stays with them",
    "unattended.returns": "{person} is back and gets it again",
    "unattended.owned": given(
        1, "{lead} is with {owner}, who is not there", "{lead} is with somebody who is not there"
    ),
    "unattended.owner_back": "Back {at:at}.",
    "unattended.first": "Nobody who answers for it is there before {at:at}.",
    "unattended.unknown": "It is not known when anybody who answers for it will be there.",
    # queues
    "queue.until": "it waits until {until:at} at the latest",
    "queue.not_waiting": "it no longer waits",
    "queue.no_room": "pool {pool}: no room yet",
    "queue.looked_at": "pool {pool}: there may be room now, its queue is tried again",
    "queue.over": "pool {pool}: the wait is over",
    "queue.told": given(1, "pool {pool}: told {person}", "pool {pool}: told the channel"),
    "queue.left": "it no longer waits for {pool}: {stage}",
    "waits": "{lead} waits for {pool}",
    "waits.since": "Nobody there has been free since {since:at}.",
    "waits.to_you": "The lead goes to you {until:at}.",
    "waits.to_next": "The lead goes to the next fallback {until:at}.",
}
