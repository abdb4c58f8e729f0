"""Events in, decisions stored, effects out: the only writer of leads. See application.advance."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from baton.adapters.aws.queue_metrics import teller
from baton.adapters.aws.queues import REDRIVEN, consume
from baton.adapters.aws.runtime import on_lambda
from baton.application.advance import Advanced, Contacts, needs_contact
from baton.application.drain_queue import drain
from baton.application.follow_deal import follow_deal
from baton.application.follow_person import follow_person
from baton.domain.draft.draft import EARLIEST
from baton.domain.world.events import AnyEvent, ClockDue, WentStale
from baton.failures import Malformed
from baton.wire.details import DealHint, Hint, PersonHint, PoolHint
from baton.wire.vocabulary import News, decode_message

from . import wiring

#: One event: a read of HubSpot at its slowest, and the table.
ENOUGH_TIME = timedelta(seconds=15)

logger = Logger()
metrics = Metrics(namespace="Baton")
tell = teller(logger, metrics, "advance_lead", wiring.now)

if on_lambda():
    wiring.warm()


@logger.inject_lambda_context(log_event=False, clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    wiring.settings()  # a bad environment fails the batch at once, not one event after another
    contacts = Contacts(wiring.crm(), _leads_to_read(event["Records"]))
    returned = {record["body"] for record in event["Records"] if _came_back(record)}

    def work(body: str) -> None:
        happened = decode_message(body)
        if isinstance(happened, ClockDue | WentStale):
            wiring.wait_for(happened.at)
        now = wiring.now()
        policy = wiring.policies().active(now)

        def advance(event: AnyEvent, found: Contacts) -> None:
            _report(event, wiring.advance()(event, policy, found, now, body in returned))

        match happened:
            case DealHint():
                count = follow_deal(happened, wiring.crm(), now, advance)
                logger.info("deal.followed", deal_id=happened.deal_id, contacts=count)
            case PoolHint():
                count = drain(happened, wiring.store(), now, lambda room: advance(room, contacts))
                logger.info("queue.drained", pool=happened.pool, leads=count)
            case PersonHint():
                people, again = wiring.people(), body in returned
                what = follow_person(
                    happened, policy, people, wiring.outbox(), wiring.wakes(), now, again
                )
                logger.info("person.followed", person=happened.person, what=what)
            case _:
                advance(happened, contacts)

    def time_left() -> timedelta:
        return timedelta(milliseconds=context.get_remaining_time_in_millis())

    soonest_first = {"Records": sorted(event["Records"], key=_due)}
    return dict(
        consume(
            soonest_first, work, wiring.lane(), tell=tell, time_left=time_left, enough=ENOUGH_TIME
        )
    )


def _leads_to_read(records: Iterable[dict[str, Any]]) -> list[str]:
    """The leads of a batch whose contacts will be asked for, so that they are read together."""
    found = []
    for record in records:
        happened = _news(record)
        if happened is None or isinstance(happened, Hint):
            continue
        if needs_contact(happened):
            found.append(happened.lead_id)
    return found


def _due(record: dict[str, Any]) -> datetime:
    """When the record is due: nobody waits for a wake while something else could be done."""
    happened = _news(record)
    return happened.at if isinstance(happened, ClockDue | WentStale) else EARLIEST


def _news(record: dict[str, Any]) -> News | None:
    """None: it is malformed; whoever works the record parks it with its reason."""
    try:
        return decode_message(record["body"])
    except Malformed:
        return None


def _came_back(record: dict[str, Any]) -> bool:
    """Received before, or parked and sent again: whoever had it may have died half-way."""
    receives = int(record.get("attributes", {}).get("ApproximateReceiveCount", 1))
    return receives > 1 or REDRIVEN in record.get("messageAttributes", {})


def _report(happened: AnyEvent, advanced: Advanced) -> None:
    for outcome in advanced.outcomes:
        name = f"Lead{outcome.kind.title().replace('_', '')}"
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=1)
    logger.info(
        f"lead.{advanced.name}",
        lead_id=happened.lead_id,
        event=type(happened).__name__,
        outcomes=[outcome.kind for outcome in advanced.outcomes],
        attempts=advanced.attempts,
    )
