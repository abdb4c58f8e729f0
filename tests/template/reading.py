"""template.yaml for the tests: resources by type, references as plain names."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from infra.build import ROOT, Template, read

Resource = dict[str, Any]

FUNCTIONS = {
    "receive_hubspot": "ReceiveHubspot",
    "receive_slack": "ReceiveSlack",
    "health": "Health",
    "advance_lead": "AdvanceLead",
    "deliver_hubspot": "DeliverHubspot",
    "deliver_slack": "DeliverSlack",
    "escalate_breaches": "EscalateBreaches",
    "recycle_stale_leads": "RecycleStaleLeads",
    "send_digests": "SendDigests",
    "check_roster": "CheckRoster",
    "watch_leads": "WatchLeads",
}


_SECRET = re.compile(
    r"arn:\$\{AWS::Partition\}:secretsmanager:\$\{AWS::Region\}:"
    r"\$\{AWS::AccountId\}:secret:\$\{(\w+)\}-\?{6}"
)


@cache
def template() -> Template:
    return read(ROOT / "template.yaml")


def resources(kind: str) -> dict[str, Resource]:
    """Logical id -> properties of every resource of a type."""
    return {
        name: resource.get("Properties", {})
        for name, resource in template()["Resources"].items()
        if resource["Type"] == kind
    }


def properties(name: str) -> Resource:
    found: Resource = template()["Resources"][name].get("Properties", {})
    return found


def timeout(function: str) -> int:
    default = template()["Globals"]["Function"]["Timeout"]
    return int(properties(function).get("Timeout", default))


def named(value: Any) -> str:
    """
    What a reference points at: ``Leads``, ``Leads/index/wakes``, ``ReceiveSlack.Alias``,
    ``secret:SlackSecretName``, ``SlackSigningSecretName or SlackSecretName``. Other values are
    returned unchanged.
    """
    match value:
        case {"Fn::If": [_, {"Ref": str(one)}, {"Ref": str(other)}]}:
            return f"{one} or {other}"
        case {"Ref": str(name)}:
            return name
        case {"Fn::GetAtt": [str(name), "Arn"]}:
            return name
        case {"Fn::Sub": [str(text), {"Name": name}]} if _SECRET.fullmatch(text):
            return f"secret:{named(name)}"
        case {"Fn::Sub": str(text)}:
            secret = _SECRET.fullmatch(text)
            if secret:
                return f"secret:{secret[1]}"
            return text.replace("${Leads.Arn}", "Leads")
    return str(value)
