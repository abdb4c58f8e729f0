"""The HTTP functions: route, integration, permission, alias."""

from __future__ import annotations

import pytest

from tests.template.reading import named, properties, resources, template

ROUTES = {
    "POST /hubspot/webhooks": "ReceiveHubspot",
    "POST /hubspot/workflow": "ReceiveHubspot",
    "POST /slack/interactions": "ReceiveSlack",
    "POST /slack/commands": "ReceiveSlack",
    "GET /health": "Health",
}


def test_there_is_exactly_one_route_for_each_documented_door() -> None:
    routes = resources("AWS::ApiGatewayV2::Route")
    found = {route["RouteKey"]: named(route["Target"]) for route in routes.values()}
    assert found == {
        key: f"integrations/${{{function}Integration}}" for key, function in ROUTES.items()
    }
    assert {named(route["ApiId"]) for route in routes.values()} == {"Api"}


@pytest.mark.parametrize("function", sorted(set(ROUTES.values())))
def test_an_integration_goes_to_the_alias_so_that_snapstart_counts(function: str) -> None:
    """SnapStart snapshots published versions; the bare function would start cold each time."""
    integration = properties(f"{function}Integration")
    assert named(integration["IntegrationUri"]) == f"{function}.Alias"
    assert integration["IntegrationType"] == "AWS_PROXY"
    assert integration["PayloadFormatVersion"] == "2.0"


def test_the_api_may_call_each_door_on_its_own_route_and_nothing_else() -> None:
    found = {
        (permission["SourceArn"]["Fn::Sub"].rsplit("}/*/", 1)[1], named(permission["FunctionName"]))
        for permission in resources("AWS::Lambda::Permission").values()
        if permission["Principal"] == "apigateway.amazonaws.com"
    }
    assert found == {
        (key.replace(" ", ""), f"{function}.Alias") for key, function in ROUTES.items()
    }


def test_permissions_are_bound_to_this_api_in_this_account() -> None:
    for permission in resources("AWS::Lambda::Permission").values():
        source = permission["SourceArn"]["Fn::Sub"]
        assert source.startswith(
            "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/"
        )


def test_the_stage_deploys_itself_and_has_limits() -> None:
    stage = properties("ApiStage")
    assert stage["StageName"] == "$default"
    assert stage["AutoDeploy"] is True
    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0


def test_access_logs_hold_nothing_that_could_name_a_person() -> None:
    """Addresses, user agents, paths and query strings stay out; route keys are patterns."""
    text = properties("ApiStage")["AccessLogSettings"]["Format"]
    for private in ("sourceIp", "userAgent", "$context.path", "identity", "authorizer"):
        assert private not in text


@pytest.mark.parametrize("function", sorted(set(ROUTES.values())))
def test_every_http_door_has_the_alias_with_snapstart_and_the_hash_that_moves_it(
    function: str,
) -> None:
    door = properties(function)
    assert door["AutoPublishAlias"] == "live"
    assert door["SnapStart"] == {"ApplyOn": "PublishedVersions"}
    assert door["AutoPublishCodeSha256"] == {"Ref": "CodeSha256"}


def test_the_hash_has_no_default_that_could_go_stale() -> None:
    parameter = template()["Parameters"]["CodeSha256"]
    assert "Default" not in parameter
    assert parameter["AllowedPattern"] == "^[0-9a-f]{64}$"


def test_nothing_behind_a_queue_or_a_schedule_pays_for_an_alias() -> None:
    aliased = {
        name
        for name, function in resources("AWS::Serverless::Function").items()
        if "AutoPublishAlias" in function
    }
    assert aliased == set(ROUTES.values())
