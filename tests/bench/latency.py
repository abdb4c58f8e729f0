"""From HubSpot's webhook to the rep's Slack message, on the local stack.

Leads wait in the sandbox's HubSpot; their webhooks are signed and sent from here, one at a time,
and then a batch of them in one request. Each lead's time ends when chat.postMessage reaches the
sandbox's Slack (the message's own timestamp: one machine, one clock). The hops in between come
from the webhook's answer and from the instant that advance_lead stored with the decision.

The floor is the emulator's transport without work: messages that are neither events nor effects
take the same paths (bus, rule, queue, function; queue, function) and are parked. It does not
include the HTTP function.
"""

from __future__ import annotations

import json
import re
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from baton.adapters.dynamodb.leads import LeadStore
from infra.build import ROOT
from infra.local.stack import Settings, Stack
from tests.bench.figure import Figure, percentile, tell
from tests.bench.front import Front
from tests.bench.sweep import free_port

#: Seconds between two webhooks, so that leads arrive one by one.
APART = 0.5
#: Leads in one HubSpot request, for the figure of a batch.
BURST = 50
#: Messages that measure the transport, for each path.
PROBES = 20
#: Seconds without a new message after which waiting ends.
PATIENCE = 60.0

#: Open leads, and leads a day, of every rep here.
ROOM = 100_000

_WARM_UP = 3


@dataclass(frozen=True)
class Trip:
    """One lead's times, in epoch seconds."""

    sent: float
    answered: float
    decided: float
    posted: float


def run(webhooks: int = 100, burst: int = BURST, probes: int = PROBES) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="baton-latency-") as folder:
        settings = Settings(
            state_dir=Path(folder) / "state",
            port=free_port(),
            sandbox_port=free_port(),
            policy=roomy_policy(Path(folder) / "policy"),
        )
        with Stack(settings, tell) as stack:
            return measure(stack, webhooks, burst, probes)


def measure(stack: Stack, webhooks: int, burst: int, probes: int) -> list[Figure]:
    """Measure on a running *stack* with the sandbox; its reps must be able to take all these
    leads."""
    bench = _Bench(stack)
    bench.one_at_a_time(bench.front.leads(_WARM_UP))
    waiting, together = bench.front.leads(webhooks), bench.front.leads(burst)
    tell("  transport alone")
    floor = bench.transport(probes)
    tell(f"  {webhooks} webhooks, one at a time")
    single = bench.one_at_a_time(waiting)
    tell(f"  {burst} leads in one webhook")
    batch = bench.at_once(together)
    return figures_of(single, floor, batch)


def figures_of(
    single: Sequence[Trip], floor: Sequence[float], batch: Sequence[Trip]
) -> list[Figure]:
    found = [
        *_figures("webhook to message", [t.posted - t.sent for t in single], floor),
        *_hops("one at a time", single),
    ]
    if batch:
        name = f"{len(batch)} leads in one webhook"
        found += _figures(f"{name}, to message", [t.posted - t.sent for t in batch])
        found += _hops(name, batch)
    return found


