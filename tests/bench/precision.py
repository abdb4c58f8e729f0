"""How late a clock's message is: from the instant it is due to Slack's first request of it.

The deployed stack, with a rep and a direct message for each lead, so that no two messages wait for
Slack's limit of one a second per channel, and none share a message. Leads arrive by webhook once.
Then, in each trial, all their clocks are armed again in the table, due within one minute that
begins some time later, and the mechanism under test wakes them: the sweep, repeated sweeps, or no
sweep. In the trial of clocks that are armed seconds before they are due, leads arrive by webhook
with a target of seconds, and the deployed functions arm their clocks.

Slack takes some hundred messages a minute from a workspace. The sandbox's limit is lifted here,
because a message that Slack refuses at first was sent in time.

Each trial shows how late the messages were, and how many came early, twice, or not at all. If all
wakes were lost, the sweep that finds the clocks sends the messages, so lateness counts from that
run.

The floor is the emulator's queue: delayed messages that are not events, from their instant until
they are parked. Wakes are sent to arrive early, so a clock may be less late than the queue alone.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from baton.adapters.dynamodb.leads import LeadStore
from baton.domain.draft.decision import Decision
from baton.domain.lead import ArmedRung, Clock, Lead
from baton.domain.world.events import Reapplied
from baton.policy_tools import presets
from infra.local.stack import Settings, Stack
from infra.local.stack.secrets import write_private
from tests.bench.figure import Aim, Figure, percentile, tell
from tests.bench.front import Front
from tests.bench.sweep import free_port

#: Aims for the time between the due instant and the first request.
IN_TIME = Aim(2.0, of="measured")
NONE = Aim(0.0, of="measured")
#: All clocks of a trial are due within it.
WINDOW = 60.0
#: Seconds before the deadline at which clocks are armed in the trial of short targets.
SOON = 8
#: From arming to the first due clock.
AHEAD = 35.0
#: The lateness of a sweep in the trial of a late one.
LATE = 50.0
#: An absence of the sweep.
ABSENCE = 300.0
#: Seconds without a new message after which waiting ends.
PATIENCE = 60.0
_THREADS = 16
_LEAD = re.compile(r"Example (\d+)\b.* was due\b")


@dataclass
class Trial:
    """When each clock was due and its message sent, in epoch seconds, by the number in the lead's
    name."""

    name: str
    due: dict[int, float]
    told: dict[int, list[float]] = field(default_factory=dict)
    #: For clocks due before this, lateness counts from this instant.
    since: float = 0.0
    #: Whether lateness has an aim; False: the trial only shows what gets lost.
    hurries: bool = True
    #: Messages before this belong to the trial before.
    begun: float = field(default_factory=time.time)

    def figures(self, floor: Sequence[float]) -> list[Figure]:
        late = [
            min(self.told[n]) - max(at, self.since)
            for n, at in self.due.items()
            if self.told.get(n)
        ]
        early = sum(min(at) < self.due[n] for n, at in self.told.items())
        twice = sum(len(at) > 1 for at in self.told.values())
        missing = len(self.due) - len(late)
        times = [
            Figure(
                "precision",
                f"{self.name}, p{share:.0f}",
                percentile(late, share / 100),
                "s",
                percentile(floor, share / 100),
                aim=IN_TIME if share == 99 and self.hurries else None,
            )
            for share in (50.0, 99.0)
            if late
        ]
        too_late = sum(one > IN_TIME.limit for one in late)
        tell(f"    {self.name}: {too_late} more than {IN_TIME.limit:.0f} s late")
        counts = (("early", early), ("twice", twice), ("missing", missing))
        return [
            *times,
            *(
                Figure("precision", f"{self.name}: {name}", count, "clocks", aim=NONE)
                for name, count in counts
            ),
        ]


def run(clocks: int = 500, trial: str = "") -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="baton-precision-") as folder:
        policy = policy_of(Path(folder) / "policy", clocks)
        settings = Settings(
            state_dir=Path(folder) / "state",
            port=free_port(),
            sandbox_port=free_port(),
            policy=policy,
        )
        with Stack(settings, tell) as stack:
            _lift(settings)
            bench = _Bench(stack, clocks)
            floor = bench.transport(min(clocks, 100))
            done = []
            for one in bench.trials(trial):
                done.append(one)
                for figure in one.figures(floor):
                    tell(f"    {figure.name}: {figure.measured:.2f}")
    return [
        Figure("precision", f"the queue alone, p{share:.0f}", percentile(floor, share / 100), "s")
        for share in (50.0, 99.0)
    ] + [figure for one in done for figure in one.figures(floor)]


def _lift(settings: Settings) -> None:
    config = settings.state / "sandbox.json"  # followed from request to request
    told = json.loads(config.read_text("utf-8"))
    write_private(config, told | {"slack_workspace_per_minute": 10_000})


class _Bench:
    def __init__(self, stack: Stack, clocks: int) -> None:
        self._stack = stack
        self._front = Front(stack)
        self._table = stack.client("dynamodb")
        self._store = LeadStore(self._table, stack.outputs["TableName"])
        self._lambda = stack.client("lambda")
        self._quiet_since = 0.0
        names = self._names()
        self._advance = next(name for name in names if "AdvanceLead" in name)
        self._sweep = next(name for name in names if "EscalateBreaches" in name)
        tell(f"  {clocks} leads come")
        begun = time.monotonic()
        self._leads = self._come(clocks, pace=0.2)
        tell(f"  each with its owner, after {time.monotonic() - begun:.0f} s")

    def trials(self, named: str) -> Iterator[Trial]:
        """Run the trials whose name contains *named*, one after another."""
        all_: dict[str, Callable[[str], Trial]] = {
            "due within a minute": self._trial,
            "the sweep runs twice": lambda name: self._trial(name, self._sweep_twice),
            f"the sweep is {LATE:.0f} s late": self._late,
            "all wakes lost, since the sweep": self._lost,
            "a consumer is killed": lambda name: self._trial(name, during=self._kill_one),
            "every consumer is killed": self._all_killed,
            f"armed {SOON} s before": self._soon,
            "no sweep for five minutes": self._absent,
        }
        for name, trial in all_.items():
            if named in name:
                tell(f"  {name}")
                yield trial(name)

    # --- trials

    def _trial(
        self,
        name: str,
        before: Callable[[], None] | None = None,
        ahead: float = AHEAD,
        during: Callable[[], None] = lambda: None,
    ) -> Trial:
        trial = Trial(name, self._arm(ahead))
        before() if before else self._run(self._sweep)
        first = min(trial.due.values())
        time.sleep(max(0.0, first + WINDOW / 2 - time.time()))
        during()
        return self._watched(trial)

    def _late(self, name: str) -> Trial:
        with self._no_sweep():
            return self._trial(name, self._sweep_late, LATE + 15)

    def _all_killed(self, name: str) -> Trial:
        """Kill all workers, as when a zone fails: their messages come back, but not within
        seconds."""
        trial = self._trial(name, during=self._kill_all)
        return dataclasses.replace(trial, hurries=False)

    def _absent(self, name: str) -> Trial:
        """Clocks due in five minutes: one sweep looks ahead, and no further sweep runs until they
        are over."""
        with self._no_sweep():
            trial = Trial(name, self._arm(ABSENCE))
            self._run(self._sweep)
            return self._watched(trial)

    def _lost(self, name: str) -> Trial:
        """Every wake was lost, and no sweep ran for five minutes; then one sweep finds all
        clocks."""
        with self._no_sweep():
            trial = Trial(name, self._arm(-ABSENCE), hurries=False)
            trial.since = time.time()
            self._run(self._sweep)
            return self._watched(trial)

    def _soon(self, name: str) -> Trial:
        """Leads arrive over a minute, each with a target of seconds. Only a fifth of the leads,
        because assigning a lead is several times the work of a clock, and this measures clocks."""
        folder = self._stack.settings.policy
        assert folder is not None
        file = folder / "sla.yaml"
        file.write_text(re.sub(r"within: 4h\b", f"within: {SOON}s", file.read_text("utf-8")))
        self._stack.publish(folder)
        time.sleep(6)  # the old policy may be used for five more seconds
        count = max(1, len(self._leads) // 5)
        begun = time.time()
        leads = self._come(count, pace=WINDOW / count)
        due = {
            number: lead.clocks[0].due_at.timestamp()
            for number, lead in zip(leads, self._read(leads.values()), strict=True)
        }
        return self._watched(Trial(name, due, begun=begun))

    # --- steps of the trials

    def _come(self, count: int, pace: float) -> dict[int, str]:
        """Create *count* leads, each with its own owner; returns the number in the name -> the
        id."""
        ids = self._front.leads(count)
        numbers = range(self._front.number - count + 1, self._front.number + 1)
        begun = time.time()
        with ThreadPoolExecutor(_THREADS) as pool:
            for place, lead in enumerate(ids):
                time.sleep(max(0.0, begun + place * pace - time.time()))
                pool.submit(self._front.webhook, [lead])
        until = time.monotonic() + PATIENCE + count
        while any(lead.assignment is None for lead in self._read(ids, count)):
            if time.monotonic() > until:
                raise TimeoutError("not every lead was given to somebody")
            time.sleep(1)
        return dict(zip(numbers, ids, strict=True))

    def _read(self, ids: Any, count: int | None = None) -> list[Lead]:
        found = self._store.leads(ids)
        if count is not None and len(found) < count:
            return [Lead(id="none yet")]
        return [found[lead] for lead in ids]

    def _arm(self, ahead: float) -> dict[int, float]:
        """Give every lead one clock, due within ``WINDOW``, which begins *ahead* seconds from
        now."""
        # Wait for writes that are still under way, and for a minute after the last trial's
        # messages, because messages of this trial would join those.
        time.sleep(max(5.0, self._quiet_since + 62 - time.time()))
        leads, begin = self._read(self._leads.values()), time.time() + ahead
        step = WINDOW / len(leads)
        due = {number: begin + place * step for place, number in enumerate(self._leads)}
        with ThreadPoolExecutor(_THREADS) as pool:
            list(pool.map(self._arm_one, leads, due.values()))
        # As if they had been armed hours ago, and no sweep had looked at them yet.
        table = self._stack.outputs["TableName"]
        self._table.delete_item(TableName=table, Key={"pk": {"S": "SWEEP"}, "sk": {"S": "WAKES"}})
        return {number: _whole(at) for number, at in due.items()}

    def _arm_one(self, lead: Lead, at: float) -> None:
        now = datetime.now(UTC)
        due = datetime.fromtimestamp(_whole(at), UTC)
        clock = Clock(
            target="accept",
            label="Accept",
            stops_on="accept",
            started_at=due - timedelta(hours=4),
            due_at=due,
            ladder=(ArmedRung(due, "breach"),),
        )
        armed = replace(lead, version=lead.version + 1, clocks=(clock,))
        event = Reapplied(id=f"bench:{due.isoformat()}", lead_id=lead.id, at=now)
        self._store.commit(Decision(armed, lead.version), event, "bench", now)

    def _watched(self, trial: Trial) -> Trial:
        """Wait for the messages of *trial*, and some time longer for repeated ones."""
        # The state of the sandbox is large by now, and reading it would disturb the measurement.
        time.sleep(max(0.0, max(*trial.due.values(), trial.since) + 6 - time.time()))
        last, seen = time.monotonic(), -1
        while True:
            trial.told = {}
            for message in self._front.state()["messages"]:
                named = _LEAD.search(str(message.get("text", "")))
                at = float(message["ts"])
                if named and int(named[1]) in trial.due and at >= trial.begun:
                    trial.told.setdefault(int(named[1]), []).append(at)
            if len(trial.told) != seen:
                last, seen = time.monotonic(), len(trial.told)
            over = time.time() - max(*trial.due.values(), trial.since)
            quiet = time.monotonic() - last
            if over > 0 and (quiet > PATIENCE or (seen == len(trial.due) and quiet > 10)):
                tell(f"  {seen} of {len(trial.due)} told")
                self._quiet_since = time.time() - quiet
                return trial
            time.sleep(3)

    def transport(self, probes: int) -> list[float]:
        """Seconds from the instant of a delayed message until it is parked."""
        tell("  the queue alone")
        sqs, outputs = self._stack.client("sqs"), self._stack.outputs
        due: dict[str, float] = {}
        for number in range(probes):
            name, delay = f"probe-{number}-", 5 + number % 20
            due[name] = time.time() + delay
            sqs.send_message(
                QueueUrl=outputs["WakesQueueUrl"],
                MessageBody=json.dumps({"kind": "probe", "probe": name}),
                DelaySeconds=delay,
            )
        took: dict[str, float] = {}
        until = time.monotonic() + PATIENCE
        while len(took) < probes and time.monotonic() < until:
            found = sqs.receive_message(
                QueueUrl=outputs["UnworkedEventsUrl"],
                MaxNumberOfMessages=10,
                MessageSystemAttributeNames=["SentTimestamp"],
            )
            for message in found.get("Messages", []):
                probe = re.search(r"probe-\d+-", message["Body"])
                if probe:
                    at = int(message["Attributes"]["SentTimestamp"]) / 1000
                    took[probe[0]] = at - due[probe[0]]
                sqs.delete_message(
                    QueueUrl=outputs["UnworkedEventsUrl"], ReceiptHandle=message["ReceiptHandle"]
                )
        return list(took.values())

    # --- faults of the functions

    def _names(self) -> list[str]:
        pages = self._lambda.get_paginator("list_functions").paginate()
        return [one["FunctionName"] for page in pages for one in page["Functions"]]

    def _run(self, name: str) -> None:
        self._lambda.invoke(FunctionName=name, Payload=b"{}")

    def _sweep_twice(self) -> None:
        """Run several concurrent sweeps, in addition to the scheduled ones."""
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(self._run, [self._sweep] * 6))

    def _sweep_late(self) -> None:
        time.sleep(LATE - 15)  # arming them took some seconds of it
        self._run(self._sweep)

    @contextmanager
    def _no_sweep(self) -> Iterator[None]:
        """Start neither the sweep nor the watchdog that replaces it."""
        events = self._stack.client("events")
        rules = [
            rule["Name"]
            for rule in events.list_rules()["Rules"]
            if re.search("EscalateBreaches|WatchLeads", rule["Name"])
        ]
        assert len(rules) >= 2, rules
        for rule in rules:
            events.disable_rule(Name=rule)
        try:
            yield
        finally:
            for rule in rules:
                events.enable_rule(Name=rule)

    def _kill_one(self) -> None:
        """Kill a worker of advance_lead that holds wakes: it sleeps until they are due."""
        until = time.monotonic() + 10
        while time.monotonic() < until:
            for worker in self._workers():
                with suppress(OSError):
                    if "nanosleep" in (worker / "wchan").read_text():
                        os.kill(int(worker.name), signal.SIGKILL)
                        tell("    one killed, with clocks in its hands")
                        return
            time.sleep(0.05)
        raise TimeoutError("no worker waited for a clock")

    def _kill_all(self) -> None:
        workers = list(self._workers())
        for worker in workers:
            os.kill(int(worker.name), signal.SIGKILL)
        tell(f"    {len(workers)} killed")

    def _workers(self) -> Iterator[Path]:
        """The processes of advance_lead, as directories of /proc."""
        name = f"AWS_LAMBDA_FUNCTION_NAME={self._advance}".encode()
        here = self._stack.settings.endpoint.encode()
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                environment = (process / "environ").read_bytes()
                if name in environment and here in environment:
                    yield process


def policy_of(folder: Path, reps: int) -> Path:
    """The simple preset with this many reps, who are always at work and told at once."""
    presets.write("simple", folder)
    _change(folder / "sla.yaml", r" +- \{at: 50%.*\n", "")
    _change(folder / "roster.yaml", r"hours: \{.*", "hours: always", r" +holidays: .*\n", "")
    _change(folder / "roster.yaml", r"max_(open|per_day): \d+.*", r"max_\1: 100000")
    with (folder / "roster.yaml").open("a", encoding="utf-8") as roster:
        for number in range(3, reps + 1):
            roster.write(_rep(number))
    half = reps // 2 + 1
    _change(folder / "routing.yaml", r"\{rep: rep-two\}", f"{{rep: rep-two}}, {_members(3, half)}")
    # One decision considers 500 people at most, so there are two pools.
    _change(folder / "routing.yaml", r"rules: .*\n", _EVEN, r"pools: .*\n", _POOL)
    _change(folder / "routing.yaml", "EVENS", _members(half, reps + 1))
    _change(folder / "notifications.yaml", r"\Z", _QUIET_HOURS)
    # Remove the cases, because they expect the preset's hours, targets and two reps.
    deadlines = r" +deadlines:( \{.*|\n( {8}.*\n)+)"
    _change(folder / "cases.yaml", deadlines, "", r"owner: manager, owned: true", "owned: true")
    return folder


_QUIET_HOURS = """
quiet_hours: {warning: through, breach: through, escalation: through}
messages_an_hour: 60
"""


_EVEN = """rules:
  - id: even
    label: Every other lead
    when: {email: {matches: ["*0@*", "*2@*", "*4@*", "*6@*", "*8@*"]}}
    pool: evens
"""
_POOL = """pools:
  - id: evens
    label: Those who take every other lead
    members: [EVENS]
    fallback: [{person: manager}]
"""


def _members(first: int, last: int) -> str:
    return ", ".join(f"{{rep: rep-{number}}}" for number in range(first, last))


def _rep(number: int) -> str:
    return f"""
  - id: rep-{number}
    name: Rep Number{number}
    role: rep
    email: rep{number}@your-company.example
    hubspot_owner: "{200_000_000 + number}"
    slack_user: U0REP{number:05}
    calendar: office
    manager: manager
"""


def _change(file: Path, *pairs: str) -> None:
    text = file.read_text("utf-8")
    for pattern, new in zip(pairs[::2], pairs[1::2], strict=True):
        text, count = re.subn(pattern, new, text)
        assert count, (file.name, pattern)
    file.write_text(text, "utf-8")


def _whole(at: float) -> float:
    """Rounded to the millisecond, as instants are stored."""
    return round(at, 3)
