"""Starts and stops the local stack in order, and always cleans up."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3
from botocore.config import Config

from baton.adapters.dynamodb.policies import PolicyStore
from baton.presentation.words import quoted
from infra.local.stack import deploy, emulator, policy, preflight, sandbox, secrets
from infra.local.stack.processes import Service
from infra.local.stack.settings import PUBLIC_URL, REGION, Settings

Report = Callable[[str], None]


class Stack:
    """
    A running Baton.

    Use it as a context manager; between enter and exit everything answers::

        with Stack(Settings(port=4666, sandbox_port=4680)) as stack:
            stack.api, stack.outputs["TableName"], stack.client("dynamodb")

    Raises:
        Fault: On entering, when a step fails. What was started by then has been stopped again.
    """

    def __init__(self, settings: Settings, report: Report = lambda line: None) -> None:
        self.settings = settings
        self.secrets: dict[str, str] = {}
        #: The template's outputs: TableName, BusName, the queues' URLs, the functions' names.
        self.outputs: dict[str, str] = {}
        self._report = report
        self._running = ExitStack()
        self._services: list[Service] = []
        self._since = time.monotonic()

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._running.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._running.close()

    @property
    def api(self) -> str:
        """Base URL under which the HTTP routes answer; requests are signed against public_url."""
        return f"{self.settings.endpoint}/_aws/execute-api/{deploy.API_ID}/$default"

    @property
    def public_url(self) -> str:
        return PUBLIC_URL

    @property
    def sandbox(self) -> str | None:
        """Address of the sandbox page; None if real systems are used."""
        return self.settings.sandbox_url if self.settings.wants_sandbox else None

    def client(self, service: str) -> Any:
        """A boto3 client of the emulator, as the account's root."""
        client: Any = boto3.client
        return client(
            service,
            endpoint_url=self.settings.endpoint,
            region_name=REGION,
            aws_access_key_id=emulator.KEY,
            aws_secret_access_key=emulator.SECRET,
            config=Config(retries={"mode": "standard"}),
        )

    def publish(self, folder: Path, overlay: Path | None = None) -> None:
        """Make the policy in *folder*, with *overlay* laid over it, the active one."""
        token = self.secrets["slack_bot_token"]
        policy.publish(self.settings, folder, self.outputs["TableName"], overlay, token)

    def check(self) -> None:
        """
        Raises:
            Fault: A process that should run has ended by itself.
        """
        for service in self._services:
            service.check()

    def facts(self) -> dict[str, Any]:
        """The contents of stack.json."""
        return {
            "api": self.api,
            "public_url": self.public_url,
            "aws_endpoint": self.settings.endpoint,
            "region": REGION,
            "table": self.outputs["TableName"],
            "sandbox": self.sandbox,
            "hubspot_client_secret": self.secrets["hubspot_client_secret"],
            "slack_signing_secret": self.secrets["slack_signing_secret"],
            "aws_access_key_id": emulator.KEY,
            "aws_secret_access_key": emulator.SECRET,
            "outputs": self.outputs,
        }

    def _start(self) -> None:
        settings = self.settings
        preflight.check(settings)
        cast = policy.cast(settings.policy) if settings.policy else {}
        self.secrets = secrets.load(settings)
        if emulator.install(settings):
            self._done("emulator installed")
        if deploy.build(settings):
            self._done("functions built")
        # Registered first, so it runs last, when everything has stopped.
        self._running.callback(emulator.clear, settings)
        self._serve(emulator.start(settings))
        self._done(f"local AWS answers at {settings.endpoint}")
        cloudformation = self.client("cloudformation")
        if deploy.deploy(settings, cloudformation):
            self._done("template.yaml deployed")
        self.outputs = deploy.outputs_of(cloudformation)
        deploy.complete(self.outputs, self.client("dynamodb"), self.client("events"))
        secrets.seed(self.client("secretsmanager"), self.secrets)
        if settings.wants_sandbox:
            self._serve(sandbox.start(settings, self.api, self.secrets, cast))
            self._done(f"sandbox answers at {settings.sandbox_url}")
        # After the sandbox, whose Slack knows the channels that the policy names.
        if settings.policy is not None:
            self._publish_unless_chosen(settings.policy)

    def _publish_unless_chosen(self, folder: Path) -> None:
        """A restart must not undo what somebody published on this stack."""
        settings = self.settings
        store = PolicyStore(self.client("dynamodb"), self.outputs["TableName"])
        kept = None if settings.fresh else policy.chosen_by_hand(store)
        if kept is None:
            self.publish(folder, settings.overlay)
            self._done(f"policy {folder.name}/ published")
            return
        by = f"by {kept.by}, {quoted(kept.note)}" if kept.note else f"by {kept.by}"
        kept_line = f"kept policy version {kept.version} ({by})"
        self._done(f"{kept_line}; --fresh publishes {folder.name}/")

    def _serve(self, service: Service) -> None:
        self._services.append(service)
        self._running.callback(service.stop)

    def _done(self, what: str) -> None:
        now = time.monotonic()
        self._report(f"  {now - self._since:5.1f} s  {what}")
        self._since = now