class _Bench:
    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.front = Front(stack)
        self._store = LeadStore(stack.client("dynamodb"), stack.outputs["TableName"])

    def one_at_a_time(self, leads: Sequence[str]) -> list[Trip]:
        sent = {}
        for lead in leads:
            sent[lead] = self.front.webhook([lead])
            time.sleep(APART)
        return self._trips(sent)

    def at_once(self, leads: Sequence[str]) -> list[Trip]:
        return self._trips(dict.fromkeys(leads, self.front.webhook(leads)))

    def transport(self, probes: int) -> list[float]:
        """Seconds of transport alone: from the bus until a message is parked, plus from an effect's
        queue until an effect is parked."""
        events, sqs = self._stack.client("events"), self._stack.client("sqs")
        outputs = self._stack.outputs
        begun: dict[str, float] = {}
        for number in range(probes):
            name = f"probe-{number}"
            begun[name] = time.time()
            entry = {
                "EventBusName": outputs["BusName"],
                "Source": "bench",
                "DetailType": "LeadStageChanged",
                "Detail": json.dumps({"probe": name}),
            }
            events.put_events(Entries=[entry])
            time.sleep(APART)
        inward = self._parked(sqs, outputs["UnworkedEventsUrl"], begun)
        begun = {}
        for number in range(probes):
            name = f"probe-{number}"
            begun[name] = time.time()
            body = json.dumps({"kind": "probe", "probe": name})
            sqs.send_message(QueueUrl=outputs["SlackQueueUrl"], MessageBody=body)
            time.sleep(APART)
        outward = self._parked(sqs, outputs["UndeliveredSlackUrl"], begun)
        return [a + b for a, b in zip(inward, outward, strict=True)]

    def _parked(self, sqs: Any, url: str, begun: dict[str, float]) -> list[float]:
        took: dict[str, float] = {}
        until = time.monotonic() + PATIENCE
        while len(took) < len(begun) and time.monotonic() < until:
            found = sqs.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["SentTimestamp"]
            )
            for message in found.get("Messages", []):
                probe = re.search(r"probe-\d+", message["Body"])
                if probe and probe[0] in begun:
                    at = int(message["Attributes"]["SentTimestamp"]) / 1000
                    took[probe[0]] = at - begun[probe[0]]
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        if len(took) < len(begun):
            raise TimeoutError(f"only {len(took)} of {len(begun)} probes were parked")
        return [took[name] for name in begun]

    def _trips(self, sent: dict[str, tuple[float, float]]) -> list[Trip]:
        posted = self._posted(sent)
        if early := [lead for lead, (begun, _) in sent.items() if posted[lead] < begun]:
            raise RuntimeError(f"{len(early)} leads had their message before their webhook")
        return [Trip(*times, self._decided(lead), posted[lead]) for lead, times in sent.items()]

    def _posted(self, leads: Iterable[str]) -> dict[str, float]:
        """When each lead's first card reached Slack."""
        wanted = {f"LEAD#{lead}": lead for lead in leads}
        found: dict[str, float] = {}
        until = time.monotonic() + PATIENCE
        while len(found) < len(wanted):
            if time.monotonic() > until:
                raise TimeoutError(f"only {len(found)} of {len(wanted)} cards reached Slack")
            for message in self.front.state()["messages"]:
                mark = (message.get("metadata") or {}).get("event_payload") or {}
                lead = wanted.get(mark.get("subject", ""))
                if lead is not None and mark.get("slot") == "card:1" and lead not in found:
                    found[lead] = float(message["ts"])
                    until = time.monotonic() + PATIENCE
            time.sleep(0.5)
        return found

    def _decided(self, lead: str) -> float:
        return min(
            record.at.timestamp()
            for record in self._store.history(lead)
            if any(outcome.kind == "assigned" for outcome in record.outcomes)
        )


def roomy_policy(folder: Path) -> Path:
    """The sample policy, whose reps can take all the leads of a benchmark."""
    folder.mkdir()
    for file in (ROOT / "infra" / "policy").glob("*.yaml"):
        text = file.read_text("utf-8")
        text = re.sub(r"(max_open|max_per_day|max_per_week): \d+", rf"\1: {ROOM}", text)
        (folder / file.name).write_text(text, "utf-8")
    return folder


def _hops(name: str, trips: Sequence[Trip]) -> list[Figure]:
    """The times of each hop. They do not add up, because the message is on its way before the
    webhook is answered."""
    return [
        *_figures(f"{name}: webhook to its answer", [t.answered - t.sent for t in trips]),
        *_figures(f"{name}: webhook to decision begun", [t.decided - t.sent for t in trips]),
        *_figures(f"{name}: decision begun to message", [t.posted - t.decided for t in trips]),
    ]


def _figures(
    name: str, seconds: Sequence[float], floor: Sequence[float] | None = None
) -> list[Figure]:
    return [
        Figure(
            "latency",
            f"{name}, p{share:.0f}",
            percentile(seconds, share / 100) * 1000,
            "ms",
            percentile(floor, share / 100) * 1000 if floor else None,
        )
        for share in (50.0, 99.0)
    ]
