"""Alarms: for dead letters, waiting work, failures, and missing runs."""

from __future__ import annotations

import pytest

from infra.build import ROOT
from tests.template.reading import Resource, named, properties, resources, template
from tests.template.test_queues import DEAD_LETTERS


def watching(metric: str) -> dict[str, Resource]:
    """What is watched (queue or function) -> the alarm's properties."""
    found = {}
    for alarm in resources("AWS::CloudWatch::Alarm").values():
        if alarm["MetricName"] == metric:
            [dimension] = alarm["Dimensions"]
            match dimension["Value"]:
                case {"Fn::GetAtt": [str(queue), "QueueName"]} | {"Ref": str(queue)}:
                    found[queue] = alarm
    return found


def test_one_message_in_any_dead_letter_queue_raises_an_alarm() -> None:
    alarms = watching("ApproximateNumberOfMessagesVisible")
    assert set(alarms) == DEAD_LETTERS
    for alarm in alarms.values():
        assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (1, 1)
        assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"


def test_a_long_waiting_message_raises_an_alarm() -> None:
    alarms = watching("ApproximateAgeOfOldestMessage")
    assert set(alarms) == {"WakesQueue", "EventsQueue", "HubSpotQueue", "SlackQueue"}


def test_a_function_that_fails_raises_an_alarm() -> None:
    assert set(watching("Errors")) == {
        "ReceiveHubspot",
        "ReceiveSlack",
        "AdvanceLead",
        "DeliverHubspot",
        "DeliverSlack",
        "RecycleStaleLeads",
        "SendDigests",
        "CheckRoster",
        "WatchLeads",
    }


def test_a_sweep_that_falls_silent_raises_an_alarm() -> None:
    """escalate_breaches counts the metric at the end of a sweep that went well."""
    app = (ROOT / "functions" / "escalate_breaches" / "app.py").read_text("utf-8")
    assert 'metrics.add_metric(name="WakesSwept"' in app
    alarm = properties("SweepHeartbeatAlarm")
    assert (alarm["Namespace"], alarm["MetricName"]) == ("Baton", "WakesSwept")
    assert alarm["Dimensions"] == [{"Name": "service", "Value": "baton"}]
    assert alarm["TreatMissingData"] == "breaching"
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)


def test_each_finding_of_the_watchdog_raises_an_alarm() -> None:
    app = (ROOT / "functions" / "watch_leads" / "app.py").read_text("utf-8")
    for name in ("Heartbeat", "Passed", "Overdue", "StoodIn", "Repaired", "Broken"):
        alarm = properties(f"Watch{name}Alarm")
        assert (alarm["Namespace"], alarm["MetricName"]) == ("Baton", f"Watch{name}")
        assert f'"{name}"' in app or f'"Watch{name}"' in app


@pytest.mark.parametrize("name", sorted(resources("AWS::CloudWatch::Alarm")))
def test_an_alarm_reaches_somebody_and_says_what_is_wrong(name: str) -> None:
    alarm = properties(name)
    assert [named(action) for action in alarm["AlarmActions"]] == ["AlarmTopic"]
    assert alarm["AlarmDescription"]


def test_missing_data_counts_as_bad_only_for_heartbeats() -> None:
    silent = {
        name
        for name, alarm in resources("AWS::CloudWatch::Alarm").items()
        if alarm["TreatMissingData"] != "notBreaching"
    }
    assert silent == {"SweepHeartbeatAlarm", "WatchHeartbeatAlarm", "WatchPassedAlarm"}


def test_an_address_is_subscribed_only_when_there_is_one() -> None:
    assert template()["Resources"]["AlarmEmailSubscription"]["Condition"] == "HasAlarmEmail"


@pytest.mark.parametrize(
    "queue",
    [*sorted(DEAD_LETTERS), "WakesQueue", "EventsQueue", "BulkQueue", "HubSpotQueue", "SlackQueue"],
)
def test_every_queue_is_an_output_so_that_commands_find_it(queue: str) -> None:
    assert template()["Outputs"][f"{queue}Url"]["Value"] == {"Ref": queue}
