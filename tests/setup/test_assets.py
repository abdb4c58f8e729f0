"""infra/hubspot and infra/slack match the code."""

from __future__ import annotations

import ast
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from baton.adapters.hubspot import schema
from baton.adapters.slack import messenger
from baton.adapters.slack.channels import SCOPES
from baton.domain.lifecycle.hubspot_properties import property_names
from baton.domain.world.events import Hinted
from baton.http.hubspot_webhooks import HINTS, OWN, read_webhooks
from baton.http.hubspot_workflow import read_workflow
from baton.policy_tools import check, compile_policy
from infra.local.sandbox import config as sandbox_config
from infra.local.sandbox.config import DEAL_SUBSCRIBED, SUBSCRIBED, SUBSCRIBED_KINDS
from tests.http.requests import NOW, PORTAL, body_of, load
from tests.template.reading import resources

ROOT = Path(__file__).parents[2]
APP = ROOT / "infra/hubspot/src/app"
MANIFEST: dict[str, Any] = yaml.safe_load((ROOT / "infra/slack/manifest.yaml").read_text("utf-8"))
SAMPLE = ROOT / "infra/policy"
LIFECYCLE: dict[str, Any] = yaml.safe_load((SAMPLE / "lifecycle.yaml").read_text("utf-8"))


def sent(name: str) -> list[dict[str, Any]]:
    """Webhook events as HubSpot sends them."""
    found: list[dict[str, Any]] = json.loads(body_of(load(f"receive_hubspot.{name}.json")))
    return found


#: An event of each kind that HubSpot sends, by its kind.
KINDS = {
    event["subscriptionType"]: event
    for name in ("merge", "deletion", "spellings", "deal", "deal_contact", "batch")
    for event in reversed(sent(name))
    if "subscriptionType" in event
}

#: Method of the client -> bot scopes that Baton's use of it needs (direct messages, channels), from
#: Slack's documentation of the methods.
SLACK_SCOPES = {
    "chat_postMessage": {"chat:write"},
    "chat_postEphemeral": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_open": {"im:write"},
    "conversations_history": {"im:history", "channels:history", "groups:history"},
    "conversations_list": {"channels:read", "groups:read"},
    "users_info": {"users:read"},
    "auth_test": set(),
}


