"""The bus and the queues: who may send, who receives, and where failed messages go."""

from __future__ import annotations

import pytest

from baton.wire.vocabulary import SHAPES
from tests.template.reading import Resource, named, properties, resources, template, timeout

DAYS_14 = 14 * 24 * 60 * 60

#: Source queue -> its dead-letter queue.
REDRIVE = {
    "WakesQueue": "UnworkedEvents",
    "EventsQueue": "UnworkedEvents",
    "BulkQueue": "UnworkedEvents",
    "HubSpotQueue": "UndeliveredHubSpot",
    "SlackQueue": "UndeliveredSlack",
}
DEAD_LETTERS = {
    *REDRIVE.values(),
    "UndeliveredEvents",
    "UnstartedEscalateBreaches",
    "UnstartedRecycleStaleLeads",
    "UnstartedSendDigests",
    "UnstartedCheckRoster",
    "UnstartedWatchLeads",
}
#: (function, queue) -> batch size, highest concurrency.
SOURCES = {
    ("AdvanceLead", "WakesQueue"): (5, None),
    ("AdvanceLead", "EventsQueue"): (10, None),
    ("AdvanceLead", "BulkQueue"): (10, 2),
    ("DeliverHubspot", "HubSpotQueue"): (5, 5),
    ("DeliverSlack", "SlackQueue"): (5, 5),
}
CLOCKS = {
    "EscalateBreaches": ("SweepRate", "rate(1 minute)"),
    "RecycleStaleLeads": ("RecycleRate", "rate(1 hour)"),
    "SendDigests": ("DigestRate", "rate(15 minutes)"),
    "CheckRoster": ("RosterCheckRate", "rate(1 hour)"),
    "WatchLeads": ("WatchRate", "rate(1 minute)"),
}


def sources() -> dict[tuple[str, str], Resource]:
    return {
        (function, named(event["Properties"]["Queue"])): event["Properties"]
        for function, settings in resources("AWS::Serverless::Function").items()
        for event in settings.get("Events", {}).values()
        if event["Type"] == "SQS"
    }


def test_there_are_these_queues_and_no_others() -> None:
    assert set(resources("AWS::SQS::Queue")) == set(REDRIVE) | DEAD_LETTERS


@pytest.mark.parametrize("queue", sorted(REDRIVE))
def test_a_queue_redrives_after_days_of_retries_and_not_before(queue: str) -> None:
    """Retryable failures come back with growing delay; 1000 receives are the most that SQS
    allows."""
    policy = properties(queue)["RedrivePolicy"]
    assert named(policy["deadLetterTargetArn"]) == REDRIVE[queue]
    assert policy["maxReceiveCount"] == 1000


@pytest.mark.parametrize("queue", sorted(DEAD_LETTERS))
def test_a_dead_letter_queue_is_the_end_of_the_line(queue: str) -> None:
    assert "RedrivePolicy" not in properties(queue)


@pytest.mark.parametrize("queue", sorted(set(REDRIVE) | DEAD_LETTERS))
def test_every_queue_is_encrypted_and_keeps_its_messages_for_14_days(queue: str) -> None:
    assert properties(queue)["SqsManagedSseEnabled"] is True
    assert properties(queue)["MessageRetentionPeriod"] == DAYS_14


@pytest.mark.parametrize("queue", sorted(set(REDRIVE) | DEAD_LETTERS))
def test_every_queue_is_standard_because_order_never_matters(queue: str) -> None:
    assert "FifoQueue" not in properties(queue)


def test_functions_consume_exactly_these_queues() -> None:
    found = {
        pair: (source["BatchSize"], source.get("ScalingConfig", {}).get("MaximumConcurrency"))
        for pair, source in sources().items()
    }
    assert found == SOURCES


@pytest.mark.parametrize("pair", sorted(SOURCES), ids="-".join)
def test_one_bad_message_does_not_bring_back_its_whole_batch(pair: tuple[str, str]) -> None:
    assert sources()[pair]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


