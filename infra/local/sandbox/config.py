"""The sandbox's settings: the account, the workspace, and the Baton it talks to."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from threading import Lock
from typing import Literal

import msgspec

STAGES = (
    "subscriber",
    "lead",
    "marketingqualifiedlead",
    "salesacceptedlead",
    "salesqualifiedlead",
    "opportunity",
    "customer",
    "evangelist",
    "other",
)
#: Contact and deal properties whose changes are sent as webhooks: those of infra/hubspot.
SUBSCRIBED = (
    "lifecyclestage",
    "hs_lead_status",
    "hubspot_owner_id",
    "notes_last_contacted",
    "hs_last_sales_activity_timestamp",
    "firstname",
    "lastname",
    "company",
    "jobtitle",
    "email",
    "phone",
    "country",
    "industry",
    "numemployees",
    "hs_persona",
    "hs_buying_role",
    "hs_analytics_source",
    "hs_predictivecontactscore_v2",
    "recent_conversion_event_name",
    "recent_conversion_date",
    "baton_product_interest",
    "baton_partner",
    "baton_pain",
    "baton_timeline",
    "baton_authority",
    "baton_budget",
    "baton_waiting_on",
)
DEAL_SUBSCRIBED = ("dealstage",)
#: Kinds of events that are subscribed to, besides changes of properties: those of infra/hubspot.
SUBSCRIBED_KINDS = (
    "contact.creation",
    "contact.merge",
    "contact.restore",
    "contact.deletion",
    "contact.privacyDeletion",
    "deal.creation",
    "deal.associationChange",
)
LEAD_STATUSES = (
    "NEW",
    "OPEN",
    "IN_PROGRESS",
    "OPEN_DEAL",
    "UNQUALIFIED",
    "ATTEMPTED_TO_CONTACT",
    "CONNECTED",
    "BAD_TIMING",
)


#: What the app may do: the scopes of infra/slack.
SLACK_SCOPES = (
    "commands",
    "chat:write",
    "im:write",
    "im:history",
    "channels:history",
    "groups:history",
    "channels:read",
    "groups:read",
    "users:read",
    "users:read.email",
)


def stable_id(letter: str, name: str) -> str:
    """A Slack-like id; the same *name* gives the same id in every run."""
    digest = hashlib.sha256(f"{letter}:{name}".encode()).hexdigest().upper()
    return f"{letter}0{digest[:9]}"


class Channel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A channel of the workspace, as it is before anybody changes it."""

    #: Without a #.
    name: str
    private: bool = False
    archived: bool = False
    #: The app has been invited.
    member: bool = True
    #: Only some members may post there, and the app is none of them.
    read_only: bool = False