def component(path: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((APP / path).read_text("utf-8"))
    config: dict[str, Any] = found["config"]
    return config | {"type": found["type"]}


WEBHOOKS = component("webhooks/webhooks-hsmeta.json")
ACTION = component("workflow-actions/hand-to-sales-hsmeta.json")
#: HubSpot configures privacy deletions in a separate place.
SUBSCRIPTIONS: list[dict[str, Any]] = [
    *WEBHOOKS["subscriptions"]["legacyCrmObjects"],
    *WEBHOOKS["subscriptions"]["hubEvents"],
]


def topic(subscription: dict[str, Any]) -> str:
    return str(subscription.get("propertyName") or subscription["subscriptionType"])


def slack_methods() -> set[str]:
    """The client's methods that the adapter mentions as ``self._client.…`` or ``….web.…``."""
    return {
        node.attr
        for path in Path(messenger.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr in {"_client", "web"}
        and node.attr not in {"token", "proxy"}
    }


# ---------------------------------------------------------------- Slack


def test_the_manifest_has_every_scope_that_the_adapter_needs() -> None:
    methods = slack_methods()
    assert {"chat_postMessage", "users_info"} <= methods
    needed = set().union(*(SLACK_SCOPES[method] for method in methods))
    assert needed <= set(MANIFEST["oauth_config"]["scopes"]["bot"])
    assert needed == SCOPES.keys(), "which `baton doctor` asks for"
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == set(sandbox_config.SLACK_SCOPES)


def test_the_scopes_that_nothing_needs_yet_are_the_ones_the_readme_names() -> None:
    needed = set().union(*(SLACK_SCOPES[method] for method in slack_methods()))
    spare = set(MANIFEST["oauth_config"]["scopes"]["bot"]) - needed
    assert spare == {"users:read.email", "commands"}
    assert MANIFEST["features"]["slash_commands"], "which `commands` is for"
    readme = (ROOT / "infra/slack/README.md").read_text("utf-8")
    assert all(f"`{scope}`" in readme for scope in spare - {"commands"})


def test_the_app_has_a_bot_that_people_can_read_and_clicks_come_to_its_door() -> None:
    assert MANIFEST["features"]["bot_user"]["display_name"]
    assert MANIFEST["features"]["app_home"]["messages_tab_enabled"] is True
    interactivity = MANIFEST["settings"]["interactivity"]
    assert interactivity["is_enabled"] is True
    assert is_a_route(interactivity["request_url"])
    (command,) = MANIFEST["features"]["slash_commands"]
    assert is_a_route(command["url"])


def test_a_rotated_token_would_need_code_that_is_not_there() -> None:
    assert MANIFEST["settings"]["token_rotation_enabled"] is False
    assert MANIFEST["settings"]["socket_mode_enabled"] is False


# ---------------------------------------------------------------- HubSpot


def is_a_route(url: str) -> bool:
    routes = {route["RouteKey"] for route in resources("AWS::ApiGatewayV2::Route").values()}
    return f"POST {urlsplit(url).path}" in routes


def test_the_subscriptions_are_the_ones_the_door_acts_on() -> None:
    assert WEBHOOKS["type"] == "webhooks"
    assert {topic(one) for one in SUBSCRIPTIONS} == {
        "contact.creation",
        "contact.merge",
        "contact.restore",
        "contact.deletion",
        "contact.privacyDeletion",
        "lifecyclestage",
        *HINTS,
        *(field["property"] for field in LIFECYCLE["fields"]),
        "recent_conversion_date",
        "deal.creation",
        "dealstage",
        "deal.associationChange",
    }
    assert len(SUBSCRIPTIONS) == len({topic(one) for one in SUBSCRIPTIONS})
    assert not WEBHOOKS["subscriptions"]["crmObjects"]
    (privacy,) = WEBHOOKS["subscriptions"]["hubEvents"]
    assert topic(privacy) == "contact.privacyDeletion"


@pytest.mark.parametrize("subscription", SUBSCRIPTIONS, ids=topic)
def test_what_a_subscription_sends_becomes_an_event(subscription: dict[str, Any]) -> None:
    event = dict(KINDS[subscription["subscriptionType"]])
    if "propertyName" in subscription:
        event |= {"propertyName": subscription["propertyName"]}
    assert subscription["active"] is True
    found = read_webhooks(json.dumps([event]).encode(), datetime.now(UTC), PORTAL)
    assert found.events
    assert found.ignored == {}


def test_the_sandbox_subscribes_to_the_same() -> None:
    told = {*SUBSCRIBED_KINDS, *SUBSCRIBED, *DEAL_SUBSCRIBED}
    assert told == {topic(one) for one in SUBSCRIPTIONS}


def test_what_baton_writes_under_the_sample_policy_is_no_news_and_its_fields_are() -> None:
    """The function recognises Baton's own properties by patterns; these are the names of the sample
    policy."""
    policy = compile_policy(check(SAMPLE).files, NOW.date())
    assert [name for name in property_names(policy) if not OWN.fullmatch(name)] == []
    fields = [field.property for field in policy.lifecycle.fields]
    assert [name for name in fields if OWN.fullmatch(name)] == []


def test_the_readme_lists_the_same_subscriptions() -> None:
    readme = (ROOT / "infra/hubspot/README.md").read_text("utf-8")
    rows = re.findall(r"^\| `((?:contact|deal)\.\w+)`(?: of `(\w+)`)? \|", readme, re.MULTILINE)
    assert {name or kind for kind, name in rows} == {topic(one) for one in SUBSCRIPTIONS}


@pytest.mark.parametrize(
    ("url", "path"),
    [
        pytest.param(
            WEBHOOKS["settings"]["targetUrl"], "/hubspot/webhooks", id="webhooks to their door"
        ),
        pytest.param(ACTION["actionUrl"], "/hubspot/workflow", id="the action to its door"),
    ],
)
def test_requests_go_to_a_door_of_the_template(url: str, path: str) -> None:
    assert urlsplit(url).path == path
    assert is_a_route(url)


def test_everything_points_at_the_one_placeholder_of_the_readmes() -> None:
    urls = [WEBHOOKS["settings"]["targetUrl"], ACTION["actionUrl"]]
    urls.append(MANIFEST["settings"]["interactivity"]["request_url"])
    assert {f"{urlsplit(url).scheme}://{urlsplit(url).netloc}" for url in urls} == {
        "https://baton.example.com"
    }
    for folder in ("hubspot", "slack"):
        readme = (ROOT / "infra" / folder / "README.md").read_text("utf-8")
        assert "`https://baton.example.com`" in readme


def test_the_app_has_the_scopes_that_the_calls_need() -> None:
    auth = component("app-hsmeta.json")["auth"]
    assert auth["type"] == "static", "Baton keeps a token; it has no OAuth flow"
    assert set(auth["requiredScopes"]) == {
        "oauth",
        "crm.objects.contacts.read",
        "crm.objects.contacts.write",
        "crm.objects.companies.read",
        "crm.objects.deals.read",
        "crm.objects.owners.read",
        schema.READ_SCOPE,
        schema.WRITE_SCOPE,
        "sales-email-read",
    }
    readme = (ROOT / "infra/hubspot/README.md").read_text("utf-8")
    assert all(f"`{scope}`" in readme for scope in auth["requiredScopes"])


def test_the_action_sends_what_the_door_reads() -> None:
    """The properties that the action requests are enough to read the contact's stage."""
    assert ACTION["objectTypes"] == ["CONTACT"]
    values = {"lifecyclestage": "marketingqualifiedlead", "lastmodifieddate": "1795322400123"}
    request = json.loads(body_of(load("receive_hubspot.custom_action.json")))
    asked = ACTION["objectRequestOptions"]["properties"]
    request["object"]["properties"] = {name: values[name] for name in asked}
    request["inputFields"] = request["fields"] = request["typedInputs"] = {}
    found = read_workflow(json.dumps(request).encode(), NOW, PORTAL)
    (event,) = found.translated.events
    assert isinstance(event, Hinted)
    assert event.about == "stage"
    assert found.answer == {"outputFields": {"hs_execution_state": "SUCCESS"}}


def test_components_have_ids_of_their_own() -> None:
    uids = [json.loads(path.read_text("utf-8"))["uid"] for path in APP.rglob("*-hsmeta.json")]
    assert len(uids) == 3
    assert len(set(uids)) == 3
