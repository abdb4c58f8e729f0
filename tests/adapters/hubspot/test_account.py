"""Contract tests of finding the account's owner, for HubSpot's adapter and the fake."""

from __future__ import annotations

import pytest

from baton.domain.policy import Ownership
from baton.domain.world.world import Account
from baton.failures import Retryable
from tests.fakes.sandbox import CONFIG, Peer
from tests.fakes.stages import NOBODY, FakeStage, SandboxStage, Stage

CORA, DIRK = "70001", "70002"
EVERYWHERE: tuple[Ownership, ...] = ("open_deal", "company", "parent_company", "domain")


@pytest.fixture(params=["fake", "sandbox"])
def stage(request: pytest.FixtureRequest) -> Stage:
    if request.param == "fake":
        return FakeStage()
    return SandboxStage(request.getfixturevalue("peer"))


@pytest.fixture
def real(peer: Peer) -> SandboxStage:
    return SandboxStage(peer)


def test_an_open_deals_owner_comes_first(stage: Stage) -> None:
    nora = stage.lead(firstname="Nora")
    stage.company(nora, primary=True, name="Helvia", hubspot_owner_id=DIRK)
    deal = stage.deal(nora, dealstage="appointmentscheduled", hubspot_owner_id=CORA)
    found = stage.crm.account(nora, EVERYWHERE, "")
    assert found == Account({"open_deal": (CORA, deal)}, looked=("open_deal",))


def test_the_newest_open_deal_with_an_owner_counts(stage: Stage) -> None:
    nora = stage.lead(firstname="Nora")
    stage.deal(nora, dealstage="contractsent", hubspot_owner_id=CORA)
    newer = stage.deal(nora, dealstage="contractsent", hubspot_owner_id=DIRK)
    stage.deal(nora, dealstage="contractsent")
    assert stage.crm.account(nora, EVERYWHERE, "").owners == {"open_deal": (DIRK, newer)}


@pytest.mark.parametrize("stage_name", ["closedwon", "closedlost"])
def test_a_closed_deal_owns_nothing(stage: Stage, stage_name: str) -> None:
    nora = stage.lead(firstname="Nora")
    company = stage.company(nora, primary=True, name="Helvia", hubspot_owner_id=DIRK)
    stage.deal(nora, dealstage=stage_name, hubspot_owner_id=CORA)
    found = stage.crm.account(nora, EVERYWHERE, "")
    assert found == Account({"company": (DIRK, company)}, looked=("open_deal", "company"))


def test_somebody_elses_deal_owns_nothing(stage: Stage) -> None:
    nora, omar = stage.lead(firstname="Nora"), stage.lead(firstname="Omar")
    stage.deal(omar, dealstage="contractsent", hubspot_owner_id=CORA)
    assert stage.crm.account(nora, ["open_deal"], "").owners == {}


def test_the_primary_company_counts_and_not_another(stage: Stage) -> None:
    nora = stage.lead(firstname="Nora")
    stage.company(nora, primary=False, name="Holding", hubspot_owner_id=CORA)
    company = stage.company(nora, primary=True, name="Helvia", hubspot_owner_id=DIRK)
    assert stage.crm.account(nora, ["company"], "").owners == {"company": (DIRK, company)}


def test_a_parent_owns_what_its_company_does_not(stage: Stage) -> None:
    nora = stage.lead(firstname="Nora")
    parent = stage.firm(name="Holding", hubspot_owner_id=CORA)
    stage.company(nora, primary=True, name="Helvia", hs_parent_company_id=parent)
    found = stage.crm.account(nora, EVERYWHERE, "")
    assert found.owners == {"parent_company": (CORA, parent)}
    assert found.looked == ("open_deal", "company", "parent_company")


def test_a_company_of_the_same_domain_is_the_last_resort(stage: Stage) -> None:
    nora = stage.lead(firstname="Nora")
    stage.firm(name="Other", domain="other.example", hubspot_owner_id=CORA)
    stage.firm(name="Helvia", domain="helvia.example")
    owned = stage.firm(name="Helvia AG", domain="helvia.example", hubspot_owner_id=DIRK)
    stage.firm(name="Helvia copy", domain="helvia.example", hubspot_owner_id=CORA)
    found = stage.crm.account(nora, EVERYWHERE, "helvia.example")
    assert found == Account({"domain": (DIRK, owned)}, looked=EVERYWHERE)
    assert stage.crm.account(nora, EVERYWHERE, "").owners == {}, "no domain, no namesake"


def test_a_companys_domain_may_be_the_registrable_one_of_the_address(stage: Stage) -> None:
    nora = stage.lead(firstname="Nora")
    stage.firm(name="Helvia", domain="helvia.example", hubspot_owner_id=CORA)
    office = stage.firm(name="Helvia EU", domain="eu.helvia.example", hubspot_owner_id=DIRK)
    found = stage.crm.account(nora, ["domain"], "mail.eu.helvia.example")
    assert found.owners == {"domain": (DIRK, office)}, "the nearest first"


def test_the_order_is_the_policys(stage: Stage) -> None:
    nora = stage.lead(firstname="Nora")
    company = stage.company(nora, primary=True, name="Helvia", hubspot_owner_id=DIRK)
    stage.deal(nora, dealstage="contractsent", hubspot_owner_id=CORA)
    found = stage.crm.account(nora, ["company", "contact", "open_deal"], "")
    assert found == Account({"company": (DIRK, company)}, looked=("company",))


@pytest.mark.parametrize("known", [True, False], ids=["a known contact", "an unknown contact"])
def test_a_contact_without_deal_and_company_has_no_account_owner(stage: Stage, known: bool) -> None:
    contact = stage.lead(firstname="Nora") if known else NOBODY
    assert stage.crm.account(contact, EVERYWHERE, "helvia.example") == Account(looked=EVERYWHERE)


# ---------------------------------------------------------------- only the real adapter


def test_requests_are_spent_only_on_what_is_asked(real: SandboxStage, peer: Peer) -> None:
    nora = real.lead(firstname="Nora")
    parent = real.firm(name="Holding")
    real.company(nora, primary=True, name="Helvia", hs_parent_company_id=parent)

    def requests(*sources: Ownership) -> int:
        before = len(peer.calls("hubspot"))
        real.crm.account(nora, sources, "helvia.example")
        return len(peer.calls("hubspot")) - before

    assert requests("contact") == 0
    assert requests("open_deal") == 1, "no deals, so none to read"
    assert requests("company") == 2
    assert requests("company", "parent_company") == 3
    assert requests("domain") == 1


def test_a_scope_that_is_missing_hides_one_place_and_not_the_others(
    real: SandboxStage, peer: Peer
) -> None:
    nora = real.lead(firstname="Nora")
    company = real.company(nora, primary=True, name="Helvia", hubspot_owner_id=DIRK)
    real.deal(nora, dealstage="contractsent", hubspot_owner_id=CORA)
    peer.revoke("crm.objects.deals.read")
    found = real.crm.account(nora, EVERYWHERE, "")
    assert found.owners == {"company": (DIRK, company)}
    assert found.denied == "HubSpot 403: MISSING_SCOPES crm.objects.deals.read"
    assert found.looked == ("open_deal", "company")


def test_too_many_searches_are_waited_out(real: SandboxStage) -> None:
    nora = real.lead(firstname="Nora")

    def search(_: int) -> Account:
        return real.crm.account(nora, ["domain"], "helvia.example")

    with pytest.raises(Retryable, match="429: SECONDLY"):
        list(map(search, range(CONFIG.search_limit + 1)))