class Owner(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One person: a HubSpot owner, and the Slack user who is the same person."""

    id: str
    email: str = ""
    first_name: str = msgspec.field(name="firstName", default="")
    last_name: str = msgspec.field(name="lastName", default="")
    slack_user: str = ""
    user_id: int | None = msgspec.field(name="userId", default=None)
    archived: bool = False
    teams: tuple[str, ...] = ()
    tz: str = "UTC"
    title: str = ""
    #: What Slack says of the user, beside HubSpot's word. Messages to them are accepted all the
    #: same, as Slack accepts them.
    slack: Literal["", "deactivated", "guest", "single_channel_guest", "stranger", "bot"] = ""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email or self.id

    @property
    def slack_id(self) -> str:
        return self.slack_user or stable_id("U", self.id)

    @property
    def handle(self) -> str:
        return ".".join(self.name.lower().split())


class ConditionalRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An admin's rule: *needs* is required while *when* has one of *values*."""

    when: str
    values: tuple[str, ...]
    needs: str
    kind: str = "contacts"


class SandboxConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    The account as the sandbox plays it. Secrets here are made-up development values.

    Limits are per account as in the real systems: *hubspot_limit* requests in any ten seconds,
    *search_limit* searches in any second, *slack_channel_burst* messages at once to a channel
    before the one-a-second rule bites. Empty *baton_api* means nobody subscribed: no webhooks
    leave. *public_url* is what requests are signed against; empty means *baton_api* itself.
    *channels*: names, or channels that are private, archived, read-only or without the app.
    *slack_scopes*: what the Slack app may do.
    *property_types*: the custom properties that are ``datetime`` or ``number`` instead of
    ``string``. *missing_scopes*: scopes of the properties, owners, deals, e-mails and workflows
    APIs that the token lacks. *conditional_rules*, *required_to_create* (properties by kind of
    object): what an admin requires of records, which the API enforces from 2026-09 on.
    *value_rules*: properties whose values an admin restricts to ALPHA (letters) or NUMERIC, in
    every version. *refusals*: how a 400 says which values are wrong; see `hubspot_errors.invalid`.
    *flows*: false, and the account is not in the beta of the workflows API. *webhook_spelling*:
    whether events are named ``contact.creation`` or, as on the newer platform,
    ``object.creation``; an app may have subscribed to both.
    """

    baton_api: str = ""
    public_url: str = ""
    hubspot_client_secret: str = "sandbox-hubspot-client-secret"  # noqa: S105 made up
    hubspot_access_token: str = "sandbox-hubspot-access-token"  # noqa: S105 made up
    slack_signing_secret: str = "sandbox-slack-signing-secret"  # noqa: S105 made up
    slack_bot_token: str = "xoxb-sandbox-bot-token"  # noqa: S105 made up
    portal_id: int = 4455667
    app_id: int = 1160452
    owners: tuple[Owner, ...] = ()
    channels: tuple[str | Channel, ...] = ("leads",)
    slack_scopes: tuple[str, ...] = SLACK_SCOPES
    custom_properties: tuple[str, ...] = ()
    property_types: dict[str, str] = {}
    missing_scopes: tuple[str, ...] = ()
    conditional_rules: tuple[ConditionalRule, ...] = ()
    required_to_create: dict[str, tuple[str, ...]] = {}
    value_rules: dict[str, Literal["ALPHA", "NUMERIC"]] = {}
    refusals: Literal["message", "errors", "both"] = "message"
    flows: bool = True
    lifecycle_stages: tuple[str, ...] = STAGES
    side_stages: tuple[str, ...] = ("recycled", "disqualified")
    lead_statuses: tuple[str, ...] = LEAD_STATUSES
    subscribed: tuple[str, ...] = SUBSCRIBED
    subscribed_of_deals: tuple[str, ...] = DEAL_SUBSCRIBED
    subscribed_kinds: tuple[str, ...] = SUBSCRIBED_KINDS
    webhook_spelling: Literal["contact", "object", "both"] = "contact"
    hubspot_limit: int = 190
    search_limit: int = 5
    slack_channel_burst: int = 5
    slack_workspace_per_minute: int = 400
    slack_tier_2_per_minute: int = 20
    slack_tier_3_per_minute: int = 50
    slack_tier_4_per_minute: int = 100
    trigger_seconds: float = 3.0
    webhook_window_ms: int = 150
    webhook_retry_seconds: tuple[float, ...] = (0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60)

    @property
    def signed_url(self) -> str:
        return (self.public_url or self.baton_api).rstrip("/")

    def owner(self, owner_id: str) -> Owner | None:
        return next((owner for owner in self.owners if owner.id == owner_id), None)

    def owner_of_slack(self, slack_id: str) -> Owner | None:
        return next((owner for owner in self.owners if owner.slack_id == slack_id), None)


def load(path: Path) -> SandboxConfig:
    """
    Read a config file.

    Raises:
        ValueError: The file is not JSON, or a key is unknown or of the wrong type; the message
            names it.
        OSError: The file cannot be read.
    """
    try:
        # strict=False lets a portal id arrive as "4455667", as environment variables give it.
        return msgspec.json.decode(path.read_bytes(), type=SandboxConfig, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: {error}") from error


class ConfigFile:
    """A config that follows its file: the next request after an edit sees the new values."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = self._stamp()
        self._config = load(path)
        self._lock = Lock()

    def __call__(self) -> SandboxConfig:
        with self._lock:
            stamp = self._stamp()
            if stamp != self._seen:
                self._seen = stamp
                try:
                    self._config = load(self._path)
                except (ValueError, OSError) as error:
                    # A half-saved edit must not stop a running demo.
                    print(f"sandbox: keeping the previous config: {error}", file=sys.stderr)
            return self._config

    def _stamp(self) -> tuple[int, int]:
        try:
            stat = self._path.stat()
        except OSError:
            return (0, 0)
        return (stat.st_mtime_ns, stat.st_size)
