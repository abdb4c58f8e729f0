"""Publishes a policy folder to the local table, and derives the sandbox account from it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from baton.adapters.dynamodb.policies import PolicyStore, Version
from baton.domain.lifecycle.hubspot_properties import properties
from baton.policy_tools.compiling import compile_policy
from baton.policy_tools.faults import PolicyError
from baton.policy_tools.loading import load
from baton.policy_tools.statuses import in_use
from infra.build import ROOT
from infra.local.sandbox.config import LEAD_STATUSES, STAGES
from infra.local.stack.emulator import environment
from infra.local.stack.processes import run
from infra.local.stack.settings import Fault, Settings

Cast = dict[str, Any]

#: The note by which a start recognises the versions that starts have published.
NOTE = "local stack"


def cast(folder: Path) -> Cast:
    """
    The contents of the sandbox's account: the roster as HubSpot owners and Slack users, the
    channels, the stages, and every contact property that Baton reads or writes.

    Raises:
        Fault: The policy has faults; the message has the first one, and their number.
    """
    try:
        files = load(folder)
    except PolicyError as error:
        first, more = error.faults[0], len(error.faults) - 1
        raise Fault(f"policy: {first}" + (f" (and {more} more)" if more else "")) from None
    policy = compile_policy(files, datetime.now(UTC).date())
    zones = {calendar.id: calendar.zone for calendar in files.roster.calendars}
    stages = policy.lifecycle.stages
    working = tuple(stage.lifecyclestage for stage in stages if not stage.side)
    aside = tuple(stage.lifecyclestage for stage in stages if stage.side)
    statuses = set(in_use(files.lifecycle))
    channels = {files.notifications.channel, files.notifications.ops_channel}
    return {
        "owners": [
            {
                "id": person.hubspot_owner,
                "email": person.email,
                "firstName": person.name.partition(" ")[0],
                "lastName": person.name.partition(" ")[2],
                "slack_user": person.slack_user,
                "tz": zones[person.calendar],
                "title": person.role,
                "teams": [person.team] if person.team else [],
                "archived": not person.active,
            }
            for person in files.roster.people
        ],
        "channels": sorted(name.removeprefix("#") for name in channels),
        "lifecycle_stages": [*working, *(one for one in STAGES if one not in (*working, *aside))],
        "side_stages": [*aside],
        "lead_statuses": [*LEAD_STATUSES, *sorted(statuses - {*LEAD_STATUSES})],
        "custom_properties": sorted(
            {
                *(one.name for one in properties(policy)),
                *(field.property for field in policy.lifecycle.fields),
            }
        ),
        "property_types": {one.name: one.kind for one in properties(policy)},
    }


def chosen_by_hand(store: PolicyStore) -> Version | None:
    """The active version, if a person published it or rolled back to it; None if a start did, or
    nothing is published."""
    versions = store.versions()
    active = next((one for one in versions if one.active), None)
    if active is None:
        return None
    latest = max(one.version for one in versions)
    # A start always leaves the latest version active; an older one is somebody's rollback.
    return active if active.note != NOTE or active.version != latest else None


def publish(
    settings: Settings, folder: Path, table: str, overlay: Path | None, slack_token: str
) -> None:
    """
    Run ``baton policy publish`` on *folder*, as an admin would, with *overlay* laid over it.

    Slack, or the sandbox in its place, is asked for the ids of the channels.

    Published with --force, because changed definitions are only tried out here, without approval.

    Raises:
        Fault: The policy was refused; the message is what the command printed.
    """
    command = [sys.executable, "-m", "baton.cli", "policy", "publish", str(folder)]
    command += ["--table", table, "--force", "--note", NOTE]
    if overlay is not None:
        command += ["--overlay", str(overlay)]
    slack = {
        "SLACK_BOT_TOKEN": slack_token,
        "SLACK_API_URL": settings.slack_api_url or f"{settings.sandbox_url}/slack/api/",
    }
    env = environment(settings) | {"PYTHONPATH": f"{ROOT / 'shared'}:{ROOT}"} | slack
    run("policy publish", command, env, settings.logs / "policy.log", ROOT)
