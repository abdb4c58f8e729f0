"""An owner changed in HubSpot by somebody else is a reassignment; Baton's own writes never are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.domain.draft.decision import Decision
from baton.domain.lead import Lead, Write
from baton.domain.lifecycle.owner_history import news_of_owner
from baton.domain.policy import ByHand, Policy, Rung, Sync, Target, Test, Tier
from baton.domain.world.effects import CardState, ContactState, NoticeState, TaskState
from baton.domain.world.events import Clicked, Reassigned
from baton.domain.world.world import Away, Contact, Load, SeenStage, SeenValue, Touch
from tests.builders import NOW, contact, hint, kinds, manager, minutes, owned, rep
from tests.routed import Desk, routed
from tests.worded import lines, reasons, title, words

OWNER = "hubspot_owner_id"
SECOND = timedelta(seconds=1)
KIM = "userId:9586504"
BREACH = Rung("breach", after=timedelta())
ACCEPT = Target(
    "accept",
    "Accept",
    minutes(15),
    "accept",
    (BREACH, Rung("pull_back", after=minutes(5))),
    task="Accept",
)
TOUCH = Target(
    "first_touch", "First touch", minutes(60), "touch", (Rung("breach", after=minutes(0)),)
)
PEOPLE = (
    rep("anna", max_open=2),
    rep("ben", max_open=2),
    rep("leo", active=False),
    rep("carl"),
    rep("cora"),
    replace(manager("mona", hubspot_user="9586504"), name="Kim Weber"),
    manager("dora", manager=""),
)


def policy(**changes: Any) -> Policy:
    tiers = (Tier("hot", "Hot", {}, (ACCEPT, TOUCH)),)
    return routed(**({"people": PEOPLE, "tiers": tiers} | changes))


def with_rules(**rules: Any) -> Policy:
    return policy(by_hand=ByHand(**rules))


class Story(Desk):
    """Anna gets the lead at NOW; HubSpot's history of its owner is written by the test."""

    def __init__(self, policy_: Policy | None = None) -> None:
        super().__init__(policy_ or policy())
        self.history: list[SeenValue] = []
        self.arrive("101", lastname="Lovelace")
        assert self.owner("101") == "anna"
        self.seen("anna", NOW + SECOND, "INTEGRATION", "1160452")
        self.now = NOW + minutes(5)

    def seen(
        self, who: str, at: datetime | None = None, source: str = "CRM_UI", by: str = KIM
    ) -> None:
        """HubSpot's history has this change."""
        value = f"owner-{who}" if who and not who.isdigit() else who
        self.history.append(SeenValue(value, at or self.now - SECOND, source, by))
        self.history.sort(key=lambda one: one.at)
        known = self.contacts["101"]
        properties = known.properties | {OWNER: self.history[-1].value}
        self.contacts["101"] = replace(
            known,
            properties={name: value for name, value in properties.items() if value},
            owners=tuple(self.history),
        )

    def look(self, about: Any = "owner") -> Decision:
        """A webhook tells that something changed, and the contact is read."""
        return self.send(hint(about, self.now, id=self.name()))

    @property
    def lead(self) -> Lead:
        return self.leads["101"]


def notices(decision: Decision) -> list[tuple[str, str]]:
    return [(e.to, title(e)) for e in decision.effects if isinstance(e, NoticeState)]


def written(decision: Decision) -> str | None:
    """The owner that the decision has written to HubSpot; None: it writes none."""
    for effect in decision.effects:
        if isinstance(effect, ContactState):
            value = effect.properties.get(OWNER)
            if value is not None and value.since == effect.version:
                return words(value.value)
    return None


