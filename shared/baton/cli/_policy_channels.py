"""The channels of a policy, looked up in the Slack workspace by the commands that may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from baton.cli import _policy_findings as findings
from baton.presentation.words import listed, noun

if TYPE_CHECKING:  # pydantic and YAML are loaded by the commands that need them
    from baton.application.ports.slack import Channel
    from baton.cli._slack import Workspace
    from baton.policy_tools import Loaded
    from baton.policy_tools.channels import Lookup


def find_channels(files: Loaded, workspace: Workspace | None) -> Mapping[str, Channel] | None:
    """
    Key of notifications.yaml -> its channel; prints what is wrong with them. None: a channel is
    not there, so the policy cannot be used.

    Without a workspace nothing is looked up: the names stay, and a note says so.
    """
    from baton.policy_tools.channels import unresolved

    if workspace is None:
        if names := unresolved(files):
            print(_note(names))
        return {}
    looked = looked_up(files, workspace)
    findings.show(looked.findings)
    return None if looked.faults else looked.found


def looked_up(files: Loaded, workspace: Workspace) -> Lookup:
    from baton.policy_tools.channels import look_up

    return look_up(files, workspace.channels())


def _note(names: tuple[str, ...]) -> str:
    stays = noun(len(names), "stays a name", "stay names")
    return (
        f"note: {listed(names)} {stays}, which Slack looks up at each message; with"
        " SLACK_BOT_TOKEN set, a policy is published with the ids of its channels"
    )
