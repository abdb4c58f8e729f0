"""Makes contacts with the faults of an old account, each a known number of times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from baton.application.audit.census import arrival, known_statuses, with_sales
from baton.domain.policy import Policy
from baton.domain.time import iso
from infra.local.messy.people import HAND, Draft, People, Source
from infra.local.messy.values import kinds, unreadable
from infra.local.messy.workflows import WORKFLOWS, WRITING_AND_ON
from infra.local.sandbox.hubspot_deals import WON

#: A date field that another tool keeps.
OTHER_DATE = "became_mql_on"
#: An owner id that HubSpot no longer lists.
UNKNOWN_OWNER = "599000001"
_IMPORT: Source = ("IMPORT", "import:58113")
_TOOL: Source = ("INTEGRATION", "298890")
_AUTOMATION = "AUTOMATION_PLATFORM"
_SYSTEMS = frozenset({_IMPORT[0], _AUTOMATION})
#: HubSpot's own first, because they are the most frequent in most accounts.
_SPRAWL = (
    *("OPEN", "ATTEMPTED_TO_CONTACT", "CONNECTED", "OPEN", "ATTEMPTED_TO_CONTACT", "CONNECTED"),
    *("Contacted - no answer", "call back", "Nurture Q3", "WORKING", "In progres", "new"),
)
_OPEN_DEALS = ("appointmentscheduled", "qualifiedtobuy", "contractsent")
_DECIDES = ("lifecyclestage", "hs_lead_status", "hubspot_owner_id")


@dataclass(frozen=True)
class Messy:
    """What `load_into` loads. *deals*: (deal stage, indexes of its contacts in *contacts*)."""

    contacts: list[dict[str, Any]]
    deals: list[tuple[str, list[int]]]
    workflows: list[dict[str, Any]]
    #: Finding of the audit -> how often it must be found. A group of duplicates counts once.
    planted: dict[str, int]
    #: Kind of untidy value (see values.py) -> how many contacts have one. Those that nobody can
    #: read are the finding "unreadable"; no other fault hides in these contacts.
    untidy: dict[str, int]


def make(
    policy: Policy, owners: dict[str, bool], now: datetime, seed: int = 7, count: int = 3000
) -> Messy:
    """
    Make *count* contacts and what belongs to them.

    Args:
        owners: HubSpot's owners: id -> whether it is archived. The leads belong to those
            of them who are active in the roster.

    Raises:
        ValueError: Too few contacts for every fault, or nobody of the roster is in HubSpot.
    """
    if count < 200:
        raise ValueError("--count must be at least 200, so that every fault has its place")
    return _Maker(policy, owners, now, Random(seed), count).made()  # noqa: S311 not a secret


class _Maker:
    def __init__(
        self, policy: Policy, owners: dict[str, bool], now: datetime, random: Random, count: int
    ) -> None:
        self._policy, self._now, self._random, self._count = policy, now, random, count
        roster = {one.hubspot_owner for one in policy.people if one.active}
        self._archived = [one for one, archived in owners.items() if archived]
        self._strangers = [one for one, gone in owners.items() if not gone and one not in roster]
        working = [one for one, gone in owners.items() if not gone and one in roster]
        if not working:
            raise ValueError("nobody of the policy's roster is an owner of this account")
        self._people = People(policy, working, now, random)
        self._drafts: list[Draft] = []
        self._deals: list[tuple[str, list[int]]] = []
        self._planted: Counter[str] = Counter()
        self._untidy: Counter[str] = Counter()
        self._each = max(2, count // 50)
        self._sales = sorted(with_sales(policy), key=lambda stage: policy.stage[stage].rank)
        self._side = [stage.id for stage in policy.lifecycle.stages if stage.side]

    def made(self) -> Messy:
        for code, draft in self._faulty():
            self._take(draft)
            self._planted[code] += 1
        self._duplicates()
        for number in range(self._each):
            self._untidy_values(number)
        stages = [stage.id for stage in self._policy.lifecycle.stages]
        weights = [1 if stage in self._sales or stage in self._side else 4 for stage in stages]
        while len(self._drafts) < self._count:
            (stage,) = self._random.choices(stages, weights)
            self._take(self._people.at(stage))
        for _ in range(self._each):
            self._deals.append((self._random.choice(_OPEN_DEALS), []))
        self._planted["deal_without_contact"] = self._each
        self._planted["workflows"] = WRITING_AND_ON
        self._planted["writers"] = sum(_foreign(draft) for draft in self._drafts)
        self._planted["unreadable"] = unreadable(self._policy, self._untidy)
        grown = [draft.grown() for draft in self._drafts]
        planted, untidy = dict(self._planted), dict(self._untidy)
        return Messy(grown, self._deals, WORKFLOWS, planted, untidy)

    def _untidy_values(self, number: int) -> None:
        """A contact for each kind of value, as long as there is room."""
        for kind, change in kinds(self._policy):
            if len(self._drafts) < self._count:
                draft = self._people.at(self._policy.lifecycle.initial)
                change(draft, number, self._now - timedelta(days=1))
                self._take(draft)
                self._untidy[kind] += 1

    def _faulty(self) -> Iterator[tuple[str, Draft]]:
        """Yield (fault, contact): one contact per fault, and the whole series several times."""
        for _ in range(self._each):
            yield from self._unplaced()
            yield from self._neglected()
            yield from self._unowned()
            yield from self._moved()
            yield from self._contradictory()

    def _unplaced(self) -> Iterator[tuple[str, Draft]]:
        entered = f"baton_first_entered_{self._policy.lifecycle.initial}"
        nowhere = self._people.at(self._policy.lifecycle.initial)
        nowhere.drop("lifecyclestage", entered)
        yield "no_stage", nowhere
        strange = self._people.at(self._policy.lifecycle.initial)
        strange.drop("lifecyclestage", entered)
        strange.put("lifecyclestage", self._random.choice(["partner", "9814027"]), self._now, HAND)
        yield "unknown_stage", strange
        silent = self._people.at(self._random.choice(self._sales))
        silent.drop("hs_lead_status")
        yield "no_status", silent
        values = [one for one in _SPRAWL if one not in known_statuses(self._policy)]
        for value in self._random.sample(values, 3):
            sprawling = self._people.at(self._random.choice(self._sales))
            sprawling.put("hs_lead_status", value, self._now - timedelta(hours=3), HAND)
            yield "unknown_status", sprawling

    def _neglected(self) -> Iterator[tuple[str, Draft]]:
        stages = [self._policy.lifecycle.initial, *self._sales]
        yield (
            "stuck",
            self._people.at(self._random.choice(stages), days=self._random.randint(91, 900)),
        )
        untimed = self._people.at(self._random.choice(stages))
        untimed.drop(f"baton_first_entered_{untimed.stage}")
        yield "no_timestamp", untimed
        elsewhere = self._people.at(self._policy.lifecycle.initial)
        # A day, which HubSpot keeps as its midnight in UTC.
        day = self._now.replace(hour=0, minute=0, second=0, microsecond=0)
        elsewhere.put(OTHER_DATE, iso(day), self._now, _TOOL)
        yield "other_dates", elsewhere

    def _unowned(self) -> Iterator[tuple[str, Draft]]:
        alone = self._people.at(self._random.choice(self._sales))
        alone.drop("hubspot_owner_id")
        yield "no_owner", alone
        left = self._people.at(self._random.choice(self._sales))
        gone = self._random.choice([*self._archived, UNKNOWN_OWNER])
        left.put("hubspot_owner_id", gone, self._now - timedelta(hours=2), HAND)
        yield "owner_gone", left
        if self._strangers:
            other = self._people.at(self._random.choice(self._sales))
            owner = self._random.choice(self._strangers)
            other.put("hubspot_owner_id", owner, self._now - timedelta(hours=2), HAND)
            yield "owner_not_in_roster", other

    def _moved(self) -> Iterator[tuple[str, Draft]]:
        """Stages that a system set against the policy."""
        first, later = self._sales[0], self._sales[2 % len(self._sales)]
        back = self._people.at(later)
        yield "backward", self._sent(back, first)
        ahead = self._people.at(self._policy.lifecycle.initial)
        ahead.put("hubspot_owner_id", self._people.at(first).value("hubspot_owner_id"), self._now)
        ahead.put("hs_lead_status", self._policy.lifecycle.status.new, self._now)
        yield "undesigned", self._sent(ahead, later)

    def _sent(self, draft: Draft, stage: str) -> Draft:
        """*draft* after one of the other systems moved it to *stage* an hour ago."""
        at = self._now - timedelta(hours=1)
        # HubSpot names the run of a workflow, not the workflow.
        run = f"enrollmentId:{self._random.randint(10_000, 99_999)};actionExecutionIndex:0"
        source = self._random.choice([_IMPORT, _TOOL, (_AUTOMATION, run)])
        draft.put("lifecyclestage", self._policy.stage[stage].lifecyclestage, at, source)
        draft.put(f"baton_first_entered_{stage}", iso(at), at)
        draft.stage = stage
        return draft

    def _contradictory(self) -> Iterator[tuple[str, Draft]]:
        place = len(self._drafts)
        self._deals.append((WON, [place]))
        # Not the last stage before the arrival, because that one has a status of its own.
        yield "won_deal_without_customer", self._people.at(self._sales[-2])
        place = len(self._drafts)
        self._deals.append((self._random.choice(_OPEN_DEALS), [place]))
        yield "open_deal_on_closed_lead", self._people.at(self._random.choice(self._side))
        poor = self._people.at(arrival(self._policy).id)
        poor.stage = ""  # so that it gets no deal
        yield "customer_without_won_deal", poor

    def _duplicates(self) -> None:
        """Pairs that share an address, a number, or a name at a firm."""
        for turn in range(self._each):
            stage = self._sales[0] if turn % 3 == 0 else self._policy.lifecycle.initial
            one, two = self._people.at(stage), self._people.at(stage)
            at = self._now - timedelta(days=1)
            match turn % 4:
                case 0:
                    name, _, domain = one.value("email").partition("@")
                    two.put("email", f"{name}+newsletter@{domain}", at, HAND)
                case 1:
                    one.put("email", f"jo.doe.{turn}@gmail.com", at, HAND)
                    two.put("email", f"jodoe{turn}@googlemail.com", at, HAND)
                case 2:
                    digits = one.value("phone").replace(" ", "").removeprefix("+49")
                    two.put("phone", f"(0{digits[:2]}) {digits[2:5]}-{digits[5:]}", at, HAND)
                case _:
                    firm = one.value("email").partition("@")[2]
                    two.put("email", f"info@{firm}", at, HAND)
                    for name in ("firstname", "lastname"):
                        two.put(name, one.value(name).upper(), at, HAND)
            self._take(one)
            self._take(two)
            self._planted["duplicates"] += 1

    def _take(self, draft: Draft) -> None:
        if draft.stage == arrival(self._policy).id:
            self._deals.append((WON, [len(self._drafts)]))
        self._drafts.append(draft)


def _foreign(draft: Draft) -> int:
    """The number of writes by other systems to properties that Baton writes or decides by."""
    return sum(
        source[0] in _SYSTEMS or source == _TOOL
        for name, changes in draft.history.items()
        if name in _DECIDES or name.startswith("baton_")
        for _, _, source in changes
    )
