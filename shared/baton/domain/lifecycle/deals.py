"""Deals of a lead: which are open, and whether the end of one was answered.

That a deal was lost is an event of the past, not how the lead stands: it is answered once, for its
own deal, and only when none of the lead's deals is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from baton.domain import hubspot_names
from baton.domain.draft.draft import Draft
from baton.domain.lead import KnownDeal, Lead
from baton.domain.phrase import Phrase
from baton.domain.policy import Count, When
from baton.domain.time import iso
from baton.domain.world.events import DealMoved

#: Kinds of evidence that say how a deal ended -> the outcome.
ENDS = {"deal_lost": "lost", "deal_won": "won"}
#: Deals kept per lead.
KEPT = 20


def note_deal(draft: Draft, event: DealMoved) -> None:
    """Note how the deal stands. A deal that is open again may end again; an older event of a deal
    changes nothing.
    """
    deals = draft.lead.deals
    known = deals.get(event.deal)
    if known is not None and (event.at < known.at or known.outcome == event.outcome):
        return
    rest = {name: deal for name, deal in deals.items() if name != event.deal}
    latest = sorted(rest.items(), key=lambda item: item[1].at)[-(KEPT - 1) :]
    draft.change(deals={**dict(latest), event.deal: KnownDeal(event.at, event.outcome)})


def add_deals(draft: Draft, others: Iterable[Lead]) -> None:
    """Add the deals of *others*, merged into the lead: HubSpot associates all of them with the
    contact that is left. Of a deal that several knew, the latest news counts, and an answer given.
    """
    deals = dict(draft.lead.deals)
    for other in others:
        for name, deal in other.deals.items():
            known = deals.get(name, deal)
            deals[name] = max(known, deal, key=lambda one: (one.at, one.answered))
    latest = sorted(deals.items(), key=lambda item: item[1].at)[-KEPT:]
    draft.change(deals=dict(latest))


def why_not_yet(draft: Draft, when: When) -> Phrase | None:
    """Why a move that asks how a deal ended is not made: another deal is open, or the end of each
    deal was answered. None: nothing speaks against it. A lead whose deals are not known, because
    they moved before Baton noted them, is moved by the evidence alone.
    """
    ends = ends_asked_for(when)
    deals = draft.lead.deals
    if not ends or not deals:
        return None
    opened = sum(deal.is_open for deal in deals.values())
    if opened:
        return Phrase("deal.open", (opened,))
    if not any(deal.outcome in ends and not deal.answered for deal in deals.values()):
        return Phrase("deal.answered")
    return None


def answer_ends(draft: Draft, when: When) -> None:
    """A move was made because of how deals ended: that is answered now."""
    ends = ends_asked_for(when)
    if ends and draft.lead.deals:
        draft.change(
            deals={
                name: replace(deal, answered=True) if deal.outcome in ends else deal
                for name, deal in draft.lead.deals.items()
            }
        )


def tell_of_deal(draft: Draft) -> None:
    """Tell the owner when a new or reopened deal brings a closed lead back."""
    event, policy = draft.event, draft.policy
    before = policy.stage.get(draft.start.state.stage)
    now = policy.stage.get(draft.lead.state.stage)
    if not isinstance(event, DealMoved) or before is None or now is None:
        return
    if not before.side or now.side:
        return
    contact = draft.world.contact
    shown = contact.properties.get(hubspot_names.OWNER, "") if contact else ""
    last = draft.lead.past[-1].person if draft.lead.past else ""
    person = policy.owner_by_hubspot.get(shown) or policy.person.get(last)
    draft.add_reason("deal.back", event.deal, now.id)
    draft.notify(
        f"notice:deal:{event.deal}:{iso(event.at)}",
        person.slack_user if person else policy.notifications.ops_channel,
        "info",
        Phrase("deal.back_title", (draft.lead.name, now.label)),
        Phrase("deal.back_was", (before.label,)),
    )


def ends_asked_for(when: When) -> frozenset[str]:
    """The outcomes of deals that *when* asks for."""
    return frozenset(ENDS[kind] for count in _counts(when) for kind in count.of if kind in ENDS)


def _counts(when: When) -> Iterator[Count]:
    for test in when.values():
        yield from test.counts
        for block in test.blocks:
            yield from _counts(block)