def test_an_owner_changed_by_hand_is_a_reassignment() -> None:
    at = Story()
    at.seen("ben", NOW + minutes(4))
    decision = at.look()
    assert kinds(decision) == ["reassigned", "assigned"]
    assignment = owned(at.lead)
    assert (assignment.person, assignment.rule, assignment.number) == ("ben", "by-hand", 2)
    assert (assignment.at, assignment.since) == (at.now, NOW + minutes(4))
    cards = {e.to: e for e in decision.effects if isinstance(e, CardState)}
    assert (cards["UANNA"].state, cards["UBEN"].state) == ("taken_back", "open")
    assert words(cards["UANNA"].note) == "Kim Weber made Ben the owner in HubSpot"
    assert words(cards["UBEN"].why_you) == "Kim Weber gave it to you"
    assert [clock.started_at for clock in at.lead.clocks] == [at.now, at.now], "as the card comes"
    tasks = [(e.owner, e.done) for e in decision.effects if isinstance(e, TaskState)]
    assert tasks == [("owner-anna", True), ("owner-ben", False)]
    assert (at.loads["anna"].open, at.loads["ben"].open) == (0, 1)
    assert [(one.person, one.ended) for one in at.lead.past] == [("anna", "taken_back")]
    (told,) = (e for e in decision.effects if isinstance(e, NoticeState))
    assert (told.to, title(told)) == ("UANNA", "Ada Lovelace is no longer yours")
    assert lines(told) == ("Kim Weber made Ben the owner in HubSpot.", "It is with Ben now.")


def test_the_ledger_has_the_hubspot_user_of_who_changed_it() -> None:
    at = Story()
    at.seen("ben")
    outcome = at.look().outcomes[0]
    assert (outcome.kind, outcome.person, outcome.what, outcome.by) == (
        ("reassigned", "anna", "ben", KIM)
    )


@pytest.mark.parametrize(
    ("source", "by", "who"),
    [
        ("CRM_UI", KIM, "Kim Weber"),
        ("CRM_UI", "userId:77", "HubSpot user 77"),
        ("MOBILE_IOS", "", "Somebody"),
        ("CRM_UI_BULK_ACTION", KIM, "Kim Weber"),
        ("AUTOMATION_PLATFORM", "enrollmentId:4;actionExecutionIndex:0", "AUTOMATION_PLATFORM"),
        ("INTEGRATION", "99", "INTEGRATION"),
        ("IMPORT", "", "IMPORT"),
        ("", "", "an unnamed source"),
    ],
)
def test_whoever_changed_it_is_named(source: str, by: str, who: str) -> None:
    at = Story()
    at.seen("ben", source=source, by=by)
    assert f"{who} made Ben the owner in HubSpot" in reasons(at.look())
    assert at.owner("101") == "ben"


def test_the_example_of_b3() -> None:
    """Manager sets owner b at 08:05, b calls at 08:15: nobody is in breach, b keeps the lead."""
    at = Story()
    at.seen("ben", NOW + minutes(5))
    at.look()
    call = Touch(NOW + minutes(15), "call", "owner-ben", "COMPLETED", "OUTBOUND")
    at.touches = (call,)
    at.now = NOW + minutes(16)
    at.look("activity")
    assert owned(at.lead).touched_at == call.at
    at.tick(NOW + minutes(600))
    breached = [
        (one.person, one.what)
        for decision in at.decisions
        for one in decision.outcomes
        if one.kind == "breached"
    ]
    assert ("anna", "accept") not in breached
    assert ("ben", "first_touch") not in breached


def test_the_webhook_is_lost_and_the_pull_back_looks_first() -> None:
    at = Story()
    at.seen("ben", NOW + minutes(5))
    at.tick(NOW + minutes(21))
    assert at.owner("101") == "ben"
    pulled = [d for d in at.decisions if any("not pulled back" in one for one in reasons(d))]
    assert len(pulled) == 1
    assert owned(at.lead).since == NOW + minutes(5)
    assert [clock.started_at for clock in at.lead.clocks] == [NOW + minutes(20)] * 2


def test_a_change_during_an_outage_counts_from_its_true_instant() -> None:
    """What the new owner did since then counts, whatever news of it came or did not."""
    at = Story()
    at.seen("ben", NOW + minutes(5))
    at.touches = (Touch(NOW + minutes(7), "call", "owner-ben", "COMPLETED"),)
    at.now = NOW + minutes(12)
    at.look("fields")
    assignment = owned(at.lead)
    assert (assignment.person, assignment.touched_at) == ("ben", NOW + minutes(7))


