"""The sample day: a few leads sent in as signed HubSpot requests, and what became of them.

The sandbox plays HubSpot and Slack; its webhooks and clicks are signed like theirs. Everything in
between is Baton as it is deployed, under an overlay of the policy whose clocks run in seconds.
"""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from baton.adapters.policies import PolicyStore
from baton.adapters.store import LeadStore, Record
from baton.core.decision import Outcome
from baton.core.lead import Lead
from baton.core.policy import Policy
from baton.core.show import in_zone, zone_of
from infra.local.stack import Stack

#: Laid over the sample policy, so that hours fit into seconds.
OVERLAY = Path(__file__).parent / "fast_policy"
#: Columns of the table where no terminal says how wide it is.
WIDTH = 190
#: A day that takes longer than this is shown as far as it came.
PATIENCE = 150.0
#: The same for a policy of one's own, whose clocks are not waited for.
ASSIGNED_WITHIN = 30.0


@dataclass
class Act:
    """What somebody does: when the card shows *state*, *after* seconds."""

    do: str
    state: str = "open"
    after: float = 2.0
    reason: str = ""
    #: Only once the lead has had this many owners.
    owners: int = 1


@dataclass
class Scene:
    """A lead, what is done with it, and the outcome it must come to."""

    name: str
    properties: dict[str, str]
    company: dict[str, str]
    offer: str
    acts: list[Act] = field(default_factory=list)
    until: str = "assigned"
    source: str = "FORM"
    #: Filled in while it plays.
    lead_id: str = ""
    told: int = 0
    due_since: float = 0.0


def scenes() -> list[Scene]:
    def lead(
        name: str, company: str, employees: int, country: str, offer: str, **more: Any
    ) -> Scene:
        first, last = name.split()
        domain = company.lower().replace(" ", "-") + ".example"
        properties = {
            "firstname": first,
            "lastname": last,
            "email": f"{first}.{last}@{domain}".lower(),
            "country": country,
            "numemployees": str(employees),
            "lifecyclestage": "marketingqualifiedlead",
            "hs_analytics_source": "PAID_SEARCH",
            **more.pop("properties", {}),
        }
        firm = {"name": company, "domain": domain, "country": country}
        return Scene(name, properties, firm, offer, **more)

    accept, call = Act("accept"), Act("call", state="accepted")
    return [
        lead(
            "Ada Lindqvist",
            "Nordhafen Logistics",
            5200,
            "Germany",
            "Demo request",
            properties={"jobtitle": "VP Operations", "hubspotscore": "86"},
            acts=[accept, call],
            until="touched",
        ),
        lead(
            "Marisol Vega",
            "Cascade Robotics",
            3100,
            "United States",
            "Pricing request",
            properties={"jobtitle": "CIO"},
            acts=[Act("accept", owners=2), Act("touch", state="accepted", owners=2)],
            until="touched",
        ),
        lead(
            "Piet Jansen",
            "Waterlijn",
            420,
            "Netherlands",
            "Webinar",
            acts=[accept, Act("touch", state="accepted")],
            until="touched",
        ),
        lead(
            "Claire Beaumont",
            "Maple Health",
            260,
            "Canada",
            "Free trial",
            acts=[Act("reject", reason="timing")],
            until="recycled",
        ),
        lead(
            "Oscar Nilsen",
            "Fjordbakeri",
            18,
            "Norway",
            "Contact sales",
            acts=[Act("reject", reason="bad_fit")],
            until="disqualified",
        ),
        lead(
            "Tess Okada",
            "Pixel Pantry",
            9,
            "USA",
            "Checklist download",
            acts=[accept],
            until="accepted",
        ),
        lead(
            "Ruth Adeyemi",
            "Lagos Freight",
            700,
            "Nigeria",
            "Contact sales",
            properties={"baton_partner": "Altura Consulting"},
            acts=[accept],
            until="accepted",
        ),
        lead(
            "Sam Whitlock",
            "Harbour Insurance",
            350,
            "United Kingdom",
            "Contact sales",
            properties={"baton_partner": "Altura Consulting"},
            acts=[Act("accept", after=4.0)],
            until="accepted",
        ),
        lead(
            "Noor Rahman",
            "Delta Pharma",
            2300,
            "France",
            "Contact sales",
            properties={"baton_product_interest": "Archive"},
            acts=[accept],
            until="accepted",
        ),
        lead(
            "Mei Tanaka", "Kita Systems", 150, "Japan", "Webinar", acts=[accept], until="accepted"
        ),
    ]


