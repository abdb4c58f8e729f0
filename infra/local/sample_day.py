"""The sample day: sends a few leads as signed HubSpot requests, and shows what happened to them.

The sandbox plays HubSpot and Slack; its webhooks and clicks are signed like theirs. Everything in
between is Baton as it is deployed, under an overlay of the policy whose clocks run in seconds.
"""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from rich.console import Console

from baton.adapters.dynamodb.leads import LeadStore
from baton.adapters.dynamodb.policies import PolicyStore
from baton.domain.draft.decision import Outcome
from baton.domain.lead import Lead
from baton.presentation.words import counted
from infra.local.sample_leads import Act, Scene, scenes
from infra.local.sample_table import laid_out, mark, name_of, row, sections, slot_of
from infra.local.stack import Stack

#: Columns of the table where no terminal says how wide it is.
WIDTH = 190
#: After this time the sample day is stopped, and its results so far are shown.
PATIENCE = 150.0
#: The slot of a digest that was asked for; the morning's has a day, and may come at any moment.
ASKED_DIGEST = re.compile(r"digest:\d{4}-\d\d-\d\dT")
#: How long to wait for the digests, which are requested at the end.
DIGESTS_WITHIN = 20.0
#: How long an action may take before it is tried again.
ANSWERED_WITHIN = 4.0
#: How long to wait for the assignments under the user's own policy, whose clocks are not waited
#: for.
ASSIGNED_WITHIN = 30.0