# --- Baton's own writes


@pytest.mark.parametrize("delay", [0, 1, 59, 3600, 3 * 86_400])
def test_an_echo_however_late_is_no_hand(delay: int) -> None:
    at = Story()
    at.history.clear()
    at.seen("anna", NOW + timedelta(seconds=delay), "INTEGRATION", "1160452")
    at.now = NOW + timedelta(seconds=delay + 1)
    for _ in range(3):
        at.look()
    assert owned(at.lead).number == 1


def test_the_echo_of_an_earlier_write_that_comes_after_a_later_decision_is_no_hand() -> None:
    at = Story()
    at.send(Reassigned(id="r", lead_id="101", at=at.now, to="ben", by="Kim"))
    at.seen("ben", at.now + 3 * SECOND, "INTEGRATION", "1160452")
    at.now += minutes(1)
    assert at.look().outcomes == ()
    assert owned(at.lead).number == 2


def test_a_hand_that_batons_late_write_covered_is_followed() -> None:
    """Anna was decided at NOW, Ben set a second later, and Anna's write arrived after that."""
    at = Story()
    at.history.clear()
    at.seen("ben", NOW + SECOND)
    at.seen("anna", NOW + 2 * SECOND, "INTEGRATION", "1160452")
    decision = at.look()
    assert (at.owner("101"), written(decision)) == ("ben", "owner-ben")


def test_batons_echo_is_followed_by_an_integration_that_sets_the_same_value_again() -> None:
    """Once a write is seen, its value set again is somebody else's act."""
    at = Story()
    at.seen("ben")
    at.look()
    at.now += minutes(5)
    at.seen("anna", source="INTEGRATION", by="77")
    at.look()
    assert (at.owner("101"), owned(at.lead).number) == ("anna", 3)


def test_a_merge_that_chooses_an_owner_is_no_hand() -> None:
    at = Story()
    at.seen("ben", source="MERGE_OBJECTS", by="")
    at.look()
    assert at.owner("101") == "anna"


def test_a_change_that_baton_knew_when_it_assigned_is_no_news() -> None:
    desk = Desk(policy())
    past = SeenValue("owner-ben", NOW - SECOND, "CRM_UI", KIM)
    desk.contacts["101"] = replace(contact("101", ()), owners=(past,))
    desk.contacts["101"].properties[OWNER] = "owner-ben"
    became = hint("stage", NOW, id="x")
    stages = (SeenStage("marketingqualifiedlead", NOW - minutes(1), "FORM"),)
    desk.contacts["101"] = replace(desk.contacts["101"], stages=stages)
    desk.send(became)
    assert (desk.owner("101"), owned(desk.leads["101"]).rule) == ("ben", "existing-owner")
    desk.now += minutes(1)
    assert desk.send(hint("owner", desk.now, id="y")).outcomes == ()


@pytest.mark.parametrize(("acts", "owner"), [((), "cora"), (("accept",), "ben")])
def test_a_hand_that_baton_did_not_know_when_it_chose_counts_until_its_choice_has_acted(
    acts: tuple[str, ...], owner: str
) -> None:
    """Cora is set, nobody hears of it, Anna passes the lead on, and Ben gets it."""
    at = Story()
    at.seen("cora", NOW + minutes(1))
    click = Clicked(
        id="k", lead_id="101", at=at.now, assignment=1, action="reject", user="UANNA",
        channel="D", reason="language",
    )  # fmt: skip
    at.send(click)
    at.seen("ben", at.now + SECOND, "INTEGRATION", "1160452")
    assert at.owner("101") == "ben"
    at.now += minutes(1)
    for act in acts:
        at.send(replace(click, id=act, assignment=2, action=act, user="UBEN", reason=""))
    at.look()
    assert at.owner("101") == owner


def test_a_hand_in_hubspot_is_overtaken_by_a_later_one_in_baton() -> None:
    at = Story()
    at.seen("ben", NOW + minutes(4))
    at.send(Reassigned(id="r", lead_id="101", at=at.now, to="cora", by="Kim"))
    at.now += minutes(1)
    at.look()
    assert at.owner("101") == "cora"


