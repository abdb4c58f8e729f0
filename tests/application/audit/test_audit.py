"""The audit's rules, one contact at a time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from baton.application.audit.audit import Audit, Report
from baton.application.audit.census import OWNER, STAGE, STATUS, AccountContext, arrival, with_sales
from baton.application.audit.findings import KINDS
from baton.application.audit.stage_dates import stage_dates
from baton.application.audit.writers import Writers
from baton.application.ports.census import Change, Deal, Owners, Row, Workflow, Workflows
from baton.domain.policy import Policy
from baton.policy_tools import compile_policy, load
from tests.policy_tools.conftest import SAMPLE

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ANNA, STRANGER, LEFT = "510000011", "599", "598"
OWNERS = Owners(active={ANNA: "Anna Keller", STRANGER: "Else"}, archived={LEFT: "Left"})
BATON = ("INTEGRATION", "1160452")


@pytest.fixture(scope="module")
def policy() -> Policy:
    return compile_policy(load(SAMPLE), date(2026, 11, 22))


def contact(properties: dict[str, str], days: int = 10) -> Row:
    """Contact 1, which entered its stage *days* ago. Empty properties are left out."""
    stage = properties.get(STAGE, "")
    entry = Change(stage, NOW - timedelta(days=days), "FORM")
    history: dict[str, tuple[Change, ...]] = {STAGE: (entry,)} if stage else {}
    return Row("1", {name: value for name, value in properties.items() if value}, history)


def found(
    policy: Policy, row: Row, side: AccountContext | None = None
) -> dict[str, dict[str, int]]:
    """Code of a finding -> its parts, for one contact."""
    return {
        one.code: one.parts
        for one in report(policy, side or AccountContext(OWNERS, ()), row).findings
    }


def report(policy: Policy, side: AccountContext, *rows: Row) -> Report:
    audit = Audit(policy, side, NOW)
    for row in rows:
        audit.take(row)
    return audit.report()


SOUND = {
    "mql": {
        STAGE: "marketingqualifiedlead",
        STATUS: "NEW",
        OWNER: ANNA,
        "baton_first_entered_mql": "2026-11-12T12:00:00Z",
    },
    "lead": {
        STAGE: "lead",
        STATUS: "NEW",
        "baton_first_entered_lead": "2026-11-12T12:00:00Z",
    },
    "customer": {STAGE: "customer", "baton_first_entered_customer": "2024-01-01T12:00:00Z"},
    "recycled": {
        STAGE: "recycled",
        STATUS: "BAD_TIMING",
        "baton_first_entered_recycled": "2024-01-01T12:00:00Z",
    },
}
WON = AccountContext(OWNERS, (Deal("9", "won", ("1",)),))


def but(kind: str, changed: dict[str, str], days: int = 10) -> Row:
    """A faultless contact of that kind with some properties changed; empty ones are removed."""
    return contact(SOUND[kind] | changed, days)


@pytest.mark.parametrize("kind", SOUND)
def test_a_sound_contact_has_no_findings(policy: Policy, kind: str) -> None:
    assert found(policy, but(kind, {}), WON if kind == "customer" else None) == {}


@pytest.mark.parametrize(
    ("row", "code", "parts"),
    [
        pytest.param(contact({}), "no_stage", {}, id="no stage"),
        pytest.param(
            but("lead", {STAGE: "9814"}), "unknown_stage", {"9814": 1}, id="strange stage"
        ),
        pytest.param(but("mql", {STATUS: ""}), "no_status", {"mql": 1}, id="no status"),
        pytest.param(but("lead", {STATUS: "OPEN"}), "unknown_status", {"OPEN": 1}, id="old status"),
        pytest.param(but("mql", {}, 90), "stuck", {"mql": 1}, id="stuck for 90 days"),
        pytest.param(
            but("lead", {"baton_first_entered_lead": ""}), "no_timestamp", {"lead": 1}, id="no time"
        ),
        pytest.param(but("mql", {OWNER: ""}), "no_owner", {"mql": 1}, id="nobody's"),
        pytest.param(
            but("mql", {OWNER: LEFT}), "owner_gone", {"Left (archived)": 1}, id="owner left"
        ),
        pytest.param(
            but("mql", {OWNER: "1"}), "owner_gone", {"1 (unknown)": 1}, id="owner unknown"
        ),
        pytest.param(
            but("mql", {OWNER: STRANGER}), "owner_not_in_roster", {"Else": 1}, id="a stranger's"
        ),
    ],
)
def test_one_thing_wrong_is_one_finding(
    policy: Policy, row: Row, code: str, parts: dict[str, int]
) -> None:
    assert found(policy, row) == {code: parts}


@pytest.mark.parametrize(
    ("row", "side"),
    [
        pytest.param(but("mql", {}, 89), None, id="not yet 90 days"),
        pytest.param(but("lead", {OWNER: STRANGER}), None, id="anybody's before the handoff"),
        pytest.param(but("customer", {}, 900), WON, id="an old customer is not stuck"),
        pytest.param(but("recycled", {}, 900), None, id="who is in a side stage is not stuck"),
        pytest.param(
            but("mql", {OWNER: "", "baton_held_for": "lacks Industry"}), None, id="a held lead"
        ),
        pytest.param(
            but("mql", {OWNER: "", "baton_waiting_for": "EMEA desk"}), None, id="in a queue"
        ),
    ],
)
def test_contacts_that_have_no_fault(policy: Policy, row: Row, side: AccountContext | None) -> None:
    assert found(policy, row, side) == {}


def test_the_last_entry_counts_not_the_first(policy: Policy) -> None:
    """After a lead was recycled and came back, the time in its stage starts again."""
    stages = ("marketingqualifiedlead", "recycled", "marketingqualifiedlead")
    days = (200, 150, 20)
    past = tuple(
        Change(stage, NOW - timedelta(days=n), "CRM_UI")
        for stage, n in zip(stages, days, strict=True)
    )
    assert "stuck" not in found(policy, Row("1", SOUND["mql"], {STAGE: past}))


def test_without_history_nothing_is_said_about_time(policy: Policy) -> None:
    row = Row("1", {STAGE: "lead", STATUS: "NEW"})
    assert found(policy, row) == {}


@pytest.mark.parametrize(
    ("stage", "deal", "code"),
    [
        ("customer", None, "customer_without_won_deal"),
        ("customer", "open", "customer_without_won_deal"),
        ("customer", "won", None),
        ("lead", "won", "won_deal_without_customer"),
        ("evangelist", "won", None),
        ("recycled", "open", "open_deal_on_closed_lead"),
        ("disqualified", "open", "open_deal_on_closed_lead"),
        ("disqualified", "lost", None),
        ("lead", "open", None),
    ],
)
def test_stage_and_deal_agree_or_not(
    policy: Policy, stage: str, deal: str | None, code: str | None
) -> None:
    deals = (Deal("9", deal, ("1",)),) if deal else ()  # type: ignore[arg-type] # from the table
    codes = set(found(policy, Row("1", {STAGE: stage}), AccountContext(OWNERS, deals)))
    about_deals = {one for one in codes if "deal" in one}
    assert about_deals == ({code} if code else set())


def test_a_deal_without_a_contact_is_told_by_its_own_id(policy: Policy) -> None:
    (finding,) = report(policy, AccountContext(OWNERS, (Deal("9", "open"),))).findings
    assert (finding.code, finding.examples) == ("deal_without_contact", ("9",))


def test_what_could_not_be_read_is_no_finding(policy: Policy) -> None:
    side = AccountContext(unchecked=("deals: no scope",))
    made = report(policy, side, but("customer", {}), but("mql", {OWNER: LEFT}))
    assert [one.code for one in made.findings] == ["owner_not_in_roster"], "the roster is known"
    assert (made.deals, made.unchecked) == (None, ("deals: no scope",))


def test_duplicates_with_several_owners_are_marked(policy: Policy) -> None:
    rows = [
        Row(str(n), {STAGE: "lead", STATUS: "NEW", "email": f"a+{n}@x.io", OWNER: owner})
        for n, owner in enumerate((ANNA, STRANGER, ""))
    ]
    (finding,) = report(policy, AccountContext(), *rows).findings
    assert (finding.code, finding.count) == ("duplicates", 1)
    assert finding.parts == {"email (of several owners)": 1}


def test_old_moves_and_writes_can_be_left_out(policy: Policy) -> None:
    """They stay in the history for ever, even if they were dealt with long ago."""
    row = but("mql", {})
    past = (
        Change("salesqualifiedlead", NOW - timedelta(days=300), "IMPORT"),
        Change("lead", NOW - timedelta(days=200), "IMPORT"),
        Change("marketingqualifiedlead", NOW - timedelta(days=10), "CRM_UI"),
    )
    row = Row("1", row.properties, {STAGE: past})
    assert found(policy, row).keys() == {"backward", "writers"}
    audit = Audit(policy, AccountContext(OWNERS, ()), NOW, since=NOW - timedelta(days=90))
    audit.take(row)
    made = audit.report()
    assert made.findings == ()
    assert [(one.source, one.to) for one in made.moves] == [("lead", "mql")]


def test_examples_are_kept_up_to_the_limit_and_all_are_counted(policy: Policy) -> None:
    audit = Audit(policy, AccountContext(), NOW, limit=2)
    for n in range(5):
        audit.take(Row(str(n), {}))
    (finding,) = audit.report().findings
    assert (finding.count, finding.examples) == (5, ("0", "1"))


def test_values_in_use_are_counted_empty_ones_too(policy: Policy) -> None:
    made = report(
        policy, AccountContext(), but("lead", {STATUS: ""}), but("lead", {STATUS: "WORKING"})
    )
    used = {(one.property, one.value): (one.count, one.known) for one in made.values}
    assert used[STAGE, "lead"] == (2, True)
    assert used[STATUS, ""] == (1, False)
    assert used[STATUS, "WORKING"] == (1, False)


def test_only_workflows_that_are_on_are_faults(policy: Policy) -> None:
    flows = Workflows((Workflow("7", "On", True, (STATUS,)), Workflow("8", "Off", False, (STAGE,))))
    made = report(policy, AccountContext(workflows=flows))
    assert [(one.code, one.examples) for one in made.findings] == [("workflows", ("7",))]
    assert made.workflows == flows


@pytest.mark.parametrize(
    ("name", "source", "expected"),
    [
        (STAGE, ("CRM_UI", "userId:7"), True),
        (STAGE, ("FORM", "f1"), True),
        (STAGE, BATON, True),
        (STAGE, ("INTEGRATION", "298890"), False),
        (STAGE, ("IMPORT", "import:1"), False),
        (STAGE, ("AUTOMATION_PLATFORM", "enrollmentId:1;actionExecutionIndex:0"), False),
        ("baton_first_entered_mql", ("CRM_UI", "userId:7"), False),
    ],
)
def test_who_may_write_and_who_may_not(name: str, source: tuple[str, str], expected: bool) -> None:
    writers = Writers()
    writers.take({"baton_first_entered_lead": (Change("x", NOW, *BATON),) * 3})
    writers.take({name: (Change("y", NOW, *source),)})
    (one,) = [w for w in writers.found() if (w.property, w.source) == (name, source[0])]
    assert one.expected is expected


def test_the_runs_of_one_automation_are_one_writer() -> None:
    writers = Writers()
    for n in range(3):
        writers.take({STAGE: (Change("lead", NOW, "AUTOMATION_PLATFORM", f"enrollmentId:{n}"),)})
    (one,) = writers.found()
    assert (one.source_id, one.count) == ("", 3)


def test_date_fields_that_speak_of_stages_are_found(policy: Policy) -> None:
    custom = {
        "became_mql_on": "",
        "x17": "Date of SAL",
        "trial_ends": "Trial ends",
        "baton_mql": "",
        "mqlish": "",
    }
    assert stage_dates(policy, custom) == ("became_mql_on", "x17")


def test_sales_has_the_lead_from_the_handoff_until_it_is_won(policy: Policy) -> None:
    assert arrival(policy).id == "customer"
    assert with_sales(policy) == {"mql", "sal", "sql", "opportunity"}


def test_findings_are_sorted_by_severity(policy: Policy) -> None:
    """Leads without an owner come before values that are only out of date."""
    made = report(policy, AccountContext(OWNERS, ()), but("mql", {OWNER: "", STATUS: "OLD"}))
    assert [one.code for one in made.findings] == ["no_owner", "unknown_status"]


def test_no_fix_asks_for_something_baton_refuses() -> None:
    fixes = {code: kind.fix for code, kind in KINDS.items()}
    assert "a backward transition of lifecycle.yaml" in fixes["customer_without_won_deal"]
    assert "anew" not in fixes["no_owner"]
    assert "only where a transition leads out" in fixes["open_deal_on_closed_lead"]
    assert "the next time it hears of the lead" in fixes["no_timestamp"]
