"""Somebody is told: of each dead letter, of work that waits, of failures, and of silence."""

from __future__ import annotations

import pytest

from tests.template.reading import named, properties, resources, template
from tests.template.test_queues import DEAD_LETTERS


def watching(metric: str) -> dict[str, dict]:
    """What is watched (queue or function) -> the alarm's properties."""
    return {
        str(alarm["Dimensions"][0]["Value"].get("Fn::GetAtt", [None])[0])
        if "Fn::GetAtt" in alarm["Dimensions"][0]["Value"]
        else named(alarm["Dimensions"][0]["Value"]): alarm
        for alarm in resources("AWS::CloudWatch::Alarm").values()
        if alarm["MetricName"] == metric
    }


def test_one_message_in_any_dead_letter_queue_raises_an_alarm():
    alarms = watching("ApproximateNumberOfMessagesVisible")
    assert set(alarms) == DEAD_LETTERS
    for alarm in alarms.values():
        assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (1, 1)
        assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"


def test_work_that_waits_raises_an_alarm():
    alarms = watching("ApproximateAgeOfOldestMessage")
    assert set(alarms) == {"WakesQueue", "EventsQueue", "HubSpotQueue", "SlackQueue"}


def test_a_function_that_fails_raises_an_alarm():
    assert set(watching("Errors")) == {
        "ReceiveHubspot",
        "ReceiveSlack",
        "AdvanceLead",
        "DeliverHubspot",
        "DeliverSlack",
        "RecycleStaleLeads",
        "SendDigests",
    }


def test_a_sweep_that_falls_silent_raises_an_alarm():
    """The metric is counted by escalate_breaches at the end of a sweep, under Baton's own name."""
    alarm = properties("SweepHeartbeatAlarm")
    assert (alarm["Namespace"], alarm["MetricName"]) == ("Baton", "SweepHeartbeat")
    assert alarm["Dimensions"] == [{"Name": "service", "Value": "baton"}]
    assert alarm["TreatMissingData"] == "breaching"
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)


@pytest.mark.parametrize("name", sorted(resources("AWS::CloudWatch::Alarm")))
def test_an_alarm_reaches_somebody_and_says_what_is_wrong(name):
    alarm = properties(name)
    assert [named(action) for action in alarm["AlarmActions"]] == ["AlarmTopic"]
    assert alarm["AlarmDescription"]


def test_only_silence_of_the_sweep_counts_as_bad():
    silent = {
        name
        for name, alarm in resources("AWS::CloudWatch::Alarm").items()
        if alarm["TreatMissingData"] != "notBreaching"
    }
    assert silent == {"SweepHeartbeatAlarm"}


def test_an_address_is_subscribed_only_when_there_is_one():
    assert template()["Resources"]["AlarmEmailSubscription"]["Condition"] == "HasAlarmEmail"


@pytest.mark.parametrize(
    "queue",
    [*sorted(DEAD_LETTERS), "WakesQueue", "EventsQueue", "BulkQueue", "HubSpotQueue", "SlackQueue"],
)
def test_every_queue_is_an_output_so_that_commands_find_it(queue):
    assert template()["Outputs"][f"{queue}Url"]["Value"] == {"Ref": queue}