# --- two people, undoing, order


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_of_several_changes_the_last_by_hubspots_time_counts(order: Sequence[int]) -> None:
    """Whichever webhook comes first, and whatever HubSpot shows by then."""
    changes = [("ben", 60), ("carl", 90), ("cora", 120)]
    at = Story()
    for index in order:
        who, after = changes[index]
        at.seen(who, NOW + timedelta(seconds=after))
        at.look()
        at.now += SECOND
    assert at.owner("101") == "cora"
    at.look()
    assert at.owner("101") == "cora"


def test_an_earlier_hand_is_named_in_the_history() -> None:
    at = Story()
    at.seen("carl", NOW + minutes(2), by="userId:77")
    at.seen("ben", NOW + minutes(3))
    said = reasons(at.look())
    assert any("HubSpot user 77 had set Carl at" in one for one in said)
    assert at.owner("101") == "ben"


def test_a_change_that_was_undone_before_baton_looked_moves_nothing() -> None:
    at = Story()
    at.seen("ben", NOW + minutes(2))
    at.seen("anna", NOW + minutes(3))
    decision = at.look()
    assert (decision.outcomes, decision.effects) == ((), ())
    assert "owner: Kim Weber set it to Anna again, so nothing changes" in reasons(decision)
    assert owned(at.lead).number == 1
    assert not at.look().changed, "it is said once"


def test_the_same_person_again_is_nothing() -> None:
    at = Story()
    at.history.clear()
    at.seen("anna", NOW + minutes(2))
    assert not at.look().changed


def test_giving_it_back_to_who_had_it_is_done_and_said() -> None:
    at = Story()
    at.seen("ben")
    at.look()
    at.now += minutes(1)
    at.seen("anna")
    decision = at.look()
    assert at.owner("101") == "anna"
    assert "given by hand although Anna already let this lead go" in reasons(decision)
    assert ("UMONA", "Ada Lovelace was given to Anna in HubSpot") in notices(decision)


# --- who cannot own it; the owner removed


@pytest.mark.parametrize(
    ("load", "fault"),
    [
        (Load("ben", open=2), "Ben is full (2 of 2 open leads)"),
        (Load("ben", away=Away(NOW, None, "slack")), "Ben is marked as away"),
        (Load("ben", unreachable=Away(NOW, None, "workspace")), "Ben gets no messages in Slack"),
    ],
)
def test_by_hand_may_exceed_a_limit_and_says_so(load: Load, fault: str) -> None:
    at = Story()
    at.loads["ben"] = load
    at.seen("ben")
    decision = at.look()
    assert at.owner("101") == "ben"
    assert at.loads["ben"].open == load.open + 1
    (told,) = (e for e in decision.effects if isinstance(e, NoticeState) and e.to == "UMONA")
    assert lines(told)[0] == f"{fault}."


def test_the_managers_are_told_where_the_roster_does_not_know_the_giver() -> None:
    at = Story()
    at.loads["ben"] = Load("ben", open=2)
    at.seen("ben", by="userId:77")
    assert ("UMONA", "Ada Lovelace was given to Ben in HubSpot") in notices(at.look())


@pytest.mark.parametrize(
    ("who", "line"),
    [
        ("424242", "Kim Weber set owner 424242, whom the roster does not know"),
        ("leo", "Kim Weber set Leo, who is inactive."),
    ],
)
def test_an_owner_whom_baton_cannot_give_leads_is_asked_about(who: str, line: str) -> None:
    at = Story()
    at.seen(who)
    decision = at.look()
    assert at.owner("101") == "anna", "her clocks run on"
    assert kinds(decision) == ["drifted"]
    assert decision.outcomes[0].by == KIM
    (told,) = (e for e in decision.effects if isinstance(e, NoticeState))
    assert (told.to, title(told)) == (
        "#revops",
        "The owner of Ada Lovelace was changed in HubSpot",
    )
    assert lines(told)[0].startswith(line)
    assert written(decision) is None, "HubSpot keeps what they set"
    assert not at.look().changed, "asked once"