def run(stack: Stack, once: bool) -> int:
    """Play the day on a running *stack*; return the exit code: 0 if all came out as meant."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    if stack.sandbox is None or stack.settings.hubspot_api_url or stack.settings.slack_api_url:
        console.print("Real systems are used: no sample leads are sent.")
        return 0
    sample = stack.sample_policy
    fast = sample is not None
    if sample is not None:
        stack.publish(sample, OVERLAY)
    day = Day(stack, console, fast)
    day.play()
    day.summary()
    console.print(f"\nThe sandbox, a HubSpot and a Slack to click in: [bold]{stack.sandbox}[/bold]")
    if fast:
        console.print("Its clocks run in seconds, so leads left alone are warned about at once.")
    return 0 if day.complete else 1


class Day:
    def __init__(self, stack: Stack, console: Console, fast: bool) -> None:
        self._stack, self._console, self._fast = stack, console, fast
        client, table = stack.client("dynamodb"), stack.outputs["TableName"]
        self._store = LeadStore(client, table)
        self._policies = PolicyStore(client, table)
        self._scenes = scenes()
        self._started = time.monotonic()
        self._digests: set[str] = set()

    @property
    def complete(self) -> bool:
        return all(self._done(scene) for scene in self._scenes)

    def play(self) -> None:
        """Send the leads, let people act, and tell what happens as it happens."""
        self._say("sample day", "leads come in as signed HubSpot webhooks")
        for scene in self._scenes:
            scene.lead_id = self._send(scene)
        patience = PATIENCE if self._fast else ASSIGNED_WITHIN
        while self._elapsed() < patience and not self.complete:
            messages = self._sandbox("GET", "state")["messages"]
            for scene in self._scenes:
                self._tell(scene)
                if self._fast:
                    self._act(scene, messages)
            time.sleep(0.5)
        if self._fast:
            self._digest()

    def summary(self) -> None:
        """What happened to each lead, as a table; and what the managers were sent."""
        policy = self._policies.active(_now())
        messages = self._sandbox("GET", "state")["messages"]
        table = Table(title="The sample day", show_lines=True)
        for heading in ("Lead", "Rule", "Owner", "Why", "Deadlines", "What happened", "Message"):
            table.add_column(heading, overflow="fold")
        for scene in self._scenes:
            table.add_row(*self._row(scene, policy, messages))
        self._console.print(table)
        for message in messages:
            if message["ts"] in self._digests:
                self._console.print(f"Digest to {self._channel(message)}: {message['text']}")

    # What Baton did.

    def _row(self, scene: Scene, policy: Policy, messages: list[dict[str, Any]]) -> list[str]:
        lead, history = self._store.leads([scene.lead_id]).get(scene.lead_id), []
        if lead is None:
            return [scene.name, "", "", "not worked yet", "", "", ""]
        history = self._store.history(scene.lead_id)
        assigned = [
            (record, outcome)
            for record in history
            for outcome in record.outcomes
            if outcome.kind == "assigned"
        ]
        names = [_name(policy, outcome.person) for _, outcome in assigned]
        rule = assigned[0][1].what if assigned else ""
        why = _why(assigned[0][0]) if assigned else ""
        return [
            f"{scene.name}\n{scene.company['name']}",
            rule,
            " → ".join(names),
            why,
            _deadlines(lead, policy),
            _story(history),
            _last_message(messages, scene.lead_id),
        ]

    def _tell(self, scene: Scene) -> None:
        """One line for each thing that happened since the last look."""
        outcomes = list(self._outcomes(scene))
        for outcome in outcomes[scene.told :]:
            if outcome.kind != "stage_moved":
                policy = self._policies.active(_now())
                who = _name(policy, outcome.person) if outcome.person else ""
                what = " ".join(filter(None, [outcome.kind.replace("_", " "), outcome.what]))
                self._say(scene.name, f"{what}{': ' + who if who else ''}")
        scene.told = len(outcomes)

    def _outcomes(self, scene: Scene) -> Iterator[Outcome]:
        for record in self._store.history(scene.lead_id):
            yield from record.outcomes

    def _done(self, scene: Scene) -> bool:
        goal = scene.until if self._fast else "assigned"
        return any(outcome.kind == goal for outcome in self._outcomes(scene))

    # What people do.

    def _send(self, scene: Scene) -> str:
        body = {
            "properties": scene.properties,
            "company": scene.company,
            "form": scene.offer,
            "source": scene.source,
        }
        return str(self._sandbox("POST", "contacts", body)["id"])

    def _act(self, scene: Scene, messages: list[dict[str, Any]]) -> None:
        if not scene.acts:
            return
        act = scene.acts[0]
        card = _card(messages, scene.lead_id, act.owners)
        lead = self._store.leads([scene.lead_id]).get(scene.lead_id)
        if card is None or lead is None or _state(lead) != act.state:
            scene.due_since = 0.0
            return
        scene.due_since = scene.due_since or time.monotonic()
        if time.monotonic() < scene.due_since + act.after:
            return
        scene.acts.pop(0)
        scene.due_since = 0.0
        if act.do == "call":
            self._sandbox("POST", f"contacts/{scene.lead_id}/engagements", {"type": "call"})
            return
        self._sandbox(
            "POST",
            "click",
            {
                "channel": card["channel"],
                "ts": card["ts"],
                "action_id": f"baton:{act.do}",
                "user": self._reader(card),
                **({"value": act.reason} if act.reason else {}),
            },
        )

    def _digest(self) -> None:
        """Ask for the digests, as somebody does who does not want to wait for the morning."""
        before = {m["ts"] for m in self._sandbox("GET", "state")["messages"]}
        answer = self._stack.client("lambda").invoke(
            FunctionName=self._stack.outputs["SendDigestsName"],
            Payload=json.dumps({"digest": "now"}).encode(),
        )
        managers = len(json.load(answer["Payload"])["sent"])
        until = time.monotonic() + 20
        while time.monotonic() < until and len(self._digests) < managers:
            messages = self._sandbox("GET", "state")["messages"]
            self._digests = {
                m["ts"]
                for m in messages
                if m["ts"] not in before and _slot(m).startswith("digest:")
            }
            time.sleep(0.5)
        self._say("managers", f"{len(self._digests)} digests posted")

    # Small things.

    def _reader(self, card: dict[str, Any]) -> str:
        """The Slack user whose direct messages the card is in."""
        dms: dict[str, str] = self._sandbox("GET", "state")["dms"]
        return next(user for user, channel in dms.items() if channel == card["channel"])

    def _channel(self, message: dict[str, Any]) -> str:
        state = self._sandbox("GET", "state")
        names = {owner["slack_id"]: owner["name"] for owner in state["owners"]}
        users = {channel: user for user, channel in state["dms"].items()}
        return str(names.get(users.get(message["channel"], ""), message["channel"]))

    def _sandbox(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - the sandbox, on loopback
            f"{self._stack.sandbox}/_sandbox/{path}",
            method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - loopback
            return json.load(answer)

    def _elapsed(self) -> float:
        return time.monotonic() - self._started

    def _say(self, who: str, what: str) -> None:
        self._console.print(f"{self._elapsed():5.1f} s  {who:<16} {what}", highlight=False)


def _now() -> datetime:
    return datetime.now(UTC)


def _mark(message: dict[str, Any]) -> dict[str, str]:
    """Which slot of which subject a message stands for."""
    mark: dict[str, str] = (message.get("metadata") or {}).get("event_payload") or {}
    return mark


def _slot(message: dict[str, Any]) -> str:
    return _mark(message).get("slot", "")


def _card(messages: list[dict[str, Any]], lead_id: str, number: int) -> dict[str, Any] | None:
    for message in messages:
        if _mark(message).get("subject") == f"LEAD#{lead_id}" and (
            _slot(message) == f"card:{number}"
        ):
            return message
    return None


def _state(lead: Lead) -> str:
    if lead.assignment is None:
        return "closed"
    return "accepted" if lead.assignment.accepted_at else "open"


def _name(policy: Policy, person: str) -> str:
    found = policy.person.get(person)
    return found.name if found else person


def _why(record: Record) -> str:
    """The steps that decided: what matched and who was passed over, not what did not match."""
    return "\n".join(
        line
        for line in record.because
        if line.startswith(("existing owner: ", "pool ", "fallback")) and "has none" not in line
    )


def _deadlines(lead: Lead, policy: Policy) -> str:
    if lead.assignment is None or lead.assignment.person not in policy.person:
        return "–"
    zone = zone_of(policy, policy.person[lead.assignment.person])
    return "\n".join(
        f"{clock.label} {in_zone(clock.due_at, zone).split(maxsplit=3)[3]}"
        f" {'met' if clock.stopped_at and clock.stopped_at <= clock.due_at else ''}".rstrip()
        for clock in lead.clocks
    )


def _story(history: list[Record]) -> str:
    kinds = [o.kind for record in history for o in record.outcomes if o.kind != "stage_moved"]
    return ", ".join(kind.replace("_", " ") for kind in kinds)


def _last_message(messages: list[dict[str, Any]], lead_id: str) -> str:
    mine = [
        message
        for message in messages
        if _mark(message).get("subject") == f"LEAD#{lead_id}" and _slot(message).startswith("card:")
    ]
    return str(mine[-1]["text"]).split(". ")[0] if mine else ""
