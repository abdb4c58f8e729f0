"""`sam build` and `sam deploy` of template.yaml, with workarounds for the emulator's gaps."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.build import ROOT, Template, code_sha256, lighten, precompile, read, stamp, write
from infra.local.stack.emulator import environment
from infra.local.stack.processes import one_at_a_time, run
from infra.local.stack.settings import Fault, Settings

STACK = "baton"
#: Resource types of the template that ministack does not know; one fails the whole change set.
UNKNOWN_TYPES = frozenset({"AWS::Events::Archive"})
#: The emulator gives an API this id when asked by a tag, so that its address never changes.
API_ID = "baton"
ARCHIVE_DAYS = 90

_CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND")


def built_template(settings: Settings) -> Path:
    return settings.home / "build" / "template.yaml"


def build(settings: Settings) -> bool:
    """Run ``sam build`` unless the build is up to date; return whether it ran."""
    digest = code_sha256(ROOT, [settings.runtime, settings.architecture])
    mark = settings.home / "build.sha256"
    with one_at_a_time(settings.home / "build.lock"):
        built = built_template(settings)
        if built.exists() and mark.exists() and mark.read_text("utf-8") == digest:
            return False
        mark.unlink(missing_ok=True)
        parameters = settings.parameters | {"CodeSha256": digest}
        command = ["sam", "build", "--cached", "--parallel"]
        command += ["--template", str(ROOT / "template.yaml"), "--build-dir", str(built.parent)]
        command += ["--cache-dir", str(settings.home / "build-cache")]
        command += ["--config-file", _no_answers(settings)]
        command += ["--parameter-overrides", *overrides(parameters)]
        run("sam build", command, environment(settings), settings.logs / "build.log", ROOT)
        lighten(built.parent)
        precompile(built.parent, sys.executable)
        mark.write_text(digest, "utf-8")
    return True


def deploy(settings: Settings, cloudformation: Any) -> bool:
    """
    Deploy the built template unless the emulator already has it; return whether it deployed.

    Raises:
        Fault: The deploy failed; the message names the first resource that could not be created,
        and why.
    """
    parameters = settings.parameters
    digest = code_sha256(ROOT, [f"{k}={v}" for k, v in sorted(parameters.items())])
    mark = settings.state / "deployed.sha256"
    status = _status(cloudformation)
    if status.endswith("COMPLETE") and "ROLLBACK" not in status:
        if mark.exists() and mark.read_text("utf-8") == digest:
            return False
    elif status:
        # What a failed or interrupted first deploy leaves behind cannot be updated.
        cloudformation.delete_stack(StackName=STACK)
        cloudformation.get_waiter("stack_delete_complete").wait(
            StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
        )
    mark.unlink(missing_ok=True)
    adapted = built_template(settings).with_name(f"deploy-{settings.port}.yaml")
    write(
        adapted, adapt_to_emulator(stamp(read(built_template(settings)), digest), settings.runtime)
    )
    command = ["sam", "deploy", "--template-file", str(adapted), "--stack-name", STACK]
    command += ["--resolve-s3", "--no-confirm-changeset", "--no-fail-on-empty-changeset"]
    command += ["--config-file", _no_answers(settings), "--capabilities", *_CAPABILITIES]
    command += ["--parameter-overrides", *overrides(parameters)]
    log = settings.logs / "deploy.log"
    try:
        run("sam deploy", command, environment(settings), log, ROOT)
    except Fault as fault:
        raise Fault(f"sam deploy failed: {_first_failure(cloudformation) or fault}") from None
    mark.write_text(digest, "utf-8")
    return True


def overrides(parameters: Mapping[str, str]) -> list[str]:
    """*parameters* as ``sam`` takes them. It splits even a single argument at its spaces, so that
    of an unquoted ``rate(1 minute)`` only ``rate(1`` would arrive."""
    return [f'{name}="{value}"' for name, value in parameters.items()]


def adapt_to_emulator(template: Template, runtime: str) -> Template:
    """Remove from a built template what the emulator cannot create, and fix the API's address."""
    resources = {
        name: json.loads(json.dumps(resource))
        for name, resource in template["Resources"].items()
        if resource["Type"] not in UNKNOWN_TYPES
    }
    for resource in resources.values():
        # On this machine nothing needs to be kept once its stack is deleted.
        resource.pop("DeletionPolicy", None)
        resource.pop("UpdateReplacePolicy", None)
        if resource["Type"] == "AWS::ApiGatewayV2::Api":
            resource["Properties"].setdefault("Tags", {})["ms-custom-id"] = API_ID
        if resource["Type"] == "AWS::Serverless::Function" and not _has_snapstart(runtime):
            resource["Properties"].pop("SnapStart", None)
        _allow_batches(resource)
    return {**template, "Resources": resources}


def _allow_batches(node: Any) -> None:
    """On AWS the permission sqs:SendMessage covers batches. The emulator, if it enforces
    permissions, requires sqs:SendMessageBatch, which AWS does not have."""
    if isinstance(node, list):
        for value in node:
            _allow_batches(value)
    elif isinstance(node, dict):
        actions = node.get("Action")
        if isinstance(actions, list) and "sqs:SendMessage" in actions:
            node["Action"] = [*actions, "sqs:SendMessageBatch"]
        elif actions == "sqs:SendMessage":
            node["Action"] = [actions, "sqs:SendMessageBatch"]
        for value in node.values():
            _allow_batches(value)


def complete(outputs: dict[str, str], dynamodb: Any, events: Any) -> None:
    """Set up by API calls what the emulator ignores in a template; idempotent."""
    table = outputs["TableName"]
    ttl = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    if ttl["TimeToLiveStatus"] != "ENABLED":
        dynamodb.update_time_to_live(
            TableName=table,
            TimeToLiveSpecification={"AttributeName": "expiresAt", "Enabled": True},
        )
    bus = events.describe_event_bus(Name=outputs["BusName"])["Arn"]
    if not events.list_archives(EventSourceArn=bus)["Archives"]:
        events.create_archive(
            ArchiveName=outputs["BusName"], EventSourceArn=bus, RetentionDays=ARCHIVE_DAYS
        )


def outputs_of(cloudformation: Any) -> dict[str, str]:
    stack = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def _status(cloudformation: Any) -> str:
    try:
        stacks = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    except cloudformation.exceptions.ClientError:
        return ""  # never deployed, or the state was lost
    return str(stacks[0]["StackStatus"])


def _first_failure(cloudformation: Any) -> str:
    """The first reason CloudFormation gives; later ones only follow from it."""
    try:
        events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
    except cloudformation.exceptions.ClientError:
        return ""
    for event in reversed(events):  # oldest first
        if event["ResourceStatus"].endswith("_FAILED") and event.get("ResourceStatusReason"):
            return f"{event['LogicalResourceId']}: {event['ResourceStatusReason']}"
    return ""


def _has_snapstart(runtime: str) -> bool:
    return int(runtime.removeprefix("python3.")) >= 12


def _no_answers(settings: Settings) -> str:
    """A config file without the answers that ``make deploy`` keeps for a real account."""
    path = settings.home / "samconfig.toml"
    with one_at_a_time(path.with_suffix(".lock")):
        if not path.exists():
            path.write_text("version = 0.1\n", "utf-8")
    return str(path)