def test_an_owner_whom_hubspot_refused_before_is_asked_about_and_one_it_took_since_is_not() -> None:
    for since, owner in ((at_ := NOW + minutes(6), "anna"), (NOW - minutes(6), "ben")):
        at = Story()
        at.loads["ben"] = Load("ben", refused=Away(since, None, "hubspot"))
        at.seen("ben", at_ - minutes(2))
        at.look()
        assert at.owner("101") == owner


def test_once_the_roster_knows_them_the_lead_follows() -> None:
    at = Story()
    at.seen("zoe")
    at.look()
    assert at.owner("101") == "anna"
    at.policy = policy(people=(*PEOPLE, rep("zoe")))
    at.now += minutes(1)
    at.look("fields")
    assert at.owner("101") == "zoe"


def test_setting_it_back_answers_the_question() -> None:
    at = Story()
    at.seen("424242")
    at.look()
    at.now += minutes(1)
    at.seen("anna")
    decision = at.look()
    assert at.lead.yielded == {}
    assert decision.outcomes == ()
    assert "owner: Kim Weber set it to Anna again, so nothing changes" in reasons(decision)


def test_a_removed_owner_is_waited_for_and_then_routed() -> None:
    """Whoever rotates owners clears the field first."""
    at = Story()
    at.seen("", at.now)
    decision = at.look()
    assert (decision.changed, at.owner("101")) == (False, "anna")
    assert decision.look_again == at.now + timedelta(seconds=30)
    at.now += timedelta(seconds=30)
    decision = at.look("stage")
    assert kinds(decision) == ["reassigned", "assigned"]
    assert at.owner("101") == "ben"
    assert notices(decision) == [("UANNA", "Ada Lovelace is no longer yours")]
    assert written(decision) == "owner-ben"


def test_a_removed_owner_that_is_set_a_moment_later_is_one_change() -> None:
    at = Story()
    at.seen("", at.now)
    at.look()
    at.seen("carl", at.now + SECOND)
    at.now += 2 * SECOND
    at.look()
    assert (at.owner("101"), owned(at.lead).number) == ("carl", 2)


@pytest.mark.parametrize(
    ("rules", "who", "owner", "puts_back", "asks"),
    [
        ({}, "ben", "ben", True, False),
        ({"owner": "ask"}, "ben", "anna", False, True),
        ({"owner": "put_back"}, "ben", "anna", True, False),
        ({}, "", "ben", True, False),
        ({"cleared": "ask"}, "", "anna", False, True),
        ({"cleared": "put_back"}, "", "anna", True, False),
        ({}, "424242", "anna", False, True),
        ({"unknown": "put_back"}, "424242", "anna", True, False),
        ({"unknown": "put_back"}, "leo", "anna", True, False),
    ],
)
def test_the_policy_says_what_a_change_means(
    rules: dict[str, Any], who: str, owner: str, puts_back: bool, asks: bool
) -> None:
    at = Story(with_rules(**rules))
    at.seen(who, NOW + minutes(4))
    decision = at.look()
    assert at.owner("101") == owner
    assert written(decision) == (f"owner-{owner}" if puts_back else None)
    assert any(to == "#revops" for to, _ in notices(decision)) == asks
    if who and owner == "anna":
        assert "drifted" in kinds(decision)
        assert decision.outcomes[0].what == f"{OWNER}:CRM_UI"


def test_a_fight_over_the_owner_ends() -> None:
    at = Story(with_rules(owner="put_back"))
    for _ in range(6):
        at.seen("ben")
        at.look()
        at.seen("anna", at.now + SECOND, "INTEGRATION", "1160452")
        at.now += minutes(2)
    restored = [o for d in at.decisions for o in d.outcomes if o.kind == "restored"]
    assert len(restored) == 3
    assert at.owner("101") == "anna"


