"""The settings of a local stack: ports, folders, and what replaces the sandbox."""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.build import ROOT

REGION = "us-east-1"
#: The account that the sandbox plays, and that the example payloads come from.
PORTAL_ID = "4455667"
#: The URL that requests are signed with. It differs from the address they are sent to, as behind a
#: custom domain, so that a check against the wrong URL fails here, too.
PUBLIC_URL = "https://baton.example.test"

#: Secrets Manager names of the signing secrets, as in samconfig.toml.
HUBSPOT_SIGNING, SLACK_SIGNING = "baton/hubspot-signing", "baton/slack-signing"

_HUBSPOT = "https://api.hubapi.com"
_SLACK = "https://slack.com/api/"


#: The overlay on the sample policy that turns hours into seconds.
FAST_POLICY = ROOT / "infra" / "local" / "fast_policy"


class Fault(Exception):
    """A fault that the user of the stack can fix; the text is one clear line."""


@dataclass(frozen=True)
class Settings:
    """
    One local stack.

    *home* holds what stacks share (the emulator, the build, the secrets). *state* holds what must
    survive a restart: by default one folder per port, because the emulator's queue addresses
    contain the port. *hubspot_api_url* and *slack_api_url* are None if the sandbox stands in for
    the system.
    """

    home: Path = ROOT / ".local"
    state_dir: Path | None = None
    port: int = 4566
    sandbox_port: int = 4580
    policy: Path | None = ROOT / "infra" / "policy"
    #: The overlay applied to the policy when it is published.
    overlay: Path | None = None
    #: Publish the policy even over one that somebody published on this stack.
    fresh: bool = False
    #: The emulator then refuses what a function's role does not allow, as AWS would.
    enforce_iam: bool = False
    portal_id: str = PORTAL_ID
    hubspot_api_url: str | None = None
    slack_api_url: str | None = None
    #: Name of the secret in secrets.json -> value from the environment.
    secrets: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """
        Read the documented variables.

        Raises:
            Fault: A port is invalid, or the policy folder does not exist.
        """
        given = {name: environ.get(name, "").strip() for name in _SECRETS}
        state = environ.get("BATON_STATE", "").strip()
        policy = environ.get("BATON_POLICY", "").strip()
        if policy and not Path(policy).is_dir():
            raise Fault(f"BATON_POLICY={policy} is not a folder")
        return cls(
            state_dir=Path(state).resolve() if state else None,
            port=_port(environ, "BATON_PORT", cls.port),
            sandbox_port=_port(environ, "BATON_SANDBOX_PORT", cls.sandbox_port),
            policy=Path(policy).resolve() if policy else cls.policy,
            # The overlay is only for the sample day: the user's own policy, and any policy on real
            # systems, runs as written.
            overlay=None if policy or _replaced(environ) else FAST_POLICY,
            enforce_iam=environ.get("BATON_ENFORCE_IAM", "") not in ("", "0"),
            portal_id=environ.get("HUBSPOT_PORTAL_ID", "").strip() or PORTAL_ID,
            # A token without an address means the real system.
            hubspot_api_url=environ.get("HUBSPOT_API_URL", "").strip()
            or (_HUBSPOT if given["HUBSPOT_ACCESS_TOKEN"] else None),
            slack_api_url=environ.get("SLACK_API_URL", "").strip()
            or (_SLACK if given["SLACK_BOT_TOKEN"] else None),
            secrets=tuple((_SECRETS[name], value) for name, value in given.items() if value),
        )

    @property
    def state(self) -> Path:
        return self.state_dir or self.home / "state" / str(self.port)

    @property
    def facts_file(self) -> Path:
        """stack.json: what other programs need to reach the running stack."""
        return (self.state_dir or self.home) / "stack.json"

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def wants_sandbox(self) -> bool:
        return self.hubspot_api_url is None or self.slack_api_url is None

    @property
    def runtime(self) -> str:
        """Handlers run under the emulator's interpreter, so build for that one."""
        return f"python{sys.version_info.major}.{sys.version_info.minor}"

    @property
    def architecture(self) -> str:
        return "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x86_64"

    @property
    def parameters(self) -> dict[str, str]:
        """The template's parameters for this machine."""
        return {
            "PythonRuntime": self.runtime,
            "Architecture": self.architecture,
            "PublicUrl": PUBLIC_URL,
            "HubSpotPortalId": self.portal_id,
            "HubSpotApiUrl": self.hubspot_api_url or f"{self.sandbox_url}/hubspot",
            "SlackApiUrl": self.slack_api_url or f"{self.sandbox_url}/slack/api/",
            "HubSpotSigningSecretName": HUBSPOT_SIGNING,
            "SlackSigningSecretName": SLACK_SIGNING,
            # Under the overlay idle leads are closed after minutes, an owner archived in the
            # sandbox is to be noticed soon, and a digest is to come in its minute.
            **dict.fromkeys(RATES, "rate(1 minute)"),
        }


#: The template's parameters for how often a schedule fires.
RATES = ("SweepRate", "RecycleRate", "DigestRate", "RosterCheckRate", "WatchRate")

#: Environment variable -> name in secrets.json and stack.json.
_SECRETS = {
    "HUBSPOT_ACCESS_TOKEN": "hubspot_access_token",
    "HUBSPOT_CLIENT_SECRET": "hubspot_client_secret",
    "SLACK_BOT_TOKEN": "slack_bot_token",
    "SLACK_SIGNING_SECRET": "slack_signing_secret",
}


def _replaced(environ: Mapping[str, str]) -> bool:
    """Whether a real system takes the place of the sandbox."""
    names = ("HUBSPOT_API_URL", "HUBSPOT_ACCESS_TOKEN", "SLACK_API_URL", "SLACK_BOT_TOKEN")
    return any(environ.get(name, "").strip() for name in names)


def _port(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, "").strip()
    if not text:
        return default
    if not text.isdigit() or not 1024 <= int(text) <= 65535:
        raise Fault(f"{name}={text} is not a port between 1024 and 65535")
    return int(text)