def run(stack: Stack, once: bool) -> int:
    """Play the day on a running *stack*; return the exit code: 0 if every lead reached its
    outcome."""
    # Leads' names come from outside, so they must not be read as markup.
    console = Console(markup=False, emoji=False)
    if not console.is_terminal:
        console = Console(markup=False, emoji=False, width=WIDTH)
    if stack.sandbox is None or stack.settings.hubspot_api_url or stack.settings.slack_api_url:
        console.print("Real systems are used: no sample leads are sent.")
        return 0
    fast = stack.settings.overlay is not None
    day = Day(stack, console, fast)
    try:
        day.play()
        day.summary()
    except (OSError, ValueError, KeyError) as error:
        # A failed demonstration must not stop the stack.
        console.print(f"The sample day ended early: {type(error).__name__} {error}")
    for name in day.missing:
        console.print(
            f"{name} did not reach the planned outcome; the table shows how far the lead got."
        )
    console.print(f"\nThe sandbox, a HubSpot and a Slack to click in: {stack.sandbox}")
    if fast:
        console.print("Its clocks run in seconds, so leads left alone are warned about at once.")
    return 0 if not day.missing else 1


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
    def missing(self) -> list[str]:
        """Names of the leads that have not reached the outcome planned for them."""
        return [scene.name for scene in self._scenes if not self._done(scene)]

    def play(self) -> None:
        """Send the leads, let people act, and print what happens as it happens."""
        self._print_line("sample day", "leads come in as signed HubSpot webhooks")
        for scene in self._scenes:
            scene.lead_id = self._send(scene)
        patience = PATIENCE if self._fast else ASSIGNED_WITHIN
        while self._elapsed() < patience and self.missing:
            messages = self._sandbox("GET", "state")["messages"]
            for scene in self._scenes:
                self._show_new_outcomes(scene)
                if self._fast:
                    self._act(scene, messages)
            time.sleep(0.5)
        if self._fast:
            self._digest()

    def summary(self) -> None:
        """Print what happened to each lead, as a table, and the digests that the managers got."""
        policy = self._policies.active(_now())
        messages = self._sandbox("GET", "state")["messages"]
        rows = []
        for scene in self._scenes:
            lead = self._store.leads([scene.lead_id]).get(scene.lead_id)
            history = self._store.history(scene.lead_id)
            rows.append(row(scene, lead, history, policy, messages))
        for part in laid_out(rows, self._console.width):
            self._console.print(part)
        for message in messages:
            if message["ts"] in self._digests:
                self._console.print(f"\nDigest to {self._channel(message)}")
                for line in sections(message):
                    self._console.print(f"  {line}")

    # What Baton did.

    def _show_new_outcomes(self, scene: Scene) -> None:
        """Print one line for each outcome since the last call."""
        outcomes = list(self._outcomes(scene))
        for outcome in outcomes[scene.outcomes_shown :]:
            if outcome.kind != "stage_moved":
                policy = self._policies.active(_now())
                who = name_of(policy, outcome.person) if outcome.person else ""
                what = " ".join(filter(None, [outcome.kind.replace("_", " "), outcome.what]))
                self._print_line(scene.name, f"{what}{': ' + who if who else ''}")
        scene.outcomes_shown = len(outcomes)

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
            "source": scene.source,
            **scene.offer,
        }
        return str(self._sandbox("POST", "contacts", body)["id"])

    def _act(self, scene: Scene, messages: list[dict[str, Any]]) -> None:
        """Let the person do the next act, and repeat it until it has taken effect: on a slow
        machine a lead may be pulled back just before its button is pressed."""
        lead = self._store.leads([scene.lead_id]).get(scene.lead_id)
        if lead is None or not scene.acts:
            return
        act = scene.acts[0]
        if _has_come_to(act, lead):
            scene.acts.pop(0)
            scene.due_since = 0.0
            return
        card = _card(messages, scene.lead_id, max(act.owners, lead.assigned))
        if card is None or _state(lead) != act.state:
            scene.due_since = 0.0
            return
        scene.due_since = scene.due_since or time.monotonic()
        if time.monotonic() < scene.due_since + act.after:
            return
        # A card that does not show that button yet is tried again as well.
        with suppress(urllib.error.HTTPError):
            self._do(act, scene, card)
        scene.due_since = time.monotonic() + ANSWERED_WITHIN

    def _do(self, act: Act, scene: Scene, card: dict[str, Any]) -> None:
        if act.do == "call":
            self._sandbox("POST", f"contacts/{scene.lead_id}/engagements", {"type": "call"})
            return
        click = {
            "channel": card["channel"],
            "ts": card["ts"],
            "action_id": f"baton:{act.do}",
            "user": self._reader(card),
        }
        self._sandbox("POST", "click", click | ({"value": act.reason} if act.reason else {}))

    def _digest(self) -> None:
        """Ask for the digests now instead of waiting for the morning."""
        before = {m["ts"] for m in self._sandbox("GET", "state")["messages"]}
        answer = self._stack.client("lambda").invoke(
            FunctionName=self._stack.outputs["SendDigestsName"],
            Payload=json.dumps({"digest": "now"}).encode(),
        )
        managers = len(json.load(answer["Payload"])["sent"])
        until = time.monotonic() + DIGESTS_WITHIN
        while time.monotonic() < until and len(self._digests) < managers:
            messages = self._sandbox("GET", "state")["messages"]
            self._digests = {
                m["ts"]
                for m in messages
                if m["ts"] not in before and ASKED_DIGEST.match(slot_of(m))
            }
            time.sleep(0.5)
        self._print_line("managers", f"{counted(len(self._digests), 'digest')} posted")

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

    def _print_line(self, who: str, what: str) -> None:
        self._console.print(f"{self._elapsed():5.1f} s  {who:<16} {what}", highlight=False)


def _now() -> datetime:
    return datetime.now(UTC)


def _card(messages: list[dict[str, Any]], lead_id: str, number: int) -> dict[str, Any] | None:
    for message in messages:
        if mark(message).get("subject") == f"LEAD#{lead_id}" and (
            slot_of(message) == f"card:{number}"
        ):
            return message
    return None


def _state(lead: Lead) -> str:
    if lead.assignment is None:
        return "closed"
    return "accepted" if lead.assignment.accepted_at else "open"


def _has_come_to(act: Act, lead: Lead) -> bool:
    """Whether *act* has taken effect on *lead*."""
    if act.do == "reject":
        return bool(lead.reason)
    if lead.assignment is None or lead.assigned < act.owners:
        return False
    done = lead.assignment.accepted_at if act.do == "accept" else lead.assignment.touched_at
    return done is not None