@pytest.mark.parametrize(
    ("wins", "source", "owner"),
    [
        ("crm", "CRM_UI", "ben"),
        ("crm", "AUTOMATION_PLATFORM", "anna"),
        ("marketing", "AUTOMATION_PLATFORM", "ben"),
        ("marketing", "CRM_UI", "anna"),
        ("baton", "CRM_UI", "anna"),
    ],
)
def test_a_source_that_does_not_win_the_owner_is_put_back(
    wins: Any, source: str, owner: str
) -> None:
    known = policy()
    lifecycle = replace(known.lifecycle, sync=(Sync(OWNER, wins),))
    at = Story(replace(known, lifecycle=lifecycle))
    at.seen("ben", source=source)
    decision = at.look()
    assert at.owner("101") == owner
    assert written(decision) == f"owner-{owner}"


# --- leads that wait, are held, are recycled, or that nobody has


def test_a_lead_in_a_queue_goes_to_whom_it_is_given() -> None:
    at = Story()
    at.loads["anna"], at.loads["ben"] = Load("anna", open=2), Load("ben", open=2)
    at.send(Reassigned(id="r", lead_id="101", at=at.now, to="", by="Kim"))
    assert at.lead.waiting is not None
    at.seen("", at.now + SECOND, "INTEGRATION", "1160452")
    at.now += minutes(1)
    assert at.look().outcomes == ()
    at.seen("carl")
    decision = at.look()
    assert (at.owner("101"), at.waits()) == ("carl", [])
    assert at.queue("desk") == []
    assert kinds(decision) == ["reassigned", "assigned"]


def test_the_owner_of_a_lead_that_nobody_has_is_left_alone() -> None:
    desk = Desk(policy())
    desk.contacts["101"] = contact("101", (SeenStage("lead", NOW - minutes(9), "FORM"),))
    desk.contacts["101"].properties["lifecyclestage"] = "lead"
    desk.send(hint("created", NOW, id="c"))
    changed = SeenValue("owner-ben", NOW, "CRM_UI", KIM)
    desk.contacts["101"] = replace(desk.contacts["101"], owners=(changed,))
    desk.contacts["101"].properties[OWNER] = "owner-ben"
    assert desk.send(hint("owner", NOW, id="o")).outcomes == ()
    desk.now += minutes(1)
    desk.moved("101", "marketingqualifiedlead")
    assert desk.owner("101") == "ben", "it counts when the lead is handed off, by ownership"


def test_the_owner_of_a_recycled_lead_stays_as_set() -> None:
    at = Story()
    at.send(
        Clicked(
            id="k", lead_id="101", at=at.now, assignment=1, action="reject", user="UANNA",
            channel="D", reason="timing",
        )
    )  # fmt: skip
    at.seen("", at.now + SECOND, "INTEGRATION", "1160452")
    at.now += minutes(1)
    at.seen("ben")
    decision = at.look()
    assert (decision.outcomes, at.owner("101")) == ((), "")
    assert written(decision) is None


def test_an_owner_set_with_the_recycling_stays_and_gets_no_card() -> None:
    at = Story()
    at.seen("ben")
    recycled = SeenStage("recycled", at.now - SECOND, "CRM_UI")
    at.contacts["101"] = replace(at.contacts["101"], stages=(recycled,))
    at.contacts["101"].properties["lifecyclestage"] = "recycled"
    lifecycle = replace(at.policy.lifecycle, backward={"*": "accept"})
    at.policy = replace(at.policy, lifecycle=lifecycle)
    decision = at.look("stage")
    assert (at.owner("101"), at.lead.state.stage) == ("", "recycled")
    assert [e.to for e in decision.effects if isinstance(e, CardState)] == ["UANNA"]
    assert at.lead.yielded == {OWNER: "owner-ben"}
    assert written(decision) is None


def sql(at: Story) -> None:
    stages = (
        SeenStage("salesacceptedlead", NOW + minutes(2), "CRM_UI"),
        SeenStage("salesqualifiedlead", NOW + minutes(3), "CRM_UI"),
    )
    at.contacts["101"] = replace(at.contacts["101"], stages=stages)
    at.contacts["101"].properties["lifecyclestage"] = "salesqualifiedlead"


