"""The functions: their variables, log groups, and build settings."""

from __future__ import annotations

import ast
import re
import tomllib
from typing import Any

import pytest

from infra.build import ROOT
from tests.template.reading import FUNCTIONS, named, properties, resources, template

ENVIRONMENT: dict[str, dict[str, str]] = {
    "receive_hubspot": {
        "BUS_NAME": "Bus",
        "PUBLIC_URL": "public url",
        "HUBSPOT_PORTAL_ID": "HubSpotPortalId",
        "HUBSPOT_SIGNING_SECRET_NAME": "HubSpotSigningSecretName or HubSpotSecretName",
    },
    "receive_slack": {
        "BUS_NAME": "Bus",
        "SLACK_SIGNING_SECRET_NAME": "SlackSigningSecretName or SlackSecretName",
    },
    "health": {"TABLE_NAME": "Leads"},
    "advance_lead": {
        "TABLE_NAME": "Leads",
        "WAKES_QUEUE_URL": "WakesQueue",
        "EVENTS_DLQ_URL": "UnworkedEvents",
        "HUBSPOT_QUEUE_URL": "HubSpotQueue",
        "SLACK_QUEUE_URL": "SlackQueue",
        "HUBSPOT_API_URL": "HubSpotApiUrl",
        "HUBSPOT_SECRET": "HubSpotSecretName",
    },
    "deliver_hubspot": {
        "TABLE_NAME": "Leads",
        "BUS_NAME": "Bus",
        "HUBSPOT_DLQ_URL": "UndeliveredHubSpot",
        "HUBSPOT_API_URL": "HubSpotApiUrl",
        "HUBSPOT_SECRET": "HubSpotSecretName",
    },
    "deliver_slack": {
        "TABLE_NAME": "Leads",
        "SLACK_DLQ_URL": "UndeliveredSlack",
        "SLACK_API_URL": "SlackApiUrl",
        "SLACK_SECRET": "SlackSecretName",
        "BUS_NAME": "Bus",
    },
    "escalate_breaches": {"TABLE_NAME": "Leads", "WAKES_QUEUE_URL": "WakesQueue"},
    "recycle_stale_leads": {"TABLE_NAME": "Leads", "BULK_QUEUE_URL": "BulkQueue"},
    "send_digests": {"TABLE_NAME": "Leads", "SLACK_QUEUE_URL": "SlackQueue"},
    "watch_leads": {"TABLE_NAME": "Leads", "WAKES_QUEUE_URL": "WakesQueue"},
    "check_roster": {
        "TABLE_NAME": "Leads",
        "BUS_NAME": "Bus",
        "HUBSPOT_API_URL": "HubSpotApiUrl",
        "HUBSPOT_SECRET": "HubSpotSecretName",
        "SLACK_API_URL": "SlackApiUrl",
        "SLACK_SECRET": "SlackSecretName",
    },
}
PUBLIC_URL = {
    "Fn::If": ["HasPublicUrl", {"Ref": "PublicUrl"}, {"Fn::GetAtt": ["Api", "ApiEndpoint"]}]
}


def given(folder: str) -> dict[str, Any]:
    found: dict[str, Any] = properties(FUNCTIONS[folder])["Environment"]["Variables"]
    return found


def read_by(folder: str) -> set[str]:
    """The fields of the function's Settings, as variable names."""
    tree = ast.parse((ROOT / "functions" / folder / "wiring.py").read_text("utf-8"))
    [settings] = [
        node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Settings"
    ]
    return {
        field.target.id.upper()
        for field in settings.body
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
    }


def test_there_is_a_function_for_each_folder_and_a_folder_for_each_function() -> None:
    folders = {path.parent.name for path in (ROOT / "functions").glob("*/app.py")}
    assert folders == set(FUNCTIONS)
    assert set(resources("AWS::Serverless::Function")) == set(FUNCTIONS.values())


@pytest.mark.parametrize("folder", sorted(FUNCTIONS))
def test_a_function_is_given_what_it_needs_and_no_more(folder: str) -> None:
    found = {
        name: "public url" if value == PUBLIC_URL else named(value)
        for name, value in given(folder).items()
    }
    assert found == ENVIRONMENT[folder]


@pytest.mark.parametrize("folder", sorted(FUNCTIONS))
def test_a_function_reads_every_variable_it_is_given_and_no_other(folder: str) -> None:
    assert read_by(folder) == set(given(folder))


