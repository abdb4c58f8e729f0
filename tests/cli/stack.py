"""A table with a policy and leads, and a bus whose events are worked as on the stack."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from baton.adapters.dynamodb.leads import LeadStore
from baton.adapters.dynamodb.policies import PolicyStore
from baton.adapters.dynamodb.roster import RosterStore
from baton.application.follow_person import follow_person
from baton.application.work_event import Contacts, EventWorker
from baton.cli import _target
from baton.cli.__main__ import main
from baton.domain.lead import Lead
from baton.domain.policy import Policy
from baton.wire.details import Hint, PersonHint
from baton.wire.vocabulary import from_detail
from tests.adapters.dynamodb.test_leads import TABLE, create_table
from tests.builders import PROPERTIES, became
from tests.fakes.aws import FakeEvents
from tests.fakes.crm import FakeCrm
from tests.fakes.store import FakeOutbox, FakeWakes

Run = Callable[..., tuple[int, str, str]]


class Rig:
    """What the commands talk to."""

    def __init__(self, client: Any, policy: Policy) -> None:
        self.client = client
        self.leads, self.people = LeadStore(client, TABLE), RosterStore(client, TABLE)
        self.outbox, self.wakes, self.crm = FakeOutbox(), FakeWakes(), FakeCrm()
        self.events = FakeEvents()
        self._work_event = EventWorker(self.leads, self.outbox, self.wakes, lambda attempt: None)
        policies = PolicyStore(client, TABLE)
        policies.publish(policy, by="test", at=now(), note="")
        self.policy = policies.active(now())

    def arrive(self, lead_id: str, stage: str = "marketingqualifiedlead", **fields: str) -> None:
        given = PROPERTIES | fields | {"lifecyclestage": stage}
        self.crm.add(lead_id, now() - timedelta(minutes=3), **given)
        event = became(stage, now() - timedelta(minutes=2), id=f"in-{lead_id}", lead_id=lead_id)
        self._work_event(event, self.policy, Contacts(self.crm, [lead_id]), now())

    def lead(self, lead_id: str) -> Lead:
        lead, _ = self.leads.load(lead_id, "-")
        assert lead is not None
        return lead

    def owner(self, lead_id: str) -> str:
        assignment = self.lead(lead_id).assignment
        return assignment.person if assignment else ""

    def work(self) -> None:
        """Work what commands put on the bus."""
        for call in self.events.stored:
            news = from_detail(call["DetailType"], call["Detail"])
            if isinstance(news, PersonHint):
                follow_person(news, self.policy, self.people, self.outbox, self.wakes, now())
            else:
                assert not isinstance(news, Hint)
                self._work_event(news, self.policy, Contacts(self.crm, []), now())
        self.events = FakeEvents()


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Rig]:
    """A rig for the policy that the test names with ``@pytest.mark.parametrize``, or POLICY."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "TABLE_NAME": TABLE,
        "COLUMNS": "200",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        client = boto3.client("dynamodb", region_name="eu-central-1")
        create_table(client)
        found = Rig(client, request.param)
        real = _target.Target.client

        def clients(target: _target.Target, service: str) -> Any:
            return found.events if service == "events" else real(target, service)

        monkeypatch.setattr(_target.Target, "client", clients)
        yield found


@pytest.fixture
def baton(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command; returns its exit code, stdout and stderr."""

    def run(*argv: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(list(argv))
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run