def test_the_owner_set_with_a_later_stage_is_that_handoffs_owner() -> None:
    """One card, for them, in the handoff that begins."""
    at = Story()
    at.seen("mona")
    sql(at)
    decision = at.look("stage")
    assignment = owned(at.lead)
    assert (assignment.person, assignment.handoff, assignment.rule) == ("mona", "sql", "by-hand")
    cards = [(e.to, e.state) for e in decision.effects if isinstance(e, CardState)]
    assert cards == [("UANNA", "closed"), ("UMONA", "open")]
    assert [o.by for o in decision.outcomes if o.kind == "reassigned"] == [KIM]


def test_a_lead_that_is_held_goes_to_whom_it_is_given_and_they_keep_it() -> None:
    """While the gate of SQL is closed in this handoff, and in the next one once it opens."""
    known = policy()
    stages = tuple(
        replace(stage, entry={"product": Test(known=True)}) if stage.id == "sql" else stage
        for stage in known.lifecycle.stages
    )
    at = Story(replace(known, lifecycle=replace(known.lifecycle, stages=stages)))
    sql(at)
    at.look("stage")
    assert at.lead.held is not None
    at.seen("cora", at.now)
    at.now += SECOND
    at.look()
    assert (owned(at.lead).person, owned(at.lead).handoff) == ("cora", "")
    at.contacts["101"].properties["product_interest"] = "Archive"
    at.now += minutes(1)
    at.look("fields")
    assert (owned(at.lead).person, owned(at.lead).handoff) == ("cora", "sql")
    assert not at.look().outcomes


# --- never


@example(
    changes=[
        ("ben", 2, "CRM_UI"),
        ("anna", 3, "CRM_UI"),
        ("ben", 4, "CRM_UI"),
        ("anna", 5, "AUTOMATION_PLATFORM"),
    ],
    looks=[2, 3, 4],
)
@given(
    changes=st.lists(
        st.tuples(
            st.sampled_from(["anna", "ben", "carl", "", "424242"]),
            st.integers(2, 240),
            st.sampled_from(["CRM_UI", "AUTOMATION_PLATFORM", "IMPORT"]),
        ),
        max_size=6,
        unique_by=lambda change: change[1],
    ),
    looks=st.lists(st.integers(1, 300), max_size=5),
)
def test_however_often_baton_looks_the_last_known_owner_has_it(
    changes: list[tuple[str, int, str]], looks: list[int]
) -> None:
    """And a lead always has an owner or a place in a queue."""
    at = Story()
    changes.sort(key=lambda change: change[1])
    moments = sorted([*((after, 0, i) for i, (_, after, _) in enumerate(changes)),
                      *((look, 1, 0) for look in looks), (400, 1, 0)])  # fmt: skip
    for seconds_, kind, index in moments:
        at.now = max(at.now, NOW + timedelta(seconds=seconds_))
        if kind == 0:
            who, after, source = changes[index]
            at.seen(who, NOW + timedelta(seconds=after), source)
        else:
            at.look()
        assert at.lead.open
        assert sum(load.open for load in at.loads.values()) == (at.lead.assignment is not None)
    if changes and changes[-1][0] in ("anna", "ben", "carl"):
        assert at.owner("101") == changes[-1][0]


@given(
    delays=st.lists(st.integers(0, 3 * 86_400), min_size=1, max_size=3),
    owners=st.lists(st.sampled_from(["owner-a", "owner-b", ""]), min_size=1, max_size=3),
)
def test_batons_writes_are_never_taken_for_a_hand(delays: list[int], owners: list[str]) -> None:
    """Late, and with gaps, but in order, as slots show them."""
    values = [v for i, v in enumerate(owners) if i == 0 or v != owners[i - 1]]
    writes = tuple(Write(value, NOW + timedelta(minutes=i)) for i, value in enumerate(values))
    shown, latest = [], NOW
    for write, delay in zip(writes, delays, strict=False):
        latest = max(latest + timedelta(milliseconds=1), write.at + timedelta(seconds=delay))
        shown.append(SeenValue(write.value, latest, "INTEGRATION", "1160452"))
    lead = replace(Story().lead, writes={OWNER: writes})
    assert news_of_owner(lead, Contact("101", {}, owners=tuple(shown))).changes == ()
