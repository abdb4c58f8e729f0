"""Works one batch of advance_lead's messages: their order, and the flow for each.

The contacts of a batch are read from HubSpot together, and only when one is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from msgspec import Struct

from baton.application.drain_queue import drain
from baton.application.follow_deal import follow_deal
from baton.application.follow_person import follow_person
from baton.application.ports.crm import Crm
from baton.application.ports.leads import Queues
from baton.application.ports.log import Note
from baton.application.ports.people import People
from baton.application.ports.queues import Offers, Outbox
from baton.application.work_event import Contacts, EventResult, EventWorker, needs_contact
from baton.domain.escalation.due_order import due_at
from baton.domain.policy import Policy
from baton.domain.world.events import AnyEvent, ClockDue, WentStale
from baton.failures import Rejected
from baton.wire.details import DealHint, Hint, OddWebhook, PersonHint, PoolHint
from baton.wire.vocabulary import News, decode_message


class Tools(Struct, frozen=True):
    """What the flows need to work a message."""

    work_event: EventWorker
    crm: Crm
    queues: Queues
    people: People
    outbox: Outbox
    wakes: Offers
    #: The active policy.
    policy: Callable[[datetime], Policy]
    now: Callable[[], datetime]
    #: Sleeps until an instant, which is near: wakes are received a little early.
    wait_for: Callable[[datetime], None]
    #: The open leads of a person.
    owned_by: Callable[[str], Iterable[str]]


class Batch:
    """
    Args:
        bodies: The messages, in the order of receipt.

        returned: Messages received before: their earlier worker may have died half-way.

        on_result: Called with the result of each event of a lead.
    """

    def __init__(
        self,
        bodies: Iterable[str],
        returned: Collection[str],
        tools: Tools,
        on_result: Callable[[AnyEvent, EventResult], None],
        note: Note,
    ) -> None:
        self._news = {body: _read(body) for body in bodies}
        self._returned = returned
        self._tools = tools
        self._on_result = on_result
        self._note = note
        self._contacts = Contacts(tools.crm, _leads_to_read(self._news.values()))

    def due_at(self, body: str) -> datetime:
        """Sort key of a message: when it is due. An unreadable message counts as due."""
        news = self._news.get(body)
        return due_at(None if isinstance(news, Hint) else news)

    def work(self, body: str) -> None:
        """
        Raises:
            Malformed, Rejected: It can never be worked as it is.
            Retryable: Not now.
        """
        news = decode_message(body)
        tools, again = self._tools, body in self._returned
        if isinstance(news, ClockDue | WentStale):
            tools.wait_for(news.at)
        now = tools.now()
        policy = tools.policy(now)

        def work_event(event: AnyEvent, contacts: Contacts) -> None:
            self._on_result(event, tools.work_event(event, policy, contacts, now, again))

        match news:
            case DealHint():
                count = follow_deal(news, tools.crm, now, work_event)
                self._note("deal.followed", deal_id=news.deal_id, contacts=count)
            case PoolHint():
                count = drain(
                    news, tools.queues, now, lambda room: work_event(room, self._contacts)
                )
                self._note("queue.drained", pool=news.pool, leads=count)
            case PersonHint():
                what = follow_person(
                    news,
                    policy,
                    tools.people,
                    tools.outbox,
                    tools.wakes,
                    now,
                    again,
                    tools.owned_by,
                )
                self._note("person.followed", person=news.person, what=what)
            case OddWebhook():
                raise Rejected(_odd(news))
            case _:
                work_event(news, self._contacts)


def _odd(news: OddWebhook) -> str:
    """Why it is parked, that nothing is lost by it (the door sends a hint to read what it names),
    and how to get rid of it."""
    about = " ".join(filter(None, (news.subscription, news.object_id)))
    named = news.object_id and news.subscription.partition(".")[0] in ("contact", "deal", "object")
    read = (
        "the contact or deal that it names is read, so nothing is lost"
        if named
        else "it names no contact or deal that could be read"
    )
    return (
        f"HubSpot sent an event that cannot be read: {about} {news.why}; {read};"
        " `baton redrive events --drop --only OddWebhook` removes it"
    )


def _read(body: str) -> News | None:
    """The news of a message; None: unreadable. Whatever is wrong with it is reported when it is
    worked, and does not keep the others of its batch from being worked."""
    try:
        return decode_message(body)
    except Exception:
        return None


def _leads_to_read(batch: Iterable[News | None]) -> list[str]:
    """The leads whose contacts will be read."""
    return [
        news.lead_id
        for news in batch
        if news is not None and not isinstance(news, Hint) and needs_contact(news)
    ]