def test_every_function_logs_and_counts_under_one_name() -> None:
    shared = template()["Globals"]["Function"]["Environment"]["Variables"]
    assert shared == {
        "POWERTOOLS_SERVICE_NAME": "baton",
        "POWERTOOLS_METRICS_NAMESPACE": "Baton",
        "POWERTOOLS_LOG_LEVEL": {"Ref": "LogLevel"},
    }


@pytest.mark.parametrize("folder", sorted(FUNCTIONS))
def test_imports_are_the_same_here_and_there(folder: str) -> None:
    """ParentPackageMode keeps functions/<name>/ in the artefact."""
    resource = template()["Resources"][FUNCTIONS[folder]]
    assert resource["Metadata"]["BuildProperties"] == {"ParentPackageMode": "auto"}
    assert resource["Properties"]["CodeUri"] == f"functions/{folder}/"
    assert resource["Properties"]["Handler"] == f"functions.{folder}.app.handler"


@pytest.mark.parametrize("folder", sorted(FUNCTIONS))
def test_a_functions_log_lines_expire(folder: str) -> None:
    """A log group that Lambda creates by itself keeps its lines for ever."""
    function = FUNCTIONS[folder]
    assert named(properties(function)["LoggingConfig"]["LogGroup"]) == f"{function}Logs"
    assert properties(f"{function}Logs")["RetentionInDays"] == {"Ref": "LogRetentionDays"}


def test_an_account_gets_a_runtime_that_has_snapstart_and_that_the_tests_are_run_on() -> None:
    """SnapStart is documented for Python 3.12 and later (AWS Lambda Developer Guide, "Improving
    startup performance with Lambda SnapStart")."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    tested = {
        name.removeprefix("Programming Language :: Python :: ") for name in project["classifiers"]
    }
    version = template()["Parameters"]["PythonRuntime"]["Default"].removeprefix("python")
    assert version in tested
    assert int(version.removeprefix("3.")) >= 12


def test_the_pages_name_the_runtime_that_is_deployed() -> None:
    version = template()["Parameters"]["PythonRuntime"]["Default"].removeprefix("python")
    page = (ROOT / "infra" / "pages" / "deploy.md").read_text("utf-8")
    assert set(re.findall(r"Python (3\.\d+)", page)) == {version}


def test_an_account_gets_arm64() -> None:
    assert template()["Parameters"]["Architecture"]["Default"] == "arm64"


def test_layer_and_functions_are_built_for_the_same_runtime() -> None:
    layer = template()["Resources"]["SharedLayer"]
    shared = template()["Globals"]["Function"]
    assert layer["Metadata"] == {
        "BuildMethod": {"Ref": "PythonRuntime"},
        "BuildArchitecture": {"Ref": "Architecture"},
    }
    assert shared["Runtime"] == {"Ref": "PythonRuntime"}
    assert shared["Architectures"] == [{"Ref": "Architecture"}]
    assert shared["Layers"] == [{"Ref": "SharedLayer"}]


@pytest.mark.parametrize(
    "path",
    ["shared/requirements.txt", *(f"functions/{name}/requirements.txt" for name in FUNCTIONS)],
)
def test_every_requirement_is_pinned_with_its_hash(path: str) -> None:
    lines = (ROOT / path).read_text("utf-8").splitlines()
    requirements = [line for line in lines if line and not line.startswith((" ", "#"))]
    for line in requirements:
        assert re.fullmatch(r"[a-z0-9-]+==[\w.]+( ; .*)? \\", line), line
    assert sum("--hash=sha256:" in line for line in lines) >= len(requirements)


@pytest.mark.parametrize(
    ("package", "folders"),
    [
        ("hubspot-api-client", {"advance_lead", "deliver_hubspot", "check_roster"}),
        ("slack-sdk", {"deliver_slack", "check_roster"}),
        ("boto3", set()),
    ],
)
def test_a_heavy_package_goes_only_where_it_is_used(package: str, folders: set[str]) -> None:
    found = {
        path.parent.name
        for path in (ROOT / "functions").glob("*/requirements.txt")
        if f"{package}==" in path.read_text("utf-8")
    }
    assert found == folders
    assert f"{package}==" not in (ROOT / "shared" / "requirements.txt").read_text("utf-8")


def test_no_secret_stands_in_the_template() -> None:
    """Names of secrets only; a dynamic reference would copy the value into the function."""
    text = (ROOT / "template.yaml").read_text("utf-8")
    assert "resolve:secretsmanager" not in text
    assert "AWS::SecretsManager::Secret" not in text