@pytest.mark.parametrize("pair", sorted(SOURCES), ids="-".join)
def test_no_batching_window_delays_a_lead(pair: tuple[str, str]) -> None:
    """Without a window a batch is at most ten."""
    source = sources()[pair]
    assert "MaximumBatchingWindowInSeconds" not in source
    assert source["BatchSize"] <= 10


@pytest.mark.parametrize(("function", "queue"), sorted(SOURCES))
def test_a_message_stays_hidden_for_six_times_its_function(function: str, queue: str) -> None:
    """AWS's own advice: throttled polls must not make a message visible while it is worked."""
    assert properties(queue)["VisibilityTimeout"] >= 6 * timeout(function)


def test_the_rule_matches_events_by_detail_type_alone() -> None:
    """A source in the pattern would exclude other systems, which may send these, too. Clocks and
    offers of room go directly to their queue."""
    rule = properties("LeadEventsRule")
    assert set(rule["EventPattern"]) == {"detail-type"}
    taken = rule["EventPattern"]["detail-type"]
    assert sorted(taken) == sorted(set(SHAPES) - {"LeadClockDue", "LeadWentStale", "PoolHint"})
    assert named(rule["EventBusName"]) == "Bus"
    assert "State" not in rule


def test_the_rule_delivers_to_the_events_queue_and_loses_nothing() -> None:
    [target] = properties("LeadEventsRule")["Targets"]
    assert named(target["Arn"]) == "EventsQueue"
    assert named(target["DeadLetterConfig"]["Arn"]) == "UndeliveredEvents"


def test_every_rule_there_is_has_a_dead_letter_queue_for_each_target() -> None:
    for rule in resources("AWS::Events::Rule").values():
        for target in rule["Targets"]:
            assert named(target["DeadLetterConfig"]["Arn"]) in DEAD_LETTERS


def test_what_was_accepted_is_archived_for_90_days() -> None:
    [archive] = resources("AWS::Events::Archive").values()
    assert named(archive["SourceArn"]) == "Bus"
    assert archive["RetentionDays"] == 90
    assert "EventPattern" not in archive


@pytest.mark.parametrize(
    ("queue", "rule"),
    [
        ("EventsQueue", "LeadEventsRule"),
        ("UndeliveredEvents", "LeadEventsRule"),
        ("UnstartedEscalateBreaches", "EscalateBreachesClock"),
        ("UnstartedRecycleStaleLeads", "RecycleStaleLeadsClock"),
        ("UnstartedSendDigests", "SendDigestsClock"),
        ("UnstartedCheckRoster", "CheckRosterClock"),
        ("UnstartedWatchLeads", "WatchLeadsClock"),
    ],
)
def test_a_rule_may_send_to_its_own_queue_and_no_other_rule_may(queue: str, rule: str) -> None:
    allowed = [
        statement
        for policy in resources("AWS::SQS::QueuePolicy").values()
        if [named(name) for name in policy["Queues"]] == [queue]
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    [statement] = allowed
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Action"] == "sqs:SendMessage"
    assert named(statement["Resource"]) == queue
    assert named(statement["Condition"]["ArnEquals"]["aws:SourceArn"]) == rule


def test_no_queue_is_open_to_anybody_else() -> None:
    assert len(resources("AWS::SQS::QueuePolicy")) == 7


@pytest.mark.parametrize("function", sorted(CLOCKS))
def test_a_clock_runs_at_its_rate_and_keeps_the_runs_it_could_not_start(function: str) -> None:
    parameter, rate = CLOCKS[function]
    [event] = properties(function)["Events"].values()
    assert event["Type"] == "Schedule"
    assert named(event["Properties"]["Schedule"]) == parameter
    assert template()["Parameters"][parameter]["Default"] == rate
    assert named(event["Properties"]["DeadLetterConfig"]["Arn"]) == f"Unstarted{function}"


@pytest.mark.parametrize("function", sorted(CLOCKS))
def test_a_failed_run_is_not_repeated_because_the_next_one_finds_everything(function: str) -> None:
    assert properties(function)["EventInvokeConfig"]["MaximumRetryAttempts"] == 0
    assert timeout(function) < 60
